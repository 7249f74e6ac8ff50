//! `/v1/dataset_version`: how a dataset stood at a moment, under a name.

use crate::actor::Signed;
use crate::body::{JsonBody, Path, Query};
use crate::problems::ApiResult;
use axum::Json;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::filter::format_instant;
use shared::versions::{CompareVersions, DatasetVersion, NameVersion, SaveVersion, VersionDifference};
use shared::{ObjectId, Problem, VersionId};

/// The versions of a dataset, the newest first.
pub async fn list(Signed(desk): Signed, query: Query) -> ApiResult<Json<Value>> {
    let versions = desk.versions(&ObjectId::from(query.required("dataset_id")?)).await?;
    Ok(Json(json!({ "objects": versions.iter().map(shown).collect::<Vec<_>>() })))
}

/// The body of a version that is saved.
#[derive(Deserialize)]
pub struct SavedVersion {
    dataset_id: Option<ObjectId>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    note: String,
}

/// Gives a dataset as it stands a name.
pub async fn save(Signed(desk): Signed, JsonBody(body): JsonBody<SavedVersion>) -> ApiResult<Json<Value>> {
    let dataset = body.dataset_id.ok_or_else(|| Problem::invalid("dataset_id", "Say of which dataset."))?;
    Ok(Json(shown(&desk.save_version(SaveVersion { dataset, name: body.name, note: body.note }).await?)))
}

/// Forgets a version's name.
pub async fn delete(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    Ok(Json(shown(&desk.delete_version(NameVersion { version: VersionId(id) }).await?)))
}

/// What is different since a version: in the dataset as it stands, or `to` another version.
pub async fn difference(Signed(desk): Signed, Path(id): Path<String>, query: Query) -> ApiResult<Json<VersionDifference>> {
    let to = query.text("to").map(VersionId::from);
    Ok(Json(desk.compare_versions(CompareVersions { from: VersionId(id), to }).await?))
}

/// Brings back how a dataset stood in a version.
pub async fn restore(Signed(desk): Signed, Path(id): Path<String>) -> ApiResult<Json<Value>> {
    let restored = desk.restore_version(NameVersion { version: VersionId(id) }).await?;
    Ok(Json(json!({
        "before": shown(&restored.before), "added": restored.added, "removed": restored.removed, "changed": restored.changed,
    })))
}

fn shown(version: &DatasetVersion) -> Value {
    json!({
        "id": version.id, "dataset_id": version.dataset, "name": version.name, "note": version.note, "rows": version.rows,
        // As text, as SDKs take it.
        "xact_id": version.transaction.to_string(), "created": format_instant(version.created), "created_by": version.by,
    })
}
