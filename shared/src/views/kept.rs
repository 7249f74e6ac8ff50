//! Views that every project has: they are not stored, so nobody can change or delete them.

use super::ListState;

/// A view that every project has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptView {
    /// What stands for it in addresses; no id of a saved view looks like it.
    pub word: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// Its filter. `me()` is whoever looks.
    pub filter: &'static str,
    /// The types of views among which it stands.
    pub types: &'static [&'static str],
}

/// Every one of them, in order. The first shows every row.
pub const KEPT_VIEWS: [KeptView; 5] = [
    KeptView { word: "all", name: "All", filter: "", types: &["logs", "experiment", "dataset"] },
    KeptView { word: "errors", name: "Errors", filter: "error is not null", types: &["logs", "experiment"] },
    KeptView {
        word: "unreviewed",
        name: "Unreviewed",
        filter: "review.status is null or review.status != 'COMPLETE'",
        types: &["logs", "experiment", "dataset"],
    },
    KeptView { word: "mine", name: "Assigned to me", filter: "review.assignees includes me()", types: &["logs", "experiment", "dataset"] },
    KeptView {
        word: "scorer-errors",
        name: "Scorer errors",
        filter: "any_span(span_attributes.type = 'score' and error is not null) or metadata.scorer_errors is not null",
        types: &["experiment"],
    },
];

impl KeptView {
    /// The one that a word stands for, among the views of a type.
    pub fn named(word: &str, view_type: &str) -> Option<Self> {
        KEPT_VIEWS.into_iter().find(|view| view.word == word && view.types.contains(&view_type))
    }

    /// What it shows.
    pub fn state(self) -> ListState {
        ListState { filter: self.filter.to_owned(), ..ListState::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_can_be_read() {
        for view in KEPT_VIEWS {
            assert_eq!(view.state().check(), Ok(()), "{}", view.name);
            assert_eq!(KeptView::named(view.word, "experiment"), Some(view));
        }
        assert_eq!(KeptView::named("scorer-errors", "logs"), None);
    }
}
