//! What can be set for a project.

use crate::{ObjectId, Problem, ProjectId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is set for a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whether a reviewer sees what others say, and what scorers say under the same name, only after answering.
    pub blind_reviews: bool,
    /// Whether a review is complete only when every question is answered, also those that are not required.
    pub require_all_human_review_scores: bool,
    /// How many people review an item, 1 to 20.
    pub reviewers_per_item: u32,
    /// How long an item that somebody has taken stays theirs without a sign of life, in minutes, 1 to 1440.
    pub claim_minutes: u32,
    /// What experiments are joined on, where it is not the whole input.
    pub comparison_key: Option<String>,
    /// What experiments are compared with when nothing else is said.
    pub baseline_experiment_id: Option<ObjectId>,
    /// Whether whoever opens the project for the first time is shown around.
    pub tour: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            blind_reviews: false,
            require_all_human_review_scores: false,
            reviewers_per_item: 1,
            claim_minutes: 5,
            comparison_key: None,
            baseline_experiment_id: None,
            tour: false,
        }
    }
}

/// Changes what is set for a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSettings {
    /// Which.
    pub project: ProjectId,
    /// The new values under their names; what is not named stays, null gives back what a new project has.
    pub changes: Map<String, Value>,
}

/// Reviewers of an item at most.
const MOST_REVIEWERS: u64 = 20;

/// Minutes of a claim at most: a day.
const LONGEST_CLAIM: u64 = 1440;

/// Characters of a comparison key at most.
const LONGEST_KEY: usize = 1000;

impl Settings {
    /// Changes what is named.
    ///
    /// # Errors
    /// [`Problem::Invalid`] at `settings.…`, for a name that is none and for a value that cannot be. Nothing is changed then.
    pub fn change(&mut self, changes: &Map<String, Value>) -> Result<(), Problem> {
        let mut changed = self.clone();
        let new = Self::default();
        for (name, value) in changes {
            match name.as_str() {
                "blind_reviews" => changed.blind_reviews = flag(name, value)?.unwrap_or(new.blind_reviews),
                "require_all_human_review_scores" => {
                    changed.require_all_human_review_scores = flag(name, value)?.unwrap_or(new.require_all_human_review_scores);
                }
                "reviewers_per_item" => changed.reviewers_per_item = number(name, value, MOST_REVIEWERS)?.unwrap_or(new.reviewers_per_item),
                "claim_minutes" => changed.claim_minutes = number(name, value, LONGEST_CLAIM)?.unwrap_or(new.claim_minutes),
                "comparison_key" => changed.comparison_key = text(name, value)?,
                "tour" => changed.tour = flag(name, value)?.unwrap_or(new.tour),
                "baseline_experiment_id" => changed.baseline_experiment_id = text(name, value)?.map(ObjectId),
                _ => {
                    let known = "blind_reviews, require_all_human_review_scores, reviewers_per_item, claim_minutes, comparison_key, \
                                 baseline_experiment_id and tour";
                    return Err(wrong(name, format!("There is no such setting. The settings are {known}.")));
                }
            }
        }
        *self = changed;
        Ok(())
    }
}

fn wrong(name: &str, reason: impl Into<String>) -> Problem {
    Problem::invalid(format!("settings.{name}"), reason)
}

fn flag(name: &str, value: &Value) -> Result<Option<bool>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        _ => Err(wrong(name, "Use true or false.")),
    }
}

fn number(name: &str, value: &Value, most: u64) -> Result<Option<u32>, Problem> {
    if value.is_null() {
        return Ok(None);
    }
    let number = value.as_u64().filter(|number| (1..=most).contains(number)).and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| wrong(name, format!("Use a whole number from 1 to {most}.")))
}

fn text(name: &str, value: &Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.trim().is_empty() => Ok(None),
        Value::String(text) if text.chars().count() <= LONGEST_KEY && !text.chars().any(char::is_control) => {
            Ok(Some(text.trim().to_owned()))
        }
        _ => Err(wrong(name, format!("Use a text of at most {LONGEST_KEY} characters, without line breaks."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use serde_json::json;

    fn check(changes: Value, expected: Expect) {
        let mut settings = Settings { claim_minutes: 7, comparison_key: Some("input.id".to_owned()), ..Settings::default() };
        let before = settings.clone();
        let outcome = match settings.change(changes.as_object().unwrap()) {
            Ok(()) => serde_json::to_string(&settings).unwrap(),
            Err(problem) => {
                assert_eq!(settings, before, "nothing is changed by {changes}");
                problem.to_string()
            }
        };
        expected.assert_eq(&outcome);
    }

    #[test]
    fn what_is_named_changes_and_the_rest_stays() {
        check(
            json!({}),
            expect![[
                r#"{"blind_reviews":false,"require_all_human_review_scores":false,"reviewers_per_item":1,"claim_minutes":7,"comparison_key":"input.id","baseline_experiment_id":null,"tour":false}"#
            ]],
        );
        check(
            json!({ "blind_reviews": true, "reviewers_per_item": 3, "claim_minutes": null, "comparison_key": " ", "baseline_experiment_id": "e" }),
            expect![[
                r#"{"blind_reviews":true,"require_all_human_review_scores":false,"reviewers_per_item":3,"claim_minutes":5,"comparison_key":null,"baseline_experiment_id":"e","tour":false}"#
            ]],
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        check(
            json!({ "blind_reviews": true, "blind": true }),
            expect![
                "settings.blind: There is no such setting. The settings are blind_reviews, require_all_human_review_scores, reviewers_per_item, claim_minutes, comparison_key, baseline_experiment_id and tour."
            ],
        );
        check(json!({ "blind_reviews": "yes" }), expect!["settings.blind_reviews: Use true or false."]);
        check(json!({ "reviewers_per_item": 0 }), expect!["settings.reviewers_per_item: Use a whole number from 1 to 20."]);
        check(json!({ "reviewers_per_item": 1.5 }), expect!["settings.reviewers_per_item: Use a whole number from 1 to 20."]);
        check(json!({ "claim_minutes": 1441 }), expect!["settings.claim_minutes: Use a whole number from 1 to 1440."]);
        check(
            json!({ "comparison_key": 1 }),
            expect!["settings.comparison_key: Use a text of at most 1000 characters, without line breaks."],
        );
    }

    #[test]
    fn what_a_project_of_an_older_version_has_set_is_read() {
        assert_eq!(serde_json::from_str::<Settings>("{}").unwrap(), Settings::default());
    }
}
