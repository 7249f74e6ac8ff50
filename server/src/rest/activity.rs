//! `/v1/activity`: what changed a row, what was changed in a project, and taking an edit back.

use super::answers::address;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::Problem;
use shared::activity::{ActivityPlace, ListProjectActivity, PlacedActivity};
use shared::audit::{Activity, Deed, Edit, ListActivity, Revert};
use shared::filter::{format_instant, parse_instant};
use shared::{Micros, PersonId, ProjectId};
use store::{Desk, entry_of, entry_text};

/// Entries of a page unless `limit` says otherwise.
const PAGE: u32 = 1000;

/// What narrows the activity of a project, and not that of a row.
const OF_PROJECT: [&str; 4] = ["actor", "action", "since", "until"];

/// Lists what changed a row, or with `project_id` what was changed in a project, newest first; `starting_after` continues after an entry.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let number = |text| entry_of(text).ok_or_else(|| Problem::invalid("starting_after", "Use the id of an entry of an earlier page."));
    let before = query.text("starting_after").map(number).transpose()?;
    let limit = query.number("limit")?.unwrap_or(PAGE);
    if let Some(project) = query.text("project_id") {
        return of_project(&desk, project, &query, before, limit).await;
    }
    if let Some(key) = OF_PROJECT.into_iter().find(|key| query.text(key).is_some()) {
        return Err(Problem::invalid(key, "This narrows the activity of a project: say project_id instead of a row.").into());
    }
    let row = address(query.text("object_type"), query.text("object_id"), query.text("id"))?;
    let activity = desk.activity(ListActivity { row, before, limit }).await?;
    Ok(Json(json!({ "objects": activity.iter().map(entry).collect::<Vec<_>>() })))
}

async fn of_project(desk: &Desk, project: &str, query: &Query, before: Option<i64>, limit: u32) -> ApiResult<Json<Value>> {
    if let Some(key) = ["object_type", "object_id", "id"].into_iter().find(|key| query.text(key).is_some()) {
        return Err(Problem::invalid(key, "Say either a row or project_id.").into());
    }
    let project = ProjectId::from(project);
    let (since, until) = (moment(query, "since")?, moment(query, "until")?);
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(Problem::invalid("until", "This is not after since, so that nothing can lie between them.").into());
    }
    let (actor, action) = (query.text("actor").map(PersonId::from), query.text("action").map(|word| Deed::from(word.to_owned())));
    let page = desk.project_activity(ListProjectActivity { project, actor, action, since, until, before, limit }).await?;
    let mut answer = json!({ "objects": page.entries.iter().map(placed).collect::<Vec<_>>() });
    // Where little was found for long a page ends before it is full, and not with the entry after which it goes on.
    let last = page.entries.last().map(|last| last.change.id);
    if let Some(next) = page.next.filter(|next| Some(*next) != last) {
        answer["starting_after"] = json!(entry_text(next));
    }
    Ok(Json(answer))
}

fn moment(query: &Query, key: &str) -> Result<Option<Micros>, Problem> {
    let unread = || Problem::invalid(key, "Write a time as 2026-01-31T12:00:00Z.");
    query.text(key).map(|text| parse_instant(text).ok_or_else(unread)).transpose()
}

/// An entry with where it was made: the experiment or the dataset, and the row where it is about one.
fn placed(placed: &PlacedActivity) -> Value {
    let mut entry = entry(&placed.change);
    // Large values are left out here, and told by the activity of the row.
    if placed.change.cut {
        entry["cut"] = json!(true);
    }
    entry["place"] = placed.place.as_ref().map_or(Value::Null, place);
    entry
}

fn place(place: &ActivityPlace) -> Value {
    let span = place.span.as_ref();
    json!({
        "object_type": place.page.kind().as_str(), "object_id": place.object, "id": span.map(|span| &span.row.id),
        "span_id": span.map(|span| &span.span), "root_span_id": span.map(|span| &span.trace), "name": span.map(|span| &span.name),
    })
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
