//! `/v1/project_score`: the questions of a project.

use super::json as shape;
use crate::actor::Signed;
use crate::body::{JsonBody, Query};
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::questions::{ArchiveQuestion, Definition, Question, QuestionKind, QuestionOption, SaveQuestion};
use shared::{Problem, ProjectId, QuestionId};
use store::Desk;

/// Lists questions, newest first. Archived ones count as deleted.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let projects = match query.text("project_id") {
        Some(id) => vec![ProjectId::from(id)],
        None => {
            let projects = super::projects::all(&desk).await?;
            let wanted = query.text("project_name");
            projects.into_iter().filter(|project| wanted.is_none_or(|name| project.name == name)).map(|project| project.id).collect()
        }
    };
    let mut questions = Vec::new();
    for project in &projects {
        questions.extend(desk.questions(project).await?);
    }
    let types: Vec<_> = query.all("score_type").collect();
    questions.retain(|question| {
        !question.archived
            && query.text("project_score_name").is_none_or(|name| question.name == name)
            && (types.is_empty() || types.contains(&word(&question.definition.kind)))
    });
    questions.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let page = shape::page(questions, &query, |question| question.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(shape::project_score).collect::<Vec<_>>() })))
}

fn word(kind: &QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Continuous => "slider",
        QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => "categorical",
        QuestionKind::Text { .. } => "free-form",
    }
}

/// What a body can hold.
#[derive(Deserialize)]
pub struct Score {
    project_id: Option<ProjectId>,
    name: Option<String>,
    description: Option<String>,
    score_type: Option<String>,
    categories: Option<Value>,
    config: Option<Value>,
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
    Ok(Json(shape::project_score(&active(&desk, id).await?)))
}

/// Changes what the body names and keeps the rest.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<Score>) -> ApiResult<Json<Value>> {
    let question = active(&desk, id).await?;
    if body.project_id.as_ref().is_some_and(|project| *project != question.project) {
        return Err(Problem::invalid("project_id", "A score stays in its project. Make another one there.").into());
    }
    let body = Score {
        project_id: Some(question.project.clone()),
        name: body.name.or_else(|| Some(question.name.clone())),
        description: body.description.or_else(|| Some(question.definition.description.clone())),
        // Options without a type belong to the type that the question has.
        categories: body.categories.or_else(|| match (&body.score_type, &question.definition.kind) {
            (None, QuestionKind::Categorical { options }) => Some(json!(options)),
            _ => None,
        }),
        score_type: body.score_type.or_else(|| Some(word(&question.definition.kind).to_owned())),
        config: body.config,
    };
    body.save(&desk, Some(question)).await
}

/// Archives a question. The answers and scores stay.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shape::project_score(&desk.delete_question(&QuestionId(id)).await?)))
}

async fn active(desk: &Desk, id: String) -> ApiResult<Question> {
    let question = desk.question(&QuestionId(id)).await?;
    if question.archived { Err(Problem::not_found("score").into()) } else { Ok(question) }
}

impl Score {
    async fn existing(&self, desk: &Desk) -> ApiResult<Option<Question>> {
        let project = self.project_id.as_ref().ok_or_else(|| Problem::invalid("project_id", "Say which project the score belongs to."))?;
        let name = self.name.as_deref().ok_or_else(|| Problem::invalid("name", "Give the score a name; it becomes the key in scores."))?;
        Ok(desk.questions(project).await?.into_iter().find(|question| question.name == name))
    }

    async fn save(self, desk: &Desk, existing: Option<Question>) -> ApiResult<Json<Value>> {
        let kind = self.kind()?;
        let before = existing.as_ref().map(|question| &question.definition);
        let definition = Definition {
            kind,
            description: self.description.unwrap_or_default(),
            required: before.is_some_and(|before| before.required),
            higher_is_better: before.is_none_or(|before| before.higher_is_better),
            ..Definition::default()
        };
        if let Some(archived) = existing.as_ref().filter(|question| question.archived) {
            desk.archive_question(ArchiveQuestion { question: archived.id.clone(), archived: false }).await?;
        }
        let save = SaveQuestion {
            project: self.project_id.unwrap_or_else(|| ProjectId::from("")),
            question: existing.map(|question| question.id),
            name: self.name.unwrap_or_default(),
            definition,
        };
        Ok(Json(shape::project_score(&desk.save_question(save).await?)))
    }

    fn kind(&self) -> Result<QuestionKind, Problem> {
        for (key, value) in self.config.as_ref().and_then(Value::as_object).into_iter().flatten() {
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return Err(Problem::invalid(format!("config.{key}"), "This is not available yet. Leave it out."));
            }
        }
        let categories = self.categories.as_ref().filter(|categories| !categories.is_null());
        match self.score_type.as_deref() {
            Some("slider") if categories.is_none_or(|categories| categories.as_array().is_some_and(Vec::is_empty)) => {
                Ok(QuestionKind::Continuous)
            }
            Some("slider") => {
                Err(Problem::invalid("categories", "A slider has no categories. Leave them out, or use score_type categorical."))
            }
            Some("categorical") => {
                let categories = categories.cloned().unwrap_or_else(|| json!([]));
                let options: Vec<QuestionOption> = serde_json::from_value(categories).map_err(|_| {
                    Problem::invalid("categories", "Send a list like [{\"name\": \"Good\", \"value\": 1}], with values from 0 to 1.")
                })?;
                Ok(QuestionKind::Categorical { options })
            }
            Some(known @ ("weighted" | "minimum" | "maximum" | "online" | "free-form")) => {
                Err(Problem::invalid("score_type", format!("{known} is not available yet. Use slider or categorical.")))
            }
            Some(other) => Err(Problem::invalid("score_type", format!("There is no score type {other}. Use slider or categorical."))),
            None => Err(Problem::invalid("score_type", "Say slider or categorical.")),
        }
    }
}
