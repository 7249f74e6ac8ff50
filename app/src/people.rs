//! People: signing in, members, API keys, one's own sessions.

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

use shared::people::Role;

/// The word for a role on pages.
pub(crate) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Viewer",
        Role::Reviewer => "Reviewer",
        Role::Engineer => "Engineer",
        Role::Owner => "Owner",
    }
}
