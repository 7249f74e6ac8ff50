//! The whole server in one list: every route, and who may use it.

use crate::actor::Access::{self, Either, Known, Link, May, Public};
use crate::application::Application;
use crate::problems::ApiError;
use crate::{actor, assets, files, health, live, metrics, pages, rest, security, sign_in, wire};
use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;
use leptos_axum::generate_route_list;
use shared::permissions::Action::{
    ActOnMany, Configure, DeleteProject, Feedback, Ingest, ManageMembers, ManageProjects, Read, Review, SaveViews, Settle,
};
use shared::spans::ReadFile;
use std::sync::LazyLock;

struct Route {
    method: Method,
    path: &'static str,
    access: Access,
    handler: MethodRouter<Application>,
}

/// Every route beside the pages, which the app lists itself.
#[rustfmt::skip]
fn routes() -> Vec<Route> {
    vec![
        // The process
        get("/healthz", Public, health::alive),
        get("/readyz", Public, health::ready),
        get("/metrics", Public, metrics::show),
        get("/assets/{hash}/{name}", Public, assets::serve),

        // Signing in: plain forms, the pages of the same address are the app's
        post("/login", Public, sign_in::login),
        post("/logout", Public, sign_in::logout),
        post("/setup/{token}", Public, sign_in::setup),
        post("/join/{token}", Public, sign_in::join),
        post("/reset/{token}", Public, sign_in::reset),

        // Addresses that lead to pages
        get("/", Public, pages::home),
        get("/app/{organization}/object", Public, pages::object),
        get("/app/{organization}/p/{project}", Public, pages::project),

        // Server functions: each asks for its desk
        get("/fn/{*name}", Public, pages::server_function),
        post("/fn/{*name}", Public, pages::server_function),

        // Live events
        get("/live/{project}", May(Read), live::listen),

        // Files in fields of spans
        get(ReadFile::PATH, May(Read), files::show),

        // The dialect of the SDKs
        post("/api/apikey/login", Known, wire::login::login),
        get("/ping", Known, wire::login::ping),
        get("/version", Public, wire::login::version),
        post("/logs3", Either(Ingest, Feedback), wire::logs::insert),
        post("/api/project/register", Either(Ingest, ManageProjects), wire::projects::register),
        get("/api/project", Either(Read, Ingest), wire::projects::by_id),
        post("/api/project", Either(Read, Ingest), wire::projects::by_id_or_name),
        post("/api/project/get", May(Read), wire::projects::find),
        post("/api/experiment/register", May(Ingest), wire::objects::register_experiment),
        post("/api/experiment/get", Either(Read, Ingest), wire::objects::find_experiment),
        post("/api/base_experiment/get_id", Either(Read, Ingest), wire::objects::base_experiment),
        get("/experiment-comparison2", May(Read), wire::objects::compare_experiments),
        post("/api/dataset/register", May(Ingest), wire::objects::register_dataset),
        post("/api/dataset/get", Either(Read, Ingest), wire::objects::find_dataset),
        get("/dataset-summary", May(Read), wire::objects::summarize_dataset),
        post("/api/self/get_object_info", Either(Read, Ingest), wire::objects::information),
        get("/xact-id", Either(Read, Ingest), wire::login::last_transaction),
        post("/btql", May(Read), wire::query::run),
        get("/attachment", May(Read), wire::attachments::information),
        post("/attachment", May(Ingest), wire::attachments::register),
        post("/attachment/status", May(Ingest), wire::attachments::report),
        // The links are signed: who follows one need not say who they are.
        put("/attachment/upload/{token}", Link, wire::attachments::upload),
        get("/attachment/content/{token}", Link, wire::attachments::content),

        // REST
        get("/v1", Public, rest::greeting),
        get("/v1/project", May(Read), rest::projects::list),
        post("/v1/project", Either(Ingest, ManageProjects), rest::projects::create),
        get("/v1/project/{id}", Either(Read, Ingest), rest::projects::read),
        patch("/v1/project/{id}", Either(ManageProjects, Configure), rest::projects::change),
        delete("/v1/project/{id}", May(DeleteProject), rest::projects::delete),
        post("/v1/project_logs/{id}/insert", May(Ingest), rest::rows::insert),
        get("/v1/project_logs/{id}/fetch", May(Read), rest::rows::fetch),
        post("/v1/project_logs/{id}/fetch", May(Read), rest::rows::fetch_by_body),
        post("/v1/project_logs/{id}/feedback", May(Feedback), rest::rows::feedback),
        get("/v1/experiment", Either(Read, Ingest), rest::objects::list),
        post("/v1/experiment", May(Ingest), rest::objects::create),
        get("/v1/experiment/{id}", Either(Read, Ingest), rest::objects::read),
        patch("/v1/experiment/{id}", May(Ingest), rest::objects::change),
        delete("/v1/experiment/{id}", May(Configure), rest::objects::delete),
        post("/v1/experiment/{id}/insert", May(Ingest), rest::rows::insert),
        get("/v1/experiment/{id}/fetch", May(Read), rest::rows::fetch),
        post("/v1/experiment/{id}/fetch", May(Read), rest::rows::fetch_by_body),
        post("/v1/experiment/{id}/feedback", May(Feedback), rest::rows::feedback),
        get("/v1/experiment/{id}/summarize", May(Read), rest::experiments::summarize),
        get("/v1/dataset", Either(Read, Ingest), rest::objects::list),
        post("/v1/dataset", May(Ingest), rest::objects::create),
        get("/v1/dataset/{id}", Either(Read, Ingest), rest::objects::read),
        patch("/v1/dataset/{id}", May(Ingest), rest::objects::change),
        delete("/v1/dataset/{id}", May(Configure), rest::objects::delete),
        post("/v1/dataset/{id}/insert", May(Ingest), rest::rows::insert),
        get("/v1/dataset/{id}/fetch", May(Read), rest::rows::fetch),
        post("/v1/dataset/{id}/fetch", May(Read), rest::rows::fetch_by_body),
        post("/v1/dataset/{id}/feedback", May(Feedback), rest::rows::feedback),
        get("/v1/dataset/{id}/summarize", May(Read), rest::datasets::summarize),
        post("/v1/dataset/{id}/upload", May(ActOnMany), rest::datasets::upload),
        get("/v1/dataset_version", May(Read), rest::dataset_versions::list),
        post("/v1/dataset_version", May(Ingest), rest::dataset_versions::save),
        delete("/v1/dataset_version/{id}", May(Ingest), rest::dataset_versions::delete),
        get("/v1/dataset_version/{id}/difference", May(ActOnMany), rest::dataset_versions::difference),
        post("/v1/dataset_version/{id}/restore", May(ActOnMany), rest::dataset_versions::restore),
        get("/v1/prompt", Either(Read, Ingest), rest::functions::list),
        post("/v1/prompt", May(Ingest), rest::functions::create),
        put("/v1/prompt", May(Ingest), rest::functions::replace),
        get("/v1/prompt/{id}", Either(Read, Ingest), rest::functions::read),
        patch("/v1/prompt/{id}", May(Ingest), rest::functions::change),
        delete("/v1/prompt/{id}", May(Configure), rest::functions::delete),
        get("/v1/function", Either(Read, Ingest), rest::functions::list),
        post("/v1/function", May(Ingest), rest::functions::create),
        put("/v1/function", May(Ingest), rest::functions::replace),
        get("/v1/function/{id}", Either(Read, Ingest), rest::functions::read),
        patch("/v1/function/{id}", May(Ingest), rest::functions::change),
        delete("/v1/function/{id}", May(Configure), rest::functions::delete),
        get("/v1/export", May(ActOnMany), rest::export::export),
        post("/v1/import", May(ManageMembers), rest::archives::import),
        get("/v1/view", May(Read), rest::views::list),
        post("/v1/view", May(SaveViews), rest::views::create),
        put("/v1/view", May(SaveViews), rest::views::replace),
        get("/v1/view/{id}", May(Read), rest::views::read),
        patch("/v1/view/{id}", May(SaveViews), rest::views::change),
        delete("/v1/view/{id}", May(SaveViews), rest::views::delete),
        post("/v1/feedback_link", May(Feedback), rest::feedback_links::create),
        post("/v1/feedback/{token}", Link, rest::feedback_links::say),
        get("/v1/project_score", May(Read), rest::scores::list),
        post("/v1/project_score", May(Configure), rest::scores::create),
        put("/v1/project_score", May(Configure), rest::scores::replace),
        get("/v1/project_score/{id}", May(Read), rest::scores::read),
        patch("/v1/project_score/{id}", May(Configure), rest::scores::change),
        delete("/v1/project_score/{id}", May(Configure), rest::scores::delete),
        get("/v1/project_tag", May(Read), rest::tags::list),
        post("/v1/project_tag", May(Configure), rest::tags::create),
        put("/v1/project_tag", May(Configure), rest::tags::replace),
        get("/v1/project_tag/{id}", May(Read), rest::tags::read),
        patch("/v1/project_tag/{id}", May(Configure), rest::tags::change),
        delete("/v1/project_tag/{id}", May(Configure), rest::tags::delete),
        get("/v1/answer", May(Read), rest::answers::list),
        put("/v1/answer", May(Review), rest::answers::set),
        put("/v1/answer/gold", May(Settle), rest::answers::set_gold),
        get("/v1/review_list", May(Read), rest::review_lists::list),
        post("/v1/review_list", May(Configure), rest::review_lists::create),
        get("/v1/review_list/{id}", May(Read), rest::review_lists::one),
        patch("/v1/review_list/{id}", May(Configure), rest::review_lists::change),
        delete("/v1/review_list/{id}", May(Configure), rest::review_lists::delete),
        post("/v1/review_list/{id}/pair", May(Configure), rest::review_pairs::fill),
        get("/v1/review_list/{id}/pair", May(Read), rest::review_pairs::totals),
        post("/v1/review_list/{id}/fill", May(ActOnMany), rest::review_filling::fill),
        get("/v1/review_list/{id}/rule", May(ActOnMany), rest::review_filling::rules),
        post("/v1/review_list/{id}/rule", May(ActOnMany), rest::review_filling::make),
        patch("/v1/review_list/{id}/rule", May(ActOnMany), rest::review_filling::change),
        delete("/v1/review_list/{id}/rule", May(ActOnMany), rest::review_filling::delete),
        get("/v1/review_item", May(Read), rest::review_items::list),
        post("/v1/review_item", May(Review), rest::review_items::flag),
        post("/v1/review_item/next", May(Review), rest::review_items::next),
        get("/v1/review_item/{id}", May(Read), rest::review_items::one),
        patch("/v1/review_item/{id}", May(Review), rest::review_items::change),
        delete("/v1/review_item/{id}", May(Review), rest::review_items::unflag),
        post("/v1/review_item/{id}/claim", May(Review), rest::review_items::claim),
        post("/v1/review_item/{id}/heartbeat", May(Review), rest::review_items::heartbeat),
        post("/v1/review_item/{id}/release", May(Review), rest::review_items::release),
        post("/v1/review_item/{id}/hand_over", May(Review), rest::review_items::hand_over),
        post("/v1/review_item/{id}/skip", May(Review), rest::review_items::skip),
        post("/v1/review_item/{id}/pair", May(Review), rest::review_pairs::open),
        post("/v1/review_item/{id}/complete", May(Review), rest::review_items::complete),
        post("/v1/review_item/{id}/reopen", May(Review), rest::review_items::reopen),
        get("/v1/job", May(Read), rest::jobs::list),
        post("/v1/job", Either(Review, Ingest), rest::jobs::start),
        get("/v1/job/{id}", May(Read), rest::jobs::one),
        post("/v1/job/{id}/cancel", May(Review), rest::jobs::cancel),
        post("/v1/job/{id}/undo", May(Review), rest::jobs::undo),
        get("/v1/activity", May(Read), rest::activity::list),
        post("/v1/activity/{id}/revert", May(Review), rest::activity::revert),
        get("/v1/summary", May(Read), rest::summary::read),
        get("/v1/translate", May(Read), rest::translate::read),
        post("/v1/erase", May(Configure), rest::erase::erase),
    ]
}

/// Every route with who may use it, for the test that walks them all.
pub fn listed() -> Vec<(Method, &'static str, Access)> {
    routes().into_iter().map(|route| (route.method, route.path, route.access)).collect()
}

/// The server.
pub fn router(application: Application) -> Router {
    metrics::start();
    let mut router = Router::new();
    for Route { path, access, handler, .. } in routes() {
        let admit = middleware::from_fn_with_state((application.clone(), access), actor::admit);
        router = router.route(path, handler.layer(admit));
    }
    for page in &*PAGES {
        // A few addresses of the app are answered above, with a redirect.
        if !listed().iter().any(|(method, path, _)| *method == Method::GET && shape(path) == shape(page)) {
            router = router.route(page, axum::routing::get(pages::render));
        }
    }
    let router = router.fallback(pages::nothing).method_not_allowed_fallback(|| async { ApiError::method_not_allowed() });
    security::around(router, &application).with_state(application)
}

/// The addresses of the app's pages. They are found once for the whole process: while Leptos looks for them it loads nothing, so a
/// page that another server of the process makes at that moment would wait for ever.
static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| generate_route_list(app::App).iter().map(|page| page.path().to_owned()).collect());

/// A path without the names of its parameters.
fn shape(path: &str) -> Vec<&str> {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect()
}

fn route<H, T>(method: Method, filter: MethodFilter, path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Application>,
    T: 'static,
{
    Route { method, path, access, handler: on(filter, handler) }
}

fn get<H: Handler<T, Application>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(Method::GET, MethodFilter::GET, path, access, handler)
}

fn post<H: Handler<T, Application>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(Method::POST, MethodFilter::POST, path, access, handler)
}

fn put<H: Handler<T, Application>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(Method::PUT, MethodFilter::PUT, path, access, handler)
}

fn patch<H: Handler<T, Application>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(Method::PATCH, MethodFilter::PATCH, path, access, handler)
}

fn delete<H: Handler<T, Application>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    route(Method::DELETE, MethodFilter::DELETE, path, access, handler)
}
