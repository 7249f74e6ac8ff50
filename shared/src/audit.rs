//! Activity: everything that changed a span.

mod deed;

pub use deed::{Deed, Subject};

use crate::objects::{ObjectKind, RowAddress};
use crate::texts::DiffPart;
use crate::{Micros, ObjectId, RowId, people::Person};
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

/// One change of one span, or of an experiment or a dataset itself.
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
    /// What was done.
    pub action: Deed,
    /// What was changed.
    pub path: Subject,
    /// Before, as JSON text.
    pub from: Option<String>,
    /// After, as JSON text.
    pub to: Option<String>,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// When.
    pub created: Micros,
    /// What stands for it in the chain of the project, in hexadecimal; none for what is older than the chain.
    pub hash: Option<String>,
    /// On a page: what leads from one to the other, word by word; empty where `from` and `to` are short.
    pub diff: Vec<DiffPart>,
    /// On a page: whether `from` and `to` were left out because they are large; ask with [`ReadChange`].
    pub cut: bool,
    /// On a page: whether who reads it may take it back.
    pub revertible: bool,
}

/// Asks what a change of a span changed, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadChange {
    /// The span.
    pub row: RowAddress,
    /// The entry.
    pub id: i64,
}

/// Asks for what changed a span, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListActivity {
    /// The span.
    pub row: RowAddress,
    /// Continue after the entry of this id.
    pub before: Option<i64>,
    /// Entries wanted.
    pub limit: u32,
}

/// Asks for what was changed about an experiment or a dataset itself, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListObjectActivity {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Which.
    pub object: ObjectId,
    /// Continue after the entry of this id.
    pub before: Option<i64>,
    /// Entries wanted.
    pub limit: u32,
}

/// Asks for what changed the spans of a trace, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTraceActivity {
    /// What holds the trace.
    pub object: ObjectId,
    /// The trace.
    pub root_span_id: String,
    /// Continue after the entry of this id.
    pub before: Option<i64>,
    /// Entries wanted.
    pub limit: u32,
}

/// One change of a span of a trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanActivity {
    /// The row id of the span.
    pub row_id: RowId,
    /// Its span id.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// What changed it.
    pub change: Activity,
}

/// Takes one edit back: what it changed becomes what it was before. That is an edit, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revert {
    /// Which.
    pub edit: Edit,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// An edit, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Its entry in the activity.
    Entry(i64),
    /// The client id of the command of one's own that made it.
    Command(String),
}
