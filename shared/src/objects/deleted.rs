//! Experiments and datasets that were deleted, and can be brought back for a while.

use super::ObjectKind;
use crate::{Micros, ObjectId};
use serde::{Deserialize, Serialize};

/// For so many days what was deleted can be brought back.
pub const DAYS_KEPT: i64 = 30;

/// An experiment or a dataset that was deleted, and can be brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedObject {
    /// Id.
    pub id: ObjectId,
    /// The name that it had.
    pub name: String,
    /// Its rows.
    pub rows: i64,
    /// When it was deleted.
    pub deleted: Micros,
    /// The name of who deleted it, where that is known.
    pub by: Option<String>,
    /// Until when it can be brought back.
    pub until: Micros,
    /// Whether another one has its name by now, so that it needs a new one.
    pub is_name_taken: bool,
}

/// Brings an experiment or a dataset back that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreObject {
    /// Experiment or dataset.
    pub kind: ObjectKind,
    /// Which.
    pub id: ObjectId,
    /// Another name than the one that it had.
    #[serde(default)]
    pub name: Option<String>,
}
