//! What stands in the editor, mirrored in the browser until it is saved: closing the page loses nothing.

use crate::drafts;
use serde::{Deserialize, Serialize};
use shared::PersonId;
use shared::address::encode;
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

/// Keeps a text, or forgets it.
pub(super) fn keep(person: &PersonId, row: &RowAddress, kept: Option<&Kept>) {
    let json = kept.and_then(|kept| serde_json::to_string(kept).ok());
    drafts::keep(&name(person, row), json.as_deref());
}

/// What was kept; none if nothing was, or what cannot be read by now.
pub(super) fn read(person: &PersonId, row: &RowAddress) -> Option<Kept> {
    serde_json::from_slice(drafts::read(&name(person, row))?.as_bytes()).ok()
}

fn name(person: &PersonId, row: &RowAddress) -> String {
    let parts = [person.as_str(), row.object_id.as_str(), row.id.as_str()].map(encode);
    format!("draft/{}/expected", parts.join("/"))
}
