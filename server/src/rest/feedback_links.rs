//! `/v1/feedback_link` and `/v1/feedback/{token}`: what visitors of a web page think of one span, without a key in the page.

use super::answers::address;
use crate::actor::Signed;
use crate::application::Application;
use crate::bodies::{bounded, drain};
use crate::body::{JsonBody, Path, unread};
use crate::problems::ApiResult;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::Problem;
use shared::feedback::{CreateFeedbackLink, DAY_SECONDS, VisitorFeedback};
use shared::filter::format_instant;

/// What a visitor may send at once, in bytes.
const LARGEST: u64 = 16 * 1024;

/// What a link is to be for.
#[derive(Deserialize)]
pub struct NewFeedbackLink {
    object_type: Option<String>,
    object_id: Option<String>,
    id: Option<String>,
    #[serde(default)]
    scores: Vec<String>,
    #[serde(default)]
    comment: bool,
    #[serde(default)]
    expected: bool,
    user: Option<String>,
    expires_in: Option<u32>,
}

/// Makes a link, for as many seconds as `expires_in` says; a day where it does not.
pub async fn create(
    State(application): State<Application>,
    Signed(desk): Signed,
    headers: HeaderMap,
    JsonBody(body): JsonBody<NewFeedbackLink>,
) -> ApiResult<Json<Value>> {
    let row = address(body.object_type.as_deref(), body.object_id.as_deref(), body.id.as_deref())?;
    let NewFeedbackLink { scores, comment, expected, user, expires_in, .. } = body;
    let seconds = expires_in.unwrap_or(DAY_SECONDS);
    let link = desk.make_feedback_link(CreateFeedbackLink { row, scores, comment, expected, user, seconds }).await?;
    let url = format!("{}/v1/feedback/{}", application.origin(&headers), link.token);
    Ok(Json(json!({ "url": url, "token": link.token, "expires": format_instant(link.expires) })))
}

/// Takes what a visitor says. The link is looked at before anything is read.
pub async fn say(State(application): State<Application>, Path(token): Path<String>, request: Request) -> ApiResult<Json<Value>> {
    let visitor = match application.store().feedback_visitor(&token).await {
        Ok(visitor) => visitor,
        Err(error) => {
            drain(request.into_body(), LARGEST).await;
            return Err(error.into());
        }
    };
    let (request, _room) = bounded(&application, request, LARGEST).await?;
    let body = Bytes::from_request(request, &application).await.map_err(|rejection| unread(&rejection, &application))?;
    let said: VisitorFeedback = serde_json::from_slice(&body).map_err(|error| {
        let example = r#"Send {"scores": {"Helpful": 1}, "comment": "…", "expected": "…"}, each as far as the link allows."#;
        Problem::invalid("body", format!("{error}. {example}"))
    })?;
    visitor.say(said).await?;
    Ok(Json(json!({ "status": "success" })))
}
