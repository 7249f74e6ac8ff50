//! A trace as a row of the table. A row is text that the browser parses as a whole, because scrolling draws many; the
//! table around the rows listens for all of them.
//!
//! In the style sheet each row lays out by itself (`contain`, flex); a table's own layout would measure every cell again. Three more things
//! kept a frame long, and must stay away: scrolling the page to its top on every navigation, removing the element that has the focus,
//! and pages of five hundred rows.

use super::columns::ShownColumn;
use super::layout::Layout;
use super::part::mind_traces;
use super::state::LogsState;
use super::walk::TraceStep;
use crate::ui::{IconName, IconSize, format, markup, score_bar};
use leptos::prelude::*;
use leptos::web_sys::{Element, Event};
use shared::address::{LogsAddress, RowsPage};
use shared::html;
use shared::markup::Html;
use shared::spans::TraceRow;

/// Tags shown before "+2".
const TAGS: usize = 2;

/// The length of a score's track in pixels.
const TRACK: u32 = 30;

/// The cells of a row, for `now`. The one that names it is the link that opens it.
pub(super) fn cells(state: &LogsState, layout: &Layout, row: &TraceRow, columns: &[ShownColumn], now: Option<i64>) -> Html {
    let mut cells = Html::default();
    // On a phone there is room for the first two numbers.
    let mut places = ["pref", "fact"].into_iter();
    let mut values = row.values.iter();
    for column in columns {
        let mut place = "";
        let cell = match column.class.trim_end_matches(" wide") {
            "name" => name(state, row),
            "in" => html!("{}", row.input),
            "out" => html!("{}", row.output),
            "score" => {
                place = places.next().unwrap_or("more");
                score(row, &column.score)
            }
            "tg" => chips(state, &row.tags),
            "num soft du" => html!("{}", row.duration.map(|micros| format::duration(micros as f64 / 1e6))),
            "num soft tk" => html!("{}", row.tokens.map(|tokens| format::count(tokens.unsigned_abs()))),
            "num soft ct" => html!("{}", row.cost.map(format::nanodollars)),
            "num tm" => markup::relative_time(row.created, now),
            "val" => {
                place = places.next().unwrap_or("more");
                // What is not known is said to be unknown.
                html!("{}", values.next().map_or("…", String::as_str))
            }
            other => (layout.cell)(state, row, other),
        };
        let width = column.width();
        cells.push(&html!(r#"<td class="{} {}"{}>{}</td>"#, column.class, place, width, cell));
    }
    cells
}

/// Lists of logs have no further cells.
pub(super) fn no_cell(_: &LogsState, _: &TraceRow, _: &str) -> Html {
    Html::default()
}

fn name(state: &LogsState, row: &TraceRow) -> Html {
    // The filter of a list never changes; another filter is another list.
    let link = untrack(|| state.address_of(Some(&row.root_span_id), None));
    let title = row.title(state.rows.with_value(RowsPage::kind));
    html!(r#"<span class="row"><a class="clip" href="{}" data-noscroll>{}</a>{}</span>"#, link, title, marks(row))
}

/// How many of its spans have an error, and how many comments there are.
fn marks(row: &TraceRow) -> Html {
    let errors = mark(row.errors, "err", IconName::Warning, "span with an error", "spans with an error");
    let comments = mark(row.comments, "comments", IconName::Comment, "comment", "comments");
    html!("{}{}", errors, comments)
}

fn mark(count: i64, class: &str, icon: IconName, one: &str, several: &str) -> Option<Html> {
    let words = format::counted(count.unsigned_abs(), one, several);
    let (number, noun) = words.split_once(' ')?;
    let icon = markup::icon(icon, IconSize::ExtraSmall);
    (count != 0)
        .then(|| html!(r#"<span class="mark {}" title="{}">{}{}<span class="sr"> {}</span></span>"#, class, words, icon, number, noun))
}

/// A score. Where there is none its track takes no room.
fn score(row: &TraceRow, name: &str) -> Html {
    let bar = row.scores.get(name).map(|score| score_bar(score.kind, Some(score.value), score.spread, TRACK));
    bar.unwrap_or_else(|| Html::ours(r#"<span class="sc none"><b>–</b></span>"#))
}

/// The first tags, and how many more there are.
fn chips(state: &LogsState, tags: &[String]) -> Html {
    let mut chips: Html = tags.iter().take(TAGS).map(|name| markup::tag_chip(name, state.tag_color(name).as_deref())).collect();
    let rest = tags.get(TAGS..).unwrap_or_default();
    if !rest.is_empty() {
        chips.push(&html!(r#"<span class="more" title="{}">+{}</span>"#, rest.join(", "), rest.len()));
    }
    html!(r#"<span class="tags">{}</span>"#, chips)
}

/// The address that the row under an event leads to. `row` is the element of a row.
pub(super) fn address_under(event: &Event, row: &str) -> Option<String> {
    address_in(&event_target::<Element>(event).closest(row).ok()??)
}

/// The key of the row under an event.
pub(super) fn key_under(event: &Event, row: &str) -> Option<i64> {
    event_target::<Element>(event).closest(row).ok()??.get_attribute("data-key")?.parse().ok()
}

fn address_in(row: &Element) -> Option<String> {
    row.query_selector("a[href]").ok()??.get_attribute("href")
}

/// Makes the trace of the row under the pointer or the focus ready, and that of the next row, because they may be opened next.
pub(super) fn prefetch_under(state: &LogsState, event: &Event, row: &str) {
    let under = event_target::<Element>(event).closest(row).ok().flatten();
    let rows = under.into_iter().flat_map(|row| [row.next_element_sibling(), Some(row)].into_iter().rev().flatten());
    let root = |row: Element| LogsAddress::parse(address_in(&row)?.trim_start_matches('?')).trace;
    let roots: Vec<_> = rows.filter_map(root).collect();
    if !roots.is_empty() {
        mind_traces(*state, TraceStep::Prefetch(roots));
    }
}
