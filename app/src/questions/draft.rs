//! A question while it is being written.

use crate::api::AppError;
use crate::ui::format::percent_field;
use leptos::prelude::*;
use shared::Problem;
use shared::questions::{Definition, Question, QuestionKind, QuestionOption, mistakes};

/// One option while it is being written.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct OptionDraft {
    /// Tells the rows apart while they change places.
    pub(super) key: u32,
    pub(super) name: RwSignal<String>,
    /// As typed.
    pub(super) percentage: RwSignal<String>,
}

/// Everything in the dialog.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) name: RwSignal<String>,
    pub(super) categorical: RwSignal<bool>,
    pub(super) description: RwSignal<String>,
    pub(super) options: RwSignal<Vec<OptionDraft>>,
    pub(super) required: RwSignal<bool>,
    pub(super) higher_is_better: RwSignal<bool>,
    /// While true, percentages spread themselves as options come and go; false once one was typed.
    pub(super) spreads: RwSignal<bool>,
    /// Mistakes are shown once somebody has tried to save.
    tried: RwSignal<bool>,
    refused: RwSignal<Option<AppError>>,
    next_key: StoredValue<u32>,
}

/// The fields whose mistakes have a place of their own, apart from those of each option.
const FIELDS: [&str; 2] = ["Name", "Options"];

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            name: RwSignal::default(),
            categorical: RwSignal::new(false),
            description: RwSignal::default(),
            options: RwSignal::default(),
            required: RwSignal::new(false),
            higher_is_better: RwSignal::new(true),
            spreads: RwSignal::new(true),
            tried: RwSignal::new(false),
            refused: RwSignal::default(),
            next_key: StoredValue::new(0),
        }
    }

    /// Starts afresh with a question, or with an empty one.
    pub(super) fn start(self, question: Option<&Question>) {
        self.tried.set(false);
        self.refused.set(None);
        self.name.set(question.map(|question| question.name.clone()).unwrap_or_default());
        let definition = question.map_or(Definition::default(), |question| question.definition.clone());
        let options = match &definition.kind {
            QuestionKind::Categorical { options } => options.clone(),
            _ => Vec::new(),
        };
        self.spreads.set(options.is_empty());
        self.options.set(options.iter().map(|option| self.option(&option.name, &percent_field(option.value))).collect());
        self.categorical.set(matches!(definition.kind, QuestionKind::Categorical { .. }));
        self.description.set(definition.description);
        self.required.set(definition.required);
        self.higher_is_better.set(definition.higher_is_better);
    }

    fn option(self, name: &str, percentage: &str) -> OptionDraft {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.wrapping_add(1));
        OptionDraft { key, name: RwSignal::new(name.to_owned()), percentage: RwSignal::new(percentage.to_owned()) }
    }

    /// Adds an empty option and returns its key.
    pub(super) fn add_option(self) -> u32 {
        let option = self.option("", "");
        self.options.update(|options| options.push(option));
        self.spread_if_untouched();
        option.key
    }

    /// Takes an option away.
    pub(super) fn remove_option(self, key: u32) {
        self.options.update(|options| options.retain(|option| option.key != key));
        self.spread_if_untouched();
    }

    /// Gives the options percentages from 0 to 100 with equal steps, in their order.
    pub(super) fn spread(self) {
        let options = self.options.get_untracked();
        let steps = options.len().saturating_sub(1);
        for (index, option) in options.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a question has few options")]
            let share = if steps == 0 { 1.0 } else { index as f64 / steps as f64 };
            option.percentage.set(percent_field(share));
        }
    }

    /// Spreads while nobody has typed a percentage.
    pub(super) fn spread_if_untouched(self) {
        if self.spreads.get_untracked() {
            self.spread();
        }
    }

    /// The definition as it would be saved; a percentage that is no number becomes one that no question takes.
    pub(super) fn definition(self) -> Definition {
        let kind = if self.categorical.get() {
            let option = |option: &OptionDraft| QuestionOption {
                name: option.name.get().trim().to_owned(),
                value: option.percentage.with(|typed| share(typed)),
            };
            QuestionKind::Categorical { options: self.options.read().iter().map(option).collect() }
        } else {
            QuestionKind::Continuous
        };
        Definition {
            kind,
            description: self.description.get(),
            required: self.required.get(),
            higher_is_better: self.higher_is_better.get(),
            ..Definition::default()
        }
    }

    /// Tries to save: the name and the definition if there is no mistake in them.
    pub(super) fn complete(self) -> Option<(String, Definition)> {
        self.tried.set(true);
        self.refused.set(None);
        let (name, definition) = untrack(|| (self.name.get().trim().to_owned(), self.definition()));
        mistakes(&name, &definition).is_empty().then_some((name, definition))
    }

    /// The server refused.
    pub(super) fn refuse(self, error: AppError) {
        self.refused.set(Some(error));
    }

    /// Every mistake, once somebody has tried to save.
    pub(super) fn mistakes(self) -> Vec<Problem> {
        let mut found = if self.tried.get() { mistakes(&self.name.read(), &self.definition()) } else { Vec::new() };
        found.extend(self.refused.read().as_ref().and_then(AppError::problem).cloned());
        found
    }

    /// The server's refusal, where it is about none of the fields.
    pub(super) fn elsewhere(self) -> Option<AppError> {
        let options = self.options.read().len();
        self.refused.get().filter(|error| {
            FIELDS.iter().all(|field| error.about(field).is_none())
                && (1..=options).all(|number| {
                    error.about(&format!("Option {number}")).is_none() && error.about(&format!("Percentage {number}")).is_none()
                })
        })
    }
}

/// The sentence about a field among mistakes.
pub(super) fn reason(mistakes: &[Problem], field: &str) -> Option<String> {
    mistakes.iter().find_map(|problem| match problem {
        Problem::Invalid { field: wrong, reason } if wrong == field => Some(reason.clone()),
        _ => None,
    })
}

/// The share that a typed percentage means; not a number if it means none.
fn share(typed: &str) -> f64 {
    let typed = typed.trim().trim_end_matches('%').trim_end().replace(',', ".");
    typed.parse::<f64>().map_or(f64::NAN, |percentage| percentage / 100.0)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn percentages_as_people_type_them() {
        assert_eq!(share("40"), 0.4);
        assert_eq!(share(" 33,3 % "), 0.33299999999999996);
        assert_eq!(share("100%"), 1.0);
        assert!(share("").is_nan());
        assert!(share("much").is_nan());
    }
}
