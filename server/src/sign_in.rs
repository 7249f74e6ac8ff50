//! Signing in and out: plain forms that work without JavaScript.

use crate::application::Application;
use crate::body::{Form, Path};
use crate::cookie::{KEPT_SECONDS, session_token, with_cookie, with_typed_email};
use crate::network::network_of;
use app::people::mistake_of;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use shared::address::{continue_to, encode};
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Once;
use store::{Desk, RedeemLink, SignIn, SignedIn};

/// Who sends a form: the browser as it names itself, and where it is.
pub struct Client {
    agent: String,
    address: String,
}

impl FromRequestParts<Application> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, application: &Application) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("Unknown browser").to_owned();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let address = peer.map(|peer| client_of(peer, &parts.headers, |peer| application.trusts(peer)));
        if let (Some(peer), Some(client)) = (peer, address)
            && peer == client
            && !application.trusts(peer)
            && parts.headers.contains_key(FORWARDED_FOR)
        {
            UNTRUSTED.call_once(|| {
                tracing::warn!(%peer, "a proxy says for whom it asks, and is not believed: everybody behind it counts as one when passwords are wrong. \
                    If it is yours, start with --trusted-proxy and its address");
            });
        }
        Ok(Self { agent, address: address.map(|address| network_of(address).to_string()).unwrap_or_default() })
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";

/// It is said once that a proxy is not believed.
static UNTRUSTED: Once = Once::new();

/// Where a request comes from: the other side of the connection, or whom the proxies say they ask for. Each is believed only about the
/// one before it, and only if it is trusted; anybody else could say anything.
fn client_of(peer: IpAddr, headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> IpAddr {
    let said = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<_> = said.flat_map(|text| text.split(',')).map(str::trim).collect();
    let mut client = peer;
    for before in chain.into_iter().rev() {
        let address = before.parse().ok().or_else(|| before.parse::<SocketAddr>().ok().map(|address| address.ip()));
        match address {
            Some(address) if trusts(client) => client = IpAddr::to_canonical(&address),
            _ => break,
        }
    }
    client
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
            return with_typed_email(enter(&application, &signed_in, &continue_to(Some(&next))), "", is_secure(&application));
        }
        Err(error) => mistake(&error),
    };
    with_typed_email(redirect(&format!("/login?problem={problem}&next={}", encode(&next))), &email, is_secure(&application))
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
    /// Sent where the box is ticked.
    end_keys: Option<String>,
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
    let Redeem { email, name, password, end_keys } = form;
    let entered = RedeemLink { email, name, password, agent: client.agent, end_keys: end_keys.is_some() };
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn only_trusted_proxies_say_where_a_request_comes_from() {
        let client = |peer: &str, chain: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_FOR, HeaderValue::from_static(chain));
            let trusted = |address: IpAddr| address.is_loopback() || address.to_string().starts_with("10.");
            client_of(peer.parse().unwrap(), &headers, trusted).to_string()
        };
        for (peer, chain, expected) in [
            ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
            // What a client says of itself stands to the left of what the proxies add.
            ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
            ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
            ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ] {
            assert_eq!(client(peer, chain), expected, "{peer} {chain}");
        }
    }

    #[test]
    fn cookies_and_redirects() {
        let response = with_cookie(redirect("/app/a/p/ä b"), "abc", 60, true);
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/app/a/p/%C3%A4%20b");
        assert_eq!(response.headers()[header::SET_COOKIE], "touchstone_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60; Secure");
    }
}
