//! The list beside an open trace. What its links show is text, like the rows of the table.

use super::row::{name, prefetch_under};
use super::state::LogsState;
use super::unread::Unread;
use crate::keys::{Act, titled};
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, format, markup, now, score_bar};
use leptos::prelude::*;
use shared::html;
use shared::markup::Html;
use shared::spans::TraceRow;

/// Rows shown before and after the open one.
const BEFORE: usize = 8;
const AFTER: usize = 32;

/// The length of a score's track in pixels.
const TRACK: u32 = 28;

/// Draws the traces around the open one.
#[component]
pub(crate) fn SideList() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let open = Memo::new(move |_| state.trace.open_root());
    let score_names = Memo::new(move |_| state.scores().into_iter().map(|column| column.name).collect::<Vec<_>>());
    let lines = Memo::new(move |_| {
        let (open, scores, now) = (open.get(), score_names.get(), now());
        state.around(open.as_deref(), BEFORE, AFTER, |row| (row.root_span_id.clone(), content(row, &scores, now)))
    });
    let line = move |(root, content): (String, Html)| {
        let href = untrack(|| state.address_of(Some(&root), None));
        let current = move || open.with(|open| open.as_ref() == Some(&root)).then_some("true");
        view! { <li><a href=href data-noscroll="" aria-current=current inner_html=inner(content)></a></li> }
    };
    let title = if state.is_filtered() { "Filtered" } else { "All traces" };
    let count = move || state.traces.with(|traces| format::count(u64::try_from(traces.summary.traces).unwrap_or(0)));
    view! {
        <nav class="minilist" aria-label="Traces in this view">
            <div class="bar">
                <span class="clip grow">{title}</span><span>{count}</span>
                <a class="btn icon ghost small" data-noscroll="" href=move || state.address_of(None, None) aria-label="Close trace" title=titled("Close trace", Act::Close)>
                    <Icon name=IconName::Columns/>
                </a>
            </div>
            <ul on:pointerover=move |event| prefetch_under(&state, &event, "li")>
                <For each=move || lines.get() key=|line| line.clone() children=line/>
            </ul>
            <Unread/>
        </nav>
    }
}

/// What the link to a trace shows: its name, its time, the beginning of its input, and the first of `scores` that it has.
fn content(row: &TraceRow, scores: &[String], now: Option<i64>) -> Html {
    let score = scores.iter().find_map(|name| row.scores.get(name));
    let bar = score.map(|score| html!("<span>{}</span>", score_bar(score.kind, Some(score.value), None, TRACK)));
    html!(
        r#"<span class="heading clip">{}</span>{}<span class="excerpt clip">{}</span>{}"#,
        name(row),
        markup::relative_time(row.created, now),
        row.input,
        bar,
    )
}
