//! Uploading lies in the part of the dialogs of lists: reading a dataset needs none of it.

use super::UploadState;
use super::dialog::UploadDialog;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the dialog as soon as its part is there.
pub(super) fn draw_upload(state: UploadState) -> impl IntoView {
    once_there(uploads(state))
}

#[wasm_split(columns)]
fn uploads(state: UploadState) -> AnyView {
    view! { <UploadDialog state/> }.into_any()
}
