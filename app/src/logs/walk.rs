//! Going from trace to trace.

use super::order::{Order, Stop};
use super::part::mind_traces;
use super::state::LogsState;
use crate::context::use_project;
use crate::trace::{Way, load_review};
use leptos::prelude::*;
use shared::address::{LogsAddress, REVIEW_ROWS, ReviewsAddress};
use shared::live::Touched;
use shared::spans::{OpenTrace, TraceRow};

/// Rows that are loaded beyond the open one, so that one does not come to the end of what is loaded.
const AHEAD: usize = 40;

/// What is to be done with traces, open or about to be. All of it lies in their part of the bundle.
pub(crate) enum TraceStep {
    /// Shows what is wanted as soon as it is there.
    Opened(OpenTrace),
    /// Makes the neighbours of the open one ready.
    Ready,
    /// Makes the traces with these roots ready.
    Prefetch(Vec<String>),
    /// Reads again what changed.
    Touched(Vec<Touched>),
    /// Reads the open one again.
    Reload,
    /// Goes somewhere, if that is anywhere.
    Go(Destination, Box<dyn FnOnce(&str)>),
    /// Moves the cursor of the list so many rows down.
    Cursor(isize),
    /// Shows the row at the cursor, because the list is there again.
    Return,
    /// Keeps where one is in the list with the entry of the browser's history.
    Remember,
    /// Goes there again.
    Recall(String),
    /// Reads on in an order of one's own, until so many rows are there.
    ReadOn(usize),
}

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// So many places further down from the open trace.
    Neighbour(isize),
    /// To the trace at the cursor.
    Cursor,
    /// To the row at the cursor, else to the first, in review mode.
    Review,
}

impl LogsState {
    /// Opens what stands in an address, or closes what is open. Whoever enters keeps the order of that moment until they leave.
    pub(super) fn open(&self, address: &LogsAddress) {
        if address.trace.is_none() {
            let left = untrack(|| self.trace.open_root());
            let place = self.order.with_untracked(|order| order.as_ref()?.place(left.as_deref()?));
            // The list may not be loaded so far.
            let shown = || self.trace.shown_at().filter(|(root, _)| left.as_ref() == Some(root)).map(|(_, place)| place);
            let place = place.or_else(shown);
            if place.is_some() {
                self.seen.cursor.set_value(place);
            }
            self.order.set(None);
            self.departed.update_value(Vec::clear);
            mind_traces(*self, TraceStep::Return);
        } else if self.order.with_untracked(Option::is_none) {
            self.hold();
            let waiting = untrack(|| self.waiting());
            self.order.set(Some(self.traces.with_untracked(|traces| Order::of(traces.rows.get(waiting..).unwrap_or_default()))));
        }
        if let Some(wanted) = self.trace.want(address) {
            mind_traces(*self, TraceStep::Opened(wanted));
        }
    }

    /// Does what has to do with the traces themselves.
    pub(crate) fn take_step(&self, step: TraceStep) {
        // The page may be gone while the part was on its way.
        if self.filter.try_with_value(|_| ()).is_none() {
            return;
        }
        match step {
            TraceStep::Opened(wanted) => {
                self.trace.open(wanted);
                self.make_ready();
            }
            TraceStep::Ready => self.make_ready(),
            TraceStep::Prefetch(mut roots) => {
                roots.extend(self.neighbour_roots());
                self.trace.prefetch(&roots);
            }
            TraceStep::Touched(touched) => self.trace.touched(&touched),
            TraceStep::Reload => self.trace.reload(),
            TraceStep::Go(destination, navigate) => self.go(destination, navigate),
            TraceStep::Cursor(by) => self.move_cursor(by),
            TraceStep::Return => self.come_back(),
            TraceStep::Remember => self.remember(),
            TraceStep::Recall(position) => self.recall(&position),
            TraceStep::ReadOn(needed) => self.read_on(needed),
        }
    }

    fn go(&self, destination: Destination, navigate: Box<dyn FnOnce(&str)>) {
        let address = match destination {
            Destination::Neighbour(by) => self.neighbour(by),
            Destination::Cursor => self.address_at_cursor(),
            Destination::Review => self.review_address(),
        };
        let Some(address) = address else { return };
        if destination != Destination::Review {
            return navigate(&address);
        }
        leptos::task::spawn_local_scoped(async move {
            load_review().await;
            navigate(&address);
        });
    }

    /// Says where one can go from the open trace.
    pub(crate) fn lead(&self) {
        let (state, context) = (*self, StoredValue::new(use_project()));
        self.links.lead(self.walk(), move |way: Way| match way {
            Way::Span { root, span } => {
                let form = state.trace.whose().filter(|whose| !whose.is_root).map(|whose| whose.span_id);
                state.address.with(|address| address.with_trace(Some(&root), form.as_deref()).with_reading(&root, &span).to_query())
            }
            Way::AnswerFor { root, span, reading } => state.address.with(|address| {
                let address = address.with_trace(Some(&root), span.as_deref());
                address.with_reading(&root, &reading).to_query()
            }),
            Way::Previous => state.neighbour_address(-1),
            Way::Next => state.neighbour_address(1),
            Way::Review => state.address.with(|address| address.with_review(Some(REVIEW_ROWS)).to_query()),
            Way::Closed => state.address.with(|address| match address.review.as_deref() {
                Some(REVIEW_ROWS) => address.with_review(None).to_query(),
                Some(list) => {
                    let list = ReviewsAddress { list: Some(list.to_owned()), ..ReviewsAddress::default() };
                    context.with_value(|context| context.page("review")) + &list.to_query()
                }
                None => state.address_of(None, None),
            }),
        });
    }

    fn review_address(&self) -> Option<String> {
        let first = || self.traces.with_untracked(|traces| traces.rows.get(untrack(|| self.waiting())).map(|row| row.root_span_id.clone()));
        let root = self.root_at_cursor().or_else(first)?;
        Some(self.address.with_untracked(|address| address.with_trace(Some(&root), None).with_review(Some(REVIEW_ROWS)).to_query()))
    }

    /// Makes what `j` and `k` lead to ready, and loads on where one comes near the end.
    fn make_ready(&self) {
        self.trace.prefetch(&self.neighbour_roots());
        // One may have come from a link, or have loaded the page again.
        if let Some((_, place)) = self.trace.shown_at() {
            self.seek(place);
        }
        let open = untrack(|| self.trace.open_root());
        let is_near_the_end = self.order.with_untracked(|order| {
            let order = order.as_ref()?;
            Some(order.position(open.as_deref()?)? + AHEAD >= order.len())
        });
        if is_near_the_end == Some(true) {
            self.need(self.traces.with_untracked(|traces| traces.rows.len()));
        }
    }

    /// What `j` and `k` lead to while a trace is open.
    fn neighbour_roots(&self) -> Vec<String> {
        let near: &[isize] = if self.address.with_untracked(|address| address.review.is_some()) { &[1, 2, 3, -1] } else { &[1, -1] };
        near.iter().copied().filter_map(|by| self.neighbour_root(by)).collect()
    }

    /// The address of the trace `by` rows further down.
    fn neighbour(&self, by: isize) -> Option<String> {
        self.neighbour_root(by).map(|root| untrack(|| self.address_of(Some(&root), None)))
    }

    fn neighbour_root(&self, by: isize) -> Option<String> {
        self.place_in_order();
        let open = untrack(|| self.trace.open_root())?;
        self.order.with_untracked(|order| order.as_ref()?.neighbour(&open, by).map(str::to_owned))
    }

    /// Gives the open trace its place in the order, where it was opened from elsewhere.
    pub(super) fn place_in_order(&self) {
        let Some((root, place)) = self.trace.shown_at() else { return };
        let is_new = self.order.with_untracked(|order| order.as_ref().is_some_and(|order| order.position(&root).is_none()));
        if is_new {
            let (is_whole, is_sorted) = self.traces.with_untracked(|traces| (traces.next.is_none(), traces.is_sorted));
            if is_sorted {
                // Nothing says where it would stand.
                return;
            }
            self.order.update_untracked(|order| order.iter_mut().for_each(|order| order.enter(&root, place, is_whole)));
        }
    }

    /// The address of a neighbour as a link follows it; the open trace itself at either end.
    fn neighbour_address(&self, by: isize) -> String {
        self.order.track();
        self.trace.content.track();
        let open = self.trace.open_root();
        self.neighbour(by).unwrap_or_else(|| self.address_of(open.as_deref(), None))
    }

    /// Keeps the rows that leave the list while one goes through it: they are shown in their places until one leaves.
    pub(super) fn keep_departed(&self, rows: Vec<TraceRow>) {
        if self.order.with_untracked(Option::is_some) {
            self.departed.update_value(|departed| departed.extend(rows));
        }
    }

    /// What is known of some of the traces, in the order in which one goes through them: by their roots, nothing of what is not loaded.
    pub(super) fn between<T>(&self, (first, last): (usize, usize), read: impl Fn(&TraceRow) -> T) -> Vec<(String, Option<T>)> {
        self.traces.with(|traces| {
            self.order.with(|order| {
                let Some(order) = order else { return Vec::new() };
                let of = |stop: &Stop| {
                    let departed = || {
                        let rows = self.departed.with_value(|rows| rows.iter().rev().find(|row| row.key == stop.place.key).map(&read));
                        // Its time may have changed, and with it its place.
                        rows.or_else(|| traces.rows.iter().find(|row| row.key == stop.place.key).map(&read))
                    };
                    (stop.root.clone(), traces.at(stop.place).map(&read).or_else(departed))
                };
                order.between(first, last).iter().map(of).collect()
            })
        })
    }
}
