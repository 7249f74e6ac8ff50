//! How rows are picked for review.

use super::check_text;
use crate::Problem;
use serde::{Deserialize, Serialize};

/// In what way a row was picked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionKind {
    /// Somebody flagged it.
    #[default]
    Manual,
    /// It matched a filter, and all that matched were taken.
    Filter,
    /// It was drawn from all that matched.
    Random,
    /// It was drawn from those of its stratum.
    Stratified,
    /// It was picked because judging it tells most.
    Active,
    /// A rule took it when it came.
    Rule,
}

impl SelectionKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Manual, Self::Filter, Self::Random, Self::Stratified, Self::Active, Self::Rule];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Filter => "filter",
            Self::Random => "random",
            Self::Stratified => "stratified",
            Self::Active => "active",
            Self::Rule => "rule",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// From which rows one was picked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionFrame {
    /// The filter that they matched.
    pub filter: String,
    /// The transaction as of which they were counted.
    pub as_of: i64,
    /// How many there were; 0 where more will come, as for a rule.
    pub rows: i64,
}

/// How a row was picked. The default says that somebody flagged it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// In what way.
    pub kind: SelectionKind,
    /// With which probability, more than 0 and up to 1; none where it is not known, as of what somebody flagged.
    #[serde(default)]
    pub probability: Option<f64>,
    /// What the draw was made from.
    #[serde(default)]
    pub seed: Option<i64>,
    /// The value by which it was put beside its like.
    #[serde(default)]
    pub stratum: Option<String>,
    /// The rule that took it.
    #[serde(default)]
    pub rule: Option<String>,
    /// From which rows.
    #[serde(default)]
    pub frame: Option<SelectionFrame>,
}

impl Selection {
    /// Checks that it says what can be.
    ///
    /// # Errors
    /// [`Problem::Invalid`] at `selection`.
    pub fn check(&self) -> Result<(), Problem> {
        let wrong = |reason: &str| Err(Problem::invalid("selection", reason));
        if self.probability.is_some_and(|probability| !(probability > 0.0 && probability <= 1.0)) {
            return wrong("A probability is more than 0 and at most 1; leave it out where it is not known.");
        }
        if self.kind == SelectionKind::Manual && self.probability.is_some() {
            return wrong("What somebody flagged has no probability. Say how it was drawn.");
        }
        if self.kind == SelectionKind::Rule && self.rule.is_none() {
            return wrong("Say which rule.");
        }
        let texts = [self.stratum.as_deref(), self.rule.as_deref(), self.frame.as_ref().map(|frame| frame.filter.as_str())];
        texts.into_iter().flatten().try_for_each(|text| check_text("selection", text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_belongs_to_a_draw() {
        let of = |kind, probability| Selection { kind, probability, ..Selection::default() }.check().is_ok();
        assert!(of(SelectionKind::Manual, None) && of(SelectionKind::Random, Some(0.5)) && of(SelectionKind::Random, None));
        assert!(!of(SelectionKind::Manual, Some(0.5)) && !of(SelectionKind::Random, Some(0.0)) && !of(SelectionKind::Random, Some(1.1)));
        assert!(!of(SelectionKind::Random, Some(f64::NAN)) && !of(SelectionKind::Rule, None));
        let read: Selection = serde_json::from_str(r#"{"kind":"rule","rule":"r","probability":0.1}"#).unwrap();
        assert_eq!((read.kind, read.frame), (SelectionKind::Rule, None));
    }
}
