//! `/v1/project_tag`: the configured tags of a project.
//!
//! A colour is sent as `#rrggbb` or as one of our words. It becomes the nearest of the colours that pages draw, and that one is
//! what is returned, as `#rrggbb`.

use super::json as shape;
use super::objects::named_projects;
use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::tags::{DeleteTag, NO_COLOR, SaveTag, Tag, parse_color};
use shared::{Problem, ProjectId, TagId};
use store::{Desk, same_name};

/// Lists tags, newest first. Their order on pages is that of `position`.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let mut tags = Vec::new();
    for project in named_projects(&desk, &query).await? {
        tags.extend(desk.tags(&project.id).await?);
    }
    tags.retain(|tag| query.text("project_tag_name").is_none_or(|name| same_name(&tag.name, name)));
    tags.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
    let page = shape::page(tags, &query, |tag| tag.id.as_str())?;
    Ok(Json(json!({ "objects": page.iter().map(shape::project_tag).collect::<Vec<_>>() })))
}

/// What a body can hold.
#[derive(Deserialize)]
pub struct SentTag {
    project_id: Option<ProjectId>,
    name: Option<String>,
    description: Option<String>,
    color: Option<String>,
}

/// Creates a tag, or returns the one of that name as it is.
pub async fn create(Signed(desk): Signed, JsonBody(body): JsonBody<SentTag>) -> ApiResult<Json<Value>> {
    match body.existing(&desk).await? {
        Some(tag) => Ok(Json(shape::project_tag(&tag))),
        None => body.save(&desk, None).await,
    }
}

/// Creates a tag, or replaces the one of that name: what the body leaves out is emptied.
pub async fn replace(Signed(desk): Signed, JsonBody(body): JsonBody<SentTag>) -> ApiResult<Json<Value>> {
    match body.existing(&desk).await? {
        Some(tag) => SentTag { name: Some(tag.name), ..body }.save(&desk, Some(tag.id)).await,
        None => body.save(&desk, None).await,
    }
}

/// Reads a tag.
pub async fn read(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shape::project_tag(&desk.tag(&TagId(id)).await?)))
}

/// Changes what the body names and keeps the rest.
pub async fn change(Signed(desk): Signed, Path(id): Path<String>, JsonBody(body): JsonBody<SentTag>) -> ApiResult<Json<Value>> {
    let edit = move |tag: Tag| {
        if body.project_id.as_ref().is_some_and(|project| *project != tag.project) {
            return Err(Problem::invalid("project_id", "A tag stays in its project. Make another one there."));
        }
        let body = SentTag {
            project_id: Some(tag.project),
            name: body.name.or(Some(tag.name)),
            description: body.description.or(Some(tag.description)),
            color: body.color.or(Some(tag.color)),
        };
        body.command(Some(tag.id))
    };
    Ok(Json(shape::project_tag(&desk.edit_tag(TagId(id), edit).await?)))
}

/// Deletes a tag and returns it as it was. Spans keep it.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shape::project_tag(&desk.delete_tag(DeleteTag { tag: TagId(id) }).await?)))
}

impl SentTag {
    async fn existing(&self, desk: &Desk) -> ApiResult<Option<Tag>> {
        let project = self.project_id.as_ref().ok_or_else(|| Problem::invalid("project_id", "Say which project the tag belongs to."))?;
        let name = self.name.as_deref().ok_or_else(|| Problem::invalid("name", "Give the tag a name."))?;
        Ok(desk.tags(project).await?.into_iter().find(|tag| same_name(&tag.name, name)))
    }

    async fn save(self, desk: &Desk, tag: Option<TagId>) -> ApiResult<Json<Value>> {
        Ok(Json(shape::project_tag(&desk.save_tag(self.command(tag)?).await?)))
    }

    fn command(self, tag: Option<TagId>) -> Result<SaveTag, Problem> {
        let color = self.color.as_deref().unwrap_or(NO_COLOR);
        let color = parse_color(color).ok_or_else(|| Problem::invalid("color", "Send a colour as #rrggbb, or null."))?;
        Ok(SaveTag {
            project: self.project_id.unwrap_or_else(|| ProjectId::from("")),
            tag,
            name: self.name.unwrap_or_default(),
            color: color.to_owned(),
            description: self.description.unwrap_or_default(),
        })
    }
}
