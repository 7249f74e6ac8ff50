//! `expected`: what should have come out, and its editor.

mod conflict;
mod editor;
mod form;
mod kept;
mod place;

use super::field::FieldSection;
use crate::logs::{LogsState, is_typing};
use crate::projects::use_project;
use crate::ui::{Icon, IconName};
use editor::Editor;
use form::EditorForm;
use leptos::prelude::*;
use shared::permissions::Action;
use shared::spans::FieldName;

/// Draws `expected`, or its editor.
#[component]
pub(super) fn ExpectedSection() -> impl IntoView {
    let project = use_project();
    if !project.may(Action::Review) {
        return view! { <FieldSection name=FieldName::Expected/> }.into_any();
    }
    let editor = Editor::new(expect_context::<LogsState>(), project.viewer.id);
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event));
        if plain && event.key() == "e" && !editor.is_open.get_untracked() {
            event.prevent_default();
            editor.open();
        }
    });
    on_cleanup(move || listener.remove());
    let closed = move || {
        let button = view! {
            <button class="btn small" type="button" aria-label="Edit expected" aria-keyshortcuts="e" on:click=move |_| editor.open()>
                <Icon name=IconName::Edit/>"Edit"<kbd aria-hidden="true">"e"</kbd>
            </button>
        };
        view! { <FieldSection name=FieldName::Expected action=button.into_any()/> }
    };
    view! { <Show when=move || !editor.is_open.get() fallback=move || view! { <EditorForm editor/> }>{closed()}</Show> }.into_any()
}
