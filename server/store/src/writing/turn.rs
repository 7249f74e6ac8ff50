//! A turn: one command that a person gives about a span, from finding the place to telling what was done.
//!
//! What a feature does is one function over a turn. The turn finds the place once, does nothing for a command that ran already, tells the
//! activity, and remembers the command with the entry it made.

use crate::ground::database::{StatementPart, run_together, statement, values};
use crate::ground::keys::EntryId;
use crate::ground::places::{Home, Located, LocatedSpan};
use crate::writing::activity::{NewActivity, entries_of};
use crate::writing::once::{EarlierRun, Once};
use crate::writing::writer::Change;
use crate::{Actor, Result};
use sea_orm::{ConnectionTrait as _, FromQueryResult, Value};
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::{PersonId, RowId};

/// See the module.
pub(crate) struct Turn<'a> {
    pub(crate) change: &'a mut Change,
    pub(crate) actor: &'a Actor,
    pub(crate) home: Home,
    pub(crate) span: LocatedSpan,
    pub(crate) row: RowId,
    once: Option<Once>,
    /// What is written together, in one statement, as soon as something is written that has to be waited for.
    writes: Vec<StatementPart>,
    /// Whether it is remembered that the command ran.
    is_remembered: bool,
}

/// What a command wants to know beside its place, looked up with it: columns and joins on the project `p` and the span `s`.
#[derive(Default)]
pub(crate) struct LookedUpBeside {
    pub(crate) columns: String,
    pub(crate) joins: String,
    pub(crate) bound: Vec<Value>,
}

impl<'a> Turn<'a> {
    /// Begins where the row is, with what the command wants to know beside: a row at least. A command that ran already has no turn, only a
    /// place.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown row, [`shared::Problem::Reused`] if another command has its client id.
    pub(crate) async fn begin<T: FromQueryResult>(
        change: &'a mut Change,
        actor: &'a Actor,
        row: &RowAddress,
        command: &Command,
        beside: LookedUpBeside,
    ) -> Result<std::result::Result<(Self, Vec<T>), (Home, LocatedSpan)>> {
        let once = Once::of(command)?;
        let text = format!(
            "{}SELECT {}, {} {} {} {} {} {}",
            change.open_savepoint(),
            Located::COLUMNS,
            EarlierRun::COLUMNS,
            beside.columns,
            Located::FROM,
            EarlierRun::JOIN,
            beside.joins,
            Located::WHERE
        );
        let mut bound = values![row.id.as_str()];
        bound.extend(EarlierRun::bound(&actor.person.id, once.as_ref()));
        bound.extend(beside.bound);
        bound.extend(values![row.object_id.as_str(), row.object_type.as_str()]);
        let found = change.transaction.query_all_raw(statement(&change.transaction, &text, bound)).await?;
        let first = found.first();
        let (home, span) = Located::found(first.map(|found| Located::from_query_result(found, "")).transpose()?, row)?;
        if let Some(found) = first
            && EarlierRun::from_query_result(found, "")?.has_run(once.as_ref())?
        {
            return Ok(Err((home, span)));
        }
        let beside = found.iter().map(|found| T::from_query_result(found, "")).collect::<std::result::Result<_, _>>()?;
        let turn = Self { change, actor, home, span, row: row.id.clone(), once, writes: Vec::new(), is_remembered: false };
        Ok(Ok((turn, beside)))
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
        NewActivity { span: self.span.key, actor, external: None, source, action, path, from, to, reason: None, given: None }
    }

    /// Tells the activity what was done, and remembers the command with it; returns the id of the first entry.
    pub(crate) async fn tell(&mut self, entries: Vec<NewActivity>) -> Result<EntryId> {
        let (first, parts) = entries_of(self.change, &self.home, entries).await?;
        self.writes.extend(parts);
        self.remember(Some(first));
        Ok(first)
    }

    /// Remembers the command, so that it is done once and can be taken back by its id.
    fn remember(&mut self, entry: Option<EntryId>) {
        if let Some(once) = self.once.as_ref().filter(|_| !self.is_remembered) {
            self.writes.push(once.remember(self.change, &self.actor.person.id, self.span.key, entry));
        }
        self.is_remembered = true;
    }

    /// Something to be written with what else the turn writes. No two parts may touch the same row.
    pub(crate) fn write(&mut self, part: StatementPart) {
        self.writes.push(part);
    }

    /// What waits to be written, for who writes it with something else.
    pub(crate) fn take_writes(&mut self) -> Vec<StatementPart> {
        std::mem::take(&mut self.writes)
    }

    /// Writes what is left to write.
    pub(crate) async fn end(mut self) -> Result<(Home, LocatedSpan)> {
        self.remember(None);
        let writes = self.take_writes();
        run_together(&self.change.transaction, writes).await?;
        Ok((self.home, self.span))
    }
}
