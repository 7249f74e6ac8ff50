//! Feedback of end users through a link: a program makes one for a span, a web page hands it to whoever visits it, and their browser says
//! with it what they think, and nothing else.

use crate::Problem;
use crate::objects::RowAddress;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A link lasts a day unless somebody says otherwise.
pub const DAY_SECONDS: u32 = 24 * 60 * 60;

/// It never lasts longer than thirty days, and never shorter than a minute.
pub const LONGEST_SECONDS: u32 = 30 * DAY_SECONDS;
const SHORTEST_SECONDS: u32 = 60;

/// Scores that one link may give, and how long a name or a visitor's id may be, in bytes.
const MOST_SCORES: usize = 20;
const LONGEST_NAME: usize = 200;

/// Asks for a link with which a visitor of a web page says what they think of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateFeedbackLink {
    /// The span.
    pub row: RowAddress,
    /// Names of the scores that may be given.
    pub scores: Vec<String>,
    /// Whether a comment may be said.
    pub comment: bool,
    /// Whether it may be said what was expected.
    pub expected: bool,
    /// Who visits; somebody of whom nothing else is known where it is not told.
    pub user: Option<String>,
    /// How long it lasts.
    pub seconds: u32,
}

impl CreateFeedbackLink {
    /// Refuses what no link can be made of.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn check(&self) -> Result<(), Problem> {
        if self.scores.is_empty() && !self.comment && !self.expected {
            return Err(Problem::invalid("scores", "Name at least one score, or let visitors say a comment or what they expected."));
        }
        if self.scores.len() > MOST_SCORES {
            return Err(Problem::invalid("scores", format!("Name at most {MOST_SCORES} scores.")));
        }
        if self.scores.iter().any(|name| name.trim().is_empty() || name.len() > LONGEST_NAME) {
            return Err(Problem::invalid("scores", format!("A score has a name of at most {LONGEST_NAME} bytes.")));
        }
        if self.user.as_ref().is_some_and(|user| user.is_empty() || user.len() > LONGEST_NAME) {
            return Err(Problem::invalid("user", format!("Tell an id of 1 to {LONGEST_NAME} bytes, or none.")));
        }
        if !(SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&self.seconds) {
            let reason = format!("A link lasts {SHORTEST_SECONDS} to {LONGEST_SECONDS} seconds, which is thirty days.");
            return Err(Problem::invalid("expires_in", reason));
        }
        Ok(())
    }
}

/// A link for feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackLink {
    /// What stands in its address.
    pub token: String,
    /// When it ends, in microseconds.
    pub expires: i64,
}

/// What a visitor says.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitorFeedback {
    /// Scores from 0 to 1 by name; null takes one back.
    #[serde(default)]
    pub scores: BTreeMap<String, Option<f64>>,
    /// A comment, as text.
    #[serde(default)]
    pub comment: Option<Box<RawValue>>,
    /// What was expected.
    #[serde(default)]
    pub expected: Option<Box<RawValue>>,
}
