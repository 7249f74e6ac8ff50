//! Adding the open span to a dataset, and in which datasets it is already.

use super::{Opened, TraceState};
use crate::api::send;
use crate::context::use_project;
use crate::jobs::api::places_of_case;
use crate::jobs::{RowsToAdd, draw_adding};
use crate::ui::{Dialog, Icon, IconName, opened_by};
use leptos::prelude::*;
use shared::address::row_link;
use shared::jobs::{CasePlace, Job, JobRows};
use shared::objects::{ObjectKind, RowAddress};
use shared::permissions::Action;
use std::time::Duration;

/// How long a span is looked at before it is asked in which datasets it is: whoever goes from one to the next asks for none.
const REST: Duration = Duration::from_millis(300);

/// What is known of the datasets that the open span is in. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct SpanDatasets {
    trace: TraceState,
    /// The row that the dialog is about.
    about: RwSignal<Option<RowAddress>>,
    /// The job that was started in it.
    job: RwSignal<Option<Job>>,
    /// The row of which it is known, with the datasets.
    places: RwSignal<Option<(RowAddress, Vec<CasePlace>)>>,
}

impl SpanDatasets {
    /// Those of the trace that is open.
    pub(super) fn new(trace: TraceState) -> Self {
        let known = Self { trace, about: RwSignal::new(None), job: RwSignal::new(None), places: RwSignal::new(None) };
        // A case says itself where it is from, and what became of a job may be new.
        Effect::new(move |_| {
            let has_ended = known.job.with(|job| job.as_ref().is_none_or(|job| !job.state.is_on_the_way()));
            let row = trace.row.get().filter(|row| row.object_type != ObjectKind::Dataset);
            if let Some(row) = row.filter(|_| has_ended && trace.is_painted.get()) {
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

/// Draws what leads to the dialog.
#[component]
pub(super) fn AddButton() -> impl IntoView {
    let known = expect_context::<SpanDatasets>();
    let context = use_project();
    let ask = move |_| {
        known.job.set(None);
        let row = known.trace.row.get_untracked();
        known.about.set(row.filter(|row| known.trace.takes(row)));
    };
    (context.may(Action::Ingest) && context.may(Action::Read)).then(|| {
        view! { <button class="btn small" type="button" aria-haspopup="dialog" on:click=ask><Icon name=IconName::Datasets/>"Add to dataset"</button> }
    })
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

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn AddDialog() -> impl IntoView {
    let known = expect_context::<SpanDatasets>();
    let context = use_project();
    let open = opened_by(known.about);
    let project = StoredValue::new(context.project.id);
    let kind = expect_context::<Opened>().kind;
    let form = move || {
        let row = known.about.get()?;
        let rows = RowsToAdd {
            project: project.get_value(),
            object: row.object_id,
            rows: JobRows::Picked(vec![row.id]),
            count: Some(1),
            nouns: if kind == ObjectKind::ProjectLogs { ("span", "spans") } else { ("row", "rows") },
            started: Callback::new(move |job| crate::jobs::follow_job(job, known.job)),
        };
        Some(draw_adding(rows, known.job))
    };
    view! { <Dialog title="Add to a dataset" open wide=true>{form}</Dialog> }
}
