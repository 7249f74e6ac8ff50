//! `/v1/answer`: what reviewers say, for scripts.

use crate::actor::Signed;
use crate::body::{JsonBody, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::answers::{Answer, AnswerValue, SetAnswer};
use shared::filter::{format_instant, parse_expression, quote_text};
use shared::objects::{ObjectKind, RowAddress};
use shared::{ObjectId, Problem, RowId};
use store::{Desk, RowSearch};

/// The body of an answer.
#[derive(Deserialize)]
pub struct NewAnswer {
    object_type: Option<String>,
    object_id: Option<String>,
    id: Option<String>,
    question: Option<String>,
    #[serde(default, deserialize_with = "present")]
    value: Option<Value>,
    client_id: Option<String>,
    reason: Option<String>,
}

/// `null` clears an answer, and is something else than no value at all.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Sets or clears the caller's answer and returns the row as it stands now.
pub async fn set(Signed(desk): Signed, JsonBody(body): JsonBody<NewAnswer>) -> ApiResult<Json<Value>> {
    let row = address(body.object_type.as_deref(), body.object_id.as_deref(), body.id.as_deref())?;
    let question = body.question.ok_or_else(|| Problem::invalid("question", "Name the question, or give its id."))?;
    let value = match body.value {
        None => return Err(Problem::invalid("value", "Send a number, an option's name, or null to clear the answer.").into()),
        Some(value) => said(value)?,
    };
    let set = SetAnswer { row: row.clone(), question, value, client_id: body.client_id, reason: body.reason, confirm: false };
    let set = desk.set_answer(set).await?;
    let stored = stored(&desk, &row).await?;
    let scores: serde_json::Map<_, _> = set.scores.iter().map(|(name, score)| (name.clone(), json!(score.value))).collect();
    Ok(Json(json!({
        "answer": set.answer.as_ref().map(object), "scores": scores, "expected": stored["expected"], "metadata": stored["metadata"],
    })))
}

fn said(value: Value) -> Result<Option<AnswerValue>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(number.as_f64().map(AnswerValue::Number)),
        Value::String(option) => Ok(Some(AnswerValue::Text(option))),
        Value::Array(_) => Err(Problem::invalid("value", "Several options at once are not available yet. Send one option's name.")),
        Value::Bool(_) | Value::Object(_) => {
            Err(Problem::invalid("value", "Send a number, an option's name, or null to clear the answer."))
        }
    }
}

async fn stored(desk: &Desk, row: &RowAddress) -> ApiResult<Value> {
    let filter = parse_expression(&format!("id = {}", quote_text(row.id.as_str())))?;
    let search = RowSearch { filter: Some(filter), limit: 1, ..RowSearch::of(row.object_id.clone()) };
    Ok(desk.search_rows(search).await?.rows.pop().unwrap_or_default())
}

/// Lists everybody's answers on a row.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let row = address(query.text("object_type"), query.text("object_id"), query.text("id"))?;
    let answers = desk.answers(&row).await?;
    Ok(Json(json!({ "objects": answers.iter().map(object).collect::<Vec<_>>() })))
}

fn object(answer: &Answer) -> Value {
    json!({
        "reviewer": { "id": answer.reviewer.id, "email": answer.reviewer.email }, "question": answer.question_name,
        "question_id": answer.question, "version": answer.version, "value": answer.value, "score": answer.score, "gold": false,
        "created": format_instant(answer.updated),
    })
}

pub(super) fn address(kind: Option<&str>, object: Option<&str>, row: Option<&str>) -> Result<RowAddress, Problem> {
    let given = |field: &str, value: Option<&str>| {
        value.filter(|value| !value.is_empty()).map(str::to_owned).ok_or_else(|| Problem::invalid(field, "Say which row is meant."))
    };
    Ok(RowAddress { object_type: object_kind(kind)?, object_id: ObjectId(given("object_id", object)?), id: RowId(given("id", row)?) })
}

/// Reads an `object_type`.
///
/// # Errors
/// When there is no such kind.
pub fn object_kind(kind: Option<&str>) -> Result<ObjectKind, Problem> {
    kind.and_then(ObjectKind::parse).ok_or_else(|| Problem::invalid("object_type", "Use project_logs, experiment or dataset."))
}
