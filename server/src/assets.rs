//! The browser's bundle, served from memory.
//!
//! The address of every asset holds the hash over all of them, so a browser may keep what it has for ever: another
//! bundle has other addresses.

use crate::problems::ApiError;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY, X_CONTENT_TYPE_OPTIONS,
};
use shared::Problem;

// `HASH`, `PARTS` and `FILES`, written by `build.rs`.
include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// One asset, as it is and compressed beforehand.
struct File {
    name: &'static str,
    content_type: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
}

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Answers `/assets/{hash}/{name}`. Another hash than ours is not found rather than served: its content is unknown here.
pub async fn serve(path: Result<Path<(String, String)>, PathRejection>, headers: HeaderMap) -> Response {
    let file = path.ok().filter(|Path((hash, _))| hash == HASH).and_then(|Path((_, name))| FILES.iter().find(|file| file.name == name));
    match file {
        Some(file) => respond(file, &headers),
        None => ApiError::from(Problem::not_found("file")).into_response(),
    }
}

fn respond(file: &File, headers: &HeaderMap) -> Response {
    let fixed: [(HeaderName, HeaderValue); 4] = [
        (CONTENT_TYPE, HeaderValue::from_static(file.content_type)),
        (CACHE_CONTROL, FOR_EVER),
        (VARY, HeaderValue::from_static("accept-encoding")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    if accepts_brotli(headers) {
        (fixed, [(CONTENT_ENCODING, HeaderValue::from_static("br"))], file.brotli).into_response()
    } else {
        (fixed, file.plain).into_response()
    }
}

/// Whether `br` is named in `Accept-Encoding` without being refused by `q=0`.
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    const FILE: File = File { name: "touchstone.js", content_type: "text/javascript", plain: b"plain", brotli: b"brotli" };

    fn accepting(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))])
    }

    #[test]
    fn brotli_only_for_who_accepts_it() {
        for (value, expect) in [
            ("gzip, deflate, br, zstd", true),
            ("BR", true),
            ("br;q=0.1", true),
            ("gzip", false),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("brr", false),
            ("", false),
        ] {
            assert_eq!(accepts_brotli(&accepting(value)), expect, "{value}");
        }
        assert!(!accepts_brotli(&HeaderMap::new()));
    }

    #[test]
    fn assets_are_kept_for_ever_and_never_sniffed() {
        let response = respond(&FILE, &accepting("br"));
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[CONTENT_TYPE], "text/javascript");
        assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[VARY], "accept-encoding");
        assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!respond(&FILE, &HeaderMap::new()).headers().contains_key(CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn another_hash_or_name_is_not_found() {
        for (hash, name) in [("another", "touchstone.js"), (HASH, "nothing.js")] {
            let response = serve(Ok(Path((hash.into(), name.into()))), HeaderMap::new()).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
        }
    }
}
