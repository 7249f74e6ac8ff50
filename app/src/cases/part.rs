//! Adding rows lies in the part of the dialogs of lists: reading a dataset needs none of it.

use super::AddingState;
use super::adding::AddRowDialog;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the dialog as soon as its part is there.
pub(super) fn draw_adding(state: AddingState) -> impl IntoView {
    once_there(adding(state))
}

#[wasm_split(columns)]
fn adding(state: AddingState) -> AnyView {
    view! { <AddRowDialog state/> }.into_any()
}
