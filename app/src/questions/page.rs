//! The human review scores of a project.

use super::api::{archive_question, load_questions, order_questions};
use super::dialog::{Editing, QuestionDialog, QuestionEdit};
use super::row::{ArchivedRow, QuestionRow};
use crate::api::{AppError, send};
use crate::configuration::{Configuration, Ordered, Section, saved_order};
use crate::context::use_project;
use crate::loading::{loaded, resource};
use crate::ui::{Icon, IconName, Saving, SavingStatus, format};
use leptos::prelude::*;
use shared::permissions::Action;
use shared::questions::{ArchiveQuestion, OrderQuestions, Question};
use shared::{ProjectId, QuestionId};

/// Draws the questions reviewers see.
#[component]
pub fn ScoresPage() -> impl IntoView {
    let context = use_project();
    let project = context.project.id.clone();
    let questions = resource(move || project.clone(), load_questions);
    let saving = RwSignal::new(Saving::Idle);
    let editing = RwSignal::new(Editing::None);
    let configure = context.may(Action::Configure);
    let page = loaded(questions, move |questions| view! { <Scores questions saving editing/> }.into_any());
    let actions = view! {
        <SavingStatus state=saving/>
        {configure.then(|| view! {
            <button class="btn primary keep" type="button" on:click=move |_| editing.set(Some(QuestionEdit::New))>
                <Icon name=IconName::Plus/>"Add human review score"
            </button>
        })}
    };
    view! {
        <Configuration section=Section::Scores
            explanation="The questions reviewers see, in this order. Editing one makes a new version; answers already given keep the wording they were given under."
            actions=actions.into_any()>
            <Suspense>{page}</Suspense>
        </Configuration>
    }
}

#[component]
fn Scores(questions: Vec<Question>, saving: RwSignal<Saving>, editing: RwSignal<Editing>) -> impl IntoView {
    let context = use_project();
    let configure = context.may(Action::Configure);
    let project = context.project.id.clone();
    let (archived, active): (Vec<_>, Vec<_>) = questions.into_iter().partition(|question| question.archived);
    let (active, archived) = (RwSignal::new(active), RwSignal::new(archived));
    let order = saved_order(project.clone(), active, saving);
    let put = move |question: Question| {
        active.update(|rows| rows.retain(|row| row.id != question.id || !question.archived));
        archived.update(|rows| rows.retain(|row| row.id != question.id));
        let rows = if question.archived { archived } else { active };
        rows.update(|rows| match rows.iter_mut().find(|row| row.id == question.id) {
            Some(row) => *row = question,
            None => rows.push(question),
        });
    };
    let archive = Callback::new(move |question: Question| {
        saving.set(Saving::Saving);
        let command = ArchiveQuestion { question: question.id, archived: !question.archived };
        send(archive_question(command), move |answer| match answer {
            Ok(question) => {
                saving.set(Saving::Saved);
                put(question);
            }
            Err(error) => saving.set(Saving::Failed(error.to_string())),
        });
    });
    let empty = move || {
        active
            .read()
            .is_empty()
            .then(|| view! { <p class="muted space-below">"Reviewers have nothing to answer yet. An engineer or an owner adds the first question with Add human review score."</p> })
    };
    view! {
        {empty}
        <ol class="pane" hidden=move || active.read().is_empty()
            on:pointermove=move |event| order.drag(&event) on:pointerup=move |_| order.drop_it()>
            <For each=move || active.get() key=|question| (question.id.clone(), question.version, question.name.clone()) let:question>
                <QuestionRow question configure order editing archive/>
            </For>
        </ol>
        <Archived archived configure restore=archive/>
        {configure.then(|| view! { <QuestionDialog project editing saving saved=Callback::new(put)/> })}
    }
}

#[component]
fn Archived(archived: RwSignal<Vec<Question>>, configure: bool, restore: Callback<Question>) -> impl IntoView {
    let shown = RwSignal::new(false);
    let word = move || if shown.get() { "Hide archived" } else { "Show archived" };
    let count = move || format::counted(archived.read().len() as u64, "archived question", "archived questions");
    view! {
        <Show when=move || !archived.read().is_empty()>
            <p class="hint space-above space-below">
                {count}", not asked any more; what was answered stays. "
                <button class="link" type="button" aria-expanded=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)>{word}</button>
            </p>
            <Show when=move || shown.get()>
                <ol class="pane">
                    <For each=move || archived.get() key=|question| question.id.clone() let:question>
                        <ArchivedRow question configure restore/>
                    </For>
                </ol>
            </Show>
        </Show>
    }
}

impl Ordered for Question {
    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn position(&self) -> i32 {
        self.position
    }

    fn set_position(&mut self, position: i32) {
        self.position = position;
    }

    fn save_order(project: ProjectId, order: Vec<String>) -> impl Future<Output = Result<Vec<Self>, AppError>> + 'static {
        order_questions(OrderQuestions { project, questions: order.into_iter().map(QuestionId).collect() })
    }
}
