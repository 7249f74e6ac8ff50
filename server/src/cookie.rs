//! The cookie that a session lives in.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

/// The name of the cookie.
const COOKIE: &str = "touchstone_session";

/// How long a browser keeps the cookie. The server decides when a session ends; the cookie only has to outlive it.
pub const KEPT_SECONDS: u32 = 400 * 24 * 3600;

/// The secret in a browser's cookie.
pub fn session_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    let mut ours = cookies.filter_map(|cookie| cookie.trim().split_once('=')).filter(|(name, value)| *name == COOKIE && !value.is_empty());
    ours.next().map(|(_, value)| value.to_owned())
}

/// Gives an answer the cookie; with no token and no seconds, the browser forgets it.
pub fn with_cookie(mut response: Response, token: &str, seconds: u32, secure: bool) -> Response {
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
}
