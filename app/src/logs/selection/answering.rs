//! Which answer is given about all selected rows.

use super::Asking;
use super::bar::BarState;
use crate::api::{Failure, FieldProblem, send};
use crate::configuration::{FormState, TextField};
use crate::jobs::api::start_job;
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::answers::AnswerValue;
use shared::jobs::{JobAction, StartJob};
use shared::questions::{Question, QuestionKind};

/// Draws the dialog whenever it is asked for.
#[component]
pub(super) fn AnswerRows(bar: BarState) -> impl IntoView {
    let open = bar.asked_by(Asking::Answer);
    let title = Signal::derive(move || format!("Answer about {}", bar.counted()));
    view! { <Dialog title open>{move || open.get().then(|| view! { <AnswerForm bar/> })}</Dialog> }
}

/// What stands in the form. Copies share it.
#[derive(Clone, Copy)]
struct Given {
    /// The names of the chosen options, in the order of the question.
    options: RwSignal<Vec<String>>,
    /// What is typed: per cent, or a text.
    typed: RwSignal<String>,
    /// Whether the answer is taken away instead.
    is_cleared: RwSignal<bool>,
}

impl Given {
    fn new() -> Self {
        Self { options: RwSignal::new(Vec::new()), typed: RwSignal::new(String::new()), is_cleared: RwSignal::new(false) }
    }

    fn forget(self) {
        self.options.set(Vec::new());
        self.typed.set(String::new());
        self.is_cleared.set(false);
    }

    /// The answer to a question, none where it is to be cleared.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    fn value(self, kind: &QuestionKind) -> Result<Option<AnswerValue>, &'static str> {
        if self.is_cleared.get_untracked() {
            return Ok(None);
        }
        let (typed, options) = (self.typed.get_untracked(), self.options.get_untracked());
        let value = match kind {
            QuestionKind::Continuous => {
                let percent = typed.trim().trim_end_matches('%').trim().parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
                AnswerValue::Number(percent.ok_or("Give a number from 0 to 100.")? / 100.0)
            }
            QuestionKind::Text { .. } if typed.trim().is_empty() => return Err("Write something, or take the answer away."),
            QuestionKind::Text { .. } => AnswerValue::Text(typed),
            QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } if options.is_empty() => return Err("Choose an option."),
            QuestionKind::Expected { multiple: true, .. } => AnswerValue::List(options),
            QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => {
                AnswerValue::Text(options.into_iter().next().unwrap_or_default())
            }
        };
        Ok(Some(value))
    }
}

#[component]
fn AnswerForm(bar: BarState) -> impl IntoView {
    let form = FormState::new(&["value"]);
    let questions = StoredValue::new(bar.asked());
    let (place, given, missing) = (RwSignal::new(0), Given::new(), RwSignal::new(None::<String>));
    let question = move || questions.with_value(|questions| questions.get(place.get()).cloned());
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(question) = untrack(question) else { return };
        let value = match given.value(&question.definition.kind) {
            Ok(value) => value,
            Err(sentence) => return missing.set(Some(sentence.to_owned())),
        };
        missing.set(None);
        if !form.begin() {
            return;
        }
        let action = JobAction::Answer { question: question.name, value };
        send(start_job(StartJob { object: bar.list.object(), rows: bar.rows(), action }), move |answer| {
            if let Some(job) = form.finish(answer) {
                bar.started(job);
            }
        });
    };
    let choose = move |event| {
        given.forget();
        missing.set(None);
        form.clear();
        place.set(event_target_value(&event).parse().unwrap_or_default());
    };
    let options = questions.with_value(|questions| {
        let option = |(place, question): (usize, &Question)| view! { <option value=place.to_string()>{question.name.clone()}</option> };
        questions.iter().enumerate().map(option).collect_view()
    });
    let problem = Signal::derive(move || missing.get().or_else(|| form.about("value").get()));
    view! {
        <form on:submit=start>
            <div class="dialog-b selection-form">
                <div>
                    <label class="label" for="answer-question">"Question"</label>
                    <select class="input" id="answer-question" autofocus on:change=choose>{options}</select>
                </div>
                {move || question().map(|question| view! { <AnswerField question given problem/> })}
                <label class="tick"><input class="check" type="checkbox" bind:checked=given.is_cleared/><span>"Take my answer away instead"</span></label>
                <p class="hint">"These are your own answers, and stand in place of those that you gave before. Undo brings those back."</p>
                <Failure error=form.elsewhere()/>
            </div>
            <div class="dialog-f">
                <button class="btn primary" type="submit" disabled=move || form.busy.get()>{move || format!("Answer about {}", bar.counted())}</button>
            </div>
        </form>
    }
}

/// The field of a question: a number, a text, or its options.
#[component]
fn AnswerField(question: Question, given: Given, problem: Signal<Option<String>>) -> impl IntoView {
    let kind = question.definition.kind;
    let is_several = matches!(kind, QuestionKind::Expected { multiple: true, .. });
    match &kind {
        QuestionKind::Continuous => {
            view! { <TextField id="answer-value" label="Per cent, 0 to 100" value=given.typed problem/> }.into_any()
        }
        QuestionKind::Text { .. } => view! { <TextField id="answer-value" label="Text" value=given.typed problem/> }.into_any(),
        QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => {
            let names: Vec<String> = kind.option_names().into_iter().map(str::to_owned).collect();
            let order = StoredValue::new(names.clone());
            let line = |name: String| {
                let own = name.clone();
                let choose = move |_| {
                    given.options.update(|chosen| {
                        let was_chosen = chosen.contains(&own);
                        let stays =
                            |name: &String| if *name == own { !is_several || !was_chosen } else { is_several && chosen.contains(name) };
                        *chosen = order.with_value(|names| names.iter().filter(|name| stays(name)).cloned().collect());
                    });
                };
                let kind = if is_several { "checkbox" } else { "radio" };
                view! { <label class="tick"><input class:check=is_several type=kind name="answer-option" on:change=choose/><span>{name}</span></label> }
            };
            view! {
                <fieldset class="choice" aria-describedby="answer-wrong">
                    <legend class="label">"Answer"</legend>
                    {names.into_iter().map(line).collect_view()}
                </fieldset>
                <FieldProblem id="answer-wrong".to_owned() reason=problem/>
            }
            .into_any()
        }
    }
}
