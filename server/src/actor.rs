//! Who asks: found once for each request, from the API key or the session cookie.

use crate::application::Application;
use crate::bodies::{bounded, is_large};
use crate::cookie::session_token;
use crate::problems::{ApiError, ApiResult};
use crate::room::UNPROVEN;
use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;
use shared::Problem;
use shared::permissions::Action;
use store::Desk;

/// Who may use a route. The store refuses on its own as well; asking here first means that nobody learns from a
/// mistake in the body what they may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has a signed link. The handler looks at it, before it reads a body.
    Link,
    /// Everybody who has proved who they are, whatever they may.
    Known,
    /// Who may do this.
    May(Action),
    /// Who may do one of these.
    Either(Action, Action),
    /// Who may do both of these.
    Both(Action, Action),
}

impl Access {
    /// The actions of which an actor must be allowed to do one and is not; none if they may.
    pub fn missing(self, may: impl Fn(Action) -> bool) -> Option<Vec<Action>> {
        let actions = match self {
            Self::Public | Self::Link | Self::Known => return None,
            Self::May(action) => vec![action],
            Self::Either(one, other) => vec![one, other],
            Self::Both(one, other) => vec![if may(one) { other } else { one }],
        };
        (!actions.iter().any(|action| may(*action))).then_some(actions)
    }
}

/// The desk of the one who asks.
pub struct Signed(pub Desk);

impl FromRequestParts<Application> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, application: &Application) -> ApiResult<Self> {
        if let Some(desk) = parts.extensions.get::<Desk>() {
            return Ok(Self(desk.clone()));
        }
        identify(application, &parts.headers).await?.map(Self).ok_or_else(|| Problem::sign_in().into())
    }
}

/// The secret of an API key, if the request carries one.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The desk of the one who asks; none if nobody is signed in.
///
/// # Errors
/// When an API key is there but does not work, and when the database cannot be read.
pub async fn identify(application: &Application, headers: &HeaderMap) -> store::Result<Option<Desk>> {
    let store = application.store();
    if let Some(secret) = bearer(headers) {
        return Ok(Some(Desk::new(store.clone(), store.actor_of_key(secret).await?)));
    }
    let Some(token) = session_token(headers) else { return Ok(None) };
    Ok(store.actor_of_session(&token).await?.map(|actor| Desk::new(store.clone(), actor)))
}

/// Lets through who may, and keeps their desk for the handler.
pub async fn admit(State((application, access)): State<(Application, Access)>, mut request: Request, next: Next) -> Response {
    match access {
        Access::Link => return next.run(request).await,
        Access::Public => {
            // Only what is larger than anybody may send needs somebody who has proved who they are.
            let is_proven = is_large(request.headers()) && matches!(identify(&application, request.headers()).await, Ok(Some(_)));
            return run(&application, request, if is_proven { application.body_limit() } else { UNPROVEN }, next).await;
        }
        Access::Known | Access::May(_) | Access::Either(..) | Access::Both(..) => {}
    }
    let desk = match identify(&application, request.headers()).await {
        Ok(Some(desk)) => desk,
        Ok(None) => return ApiError::from(Problem::sign_in()).into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    if let Some(actions) = access.missing(|action| desk.actor().may(action)) {
        let what = actions.first().copied().map_or("do this", Action::phrase);
        return ApiError::from(desk.actor().refusal(&actions, what)).into_response();
    }
    request.extensions_mut().insert(desk);
    let limit = application.body_limit();
    run(&application, request, limit, next).await
}

/// Answers a request whose body may have `limit` bytes.
async fn run(application: &Application, request: Request, limit: u64, next: Next) -> Response {
    match bounded(application, request, limit).await {
        Ok((request, _room)) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}
