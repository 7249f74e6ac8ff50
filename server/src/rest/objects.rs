//! `/v1/experiment` and `/v1/dataset`: one set of handlers, because the two differ in what is known about them only.

use super::json as shape;
use super::projects;
use crate::actor::Signed;
use crate::application::Application;
use crate::body::{JsonBody, Query};
use crate::problems::{ApiError, ApiResult};
use axum::Json;
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::{Map, Value, json};
use shared::address;
use shared::objects::{ChangeObject, DeleteObject, IfTaken, NamedObject, ObjectKind, RegisterObject};
use shared::permissions::Action;
use shared::projects::Project;
use shared::{ObjectId, Problem, ProjectId};
use store::{Desk, same_name};

/// What a path below `/v1/{kind}` is about.
pub struct ObjectPath {
    /// The kind that the path names.
    pub kind: ObjectKind,
    /// The id in the path; empty where the path is of the whole kind.
    pub id: ObjectId,
}

impl ObjectPath {
    /// The object, if there is one of that kind and id.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is not.
    pub async fn object(self, desk: &Desk) -> ApiResult<ObjectId> {
        desk.require_object(self.kind, &self.id).await?;
        Ok(self.id)
    }
}

impl FromRequestParts<Application> for ObjectPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Application) -> ApiResult<Self> {
        let mut segments = parts.uri.path().trim_start_matches("/v1/").split('/');
        let kind = segments.next().and_then(ObjectKind::parse).ok_or_else(|| Problem::not_found("address"))?;
        // In a path a plus sign is itself.
        let id = address::decode(&segments.next().unwrap_or_default().replace('+', "%2B"));
        Ok(Self { kind, id: ObjectId(id) })
    }
}

/// Lists experiments or datasets, newest first: of one project, or of all.
pub async fn list(Signed(desk): Signed, path: ObjectPath, query: Query) -> ApiResult<Json<Value>> {
    let mut objects = Vec::new();
    for project in named_projects(&desk, &query).await? {
        objects.extend(desk.objects(path.kind, &project.id).await?);
    }
    objects.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    if let Some(name) = query.text(if path.kind == ObjectKind::Experiment { "experiment_name" } else { "dataset_name" }) {
        objects.retain(|object| same_name(&object.name, name));
    }
    let page = shape::page(objects, &query, |object| object.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(shape::object).collect::<Vec<_>>() })))
}

/// The projects that a query names; one that is not there is no mistake, it has nothing.
pub(super) async fn named_projects(desk: &Desk, query: &Query) -> ApiResult<Vec<Project>> {
    let found = match (query.text("project_id"), query.text("project_name")) {
        (Some(id), _) => desk.project(&ProjectId::from(id)).await,
        (None, Some(name)) => desk.project_by_name(name).await,
        (None, None) if desk.actor().may(Action::Read) => return projects::all(desk).await,
        (None, None) => {
            let reason = "A key that may not read lists one project at a time: add project_id or project_name.";
            return Err(Problem::invalid("project_id", reason).into());
        }
    };
    match found {
        Ok(project) => Ok(vec![project]),
        Err(store::Error::Problem(Problem::NotFound { .. })) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// Creates an experiment or a dataset, or opens the one of that name; with `ensure_new` a new one is made in any case.
pub async fn create(Signed(desk): Signed, path: ObjectPath, JsonBody(body): JsonBody<Map<String, Value>>) -> ApiResult<Json<Value>> {
    let project = text(&body, "project_id")?.ok_or_else(|| Problem::invalid("project_id", "Say in which project."))?;
    let if_taken = if body.get("ensure_new") == Some(&Value::Bool(true)) { IfTaken::AddSuffix } else { IfTaken::Open };
    let name = text(&body, "name")?;
    let (object, _) = register(&desk, path.kind, ProjectId(project), name, if_taken, body).await?;
    Ok(Json(shape::object(&object)))
}

/// Registers an object with whatever a body says about it.
///
/// # Errors
/// As [`Desk::register_object`].
pub async fn register(
    desk: &Desk,
    kind: ObjectKind,
    project: ProjectId,
    name: Option<String>,
    if_taken: IfTaken,
    body: Map<String, Value>,
) -> ApiResult<(NamedObject, bool)> {
    let name = name.or_else(|| branch(&body));
    Ok(desk.register_object(RegisterObject { kind, project, name, if_taken, details: details(kind, body) }).await?)
}

/// An experiment without a name is called after the branch it ran on.
fn branch(body: &Map<String, Value>) -> Option<String> {
    let branch = body.get("repo_info")?.get("branch")?.as_str()?;
    Some(format!("{branch}-{}", store::now() / 1_000_000))
}

fn details(kind: ObjectKind, mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|key, value| !value.is_null() && shape::details_of(kind).contains(&key.as_str()));
    body
}

/// A text in a body; none if it is absent, null or empty.
///
/// # Errors
/// When it is something else than text.
pub fn text(body: &Map<String, Value>, key: &str) -> Result<Option<String>, Problem> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        Some(_) => Err(Problem::invalid(key, "This must be text.")),
    }
}

/// Reads an experiment or a dataset.
pub async fn read(Signed(desk): Signed, path: ObjectPath) -> ApiResult<Json<Value>> {
    Ok(Json(shape::object(&desk.object(path.kind, &path.id).await?)))
}

/// Changes what a body names and leaves the rest.
pub async fn change(Signed(desk): Signed, path: ObjectPath, JsonBody(body): JsonBody<Map<String, Value>>) -> ApiResult<Json<Value>> {
    let name = text(&body, "name")?;
    let command = ChangeObject { kind: path.kind, id: path.id, name, details: details(path.kind, body) };
    Ok(Json(shape::object(&desk.change_object(command).await?)))
}

/// Deletes an experiment or a dataset and returns it as it was.
pub async fn delete(Signed(desk): Signed, path: ObjectPath) -> ApiResult<Json<Value>> {
    let object = desk.delete_object(DeleteObject { kind: path.kind, id: path.id }).await?;
    let mut shape = shape::object(&object);
    shape["deleted_at"] = json!(shared::filter::format_instant(store::now()));
    Ok(Json(shape))
}
