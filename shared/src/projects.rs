//! Projects.

mod settings;

pub use settings::{ChangeSettings, Settings};

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
    /// What is set for it.
    pub settings: Settings,
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

/// Deletes a project: it disappears from every list, its name becomes free. For [`DAYS_KEPT`](crate::objects::DAYS_KEPT) days it can be
/// brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteProject {
    /// Which.
    pub project: ProjectId,
}

/// A project that was deleted and can be brought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedProject {
    /// Which.
    pub id: ProjectId,
    /// As it was called.
    pub name: String,
    /// Traces in its logs.
    pub traces: i64,
    /// When it was deleted.
    pub deleted: Micros,
    /// Who deleted it.
    pub by: Option<String>,
    /// Until when it can be brought back.
    pub until: Micros,
    /// Whether another project has its name by now.
    pub is_name_taken: bool,
}

/// Brings a deleted project back, with everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreProject {
    /// Which.
    pub project: ProjectId,
    /// What it is called from now on; as before where that is not said.
    pub name: Option<String>,
}
