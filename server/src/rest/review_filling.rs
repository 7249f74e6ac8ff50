//! `/v1/review_list/{id}/fill` and `/v1/review_list/{id}/rule`: rows into a review list, drawn from what matches a filter, at once or as
//! they arrive.

use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};
use shared::filter::format_instant;
use shared::objects::ObjectKind;
use shared::reviews::{Draw, FillList, NameReviewRule, ReviewRule, SaveReviewRule};
use shared::{ObjectId, Problem, ReviewListId, ReviewRuleId};
use store::Desk;

/// From what a list is filled, and how.
#[derive(Deserialize)]
pub struct Filling {
    object_type: Option<String>,
    object_id: Option<ObjectId>,
    filter: Option<String>,
    #[serde(flatten)]
    draw: Draw,
    #[serde(default)]
    dry_run: bool,
}

/// Fills a list: the logs of its project, or the object that is named. It answers `added`, `would_add` and `already`, of `matched` rows, with
/// the `seed` that draws the same again. What some seconds are not enough for goes on as the job in `job`, which `GET /v1/job/{id}` tells of
/// and `POST /v1/job/{id}/undo` takes back; then `added` is how many there are until now. A dry run has no job and adds nothing.
pub async fn fill(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Filling>) -> ApiResult<Json<Value>> {
    let Filling { object_type, object_id, filter, draw, dry_run } = body;
    let filter = filter.ok_or_else(|| Problem::invalid("filter", "Say which rows: a filter (\"\" for all)."))?;
    let object = named_object(&desk, object_type.as_deref(), object_id).await?;
    let filled = desk.fill_list(FillList { list: ReviewListId(id), object, filter, draw, dry_run }).await?;
    Ok(Json(json!({
        "added": filled.added, "would_add": filled.would_add, "already": filled.already, "matched": filled.matched, "seed": filled.seed,
        "job": filled.job, "done": !filled.is_on_the_way && !dry_run,
    })))
}

async fn named_object(desk: &Desk, kind: Option<&str>, object: Option<ObjectId>) -> ApiResult<Option<ObjectId>> {
    let Some(object) = object else { return Ok(None) };
    let kind = kind.and_then(ObjectKind::parse);
    let kind = kind.ok_or_else(|| Problem::invalid("object_type", "Use project_logs, experiment or dataset."))?;
    desk.require_object(kind, &object).await?;
    Ok(Some(object))
}

/// What a rule can be told. What a change leaves out stays; a cap that is null is none.
#[derive(Deserialize)]
pub struct SentRule {
    /// Which, where a list has several.
    rule: Option<ReviewRuleId>,
    object_type: Option<String>,
    object_id: Option<ObjectId>,
    filter: Option<String>,
    rate: Option<f64>,
    #[serde(default, deserialize_with = "sent")]
    cap_per_day: Option<Option<u32>>,
    seed: Option<i64>,
    paused: Option<bool>,
    #[serde(default)]
    dry_run: bool,
    count: Option<Value>,
    stratify_by: Option<Value>,
}

impl SentRule {
    /// Refuses what only a fill can do, rather than doing something else than was asked for.
    fn check(&self) -> Result<(), Problem> {
        for (field, sent) in [("count", &self.count), ("stratify_by", &self.stratify_by)] {
            if sent.is_some() {
                return Err(Problem::invalid(
                    field,
                    "A rule takes rows as they arrive, by a rate and a cap_per_day. Leave it out, or fill the list.",
                ));
            }
        }
        Ok(())
    }
}

/// What was sent, also where that is null.
fn sent<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<u32>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Lists the rules of a list.
pub async fn rules(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let rules = desk.review_rules(&ReviewListId(id)).await?;
    Ok(Json(json!({ "objects": rules.iter().map(shown).collect::<Vec<_>>() })))
}

/// Makes a rule; with `dry_run` it only says what it would have added yesterday.
pub async fn make(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentRule>) -> ApiResult<Json<Value>> {
    body.check()?;
    if body.rule.is_some() {
        return Err(Problem::invalid("rule", "A rule is changed with PATCH. Leave it out to make another one.").into());
    }
    let object = named_object(&desk, body.object_type.as_deref(), body.object_id).await?;
    let command = SaveReviewRule {
        list: ReviewListId(id),
        rule: None,
        object,
        filter: body.filter.ok_or_else(|| Problem::invalid("filter", "Say which rows: a filter (\"\" for all)."))?,
        rate: body.rate.ok_or_else(|| Problem::invalid("rate", "Say which share of them: 1 for all, 0.05 for 5 %."))?,
        cap_per_day: body.cap_per_day.flatten(),
        seed: body.seed,
        paused: body.paused.unwrap_or_default(),
    };
    save(&desk, command, body.dry_run).await
}

/// Changes what the body names of a rule and keeps the rest.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentRule>) -> ApiResult<Json<Value>> {
    body.check()?;
    let list = ReviewListId(id);
    let object = named_object(&desk, body.object_type.as_deref(), body.object_id).await?;
    let rule = which(&desk, &list, body.rule).await?;
    let command = SaveReviewRule {
        list,
        object,
        filter: body.filter.unwrap_or(rule.filter),
        rate: body.rate.unwrap_or(rule.rate),
        cap_per_day: body.cap_per_day.unwrap_or(rule.cap_per_day),
        seed: body.seed,
        paused: body.paused.unwrap_or(rule.paused),
        rule: Some(rule.id),
    };
    save(&desk, command, body.dry_run).await
}

/// Takes a rule away and returns it as it was. What it put into the list stays there.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>, query: Query) -> ApiResult<Json<Value>> {
    let named = query.text("rule").map(|rule| ReviewRuleId(rule.to_owned()));
    let rule = which(&desk, &ReviewListId(id), named).await?.id;
    Ok(Json(shown(&desk.delete_review_rule(NameReviewRule { rule }).await?)))
}

async fn save(desk: &Desk, command: SaveReviewRule, dry_run: bool) -> ApiResult<Json<Value>> {
    if dry_run {
        let trial = desk.try_review_rule(command).await?;
        return Ok(Json(json!({ "would_add": trial.would_add, "matched": trial.matched })));
    }
    Ok(Json(shown(&desk.save_review_rule(command).await?)))
}

/// The rule of a list that is named, or its only one.
async fn which(desk: &Desk, list: &ReviewListId, named: Option<ReviewRuleId>) -> ApiResult<ReviewRule> {
    let mut rules = desk.review_rules(list).await?;
    if named.is_none() && rules.len() > 1 {
        return Err(Problem::invalid("rule", "This list has several rules. Say which, by its id.").into());
    }
    let rule = rules.iter().position(|rule| named.as_ref().is_none_or(|named| rule.id == *named)).map(|at| rules.swap_remove(at));
    Ok(rule.ok_or_else(|| Problem::not_found("rule of this list"))?)
}

/// A rule.
fn shown(rule: &ReviewRule) -> Value {
    json!({
        "id": rule.id, "list": rule.list, "object_id": rule.object, "filter": rule.filter, "rate": rule.rate, "cap_per_day": rule.cap_per_day,
        "seed": rule.seed, "made_by": rule.by, "paused": rule.paused, "stopped": rule.stopped, "created": format_instant(rule.created),
        "added_today": rule.today, "added": rule.total,
    })
}
