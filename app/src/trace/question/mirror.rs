//! What is being typed, kept in the browser until it is saved: a page that is closed in the middle of a word loses nothing.

use crate::drafts;
use shared::{PersonId, QuestionId, RowId};

/// The place of one text in the browser's storage.
#[derive(Clone, Debug)]
pub(super) struct Mirror(String);

/// A text that was not saved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// What the server had when the typing began.
    pub(super) base: String,
    /// What was typed.
    pub(super) text: String,
}

impl Mirror {
    pub(super) fn new(person: &PersonId, row: &RowId, question: &QuestionId) -> Self {
        Self(format!("touchstone.answer {person} {row} {question}"))
    }

    /// What was not saved last time.
    pub(super) fn read(&self) -> Option<Kept> {
        let kept = drafts::read(&self.0)?;
        // NUL stands in no text.
        let (base, text) = kept.split_once('\0')?;
        Some(Kept { base: base.to_owned(), text: text.to_owned() })
    }

    /// Keeps what is typed.
    pub(super) fn keep(&self, kept: &Kept) {
        drafts::keep(&self.0, Some(&format!("{}\0{}", kept.base, kept.text)));
    }

    /// It is saved.
    pub(super) fn forget(&self) {
        drafts::keep(&self.0, None);
    }
}
