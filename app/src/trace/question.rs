//! One question about the row that one answers for: its control, what others said, and saving at once.

mod control;
mod keys;
mod mirror;
mod options;
mod others;
mod pointing;
mod settle;
mod slider;
mod sureness;
mod text;
mod typed;

pub(super) use keys::{focus_on, follow_letters};

use super::Opened;
use super::form::Form;
use crate::context::use_project;
use crate::keys::{Scope, use_keys};
use crate::ui::markup::inner;
use crate::ui::{Icon, IconName, IconSize};
use control::Control;
use leptos::html::Div;
use leptos::prelude::*;
use options::Options;
use others::Others;
use pointing::Quotes;
use settle::Settle;
use shared::QuestionId;
use shared::answers::{Answer, AnswerValue};
use shared::objects::RowAddress;
use shared::questions::{MetadataPath, Question, QuestionKind};
use slider::Slider;
use sureness::Sureness;
use text::TextAnswer;

/// Draws a question with the viewer's own answer. It stays while the wording changes, so that what is being typed stays.
#[component]
pub(super) fn QuestionForm(
    id: QuestionId,
    /// The row it is about, from now until it goes.
    row: RowAddress,
    may_review: bool,
    /// Opens the dialog with the question; none for who may not configure.
    edit: Option<Callback<Question>>,
) -> impl IntoView {
    let title = format!("question-{id}");
    let form = expect_context::<Form>();
    let asked = form.asked;
    let question = {
        let id = id.clone();
        Memo::new(move |_| asked.with(|asked| asked.iter().find(|question| question.id == id).cloned()))
    };
    let answers = answers_to(&id, &row);
    let me = use_project().viewer.id;
    let own = Memo::new(move |_| answers.with(|answers| answers.iter().find(|answer| answer.reviewer.id == me).cloned()));
    let gold = {
        let (id, row) = (id.clone(), row.clone());
        let opened = expect_context::<Opened>();
        Memo::new(move |_| opened.trace.of_row(&row, |said| said.golds.iter().find(|gold| gold.question == id).cloned()).flatten())
    };
    let stored = Memo::new(move |_| own.with(|own| own.as_ref().map(|own| own.value.clone())));
    let stands = Memo::new(move |_| {
        let version = question.with(|question| question.as_ref().map(|question| question.version))?;
        // What was said a moment ago has no version until the server has it.
        let is_current = |own: &&Answer| own.active && [0, version].contains(&own.version);
        own.with(|own| match own {
            None => Some(None),
            Some(own) => is_current(&own).then(|| Some(own.value.clone())),
        })
    });
    let given = Memo::new(move |_| own.with(|own| own.as_ref().map(|own| own.circumstances.clone()).unwrap_or_default()));
    let control = Control::new(&id, row.clone(), stored, stands, given);
    let row = StoredValue::new(row);
    let is_at_hand = {
        let id = id.clone();
        Memo::new(move |_| form.current.with(|current| current.as_ref() == Some(&id)))
    };
    let is_current = Memo::new(move |_| may_review && is_at_hand.get());
    let choose = {
        let id = id.clone();
        move |_| row.with_value(|row| form.choose(row, &id))
    };
    let letters = Memo::new(move |_| {
        question.with(|question| question.as_ref().map(|question| question.definition.letters.clone()).unwrap_or_default())
    });
    // Another place of a text changes nothing here.
    let kind = Memo::new(move |_| {
        question.with(|question| match question.as_ref().map(|question| question.definition.kind.clone()) {
            Some(QuestionKind::Text { .. }) => Some(QuestionKind::Text { path: MetadataPath::default() }),
            kind => kind,
        })
    });
    let answer = {
        let title = title.clone();
        move || match kind.get().filter(|_| may_review) {
            None => ().into_any(),
            Some(QuestionKind::Continuous) => view! { <Slider question control/> }.into_any(),
            Some(QuestionKind::Text { .. }) => {
                view! { <TextAnswer id=id.clone() row=row.get_value() labelledby=title.clone() control stored/> }.into_any()
            }
            Some(QuestionKind::Categorical { options }) => {
                let options = options.into_iter().map(|option| (option.name, Some(option.value))).collect();
                view! { <Options group=title.clone() options multiple=false letters is_current control/> }.into_any()
            }
            Some(QuestionKind::Expected { options, multiple }) => {
                let options = options.into_iter().map(|name| (name, None)).collect();
                view! { <Options group=title.clone() options multiple letters is_current control/> }.into_any()
            }
        }
    };
    let name = move || question.with(|question| question.as_ref().map(|question| question.name.clone()).unwrap_or_default());
    let description = move || {
        let html = question.with(|question| question.as_ref().map(|question| question.description_html.clone()).unwrap_or_default());
        (!html.is_empty()).then(|| view! { <div class="desc" inner_html=inner(html)></div> })
    };
    let hotkey = move || question.with(|question| question.as_ref().and_then(|question| question.definition.hotkey)).map(String::from);
    let keys = move |event| keys::inside(&event, kind.get_untracked().as_ref(), control);
    let group = NodeRef::<Div>::new();
    if may_review {
        use_keys().on(Scope::Review, move |act| {
            let group = group.get_untracked().filter(|_| control.is_painted());
            is_current.get_untracked()
                && group.is_some_and(|group| keys::from_elsewhere(act, &group, kind.get_untracked().as_ref(), control))
        });
    }
    view! {
        <div class="question" class:focus=is_current class:at-hand=is_at_hand role="group" aria-labelledby=title.clone() data-hotkey=hotkey node_ref=group on:keydown=keys on:focusin=choose>
            <div class="q-h">
                <h3 id=title.clone()>{name}</h3>
                <Marks question hotkey=Signal::derive(hotkey)/>
                <span class="end"><Digits kind is_current/><Clear kind control may_review/><Pen question edit/></span>
            </div>
            {description}
            {answer}
            <Sureness question control may_review/>
            <Quotes evidence=Signal::derive(move || if may_review { control.evidence() } else { Vec::new() }) control/>
            <OwnNote question own/>
            <Others question answers gold/>
            <Settle question row=row.get_value() answers gold/>
        </div>
    }
}

/// Everybody's answers to a question about a row, as far as the open trace shows them.
fn answers_to(id: &QuestionId, row: &RowAddress) -> Memo<Vec<Answer>> {
    let opened = expect_context::<Opened>();
    let (id, row) = (id.clone(), row.clone());
    Memo::new(move |before: Option<&Vec<Answer>>| {
        let answers = opened.trace.of_row(&row, |said| said.answers.iter().filter(|answer| answer.question == id).cloned().collect());
        // Another span is shown already, and this form is about to go.
        answers.unwrap_or_else(|| before.cloned().unwrap_or_default())
    })
}

#[component]
fn Marks(question: Memo<Option<Question>>, hotkey: Signal<Option<String>>) -> impl IntoView {
    let required = move || question.with(|question| question.as_ref().is_some_and(|question| question.definition.required));
    let to_expected = move || {
        question
            .with(|question| question.as_ref().is_some_and(|question| matches!(question.definition.kind, QuestionKind::Expected { .. })))
    };
    view! {
        {move || hotkey.get().map(|letter| view! { <kbd aria-hidden="true">{letter}</kbd> })}
        {move || required().then(|| view! { <span class="req">"required"</span> })}
        {move || to_expected().then(|| view! {
            <span class="req"><Icon name=IconName::Edit size=IconSize::ExtraSmall/>"writes to expected"</span>
        })}
    }
}

/// The digits that type a number, where they do.
#[component]
fn Digits(kind: Memo<Option<QuestionKind>>, is_current: Memo<bool>) -> impl IntoView {
    let are_taken = move || is_current.get() && kind.with(|kind| matches!(kind, Some(QuestionKind::Continuous)));
    move || are_taken().then(|| view! { <span class="keys" aria-hidden="true"><kbd>"0"</kbd>"–"<kbd>"9"</kbd></span> })
}

#[component]
fn Clear(kind: Memo<Option<QuestionKind>>, control: Control, may_review: bool) -> impl IntoView {
    // A text is cleared by deleting it.
    let is_text = move || kind.with(|kind| matches!(kind, Some(QuestionKind::Text { .. })));
    move || {
        (may_review && !is_text() && control.value.read().is_some())
            .then(|| view! { <button class="link" type="button" on:click=move |_| control.set(None)>"Clear"</button> })
    }
}

#[component]
fn Pen(question: Memo<Option<Question>>, edit: Option<Callback<Question>>) -> impl IntoView {
    let label = move || question.with(|question| question.as_ref().map(|question| format!("Edit {}", question.name)));
    edit.map(|edit| {
        let open = move |_| {
            if let Some(question) = question.get_untracked() {
                edit.run(question);
            }
        };
        view! {
            <button class="btn icon ghost small" type="button" aria-label=label title=label on:click=open>
                <Icon name=IconName::Edit size=IconSize::Small/>
            </button>
        }
    })
}

/// Draws what one has to know about one's own answer: that it was given under other words, or no longer counts.
#[component]
fn OwnNote(question: Memo<Option<Question>>, own: Memo<Option<Answer>>) -> impl IntoView {
    move || {
        let (question, own) = (question.get()?, own.get()?);
        let mut words = Vec::new();
        // What was said a moment ago has no version until the server has it.
        let earlier = (1..question.version).contains(&own.version);
        let options = question.definition.kind.option_names();
        let gone = match &own.value {
            AnswerValue::Text(name) if !options.is_empty() && !options.contains(&name.as_str()) => Some(name.clone()),
            _ => None,
        };
        if let Some(gone) = gone {
            words.push(format!("You said {gone} under version {}, which had that option.", own.version));
        } else if earlier && !matches!(question.definition.kind, QuestionKind::Text { .. }) {
            words.push(format!("Answered under version {}.", own.version));
        }
        if !own.active {
            words.push("Expected was edited after this answer, so it no longer counts.".to_owned());
        }
        (!words.is_empty()).then(|| view! { <p class="hint own">{words.join(" ")}</p> })
    }
}
