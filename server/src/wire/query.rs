//! `/btql`: queries as text or as the JSON that SDKs send.

use super::summary_rows::summary_rows;
use crate::actor::Signed;
use crate::body::JsonBody;
use crate::problems::ApiResult;
use crate::rest::rows::{place, version};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::filter::{
    Aggregation, Context, Expression, Fields, Kind, Query, Select, Shape, SortItem, SourceKind, Step, bind_person, evaluate_in, order_rows,
    parse_query, query_from_json,
};
use shared::objects::ObjectKind;
use shared::spans::Place;
use shared::{ObjectId, Problem, TransactionId};
use store::{Desk, RowSearch};

/// Rows of an answer unless `limit:` says otherwise, and at most.
const PAGE: u64 = 1000;

/// Rows that are looked at for one aggregation.
const AGGREGATED: u64 = 200_000;

/// What is asked. Hints about how to execute it are ignored.
#[derive(Deserialize)]
pub struct Request {
    query: Option<Value>,
    fmt: Option<String>,
    tz_offset: Option<i32>,
    audit_log: Option<bool>,
    version: Option<Value>,
}

struct Answer {
    data: Vec<Value>,
    next: Option<Place>,
}

/// Runs a query.
pub async fn run(Signed(desk): Signed, JsonBody(request): JsonBody<Request>) -> ApiResult<Response> {
    let lines = match request.fmt.as_deref() {
        None | Some("json") => false,
        Some("jsonl") => true,
        Some(other) => return Err(Problem::invalid("fmt", format!("{other} is not available yet. Use json or jsonl.")).into()),
    };
    if request.audit_log == Some(true) {
        return Err(Problem::invalid("audit_log", "The history of a row cannot be queried yet. Leave audit_log out.").into());
    }
    let query = match request.query {
        Some(Value::String(text)) => parse_query(&text)?,
        Some(tree @ Value::Object(_)) => query_from_json(&tree)?,
        _ => return Err(Problem::invalid("query", "Send a query as text or as an object.").into()),
    };
    let context = Context { now_micros: store::now(), offset_minutes: request.tz_offset.unwrap_or_default() };
    let version = version(&desk, request.version.as_ref()).await?;
    let answer = answer(&desk, query, version, context).await?;
    let cursor = answer.next.map(Place::to_text);
    if lines {
        return Ok(json_lines(&answer.data, cursor));
    }
    Ok(Json(json!({
        "data": answer.data,
        "schema": { "type": "array", "items": { "type": "object", "properties": {} } },
        "cursor": cursor,
        "realtime_state": { "type": "on", "minimum_xact_id": null, "read_bytes": 0, "actual_xact_id": null },
        "freshness_state": { "last_processed_xact_id": null, "last_considered_xact_id": null },
    }))
    .into_response())
}

fn json_lines(rows: &[Value], cursor: Option<String>) -> Response {
    let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let mut response = ([(CONTENT_TYPE, "application/x-ndjson")], text).into_response();
    if let Some(cursor) = cursor.and_then(|cursor| HeaderValue::from_str(&cursor).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-bt-cursor"), cursor);
    }
    response
}

async fn answer(desk: &Desk, query: Query, version: Option<TransactionId>, context: Context) -> ApiResult<Answer> {
    let mut objects = sources(desk, &query).await?;
    let filter = query.filter.clone().map(|filter| bind_person(filter, desk.actor().person.id.as_str()));
    if !query.measures.is_empty() || !query.dimensions.is_empty() {
        return aggregate(desk, &query, &objects, filter, version, context).await;
    }
    let object = objects.remove(0);
    if !objects.is_empty() {
        return Err(Problem::invalid("from", "Rows of several objects at once are not available yet. Ask for one after the other.").into());
    }
    let limit = u32::try_from(query.limit.unwrap_or(PAGE).min(PAGE)).unwrap_or(u32::MAX);
    if limit == 0 {
        return Ok(Answer { data: Vec::new(), next: None });
    }
    let search = RowSearch {
        filter,
        oldest_first: oldest_first(&query.sort)?,
        after: query.cursor.as_deref().map(place).transpose()?,
        limit,
        whole_traces: query.from.shape != Shape::Spans,
        version,
        ..RowSearch::of(object)
    };
    let found = desk.search_rows(search).await?;
    let data = shaped(found.rows, &query).into_iter().map(|row| columns(row, query.select.as_ref(), context)).collect();
    Ok(Answer { data, next: found.next })
}

/// Rows in the shape that is asked for.
fn shaped(rows: Vec<Value>, query: &Query) -> Vec<Value> {
    if query.from.shape == Shape::Summary { summary_rows(rows, query.preview_length) } else { rows }
}

/// What a query reads: logs by the projects' ids or names, experiments and datasets by their ids.
async fn sources(desk: &Desk, query: &Query) -> ApiResult<Vec<ObjectId>> {
    let kind = match &query.from.kind {
        SourceKind::ProjectLogs => ObjectKind::ProjectLogs,
        SourceKind::Experiment => ObjectKind::Experiment,
        SourceKind::Dataset => ObjectKind::Dataset,
        SourceKind::Other(name) => {
            let reason = format!("{name} cannot be queried yet. Use project_logs('id'), experiment('id') or dataset('id').");
            return Err(Problem::invalid("from", reason).into());
        }
    };
    if query.from.ids.is_empty() {
        let reason = format!("Say of which: {}('id').", kind.as_str());
        return Err(Problem::invalid("from", reason).into());
    }
    let mut objects = Vec::new();
    for text in &query.from.ids {
        let id = ObjectId::from(text.as_str());
        match desk.require_object(kind, &id).await {
            Err(store::Error::Problem(Problem::NotFound { .. })) if kind == ObjectKind::ProjectLogs => {
                objects.push(desk.project_by_name(text).await?.logs());
            }
            found => {
                found?;
                objects.push(id);
            }
        }
    }
    Ok(objects)
}

/// Rows are kept in the order of their time, so that is the order they can be had in.
fn oldest_first(sort: &[SortItem]) -> Result<bool, Problem> {
    let Some(first) = sort.first() else { return Ok(false) };
    let column = match &first.expression.kind {
        Kind::Path(path) => match path.as_slice() {
            [Step::Key(column)] => column.as_str(),
            _ => "",
        },
        _ => "",
    };
    if matches!(column, "created" | "_pagination_key" | "_xact_id") {
        Ok(!first.descending)
    } else {
        let reason = format!("Rows can be sorted by created, _pagination_key or _xact_id so far, not by {}.", first.expression);
        Err(Problem::invalid("sort", reason))
    }
}

/// The columns that were asked for.
fn columns(row: Value, select: Option<&Select>, context: Context) -> Value {
    let Some(select) = select.filter(|select| !select.columns.is_empty()) else { return row };
    let computed: Map<String, Value> =
        select.columns.iter().map(|column| (column.name(), evaluate_in(&column.expression, &row as &dyn Fields, context))).collect();
    match row {
        Value::Object(mut all) if select.star => {
            all.extend(computed);
            Value::Object(all)
        }
        _ => Value::Object(computed),
    }
}

async fn aggregate(
    desk: &Desk,
    query: &Query,
    objects: &[ObjectId],
    filter: Option<Expression>,
    version: Option<TransactionId>,
    context: Context,
) -> ApiResult<Answer> {
    let mut aggregation = Aggregation::new(&query.dimensions, &query.measures, context);
    let mut seen = 0;
    for object in objects {
        let mut after = None;
        loop {
            let search = RowSearch {
                filter: filter.clone(),
                after,
                whole_traces: query.from.shape != Shape::Spans,
                version,
                ..RowSearch::of(object.clone())
            };
            let found = desk.search_rows(search).await?;
            seen += found.rows.len() as u64;
            if seen > AGGREGATED {
                let reason = format!("More than {AGGREGATED} rows match. Narrow the filter, for example by created.");
                return Err(Problem::invalid("filter", reason).into());
            }
            shaped(found.rows, query).iter().for_each(|row| aggregation.add(row));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
    }
    let mut rows = aggregation.finish();
    order_rows(&mut rows, &query.sort, context);
    rows.truncate(query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    let data = rows.into_iter().map(|row| Value::Object(row.into_iter().collect())).collect();
    Ok(Answer { data, next: None })
}
