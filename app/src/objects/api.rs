//! What pages ask of the server about experiments and datasets.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use super::ComparisonView;
use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::ProjectId;
use shared::audit::{Activity, ListObjectActivity};
use shared::comparison::OpenComparison;
use shared::markup::Html;
use shared::objects::{DeletedObject, ObjectKind, ObjectSummary};

#[cfg(feature = "ssr")]
pub(crate) use server::about;

/// The experiments or the datasets of a project, newest first.
#[server(name = ListObjectsCall, prefix = "/fn", endpoint = "objects/list", input = Json, output = Json)]
pub async fn list_objects(project: ProjectId, kind: ObjectKind) -> Result<Vec<ObjectSummary>, AppError> {
    Ok(desk()?.object_summaries(kind, &project).await?)
}

/// Makes an experiment or a dataset, or opens the one of that name. Returns its id.
#[server(name = RegisterObjectCall, prefix = "/fn", endpoint = "objects/register", input = Json, output = Json)]
pub async fn register_object(command: shared::objects::RegisterObject) -> Result<shared::ObjectId, AppError> {
    Ok(desk()?.register_object(command).await?.0.id)
}

/// Renames or describes an experiment or a dataset, or says what it is compared with. Returns its name.
#[server(name = ChangeObjectCall, prefix = "/fn", endpoint = "objects/change", input = Json, output = Json)]
pub async fn change_object(command: shared::objects::ChangeObject) -> Result<String, AppError> {
    Ok(desk()?.change_object(command).await?.name)
}

/// Deletes an experiment or a dataset.
#[server(name = DeleteObjectCall, prefix = "/fn", endpoint = "objects/delete", input = Json, output = Json)]
pub async fn delete_object(command: shared::objects::DeleteObject) -> Result<(), AppError> {
    Ok(desk()?.delete_object(command).await.map(|_| ())?)
}

/// What was deleted of the experiments or the datasets of a project and can be brought back, the last first.
#[server(name = ListDeletedCall, prefix = "/fn", endpoint = "objects/deleted", input = Json, output = Json)]
pub async fn list_deleted(project: ProjectId, kind: ObjectKind) -> Result<Vec<DeletedObject>, AppError> {
    Ok(desk()?.deleted_objects(kind, &project).await?)
}

/// Brings an experiment or a dataset back that was deleted. Returns its name.
#[server(name = RestoreObjectCall, prefix = "/fn", endpoint = "objects/restore", input = Json, output = Json)]
pub async fn restore_object(command: shared::objects::RestoreObject) -> Result<String, AppError> {
    Ok(desk()?.restore_object(command).await?.name)
}

/// Puts other metadata in the place of what an experiment or a dataset has.
#[server(name = EditMetadataCall, prefix = "/fn", endpoint = "objects/metadata", input = Json, output = Json)]
pub async fn edit_metadata(command: shared::objects::EditMetadata) -> Result<(), AppError> {
    Ok(desk()?.edit_metadata(command).await.map(|_| ())?)
}

/// What was changed about an experiment or a dataset itself, newest first.
#[server(name = ObjectActivityCall, prefix = "/fn", endpoint = "objects/activity", input = Json, output = Json)]
pub async fn list_object_activity(query: ListObjectActivity) -> Result<Vec<Activity>, AppError> {
    Ok(desk()?.object_activity(query).await?)
}

/// Experiments side by side.
#[server(name = OpenComparisonCall, prefix = "/fn", endpoint = "objects/comparison", input = Json, output = Json)]
pub async fn open_comparison(query: OpenComparison) -> Result<ComparisonView, AppError> {
    Ok(super::comparison::drawn::draw(&desk()?, query).await?)
}

/// The scores of an experiment against its base, drawn; nothing without one.
#[server(name = DrawAgainstCall, prefix = "/fn", endpoint = "objects/against", input = Json, output = Json)]
pub async fn draw_against(experiment: shared::ObjectId) -> Result<Html, AppError> {
    let desk = desk()?;
    // Who may not read is told so, whatever there is.
    desk.summary(&experiment, "").await?;
    let experiment = desk.object(ObjectKind::Experiment, &experiment).await?;
    let base = desk.base_experiment(&experiment).await?;
    Ok(server::against(&desk, &experiment, base.as_ref()).await?)
}

#[cfg(feature = "ssr")]
mod server {
    use crate::objects::About;
    use crate::objects::comparison::drawn;
    use serde_json::Value;
    use shared::ObjectId;
    use shared::address::ComparisonAddress;
    use shared::comparison::OpenComparison;
    use shared::markup::Html;
    use shared::objects::{NamedObject, ObjectKind};
    use store::Desk;

    /// Facts that are shown.
    const FACTS: usize = 12;

    /// What the page of an object says about it; `base` is what it is compared with.
    pub(crate) async fn about(desk: &Desk, object: &NamedObject, base: Option<&NamedObject>) -> store::Result<About> {
        let others = match object.kind {
            ObjectKind::Experiment => desk.objects(object.kind, &object.project).await?,
            ObjectKind::Dataset | ObjectKind::ProjectLogs => Vec::new(),
        };
        let others = others.into_iter().filter(|other| other.id != object.id);
        Ok(About {
            id: object.id.clone(),
            kind: object.kind,
            name: object.name.clone(),
            description: object.description().to_owned(),
            facts: facts(object),
            metadata: desk.object_metadata(object.kind, &object.id).await?,
            others: others.map(|other| (other.id, other.name)).collect::<Vec<(ObjectId, String)>>(),
            base: base.map(|base| base.id.clone()),
            against: against(desk, object, base).await?,
        })
    }

    /// The scores of an experiment against its base, drawn; nothing without one.
    pub(super) async fn against(desk: &Desk, object: &NamedObject, base: Option<&NamedObject>) -> store::Result<Html> {
        let Some(base) = base else { return Ok(Html::default()) };
        let address = ComparisonAddress { with: vec![object.name.clone()], ..ComparisonAddress::default() };
        let query = OpenComparison { project: object.project.clone(), base: base.name.clone(), address };
        drawn::against(desk, query, &object.name).await
    }

    fn facts(object: &NamedObject) -> Vec<(String, String)> {
        let code = object.details.get("repo_info").and_then(Value::as_object).into_iter().flatten();
        let code = code.filter(|(key, _)| ["branch", "commit", "dirty"].contains(&key.as_str()));
        let metadata = object.details.get("metadata").and_then(Value::as_object).into_iter().flatten();
        let tags = object.details.get("tags").and_then(Value::as_array).filter(|tags| !tags.is_empty()).map(|tags| {
            let tags: Vec<String> = tags.iter().map(text).collect();
            ("tags".to_owned(), tags.join(", "))
        });
        let facts = code.chain(metadata).filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.clone(), text(value)));
        facts.chain(tags).take(FACTS).collect()
    }

    fn text(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }
}
