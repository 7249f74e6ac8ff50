//! Projects that were deleted, and how they are brought back.

use super::api::restore_project;
use crate::api::{AppError, send};
use crate::ui::{Icon, IconName, RelativeTime, format};
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
        let line = |project| view! { <DeletedLine organization=organization.clone() project/> };
        view! {
            <details class="deleted">
                <summary>{heading}</summary>
                <ul>{deleted.into_iter().map(line).collect_view()}</ul>
            </details>
        }
    })
}

/// Draws a deleted project with the button that brings it back; under another name where another one has its name by now.
#[component]
fn DeletedLine(organization: String, project: DeletedProject) -> impl IntoView {
    let DeletedProject { id, name, traces, deleted, by, until, is_name_taken } = project;
    let refused = RwSignal::new(None::<AppError>);
    let new_name = RwSignal::new(name.clone());
    let is_busy = RwSignal::new(false);
    let navigate = use_navigate();
    let bring_back = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        let (organization, navigate) = (organization.clone(), navigate.clone());
        let name = is_name_taken.then(|| new_name.get_untracked());
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
    let by = by.map(|by| format!(" by {by}"));
    let taken = is_name_taken.then(|| {
        let words = format!("Another project is called {name} by now. Give this one another name.");
        view! {
            <p class="hint">{words}</p>
            <input class="input" type="text" dir="auto" aria-label=format!("New name for {name}") bind:value=new_name/>
        }
    });
    view! {
        <li>
            <form on:submit=bring_back>
                <div class="grow">
                    <b class="clip">{name.clone()}</b>
                    <span class="hint">{format::counted(traces.unsigned_abs(), "trace", "traces")}", deleted"{by}" "<RelativeTime micros=deleted/>", kept until "<RelativeTime micros=until/></span>
                    {taken}
                    {move || refused.get().map(|error| view! { <p class="wrong" role="alert">{error.to_string()}</p> })}
                </div>
                <button class="btn small" type="submit" aria-label=format!("Restore {name}")><Icon name=IconName::Undo/>"Restore"</button>
            </form>
        </li>
    }
}
