//! Taking the last own action back, by its toast or with the keyboard.

#[cfg_attr(not(any(test, feature = "hydrate")), expect(dead_code, reason = "on the server nobody does anything"))]
mod done;

pub(crate) use done::Done;

use super::Journal;
#[cfg(feature = "hydrate")]
use super::storage::new_id;
#[cfg(feature = "hydrate")]
use super::{Place, Stage};
use crate::context::use_project;
use crate::keys::{Act, shortcuts};
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use shared::commands::Command;
use std::time::Duration;

/// How long a toast offers to take back. The key works longer.
const SHOWN: Duration = Duration::from_secs(8);

impl Journal {
    /// Remembers an action, so that it can be taken back.
    #[cfg(feature = "hydrate")]
    pub(super) fn remember(&self, command: &Command, what: &str) {
        let is_moving = self.0.sender.is_moving();
        self.0.done.update(|done| done.add(command, what, is_moving));
    }

    /// Takes the last action back; as soon as what was said is kept, because only then is it known what goes in the place of what.
    #[cfg(feature = "hydrate")]
    pub(crate) fn undo(&self) {
        let is_writing = self.0.entries.with_untracked(|entries| entries.iter().any(|entry| entry.place == Place::Writing));
        if is_writing {
            self.0.sender.undo_later();
            return;
        }
        let taken_back = self.0.done.try_update(|done| done.take_back(|id| self.was_refused(id), new_id())).flatten();
        let Some((commands, what)) = taken_back else { return };
        let what = format!("{what}, taken back");
        for command in commands {
            match command {
                Command::Revert(_) => self.run(command, what.clone()),
                said_again => self.say(said_again, what.clone()),
            }
        }
    }

    /// On the server nobody does anything.
    #[cfg(not(feature = "hydrate"))]
    pub(crate) fn undo(&self) {}

    #[cfg(feature = "hydrate")]
    fn was_refused(&self, client_id: &str) -> bool {
        self.0.entries.with_untracked(|entries| {
            entries.iter().any(|entry| entry.command.client_id() == Some(client_id) && matches!(entry.stage, Stage::Refused(_)))
        })
    }
}

/// Offers for a while to take the last action back.
#[component]
pub(crate) fn UndoToast() -> impl IntoView {
    let journal = Journal::of(&use_project().viewer);
    let last = {
        let done = journal.0.done.clone();
        Memo::new(move |_| done.with(|done| (done.len(), done.last())))
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
    let said = move || last.with(|(_, last)| last.as_ref().map(|(_, what)| what.clone()));
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
