//! How much of a body is read, and how long that may take.

use crate::application::Application;
use crate::problems::{ApiError, ApiResult};
use crate::room::UNPROVEN;
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http_body_util::Limited;
use std::io::{Error, ErrorKind};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

/// A refused body is read to its end up to this many times its limit, so that the client sees the answer.
const DRAINED: u64 = 8;

/// For so long at most.
const DRAINED_FOR: Duration = Duration::from_secs(5);

/// So many bytes, or the rest, must arrive each time within the patience.
const STEP: usize = 1024;

/// Whether a request may carry more than [`UNPROVEN`] bytes.
pub fn is_large(headers: &HeaderMap) -> bool {
    length(headers, u64::MAX) > UNPROVEN
}

/// The length of a body: as it is declared, or `unknown` where it is sent piece by piece.
fn length(headers: &HeaderMap, unknown: u64) -> u64 {
    let declared = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    match declared {
        Some(length) => length,
        None if headers.contains_key(TRANSFER_ENCODING) => unknown,
        None => 0,
    }
}

/// Gives the body of a request its bounds. What is returned beside it is its room in memory, to be kept until the request is answered.
///
/// # Errors
/// 413 if the body is larger than `limit`, 503 if too many are being sent.
pub async fn bounded(application: &Application, request: Request, limit: u64) -> ApiResult<(Request, Option<OwnedSemaphorePermit>)> {
    let length = length(request.headers(), limit);
    if length > limit {
        // Some clients look at the answer only after they have sent everything.
        drain(request.into_body(), limit).await;
        return Err(ApiError::too_large(limit));
    }
    let room = if length > UNPROVEN { Some(application.room().take(length).await.ok_or_else(ApiError::crowded)?) } else { None };
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let patience = application.patience().body;
    Ok((request.map(|body| Body::new(Limited::new(paced(body, patience), most))), room))
}

/// Reads what somebody sends in vain, up to a bound.
pub async fn drain(body: Body, limit: u64) {
    let mut left = limit.saturating_mul(DRAINED);
    let mut pieces = body.into_data_stream();
    let until = Instant::now() + DRAINED_FOR;
    while let Ok(Some(Ok(piece))) = timeout_at(until, pieces.next()).await {
        left = match left.checked_sub(piece.len() as u64) {
            Some(left) => left,
            None => return,
        };
    }
}

/// A body that fails when it does not come on.
fn paced(body: Body, patience: Duration) -> Body {
    struct Paced {
        pieces: axum::body::BodyDataStream,
        arrived: usize,
        until: Option<Instant>,
    }
    let begin = Paced { pieces: body.into_data_stream(), arrived: 0, until: None };
    let next = move |mut paced: Paced| async move {
        let until = *paced.until.get_or_insert_with(|| Instant::now() + patience);
        let piece = match timeout_at(until, paced.pieces.next()).await {
            Ok(None) => return Ok(None),
            Ok(Some(piece)) => piece.map_err(Error::other)?,
            Err(_) => return Err(Error::new(ErrorKind::TimedOut, "the body does not come on")),
        };
        paced.arrived += piece.len();
        if paced.arrived >= STEP {
            (paced.arrived, paced.until) = (0, None);
        }
        Ok::<Option<(Bytes, Paced)>, Error>(Some((piece, paced)))
    };
    Body::from_stream(stream::try_unfold(begin, next))
}

/// Whether a failure to read a body was that it did not come on.
pub fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<Error>().is_some_and(|error| error.kind() == ErrorKind::TimedOut) {
            return true;
        }
        cause = error.source();
    }
    false
}
