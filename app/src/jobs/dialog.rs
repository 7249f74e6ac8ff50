//! The one place where all jobs of a project stand: who started what, and how far it has come.

use super::api::load_jobs;
use super::{ASK_EVERY, JobLine};
use crate::api::{AppError, Failure, send};
use crate::context::use_project;
use crate::ui::Dialog;
use leptos::prelude::*;
use shared::ProjectId;
use shared::jobs::Job;

/// What the dialog knows. Copies share it.
#[derive(Clone, Copy)]
struct Jobs {
    project: StoredValue<ProjectId>,
    open: RwSignal<bool>,
    listed: RwSignal<Option<Vec<Job>>>,
    refused: RwSignal<Option<AppError>>,
}

impl Jobs {
    /// Reads the jobs, and again in a moment while any is on its way.
    fn read(self) {
        send(load_jobs(self.project.get_value()), move |answer| {
            if self.open.try_get_untracked() != Some(true) {
                return;
            }
            match answer {
                Ok(jobs) => {
                    let is_any = jobs.iter().any(|job| job.state.is_on_the_way());
                    self.refused.set(None);
                    self.listed.set(Some(jobs));
                    if is_any {
                        set_timeout(move || self.read(), ASK_EVERY);
                    }
                }
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }
}

/// Draws the jobs whenever they are asked for.
#[component]
pub(crate) fn JobsDialog(open: RwSignal<bool>) -> impl IntoView {
    let project = StoredValue::new(use_project().project.id);
    let jobs = Jobs { project, open, listed: RwSignal::new(None), refused: RwSignal::new(None) };
    Effect::new(move |_| {
        if open.get() {
            jobs.read();
        }
    });
    let changed = Callback::new(move |_| jobs.read());
    let lines = move || {
        jobs.listed.get().map(|listed| {
            if listed.is_empty() {
                return view! { <p class="hint">"Nothing was done to many rows yet. Select rows of a list to begin."</p> }.into_any();
            }
            let lines = listed.into_iter().map(|job| view! { <li><JobLine job changed/></li> });
            view! { <ul class="jobs">{lines.collect_view()}</ul> }.into_any()
        })
    };
    view! { <Dialog title="Jobs" open wide=true><div class="dialog-b">{lines}<Failure error=jobs.refused/></div></Dialog> }
}
