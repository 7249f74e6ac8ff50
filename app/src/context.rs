//! What a page knows of where it stands: who looks at it, and in which project.

use leptos::prelude::expect_context;
use serde::{Deserialize, Serialize};
use shared::people::Person;
use shared::permissions::Action;
use shared::projects::Project;

/// Who looks at a page, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The member.
    pub person: Person,
    /// The organisation, as it stands in addresses.
    pub organization: String,
    /// Everything they may. Pages do not show the rest; the server refuses it anyway.
    pub may: Vec<Action>,
}

impl Viewer {
    /// Whether they may.
    pub fn may(&self, action: Action) -> bool {
        self.may.contains(&action)
    }
}

#[cfg(feature = "ssr")]
impl From<&store::Desk> for Viewer {
    fn from(desk: &store::Desk) -> Self {
        Self {
            person: desk.actor().person.clone(),
            organization: desk.organization().to_owned(),
            may: Action::ALL.into_iter().filter(|action| desk.actor().may(*action)).collect(),
        }
    }
}

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

    /// Who looks at it, without the project.
    pub(crate) fn as_viewer(&self) -> Viewer {
        Viewer { person: self.viewer.clone(), organization: self.organization.clone(), may: self.may.clone() }
    }
}

/// The project of the page that is being drawn.
///
/// # Panics
/// Outside of [`crate::projects::ProjectRoot`]; no page of a project is drawn elsewhere.
pub fn use_project() -> ProjectContext {
    expect_context::<ProjectContext>()
}
