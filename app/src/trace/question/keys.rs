//! The keys of the form: numbers and arrows in the question that has the focus, letters from anywhere.

use super::control::Control;
use super::{pointing, sureness};
use crate::keys::{Act, Scope, act_of, find, has_no_focus, is_typing, use_keys};
use crate::trace::TraceState;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::{ev, web_sys};
use shared::QuestionId;
use shared::answers::AnswerValue;
use shared::questions::QuestionKind;
use web_sys::{Element, HtmlElement};

/// A key was pressed in a question: some lead to the other questions, others answer this one.
pub(super) fn inside(event: &ev::KeyboardEvent, kind: Option<&QuestionKind>, control: Control) {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
    // In a text box the arrows and the numbers are the text's.
    if target.matches("textarea").unwrap_or(false) {
        return;
    }
    let Some(question) = target.closest(".question").ok().flatten() else { return };
    // What the page takes back is all that was said, with the last step of a movement.
    if act_of(event, Scope::Trace) == Some(Act::Undo) && !is_typing(event) {
        control.send_waiting();
    }
    let done = match act_of(event, Scope::Review) {
        // At either end nothing is answered by it: a slider or the options would take these keys for their own.
        Some(Act::QuestionBelow) => focus_question(neighbour(&question, Element::next_element_sibling)) || is_moved_by_arrows(&target),
        Some(Act::QuestionAbove) => focus_question(neighbour(&question, Element::previous_element_sibling)) || is_moved_by_arrows(&target),
        _ if is_typing(event) => false,
        Some(act @ (Act::StepBack | Act::StepOn)) => {
            let is_back = act == Act::StepBack;
            match kind {
                Some(QuestionKind::Continuous) if event.shift_key() && is_slider(&target) => {
                    let by = if is_back { -0.1 } else { 0.1 };
                    control.set(Some(AnswerValue::Number((control.number_now().unwrap_or(0.5) + by).clamp(0.0, 1.0))));
                    true
                }
                Some(QuestionKind::Expected { multiple: true, .. }) => {
                    let step = if is_back { Element::previous_element_sibling } else { Element::next_element_sibling };
                    target.closest(".opt").ok().flatten().and_then(|option| step(&option)).is_some_and(|option| focus_first(&option))
                }
                _ => false,
            }
        }
        Some(act) => answer(act, &question, kind, control),
        None => false,
    };
    if done {
        event.prevent_default();
    }
}

/// Does what a key means in a question, wherever in it the focus is; whether it means anything there.
fn answer(act: Act, question: &Element, kind: Option<&QuestionKind>, control: Control) -> bool {
    match (act, kind) {
        (Act::Settle, _) => press(question, ".settle"),
        (Act::PointOut, _) => pointing::selected().is_some_and(|evidence| control.point_at(evidence)),
        (Act::LessSure | Act::MoreSure, _) => {
            let asks = question.query_selector(".sureness").ok().flatten().is_some();
            if asks {
                sureness::step(control, if act == Act::LessSure { -1 } else { 1 });
            }
            asks
        }
        (Act::Pick(digit), Some(QuestionKind::Continuous)) => {
            control.type_digit(digit);
            true
        }
        (Act::Clear, Some(QuestionKind::Continuous)) | (Act::Pick(0), Some(_)) => {
            control.set(None);
            true
        }
        (Act::Pick(number), Some(QuestionKind::Categorical { .. } | QuestionKind::Expected { .. })) => {
            pick(question, &format!(".opts > :nth-child({number}) input"))
        }
        _ => false,
    }
}

/// Elsewhere in the open trace, and while nothing has the focus, the question at hand has the keys: whoever opens a trace, or reads another
/// span of it, answers at once. What has keys of its own there takes those first.
pub(super) fn from_elsewhere(act: Act, group: &Element, kind: Option<&QuestionKind>, control: Control) -> bool {
    if !has_no_focus() && find("article.trace :focus").is_none() {
        return false;
    }
    match act {
        Act::QuestionAbove | Act::QuestionBelow => focus_question(Some(group.clone())),
        // A text is cleared by deleting it, and a number means nothing to it.
        Act::PointOut | Act::LessSure | Act::MoreSure => answer(act, group, kind, control),
        _ if matches!(kind, Some(QuestionKind::Text { .. })) => false,
        act => {
            let is_answer = answer(act, group, kind, control);
            // A form that has opened takes the focus itself; who walks the tree goes on there.
            if is_answer && has_no_focus() {
                focus_question(Some(group.clone()));
            }
            is_answer
        }
    }
}

/// Follows the letters of options and of questions, from anywhere on the page.
pub(in crate::trace) fn follow_letters(trace: TraceState) {
    use_keys().on(Scope::Review, move |act| {
        // Without a row that is painted there is nothing to answer, whatever is still on the page.
        let Act::Letter(letter) = act else { return false };
        let find = |selector: String| document().query_selector(&selector).ok().flatten();
        trace.is_form_painted.get_untracked()
            && match find(format!(".question [data-letter={letter}]")) {
                Some(option) => pick(&option, "input"),
                None => focus_question(find(format!(".question[data-hotkey={letter}]"))),
            }
    });
}

fn is_slider(element: &Element) -> bool {
    element.matches("input[type=range]").unwrap_or(false)
}

fn is_moved_by_arrows(element: &Element) -> bool {
    element.matches("input[type=range], input[type=radio]").unwrap_or(false)
}

/// The next question in a direction.
fn neighbour(question: &Element, step: fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut at = step(question);
    while let Some(element) = at {
        if element.matches(".question[role=group]").unwrap_or(false) {
            return Some(element);
        }
        at = step(&element);
    }
    None
}

/// Gives one question the focus.
pub(in crate::trace) fn focus_on(id: &QuestionId) -> bool {
    focus_question(document().query_selector(&format!(".question[aria-labelledby='question-{id}']")).ok().flatten())
}

/// Gives a question the focus: what is chosen in it, else its first control.
fn focus_question(question: Option<Element>) -> bool {
    question.is_some_and(|question| {
        question.scroll_into_view_with_bool(false);
        focus(&question, "input:checked") || focus_first(&question)
    })
}

fn focus_first(element: &Element) -> bool {
    focus(element, "input, textarea")
}

fn focus(element: &Element, selector: &str) -> bool {
    let found = element.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into::<HtmlElement>().ok());
    found.is_some_and(|found| found.focus().is_ok())
}

/// Presses a button of a question.
fn press(question: &Element, selector: &str) -> bool {
    let found = question.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into::<HtmlElement>().ok());
    found.is_some_and(|button| {
        button.click();
        true
    })
}

/// Picks an option, as a press on it would, and leaves the focus there.
fn pick(element: &Element, selector: &str) -> bool {
    let found = element.query_selector(selector).ok().flatten().and_then(|found| found.dyn_into::<HtmlElement>().ok());
    found.is_some_and(|input| {
        input.click();
        input.focus().is_ok()
    })
}
