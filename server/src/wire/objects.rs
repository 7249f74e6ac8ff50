//! Experiments and datasets as the JavaScript SDK and older Python SDKs ask for them.

use crate::actor::Signed;
use crate::body::{JsonBody, Query};
use crate::problems::ApiResult;
use crate::rest::objects::{register, text};
use crate::rest::{datasets, experiments, json as shape, projects};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::objects::{IfTaken, NamedObject, ObjectKind};
use shared::projects::Project;
use shared::{ObjectId, Problem, ProjectId};
use store::{Desk, Store, same_name};

type Body = JsonBody<Map<String, Value>>;

/// Registers an experiment: a new one unless `update` asks for the one of that name.
pub async fn register_experiment(State(store): State<Store>, Signed(desk): Signed, JsonBody(mut body): Body) -> ApiResult<Json<Value>> {
    let project = project(&desk, &body).await?;
    if let Some(name) = text(&body, "base_experiment")? {
        let base = desk.object_by_name(ObjectKind::Experiment, &project.id, &name).await.map_err(|error| match error.problem() {
            // SDKs try again without a base if the sentence speaks of one.
            Some(Problem::NotFound { .. }) => Problem::invalid("base_experiment", format!("There is no base experiment {name}.")).into(),
            _ => crate::problems::ApiError::from(error),
        })?;
        body.insert("base_exp_id".to_owned(), json!(base.id));
    }
    let if_taken = if body.get("update") == Some(&Value::Bool(true)) { IfTaken::Open } else { IfTaken::AddSuffix };
    let name = text(&body, "experiment_name")?;
    let (experiment, existed) = register(&desk, ObjectKind::Experiment, project.id.clone(), name, if_taken, body).await?;
    Ok(Json(json!({
        "project": shape::project(&project, &store), "experiment": shape::object(&experiment), "found_existing": existed,
    })))
}

/// Registers a dataset, or opens the one of that name.
pub async fn register_dataset(State(store): State<Store>, Signed(desk): Signed, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    let project = project(&desk, &body).await?;
    let name = text(&body, "dataset_name")?;
    let (dataset, existed) = register(&desk, ObjectKind::Dataset, project.id.clone(), name, IfTaken::Open, body).await?;
    Ok(Json(json!({ "project": shape::project(&project, &store), "dataset": shape::object(&dataset), "found_existing": existed })))
}

/// The project a registration is for: by id, else by name, made if there is none.
async fn project(desk: &Desk, body: &Map<String, Value>) -> ApiResult<Project> {
    match (text(body, "project_id")?, text(body, "project_name")?) {
        (Some(id), _) => Ok(desk.project(&ProjectId(id)).await?),
        (None, Some(name)) => Ok(projects::get_or_create(desk, name).await?.0),
        (None, None) => Err(Problem::invalid("project_name", "Say in which project, by project_id or project_name.").into()),
    }
}

/// Finds experiments by the project's and their own name: a list, empty if there is none.
pub async fn find_experiment(Signed(desk): Signed, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    find(&desk, ObjectKind::Experiment, text(&body, "experiment_name")?, &body).await
}

/// Finds datasets in the same way.
pub async fn find_dataset(Signed(desk): Signed, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    find(&desk, ObjectKind::Dataset, text(&body, "dataset_name")?, &body).await
}

async fn find(desk: &Desk, kind: ObjectKind, name: Option<String>, body: &Map<String, Value>) -> ApiResult<Json<Value>> {
    let found = match (text(body, "project_id")?, text(body, "project_name")?) {
        (Some(id), _) => desk.project(&ProjectId(id)).await,
        (None, Some(name)) => desk.project_by_name(&name).await,
        (None, None) => return Err(Problem::invalid("project_name", "Say in which project, by project_id or project_name.").into()),
    };
    let project = match found {
        Err(store::Error::Problem(Problem::NotFound { .. })) => return Ok(Json(json!([]))),
        found => found?,
    };
    let mut objects = desk.objects(kind, &project.id).await?;
    objects.retain(|object| name.as_ref().is_none_or(|name| same_name(&object.name, name)));
    Ok(Json(objects.iter().map(shape::object).collect()))
}

/// Which experiment is meant.
#[derive(Deserialize)]
pub struct WantedExperiment {
    id: String,
}

/// The experiment that another is compared with; 400 if there is none, which SDKs expect.
pub async fn base_experiment(Signed(desk): Signed, JsonBody(wanted): JsonBody<WantedExperiment>) -> ApiResult<Json<Value>> {
    let experiment = desk.object(ObjectKind::Experiment, &ObjectId(wanted.id)).await?;
    let base = desk.base_experiment(&experiment).await?.ok_or_else(|| Problem::invalid("id", "This experiment has no base experiment."))?;
    Ok(Json(json!({ "base_exp_id": base.id, "base_exp_name": base.name })))
}

/// Compares two experiments, or sums up one.
pub async fn compare_experiments(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let experiment = ObjectId::from(query.required("experiment_id")?);
    let base = query.text("base_experiment_id").map(ObjectId::from);
    let (scores, metrics) = experiments::comparison(&desk, &experiment, base.as_ref()).await?;
    Ok(Json(json!({ "scores": scores, "metrics": metrics })))
}

/// The number of rows of a dataset.
pub async fn summarize_dataset(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let dataset = desk.object(ObjectKind::Dataset, &ObjectId::from(query.required("dataset_id")?)).await?;
    Ok(Json(datasets::records(&desk, &dataset.id).await?))
}

/// Ids whose names are wanted.
#[derive(Deserialize)]
pub struct Ids {
    object_type: String,
    object_ids: Vec<String>,
}

/// Names of objects and of the projects they are in. What is not there is left out.
pub async fn information(Signed(desk): Signed, JsonBody(ids): JsonBody<Ids>) -> ApiResult<Json<Value>> {
    let mut found = Vec::new();
    for id in ids.object_ids {
        match named(&desk, &ids.object_type, &id).await {
            Ok((name, project)) => found.push(json!({
                "object_id": id, "object_name": name, "parent_cols": { "project": { "id": project.id, "name": project.name } },
            })),
            Err(store::Error::Problem(Problem::NotFound { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(Value::Array(found)))
}

async fn named(desk: &Desk, object_type: &str, id: &str) -> store::Result<(String, Project)> {
    match ObjectKind::parse(object_type) {
        Some(kind @ (ObjectKind::Experiment | ObjectKind::Dataset)) => {
            let NamedObject { name, project, .. } = desk.object(kind, &ObjectId::from(id)).await?;
            Ok((name, desk.project(&project).await?))
        }
        Some(ObjectKind::ProjectLogs) | None => {
            let project = desk.project(&ProjectId::from(id)).await?;
            Ok((project.name.clone(), project))
        }
    }
}
