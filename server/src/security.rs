//! The layers around every route: request ids, one line in the log for what failed, no foreign writes, a limit for
//! bodies, headers that browsers obey, compression.

use crate::actor::bearer;
use crate::application::Application;
use crate::metrics;
use crate::problems::ApiError;
use crate::request_id::{self, REQUEST_ID};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::any::Any;
use std::time::Instant;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// For everything that is no page: nothing in it may run or load anything.
const STRICT_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");

/// Beside the policy that a page brings with its nonce.
const PAGE_POLICY: HeaderValue = HeaderValue::from_static("frame-ancestors 'none'; base-uri 'self'; object-src 'none'; form-action 'self'");

/// Where scripts of other origins may ask, with an API key.
const KEYED: [&str; 6] = ["/v1", "/api", "/logs3", "/btql", "/version", "/attachment"];

/// Where scripts of other origins may ask without one: the link says who may.
const LINKED: &str = "/v1/feedback/";

/// Puts the layers around a router. The first is the outermost.
pub fn around(router: Router<Application>, application: &Application) -> Router<Application> {
    router.layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(observe))
            .layer(middleware::from_fn(headers))
            .layer(CompressionLayer::new())
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(cross_origin))
            .layer(middleware::from_fn_with_state(application.clone(), same_origin))
            // Each route bounds what it reads, by who asks.
            .layer(DefaultBodyLimit::disable()),
    )
}

/// Gives the request its id and writes one line about it.
async fn observe(mut request: Request, next: Next) -> Response {
    let id = format!("{:016x}", rand::random::<u64>());
    let Ok(value) = HeaderValue::from_str(&id) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    request.headers_mut().insert(REQUEST_ID, value.clone());
    let begin = Instant::now();
    let method = request.method().clone();
    // The route and not the path: tokens and names stand in paths.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = request_id::under(id.clone(), next.run(request)).await;
    response.headers_mut().insert(REQUEST_ID, value);
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    // HEAD and the like are few; a client cannot make up a method that becomes a label.
    let counted = if method.as_str().len() > 7 { "OTHER" } else { method.as_str() };
    metrics::answered(route, counted, response.status().as_u16(), begin.elapsed());
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(request_id = %id, %method, route, status = response.status().as_u16(), milliseconds, "answered");
    response
}

/// Headers that every answer carries.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(if is_page { PAGE_POLICY } else { STRICT_POLICY });
    response
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(&format_args!("panicked: {}", message.unwrap_or("without a message"))).into_response()
}

/// Lets scripts of other origins ask with an API key or a link, and never with a cookie: no answer allows credentials.
async fn cross_origin(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let keyed = KEYED.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if !keyed || !request.headers().contains_key(ORIGIN) {
        if keyed && request.method() == Method::OPTIONS {
            return StatusCode::NO_CONTENT.into_response();
        }
        return next.run(request).await;
    }
    if request.method() == Method::OPTIONS {
        let wanted = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let with_key = wanted.split(',').any(|name| name.trim().eq_ignore_ascii_case("authorization"));
        let is_linked = path.starts_with(LINKED);
        let mut response = StatusCode::NO_CONTENT.into_response();
        if with_key || is_linked {
            let methods = if is_linked { "POST" } else { "GET, POST, PUT, PATCH, DELETE" };
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
            if let Ok(wanted) = HeaderValue::from_str(wanted) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, wanted);
            }
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
        return response;
    }
    let is_open = bearer(request.headers()).is_some() || path.starts_with(LINKED);
    let mut response = next.run(request).await;
    if is_open {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after, x-bt-cursor"));
    }
    response
}

/// Refuses writes that a page of another origin makes a browser send. An API key is proof enough, and so is a link: no browser adds one
/// by itself.
async fn same_origin(State(application): State<Application>, request: Request, next: Next) -> Response {
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_proven = bearer(request.headers()).is_some() || request.uri().path().starts_with(LINKED);
    if writes && !is_proven && is_foreign(request.headers(), application.public_url()) {
        let what = "send this from another site. Open Touchstone itself and repeat it there; if Touchstone is behind a proxy, start it with --public-url";
        return ApiError::foreign(what).into_response();
    }
    next.run(request).await
}

/// Whether a browser says that the request comes from a page of another origin. Programs say nothing.
fn is_foreign(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    if let Some(origin) = headers.get(ORIGIN) {
        let Ok(origin) = origin.to_str() else { return true };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        let same = public_url == Some(origin) || (authority.is_some() && authority == host);
        return !same;
    }
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    matches!(site, Some(b"cross-site" | b"same-site"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderName;

    fn foreign(pairs: &[(&'static str, &'static str)], public_url: Option<&str>) -> bool {
        let headers = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_foreign(&headers.collect(), public_url)
    }

    #[test]
    fn only_our_own_pages_and_programs_write_with_a_cookie() {
        let host = ("host", "127.0.0.1:3000");
        assert!(!foreign(&[host], None), "a program");
        assert!(!foreign(&[host, ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-origin")], None));
        assert!(!foreign(&[host, ("origin", "https://review.example")], Some("https://review.example")), "behind a proxy");
        assert!(foreign(&[host, ("origin", "https://evil.example")], None));
        assert!(foreign(&[host, ("origin", "null")], None));
        assert!(foreign(&[host, ("origin", "http://127.0.0.1:3001")], None), "another port is another origin");
        assert!(foreign(&[host, ("sec-fetch-site", "cross-site")], None));
        assert!(foreign(&[host, ("sec-fetch-site", "same-site")], None));
        assert!(!foreign(&[host, ("sec-fetch-site", "same-origin")], None));
        assert!(!foreign(&[host, ("sec-fetch-site", "none")], None));
    }
}
