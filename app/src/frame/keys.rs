//! The keys of every page.

use crate::logs::{find, is_typing};
use leptos::prelude::*;
use std::cell::Cell;

/// So many milliseconds after `g` a letter still leads to a page.
const PATIENCE: f64 = 1_500.0;

/// Follows the keyboard: `?` opens the sheet of keys, which the returned signal says, and `g` with the letter of a page in the rail
/// leads there.
pub(super) fn follow_keys() -> RwSignal<bool> {
    let sheet = RwSignal::new(false);
    let pressed = Cell::new(f64::NEG_INFINITY);
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
            return;
        }
        let (key, now) = (event.key(), event.time_stamp());
        let follows = now - pressed.replace(if key == "g" { now } else { f64::NEG_INFINITY }) < PATIENCE;
        if key == "?" {
            sheet.set(true);
        }
        // A key that would not be a selector leads nowhere.
        if follows && let Some(link) = find(&[".rail [title$='(g ", &key, ")']"].concat()) {
            event.prevent_default();
            // On the page that is being left the letter may mean something, too.
            event.stop_immediate_propagation();
            link.click();
        }
    });
    on_cleanup(move || listener.remove());
    sheet
}
