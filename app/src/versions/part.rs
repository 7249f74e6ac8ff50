//! Versions lie in the part of the dialogs of lists: reading a dataset needs none of them.

use super::VersionsState;
use super::dialog::VersionsDialog;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the dialog as soon as its part is there.
pub(super) fn draw_versions(state: VersionsState) -> impl IntoView {
    once_there(versions(state))
}

#[wasm_split(columns)]
fn versions(state: VersionsState) -> AnyView {
    view! { <VersionsDialog state/> }.into_any()
}
