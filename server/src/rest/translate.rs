//! `/v1/translate`: what a filter in plain English would be. Nothing is applied.

use super::answers::object_kind;
use crate::actor::Signed;
use crate::body::Query;
use crate::problems::ApiResult;
use axum::Json;
use shared::english::Understood;
use shared::{ObjectId, Problem};

/// Makes a filter of `text`, about the rows of an object.
pub async fn read(Signed(desk): Signed, query: Query) -> ApiResult<Json<Understood>> {
    let object = ObjectId::from(query.required("object_id")?);
    desk.require_object(object_kind(query.text("object_type"))?, &object).await?;
    Ok(Json(desk.understand(&object, query.required("text")?, offset(&query)?).await?))
}

/// Where days begin, in minutes from UTC, west positive, as `/btql` takes it.
fn offset(query: &Query) -> Result<i32, Problem> {
    let Some(typed) = query.text("tz_offset") else { return Ok(0) };
    let minutes = typed.parse().ok().filter(|minutes| (-14 * 60..=12 * 60).contains(minutes));
    minutes.ok_or_else(|| Problem::invalid("tz_offset", "Give minutes from UTC, west positive: 480 for the Pacific coast of America."))
}
