//! Answers: what one reviewer said to one question on one span.

use crate::people::Person;
use crate::questions::Question;
use crate::summary::{Nano, SpanScore};
use crate::{Micros, Problem, QuestionId, objects::RowAddress};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What was said. In JSON it is the bare number or name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AnswerValue {
    /// A slider's value, 0..1.
    Number(f64),
    /// An option's name.
    Option(String),
}

// What serde derives for untagged enums keeps a copy of the value and tries each variant; here the first byte decides.
impl<'de> Deserialize<'de> for AnswerValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bare;

        impl Visitor<'_> for Bare {
            type Value = AnswerValue;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a number from 0 to 1 or the name of an option")
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
                Ok(AnswerValue::Option(name.to_owned()))
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
    /// The number it stands for, 0..1.
    pub score: f64,
    /// When it was last set.
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

/// The number that a value stands for under the newest version of a question, or what is wrong with it.
///
/// # Errors
/// [`Problem::Invalid`] on the field `value`.
pub fn score_of(question: &Question, value: &AnswerValue) -> Result<Nano, Problem> {
    let options = question.definition.kind.options();
    match value {
        AnswerValue::Number(number) if options.is_empty() => {
            Nano::checked(*number).ok_or_else(|| Problem::invalid("value", format!("{number} is not a number from 0 to 1.")))
        }
        AnswerValue::Number(number) => {
            let wanted = Nano::checked(*number);
            options.iter().map(|option| Nano::from_score(option.value)).find(|value| Some(*value) == wanted).ok_or_else(|| {
                Problem::invalid(
                    "value",
                    format!("{number} is not the value of an option of {}. {}", question.name, options_sentence(question)),
                )
            })
        }
        AnswerValue::Option(_) if options.is_empty() => {
            Err(Problem::invalid("value", format!("{} is a slider; send a number from 0 to 1.", question.name)))
        }
        AnswerValue::Option(name) => {
            options.iter().find(|option| option.name == *name).map(|option| Nano::from_score(option.value)).ok_or_else(|| {
                Problem::invalid("value", format!("{name} is not an option of {}. {}", question.name, options_sentence(question)))
            })
        }
    }
}

/// The value in the form in which it is stored: the option's name for a categorical question.
pub fn normalized(question: &Question, value: AnswerValue) -> AnswerValue {
    match value {
        AnswerValue::Number(number) => {
            let wanted = Nano::from_score(number);
            let option = question.definition.kind.options().iter().find(|option| Nano::from_score(option.value) == wanted);
            option.map_or(AnswerValue::Number(number), |option| AnswerValue::Option(option.name.clone()))
        }
        option => option,
    }
}

fn options_sentence(question: &Question) -> String {
    let names: Vec<_> = question.definition.kind.options().iter().map(|option| option.name.as_str()).collect();
    format!("The options are {}.", names.join(", "))
}
