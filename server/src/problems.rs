//! What goes wrong, as HTTP: every problem is JSON with a sentence, a word for programs, and the right status.

use crate::request_id::request_id;
use crate::room::UNPROVEN;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};
use shared::Problem;
use shared::english::Understood;
use shared::filter::Diagnostic;

/// Why a request was not done.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    sentence: String,
    problem: &'static str,
    details: Map<String, Value>,
    retry_after: Option<u32>,
}

/// What every handler answers.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    fn new(status: StatusCode, problem: &'static str, sentence: String, details: Value) -> Self {
        let details = if let Value::Object(details) = details { details } else { Map::new() };
        Self { status, sentence, problem, details, retry_after: None }
    }

    /// The status it answers with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What it says to people.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The server is about to end.
    pub fn closing() -> Self {
        let sentence = "Touchstone is shutting down. Try again in a few seconds.".to_owned();
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", sentence, json!({ "retry_after": 5 })) }
    }

    /// The database cannot be written. The reason goes to the log, under the request's id.
    fn unwritable(details: &dyn std::fmt::Display) -> Self {
        let request_id = request_id();
        tracing::error!(%request_id, error = %details, "the database cannot be written");
        let sentence = format!(
            "This could not be saved: the server cannot write to its database right now, perhaps because its disk is full. Nothing of it was kept, \
             what was there before is safe. Try again later, or tell your administrator {request_id}."
        );
        let details = json!({ "request_id": request_id, "retry_after": 30 });
        Self { retry_after: Some(30), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unwritable", sentence, details) }
    }

    /// The database does not answer for a moment. What it said goes to the log, under the request's id.
    fn away(details: &dyn std::fmt::Display) -> Self {
        let request_id = request_id();
        tracing::error!(%request_id, error = %details, "the database does not answer");
        let sentence = format!(
            "The server cannot reach its database right now, perhaps because it is being restarted. Try again in a few seconds; if it \
             stays away, tell your administrator {request_id}."
        );
        let details = json!({ "request_id": request_id, "retry_after": 5 });
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "away", sentence, details) }
    }

    /// A body is larger than it may be: for everybody, or for who has not proved who they are.
    pub fn too_large(limit: u64) -> Self {
        if limit != UNPROVEN {
            return Problem::TooLarge { limit }.into();
        }
        let sentence = format!("Without signing in, a request may have {UNPROVEN} bytes. Sign in first, or send an API key that works.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", sentence, json!({ "limit": limit }))
    }

    /// A body does not come on.
    pub fn too_slow() -> Self {
        let sentence = "The rest of the request did not come in time. Nothing of it was kept. Send it again.".to_owned();
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", sentence, Value::Null)
    }

    /// So much is being sent that there is no room for more.
    pub fn crowded() -> Self {
        let sentence =
            "So much is being sent to this server that there is no room for more. Nothing of this request was kept. Try again in 5 s.";
        let details = json!({ "retry_after": 5 });
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", sentence.to_owned(), details) }
    }

    /// The connection to the database was lost while it was told to keep something.
    fn unknown(details: &dyn std::fmt::Display) -> Self {
        let request_id = request_id();
        tracing::error!(%request_id, error = %details, "it is not known whether something was kept");
        let sentence = format!(
            "It is not known whether this was kept, because the connection to the database was lost meanwhile; the same command sent again \
             is done once. If this goes on, tell your administrator {request_id}."
        );
        let details = json!({ "request_id": request_id, "retry_after": 5 });
        Self { retry_after: Some(5), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unknown", sentence, details) }
    }

    /// The path exists, but not for this method.
    pub fn method_not_allowed() -> Self {
        let sentence = "This address exists, but does not answer this method.".to_owned();
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", sentence, Value::Null)
    }

    /// A page of another site made a browser send this.
    pub fn foreign(what: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", format!("You may not {what}."), json!({ "what": "send this from another site" }))
    }

    /// Every row of a batch was refused.
    pub fn all_rejected(first_reason: &str, rejected: Value) -> Self {
        let sentence = format!("No row was taken. The first reason: {first_reason}");
        Self::new(StatusCode::BAD_REQUEST, "invalid", sentence, json!({ "field": "rows", "reason": first_reason, "rejected": rejected }))
    }

    /// Answers 422 to a text of which some words could not be read: what they were, and what the others became.
    pub fn not_understood(first_reason: &str, understood: &Understood) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_understood", first_reason.to_owned(), json!(understood))
    }

    /// Something failed inside. The details go to the log, under the request's id.
    pub fn internal(details: &dyn std::fmt::Display) -> Self {
        let request_id = request_id();
        tracing::error!(%request_id, error = %details, "a request failed");
        Problem::Internal { request_id }.into()
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let sentence = problem.to_string();
        let error = |word, details| Self::new(status, word, sentence, details);
        match problem {
            Problem::SignIn { reason } => error("sign_in", json!({ "reason": reason })),
            Problem::Forbidden { what, .. } => error("forbidden", json!({ "what": what })),
            Problem::NotYours { .. } => error("forbidden", json!({})),
            Problem::NotFound { what } => error("not_found", json!({ "what": what })),
            Problem::Invalid { field, reason } => error("invalid", json!({ "field": field, "reason": reason })),
            Problem::Filter { mistakes } => error("filter", json!({ "mistakes": mistakes.iter().map(mistake).collect::<Vec<_>>() })),
            Problem::Conflict { current } => error("conflict", json!({ "current": value(&current) })),
            Problem::Taken { .. } => error("taken", json!({})),
            Problem::Unanswered { questions, .. } => error("unanswered", json!({ "questions": value(&questions) })),
            Problem::Reused { id } => error("reused", json!({ "client_id": id })),
            Problem::Confirm { proposed, .. } => error("confirm", json!({ "proposed": value(&proposed) })),
            Problem::TooLarge { limit } => error("too_large", json!({ "limit": limit })),
            Problem::Busy { retry_after } => {
                Self { retry_after: Some(retry_after), ..error("busy", json!({ "retry_after": retry_after })) }
            }
            Problem::Internal { request_id } => error("internal", json!({ "request_id": request_id })),
        }
    }
}

/// A value that a problem carries as JSON text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

fn mistake(diagnostic: &Diagnostic) -> Value {
    json!({
        "start": diagnostic.span.start, "end": diagnostic.span.end,
        "message": diagnostic.message, "label": diagnostic.label, "help": diagnostic.help,
    })
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Problem(problem) => problem.into(),
            store::Error::Closing => Self::closing(),
            store::Error::Unknown(details) => Self::unknown(&details),
            unwritable if unwritable.is_unwritable() => Self::unwritable(&unwritable),
            away if away.is_passing() => Self::away(&away),
            inside => Self::internal(&inside),
        }
    }
}

impl From<Vec<Diagnostic>> for ApiError {
    fn from(mistakes: Vec<Diagnostic>) -> Self {
        Problem::filter(mistakes).into()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("error".to_owned(), Value::String(self.sentence));
        body.insert("problem".to_owned(), Value::String(self.problem.to_owned()));
        body.extend(self.details);
        let mut response = (self.status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use store::{Store, StoreOptions};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_database_that_is_away_is_no_mistake_of_the_server() {
        // A database that hangs up while it is being restarted.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let database_url = format!("postgres://touchstone@{}/touchstone?sslmode=disable", listener.local_addr().unwrap());
        tokio::spawn(async move { while listener.accept().await.is_ok() {} });
        let error = Store::open(StoreOptions { database_url, organization: "touchstone".to_owned(), fate: store::Fate::default() })
            .await
            .err()
            .unwrap();
        let response = ApiError::from(error).into_response();
        assert_eq!((response.status(), response.headers()[RETRY_AFTER].to_str().unwrap()), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["problem"], &body["retry_after"]), (&json!("away"), &json!(5)));
        assert!(body["error"].as_str().unwrap().starts_with("The server cannot reach its database right now"), "{body}");
    }

    #[tokio::test]
    async fn what_may_have_been_kept_has_a_word_of_its_own() {
        let response = ApiError::from(store::Error::Unknown("the connection was reset".to_owned())).into_response();
        assert_eq!((response.status(), response.headers()[RETRY_AFTER].to_str().unwrap()), (StatusCode::SERVICE_UNAVAILABLE, "5"));
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["problem"], &body["retry_after"]), (&json!("unknown"), &json!(5)));
        let sentence = body["error"].as_str().unwrap();
        assert!(sentence.starts_with("It is not known whether this was kept") && !sentence.contains("reset"), "{sentence}");
        assert!(sentence.contains("sent again is done once"), "{sentence}");
    }

    #[tokio::test]
    async fn every_problem_is_a_sentence_and_a_word() {
        let problems = [
            Problem::sign_in(),
            Problem::forbidden("send traces"),
            Problem::not_found("project"),
            Problem::invalid("value", "Too high."),
            Problem::filter(vec![Diagnostic::new(3..5, "Unknown.", "here")]),
            Problem::Conflict { current: "1".to_owned() },
            Problem::Confirm { what: "It would.".to_owned(), proposed: r#"{"a":1}"#.to_owned() },
            Problem::Reused { id: "c".to_owned() },
            Problem::TooLarge { limit: 5 },
            Problem::Busy { retry_after: 7 },
        ];
        let mut lines = String::new();
        for problem in problems {
            let response = ApiError::from(problem).into_response();
            let retry = response.headers().get(RETRY_AFTER).map(|value| format!(" retry after {}", value.to_str().unwrap()));
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            lines += &format!("{status}{} {}\n", retry.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap());
        }
        expect![[r#"
            401 {"error":"Sign in to continue.","problem":"sign_in","reason":"Sign in to continue."}
            403 {"error":"You may not send traces. Ask an owner of this installation for a role that allows it.","problem":"forbidden","what":"send traces"}
            404 {"error":"There is no project here. It may have been deleted, or the link is incomplete.","problem":"not_found","what":"project"}
            400 {"error":"value: Too high.","field":"value","problem":"invalid","reason":"Too high."}
            400 {"error":"The filter cannot be read: Unknown.","mistakes":[{"end":5,"help":null,"label":"here","message":"Unknown.","start":3}],"problem":"filter"}
            409 {"current":1,"error":"Somebody else changed this meanwhile.","problem":"conflict"}
            409 {"error":"It would. Send it again with confirm: true to do that.","problem":"confirm","proposed":{"a":1}}
            409 {"client_id":"c","error":"The client id c belongs to another command, which was done. Nothing was changed now. Send this one under an id of its own.","problem":"reused"}
            413 {"error":"The request is larger than 5 bytes. Send smaller batches, or raise the limit with --body-limit.","limit":5,"problem":"too_large"}
            429 retry after 7 {"error":"Too many attempts. Try again in 7 s.","problem":"busy","retry_after":7}
        "#]]
        .assert_eq(&lines);
    }
}
