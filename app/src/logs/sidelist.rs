//! The list beside an open trace: the same one, in the order in which one goes through it, to its end. Only the rows in view are drawn. What
//! its links show is text, like the rows of the table.

use super::row::prefetch_under;
use super::state::LogsState;
use super::unread::Unread;
use crate::keys::{Act, titled};
use crate::ui::markup::inner;
use crate::ui::window::{Viewport, Window, room};
use crate::ui::{Icon, IconName, format, markup, now, score_bar};
use leptos::html::Nav;
use leptos::prelude::*;
use shared::address::RowsPage;
use shared::html;
use shared::markup::Html;
use shared::objects::ObjectKind;
use shared::spans::TraceRow;

/// Rows that are drawn.
const WINDOW: Window = Window { whole: 40, at_first: 40, margin: 6, step: 4 };

/// Heights of a row and of what stands above the rows in pixels, as the style sheet has them.
const ROW: u32 = 49;
const BAR: u32 = 36;

/// The length of a score's track in pixels.
const TRACK: u32 = 28;

/// Draws the list with the open trace in view.
#[component]
pub(crate) fn SideList() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let open = Memo::new(move |_| state.trace.open_root());
    let score_names = Memo::new(move |_| state.scores().into_iter().map(|column| column.name).collect::<Vec<_>>());
    let length = Memo::new(move |_| state.order.with(|order| order.as_ref().map_or(0, |order| order.len())));
    let place = Memo::new(move |_| state.order.with(|order| open.with(|open| order.as_ref()?.position(open.as_deref()?))));
    let kind = state.rows.with_value(RowsPage::kind);
    let scroller = NodeRef::<Nav>::new();
    let viewport = RwSignal::new(None::<Viewport>);
    let measure = move || {
        // The page may be gone by the next frame.
        if let Some(element) = scroller.try_get_untracked().flatten() {
            let Viewport { top, height, row } = Viewport::of(&element, ROW);
            viewport.set(Some(Viewport { top, height: height.saturating_sub(BAR), row }));
        }
    };
    // Effects run in the browser only: the first drawing is the same as the server's.
    Effect::new(move |_| {
        place.track();
        if scroller.get().is_none() {
            return;
        }
        // The rows get their room first.
        request_animation_frame(move || {
            measure();
            let (Some(element), Some(Some(place)), Some(Some(seen))) =
                (scroller.try_get_untracked().flatten(), place.try_get_untracked(), viewport.try_get_untracked())
            else {
                return;
            };
            if let (false, Ok(top)) = (seen.shows(place), i32::try_from(seen.scrolled_to(place))) {
                element.set_scroll_top(top);
            }
        });
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let range = Memo::new(move |_| WINDOW.rows(viewport.get(), length.get(), place.get().unwrap_or(0)));
    Effect::new(move |_| {
        if viewport.with(Option::is_some) {
            state.need(range.get().1);
        }
    });
    let lines = Memo::new(move |_| {
        let (scores, now) = (score_names.get(), now());
        let mut lines = state.between(range.get(), |row| content(row, kind, &scores, now));
        // The open one need not be in the list.
        if let Some(open) = open.get()
            && let Some((_, content @ None)) = lines.iter_mut().find(|(root, _)| *root == open)
        {
            *content = state.trace.of_content(|content| html!(r#"<span class="heading clip">{}</span>"#, content.trace.title(kind)));
        }
        lines
    });
    let line = move |(root, content): (String, Option<Html>)| {
        let href = untrack(|| state.address_of(Some(&root), None));
        let current = move || open.with(|open| open.as_ref() == Some(&root)).then_some("true");
        view! { <li><a href=href data-noscroll="" aria-current=current inner_html=inner(content.unwrap_or_default())></a></li> }
    };
    let room = move || room(range.get(), length.get(), ROW);
    let (above, below) = (Signal::derive(move || room().0), Signal::derive(move || room().1));
    let (_, nouns) = state.nouns();
    let title = if state.is_filtered() { format!("Filtered {nouns}") } else { format!("All {nouns}") };
    let count = move || state.traces.with(|traces| format::count(u64::try_from(traces.summary.traces).unwrap_or(0)));
    view! {
        <nav class="minilist" aria-label=if state.is_of_logs() { "Traces in this view" } else { "Rows in this view" } node_ref=scroller on:scroll=move |_| measure()>
            <div class="bar">
                <span class="clip grow">{title}</span><span>{count}</span>
                <a class="btn icon ghost small" data-noscroll="" href=move || state.address_of(None, None) aria-label="Close trace" title=titled("Close trace", Act::Close)>
                    <Icon name=IconName::Close/>
                </a>
            </div>
            <ul on:pointerover=move |event| prefetch_under(&state, &event, "li") on:focusin=move |event| prefetch_under(&state, &event, "li")>
                <Room height=above/>
                <For each=move || lines.get() key=|line| line.clone() children=line/>
                <Room height=below/>
            </ul>
            <Unread/>
        </nav>
    }
}

/// The room of the rows that are not drawn.
#[component]
fn Room(height: Signal<usize>) -> impl IntoView {
    view! {
        <li class="room" role="presentation" aria-hidden="true" hidden=move || height.get() == 0>
            <svg width="1" height=move || height.get().to_string()></svg>
        </li>
    }
}

/// What the link to a trace shows: what it is called, its time, the beginning of its input, or of its output where the input is its name, and
/// the first of `scores` that it has.
fn content(row: &TraceRow, kind: ObjectKind, scores: &[String], now: Option<i64>) -> Html {
    let excerpt = match kind {
        ObjectKind::ProjectLogs => &row.input,
        ObjectKind::Experiment => &row.output,
        ObjectKind::Dataset => row.case.as_ref().map_or(&row.output, |case| &case.expected),
    };
    let score = scores.iter().find_map(|name| row.scores.get(name));
    let bar = score.map(|score| html!("<span>{}</span>", score_bar(score.kind, Some(score.value), None, TRACK)));
    html!(
        r#"<span class="heading clip">{}</span>{}<span class="excerpt clip">{}</span>{}"#,
        row.title(kind),
        markup::relative_time(row.created, now),
        excerpt,
        bar,
    )
}
