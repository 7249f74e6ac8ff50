//! Spans coming in: batches of rows of any object, merged as the wire protocol says, durable when this returns.
//!
//! A batch is read and checked row by row; a bad row is told and left out, the others are written. Then everything
//! stored about the rows is read at once, changed in memory, and written at once, together with the scores, the tags,
//! the traces and the roll-ups that follow from it.

mod batch;
mod row;
mod written;

use crate::ground::body;
use crate::ground::body::Object;
use crate::ground::places::{Home, home};
use crate::writing::writer::Change;
use crate::{Desk, Result};
use batch::Batch;
use futures::future::BoxFuture;
use row::Row;
use serde_json::value::RawValue;
use shared::permissions::Action;
use shared::{ObjectId, PersonId, Problem, ProjectId};
use std::collections::HashMap;

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub struct Ingested {
    /// The ids of all rows, in the order sent; of rejected ones too.
    pub ids: Vec<String>,
    /// The transaction that holds them, as decimal text.
    pub transaction: String,
    /// Rows that were left out, and why.
    pub rejected: Vec<RejectedRow>,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RejectedRow {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Its id, where it could be read.
    pub id: Option<String>,
    /// What is wrong with it and what would be right.
    pub reason: String,
}

impl Desk {
    /// Takes in rows as SDKs send them to `/logs3`, or, `within` an object, as REST inserts them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to send traces. A row that is wrong is no error: it is told in
    /// [`Ingested::rejected`], and the others are kept.
    pub async fn ingest(&self, rows: Vec<Box<RawValue>>, within: Option<ObjectId>) -> Result<Ingested> {
        // SDKs send feedback through the same door as spans; a key that may only send feedback may do that.
        let only_feedback = !self.actor.may(Action::Ingest);
        if only_feedback {
            self.require(Action::Feedback)?;
        }
        let mut ingested = Ingested::default();
        let mut accepted = Vec::with_capacity(rows.len());
        for (index, text) in rows.iter().enumerate() {
            let read = Row::read(text, within.as_ref());
            let id =
                read.as_ref().ok().map(|row| row.id.clone()).or_else(|| body::object(text.get()).and_then(|row| body::read(&row, "id")));
            ingested.ids.push(id.clone().unwrap_or_default());
            match read {
                Ok(row) if only_feedback && !row.is_feedback() => ingested.rejected.push(RejectedRow {
                    index,
                    id,
                    reason: "This key may only send feedback. Use a key with the scope ingest for spans.".to_owned(),
                }),
                Ok(row) => accepted.push((index, row)),
                Err(reason) => ingested.rejected.push(RejectedRow { index, id, reason }),
            }
        }
        let (transaction, rejected) = self.write_rows(accepted).await?;
        ingested.transaction = transaction.to_string();
        ingested.rejected.extend(rejected);
        ingested.rejected.sort_by_key(|row| row.index);
        metrics::counter!("touchstone_rows_ingested_total").increment((ingested.ids.len() - ingested.rejected.len()) as u64);
        metrics::counter!("touchstone_rows_rejected_total").increment(ingested.rejected.len() as u64);
        Ok(ingested)
    }

    /// Takes in end users' feedback on rows of an object.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission, [`Problem::NotFound`] for an unknown object.
    pub async fn feedback(&self, object: &ObjectId, items: Vec<serde_json::Value>) -> Result<Vec<RejectedRow>> {
        self.require(Action::Feedback)?;
        self.find_object(object).await?;
        let mut rejected = Vec::new();
        let mut accepted = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let rows = feedback_rows(&item);
            if rows.is_empty() {
                let reason = "This feedback says nothing. Send at least one of scores, expected, tags and comment.".to_owned();
                rejected.push(RejectedRow { index, id: item["id"].as_str().map(str::to_owned), reason });
            }
            for row in rows {
                match body::raw(&row).map_err(|error| error.to_string()).and_then(|text| Row::read(&text, Some(object))) {
                    Ok(row) => accepted.push((index, row)),
                    Err(reason) => rejected.push(RejectedRow { index, id: row["id"].as_str().map(str::to_owned), reason }),
                }
            }
        }
        let (_, more) = self.write_rows(accepted).await?;
        rejected.extend(more);
        // One item may stand for two rows; it is told once.
        rejected.sort_by_key(|row| row.index);
        rejected.dedup_by_key(|row| row.index);
        Ok(rejected)
    }

    /// Writes the rows of each project on their own. Where one project cannot be written now, those before it are kept, and what is sent
    /// again changes nothing there.
    async fn write_rows(&self, rows: Vec<(usize, Row)>) -> Result<(i64, Vec<RejectedRow>)> {
        let mut of_projects: Vec<(Option<ProjectId>, Vec<(usize, Row)>)> = Vec::new();
        for row in rows {
            let project = self.store.project_of(&row.1.object).await?;
            match of_projects.iter_mut().find(|(known, _)| *known == project) {
                Some((_, rows)) => rows.push(row),
                None => of_projects.push((project, vec![row])),
            }
        }
        let (mut last, mut rejected) = (0, Vec::new());
        for (project, rows) in of_projects {
            let actor = self.actor.person.id.clone();
            let (transaction, more) = self.store.write_of(project, move |change| write(change, actor, rows)).await?;
            last = last.max(transaction);
            rejected.extend(more);
        }
        Ok((last, rejected))
    }

    /// The object of that id, if it exists and its project does.
    pub(crate) async fn find_object(&self, id: &ObjectId) -> Result<Home> {
        home(self.store.readers(), id).await?.ok_or_else(|| Problem::not_found("project, experiment or dataset with this id").into())
    }
}

/// Deletes a row, as an SDK would.
pub(crate) async fn delete_row(change: &mut Change, home: Home, actor: &PersonId, id: &str) -> Result<()> {
    let row = Row::deletion(&home.id, id);
    write_row(change, home, actor, row, None).await
}

/// Writes fields of a row in the place of what stood there, as a person does. Null takes a field away.
pub(crate) async fn edit_row(change: &mut Change, home: Home, actor: &PersonId, id: &str, fields: Object) -> Result<()> {
    let row = Row::edit(&home.id, id, fields);
    write_row(change, home, actor, row, None).await
}

/// Writes another base of `expected`. `informed` says whether whoever wrote it saw what others had said there.
pub(crate) async fn edit_expected(
    change: &mut Change,
    home: Home,
    actor: &PersonId,
    id: &str,
    value: Box<RawValue>,
    informed: bool,
) -> Result<()> {
    let row = Row::edit(&home.id, id, Object::from([("expected".to_owned(), value)]));
    write_row(change, home, actor, row, Some(informed)).await
}

async fn write_row(change: &mut Change, home: Home, actor: &PersonId, row: Row, informed: Option<bool>) -> Result<()> {
    let transaction = change.transaction_id(&home.project).await?;
    let id = row.span().to_owned();
    let mut batch = Batch::load(change, home, transaction, actor, [id.as_str()]).await?;
    batch.apply(vec![row])?;
    if let Some(informed) = informed {
        batch.inform(&id, informed);
    }
    batch.write(change).await
}

/// The rows that feedback stands for: a merge, a comment, or both. None if it says nothing.
fn feedback_rows(item: &serde_json::Value) -> Vec<serde_json::Value> {
    let source = item.get("source").and_then(|source| source.as_str()).unwrap_or("external").to_owned();
    let metadata = item.get("metadata").cloned().unwrap_or(serde_json::Value::Null);
    let mut rows = Vec::new();
    let mut merge = serde_json::Map::new();
    for key in ["scores", "expected", "tags"] {
        if let Some(value) = item.get(key).filter(|value| says_something(key, value)) {
            merge.insert(key.to_owned(), value.clone());
        }
    }
    let comment = item.get("comment").filter(|comment| !comment.is_null());
    if !merge.is_empty() {
        merge.insert("id".to_owned(), item.get("id").cloned().unwrap_or(serde_json::Value::Null));
        merge.insert("_is_merge".to_owned(), true.into());
        merge.insert("_audit_source".to_owned(), source.clone().into());
        merge.insert("_audit_metadata".to_owned(), metadata.clone());
        rows.push(merge.into());
    }
    if let Some(comment) = comment {
        rows.push(serde_json::json!({
            "origin": { "id": item.get("id") }, "comment": comment, "_audit_source": source, "_audit_metadata": metadata,
        }));
    }
    rows
}

/// Whether a field of feedback says anything. No score and no tag say nothing, while something empty may well be expected.
fn says_something(key: &str, value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => false,
        serde_json::Value::Object(scores) if key == "scores" => !scores.is_empty(),
        serde_json::Value::Array(tags) if key == "tags" => !tags.is_empty(),
        _ => true,
    }
}

/// Applies rows to what is stored. Returns the transaction and the rows that could not be applied.
fn write<'a>(change: &'a mut Change, actor: PersonId, rows: Vec<(usize, Row)>) -> BoxFuture<'a, Result<(i64, Vec<RejectedRow>)>> {
    Box::pin(async move {
        let mut rejected = Vec::new();
        let mut homes: HashMap<ObjectId, Option<Home>> = HashMap::new();
        let mut by_object: Vec<(Home, Vec<Row>)> = Vec::new();
        for (index, row) in rows {
            if !homes.contains_key(&row.object) {
                let found = home(&change.transaction, &row.object).await?;
                homes.insert(row.object.clone(), found);
            }
            let Some(home) = homes.get(&row.object).cloned().flatten() else {
                let reason = format!("There is no project, experiment or dataset {}.", row.object);
                rejected.push(RejectedRow { index, id: Some(row.id), reason });
                continue;
            };
            match by_object.iter_mut().find(|(known, _)| known.key == home.key) {
                Some((_, rows)) => rows.push(row),
                None => by_object.push((home, vec![row])),
            }
        }
        let mut last_transaction = 0;
        for (home, rows) in by_object {
            last_transaction = change.transaction_id(&home.project).await?;
            let mut batch = Batch::load(change, home, last_transaction, &actor, rows.iter().map(Row::span)).await?;
            batch.apply(rows)?;
            batch.write(change).await?;
        }
        Ok((last_transaction, rejected))
    })
}
