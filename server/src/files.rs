//! Files that stand in the fields of spans or are named there, for the pages that show them.

use crate::actor::Signed;
use crate::problems::ApiResult;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};
use shared::attachments::ServedFile;
use shared::spans::ReadFile;
use shared::{Problem, address};
use std::ops::Range;

/// What a browser's own reader of PDFs needs beside the strictest policy: it puts the document into a frame of its own. Nothing runs.
const PDF_POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// Serves a file by the bytes that it is, to be shown only if nothing in it can run. Nothing keeps it: what is erased is gone.
pub async fn show(Signed(desk): Signed, RawQuery(query): RawQuery, headers: HeaderMap) -> ApiResult<Response> {
    let wanted = ReadFile::of_query(&query.unwrap_or_default()).ok_or_else(|| Problem::not_found("file"))?;
    let ServedFile { content_type, is_shown, name, mut bytes } = desk.read_file(wanted).await?;
    let how = if is_shown { "inline" } else { "attachment" };
    let told = [
        (CONTENT_TYPE, content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("{how}; filename*=UTF-8''{}", address::encode(&name))),
        (CACHE_CONTROL, "private, no-store".to_owned()),
        (ACCEPT_RANGES, "bytes".to_owned()),
    ];
    // Players ask for sound in parts.
    let part = headers.get(RANGE).and_then(|range| part(range.to_str().ok()?, bytes.len()));
    let mut response = match part {
        Some(part) => {
            let range = format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len());
            bytes.truncate(part.end);
            bytes.drain(..part.start);
            (StatusCode::PARTIAL_CONTENT, told, [(CONTENT_RANGE, range)], bytes).into_response()
        }
        None => (told, bytes).into_response(),
    };
    if content_type == "application/pdf" {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PDF_POLICY));
    }
    Ok(response)
}

/// The one part of so many bytes that a header asks for; none if it asks for anything else, which all of it answers.
fn part(range: &str, length: usize) -> Option<Range<usize>> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let part = match (from.parse().ok(), to.parse::<usize>().ok()) {
        (Some(from), Some(to)) => from..to.saturating_add(1).min(length),
        (Some(from), None) if to.is_empty() => from..length,
        (None, Some(last)) if from.is_empty() => length.saturating_sub(last)..length,
        _ => return None,
    };
    (part.start < part.end).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn parts_of_a_file() {
        for (range, expected) in [
            ("bytes=0-", Some(0..10)),
            ("bytes=0-0", Some(0..1)),
            ("bytes=3-5", Some(3..6)),
            ("bytes=3-500", Some(3..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-300", Some(0..10)),
            ("bytes=0-18446744073709551615", Some(0..10)),
            ("bytes=10-", None),
            ("bytes=5-3", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("bytes=-", None),
            ("items=0-1", None),
            ("", None),
        ] {
            assert_eq!(part(range, 10), expected, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }
}
