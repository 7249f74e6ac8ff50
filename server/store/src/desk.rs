//! Who asks: a store, an actor, and the request. Only a [`Desk`] can read or write what belongs to people.

use crate::{Result, Store};
use shared::audit::Source;
use shared::people::{ApiScope, Person, Role};
use shared::permissions::{Action, covers, refusal};
use shared::spans::ShownAs;
use shared::{KeyId, Problem, SessionId};

/// Somebody who has proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The member.
    pub person: Person,
    /// What they proved it with.
    pub proof: Proof,
}

/// What an actor proved themselves with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A browser's session.
    Session(SessionId),
    /// An API key, with its scopes; none means all that the role allows.
    Key(KeyId, Vec<ApiScope>),
    /// The command line on the server's own machine.
    Console,
}

impl Proof {
    /// The one key or session that this is, as text.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Session(session) => format!("session {session}"),
            Self::Key(key, _) => format!("key {key}"),
            Self::Console => "console".to_owned(),
        }
    }
}

impl Actor {
    /// Whether the actor may.
    pub fn may(&self, action: Action) -> bool {
        match &self.proof {
            Proof::Session(_) | Proof::Console => action.allowed(self.person.role, None),
            Proof::Key(_, scopes) => action.allowed(self.person.role, Some(scopes)),
        }
    }

    /// Refuses what the actor may not. `what` is a verb phrase.
    pub(crate) fn require(&self, action: Action, what: &str) -> std::result::Result<(), Problem> {
        if self.may(action) { Ok(()) } else { Err(self.refusal(&[action], what)) }
    }

    /// Why an actor may not do `what`, which takes one of some actions, and who can give what is missing.
    pub fn refusal(&self, actions: &[Action], what: &str) -> Problem {
        let scopes = match &self.proof {
            Proof::Session(_) | Proof::Console => None,
            Proof::Key(_, scopes) => Some(scopes.as_slice()),
        };
        refusal(actions, what, self.person.role, scopes)
    }

    /// Refuses to let in somebody of this role, asking with these scopes, who may more than the actor.
    pub(crate) fn require_covers(&self, role: Role, scopes: Option<&[ApiScope]>) -> Result<()> {
        if covers(|action| self.may(action), role, scopes) {
            return Ok(());
        }
        let reason = "A narrowed API key cannot make a key, a link or a member that can do more than the key itself. Sign in, or use a key without scopes.";
        Err(Problem::not_yours(reason).into())
    }

    /// Through what their changes come.
    pub(crate) fn source(&self) -> Source {
        match self.proof {
            Proof::Session(_) | Proof::Console => Source::App,
            Proof::Key(..) => Source::Api,
        }
    }
}

/// The place where somebody works: everything they can ask for is a method of it.
#[derive(Clone)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) actor: Actor,
    /// As what fields are shown where nothing is said.
    pub(crate) shown_as: ShownAs,
}

impl Desk {
    /// A desk for somebody who has proved who they are.
    pub fn new(store: Store, actor: Actor) -> Self {
        Self { store, actor, shown_as: ShownAs::default() }
    }

    /// The same desk for a reader who has chosen how fields are shown.
    pub fn showing(self, shown_as: ShownAs) -> Self {
        Self { shown_as, ..self }
    }

    /// Who works here.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The organisation, as it stands in addresses.
    pub fn organization(&self) -> &str {
        self.store.organization()
    }

    /// Refuses what the actor may not.
    pub(crate) fn require(&self, action: Action) -> Result<()> {
        Ok(self.actor.require(action, action.phrase())?)
    }
}
