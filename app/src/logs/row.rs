//! A trace as a row of the table. A row is text that the browser parses as a whole, because scrolling draws many; the
//! table around the rows listens for all of them.
//!
//! In the style sheet each row lays out by itself (`contain`, flex); a table's own layout would measure every cell again. Three more things
//! kept a frame long, and must stay away: scrolling the page to its top on every navigation, removing the element that has the focus,
//! and pages of five hundred rows.

use super::part::mind_traces;
use super::state::{LogsState, ScoreColumn};
use super::walk::Step;
use crate::ui::{IconName, IconSize, format, markup, score_bar};
use leptos::prelude::*;
use leptos::web_sys::{Element, Event};
use shared::address::LogsAddress;
use shared::spans::TraceRow;
use std::fmt::Write;

/// Tags shown before "+2".
const TAGS: usize = 2;

/// The length of a score's track in pixels.
const TRACK: u32 = 40;

/// The cells of a trace. The name is the link that opens it.
pub(super) fn cells(state: &LogsState, row: &TraceRow, columns: &[ScoreColumn], now: Option<i64>) -> String {
    // The filter of a list never changes; another filter is another list.
    let link = markup::escape(&untrack(|| state.address_of(Some(&row.root_span_id), None)));
    let errors = mark(row.errors, "err", IconName::Warning, |_| r#"<span class="sr">has an error</span>"#.to_owned());
    let comments = mark(row.comments, "comments", IconName::Comment, |count| format!(r#"{count}<span class="sr"> comments</span>"#));
    let mut html = format!(
        r#"<td class="name"><span class="row"><a class="clip" href="{link}" data-noscroll>{}</a>{errors}{comments}</span></td><td class="in">{}</td><td class="out">{}</td>"#,
        name(row),
        markup::escape(&row.input),
        markup::escape(&row.output),
    );
    for (place, column) in columns.iter().enumerate() {
        let score = row.scores.get(&column.name);
        let kind = score.map_or(column.kind, |score| score.kind);
        let bar = score_bar(kind, score.map(|score| score.value), score.and_then(|score| score.spread), TRACK);
        // On a phone there is room for the first two.
        let class = ["pref", "fact"].get(place).copied().unwrap_or("more");
        // Writing to a string cannot fail, here and below.
        let _ = write!(html, r#"<td class="score {class}">{bar}</td>"#);
    }
    let duration = row.duration.map(|micros| format::duration(micros as f64 / 1e6)).unwrap_or_default();
    let tokens = row.tokens.map(|tokens| format::count(tokens.unsigned_abs())).unwrap_or_default();
    let _ = write!(
        html,
        r#"<td class="tg"><span class="tags">{}</span></td><td class="num soft du">{duration}</td><td class="num soft tk">{tokens}</td><td class="num tm">{}</td>"#,
        chips(state, &row.tags),
        markup::relative_time(row.created, now),
    );
    html
}

/// The name of a trace, escaped.
pub(super) fn name(row: &TraceRow) -> String {
    if row.name.is_empty() { "unnamed".to_owned() } else { markup::escape(&row.name) }
}

fn mark(count: i64, class: &str, icon: IconName, text: impl Fn(i64) -> String) -> String {
    if count == 0 {
        return String::new();
    }
    format!(r#"<span class="{class}">{}{}</span>"#, markup::icon(icon, IconSize::ExtraSmall), text(count))
}

fn chips(state: &LogsState, tags: &[String]) -> String {
    let mut html: String = tags.iter().take(TAGS).map(|name| markup::tag_chip(name, state.tag_color(name).as_deref())).collect();
    let rest = tags.get(TAGS..).unwrap_or_default();
    if !rest.is_empty() {
        let _ = write!(html, r#"<span class="more" title="{}">+{}</span>"#, markup::escape(&rest.join(", ")), rest.len());
    }
    html
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
        mind_traces(*state, Step::Prefetch(root));
    }
}
