//! The sheet that says which keys a page has.

use crate::keys::{Act, Line, Scope, TOLD, ToldLine, find};
use crate::ui::Dialog;
use leptos::prelude::*;

/// Draws the sheet: the keys of what is on the page, from the table of keys.
#[component]
pub(super) fn KeySheet(
    open: RwSignal<bool>,
    /// Whether the tour is shown; none where there is none.
    tour: Option<RwSignal<bool>>,
) -> impl IntoView {
    let begin = move |tour: RwSignal<bool>| {
        open.set(false);
        tour.set(true);
    };
    let groups = move || {
        let here = |scope: &Scope| open.get() && document().query_selector(scope.selector()).is_ok_and(|found| found.is_some());
        let group = |scope: Scope| {
            let lines = TOLD.iter().filter(|told| told.line.scope == scope && is_minded(&told.line)).map(line);
            view! { <section><h3>{scope.title()}</h3><dl class="facts-list">{lines.collect_view()}</dl></section> }
        };
        Scope::ALL.into_iter().filter(here).map(group).collect_view()
    };
    view! {
        <Dialog title="Keyboard shortcuts" open>
            <div class="dialog-b key-sheet">{groups}<p class="hint">"Letters do nothing while you type. Options and questions have letters of their own, which stand beside them."</p></div>
            {tour.map(|tour| view! { <div class="dialog-f"><button class="btn" type="button" on:click=move |_| begin(tour)>"Take the tour"</button></div> })}
        </Dialog>
    }
}

/// Whether something on the page minds a line of its scope: not every list is filtered, and of not every one rows are selected.
fn is_minded(line: &Line) -> bool {
    let needed = match line.first_act().filter(|_| line.scope == Scope::List) {
        Some(Act::Filter | Act::SelectRow | Act::SelectBelow | Act::Flag | Act::ClearSelection) => "form.filter",
        Some(Act::ReviewMode) => "form.filter, table.review-items, .board",
        Some(Act::Undo) => "form.filter, .board",
        _ => return true,
    };
    find(needed).is_some()
}

fn line(line: &ToldLine) -> impl IntoView + use<> {
    let keys = line.shown().into_iter();
    let keys = keys.map(|keys| view! { <span class="keys">{keys.into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view()}</span> });
    view! { <div><dt>{line.words}</dt><dd class="row tight">{keys.collect_view()}</dd></div> }
}
