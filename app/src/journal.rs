//! The journal: what a person says about spans goes here first, stays in this browser until the server has it, and
//! arrives once and in order, also after a reload and after signing in again.
//!
//! What the page shows is what the server said with the journal's commands on top ([`overlay`]), so nothing waits for the
//! server and a command that is refused disappears from the page by itself. Refused commands stay until the person
//! decides about them ([`refused`]).
//!
//! A command has a client id and is kept in IndexedDB, one database for each person, in which all tabs write. Under a Web Lock a tab sends
//! what stands first in there, whichever tab said it: nothing is sent twice, and the order is the order in which it was said. An answer
//! that no tab has begun to send gives its place to the next one to the same question ([`waiting`]), so that of many steps one is sent. The
//! server runs a client id once. What is not answered is sent again; what something else than the server refuses several times steps aside.
//! A command keeps with it in words what it says, because another page does not know what the questions are called.

pub(crate) mod api;
pub(crate) mod overlay;
#[cfg(feature = "hydrate")]
mod part;
pub(crate) mod refused;
#[cfg(feature = "hydrate")]
mod sender;
#[cfg(feature = "hydrate")]
mod storage;
pub(crate) mod undo;
#[cfg(any(test, feature = "hydrate"))]
mod waiting;
pub(crate) mod words;

#[cfg(feature = "hydrate")]
pub(crate) use part::mind;

use crate::api::AppError;
use crate::ui::Saving;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::people::Person;
use std::sync::Arc;
use undo::Done;

/// Sent commands that are remembered, until every page that was read before them is gone.
#[cfg(feature = "hydrate")]
const REMEMBERED: usize = 50;

/// A new id for a command that goes past the journal. On the server nothing is sent.
pub(crate) fn command_id() -> String {
    #[cfg(feature = "hydrate")]
    return storage::new_id();
    #[cfg(not(feature = "hydrate"))]
    String::new()
}

/// The journal of one person in one tab. Copies share it; it outlives the page on which something was said.
#[derive(Clone)]
pub(crate) struct Journal(Arc<Inner>);

struct Inner {
    person: Person,
    entries: ArcRwSignal<Vec<Entry>>,
    reach: ArcRwSignal<Reach>,
    saved: ArcRwSignal<bool>,
    done: ArcRwSignal<Done>,
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
    /// What it says, in a few words: another page does not know what the questions are called.
    pub(crate) what: String,
    /// How far it has come.
    pub(crate) stage: Stage,
    /// Whether this tab has begun to send it.
    is_begun: bool,
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

/// Whether the server takes what is said, and why not.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "the server is always there"))]
enum Reach {
    Fine,
    /// The request did not arrive.
    Lost,
    /// No answer has come for a while.
    Silent,
    /// The server is there, and its database is not.
    Unavailable,
    /// Something fails on the server, or answers in its place.
    Failing,
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
            done: ArcRwSignal::new(Done::default()),
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

    /// How many commands have come so far.
    fn count(&self, of: fn(&Stage) -> bool) -> usize {
        self.0.entries.with(|entries| entries.iter().filter(|entry| of(&entry.stage)).count())
    }

    /// Whether a person has to know something whatever page is open: something is only on this device, or was not taken.
    pub(crate) fn is_troubled(&self) -> bool {
        let is_reached = self.0.reach.get() == Reach::Fine;
        self.0.entries.with(|entries| {
            entries.iter().any(|entry| match entry.stage {
                Stage::Waiting => !is_reached,
                Stage::Sent(_) => false,
                Stage::Refused(_) => true,
            })
        })
    }

    /// What that is. Idle while all is well.
    pub(crate) fn trouble(&self) -> Saving {
        match self.0.reach.get() {
            _ if !self.is_troubled() => Saving::Idle,
            Reach::Fine => Saving::Failed("Not saved".to_owned()),
            _ if self.count(is_waiting) > 0 => Saving::OnlyHere,
            _ => Saving::Failed("Not saved".to_owned()),
        }
    }

    /// How far what was said has come, as one word for everything.
    pub(crate) fn saving(&self) -> Saving {
        match self.trouble() {
            Saving::OnlyHere => Saving::OnlyHere,
            _ if self.count(is_waiting) > 0 => Saving::Saving,
            Saving::Idle if self.0.saved.get() => Saving::Saved,
            trouble => trouble,
        }
    }

    /// How far what was said about a row has come; idle where nothing was said, and where something was not taken.
    pub(crate) fn saving_of(&self, row: &RowAddress) -> Saving {
        self.0.entries.with(|entries| {
            let of_row = entries.iter().filter(|entry| match row_of(entry, entries) {
                Some(of) => of == row,
                // It may be about this one, so nothing is called saved before it is.
                None => is_waiting(&entry.stage),
            });
            of_row.fold(Saving::Idle, |so_far, entry| match (so_far, &entry.stage) {
                (_, Stage::Waiting) | (Saving::Saving, _) => Saving::Saving,
                (_, Stage::Refused(_)) => Saving::Idle,
                (_, Stage::Sent(_)) => Saving::Saved,
            })
        })
    }

    /// Why what was said is only on this device, and what becomes of it; none while all is well.
    pub(crate) fn explanation(&self) -> Option<String> {
        let reach = self.0.reach.get();
        let (why, when) = match reach {
            Reach::Fine => return None,
            Reach::Lost => ("No connection.", "it is back"),
            Reach::Silent => ("The server does not answer.", "it does"),
            Reach::Unavailable => ("The server cannot use its database right now.", "it can"),
            Reach::Failing => ("The server, or something before it, fails right now.", "it works again"),
            Reach::SignedOut => ("You are signed out.", "you sign in again"),
        };
        let go_on = if reach == Reach::SignedOut { "" } else { ", but do not reload before that: the page may not open again" };
        let kept = match self.count(is_waiting) {
            0 => return None,
            1 => "What you said is kept in this browser and is sent".to_owned(),
            more => format!("{more} things you said are kept in this browser and are sent"),
        };
        Some(format!("{why} {kept} as soon as {when}. You can go on{go_on}."))
    }

    /// Takes a command, shows what it does, and sends it. `what` says in a few words what that is.
    #[cfg(feature = "hydrate")]
    pub(crate) fn run(&self, command: Command, what: String) {
        let command = command.with_client_id(storage::new_id());
        self.remember(&command, &what);
        self.say(command, what);
    }

    /// Takes a command that changes nothing, so that there is nothing to take back.
    #[cfg(feature = "hydrate")]
    pub(crate) fn repeat(&self, command: Command, what: String) {
        self.say(command.with_client_id(storage::new_id()), what);
    }

    /// Takes a command that has its id.
    #[cfg(feature = "hydrate")]
    fn say(&self, command: Command, what: String) {
        self.0
            .entries
            .update(|entries| entries.push(Entry { place: Place::Writing, command, what, stage: Stage::Waiting, is_begun: false }));
        self.keep_and_send();
    }

    /// Decides about a refused command.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn decide(&self, _: &Command, _: Option<Command>) {}

    /// On the server nobody says anything.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn run(&self, _: Command, _: String) {}

    /// On the server nobody says anything.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn repeat(&self, _: Command, _: String) {}
}

fn is_waiting(stage: &Stage) -> bool {
    *stage == Stage::Waiting
}

/// Which row a command is about: one that takes another back is about what that one is about. None where the other is not remembered.
fn row_of<'a>(entry: &'a Entry, entries: &'a [Entry]) -> Option<&'a RowAddress> {
    match &entry.command {
        Command::Revert(Revert { edit: Edit::Command(id), .. }) => {
            entries.iter().find(|taken_back| taken_back.command.client_id() == Some(id))?.command.row()
        }
        command => command.row(),
    }
}

#[cfg(test)]
mod tests;
