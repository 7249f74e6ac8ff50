//! What is being typed, kept in the browser until it is saved: a page that is closed in the middle of a word loses nothing.

use shared::{PersonId, QuestionId, RowId};

/// The place of one text in the browser's storage.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser has a storage"))]
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
    #[cfg(feature = "hydrate")]
    pub(super) fn read(&self) -> Option<Kept> {
        let kept = storage()?.get_item(&self.0).ok().flatten()?;
        // NUL stands in no text.
        let (base, text) = kept.split_once('\0')?;
        Some(Kept { base: base.to_owned(), text: text.to_owned() })
    }

    /// Keeps what is typed.
    #[cfg(feature = "hydrate")]
    pub(super) fn keep(&self, kept: &Kept) {
        if let Some(storage) = storage() {
            // A browser that stores nothing still sends what is typed.
            let _ = storage.set_item(&self.0, &format!("{}\0{}", kept.base, kept.text));
        }
    }

    /// It is saved.
    #[cfg(feature = "hydrate")]
    pub(super) fn forget(&self) {
        if let Some(storage) = storage() {
            let _ = storage.remove_item(&self.0);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
impl Mirror {
    pub(super) fn read(&self) -> Option<Kept> {
        None
    }

    pub(super) fn keep(&self, _: &Kept) {}

    pub(super) fn forget(&self) {}
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
