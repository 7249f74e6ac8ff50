//! The list of projects.

use super::ProjectList;
use super::api::{create_project, list_projects};
use super::deleted::DeletedProjects;
use super::dialogs::{DeleteDialog, RenameDialog};
use crate::api::{AppError, ErrorPage, Failure, FieldProblem, send};
use crate::frame::Frame;
use crate::loading::{answered, resource};
use crate::raw_query::{path_segments, relation};
use crate::title::PageTitle;
use crate::ui::{Icon, IconName, RelativeTime, format};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use shared::address;
use shared::permissions::Action;
use shared::projects::{CreateProject, ProjectSummary};

/// Draws the projects of an organisation, and for those who may a form for one more.
#[component]
pub fn ProjectsPage() -> impl IntoView {
    let segments = path_segments();
    let organization = Memo::new(move |_| segments.read().get(1).cloned().unwrap_or_default());
    let list = resource(move || organization.get(), list_projects);
    let page = answered(list, |answer| match answer {
        Ok(list) => view! { <Projects list/> }.into_any(),
        Err(error) => view! { <main class="main" id="main"><ErrorPage error/></main> }.into_any(),
    });
    view! {
        <PageTitle parts=vec!["Projects".to_owned()]/>
        <Suspense>{page}</Suspense>
    }
}

#[component]
fn Projects(list: ProjectList) -> impl IntoView {
    let ProjectList { viewer, projects, deleted } = list;
    let (projects, deleted) = (RwSignal::new(projects), RwSignal::new(deleted));
    let (manage, delete) = (viewer.may(Action::ManageProjects), viewer.may(Action::DeleteProject));
    let renaming = RwSignal::new(None::<ProjectSummary>);
    let deleting = RwSignal::new(None::<ProjectSummary>);
    let organization = StoredValue::new(viewer.organization.clone());
    let look_again = move |()| {
        send(list_projects(organization.get_value()), move |answer| {
            // What was deleted stands there the next time if it cannot be told now.
            if let Ok(list) = answer {
                let _ = deleted.try_set(list.deleted);
            }
        });
    };
    let row = move |summary: ProjectSummary| {
        let href = organization.with_value(|organization| address::project_page(organization, &summary.project.name, "logs"));
        let name = summary.project.name.clone();
        let (rename_label, delete_label) = (format!("Rename {name}"), format!("Delete {name}"));
        let traces = format::counted(summary.traces.unsigned_abs(), "trace", "traces");
        let (to_rename, to_delete) = (summary.clone(), summary.clone());
        view! {
            <li>
                <Icon name=IconName::Project/>
                <a class="grow clip" href=href.clone() rel=relation(&href)><b>{name}</b></a>
                <span class="muted nowrap">{traces}</span>
                {summary.last_activity.map(|micros| view! { <span class="muted"><RelativeTime micros/></span> })}
                <span class="actions">
                    {manage.then(|| view! {
                        <button class="btn icon ghost small" type="button" aria-label=rename_label.clone() title=rename_label.clone()
                            on:click=move |_| renaming.set(Some(to_rename.clone()))><Icon name=IconName::Edit/></button>
                    })}
                    {delete.then(|| view! {
                        <button class="btn icon ghost small" type="button" aria-label=delete_label.clone() title=delete_label.clone()
                            on:click=move |_| deleting.set(Some(to_delete.clone()))><Icon name=IconName::Trash/></button>
                    })}
                </span>
            </li>
        }
    };
    let empty = move || {
        projects.read().is_empty().then(|| {
            view! { <p class="muted">"There is no project yet. Make one here, or send a trace with an SDK: it makes its project by itself."</p> }
        })
    };
    view! {
        <Frame viewer=viewer.clone() project=None>
            <header class="head"><h1>"Projects"</h1></header>
            <div class="page-body">
                <div class="projects">
                    {manage.then(|| view! { <NewProject organization=viewer.organization.clone()/> })}
                    {empty}
                    <ul class="pane rows">
                        <For each=move || projects.get() key=|summary| (summary.project.id.clone(), summary.project.name.clone()) children=row/>
                    </ul>
                    {move || view! { <DeletedProjects organization=organization.get_value() deleted=deleted.get()/> }}
                </div>
            </div>
            {manage.then(|| view! { <RenameDialog summary=renaming projects/> })}
            {delete.then(|| view! { <DeleteDialog summary=deleting projects done=Callback::new(look_again)/> })}
        </Frame>
    }
}

#[component]
fn NewProject(organization: String) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<AppError>);
    let navigate = use_navigate();
    let create = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (organization, navigate) = (organization.clone(), navigate.clone());
        send(create_project(CreateProject { name: name.get_untracked() }), move |created| match created {
            Ok((project, _)) => navigate(&address::project_page(&organization, &project.name, "logs"), Default::default()),
            Err(error) => refused.set(Some(error)),
        });
    };
    let wrong = Signal::derive(move || refused.with(|refused| refused.as_ref().and_then(|error| error.about("Name"))));
    let elsewhere = Signal::derive(move || refused.get().filter(|error| error.about("Name").is_none()));
    view! {
        <form class="pane create" on:submit=create>
            <div>
                <label class="label" for="new-project">"Name"</label>
                <input class="input" id="new-project" type="text" autocomplete="off" bind:value=name
                    aria-invalid=move || wrong.read().is_some().then_some("true") aria-describedby="new-project-wrong"/>
            </div>
            <p class="hint">"An SDK that sends to a name that is not there yet makes that project by itself."</p>
            <button class="btn primary" type="submit"><Icon name=IconName::Plus/>"New project"</button>
            <FieldProblem id="new-project-wrong" reason=wrong/>
            <Failure error=elsewhere/>
        </form>
    }
}
