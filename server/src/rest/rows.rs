//! Rows in, rows out, feedback: the same below `/v1/project_logs/{id}`, `/v1/experiment/{id}` and `/v1/dataset/{id}`.

use super::objects::ObjectPath;
use crate::actor::Signed;
use crate::body::numbers::Nulled;
use crate::body::{JsonBody, Query, RowsBody};
use crate::problems::{ApiError, ApiResult};
use axum::Json;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::{Problem, TransactionId};
use std::collections::BTreeSet;
use store::{Desk, RejectedRow, RowSearch, TakenFeedback, WaitingRow};

/// Traces in a page unless `limit` says otherwise.
const PAGE: u32 = 1000;

/// The body of an insert.
#[derive(Deserialize)]
pub struct Insert {
    events: Vec<Box<RawValue>>,
}

/// Inserts rows. What is wrong with one row is told beside the ids and costs the others nothing.
pub async fn insert(Signed(desk): Signed, path: ObjectPath, RowsBody { value: body, nulled }: RowsBody<Insert>) -> ApiResult<Json<Value>> {
    // Without the object no row can be taken, which deserves another status than a wrong row.
    let object = path.object(&desk).await?;
    let sent = body.events.len();
    let ingested = desk.ingest(body.events, Some(object)).await?;
    refuse_if_nothing_was_taken(sent, &ingested.rejected)?;
    let mut answer = json!({ "row_ids": ingested.ids });
    if !ingested.rejected.is_empty() {
        answer["rejected"] = json!(ingested.rejected);
    }
    tell(&mut answer, &ingested.waiting, &nulled);
    Ok(Json(answer))
}

/// Says in an answer what was taken otherwise than it may seem: what waits for its row, and what was read as null.
pub fn tell(answer: &mut Value, waiting: &[WaitingRow], nulled: &[Nulled]) {
    if !waiting.is_empty() {
        answer["waiting"] = json!(waiting);
    }
    if !nulled.is_empty() {
        answer["read_as_null"] = json!(nulled);
    }
}

/// Answers 400 if rows were sent and none was taken.
///
/// # Errors
/// Then, with every reason.
pub fn refuse_if_nothing_was_taken(sent: usize, rejected: &[RejectedRow]) -> ApiResult<()> {
    // One item of feedback can be wrong in two ways.
    let refused: BTreeSet<usize> = rejected.iter().map(|row| row.index).collect();
    match rejected.first() {
        Some(first) if refused.len() >= sent => Err(ApiError::all_rejected(&first.reason, json!(rejected))),
        _ => Ok(()),
    }
}

/// What a fetch can ask for.
#[derive(Default, Deserialize)]
pub struct Fetch {
    limit: Option<u32>,
    cursor: Option<String>,
    version: Option<Value>,
    max_xact_id: Option<Value>,
    max_root_span_id: Option<Value>,
}

/// Fetches whole traces, newest first.
pub async fn fetch(Signed(desk): Signed, path: ObjectPath, query: Query) -> ApiResult<Json<Fetched>> {
    let value = |key| query.text(key).map(|text| json!(text));
    let fetch = Fetch {
        limit: query.number("limit")?,
        cursor: query.text("cursor").map(str::to_owned),
        version: value("version"),
        max_xact_id: value("max_xact_id"),
        max_root_span_id: value("max_root_span_id"),
    };
    answer(&desk, path, fetch).await
}

/// The same, asked for in a body.
pub async fn fetch_by_body(Signed(desk): Signed, path: ObjectPath, JsonBody(fetch): JsonBody<Fetch>) -> ApiResult<Json<Fetched>> {
    answer(&desk, path, fetch).await
}

async fn answer(desk: &Desk, path: ObjectPath, fetch: Fetch) -> ApiResult<Json<Fetched>> {
    for (key, value) in [("max_xact_id", &fetch.max_xact_id), ("max_root_span_id", &fetch.max_root_span_id)] {
        if value.as_ref().is_some_and(|value| !value.is_null()) {
            return Err(Problem::invalid(key, "This is not available yet. Continue a list with cursor.").into());
        }
    }
    let search = RowSearch {
        after: fetch.cursor,
        limit: limit(fetch.limit.unwrap_or(PAGE))?,
        whole_traces: true,
        version: version(desk, fetch.version.as_ref()).await?,
        ..RowSearch::of(path.object(desk).await?)
    };
    let found = desk.search_rows(search).await?;
    Ok(Json(Fetched { events: found.rows, cursor: found.next }))
}

/// Rows of whole traces. A page also ends where it would be too large, in the middle of a trace if need be: `cursor` goes on there.
#[derive(Serialize)]
pub struct Fetched {
    events: Vec<Box<RawValue>>,
    cursor: Option<String>,
}

/// The transaction as of which rows are wanted: as text, as SDKs give it, or as a number.
///
/// # Errors
/// When it is no transaction, or one that has not been yet.
pub async fn version(desk: &Desk, version: Option<&Value>) -> ApiResult<Option<TransactionId>> {
    Ok(match version {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(desk.version(text).await?),
        Some(other) => Some(desk.version(&other.to_string()).await?),
    })
}

fn limit(limit: u32) -> Result<u32, Problem> {
    if limit == 0 { Err(Problem::invalid("limit", "Ask for at least one.")) } else { Ok(limit.min(PAGE)) }
}

/// The body of feedback.
#[derive(Deserialize)]
pub struct FeedbackBody {
    feedback: Vec<Box<RawValue>>,
}

/// Takes in end users' feedback.
pub async fn feedback(
    Signed(desk): Signed,
    path: ObjectPath,
    RowsBody { value: body, nulled }: RowsBody<FeedbackBody>,
) -> ApiResult<Json<Value>> {
    let sent = body.feedback.len();
    let TakenFeedback { rejected, waiting } = desk.feedback(&path.object(&desk).await?, body.feedback).await?;
    refuse_if_nothing_was_taken(sent, &rejected)?;
    let mut answer = json!({ "status": "success" });
    if !rejected.is_empty() {
        answer["rejected"] = json!(rejected);
    }
    tell(&mut answer, &waiting, &nulled);
    Ok(Json(answer))
}
