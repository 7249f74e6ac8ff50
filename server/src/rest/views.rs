//! `/v1/view`: saved views, in the form of the SDKs. `object_type` is `project`; `shared` is ours: false keeps a view for its owner.
//!
//! What an SDK sends as `view_data` and `options` is kept and returned as it came. Pages read the filter out of
//! `view_data.search.filter`, whose elements are expressions as text, or objects with one as `btql` or `text`; what a page saves stands
//! there as one text. The order is the first element of `view_data.search.sort` that is one.

use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use crate::rest::json as shape;
use axum::Json;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::filter::format_instant;
use shared::spans::TraceSort;
use shared::views::{DeleteView, ListState, SaveView, SavedView};
use shared::{Problem, ProjectId, ViewId};
use store::{Desk, same_name};

/// Lists the views of a project that one sees, newest first.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let (object_type, object) = (query.required("object_type")?, ProjectId::from(query.required("object_id")?));
    let mut views = match desk.saved_views(&object, query.text("view_type")).await {
        Err(store::Error::Problem(Problem::NotFound { .. })) => Vec::new(),
        views => views?,
    };
    views.retain(|view| object_type == "project" && query.text("view_name").is_none_or(|name| same_name(&view.name, name)));
    views.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let page = shape::page(views, &query, |view| view.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(written).collect::<Result<Vec<_>, _>>()? })))
}

/// What a body can hold.
#[derive(Deserialize)]
pub struct SentView {
    object_type: Option<String>,
    object_id: Option<ProjectId>,
    view_type: Option<String>,
    name: Option<String>,
    view_data: Option<Map<String, Value>>,
    options: Option<Map<String, Value>>,
    shared: Option<bool>,
}

/// Creates a view, or returns the one of that name as it is.
pub async fn create(Signed(desk): Signed, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<Value>> {
    match body.existing(&desk).await? {
        Some(view) => Ok(Json(written(&view)?)),
        None => Ok(Json(written(&desk.save_view(body.command(None)?).await?)?)),
    }
}

/// Creates a view, or replaces the one of that name: what the body leaves out is emptied.
pub async fn replace(Signed(desk): Signed, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<Value>> {
    let existing = body.existing(&desk).await?.map(|view| view.id);
    Ok(Json(written(&desk.save_view(body.command(existing)?).await?)?))
}

/// Reads a view.
pub async fn read(Signed(desk): Signed, Path(id): Path<String>, query: Query) -> ApiResult<Json<Value>> {
    let view = standing(&desk, id).await?;
    require_object(&view, query.text("object_type"), query.text("object_id"))?;
    Ok(Json(written(&view)?))
}

/// Changes what the body names and keeps the rest, also inside `view_data` and `options`.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<Value>> {
    let edit = move |view: SavedView| {
        require_object(&view, body.object_type.as_deref(), body.object_id.as_ref().map(ProjectId::as_str))?;
        let kept = written(&view)?;
        let body = SentView {
            object_type: None,
            object_id: Some(view.project),
            view_type: body.view_type.or(Some(view.view_type)),
            name: body.name.or(Some(view.name)),
            view_data: merged(&kept["view_data"], body.view_data),
            options: merged(&kept["options"], body.options),
            shared: body.shared.or(Some(view.shared)),
        };
        body.command(Some(view.id))
    };
    Ok(Json(written(&desk.edit_view(ViewId(id), edit).await?)?))
}

/// Deletes a view and returns it as it was last.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<Value>> {
    let view = standing(&desk, id).await?;
    require_object(&view, body.object_type.as_deref(), body.object_id.as_ref().map(ProjectId::as_str))?;
    Ok(Json(written(&desk.delete_view(DeleteView { view: view.id }).await?)?))
}

/// A view that is not deleted.
async fn standing(desk: &Desk, id: String) -> ApiResult<SavedView> {
    let view = desk.saved_view(&ViewId(id)).await?;
    if view.deleted.is_some() {
        return Err(Problem::not_found("view").into());
    }
    Ok(view)
}

fn require_object(view: &SavedView, object_type: Option<&str>, object: Option<&str>) -> Result<(), Problem> {
    if object_type.is_some_and(|object_type| object_type != "project") || object.is_some_and(|object| object != view.project.as_str()) {
        return Err(Problem::invalid("object_id", "This view belongs to another object. Its object is a project, which it stays in."));
    }
    Ok(())
}

/// What is kept with the changes laid on it: objects key by key, all else whole.
fn merged(kept: &Value, changes: Option<Map<String, Value>>) -> Option<Map<String, Value>> {
    let mut kept = kept.as_object().cloned();
    if let Some(changes) = changes {
        lay_on(kept.get_or_insert_default(), changes);
    }
    kept
}

fn lay_on(object: &mut Map<String, Value>, changes: Map<String, Value>) {
    for (key, change) in changes {
        match (object.get_mut(&key), change) {
            (Some(Value::Object(inner)), Value::Object(changes)) => lay_on(inner, changes),
            (_, change) => {
                object.insert(key, change);
            }
        }
    }
}

impl SentView {
    async fn existing(&self, desk: &Desk) -> ApiResult<Option<SavedView>> {
        let (project, view_type) = self.place()?;
        let name = self.name.as_deref().ok_or_else(|| Problem::invalid("name", "Give the view a name."))?;
        let views = desk.saved_views(project, Some(view_type)).await?;
        Ok(views.into_iter().find(|view| view.shared == self.shared.unwrap_or(true) && same_name(&view.name, name)))
    }

    fn place(&self) -> Result<(&ProjectId, &str), Problem> {
        if self.object_type.as_deref().is_some_and(|object_type| object_type != "project") {
            let reason = "Views belong to projects here. Send project, and the project's id as object_id.";
            return Err(Problem::invalid("object_type", reason));
        }
        let project = self.object_id.as_ref().ok_or_else(|| Problem::invalid("object_id", "Say which project the view belongs to."))?;
        let view_type = self.view_type.as_deref().ok_or_else(|| Problem::invalid("view_type", "Say what it is a view of, as logs."))?;
        Ok((project, view_type))
    }

    fn command(self, view: Option<ViewId>) -> Result<SaveView, Problem> {
        let (project, view_type) = self.place()?;
        let state = ListState { filter: filter(self.view_data.as_ref())?, sort: sort(self.view_data.as_ref()) };
        let sent = json!({ "view_data": self.view_data, "options": self.options }).to_string();
        Ok(SaveView {
            project: project.clone(),
            view,
            view_type: view_type.to_owned(),
            name: self.name.clone().unwrap_or_default(),
            shared: self.shared.unwrap_or(true),
            state,
            sent: Some(sent),
            version: None,
        })
    }
}

/// The filter that pages show of what an SDK sent; elements that hold no expression are not theirs to read.
fn filter(view_data: Option<&Map<String, Value>>) -> Result<String, Problem> {
    let elements = match view_data.and_then(|data| data.get("search")?.get("filter")) {
        None | Some(Value::Null) => return Ok(String::new()),
        Some(Value::Array(elements)) => elements,
        Some(_) => return Err(Problem::invalid("view_data.search.filter", "This must be a list.")),
    };
    let texts: Vec<String> = elements.iter().filter_map(text_of).collect();
    Ok(match texts.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" and "),
    })
}

/// The order that pages show of it; elements that say none that rows are kept in are not theirs to read.
fn sort(view_data: Option<&Map<String, Value>>) -> String {
    let elements = view_data.and_then(|data| data.get("search")?.get("sort")?.as_array());
    let mut texts = elements.into_iter().flatten().filter_map(text_of);
    texts.find_map(|text| Some(TraceSort::parse(&text).ok()?.to_text())).unwrap_or_default()
}

/// The expression that an element of a search holds.
fn text_of(element: &Value) -> Option<String> {
    let text = element.as_str().or_else(|| element.get("btql")?.as_str()).or_else(|| element.get("text")?.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A view as it leaves: what an SDK sent, with what a page has saved since laid on it.
fn written(view: &SavedView) -> Result<Value, Problem> {
    let mut sent = view.sent.as_deref().and_then(|sent| serde_json::from_str(sent).ok()).unwrap_or_else(|| json!({}));
    let data = sent["view_data"].as_object();
    let of_sent = ListState { filter: filter(data)?, sort: sort(data) };
    let one_or_none = |text: &str| if text.is_empty() { json!([]) } else { json!([text]) };
    let mut search = Map::new();
    if of_sent.filter != view.state.filter {
        search.insert("filter".to_owned(), one_or_none(&view.state.filter));
    }
    if of_sent.sort != view.state.sort {
        search.insert("sort".to_owned(), one_or_none(&view.state.sort));
    }
    if !search.is_empty() {
        let changes = Map::from_iter([("search".to_owned(), Value::Object(search))]);
        sent["view_data"] = merged(&sent["view_data"], Some(changes)).map_or(Value::Null, Value::Object);
    }
    Ok(json!({
        "id": view.id, "object_type": "project", "object_id": view.project, "view_type": view.view_type, "name": view.name,
        "created": format_instant(view.created), "updated_at": format_instant(view.changed), "view_data": sent["view_data"],
        "options": sent["options"], "user_id": view.owner, "deleted_at": view.deleted.map(format_instant), "shared": view.shared,
    }))
}
