//! `/v1/dataset/{id}/summarize`: how many test cases a dataset has.

use crate::actor::Signed;
use crate::application::Application;
use crate::body::{Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Value, json};
use shared::ObjectId;
use shared::address;
use shared::objects::ObjectKind;
use store::Desk;

/// Sums up a dataset. The count comes with `summarize_data`.
pub async fn summarize(
    State(application): State<Application>,
    Signed(desk): Signed,
    Path(id): Path<String>,
    query: Query,
    headers: HeaderMap,
) -> ApiResult<Json<Value>> {
    let dataset = desk.object(ObjectKind::Dataset, &ObjectId(id)).await?;
    let project = desk.project(&dataset.project).await?;
    let page = application.origin(&headers) + &address::project_page(desk.organization(), &project.name, "");
    let mut answer = json!({
        "project_name": project.name, "dataset_name": dataset.name, "project_url": page.trim_end_matches('/'),
        "dataset_url": format!("{page}datasets/{}", address::encode(&dataset.name)),
    });
    if query.text("summarize_data").is_some_and(|wanted| wanted == "true") {
        answer["data_summary"] = records(&desk, &dataset.id).await?;
    }
    Ok(Json(answer))
}

/// The number of rows, under the one key that SDKs take.
///
/// # Errors
/// As [`Desk::summary`].
pub async fn records(desk: &Desk, dataset: &ObjectId) -> ApiResult<Value> {
    let (summary, _) = desk.summary(dataset, "").await?;
    Ok(json!({ "total_records": summary.spans }))
}
