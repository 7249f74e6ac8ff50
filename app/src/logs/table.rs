//! The table of traces: only the rows in view are drawn, so that a hundred thousand scroll as smoothly as fifty.

use super::columns::{columns, heads, resize_column};
use super::layout::Layout;
use super::part::{Drawn, TracePart};
use super::row::{address_under, cells, key_under, prefetch_under};
use super::selection::{SelectionStep, mind_selection};
use super::state::LogsState;
use crate::raw_query::in_place;
use crate::ui::markup::inner;
use crate::ui::window::{Viewport, Window, room};
use crate::ui::{Icon, IconName, format, now};
use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use shared::address::LogsAddress;
use shared::markup::Html;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Heights of a row in pixels, as the style sheet has them: in a table, and as a card on a phone.
const ROW: u32 = 28;
const COMFORTABLE_ROW: u32 = 40;
const CARD: u32 = 84;

/// Rows that are drawn.
const WINDOW: Window = Window { whole: 0, at_first: 50, margin: 8, step: 4 };

/// A row as it is drawn.
#[derive(Clone, PartialEq)]
struct Line {
    key: i64,
    row_id: String,
    cells: Html,
}

impl Line {
    /// The same for as long as the row looks the same.
    fn fingerprint(&self) -> (i64, u64) {
        let mut hasher = DefaultHasher::new();
        self.cells.hash(&mut hasher);
        (self.key, hasher.finish())
    }
}

/// Draws the traces, newest first.
#[component]
pub(super) fn TraceTable(
    /// What the rows show.
    layout: &'static Layout,
) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let scroller = NodeRef::<Div>::new();
    let viewport = state.seen.viewport;
    let row_height = move || if state.is_comfortable() { COMFORTABLE_ROW } else { ROW };
    let measure = move || {
        if let Some(element) = scroller.get_untracked() {
            let is_phone = window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width <= 720.0);
            let row = if is_phone { CARD } else { untrack(row_height) };
            state.see(Viewport::of(&element, row));
        }
    };
    let keep_anchor = move || {
        if let Some(element) = scroller.try_get_untracked().flatten()
            && let Some(top) = state.anchored()
            && element.scroll_top() != top
        {
            element.set_scroll_top(top);
        }
    };
    state.seen.is_pointed_at.set_value(false);
    // Effects run in the browser only: the first drawing is the same as the server's.
    Effect::new(move |_| {
        row_height();
        if scroller.get().is_some() {
            keep_anchor();
            measure();
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let waiting = Memo::new(move |_| state.waiting());
    let length = Memo::new(move |_| state.traces.with(|traces| traces.rows.len()).saturating_sub(waiting.get()));
    let range = Memo::new(move |_| WINDOW.rows(viewport.get(), length.get(), 0));
    // What is seen stays where it is, whatever comes or goes above it.
    Effect::new(move |before: Option<()>| {
        state.traces.track();
        if before.is_some() && state.seen.anchor.with_value(Option::is_some) {
            request_animation_frame(keep_anchor);
        }
    });
    Effect::new(move |_| {
        if length.get() == 0 && waiting.get() > 0 {
            state.let_go();
        }
    });
    Effect::new(move |_| {
        // Where nothing is listed yet, what matches may lie further back.
        if viewport.with(Option::is_some) || length.get() == 0 {
            state.need(range.get().1 + waiting.get());
        }
    });
    let columns = Memo::new(move |_| columns(&state, layout));
    let lines = Memo::new(move |_| {
        let (first, last) = range.get();
        let (above, now) = (waiting.get(), now());
        state.traces.with(|traces| {
            let rows = traces.rows.get(above + first..above + last).unwrap_or_default().iter();
            columns.with(|columns| {
                rows.map(|row| Line { key: row.key, row_id: row.row_id.0.clone(), cells: cells(&state, layout, row, columns, now) })
                    .collect::<Vec<_>>()
            })
        })
    });
    let line = move |Line { key, row_id, cells }| {
        let live = move || state.changed.with(|changed| changed.contains(&key));
        let selected = move || state.selection.keys.with(|keys| keys.contains(&key)).then_some("true");
        view! { <tr data-row-id=row_id data-key=key class:live=live aria-selected=selected inner_html=inner(cells)></tr> }
    };
    let scrolled = move |_| {
        measure();
        state.let_go_at_top();
        state.remember_soon();
    };
    let pointed_at = move |event: leptos::ev::PointerEvent| {
        state.seen.is_pointed_at.set_value(true);
        state.hold();
        prefetch_under(&state, &event, "tr");
    };
    let pointed_elsewhere = move |_| {
        state.seen.is_pointed_at.set_value(false);
        state.let_go_at_top();
    };
    let show = move || {
        state.seen.anchor.set_value(None);
        state.let_go();
        if let Some(element) = scroller.get_untracked() {
            element.set_scroll_top(0);
        }
    };
    let navigate = use_navigate();
    let open = move |event: leptos::ev::MouseEvent| {
        // Selecting was begun, and what listens for it is on its way.
        if state.selection.is_on.get_untracked() {
            event.prevent_default();
            if let Some(key) = key_under(&event, "tr") {
                mind_selection(state, SelectionStep::Press(key, event.shift_key()));
            }
            return;
        }
        // The link itself, and whatever asks for a new tab, is the browser's.
        let on_link = event_target::<leptos::web_sys::Element>(&event).closest("a").is_ok_and(|link| link.is_some());
        if on_link || event.ctrl_key() || event.meta_key() {
            return;
        }
        if let Some(address) = address_under(&event, "tr") {
            navigate(&address, in_place());
        }
    };
    let room = move || room(range.get(), length.get(), viewport.get().map_or_else(row_height, |viewport| viewport.row));
    let (above, below) = (move || room().0, move || room().1);
    let navigate = use_navigate();
    let go = Callback::new(move |address: String| navigate(&address, NavigateOptions { replace: true, ..in_place() }));
    let column_count = move || columns.read().len();
    let heads = move || columns.with(|columns| heads(&state, columns));
    let grabbed = move |event: leptos::ev::PointerEvent| {
        if event_target::<leptos::web_sys::Element>(&event).class_list().contains("edge") {
            // Text would be selected along the way otherwise.
            event.prevent_default();
            resize_column(state, event, go);
        }
    };
    // Where nobody sends a cost nothing speaks of it.
    let has_cost = Memo::new(move |_| state.traces.with(|traces| traces.rows.iter().any(|row| row.cost.is_some())));
    let count_class = move || {
        let costs = if has_cost.get() { " costs" } else { "" };
        let scores = columns.with(|columns| columns.iter().filter(|column| column.class == "score").count());
        let own = if state.columns.read().is_empty() { "" } else { " own" };
        format!(
            "table windowed {}{own} scores-{}{costs}{}",
            layout.class,
            scores.min(8),
            if state.is_comfortable() { " comfortable" } else { "" }
        )
    };
    view! {
        <Show when=move || length.get() != 0 fallback=NoTraces>
            <Waiting waiting show/>
            <div class="table-scroll" node_ref=scroller on:scroll=scrolled tabindex="0" role="region" aria-label=if state.is_of_logs() { "Traces" } else { "Rows" }>
                <table class=count_class aria-rowcount=move || state.traces.with(|traces| traces.summary.traces + 1)>
                    <thead on:pointerdown=grabbed>
                        <tr inner_html=move || inner(heads())></tr>
                    </thead>
                    <tbody on:click=open.clone() on:pointerover=pointed_at on:pointerleave=pointed_elsewhere on:focusin=move |event| prefetch_under(&state, &event, "tr")>
                        <Spacer height=Signal::derive(above) columns=Signal::derive(column_count)/>
                        <For each=move || lines.get() key=Line::fingerprint children=line/>
                        <Spacer height=Signal::derive(below) columns=Signal::derive(column_count)/>
                    </tbody>
                </table>
                <Older/>
            </div>
        </Show>
    }
}

/// How many rows wait to be shown, over the first ones that are.
#[component]
fn Waiting(waiting: Memo<usize>, show: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let words = move || format!("{} new", format::count(waiting.get() as u64));
    view! {
        <div class="waiting" role="status">
            <Show when=move || { waiting.get() > 0 }>
                <button class="btn small" type="button" on:click=move |_| show()><Icon name=IconName::Up/>{words}</button>
            </Show>
        </div>
    }
}

/// The room of the rows that are not drawn.
#[component]
fn Spacer(height: Signal<usize>, columns: Signal<usize>) -> impl IntoView {
    view! {
        <tr class="pad" aria-hidden="true" hidden=move || height.get() == 0>
            <td colspan=move || columns.get().to_string()><svg width="1" height=move || height.get().to_string()></svg></td>
        </tr>
    }
}

/// Without JavaScript the next page is a link.
#[component]
fn Older() -> impl IntoView {
    let state = expect_context::<LogsState>();
    let next = move || {
        let next = state.traces.with(|traces| traces.next.filter(|_| !traces.is_sorted))?;
        Some(state.address.with(|address| LogsAddress { before: Some(next), ..address.with_trace(None, None) }.to_query()))
    };
    view! { <noscript><p class="older">{move || next().map(|href| view! { <a class="link" href=href>"Older"</a> })}</p></noscript> }
}

#[component]
fn NoTraces() -> impl IntoView {
    let state = expect_context::<LogsState>();
    if state.is_filtered() {
        let is_looking = move || state.traces.with(|traces| traces.next.is_some());
        let (noun, _) = state.nouns();
        let words = move || {
            let more = if is_looking() { " so far. Looking further back…" } else { "." };
            format!("No {noun} matches this filter{more}")
        };
        return view! { <p class="no-rows" role="status">{words}</p> }.into_any();
    }
    if !state.is_of_logs() {
        return view! { <p class="no-rows">"Nothing is here yet. Rows appear by themselves as they are sent."</p> }.into_any();
    }
    view! { <TracePart what=Drawn::FirstSteps/> }.into_any()
}
