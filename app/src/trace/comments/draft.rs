//! Comments that were begun and not sent, kept by the browser: one for each row and person.

use crate::drafts;
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
        self.key().and_then(|key| drafts::read(&key)).unwrap_or_default()
    }

    /// Keeps what is written; nothing forgets it.
    pub(super) fn keep(self, text: &str) {
        if let Some(key) = self.key() {
            drafts::keep(&key, (!text.is_empty()).then_some(text));
        }
    }
}
