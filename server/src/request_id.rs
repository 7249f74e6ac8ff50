//! The id of a request: it leads from what somebody was shown to the line in the log.

use http::HeaderName;

/// Carries the request's id, on the way in for the app and on the way out for whoever reports a failure.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub fn request_id() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| "none".to_owned())
}

/// Answers a request under its id.
pub async fn under<T>(id: String, answer: impl Future<Output = T>) -> T {
    CURRENT.scope(id, answer).await
}
