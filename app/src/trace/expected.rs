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
use leptos::html::Button;
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
    let button = NodeRef::<Button>::new();
    let was_open = StoredValue::new(false);
    // Whoever closes the editor goes on from here.
    Effect::new(move |_| {
        let is_open = editor.is_open.get();
        if let Some(button) = button.get().filter(|_| !is_open && was_open.get_value() && has_no_focus()) {
            let _ = button.focus();
        }
        was_open.set_value(is_open || (was_open.get_value() && button.read_untracked().is_none()));
    });
    let closed = move || {
        let button = view! {
            <button class="btn small" type="button" node_ref=button aria-label="Edit expected" aria-keyshortcuts="e" on:click=move |_| editor.open()>
                <Icon name=IconName::Edit/>"Edit"<kbd aria-hidden="true">"e"</kbd>
            </button>
        };
        view! { <FieldSection name=FieldName::Expected action=button.into_any()/> }
    };
    view! { <Show when=move || !editor.is_open.get() fallback=move || view! { <EditorForm editor/> }>{closed()}</Show> }.into_any()
}

/// Whether nothing on the page has the focus, because what had it is gone.
fn has_no_focus() -> bool {
    let document = document();
    let body = document.body().map(leptos::web_sys::Element::from);
    document.active_element().is_none_or(|element| Some(element) == body)
}
