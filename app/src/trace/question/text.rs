//! A free-form answer. It is saved while one types, and what the server says never replaces what is being typed.

use super::control::Control;
use super::mirror::{Kept, Mirror};
use crate::trace::keys::leave_on_escape;
use crate::ui::Saving;
use crate::ui::markup::inner;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::{html, prelude::*};
use shared::QuestionId;
use shared::answers::AnswerValue;
use shared::markup::Html;
use shared::objects::RowAddress;
use std::time::Duration;

/// How long nothing is typed before it is saved.
const PAUSE: Duration = Duration::from_millis(500);

/// Draws the text box, and beside it what was written elsewhere meanwhile.
#[component]
pub(super) fn TextAnswer(
    id: QuestionId,
    row: RowAddress,
    labelledby: String,
    control: Control,
    stored: Memo<Option<AnswerValue>>,
) -> impl IntoView {
    let typing = Typing::new(Mirror::new(&row, &id), control, stored);
    Effect::new(move |before: Option<()>| {
        let now = text_of(stored.get().as_ref());
        if before.is_some() {
            typing.arrived(now);
        } else {
            typing.begin(now);
        }
    });
    on_cleanup(move || {
        if typing.waiting.with_value(Option::is_some) {
            typing.save();
        }
    });
    let elsewhere = move || {
        typing.elsewhere.get().map(|text| {
            let taken = text.clone();
            let words = if text.is_empty() { "It was cleared elsewhere meanwhile." } else { "Written elsewhere meanwhile:" };
            view! {
                <div class="notice warn elsewhere" role="status">
                    <div class="grow">
                        <p>{words}</p>
                        <blockquote>{text}</blockquote>
                        <button class="btn small" type="button" on:click=move |_| typing.take(&taken)>"Use that text"</button>
                        <button class="btn small ghost" type="button" on:click=move |_| typing.stay()>"Keep mine"</button>
                    </div>
                </div>
            }
        })
    };
    // Not bound to a signal: only what is typed, and what somebody asks for, changes the field.
    view! {
        <textarea dir="auto" class="input" rows="2" autocomplete="off" aria-labelledby=labelledby node_ref=typing.field
            on:input=move |event| typing.typed(event_target_value(&event)) on:blur=move |_| typing.left() on:keydown=leave_on_escape
            inner_html=inner(Html::text(&text_of(stored.get_untracked().as_ref())))></textarea>
        {elsewhere}
    }
}

/// The text of an answer; empty for none.
fn text_of(answer: Option<&AnswerValue>) -> String {
    match answer {
        Some(AnswerValue::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The answer that a text is; nothing but white space is none.
fn answer_of(text: &str) -> Option<AnswerValue> {
    (!text.trim().is_empty()).then(|| AnswerValue::Text(text.to_owned()))
}

/// A text as a text box has it.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// A text while it is being typed. Copies share it.
#[derive(Clone, Copy)]
struct Typing {
    control: Control,
    field: NodeRef<html::Textarea>,
    mirror: StoredValue<Mirror>,
    stored: Memo<Option<AnswerValue>>,
    /// What stands in the field.
    text: StoredValue<String>,
    /// What the server had at first and what was sent since, until it has the last of them: none of it is news.
    known: StoredValue<Vec<String>>,
    /// Whether the server has what stands in the field.
    settled: StoredValue<bool>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// What was written elsewhere while this was typed.
    elsewhere: RwSignal<Option<String>>,
}

impl Typing {
    fn new(mirror: Mirror, control: Control, stored: Memo<Option<AnswerValue>>) -> Self {
        let now = text_of(stored.get_untracked().as_ref());
        Self {
            control,
            field: NodeRef::new(),
            mirror: StoredValue::new(mirror),
            stored,
            text: StoredValue::new(now.clone()),
            known: StoredValue::new(vec![now]),
            settled: StoredValue::new(true),
            waiting: StoredValue::new(None),
            elsewhere: RwSignal::new(None),
        }
    }

    /// The page is alive: somebody may have typed before it was, or left before the last words were saved.
    fn begin(self, now: String) {
        let Some(field) = self.field.get_untracked() else { return };
        if field.default_value().is_ok_and(|sent| lines(&field.value()) != lines(&sent)) {
            self.typed(field.value());
        } else if let Some(Kept { base, text }) = self.mirror.with_value(Mirror::read).filter(|kept| kept.text != now) {
            self.show(&text);
            if base == now {
                self.typed(text);
            } else {
                self.settled.set_value(false);
                self.elsewhere.set(Some(now));
            }
        } else {
            self.mirror.with_value(Mirror::forget);
            // Reading HTML, a browser drops the first line break of a text box.
            self.show(&now);
        }
    }

    /// Something was typed.
    fn typed(self, text: String) {
        self.settled.set_value(false);
        self.control.note(Some(Saving::Saving));
        let base = text_of(self.stored.get_untracked().as_ref());
        self.mirror.with_value(|mirror| mirror.keep(&Kept { base, text: text.clone() }));
        self.text.set_value(text);
        self.forget_waiting();
        let later = move || {
            if self.waiting.try_set_value(None).is_none() {
                self.save();
            }
        };
        self.waiting.set_value(set_timeout_with_handle(later, PAUSE).ok());
    }

    /// The field was left.
    fn left(self) {
        if !self.settled.get_value() && self.elsewhere.with_untracked(Option::is_none) {
            self.save();
        }
    }

    /// Sends what stands in the field, unless it was the last that was sent.
    fn save(self) {
        self.forget_waiting();
        self.control.note(None);
        let answer = answer_of(&self.text.get_value());
        let text = text_of(answer.as_ref());
        if self.known.with_value(|known| known.last() != Some(&text)) {
            self.known.update_value(|known| known.push(text));
            self.control.send(answer);
        } else if text_of(self.stored.get_untracked().as_ref()) == text {
            self.settle(text);
        }
    }

    /// The server has another answer than before.
    fn arrived(self, now: String) {
        let text = text_of(answer_of(&self.text.get_value()).as_ref());
        if now == text {
            self.settle(now);
        } else if !self.known.with_value(|known| known.contains(&now)) {
            let focused = self.field.get_untracked().is_some_and(|field| field.matches(":focus").unwrap_or(false));
            self.known.update_value(|known| known.push(now.clone()));
            // After a refusal the server has the text from before, and the refused one must not be lost.
            if self.settled.get_value() && !focused && !self.control.was_refused() {
                self.show(&now);
                self.settle(now);
            } else {
                self.elsewhere.set(Some(now));
            }
        }
    }

    /// The server has what stands in the field.
    fn settle(self, text: String) {
        if self.waiting.with_value(Option::is_none) {
            self.settled.set_value(true);
            self.known.set_value(vec![text]);
            self.mirror.with_value(Mirror::forget);
        }
    }

    /// Puts a text into the field.
    fn show(self, text: &str) {
        if let Some(field) = self.field.get_untracked().filter(|field| lines(&field.value()) != lines(text)) {
            field.set_value(text);
        }
        self.text.set_value(text.to_owned());
    }

    /// Takes what was written elsewhere.
    fn take(self, text: &str) {
        self.elsewhere.set(None);
        self.show(text);
        self.settled.set_value(false);
        self.save();
        // Whoever takes a text goes on writing after it.
        if let Some(field) = self.field.get_untracked() {
            let end = field.text_length();
            // The caret of a field that is in the page can be set.
            let _ = field.focus();
            let _ = field.set_selection_range(end, end);
        }
    }

    /// Stays with what stands in the field.
    fn stay(self) {
        self.elsewhere.set(None);
        self.settled.set_value(false);
        self.save();
    }

    fn forget_waiting(self) {
        if let Some(waiting) = self.waiting.get_value() {
            waiting.clear();
            self.waiting.set_value(None);
        }
    }
}
