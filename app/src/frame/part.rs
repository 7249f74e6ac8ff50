//! What of the frame lies in the part of the trace: it is seldom needed, and there when somebody says something.

use super::OverPage;
use crate::journal::Journal;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws what lies over a page, as soon as its part is there.
pub(super) fn draw_over_page(journal: Journal, asked: Asked, tour: Option<RwSignal<bool>>) -> impl IntoView {
    once_there(over_page(journal, asked, tour))
}

/// Whether the sheet of keys is asked for, and the command palette.
type Asked = (RwSignal<bool>, RwSignal<bool>);

#[wasm_split(trace)]
fn over_page(journal: Journal, (sheet, palette): Asked, tour: Option<RwSignal<bool>>) -> AnyView {
    view! { <OverPage journal sheet palette tour/> }.into_any()
}
