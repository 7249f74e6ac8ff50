//! Signing in and out: plain forms that work without JavaScript, and the cookie that a session lives in.

use crate::router::Application;
use app::people::mistake_of;
use axum::extract::{ConnectInfo, Form, FromRequestParts, Path, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use shared::address::{continue_to, encode};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use store::{Desk, RedeemLink, SignIn, SignedIn};

/// The name of the cookie.
pub const COOKIE: &str = "touchstone_session";

/// How long a browser keeps the cookie. The server decides when a session ends; the cookie only has to outlive it.
const KEPT_SECONDS: u32 = 400 * 24 * 3600;

/// The secret in a browser's cookie.
pub fn session_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut ours = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(name, value)| *name == COOKIE && !value.is_empty());
    ours.next().map(|(_, value)| value.to_owned())
}

/// Who sends a form: the browser as it names itself, and where it is.
pub struct Client {
    agent: String,
    address: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        // Only a proxy on this machine is believed when it says for whom it asks; anybody else could say anything.
        let forwarded = text("x-forwarded-for").and_then(|chain| chain.rsplit(',').next()).and_then(|last| last.trim().parse().ok());
        let address = match peer {
            Some(peer) if peer.is_loopback() => Some(forwarded.unwrap_or(peer)),
            peer => peer,
        };
        let address = address.map(network).unwrap_or_default();
        Ok(Self { agent: text("user-agent").unwrap_or("Unknown browser").to_owned(), address })
    }
}

/// Whom an address stands for: with IPv6 everybody has a whole network of addresses.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [first, second, third, fourth, ..] = address.segments();
            Ipv6Addr::new(first, second, third, fourth, 0, 0, 0, 0).to_string()
        }
    }
}

/// The form of the sign-in page.
#[derive(Deserialize)]
pub struct Login {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in and continues where the visitor wanted to go, or goes back to the form and says why not.
pub async fn login(State(application): State<Application>, client: Client, headers: HeaderMap, Form(form): Form<Login>) -> Response {
    let Login { email, password, next } = form;
    let sign_in = SignIn { email: email.clone(), password, agent: client.agent, address: client.address };
    let problem = match application.store().sign_in(sign_in).await {
        Ok(signed_in) => {
            // The session that this browser had before is not left behind.
            end_session(&application, &headers).await;
            return enter(&application, &signed_in, &continue_to(Some(&next)));
        }
        Err(error) => mistake(&error),
    };
    redirect(&format!("/login?problem={problem}&next={}&email={}", encode(&next), encode(&email)))
}

/// Ends the session and goes to the sign-in page.
pub async fn logout(State(application): State<Application>, headers: HeaderMap) -> Response {
    end_session(&application, &headers).await;
    with_cookie(redirect("/login"), "", 0, is_secure(&application))
}

/// The form behind a secret link.
#[derive(Deserialize)]
pub struct Redeem {
    email: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Makes the first owner.
pub async fn setup(
    State(application): State<Application>,
    client: Client,
    Path(token): Path<String>,
    Form(form): Form<Redeem>,
) -> Response {
    redeem(&application, client, "setup", &token, form).await
}

/// Makes a member out of an invitation.
pub async fn join(State(application): State<Application>, client: Client, Path(token): Path<String>, Form(form): Form<Redeem>) -> Response {
    redeem(&application, client, "join", &token, form).await
}

/// Chooses a new password.
pub async fn reset(
    State(application): State<Application>,
    client: Client,
    Path(token): Path<String>,
    Form(form): Form<Redeem>,
) -> Response {
    redeem(&application, client, "reset", &token, form).await
}

async fn redeem(application: &Application, client: Client, page: &str, token: &str, form: Redeem) -> Response {
    let entered = RedeemLink { email: form.email, name: form.name, password: form.password, agent: client.agent };
    let problem = match application.store().redeem_link(token, entered).await {
        Ok(signed_in) => return enter(application, &signed_in, "/"),
        Err(error) => mistake(&error),
    };
    redirect(&format!("/{page}/{}?problem={problem}", encode(token)))
}

fn enter(application: &Application, signed_in: &SignedIn, next: &str) -> Response {
    with_cookie(redirect(next), &signed_in.token, KEPT_SECONDS, is_secure(application))
}

/// The word for what went wrong, which the page turns into a sentence.
fn mistake(error: &store::Error) -> &'static str {
    match error.problem() {
        Some(problem) => mistake_of(problem),
        None => {
            tracing::error!(%error, "a sign-in failed");
            "failed"
        }
    }
}

/// Whether browsers are to send the cookie over TLS only.
fn is_secure(application: &Application) -> bool {
    application.public_url().is_some_and(|url| url.starts_with("https://"))
}

/// Ends the session of a browser, if it has one.
async fn end_session(application: &Application, headers: &HeaderMap) {
    let Some(token) = session_token(headers) else { return };
    let ended = match application.store().actor_of_session(&token).await {
        Ok(Some(actor)) => Desk::new(application.store().clone(), actor).sign_out().await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        tracing::error!(%error, "a session could not be ended");
    }
}

fn redirect(path: &str) -> Response {
    // A header holds visible ASCII only.
    let location: String = path
        .chars()
        .map(|character| if character.is_ascii_graphic() { character.to_string() } else { encode(&character.to_string()) })
        .collect();
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())]).into_response()
}

fn with_cookie(mut response: Response, token: &str, seconds: u32, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}");
    // Our tokens are hexadecimal digits, so that this always is a header.
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::from_static(text));
            session_token(&headers)
        };
        assert_eq!(token("theme=dark; touchstone_session=abc; other=1").as_deref(), Some("abc"));
        assert_eq!(token("touchstone_session="), None);
        assert_eq!(token("not_touchstone_session=abc"), None);
    }

    #[test]
    fn an_ipv6_network_counts_as_one_address() {
        assert_eq!(network("192.0.2.7".parse().unwrap()), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()), "2001:db8:1:2::");
    }

    #[test]
    fn cookies_and_redirects() {
        let response = with_cookie(redirect("/app/a/p/ä b"), "abc", 60, true);
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/app/a/p/%C3%A4%20b");
        assert_eq!(response.headers()[header::SET_COOKIE], "touchstone_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60; Secure");
    }
}
