//! `/v1/summary`: mean, count and distribution of every score.

use super::answers::object_kind;
use crate::actor::Signed;
use crate::body::Query;
use crate::problems::ApiResult;
use axum::Json;
use serde_json::{Map, Value, json};
use shared::{ObjectId, Problem};

/// Sums up the scores of the spans that match `filter`; with `rows=traces` those of all spans of the traces whose rows match it, as pages do.
pub async fn read(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let kind = object_kind(query.text("object_type"))?;
    let object = ObjectId::from(query.required("object_id")?);
    desk.require_object(kind, &object).await?;
    let filter = query.text("filter").unwrap_or_default();
    let (summary, _) = match query.text("rows").unwrap_or("spans") {
        "spans" => desk.summary(&object, filter).await?,
        "traces" => desk.summary_of_rows(&object, filter).await?,
        _ => return Err(Problem::invalid("rows", "Rows are `spans` or `traces`.").into()),
    };
    let scores: Map<String, Value> = summary
        .scores
        .iter()
        .map(|(name, rollup)| (name.clone(), json!({ "mean": rollup.mean(), "count": rollup.count, "histogram": rollup.buckets })))
        .collect();
    let mut answer = json!({ "scores": scores, "rows": summary.spans });
    if summary.partial {
        answer["partial"] = json!(true);
    }
    Ok(Json(answer))
}
