//! Cookies: the one that a session lives in, and one for a form that comes back.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use shared::address::encode;
use shared::cookies::TYPED_EMAIL;

/// The name of the cookie.
const COOKIE: &str = "touchstone_session";

/// How long a browser keeps the cookie. The server decides when a session ends; the cookie only has to outlive it.
pub const KEPT_SECONDS: u32 = 400 * 24 * 3600;

/// How long the sign-in page finds what was typed before.
const TYPED_SECONDS: u32 = 60;

/// Bytes of what is kept of it: no address is longer.
const LONGEST_EMAIL: usize = 254;

/// The secret in a browser's cookie.
pub fn session_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut ours = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(name, value)| *name == COOKIE && !value.is_empty());
    ours.next().map(|(_, value)| value.to_owned())
}

/// Gives an answer the cookie; with no token and no seconds, the browser forgets it.
pub fn with_cookie(response: Response, token: &str, seconds: u32, secure: bool) -> Response {
    // Our tokens are hexadecimal digits.
    with(response, COOKIE, token, "/", seconds, secure)
}

/// Keeps, for the sign-in page only, the address that was typed, since what stands in an address of a page stands in the logs of proxies.
/// An empty one is forgotten.
pub fn with_typed_email(response: Response, email: &str, secure: bool) -> Response {
    let email = if email.len() > LONGEST_EMAIL { "" } else { email };
    let seconds = if email.is_empty() { 0 } else { TYPED_SECONDS };
    with(response, TYPED_EMAIL, &encode(email), "/login", seconds, secure)
}

/// `value` has no characters that end a cookie.
fn with(mut response: Response, name: &str, value: &str, path: &str, seconds: u32, secure: bool) -> Response {
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; HttpOnly; SameSite=Lax; Path={path}; Max-Age={seconds}{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
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
}
