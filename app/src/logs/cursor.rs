//! The cursor of the list, and finding again where one was: after closing a trace, after *Back* and *Forward*, after reloading. The cursor
//! is the focus, on the link of its row; where that is not drawn the list still knows it.

use super::reading::FARTHEST;
use super::seen::Anchor;
use super::state::LogsState;
use crate::keys::{find, has_no_focus};
use crate::ui::window::Viewport;
use leptos::prelude::*;
use leptos::web_sys::HtmlElement;
use shared::objects::Place;

/// Frames in which the row at the cursor is looked for: a row that was out of sight is drawn in the next one.
const FRAMES: u32 = 8;

/// Where one is in a list, as the browser's history keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    anchor: Option<Anchor>,
    cursor: Option<Place>,
}

impl Position {
    /// The row at the upper edge with the pixels of it that are out of sight, and the row at the cursor.
    fn to_text(self) -> String {
        let anchor = self.anchor.map_or_else(String::new, |anchor| format!("{} {}", anchor.place.to_text(), anchor.hidden));
        format!("{anchor}/{}", self.cursor.map_or_else(String::new, Place::to_text))
    }

    fn parse(text: &str) -> Option<Self> {
        let (anchor, cursor) = text.split_once('/')?;
        let anchor =
            anchor.split_once(' ').and_then(|(place, hidden)| Some(Anchor { place: Place::parse(place)?, hidden: hidden.parse().ok()? }));
        Some(Self { anchor, cursor: Place::parse(cursor) })
    }
}

fn table() -> Option<HtmlElement> {
    find(".logs .table-scroll")
}

impl LogsState {
    /// Moves the cursor so many rows down; at first to the first row that is seen.
    pub(super) fn move_cursor(&self, by: isize) {
        self.follow_focus();
        let Some(viewport) = self.seen.viewport.get_untracked() else { return };
        let (waiting, cursor) = (untrack(|| self.waiting()), self.seen.cursor.get_value());
        let next = self.traces.with_untracked(|traces| {
            let rows = traces.rows.get(waiting..)?;
            let place = match cursor {
                None => viewport.top.div_ceil(viewport.row) as usize,
                Some(cursor) => {
                    // Where its row is gone, the one below has taken its place.
                    let (place, by) = traces.index_of(cursor).map_or_else(|below| (below, by.min(0)), |place| (place, by));
                    place.saturating_sub(waiting).saturating_add_signed(by)
                }
            };
            let place = place.min(rows.len().checked_sub(1)?);
            Some((place, rows[place].place()))
        });
        if let Some((place, row)) = next {
            self.seen.cursor.set_value(Some(row));
            self.show_row(place);
            focus_cursor(*self, 0);
            self.remember_soon();
        }
    }

    /// The address of the trace at the cursor.
    pub(super) fn address_at_cursor(&self) -> Option<String> {
        self.root_at_cursor().map(|root| untrack(|| self.address_of(Some(&root), None)))
    }

    /// The root of the trace at the cursor.
    pub(super) fn root_at_cursor(&self) -> Option<String> {
        let cursor = self.seen.cursor.get_value()?;
        self.traces.with_untracked(|traces| traces.at(cursor).map(|row| row.root_span_id.clone()))
    }

    /// Shows the row at the cursor and gives it the focus, as soon as the table is there and loaded so far.
    pub(super) fn come_back(&self) {
        let Some(cursor) = self.seen.cursor.get_value() else { return };
        let state = *self;
        self.once_loaded(cursor, move || request_animation_frame(move || state.show_cursor(cursor)));
    }

    fn show_cursor(&self, cursor: Place) {
        // The page may be gone, or another trace may be open by now.
        if self.seen.cursor.try_get_value().flatten() != Some(cursor) || self.order.with_untracked(Option::is_some) {
            return;
        }
        let waiting = untrack(|| self.waiting());
        let place = self.traces.with_untracked(|traces| {
            let place = traces.index_below(cursor);
            place.checked_sub(waiting).filter(|_| place < traces.rows.len())
        });
        if let Some(place) = place {
            self.show_row(place);
            if has_no_focus() {
                focus_cursor(*self, 0);
            }
        }
        self.remember();
    }

    /// Loads the list as far as a row stands, and then does something.
    fn once_loaded(&self, place: Place, then: impl Fn() + 'static) {
        self.seek(place);
        let state = *self;
        Effect::new(move |was_there: Option<bool>| {
            if was_there == Some(true) {
                return true;
            }
            let is_there = state.traces.with(|traces| traces.reaches(place) || traces.rows.len() >= FARTHEST);
            if is_there {
                untrack(&then);
            }
            is_there
        });
    }

    /// Keeps where one is with the entry of the browser's history.
    pub(super) fn remember(&self) {
        self.follow_focus();
        if self.order.with_untracked(Option::is_none)
            && let Ok(history) = window().history()
        {
            let position = Position { anchor: self.seen.anchor.get_value(), cursor: self.seen.cursor.get_value() };
            // A browser that refuses it forgets where one was, no more.
            let _ = history.replace_state(&position.to_text().into(), "");
        }
    }

    /// Goes where one was, as [`LogsState::remember`] kept it: as soon as so much is loaded, unless one has gone elsewhere meanwhile.
    pub(super) fn recall(&self, text: &str) {
        let Some(Position { anchor, cursor }) = Position::parse(text) else { return };
        self.seen.cursor.set_value(cursor);
        let Some(anchor) = anchor else { return self.come_back() };
        let state = *self;
        self.once_loaded(anchor.place, move || {
            if state.seen.anchor.with_value(Option::is_some) {
                return;
            }
            state.seen.anchor.set_value(Some(anchor));
            state.hold();
            request_animation_frame(move || {
                if let (Some(table), Some(top)) = (table(), state.anchored()) {
                    table.set_scroll_top(top);
                    state.come_back();
                }
            });
        });
    }

    /// The row that has the focus is the one at the cursor, unless the focus is still on its way there.
    pub(super) fn follow_focus(&self) {
        if self.seen.is_focusing.get_value() {
            return;
        }
        let row = document().active_element().and_then(|focused| focused.closest("tr[data-key]").ok().flatten());
        let key = row.and_then(|row| row.get_attribute("data-key")).and_then(|key| key.parse::<i64>().ok());
        let place =
            key.and_then(|key| self.traces.with_untracked(|traces| traces.rows.iter().find(|row| row.key == key).map(|row| row.place())));
        if place.is_some() {
            self.seen.cursor.set_value(place);
        }
    }

    /// Scrolls until a row is seen.
    fn show_row(&self, place: usize) {
        let (Some(table), Some(viewport)) = (table(), self.seen.viewport.get_untracked()) else { return };
        let Viewport { top, height, row } = Viewport::of(&table, viewport.row);
        // The heads of the columns lie over the rows.
        let heads = table.query_selector("thead").ok().flatten().and_then(|heads| u32::try_from(heads.client_height()).ok()).unwrap_or(0);
        let viewport = Viewport { top, height: height.saturating_sub(heads), row };
        if let (false, Ok(top)) = (viewport.shows(place), i32::try_from(viewport.scrolled_to(place))) {
            table.set_scroll_top(top);
        }
    }
}

/// Gives the row at the cursor the focus as soon as it is drawn.
fn focus_cursor(state: LogsState, frame: u32) {
    state.seen.is_focusing.set_value(true);
    request_animation_frame(move || {
        let Some(cursor) = state.seen.cursor.try_get_value().flatten() else { return };
        let link = find(&format!(".logs tr[data-key='{}'] a", cursor.key));
        if link.is_none() && frame < FRAMES {
            return focus_cursor(state, frame + 1);
        }
        if let Some(link) = link {
            // What cannot take the focus leaves it where it is.
            let _ = link.focus();
        }
        state.seen.is_focusing.set_value(false);
    });
}

#[cfg(test)]
mod tests {
    use super::{Anchor, Position};
    use shared::objects::Place;

    #[test]
    fn a_position_survives_the_history() {
        let place = |number| Place { created: number, key: -number };
        let anchor = Some(Anchor { place: place(7), hidden: 13 });
        for position in [
            Position::default(),
            Position { anchor, cursor: None },
            Position { anchor: None, cursor: Some(place(3)) },
            Position { anchor, cursor: Some(place(3)) },
        ] {
            assert_eq!(Position::parse(&position.to_text()), Some(position));
        }
        assert_eq!(Position::parse("somebody else's"), None);
    }
}
