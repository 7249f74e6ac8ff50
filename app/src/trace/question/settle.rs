//! Settling a question: what counts on the span from now on, whatever reviewers said, and why.

use crate::context::use_project;
use crate::keys::{Act, shortcuts};
use crate::trace::Opened;
use crate::trace::draft::Draft;
use crate::ui::format;
use leptos::prelude::*;
use shared::answers::{Answer, AnswerValue, Gold, SetGold};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::questions::{Question, QuestionKind};

/// Draws the way to the gold value of a question, for who may settle. Shift G in the question opens it, too.
#[component]
pub(super) fn Settle(
    question: Memo<Option<Question>>,
    row: RowAddress,
    answers: Memo<Vec<Answer>>,
    gold: Memo<Option<Gold>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let may = use_project().may(Action::Settle);
    let draft = question.with_untracked(|question| Some(Draft::of(&row, &format!("gold {}", question.as_ref()?.id))));
    let row = StoredValue::new(row);
    // What was begun and not sent is there again after a reload.
    if let Some(draft) = draft.clone().filter(|_| may) {
        Effect::new(move |_| open.set(draft.read().is_some()));
    }
    let can = move || may && (gold.with(Option::is_some) || answers.with(|answers| !answers.is_empty()));
    let label = move || question.with(|question| question.as_ref().map(|question| format!("Settle {}", question.name)));
    let button = move || {
        (can() && !open.get()).then(|| {
            view! {
                <button class="btn small settle" type="button" aria-label=label aria-keyshortcuts=shortcuts(Act::Settle) on:click=move |_| open.set(true)>"Settle"</button>
            }
        })
    };
    let form = move || {
        // Only opening and closing make it anew: what others say meanwhile takes nothing from what is typed.
        let question = open.get().then(|| question.get_untracked()).flatten()?;
        Some(
            view! { <Form question row=row.get_value() answers=answers.get_untracked() gold=gold.get_untracked() open draft=draft.clone()/> },
        )
    };
    view! { {button}{form} }
}

#[component]
fn Form(
    question: Question,
    row: RowAddress,
    answers: Vec<Answer>,
    gold: Option<Gold>,
    open: RwSignal<bool>,
    draft: Option<Draft>,
) -> impl IntoView {
    let trace = expect_context::<Opened>().trace;
    let row = StoredValue::new(row);
    let begun: Option<Begun> = draft.as_ref().and_then(Draft::read).and_then(|json| crate::json::read(json.as_bytes()).ok());
    let (value, reason) = begun.unwrap_or_else(|| match &gold {
        Some(gold) => (Some(gold.value.clone()), gold.reason.clone()),
        None => (proposal(&question, &answers), String::new()),
    });
    let (value, reason) = (RwSignal::new(value), RwSignal::new(reason));
    let draft = StoredValue::new(draft);
    let keep = move |text: Option<&str>| draft.with_value(|draft| draft.iter().for_each(|draft| draft.keep(text)));
    Effect::new(move |before: Option<()>| {
        let begun: Begun = (value.get(), reason.get());
        if before.is_some() {
            keep(serde_json::to_string(&begun).ok().as_deref());
        }
    });
    let id = StoredValue::new(question.id.0.clone());
    let send = move |value| {
        let row = row.get_value();
        if !trace.takes(&row) {
            return;
        }
        let reason = reason.get_untracked().trim().to_owned();
        trace.run(Command::SetGold(SetGold { row, question: id.get_value(), value, reason, client_id: None, confirm: false }));
        keep(None);
        open.set(false);
    };
    let give_up = move |_| {
        keep(None);
        open.set(false);
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(value) = value.get_untracked() {
            send(Some(value));
        }
    };
    let leave = move |event: leptos::ev::KeyboardEvent| {
        // What is typed here are no keys of the question, and Escape leaves only this form.
        event.stop_propagation();
        if event.key() == "Escape" {
            open.set(false);
        }
    };
    let give_back = gold.is_some().then(|| {
        view! { <button class="btn small ghost" type="button" on:click=move |_| send(None)>"Let the answers count"</button> }
    });
    view! {
        <form class="stack tight settling" aria-label=format!("Settle {}", question.name) on:submit=submit on:keydown=leave>
            {field(&question, value)}
            <input class="input" type="text" dir="auto" aria-label="Reason" placeholder="Why" maxlength="2000" prop:value=reason
                on:input=move |event| reason.set(event_target_value(&event))/>
            <div class="row">
                <button class="btn small primary" type="submit" disabled=move || value.with(Option::is_none)>"Settle"</button>
                <button class="btn small ghost" type="button" on:click=give_up>"Cancel"</button>
                {give_back}
            </div>
        </form>
    }
}

/// What stands in the form: the value and the reason.
type Begun = (Option<AnswerValue>, String);

/// What reviewers said, taken together: the mean of numbers, else what the first of them said.
fn proposal(question: &Question, answers: &[Answer]) -> Option<AnswerValue> {
    match question.definition.kind {
        QuestionKind::Continuous => {
            let scores: Vec<_> = answers.iter().filter_map(|answer| answer.score).collect();
            (!scores.is_empty()).then(|| AnswerValue::Number(scores.iter().sum::<f64>() / scores.len() as f64))
        }
        _ => answers.first().map(|answer| answer.value.clone()),
    }
}

/// The control in which the gold value is chosen.
fn field(question: &Question, value: RwSignal<Option<AnswerValue>>) -> AnyView {
    let now = value.get_untracked();
    match &question.definition.kind {
        QuestionKind::Continuous => {
            let shown = match now {
                Some(AnswerValue::Number(number)) => format::percent_number(number),
                _ => String::new(),
            };
            let typed = move |event| {
                let text = event_target_value(&event).trim().replace(',', ".");
                let percent = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
                value.set(percent.map(|percent| AnswerValue::Number(percent / 100.0)));
            };
            view! { <input class="input" type="text" inputmode="decimal" autocomplete="off" aria-label="Gold value in percent" value=shown on:input=typed/> }.into_any()
        }
        QuestionKind::Text { .. } => {
            let shown = match now {
                Some(AnswerValue::Text(text)) => text,
                _ => String::new(),
            };
            let typed = move |event| {
                let text = event_target_value(&event);
                value.set((!text.trim().is_empty()).then_some(AnswerValue::Text(text)));
            };
            view! { <textarea dir="auto" class="input" rows="2" aria-label="Gold value" prop:value=shown on:input=typed></textarea> }
                .into_any()
        }
        kind => {
            let multiple = matches!(kind, QuestionKind::Expected { multiple: true, .. });
            let options = kind.option_names().into_iter().map(str::to_owned).collect::<Vec<_>>();
            let lines = options.into_iter().map(|name| {
                let is_chosen = chosen(now.as_ref(), &name);
                let option = name.clone();
                let change = move |event| {
                    let checked = event_target_checked(&event);
                    value.update(|value| {
                        *value = if multiple { with(value.take(), &option, checked) } else { Some(AnswerValue::Text(option.clone())) }
                    });
                };
                let kind = if multiple { "checkbox" } else { "radio" };
                view! { <label class="row"><input type=kind name="gold" checked=is_chosen on:change=change/><span>{name}</span></label> }
            });
            view! { <div role="group" aria-label="Gold value" class="stack tight">{lines.collect_view()}</div> }.into_any()
        }
    }
}

fn chosen(value: Option<&AnswerValue>, option: &str) -> bool {
    match value {
        Some(AnswerValue::Text(text)) => text == option,
        Some(AnswerValue::List(options)) => options.iter().any(|chosen| chosen == option),
        Some(AnswerValue::Number(_)) | None => false,
    }
}

/// A list with an option more or less; none where nothing is left.
fn with(value: Option<AnswerValue>, option: &str, checked: bool) -> Option<AnswerValue> {
    let mut options = match value {
        Some(AnswerValue::List(options)) => options,
        Some(AnswerValue::Text(text)) => vec![text],
        Some(AnswerValue::Number(_)) | None => Vec::new(),
    };
    options.retain(|chosen| chosen != option);
    if checked {
        options.push(option.to_owned());
    }
    (!options.is_empty()).then_some(AnswerValue::List(options))
}
