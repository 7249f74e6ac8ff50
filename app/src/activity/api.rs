//! What the page of the activity asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::activity::{OpenProjectActivity, ProjectActivity};

/// What was changed in a project, newest first.
#[server(name = OpenProjectActivityCall, prefix = "/fn", endpoint = "activity/project", input = Json, output = Json)]
pub async fn open_project_activity(query: OpenProjectActivity) -> Result<ProjectActivity, AppError> {
    Ok(desk()?.project_activity_page(query).await?)
}
