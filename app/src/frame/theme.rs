//! The choice between a light and a dark page.

use crate::ui::{Icon, IconName};
use leptos::prelude::*;

/// What colours a page has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Theme {
    /// What the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Draws the button that goes from the system's theme to light, to dark and back. The browser keeps the choice in a
/// cookie, so that the server draws the next page in it.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(Theme::System);
    // The document says it already; asking it in the first drawing would let the two sides differ.
    Effect::new(move |_| {
        let word = document().document_element().and_then(|root| root.get_attribute("data-theme"));
        theme.set(Theme::parse(&word.unwrap_or_default()));
    });
    let choose = move |_| {
        let chosen = theme.get_untracked().next();
        theme.set(chosen);
        apply(chosen);
    };
    view! {
        <button class="item" type="button" on:click=choose title=move || format!("Theme: {}", theme.get().word())>
            <Icon name=IconName::Theme/>
            <span class="words">"Theme"<span class="sr">{move || format!(": {}", theme.get().word())}</span></span>
        </button>
    }
}

#[cfg(feature = "hydrate")]
fn apply(theme: Theme) {
    let Some(root) = document().document_element() else { return };
    // A plain attribute and a cookie without special characters: neither can fail.
    let _ = match theme {
        Theme::System => root.remove_attribute("data-theme"),
        Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.word()),
    };
    let age = if theme == Theme::System { 0 } else { 31_536_000 };
    let cookie = format!("theme={}; path=/; max-age={age}; samesite=lax", theme.word());
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

#[cfg(not(feature = "hydrate"))]
fn apply(_: Theme) {}
