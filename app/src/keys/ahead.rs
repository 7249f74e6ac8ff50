//! What is typed into a field that was asked for and is not there yet: it is kept for the field, and means nothing to the page.

use super::Keys;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

impl Keys {
    /// Keeps what is typed from now on for a field that comes in a moment.
    pub(crate) fn await_field(self) {
        self.ahead.set_value(Some(String::new()));
    }

    /// What was typed until the field was there; none where nobody waits for one any more.
    pub(crate) fn typed_ahead(self) -> Option<String> {
        self.ahead.try_update_value(Option::take).flatten()
    }

    /// Keeps what a key types, or waits no more at Escape; whether anything was awaited.
    pub(super) fn types_ahead(self, event: &KeyboardEvent) -> bool {
        let (key, is_plain) = (event.key(), !(event.ctrl_key() || event.meta_key() || event.alt_key()));
        let is_awaited = self.ahead.try_update_value(|ahead| {
            let typed = ahead.as_mut()?;
            if key == "Escape" {
                *ahead = None;
            } else if is_plain && key.chars().count() == 1 {
                typed.push_str(&key);
            }
            Some(())
        });
        let is_awaited = is_awaited.flatten().is_some();
        if is_awaited {
            event.prevent_default();
        }
        is_awaited
    }
}
