//! Projects, and the objects in them that hold spans.

use crate::{Micros, ObjectId, ProjectId};
use serde::{Deserialize, Serialize};

/// A project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Id; its logs have the same.
    pub id: ProjectId,
    /// Unique in the organisation.
    pub name: String,
    /// Created at.
    pub created: Micros,
}

impl Project {
    /// The object that holds the project's logs.
    pub fn logs(&self) -> ObjectId {
        ObjectId(self.id.0.clone())
    }
}

/// A project in the list of projects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectSummary {
    /// Which.
    pub project: Project,
    /// Traces in its logs.
    pub traces: i64,
    /// When a trace last arrived or changed.
    pub last_activity: Option<Micros>,
}

/// Creates a project, or returns the one of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateProject {
    /// Its name.
    pub name: String,
}

/// Renames a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameProject {
    /// Which.
    pub project: ProjectId,
    /// The new name.
    pub name: String,
}

/// Deletes a project: it disappears from every list, its name becomes free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteProject {
    /// Which.
    pub project: ProjectId,
}

/// What kind of thing holds the spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// The logs of a project.
    ProjectLogs,
    /// An evaluation run.
    Experiment,
    /// Test cases.
    Dataset,
}

impl ObjectKind {
    /// The word on the wire: `project_logs`, `experiment` or `dataset`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProjectLogs => "project_logs",
            Self::Experiment => "experiment",
            Self::Dataset => "dataset",
        }
    }

    /// The kind of that word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ProjectLogs, Self::Experiment, Self::Dataset].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One row, wherever it is: what REST and links name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowAddress {
    /// What holds it.
    pub object_type: ObjectKind,
    /// Which one.
    pub object_id: ObjectId,
    /// The row's id in it.
    pub id: crate::RowId,
}
