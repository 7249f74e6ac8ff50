//! A trace as a row of the table. A row is text that the browser parses as a whole, because scrolling draws many; the
//! table around the rows listens for all of them.
//!
//! In the style sheet each row lays out by itself (`contain`, flex); a table's own layout would measure every cell again. Three more things
//! kept a frame long, and must stay away: scrolling the page to its top on every navigation, removing the element that has the focus,
//! and pages of five hundred rows.

use super::part::mind_traces;
use super::state::{LogsState, ScoreColumn};
use super::walk::TraceStep;
use crate::ui::{IconName, IconSize, format, markup, score_bar};
use leptos::prelude::*;
use leptos::web_sys::{Element, Event};
use shared::address::LogsAddress;
use shared::html;
use shared::markup::Html;
use shared::spans::TraceRow;

/// Tags shown before "+2".
const TAGS: usize = 2;

/// The length of a score's track in pixels.
const TRACK: u32 = 40;

/// The cells of a trace. The name is the link that opens it.
pub(super) fn cells(state: &LogsState, row: &TraceRow, columns: &[ScoreColumn], now: Option<i64>) -> Html {
    // The filter of a list never changes; another filter is another list.
    let link = untrack(|| state.address_of(Some(&row.root_span_id), None));
    let errors = mark(row.errors, "err", IconName::Warning, |_| Html::ours(r#"<span class="sr">has an error</span>"#));
    let comments = mark(row.comments, "comments", IconName::Comment, |count| html!(r#"{}<span class="sr"> comments</span>"#, count));
    let mut cells = html!(
        r#"<td class="name"><span class="row"><a class="clip" href="{}" data-noscroll>{}</a>{}{}</span></td><td class="in">{}</td><td class="out">{}</td>"#,
        link,
        name(row),
        errors,
        comments,
        row.input,
        row.output,
    );
    for (place, column) in columns.iter().enumerate() {
        let score = row.scores.get(&column.name);
        let kind = score.map_or(column.kind, |score| score.kind);
        let bar = score_bar(kind, score.map(|score| score.value), score.and_then(|score| score.spread), TRACK);
        // On a phone there is room for the first two.
        let class = ["pref", "fact"].get(place).copied().unwrap_or("more");
        cells.push(&html!(r#"<td class="score {}">{}</td>"#, class, bar));
    }
    let duration = row.duration.map(|micros| format::duration(micros as f64 / 1e6));
    let tokens = row.tokens.map(|tokens| format::count(tokens.unsigned_abs()));
    cells.push(&html!(
        r#"<td class="tg"><span class="tags">{}</span></td><td class="num soft du">{}</td><td class="num soft tk">{}</td><td class="num tm">{}</td>"#,
        chips(state, &row.tags),
        duration,
        tokens,
        markup::relative_time(row.created, now),
    ));
    cells
}

/// The name of a trace.
pub(super) fn name(row: &TraceRow) -> &str {
    if row.name.is_empty() { "unnamed" } else { &row.name }
}

fn mark(count: i64, class: &str, icon: IconName, text: impl Fn(i64) -> Html) -> Option<Html> {
    (count != 0).then(|| html!(r#"<span class="{}">{}{}</span>"#, class, markup::icon(icon, IconSize::ExtraSmall), text(count)))
}

fn chips(state: &LogsState, tags: &[String]) -> Html {
    let mut chips: Html = tags.iter().take(TAGS).map(|name| markup::tag_chip(name, state.tag_color(name).as_deref())).collect();
    let rest = tags.get(TAGS..).unwrap_or_default();
    if !rest.is_empty() {
        chips.push(&html!(r#"<span class="more" title="{}">+{}</span>"#, rest.join(", "), rest.len()));
    }
    chips
}

/// The address that the row under an event leads to. `row` is the element of a row.
pub(super) fn address_under(event: &Event, row: &str) -> Option<String> {
    let row = event_target::<Element>(event).closest(row).ok()??;
    row.query_selector("a[href]").ok()??.get_attribute("href")
}

/// Makes the trace of the row under the pointer ready, because it may be opened next.
pub(super) fn prefetch_under(state: &LogsState, event: &Event, row: &str) {
    let trace = address_under(event, row).and_then(|address| LogsAddress::parse(address.trim_start_matches('?')).trace);
    if let Some(root) = trace {
        mind_traces(*state, TraceStep::Prefetch(root));
    }
}
