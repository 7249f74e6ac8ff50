//! What keys do on the page of a list.

use super::part::mind_traces;
use super::state::LogsState;
use super::walk::TraceStep;
use crate::keys::{Act, Scope, find, use_keys};
use crate::raw_query::in_place;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Minds the keys of the list, and those that lead from one open trace to another or out of it.
pub(super) fn follow_keys(state: LogsState, open: Memo<bool>) {
    let navigate = use_navigate();
    let go = move |by: isize| {
        let navigate = navigate.clone();
        mind_traces(state, TraceStep::Neighbour(by, Box::new(move |address| navigate(address, in_place()))));
        true
    };
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
                Act::Next => go(1),
                Act::Previous => go(-1),
                Act::Close => close(),
                _ => false,
            }
    });
    use_keys().on(Scope::List, move |act| {
        !open.get_untracked()
            && match act {
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

fn focus_filter() -> bool {
    find("form.filter input[name=filter]").is_some_and(|field| field.focus().is_ok())
}
