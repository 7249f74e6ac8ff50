//! In which datasets the open span is.

use super::TraceState;
use crate::api::send;
use crate::context::use_project;
use crate::jobs::api::places_of_case;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use shared::address::row_link;
use shared::jobs::CasePlace;
use shared::objects::{ObjectKind, RowAddress};
use std::time::Duration;

/// How long a span is looked at before it is asked in which datasets it is: whoever goes from one to the next asks for none.
const REST: Duration = Duration::from_millis(300);

/// What is known of the datasets that the open span is in. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct SpanDatasets {
    trace: TraceState,
    /// The row of which it is known, with the datasets.
    places: RwSignal<Option<(RowAddress, Vec<CasePlace>)>>,
}

impl SpanDatasets {
    /// Those of the trace that is open.
    pub(super) fn new(trace: TraceState) -> Self {
        let known = Self { trace, places: RwSignal::new(None) };
        // A case says itself where it is from.
        Effect::new(move |_| {
            let row = trace.row.get().filter(|row| row.object_type != ObjectKind::Dataset);
            if let Some(row) = row.filter(|_| trace.is_painted.get()) {
                set_timeout(move || known.ask(row), REST);
            }
        });
        known
    }

    /// Asks where a row is, if it is still the one that is read.
    fn ask(self, row: RowAddress) {
        if self.trace.row.try_with_untracked(|now| now.as_ref() == Some(&row)) != Some(true) {
            return;
        }
        send(places_of_case(row.clone()), move |answer| {
            // Where it cannot be told, nothing is told.
            if let Ok(places) = answer {
                let _ = self.places.try_set(Some((row, places)));
            }
        });
    }
}

/// Draws in which datasets the span is; nothing where it is in none.
#[component]
pub(super) fn InDatasets() -> impl IntoView {
    let known = expect_context::<SpanDatasets>();
    let organization = StoredValue::new(use_project().organization);
    let places = move || {
        let now = known.trace.row.get();
        known.places.with(|places| places.as_ref().filter(|(row, _)| Some(row) == now.as_ref()).map(|(_, places)| places.clone()))
    };
    let link = move |place: CasePlace| {
        let href = row_link(&organization.get_value(), ObjectKind::Dataset, &place.dataset, &place.row);
        view! { <a class="link" href=href rel="external">{place.name}</a> }
    };
    move || {
        places().filter(|places| !places.is_empty()).map(|places| {
            let links = places.into_iter().map(link).collect_view();
            view! { <p class="in-datasets"><Icon name=IconName::Datasets/>"In "{links}</p> }
        })
    }
}
