//! A turn: one command that a person gives about a span, from finding the place to telling what was done.
//!
//! What a feature does is one function over a turn. The turn finds the place once, does nothing for a command that ran already, tells the
//! activity, and remembers the command with the entry it made.

use crate::ground::places::{FoundSpan, Home, find_span};
use crate::writing::activity::{NewActivity, record};
use crate::writing::once::{self, Once};
use crate::writing::writer::Change;
use crate::{Actor, Result};
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::{PersonId, RowId};

/// See the module.
pub(crate) struct Turn<'a> {
    pub(crate) change: &'a mut Change,
    pub(crate) actor: &'a Actor,
    pub(crate) home: Home,
    pub(crate) span: FoundSpan,
    pub(crate) row: RowId,
    once: Option<Once>,
    entry: Option<i64>,
}

impl<'a> Turn<'a> {
    /// Begins where the row is. A command that ran already has no turn, only a place.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown row, [`shared::Problem::Reused`] if another command has its client id.
    pub(crate) async fn begin(
        change: &'a mut Change,
        actor: &'a Actor,
        row: &RowAddress,
        command: &Command,
    ) -> Result<std::result::Result<Self, Home>> {
        let (home, span) = find_span(&change.transaction, row).await?;
        let once = Once::of(command)?;
        if once::has_run(change, &home, &actor.person.id, once.as_ref()).await? {
            return Ok(Err(home));
        }
        Ok(Ok(Self { change, actor, home, span, row: row.id.clone(), once, entry: None }))
    }

    /// Who acts.
    pub(crate) fn person(&self) -> &'a PersonId {
        &self.actor.person.id
    }

    /// The address of the row.
    pub(crate) fn address(&self) -> RowAddress {
        RowAddress { object_type: self.home.kind, object_id: self.home.id.clone(), id: self.row.clone() }
    }

    /// An entry of the activity about the span.
    pub(crate) fn entry(&self, action: Deed, path: Subject, from: Option<String>, to: Option<String>) -> NewActivity {
        let (actor, source) = (Some(self.person().clone()), self.actor.source());
        NewActivity { span: self.span.key, actor, external: None, source, action, path, from, to, reason: None }
    }

    /// Tells the activity what was done; returns the id of the first entry.
    pub(crate) async fn tell(&mut self, entries: Vec<NewActivity>) -> Result<i64> {
        let first = record(self.change, &self.home, entries).await?;
        self.entry = Some(first);
        Ok(first)
    }

    /// Remembers the command, so that it is done once and can be taken back by its id.
    pub(crate) async fn end(self) -> Result<Home> {
        if let Some(once) = &self.once {
            once.remember(self.change, &self.actor.person.id, self.span.key, self.entry).await?;
        }
        Ok(self.home)
    }
}
