//! What a review list says about its open item: why this one, how many reviews it has, what was noted, and how to judge.

use super::OpenItem;
use crate::keys::{Act, Scope, shortcuts, use_keys};
use crate::reviews::{Taking, why_next};
use crate::trace::Opened;
use crate::ui::markup::inner;
use leptos::html::Details;
use leptos::prelude::*;
use shared::ReviewListId;
use shared::address::REVIEW_ROWS;
use shared::reviews::ItemInHand;

/// Draws it; nothing where one reviews the rows of the page.
#[component]
pub(super) fn ListItem() -> impl IntoView {
    let (links, open) = (expect_context::<Opened>().links, expect_context::<OpenItem>());
    let told = RwSignal::new(String::new());
    let taking = Taking::new(told);
    let refused = move || {
        let error = open.refused.get()?;
        let list = links.review().filter(|over| over != REVIEW_ROWS).map(ReviewListId)?;
        Some(view! {
            <section class="review-item refused" aria-label="Review list">
                <p role="alert">{error.to_string()}</p>
                <p class="hint" role="status">{move || told.get()}</p>
                <button class="btn" type="button" disabled=move || taking.is_asking.get() on:click=move |_| taking.take(list.clone(), None)>
                    "Take the next item"
                </button>
            </section>
        })
    };
    let held = move || open.held.get().map(|held| view! { <Held held/> });
    view! {
        {refused}
        {held}
    }
}

#[component]
fn Held(held: ItemInHand) -> impl IntoView {
    let ItemInHand { taken, list_name, instructions, .. } = held;
    let item = taken.item;
    let reviews = format!("{} of {} {}", item.done, item.needed, if item.needed == 1 { "reviewer" } else { "reviewers" });
    let others: Vec<String> = item.claims.iter().map(|claim| claim.person.name.clone()).collect();
    let others = (others.len() > 1).then(|| format!("In hand: {}.", others.join(", ")));
    let flagged = item.flagged_by.map(|person| format!("{}: ", person.name));
    let note = item.note.filter(|note| !note.is_empty()).map(|note| view! { <p class="note"><b>{flagged}</b>{note}</p> });
    let has_instructions = !instructions.is_empty();
    let details = NodeRef::<Details>::new();
    use_keys().on(Scope::Trace, move |act| {
        let is_it = act == Act::Instructions && has_instructions;
        if let Some(details) = details.get_untracked().filter(|_| is_it) {
            details.set_open(!details.open());
            details.scroll_into_view_with_bool(false);
        }
        is_it
    });
    let instructions = has_instructions.then(|| {
        view! {
            <details node_ref=details><summary aria-keyshortcuts=shortcuts(Act::Instructions)>"Instructions"<kbd aria-hidden="true">"⇧ I"</kbd></summary><div class="desc" inner_html=inner(instructions)></div></details>
        }
    });
    view! {
        <section class="review-item" aria-label="Review list">
            <p><b>{list_name}</b><span class="hint nowrap">{reviews}</span></p>
            <p class="hint">{why_next(taken.why)}" "{others}</p>
            {note}
            {instructions}
        </section>
    }
}
