//! The edge of a column while it is moved with the pointer.

use super::{ShownColumn, columns, layout_of, listed, say};
use crate::logs::state::LogsState;
use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::web_sys::Element;
use shared::columns::{Column, WIDTHS};

/// Follows the pointer until it is let go, and then says the widths in the address.
pub(super) fn resize(state: LogsState, event: &PointerEvent, go: Callback<String>) {
    let Some(head) = event_target::<Element>(event).closest("th").ok().flatten() else { return };
    let heads: Vec<Element> =
        std::iter::successors(head.parent_element().and_then(|row| row.first_element_child()), Element::next_element_sibling).collect();
    let Some(place) = heads.iter().position(|other| *other == head) else { return };
    let drawn: Vec<u32> = heads.iter().map(|head| head.client_width().unsigned_abs()).collect();
    let (mut chosen, mut shown): (Vec<Column>, Vec<ShownColumn>) = untrack(|| (listed(&state), columns(&state, layout_of(&state))));
    if chosen.len() != drawn.len() || shown.len() != drawn.len() {
        return;
    }
    // Columns that the style sheet has laid out keep their places while one of them changes.
    if untrack(|| state.columns.with(Vec::is_empty)) {
        for (column, width) in chosen.iter_mut().zip(&drawn) {
            column.width = Some(*width);
        }
        for (column, width) in shown.iter_mut().zip(&drawn) {
            column.width = width.to_string();
        }
    }
    let (from, first) = (event.client_x(), drawn[place]);
    let width_at = move |event: &PointerEvent| first.saturating_add_signed(event.client_x() - from).clamp(*WIDTHS.start(), *WIDTHS.end());
    let following = StoredValue::new_local(Vec::<WindowListenerHandle>::new());
    let follow_no_more = move || {
        for handle in following.try_update_value(std::mem::take).into_iter().flatten() {
            handle.remove();
        }
    };
    let moved = window_event_listener(leptos::ev::pointermove, {
        let shown = shown.clone();
        move |event| {
            if event.buttons() == 0 {
                // It was let go before anybody listened.
                return follow_no_more();
            }
            let mut shown = shown.clone();
            if let Some(column) = shown.get_mut(place) {
                column.width = width_at(&event).to_string();
                column.class = column.class.trim_end_matches(" wide").to_owned();
            }
            // The page may be gone.
            let _ = state.columns.try_set(shown);
        }
    });
    let let_go = window_event_listener(leptos::ev::pointerup, move |event| {
        follow_no_more();
        let mut chosen = chosen.clone();
        let width = width_at(&event);
        if width != first
            && let Some(column) = chosen.get_mut(place)
        {
            column.width = Some(width);
            go.run(say(&state, &chosen));
        }
    });
    following.set_value(vec![moved, let_go]);
}
