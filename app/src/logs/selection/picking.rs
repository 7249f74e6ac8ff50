//! Which rows are selected: by the keyboard, by pressing them, ranges, all that are loaded.

use super::{Asking, SelectionStep};
use crate::logs::state::LogsState;
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use leptos::web_sys::Element;
use shared::RowId;

impl LogsState {
    /// Does something with the selection.
    pub(super) fn select(&self, step: SelectionStep) {
        let selection = self.selection;
        // Said again, it would all be drawn again.
        if !selection.is_begun.get_untracked() {
            selection.is_begun.set(true);
        }
        match step {
            SelectionStep::Begin => {}
            SelectionStep::Press(key, false) => self.toggle(key),
            SelectionStep::Press(key, true) => self.extend_to(key),
            SelectionStep::Jobs => selection.jobs.set(true),
            SelectionStep::Flag => {
                if selection.keys.with_untracked(|keys| !keys.is_empty()) {
                    selection.asking.set(Some(Asking::Flag));
                }
            }
            SelectionStep::Row => {
                if let Some(key) = self.key_at_cursor() {
                    self.toggle(key);
                }
            }
            SelectionStep::Cursor(by) => self.move_cursor(by),
            SelectionStep::Below => self.extend_by(1),
            SelectionStep::Above => self.extend_by(-1),
        }
    }

    /// The key of the row at the cursor.
    fn key_at_cursor(&self) -> Option<i64> {
        self.follow_focus();
        self.seen.cursor.get_value().map(|cursor| cursor.key)
    }

    /// Selects a row, or no longer. Ranges go from there.
    pub(super) fn toggle(&self, key: i64) {
        self.selection.everything.set(false);
        self.selection.from.set_value(Some(key));
        self.selection.keys.update(|keys| {
            if !keys.remove(&key) {
                keys.insert(key);
            }
        });
    }

    /// Selects all rows from where the range begins to this one.
    pub(super) fn extend_to(&self, key: i64) {
        let from = self.selection.from.get_value().unwrap_or(key);
        let (Some(first), Some(last)) = (self.place_of(from), self.place_of(key)) else { return self.toggle(key) };
        self.selection.from.set_value(Some(from));
        self.traces.with_untracked(|traces| {
            let range = traces.rows.get(first.min(last)..=first.max(last)).unwrap_or_default();
            self.selection.keys.update(|keys| keys.extend(range.iter().map(|row| row.key)));
        });
    }

    /// Moves the cursor with the end of the range: away from where it begins more is selected, back towards it less.
    fn extend_by(&self, by: isize) {
        let Some(key) = self.key_at_cursor() else { return };
        let Some(place) = self.place_of(key) else { return };
        let from =
            self.selection.from.get_value().filter(|_| self.selection.keys.with_untracked(|keys| keys.contains(&key))).unwrap_or(key);
        let begin = self.place_of(from).unwrap_or(place);
        let waiting = untrack(|| self.waiting());
        let next = place.saturating_add_signed(by).max(waiting);
        let Some(next_key) = self.traces.with_untracked(|traces| traces.rows.get(next).map(|row| row.key)) else { return };
        self.selection.everything.set(false);
        self.selection.from.set_value(Some(from));
        self.selection.keys.update(|keys| {
            keys.insert(from);
            keys.insert(next_key);
            if next.abs_diff(begin) < place.abs_diff(begin) {
                keys.remove(&key);
            } else {
                keys.insert(key);
            }
        });
        self.move_cursor(by);
    }

    fn place_of(&self, key: i64) -> Option<usize> {
        self.traces.with_untracked(|traces| traces.rows.iter().position(|row| row.key == key))
    }

    /// Selects every row that is loaded and shown.
    pub(super) fn select_loaded(&self) {
        let waiting = untrack(|| self.waiting());
        self.selection.everything.set(false);
        self.traces.with_untracked(|traces| {
            let rows = traces.rows.get(waiting..).unwrap_or_default();
            self.selection.keys.set(rows.iter().map(|row| row.key).collect());
        });
    }

    /// Selects everything that matches.
    pub(super) fn select_everything(&self) {
        self.select_loaded();
        self.selection.everything.set(true);
    }

    /// Selects nothing; false if nothing was selected.
    pub(super) fn clear_selection(&self) -> bool {
        let selection = self.selection;
        let was_any = selection.is_on.get_untracked() || selection.keys.with_untracked(|keys| !keys.is_empty());
        if was_any {
            selection.everything.set(false);
            selection.is_on.set(false);
            selection.from.set_value(None);
            selection.keys.update(|keys| keys.clear());
        }
        was_any
    }

    /// What has left the list is not selected any more.
    pub(super) fn forget_gone(&self) {
        let is_any = self.selection.keys.with_untracked(|keys| !keys.is_empty());
        self.traces.track();
        if is_any {
            let kept = self.traces.with_untracked(|traces| {
                self.selection.keys.with_untracked(|keys| traces.rows.iter().map(|row| row.key).filter(|key| keys.contains(key)).collect())
            });
            if self.selection.keys.with_untracked(|keys| *keys != kept) {
                self.selection.keys.set(kept);
            }
        }
    }

    /// The ids of the rows that are selected.
    pub(super) fn selected_rows(&self) -> Vec<RowId> {
        self.traces.with_untracked(|traces| {
            self.selection
                .keys
                .with_untracked(|keys| traces.rows.iter().filter(|row| keys.contains(&row.key)).map(|row| row.row_id.clone()).collect())
        })
    }
}

/// The key of the row of the table that an element is in.
#[cfg(feature = "hydrate")]
pub(super) fn key_of(element: &Element) -> Option<i64> {
    element.closest(".logs tr[data-key]").ok()??.get_attribute("data-key")?.parse().ok()
}
