//! Answers: what one reviewer said to one question on one span.

use crate::people::Person;
use crate::questions::{Question, QuestionKind};
use crate::summary::{Nano, SpanScore};
use crate::{Micros, Problem, QuestionId, comments, objects::RowAddress};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What was said. In JSON it is the bare number, text or list.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(untagged)]
pub enum AnswerValue {
    /// A slider's value, 0..1.
    Number(f64),
    /// An option's name, or free-form text.
    Text(String),
    /// The names of several options.
    List(Vec<String>),
}

// What serde derives for untagged enums keeps a copy of the value and tries each variant; here the first byte decides.
impl<'de> Deserialize<'de> for AnswerValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bare;

        impl<'de> Visitor<'de> for Bare {
            type Value = AnswerValue;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a number from 0 to 1, a text, or a list of options")
            }

            fn visit_f64<E>(self, number: f64) -> Result<AnswerValue, E> {
                Ok(AnswerValue::Number(number))
            }

            fn visit_i64<E>(self, number: i64) -> Result<AnswerValue, E> {
                Ok(AnswerValue::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<AnswerValue, E> {
                Ok(AnswerValue::Number(number as f64))
            }

            fn visit_str<E>(self, name: &str) -> Result<AnswerValue, E> {
                Ok(AnswerValue::Text(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<AnswerValue, A::Error> {
                let mut list = Vec::new();
                while let Some(name) = names.next_element()? {
                    list.push(name);
                }
                Ok(AnswerValue::List(list))
            }
        }

        deserializer.deserialize_any(Bare)
    }
}

/// Sets or clears the caller's answer to one question on one span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetAnswer {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// The question's id, or its name.
    pub question: String,
    /// What is said; none clears.
    pub value: Option<AnswerValue>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Why, for the activity.
    #[serde(default)]
    pub reason: Option<String>,
    /// Whether a value in `expected` that did not come from review may be kept beside the answer; see [`Problem::Confirm`].
    #[serde(default)]
    pub confirm: bool,
}

/// Sets or clears the gold value of a question on a span: what counts, whatever reviewers said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetGold {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// The question's id, or its name.
    pub question: String,
    /// What counts; none gives the answers back their say.
    pub value: Option<AnswerValue>,
    /// Why, for whoever reads it later.
    #[serde(default)]
    pub reason: String,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
    /// See [`SetAnswer::confirm`].
    #[serde(default)]
    pub confirm: bool,
}

/// An answer as everybody sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Who said it.
    pub reviewer: Person,
    /// To which question.
    pub question: QuestionId,
    /// The question's name.
    pub question_name: String,
    /// Under which version of the question.
    pub version: i32,
    /// What.
    pub value: AnswerValue,
    /// The number it stands for, 0..1; none for options of `expected` and for text.
    pub score: Option<f64>,
    /// When it was last set.
    pub updated: Micros,
    /// False once somebody has edited `expected` directly: it is remembered, and no longer counts.
    pub active: bool,
}

/// A gold value as everybody sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gold {
    /// Who settled it.
    pub settled_by: Person,
    /// Which question.
    pub question: QuestionId,
    /// The question's name.
    pub question_name: String,
    /// Under which version of the question.
    pub version: i32,
    /// What counts.
    pub value: AnswerValue,
    /// The number it stands for, 0..1.
    pub score: Option<f64>,
    /// Why.
    pub reason: String,
    /// When it was set.
    pub updated: Micros,
}

/// The row as it stands after an answer was set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerSet {
    /// The caller's answer; none after clearing.
    pub answer: Option<Answer>,
    /// Every score of the span now.
    pub scores: BTreeMap<String, SpanScore>,
}

/// A value as a question takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// In the form in which it is stored: the name of an option, or of several in their order.
    pub value: AnswerValue,
    /// The number it stands for; none for options of `expected` and for text.
    pub score: Option<Nano>,
}

/// Longest text of an answer, in bytes.
const LONGEST_TEXT: usize = 100_000;

/// Refuses a reason that is longer than a comment may be.
///
/// # Errors
/// [`Problem::Invalid`] on the field `reason`.
pub fn check_reason(reason: &str) -> Result<(), Problem> {
    if reason.len() > comments::LONGEST {
        return Err(Problem::invalid("reason", format!("Use at most {} bytes; this has {}.", comments::LONGEST, reason.len())));
    }
    Ok(())
}

/// Reads a value as the newest version of a question takes it. None means that it clears the answer: no option of several,
/// or a text without a word.
///
/// # Errors
/// [`Problem::Invalid`] on the field `value`, with what the question takes.
pub fn take(question: &Question, value: AnswerValue) -> Result<Option<Taken>, Problem> {
    match &question.definition.kind {
        QuestionKind::Continuous => take_number(question, &value).map(Some),
        QuestionKind::Categorical { options } => {
            let found = options.iter().find(|option| match &value {
                AnswerValue::Number(number) => Nano::checked(*number) == Some(Nano::from_score(option.value)),
                AnswerValue::Text(name) => *name == option.name,
                AnswerValue::List(_) => false,
            });
            let option = found.ok_or_else(|| no_option(question, &value))?;
            Ok(Some(Taken { value: AnswerValue::Text(option.name.clone()), score: Some(Nano::from_score(option.value)) }))
        }
        QuestionKind::Expected { options, multiple } => take_options(question, options, *multiple, value),
        QuestionKind::Text { .. } => match value {
            AnswerValue::Text(text) if text.trim().is_empty() => Ok(None),
            AnswerValue::Text(text) if text.len() > LONGEST_TEXT => {
                Err(Problem::invalid("value", format!("Use at most {LONGEST_TEXT} bytes; this has {}.", text.len())))
            }
            AnswerValue::Text(text) => Ok(Some(Taken { value: AnswerValue::Text(text), score: None })),
            _ => Err(Problem::invalid("value", format!("{} is answered with a text.", question.name))),
        },
    }
}

fn take_number(question: &Question, value: &AnswerValue) -> Result<Taken, Problem> {
    let AnswerValue::Number(number) = value else {
        return Err(Problem::invalid("value", format!("{} is a slider; send a number from 0 to 1.", question.name)));
    };
    let score = Nano::checked(*number).ok_or_else(|| Problem::invalid("value", format!("{number} is not a number from 0 to 1.")))?;
    Ok(Taken { value: value.clone(), score: Some(score) })
}

fn take_options(question: &Question, options: &[String], multiple: bool, value: AnswerValue) -> Result<Option<Taken>, Problem> {
    let chosen = match value {
        AnswerValue::Text(name) => vec![name],
        AnswerValue::List(names) if multiple => names,
        AnswerValue::List(_) => {
            return Err(Problem::invalid("value", format!("{} takes one option. {}", question.name, options_sentence(question))));
        }
        AnswerValue::Number(_) => return Err(no_option(question, &value)),
    };
    if let Some(unknown) = chosen.iter().find(|name| !options.contains(name)) {
        return Err(no_option(question, &AnswerValue::Text(unknown.clone())));
    }
    // The order of the question, each once: two people who chose the same have said the same.
    let mut ordered: Vec<_> = options.iter().filter(|option| chosen.contains(option)).cloned().collect();
    let value = match (multiple, ordered.len()) {
        (_, 0) => return Ok(None),
        (false, _) => AnswerValue::Text(ordered.swap_remove(0)),
        (true, _) => AnswerValue::List(ordered),
    };
    Ok(Some(Taken { value, score: None }))
}

fn no_option(question: &Question, value: &AnswerValue) -> Problem {
    let sentence = options_sentence(question);
    let name = &question.name;
    Problem::invalid(
        "value",
        match value {
            AnswerValue::Number(number) => format!("{number} is not the value of an option of {name}. {sentence}"),
            AnswerValue::Text(option) => format!("{option} is not an option of {name}. {sentence}"),
            AnswerValue::List(_) => format!("{name} takes one option. {sentence}"),
        },
    )
}

fn options_sentence(question: &Question) -> String {
    format!("The options are {}.", question.definition.kind.option_names().join(", "))
}
