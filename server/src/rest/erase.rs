//! `/v1/erase`: takes a row out of the history for good.

use super::answers::address;
use crate::actor::Signed;
use crate::body::JsonBody;
use crate::problems::ApiResult;
use axum::Json;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Erased;

/// Which row.
#[derive(Deserialize)]
pub struct Erase {
    object_type: Option<String>,
    object_id: Option<String>,
    id: Option<String>,
}

/// Erases every version of a row, its answers and its comments. Accepted and not finished (202) while the database's log still holds them.
pub async fn erase(Signed(desk): Signed, JsonBody(body): JsonBody<Erase>) -> ApiResult<(StatusCode, Json<Value>)> {
    let row = address(body.object_type.as_deref(), body.object_id.as_deref(), body.id.as_deref())?;
    Ok(match desk.erase_row(row).await? {
        Erased::Everywhere => (StatusCode::OK, Json(json!({ "status": "success" }))),
        Erased::LogRemains => (
            StatusCode::ACCEPTED,
            Json(json!({
                "status": "accepted",
                "message": "Nobody can read this row any more, but the database's log holds it until everybody who was reading has finished. \
                            This goes on by itself; send the same again to see whether it is done.",
            })),
        ),
    })
}
