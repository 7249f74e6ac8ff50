//! Rows as cases of a dataset. A case has an id that follows from the row it comes from, so that a row is one case of a dataset, whoever
//! adds it and however often; and its origin names the row and the job, so that taking the job back finds what it made.

use super::doing::Progress;
use super::{JobRow, StoredJob};
use crate::content::ingest::insert;
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::Key as _;
use crate::ground::places::Home;
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::projects::settings;
use crate::writing::writer::Change;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shared::filter::Fields as _;
use shared::jobs::ExpectedFrom;
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::reviews::{ASSIGNMENTS_KEY, LISTS_KEY};
use shared::{ObjectId, PersonId};
use std::collections::HashMap;

/// Makes cases of some rows. What is in the dataset already is looked at where it is written, so that two who add the same rows at once,
/// or somebody who says something about a case at this moment, lose nothing.
pub(super) async fn copy(
    desk: &Desk,
    job: &StoredJob,
    mut rows: Vec<JobRow>,
    (dataset, expected): (&ObjectId, ExpectedFrom),
) -> Result<Progress> {
    let target = desk.find_object(dataset).await?;
    let (home, spans) = read(desk, job, &mut rows).await?;
    let mut progress = Progress::of(rows.len());
    progress.gone = progress.rows - i64::try_from(spans.len()).unwrap_or(0);
    let mut made = Vec::new();
    for span in &spans {
        let id = case_id(home.kind, home.id.as_str(), span.row_id());
        made.push((id.clone(), case_of(span, id, &home, job, expected)?));
    }
    let (person, job) = (desk.actor().person.id.clone(), job.clone());
    desk.store.write_at(dataset, move |change| Box::pin(add(change, person, target, job, made, progress))).await
}

/// Adds those cases that are not in the dataset.
async fn add(
    change: &mut Change,
    person: PersonId,
    target: Home,
    job: StoredJob,
    made: Vec<(String, Raw)>,
    mut progress: Progress,
) -> Result<Progress> {
    let there = cases(&change.transaction, &target, made.iter().map(|(id, _)| id.as_str())).await?;
    let mut missing = Vec::new();
    for (id, case) in made {
        match there.get(&id) {
            // Before it was interrupted.
            Some(case) if case.is_of(&job) => progress.done += 1,
            Some(_) => progress.already += 1,
            None => missing.push(case),
        }
    }
    if !missing.is_empty() {
        let refused = insert(change, &person, &target.id, &missing).await?;
        progress.refused = i64::try_from(refused.len()).unwrap_or(0);
        progress.refusal = refused.into_iter().next_back().map(|row| row.reason);
        progress.done += i64::try_from(missing.len()).unwrap_or(0) - progress.refused;
    }
    Ok(progress)
}

/// Takes the cases that the job made of some rows out again. Those about which something was said or written since stay.
pub(super) async fn remove(desk: &Desk, job: &StoredJob, rows: Vec<JobRow>, dataset: &ObjectId) -> Result<Progress> {
    let (kind, target) = (kind_of_source(desk, job).await?, desk.find_object(dataset).await?);
    let progress = Progress::of(rows.len());
    let ids: Vec<String> = rows.iter().filter_map(|row| Some(case_id(kind, &job.object_id, row.row_id.as_deref()?))).collect();
    let (person, job) = (desk.actor().person.id.clone(), job.clone());
    desk.store.write_at(dataset, move |change| Box::pin(take_out(change, person, target, job, ids, progress))).await
}

async fn take_out(
    change: &mut Change,
    person: PersonId,
    target: Home,
    job: StoredJob,
    ids: Vec<String>,
    mut progress: Progress,
) -> Result<Progress> {
    let mut made = cases(&change.transaction, &target, ids.iter().map(String::as_str)).await?;
    made.retain(|_, case| case.is_of(&job));
    let untouched =
        made.iter().filter(|(_, case)| case.is_untouched()).map(|(id, _)| body::raw(&json!({ "id": id, "_object_delete": true })));
    let untouched = untouched.collect::<std::result::Result<Vec<Raw>, _>>()?;
    progress.undone = i64::try_from(untouched.len()).unwrap_or(0);
    progress.kept = i64::try_from(made.len()).unwrap_or(0) - progress.undone;
    if !untouched.is_empty() {
        insert(change, &person, &target.id, &untouched).await?;
    }
    Ok(progress)
}

/// Who looks where reviewers must not learn from each other: somebody who sees through nothing and has answered nothing. What is copied is
/// nobody's answer any more, so it would be shown to everybody.
fn unanswering(desk: &Desk) -> Desk {
    let mut actor = desk.actor().clone();
    actor.person.role = Role::Reviewer;
    actor.person.id = PersonId(String::new());
    Desk::new(desk.store.clone(), actor)
}

/// Reads some rows as who started the job sees them, in a blind project without what reviewers said; leaves the first of them where there is
/// no room for all.
async fn read(desk: &Desk, job: &StoredJob, rows: &mut Vec<JobRow>) -> Result<(Home, Vec<FoundSpan>)> {
    let project = desk.find_object(&job.object()).await?.project;
    let view = match settings::of_project(desk.store.readers(), &project).await?.blind_reviews {
        true => unanswering(desk).view(&job.object()).await?,
        false => desk.view(&job.object()).await?,
    };
    let wanted = Wanted::columns(["input", "output", "expected", "metadata", "tags"]);
    loop {
        let which = Which {
            condition: format!("s.object = ? AND s.key IN ({})", list(rows.len().max(1))),
            bound: values![view.home.key].into_iter().chain(rows.iter().map(|row| Bound::from(row.drawn.span))).collect(),
            order: "ORDER BY s.key".to_owned(),
            waiting: false,
        };
        if rows.is_empty() {
            return Ok((view.home.clone(), Vec::new()));
        }
        let read = view.read(&which, &wanted, None).await?;
        if !read.cut || rows.len() == 1 {
            return Ok((view.home.clone(), read.spans));
        }
        rows.truncate(rows.len() / 2);
    }
}

/// What the rows of a job are in, also where that was deleted since.
async fn kind_of_source(desk: &Desk, job: &StoredJob) -> Result<ObjectKind> {
    #[derive(FromQueryResult)]
    struct Found {
        kind: String,
    }
    let found = one::<Found>(desk.store.readers(), "SELECT kind FROM objects WHERE id = ?", values![job.object_id.as_str()]).await?;
    found.and_then(|found| ObjectKind::parse(&found.kind)).ok_or_else(|| job.corrupt())
}

/// The id of the case that comes from a row.
fn case_id(kind: ObjectKind, object: &str, row_id: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["case", kind.as_str(), object, row_id] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// A row as a case.
fn case_of(span: &FoundSpan, id: String, home: &Home, job: &StoredJob, expected: ExpectedFrom) -> Result<Raw> {
    let expected = match expected {
        ExpectedFrom::Expected => "expected",
        ExpectedFrom::Output => "output",
    };
    let mut case = Object::from([("id".to_owned(), body::raw(&id)?)]);
    for (from, to) in [("input", "input"), (expected, "expected"), ("metadata", "metadata"), ("tags", "tags")] {
        if let Some(value) = span.content().get(from).filter(|value| !body::is_null(value)) {
            case.insert(to.to_owned(), value.clone());
        }
    }
    // The case stands in no review list because its origin does.
    if let Some(mut metadata) = case.get("metadata").and_then(|metadata| body::object(metadata.get())) {
        metadata.retain(|key, _| ![LISTS_KEY, ASSIGNMENTS_KEY].contains(&key.as_str()));
        case.insert("metadata".to_owned(), body::raw(&metadata)?);
    }
    let origin = json!({
        "object_type": home.kind.as_str(), "object_id": home.id, "id": span.row_id(), "_xact_id": span.column("_xact_id"),
        "created": span.column("created"), "job": job.key.text(),
    });
    case.insert("origin".to_owned(), body::raw(&origin)?);
    Ok(body::raw(&case)?)
}

/// A case that is in a dataset.
#[derive(FromQueryResult)]
struct Case {
    row_id: String,
    said: Option<i64>,
    comments: i64,
    rewritten: bool,
    body: String,
}

impl Case {
    /// Whether a job made it.
    fn is_of(&self, job: &StoredJob) -> bool {
        let origin = body::object(&self.body).and_then(|content| body::object(content.get("origin")?.get()));
        origin.and_then(|origin| body::read::<String>(&origin, "job")).is_some_and(|made_by| made_by == job.key.text())
    }

    /// Whether nobody said or wrote anything about it since it was made.
    fn is_untouched(&self) -> bool {
        !self.rewritten && self.said.is_none() && self.comments == 0
    }
}

/// Those of some cases that are in a dataset, by their ids.
async fn cases<'a>(
    connection: &impl ConnectionTrait,
    dataset: &Home,
    ids: impl ExactSizeIterator<Item = &'a str>,
) -> Result<HashMap<String, Case>> {
    if ids.len() == 0 {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT s.row_id, s.said, s.comments, p.body, \
         EXISTS (SELECT 1 FROM span_versions v WHERE v.project = s.project AND v.key = s.key) AS rewritten FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
         WHERE s.project = ? AND s.object = ? AND s.row_id IN ({})",
        list(ids.len())
    );
    let bound = values![dataset.short(), dataset.key].into_iter().chain(ids.map(Bound::from)).collect();
    let found = all::<Case>(connection, &text, bound).await?;
    Ok(found.into_iter().map(|case| (case.row_id.clone(), case)).collect())
}
