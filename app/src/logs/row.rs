//! A trace as a row of the table. A row that changes is drawn anew: a row without signals of its own costs a fraction of
//! one that follows, and scrolling draws many.

use super::state::{LogsState, ScoreColumn};
use crate::ui::{Icon, IconName, IconSize, RelativeTime, TagChip, format, score_bar_html, tag_color};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::spans::TraceRow;

/// Tags shown before "+2".
const TAGS: usize = 2;

/// The length of a score's track in pixels.
const TRACK: u32 = 40;

/// Draws a trace. The whole row opens it; the name is the link that keyboards and readers use.
#[component]
pub(super) fn TraceLine(row: TraceRow, columns: Vec<ScoreColumn>) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let TraceRow { key, root_span_id, row_id, name, created, input, output, errors, comments, duration, tokens, scores, tags, .. } = row;
    // The filter of a list never changes; another filter is another list.
    let href = untrack(|| state.address_of(Some(&root_span_id), None));
    let navigate = use_navigate();
    let target = href.clone();
    let open = move |event: leptos::ev::MouseEvent| {
        // The link itself, and whatever asks for a new tab, is the browser's.
        let on_link = event_target::<leptos::web_sys::Element>(&event).closest("a").is_ok_and(|link| link.is_some());
        if !on_link && !event.ctrl_key() && !event.meta_key() {
            navigate(&target, Default::default());
        }
    };
    let prefetch = move |_| state.trace.prefetch(&root_span_id);
    let name = if name.is_empty() { "unnamed".to_owned() } else { name };
    let comments = (comments > 0).then(|| {
        view! { <span class="comments"><Icon name=IconName::Comment size=IconSize::ExtraSmall/>{comments}<span class="sr">" comments"</span></span> }
    });
    let errors = (errors > 0).then(|| {
        view! { <span class="err" title="has an error"><Icon name=IconName::Warning size=IconSize::ExtraSmall/><span class="sr">"has an error"</span></span> }
    });
    let cells = columns.into_iter().enumerate().map(|(place, column)| {
        let score = scores.get(&column.name);
        let kind = score.map_or(column.kind, |score| score.kind);
        let bar = score_bar_html(kind, score.map(|score| score.value), score.and_then(|score| score.spread), TRACK);
        // On a phone there is room for the first two.
        let class = ["pref", "fact"].get(place).copied().unwrap_or("more");
        view! { <td class=class inner_html=bar></td> }
    });
    let cells = cells.collect_view();
    let live = move || state.changed.with(|changed| changed.contains(&key));
    view! {
        <tr data-row-id=row_id.0 class:live=live on:click=open on:pointerenter=prefetch>
            <td class="name"><span class="row"><a class="clip" href=href>{name}</a>{errors}{comments}</span></td>
            <td class="in">{input}</td>
            <td class="out">{output}</td>
            {cells}
            <td class="tg"><span class="tags">{chips(state, tags)}</span></td>
            <td class="num soft">{duration.map(|micros| format::duration(micros as f64 / 1e6))}</td>
            <td class="num soft">{tokens.map(|tokens| format::count(tokens.unsigned_abs()))}</td>
            <td class="num tm"><RelativeTime micros=created/></td>
        </tr>
    }
}

fn chips(state: LogsState, tags: Vec<String>) -> impl IntoView {
    let more = tags.len().saturating_sub(TAGS);
    let rest = tags.iter().skip(TAGS).cloned().collect::<Vec<_>>().join(", ");
    let chips = tags.into_iter().take(TAGS).map(|name| {
        let color = untrack(|| state.tag_color(&name)).unwrap_or_else(|| tag_color(&name).to_owned());
        view! { <TagChip name color/> }
    });
    let more = (more > 0).then(|| view! { <span class="more" title=rest>{format!("+{more}")}</span> });
    view! { {chips.collect_view()}{more} }
}
