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
pub(crate) struct UploadState {
    dataset: StoredValue<ObjectId>,
    /// Whether it was asked for.
    is_begun: RwSignal<bool>,
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The file that was chosen last.
    file: RwSignal<Option<LocalFile>>,
    /// Called when rows were taken.
    changed: Callback<()>,
}

impl UploadState {
    /// Of a dataset. `changed` is called when rows were taken.
    pub(crate) fn new(dataset: ObjectId, changed: Callback<()>) -> Self {
        let (is_begun, open) = (RwSignal::new(false), RwSignal::new(false));
        Self { dataset: StoredValue::new(dataset), is_begun, open, file: RwSignal::new(None), changed }
    }

    fn show(self, file: Option<LocalFile>) {
        self.file.set(file);
        self.is_begun.set(true);
        self.open.set(true);
    }
}

/// Draws the button that uploads into a dataset. A file may also be dropped on the page.
#[component]
pub(crate) fn UploadButton(state: UploadState) -> impl IntoView {
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
                state.show(Some(file));
            }
        });
        on_cleanup(move || {
            over.remove();
            drop.remove();
        });
    });
    view! {
        <button class="btn small keep" type="button" title="Upload CSV, TSV, JSON or JSONL" on:click=move |_| state.show(None)>
            <Icon name=IconName::Plus/>"Upload"
        </button>
    }
}

/// Draws the dialog once it is asked for; beside the head, whose buttons give way on a phone.
#[component]
pub(crate) fn UploadRows(state: UploadState) -> impl IntoView {
    move || state.is_begun.get().then(|| draw_upload(state))
}
