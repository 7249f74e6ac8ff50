//! `/v1/answer`: what reviewers say, for scripts.

use crate::actor::Signed;
use crate::body::{JsonBody, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use shared::answers::{Answer, AnswerValue, Circumstances, Evidence, Gold, SetAnswer, SetGold};
use shared::filter::format_instant;
use shared::objects::{ObjectKind, RowAddress};
use shared::{ObjectId, Problem, RowId};
use std::collections::BTreeMap;
use store::{AnswerSet, Standing, same_name};

/// The body of an answer or of a gold value.
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
    #[serde(default)]
    confirm: bool,
    #[serde(flatten)]
    circumstances: Circumstances,
}

/// `null` clears an answer, and is something else than no value at all.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl NewAnswer {
    fn read(self) -> Result<SetAnswer, Problem> {
        let row = address(self.object_type.as_deref(), self.object_id.as_deref(), self.id.as_deref())?;
        let question = self.question.ok_or_else(|| Problem::invalid("question", "Name the question, or give its id."))?;
        let value = said(self.value.ok_or_else(what_to_send)?)?;
        let Self { client_id, reason, confirm, circumstances, .. } = self;
        Ok(SetAnswer { row, question, value, client_id, reason, confirm, circumstances })
    }
}

/// Sets or clears the caller's answer and returns the row as it stands now.
pub async fn set(Signed(desk): Signed, JsonBody(body): JsonBody<NewAnswer>) -> ApiResult<Json<Row>> {
    let AnswerSet { answer, standing } = desk.set_answer(body.read()?).await?;
    row_with(standing, "answer", answer.as_ref().map(of_reviewer))
}

/// Sets or clears the gold value of a question and returns the row as it stands now.
pub async fn set_gold(Signed(desk): Signed, JsonBody(body): JsonBody<NewAnswer>) -> ApiResult<Json<Row>> {
    let SetAnswer { row, question, value, client_id, reason, confirm, .. } = body.read()?;
    let reason = reason.unwrap_or_default();
    desk.set_gold(SetGold { row: row.clone(), question: question.clone(), value, reason, client_id, confirm }).await?;
    let golds = desk.golds(&row).await?;
    let gold = golds.iter().find(|gold| same_name(&gold.question_name, &question) || gold.question.as_str() == question);
    row_with(desk.standing(&row).await?, "gold", gold.map(settled))
}

fn what_to_send() -> Problem {
    Problem::invalid("value", "Send a number, an option's name, a list of them, a text, or null to clear the answer.")
}

fn said(value: Value) -> Result<Option<AnswerValue>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(_) | Value::Object(_) => Err(what_to_send()),
        value => serde_json::from_value(value).map(Some).map_err(|_| what_to_send()),
    }
}

/// A row as it stands, with what was done to it.
type Row = BTreeMap<&'static str, Box<RawValue>>;

/// The row as it stands, beside what was done. Its values are the texts that are stored.
fn row_with(standing: Standing, key: &'static str, done: Option<Value>) -> ApiResult<Json<Row>> {
    let Standing { scores, expected, metadata } = standing;
    let scores: BTreeMap<_, _> = scores.into_iter().map(|(name, score)| (name, score.value)).collect();
    let null = || RawValue::NULL.to_owned();
    Ok(Json(BTreeMap::from([
        (key, to_raw_value(&done).map_err(store::Error::from)?),
        ("scores", to_raw_value(&scores).map_err(store::Error::from)?),
        ("expected", expected.unwrap_or_else(null)),
        ("metadata", metadata.unwrap_or_else(null)),
    ])))
}

/// Lists everybody's answers on a row, then its gold values.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let row = address(query.text("object_type"), query.text("object_id"), query.text("id"))?;
    let (answers, golds) = (desk.answers(&row).await?, desk.golds(&row).await?);
    let objects: Vec<_> = answers.iter().map(of_reviewer).chain(golds.iter().map(settled)).collect();
    Ok(Json(json!({ "objects": objects })))
}

fn of_reviewer(answer: &Answer) -> Value {
    json!({
        "reviewer": { "id": answer.reviewer.id, "email": answer.reviewer.email }, "question": answer.question_name,
        "question_id": answer.question, "version": answer.version, "value": answer.value, "score": answer.score, "gold": false,
        "active": answer.active, "created": format_instant(answer.updated), "seconds": answer.circumstances.seconds,
        "visible": answer.circumstances.visible, "sureness": answer.circumstances.sureness,
        "evidence": answer.circumstances.evidence.iter().flatten().map(pointed_at).collect::<Vec<_>>(),
    })
}

/// A place in the row; `changed` says that its words do not stand there any more.
fn pointed_at(evidence: &Evidence) -> Value {
    let Evidence { path, start, end, quote, changed } = evidence;
    json!({ "path": path, "start": start, "end": end, "quote": quote, "changed": changed })
}

fn settled(gold: &Gold) -> Value {
    json!({
        "reviewer": { "id": gold.settled_by.id, "email": gold.settled_by.email }, "question": gold.question_name,
        "question_id": gold.question, "version": gold.version, "value": gold.value, "score": gold.score, "gold": true,
        "active": true, "reason": gold.reason, "created": format_instant(gold.updated),
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
