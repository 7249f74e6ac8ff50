//! `/btql`: queries as text or as the JSON that SDKs send.

use crate::actor::Signed;
use crate::body::JsonBody;
use crate::problems::ApiResult;
use crate::rest::rows::version;
use axum::Json;
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::Problem;
use shared::filter::{Context, Diagnostic, parse_query_with_hints, query_from_json};
use store::QueryAnswer;

/// What is asked. Hints about how to execute it are ignored.
#[derive(Deserialize)]
pub struct Request {
    query: Option<Value>,
    fmt: Option<String>,
    tz_offset: Option<i32>,
    audit_log: Option<bool>,
    version: Option<Value>,
}

/// Runs a query.
pub async fn run(Signed(desk): Signed, JsonBody(request): JsonBody<Request>) -> ApiResult<axum::response::Response> {
    let lines = match request.fmt.as_deref() {
        None | Some("json") => false,
        Some("jsonl") => true,
        Some(other) => return Err(Problem::invalid("fmt", format!("{other} is not available yet. Use json or jsonl.")).into()),
    };
    if request.audit_log == Some(true) {
        return Err(Problem::invalid("audit_log", "The history of a row cannot be queried yet. Leave audit_log out.").into());
    }
    let (query, mut hints) = match request.query {
        Some(Value::String(text)) => parse_query_with_hints(&text)?,
        Some(tree @ Value::Object(_)) => (query_from_json(&tree)?, Vec::new()),
        _ => return Err(Problem::invalid("query", "Send a query as text or as an object.").into()),
    };
    let context = Context { now_micros: store::now(), offset_minutes: request.tz_offset.unwrap_or_default() };
    let version = version(&desk, request.version.as_ref()).await?;
    let QueryAnswer { rows, next } = desk.query(&query, version, context).await?;
    if lines {
        return Ok(json_lines(&rows, next));
    }
    // Who goes on was told already.
    if query.cursor.is_none() {
        hints.extend(desk.unknown_names(&query).await?);
    }
    Ok(Json(Response {
        data: rows,
        schema: json!({ "type": "array", "items": { "type": "object", "properties": {} } }),
        cursor: next,
        realtime_state: json!({ "type": "on", "minimum_xact_id": null, "read_bytes": 0, "actual_xact_id": null }),
        freshness_state: json!({ "last_processed_xact_id": null, "last_considered_xact_id": null }),
        hints,
    })
    .into_response())
}

/// What SDKs expect of an answer.
#[derive(Serialize)]
struct Response {
    data: Vec<Box<RawValue>>,
    schema: Value,
    cursor: Option<String>,
    realtime_state: Value,
    freshness_state: Value,
    /// How the query could be written so that it is understood elsewhere, too, and names in it that nothing carries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<Diagnostic>,
}

fn json_lines(rows: &[Box<RawValue>], cursor: Option<String>) -> axum::response::Response {
    let mut text = String::with_capacity(rows.iter().map(|row| row.get().len() + 1).sum());
    for row in rows {
        text.push_str(row.get());
        text.push('\n');
    }
    let mut response = ([(CONTENT_TYPE, "application/x-ndjson")], text).into_response();
    if let Some(cursor) = cursor.and_then(|cursor| HeaderValue::from_str(&cursor).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-bt-cursor"), cursor);
    }
    response
}
