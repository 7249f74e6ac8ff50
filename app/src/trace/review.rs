//! Human review: every question that the viewer is asked about the row that one answers for.

use super::form::Form;
use super::question::{QuestionForm, follow_letters};
use super::reviewing::EnterReviewMode;
use super::whose::FormOwner;
use super::{Opened, Way};
use crate::context::use_project;
use crate::questions::{Editing, QuestionDialogPart, QuestionEdit};
use crate::ui::{Icon, IconName, Saving, SavingStatus};
use leptos::prelude::*;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::questions::Question;

/// Draws the region in which a row is judged. `is_open` says whether all of it is shown where there is little room.
#[component]
pub(super) fn HumanReview(is_open: RwSignal<bool>) -> impl IntoView {
    let opened = expect_context::<Opened>();
    let context = use_project();
    let may_review = context.may(Action::Review);
    let object = opened.kind;
    let form = expect_context::<Form>();
    let asked = form.asked;
    let forms = move || {
        let row = opened.trace.form_row.get();
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
            <div class="question add">
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
    view! {
        <section aria-labelledby="human-review">
            <div class="side-h">
                <h2 id="human-review">"Human review"</h2>
                <SheetHandle form is_open/>
                <div class="actions">
                    <SavingStatus state=Signal::derive(move || form.saving())/>
                    {may_review.then(|| view! { <EnterReviewMode/> })}
                </div>
            </div>
            <FormOwner/>
            {none}
            {blind}
            <For each=forms key=Clone::clone let((row, id))>
                <QuestionForm id row may_review edit/>
            </For>
            {add}
            <SheetFoot form/>
        </section>
    }
}

/// On a phone the form is a sheet at the bottom: shut it shows the question at hand, open all of them. Draws what opens it.
#[component]
fn SheetHandle(form: Form, is_open: RwSignal<bool>) -> impl IntoView {
    let words = move || match form.asked.read().len() {
        0 => "Tags and activity".to_owned(),
        1 => "All of the form".to_owned(),
        count => format!("All {count} questions"),
    };
    let answered = move || match form.asked.read().len() {
        0 => String::new(),
        count => format!("{} of {count}", form.answered()),
    };
    let icon = move || view! { <Icon name=if is_open.get() { IconName::Down } else { IconName::Up }/> };
    let expanded = move || if is_open.get() { "true" } else { "false" };
    view! {
        <button class="sheet-handle" type="button" aria-expanded=expanded on:click=move |_| is_open.update(|open| *open = !*open)>
            <b>{words}</b><span class="hint">{answered}</span>{icon}
        </button>
    }
}

/// Draws what leads on in the sheet: from question to question, and at the end to the next trace.
#[component]
fn SheetFoot(form: Form) -> impl IntoView {
    let links = expect_context::<Opened>().links;
    let is_first = move || form.place().is_none_or(|place| place == 0);
    let is_last = move || form.place().is_none_or(|place| place + 1 >= form.asked.read().len());
    let on = move || {
        if is_last() {
            view! { <a class="btn grow" role="button" data-noscroll="" href=links.to(Way::Next)>"Next trace"<Icon name=IconName::Down/></a> }.into_any()
        } else {
            view! {
                <button class="btn grow" type="button" on:click=move |_| { form.go_on(1); }>"Next question"<Icon name=IconName::Right/></button>
            }
            .into_any()
        }
    };
    view! {
        <div class="sheet-foot">
            <button class="btn icon" type="button" aria-label="Question before" disabled=is_first on:click=move |_| { form.go_on(-1); }>
                <Icon name=IconName::Left/>
            </button>
            {on}
        </div>
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
