//! The keys of an open trace, beside those of its questions.

use super::TraceState;
use crate::keys::{Act, Scope, find, use_keys};
use leptos::prelude::*;

/// Escape leaves a field, so that single letters are keys again. A second one closes the trace.
pub(super) fn leave_on_escape(event: leptos::ev::KeyboardEvent) {
    use leptos::wasm_bindgen::JsCast;
    let field = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::HtmlElement>().ok());
    if let Some(field) = field.filter(|_| event.key() == "Escape" && !event.is_composing()) {
        event.stop_propagation();
        // A field that cannot be left keeps the focus.
        let _ = field.blur();
    }
}

/// Presses the button, which says that it was done.
fn copy_link() -> bool {
    find(".trace-h [aria-label='Copy link']").map(|button| button.click()).is_some()
}

/// Scrolls what one reads by nearly a page, wherever the focus is. In what is read the browser does it.
fn scroll(by: i32) -> bool {
    let is_read = |element: &leptos::web_sys::HtmlElement| element.scroll_height() > element.client_height();
    if find("section.span :focus, section.conversation :focus").is_some() {
        return false;
    }
    // Where there is little room, all of the trace is scrolled.
    let scrolled = find("section.conversation")
        .filter(is_read)
        .or_else(|| find("section.span").filter(is_read))
        .or_else(|| find(".split").filter(is_read));
    scrolled.map(|element| element.set_scroll_top(element.scroll_top() + by * element.client_height() * 9 / 10)).is_some()
}

/// Takes the last action back, leads to the tags, and copies the link.
pub(super) fn follow_keys(trace: TraceState) {
    use_keys().on(Scope::Trace, move |act| match act {
        Act::Undo => {
            trace.journal().undo();
            true
        }
        Act::Tags => trace.is_form_painted.get_untracked() && super::tags::focus_field(),
        Act::CopyLink => copy_link(),
        Act::ReadDown => scroll(1),
        Act::ReadUp => scroll(-1),
        _ => false,
    });
}
