//! As what the spans of an open trace are laid out.

use crate::cookies::cookie;
use serde::{Deserialize, Serialize};

/// As what the spans of an open trace are laid out. A browser keeps the choice in a cookie, so that the server draws at once what was
/// chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceLayout {
    /// Parents above children.
    #[default]
    Tree,
    /// When each ran, on the clock of the trace.
    Timeline,
    /// What models were asked and answered, as one conversation.
    Conversation,
}

impl TraceLayout {
    /// All of them, in the order of their tabs.
    pub const ALL: [Self; 3] = [Self::Tree, Self::Timeline, Self::Conversation];

    /// The name of the cookie.
    pub const COOKIE: &str = "touchstone_trace_layout";

    /// The word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tree => "Tree",
            Self::Timeline => "Timeline",
            Self::Conversation => "Conversation",
        }
    }

    /// The word in cookies and in addresses (`tvt`), as SDKs write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Timeline => "timeline",
            Self::Conversation => "thread",
        }
    }

    /// The layout of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.word() == word)
    }

    /// What was chosen, by the header in which a browser sends its cookies.
    pub fn of_cookies(header: &str) -> Self {
        cookie(header, Self::COOKIE).and_then(Self::of_word).unwrap_or_default()
    }

    /// The one after this, and after the last the first.
    pub fn next(self) -> Self {
        match self {
            Self::Tree => Self::Timeline,
            Self::Timeline => Self::Conversation,
            Self::Conversation => Self::Tree,
        }
    }

    /// The one before this, and before the first the last.
    pub fn previous(self) -> Self {
        self.next().next()
    }
}

#[cfg(test)]
mod tests {
    use super::TraceLayout;

    #[test]
    fn what_was_chosen_is_read_back() {
        for layout in TraceLayout::ALL {
            assert_eq!(TraceLayout::of_cookies(&format!("a=b; {}={}", TraceLayout::COOKIE, layout.word())), layout);
            assert_eq!(layout.next().previous(), layout);
        }
        assert_eq!(TraceLayout::of_cookies("touchstone_trace_layout=chart"), TraceLayout::Tree);
    }
}
