//! Pages: the app renders them; here it is found out who asks, where addresses lead, and what is no page at all.

use crate::actor::identify;
use crate::application::Application;
use crate::body::{Path, Query};
use crate::problems::{ApiError, ApiResult};
use app::api::AppError;
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode};
use leptos::prelude::provide_context;
use shared::address::{self, LogsAddress, RowsPage};
use shared::objects::ObjectKind;
use shared::{ObjectId, Problem, ProjectId, RowId};
use store::Desk;

/// Paths below which only programs ask: what is not there is JSON.
const PROGRAMS: [&str; 6] = ["/v1/", "/api/", "/fn/", "/live/", "/assets/", "/otel/"];

/// Answers a page.
pub async fn render(State(application): State<Application>, request: Request) -> Response {
    let desk = match identify(&application, request.headers()).await {
        Ok(desk) => desk,
        // A page is asked for by a person: whoever comes with a bad key is nobody.
        Err(store::Error::Problem(_)) => None,
        Err(error) => return failed(error),
    };
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/app/") {
        if desk.is_none() {
            return Redirect::to(&address::sign_in(&continuation(&request))).into_response();
        }
        let organization = address::decode(&rest.split('/').next().unwrap_or_default().replace('+', "%2B"));
        if organization != application.store().organization() {
            return plain_page(StatusCode::NOT_FOUND, "There is no such organisation here. The link may belong to another installation.");
        }
    }
    render_app(&application, desk, request).await
}

async fn render_app(application: &Application, desk: Option<Desk>, request: Request) -> Response {
    let contexts = contexts(application, desk);
    leptos_axum::render_app_async_with_context(contexts, app::shell::shell)(request).await
}

/// What every page and server function can reach.
fn contexts(application: &Application, desk: Option<Desk>) -> impl Fn() + Clone + Send + Sync + 'static {
    let store = application.store().clone();
    move || {
        provide_context(desk.clone());
        provide_context(store.clone());
        provide_context(app::shell::Page {
            assets: crate::assets::HASH,
            parts: crate::assets::PARTS,
            organization: store.organization().to_owned(),
        });
    }
}

/// Answers a server function. Each asks for its desk itself; a key that does not work is told so.
pub async fn server_function(State(application): State<Application>, request: Request) -> Response {
    let desk = match identify(&application, request.headers()).await {
        Ok(desk) => desk,
        // In the words of server functions, so that the page sends it again later.
        Err(error) if error.is_passing() => return (StatusCode::SERVICE_UNAVAILABLE, Json(AppError::Unavailable)).into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    if leptos::server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return ApiError::from(Problem::not_found("function")).into_response();
    }
    leptos_axum::handle_server_fns_with_context(contexts(&application, desk), request).await.into_response()
}

/// Answers what no route knows: a page for people, JSON for programs.
pub async fn nothing(State(application): State<Application>, request: Request) -> Response {
    let path = request.uri().path();
    let for_programs = PROGRAMS.iter().any(|start| path.starts_with(start));
    let for_people = matches!(*request.method(), Method::GET | Method::HEAD) && accepts_html(request.headers()) && !for_programs;
    if !for_people {
        return ApiError::from(Problem::not_found("address")).into_response();
    }
    let mut response = render(State(application), request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("text/html"))
}

/// Answers `/`: *Home* for who reviews, the projects for everybody else, or the sign-in page.
pub async fn home(State(application): State<Application>, headers: HeaderMap) -> Response {
    match identify(&application, &headers).await {
        Ok(Some(desk)) => match desk.landing().await {
            Ok(Some(project)) => Redirect::to(&address::project_page(desk.organization(), &project, "home")).into_response(),
            // Who may not read is told so by the page.
            Ok(None) | Err(store::Error::Problem(_)) => Redirect::to(&address::projects(desk.organization())).into_response(),
            Err(error) => failed(error),
        },
        Ok(None) | Err(store::Error::Problem(_)) => Redirect::to(&address::sign_in("/")).into_response(),
        Err(error) => failed(error),
    }
}

/// Answers a project's own address: its logs.
pub async fn project(State(application): State<Application>, path: ApiResult<Path<(String, String)>>, request: Request) -> Response {
    let Ok(Path((organization, project))) = path else { return nothing(State(application), request).await };
    if organization != application.store().organization() {
        return render(State(application), request).await;
    }
    Redirect::to(&address::project_page(&organization, &project, "logs")).into_response()
}

/// Answers the links to rows that SDKs print: `object_type`, `object_id` and `id` lead to the open span.
pub async fn object(State(application): State<Application>, query: Query, request: Request) -> Response {
    let desk = match identify(&application, request.headers()).await {
        Ok(Some(desk)) => desk,
        Ok(None) | Err(store::Error::Problem(_)) => return Redirect::to(&address::sign_in(&continuation(&request))).into_response(),
        Err(error) => return failed(error),
    };
    match locate(&desk, &query).await {
        Ok(address) => Redirect::to(&address).into_response(),
        Err(_) => nothing(State(application), request).await,
    }
}

async fn locate(desk: &Desk, query: &Query) -> ApiResult<String> {
    let object = query.required("object_id")?;
    let (rows, project) = match ObjectKind::parse(query.text("object_type").unwrap_or_default()) {
        Some(kind @ (ObjectKind::Experiment | ObjectKind::Dataset)) => {
            let found = desk.object(kind, &ObjectId::from(object)).await?;
            let rows = if kind == ObjectKind::Experiment { RowsPage::Experiment(found.name) } else { RowsPage::Dataset(found.name) };
            (rows, found.project)
        }
        Some(ObjectKind::ProjectLogs) | None => {
            desk.require_object(ObjectKind::ProjectLogs, &ObjectId::from(object)).await?;
            (RowsPage::Logs, ProjectId::from(object))
        }
    };
    let page = match query.text("id") {
        Some(row) => {
            let (project, trace, span) = desk.locate_row(&ObjectId::from(object), &RowId::from(row)).await?;
            let address = LogsAddress {
                trace: Some(trace),
                span: Some(span),
                review: query.text("review").map(str::to_owned),
                ..LogsAddress::default()
            };
            address::project_page(desk.organization(), &project.name, &rows.path()) + &address.to_query()
        }
        None => address::project_page(desk.organization(), &desk.project(&project).await?.name, &rows.path()),
    };
    Ok(page)
}

/// Path and query as they were asked for.
fn continuation(request: &Request<Body>) -> String {
    request.uri().path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned()
}

/// A page for when the app cannot be rendered.
fn failed(error: store::Error) -> Response {
    let error = ApiError::from(error);
    let mut response = plain_page(error.status(), error.sentence());
    if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, http::HeaderValue::from_static("5"));
    }
    response
}

/// A page without style or script. `sentence` is our own text.
fn plain_page(status: StatusCode, sentence: &str) -> Response {
    let escaped = sentence.replace('&', "&amp;").replace('<', "&lt;");
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Touchstone</title></head>\
         <body><h1>{}</h1><p>{escaped}</p><p><a href=\"/\">All projects</a></p></body></html>\n",
        status.canonical_reason().unwrap_or("Problem"),
    );
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}
