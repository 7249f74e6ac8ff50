//! Questions: the configured human review scores of a project.

use crate::{Micros, Problem, ProjectId, QuestionId, summary::Nano};
use serde::{Deserialize, Serialize};

/// An option of a categorical question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionOption {
    /// What reviewers read.
    pub name: String,
    /// What is stored in `scores`, 0..1; unique among the options.
    pub value: f64,
}

/// What is asked, and where the answer goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// A slider, 0 % to 100 %.
    Continuous,
    /// One of several options in order, each with its own value.
    Categorical {
        /// The options, in the order in which reviewers see them.
        options: Vec<QuestionOption>,
    },
}

impl QuestionKind {
    /// The word of the *Type* field.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Continuous => "Continuous",
            Self::Categorical { .. } => "Categorical",
        }
    }

    /// The options, none for a slider.
    pub fn options(&self) -> &[QuestionOption] {
        match self {
            Self::Continuous => &[],
            Self::Categorical { options } => options,
        }
    }
}

/// One version of a question's wording. Editing makes a new one; answers keep the one they were given under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// What is asked, and where the answer goes.
    pub kind: QuestionKind,
    /// Instructions for reviewers, Markdown.
    #[serde(default)]
    pub description: String,
    /// Whether an item is complete without it.
    #[serde(default)]
    pub required: bool,
    /// Whether more is better.
    #[serde(default = "higher_is_better")]
    pub higher_is_better: bool,
}

fn higher_is_better() -> bool {
    true
}

/// A question as reviewers and *Configuration* see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Id.
    pub id: QuestionId,
    /// Its project.
    pub project: ProjectId,
    /// Unique in the project; the key in `scores`.
    pub name: String,
    /// The newest version's number, from 1.
    pub version: i32,
    /// The newest version.
    pub definition: Definition,
    /// Place in the form, ascending.
    pub position: i32,
    /// Archived questions are in no form; what they stored stays.
    pub archived: bool,
    /// Created at.
    pub created: Micros,
    /// How many answers stand under which version: (version, answers).
    pub answers: Vec<(i32, i64)>,
}

impl Question {
    /// All answers, whatever their version.
    pub fn answer_count(&self) -> i64 {
        self.answers.iter().map(|(_, count)| count).sum()
    }
}

/// Creates a question, or with `question` set makes a new version of one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaveQuestion {
    /// Where.
    pub project: ProjectId,
    /// The one to edit; none creates.
    pub question: Option<QuestionId>,
    /// Its name.
    pub name: String,
    /// Its wording.
    pub definition: Definition,
}

/// Takes a question out of the forms, or puts it back. Stored answers and scores are not touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchiveQuestion {
    /// Which.
    pub question: QuestionId,
    /// True archives, false brings back.
    pub archived: bool,
}

/// Puts the questions of a project into this order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderQuestions {
    /// Where.
    pub project: ProjectId,
    /// All of its questions that are not archived, in the new order.
    pub questions: Vec<QuestionId>,
}

/// Every mistake in a name and a definition, each with the label of its field, so that the dialog can show all at once.
pub fn mistakes(name: &str, definition: &Definition) -> Vec<Problem> {
    let mut found = Vec::new();
    if name.trim().is_empty() {
        found.push(Problem::invalid("Name", "Give the score a name; it becomes the key in scores."));
    } else if name.chars().count() > 200 {
        found.push(Problem::invalid("Name", "Use at most 200 characters."));
    }
    if definition.description.len() > 20_000 {
        found.push(Problem::invalid("Description", "Use at most 20,000 characters."));
    }
    if let QuestionKind::Categorical { options } = &definition.kind {
        if options.is_empty() {
            found.push(Problem::invalid("Options", "Add at least one option to choose from."));
        }
        for (index, option) in options.iter().enumerate() {
            let number = index + 1;
            if option.name.trim().is_empty() {
                found.push(Problem::invalid(format!("Option {number}"), "Give the option a name."));
            } else if options[..index].iter().any(|other| other.name.trim() == option.name.trim()) {
                found.push(Problem::invalid(
                    format!("Option {number}"),
                    format!("There is already an option named {}.", option.name.trim()),
                ));
            }
            if !(0.0..=1.0).contains(&option.value) {
                found.push(Problem::invalid(format!("Percentage {number}"), "Use a percentage from 0 to 100."));
            } else if let Some(other) =
                options[..index].iter().position(|other| Nano::from_score(other.value) == Nano::from_score(option.value))
            {
                found.push(Problem::invalid(
                    format!("Percentage {number}"),
                    format!("Option {} already has this percentage; each may be used once.", other + 1),
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(name: &str, options: Option<&[(&str, f64)]>, expected: Expect) {
        let kind = options.map_or(QuestionKind::Continuous, |options| QuestionKind::Categorical {
            options: options.iter().map(|(name, value)| QuestionOption { name: (*name).to_owned(), value: *value }).collect(),
        });
        let definition = Definition { kind, description: String::new(), required: false, higher_is_better: true };
        let lines: Vec<_> = mistakes(name, &definition).iter().map(ToString::to_string).collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn every_mistake_stands_at_its_field() {
        check("Preference", None, expect![""]);
        check(" ", None, expect!["Name: Give the score a name; it becomes the key in scores."]);
        check("Resolution", Some(&[]), expect!["Options: Add at least one option to choose from."]);
        check("Resolution", Some(&[("yes", 1.0), ("no", 0.0)]), expect![""]);
        check(
            "Resolution",
            Some(&[("yes", 1.0), ("yes", 1.0), ("", 1.5)]),
            expect![[r#"
                Option 2: There is already an option named yes.
                Percentage 2: Option 1 already has this percentage; each may be used once.
                Option 3: Give the option a name.
                Percentage 3: Use a percentage from 0 to 100."#]],
        );
        check("R", Some(&[("a", f64::NAN)]), expect!["Percentage 1: Use a percentage from 0 to 100."]);
    }
}
