//! What is being typed, kept in the browser until it is saved: a page that is closed in the middle of a word loses nothing.

use crate::trace::draft::Draft;
use shared::QuestionId;
use shared::objects::RowAddress;

/// The place of one text in the browser's storage.
#[derive(Clone)]
pub(super) struct Mirror(Draft);

/// A text that was not saved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    /// What the server had when the typing began.
    pub(super) base: String,
    /// What was typed.
    pub(super) text: String,
}

impl Mirror {
    pub(super) fn new(row: &RowAddress, question: &QuestionId) -> Self {
        Self(Draft::of(row, &format!("answer {question}")))
    }

    /// What was not saved last time.
    pub(super) fn read(&self) -> Option<Kept> {
        let kept = self.0.read()?;
        // NUL stands in no text.
        let (base, text) = kept.split_once('\0')?;
        Some(Kept { base: base.to_owned(), text: text.to_owned() })
    }

    /// Keeps what is typed.
    pub(super) fn keep(&self, kept: &Kept) {
        self.0.keep(Some(&format!("{}\0{}", kept.base, kept.text)));
    }

    /// It is saved.
    pub(super) fn forget(&self) {
        self.0.keep(None);
    }
}
