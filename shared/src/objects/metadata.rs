//! What an experiment or a dataset says about itself under `metadata`, as it is read and edited.

use super::ObjectKind;
use crate::ObjectId;
use crate::markup::Html;
use serde::{Deserialize, Serialize};

/// The metadata of an experiment or a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectMetadata {
    /// As JSON that a person edits; empty where there is none.
    pub text: String,
    /// As a tree, drawn by the server.
    pub html: Html,
    /// Keys of the object.
    pub keys: u32,
}

/// Puts other metadata in the place of what an experiment or a dataset has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditMetadata {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Which.
    pub id: ObjectId,
    /// The object as JSON; empty for none.
    pub text: String,
    /// The text as it stood when the edit began.
    pub before: String,
}
