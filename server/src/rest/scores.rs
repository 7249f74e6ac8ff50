//! `/v1/project_score`: the questions of a project.

mod body;

use super::json as shape;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use body::Score;
pub use body::word;
use serde_json::{Value, json};
use shared::questions::{ArchiveQuestion, Definition, Question, SaveQuestion};
use shared::{Problem, ProjectId, QuestionId};
use store::{Desk, same_name};

/// Lists questions, newest first. Archived ones count as deleted.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let projects = match query.text("project_id") {
        Some(id) => vec![ProjectId::from(id)],
        None => {
            let projects = super::projects::all(&desk).await?;
            let wanted = query.text("project_name");
            projects
                .into_iter()
                .filter(|project| wanted.is_none_or(|name| same_name(&project.name, name)))
                .map(|project| project.id)
                .collect()
        }
    };
    let mut questions = Vec::new();
    for project in &projects {
        questions.extend(desk.questions(project).await?);
    }
    let types: Vec<_> = query.all("score_type").collect();
    questions.retain(|question| {
        !question.archived
            && query.text("project_score_name").is_none_or(|name| same_name(&question.name, name))
            && (types.is_empty() || types.contains(&word(&question.definition.kind)))
    });
    questions.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let page = shape::page(questions, &query, |question| question.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(shape::project_score).collect::<Vec<_>>() })))
}

/// Creates a question, or returns the one of that name as it is.
pub async fn create(Signed(desk): Signed, JsonBody(body): JsonBody<Score>) -> ApiResult<Json<Value>> {
    match body.existing(&desk).await? {
        Some(question) if !question.archived => Ok(Json(shape::project_score(&question))),
        existing => body.save(&desk, existing).await,
    }
}

/// Creates a question, or gives the one of that name a new version.
pub async fn replace(Signed(desk): Signed, JsonBody(body): JsonBody<Score>) -> ApiResult<Json<Value>> {
    let existing = body.existing(&desk).await?;
    body.save(&desk, existing).await
}

/// Reads a question.
pub async fn read(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let question = desk.question(&QuestionId(id)).await?;
    require_active(&question)?;
    Ok(Json(shape::project_score(&question)))
}

/// Changes what the body names and keeps the rest, also inside the settings.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Score>) -> ApiResult<Json<Value>> {
    let edit = move |question: Question| {
        require_active(&question)?;
        if body.project_id.as_ref().is_some_and(|project| *project != question.project) {
            return Err(Problem::invalid("project_id", "A score stays in its project. Make another one there."));
        }
        let body = body.completed(&shape::config(&question.definition));
        let kind = body.kind(Some(&question.definition.kind))?;
        let description = body.description.clone().unwrap_or_else(|| question.definition.description.clone());
        let mut definition = Definition { kind, description, letters: Vec::new(), ..question.definition };
        body.apply_settings(&mut definition)?;
        Ok((body.name.unwrap_or(question.name), definition))
    };
    Ok(Json(shape::project_score(&desk.edit_question(QuestionId(id), edit).await?)))
}

/// Archives a question. The answers and scores stay.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shape::project_score(&desk.delete_question(&QuestionId(id)).await?)))
}

/// An archived question counts as deleted.
fn require_active(question: &Question) -> Result<(), Problem> {
    if question.archived { Err(Problem::not_found("question")) } else { Ok(()) }
}

impl Score {
    async fn existing(&self, desk: &Desk) -> ApiResult<Option<Question>> {
        let project = self.project_id.as_ref().ok_or_else(|| Problem::invalid("project_id", "Say which project the score belongs to."))?;
        let name = self.name.as_deref().ok_or_else(|| Problem::invalid("name", "Give the score a name; it becomes the key in scores."))?;
        Ok(desk.questions(project).await?.into_iter().find(|question| same_name(&question.name, name)))
    }

    /// Creates a question, or makes a new version of one. What the body does not say of its settings stays.
    async fn save(self, desk: &Desk, existing: Option<Question>) -> ApiResult<Json<Value>> {
        let before = existing.as_ref().map(|question| question.definition.clone()).unwrap_or_default();
        let description = self.description.clone().unwrap_or_default();
        let mut definition = Definition { kind: self.kind(None)?, description, letters: Vec::new(), ..before };
        self.apply_settings(&mut definition)?;
        let is_archived = existing.as_ref().is_some_and(|question| question.archived);
        let save = SaveQuestion {
            project: self.project_id.unwrap_or_else(|| ProjectId::from("")),
            // The one that is there keeps its own spelling.
            name: existing.as_ref().map(|question| question.name.clone()).or(self.name).unwrap_or_default(),
            question: existing.map(|question| question.id),
            after: None,
            definition,
        };
        let mut saved = desk.save_question(save).await?;
        // Only what could be saved comes back.
        if is_archived {
            saved = desk.archive_question(ArchiveQuestion { question: saved.id, archived: false }).await?;
        }
        Ok(Json(shape::project_score(&saved)))
    }
}
