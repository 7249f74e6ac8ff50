//! What pages ask of the server about versions of datasets.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::ObjectId;
use shared::versions::{CompareVersions, DatasetVersion, NameVersion, RestoredVersion, SaveVersion, VersionDifference};

/// The versions of a dataset, the newest first.
#[server(name = ListVersionsCall, prefix = "/fn", endpoint = "versions/list", input = Json, output = Json)]
pub async fn list_versions(dataset: ObjectId) -> Result<Vec<DatasetVersion>, AppError> {
    Ok(desk()?.versions(&dataset).await?)
}

/// Gives a dataset as it stands a name.
#[server(name = SaveVersionCall, prefix = "/fn", endpoint = "versions/save", input = Json, output = Json)]
pub async fn save_version(command: SaveVersion) -> Result<DatasetVersion, AppError> {
    Ok(desk()?.save_version(command).await?)
}

/// Forgets the name of a version.
#[server(name = DeleteVersionCall, prefix = "/fn", endpoint = "versions/delete", input = Json, output = Json)]
pub async fn delete_version(command: NameVersion) -> Result<(), AppError> {
    Ok(desk()?.delete_version(command).await.map(|_| ())?)
}

/// What is different between two versions, or between one and the dataset as it stands.
#[server(name = CompareVersionsCall, prefix = "/fn", endpoint = "versions/compare", input = Json, output = Json)]
pub async fn compare_versions(query: CompareVersions) -> Result<VersionDifference, AppError> {
    Ok(desk()?.compare_versions(query).await?)
}

/// Brings back how a dataset stood in a version.
#[server(name = RestoreVersionCall, prefix = "/fn", endpoint = "versions/restore", input = Json, output = Json)]
pub async fn restore_version(command: NameVersion) -> Result<RestoredVersion, AppError> {
    Ok(desk()?.restore_version(command).await?)
}
