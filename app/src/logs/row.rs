//! A trace as a row of the table. It is drawn once; what changes in it follows by signals.

use super::state::{LogsState, ScoreColumn};
use super::table::current;
use crate::ui::{Icon, IconName, IconSize, RelativeTime, ScoreBar, ScoreKind, TagChip, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::spans::TraceRow;

/// Tags shown before "+2".
const TAGS: usize = 2;

/// Draws a trace. The whole row opens it; the name is the link that keyboards and readers use.
#[component]
pub(super) fn TraceLine(row: TraceRow, visible: Memo<Vec<TraceRow>>, columns: Memo<Vec<ScoreColumn>>) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let key = row.key;
    let root = StoredValue::new(row.root_span_id.clone());
    let row_id = row.row_id.0.clone();
    let first = row;
    let row = Memo::new(move |before: Option<&TraceRow>| current(visible, key, before.or(Some(&first))).unwrap_or_else(|| first.clone()));
    let href = move || root.with_value(|root| state.address_of(Some(root), None));
    let navigate = use_navigate();
    let open = move |event: leptos::ev::MouseEvent| {
        // The link itself, and whatever asks for a new tab, is the browser's.
        let on_link = event_target::<leptos::web_sys::Element>(&event).closest("a").is_ok_and(|link| link.is_some());
        if !on_link && !event.ctrl_key() && !event.meta_key() {
            navigate(&untrack(href), Default::default());
        }
    };
    let prefetch = move |_| root.with_value(|root| state.trace.prefetch(root));
    let name = move || row.with(|row| if row.name.is_empty() { "unnamed".to_owned() } else { row.name.clone() });
    let comments = move || {
        let count = row.with(|row| row.comments);
        (count > 0).then(|| view! {
            <span class="comments"><Icon name=IconName::Comment size=IconSize::ExtraSmall/>{count}<span class="sr">" comments"</span></span>
        })
    };
    let errors = move || {
        let errors = row.with(|row| row.errors);
        (errors > 0).then(|| view! {
            <span class="err" title="has an error"><Icon name=IconName::Warning size=IconSize::ExtraSmall/><span class="sr">"has an error"</span></span>
        })
    };
    let scores =
        move || columns.get().into_iter().enumerate().map(|(place, column)| view! { <ScoreCell row column place/> }).collect_view();
    let tags = move || row.with(|row| row.tags.clone());
    let live = move || state.changed.with(|changed| changed.contains(&key));
    view! {
        <tr data-row-id=row_id class:live=live on:click=open on:pointerenter=prefetch>
            <td class="name"><span class="row"><a class="clip" href=href>{name}</a>{errors}{comments}</span></td>
            <td class="in">{move || row.with(|row| row.input.clone())}</td>
            <td class="out">{move || row.with(|row| row.output.clone())}</td>
            {scores}
            <td class="tg"><Tags tags=Signal::derive(tags)/></td>
            <td class="num soft">{move || row.with(|row| row.duration).map(|micros| format::duration(micros as f64 / 1e6))}</td>
            <td class="num soft">{move || row.with(|row| row.tokens).map(|tokens| format::count(tokens.unsigned_abs()))}</td>
            <td class="num tm"><RelativeTime micros=Signal::derive(move || row.with(|row| row.created))/></td>
        </tr>
    }
}

#[component]
fn ScoreCell(row: Memo<TraceRow>, column: ScoreColumn, place: usize) -> impl IntoView {
    let name = column.name;
    let score = Memo::new(move |_| row.with(|row| row.scores.get(&name).cloned()));
    // On a phone there is room for the first two.
    let class = ["pref", "fact"].get(place).copied().unwrap_or("more");
    let kind = Memo::new(move |_| score.with(|score| score.as_ref().map_or(column.kind, |score| score.kind)));
    let bar = move || {
        let kind: ScoreKind = kind.get();
        let value = Signal::derive(move || score.with(|score| score.as_ref().map(|score| score.value)));
        let spread = Signal::derive(move || score.with(|score| score.as_ref().and_then(|score| score.spread)));
        view! { <ScoreBar kind value spread width=40/> }
    };
    view! { <td class=class>{bar}</td> }
}

#[component]
fn Tags(tags: Signal<Vec<String>>) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let chips = move || {
        let tags = tags.get();
        let more = tags.len().saturating_sub(TAGS);
        let rest = tags.iter().skip(TAGS).cloned().collect::<Vec<_>>().join(", ");
        let chips = tags.into_iter().take(TAGS).map(|name| {
            let color = state.tag_color(&name).unwrap_or_else(|| crate::ui::tag_color(&name).to_owned());
            view! { <TagChip name color/> }
        });
        view! { {chips.collect_view()}{(more > 0).then(|| view! { <span class="more" title=rest>{format!("+{more}")}</span> })} }
    };
    view! { <span class="tags">{chips}</span> }
}
