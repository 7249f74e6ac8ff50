//! `/v1/project`.

use super::json as shape;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::permissions::Action;
use shared::projects::{ChangeSettings, CreateProject, DeleteProject, Project, RenameProject};
use shared::{Problem, ProjectId};
use store::{Desk, Store, same_name};

/// Lists projects, newest first.
pub async fn list(State(store): State<Store>, Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let mut projects = all(&desk).await?;
    if let Some(name) = query.text("project_name") {
        projects.retain(|project| same_name(&project.name, name));
    }
    let page = shape::page(projects, &query, |project| project.id.as_str())?;
    let page: Vec<_> = page.iter().map(|project| shape::project(project, &store)).collect();
    Ok(Json(json!({ "objects": page })))
}

/// Every project, newest first.
pub async fn all(desk: &Desk) -> ApiResult<Vec<Project>> {
    let mut projects: Vec<_> = desk.projects().await?.into_iter().map(|summary| summary.project).collect();
    projects.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    Ok(projects)
}

/// The body of a new project. What SDKs send beside the name is of no use here.
#[derive(Deserialize)]
pub struct NewProject {
    name: Option<String>,
}

/// Creates a project, or returns the one of that name.
pub async fn create(State(store): State<Store>, Signed(desk): Signed, JsonBody(body): JsonBody<NewProject>) -> ApiResult<Json<Value>> {
    let name = body.name.ok_or_else(|| Problem::invalid("name", "Give the project a name."))?;
    let (project, _) = get_or_create(&desk, name).await?;
    Ok(Json(shape::project(&project, &store)))
}

/// The project of that name, made if there is none, and whether there was one. A key that only sends traces may do it.
pub async fn get_or_create(desk: &Desk, name: String) -> ApiResult<(Project, bool)> {
    if desk.actor().may(Action::Ingest) {
        return Ok(desk.register_project(&name).await?);
    }
    Ok(desk.create_project(CreateProject { name }).await?)
}

/// Reads a project.
pub async fn read(State(store): State<Store>, Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let project = desk.project(&ProjectId(id)).await?;
    Ok(Json(shape::project(&project, &store)))
}

/// What can be changed.
#[derive(Deserialize)]
pub struct ChangedProject {
    name: Option<String>,
    description: Option<Value>,
    settings: Option<Value>,
}

/// Renames a project and changes what is set for it.
pub async fn change(
    State(store): State<Store>,
    Signed(desk): Signed,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<ChangedProject>,
) -> ApiResult<Json<Value>> {
    if body.description.is_some_and(|description| !description.is_null()) {
        return Err(Problem::invalid("description", "A project has no description yet; its name and its settings can be changed.").into());
    }
    let changes = match body.settings {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(changes)) => changes,
        Some(_) => return Err(Problem::invalid("settings", "Send an object with the settings to change.").into()),
    };
    let id = ProjectId(id);
    let mut project = desk.project(&id).await?;
    // The settings first: they can be wrong in more ways, and nothing is changed then.
    if !changes.is_empty() {
        project = desk.change_settings(ChangeSettings { project: id.clone(), changes }).await?;
    }
    if let Some(name) = body.name.filter(|name| *name != project.name) {
        project = desk.rename_project(RenameProject { project: id, name }).await?;
    }
    Ok(Json(shape::project(&project, &store)))
}

/// Deletes a project and returns it as it was.
pub async fn delete(State(store): State<Store>, Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let project = desk.delete_project(DeleteProject { project: ProjectId(id) }).await?;
    let mut object = shape::project(&project, &store);
    object["deleted_at"] = json!(shared::filter::format_instant(store::now()));
    Ok(Json(object))
}
