//! Files of rows into a dataset: chosen or dropped, tried, and then taken.

mod dialog;
mod mapping;
mod part;
mod sending;

use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use part::draw_upload;
use sending::{LocalFile, dropped, holds_file};
use shared::ObjectId;

/// What the dialog knows. Copies share it.
#[derive(Clone, Copy)]
struct UploadState {
    dataset: StoredValue<ObjectId>,
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The file that was chosen last.
    file: RwSignal<Option<LocalFile>>,
    /// Called when rows were taken.
    changed: Callback<()>,
}

/// Draws the button that uploads into a dataset. A file may also be dropped on the page.
#[component]
pub(crate) fn UploadButton(dataset: ObjectId, changed: Callback<()>) -> impl IntoView {
    let state = UploadState { dataset: StoredValue::new(dataset), open: RwSignal::new(false), file: RwSignal::new(None), changed };
    let is_begun = RwSignal::new(false);
    let show = move || {
        is_begun.set(true);
        state.open.set(true);
    };
    // Effects run in the browser only.
    Effect::new(move |_| {
        let over = window_event_listener(leptos::ev::dragover, |event| {
            if holds_file(&event) {
                event.prevent_default();
            }
        });
        let drop = window_event_listener(leptos::ev::drop, move |event| {
            if let Some(file) = dropped(&event) {
                event.prevent_default();
                state.file.set(Some(file));
                show();
            }
        });
        on_cleanup(move || {
            over.remove();
            drop.remove();
        });
    });
    let choose = move |_| {
        state.file.set(None);
        show();
    };
    view! {
        <button class="btn small keep" type="button" title="Upload CSV, TSV, JSON or JSONL" on:click=choose><Icon name=IconName::Plus/>"Upload"</button>
        {move || is_begun.get().then(|| draw_upload(state))}
    }
}
