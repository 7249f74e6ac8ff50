//! Something that is shown once, with a button that copies it.

use crate::ui::{Icon, IconName, copy};
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
