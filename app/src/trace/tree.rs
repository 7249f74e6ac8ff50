//! The tree of spans, each with its time beside it. Of a large tree only the rows in view are drawn, and only those are read.

mod axis;
mod known;
mod pane;
mod row;

pub(super) use pane::{FoldButton, Pane, PaneEdge};
pub(super) use row::icon;

use self::known::Reader;
use super::{Opened, Way};
use crate::keys::{Act, Scope, act_of, use_keys};
use crate::raw_query::in_place;
use crate::ui::format;
use crate::ui::markup::inner;
use crate::ui::window::{Viewport, Window, room};
use leptos::html::{Nav, li};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, KeyboardEvent};
use leptos_router::hooks::use_navigate;
use shared::layout::TraceLayout;
use shared::spans::{SpanMark, SpanNode};

/// Spans that are drawn. What is drawn at first fills most screens, and each costs time before the page is alive.
const WINDOW: Window = Window { whole: 80, at_first: 40, margin: 5, step: 4 };

/// Height of a row in pixels until one has been measured.
const ROW: u32 = 28;

/// Draws the spans; a click opens one, and so do the arrow keys.
#[component]
pub(super) fn SpanTree() -> impl IntoView {
    let Opened { trace, links, layout, .. } = expect_context::<Opened>();
    let is_timeline = Memo::new(move |_| layout.get() == TraceLayout::Timeline);
    let reader = Reader::new(trace);
    let known = reader.known;
    let root = Memo::new(move |_| trace.of_content(|content| content.trace.root_span_id.clone()).unwrap_or_default());
    let open = Memo::new(move |_| trace.of_content(|content| content.span.span_id.clone()).unwrap_or_default());
    let length = Memo::new(move |_| known.read().total);
    let place = Memo::new(move |_| {
        let place = trace.of_content(|content| {
            let place = content.tree.spans.iter().position(|span| span.span_id == content.span.span_id)?;
            Some(content.tree.first as usize + place)
        });
        place.flatten()
    });
    let scroller = NodeRef::<Nav>::new();
    let viewport = RwSignal::new(None::<Viewport>);
    let measure = move || {
        let Some(element) = scroller.get_untracked().filter(|_| length.get_untracked() > WINDOW.whole) else { return };
        viewport.set(Some(Viewport::of(&element, height_of_rows(&element))));
    };
    // Where the arrow keys are on their way to while the span is being read, and whether it has to be found first.
    let heading = StoredValue::new(None::<usize>);
    let sought = StoredValue::new(false);
    // Effects run in the browser only: the first drawing is the same as the server's.
    Effect::new(move |_| {
        place.track();
        heading.set_value(None);
        sought.set_value(false);
        if scroller.get().is_none() {
            return;
        }
        measure();
        request_animation_frame(move || {
            let Some(element) = scroller.try_get_untracked().flatten() else { return };
            if let Some(place) = place.try_get_untracked().flatten() {
                show_row(&element, place, height_of_rows(&element));
            }
            give_focus(&element);
        });
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    // Those around the open span came with it.
    let range = Memo::new(move |_| WINDOW.rows(viewport.get(), length.get(), place.get().unwrap_or(0)));
    Effect::new(move |_| {
        known.track();
        reader.need(&trace, range.get());
    });
    // Links say for which span one answers, so they are other ones for another.
    let form = Memo::new(move |_| trace.whose().filter(|whose| !whose.is_root).map(|whose| whose.span_id));
    let lines = move || {
        let (first, last) = range.get();
        let form = form.get();
        known.with(|known| {
            let key = |place| (place, form.clone(), known.at(place).map(|span| (span.depth, span.span_id.clone())));
            (first..last).map(key).collect::<Vec<_>>()
        })
    };
    let line = move |(place, _, span): (usize, Option<String>, Option<(u32, String)>)| {
        let Some((depth, id)) = span else { return li().class("unread").aria_busy("true").into_any() };
        // Everything else in the address stays while a trace is open.
        let href = untrack(|| links.to(Way::Span { root: root.get(), span: id.clone() }));
        let current = open.with_untracked(|open| *open == id).then_some("true");
        let content = move || {
            let clock = is_timeline.get();
            known.with(|known| {
                let clock = clock.then_some(known.duration);
                let content = |span: &SpanNode| trace.marks.with(|marks| row::content(span, marked(marks, &span.span_id), clock));
                known.at(place).map(content).unwrap_or_default()
            })
        };
        let class = if depth < row::DEEP { format!("d{depth}") } else { format!("d{} deep", depth.min(24)) };
        let link = view! { <a class=class href=href data-noscroll="" aria-current=current inner_html=move || inner(content())></a> };
        // The macro knows no `aria-level`.
        li().attr("aria-level", (depth + 1).to_string())
            .aria_posinset((place + 1).to_string())
            .aria_setsize(length.get_untracked().to_string())
            .child(link)
            .into_any()
    };
    Effect::new(move |before: Option<()>| {
        let (place, length) = (place.get(), length.get());
        // At first the rows say it themselves.
        if before.is_some()
            && let Some(element) = scroller.get_untracked()
        {
            mark_rows(&element, place, length);
        }
    });
    let times = move || {
        let (first, last) = range.get();
        known.with(|known| (first..last).filter_map(|place| row::time(place, known.at(place)?, known.duration)).collect::<String>())
    };
    let box_of_times = move || format!("0 0 100 {}", length.get() * row::UNITS);
    let duration = Memo::new(move |_| known.read().duration);
    // Under the names of a tree stands when each ran; on a timeline lines lead from the clock through the rows.
    let clock = move || {
        if is_timeline.get() {
            view! { <svg class="hours" inner_html=inner(axis::lines(duration.get()))></svg> }.into_any()
        } else {
            view! { <svg viewBox=box_of_times preserveAspectRatio="none"><path d=times/></svg> }.into_any()
        }
    };
    let axis = move || {
        is_timeline.get().then(|| {
            view! { <div class="time-axis" aria-hidden="true"><svg inner_html=move || inner(axis::words(duration.get()))></svg></div> }
        })
    };
    let navigate = use_navigate();
    // Goes where the arrow keys head, as soon as it is known what stands there.
    let go = move |wanted: usize| {
        let id = known.with_untracked(|known| known.at(wanted).map(|span| span.span_id.clone()));
        sought.set_value(id.is_none());
        match id {
            Some(span) => navigate(&untrack(|| links.to(Way::Span { root: root.get(), span })), in_place()),
            None => reader.need(&trace, (wanted, wanted + 1)),
        }
    };
    let find = go.clone();
    Effect::new(move |_| {
        known.track();
        if let Some(wanted) = heading.get_value().filter(|_| sought.get_value()) {
            find(wanted);
        }
    });
    let walk = move |act: Act| {
        let last = length.get_untracked().saturating_sub(1);
        let Some(place) = heading.get_value().or(place.get_untracked()) else { return false };
        let page = viewport.get_untracked().map_or(10, Viewport::page);
        let wanted = match act {
            Act::SpanBelow => place + 1,
            Act::SpanAbove => place.saturating_sub(1),
            Act::SpansDown => place + page,
            Act::SpansUp => place.saturating_sub(page),
            Act::FirstSpan => 0,
            Act::LastSpan => last,
            Act::SpanAround => known.with_untracked(|known| known.around(place)),
            _ => return false,
        };
        let wanted = wanted.min(last);
        heading.set_value(Some(wanted));
        go(wanted);
        true
    };
    let on_key = {
        let walk = walk.clone();
        move |event: KeyboardEvent| {
            if act_of(&event, Scope::Tree).is_some_and(|act| !event.shift_key() && walk(act)) {
                event.prevent_default();
            }
        }
    };
    use_keys().on(Scope::Trace, walk);
    let scrolled = move |_| {
        measure();
        let (Some(element), Some(viewport)) = (scroller.get_untracked(), viewport.get_untracked()) else { return };
        keep_focus(&element, range.get_untracked());
        // Giving a row the focus must not scroll: the row is in view.
        let is_in_view = place.get_untracked().is_some_and(|place| viewport.shows(place));
        if is_in_view && document().active_element().is_some_and(|focused| focused == *element) {
            request_animation_frame(move || give_focus(&element));
        }
    };
    let room = move || room(range.get(), length.get(), viewport.get().map_or(ROW, |viewport| viewport.row));
    let (above, below) = (Signal::derive(move || room().0), Signal::derive(move || room().1));
    let rest = move || {
        let (first, last) = range.get();
        let more = length.get() - (last - first);
        (more > 0).then(|| format::counted(more as u64, "more span", "more spans"))
    };
    view! {
        <nav class="trace-tree" aria-label="Spans" tabindex="-1" node_ref=scroller on:scroll=scrolled on:keydown=on_key>
            {axis}
            <ul class="tree" class:timeline=move || is_timeline.get() class:large=move || { length.get() > WINDOW.whole }>
                <Room height=above/>
                <For each=lines key=Clone::clone children=line/>
                <Room height=below/>
                <li class="times" role="presentation" aria-hidden="true">
                    {clock}
                </li>
            </ul>
            <noscript><p class="hint">{rest}</p></noscript>
        </nav>
    }
}

/// What is told of a span.
fn marked<'a>(marks: &'a [SpanMark], span: &str) -> Option<&'a SpanMark> {
    marks.iter().find(|mark| mark.span_id == span)
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

/// Says on the rows that are there which of them is open and how many there are in all: an effect for each row would cost more
/// than drawing it.
fn mark_rows(scroller: &HtmlElement, open: Option<usize>, length: usize) {
    let find = |selector: &str| scroller.query_selector(selector).ok().flatten();
    // Plain attributes, which cannot fail.
    if let Some(before) = find("a[aria-current]") {
        let _ = before.remove_attribute("aria-current");
    }
    if let Some(row) = open.and_then(|place| find(&format!("li[aria-posinset='{}'] > a", place + 1))) {
        let _ = row.set_attribute("aria-current", "true");
    }
    let rows = std::iter::successors(find("li[aria-posinset]"), |row| row.next_element_sibling());
    for row in rows.filter(|row| row.has_attribute("aria-posinset")) {
        let _ = row.set_attribute("aria-setsize", &length.to_string());
    }
}

/// The height of a row in pixels, as the first one that is drawn has it.
fn height_of_rows(scroller: &HtmlElement) -> u32 {
    let drawn = scroller.query_selector("li > a").ok().flatten().and_then(|row| u32::try_from(row.client_height()).ok());
    drawn.filter(|height| *height > 0).unwrap_or(ROW)
}

/// Scrolls until a row is in view.
fn show_row(scroller: &HtmlElement, place: usize, row: u32) {
    let viewport = Viewport::of(scroller, row);
    if let (false, Ok(top)) = (viewport.shows(place), i32::try_from(viewport.scrolled_to(place))) {
        scroller.set_scroll_top(top);
    }
}

/// Takes the focus from a row that is about to leave the window, so that the keys go on.
fn keep_focus(scroller: &HtmlElement, (first, last): (usize, usize)) {
    let focused = document().active_element().and_then(|focused| focused.closest("li[aria-posinset]").ok().flatten());
    let Some(row) = focused.filter(|row| scroller.contains(Some(row))) else { return };
    let number = row.get_attribute("aria-posinset").and_then(|number| number.parse::<usize>().ok());
    if !number.is_some_and(|number| (first + 1..=last).contains(&number)) {
        // What cannot take the focus leaves it where it is.
        let _ = scroller.focus();
    }
}

/// Moves the focus from elsewhere in the tree to the row of the open span.
fn give_focus(scroller: &HtmlElement) {
    if document().active_element().is_some_and(|focused| scroller.contains(Some(&focused))) {
        let row = scroller.query_selector("a[aria-current]").ok().flatten();
        if let Some(row) = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()) {
            let _ = row.focus();
        }
    }
}
