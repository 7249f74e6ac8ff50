//! People: who looks at a page, signing in, members, API keys, one's own sessions.

mod account;
pub mod api;
mod keys;
mod link;
mod login;
mod members;
mod mistake;
mod secret;

pub use account::AccountPage;
pub use keys::KeysPage;
pub use link::{JoinPage, ResetPage, SetupPage};
pub use login::LoginPage;
pub use members::MembersPage;
pub use mistake::mistake_of;
pub use secret::Secret;

use serde::{Deserialize, Serialize};
use shared::people::{Person, Role};
use shared::permissions::Action;

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

/// The word for a role on pages.
pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Reviewer => "Reviewer",
        Role::Engineer => "Engineer",
        Role::Owner => "Owner",
    }
}
