//! `expected`: what should have come out, and its editor.

mod conflict;
mod editor;
mod form;
mod kept;
mod place;

use super::Opened;
use super::field::FieldSection;
use crate::context::use_project;
use crate::keys::{Act, Scope, has_no_focus, shortcuts, use_keys};
use crate::ui::{Icon, IconName};
use editor::Editor;
use form::EditorForm;
use leptos::html::Button;
use leptos::prelude::*;
use shared::objects::{FieldName, RowAddress};
use shared::permissions::Action;

/// Draws `expected` of a row, or its editor.
#[component]
pub(super) fn ExpectedSection(row: RowAddress) -> impl IntoView {
    let project = use_project();
    if !project.may(Action::Review) {
        return view! { <FieldSection row name=FieldName::Expected/> }.into_any();
    }
    let trace = expect_context::<Opened>().trace;
    let editor = Editor::new(trace, project.viewer.id, row.clone());
    let row = StoredValue::new(row);
    use_keys().on(Scope::Trace, move |act| {
        if !trace.is_painted.get_untracked() || editor.is_open.get_untracked() {
            return false;
        }
        match act {
            Act::EditExpected => editor.open(),
            Act::ExpectedFromOutput => editor.open_with_output(),
            _ => return false,
        }
        true
    });
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
            {move || editor.is_begun.get().then(|| view! { <span class="badge warn">"Unsaved edit"</span> })}
            <button class="btn small" type="button" node_ref=button aria-keyshortcuts=shortcuts(Act::EditExpected) on:click=move |_| editor.open()>
                <Icon name=IconName::Edit/>"Edit"<span class="sr">" expected"</span><kbd aria-hidden="true">"e"</kbd>
            </button>
        };
        view! { <FieldSection row=row.get_value() name=FieldName::Expected action=button.into_any()/> }
    };
    view! { <Show when=move || !editor.is_open.get() fallback=move || view! { <EditorForm editor/> }>{closed()}</Show> }.into_any()
}
