//! Copying. A browser lets a page do so only on an origin it trusts; on the server nothing is copied.

/// Copies a text, and says whether that could be asked for.
pub fn copy(text: &str) -> bool {
    #[cfg(feature = "hydrate")]
    {
        let navigator = leptos::prelude::window().navigator();
        let allowed = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| !clipboard.is_undefined());
        if allowed {
            // The outcome comes later, and tells nothing that the person does not see when pasting.
            let _ = navigator.clipboard().write_text(text);
        }
        allowed
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = text;
        false
    }
}

/// Copies an address, or shows it to be copied by hand.
pub fn copy_link(address: &str) {
    if !copy(address) {
        // Whatever is answered, nothing more can be done.
        #[cfg(feature = "hydrate")]
        let _ = leptos::prelude::window().prompt_with_message_and_default("Copy this link:", address);
    }
}
