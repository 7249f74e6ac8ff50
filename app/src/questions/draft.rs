//! A question while it is being written.

use crate::api::AppError;
use crate::ui::format::percent_field;
use leptos::prelude::*;
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::questions::{Audience, Condition, Definition, MetadataPath, Question, QuestionKind, QuestionOption, mistakes};
use shared::{PersonId, Problem};

/// What the *Type* field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Continuous,
    Categorical,
    Text,
}

/// One option while it is being written.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct OptionDraft {
    /// Tells the rows apart while they change places.
    pub(super) key: u32,
    pub(super) name: RwSignal<String>,
    /// As typed.
    pub(super) percentage: RwSignal<String>,
    /// The letter that picks it; none where there is none, or where it gets one on saving.
    pub(super) letter: RwSignal<Option<char>>,
    /// Whether the question has been saved without it.
    pub(super) is_new: bool,
}

/// Everything in the dialog.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub(super) name: RwSignal<String>,
    pub(super) kind: RwSignal<Type>,
    pub(super) description: RwSignal<String>,
    /// Whether options are written to `expected`, and are no scores.
    pub(super) expected: RwSignal<bool>,
    pub(super) multiple: RwSignal<bool>,
    pub(super) options: RwSignal<Vec<OptionDraft>>,
    /// The place of a text, as typed.
    pub(super) path: RwSignal<String>,
    pub(super) required: RwSignal<bool>,
    pub(super) asks_sureness: RwSignal<bool>,
    pub(super) higher_is_better: RwSignal<bool>,
    /// The kinds of object that are ticked.
    pub(super) objects: RwSignal<Vec<ObjectKind>>,
    /// Whether only some people are asked.
    pub(super) chosen: RwSignal<bool>,
    pub(super) people: RwSignal<Vec<PersonId>>,
    pub(super) roles: RwSignal<Vec<Role>>,
    pub(super) hotkey: RwSignal<Option<char>>,
    /// The filters that the span, a span below it and its trace have to match, as typed.
    pub(super) conditions: [RwSignal<String>; 3],
    /// While true, percentages spread themselves as options come and go; false once one was typed.
    pub(super) spreads: RwSignal<bool>,
    /// Mistakes are shown once somebody has tried to save.
    tried: RwSignal<bool>,
    refused: RwSignal<Option<AppError>>,
    next_key: StoredValue<u32>,
}

/// Every kind of object, in the order of the pages.
pub(super) const OBJECTS: [ObjectKind; 3] = [ObjectKind::ProjectLogs, ObjectKind::Experiment, ObjectKind::Dataset];

/// The fields whose mistakes have a place of their own, apart from those of each option.
const FIELDS: [&str; 8] = ["Name", "Type", "Description", "Options", "Metadata path", "Key", "Asked about", "Asked of"];

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            name: RwSignal::default(),
            kind: RwSignal::new(Type::Continuous),
            description: RwSignal::default(),
            expected: RwSignal::new(false),
            multiple: RwSignal::new(false),
            options: RwSignal::default(),
            path: RwSignal::default(),
            required: RwSignal::new(false),
            asks_sureness: RwSignal::new(false),
            higher_is_better: RwSignal::new(true),
            objects: RwSignal::new(OBJECTS.to_vec()),
            chosen: RwSignal::new(false),
            people: RwSignal::default(),
            roles: RwSignal::default(),
            hotkey: RwSignal::default(),
            conditions: Default::default(),
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
        let (kind, options, path) = match &definition.kind {
            QuestionKind::Continuous => (Type::Continuous, Vec::new(), String::new()),
            QuestionKind::Categorical { options } => {
                let values = options.iter().map(|option| percent_field(option.value));
                (Type::Categorical, self.stored_options(&definition, values), String::new())
            }
            QuestionKind::Expected { .. } => {
                (Type::Categorical, self.stored_options(&definition, std::iter::repeat(String::new())), String::new())
            }
            QuestionKind::Text { path } => (Type::Text, Vec::new(), path.as_str().to_owned()),
        };
        let to_expected = matches!(definition.kind, QuestionKind::Expected { .. });
        self.spreads.set(options.is_empty() || to_expected);
        self.options.set(options);
        self.kind.set(kind);
        self.expected.set(to_expected);
        self.multiple.set(matches!(definition.kind, QuestionKind::Expected { multiple: true, .. }));
        self.path.set(path);
        self.description.set(definition.description);
        self.required.set(definition.required);
        self.asks_sureness.set(definition.asks_sureness);
        self.higher_is_better.set(definition.higher_is_better);
        self.objects.set(if definition.objects.is_empty() { OBJECTS.to_vec() } else { definition.objects });
        self.chosen.set(definition.audience != Audience::default());
        self.people.set(definition.audience.people);
        self.roles.set(definition.audience.roles);
        self.hotkey.set(definition.hotkey);
        for (typed, filters) in self.conditions.into_iter().zip(definition.condition.parts()) {
            typed.set(one_filter(filters));
        }
        self.spread_if_untouched();
    }

    /// The options as they are stored, with what each is worth.
    fn stored_options(self, definition: &Definition, percentages: impl Iterator<Item = String>) -> Vec<OptionDraft> {
        let letters = definition.letters.iter().copied().chain(std::iter::repeat(None));
        let names = definition.kind.option_names().into_iter();
        let options = names.zip(percentages).zip(letters).map(|((name, percentage), letter)| {
            let option = OptionDraft { is_new: false, ..self.option() };
            option.name.set(name.to_owned());
            option.percentage.set(percentage);
            option.letter.set(letter);
            option
        });
        options.collect()
    }

    fn option(self) -> OptionDraft {
        let key = self.next_key.get_value();
        self.next_key.set_value(key.wrapping_add(1));
        OptionDraft { key, name: RwSignal::default(), percentage: RwSignal::default(), letter: RwSignal::default(), is_new: true }
    }

    /// Adds an empty option and returns its key.
    pub(super) fn add_option(self) -> u32 {
        let option = self.option();
        self.options.update(|options| options.push(option));
        self.spread_if_untouched();
        option.key
    }

    /// Takes an option away.
    pub(super) fn remove_option(self, key: u32) {
        self.options.update(|options| options.retain(|option| option.key != key));
        self.spread_if_untouched();
    }

    /// Gives the options percentages from 100 to 0 with equal steps, in their order: the best stands first.
    pub(super) fn spread(self) {
        let options = self.options.get_untracked();
        let steps = options.len().saturating_sub(1);
        for (index, option) in options.into_iter().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "a question has few options")]
            let share = if steps == 0 { 1.0 } else { (steps - index) as f64 / steps as f64 };
            option.percentage.set(percent_field(share));
        }
    }

    /// Spreads while nobody has typed a percentage.
    pub(super) fn spread_if_untouched(self) {
        if self.spreads.get_untracked() {
            self.spread();
        }
    }

    /// Whether answers are numbers.
    pub(super) fn is_score(self) -> bool {
        match self.kind.get() {
            Type::Continuous => true,
            Type::Categorical => !self.expected.get(),
            Type::Text => false,
        }
    }

    /// What is asked; a percentage that is no number becomes one that no question takes.
    pub(super) fn question_kind(self) -> QuestionKind {
        let name = |option: &OptionDraft| option.name.get().trim().to_owned();
        let options = self.options.read();
        match self.kind.get() {
            Type::Continuous => QuestionKind::Continuous,
            Type::Text => QuestionKind::Text { path: MetadataPath::of(&self.path.read()) },
            Type::Categorical if self.expected.get() => {
                QuestionKind::Expected { options: options.iter().map(name).collect(), multiple: self.multiple.get() }
            }
            Type::Categorical => {
                let option =
                    |option: &OptionDraft| QuestionOption { name: name(option), value: option.percentage.with(|typed| share(typed)) };
                QuestionKind::Categorical { options: options.iter().map(option).collect() }
            }
        }
    }

    /// Takes the letters away, so that saving gives others.
    pub(super) fn forget_keys(self) {
        self.hotkey.set(None);
        self.options.update(|options| {
            for option in options {
                option.letter.set(None);
                option.is_new = true;
            }
        });
    }

    /// The letters of the options.
    pub(super) fn letters(self) -> Vec<Option<char>> {
        match self.kind.get() {
            Type::Categorical => self.options.read().iter().map(|option| option.letter.get()).collect(),
            Type::Continuous | Type::Text => Vec::new(),
        }
    }

    /// The kinds of object that it is asked about.
    pub(super) fn asked_about(self) -> Vec<ObjectKind> {
        let ticked = self.objects.read();
        let of_a_score = self.is_score();
        OBJECTS.into_iter().filter(|object| ticked.contains(object) && !(of_a_score && *object == ObjectKind::Dataset)).collect()
    }

    /// The definition as it would be saved.
    fn definition(self) -> Definition {
        let kind = self.question_kind();
        let possible = if kind.is_score() { &OBJECTS[..2] } else { &OBJECTS[..] };
        // All that is possible is said by naming none, so that it stays all.
        let objects = Some(self.asked_about()).filter(|asked| asked != possible).unwrap_or_default();
        let audience =
            if self.chosen.get() { Audience { people: self.people.get(), roles: self.roles.get() } } else { Audience::default() };
        Definition {
            kind,
            description: self.description.get(),
            required: self.required.get(),
            asks_sureness: self.asks_sureness.get(),
            higher_is_better: self.higher_is_better.get(),
            objects,
            audience,
            hotkey: self.hotkey.get(),
            condition: self.condition(),
            letters: self.letters(),
        }
    }

    /// About which rows it is asked.
    pub(super) fn condition(self) -> Condition {
        let [span, below, trace] = self.conditions.map(|typed| {
            let filter = typed.read().trim().to_owned();
            if filter.is_empty() { Vec::new() } else { vec![filter] }
        });
        Condition { span, below, trace }
    }

    /// Everything that is wrong with what is written.
    fn found(self) -> Vec<Problem> {
        let mut found = mistakes(&self.name.read(), &self.definition());
        let is_one_of_several = self.kind.get() == Type::Categorical && !(self.expected.get() && self.multiple.get());
        if is_one_of_several && self.options.read().len() == 1 {
            found.push(Problem::invalid("Options", "Add another option, so that there is something to choose."));
        }
        if self.asked_about().is_empty() {
            found.push(Problem::invalid("Asked about", "Tick at least one; else it is asked nowhere."));
        }
        if self.chosen.get() && self.people.read().is_empty() && self.roles.read().is_empty() {
            found.push(Problem::invalid("Asked of", "Tick at least one person or role, or choose everyone."));
        }
        found
    }

    /// Tries to save: the name and the definition if there is no mistake in them.
    pub(super) fn complete(self) -> Option<(String, Definition)> {
        self.tried.set(true);
        self.refused.set(None);
        untrack(|| self.found().is_empty().then(|| (self.name.get().trim().to_owned(), self.definition())))
    }

    /// The server refused.
    pub(super) fn refuse(self, error: AppError) {
        self.refused.set(Some(error));
    }

    /// Every mistake, once somebody has tried to save.
    pub(super) fn mistakes(self) -> Vec<Problem> {
        let mut found = if self.tried.get() { self.found() } else { Vec::new() };
        found.extend(self.refused.read().as_ref().and_then(AppError::problem).cloned());
        found
    }

    /// The server's refusal, where it is about none of the fields.
    pub(super) fn elsewhere(self) -> Option<AppError> {
        let options = self.options.read().len();
        self.refused.get().filter(|error| {
            FIELDS.iter().chain(&Condition::FIELDS).all(|field| error.about(field).is_none())
                && (1..=options)
                    .all(|number| ["Option", "Percentage", "Key"].iter().all(|field| error.about(&format!("{field} {number}")).is_none()))
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

/// Several filters that must all hold, as one.
fn one_filter(filters: &[String]) -> String {
    match filters {
        [] => String::new(),
        [one] => one.clone(),
        several => several.iter().map(|filter| format!("({filter})")).collect::<Vec<_>>().join(" and "),
    }
}

/// Ticks or unticks one of several.
pub(crate) fn tick<T: PartialEq + Clone + Send + Sync + 'static>(ticked: RwSignal<Vec<T>>, item: &T) {
    ticked.update(|ticked| {
        let before = ticked.len();
        ticked.retain(|other| other != item);
        if ticked.len() == before {
            ticked.push(item.clone());
        }
    });
}

/// The share that a typed percentage means; not a number if it means none.
fn share(typed: &str) -> f64 {
    let typed = typed.trim().trim_end_matches('%').trim_end().replace(',', ".");
    typed.parse::<f64>().map_or(f64::NAN, |percentage| percentage / 100.0)
}

#[cfg(test)]
mod tests {
    use super::{one_filter, share};

    #[test]
    fn several_filters_are_written_as_one() {
        assert_eq!(one_filter(&["a = 1".to_owned()]), "a = 1");
        assert_eq!(one_filter(&["a = 1 or b = 2".to_owned(), "c = 3".to_owned()]), "(a = 1 or b = 2) and (c = 3)");
    }

    #[test]
    fn percentages_as_people_type_them() {
        assert_eq!(share("40"), 0.4);
        assert_eq!(share(" 33,3 % "), 0.33299999999999996);
        assert_eq!(share("100%"), 1.0);
        assert!(share("").is_nan());
        assert!(share("much").is_nan());
    }
}
