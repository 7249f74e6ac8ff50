//! What stands in the editor, mirrored in the browser until it is saved: closing the page loses nothing.

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

/// Keeps a text, or forgets it.
pub(super) fn keep(person: &PersonId, row: &RowAddress, kept: Option<&Kept>) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = browser::storage() {
        let name = browser::name(person, row);
        // Where there is no room, the text stands in the editor all the same.
        let _ = match kept.and_then(|kept| serde_json::to_string(kept).ok()) {
            Some(json) => storage.set_item(&name, &json),
            None => storage.remove_item(&name),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (person, row, kept);
}

/// What was kept; none if nothing was, or what cannot be read by now.
pub(super) fn read(person: &PersonId, row: &RowAddress) -> Option<Kept> {
    #[cfg(feature = "hydrate")]
    {
        let json = browser::storage()?.get_item(&browser::name(person, row)).ok()??;
        serde_json::from_slice(json.as_bytes()).ok()
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (person, row);
        None
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{PersonId, RowAddress};
    use shared::address::encode;

    pub(super) fn storage() -> Option<web_sys::Storage> {
        leptos::prelude::window().local_storage().ok().flatten()
    }

    pub(super) fn name(person: &PersonId, row: &RowAddress) -> String {
        let parts = [person.as_str(), row.object_id.as_str(), row.id.as_str()].map(encode);
        format!("draft/{}/expected", parts.join("/"))
    }
}
