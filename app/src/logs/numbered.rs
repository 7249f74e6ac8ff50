//! The rows by their numbers in the order in which one goes through them, from 1.

use super::order::Order;
use super::part::mind_traces;
use super::reading::FARTHEST;
use super::state::LogsState;
use super::walk::TraceStep;
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
            let known = state.order.with(|order| order.as_ref().map_or(0, Order::len));
            // Rows that left the list keep their place, so only what is not loaded is counted by the list.
            let further = state.traces.with(|traces| match traces.next {
                None => 0,
                Some(_) => usize::try_from(traces.summary.traces).unwrap_or(0).saturating_sub(traces.rows.len()),
            });
            known + further
        });
        let navigate = use_navigate();
        let open = Callback::new(move |root: String| navigate(&untrack(|| state.address_of(Some(&root), None)), in_place()));
        // The row that one wants to go to, from 0, while it is on its way.
        let wanted = RwSignal::new(None::<usize>);
        Effect::new(move |_| state.go_once_loaded(wanted, number, open));
        let go = Callback::new(move |number: usize| wanted.set(Some(number.clamp(1, count.get_untracked().max(1)) - 1)));
        let fresh = Memo::new(move |_| match state.is_reviewed() {
            true => state.order.with(|order| state.traces.with(|traces| order.as_ref().map_or(0, |order| order.lacks(&traces.rows)))),
            false => 0,
        });
        Walk { number, count, go, fresh, enter_again: Callback::new(move |()| state.enter_again()) }
    }

    /// Takes the list as it is now for the order in which one goes on.
    fn enter_again(&self) {
        self.let_go();
        self.hold();
        self.departed.update_value(Vec::clear);
        self.order.set(Some(self.traces.with_untracked(|traces| Order::of(&traces.rows))));
        mind_traces(*self, TraceStep::Ready);
    }

    /// Opens the row that is wanted, the last where there are fewer, as soon as the list is loaded so far.
    fn go_once_loaded(&self, wanted: RwSignal<Option<usize>>, number: Memo<Option<usize>>, open: Callback<String>) {
        let Some(length) = self.order.with(|order| order.as_ref().map(Order::len)) else { return };
        let (is_whole, loaded) = self.traces.with(|traces| (traces.next.is_none(), traces.rows.len()));
        match wanted.get() {
            Some(index) if index < length || is_whole => {
                wanted.set(None);
                if let Some(root) = untrack(|| self.root_at(index.min(length.saturating_sub(1)))) {
                    open.run(root);
                }
            }
            Some(index) => self.need(index),
            // A link may lead to a row further down.
            None if number.get().is_none() && self.is_reviewed() && !is_whole && loaded < FARTHEST => self.need(loaded),
            None => {}
        }
    }

    /// Whether the open trace is shown in review mode.
    fn is_reviewed(&self) -> bool {
        self.trace.content.with(Option::is_some) && self.address.with(|address| address.review.is_some())
    }

    fn root_at(&self, index: usize) -> Option<String> {
        self.order.with(|order| order.as_ref()?.between(index, index + 1).first().map(|stop| stop.root.clone()))
    }
}
