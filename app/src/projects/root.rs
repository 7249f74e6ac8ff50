//! What stands around every page of a project.

use super::api::open_project;
use crate::api::ErrorPage;
use crate::frame::Frame;
use crate::loading::{answered, resource};
use crate::raw_query::path_segments;
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// Draws the frame around the pages of a project. It stays while one goes from page to page, so that the project is
/// looked up once.
#[component]
pub fn ProjectRoot() -> impl IntoView {
    let segments = path_segments();
    // The address changes before the page goes, so a path that names no project means that this one is being left.
    let named = Memo::new(move |named: Option<&(String, String)>| {
        let segments = segments.read();
        match segments.as_slice() {
            [app, organization, p, project, ..] if app == "app" && p == "p" => (organization.clone(), project.clone()),
            _ => named.cloned().unwrap_or_default(),
        }
    });
    let opened = resource(move || named.get(), |(organization, name)| open_project(organization, name));
    let page = answered(opened, |answer| match answer {
        Ok(context) => {
            provide_context(context.clone());
            view! { <Frame viewer=context.as_viewer() project=Some(context.project)><Outlet/></Frame> }.into_any()
        }
        Err(error) => view! { <main class="main" id="main"><ErrorPage error/></main> }.into_any(),
    });
    view! { <Suspense>{page}</Suspense> }
}
