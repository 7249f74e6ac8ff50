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
use shared::filter::{BinaryOperator, Expression, Kind, Step, expression_from_json, parse_expression};
use shared::{Problem, TransactionId};
use std::collections::BTreeSet;
use store::{Desk, RejectedRow, RowSearch, TakenFeedback, WaitingRow};

/// Traces, or spans that match, in a page unless `limit` says otherwise.
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
    /// Conditions on spans, as text or as the JSON of an expression; both must hold.
    filter: Option<Value>,
    query: Option<Value>,
    /// Conditions as older clients send them; all must hold.
    #[serde(default)]
    filters: Vec<PathLookup>,
}

/// That what stands at a path is a value, as older clients ask for it.
#[derive(Deserialize)]
struct PathLookup {
    r#type: String,
    path: Vec<String>,
    value: Value,
}

impl PathLookup {
    fn condition(self) -> Result<Expression, Problem> {
        if self.r#type != "path_lookup" || self.path.is_empty() {
            let reason =
                r#"Each is {"type": "path_lookup", "path": ["scores", "Preference"], "value": 1}. For everything else send a filter."#;
            return Err(Problem::invalid("filters", reason));
        }
        let place = Box::new(Expression::new(Kind::Path(self.path.into_iter().map(Step::Key).collect()), 0..0));
        let value = Expression::literal(&self.value, 0..0);
        Ok(Expression::new(
            match value.kind {
                Kind::Null => Kind::IsNull(place),
                _ => Kind::Binary { operator: BinaryOperator::Equal, left: place, right: Box::new(value) },
            },
            0..0,
        ))
    }
}

/// Fetches whole traces, newest first; with a condition, the spans that match.
pub async fn fetch(Signed(desk): Signed, path: ObjectPath, query: Query) -> ApiResult<Json<Fetched>> {
    answer(&desk, path, Fetch::of(&query)?).await
}

/// The same, asked for in a body. What it leaves out may stand in the address.
pub async fn fetch_by_body(
    Signed(desk): Signed,
    path: ObjectPath,
    query: Query,
    JsonBody(fetch): JsonBody<Fetch>,
) -> ApiResult<Json<Fetched>> {
    answer(&desk, path, fetch.or(Fetch::of(&query)?)).await
}

impl Fetch {
    fn of(query: &Query) -> ApiResult<Self> {
        let value = |key| query.text(key).map(|text| json!(text));
        Ok(Self {
            limit: query.number("limit")?,
            cursor: query.text("cursor").map(str::to_owned),
            version: value("version"),
            max_xact_id: value("max_xact_id"),
            max_root_span_id: value("max_root_span_id"),
            filter: value("filter"),
            query: value("query"),
            filters: Vec::new(),
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            limit: self.limit.or(other.limit),
            cursor: self.cursor.or(other.cursor),
            version: self.version.or(other.version),
            max_xact_id: self.max_xact_id.or(other.max_xact_id),
            max_root_span_id: self.max_root_span_id.or(other.max_root_span_id),
            filter: self.filter.or(other.filter),
            query: self.query.or(other.query),
            filters: self.filters,
        }
    }

    /// What spans must match; none where all are wanted.
    fn condition(&mut self) -> ApiResult<Option<Expression>> {
        let mut conditions: Vec<Expression> = self.filters.drain(..).map(PathLookup::condition).collect::<Result<_, _>>()?;
        for (key, value) in [("filter", &self.filter), ("query", &self.query)] {
            match value {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.trim().is_empty() => {}
                Some(Value::String(text)) => conditions.push(parse_expression(text)?),
                Some(tree @ Value::Object(_)) => conditions.push(expression_from_json(tree)?),
                Some(_) => {
                    let reason = "Send a condition as text, such as \"scores.Preference > 0.75\", or as the JSON of an expression.";
                    return Err(Problem::invalid(key, reason).into());
                }
            }
        }
        Ok((!conditions.is_empty()).then(|| Expression::all_of(conditions, 0..0)))
    }
}

async fn answer(desk: &Desk, path: ObjectPath, mut fetch: Fetch) -> ApiResult<Json<Fetched>> {
    for (key, value) in [("max_xact_id", &fetch.max_xact_id), ("max_root_span_id", &fetch.max_root_span_id)] {
        if value.as_ref().is_some_and(|value| !value.is_null()) {
            return Err(Problem::invalid(key, "This is not available yet. Continue a list with cursor.").into());
        }
    }
    let filter = fetch.condition()?;
    let search = RowSearch {
        after: fetch.cursor,
        limit: limit(fetch.limit.unwrap_or(PAGE))?,
        whole_traces: filter.is_none(),
        filter,
        version: version(desk, fetch.version.as_ref()).await?,
        ..RowSearch::of(path.object(desk).await?)
    };
    let found = desk.search_rows(search).await?;
    Ok(Json(Fetched { events: found.rows, cursor: found.next }))
}

/// Rows of whole traces, or those that match. A page also ends where it would be too large, in the middle of a trace if need be: `cursor` goes on there.
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
