//! Something that is shown once, with a button that copies it.

use crate::ui::{Icon, IconName};
use leptos::prelude::*;

/// Draws a secret and its button **Copy**.
#[component]
pub fn Secret(
    /// What is copied.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let copied = RwSignal::new(None::<bool>);
    let word = move || match copied.get() {
        None => "Copy",
        Some(true) => "Copied",
        Some(false) => "Select it and copy it by hand",
    };
    let shown = text.clone();
    view! {
        <div class="secret">
            <code>{shown}</code>
            <button class="btn small" type="button" on:click=move |_| copied.set(Some(copy(&text)))>
                <Icon name=IconName::Copy/>
                <span aria-live="polite">{word}</span>
            </button>
        </div>
    }
}

/// Asks the browser to copy. It lets a page do so only on an origin it trusts.
#[cfg(feature = "hydrate")]
fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let allowed = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| !clipboard.is_undefined());
    if allowed {
        // The outcome comes later, and there is nobody left to tell.
        let _ = navigator.clipboard().write_text(text);
    }
    allowed
}

#[cfg(not(feature = "hydrate"))]
fn copy(_: &str) -> bool {
    false
}
