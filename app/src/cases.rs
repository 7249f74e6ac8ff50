//! Rows of a dataset as people write them by hand.

mod adding;
pub mod api;
mod editing;
mod part;

pub(crate) use editing::EditCaseButton;

use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use part::draw_adding;
use shared::ObjectId;
use shared::cases::AddedCase;

/// What the dialog that adds rows knows. It stays when the dialog is closed, so that nothing that was typed is lost. Copies share it.
#[derive(Clone, Copy)]
pub(crate) struct AddingState {
    dataset: StoredValue<ObjectId>,
    /// Whether it was asked for.
    is_begun: RwSignal<bool>,
    /// Whether it is shown.
    open: RwSignal<bool>,
    input: RwSignal<String>,
    expected: RwSignal<String>,
    metadata: RwSignal<String>,
    tags: RwSignal<String>,
    id: RwSignal<String>,
    /// The row that was added last, as long as it can be taken back.
    added: RwSignal<Option<AddedCase>>,
    /// Called when a row was added or taken back.
    changed: Callback<()>,
}

impl AddingState {
    /// Of a dataset. `changed` is called when a row was added or taken back.
    pub(crate) fn new(dataset: ObjectId, changed: Callback<()>) -> Self {
        let text = || RwSignal::new(String::new());
        let (is_begun, open, added) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(None));
        let dataset = StoredValue::new(dataset);
        Self { dataset, is_begun, open, input: text(), expected: text(), metadata: text(), tags: text(), id: text(), added, changed }
    }
}

/// Draws the button that adds a row to a dataset.
#[component]
pub(crate) fn AddRowButton(state: AddingState) -> impl IntoView {
    let show = move |_| {
        state.is_begun.set(true);
        state.open.set(true);
    };
    view! { <button class="btn small keep" type="button" aria-haspopup="dialog" on:click=show><Icon name=IconName::Plus/>"Add row"</button> }
}

/// Draws the dialog once it is asked for.
#[component]
pub(crate) fn AddRows(state: AddingState) -> impl IntoView {
    move || state.is_begun.get().then(|| draw_adding(state))
}
