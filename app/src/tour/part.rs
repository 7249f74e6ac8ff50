//! The tour lies in a part of its own: most people take it once.

use super::guide::Guide;
use crate::loading::once_there;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the tour, as soon as its part is there.
pub(crate) fn draw_tour(shown: RwSignal<bool>) -> impl IntoView {
    once_there(tour(shown))
}

#[wasm_split(tour)]
fn tour(shown: RwSignal<bool>) -> AnyView {
    view! { <Guide shown/> }.into_any()
}
