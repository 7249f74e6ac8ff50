//! What of the frame lies in the part of the trace: it is seldom needed, and there when somebody says something.

use super::OverPage;
use crate::journal::Journal;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws what lies over a page, as soon as its part is there.
pub(super) fn draw_over_page(journal: Journal, sheet: RwSignal<bool>, tour: Option<RwSignal<bool>>) -> impl IntoView {
    view! { <Suspense>{Suspend::new(over_page(journal, sheet, tour)).into_any()}</Suspense> }
}

#[wasm_split(trace)]
fn over_page(journal: Journal, sheet: RwSignal<bool>, tour: Option<RwSignal<bool>>) -> AnyView {
    view! { <OverPage journal sheet tour/> }.into_any()
}
