//! Spans coming in: batches of rows of any object, merged as the wire protocol says, durable when this returns.
//!
//! A batch is read and checked row by row; a bad row is told and left out, the others are written. Then everything
//! stored about the rows is read at once, changed in memory, and written at once, together with the scores, the tags,
//! the traces and the roll-ups that follow from it.

mod batch;
mod feedback;
mod flags;
mod names;
pub(crate) mod restored;
mod row;
pub(crate) mod values;
mod voices;
mod written;

pub(crate) use row::check_id;

use crate::ground::body;
use crate::ground::body::Object;
use crate::ground::places::{Home, home};
use crate::writing::writer::Change;
use crate::{Desk, Result};
use batch::Batch;
use futures::future::BoxFuture;
use indexmap::IndexMap;
use row::{Row, key_of_kind};
use serde_json::value::RawValue;
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::{ObjectId, PersonId, Problem, ProjectId, RowId};
use std::collections::HashMap;

/// Rows, each with its place in what was sent.
type Rows = Vec<(usize, Row)>;

/// Work of one write at most, in units of one narrow row: some thousands of rows, or some thousands of scores.
const PART: usize = 20_000;

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub struct Ingested {
    /// The ids of all rows, in the order sent; of rejected ones too.
    pub ids: Vec<String>,
    /// The transaction that holds them, as decimal text; one from before where they say nothing new.
    pub transaction: String,
    /// Rows that were left out, and why.
    pub rejected: Vec<RejectedRow>,
    /// Feedback and comments on rows that are not there yet: kept, and neither listed nor counted until the row comes.
    pub waiting: Vec<WaitingRow>,
}

/// Feedback, or a comment, that waits for its row.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct WaitingRow {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// The id of the row that is not there yet.
    pub id: String,
}

/// What became of feedback.
#[derive(Clone, Debug, Default)]
pub struct TakenFeedback {
    /// Items that were left out, and why.
    pub rejected: Vec<RejectedRow>,
    /// Items that wait for their row.
    pub waiting: Vec<WaitingRow>,
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
                    reason: self.actor.refusal(&[Action::Ingest], "send spans").to_string(),
                }),
                Ok(row) => accepted.push((index, Row { listed: within.is_some(), ..row })),
                Err(reason) => ingested.rejected.push(RejectedRow { index, id, reason }),
            }
        }
        let written = self.write_parts(accepted).await?;
        ingested.transaction = written.transaction.to_string();
        ingested.waiting = written.waiting;
        ingested.rejected.extend(written.rejected);
        ingested.rejected.sort_by_key(|row| row.index);
        metrics::counter!("touchstone_rows_ingested_total").increment((ingested.ids.len() - ingested.rejected.len()) as u64);
        metrics::counter!("touchstone_rows_rejected_total").increment(ingested.rejected.len() as u64);
        Ok(ingested)
    }

    /// Takes in end users' feedback on rows of an object, each item an object of the wire protocol; texts of JSON stay as they are.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission, [`Problem::NotFound`] for an unknown object.
    pub async fn feedback(&self, object: &ObjectId, items: Vec<impl serde::Serialize>) -> Result<TakenFeedback> {
        self.require(Action::Feedback)?;
        self.find_object(object).await?;
        let mut rejected = Vec::new();
        let mut accepted = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let text = body::raw(item)?;
            let item = body::object(text.get()).unwrap_or_default();
            match feedback::rows(&item)
                .map(|rows| rows.iter().map(|row| Row::read(row, Some(object))).collect::<std::result::Result<Vec<_>, String>>())
            {
                Ok(Ok(rows)) => accepted.extend(rows.into_iter().map(|row| (index, row))),
                Ok(Err(reason)) | Err(reason) => rejected.push(RejectedRow { index, id: body::read(&item, "id"), reason }),
            }
        }
        let Written { rejected: more, mut waiting, .. } = self.write_parts(accepted).await?;
        rejected.extend(more);
        // One item may stand for two rows; it is told once.
        rejected.sort_by_key(|row| row.index);
        rejected.dedup_by_key(|row| row.index);
        waiting.dedup_by_key(|row| row.index);
        Ok(TakenFeedback { rejected, waiting })
    }

    /// Writes rows project by project, since a commit is of one. Where one project cannot be written now, those before it are kept, and what
    /// is sent again changes nothing there.
    async fn write_parts(&self, rows: Rows) -> Result<Written> {
        let mut of_projects: IndexMap<Option<ProjectId>, Rows> = IndexMap::new();
        for row in rows {
            let project = self.store.project_of(&row.1.object).await?;
            of_projects.entry(project).or_default().push(row);
        }
        let mut written = Written::default();
        for (project, rows) in of_projects {
            let more = self.write_parts_of(project.as_ref(), rows).await?;
            written.transaction = written.transaction.max(more.transaction);
            written.rejected.extend(more.rejected);
            written.waiting.extend(more.waiting);
        }
        written.waiting.sort_by_key(|row| row.index);
        Ok(written)
    }

    /// Writes rows of a project part by part, so that others write in between however many there are.
    async fn write_parts_of(&self, project: Option<&ProjectId>, rows: Rows) -> Result<Written> {
        let mut written = Written::default();
        let mut rows = rows.into_iter().peekable();
        loop {
            let mut part = Vec::new();
            let mut weight = 0;
            while let Some((index, row)) = rows.next_if(|(_, row)| weight == 0 || weight + row.weight() <= PART) {
                weight += row.weight();
                part.push((index, row));
            }
            let actor = self.actor.person.id.clone();
            let (more, _) = self.store.write_of(project.cloned(), move |change| write(change, actor, part)).await?;
            written.transaction = written.transaction.max(more.transaction);
            written.rejected.extend(more.rejected);
            written.waiting.extend(more.waiting);
            if rows.peek().is_none() {
                return Ok(written);
            }
        }
    }

    /// The object of that id, if it exists and its project does.
    pub(crate) async fn find_object(&self, id: &ObjectId) -> Result<Home> {
        home(self.store.readers(), id).await?.ok_or_else(|| Problem::not_found("project, experiment or dataset with this id").into())
    }
}

/// Takes rows into an object, in the command of whoever looked first what is there, and says which were left out.
///
/// # Errors
/// [`Problem::Invalid`] for text that is no row.
pub(crate) async fn insert(change: &mut Change, actor: &PersonId, object: &ObjectId, rows: &[Box<RawValue>]) -> Result<Vec<RejectedRow>> {
    let read = |(index, text): (usize, &RawValue)| match Row::read(text, Some(object)) {
        Ok(row) => Ok((index, Row { listed: true, ..row })),
        Err(reason) => Err(Problem::invalid("row", reason)),
    };
    let rows = rows.iter().map(AsRef::as_ref).enumerate().map(read).collect::<std::result::Result<Vec<_>, _>>()?;
    Ok(write(change, actor.clone(), rows).await?.rejected)
}

/// Checks a row by itself, before anything stored is looked at.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn check(text: &RawValue, object: &ObjectId) -> std::result::Result<(), String> {
    Row::read(text, Some(object)).map(|_| ())
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
    let id = row.span().to_owned();
    let mut batch = Batch::load(change, home, actor, [id.as_str()]).await?;
    if let Some(refused) = batch.apply(vec![(0, row)])?.into_iter().next() {
        return Err(Problem::invalid("row", refused.reason).into());
    }
    if let Some(informed) = informed {
        batch.inform(&id, informed);
    }
    batch.write(change).await.map(|_| ())
}

/// What became of rows that reached the writer.
#[derive(Default)]
struct Written {
    transaction: i64,
    rejected: Vec<RejectedRow>,
    waiting: Vec<WaitingRow>,
}

/// Applies rows to what is stored.
fn write<'a>(change: &'a mut Change, actor: PersonId, rows: Vec<(usize, Row)>) -> BoxFuture<'a, Result<Written>> {
    Box::pin(async move {
        let mut written = Written::default();
        let mut homes: HashMap<ObjectId, Option<Home>> = HashMap::new();
        let mut by_object: Vec<(Home, Vec<(usize, Row)>)> = Vec::new();
        for (index, row) in rows {
            if !homes.contains_key(&row.object) {
                let found = home(&change.transaction, &row.object).await?;
                homes.insert(row.object.clone(), found);
            }
            let Some(home) = homes.get(&row.object).cloned().flatten() else {
                let reason = format!("There is no project, experiment or dataset {}.", row.object);
                written.rejected.push(RejectedRow { index, id: Some(row.id), reason });
                continue;
            };
            if let Some(kind) = row.kind.filter(|kind| *kind != home.kind) {
                let what = match home.kind {
                    ObjectKind::ProjectLogs => "a project",
                    ObjectKind::Experiment => "an experiment",
                    ObjectKind::Dataset => "a dataset",
                };
                let reason = format!("{} {} names {what}. Send it as {}.", key_of_kind(kind), row.object, key_of_kind(home.kind));
                written.rejected.push(RejectedRow { index, id: Some(row.id), reason });
                continue;
            }
            match by_object.iter_mut().find(|(known, _)| known.key == home.key) {
                Some((_, rows)) => rows.push((index, row)),
                None => by_object.push((home, vec![(index, row)])),
            }
        }
        for (home, mut rows) in by_object {
            written.rejected.extend(names::refuse_new(change, &home, &mut rows).await?);
            written.rejected.extend(flags::resolve(change, &home, &mut rows).await?);
            let flagged = rows.iter().filter_map(|(index, row)| Some((*index, RowId::from(row.id.as_str()), row.flags.clone()?)));
            let mut flagged: Vec<_> = flagged.collect();
            let mut batch = Batch::load(change, home.clone(), &actor, rows.iter().map(|(_, row)| row.span())).await?;
            batch.hear(change, rows.iter().filter_map(|(_, row)| Some((row.span(), row.voice()?)))).await?;
            let said: Vec<_> = rows.iter().filter(|(_, row)| row.waits()).map(|(index, row)| (*index, row.span().to_owned())).collect();
            let rejected = batch.apply(rows)?;
            flagged.retain(|(index, ..)| !rejected.iter().any(|row| row.index == *index));
            written.rejected.extend(rejected);
            let waiting = said.into_iter().filter(|(_, id)| batch.is_waiting(id)).map(|(index, id)| WaitingRow { index, id });
            written.waiting.extend(waiting);
            written.transaction = written.transaction.max(batch.write(change).await?);
            let flagged = flagged.into_iter().map(|(_, row, flags)| (row, flags)).collect();
            if let Some(transaction) = flags::apply(change, &home, &actor, flagged).await? {
                written.transaction = written.transaction.max(transaction);
            }
        }
        Ok(written)
    })
}
