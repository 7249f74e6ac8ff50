//! `/v1/view`: saved views, in the form of the SDKs. `object_type` is `project`; `shared` is ours: false keeps a view for its owner.
//!
//! What an SDK sends as `view_data` and `options` is kept and returned as it came. Pages read the filter out of
//! `view_data.search.filter`, whose elements are expressions as text, or objects with one as `btql` or `text`; what a page saves stands
//! there as one text. The order is the first element of `view_data.search.sort` that is one. What `options` says of columns, of a time and
//! of the height of rows, pages show, too.

mod options;

use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use crate::rest::json as shape;
use axum::Json;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use shared::filter::format_instant;
use shared::spans::TraceSort;
use shared::views::{DeleteView, ListState, SaveView, SavedView, holds_nul};
use shared::{PersonId, Problem, ProjectId, ViewId};
use store::{Desk, WhichViews, same_name};

/// A page of a list ends where so many bytes of what SDKs sent are in it, however many views were asked for.
const MOST_LISTED: usize = 4 << 20;

/// Objects inside objects are changed key by key down to this depth, and whole below it.
const DEEPEST: usize = 32;

/// JSON as it came.
type Raw = Box<RawValue>;

/// Lists the views of a project that one sees, newest first.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<ListedViews>> {
    let (object_type, object) = (query.required("object_type")?, ProjectId::from(query.required("object_id")?));
    let which = query.text("view_type").map_or(WhichViews::All, WhichViews::Of);
    let mut views = match desk.saved_views(&object, which).await {
        Err(store::Error::Problem(Problem::NotFound { .. })) => Vec::new(),
        views => views?,
    };
    views.retain(|view| object_type == "project" && query.text("view_name").is_none_or(|name| same_name(&view.name, name)));
    views.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let (mut objects, mut bytes) = (Vec::new(), 0);
    for view in shape::page(views, &query, |view| view.id.as_str())? {
        if bytes > MOST_LISTED {
            break;
        }
        match desk.saved_view(&view.id).await {
            Ok(view) => {
                bytes += view.sent.as_ref().map_or(0, String::len);
                objects.push(written(view)?);
            }
            // It went a moment ago.
            Err(store::Error::Problem(Problem::NotFound { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(ListedViews { objects }))
}

/// What a body can hold.
#[derive(Deserialize)]
pub struct SentView {
    object_type: Option<String>,
    object_id: Option<ProjectId>,
    view_type: Option<String>,
    name: Option<String>,
    view_data: Option<Raw>,
    options: Option<Raw>,
    shared: Option<bool>,
}

/// What is kept of what an SDK sent.
#[derive(Default, Serialize, Deserialize)]
struct KeptSent {
    view_data: Option<Raw>,
    options: Option<Raw>,
}

/// A page of a list of views.
#[derive(Serialize)]
pub struct ListedViews {
    objects: Vec<WrittenView>,
}

/// A view as it leaves.
#[derive(Serialize)]
pub struct WrittenView {
    id: ViewId,
    object_type: &'static str,
    object_id: ProjectId,
    view_type: String,
    name: String,
    created: String,
    updated_at: String,
    view_data: Option<Raw>,
    options: Option<Raw>,
    user_id: PersonId,
    deleted_at: Option<String>,
    shared: bool,
}

/// Creates a view, or returns the one of that name as it is.
pub async fn create(Signed(desk): Signed, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<WrittenView>> {
    if let Some(id) = body.existing(&desk).await? {
        return Ok(Json(written(desk.saved_view(&id).await?)?));
    }
    let made = desk.save_view(body.command(None)?).await;
    // Somebody may have made it a moment ago.
    if made.is_err()
        && let Some(id) = body.existing(&desk).await?
    {
        return Ok(Json(written(desk.saved_view(&id).await?)?));
    }
    Ok(Json(written(made?)?))
}

/// Creates a view, or replaces the one of that name: what the body leaves out is emptied.
pub async fn replace(Signed(desk): Signed, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<WrittenView>> {
    let before = body.existing(&desk).await?;
    let is_new = before.is_none();
    let mut saved = desk.save_view(body.command(before)?).await;
    // Somebody may have made it a moment ago.
    if is_new
        && saved.is_err()
        && let Some(id) = body.existing(&desk).await?
    {
        saved = desk.save_view(body.command(Some(id))?).await;
    }
    Ok(Json(written(saved?)?))
}

/// Reads a view.
pub async fn read(Signed(desk): Signed, Path(id): Path<String>, query: Query) -> ApiResult<Json<WrittenView>> {
    let view = standing(&desk, id).await?;
    require_object(&view, query.text("object_type"), query.text("object_id"))?;
    Ok(Json(written(view)?))
}

/// Changes what the body names and keeps the rest, also inside `view_data` and `options`.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<WrittenView>> {
    let edit = move |view: SavedView| {
        require_object(&view, body.object_type.as_deref(), body.object_id.as_ref().map(ProjectId::as_str))?;
        let WrittenView { id, object_id, view_type, name, view_data, options, shared, .. } = written(view)?;
        let body = SentView {
            object_type: None,
            object_id: Some(object_id),
            view_type: body.view_type.or(Some(view_type)),
            name: body.name.or(Some(name)),
            view_data: merged(view_data, body.view_data),
            options: merged(options, body.options),
            shared: body.shared.or(Some(shared)),
        };
        body.command(Some(id))
    };
    Ok(Json(written(desk.edit_view(ViewId(id), edit).await?)?))
}

/// Deletes a view and returns it as it was last.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentView>) -> ApiResult<Json<WrittenView>> {
    let view = standing(&desk, id).await?;
    require_object(&view, body.object_type.as_deref(), body.object_id.as_ref().map(ProjectId::as_str))?;
    Ok(Json(written(desk.delete_view(DeleteView { view: view.id }).await?)?))
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
fn merged(kept: Option<Raw>, changes: Option<Raw>) -> Option<Raw> {
    match (kept, changes) {
        (Some(kept), Some(changes)) => Some(laid_on(&kept, changes, 0)),
        (kept, changes) => changes.or(kept),
    }
}

fn laid_on(kept: &RawValue, changes: Raw, depth: usize) -> Raw {
    let (Some(mut object), Some(changed)) = (members(kept), members(&changes)) else { return changes };
    if depth >= DEEPEST {
        return changes;
    }
    for (key, change) in changed {
        match object.get_mut(&key) {
            Some(kept) => *kept = laid_on(kept, change, depth + 1),
            None => drop(object.insert(key, change)),
        }
    }
    // An object of texts and JSON can always be written.
    to_raw_value(&object).unwrap_or(changes)
}

fn as_json(value: &impl Serialize) -> Result<Raw, Problem> {
    to_raw_value(value).map_err(|_| Problem::invalid("view_data", "This cannot be written as JSON."))
}

/// The members of an object.
fn members(json: &RawValue) -> Option<IndexMap<String, Raw>> {
    serde_json::from_str(json.get()).ok()
}

impl SentView {
    async fn existing(&self, desk: &Desk) -> ApiResult<Option<ViewId>> {
        let (project, view_type) = self.place()?;
        let name = self.name.as_deref().ok_or_else(|| Problem::invalid("name", "Give the view a name."))?;
        let views = desk.saved_views(project, WhichViews::Of(view_type)).await?;
        let existing = views.into_iter().find(|view| view.shared == self.shared.unwrap_or(true) && same_name(&view.name, name));
        Ok(existing.map(|view| view.id))
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

    fn command(&self, view: Option<ViewId>) -> Result<SaveView, Problem> {
        let (project, view_type) = self.place()?;
        for (field, json) in [("view_data", &self.view_data), ("options", &self.options)] {
            let Some(json) = json else { continue };
            if members(json).is_none() {
                return Err(Problem::invalid(field, "This must be an object."));
            }
            if holds_nul(json.get()) {
                return Err(Problem::invalid(field, "Leave out NUL characters."));
            }
        }
        let (filter, sort) = (filter(self.view_data.as_deref())?, sort(self.view_data.as_deref()));
        let state = ListState { filter, sort, ..options::read(self.options.as_deref())? };
        let sent = KeptSent { view_data: self.view_data.clone(), options: self.options.clone() };
        Ok(SaveView {
            project: project.clone(),
            view,
            view_type: view_type.to_owned(),
            name: self.name.clone().unwrap_or_default(),
            shared: self.shared.unwrap_or(true),
            state,
            sent: Some(as_json(&sent)?.get().to_owned()),
            version: None,
        })
    }
}

/// The filter that pages show of what an SDK sent; elements that hold no expression are not theirs to read.
fn filter(view_data: Option<&RawValue>) -> Result<String, Problem> {
    let texts = match searched(view_data, "filter") {
        Searched::Nothing => Vec::new(),
        Searched::Elements(elements) => elements.iter().filter_map(text_of).collect(),
        Searched::NoList => return Err(Problem::invalid("view_data.search.filter", "This must be a list.")),
    };
    Ok(match texts.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" and "),
    })
}

/// The order that pages show of it; elements that say none that rows are kept in are not theirs to read.
fn sort(view_data: Option<&RawValue>) -> String {
    let texts = match searched(view_data, "sort") {
        Searched::Nothing | Searched::NoList => Vec::new(),
        Searched::Elements(elements) => elements.iter().filter_map(text_of).collect(),
    };
    texts.iter().find_map(|text| Some(TraceSort::parse(text).ok()?.to_text())).unwrap_or_default()
}

/// What stands in the search of what an SDK sent.
enum Searched {
    Nothing,
    /// What of a list can be read: not half a character.
    Elements(Vec<Value>),
    NoList,
}

fn searched(view_data: Option<&RawValue>, key: &str) -> Searched {
    let member = |json: &RawValue, key: &str| members(json)?.shift_remove(key);
    let Some(found) = view_data.and_then(|data| member(&member(data, "search")?, key)) else { return Searched::Nothing };
    if found.get() == "null" {
        return Searched::Nothing;
    }
    match serde_json::from_str::<Vec<Raw>>(found.get()) {
        Ok(elements) => Searched::Elements(elements.iter().filter_map(|element| serde_json::from_str(element.get()).ok()).collect()),
        Err(_) => Searched::NoList,
    }
}

/// The expression that an element of a search holds.
fn text_of(element: &Value) -> Option<String> {
    let text = element.as_str().or_else(|| element.get("btql")?.as_str()).or_else(|| element.get("text")?.as_str())?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A view as it leaves: what an SDK sent, with what a page has saved since laid on it.
fn written(view: SavedView) -> Result<WrittenView, Problem> {
    let sent: KeptSent = view.sent.as_deref().and_then(|sent| serde_json::from_str(sent).ok()).unwrap_or_default();
    let data = sent.view_data.as_deref();
    let of_sent = ListState { filter: filter(data)?, sort: sort(data), ..options::read(sent.options.as_deref())? };
    let mut search = IndexMap::new();
    for (key, sent, stands) in [("filter", &of_sent.filter, &view.state.filter), ("sort", &of_sent.sort, &view.state.sort)] {
        if sent != stands {
            search.insert(key, if stands.is_empty() { Vec::new() } else { vec![stands] });
        }
    }
    let options = options::changes(&of_sent, &view.state);
    let options = (!options.is_empty()).then(|| as_json(&options)).transpose()?;
    let changes = (!search.is_empty()).then(|| as_json(&IndexMap::from([("search", search)]))).transpose()?;
    Ok(WrittenView {
        id: view.id,
        object_type: "project",
        object_id: view.project,
        view_type: view.view_type,
        name: view.name,
        created: format_instant(view.created),
        updated_at: format_instant(view.changed),
        view_data: merged(sent.view_data, changes),
        options: merged(sent.options, options),
        user_id: view.owner,
        deleted_at: view.deleted.map(format_instant),
        shared: view.shared,
    })
}
