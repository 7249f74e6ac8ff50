//! What of the page of a list lies in the part of the trace: the open trace, the list beside it, and how traces are read.

use super::{LogsState, SideList, TraceStep};
use crate::hydration::later;
use crate::trace::TracePanel;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// The open trace and the list beside it, as soon as their part is there.
#[component]
pub(super) fn TracePart() -> impl IntoView {
    Suspend::new(open_trace_panel())
}

#[wasm_split(trace, preload(load_trace))]
pub(crate) fn open_trace_panel() -> AnyView {
    let state = expect_context::<LogsState>();
    let trace = state.trace;
    state.lead();
    trace.read_arrived();
    // What an earlier page left behind belongs on top of what is shown.
    #[cfg(feature = "hydrate")]
    trace.journal().start();
    view! { {later(|| view! { <SideList/> }.into_any())}<TracePanel/> }.into_any()
}

/// Reads a trace, or goes on from one, as soon as what knows how is there. It lies in the part of the trace: whoever points at a row is
/// about to open it.
pub(super) fn mind_traces(state: LogsState, step: TraceStep) {
    leptos::task::spawn_local_scoped(take_step(state, step));
}

#[wasm_split(trace)]
fn take_step(state: LogsState, step: TraceStep) {
    state.take_step(step);
}
