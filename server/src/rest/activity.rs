//! `/v1/activity`: what changed a row, and taking an edit back.

use super::answers::address;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::Problem;
use shared::audit::{Activity, Edit, ListActivity, Revert};
use shared::filter::format_instant;
use store::{entry_of, entry_text};

/// Entries of a page unless `limit` says otherwise.
const PAGE: u32 = 1000;

/// Lists what changed a row, newest first; `starting_after` continues after an entry.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let row = address(query.text("object_type"), query.text("object_id"), query.text("id"))?;
    let number = |text| entry_of(text).ok_or_else(|| Problem::invalid("starting_after", "Use the id of an entry of an earlier page."));
    let before = query.text("starting_after").map(number).transpose()?;
    let activity = desk.activity(ListActivity { row, before, limit: query.number("limit")?.unwrap_or(PAGE) }).await?;
    Ok(Json(json!({ "objects": activity.iter().map(entry).collect::<Vec<_>>() })))
}

fn entry(entry: &Activity) -> Value {
    json!({
        "id": entry_text(entry.id), "actor": entry.actor.as_ref().map(|actor| json!({ "id": actor.id, "email": actor.email, "name": actor.name })),
        "external": entry.external, "source": entry.source.as_str(), "action": entry.action, "path": entry.path,
        "from": entry.from.as_deref().map(value), "to": entry.to.as_deref().map(value), "reason": entry.reason,
        "created": format_instant(entry.created), "hash": entry.hash,
    })
}

/// A value that is kept as JSON text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// What can be said about taking an edit back.
#[derive(Deserialize)]
pub struct TakeBack {
    client_id: Option<String>,
}

/// Takes an edit back, which is an edit, too.
pub async fn revert(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<TakeBack>) -> ApiResult<Json<Value>> {
    let id = entry_of(&id).ok_or_else(|| Problem::not_found("edit"))?;
    desk.revert(Revert { edit: Edit::Entry(id), client_id: body.client_id }).await?;
    Ok(Json(json!({ "status": "success" })))
}
