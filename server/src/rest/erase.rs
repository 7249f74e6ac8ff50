//! `/v1/erase`: takes a row out of the history for good.

use super::answers::address;
use crate::actor::Signed;
use crate::body::JsonBody;
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};

/// Which row.
#[derive(Deserialize)]
pub struct Erase {
    object_type: Option<String>,
    object_id: Option<String>,
    id: Option<String>,
}

/// Erases every version of a row, its answers and its comments.
pub async fn erase(Signed(desk): Signed, JsonBody(body): JsonBody<Erase>) -> ApiResult<Json<Value>> {
    desk.erase_row(address(body.object_type.as_deref(), body.object_id.as_deref(), body.id.as_deref())?).await?;
    Ok(Json(json!({ "status": "success" })))
}
