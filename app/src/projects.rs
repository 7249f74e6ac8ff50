//! Projects: the list of them, what is set for one, and what stands around its pages.

pub mod api;
mod deleted;
mod dialogs;
mod page;
mod root;
mod settings;

pub use page::ProjectsPage;
pub use root::ProjectRoot;
pub use settings::ReviewSettingsPage;

use crate::context::Viewer;
use serde::{Deserialize, Serialize};
use shared::projects::{DeletedProject, ProjectSummary};

/// The list of projects and who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// Who looks at it.
    pub viewer: Viewer,
    /// Every project.
    pub projects: Vec<ProjectSummary>,
    /// What can be brought back by who looks at it.
    pub deleted: Vec<DeletedProject>,
}
