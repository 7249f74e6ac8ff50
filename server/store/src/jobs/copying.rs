//! Rows as cases of a dataset. A case has an id that follows from the row it comes from, so that a row is one case of a dataset, whoever
//! adds it and however often, unless it is added once more on purpose; and its origin names the row and the job, so that taking the job back
//! finds what it made, and what it changed: what stood there before the first version of the job.

use super::doing::Progress;
use super::mapping::{self, FIELDS};
use super::{JobRow, StoredJob};
use crate::content::ingest::insert;
use crate::ground::body::{self, Object, Raw, same};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::{Key as _, SpanKey, project_of};
use crate::ground::places::Home;
use crate::writing::writer::Change;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shared::jobs::{CaseMapping, IfThere};
use shared::objects::ObjectKind;
use shared::{ObjectId, PersonId};
use std::collections::HashMap;

/// Ids in one query.
const CHUNK: usize = 400;

/// Bytes of the rows that are copied by one write, unless one has more: others wait for it.
const AT_ONCE: u64 = 1_000_000;

/// Why a row is not changed.
const WRITTEN: &str =
    "What this row expects was written by somebody who had read answers there, so it is not overwritten. Change it by hand.";

/// A row as a case.
struct Made {
    id: String,
    /// Its id where it is added once more.
    again: String,
    case: Object,
}

/// Makes cases of some rows. What is in the dataset already is looked at where it is written, so that two who add the same rows at once,
/// or somebody who says something about a case at this moment, lose nothing.
pub(super) async fn copy(
    desk: &Desk,
    job: &StoredJob,
    mut rows: Vec<JobRow>,
    dataset: &ObjectId,
    (mapping, already): (&CaseMapping, IfThere),
) -> Result<Progress> {
    let target = desk.find_object(dataset).await?;
    let drawn: Vec<_> = rows.iter().map(|row| row.drawn.clone()).collect();
    let (count, sources) = mapping::read(desk, &job.object(), &drawn, mapping, AT_ONCE).await?;
    rows.truncate(count);
    let mut progress = Progress::of(rows.len());
    progress.gone = progress.rows - i64::try_from(sources.spans.len()).unwrap_or(0);
    let (mut made, by) = (Vec::new(), job.key.text());
    for span in &sources.spans {
        let of = |job| case_id(sources.home.kind, sources.home.id.as_str(), span.row_id(), job);
        made.push(Made { id: of(None), again: of(Some(&by)), case: sources.case_of(span, mapping, &by)? });
    }
    let person = desk.actor().person.id.clone();
    desk.store.write_at(dataset, move |change| Box::pin(add(change, person, target, (by, already), made, progress))).await
}

/// Adds those cases that are not in the dataset, and does with the others what was asked for.
async fn add(
    change: &mut Change,
    person: PersonId,
    target: Home,
    (job, already): (String, IfThere),
    made: Vec<Made>,
    mut progress: Progress,
) -> Result<Progress> {
    let ids = made.iter().flat_map(|made| [made.id.as_str(), made.again.as_str()]).collect();
    let there = cases(&change.transaction, &target, ids).await?;
    let (mut missing, mut changed) = (Vec::new(), Vec::new());
    for Made { id, again, case } in made {
        match (there.get(&id), there.get(&again)) {
            // Before it was interrupted.
            (_, Some(_)) => progress.done += 1,
            (Some(stands), None) if stands.is_of(&job) => {
                progress.done += 1;
                progress.updated += i64::from(stands.before.is_some());
            }
            (Some(stands), None) => match already {
                IfThere::Skip => progress.already += 1,
                IfThere::Double => missing.push(named(&again, case)?),
                // Whatever it shall expect: a refusal that depended on it would tell what stands there.
                IfThere::Update if stands.informed => {
                    progress.refused += 1;
                    progress.refusal = Some(WRITTEN.to_owned());
                }
                IfThere::Update => match changes(&id, &stands.content(), &case)? {
                    None => progress.already += 1,
                    Some(row) => changed.push(row),
                },
            },
            (None, None) => missing.push(named(&id, case)?),
        }
    }
    let first = missing.len();
    missing.append(&mut changed);
    if !missing.is_empty() {
        let refused = insert(change, &person, &target.id, &missing).await?;
        let count = |rows: usize| i64::try_from(rows).unwrap_or(0);
        progress.done += count(missing.len()) - count(refused.len());
        progress.updated += count(missing.len() - first) - count(refused.iter().filter(|row| row.index >= first).count());
        progress.refused += count(refused.len());
        progress.refusal = refused.into_iter().next_back().map(|row| row.reason).or(progress.refusal);
    }
    Ok(progress)
}

/// A case that is added.
fn named(id: &str, mut case: Object) -> Result<Raw> {
    case.insert("id".to_owned(), body::raw(&id)?);
    Ok(body::raw(&case)?)
}

/// The fields in which two cases say something else.
fn differing(one: &Object, other: &Object) -> Vec<&'static str> {
    let value = |row: &Object, field: &str| row.get(field).map(|value| value.get().to_owned());
    let mut fields: Vec<&str> = FIELDS.to_vec();
    fields.retain(|field| !same(value(one, field).as_deref(), value(other, field).as_deref()));
    fields
}

/// The row that makes a case say what it shall; none where it says that already.
fn changes(id: &str, is: &Object, shall: &Object) -> Result<Option<Raw>> {
    let fields = differing(is, shall);
    if fields.is_empty() {
        return Ok(None);
    }
    let written = || fields.iter().copied().chain(["origin"]);
    let mut row = Object::from([("id".to_owned(), body::raw(&id)?), ("_is_merge".to_owned(), body::raw(&true)?)]);
    row.insert("_merge_paths".to_owned(), body::raw(&written().map(|field| [field]).collect::<Vec<_>>())?);
    for field in written() {
        row.insert(field.to_owned(), shall.get(field).cloned().map_or_else(|| body::raw(&()), Ok)?);
    }
    Ok(Some(body::raw(&row)?))
}

/// Takes the cases that the job made of some rows out again, and makes those that it changed what they were. Made ones about which
/// something was said since stay, and so do all that somebody wrote since.
pub(super) async fn remove(desk: &Desk, job: &StoredJob, rows: Vec<JobRow>, dataset: &ObjectId) -> Result<Progress> {
    let (kind, target) = (kind_of_source(desk, job).await?, desk.find_object(dataset).await?);
    let (progress, by) = (Progress::of(rows.len()), job.key.text());
    let of = |row: &JobRow| {
        let id = row.row_id.as_deref()?;
        Some([None, Some(by.as_str())].map(|again| case_id(kind, &job.object_id, id, again)))
    };
    let ids: Vec<String> = rows.iter().filter_map(of).flatten().collect();
    let person = desk.actor().person.id.clone();
    desk.store.write_at(dataset, move |change| Box::pin(take_out(change, person, target, by, ids, progress))).await
}

async fn take_out(
    change: &mut Change,
    person: PersonId,
    target: Home,
    job: String,
    ids: Vec<String>,
    mut progress: Progress,
) -> Result<Progress> {
    let mut made = cases(&change.transaction, &target, ids.iter().map(String::as_str).collect()).await?;
    made.retain(|_, case| case.is_of(&job));
    let mut rows = Vec::new();
    for (id, case) in &made {
        let (written, before) = case.stood(&change.transaction, &job).await?;
        if !differing(&case.content(), &body::object(&written).unwrap_or_default()).is_empty() {
            // Somebody wrote it since.
            continue;
        }
        match before {
            None if case.is_untouched() => rows.push(body::raw(&json!({ "id": id, "_object_delete": true }))?),
            None => {}
            // Of what was erased nothing can be brought back.
            Some(before) if before.is_empty() => {}
            Some(before) => rows.extend(changes(id, &case.content(), &body::object(&before).unwrap_or_default())?),
        }
    }
    progress.undone = i64::try_from(rows.len()).unwrap_or(0);
    progress.kept = i64::try_from(made.len()).unwrap_or(0) - progress.undone;
    if !rows.is_empty() {
        insert(change, &person, &target.id, &rows).await?;
    }
    Ok(progress)
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

/// The id of the case that comes from a row; with a job, of the one that this job added once more.
pub(super) fn case_id(kind: ObjectKind, object: &str, row_id: &str, job: Option<&str>) -> String {
    let mut hash = Sha256::new();
    for part in ["case", kind.as_str(), object, row_id].into_iter().chain(job) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, hashed)| *byte = hashed);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// A case that is in a dataset.
#[derive(FromQueryResult)]
struct Case {
    key: SpanKey,
    row_id: String,
    said: Option<i64>,
    comments: i64,
    informed: bool,
    body: String,
    /// The version before.
    before: Option<String>,
}

impl Case {
    /// Whether a job wrote it.
    fn is_of(&self, job: &str) -> bool {
        is_of(&self.body, job)
    }

    fn content(&self) -> Object {
        body::object(&self.body).unwrap_or_default()
    }

    /// What the job wrote first, and what stood there before it; none where the job made the case.
    async fn stood(&self, connection: &impl ConnectionTrait, job: &str) -> Result<(String, Option<String>)> {
        #[derive(FromQueryResult)]
        struct Version {
            transaction_id: i64,
            body: String,
        }
        // A version that names the job elsewhere is none of it; of those that come first few are.
        let text =
            "SELECT transaction_id, body FROM span_versions WHERE project = ? AND key = ? AND body LIKE ? ORDER BY transaction_id LIMIT 20";
        let named = format!("%\"job\":\"{job}\"%");
        let versions = all::<Version>(connection, text, values![project_of(self.key), self.key, named]).await?;
        let Some(first) = versions.into_iter().find(|version| is_of(&version.body, job)) else {
            return Ok((self.body.clone(), self.before.clone()));
        };
        #[derive(FromQueryResult)]
        struct Before {
            body: String,
        }
        let text = "SELECT body FROM span_versions WHERE project = ? AND key = ? AND superseded = ?";
        let before = one::<Before>(connection, text, values![project_of(self.key), self.key, first.transaction_id]).await?;
        Ok((first.body, before.map(|before| before.body)))
    }

    /// Whether nobody said anything about it since it was made.
    fn is_untouched(&self) -> bool {
        self.said.is_none() && self.comments == 0
    }
}

/// Whether the origin of a case names a job.
fn is_of(case: &str, job: &str) -> bool {
    let origin = body::object(case).and_then(|content| body::object(content.get("origin")?.get()));
    origin.and_then(|origin| body::read::<String>(&origin, "job")).is_some_and(|made_by| made_by == job)
}

/// Those of some cases that are in a dataset, by their ids.
async fn cases(connection: &impl ConnectionTrait, dataset: &Home, ids: Vec<&str>) -> Result<HashMap<String, Case>> {
    let mut cases = HashMap::new();
    for ids in ids.chunks(CHUNK) {
        let text = format!(
            "SELECT s.key, s.row_id, s.said, s.comments, s.informed, p.body, v.body AS before \
             FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
             LEFT JOIN span_versions v ON v.project = s.project AND v.key = s.key AND v.superseded = s.transaction_id \
             WHERE s.project = ? AND s.object = ? AND s.row_id IN ({})",
            list(ids.len())
        );
        let bound = values![dataset.short(), dataset.key].into_iter().chain(ids.iter().map(|id| Bound::from(*id))).collect();
        let found = all::<Case>(connection, &text, bound).await?;
        cases.extend(found.into_iter().map(|case| (case.row_id.clone(), case)));
    }
    Ok(cases)
}

/// How many of some cases are in a dataset.
pub(super) async fn count_cases(connection: &impl ConnectionTrait, dataset: &Home, ids: &[String]) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Counted {
        cases: i64,
    }
    let mut count = 0;
    for ids in ids.chunks(CHUNK) {
        let text =
            format!("SELECT COUNT(*) AS cases FROM spans WHERE project = ? AND object = ? AND row_id IN ({}) AND arrived", list(ids.len()));
        let bound = values![dataset.short(), dataset.key].into_iter().chain(ids.iter().map(|id| Bound::from(id.as_str()))).collect();
        count += one::<Counted>(connection, &text, bound).await?.map_or(0, |counted| counted.cases);
    }
    Ok(count)
}
