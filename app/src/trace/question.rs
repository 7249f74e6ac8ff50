//! One question about the open span: a slider or options, what others said, and saving at once.

use crate::logs::LogsState;
use crate::projects::use_project;
use crate::ui::{Avatar, ScoreKind, format, score_bar};
use leptos::prelude::*;
use shared::answers::{Answer, AnswerValue, SetAnswer};
use shared::commands::Command;
use shared::questions::{Question, QuestionKind, QuestionOption};
use std::time::Duration;

/// The length of a score's track in pixels.
const TRACK: u32 = 48;

/// While the slider moves, its value is sent this often at most.
const SLIDING: Duration = Duration::from_millis(120);

/// Draws a question with the viewer's own answer.
#[component]
pub(super) fn QuestionForm(question: Question, may_review: bool) -> impl IntoView {
    let state = expect_context::<LogsState>();
    let me = use_project().viewer.id;
    let question_id = question.id.clone();
    let answers = Memo::new(move |_| {
        let id = &question_id;
        state.trace.view.with(|view| {
            let answers = view.as_ref().map(|view| view.span.answers.as_slice()).unwrap_or_default();
            answers.iter().filter(|answer| answer.question == *id).cloned().collect::<Vec<_>>()
        })
    });
    let own_id = me.clone();
    let stored = Memo::new(move |_| {
        answers.with(|answers| answers.iter().find(|answer| answer.reviewer.id == own_id).map(|answer| answer.value.clone()))
    });
    let control = Control::new(&question, stored);
    let title = format!("question-{}", question.id);
    let description =
        (!question.definition.description.is_empty()).then(|| view! { <p class="desc">{question.definition.description.clone()}</p> });
    let others = move || {
        let others: Vec<Answer> = answers.with(|answers| answers.iter().filter(|answer| answer.reviewer.id != me).cloned().collect());
        (!others.is_empty()).then(|| view! { <Others others all=answers/> })
    };
    let clear = move || {
        (may_review && control.value.read().is_some()).then(|| {
            view! { <button class="link" type="button" on:click=move |_| control.set(None)>"Clear"</button> }
        })
    };
    let form = match (&question.definition.kind, may_review) {
        (_, false) => ().into_any(),
        (QuestionKind::Continuous, true) => view! { <Slider name=question.name.clone() control/> }.into_any(),
        (QuestionKind::Categorical { options }, true) => {
            view! { <Options group=title.clone() options=options.clone() control/> }.into_any()
        }
        (QuestionKind::Expected { .. } | QuestionKind::Text { .. }, true) => ().into_any(),
    };
    view! {
        <div class="q" role="group" aria-labelledby=title.clone()>
            <div class="q-h">
                <h3 id=title.clone()>{question.name}</h3>
                {question.definition.required.then(|| view! { <span class="req">"required"</span> })}
                <span class="end">{clear}</span>
            </div>
            {description}
            {form}
            {others}
        </div>
    }
}

/// The viewer's answer as it stands in the form, and the way to the server. Copies share it.
#[derive(Clone, Copy)]
struct Control {
    state: LogsState,
    question: StoredValue<String>,
    /// What the form shows.
    value: RwSignal<Option<AnswerValue>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Control {
    fn new(question: &Question, stored: Memo<Option<AnswerValue>>) -> Self {
        let control = Self {
            state: expect_context::<LogsState>(),
            question: StoredValue::new(question.id.0.clone()),
            value: RwSignal::new(stored.get_untracked()),
            waiting: StoredValue::new(None),
        };
        Effect::new(move |before: Option<()>| {
            let stored = stored.get();
            let idle = control.waiting.with_value(Option::is_none);
            if before.is_some() && idle && control.value.get_untracked() != stored {
                control.value.set(stored);
            }
        });
        control
    }

    /// Shows a value at once and sends it.
    fn set(self, value: Option<AnswerValue>) {
        self.forget_waiting();
        self.value.set(value.clone());
        self.send(value);
    }

    /// Shows a value at once and sends it a moment later, if no other comes meanwhile.
    fn slide(self, value: f64) {
        self.value.set(Some(AnswerValue::Number(value)));
        if self.waiting.with_value(Option::is_some) {
            return;
        }
        let later = set_timeout_with_handle(
            move || {
                if self.waiting.try_set_value(None).is_none() {
                    self.send(self.value.get_untracked());
                }
            },
            SLIDING,
        );
        self.waiting.set_value(later.ok());
    }

    fn forget_waiting(self) {
        if let Some(waiting) = self.waiting.get_value() {
            waiting.clear();
            self.waiting.set_value(None);
        }
    }

    fn send(self, value: Option<AnswerValue>) {
        let state = self.state;
        let Some(row) = state.trace.row() else { return };
        let command = SetAnswer { row, question: self.question.get_value(), value, client_id: None, reason: None, confirm: false };
        state.trace.run(Command::SetAnswer(command));
    }

    fn number(self) -> Option<f64> {
        match self.value.get() {
            Some(AnswerValue::Number(number)) => Some(number),
            _ => None,
        }
    }
}

#[component]
fn Slider(name: String, control: Control) -> impl IntoView {
    let percent = move || control.number().map(|number| (number * 1000.0).round() / 10.0);
    let position = move || percent().unwrap_or(50.0).to_string();
    let field = move || percent().map(|percent| percent.to_string()).unwrap_or_default();
    let fill = move || match percent() {
        Some(percent) => format!("range v{}", percent.round() as u32),
        None => "range unset v0".to_owned(),
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        let text = text.trim().trim_end_matches('%').trim().replace(',', ".");
        if text.is_empty() {
            control.set(None);
        } else if let Some(percent) = text.parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent)) {
            control.set(Some(AnswerValue::Number(percent / 100.0)));
        }
    };
    let moved = move |event| {
        if let Ok(percent) = event_target_value(&event).parse::<f64>() {
            control.slide(percent / 100.0);
        }
    };
    let spoken = move || percent().map_or_else(|| "not answered".to_owned(), |percent| format!("{percent} %"));
    view! {
        <div class="slide">
            <input class=fill type="range" min="0" max="100" step="1" aria-label=name.clone() aria-valuetext=spoken
                value=untrack(position) prop:value=position on:input=moved/>
            <span class="pct">
                <input class="input" type="text" inputmode="decimal" autocomplete="off" aria-label=format!("{name} in percent")
                    value=untrack(field) prop:value=field on:change=typed/>
            </span>
        </div>
    }
}

#[component]
fn Options(group: String, options: Vec<QuestionOption>, control: Control) -> impl IntoView {
    let wide = options.len() > 3 && options.iter().all(|option| option.name.chars().count() <= 16);
    let lines = options.into_iter().map(|option| {
        let name = StoredValue::new(option.name.clone());
        let checked =
            move || name.with_value(|name| control.value.with(|value| matches!(value, Some(AnswerValue::Text(chosen)) if chosen == name)));
        view! {
            <label class="opt">
                <input type="radio" name=group.clone() value=option.name.clone() checked=untrack(checked) prop:checked=checked
                    on:change=move |_| control.set(Some(AnswerValue::Text(name.get_value())))/>
                <span>{option.name}</span><span class="pc">{format::percent_short(option.value)}</span>
            </label>
        }
    });
    view! { <div class="opts" class:wide=wide>{lines.collect_view()}</div> }
}

#[component]
fn Others(others: Vec<Answer>, all: Memo<Vec<Answer>>) -> impl IntoView {
    let lines = others.into_iter().map(|answer| {
        let said = match answer.value {
            AnswerValue::Text(option) => view! { <span>{option}</span> }.into_any(),
            AnswerValue::List(options) => view! { <span>{options.join(", ")}</span> }.into_any(),
            AnswerValue::Number(number) => {
                view! { <span inner_html=score_bar(ScoreKind::Human, Some(number), None, TRACK)></span> }.into_any()
            }
        };
        view! { <div class="o"><Avatar name=answer.reviewer.name.clone()/><span class="clip">{answer.reviewer.name}</span>{said}</div> }
    });
    let lines = lines.collect_view();
    let sum = move || {
        let scores = all.with(|answers| answers.iter().filter_map(|answer| answer.score).collect::<Vec<_>>());
        (scores.len() > 1).then(|| {
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            let (low, high) = (scores.iter().copied().fold(1.0, f64::min), scores.iter().copied().fold(0.0, f64::max));
            let bar = score_bar(ScoreKind::Human, Some(mean), (low < high).then_some((low, high)), TRACK);
            let words = format!("Mean of {}, {:.0} to {}", scores.len(), low * 100.0, format::percent_short(high));
            view! { <div class="o sum"><span></span><span>{words}</span><span inner_html=bar></span></div> }
        })
    };
    view! { <div class="others" role="group" aria-label="Other reviewers">{lines}{sum}</div> }
}
