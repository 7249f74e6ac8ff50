//! Tags of a project: name, colour, description, order.

use crate::{ProjectId, TagId, objects::RowAddress};
use serde::{Deserialize, Serialize};

/// Colours a tag can have; the names of the classes that draw them.
pub const COLORS: [&str; 6] = ["ochre", "teal", "blue", "rose", "green", "grey"];

/// A configured tag. Spans may carry others too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Id.
    pub id: TagId,
    /// Unique in the project.
    pub name: String,
    /// One of [`COLORS`].
    pub color: String,
    /// What it means.
    pub description: String,
}

/// Creates a tag, or with `tag` set changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveTag {
    /// Where.
    pub project: ProjectId,
    /// The one to change; none creates.
    pub tag: Option<TagId>,
    /// Name.
    pub name: String,
    /// One of [`COLORS`].
    pub color: String,
    /// What it means.
    pub description: String,
}

/// Takes a tag off the configuration. Spans keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteTag {
    /// Which.
    pub tag: TagId,
}

/// Puts tags on a span and takes others off. What is there already, or is not there, is left alone, so that two people
/// can do it at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTags {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// Names to put on.
    #[serde(default)]
    pub add: Vec<String>,
    /// Names to take off.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}
