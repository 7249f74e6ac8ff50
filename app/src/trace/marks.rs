//! Words that are marked in what is drawn, and the way from one to the next.

use crate::ui::format;
use leptos::web_sys::Element;

/// Which way one goes through what is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkStep {
    Next,
    Previous,
}

/// Where one is among what is marked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct MarkPlace {
    /// From 1.
    number: usize,
    of: usize,
}

impl MarkPlace {
    /// "3 of 17".
    pub(super) fn words(self) -> String {
        [format::count(self.number as u64), format::count(self.of as u64)].join(" of ")
    }
}

/// Goes from the current mark in an element to the one beside it; nowhere from the last or if there is none.
pub(super) fn step(within: &Element, step: MarkStep) -> Option<MarkPlace> {
    let marks = marks(within);
    let wanted = match (marks.iter().position(is_current), step) {
        (None, _) => return enter(within, step),
        (Some(here), MarkStep::Next) => here + 1,
        (Some(here), MarkStep::Previous) => here.checked_sub(1)?,
    };
    show(&marks, wanted)
}

/// Goes to the first mark in an element, or to the last if one comes from behind.
pub(super) fn enter(within: &Element, step: MarkStep) -> Option<MarkPlace> {
    let marks = marks(within);
    let wanted = if step == MarkStep::Next { 0 } else { marks.len().checked_sub(1)? };
    show(&marks, wanted)
}

fn marks(within: &Element) -> Vec<Element> {
    let marks = within.get_elements_by_tag_name("mark");
    (0..marks.length()).filter_map(|place| marks.item(place)).collect()
}

fn is_current(mark: &Element) -> bool {
    mark.has_attribute("aria-current")
}

fn show(marks: &[Element], wanted: usize) -> Option<MarkPlace> {
    let mark = marks.get(wanted)?;
    for before in marks.iter().filter(|mark| is_current(mark)) {
        let _ = before.remove_attribute("aria-current");
    }
    let _ = mark.set_attribute("aria-current", "true");
    unfold_around(mark);
    scroll_to(mark);
    Some(MarkPlace { number: wanted + 1, of: marks.len() })
}

/// Unfolds whatever holds a mark. What stands in the line of something folded is seen as it is.
fn unfold_around(mark: &Element) {
    let line = mark.closest("summary").ok().flatten().and_then(|line| line.parent_element());
    let mut around = line.as_ref().unwrap_or(mark).parent_element();
    while let Some(details) = around.and_then(|around| around.closest("details").ok().flatten()) {
        // A plain attribute, which cannot fail.
        let _ = details.set_attribute("open", "");
        around = details.parent_element();
    }
}

fn scroll_to(mark: &Element) {
    #[cfg(feature = "hydrate")]
    {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Center);
        mark.scroll_into_view_with_scroll_into_view_options(&options);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = mark;
}

/// In the next frame, when what was just read is in the page.
pub(super) fn once_drawn(act: impl FnOnce() + 'static) {
    #[cfg(feature = "hydrate")]
    leptos::prelude::request_animation_frame(act);
    #[cfg(not(feature = "hydrate"))]
    let _ = act;
}
