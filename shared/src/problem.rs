//! The mistakes a user can see, in words, with what to do.

use crate::filter::Diagnostic;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// What went wrong, in a form that every way out (page, toast, field, REST, SDK) can show.
///
/// A database message is never part of one: such an error becomes [`Problem::Internal`] with the request id under
/// which it stands in the log.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nobody is signed in, or the key is wrong, expired or revoked.
    #[error("{reason}")]
    SignIn {
        /// Why, for example "This API key has expired."
        reason: String,
    },
    /// Signed in, but the role or the key's scopes do not allow it.
    #[error("You may not {what}. {remedy}")]
    Forbidden {
        /// The verb phrase, for example "change the questions of a project".
        what: String,
        /// A sentence that says who can give what is missing.
        remedy: String,
    },
    /// It belongs to somebody else, and no role changes that.
    #[error("{reason}")]
    NotYours {
        /// A sentence that says whose it is, and what can be done instead.
        reason: String,
    },
    /// It does not exist, or belongs to somebody who must not know.
    #[error("There is no {what} here. It may have been deleted, or the link is incomplete.")]
    NotFound {
        /// What was looked for, for example "project".
        what: String,
    },
    /// A field holds something that cannot be.
    #[error("{field}: {reason}")]
    Invalid {
        /// The name of the field, as its label on the page or its key in the body says.
        field: String,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// The filter cannot be read; every mistake at once, each with its place.
    #[error("The filter cannot be read: {}", mistakes.first().map_or("", |mistake| mistake.message.as_str()))]
    Filter {
        /// In the order of the text.
        mistakes: Vec<Diagnostic>,
    },
    /// Somebody else changed it first. `current` is what stands there now, as JSON text.
    #[error("Somebody else changed this meanwhile.")]
    Conflict {
        /// The value as it stands now, as JSON text.
        current: String,
    },
    /// Others have taken it, and there is no room for one more.
    #[error("{reason}")]
    Taken {
        /// A sentence that says by whom, and what can be done.
        reason: String,
    },
    /// What must be answered first was not.
    #[error("{reason}")]
    Unanswered {
        /// A sentence that names the questions.
        reason: String,
        /// Their names, as JSON text.
        questions: String,
    },
    /// It would change something that the person may not have thought of. `proposed` is what would stand there, as JSON text;
    /// the command with `confirm` does it.
    #[error("{what} Send it again with confirm: true to do that.")]
    Confirm {
        /// What would happen, as a sentence.
        what: String,
        /// The value as it would stand, as JSON text.
        proposed: String,
    },
    /// The id under which a command was sent belongs to another one, which was done.
    #[error(
        "The client id {id} belongs to another command, which was done. Nothing was changed now. Send this one under an id of its own."
    )]
    Reused {
        /// The id.
        id: String,
    },
    /// The body is larger than this installation takes.
    #[error("The request is larger than {limit} bytes. Send smaller batches, or raise the limit with --body-limit.")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Too many attempts, or too much work at once.
    #[error("Too many attempts. Try again in {retry_after} s.")]
    Busy {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// Something failed inside; the log tells more under this request id.
    #[error("Something failed inside Touchstone. Nothing was changed. The log has the details under request {request_id}.")]
    Internal {
        /// The id that the log line carries.
        request_id: String,
    },
}

impl Problem {
    /// Nobody is signed in.
    pub fn sign_in() -> Self {
        Self::SignIn { reason: "Sign in to continue.".to_owned() }
    }

    /// The role does not allow it. `what` is a verb phrase: "invite members".
    pub fn forbidden(what: impl Into<String>) -> Self {
        Self::Forbidden { what: what.into(), remedy: "Ask an owner of this installation for a role that allows it.".to_owned() }
    }

    /// `reason` is a sentence: "Only who wrote a comment can change it."
    pub fn not_yours(reason: impl Into<String>) -> Self {
        Self::NotYours { reason: reason.into() }
    }

    /// `what` is a noun: "project".
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// `reason` is a sentence: "This row has its 2 reviews."
    pub fn taken(reason: impl Into<String>) -> Self {
        Self::Taken { reason: reason.into() }
    }

    /// The questions that must be answered first, in their order.
    pub fn unanswered(questions: &[&str]) -> Self {
        let names = match questions {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        let listed: Vec<serde_json::Value> = questions.iter().map(|name| (*name).into()).collect();
        let questions = serde_json::Value::from(listed).to_string();
        Self::Unanswered { reason: format!("Answer {names} first."), questions }
    }

    /// A field and what is wrong with it.
    pub fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), reason: reason.into() }
    }

    /// Every mistake of a filter.
    pub fn filter(mistakes: Vec<Diagnostic>) -> Self {
        Self::Filter { mistakes }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignIn { .. } => 401,
            Self::Forbidden { .. } | Self::NotYours { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } | Self::Filter { .. } => 400,
            Self::Conflict { .. } | Self::Taken { .. } | Self::Confirm { .. } | Self::Reused { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::Unanswered { .. } => 422,
            Self::Busy { .. } => 429,
            Self::Internal { .. } => 500,
        }
    }
}

/// Reads every problem. A reader for each, and a reader for the fields of all, would each be the largest function of a page in the browser.
struct ProblemReader;

/// The fields of any problem.
#[derive(Default)]
struct Fields {
    texts: Vec<(String, String)>,
    mistakes: Vec<Diagnostic>,
    number: u64,
}

impl Fields {
    fn text(&mut self, name: &str) -> String {
        self.texts.iter_mut().find(|(known, _)| known == name).map(|(_, text)| std::mem::take(text)).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ProblemReader)
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsReader)
    }
}

struct FieldsReader;

impl<'de> Visitor<'de> for FieldsReader {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the fields of a problem")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "mistakes" => fields.mistakes = map.next_value()?,
                "limit" | "retry_after" => fields.number = map.next_value()?,
                _ => fields.texts.push((name, map.next_value()?)),
            }
        }
        Ok(fields)
    }
}

impl<'de> Visitor<'de> for ProblemReader {
    type Value = Problem;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a problem under its name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Problem, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(A::Error::custom("a problem without a name"));
        };
        let mut fields: Fields = map.next_value()?;
        let mut text = |name: &str| fields.text(name);
        Ok(match name.as_str() {
            "sign_in" => Problem::SignIn { reason: text("reason") },
            "forbidden" => Problem::Forbidden { what: text("what"), remedy: text("remedy") },
            "not_yours" => Problem::NotYours { reason: text("reason") },
            "not_found" => Problem::NotFound { what: text("what") },
            "invalid" => Problem::Invalid { field: text("field"), reason: text("reason") },
            "filter" => Problem::Filter { mistakes: fields.mistakes },
            "conflict" => Problem::Conflict { current: text("current") },
            "unanswered" => Problem::Unanswered { reason: text("reason"), questions: text("questions") },
            "taken" => Problem::Taken { reason: text("reason") },
            "confirm" => Problem::Confirm { what: text("what"), proposed: text("proposed") },
            "reused" => Problem::Reused { id: text("id") },
            "too_large" => Problem::TooLarge { limit: fields.number },
            "busy" => Problem::Busy { retry_after: u32::try_from(fields.number).unwrap_or(u32::MAX) },
            "internal" => Problem::Internal { request_id: text("request_id") },
            _ => return Err(A::Error::custom("a problem that is not known here")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_survives_the_way_to_the_browser() {
        let problems = [
            Problem::sign_in(),
            Problem::forbidden("read this"),
            Problem::not_yours("Only who wrote it."),
            Problem::not_found("span"),
            Problem::invalid("Name", "Give it a name."),
            Problem::filter(vec![Diagnostic::new(1..2, "Unknown column.", "here")]),
            Problem::Conflict { current: "1".to_owned() },
            Problem::taken("It has its 2 reviews."),
            Problem::unanswered(&["Tone", "Kind"]),
            Problem::Confirm { what: "It would.".to_owned(), proposed: "1".to_owned() },
            Problem::Reused { id: "c".to_owned() },
            Problem::TooLarge { limit: 1 },
            Problem::Busy { retry_after: 2 },
            Problem::Internal { request_id: "r".to_owned() },
        ];
        for problem in problems {
            let text = serde_json::to_string(&problem).unwrap();
            assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem, "{text}");
        }
    }
}
