//! Into which dataset the selected rows go, and as what.

use super::Asking;
use super::bar::BarState;
use crate::jobs::{AddForm, RowsToAdd};
use crate::ui::Dialog;
use leptos::prelude::*;

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn AddToDataset(bar: BarState) -> impl IntoView {
    let open = bar.asked_by(Asking::Dataset);
    let title = Signal::derive(move || format!("Add {} to a dataset", bar.counted()));
    let form = move || {
        open.get().then(|| {
            let (count, nouns) = (untrack(|| bar.count()), bar.list.nouns());
            let started = Callback::new(move |job| bar.started(job));
            let rows = RowsToAdd {
                project: bar.list.project.get_value(),
                object: bar.list.object(),
                rows: bar.rows(),
                count: Some(count),
                nouns,
                started,
            };
            view! { <AddForm rows/> }
        })
    };
    view! { <Dialog title open wide=true>{form}</Dialog> }
}
