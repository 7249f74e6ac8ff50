//! Answers: what one reviewer said to one question on one span.

pub mod evidence;

pub use evidence::Evidence;

use crate::figures::too_long;
use crate::filter::folded;
use crate::people::Person;
use crate::questions::{Question, QuestionKind};
use crate::summary::Nano;
use crate::{Micros, Problem, QuestionId, comments, objects::RowAddress};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeSet;

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
    /// How it was given.
    #[serde(flatten)]
    pub circumstances: Circumstances,
}

/// How an answer was given, as far as whoever sends it says so. Without these no rate is ever shown. What is left out stays as it was while
/// the value stays, and is unknown of another value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Circumstances {
    /// For how many seconds the item was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// What else could be seen that says something about the answer; an empty list where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<BTreeSet<SeenBeside>>,
    /// How sure whoever answered is, 0..1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sureness: Option<f64>,
    /// What in the row led to the answer; an empty list takes away what was said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<Evidence>>,
}

/// Something beside the row that says how it was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenBeside {
    /// What scorers reported.
    Reported,
    /// What end users said.
    Feedback,
    /// Other reviewers' answers.
    Answers,
    /// The gold value.
    Gold,
    /// Comments of others.
    Comments,
    /// What is expected.
    Expected,
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
    /// How it was given.
    #[serde(flatten)]
    pub circumstances: Circumstances,
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
        return Err(Problem::invalid("reason", too_long(comments::LONGEST, reason.len())));
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
                AnswerValue::Text(name) => is_same(name, &option.name),
                AnswerValue::List(_) => false,
            });
            let option = found.ok_or_else(|| no_option(question, &value))?;
            Ok(Some(Taken { value: AnswerValue::Text(option.name.clone()), score: Some(Nano::from_score(option.value)) }))
        }
        QuestionKind::Expected { options, multiple } => take_options(question, options, *multiple, value),
        QuestionKind::Text { .. } => match value {
            AnswerValue::Text(text) if text.trim().is_empty() => Ok(None),
            AnswerValue::Text(text) if text.len() > LONGEST_TEXT => Err(Problem::invalid("value", too_long(LONGEST_TEXT, text.len()))),
            AnswerValue::Text(text) => Ok(Some(Taken { value: AnswerValue::Text(text), score: None })),
            _ => Err(Problem::invalid("value", format!("{} is answered with a text.", question.name))),
        },
    }
}

/// Whether two names of options look the same. No two of a question do.
fn is_same(one: &str, other: &str) -> bool {
    one == other || folded(one) == folded(other)
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
    if let Some(unknown) = chosen.iter().find(|name| !options.iter().any(|option| is_same(name, option))) {
        return Err(no_option(question, &AnswerValue::Text(unknown.clone())));
    }
    // The order of the question, each once: two people who chose the same have said the same.
    let mut ordered: Vec<_> = options.iter().filter(|option| chosen.iter().any(|name| is_same(name, option))).cloned().collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::{Definition, MetadataPath, QuestionOption};
    use expect_test::{Expect, expect};

    fn asked(kind: QuestionKind) -> Question {
        Question {
            id: "q".into(),
            project: "p".into(),
            name: "Q".to_owned(),
            version: 1,
            definition: Definition { kind, ..Definition::default() },
            description_html: crate::markup::Html::default(),
            position: 0,
            archived: false,
            created: 0,
            answers: Vec::new(),
        }
    }

    fn options(multiple: bool) -> Question {
        asked(QuestionKind::Expected { options: ["a", "b", "c"].map(str::to_owned).to_vec(), multiple })
    }

    /// A value as JSON, and what the question makes of it: the stored value with its number, nothing, or what is wrong.
    fn check(question: &Question, json: &str, expected: Expect) {
        let told = match take(question, serde_json::from_str(json).unwrap()) {
            Ok(None) => "clears".to_owned(),
            Ok(Some(Taken { value, score })) => {
                let score = score.map(|score| format!(" = {}", score.score())).unwrap_or_default();
                serde_json::to_string(&value).unwrap() + &score
            }
            Err(problem) => problem.to_string(),
        };
        expected.assert_eq(&told);
    }

    #[test]
    fn numbers() {
        let slider = asked(QuestionKind::Continuous);
        check(&slider, "0.25", expect!["0.25 = 0.25"]);
        check(&slider, "0", expect!["0.0 = 0"]);
        check(&slider, "1.01", expect!["value: 1.01 is not a number from 0 to 1."]);
        check(&slider, "-0.1", expect!["value: -0.1 is not a number from 0 to 1."]);
        check(&slider, r#""0.5""#, expect!["value: Q is a slider; send a number from 0 to 1."]);
        check(&slider, "[]", expect!["value: Q is a slider; send a number from 0 to 1."]);
    }

    #[test]
    fn options_with_percentages() {
        let option = |name: &str, value| QuestionOption { name: name.to_owned(), value };
        let question = asked(QuestionKind::Categorical { options: vec![option("bad", 0.0), option("good", 0.75)] });
        check(&question, r#""good""#, expect![[r#""good" = 0.75"#]]);
        check(&question, "0.75", expect![[r#""good" = 0.75"#]]);
        check(&question, "0.7", expect!["value: 0.7 is not the value of an option of Q. The options are bad, good."]);
        check(&question, r#""great""#, expect!["value: great is not an option of Q. The options are bad, good."]);
        check(&question, r#"["good"]"#, expect!["value: Q takes one option. The options are bad, good."]);
    }

    #[test]
    fn options_for_expected() {
        check(&options(false), r#""b""#, expect![[r#""b""#]]);
        check(&options(false), r#"["b"]"#, expect!["value: Q takes one option. The options are a, b, c."]);
        check(&options(false), "1", expect!["value: 1 is not the value of an option of Q. The options are a, b, c."]);
        // Several stand in the order of the question, each once.
        check(&options(true), r#"["c","a","c"]"#, expect![[r#"["a","c"]"#]]);
        check(&options(true), r#""b""#, expect![[r#"["b"]"#]]);
        check(&options(true), r#"["a","d"]"#, expect!["value: d is not an option of Q. The options are a, b, c."]);
        // Of several none is no answer.
        check(&options(true), "[]", expect!["clears"]);
    }

    #[test]
    fn texts() {
        let question = asked(QuestionKind::Text { path: MetadataPath::of("reason") });
        check(&question, r#"" late ""#, expect![[r#"" late ""#]]);
        check(&question, r#"" \n""#, expect!["clears"]);
        check(&question, "1", expect!["value: Q is answered with a text."]);
        let long = serde_json::to_string(&"x".repeat(LONGEST_TEXT + 1)).unwrap();
        check(&question, &long, expect!["value: Use at most 100,000 bytes; this has 100,001."]);
    }

    /// What two people say one after the other, and what `expected` becomes by it each time.
    #[test]
    fn what_is_cleared_gives_back_what_was_there() {
        let (one, several) = (options(false), options(true));
        let mut said: [Option<AnswerValue>; 2] = [None, None];
        let mut told = String::new();
        let base = serde_json::value::RawValue::from_string(r#"{"kept":1}"#.to_owned()).unwrap();
        for (place, json) in [(0, r#""a""#), (1, r#"["b","c"]"#), (0, "null"), (1, "[]")] {
            let value: Option<AnswerValue> = serde_json::from_str(json).unwrap();
            let question = [&one, &several][place];
            said[place] = value.and_then(|value| take(question, value).unwrap()).map(|taken| taken.value);
            let counting = ["Intent", "Topics"].into_iter().zip(&said).filter_map(|(name, said)| Some((name, said.as_ref()?)));
            let counting: Vec<_> = counting.collect();
            let shown = [None, Some(base.as_ref())].map(|base| {
                crate::expected::project(base, &counting).unwrap().map_or("nothing".to_owned(), |value| value.get().to_owned())
            });
            told += &format!("{json}: {}\n", shown.join("   "));
        }
        expect![[r#"
            "a": "a"   {"kept":1,"Intent":"a"}
            ["b","c"]: {"Intent":"a","Topics":["b","c"]}   {"kept":1,"Intent":"a","Topics":["b","c"]}
            null: ["b","c"]   {"kept":1,"Topics":["b","c"]}
            []: nothing   {"kept":1}
        "#]]
        .assert_eq(&told);
    }
}
