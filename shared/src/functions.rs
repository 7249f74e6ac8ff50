//! Prompts and functions. Touchstone does not run them; it keeps them for SDKs, which load them by their slugs.

use crate::{Micros, PersonId, ProjectId, TransactionId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Prompt or function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FunctionKind {
    /// A prompt.
    Prompt,
    /// A function: a tool, a scorer, parameters.
    Function,
}

impl FunctionKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Function => "function",
        }
    }

    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Prompt, Self::Function].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A prompt or a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectFunction {
    /// Id.
    pub id: String,
    /// Prompt or function.
    pub kind: FunctionKind,
    /// Where it belongs.
    pub project: ProjectId,
    /// What people call it.
    pub name: String,
    /// What programs load it by: unique among its kind in the project.
    pub slug: String,
    /// The transaction that wrote it last.
    pub transaction: TransactionId,
    /// Created at.
    pub created: Micros,
    /// Who made it.
    pub created_by: PersonId,
    /// Whatever else is said about it, under the keys of the wire protocol.
    pub details: Map<String, Value>,
}

/// Creates a prompt or a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaveFunction {
    /// Prompt or function.
    pub kind: FunctionKind,
    /// Where.
    pub project: ProjectId,
    /// What people call it.
    pub name: String,
    /// What programs load it by.
    pub slug: String,
    /// Whether one of that slug is replaced; otherwise it is left as it is.
    pub replace: bool,
    /// Whatever else is said about it.
    pub details: Map<String, Value>,
}

/// Changes a prompt or a function: what is named is merged into what is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeFunction {
    /// Prompt or function.
    pub kind: FunctionKind,
    /// Which.
    pub id: String,
    /// Its new name; none leaves it.
    pub name: Option<String>,
    /// Its new slug; none leaves it.
    pub slug: Option<String>,
    /// Whatever else is said about it.
    pub details: Map<String, Value>,
}
