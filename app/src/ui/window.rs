//! The geometry of long lists, of which only the rows in view are drawn.

use leptos::web_sys::HtmlElement;

/// What is seen of a list, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Viewport {
    /// How far it is scrolled.
    pub(crate) top: u32,
    /// How much of it is seen.
    pub(crate) height: u32,
    /// The height of a row.
    pub(crate) row: u32,
}

impl Viewport {
    /// What is seen of the list that an element scrolls.
    pub(crate) fn of(scroller: &HtmlElement, row: u32) -> Self {
        let number = |pixels: i32| u32::try_from(pixels).unwrap_or(0);
        Self { top: number(scroller.scroll_top()), height: number(scroller.client_height()), row: row.max(1) }
    }

    /// Whether all of the row at a place is seen.
    pub(crate) fn shows(self, place: usize) -> bool {
        let top = self.top_of(place);
        self.top <= top && top.saturating_add(self.row) <= self.top.saturating_add(self.height)
    }

    /// Rows by which a page moves: one that was seen is seen again.
    pub(crate) fn page(self) -> usize {
        (self.height / self.row).max(2) as usize - 1
    }

    /// How far to scroll until the row at a place is seen: with its neighbour where it is near, into the middle where it was far away.
    pub(crate) fn scrolled_to(self, place: usize) -> u32 {
        let Self { top: from, height, row } = self;
        let top = self.top_of(place);
        let end = top.saturating_add(row);
        let until = from.saturating_add(height);
        let is_near = end > from.saturating_sub(row) && top < until.saturating_add(row);
        match is_near {
            _ if self.shows(place) => from,
            true if top < from => top,
            true => end.saturating_add(row).saturating_sub(height),
            false => top.saturating_sub(height / 2),
        }
    }

    fn top_of(self, place: usize) -> u32 {
        u32::try_from(place).unwrap_or(u32::MAX).saturating_mul(self.row)
    }
}

/// Which rows of a list are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// A list of no more rows is drawn as a whole.
    pub(crate) whole: usize,
    /// Rows that are drawn before the browser knows what is seen.
    pub(crate) at_first: usize,
    /// Rows drawn above and below those that are seen.
    pub(crate) margin: usize,
    /// Rows by which the window moves at least, so that it does not move with every one.
    pub(crate) step: usize,
}

impl Window {
    /// The first row to draw, and the one after the last. Before anything is known the row at `open` is among them.
    pub(crate) fn rows(self, viewport: Option<Viewport>, length: usize, open: usize) -> (usize, usize) {
        let (first, last) = match viewport {
            _ if length <= self.whole => (0, length),
            None => {
                let first = open.saturating_sub(self.at_first / 2).min(length.saturating_sub(self.at_first));
                (first, first + self.at_first)
            }
            Some(Viewport { top, height, row }) => {
                let first = ((top / row) as usize).saturating_sub(self.margin) / self.step * self.step;
                (first, first + (height / row) as usize + 2 * self.margin + self.step)
            }
        };
        (first.min(length), last.min(length))
    }
}

/// The room of the rows above and below those that are drawn, in pixels.
pub(crate) fn room((first, last): (usize, usize), length: usize, row: u32) -> (usize, usize) {
    (first * row as usize, length.saturating_sub(last) * row as usize)
}

#[cfg(test)]
mod tests {
    use super::{Viewport, Window, room};

    const WINDOW: Window = Window { whole: 80, at_first: 40, margin: 5, step: 4 };

    fn seen(top: u32) -> Viewport {
        Viewport { top, height: 280, row: 28 }
    }

    #[test]
    fn rows_in_view_are_drawn_with_some_around_them() {
        for (viewport, length, open, expected) in [
            (None, 0, 0, (0, 0)),
            (None, 80, 0, (0, 80)),
            (Some(seen(0)), 80, 0, (0, 80)),
            // Before anything is known: around the open one, and whole at either end.
            (None, 500, 0, (0, 40)),
            (None, 500, 100, (80, 120)),
            (None, 500, 499, (460, 500)),
            // Ten are seen, five above and below, and four so that it stays for a while.
            (Some(seen(0)), 500, 0, (0, 24)),
            (Some(seen(28 * 8)), 500, 0, (0, 24)),
            (Some(seen(28 * 9)), 500, 0, (4, 28)),
            (Some(seen(28 * 100)), 500, 0, (92, 116)),
            (Some(seen(28 * 490)), 500, 0, (484, 500)),
            // It became shorter than it was scrolled.
            (Some(seen(28 * 490)), 100, 0, (100, 100)),
            (Some(Viewport { top: 0, height: 0, row: 28 }), 500, 0, (0, 14)),
        ] {
            assert_eq!(WINDOW.rows(viewport, length, open), expected, "{viewport:?} {length} {open}");
        }
    }

    #[test]
    fn the_list_is_as_high_as_if_all_were_drawn() {
        for (drawn, length, expected) in
            [((0, 0), 0, (0, 0)), ((0, 24), 500, (0, 476 * 28)), ((92, 116), 500, (92 * 28, 384 * 28)), ((484, 500), 500, (484 * 28, 0))]
        {
            assert_eq!(room(drawn, length, 28), expected, "{drawn:?}");
        }
    }

    #[test]
    fn a_row_is_brought_into_view() {
        for (top, place, expected) in [
            // It is seen.
            (0, 0, 0),
            (0, 9, 0),
            (28, 1, 28),
            // The next one comes with the one after it, the one before by itself.
            (0, 10, 28 * 2),
            (28 * 5, 4, 28 * 4),
            // From far away it comes into the middle.
            (0, 100, 28 * 100 - 140),
            (28 * 100, 50, 28 * 50 - 140),
            (28 * 100, 2, 0),
        ] {
            assert_eq!(seen(top).scrolled_to(place), expected, "{top} {place}");
            assert!(Viewport { top: expected, ..seen(top) }.shows(place), "{top} {place}");
        }
    }

    #[test]
    fn a_page_keeps_a_row_in_view() {
        for (height, expected) in [(280, 9), (28, 1), (0, 1)] {
            assert_eq!(Viewport { top: 0, height, row: 28 }.page(), expected);
        }
    }
}
