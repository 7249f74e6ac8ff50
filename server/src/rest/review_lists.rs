//! `/v1/review_list`: the review lists of a project. The one that every project has is called like the project's id.

use super::json as shape;
use super::objects::named_projects;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::filter::{format_instant, parse_instant};
use shared::people::Role;
use shared::questions::Audience;
use shared::reviews::{ArchiveReviewList, Frame, ListDefinition, Overlap, Pairwise, ReviewList, ReviewOrder, SaveReviewList};
use shared::{ObjectId, PersonId, Problem, ProjectId, QuestionId, ReviewListId};
use store::{Desk, same_name};

/// Lists review lists, newest first.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let mut lists = Vec::new();
    for project in named_projects(&desk, &query).await? {
        lists.extend(desk.review_lists(&project.id).await?);
    }
    lists.retain(|list| query.text("review_list_name").is_none_or(|name| same_name(&list.name, name)));
    lists.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let page = shape::page(lists, &query, |list| list.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(shown).collect::<Vec<_>>() })))
}

/// Makes a list.
pub async fn create(Signed(desk): Signed, JsonBody(body): JsonBody<Map<String, Value>>) -> ApiResult<Json<Value>> {
    let project = body.get("project_id").and_then(Value::as_str).map(ProjectId::from);
    let project = project.ok_or_else(|| Problem::invalid("project_id", "Say which project the list belongs to."))?;
    let list = read(resolved(&desk, &project, body).await?)?;
    Ok(Json(shown(&desk.save_review_list(list.command(project, None)?).await?)))
}

/// Reads a list.
pub async fn one(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.review_list(&ReviewListId(id)).await?)))
}

/// Changes what the body names and keeps the rest. What is null becomes what it is in a new list.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Map<String, Value>>) -> ApiResult<Json<Value>> {
    let id = ReviewListId(id);
    let body = resolved(&desk, &desk.review_list(&id).await?.project, body).await?;
    let edit = move |list: ReviewList| {
        let project = list.project.clone();
        if body.get("project_id").is_some_and(|sent| *sent != json!(project)) {
            return Err(Problem::invalid("project_id", "A list stays in its project. Make another one there."));
        }
        let Value::Object(mut whole) = shown(&list) else { return Err(Problem::not_found("review list")) };
        whole.extend(body);
        read(whole)?.command(project, Some(list.id))
    };
    Ok(Json(shown(&desk.edit_review_list(&id, edit).await?)))
}

/// Takes a list away and returns it as it was. What was said about its rows stays.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.archive_review_list(ArchiveReviewList { list: ReviewListId(id) }).await?)))
}

/// What a body can hold.
#[derive(Deserialize)]
struct SentList {
    name: Option<String>,
    instructions: Option<String>,
    questions: Option<Vec<QuestionId>>,
    reviewers_per_item: Option<u32>,
    overlap: Option<Overlap>,
    reviewers: Option<SentReviewers>,
    claim_minutes: Option<u32>,
    due: Option<String>,
    dataset_id: Option<ObjectId>,
    frame: Option<Frame>,
    order: Option<ReviewOrder>,
    metadata: Option<Vec<String>>,
    seed: Option<i64>,
    pairwise: Option<Pairwise>,
    #[serde(default)]
    apply_to_open: bool,
}

/// Who reviews: nobody named means everybody.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SentReviewers {
    people: Vec<PersonId>,
    roles: Vec<Role>,
}

fn read(body: Map<String, Value>) -> Result<SentList, Problem> {
    serde_json::from_value(Value::Object(body))
        .map_err(|error| Problem::invalid("body", format!("This is not what is expected here: {error}.")))
}

/// A body with ids in the place of the names of questions and the addresses of people.
async fn resolved(desk: &Desk, project: &ProjectId, mut body: Map<String, Value>) -> ApiResult<Map<String, Value>> {
    if let Some(Value::Array(named)) = body.get_mut("questions") {
        let questions = desk.questions(project).await?;
        for sent in named {
            let Some(name) = sent.as_str() else { continue };
            let is_id = questions.iter().any(|question| question.id.as_str() == name);
            if let Some(question) = questions.iter().find(|question| !is_id && same_name(&question.name, name)) {
                *sent = json!(question.id);
            }
        }
    }
    if let Some(people) = body.get_mut("reviewers").and_then(|reviewers| reviewers.get_mut("people"))
        && let Ok(named) = serde_json::from_value::<Vec<String>>(people.clone())
    {
        *people = json!(desk.members_named("reviewers", &named).await?);
    }
    Ok(body)
}

impl SentList {
    fn command(self, project: ProjectId, list: Option<ReviewListId>) -> Result<SaveReviewList, Problem> {
        let instant =
            |text: String| parse_instant(&text).ok_or_else(|| Problem::invalid("due", "Use a time such as 2026-03-01T12:00:00Z."));
        let SentReviewers { people, roles } = self.reviewers.unwrap_or_default();
        let definition = ListDefinition {
            description: self.instructions.unwrap_or_default(),
            frame: self.frame.unwrap_or_default(),
            needed: self.reviewers_per_item,
            overlap: self.overlap,
            order: self.order.unwrap_or_default(),
            reviewers: Audience { people, roles },
            questions: self.questions.unwrap_or_default(),
            metadata: self.metadata.unwrap_or_default(),
            claim_minutes: self.claim_minutes,
            due: self.due.map(instant).transpose()?,
            dataset: self.dataset_id,
            pairwise: self.pairwise,
        };
        let (seed, apply_to_open) = (self.seed, self.apply_to_open);
        Ok(SaveReviewList { project, list, name: self.name.unwrap_or_default(), definition, seed, apply_to_open, version: None })
    }
}

/// A list.
fn shown(list: &ReviewList) -> Value {
    let ListDefinition {
        description,
        frame,
        needed,
        overlap,
        order,
        reviewers,
        questions,
        metadata,
        claim_minutes,
        due,
        dataset,
        pairwise,
    } = &list.definition;
    json!({
        "id": list.id, "project_id": list.project, "name": list.name, "created": format_instant(list.created), "default": list.is_default(),
        "instructions": description, "questions": questions, "reviewers_per_item": needed, "overlap": overlap, "reviewers": reviewers,
        "claim_minutes": claim_minutes, "due": due.map(format_instant), "dataset_id": dataset, "frame": frame, "order": order,
        "metadata": metadata, "seed": list.seed, "pairwise": pairwise,
    })
}
