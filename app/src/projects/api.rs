//! What pages ask of the server about projects.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use super::ProjectList;
use crate::api::AppError;
use crate::context::ProjectContext;
use crate::json::Json;
#[cfg(feature = "ssr")]
use crate::{api::desk, context::Viewer};
use leptos::prelude::*;
use shared::ProjectId;
#[cfg(feature = "ssr")]
use shared::permissions::Action;
use shared::projects::{Project, Settings};

/// The projects of the organisation.
#[server(name = ListProjectsCall, prefix = "/fn", endpoint = "projects/list", input = Json, output = Json)]
pub async fn list_projects(organization: String) -> Result<ProjectList, AppError> {
    let desk = desk_of(&organization)?;
    let viewer = Viewer::from(&desk);
    let deleted = if viewer.may(Action::DeleteProject) { desk.deleted_projects().await? } else { Vec::new() };
    Ok(ProjectList { viewer, projects: desk.projects().await?, deleted })
}

/// What every page of a project knows.
#[server(name = OpenProjectCall, prefix = "/fn", endpoint = "projects/open", input = Json, output = Json)]
pub async fn open_project(organization: String, name: String) -> Result<ProjectContext, AppError> {
    let desk = desk_of(&organization)?;
    let Viewer { person, organization, may } = Viewer::from(&desk);
    Ok(ProjectContext { project: desk.project_by_name(&name).await?, viewer: person, organization, may })
}

/// Creates a project, or returns the one of that name; the second value says that it existed.
#[server(name = CreateProjectCall, prefix = "/fn", endpoint = "projects/create", input = Json, output = Json)]
pub async fn create_project(command: shared::projects::CreateProject) -> Result<(Project, bool), AppError> {
    Ok(desk()?.create_project(command).await?)
}

/// Renames a project.
#[server(name = RenameProjectCall, prefix = "/fn", endpoint = "projects/rename", input = Json, output = Json)]
pub async fn rename_project(command: shared::projects::RenameProject) -> Result<Project, AppError> {
    Ok(desk()?.rename_project(command).await?)
}

/// What is set for a project.
#[server(name = LoadSettingsCall, prefix = "/fn", endpoint = "projects/settings", input = Json, output = Json)]
pub async fn load_settings(project: ProjectId) -> Result<Settings, AppError> {
    Ok(desk()?.settings(&project).await?)
}

/// Changes what is set for a project.
#[server(name = ChangeSettingsCall, prefix = "/fn", endpoint = "projects/set", input = Json, output = Json)]
pub async fn change_settings(command: shared::projects::ChangeSettings) -> Result<Project, AppError> {
    Ok(desk()?.change_settings(command).await?)
}

/// Deletes a project.
#[server(name = DeleteProjectCall, prefix = "/fn", endpoint = "projects/delete", input = Json, output = Json)]
pub async fn delete_project(command: shared::projects::DeleteProject) -> Result<Project, AppError> {
    Ok(desk()?.delete_project(command).await?)
}

/// Brings a deleted project back.
#[server(name = RestoreProjectCall, prefix = "/fn", endpoint = "projects/restore", input = Json, output = Json)]
pub async fn restore_project(command: shared::projects::RestoreProject) -> Result<Project, AppError> {
    Ok(desk()?.restore_project(command).await?)
}

/// The caller's desk, if the address names the organisation it belongs to.
#[cfg(feature = "ssr")]
fn desk_of(organization: &str) -> Result<store::Desk, AppError> {
    let desk = desk()?;
    if desk.organization() == organization { Ok(desk) } else { Err(shared::Problem::not_found("organization").into()) }
}
