//! Changes beyond the newest ones, which come with the span.

use crate::api::{AppError, send};
use crate::trace::TraceState;
use crate::trace::api::list_activity;
use leptos::prelude::*;
use shared::audit::{Activity, ListActivity};
use shared::objects::RowAddress;
use shared::said::SpanSaid;
use std::collections::BTreeMap;

/// Changes that come with a span, and each time one asks for more.
const PAGE: usize = 100;

/// What was asked for of one row. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Older {
    trace: TraceState,
    row: StoredValue<RowAddress>,
    /// What is known since older changes were asked for, and whether there are more.
    known: RwSignal<Option<(Vec<Activity>, bool)>>,
    refused: RwSignal<Option<AppError>>,
}

impl Older {
    pub(super) fn new(trace: TraceState, row: RowAddress) -> Self {
        Self { trace, row: StoredValue::new(row), known: RwSignal::new(None), refused: RwSignal::new(None) }
    }

    /// All that is known of a span, newest first.
    pub(super) fn with_newer(self, said: &SpanSaid) -> Vec<Activity> {
        let mut entries: BTreeMap<i64, Activity> = BTreeMap::new();
        self.known.with(|known| {
            if let Some((older, _)) = known {
                entries.extend(older.iter().map(|entry| (entry.id, entry.clone())));
            }
        });
        entries.extend(said.activity.iter().map(|entry| (entry.id, entry.clone())));
        entries.into_values().rev().collect()
    }

    fn has_more(self) -> bool {
        self.trace.said.with(|said| {
            let Some(said) = said else { return false };
            self.known.with(|known| match known {
                Some((_, more)) => *more,
                None => said.activity.len() >= PAGE,
            })
        })
    }

    fn ask(self) {
        let row = self.row.get_value();
        let known = self.trace.said.with_untracked(|said| said.as_ref().map(|said| untrack(|| self.with_newer(said))));
        let Some(mut known) = known else { return };
        let query = ListActivity { row, before: known.last().map(|last| last.id), limit: PAGE as u32 };
        send(list_activity(query), move |answer| match answer {
            Ok(more) => {
                let has_more = more.len() >= PAGE;
                known.extend(more);
                let _ = self.known.try_set(Some((known, has_more)));
            }
            Err(error) => {
                let _ = self.refused.try_set(Some(error));
            }
        });
    }

    /// Draws the way to older changes, where there are any.
    pub(super) fn button(self) -> impl IntoView {
        view! {
            <Show when=move || self.has_more()>
                <button class="btn small ghost" type="button" on:click=move |_| self.ask()>"Show more"</button>
            </Show>
            {move || self.refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
        }
    }
}
