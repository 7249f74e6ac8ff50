//! Rows of a dataset as people write them by hand.

use crate::objects::{FieldName, RowAddress};
use crate::{ObjectId, RowId};
use serde::{Deserialize, Serialize};

/// Fields that are edited by hand in their own way: what is said about them is not laid on them.
pub const EDITED: [FieldName; 2] = [FieldName::Input, FieldName::Metadata];

/// Adds a row. Each field is JSON, or a text that is taken as it is; empty for none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddCase {
    /// To which dataset.
    pub dataset: ObjectId,
    /// Its own id; empty for one that is made.
    pub id: String,
    /// What goes in.
    pub input: String,
    /// What should come out.
    pub expected: String,
    /// What else is known of it: an object.
    pub metadata: String,
    /// Its tags: words with commas between them, or a list of texts.
    pub tags: String,
}

/// A row that was added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedCase {
    /// The dataset.
    pub dataset: ObjectId,
    /// Its id.
    pub id: RowId,
    /// The transaction that added it: whoever changed it since keeps it from being taken back. As text, which browsers read as it is.
    pub transaction: String,
}

/// Writes another input, or other metadata, into a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeCase {
    /// The row.
    pub row: RowAddress,
    /// One of [`EDITED`].
    pub field: FieldName,
    /// JSON, or a text that is taken as it is; empty for none.
    pub text: String,
    /// What stood there when the edit began, as JSON text.
    pub before: Option<String>,
}
