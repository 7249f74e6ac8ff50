//! The keys of an open trace, beside those of its questions. Single letters do nothing while typing.

use crate::logs::{LogsState, find, is_typing};
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
fn copy_link() {
    if let Some(button) = find(".trace-h [aria-label='Copy link']") {
        button.click();
    }
}

/// Follows the keyboard: `z` and Ctrl Z take the last action back, `t` leads to the tags, `y` copies the link.
pub(super) fn follow_keys(state: LogsState) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if event.alt_key() || is_typing(&event) {
            return;
        }
        let with_control = event.ctrl_key() || event.meta_key();
        if event.key() == "z" && !event.shift_key() {
            event.prevent_default();
            state.trace.journal().undo();
        } else if event.key() == "t" && !with_control {
            event.prevent_default();
            super::tags::focus_field();
        } else if event.key() == "y" && !with_control {
            copy_link();
        }
    });
    on_cleanup(move || listener.remove());
}
