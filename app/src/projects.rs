//! Projects: the list of them, and what every page of one knows about it.

pub mod api;
mod dialogs;
mod page;
mod root;
mod settings;

pub use page::ProjectsPage;
pub use root::{ProjectRoot, use_project};
pub use settings::ReviewSettingsPage;

use crate::people::Viewer;
use serde::{Deserialize, Serialize};
use shared::people::Person;
use shared::permissions::Action;
use shared::projects::{Project, ProjectSummary};

/// What every page of a project knows: the project, who looks at it, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectContext {
    /// The project.
    pub project: Project,
    /// Who looks at it.
    pub viewer: Person,
    /// The organisation, as it stands in addresses.
    pub organization: String,
    /// Everything they may. Pages do not show the rest; the server refuses it anyway.
    pub may: Vec<Action>,
}

impl ProjectContext {
    /// Whether the viewer may.
    pub fn may(&self, action: Action) -> bool {
        self.may.contains(&action)
    }

    /// The address of a page of the project: `logs`, `configuration/keys`, …
    pub fn page(&self, page: &str) -> String {
        shared::address::project_page(&self.organization, &self.project.name, page)
    }

    fn as_viewer(&self) -> Viewer {
        Viewer { person: self.viewer.clone(), organization: self.organization.clone(), may: self.may.clone() }
    }
}

/// The list of projects and who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectList {
    /// Who looks at it.
    pub viewer: Viewer,
    /// Every project.
    pub projects: Vec<ProjectSummary>,
}
