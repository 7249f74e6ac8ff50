//! The state of saving, in words, always at one place.

use leptos::prelude::*;

use super::{Icon, IconName, IconSize};

/// How far the last change has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Saving {
    /// Nothing was changed yet.
    #[default]
    Idle,
    /// On its way to the server.
    Saving,
    /// The server has it.
    Saved,
    /// There is no connection; the browser keeps it and sends it later.
    OnlyHere,
    /// The server refused it; the sentence says why and what to do.
    Failed(String),
}

impl Saving {
    /// The words shown and read out.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Idle => String::new(),
            Self::Saving => "Saving…".to_owned(),
            Self::Saved => "Saved".to_owned(),
            Self::OnlyHere => "Only on this device".to_owned(),
            Self::Failed(reason) => reason.clone(),
        }
    }

    fn icon(&self) -> Option<IconName> {
        match self {
            Self::Idle | Self::Saving => None,
            Self::Saved => Some(IconName::Check),
            Self::OnlyHere => Some(IconName::Offline),
            Self::Failed(_) => Some(IconName::Warning),
        }
    }

    fn class(&self) -> &'static str {
        match self {
            Self::Idle | Self::Saving | Self::Saved => "status",
            Self::OnlyHere | Self::Failed(_) => "status off",
        }
    }
}

/// Draws the state of saving and tells screen readers when it changes.
#[component]
pub fn SavingStatus(
    /// The state to show.
    #[prop(into)]
    state: Signal<Saving>,
) -> impl IntoView {
    let icon = move || state.with(Saving::icon).map(|name| view! { <Icon name size=IconSize::Small/> });
    view! {
        <span class=move || state.with(Saving::class) role="status">
            {icon}
            <span>{move || state.with(Saving::words)}</span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::Saving;

    #[test]
    fn the_words_are_exact() {
        assert_eq!(Saving::Saved.words(), "Saved");
        assert_eq!(Saving::Saving.words(), "Saving…");
        assert_eq!(Saving::OnlyHere.words(), "Only on this device");
        assert_eq!(Saving::Idle.words(), "");
    }
}
