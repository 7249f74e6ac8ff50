//! Lines to paste somewhere else.

use super::{Icon, IconName, copy};
use leptos::prelude::*;

/// Draws lines to paste, and a button that copies them.
#[component]
pub fn Lines(
    /// What they are called, and the button with them.
    name: &'static str,
    /// The lines.
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
        <div class="code">
            <div class="row">
                <span class="hint grow">{name}</span>
                <button class="btn small ghost" type="button" aria-label=format!("Copy {name}") on:click=move |_| copied.set(Some(copy(&text)))>
                    <Icon name=IconName::Copy/><span aria-live="polite">{word}</span>
                </button>
            </div>
            <pre tabindex="0">{shown}</pre>
        </div>
    }
}

/// A text as Python and JavaScript write it.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
