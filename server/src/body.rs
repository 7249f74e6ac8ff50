//! What a request says: its body as JSON whatever its content type, and its query.

pub mod numbers;

use crate::application::Application;
use crate::bodies::is_too_slow;
use crate::problems::ApiError;
use axum::extract::rejection::{BytesRejection, FormRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;
use shared::Problem;

/// A body read as JSON. The official Python SDK sends no content type, so none is asked for.
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Application> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, application: &Application) -> Result<Self, ApiError> {
        let text = read(request, application).await?;
        serde_json::from_slice(&text).map(Self).map_err(|error| unreadable(&text, &error).into())
    }
}

/// A body of rows. Programs write `NaN` and `Infinity` where JSON has no such number: each is read as null, and told.
pub struct RowsBody<T> {
    /// What was sent.
    pub value: T,
    /// Where null was read instead.
    pub nulled: Vec<numbers::Nulled>,
}

impl<T: DeserializeOwned> FromRequest<Application> for RowsBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, application: &Application) -> Result<Self, ApiError> {
        let text = read(request, application).await?;
        let error = match serde_json::from_slice(&text) {
            Ok(value) => return Ok(Self { value, nulled: Vec::new() }),
            Err(error) => error,
        };
        let (text, nulled) = numbers::nulled(&text);
        if nulled.is_empty() {
            return Err(unreadable(&text, &error).into());
        }
        serde_json::from_slice(&text).map(|value| Self { value, nulled }).map_err(|error| unreadable(&text, &error).into())
    }
}

async fn read(request: Request, application: &Application) -> Result<Bytes, ApiError> {
    let bytes = Bytes::from_request(request, application).await.map_err(|rejection| unread(&rejection, application))?;
    Ok(if bytes.is_empty() { Bytes::from_static(b"{}") } else { bytes })
}

/// Why a body was not read to its end.
pub fn unread(rejection: &BytesRejection, application: &Application) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::too_large(application.body_limit())
    } else if is_too_slow(rejection) {
        ApiError::too_slow()
    } else {
        Problem::invalid("body", "The request ended before its body did. Send it again.").into()
    }
}

/// What is wrong with a text that should have been JSON of a certain shape.
fn unreadable(text: &[u8], error: &serde_json::Error) -> Problem {
    // What takes one of several entries calls a second one a mistake of syntax.
    let is_json = error.is_data() || serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok();
    let reason = if is_json { format!("This is not what is expected here: {error}.") } else { format!("This is not JSON: {error}.") };
    Problem::invalid("body", reason)
}

/// A form of a page, as browsers send it.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Application> for Form<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, application: &Application) -> Result<Self, ApiError> {
        let unsuitable = |reason: &str| ApiError::from(Problem::invalid("body", reason));
        match axum::extract::Form::from_request(request, application).await {
            Ok(axum::extract::Form(form)) => Ok(Self(form)),
            Err(FormRejection::BytesRejection(rejection)) => Err(unread(&rejection, application)),
            Err(FormRejection::InvalidFormContentType(_)) => Err(unsuitable("Send a form, as application/x-www-form-urlencoded.")),
            Err(rejection) => Err(unsuitable(&format!("This is not the form that is expected here: {}.", rejection.body_text()))),
        }
    }
}

/// What a path names, decoded.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Application> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, application: &Application) -> Result<Self, ApiError> {
        // What is no text names nothing.
        let path = axum::extract::Path::from_request_parts(parts, application).await.map_err(|_| Problem::not_found("address"))?;
        Ok(Self(path.0))
    }
}

/// The query of a request, decoded; a key may be there several times.
pub struct Query(Vec<(String, String)>);

impl FromRequestParts<Application> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Application) -> Result<Self, Self::Rejection> {
        Ok(Self(shared::address::pairs(parts.uri.query().unwrap_or_default()).collect()))
    }
}

impl Query {
    /// The first value of a key; an empty one counts as absent.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A value that must be there.
    ///
    /// # Errors
    /// When it is not.
    pub fn required(&self, key: &str) -> Result<&str, Problem> {
        self.text(key).ok_or_else(|| Problem::invalid(key, "Add this to the query."))
    }

    /// Every value of a key.
    pub fn all(&self, key: &'static str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(name, value)| name == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is something else.
    pub fn number(&self, key: &str) -> Result<Option<u32>, Problem> {
        self.text(key).map(|text| text.parse().map_err(|_| Problem::invalid(key, format!("{text} is not a whole number.")))).transpose()
    }
}
