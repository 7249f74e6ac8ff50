//! What leads on from a row that is gone, or hidden from who follows a link to it.

use crate::reviews::Taking;
use crate::trace::Opened;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use shared::ReviewListId;
use shared::address::REVIEW_ROWS;

/// Draws the way to the row that comes next, or to the first where the place of the one that is gone is not known.
#[component]
pub(super) fn GoneRow() -> impl IntoView {
    let links = expect_context::<Opened>().links;
    match untrack(|| links.review()).filter(|over| over != REVIEW_ROWS) {
        Some(list) => view! { <NextItem list=ReviewListId(list)/> }.into_any(),
        None => view! { <NextRow/> }.into_any(),
    }
}

#[component]
fn NextRow() -> impl IntoView {
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

#[component]
fn NextItem(list: ReviewListId) -> impl IntoView {
    let told = RwSignal::new(String::new());
    let taking = Taking::new(told);
    view! {
        <div class="review-gone">
            <p>"The row is gone, or you may not see it. Go on with the next."</p>
            <p class="hint" role="status">{move || told.get()}</p>
            <button class="btn primary" type="button" disabled=move || taking.is_asking.get() on:click=move |_| taking.take(list.clone(), None)>
                "Take the next item"
            </button>
        </div>
    }
}
