//! Lists in an order of one's own, as far as they are read on: the server says which rows follow.

use super::FURTHER_PAGE;
use super::api::sort_traces;
use super::state::LogsState;
use crate::api::send;
use leptos::prelude::*;
use shared::spans::{SortTraces, TraceRow, TraceSort};

impl LogsState {
    /// Reads the next rows, until so many are there.
    pub(super) fn read_on(&self, needed: usize) {
        let (sort, after) = (self.sort.with_value(|sort| TraceSort::parse(sort)), self.further.get_value());
        let (Ok(sort), Some(_)) = (sort, &after) else {
            self.reading.update_value(|reading| reading.is_going_on = false);
            return;
        };
        let (filter, columns) = (self.condition.get_value(), self.computed.get_value());
        let query = SortTraces { object: self.object(), filter, sort, after: after.clone(), limit: FURTHER_PAGE, columns };
        let state = *self;
        send(sort_traces(query), move |answer| {
            // The page may be gone.
            if state.reading.try_update_value(|reading| reading.is_going_on = false).is_none() {
                return;
            }
            // The list may have been read again meanwhile, and what follows it is something else now.
            if state.further.get_value() != after {
                return state.need(needed);
            }
            match answer {
                Ok(page) => {
                    state.order.update(|order| order.iter_mut().for_each(|order| order.append(&page.rows)));
                    state.traces.update(|traces| {
                        let fresh: Vec<_> = page.rows.into_iter().filter(|row| traces.index_of(row.place()).is_err()).collect();
                        traces.rows.extend(fresh);
                        // Where nothing was found yet, what matches may lie further back.
                        let last = traces.rows.last().map(TraceRow::place).or(traces.next);
                        traces.next = last.filter(|_| page.next.is_some());
                    });
                    state.further.set_value(page.next);
                    state.need(needed);
                }
                Err(error) => state.unread.set(Some(error)),
            }
        });
    }
}
