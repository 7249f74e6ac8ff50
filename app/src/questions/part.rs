//! What of questions lies in another part of the bundle than the open trace, which needs it, too.

use super::{Editing, QuestionDialog};
use crate::loading::once_there;
use crate::ui::Saving;
use leptos::prelude::*;
use shared::ProjectId;
use shared::questions::Question;
use wasm_split_helpers::wasm_split;

/// The dialog for a question, as soon as its part is there: it opens from an open trace, too.
#[component]
pub(crate) fn QuestionDialogPart(
    project: ProjectId,
    editing: RwSignal<Editing>,
    saving: RwSignal<Saving>,
    saved: Callback<Question>,
) -> impl IntoView {
    once_there(question_dialog(project.clone(), editing, saving, saved))
}

#[wasm_split(administration)]
fn question_dialog(project: ProjectId, editing: RwSignal<Editing>, saving: RwSignal<Saving>, saved: Callback<Question>) -> AnyView {
    view! { <QuestionDialog project editing saving saved/> }.into_any()
}
