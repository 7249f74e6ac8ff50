//! `/v1/prompt` and `/v1/function`: kept for SDKs that load them; nothing here runs them.

use super::json as shape;
use super::objects::{named_projects, text};
use crate::actor::Signed;
use crate::application::Application;
use crate::body::{JsonBody, Query};
use crate::problems::{ApiError, ApiResult};
use axum::Json;
use axum::extract::{FromRequestParts, State};
use http::request::Parts;
use serde_json::{Map, Value, json};
use shared::functions::{ChangeFunction, FunctionKind, SaveFunction};
use shared::{Problem, ProjectId, address};
use store::{Desk, Store, same_name};

/// What a path below `/v1/prompt` or `/v1/function` is about.
pub struct FunctionPath {
    kind: FunctionKind,
    id: String,
}

impl FromRequestParts<Application> for FunctionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &Application) -> ApiResult<Self> {
        let mut segments = parts.uri.path().trim_start_matches("/v1/").split('/');
        let kind = segments.next().and_then(FunctionKind::parse).ok_or_else(|| Problem::not_found("address"))?;
        Ok(Self { kind, id: address::decode(&segments.next().unwrap_or_default().replace('+', "%2B")) })
    }
}

type Body = JsonBody<Map<String, Value>>;

/// Lists prompts or functions, newest first, of one project or of all; `slug` finds one.
pub async fn list(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath, query: Query) -> ApiResult<Json<Value>> {
    let mut found = Vec::new();
    for project in named_projects(&desk, &query).await? {
        found.extend(desk.functions(path.kind, &project.id).await?);
    }
    let name = query.text(if path.kind == FunctionKind::Prompt { "prompt_name" } else { "function_name" });
    // What SDKs call the type stands in one of two places.
    let type_of =
        |details: &Map<String, Value>| details.get("function_type").or_else(|| details.get("function_data")?.get("type")).cloned();
    let wanted = query.text("function_type").map(|kind| json!(kind));
    found.retain(|function| {
        name.is_none_or(|name| same_name(&function.name, name))
            && query.text("slug").is_none_or(|slug| function.slug == slug)
            && (wanted.is_none() || type_of(&function.details) == wanted)
    });
    found.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    if let Some(text) = query.text("version") {
        let version = desk.version(text).await?;
        // Only the newest is kept; an older one is not silently replaced by it.
        if found.iter().any(|function| function.transaction > version) {
            let reason =
                format!("Only the newest version of a {} is kept, and it is newer than this. Leave version out.", path.kind.as_str());
            return Err(Problem::invalid("version", reason).into());
        }
    }
    let page = shape::page(found, &query, |function| function.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(|function| shape::function(function, &store)).collect::<Vec<_>>() })))
}

/// Creates a prompt or a function, or returns the one of that slug as it is.
pub async fn create(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    save(&store, &desk, path.kind, body, false).await
}

/// Creates a prompt or a function, or replaces the one of that slug.
pub async fn replace(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    save(&store, &desk, path.kind, body, true).await
}

async fn save(store: &Store, desk: &Desk, kind: FunctionKind, body: Map<String, Value>, replace: bool) -> ApiResult<Json<Value>> {
    let required = |key: &'static str| text(&body, key)?.ok_or_else(|| Problem::invalid(key, "Add this."));
    let (project, name, slug) = (ProjectId(required("project_id")?), required("name")?, required("slug")?);
    let function = desk.save_function(SaveFunction { kind, project, name, slug, replace, details: details(body) }).await?;
    Ok(Json(shape::function(&function, store)))
}

fn details(mut body: Map<String, Value>) -> Map<String, Value> {
    body.retain(|key, value| !value.is_null() && shape::FUNCTION_DETAILS.contains(&key.as_str()));
    body
}

/// Reads one.
pub async fn read(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath) -> ApiResult<Json<Value>> {
    Ok(Json(shape::function(&desk.function(path.kind, &path.id).await?, &store)))
}

/// Changes what a body names and leaves the rest.
pub async fn change(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath, JsonBody(body): Body) -> ApiResult<Json<Value>> {
    let (name, slug) = (text(&body, "name")?, text(&body, "slug")?);
    let command = ChangeFunction { kind: path.kind, id: path.id, name, slug, details: details(body) };
    Ok(Json(shape::function(&desk.change_function(command).await?, &store)))
}

/// Deletes one and returns it as it was.
pub async fn delete(State(store): State<Store>, Signed(desk): Signed, path: FunctionPath) -> ApiResult<Json<Value>> {
    Ok(Json(shape::function(&desk.delete_function(path.kind, &path.id).await?, &store)))
}
