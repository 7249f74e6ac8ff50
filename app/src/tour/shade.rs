//! The light on what a step of the tour is about: where it stands in the window, and where there is room for words beside it.

use crate::keys::find;

/// A part of the window, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Pixels of light around what is lit.
const MARGIN: f64 = 4.0;

/// About how much room the words take, and how far they stand from the edge.
const WORDS: (f64, f64) = (380.0, 230.0);
const EDGE: f64 = 24.0;

impl Area {
    fn right(self) -> f64 {
        self.left + self.width
    }

    fn bottom(self) -> f64 {
        self.top + self.height
    }

    /// How much of this area lies under another one.
    fn shared_with(self, other: Self) -> f64 {
        let width = self.right().min(other.right()) - self.left.max(other.left);
        let height = self.bottom().min(other.bottom()) - self.top.max(other.top);
        width.max(0.0) * height.max(0.0)
    }
}

/// The path of everything but what is lit: the window, with a hole.
pub(super) fn path(window: (f64, f64), lit: Option<Area>) -> String {
    let around = format!("M0 0H{:.0}V{:.0}H0Z", window.0, window.1);
    let Some(lit) = lit else { return around };
    let (left, top) = ((lit.left - MARGIN).max(0.0), (lit.top - MARGIN).max(0.0));
    let (right, bottom) = ((lit.right() + MARGIN).min(window.0), (lit.bottom() + MARGIN).min(window.1));
    format!("{around}M{left:.0} {top:.0}V{bottom:.0}H{right:.0}V{top:.0}Z")
}

/// Where the words stand: the class of the corner where they hide least of what is lit.
pub(super) fn corner(window: (f64, f64), lit: Option<Area>) -> &'static str {
    let Some(lit) = lit else { return "at-middle" };
    let width = WORDS.0.min(window.0 - 2.0 * EDGE);
    let (right, bottom) = (window.0 - width - EDGE, window.1 - WORDS.1 - EDGE);
    let corners = [("at-end", right, bottom), ("at-start", EDGE, bottom), ("at-top-end", right, EDGE), ("at-top-start", EDGE, EDGE)];
    let hidden = |left: f64, top: f64| lit.shared_with(Area { left, top, width, height: WORDS.1 });
    let best = corners.into_iter().min_by(|(_, left, top), (_, other, above)| hidden(*left, *top).total_cmp(&hidden(*other, *above)));
    best.map_or("at-end", |(class, ..)| class)
}

/// Where the first thing on the page stands that a selector finds and that is seen.
pub(super) fn area_of(selector: &str) -> Option<Area> {
    #[cfg(feature = "hydrate")]
    {
        let seen = find(selector)?.get_bounding_client_rect();
        let area = Area { left: seen.left(), top: seen.top(), width: seen.width(), height: seen.height() };
        (area.width > 0.0 && area.height > 0.0).then_some(area)
    }
    #[cfg(not(feature = "hydrate"))]
    {
        find(selector).map(|_| Area::default())
    }
}

/// Brings it into view.
pub(super) fn show(selector: &str) {
    if let Some(element) = find(selector) {
        element.scroll_into_view_with_bool(false);
    }
}

#[cfg(test)]
mod tests {
    use super::{Area, corner, path};

    const WINDOW: (f64, f64) = (1440.0, 900.0);

    fn lit(left: f64, top: f64, width: f64, height: f64) -> Option<Area> {
        Some(Area { left, top, width, height })
    }

    #[test]
    fn what_is_lit_is_left_out_of_the_shade() {
        assert_eq!(path(WINDOW, None), "M0 0H1440V900H0Z");
        assert_eq!(path(WINDOW, lit(100.0, 50.0, 200.0, 30.0)), "M0 0H1440V900H0ZM96 46V84H304V46Z");
        // It ends where the window does.
        assert_eq!(path(WINDOW, lit(0.0, 0.0, 2000.0, 2000.0)), "M0 0H1440V900H0ZM0 0V900H1440V0Z");
    }

    #[test]
    fn words_stand_where_they_hide_least() {
        for (area, expected) in [
            (None, "at-middle"),
            (lit(0.0, 0.0, 1440.0, 120.0), "at-end"),
            (lit(1092.0, 44.0, 348.0, 856.0), "at-start"),
            (lit(0.0, 600.0, 1440.0, 300.0), "at-top-end"),
        ] {
            assert_eq!(corner(WINDOW, area), expected, "{area:?}");
        }
        // On a phone there is only above and below.
        assert_eq!(corner((390.0, 844.0), lit(0.0, 60.0, 390.0, 80.0)), "at-end");
        assert_eq!(corner((390.0, 844.0), lit(0.0, 560.0, 390.0, 284.0)), "at-top-end");
    }
}
