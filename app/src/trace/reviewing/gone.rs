//! What leads on from a row that is gone, or hidden from who follows a link to it.

use crate::trace::Opened;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;

/// Draws the way to the row that comes next, or to the first where the place of the one that is gone is not known.
#[component]
pub(super) fn GoneRow() -> impl IntoView {
    let Some(walk) = expect_context::<Opened>().links.walk() else { return ().into_any() };
    let next = move || walk.number.get().map_or(1, |number| number + 1);
    let leads = move || next() <= walk.count.get();
    let button = move || {
        leads().then(|| {
            view! {
                <button class="btn primary" type="button" on:click=move |_| walk.go.run(untrack(next))>"Next"<Icon name=IconName::Down/></button>
            }
        })
    };
    let words =
        move || if leads() { "The row is gone, or you may not see it. Go on with the next." } else { "No row is left in this order." };
    view! { <div class="review-gone"><p>{words}</p>{button}</div> }.into_any()
}
