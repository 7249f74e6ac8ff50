//! What pages ask of the server about tags.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::ProjectId;
use shared::tags::Tag;

/// The tags of a project, in order.
#[server(name = LoadTagsCall, prefix = "/fn", endpoint = "tags/list", input = Json, output = Json)]
pub async fn load_tags(project: ProjectId) -> Result<Vec<Tag>, AppError> {
    Ok(desk()?.tags(&project).await?)
}

/// Creates or changes a tag.
#[server(name = SaveTagCall, prefix = "/fn", endpoint = "tags/save", input = Json, output = Json)]
pub async fn save_tag(command: shared::tags::SaveTag) -> Result<Tag, AppError> {
    Ok(desk()?.save_tag(command).await?)
}

/// Takes a tag off the configuration.
#[server(name = DeleteTagCall, prefix = "/fn", endpoint = "tags/delete", input = Json, output = Json)]
pub async fn delete_tag(command: shared::tags::DeleteTag) -> Result<Tag, AppError> {
    Ok(desk()?.delete_tag(command).await?)
}

/// Puts the tags of a project into another order.
#[server(name = OrderTagsCall, prefix = "/fn", endpoint = "tags/order", input = Json, output = Json)]
pub async fn order_tags(command: shared::tags::OrderTags) -> Result<Vec<Tag>, AppError> {
    Ok(desk()?.order_tags(command).await?)
}
