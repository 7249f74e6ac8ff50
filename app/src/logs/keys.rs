//! What keys do on the page of a list.

use super::part::mind_traces;
use super::selection::{SelectionStep, mind_selection};
use super::state::LogsState;
use super::walk::{Destination, TraceStep};
use crate::context::use_project;
use crate::keys::{Act, Scope, find, use_keys};
use crate::raw_query::in_place;
use crate::trace::follow_missed;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::permissions::Action;

/// Minds the keys of the list, and those that lead from one open trace to another or out of it.
pub(super) fn follow_keys(state: LogsState, open: Memo<bool>) {
    let navigate = use_navigate();
    let go = move |destination: Destination| {
        let navigate = navigate.clone();
        mind_traces(state, TraceStep::Go(destination, Box::new(move |address| navigate(address, in_place()))));
        true
    };
    let go_on = go.clone();
    let close = {
        let navigate = use_navigate();
        move || {
            navigate(&untrack(|| state.address_of(None, None)), in_place());
            true
        }
    };
    use_keys().on(Scope::Trace, move |act| {
        open.get_untracked()
            && match act {
                Act::Next => go_on(Destination::Neighbour(1)),
                Act::Previous => go_on(Destination::Neighbour(-1)),
                Act::Close => close(),
                _ => false,
            }
    });
    follow_missed(state.trace, open);
    let may_flag = use_project().may(Action::Review);
    use_keys().on(Scope::List, move |act| {
        !open.get_untracked()
            && match act {
                Act::RowBelow => move_cursor(state, 1),
                Act::RowAbove => move_cursor(state, -1),
                Act::SelectRow => select(state, SelectionStep::Row),
                Act::SelectBelow => select(state, SelectionStep::Below),
                Act::SelectAbove => select(state, SelectionStep::Above),
                Act::Flag if may_flag && state.selection.is_asked.get_value() => select(state, SelectionStep::Flag),
                // What has the focus takes the key itself.
                Act::OpenRow if has_control_focus() => false,
                Act::OpenRow => go(Destination::Cursor),
                Act::ReviewMode => go(Destination::Review),
                // An open trace minds this key itself.
                Act::Undo => {
                    #[cfg(feature = "hydrate")]
                    crate::journal::mind(state.trace.journal(), true);
                    true
                }
                Act::Filter => focus_filter(),
                _ => false,
            }
    });
}

/// Steps wait for each other, so that none is lost that comes before their part of the bundle.
fn move_cursor(state: LogsState, by: isize) -> bool {
    // What was asked of the selection before is about the row where the cursor is then.
    if state.selection.is_asked.get_value() {
        return select(state, SelectionStep::Cursor(by));
    }
    mind_traces(state, TraceStep::Cursor(by));
    true
}

fn select(state: LogsState, step: SelectionStep) -> bool {
    mind_selection(state, step);
    true
}

fn has_control_focus() -> bool {
    document().active_element().is_some_and(|focused| focused.matches("a, button, summary").unwrap_or(false))
}

fn focus_filter() -> bool {
    find("form.filter input[name=filter]").is_some_and(|field| field.focus().is_ok())
}
