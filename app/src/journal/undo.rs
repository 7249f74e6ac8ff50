//! Taking the last own action back, by its toast or with the keyboard.

use super::{Journal, Stage};
use crate::context::use_project;
use crate::keys::{Act, shortcuts};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use shared::answers::{AnswerValue, SetAnswer};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use std::time::Duration;

/// How long a toast offers to take back. The key works longer.
const SHOWN: Duration = Duration::from_secs(8);

/// Actions that can be taken back, one after the other.
#[cfg(feature = "hydrate")]
const REMEMBERED: usize = 100;

/// Something a person did, as they think of it: the steps of one movement of a slider are one.
#[derive(Clone, PartialEq)]
pub(crate) struct Undoable {
    commands: Vec<Command>,
    /// What was done last, in a few words.
    what: String,
}

impl Journal {
    /// Remembers an action, so that it can be taken back.
    #[cfg(feature = "hydrate")]
    pub(super) fn remember(&self, command: &Command, what: &str) {
        if matches!(command, Command::Revert(_)) {
            return;
        }
        let moving = self.0.sender.is_moving();
        self.0.undoable.update(|undoable| {
            let same = undoable.last_mut().filter(|last| last.commands.last().is_some_and(|last| continues(last, command)));
            match same.filter(|_| moving) {
                Some(last) => {
                    last.commands.push(command.clone());
                    what.clone_into(&mut last.what);
                }
                None => undoable.push(Undoable { commands: vec![command.clone()], what: what.to_owned() }),
            }
            if undoable.len() > REMEMBERED {
                undoable.remove(0);
            }
        });
    }

    /// Takes the last action back. What the server refused never happened, so the one before it is taken back.
    pub(crate) fn undo(&self) {
        while let Some(last) = self.0.undoable.try_update(Vec::pop).flatten() {
            let done = last.commands.iter().rev().filter_map(Command::client_id).filter(|id| !self.was_refused(id));
            let reverts: Vec<_> = done.map(|id| Revert { edit: Edit::Command(id.to_owned()), client_id: None }).collect();
            if !reverts.is_empty() {
                let what = format!("{}, taken back", last.what);
                reverts.into_iter().for_each(|revert| self.run(Command::Revert(revert), what.clone()));
                return;
            }
        }
    }

    fn was_refused(&self, client_id: &str) -> bool {
        self.0.entries.with_untracked(|entries| {
            entries.iter().any(|entry| entry.command.client_id() == Some(client_id) && matches!(entry.stage, Stage::Refused(_)))
        })
    }

    /// A command never came to the server, so there is nothing to take back.
    #[cfg(feature = "hydrate")]
    pub(super) fn forget(&self, client_id: Option<&str>) {
        self.0.undoable.update(|undoable| {
            for action in undoable.iter_mut() {
                action.commands.retain(|command| command.client_id() != client_id);
            }
            undoable.retain(|action| !action.commands.is_empty());
        });
    }
}

/// Whether a command goes on with what another began: the slider of the same question about the same span. Two options chosen
/// quickly are two actions.
#[cfg(feature = "hydrate")]
fn continues(last: &Command, next: &Command) -> bool {
    match (last, next) {
        (Command::SetAnswer(last), Command::SetAnswer(next)) => {
            let slides = |answer: &SetAnswer| matches!(answer.value, Some(AnswerValue::Number(_)));
            slides(last) && slides(next) && last.row == next.row && last.question == next.question
        }
        _ => false,
    }
}

/// Offers for a while to take the last action back.
#[component]
pub(crate) fn UndoToast() -> impl IntoView {
    let journal = Journal::of(&use_project().viewer);
    let last = {
        let undoable = journal.0.undoable.clone();
        Memo::new(move |_| undoable.with(|undoable| (undoable.len(), undoable.last().cloned())))
    };
    let shown = RwSignal::new(false);
    let hiding = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<usize>| {
        let count = last.with(|(count, _)| *count);
        if let Some(hiding) = hiding.get_value() {
            hiding.clear();
        }
        // Only something new is offered: after taking one back, the one before is not what the person thinks of.
        let is_new = before.is_some_and(|before| count >= before && count > 0);
        shown.set(is_new);
        let hide = move || {
            let _ = shown.try_set(false);
        };
        hiding.set_value(is_new.then(|| set_timeout_with_handle(hide, SHOWN).ok()).flatten());
        count
    });
    let undo = move |_| {
        shown.set(false);
        journal.undo();
    };
    let said = move || last.with(|(_, last)| last.as_ref().map(|last| last.what.clone()));
    view! {
        <Show when=move || shown.get()>
            <div class="toast" role="group" aria-label="Last action">
                <span class="clip">{said}</span>
                <button class="btn small" type="button" aria-keyshortcuts=shortcuts(Act::Undo) on:click=undo.clone()>
                    <Icon name=IconName::Undo/>"Undo"<kbd aria-hidden="true">"z"</kbd>
                </button>
            </div>
        </Show>
    }
}
