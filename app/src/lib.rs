//! The pages of Touchstone: components and the server functions behind them, rendered on the server and hydrated in the
//! browser.
//!
//! A feature is a folder with its server functions in `api.rs`, its page, and its parts. What several features share is
//! in `api`, `context`, `drafts`, `frame`, `hydration`, `keys`, `loading`, `parts`, `raw_query`, `title` and `ui`.
#![recursion_limit = "256"]

mod activity;
pub mod api;
mod cases;
mod configuration;
pub mod context;
mod cookies;
mod drafts;
mod frame;
mod home;
mod hydration;
mod inbox;
pub mod jobs;
mod journal;
mod json;
mod keys;
mod live;
mod loading;
mod logs;
pub mod objects;
pub mod parts;
pub mod people;
pub mod projects;
pub mod questions;
mod raw_query;
pub mod reviews;
pub mod shell;
pub mod tags;
mod title;
mod tour;
mod trace;
pub mod ui;
mod uploads;
mod versions;
pub mod views;

use api::NotFoundPage;
use frame::Hydrated;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};
use logs::LogsPage;
use parts::Administration;
use projects::ProjectRoot;
use title::PageTitle;

/// Brings the page that the server sent to life. To be called once.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    hydration::hydrate(|| view! { <App/> }.into_any());
}

/// The whole app: every page and its address.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    ui::provide_clock();
    view! {
        <PageTitle parts=Vec::new()/>
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/login") view=Administration::Login ssr=SsrMode::Async/>
                <Route path=path!("/setup/:token") view=Administration::Setup ssr=SsrMode::Async/>
                <Route path=path!("/join/:token") view=Administration::Join ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=Administration::Reset ssr=SsrMode::Async/>
                <Route path=path!("/app/:organization") view=Administration::Projects ssr=SsrMode::Async/>
                <ParentRoute path=path!("/app/:organization/p/:project") view=ProjectRoot ssr=SsrMode::Async>
                    <Route path=path!("/logs") view=LogsPage ssr=SsrMode::Async/>
                    <Route path=path!("/experiments") view=Administration::Experiments ssr=SsrMode::Async/>
                    <Route path=path!("/experiments/:name") view=LogsPage ssr=SsrMode::Async/>
                    <Route path=path!("/experiments/:name/compare") view=Administration::Comparison ssr=SsrMode::Async/>
                    <Route path=path!("/datasets") view=Administration::Datasets ssr=SsrMode::Async/>
                    <Route path=path!("/datasets/:name") view=LogsPage ssr=SsrMode::Async/>
                    <Route path=path!("/review") view=Administration::Reviews ssr=SsrMode::Async/>
                    <Route path=path!("/activity") view=Administration::Activity ssr=SsrMode::Async/>
                    <Route path=path!("/home") view=Administration::Home ssr=SsrMode::Async/>
                    <Route path=path!("/inbox") view=Administration::Inbox ssr=SsrMode::Async/>
                    <Route path=path!("/configuration") view=Administration::Scores ssr=SsrMode::Async/>
                    <Route path=path!("/configuration/tags") view=Administration::Tags ssr=SsrMode::Async/>
                    <Route path=path!("/configuration/review") view=Administration::Review ssr=SsrMode::Async/>
                    <Route path=path!("/configuration/members") view=Administration::Members ssr=SsrMode::Async/>
                    <Route path=path!("/configuration/keys") view=Administration::Keys ssr=SsrMode::Async/>
                    <Route path=path!("/configuration/account") view=Administration::Account ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
        <Hydrated/>
    }
}
