//! The rows of a dataset that are not the same at two transactions, and writing them as they were.

use super::restoring::go_on;
use crate::Result;
use crate::content::ingest::insert;
use crate::content::versions::{DELETE, WAITING};
use crate::ground::body::{self, Object, Raw, same};
use crate::ground::database::{all, list, values};
use crate::ground::places::Home;
use crate::render;
use crate::writing::writer::Change;
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::json;
use shared::filter::format_instant;
use shared::versions::{DatasetVersion, DifferentField, RowDifference};
use shared::{Micros, PersonId, TransactionId, VersionId};
use std::collections::HashMap;
use std::vec::IntoIter;

/// Rows that are looked at and written at once.
const CHUNK: usize = 100;

/// Ids of rows that are read at once: few enough to be held.
const IDS: usize = if cfg!(test) { 150 } else { 50_000 };

/// The fields of a case.
const FIELDS: [&str; 4] = ["input", "expected", "metadata", "tags"];

/// Characters of a value that is told.
const SHOWN: usize = 200;

/// A row as it stood at two transactions; none where it was not there.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) from: Option<Stood>,
    pub(super) to: Option<Stood>,
}

/// How a row stood.
pub(super) struct Stood {
    content: Object,
    created: Micros,
}

/// The rows that something was written about between two transactions, whichever is the later, in the order of their ids.
pub(super) struct Touched<'a> {
    home: &'a Home,
    from: TransactionId,
    to: TransactionId,
    /// Ids that were read and not handed out.
    ids: IntoIter<String>,
    /// The last id that was read.
    last: String,
    is_all_read: bool,
}

impl<'a> Touched<'a> {
    pub(super) fn new(home: &'a Home, from: TransactionId, to: TransactionId) -> Self {
        Self { home, from, to, ids: Vec::new().into_iter(), last: String::new(), is_all_read: false }
    }

    /// The next of them; none when that were all.
    pub(super) async fn next(&mut self, connection: &impl ConnectionTrait) -> Result<Vec<Row>> {
        if self.ids.len() == 0 && !self.is_all_read {
            self.read(connection).await?;
        }
        let ids: Vec<String> = self.ids.by_ref().take(CHUNK).collect();
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut one = stood(connection, self.home, &names, self.from).await?;
        let mut other = stood(connection, self.home, &names, self.to).await?;
        let rows = ids.into_iter().map(|id| Row { from: one.remove(&id), to: other.remove(&id), id });
        Ok(rows.collect())
    }

    /// Reads ids. Whichever index finds them, all that were touched are put in order for it: that is worth it for many only.
    async fn read(&mut self, connection: &impl ConnectionTrait) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Id {
            row_id: String,
        }
        let (first, last) = (self.from.min(self.to), self.from.max(self.to));
        let part = |table: &str| {
            format!(
                "SELECT row_id FROM {table} WHERE project = ? AND object = ? AND transaction_id > ? AND transaction_id <= ? AND row_id > ?"
            )
        };
        let text = format!("SELECT row_id FROM ({} UNION {}) touched ORDER BY row_id LIMIT {IDS}", part("spans"), part("span_versions"));
        let bound = || values![self.home.short(), self.home.key, first.0, last.0, self.last.as_str()];
        let found = all::<Id>(connection, &text, bound().into_iter().chain(bound()).collect()).await?;
        self.is_all_read = found.len() < IDS;
        if let Some(last) = found.last() {
            self.last.clone_from(&last.row_id);
        }
        self.ids = found.into_iter().map(|found| found.row_id).collect::<Vec<_>>().into_iter();
        Ok(())
    }
}

/// How some rows stood when a transaction was the newest.
async fn stood(connection: &impl ConnectionTrait, home: &Home, ids: &[&str], at: TransactionId) -> Result<HashMap<String, Stood>> {
    #[derive(FromQueryResult)]
    struct Version {
        row_id: String,
        created: Micros,
        body: String,
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let places = list(ids.len());
    let text = format!(
        "SELECT s.row_id, s.created, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
         WHERE s.project = ? AND s.object = ? AND s.row_id IN ({places}) AND s.action <> '{WAITING}' AND s.transaction_id <= ? \
         UNION ALL SELECT s.row_id, s.created, s.body FROM span_versions s \
         WHERE s.project = ? AND s.object = ? AND s.row_id IN ({places}) AND s.action <> '{WAITING}' AND s.action <> '{DELETE}' \
         AND s.transaction_id <= ? AND s.superseded > ? AND s.body <> ''"
    );
    let rows = || values![home.short(), home.key].into_iter().chain(ids.iter().map(|id| Bound::from(*id)));
    let bound = rows().chain(values![at.0]).chain(rows()).chain(values![at.0, at.0]).collect();
    let versions = all::<Version>(connection, &text, bound).await?;
    let stood = versions.into_iter().map(|version| {
        let content = body::object(&version.body).unwrap_or_default();
        (version.row_id, Stood { content, created: version.created })
    });
    Ok(stood.collect())
}

fn value<'row>(row: Option<&'row Stood>, field: &str) -> Option<&'row str> {
    row.and_then(|row| row.content.get(field)).filter(|value| !body::is_null(value)).map(|value| value.get())
}

/// The fields that say something else.
fn different<'row>(from: Option<&'row Stood>, to: Option<&'row Stood>) -> impl Iterator<Item = &'static str> + use<'row> {
    FIELDS.into_iter().filter(move |field| !same(value(from, field), value(to, field)))
}

/// What became of a row; none where it says the same.
pub(super) fn difference(from: Option<&Stood>, to: Option<&Stood>) -> Option<RowDifference> {
    match (from, to) {
        (None, None) => None,
        (None, Some(_)) => Some(RowDifference::Added),
        (Some(_), None) => Some(RowDifference::Removed),
        (Some(_), Some(_)) => different(from, to).next().map(|_| RowDifference::Changed),
    }
}

/// The fields that say something else, as they are told.
pub(super) fn fields(from: Option<&Stood>, to: Option<&Stood>) -> Vec<DifferentField> {
    let shown = |row, field| value(row, field).map(|value| render::preview(value, SHOWN)).unwrap_or_default();
    different(from, to).map(|name| DifferentField { name: name.to_owned(), from: shown(from, name), to: shown(to, name) }).collect()
}

/// Writes rows as they stood at a transaction: how many are there again, were taken out, and say again what they said.
pub(super) async fn taking_back(
    change: &mut Change,
    person: PersonId,
    home: Home,
    at: TransactionId,
    ids: Vec<String>,
    before: DatasetVersion,
) -> Result<[u64; 3]> {
    go_on(change, &before.id).await?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let then = stood(&change.transaction, &home, &ids, at).await?;
    let kept = stood(&change.transaction, &home, &ids, before.transaction).await?;
    let now = stood(&change.transaction, &home, &ids, TransactionId(i64::MAX)).await?;
    let (mut rows, mut counts) = (Vec::new(), [0; 3]);
    for id in ids {
        let (was, is) = (then.get(id), now.get(id));
        // Somebody was there meanwhile.
        if difference(kept.get(id), is).is_some() {
            continue;
        }
        let (place, row) = match (difference(is, was), was) {
            (None, _) => continue,
            (Some(RowDifference::Added), Some(was)) => (0, whole(id, was, &before.id)?),
            (Some(RowDifference::Removed), _) | (_, None) => (1, body::raw(&json!({ "id": id, "_object_delete": true }))?),
            (Some(RowDifference::Changed), Some(was)) => (2, changed(id, is, was)?),
        };
        counts[place] += 1;
        rows.push(row);
    }
    if !rows.is_empty() {
        insert(change, &person, &home.id, &rows).await?;
    }
    Ok(counts)
}

/// A row that was deleted. The mark makes it another one than the row that was deleted, though it says the same.
fn whole(id: &str, was: &Stood, mark: &VersionId) -> Result<Raw> {
    let mut row = was.content.clone();
    row.insert("id".to_owned(), body::raw(&id)?);
    row.insert("created".to_owned(), body::raw(&format_instant(was.created))?);
    row.insert("_audit_metadata".to_owned(), body::raw(&json!({ "restored": mark }))?);
    Ok(body::raw(&row)?)
}

/// What brings the fields of a row back.
fn changed(id: &str, is: Option<&Stood>, was: &Stood) -> Result<Raw> {
    let mut row = Object::from([("id".to_owned(), body::raw(&id)?), ("_is_merge".to_owned(), body::raw(&true)?)]);
    let fields: Vec<&str> = different(is, Some(was)).collect();
    row.insert("_merge_paths".to_owned(), body::raw(&fields.iter().map(|field| [field]).collect::<Vec<_>>())?);
    for field in fields {
        let value = was.content.get(field).cloned();
        row.insert(field.to_owned(), value.map_or_else(|| body::raw(&()), Ok)?);
    }
    Ok(body::raw(&row)?)
}
