//! What every server function shares: the desk of the caller, and the error that reaches the page.

use crate::json::ObjectJson;
use crate::ui::{Icon, IconName};
use leptos::prelude::*;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use shared::Problem;

/// Why a server function did not do what was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The server refused, and says why.
    Problem(Problem),
    /// The request did not arrive, or no answer came back.
    Unreachable,
    /// The server cannot use its database right now.
    Unavailable,
    /// Something else than the server answered in its place.
    Foreign,
}

/// What is said when no answer came back.
const UNREACHABLE: &str = "The server cannot be reached. Check the connection, then try again.";

/// What is said when the server is there but its database is not.
const UNAVAILABLE: &str = "The server cannot use its database right now. Nothing was changed. Try again in a moment.";

/// What is said when the answer was not the server's.
const FOREIGN: &str = "This did not get through: something between this browser and Touchstone, such as a proxy, answered in its place. \
                       It may be too large, or a passing trouble. Try again later.";

impl AppError {
    /// What the server refused with; none if it was not reached.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Unreachable | Self::Unavailable | Self::Foreign => None,
        }
    }

    /// Whether trying again later may help, because nothing was done.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Unavailable | Self::Foreign)
    }

    /// Whether what was asked for is not there, or not for who asks: asking again changes nothing.
    pub fn is_final(&self) -> bool {
        matches!(self.problem(), Some(Problem::NotFound { .. } | Problem::Forbidden { .. } | Problem::NotYours { .. }))
    }

    /// The sentence about one field, if the error is about it. `field` is the field's label.
    pub fn about(&self, field: &str) -> Option<String> {
        match self {
            Self::Problem(Problem::Invalid { field: wrong, reason }) if wrong == field => Some(reason.clone()),
            _ => None,
        }
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(formatter),
            Self::Unreachable => formatter.write_str(UNREACHABLE),
            Self::Unavailable => formatter.write_str(UNAVAILABLE),
            Self::Foreign => formatter.write_str(FOREIGN),
        }
    }
}

impl std::error::Error for AppError {}

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        #[cfg(feature = "ssr")]
        server::set_status(&problem);
        Self::Problem(problem)
    }
}

impl FromServerFnError for AppError {
    type Encoder = ObjectJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Unreachable,
            // What answers in the place of the server, such as a proxy, does not speak our language.
            #[cfg(not(feature = "ssr"))]
            ServerFnErrorErr::Deserialization(_) => Self::Foreign,
            // To the server what it was sent has a wrong shape.
            #[cfg(feature = "ssr")]
            ServerFnErrorErr::Deserialization(reason) => Problem::invalid("Request", reason).into(),
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => Problem::invalid("Request", reason).into(),
            other => Problem::Internal { request_id: other.to_string() }.into(),
        }
    }
}

#[cfg(feature = "ssr")]
pub use server::{cookies, desk, store};

#[cfg(feature = "ssr")]
mod server {
    use super::AppError;
    use leptos::prelude::use_context;
    use shared::Problem;
    use shared::spans::ShownAs;

    /// The desk of the person who asks.
    ///
    /// # Errors
    /// [`Problem::SignIn`] if nobody is signed in.
    pub fn desk() -> Result<store::Desk, AppError> {
        let desk = use_context::<Option<store::Desk>>().flatten().ok_or_else(Problem::sign_in)?;
        Ok(desk.showing(ShownAs::of_cookies(&cookies())))
    }

    /// What the browser that asks keeps in cookies, as it sends it.
    pub fn cookies() -> String {
        let parts = use_context::<http::request::Parts>();
        let cookies = parts.as_ref().and_then(|parts| parts.headers.get(http::header::COOKIE)?.to_str().ok());
        cookies.unwrap_or_default().to_owned()
    }

    /// The store, for the few pages that come before signing in.
    ///
    /// # Errors
    /// When the server gave the request none.
    pub fn store() -> Result<store::Store, AppError> {
        use_context::<store::Store>().ok_or_else(|| Problem::Internal { request_id: request_id() }.into())
    }

    impl From<store::Error> for AppError {
        fn from(error: store::Error) -> Self {
            let problem = match error.problem() {
                Some(problem) => problem.clone(),
                None => {
                    let request_id = request_id();
                    leptos::logging::error!("request {request_id}: {error}");
                    if error.is_passing() {
                        respond(http::StatusCode::SERVICE_UNAVAILABLE);
                        return Self::Unavailable;
                    }
                    Problem::Internal { request_id }
                }
            };
            problem.into()
        }
    }

    /// Gives the answer, be it a page or a server function's, the status that says the same as the problem.
    pub(super) fn set_status(problem: &Problem) {
        respond(http::StatusCode::from_u16(problem.status()).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR));
    }

    fn respond(status: http::StatusCode) {
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
            response.set_status(status);
        }
    }

    fn request_id() -> String {
        let parts = use_context::<http::request::Parts>();
        let id = parts.as_ref().and_then(|parts| parts.headers.get("x-request-id")).and_then(|id| id.to_str().ok());
        id.unwrap_or("unknown").to_owned()
    }
}

/// Draws, in the place of what a page would hold, why it cannot be shown and what to do.
#[component]
pub fn ErrorPage(
    /// What went wrong.
    #[prop(into)]
    error: AppError,
) -> impl IntoView {
    let (title, status) = match &error {
        AppError::Unreachable | AppError::Unavailable | AppError::Foreign => ("No connection", None),
        AppError::Problem(problem) => (heading(problem), Some(problem.status())),
    };
    let signed_out = matches!(error, AppError::Problem(Problem::SignIn { .. }));
    let sign_in = signed_out.then(|| {
        let address = shared::address::sign_in(&crate::raw_query::current_address());
        // A browser that asked for the page goes straight to the form; one that is there already gets a link.
        #[cfg(feature = "ssr")]
        leptos_axum::redirect(&address);
        view! { <p><a class="btn primary" href=address rel="external">"Sign in"</a></p> }
    });
    view! {
        <div class="error-page">
            <div class="in" role="alert">
                {status.map(|status| view! { <p class="status-code">{status}</p> })}
                <h1>{title}</h1>
                <p>{error.to_string()}</p>
                {sign_in}
                {(!signed_out).then(|| view! { <p><a class="link" href="/">"All projects"</a></p> })}
            </div>
        </div>
    }
}

fn heading(problem: &Problem) -> &'static str {
    match problem {
        Problem::SignIn { .. } => "Sign in to continue",
        Problem::Forbidden { .. } | Problem::NotYours { .. } => "Not allowed",
        Problem::NotFound { .. } => "Not found",
        Problem::Invalid { .. } | Problem::Filter { .. } | Problem::Reused { .. } => "This does not work",
        Problem::Conflict { .. } => "Changed meanwhile",
        Problem::Taken { .. } => "Taken by others",
        Problem::Unanswered { .. } => "Not answered yet",
        Problem::Confirm { .. } => "Are you sure?",
        Problem::TooLarge { .. } => "Too large",
        Problem::Busy { .. } => "Too many attempts",
        Problem::Internal { .. } => "Something failed",
    }
}

/// Draws what is wrong with a field under it. Its id is what the field's `aria-describedby` names.
#[component]
pub fn FieldProblem(
    /// The id.
    #[prop(into)]
    id: String,
    /// The sentence; none draws nothing.
    #[prop(into)]
    reason: Signal<Option<String>>,
) -> impl IntoView {
    view! { <div id=id aria-live="polite">{move || reason.get().map(|reason| view! { <p class="wrong">{reason}</p> })}</div> }
}

/// Draws an error that belongs to no field, with a warning sign.
#[component]
pub fn Failure(
    /// The error; none draws nothing.
    #[prop(into)]
    error: Signal<Option<AppError>>,
) -> impl IntoView {
    move || {
        error.get().map(|error| {
            view! {
                <div class="notice bad" role="alert">
                    <Icon name=IconName::Warning/>
                    <div class="grow">{error.to_string()}</div>
                </div>
            }
        })
    }
}

/// Runs a command in the background and hands its outcome on, also when the page it came from has gone meanwhile.
pub fn send<T: 'static>(command: impl Future<Output = Result<T, AppError>> + 'static, done: impl FnOnce(Result<T, AppError>) + 'static) {
    leptos::task::spawn_local_scoped(async move { done(command.await) });
}

/// Draws the page of an address behind which there is nothing.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <main class="main" id="main"><ErrorPage error=AppError::from(Problem::not_found("page"))/></main> }
}
