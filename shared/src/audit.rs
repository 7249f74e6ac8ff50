//! Activity: everything that changed a span.

use crate::{Micros, people::Person};
use serde::{Deserialize, Serialize};

/// Through what a change came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A page.
    App,
    /// The API.
    Api,
    /// An end user, through the API.
    External,
}

impl Source {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Api => "api",
            Self::External => "external",
        }
    }

    /// The source of that word; anything unknown came through the API.
    pub fn parse(text: &str) -> Self {
        match text {
            "app" => Self::App,
            "external" => Self::External,
            _ => Self::Api,
        }
    }
}

/// One change of one span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Orders the activity of a project.
    pub id: i64,
    /// The member who did it.
    pub actor: Option<Person>,
    /// The end user or program, where no member did.
    pub external: Option<String>,
    /// Through what.
    pub source: Source,
    /// What was done: `answer`, `clear`, `comment`, `merge`, …
    pub action: String,
    /// What was changed: `scores.Preference`, `expected`, `tags`, …
    pub path: String,
    /// Before, as JSON text.
    pub from: Option<String>,
    /// After, as JSON text.
    pub to: Option<String>,
    /// When.
    pub created: Micros,
}
