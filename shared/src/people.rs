//! Members of the organisation, what they sign in with, and the commands about them.

use crate::{KeyId, Micros, PersonId, SessionId};
use serde::{Deserialize, Serialize};

/// What a member may do, for the whole organisation. Ordered: each role may all that the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Judges: answers, edits expected, comments, tags, flags, claims, completes, keeps views.
    Reviewer,
    /// Sets up: questions, tags, datasets, projects, keys of their own.
    Engineer,
    /// Decides: members and everybody's keys, deletes projects.
    Owner,
}

impl Role {
    /// Every role, the weakest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Reviewer, Self::Engineer, Self::Owner];

    /// The word on the command line, in the database and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Reviewer => "reviewer",
            Self::Engineer => "engineer",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What an API key may do, within its owner's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiScope {
    /// Send spans; get or create the project they belong to.
    Ingest,
    /// Send end users' feedback on spans.
    Feedback,
    /// Read everything the owner may read.
    Read,
    /// Answer, comment, tag, and what else a reviewer does.
    Write,
    /// Configure: questions, tags, projects, members, keys.
    Admin,
}

impl ApiScope {
    /// Every scope.
    pub const ALL: [Self; 5] = [Self::Ingest, Self::Feedback, Self::Read, Self::Write, Self::Admin];

    /// The word on the command line and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Feedback => "feedback",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// A member as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// What they are called on pages.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they may do.
    pub role: Role,
}

/// A member as *Configuration → Members* lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// False once deactivated: no sign-in, no key of theirs works; their answers stay.
    pub active: bool,
    /// When they joined.
    pub created: Micros,
    /// When they were last seen signed in.
    pub last_seen: Option<Micros>,
}

/// An invitation that nobody has used yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who was invited.
    pub email: String,
    /// The role they will have.
    pub role: Role,
    /// When the link stops working.
    pub expires: Micros,
}

/// Members and open invitations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// Everybody, owners first, then by name.
    pub members: Vec<Member>,
    /// Open invitations, newest first.
    pub invitations: Vec<Invitation>,
}

/// Invites somebody by a link that works once within seven days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InviteMember {
    /// Their address.
    pub email: String,
    /// The role they will have.
    pub role: Role,
}

/// Takes an invitation back: its link stops working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawInvitation {
    /// The address that was invited.
    pub email: String,
}

/// A secret link, shown once: `/join/…`, `/reset/…` or `/setup/…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretLink {
    /// The path with the token, without the origin.
    pub path: String,
    /// When it stops working.
    pub expires: Micros,
}

/// Changes a member. Fields that are absent stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeMember {
    /// Who; empty is nobody.
    pub person: String,
    /// Their new role.
    pub role: Option<Role>,
    /// False deactivates: every session and key of theirs ends at once.
    pub active: Option<bool>,
}

/// Makes a link with which a member chooses a new password, within a day, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResetPassword {
    /// Who.
    pub person: PersonId,
}

/// What a secret link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The first start: makes the first owner.
    Setup,
    /// Makes a member out of an invitation.
    Join,
    /// Chooses a new password.
    Reset,
}

/// What a secret link still offers, for the page behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address it belongs to; none on the first start.
    pub email: Option<String>,
    /// The name, where a person already exists.
    pub name: Option<String>,
    /// API keys of that person that work: a new password can end them, too.
    pub keys: usize,
}

/// One sign-in of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Id.
    pub id: SessionId,
    /// The browser, as it named itself.
    pub agent: String,
    /// Signed in at.
    pub created: Micros,
    /// Last request.
    pub last_seen: Micros,
    /// The one that asks.
    pub current: bool,
}

/// An API key as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Id.
    pub id: KeyId,
    /// What its owner calls it.
    pub name: String,
    /// First and last characters of the secret: `ts_4f…9a2c`.
    pub preview: String,
    /// Whose it is.
    pub owner: Person,
    /// What it may do within its owner's role; empty means all of it.
    pub scopes: Vec<ApiScope>,
    /// Created at.
    pub created: Micros,
    /// Stops working at.
    pub expires: Option<Micros>,
    /// Last used at.
    pub last_used: Option<Micros>,
}

/// API keys, and whose new ones can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyList {
    /// One's own, for owners everybody's; newest first.
    pub keys: Vec<ApiKey>,
    /// For whom one can make a key beside oneself, by name: for owners every active member, else nobody.
    pub others: Vec<Person>,
}

/// Makes an API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateKey {
    /// Whose it is, and whose role narrows it; none means the caller's. Only owners make keys for others.
    #[serde(default)]
    pub owner: Option<PersonId>,
    /// What to call it.
    pub name: String,
    /// Narrower than the role; empty means all that the role allows.
    pub scopes: Vec<ApiScope>,
    /// Days until it stops working; none means never.
    pub expires_in_days: Option<u32>,
}

/// A new key with its secret, which is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// `ts_…`
    pub secret: String,
}
