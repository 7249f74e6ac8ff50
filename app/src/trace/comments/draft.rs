//! Comments that were begun and not sent, kept by the browser: one for each row and person.

use crate::logs::LogsState;
use leptos::prelude::*;
use shared::PersonId;

/// The draft of a comment on the row that is shown.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    state: LogsState,
    person: StoredValue<PersonId>,
}

impl Draft {
    /// Brings what was begun for a row into `text` whenever that row is shown.
    pub(super) fn follow(person: PersonId, text: RwSignal<String>) -> Self {
        let draft = Self { state: expect_context::<LogsState>(), person: StoredValue::new(person) };
        let row = Memo::new(move |_| draft.state.trace.view.with(|view| view.as_ref().map(|view| view.span.row_id.clone())));
        Effect::new(move |_| {
            row.track();
            text.set(draft.kept());
        });
        draft
    }

    /// What the browser calls it.
    fn key(self) -> Option<String> {
        let row = self.state.trace.row()?;
        Some(self.person.with_value(|person| format!("draft {person} {} {}", row.object_id, row.id)))
    }

    fn kept(self) -> String {
        #[cfg(feature = "hydrate")]
        {
            let kept = self.key().and_then(|key| storage()?.get_item(&key).ok()?);
            kept.unwrap_or_default()
        }
        #[cfg(not(feature = "hydrate"))]
        {
            self.key().map(|_| String::new()).unwrap_or_default()
        }
    }

    /// Keeps what is written; nothing forgets it.
    pub(super) fn keep(self, text: &str) {
        #[cfg(feature = "hydrate")]
        if let (Some(key), Some(storage)) = (self.key(), storage()) {
            // A browser that keeps nothing, or no more, loses the draft with the page: as without this.
            let _ = if text.is_empty() { storage.remove_item(&key) } else { storage.set_item(&key, text) };
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (self.key(), text);
    }
}

#[cfg(feature = "hydrate")]
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}
