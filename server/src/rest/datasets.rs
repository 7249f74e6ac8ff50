//! `/v1/dataset/{id}`: how many cases a dataset has, and files of rows into it.

use crate::actor::Signed;
use crate::application::Application;
use crate::body::{Path, Query, unread};
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::{FromRequest, Request, State};
use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use shared::objects::ObjectKind;
use shared::uploads::{UploadColumn, UploadFormat, Uploaded};
use shared::{ObjectId, Problem, address};
use store::{Desk, Upload};

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

/// Takes a file of rows: its body. With `dry_run=true` it says what would become of it and writes nothing.
pub async fn upload(
    State(application): State<Application>,
    Signed(desk): Signed,
    Path(id): Path<String>,
    query: Query,
    request: Request,
) -> ApiResult<Json<Uploaded>> {
    let format = match query.text("format") {
        None => None,
        Some(word) => {
            let format =
                UploadFormat::parse(word).ok_or_else(|| Problem::invalid("format", "Use csv, tsv, json or jsonl, or leave it out."))?;
            Some(format)
        }
    };
    let mapping = query.text("mapping").map(columns).transpose()?.unwrap_or_default();
    let (repeat, dry_run) = (flag(&query, "repeat")?, flag(&query, "dry_run")?);
    let file = Bytes::from_request(request, &application).await.map_err(|rejection| unread(&rejection, &application))?;
    let upload = Upload { dataset: ObjectId(id), file: file.into(), format, mapping, repeat, dry_run };
    Ok(Json(desk.upload(upload).await?))
}

fn flag(query: &Query, key: &str) -> Result<bool, Problem> {
    match query.text(key) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::invalid(key, "Use true or false.")),
    }
}

/// What becomes of columns: `{"question": "input", "n": {"becomes": "metadata.n", "as_text": true}, "notes": null}`.
fn columns(text: &str) -> Result<Vec<UploadColumn>, Problem> {
    let wrong = || Problem::invalid("mapping", "Send an object of columns, such as {\"question\": \"input\", \"notes\": null}.");
    let mapping: Map<String, Value> = serde_json::from_str(text).map_err(|_| wrong())?;
    let column = |(name, value): (String, Value)| match value {
        Value::Null => Ok(UploadColumn { name, becomes: String::new(), as_text: false }),
        Value::String(becomes) => Ok(UploadColumn { name, becomes, as_text: false }),
        Value::Object(mut said) => {
            let becomes = said.remove("becomes").and_then(|becomes| becomes.as_str().map(str::to_owned)).ok_or_else(wrong)?;
            Ok(UploadColumn { name, becomes, as_text: said.remove("as_text") == Some(Value::Bool(true)) })
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => Err(wrong()),
    };
    mapping.into_iter().map(column).collect()
}
