//! Images that stand in the fields of spans, for the pages that show them.

use crate::actor::Signed;
use crate::problems::ApiResult;
use axum::extract::RawQuery;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use shared::Problem;
use shared::spans::ReadImage;

/// Serves an image by the bytes that it is. Nothing keeps it: what is erased is gone.
pub async fn show(Signed(desk): Signed, RawQuery(query): RawQuery) -> ApiResult<Response> {
    let wanted = ReadImage::of_query(&query.unwrap_or_default()).ok_or_else(|| Problem::not_found("image"))?;
    let (content_type, bytes) = desk.read_image(wanted).await?;
    let headers = [(CONTENT_TYPE, content_type), (CONTENT_DISPOSITION, "inline"), (CACHE_CONTROL, "private, no-store")];
    Ok((headers, bytes).into_response())
}
