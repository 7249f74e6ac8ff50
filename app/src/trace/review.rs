//! Human review: every question that the viewer is asked about the open span.

use super::Opened;
use super::question::{QuestionForm, follow_letters, letters};
use crate::context::use_project;
use crate::questions::{Editing, QuestionDialogPart, QuestionEdit};
use crate::ui::{Icon, IconName, Saving, SavingStatus};
use leptos::prelude::*;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::questions::Question;

/// Draws the region in which a span is judged.
#[component]
pub(super) fn HumanReview() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let context = use_project();
    let may_review = context.may(Action::Review);
    let object = opened.kind;
    let viewer = context.viewer.clone();
    let asked = Memo::new(move |_| {
        let questions = opened.questions.read();
        questions.iter().filter(|question| question.is_asked(&viewer, object)).cloned().collect::<Vec<_>>()
    });
    // Those of them that are asked about the open span.
    let asked = Memo::new(move |_| {
        let unasked = opened.trace.said.with(|said| said.as_ref().map(|said| said.unasked.clone()).unwrap_or_default());
        asked.with(|asked| asked.iter().filter(|question| !unasked.contains(&question.id)).cloned().collect::<Vec<_>>())
    });
    let letters = Memo::new(move |_| asked.with(|asked| letters(asked)));
    let forms = move || {
        let row = opened.trace.row.get();
        let ids = asked.with(|asked| asked.iter().map(|question| question.id.clone()).collect::<Vec<_>>());
        ids.into_iter().filter_map(|id| Some((row.clone()?, id))).collect::<Vec<_>>()
    };
    let editing = RwSignal::new(Editing::None);
    let configure = context.may(Action::Configure);
    let edit = configure.then(|| Callback::new(move |question| editing.set(Some(QuestionEdit::Change(question)))));
    let what = if object == ObjectKind::Dataset { "rows of a dataset" } else { "spans" };
    let none =
        move || asked.read().is_empty().then(|| view! { <p class="question hint">{format!("Nothing is asked about {what} yet.")}</p> });
    let add = configure.then(|| {
        view! {
            <div class="question">
                <button class="btn small" type="button" on:click=move |_| editing.set(Some(QuestionEdit::New))>
                    <Icon name=IconName::Plus/>"Add human review score"
                </button>
            </div>
            <Dialog editing/>
        }
    });
    if may_review {
        follow_letters(opened.trace);
    }
    let blind = (context.project.settings.blind_reviews && !context.may(Action::SeeThrough)).then(|| {
        view! { <p class="question hint">"Blind review: what others say about a question is shown after your own answer to it."</p> }
    });
    let journal = opened.trace.journal();
    // What goes wrong is said on every page, at one place.
    let saving = Signal::derive(move || {
        Some(journal.saving()).filter(|saving| matches!(saving, Saving::Saving | Saving::Saved)).unwrap_or_default()
    });
    view! {
        <section aria-labelledby="human-review">
            <div class="side-h">
                <h2 id="human-review">"Human review"</h2>
                <div class="actions"><SavingStatus state=saving/></div>
            </div>
            {none}
            {blind}
            <For each=forms key=Clone::clone let((row, id))>
                <QuestionForm id row asked letters may_review edit/>
            </For>
            {add}
        </section>
    }
}

/// Draws the dialog for a question. It lies in another part of the bundle, which is loaded when it first opens.
#[component]
fn Dialog(editing: RwSignal<Editing>) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let project = StoredValue::new(use_project().project.id);
    let wanted = Memo::new(move |before: Option<&bool>| before.copied().unwrap_or(false) || editing.with(Option::is_some));
    let saving = RwSignal::new(Saving::Idle);
    let saved = Callback::new(move |question: Question| {
        opened.questions.update(|questions| match questions.iter_mut().find(|known| known.id == question.id) {
            Some(known) => *known = question,
            None => questions.push(question),
        });
    });
    view! {
        <Show when=move || wanted.get()>
            <QuestionDialogPart project=project.get_value() editing saving saved/>
        </Show>
    }
}
