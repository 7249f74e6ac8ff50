//! What is seen of the list. It stays as it is while a trace is open, and whoever is elsewhere than at the top, or points at a row, is
//! shown nothing new: what arrives waits until they ask for it, so that nothing moves under their eyes or their pointer.

use super::part::mind_traces;
use super::state::LogsState;
use super::walk::TraceStep;
use crate::ui::window::Viewport;
use leptos::prelude::*;
use shared::objects::Place;
use shared::spans::TraceRow;
use std::time::Duration;

/// How long after scrolling the history learns of it. A browser refuses more than a hundred changes in thirty seconds.
const REMEMBER: Duration = Duration::from_millis(500);

/// What is seen of the list. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// What the table showed last.
    pub(super) viewport: RwSignal<Option<Viewport>>,
    /// The row at the upper edge; none at the top.
    pub(super) anchor: StoredValue<Option<Anchor>>,
    /// The row at the cursor.
    pub(super) cursor: StoredValue<Option<Place>>,
    /// Whether the focus is on its way to that row.
    pub(super) is_focusing: StoredValue<bool>,
    /// Whether the pointer is over the rows.
    pub(super) is_pointed_at: StoredValue<bool>,
    /// The newest row that is shown, where newer ones wait.
    newest: RwSignal<Option<Place>>,
    is_due: StoredValue<bool>,
}

/// The row at the upper edge, and how many pixels of it are out of sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) place: Place,
    pub(super) hidden: u32,
}

impl Seen {
    /// `newest` is the newest row that is shown, if newer ones shall wait.
    pub(super) fn new(newest: Option<Place>) -> Self {
        Self {
            viewport: RwSignal::new(None),
            anchor: StoredValue::new(None),
            cursor: StoredValue::new(None),
            is_focusing: StoredValue::new(false),
            is_pointed_at: StoredValue::new(false),
            newest: RwSignal::new(newest),
            is_due: StoredValue::new(false),
        }
    }
}

impl LogsState {
    /// How many rows wait above those that are shown.
    pub(super) fn waiting(&self) -> usize {
        let Some(newest) = self.seen.newest.get() else { return 0 };
        // In an order of one's own nothing arrives above the rest.
        self.traces.with(|traces| if traces.is_sorted { 0 } else { traces.index_below(newest) })
    }

    /// From now on what arrives waits.
    pub(super) fn hold(&self) {
        if self.seen.newest.with_untracked(Option::is_none) {
            self.seen.newest.set(self.traces.with_untracked(|traces| traces.rows.first().map(TraceRow::place)));
        }
    }

    /// Shows what waits, and from now on whatever arrives.
    pub(super) fn let_go(&self) {
        if self.seen.newest.with_untracked(Option::is_some) {
            self.seen.newest.set(None);
        }
    }

    /// The table shows something else.
    pub(super) fn see(&self, viewport: Viewport) {
        self.seen.viewport.set(Some(viewport));
        let waiting = untrack(|| self.waiting());
        let place = (viewport.top / viewport.row) as usize + waiting;
        let place = self.traces.with_untracked(|traces| traces.rows.get(place).map(TraceRow::place));
        let anchor = place.filter(|_| viewport.top > 0).map(|place| Anchor { place, hidden: viewport.top % viewport.row });
        self.seen.anchor.set_value(anchor);
        if anchor.is_some() {
            self.hold();
        } else if waiting == 0 {
            self.let_go_at_top();
        }
    }

    /// Shows what waits, if one is at the top and points at nothing.
    pub(super) fn let_go_at_top(&self) {
        if self.seen.anchor.with_value(Option::is_none) && !self.seen.is_pointed_at.get_value() {
            self.let_go();
        }
    }

    /// How far the table is to be scrolled so that the row at its upper edge stays there.
    pub(super) fn anchored(&self) -> Option<i32> {
        let Anchor { place, hidden } = self.seen.anchor.try_get_value().flatten()?;
        let row = self.seen.viewport.get_untracked()?.row;
        let above = self.traces.with_untracked(|traces| traces.index_below(place));
        let above = above.saturating_sub(untrack(|| self.waiting()));
        i32::try_from(above as u64 * u64::from(row) + u64::from(hidden)).ok()
    }

    /// Keeps where one is with the entry of the browser's history, a moment later and once for all that happens meanwhile.
    pub(super) fn remember_soon(&self) {
        if self.seen.is_due.get_value() {
            return;
        }
        self.seen.is_due.set_value(true);
        let state = *self;
        set_timeout(
            move || {
                // The page may be gone.
                if state.seen.is_due.try_update_value(|due| *due = false).is_some() {
                    mind_traces(state, TraceStep::Remember);
                }
            },
            REMEMBER,
        );
    }
}
