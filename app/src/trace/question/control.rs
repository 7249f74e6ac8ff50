//! The viewer's answer as it stands in the form, and the way to the server.

use super::typed::Typed;
use crate::trace::Opened;
use crate::trace::form::Form;
use crate::ui::Saving;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use shared::QuestionId;
use shared::answers::evidence::MOST_EVIDENCE;
use shared::answers::{AnswerValue, Circumstances, Evidence, SetAnswer};
use shared::commands::Command;
use shared::objects::RowAddress;
use std::time::Duration;

/// While the slider moves, its value is sent this often at most.
const SLIDING: Duration = Duration::from_millis(120);

/// A digit belongs to the one before for this long.
const TYPING: Duration = Duration::from_secs(1);

/// The answer of one form. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Control {
    opened: Opened,
    form: Form,
    question: StoredValue<String>,
    /// The row of the form: another one may be open when a value is sent that was set a moment ago.
    row: StoredValue<RowAddress>,
    /// What the viewer has said; none where that does not count, or was said to what is asked otherwise now.
    stands: Memo<Option<Option<AnswerValue>>>,
    /// How the viewer's answer was given, as far as it is known.
    given: Memo<Circumstances>,
    /// Evidence that waits for an answer.
    pointed_at: RwSignal<Vec<Evidence>>,
    /// What the form shows.
    pub(super) value: RwSignal<Option<AnswerValue>>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    /// The number that is being typed, until it is sent.
    typed: StoredValue<Typed>,
}

impl Control {
    pub(super) fn new(
        question: &QuestionId,
        row: RowAddress,
        stored: Memo<Option<AnswerValue>>,
        stands: Memo<Option<Option<AnswerValue>>>,
        given: Memo<Circumstances>,
    ) -> Self {
        let control = Self {
            opened: expect_context::<Opened>(),
            form: expect_context::<Form>(),
            question: StoredValue::new(question.0.clone()),
            row: StoredValue::new(row),
            stands,
            given,
            pointed_at: RwSignal::new(Vec::new()),
            value: RwSignal::new(stored.get_untracked()),
            waiting: StoredValue::new(None),
            typed: StoredValue::new(Typed::default()),
        };
        Effect::new(move |before: Option<()>| {
            let stored = stored.get();
            let idle = control.waiting.with_value(Option::is_none);
            if before.is_some() && idle && control.value.get_untracked() != stored {
                control.value.set(stored);
            }
        });
        control.form.hasten_with(Callback::new(move |()| control.send_waiting()));
        on_cleanup(move || control.send_waiting());
        control
    }

    /// Whether the form is painted. The page says it where a key finds none.
    pub(super) fn is_painted(self) -> bool {
        self.opened.trace.is_form_painted.get_untracked()
    }

    /// Tells what stands in the form and is not said yet, or that all of it is.
    pub(super) fn note(self, is: Option<Saving>) {
        // The form may be gone while its last words are sent.
        if let (Some(row), Some(question)) = (self.row.try_get_value(), self.question.try_get_value()) {
            self.form.note(&row, &QuestionId(question), is);
        }
    }

    /// Whether the row of the form takes anything now.
    fn is_taken(self) -> bool {
        self.row.with_value(|row| self.opened.trace.takes(row))
    }

    /// Shows a value at once and sends it.
    pub(super) fn set(self, value: Option<AnswerValue>) {
        if !self.is_taken() {
            return;
        }
        self.forget_waiting();
        self.value.set(value.clone());
        self.send(value);
    }

    /// Shows a value at once and sends it a moment later, if no other comes meanwhile.
    pub(super) fn slide(self, value: f64) {
        if !self.is_taken() {
            return;
        }
        self.value.set(Some(AnswerValue::Number(value)));
        self.typed.set_value(Typed::default());
        if self.waiting.with_value(Option::is_none) {
            self.send_after(SLIDING);
        }
    }

    /// Takes a digit of a number that is typed on a slider: shows what it is so far, and sends it once it is whole or nothing follows.
    pub(super) fn type_digit(self, digit: u8) {
        if !self.is_taken() {
            return;
        }
        let typed = self.typed.get_value().then(digit);
        if typed.is_first() {
            // What was moved or typed before is an answer of its own.
            self.send_waiting();
        }
        self.forget_waiting();
        let value = Some(AnswerValue::Number(f64::from(typed.percent()) / 100.0));
        self.value.set(value.clone());
        if typed.is_whole() {
            self.send(value);
        } else {
            self.typed.set_value(typed);
            self.send_after(TYPING);
        }
    }

    fn send_after(self, pause: Duration) {
        let later = set_timeout_with_handle(
            move || {
                if self.waiting.try_set_value(None).is_none() {
                    self.typed.set_value(Typed::default());
                    self.note(None);
                    self.send(self.value.get_untracked());
                }
            },
            pause,
        );
        self.waiting.set_value(later.ok());
        self.note(Some(Saving::Saving));
    }

    /// Sends now what would be sent a moment later.
    pub(super) fn send_waiting(self) {
        if self.forget_waiting() {
            self.send(self.value.get_untracked());
        }
    }

    /// Sends nothing later; whether something would have been sent.
    fn forget_waiting(self) -> bool {
        // A field that is taken off the page loses the focus, and its form may be gone by then.
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        let _ = self.typed.try_set_value(Typed::default());
        if let Some(waiting) = &waiting {
            waiting.clear();
            self.note(None);
        }
        waiting.is_some()
    }

    /// Sends a value. How sure one is stays.
    pub(super) fn send(self, value: Option<AnswerValue>) {
        self.send_as(value, |_| ());
    }

    /// Says how sure one is of what one has answered.
    pub(super) fn say_sureness(self, sureness: f64) {
        if self.is_taken() && self.value.with_untracked(Option::is_some) {
            self.forget_waiting();
            self.send_as(self.value.get_untracked(), |given| given.sureness = Some(sureness));
        }
    }

    /// How sure one is; none where nobody asks, or where one has not said.
    pub(super) fn sureness(self) -> Option<f64> {
        self.given.with(|given| given.sureness)
    }

    /// Words are the evidence of what one has answered, or will answer, where they stand in the span that one answers for; whether they do.
    pub(super) fn point_at(self, evidence: Evidence) -> bool {
        let is_read = self.opened.trace.row.with_untracked(|read| self.row.with_value(|own| read.as_ref() == Some(own)));
        if !is_read || !self.is_taken() {
            return false;
        }
        let known = untrack(|| self.evidence());
        let is_same = |other: &Evidence| (&other.path, other.start, other.end) == (&evidence.path, evidence.start, evidence.end);
        if known.len() >= MOST_EVIDENCE || known.iter().any(is_same) {
            return false;
        }
        if self.value.with_untracked(Option::is_none) {
            self.pointed_at.update(|waiting| waiting.push(evidence));
            return true;
        }
        self.forget_waiting();
        self.send_as(self.value.get_untracked(), |given| given.evidence.get_or_insert_default().push(evidence));
        true
    }

    /// Takes the evidence at a place away.
    pub(super) fn take_away(self, place: usize) {
        if !self.is_taken() {
            return;
        }
        let said = self.given.with_untracked(|given| given.evidence.as_ref().map_or(0, Vec::len));
        if let Some(waiting) = place.checked_sub(said) {
            self.pointed_at.update(|all| {
                if waiting < all.len() {
                    all.remove(waiting);
                }
            });
            return;
        }
        self.forget_waiting();
        self.send_as(self.value.get_untracked(), |given| {
            given.evidence.get_or_insert_default().remove(place);
        });
    }

    /// The evidence of what one has answered, then what waits for an answer.
    pub(super) fn evidence(self) -> Vec<Evidence> {
        let said = self.given.with(|given| given.evidence.clone().unwrap_or_default());
        said.into_iter().chain(self.pointed_at.get()).collect()
    }

    fn send_as(self, value: Option<AnswerValue>, change: impl FnOnce(&mut Circumstances)) {
        // The form may be gone while its last words are sent.
        let before = self.given.try_get_untracked().unwrap_or_default();
        let mut given =
            if value.is_some() { Circumstances { seconds: None, visible: None, ..before.clone() } } else { Circumstances::default() };
        if value.is_some() {
            let waiting = self.pointed_at.try_update(std::mem::take).unwrap_or_default();
            if !waiting.is_empty() {
                given.evidence.get_or_insert_default().extend(waiting);
            }
        }
        change(&mut given);
        let is_same = (given.sureness, &given.evidence) == (before.sureness, &before.evidence);
        if value.is_some() {
            given.seconds = self.row.try_with_value(|row| self.form.seconds(row)).flatten();
        }
        let is_said = is_same && self.stands.try_get_untracked().flatten().is_some_and(|stands| stands == value);
        let command = SetAnswer {
            row: self.row.get_value(),
            question: self.question.get_value(),
            value,
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: given,
        };
        if is_said {
            self.opened.trace.repeat(Command::SetAnswer(command));
        } else {
            self.opened.trace.run(Command::SetAnswer(command));
        }
    }

    /// The number in the form, for what happens once.
    pub(super) fn number_now(self) -> Option<f64> {
        untrack(|| self.number())
    }

    /// Whether something was refused that the viewer has not decided about.
    pub(super) fn was_refused(self) -> bool {
        matches!(untrack(|| self.opened.trace.journal().saving()), Saving::Failed(_))
    }

    /// The number in the form.
    pub(super) fn number(self) -> Option<f64> {
        match self.value.get() {
            Some(AnswerValue::Number(number)) => Some(number),
            _ => None,
        }
    }
}
