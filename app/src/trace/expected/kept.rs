//! What stands in the editor, mirrored in the browser until it is saved: closing the page loses nothing.

use crate::drafts;
use serde::{Deserialize, Serialize};
use shared::PersonId;
use shared::objects::RowAddress;
use shared::texts::TextFormat;

/// A text that is not saved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// What stands in the editor.
    pub(super) text: String,
    /// In what it is written.
    pub(super) format: TextFormat,
    /// What was stored when the edit began, as JSON text.
    pub(super) before: Option<String>,
}

/// The field of a row that the text is about.
const FIELD: &str = "expected";

/// Keeps a text, or forgets it.
pub(super) fn keep(person: &PersonId, row: &RowAddress, kept: Option<&Kept>) {
    let json = kept.and_then(|kept| serde_json::to_string(kept).ok());
    drafts::keep(&drafts::name(person, row, FIELD), json.as_deref());
}

/// What was kept; none if nothing was, or what cannot be read by now.
pub(super) fn read(person: &PersonId, row: &RowAddress) -> Option<Kept> {
    crate::json::read(drafts::read(&drafts::name(person, row, FIELD))?.as_bytes()).ok()
}
