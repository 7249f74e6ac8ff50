//! Experiments and datasets that were deleted: out of every list at once, and brought back for a while.

use super::changing::{ObjectEntry, tell};
use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::keys::ObjectKey;
use crate::ground::places::{Home, home};
use crate::ground::time::{self, DAY};
use crate::people::names::{self, folded};
use crate::projects::questions::configuration_changed;
use crate::projects::{checked_name, oldest};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::audit::{Deed, Subject};
use shared::objects::{DAYS_KEPT, DeleteObject, DeletedObject, NamedObject, ObjectKind, RestoreObject};
use shared::permissions::Action;
use shared::{Micros, ObjectId, PersonId, Problem, ProjectId};
use std::collections::HashSet;

impl Desk {
    /// Deletes an experiment or a dataset and returns it as it was. For [`DAYS_KEPT`] days it can be brought back.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] if there is none.
    pub async fn delete_object(&self, command: DeleteObject) -> Result<NamedObject> {
        self.require(Action::Configure)?;
        let object = self.object(command.kind, &command.id).await?;
        let (actor, object_id, kind, project) = (self.actor.clone(), command.id.clone(), command.kind, object.project.clone());
        self.store
            .write_at(&object_id, move |change| {
                Box::pin(async move {
                    // Of two who delete it at once one does.
                    let gone = || Problem::not_found(super::words(kind));
                    let home = home(&change.transaction, &command.id).await?.ok_or_else(gone)?;
                    let text = "UPDATE objects SET deleted = ?, deleted_by = ?, live_name = NULL WHERE id = ?";
                    run(&change.transaction, text, values![change.now, actor.person.id.as_str(), command.id.as_str()]).await?;
                    tell(change, &home, &actor, vec![(Deed::Delete, Subject::Row, None, None)]).await?;
                    configuration_changed(change, &project).await
                })
            })
            .await?;
        Ok(object)
    }

    /// The experiments or the datasets of a project that can be brought back, the last deleted first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not delete, [`Problem::NotFound`] if there is no such project.
    pub async fn deleted_objects(&self, kind: ObjectKind, project: &ProjectId) -> Result<Vec<DeletedObject>> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            name: String,
            traces: i64,
            deleted: Micros,
            deleted_by: Option<String>,
        }
        self.require(Action::Configure)?;
        let project = self.project(project).await?;
        let text = "SELECT id, name, traces, deleted, deleted_by FROM objects WHERE project_id = ? AND kind = ? AND deleted > ? ORDER BY deleted DESC, id";
        let rows = all::<Row>(self.store.readers(), text, values![project.id.as_str(), kind.as_str(), oldest(time::now())]).await?;
        let people = names::people(self.store.readers(), rows.iter().filter_map(|row| row.deleted_by.clone())).await?;
        let taken: HashSet<String> = self.objects(kind, &project.id).await?.iter().map(|object| folded(&object.name)).collect();
        let deleted = rows.into_iter().map(|row| DeletedObject {
            is_name_taken: taken.contains(&folded(&row.name)),
            id: ObjectId(row.id),
            name: row.name,
            rows: row.traces,
            deleted: row.deleted,
            by: row.deleted_by.and_then(|id| people.get(&PersonId(id)).map(|person| person.name.clone())),
            until: row.deleted + DAYS_KEPT * DAY,
        });
        Ok(deleted.collect())
    }

    /// Brings an experiment or a dataset back that was deleted, with its rows and all that was said about them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not delete, [`Problem::NotFound`] for what was not deleted or too long ago, [`Problem::Invalid`] if
    /// another one has its name by now.
    pub async fn restore_object(&self, command: RestoreObject) -> Result<NamedObject> {
        #[derive(FromQueryResult)]
        struct Row {
            key: ObjectKey,
            project_id: String,
            name: String,
        }
        self.require(Action::Configure)?;
        let RestoreObject { kind, id, name } = command;
        let name = name.as_deref().map(checked_name).transpose()?;
        let find = "SELECT o.key, o.project_id, o.name FROM objects o JOIN projects p ON p.id = o.project_id \
                    WHERE o.id = ? AND o.kind = ? AND o.deleted > ? AND p.deleted IS NULL";
        let gone = move || Problem::not_found(format!("deleted {}", kind.as_str()));
        let bound = values![id.as_str(), kind.as_str(), oldest(time::now())];
        let project = one::<Row>(self.store.readers(), find, bound).await?.ok_or_else(gone)?.project_id;
        let (actor, object_id) = (self.actor.clone(), id.clone());
        let restored = self
            .store
            .write_in(&ProjectId(project), move |change| {
                Box::pin(async move {
                    let bound = values![object_id.as_str(), kind.as_str(), oldest(change.now)];
                    let Row { key, project_id, name: had } = one::<Row>(&change.transaction, find, bound).await?.ok_or_else(gone)?;
                    let name = name.unwrap_or_else(|| had.clone());
                    let text = "UPDATE objects SET deleted = NULL, deleted_by = NULL, name = ?, live_name = ? WHERE key = ?";
                    run(&change.transaction, text, values![name.as_str(), folded(&name), key]).await?;
                    let home = Home { key, id: object_id, project: ProjectId(project_id), kind };
                    tell(change, &home, &actor, restoring(&had, &name)?).await?;
                    configuration_changed(change, &home.project).await
                })
            })
            .await;
        match restored {
            Err(error) if is_duplicate(&error) => {
                let reason = format!("Another {} has this name by now. Give this one another name.", kind.as_str());
                Err(Problem::invalid("Name", reason).into())
            }
            Err(error) => Err(error),
            Ok(()) => self.object(kind, &id).await,
        }
    }
}

fn restoring(had: &str, name: &str) -> Result<Vec<ObjectEntry>> {
    let mut entries = vec![(Deed::Restore, Subject::Row, None, None)];
    if had != name {
        entries.push((Deed::Edit, Subject::Name, Some(serde_json::to_string(had)?), Some(serde_json::to_string(name)?)));
    }
    Ok(entries)
}
