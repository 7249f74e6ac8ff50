//! What is typed into a field that was asked for and is not there yet: it is kept for the field, and means nothing to the page.

use super::Keys;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

impl Keys {
    /// Keeps what is typed from now on for a field that comes in a moment.
    pub(crate) fn await_field(self) {
        self.ahead.set_value(Some(String::new()));
    }

    /// What was typed until the field was there; none where nobody waited for one.
    pub(crate) fn typed_ahead(self) -> Option<String> {
        self.ahead.try_update_value(Option::take).flatten()
    }

    /// Keeps what a key types; whether it did.
    pub(super) fn types_ahead(self, event: &KeyboardEvent) -> bool {
        let (key, is_plain) = (event.key(), !(event.ctrl_key() || event.meta_key() || event.alt_key()));
        if key == "Escape" {
            self.ahead.set_value(None);
        }
        let typed = self.ahead.try_update_value(|ahead| {
            ahead.as_mut().map(|ahead| {
                if is_plain && key.chars().count() == 1 {
                    ahead.push_str(&key)
                }
            })
        });
        if typed.flatten().is_some() {
            event.prevent_default();
        }
        event.default_prevented()
    }
}
