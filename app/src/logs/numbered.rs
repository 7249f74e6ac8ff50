//! The rows by their numbers in the order in which one goes through them, from 1.

use super::reading::FARTHEST;
use super::state::LogsState;
use crate::raw_query::in_place;
use crate::trace::Walk;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

impl LogsState {
    /// How one goes through the rows by their numbers.
    pub(super) fn walk(&self) -> Walk {
        let state = *self;
        let number = Memo::new(move |_| {
            // What was opened from elsewhere has its place once it is there.
            state.trace.content.track();
            state.place_in_order();
            let open = state.trace.open_root()?;
            state.order.with(|order| Some(order.as_ref()?.position(&open)? + 1))
        });
        let count = Memo::new(move |_| {
            let known = state.order.with(|order| order.as_ref().map_or(0, |order| order.len()));
            state.traces.with(|traces| match traces.next {
                None => known,
                Some(_) => known.max(usize::try_from(traces.summary.traces).unwrap_or(0)),
            })
        });
        let navigate = use_navigate();
        let open = Callback::new(move |root: String| navigate(&untrack(|| state.address_of(Some(&root), None)), in_place()));
        let go = Callback::new(move |number: usize| {
            let index = number.clamp(1, count.get_untracked().max(1)) - 1;
            match untrack(|| state.root_at(index)) {
                Some(root) => open.run(root),
                None => state.once_ordered(index, open),
            }
        });
        Walk { number, count, go }
    }

    fn root_at(&self, index: usize) -> Option<String> {
        self.order.with(|order| order.as_ref()?.between(index, index + 1).first().map(|stop| stop.root.clone()))
    }

    /// Loads the list as far as a number, and then opens what stands there; the last where there are fewer. Nothing once one has left.
    fn once_ordered(&self, index: usize, open: Callback<String>) {
        self.need(index);
        let state = *self;
        Effect::new(move |was_there: Option<bool>| {
            let length = state.order.with(|order| order.as_ref().map(|order| order.len()));
            let Some(length) = length.filter(|_| was_there != Some(true)) else { return true };
            let is_whole = state.traces.with(|traces| traces.next.is_none() || traces.rows.len() >= FARTHEST);
            if index >= length && !is_whole {
                return false;
            }
            if let Some(root) = untrack(|| state.root_at(index.min(length.saturating_sub(1)))) {
                open.run(root);
            }
            true
        });
    }
}
