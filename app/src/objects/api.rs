//! What pages ask of the server about experiments and datasets.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::ProjectId;
use shared::objects::{ObjectKind, ObjectSummary};

/// The experiments or the datasets of a project, newest first.
#[server(name = ListObjectsCall, prefix = "/fn", endpoint = "objects/list", input = Json)]
pub async fn list_objects(project: ProjectId, kind: ObjectKind) -> Result<Vec<ObjectSummary>, AppError> {
    Ok(desk()?.object_summaries(kind, &project).await?)
}
