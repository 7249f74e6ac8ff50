//! The journal: what a person says about spans goes here first, stays in this browser until the server has it, and
//! arrives once and in order, also after a reload and after signing in again.
//!
//! What the page shows is what the server said with the journal's commands on top ([`overlay`]), so nothing waits for the
//! server and a command that is refused disappears from the page by itself. Refused commands stay until the person
//! decides about them ([`refused`]).

pub(crate) mod api;
pub(crate) mod overlay;
pub(crate) mod refused;
#[cfg(feature = "hydrate")]
mod sender;
#[cfg(feature = "hydrate")]
mod storage;
pub(crate) mod undo;
pub(crate) mod words;

#[cfg(feature = "hydrate")]
pub(crate) use sender::in_background;

use crate::api::AppError;
use crate::ui::Saving;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::commands::Command;
use shared::people::Person;
use std::sync::Arc;
use undo::Undoable;

/// Sent commands that are remembered, until every page that was read before them is gone.
#[cfg(feature = "hydrate")]
const REMEMBERED: usize = 50;

/// The journal of one person in one tab. Copies share it; it outlives the page on which something was said.
#[derive(Clone)]
pub(crate) struct Journal(Arc<Inner>);

struct Inner {
    person: Person,
    entries: ArcRwSignal<Vec<Entry>>,
    reach: ArcRwSignal<Reach>,
    saved: ArcRwSignal<bool>,
    undoable: ArcRwSignal<Vec<Undoable>>,
    #[cfg(feature = "hydrate")]
    sender: sender::State,
}

/// A command in the journal.
#[derive(Clone, PartialEq)]
pub(crate) struct Entry {
    /// Where it lies until the server has it.
    place: Place,
    /// With a client id.
    pub(crate) command: Command,
    /// How far it has come.
    pub(crate) stage: Stage,
}

/// Where a command lies until the server has it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "only a browser keeps anything"))]
enum Place {
    /// On its way into the browser's storage.
    Writing,
    /// In the storage, under this number.
    At(u32),
    /// Only here, because the browser keeps nothing.
    Nowhere,
}

/// How far a command has come.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Not yet with the server.
    Waiting,
    /// The server has it. What was read as of this event or a later one holds it.
    Sent(i64),
    /// The server does not take it.
    Refused(AppError),
}

/// Whether the server can be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server is always there"))]
enum Reach {
    Fine,
    Lost,
    SignedOut,
}

/// Whether an earlier page left something in the journal of a person.
#[cfg(feature = "hydrate")]
pub(crate) fn is_left(person: &Person) -> bool {
    storage::is_marked(&person.id)
}

impl Journal {
    /// The journal of a person. In the browser there is one for as long as the tab shows Touchstone.
    pub(crate) fn of(person: &Person) -> Self {
        #[cfg(feature = "hydrate")]
        {
            thread_local! {
                static JOURNAL: std::cell::RefCell<Option<Journal>> = const { std::cell::RefCell::new(None) };
            }
            JOURNAL.with_borrow_mut(|journal| match journal {
                Some(journal) if journal.0.person.id == person.id => journal.clone(),
                _ => journal.insert(Self::new(person.clone())).clone(),
            })
        }
        #[cfg(not(feature = "hydrate"))]
        Self::new(person.clone())
    }

    fn new(person: Person) -> Self {
        Self(Arc::new(Inner {
            person,
            entries: ArcRwSignal::new(Vec::new()),
            reach: ArcRwSignal::new(Reach::Fine),
            saved: ArcRwSignal::new(false),
            undoable: ArcRwSignal::new(Vec::new()),
            #[cfg(feature = "hydrate")]
            sender: sender::State::default(),
        }))
    }

    /// Whose it is.
    pub(crate) fn person(&self) -> &Person {
        &self.0.person
    }

    /// Everything in it, in order.
    pub(crate) fn entries(&self) -> ArcRwSignal<Vec<Entry>> {
        self.0.entries.clone()
    }

    /// How far what was said has come, as one word for everything.
    pub(crate) fn saving(&self) -> Saving {
        let (waiting, refused) = self.0.entries.with(|entries| {
            let count = |of: fn(&Stage) -> bool| entries.iter().filter(|entry| of(&entry.stage)).count();
            (count(|stage| *stage == Stage::Waiting), count(|stage| matches!(stage, Stage::Refused(_))))
        });
        match (waiting, refused, self.0.reach.get()) {
            (0, 0, _) if self.0.saved.get() => Saving::Saved,
            (0, 0, _) => Saving::Idle,
            (0, _, _) => Saving::Failed("Not saved".to_owned()),
            (_, _, Reach::Fine) => Saving::Saving,
            (_, _, Reach::Lost | Reach::SignedOut) => Saving::OnlyHere,
        }
    }

    /// Why what was said is only on this device, and what becomes of it; none while all is well.
    pub(crate) fn explanation(&self) -> Option<String> {
        let waiting = self.0.entries.with(|entries| entries.iter().filter(|entry| entry.stage == Stage::Waiting).count());
        let kept = match waiting {
            0 => return None,
            1 => "What you said is kept in this browser and is sent".to_owned(),
            more => format!("{more} things you said are kept in this browser and are sent"),
        };
        match self.0.reach.get() {
            Reach::Fine => None,
            Reach::Lost => Some(format!("No connection. {kept} as soon as it is back. You can go on.")),
            Reach::SignedOut => Some(format!("You are signed out. {kept} as soon as you sign in again.")),
        }
    }

    /// Takes a command, shows what it does, and sends it.
    #[cfg(feature = "hydrate")]
    pub(crate) fn run(&self, command: Command) {
        let command = command.with_client_id(storage::new_id());
        self.remember(&command);
        self.0.entries.update(|entries| entries.push(Entry { place: Place::Writing, command: command.clone(), stage: Stage::Waiting }));
        self.keep_and_send(command);
    }

    /// Decides about a refused command.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn decide(&self, _: &Command, _: Option<Command>) {}

    /// On the server nobody says anything.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn run(&self, _: Command) {}
}
