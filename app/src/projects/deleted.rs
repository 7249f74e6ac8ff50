//! Projects that were deleted, and how they are brought back.

use super::api::restore_project;
use crate::api::{AppError, send};
use crate::objects::{DeletedLine, DeletedThing};
use crate::ui::format;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::address;
use shared::projects::{DeletedProject, RestoreProject};

/// Draws what can be brought back; nothing where there is nothing.
#[component]
pub(super) fn DeletedProjects(organization: String, deleted: Vec<DeletedProject>) -> impl IntoView {
    let any = !deleted.is_empty();
    let heading = format!("Recently deleted, {}", format::count(deleted.len() as u64));
    any.then(|| {
        view! {
            <details class="deleted">
                <summary>{heading}</summary>
                <ul>{deleted.into_iter().map(|project| line(organization.clone(), project)).collect_view()}</ul>
            </details>
        }
    })
}

/// Draws a deleted project with the button that brings it back and goes to it.
fn line(organization: String, project: DeletedProject) -> impl IntoView {
    let DeletedProject { id, name, traces, deleted, by, until, is_name_taken } = project;
    let (refused, is_busy) = (RwSignal::new(None::<AppError>), RwSignal::new(false));
    let navigate = use_navigate();
    let restore = move |name: Option<String>| {
        if is_busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        let (organization, navigate) = (organization.clone(), navigate.clone());
        send(restore_project(RestoreProject { project: id.clone(), name }), move |answer| {
            let _ = is_busy.try_set(false);
            match answer {
                Ok(project) => navigate(&address::project_page(&organization, &project.name, "logs"), Default::default()),
                Err(error) => {
                    let _ = refused.try_set(Some(error));
                }
            }
        });
    };
    let size = format::counted(traces.unsigned_abs(), "trace", "traces");
    let thing = DeletedThing { noun: "project", name, size, deleted, by, until, is_name_taken };
    view! { <DeletedLine thing refused restore=Callback::new(restore)/> }
}
