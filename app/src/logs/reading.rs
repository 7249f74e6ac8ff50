//! How the list stays true: what live events say, and reading again what they do not say. One reading is on its way at a time, and one
//! more follows for all that changed meanwhile; what is loaded stays until something newer is there.

use super::api::{list_traces, open_logs};
use super::part::mind_traces;
use super::state::LogsState;
use super::walk::TraceStep;
use super::{FIRST_PAGE, FURTHER_PAGE, LogsView, OpenLogs};
use crate::api::send;
use leptos::prelude::*;
use shared::address::{LogsAddress, RowsPage};
use shared::live::{Applied, Event, LiveChange, Touched};
use shared::objects::Place;
use shared::spans::{ListTraces, TraceRow};
use std::time::Duration;

/// How long a changed row keeps its tint.
const TINT: Duration = Duration::from_millis(1200);

/// How long changes are gathered before a list is read again.
const GATHER: Duration = Duration::from_millis(150);

/// The same where every change is a reason to read again, because what changed is not told.
const GATHER_VEILED: Duration = Duration::from_millis(500);

/// Rows that are loaded beyond those that are needed.
const AHEAD: usize = 300;

/// Rows that are loaded at most to find one again.
pub(super) const FARTHEST: usize = 2_000;

/// How often the time that has passed is looked at.
const MINUTE: Duration = Duration::from_secs(60);

/// Rows that are read again at once in an order of one's own.
const LONGEST_SORTED: u32 = 1_000;

/// Rows for which room is made beforehand; longer lists grow by doubling.
const MOST_RESERVED: usize = 200_000;

impl LogsState {
    pub(super) fn receive(&self, event: &Event) {
        // The page may be gone while its stream says one last thing.
        let Some(sorted) = self.sort.try_with_value(|sort| !sort.is_empty()) else { return };
        let filtered = sorted || self.is_filtered();
        match &event.change {
            LiveChange::Spans(changed) => {
                self.touched(&changed.touched);
                let open = untrack(|| self.trace.open_root());
                self.order.update_untracked(|order| order.iter_mut().for_each(|order| order.remove(&changed.gone, open.as_deref())));
            }
            LiveChange::Veiled(veiled) => self.touched(&veiled.touched),
            // The rows that show another status are told as spans.
            LiveChange::Reviews(_) => {}
            // What is asked about the open trace, or anything in it, may be another thing now.
            LiveChange::Configuration | LiveChange::Resync => self.read_trace_again(TraceStep::Reload),
        }
        let object = self.object();
        if filtered && !matches!(event.change, LiveChange::Reviews(_)) {
            // Which traces match now is the server's to say; what they show is known.
            let mut touched = Vec::new();
            self.traces.update(|traces| {
                traces.as_of = traces.as_of.max(event.sequence);
                if let LiveChange::Spans(changed) = &event.change
                    && changed.object == object
                {
                    traces.show_changed(changed);
                    touched.extend(changed.traces.iter().map(|row| row.key));
                }
            });
            // Those of them that match are drawn with it once the list is there.
            self.tint(touched);
            self.read_again_soon(GATHER);
            return;
        }
        let mut applied = Applied::Nothing;
        self.traces.update(|traces| applied = traces.apply(&object, event));
        match applied {
            Applied::Nothing => {}
            Applied::Changed => {
                if let LiveChange::Spans(changed) = &event.change {
                    self.tint(changed.traces.iter().map(|row| row.key).collect());
                    // What else rows of experiments and datasets show, and what is computed of rows, events do not say.
                    let says_more =
                        self.rows.with_value(|rows| *rows != RowsPage::Logs) || self.computed.with_value(|computed| !computed.is_empty());
                    if changed.object == object && says_more {
                        self.read_again_soon(GATHER_VEILED);
                    }
                }
            }
            Applied::Stale if matches!(event.change, LiveChange::Veiled(_)) => self.read_again_soon(GATHER_VEILED),
            Applied::Stale => self.read_again_soon(GATHER),
            Applied::Resync => {
                // Whatever the server says now holds, even if its count of events began anew.
                self.traces.update(|traces| traces.as_of = 0);
                self.read_again_soon(GATHER);
            }
        }
    }

    /// Reads a list again every minute where it is about the time that has passed.
    pub(super) fn follow_time(self) {
        set_timeout(
            move || {
                // The page may be gone.
                let Some(is_relative) = self.condition.try_with_value(|condition| condition.contains("now()")) else { return };
                if is_relative {
                    self.read_again_soon(Duration::ZERO);
                }
                self.follow_time();
            },
            MINUTE,
        );
    }

    fn touched(&self, touched: &[Touched]) {
        self.read_trace_again(TraceStep::Touched(touched.to_vec()));
    }

    /// Where no trace was read yet, none is old.
    fn read_trace_again(&self, step: TraceStep) {
        if self.trace.has_read.get_value() {
            mind_traces(*self, step);
        }
    }

    fn tint(&self, keys: Vec<i64>) {
        let changed = self.changed;
        changed.update(|changed| changed.extend(keys.iter().copied()));
        set_timeout(
            move || {
                let _ = changed.try_update(|changed| changed.retain(|key| !keys.contains(key)));
            },
            TINT,
        );
    }

    /// Reads the list, the summary and the questions again, a moment later and once for all that happens meanwhile.
    fn read_again_soon(&self, gather: Duration) {
        let reading = self.reading.get_value();
        if reading.is_due {
            return;
        }
        if reading.is_on_its_way {
            self.reading.update_value(|reading| reading.is_stale = true);
            return;
        }
        self.reading.update_value(|reading| reading.is_due = true);
        let state = *self;
        set_timeout(
            move || {
                if state.reading.try_update_value(|reading| reading.is_due = false).is_some() {
                    state.read_again();
                }
            },
            gather,
        );
    }

    fn read_again(&self) {
        self.reading.update_value(|reading| (reading.is_on_its_way, reading.is_stale) = (true, false));
        let (loaded, is_sorted) =
            self.traces.with_untracked(|traces| (u32::try_from(traces.rows.len()).unwrap_or(u32::MAX), traces.is_sorted));
        let most = if is_sorted { LONGEST_SORTED } else { FURTHER_PAGE * 2 };
        // What a view holds may have changed meanwhile; this list stays what it is.
        let before = self.address.with_untracked(|address| address.before);
        let list = self.shown_address();
        let LogsAddress { filter, others, .. } = self.filter.with_value(|filter| self.sort.with_value(|sort| list.with_list(filter, sort)));
        let query = OpenLogs {
            project: self.project.get_value(),
            rows: self.rows.get_value(),
            filter,
            before,
            limit: loaded.clamp(FIRST_PAGE, most),
            open: None,
            row: None,
            layout: None,
            others,
        };
        let state = *self;
        send(open_logs(query), move |answer| {
            // The page may be gone.
            let Some(is_stale) = state.reading.try_update_value(|reading| {
                reading.is_on_its_way = false;
                reading.is_stale
            }) else {
                return;
            };
            let is_taken = match answer {
                Ok(view) => {
                    state.unread.set(None);
                    state.take(view)
                }
                Err(error) => {
                    state.unread.set(Some(error));
                    true
                }
            };
            if is_stale || !is_taken {
                state.read_again_soon(GATHER);
            }
        });
    }

    /// Shows what was read; whether it is not older than what is known.
    fn take(&self, view: LogsView) -> bool {
        let newer = view.traces();
        let known = self.traces.with_untracked(|traces| traces.as_of);
        // Events that came meanwhile are not in what was read, and would be lost with it.
        let is_taken = newer.as_of >= known || newer.is_sorted || self.is_filtered();
        if is_taken {
            let mut departed = Vec::new();
            self.traces.update(|traces| departed = traces.replace(newer));
            self.further.set_value(view.further);
            self.keep_departed(departed);
        }
        self.columns.set(view.columns);
        self.computed.set_value(view.computed);
        self.views.set(view.views);
        self.kinds.set(view.scores);
        self.compared.set(view.compared);
        self.base.set(view.base);
        self.about.set(view.about);
        self.questions.set(view.questions);
        self.tags.set(view.tags);
        is_taken
    }

    /// Shows the rows as the address says by now: with other columns, or with more room.
    pub(super) fn show_as(&self, address: &LogsAddress) {
        self.others.set(address.others.clone());
        self.read_anew();
    }

    /// Reads everything again at once.
    pub(super) fn read_anew(&self) {
        self.read_again_soon(Duration::ZERO);
    }

    /// Tries again what could not be read.
    pub(super) fn retry(&self) {
        self.unread.set(None);
        self.read_again_soon(Duration::ZERO);
        self.need(self.reading.with_value(|reading| reading.needed));
    }

    /// Loads on until the row at a place is there.
    pub(super) fn seek(&self, place: Place) {
        self.reading.update_value(|reading| reading.sought = Some(place));
        self.need(self.reading.with_value(|reading| reading.needed));
    }

    /// Loads on until there are rows enough beyond `index`.
    pub(super) fn need(&self, index: usize) {
        let sought = self.reading.with_value(|reading| reading.sought);
        let (is_near, next) = self.traces.with_untracked(|traces| {
            let is_sought = sought.is_some_and(|sought| !traces.reaches(sought)) && traces.rows.len() < FARTHEST;
            (is_sought || index + AHEAD > traces.rows.len(), traces.next)
        });
        self.reading.update_value(|reading| reading.needed = index);
        let is_going_on = self.reading.with_value(|reading| reading.is_going_on) || self.unread.with_untracked(Option::is_some);
        let Some(next) = next.filter(|_| is_near && !is_going_on) else { return };
        self.reading.update_value(|reading| reading.is_going_on = true);
        if self.further.with_value(Option::is_some) {
            return mind_traces(*self, TraceStep::ReadOn(index));
        }
        let (filter, columns) = (self.condition.get_value(), self.computed.get_value());
        let query = ListTraces { object: self.object(), filter, before: Some(next), limit: FURTHER_PAGE, columns };
        let state = *self;
        send(list_traces(query), move |answer| {
            let needed = state.reading.try_update_value(|reading| {
                reading.is_going_on = false;
                reading.needed
            });
            // The page may be gone.
            let Some(needed) = needed else { return };
            match answer {
                Ok(page) => {
                    state.order.update(|order| order.iter_mut().for_each(|order| order.extend(&page.rows)));
                    state.traces.update(|traces| {
                        // Rows that arrived by an event meanwhile are newer than the page and stay.
                        let last = traces.rows.last().map(TraceRow::place);
                        let fresh = page.rows.into_iter().filter(|row| last.is_none_or(|last| row.place() < last));
                        // Room for the whole list at once: growing little by little copies what is there again and again, in the
                        // end for longer than a frame may take.
                        let whole = usize::try_from(traces.summary.traces).unwrap_or(0).min(MOST_RESERVED);
                        traces.rows.reserve(whole.saturating_sub(traces.rows.len()));
                        traces.rows.extend(fresh);
                        traces.next = page.next;
                    });
                    // A page may hold less than was wanted, or nothing: what matches may lie further back.
                    state.need(needed);
                }
                Err(error) => state.unread.set(Some(error)),
            }
        });
    }
}
