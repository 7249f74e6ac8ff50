//! What pages ask of the server about jobs.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::ProjectId;
use shared::jobs::{CasePlace, CasePreview, Job, NameJob, PreviewCases, StartJob};
use shared::objects::RowAddress;

/// The latest jobs of a project.
#[server(name = LoadJobsCall, prefix = "/fn", endpoint = "jobs/list", input = Json, output = Json)]
pub async fn load_jobs(project: ProjectId) -> Result<Vec<Job>, AppError> {
    Ok(desk()?.jobs(&project).await?)
}

/// Starts a job.
#[server(name = StartJobCall, prefix = "/fn", endpoint = "jobs/start", input = Json, output = Json)]
pub async fn start_job(command: StartJob) -> Result<Job, AppError> {
    Ok(desk()?.start_job(command).await?)
}

/// Stops a job.
#[server(name = CancelJobCall, prefix = "/fn", endpoint = "jobs/cancel", input = Json, output = Json)]
pub async fn cancel_job(command: NameJob) -> Result<Job, AppError> {
    Ok(desk()?.cancel_job(command).await?)
}

/// Takes back what a job did.
#[server(name = UndoJobCall, prefix = "/fn", endpoint = "jobs/undo", input = Json, output = Json)]
pub async fn undo_job(command: NameJob) -> Result<Job, AppError> {
    Ok(desk()?.undo_job(command).await?)
}

/// Tells what the first of some rows would become in a dataset.
#[server(name = PreviewCasesCall, prefix = "/fn", endpoint = "jobs/preview", input = Json, output = Json)]
pub async fn preview_cases(query: PreviewCases) -> Result<CasePreview, AppError> {
    Ok(desk()?.preview_cases(query).await?)
}

/// The rows of datasets that come from a row.
#[server(name = PlacesOfCaseCall, prefix = "/fn", endpoint = "jobs/places", input = Json, output = Json)]
pub async fn places_of_case(row: RowAddress) -> Result<Vec<CasePlace>, AppError> {
    Ok(desk()?.places_of_case(&row).await?)
}
