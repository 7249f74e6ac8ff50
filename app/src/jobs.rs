//! Jobs: what goes on by itself over many rows, who started it, and how far it has come.

mod adding;
pub mod api;
mod dialog;
mod line;
mod mapping;

pub(crate) use adding::{AddForm, RowsToAdd};
pub(crate) use dialog::JobsDialog;
pub(crate) use line::JobLine;

use crate::api::{AppError, send};
use api::load_jobs;
use leptos::prelude::*;
use shared::jobs::Job;
use std::time::Duration;

/// How often it is asked how far a job has come.
const ASK_EVERY: Duration = Duration::from_millis(700);

/// Keeps a job as it stands, until it ends or another one takes its place.
pub(crate) fn follow_job(job: Job, shown: RwSignal<Option<Job>>) {
    let (id, project, is_on_the_way) = (job.id.clone(), job.project.clone(), job.state.is_on_the_way());
    shown.set(Some(job));
    if !is_on_the_way {
        return;
    }
    let ask = move || {
        // The page may be gone, or show another one by now.
        if shown.try_with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.id == id)) != Some(true) {
            return;
        }
        send(load_jobs(project), move |answer: Result<Vec<Job>, AppError>| {
            let still = shown.try_get_untracked().flatten().filter(|shown| shown.id == id);
            let found = answer.ok().and_then(|jobs| jobs.into_iter().find(|job| job.id == id)).or_else(|| still.clone());
            if let Some(job) = still.and(found) {
                follow_job(job, shown);
            }
        });
    };
    set_timeout(ask, ASK_EVERY);
}
