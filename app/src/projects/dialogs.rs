//! Renaming and deleting a project.

use super::api::{delete_project, rename_project};
use crate::api::{AppError, Failure, FieldProblem, send};
use crate::ui::{Dialog, opened_by};
use leptos::prelude::*;
use shared::projects::{DeleteProject, ProjectSummary, RenameProject};

/// What a dialog about one project shares: whether it is shown, what is typed, and why the server refused.
#[derive(Clone, Copy)]
struct About {
    open: RwSignal<bool>,
    typed: RwSignal<String>,
    refused: RwSignal<Option<AppError>>,
    name: Signal<String>,
}

impl About {
    /// The dialog opens when `summary` is set, and clears it when it is closed.
    fn new(summary: RwSignal<Option<ProjectSummary>>, typed_at_first: fn(&ProjectSummary) -> String) -> Self {
        let (open, typed, refused) = (opened_by(summary), RwSignal::new(String::new()), RwSignal::new(None));
        Effect::new(move |_| {
            if let Some(summary) = summary.get() {
                typed.set(typed_at_first(&summary));
                refused.set(None);
            }
        });
        let name = Signal::derive(move || {
            summary.with(|summary| summary.as_ref().map(|summary| summary.project.name.clone()).unwrap_or_default())
        });
        Self { open, typed, refused, name }
    }

    fn wrong(self) -> Signal<Option<String>> {
        Signal::derive(move || self.refused.with(|refused| refused.as_ref().and_then(|error| error.about("Name"))))
    }

    fn elsewhere(self) -> Signal<Option<AppError>> {
        Signal::derive(move || self.refused.get().filter(|error| error.about("Name").is_none()))
    }
}

/// Draws the dialog that renames a project.
#[component]
pub fn RenameDialog(summary: RwSignal<Option<ProjectSummary>>, projects: RwSignal<Vec<ProjectSummary>>) -> impl IntoView {
    let about = About::new(summary, |summary| summary.project.name.clone());
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(project) = summary.get_untracked().map(|summary| summary.project.id) else { return };
        send(rename_project(RenameProject { project, name: about.typed.get_untracked() }), move |renamed| match renamed {
            Ok(project) => {
                projects.update(|projects| {
                    if let Some(summary) = projects.iter_mut().find(|summary| summary.project.id == project.id) {
                        summary.project = project;
                    }
                });
                about.open.set(false);
            }
            Err(error) => about.refused.set(Some(error)),
        });
    };
    view! {
        <Dialog title="Rename project" open=about.open>
            <form on:submit=save>
                <div class="dialog-b">
                    <Failure error=about.elsewhere()/>
                    <div>
                        <label class="label" for="rename-project">"Name"</label>
                        <input class="input" id="rename-project" type="text" autocomplete="off" autofocus bind:value=about.typed
                            aria-describedby="rename-project-wrong"/>
                        <FieldProblem id="rename-project-wrong" reason=about.wrong()/>
                    </div>
                    <p class="hint">"Links that use the old name stop working, and an SDK that sends to it makes a new project."</p>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| about.open.set(false)>"Cancel"</button>
                    <button class="btn primary" type="submit">"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Draws the dialog that deletes a project once its name is typed.
#[component]
pub fn DeleteDialog(
    summary: RwSignal<Option<ProjectSummary>>,
    projects: RwSignal<Vec<ProjectSummary>>,
    /// Called once it is deleted.
    done: Callback<()>,
) -> impl IntoView {
    let about = About::new(summary, |_| String::new());
    let matches = move || about.name.with(|name| !name.is_empty() && about.typed.read().trim() == name);
    let delete = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(project) = summary.get_untracked().map(|summary| summary.project.id).filter(|_| untrack(matches)) else { return };
        send(delete_project(DeleteProject { project }), move |deleted| match deleted {
            Ok(project) => {
                projects.update(|projects| projects.retain(|summary| summary.project.id != project.id));
                about.open.set(false);
                done.run(());
            }
            Err(error) => about.refused.set(Some(error)),
        });
    };
    view! {
        <Dialog title="Delete project" open=about.open>
            <form on:submit=delete>
                <div class="dialog-b">
                    <Failure error=about.elsewhere()/>
                    <p>"The project "<b>{about.name}</b>", its traces, answers and comments disappear for everybody. For 30 days it can be brought back under “Recently deleted”."</p>
                    <div>
                        <label class="label" for="delete-project">"Type the name of the project"</label>
                        <input class="input" id="delete-project" type="text" autocomplete="off" autofocus bind:value=about.typed/>
                    </div>
                </div>
                <div class="dialog-f">
                    <button class="btn ghost" type="button" on:click=move |_| about.open.set(false)>"Cancel"</button>
                    <button class="btn danger" type="submit" disabled=move || !matches()>"Delete"</button>
                </div>
            </form>
        </Dialog>
    }
}
