//! `/v1/job`: one thing done to many rows, by itself until it is done.

use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::filter::format_instant;
use shared::jobs::{Job, JobAction, JobRows, NameJob, StartJob};
use shared::objects::ObjectKind;
use shared::{JobId, ObjectId, Problem, ProjectId, RowId};

/// What is done, and to which rows.
#[derive(Deserialize)]
pub struct NewJob {
    /// Its logs, where no other object is named.
    project_id: Option<ProjectId>,
    object_type: Option<String>,
    object_id: Option<ObjectId>,
    filter: Option<String>,
    ids: Option<Vec<RowId>>,
    action: Option<JobAction>,
}

/// Starts a job.
pub async fn start(Signed(desk): Signed, JsonBody(body): JsonBody<NewJob>) -> ApiResult<Json<Value>> {
    let object = match (body.object_id, body.project_id) {
        (Some(object), _) => {
            let kind = body.object_type.as_deref().and_then(ObjectKind::parse);
            let kind = kind.ok_or_else(|| Problem::invalid("object_type", "Use project_logs, experiment or dataset."))?;
            desk.require_object(kind, &object).await?;
            object
        }
        (None, Some(project)) => desk.project(&project).await?.logs(),
        (None, None) => {
            return Err(Problem::invalid("project_id", "Say where the rows are: project_id, or object_type and object_id.").into());
        }
    };
    let rows = match (body.filter, body.ids) {
        (Some(filter), None) => JobRows::Matching(filter),
        (None, Some(ids)) => JobRows::Picked(ids),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::invalid("filter", "Say which rows: either a filter (\"\" for all), or ids.").into());
        }
    };
    let example = r#"Say what to do, as {"tag": {"add": ["Triage"]}}, {"answer": {"question": "Tone", "value": 0.8}}, {"flag": {"note": "Is this right?"}} or {"add_to_dataset": {"dataset": "id", "expected": "output"}}."#;
    let action = body.action.ok_or_else(|| Problem::invalid("action", example))?;
    Ok(Json(shown(&desk.start_job(StartJob { object, rows, action }).await?)))
}

/// The latest jobs of a project that one sees, newest first.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let jobs = desk.jobs(&ProjectId::from(query.required("project_id")?)).await?;
    Ok(Json(json!({ "objects": jobs.iter().map(shown).collect::<Vec<_>>() })))
}

/// Reads a job.
pub async fn one(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.job(&JobId(id)).await?)))
}

/// Stops a job where it stands.
pub async fn cancel(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.cancel_job(NameJob { job: JobId(id) }).await?)))
}

/// Takes back what a job did.
pub async fn undo(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.undo_job(NameJob { job: JobId(id) }).await?)))
}

fn shown(job: &Job) -> Value {
    json!({
        "id": job.id, "project_id": job.project, "object_id": job.object, "started_by": job.by, "action": job.action, "filter": job.filter,
        "state": job.state, "reason": job.reason, "created": format_instant(job.created),
        "progress": {
            "total": job.total, "done": job.done, "updated": job.updated, "already": job.already, "gone": job.gone, "refused": job.refused,
            "refusal": job.refusal, "undone": job.undone, "kept": job.kept,
        },
    })
}
