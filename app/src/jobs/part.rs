//! Adding rows to a dataset lies in the part of what is done with many rows: reading a trace needs none of it.

use super::JobLine;
use super::adding::{AddForm, RowsToAdd};
use crate::loading::once_there;
use leptos::prelude::*;
use shared::jobs::Job;
use wasm_split_helpers::wasm_split;

/// Draws the content of the dialog as soon as its part is there: the form, and once a job is started, what becomes of it.
pub(crate) fn draw_adding(rows: RowsToAdd, job: RwSignal<Option<Job>>) -> AnyView {
    once_there(adding(rows, job))
}

#[wasm_split(selection)]
fn adding(rows: RowsToAdd, job: RwSignal<Option<Job>>) -> AnyView {
    let is_started = Memo::new(move |_| job.with(Option::is_some));
    let changed = Callback::new(move |done| super::follow_job(done, job));
    let line = move || job.get().map(|job| view! { <div class="dialog-b"><JobLine job changed/></div> });
    let form = move || {
        let rows = rows.clone();
        (!is_started.get()).then(|| view! { <AddForm rows/> })
    };
    view! { {form}{line} }.into_any()
}
