//! What pages ask of the server about views.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use super::ViewsMenu;
use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::views::{DeleteView, RestoreView, SaveView, SavedView, SetDefaultView};
use shared::{ProjectId, ViewId};

/// The views of a type, and the one that is shown.
#[server(name = LoadViewsCall, prefix = "/fn", endpoint = "views/list", input = Json, output = Json)]
pub async fn load_views(project: ProjectId, view_type: String, shown: Option<ViewId>) -> Result<ViewsMenu, AppError> {
    super::shown::menu(&desk()?, &project, &view_type, shown.as_ref()).await
}

/// Makes or changes a view.
#[server(name = SaveViewCall, prefix = "/fn", endpoint = "views/save", input = Json, output = Json)]
pub async fn save_view(command: SaveView) -> Result<SavedView, AppError> {
    Ok(desk()?.save_view(command).await?)
}

/// Deletes a view.
#[server(name = DeleteViewCall, prefix = "/fn", endpoint = "views/delete", input = Json, output = Json)]
pub async fn delete_view(command: DeleteView) -> Result<SavedView, AppError> {
    Ok(desk()?.delete_view(command).await?)
}

/// Takes the deletion of a view back.
#[server(name = RestoreViewCall, prefix = "/fn", endpoint = "views/restore", input = Json, output = Json)]
pub async fn restore_view(command: RestoreView) -> Result<SavedView, AppError> {
    Ok(desk()?.restore_view(command).await?)
}

/// Says what everybody is shown first.
#[server(name = SetDefaultViewCall, prefix = "/fn", endpoint = "views/default", input = Json, output = Json)]
pub async fn set_default_view(command: SetDefaultView) -> Result<Vec<SavedView>, AppError> {
    Ok(desk()?.set_default_view(command).await?)
}
