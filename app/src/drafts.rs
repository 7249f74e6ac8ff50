//! What is being written and not saved yet, kept by the browser under a name: a page that is closed in the middle of a word
//! loses nothing. On the server there are no drafts.

use shared::PersonId;
use shared::address::encode;
use shared::objects::RowAddress;

/// The name of what a person is writing about one field of one row. The same row id may stand in several objects.
pub(crate) fn name(person: &PersonId, row: &RowAddress, field: &str) -> String {
    let parts = [person.as_str(), row.object_id.as_str(), row.id.as_str(), field].map(encode);
    format!("draft/{}", parts.join("/"))
}

/// What is kept under a name; none if nothing is.
pub(crate) fn read(name: &str) -> Option<String> {
    #[cfg(feature = "hydrate")]
    {
        storage()?.get_item(name).ok()?
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = name;
        None
    }
}

/// Keeps a text under a name; none forgets it.
pub(crate) fn keep(name: &str, text: Option<&str>) {
    #[cfg(feature = "hydrate")]
    if let Some(storage) = storage() {
        // A browser that keeps nothing, or no more, loses the draft with the page: as without this.
        let _ = match text {
            Some(text) => storage.set_item(name, text),
            None => storage.remove_item(name),
        };
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (name, text);
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::name;
    use shared::objects::{ObjectKind, RowAddress};
    use shared::{ObjectId, PersonId, RowId};

    #[test]
    fn drafts_are_named_by_person_object_row_and_field() {
        let name = |person: &str, object: &str, row: &str, field: &str| {
            let row = RowAddress { object_type: ObjectKind::Experiment, object_id: ObjectId::from(object), id: RowId::from(row) };
            name(&PersonId::from(person), &row, field)
        };
        assert_eq!(name("p", "first", "case-1", "answer q"), "draft/p/first/case-1/answer%20q");
        assert_ne!(name("p", "first", "case-1", "answer q"), name("p", "second", "case-1", "answer q"));
        assert_ne!(name("p", "a/b", "c", "comment"), name("p", "a", "b/c", "comment"));
    }
}
