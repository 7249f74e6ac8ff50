//! `/logs3`: the door through which SDKs send spans, feedback and comments.

use crate::actor::Signed;
use crate::body::RowsBody;
use crate::problems::ApiResult;
use crate::rest::rows::{refuse_if_nothing_was_taken, tell};
use axum::Json;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A batch. The rows stay the text they were sent as.
#[derive(Deserialize)]
pub struct Batch {
    rows: Vec<Box<RawValue>>,
}

/// Takes in a batch. A row that is wrong is told and left out; the others are kept.
pub async fn insert(Signed(desk): Signed, RowsBody { value: batch, nulled }: RowsBody<Batch>) -> ApiResult<Json<Value>> {
    let sent = batch.rows.len();
    let ingested = desk.ingest(batch.rows, None).await?;
    refuse_if_nothing_was_taken(sent, &ingested.rejected)?;
    let mut answer = json!({ "ids": ingested.ids, "xact_id": ingested.transaction, "rejected": ingested.rejected });
    tell(&mut answer, &ingested.waiting, &nulled);
    Ok(Json(answer))
}
