//! A notice: an icon, words, at most one action.

use leptos::prelude::*;

use super::{Icon, IconName};

/// What a notice is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NoticeKind {
    /// Something worth knowing.
    #[default]
    Plain,
    /// Something worked.
    Good,
    /// Something needs attention.
    Warning,
    /// Something failed. Read out at once.
    Failure,
}

/// Draws a notice in the flow of the page; it never covers content.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(optional)]
    kind: NoticeKind,
    /// The words, and beside them an action in `<span class="actions">`.
    children: Children,
) -> impl IntoView {
    let (class, icon, role) = match kind {
        NoticeKind::Plain => ("notice", IconName::Info, None),
        NoticeKind::Good => ("notice good", IconName::Check, Some("status")),
        NoticeKind::Warning => ("notice warn", IconName::Warning, None),
        NoticeKind::Failure => ("notice bad", IconName::Warning, Some("alert")),
    };
    view! {
        <div class=class role=role>
            <Icon name=icon/>
            <div class="grow">{children()}</div>
        </div>
    }
}
