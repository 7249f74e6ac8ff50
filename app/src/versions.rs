//! Named versions of a dataset: saved, compared, brought back, deleted.

pub mod api;
mod dialog;
mod difference;
mod part;

use leptos::prelude::*;
use part::draw_versions;
use shared::ObjectId;

/// What the dialog knows before it is opened. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct VersionsState {
    dataset: StoredValue<(ObjectId, String)>,
    /// Whether it was asked for.
    is_begun: RwSignal<bool>,
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Called when rows were brought back or taken out.
    changed: Callback<()>,
}

impl VersionsState {
    /// Of a dataset of that name. `changed` is called when rows were brought back or taken out.
    pub(crate) fn new(dataset: ObjectId, name: String, changed: Callback<()>) -> Self {
        let (is_begun, open) = (RwSignal::new(false), RwSignal::new(false));
        Self { dataset: StoredValue::new((dataset, name)), is_begun, open, changed }
    }
}

/// Draws the button that opens the versions of a dataset.
#[component]
pub(crate) fn VersionsButton(state: VersionsState) -> impl IntoView {
    let show = move |_| {
        state.is_begun.set(true);
        state.open.set(true);
    };
    view! { <button class="fold" type="button" aria-haspopup="dialog" on:click=show>"Versions"</button> }
}

/// Draws the dialog once it is asked for.
#[component]
pub(crate) fn DatasetVersions(state: VersionsState) -> impl IntoView {
    move || state.is_begun.get().then(|| draw_versions(state))
}
