//! What of review mode lies in a part of the bundle of its own.

use super::foot::ReviewFoot;
use super::gone::GoneRow;
use super::item::ListItem;
use super::place::ReviewPlace;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// What is drawn by the part of review mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trace) enum Shown {
    /// Which row of how many is open.
    Place,
    /// What its review list says about it.
    Item,
    /// What leads on from it.
    Foot,
    /// What leads on from a row that is not there.
    Gone,
}

/// Draws something as soon as its part is there.
#[component]
pub(in crate::trace) fn ReviewPart(shown: Shown) -> impl IntoView {
    Suspend::new(draw_review(shown))
}

// One function for all of it: what came with the page is there at the first drawing only where its own loader was waited for.
#[wasm_split(review, preload(load_review))]
pub(crate) fn draw_review(shown: Shown) -> AnyView {
    match shown {
        Shown::Place => view! { <ReviewPlace/> }.into_any(),
        Shown::Item => view! { <ListItem/> }.into_any(),
        Shown::Foot => view! { <ReviewFoot/> }.into_any(),
        Shown::Gone => view! { <GoneRow/> }.into_any(),
    }
}
