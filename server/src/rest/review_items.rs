//! `/v1/review_item`: rows in review lists, who is asked to review them, who has them in hand, and what became of them.

mod shape;

use super::answers::address;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::filter::{format_instant, parse_expression};
use shared::reviews::{
    ChangeReviewItem, CompleteReview, FlagRow, Flagging, HandOver, ListReviewItems, ReviewItem, ReviewOrder, ReviewStatus, Selection,
    SetReviewStatus, ShownSide, SkipReason, SkipReview, TakeNext, UnflagRow,
};
use shared::{Problem, ProjectId, ReviewItemId, RowId};
use store::{Desk, MatchingItems};

/// Items of a page unless `limit` says otherwise.
const PAGE: u32 = 100;

/// Lists the items of a list, newest first; `starting_after` continues after an item. A `filter` is about their rows;
/// where it has to look further than one answer goes, the answer says after which item.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let project = ProjectId::from(query.required("project_id")?);
    let list = desk.review_list_named(&project, query.text("list")).await?;
    let assignees: Vec<String> = query.text("assignee").map(str::to_owned).into_iter().collect();
    let row = match query.text("object_id") {
        Some(object) => Some(address(query.text("object_type"), Some(object), query.text("row_id"))?),
        None => None,
    };
    let wanted = ListReviewItems {
        project,
        list: Some(list),
        status: query.text("status").map(status).transpose()?,
        unfinished: false,
        assignee: desk.members_named("assignee", &assignees).await?.pop(),
        row_id: query.text("row_id").filter(|_| row.is_none()).map(RowId::from),
        row,
        kind: None,
        flagged: (None, None),
        after: query.text("starting_after").map(|id| ReviewItemId(id.to_owned())),
        limit: query.number("limit")?.unwrap_or(PAGE),
    };
    let MatchingItems { items, next } = match query.text("filter").filter(|filter| !filter.trim().is_empty()) {
        None => MatchingItems { items: desk.review_items(wanted).await?, next: None },
        Some(filter) => desk.review_items_that_match(wanted, &parse_expression(filter)?).await?,
    };
    let items: Vec<Value> = items.iter().map(|item| shape::item(item, &desk, None)).collect();
    let mut answer = json!({ "objects": items });
    if let Some(next) = next {
        answer["starting_after"] = json!(next);
    }
    Ok(Json(answer))
}

fn status(word: &str) -> Result<ReviewStatus, Problem> {
    ReviewStatus::parse(word).ok_or_else(|| Problem::invalid("status", "Use backlog, in_review or complete."))
}

/// What can be said about a row that is to be reviewed.
#[derive(Deserialize)]
pub struct NewItem {
    object_type: Option<String>,
    object_id: Option<String>,
    id: Option<String>,
    list: Option<String>,
    note: Option<String>,
    #[serde(default)]
    assignees: Vec<String>,
    #[serde(default)]
    selection: Selection,
    client_id: Option<String>,
}

/// Puts a row into a list.
pub async fn flag(Signed(desk): Signed, JsonBody(body): JsonBody<NewItem>) -> ApiResult<Json<Value>> {
    let row = address(body.object_type.as_deref(), body.object_id.as_deref(), body.id.as_deref())?;
    let list = desk.review_list_of_row(&row, body.list.as_deref()).await?;
    let assignees = desk.members_named("assignees", &body.assignees).await?;
    let flagging = Flagging { lists: vec![list.clone()], note: body.note, assignees, selection: body.selection };
    desk.flag_row(FlagRow { row: row.clone(), flagging, client_id: body.client_id }).await?;
    let item = desk.reviews_of_row(&row).await?.into_iter().find(|item| item.list == list);
    Ok(Json(shape::item(&item.ok_or_else(|| Problem::not_found("review item"))?, &desk, None)))
}

/// Reads an item.
pub async fn one(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    answer(&desk, &ReviewItemId(id)).await
}

async fn answer(desk: &Desk, id: &ReviewItemId) -> ApiResult<Json<Value>> {
    Ok(Json(shape::item(&desk.review_item(id).await?, desk, None)))
}

/// What can be changed of an item; what is not named stays.
#[derive(Deserialize)]
pub struct ItemChanges {
    status: Option<String>,
    assignees: Option<Vec<String>>,
    note: Option<String>,
}

/// Changes who is asked, what they should know, and where the review stands: all of it, or nothing.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<ItemChanges>) -> ApiResult<Json<Value>> {
    let assignees = match &body.assignees {
        Some(named) => Some(desk.members_named("assignees", named).await?),
        None => None,
    };
    let status = body.status.as_deref().map(status).transpose()?;
    let changed = desk.change_review_item(ChangeReviewItem { item: ReviewItemId(id), status, assignees, note: body.note }).await?;
    Ok(Json(shape::item(&changed, &desk, None)))
}

/// Takes an item out of its list, and returns it as it stands now.
pub async fn unflag(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let ReviewItem { id, row, list, .. } = desk.review_item(&ReviewItemId(id)).await?;
    desk.unflag_row(UnflagRow { row, lists: vec![list], client_id: None }).await?;
    answer(&desk, &id).await
}

/// Which item is wanted next.
#[derive(Deserialize)]
pub struct WantedItem {
    project_id: Option<ProjectId>,
    list: Option<String>,
    order: Option<ReviewOrder>,
}

/// Takes the next item in hand. No content where nothing is left for the caller.
pub async fn next(Signed(desk): Signed, JsonBody(body): JsonBody<WantedItem>) -> ApiResult<Response> {
    let project = body.project_id.ok_or_else(|| Problem::invalid("project_id", "Say from which project."))?;
    let list = desk.review_list_named(&project, body.list.as_deref()).await?;
    let taken = desk.take_next(TakeNext { project, list: Some(list), order: body.order }).await?;
    Ok(match taken {
        Some(taken) => Json(shape::item(&taken.item, &desk, Some(taken.why))).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Takes an item in hand.
pub async fn claim(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let taken = desk.claim_item(&ReviewItemId(id)).await?;
    Ok(Json(shape::item(&taken.item, &desk, Some(taken.why))))
}

/// Says that the caller still has an item in hand.
pub async fn heartbeat(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let until = desk.keep_item(&ReviewItemId(id.clone())).await?;
    Ok(Json(json!({ "id": id, "claim": { "expires": format_instant(until) } })))
}

/// Lets an item go.
pub async fn release(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let id = ReviewItemId(id);
    desk.release_item(&id).await?;
    answer(&desk, &id).await
}

/// To whom an item is given.
#[derive(Deserialize)]
pub struct Receiver {
    to: Option<String>,
}

/// Gives an item that the caller has in hand to somebody else.
pub async fn hand_over(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Receiver>) -> ApiResult<Json<Value>> {
    let to = desk.members_named("to", body.to.as_slice()).await?.pop();
    let to = to.ok_or_else(|| Problem::invalid("to", "Name the address or the id of a member."))?;
    Ok(Json(shape::item(&desk.hand_over_item(HandOver { item: ReviewItemId(id), to }).await?, &desk, None)))
}

/// Why an item is left to others.
#[derive(Deserialize)]
pub struct Skipping {
    reason: Option<SkipReason>,
    note: Option<String>,
    client_id: Option<String>,
}

/// Leaves an item to others.
pub async fn skip(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Skipping>) -> ApiResult<Json<Value>> {
    let words = SkipReason::ALL.map(SkipReason::as_str).join(", ");
    let reason = body.reason.ok_or_else(|| Problem::invalid("reason", format!("Say why: one of {words}.")))?;
    let ReviewItem { id, row, list, .. } = desk.review_item(&ReviewItemId(id)).await?;
    desk.skip_review(SkipReview { row, list: Some(list), reason, note: body.note, client_id: body.client_id }).await?;
    answer(&desk, &id).await
}

/// Under which id something is sent again without doing it twice.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SentOnce {
    client_id: Option<String>,
}

/// What is better of a pair, in lists that show pairs: `a`, `b` or `equal`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Completing {
    preference: Option<ShownSide>,
    client_id: Option<String>,
}

/// Says that the caller has reviewed an item.
pub async fn complete(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Completing>) -> ApiResult<Json<Value>> {
    let ReviewItem { id, row, list, .. } = desk.review_item(&ReviewItemId(id)).await?;
    desk.complete_review(CompleteReview { row, list: Some(list), preference: body.preference, client_id: body.client_id }).await?;
    answer(&desk, &id).await
}

/// Opens an item again, so that people may review it once more.
pub async fn reopen(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentOnce>) -> ApiResult<Json<Value>> {
    let ReviewItem { id, row, list, .. } = desk.review_item(&ReviewItemId(id)).await?;
    let (list, status) = (Some(list), ReviewStatus::Backlog);
    desk.set_review_status(SetReviewStatus { row, list, status, client_id: body.client_id }).await?;
    answer(&desk, &id).await
}
