//! As what the spans of the open trace are laid out: the tabs, and the choice, which the browser keeps.

use super::Opened;
use crate::cookies;
use crate::keys::{Act, Scope, act_of, find, titled, use_keys};
use crate::raw_query::in_place;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::layout::TraceLayout;

/// Lays the spans out like this from now on, and on pages that are opened later.
fn choosing() -> impl Fn(TraceLayout) + Clone + Send + Sync + 'static {
    let Opened { layout, links, .. } = expect_context::<Opened>();
    let navigate = use_navigate();
    move |chosen| {
        layout.set(chosen);
        cookies::keep(TraceLayout::COOKIE, chosen.word());
        // What the address says would come back with it.
        if let Some(address) = untrack(|| links.without_layout()) {
            navigate(&address, leptos_router::NavigateOptions { replace: true, ..in_place() });
        }
    }
}

fn id_of(layout: TraceLayout) -> String {
    ["trace-as-", layout.word()].concat()
}

/// Draws the tabs. The arrow keys go from one to the next.
#[component]
pub(super) fn LayoutTabs() -> impl IntoView {
    let layout = expect_context::<Opened>().layout;
    let choose = choosing();
    let by_key = choose.clone();
    use_keys().on(Scope::Trace, move |act| {
        let is_next = act == Act::NextLayout;
        if is_next {
            by_key(layout.get_untracked().next());
        }
        is_next
    });
    let along = {
        let choose = choose.clone();
        move |event: KeyboardEvent| {
            let to = match act_of(&event, Scope::Review) {
                Some(Act::StepOn) => layout.get_untracked().next(),
                Some(Act::StepBack) => layout.get_untracked().previous(),
                _ => return,
            };
            event.prevent_default();
            choose(to);
            if let Some(tab) = find(&["#", &id_of(to)].concat()) {
                // A tab takes the focus.
                let _ = tab.focus();
            }
        }
    };
    let tab = |one: TraceLayout| {
        let choose = choose.clone();
        let is_chosen = move || layout.get() == one;
        view! {
            <button role="tab" type="button" id=id_of(one) aria-controls="trace-spans" aria-selected=move || is_chosen().to_string()
                tabindex=move || if is_chosen() { "0" } else { "-1" } title=titled(one.label(), Act::NextLayout) on:click=move |_| choose(one)>
                {one.label()}
            </button>
        }
    };
    view! { <div class="tabs" role="tablist" aria-label="Trace layout" on:keydown=along>{TraceLayout::ALL.map(tab).collect_view()}</div> }
}
