//! What a person did, the last of it last, and what takes each of it back.
//!
//! Most of it is taken back by reverting its commands. An answer that nobody had begun to send when the next one to the same question was
//! given never goes out: the next one goes in its place, and rides on what its place was. It is taken back by saying again what it replaced.

use shared::answers::{AnswerValue, SetAnswer};
use shared::audit::{Edit, Revert};
use shared::commands::Command;

/// Actions that can be taken back, one after the other.
const REMEMBERED: usize = 100;

/// Something a person did, as they think of it: the steps of one movement of a slider are one.
#[derive(Clone, PartialEq)]
pub(crate) struct Undoable {
    /// Its last command.
    last: Command,
    /// What it did, in a few words.
    what: String,
    /// The ids of the commands whose reverts, the last first, bring back what was before.
    reverts: Vec<String>,
    /// What it replaced before that was sent.
    replaced: Option<Replaced>,
}

/// A command that was never sent, because another went in its place.
#[derive(Clone, PartialEq)]
struct Replaced {
    command: Command,
    /// The command that went in its place, which an earlier action reverts.
    place: String,
}

/// What was done and can be taken back.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Done(Vec<Undoable>);

impl Done {
    /// The last command of the last action, and what was done.
    pub(in crate::journal) fn last(&self) -> Option<(Command, String)> {
        self.0.last().map(|last| (last.last.clone(), last.what.clone()))
    }

    /// How many there are.
    pub(in crate::journal) fn len(&self) -> usize {
        self.0.len()
    }

    /// Remembers a command, as a step of the last action where it is one of the same movement.
    pub(in crate::journal) fn add(&mut self, command: &Command, what: &str, is_moving: bool) {
        let Some(id) = command.client_id().filter(|_| !matches!(command, Command::Revert(_))) else { return };
        match self.0.last_mut().filter(|last| is_moving && continues(&last.last, command)) {
            Some(last) => {
                last.last = command.clone();
                last.reverts.push(id.to_owned());
                what.clone_into(&mut last.what);
            }
            None => {
                let (last, what, reverts) = (command.clone(), what.to_owned(), vec![id.to_owned()]);
                self.0.push(Undoable { last, what, reverts, replaced: None });
            }
        }
        if self.0.len() > REMEMBERED {
            self.0.remove(0);
        }
    }

    /// A command was never sent: another one goes in its place.
    pub(in crate::journal) fn replace(&mut self, old: &Command, new: &str) {
        let Some(old_id) = old.client_id() else { return };
        for action in &mut self.0 {
            let holds = |id: &str| action.reverts.iter().any(|known| known == id);
            match (holds(old_id), holds(new)) {
                // Two steps of the same.
                (true, true) => action.reverts.retain(|id| id != old_id),
                (true, false) => rename(action.reverts.iter_mut(), old_id, new),
                (false, true) => {
                    action.reverts.retain(|id| id != new);
                    if action.replaced.is_none() {
                        action.replaced = Some(Replaced { command: old.clone(), place: new.to_owned() });
                    }
                }
                (false, false) => {}
            }
            rename(action.replaced.iter_mut().map(|replaced| &mut replaced.place), old_id, new);
        }
    }

    /// Takes the last action back: the commands that do it, and what was done. What the server refused never happened, so the one before it
    /// is taken back. `id` is for what is said again.
    pub(in crate::journal) fn take_back(&mut self, was_refused: impl Fn(&str) -> bool, id: String) -> Option<(Vec<Command>, String)> {
        while let Some(action) = self.0.pop() {
            let happened: Vec<String> = action.reverts.into_iter().filter(|id| !was_refused(id)).collect();
            match action.replaced.filter(|replaced| !was_refused(&replaced.place)) {
                Some(Replaced { command, place }) => {
                    if let Some(earlier) = self.0.iter_mut().find(|earlier| earlier.reverts.contains(&place)) {
                        earlier.reverts.extend(happened);
                        earlier.reverts.push(id.clone());
                    }
                    return Some((vec![command.with_client_id(id)], action.what));
                }
                None if happened.is_empty() => {}
                None => {
                    let revert = |id| Command::Revert(Revert { edit: Edit::Command(id), client_id: None });
                    return Some((happened.into_iter().rev().map(revert).collect(), action.what));
                }
            }
        }
        None
    }

    /// A command never came to the server, so there is nothing to take back.
    pub(in crate::journal) fn forget(&mut self, id: &str) {
        for action in &mut self.0 {
            action.reverts.retain(|known| known != id);
            action.replaced.take_if(|replaced| replaced.place == id);
        }
        self.0.retain(|action| !action.reverts.is_empty() || action.replaced.is_some());
    }
}

fn rename<'a>(ids: impl Iterator<Item = &'a mut String>, old: &str, new: &str) {
    for id in ids.filter(|id| *id == old) {
        new.clone_into(id);
    }
}

/// Whether a command goes on with what another began: the slider of the same question about the same span. Two options chosen quickly are
/// two actions.
fn continues(last: &Command, next: &Command) -> bool {
    match (last, next) {
        (Command::SetAnswer(last), Command::SetAnswer(next)) => {
            let slides = |answer: &SetAnswer| matches!(answer.value, Some(AnswerValue::Number(_)));
            slides(last) && slides(next) && last.row == next.row && last.question == next.question
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
