//! How fields of spans are shown, and what of it a reader has chosen.

use crate::changes::Stamp;
use crate::cookies::cookie;
use crate::markup::Html;
use crate::objects::FieldName;
use serde::{Deserialize, Serialize};

/// How a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rendering {
    /// What the reader has chosen for its kind, else what fits: chat for messages, Markdown for text, else a tree.
    Fitting,
    /// Chat messages.
    Chat,
    /// Rendered Markdown.
    Markdown,
    /// A tree of JSON.
    Json,
    /// A list of like objects, with a column for each key.
    Table,
    /// Plain text.
    Text,
    /// Text whose lines are never broken.
    Code,
}

impl Rendering {
    /// Every one that can be chosen.
    pub const ALL: [Self; 6] = [Self::Chat, Self::Markdown, Self::Table, Self::Json, Self::Text, Self::Code];

    /// The word on the button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Fitting => "Fitting",
            Self::Chat => "Chat",
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
            Self::Table => "Table",
            Self::Text => "Text",
            Self::Code => "Code",
        }
    }
}

/// A field, rendered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldView {
    /// Which.
    pub field: FieldName,
    /// As what it is shown.
    pub rendering: Rendering,
    /// As what it can be shown, what fits best first.
    pub renderings: Vec<Rendering>,
    /// The content.
    pub content: FieldContent,
    /// What it is, in a few words: "4 messages, 1 tool call", "2 keys, 164 kB".
    pub about: String,
    /// Bytes of the whole value as JSON.
    pub bytes: u64,
    /// What the value stands for: places in it mean something only as long as this is the same.
    pub stamp: Stamp,
    /// True if not all of it is here; ask with [`super::ReadField`] and `whole` for the rest.
    pub cut: bool,
}

/// Rendered content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldContent {
    /// HTML made by the server: nothing of the source but text, addresses of links, and images by their place.
    Html(Html),
    /// Text as it is.
    Text(String),
}

/// What a value of JSON is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsonKind {
    /// Object.
    Object,
    /// List.
    Array,
    /// String.
    String,
    /// Number.
    Number,
    /// true or false.
    Bool,
    /// null.
    Null,
}

/// As what a reader shows fields, by the field and what fits it best: who reads outputs that are chats as JSON still reads text as text.
/// A browser keeps it in a cookie as [`ShownAs::to_text`] writes it, so that the server draws at once what was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownAs(Vec<(FieldName, Rendering, Rendering)>);

impl ShownAs {
    /// The name of the cookie.
    pub const COOKIE: &str = "touchstone_shown_as";

    /// Reads what was chosen; what cannot be read is not chosen.
    pub fn of_text(text: &str) -> Self {
        let word = |word: &str| Rendering::ALL.into_iter().find(|rendering| rendering.label().eq_ignore_ascii_case(word));
        let choice = |choice: &str| {
            let mut words = choice.split('.');
            let name = words.next()?;
            let field = FieldName::ALL.into_iter().find(|field| field.key() == name)?;
            Some((field, word(words.next()?)?, word(words.next()?)?))
        };
        let mut read = Self::default();
        for (field, fitting, chosen) in text.split('~').take(FieldName::ALL.len() * Rendering::ALL.len()).filter_map(choice) {
            read.choose(field, fitting, chosen);
        }
        read
    }

    /// Reads it from the header in which a browser sends its cookies.
    pub fn of_cookies(header: &str) -> Self {
        cookie(header, Self::COOKIE).map(Self::of_text).unwrap_or_default()
    }

    /// As text, of letters, `.` and `~`.
    pub fn to_text(&self) -> String {
        let words = |(field, fitting, chosen): &(FieldName, Rendering, Rendering)| {
            [field.key(), ".", fitting.label(), ".", chosen.label()].concat().to_ascii_lowercase()
        };
        self.0.iter().map(words).collect::<Vec<_>>().join("~")
    }

    /// As what a field is shown that `fitting` fits best.
    pub fn of(&self, field: FieldName, fitting: Rendering) -> Rendering {
        self.0.iter().find(|(of, fits, _)| (*of, *fits) == (field, fitting)).map_or(fitting, |(.., chosen)| *chosen)
    }

    /// Shows such fields as this from now on.
    pub fn choose(&mut self, field: FieldName, fitting: Rendering, chosen: Rendering) {
        self.0.retain(|(of, fits, _)| (*of, *fits) != (field, fitting));
        if chosen != fitting {
            self.0.push((field, fitting, chosen));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_kept_by_kind_of_field() {
        let mut shown = ShownAs::default();
        shown.choose(FieldName::Output, Rendering::Chat, Rendering::Json);
        shown.choose(FieldName::Input, Rendering::Markdown, Rendering::Code);
        shown.choose(FieldName::Input, Rendering::Markdown, Rendering::Text);
        shown.choose(FieldName::Error, Rendering::Text, Rendering::Text);
        assert_eq!(shown.to_text(), "output.chat.json~input.markdown.text");
        let read = ShownAs::of_cookies(&format!("other=1; {}={}; last=2", ShownAs::COOKIE, shown.to_text()));
        assert_eq!(read, shown);
        assert_eq!(read.of(FieldName::Output, Rendering::Chat), Rendering::Json);
        assert_eq!(read.of(FieldName::Output, Rendering::Markdown), Rendering::Markdown);
        assert_eq!(read.of(FieldName::Input, Rendering::Markdown), Rendering::Text);
    }

    #[test]
    fn what_nobody_wrote_is_not_chosen() {
        for text in ["", "~", "output", "output.chat", "output.chat.fitting", "no.chat.json", "output.chat.json\u{0}", &"~".repeat(100_000)]
        {
            assert_eq!(ShownAs::of_text(text), ShownAs::default(), "{text}");
        }
    }
}
