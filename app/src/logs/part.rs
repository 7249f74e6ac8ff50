//! What of the page of a list lies in the part of the trace: the open trace, the list beside it, how traces are read, and rows in groups.

use super::cases::{DATASET, EXPERIMENT};
use super::first_steps::FirstSteps;
use super::groups::Groups;
use super::layout::Layout;
use super::table::TraceTable;
use super::{LogsState, SideList, TraceStep};
use crate::hydration::later;
use crate::objects::{About, ObjectHead};
use crate::trace::TracePanel;
use leptos::prelude::*;
use serde_json::value::RawValue;
use shared::objects::ObjectKind;
use wasm_split_helpers::wasm_split;

/// What of the page is drawn by the part of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// The open trace and the list beside it.
    Trace,
    /// The head of an experiment or a dataset.
    ObjectHead,
    /// The rows of an experiment or a dataset.
    ObjectRows,
    /// The rows in groups.
    Groups,
    /// What to do first where there are no logs yet.
    FirstSteps,
}

/// Draws something as soon as its part is there.
#[component]
pub(super) fn TracePart(what: Drawn) -> impl IntoView {
    Suspend::new(draw(what))
}

// One function for all of it: what came with the page is there at the first drawing only where its own loader was waited for.
#[wasm_split(trace, preload(load_trace))]
pub(crate) fn draw(what: Drawn) -> AnyView {
    match what {
        Drawn::Trace => open_trace_panel(),
        Drawn::ObjectHead => object_head(),
        Drawn::ObjectRows => object_rows(),
        Drawn::Groups => view! { <Groups/> }.into_any(),
        Drawn::FirstSteps => view! { <FirstSteps/> }.into_any(),
    }
}

fn open_trace_panel() -> AnyView {
    let state = expect_context::<LogsState>();
    let trace = state.trace;
    state.lead();
    trace.read_arrived();
    // Before the list is drawn: the server and the browser draw the same.
    state.place_in_order();
    // What an earlier page left behind belongs on top of what is shown.
    #[cfg(feature = "hydrate")]
    trace.journal().start();
    // In review mode the list steps aside.
    let listed = Memo::new(move |_| state.address.with(|address| address.review.is_none()));
    let list = move || listed.get().then(|| later(|| view! { <SideList/> }.into_any()));
    view! { {list}<TracePanel/> }.into_any()
}

fn object_head() -> AnyView {
    let state = expect_context::<LogsState>();
    // The server wrote it a moment ago.
    let read = |about: &Option<Box<RawValue>>| crate::json::read::<About>(about.as_ref()?.get().as_bytes()).ok();
    // It is drawn anew only for other metadata: what somebody opened stays open while rows arrive. It may be drawn when the page that asked
    // for it is another already, so what it follows counts its users.
    let metadata = ArcMemo::new(move |_| state.about.with(read).map(|about| about.metadata.text));
    let changed = Callback::new(move |()| state.read_anew());
    let summed = Signal::derive(move || state.traces.with(|_| ()));
    let head = move || metadata.with(|_| state.about.with_untracked(read).map(|about| view! { <ObjectHead about changed summed/> }));
    head.into_any()
}

fn object_rows() -> AnyView {
    let state = expect_context::<LogsState>();
    let layout: &'static Layout = if state.rows.with_value(|rows| rows.kind() == ObjectKind::Dataset) { &DATASET } else { &EXPERIMENT };
    view! { <TraceTable layout/> }.into_any()
}

/// Reads a trace, or goes on from one, as soon as what knows how is there. It lies in the part of the trace: whoever points at a row is
/// about to open it.
pub(super) fn mind_traces(state: LogsState, step: TraceStep) {
    state.steps.update_value(|steps| *steps += 1);
    leptos::task::spawn_local_scoped(take_step(state, step));
}

#[wasm_split(trace)]
fn take_step(state: LogsState, step: TraceStep) {
    // The page may be gone.
    let _ = state.steps.try_update_value(|steps| *steps -= 1);
    state.take_step(step);
}
