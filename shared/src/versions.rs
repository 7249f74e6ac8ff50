//! Named versions of a dataset: how it stood at a moment, under a name.

use crate::{Micros, ObjectId, RowId, TransactionId, VersionId};
use serde::{Deserialize, Serialize};

/// Versions of a dataset at most.
pub const MOST_VERSIONS: i64 = 500;

/// Characters of a note at most.
pub const LONGEST_NOTE: usize = 2_000;

/// Rows of a difference that are told one by one.
pub const MOST_DIFFERENT: usize = 100;

/// A version of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetVersion {
    /// Id.
    pub id: VersionId,
    /// Of which dataset.
    pub dataset: ObjectId,
    /// Unique among the versions of the dataset.
    pub name: String,
    /// What should be known about it; may be empty.
    pub note: String,
    /// The last transaction that is in it: what SDKs take as `version`.
    pub transaction: TransactionId,
    /// Its rows.
    pub rows: i64,
    /// Saved at.
    pub created: Micros,
    /// By whom, by name.
    pub by: String,
}

/// Gives the dataset as it stands a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveVersion {
    /// Which dataset.
    pub dataset: ObjectId,
    /// The name.
    pub name: String,
    /// What should be known about it.
    #[serde(default)]
    pub note: String,
}

/// Names a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameVersion {
    /// Which.
    pub version: VersionId,
}

/// Asks what is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareVersions {
    /// The version that is begun from.
    pub from: VersionId,
    /// Another one of the same dataset; none means the dataset as it stands.
    pub to: Option<VersionId>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowDifference {
    /// It was not there.
    Added,
    /// It is not there.
    Removed,
    /// It says something else.
    Changed,
}

/// A row that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferentRow {
    /// Its id.
    pub id: RowId,
    /// What became of it.
    pub difference: RowDifference,
    /// The fields that say something else, or what it says: each its name, how it was and how it is, cut where they are long.
    pub fields: Vec<DifferentField>,
}

/// A field that is different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferentField {
    /// `input`, `expected`, `metadata` or `tags`.
    pub name: String,
    /// How it was; empty where it was not there.
    pub from: String,
    /// How it is.
    pub to: String,
}

/// What is different between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDifference {
    /// Rows that only the second has.
    pub added: u64,
    /// Rows that only the first has.
    pub removed: u64,
    /// Rows that say something else.
    pub changed: u64,
    /// The first of them, by their ids.
    pub rows: Vec<DifferentRow>,
}

/// What restoring a version did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoredVersion {
    /// How the dataset stood before, as a version of its own: restoring that one takes it back.
    pub before: DatasetVersion,
    /// Rows that are there again.
    pub added: u64,
    /// Rows that were taken out.
    pub removed: u64,
    /// Rows that say again what they said.
    pub changed: u64,
}
