//! Projects as older SDKs ask for them.

use crate::actor::Signed;
use crate::body::{JsonBody, Query};
use crate::problems::ApiResult;
use crate::rest::{json as shape, projects};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::projects::Project;
use shared::{Problem, ProjectId};
use store::{Desk, Store, same_name};

/// The body of a registration.
#[derive(Deserialize)]
pub struct ProjectRegistration {
    project_name: Option<String>,
}

/// Gets or creates a project.
pub async fn register(
    State(store): State<Store>,
    Signed(desk): Signed,
    JsonBody(body): JsonBody<ProjectRegistration>,
) -> ApiResult<Json<Value>> {
    let name = body.project_name.ok_or_else(|| Problem::invalid("project_name", "Give the project a name."))?;
    let (project, existed) = projects::get_or_create(&desk, name).await?;
    Ok(Json(json!({ "project": shape::project(&project, &store), "found_existing": existed })))
}

/// Which project is meant: by id or by name.
#[derive(Deserialize)]
pub struct WantedProject {
    id: Option<String>,
    #[serde(alias = "project_name")]
    name: Option<String>,
}

impl WantedProject {
    async fn project(self, desk: &Desk) -> ApiResult<Project> {
        match (self.id, self.name) {
            (Some(id), _) => Ok(desk.project(&ProjectId(id)).await?),
            (None, Some(name)) => Ok(desk.project_by_name(&name).await?),
            (None, None) => Err(Problem::invalid("id", "Say which project is meant, by id or by name.").into()),
        }
    }
}

/// Answers `GET /api/project?id=…`.
pub async fn by_id(State(store): State<Store>, Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let wanted = WantedProject { id: query.text("id").map(str::to_owned), name: query.text("name").map(str::to_owned) };
    named(&store, &desk, wanted).await
}

/// The same, asked for in a body.
pub async fn by_id_or_name(
    State(store): State<Store>,
    Signed(desk): Signed,
    JsonBody(wanted): JsonBody<WantedProject>,
) -> ApiResult<Json<Value>> {
    named(&store, &desk, wanted).await
}

async fn named(store: &Store, desk: &Desk, wanted: WantedProject) -> ApiResult<Json<Value>> {
    let project = wanted.project(desk).await?;
    Ok(Json(json!({ "name": project.name, "project": shape::project(&project, store) })))
}

/// Answers `POST /api/project/get`: a list, empty if there is none; every project if none is named.
pub async fn find(State(store): State<Store>, Signed(desk): Signed, JsonBody(wanted): JsonBody<WantedProject>) -> ApiResult<Json<Value>> {
    let mut found = projects::all(&desk).await?;
    found.retain(|project| {
        wanted.id.as_deref().is_none_or(|id| project.id.as_str() == id)
            && wanted.name.as_deref().is_none_or(|name| same_name(&project.name, name))
    });
    Ok(Json(found.iter().map(|project| shape::project(project, &store)).collect()))
}
