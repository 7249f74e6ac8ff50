//! Which row of how many one is at: a number that one can type over.

use crate::trace::Opened;
use crate::trace::keys::leave_on_escape;
use crate::ui::{Icon, IconName, format};
use leptos::prelude::*;
use shared::address::REVIEW_ROWS;

/// Draws the number of the open row, how many there are, and how far that is.
#[component]
pub(super) fn ReviewPlace() -> impl IntoView {
    let links = expect_context::<Opened>().links;
    // In a review list the server says what comes next.
    let Some(walk) = links.walk().filter(|_| untrack(|| links.review()).as_deref() == Some(REVIEW_ROWS)) else {
        return view! { <span class="review-place"><b>"Review"</b></span> }.into_any();
    };
    let number = move || walk.number.get().map(|number| number.to_string()).unwrap_or_default();
    let go = move |event: leptos::ev::Event| {
        let field = event_target::<leptos::web_sys::HtmlInputElement>(&event);
        let typed = field.value().trim().parse::<usize>().ok();
        // It says where one is, until one is elsewhere.
        field.set_value(&untrack(number));
        if let Some(typed) = typed {
            walk.go.run(typed);
        }
    };
    let select = |event: leptos::ev::FocusEvent| event_target::<leptos::web_sys::HtmlInputElement>(&event).select();
    let far = move || walk.number.get().unwrap_or_default().to_string();
    let all = move || walk.count.get().max(1).to_string();
    let fresh = move || {
        let count = Some(walk.fresh.get()).filter(|count| *count > 0)?;
        let words = format!("{}, refresh", format::counted(count as u64, "new match", "new matches"));
        Some(view! {
            <button class="btn ghost small nowrap" type="button" aria-label=words.clone() title=words on:click=move |_| walk.enter_again.run(())>
                <Icon name=IconName::Refresh/>{format!("{count} new")}
            </button>
        })
    };
    view! {
        <span class="review-place">
            <b>"Review"</b>
            <input class="input num" type="text" inputmode="numeric" aria-label="Position" prop:value=number value=untrack(number) on:change=go
                on:focus=select on:keydown=leave_on_escape/>
            <span class="hint nowrap">{move || format!("/ {}", walk.count.get())}</span>
            <progress class="review-progress" aria-label="Progress" value=far max=all></progress>
            {fresh}
        </span>
    }
    .into_any()
}
