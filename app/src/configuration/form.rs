//! Why a form could not be sent.

use crate::api::AppError;
use leptos::prelude::*;

/// The last refusal of a form, told apart by field.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    refused: RwSignal<Option<AppError>>,
    fields: &'static [&'static str],
    /// Whether an answer is awaited; the form is not sent twice.
    pub(crate) busy: RwSignal<bool>,
}

impl FormState {
    /// `fields` are the labels of the form's fields; everything else goes to [`FormState::elsewhere`].
    pub(crate) fn new(fields: &'static [&'static str]) -> Self {
        Self { refused: RwSignal::new(None), fields, busy: RwSignal::new(false) }
    }

    /// Begins to send; false if an answer is awaited already.
    pub(crate) fn begin(self) -> bool {
        self.refused.set(None);
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    /// Takes the answer; the value if the server agreed.
    pub(crate) fn finish<T>(self, answer: Result<T, AppError>) -> Option<T> {
        self.busy.set(false);
        answer.map_err(|error| self.refused.set(Some(error))).ok()
    }

    /// Starts afresh.
    pub(crate) fn clear(self) {
        self.refused.set(None);
    }

    /// What is wrong with a field.
    pub(crate) fn about(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|error| error.about(field))))
    }

    /// What is wrong with none of the fields.
    pub(crate) fn elsewhere(self) -> Signal<Option<AppError>> {
        Signal::derive(move || self.refused.get().filter(|error| self.fields.iter().all(|field| error.about(field).is_none())))
    }
}
