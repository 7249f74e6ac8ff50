//! Where somebody begins who comes first to a list that says how to judge: what it is, how many wait, and the next item.

use super::page::TakeTheNext;
use crate::ui::markup::inner;
use crate::ui::{civil::CivilTime, format};
use leptos::prelude::*;
use shared::reviews::ListProgress;

/// Draws it, over the items.
#[component]
pub(super) fn Start(progress: Memo<Option<ListProgress>>) -> impl IntoView {
    let page = move || {
        let ListProgress { list, instructions, open, mine, .. } = progress.get()?;
        let mut facts = vec![format!("{} open", format::count(open.unsigned_abs()))];
        facts.extend((mine > 0).then(|| format!("{} for you", format::count(mine.unsigned_abs()))));
        facts.extend(list.definition.due.map(|due| ["due ", &CivilTime::from_micros(due).to_day()].concat()));
        Some(view! {
            <h2>{list.name}</h2>
            <p class="hint">{facts.join(", ")}</p>
            <div class="desc" inner_html=inner(instructions)></div>
            <TakeTheNext list=list.id/>
        })
    };
    view! { <section class="review-start" aria-label="Instructions" tabindex="0">{page}</section> }
}
