//! Attachments: an SDK registers a file, sends it to a link, says that it is done; reading goes by a link as well.

use crate::actor::Signed;
use crate::application::Application;
use crate::bodies::{bounded, drain};
use crate::body::{JsonBody, Path, Query, unread};
use crate::problems::ApiResult;
use crate::room::UNPROVEN;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::attachments::{RegisterAttachment, ReportUpload, UploadStatus, served_type};
use shared::{Problem, address};
use store::Store;

/// A file that is about to be sent.
#[derive(Deserialize)]
pub struct AttachmentRegistration {
    key: String,
    filename: String,
    content_type: String,
}

/// Answers with the link to which the content is sent.
pub async fn register(
    State(application): State<Application>,
    Signed(desk): Signed,
    headers: HeaderMap,
    JsonBody(AttachmentRegistration { key, filename, content_type }): JsonBody<AttachmentRegistration>,
) -> ApiResult<Json<Value>> {
    let token = desk.register_attachment(RegisterAttachment { key, filename, content_type }).await?;
    let link = format!("{}/attachment/upload/{token}", application.origin(&headers));
    Ok(Json(json!({ "signedUrl": link, "headers": {} })))
}

/// Takes the content. Whoever has the link may send it; of anybody else it is not read.
pub async fn upload(State(application): State<Application>, Path(token): Path<String>, request: Request) -> ApiResult<StatusCode> {
    if let Err(error) = application.store().expects_attachment(&token).await {
        drain(request.into_body(), UNPROVEN).await;
        return Err(error.into());
    }
    let (request, _room) = bounded(&application, request, application.body_limit()).await?;
    let content = Bytes::from_request(request, &application).await.map_err(|rejection| unread(&rejection, &application))?;
    application.store().receive_attachment(&token, content.into()).await?;
    Ok(StatusCode::OK)
}

/// How an upload ended.
#[derive(Deserialize)]
pub struct Report {
    key: String,
    status: Status,
}

/// The part of a report that says it.
#[derive(Deserialize)]
pub struct Status {
    upload_status: String,
    error_message: Option<String>,
}

/// Notes how an upload ended.
pub async fn report(Signed(desk): Signed, JsonBody(report): JsonBody<Report>) -> ApiResult<Json<Value>> {
    let status = UploadStatus::parse(&report.status.upload_status)
        .ok_or_else(|| Problem::invalid("upload_status", "Use uploading, done or error."))?;
    desk.report_upload(ReportUpload { key: report.key, status, error_message: report.status.error_message }).await?;
    Ok(Json(json!({})))
}

/// How far an upload is, and the link by which the file is read.
pub async fn information(
    State(application): State<Application>,
    Signed(desk): Signed,
    headers: HeaderMap,
    query: Query,
) -> ApiResult<Json<Value>> {
    let (attachment, token) = desk.attachment(query.required("key")?).await?;
    let mut status = json!({ "upload_status": attachment.status.as_str() });
    if let Some(message) = attachment.error_message {
        status["error_message"] = json!(message);
    }
    let link = format!("{}/attachment/content/{token}", application.origin(&headers));
    Ok(Json(json!({ "downloadUrl": link, "status": status, "filename": attachment.filename, "content_type": attachment.content_type })))
}

/// Serves the file: always to be saved, never as something that a browser would run.
pub async fn content(State(store): State<Store>, Path(token): Path<String>) -> ApiResult<Response> {
    let (attachment, content) = store.read_attachment(&token).await?;
    let headers = [
        (CONTENT_TYPE, served_type(&attachment.content_type).to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", address::encode(&attachment.filename))),
        (CACHE_CONTROL, "private, max-age=3600".to_owned()),
    ];
    Ok((headers, content).into_response())
}
