//! Choosing columns, moving their edges, choosing a time and groups lie in a part of their own: reading lists needs none of it.

use super::grouping::GroupingDialog;
use super::menu::ColumnsDialog;
use super::moving;
use super::range::RangeDialog;
use crate::loading::once_there;
use crate::logs::state::LogsState;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

/// Draws the dialogs as soon as their part is there. `asked` is the word of the one that is open.
pub(in crate::logs) fn draw_list_dialogs(state: LogsState, asked: RwSignal<Option<String>>) -> impl IntoView {
    once_there(dialogs(state, asked))
}

/// Moves the edge of a column with the pointer, as soon as what knows how is there. `go` leads to the list with other columns.
pub(in crate::logs) fn resize_column(state: LogsState, event: PointerEvent, go: Callback<String>) {
    leptos::task::spawn_local_scoped(resize(state, event, go));
}

#[wasm_split(columns)]
fn dialogs(state: LogsState, asked: RwSignal<Option<String>>) -> AnyView {
    view! {
        <ColumnsDialog state asked/>
        <RangeDialog state asked/>
        <GroupingDialog state asked/>
    }
    .into_any()
}

#[wasm_split(columns)]
fn resize(state: LogsState, event: PointerEvent, go: Callback<String>) {
    moving::resize(state, &event, go);
}
