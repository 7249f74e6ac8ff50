//! Selecting lies in a part of its own: reading lists needs none of it.

use super::SelectionStep;
use super::bar::SelectionBar;
use crate::loading::once_there;
use crate::logs::part::load_trace;
use crate::logs::state::LogsState;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Frames that a selection waits for the list, about five seconds.
const FRAMES: u32 = 300;

/// Draws what belongs to a selection as soon as its part is there.
pub(crate) fn draw_selection(state: LogsState) -> impl IntoView {
    once_there(selection(state))
}

/// Does something with the selection as soon as what knows how is there, after whatever was asked before.
pub(crate) fn mind_selection(state: LogsState, step: SelectionStep) {
    state.selection.is_asked.set_value(true);
    // At once: the next press may come before the part does.
    if step == SelectionStep::Begin {
        state.selection.is_on.update(|is_on| *is_on = !*is_on);
    }
    state.selection.steps.update_value(|steps| steps.push(step));
    leptos::task::spawn_local_scoped(select(state));
}

#[wasm_split(selection)]
fn selection(state: LogsState) -> AnyView {
    view! { <SelectionBar state/> }.into_any()
}

#[wasm_split(selection)]
fn select(state: LogsState) {
    leptos::task::spawn_local_scoped(async move {
        // The cursor may still be on its way to where it was sent before.
        load_trace().await;
        take_steps(state, FRAMES);
    });
}

/// Does all that was asked until now, in its order, once the list has done what was asked of it before: which part came first must not
/// matter. A list that never does it, because its part cannot be had, is not waited for longer than so many frames.
fn take_steps(state: LogsState, frames: u32) {
    // The page may be gone.
    let Some(before) = state.steps.try_get_value() else { return };
    if before > 0 && frames > 0 {
        return request_animation_frame(move || take_steps(state, frames - 1));
    }
    let steps = state.selection.steps.try_update_value(std::mem::take).unwrap_or_default();
    steps.into_iter().for_each(|step| state.select(step));
}
