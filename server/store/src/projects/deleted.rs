//! Projects that were deleted: out of every list at once, and brought back for a while.

use super::{checked_name, named, oldest};
use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::time::{self, DAY};
use crate::people::names::{self, folded};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::objects::DAYS_KEPT;
use shared::permissions::Action;
use shared::projects::{DeletedProject, Project, RestoreProject};
use shared::{Micros, PersonId, Problem, ProjectId};

impl Desk {
    /// The projects that can be brought back, the last deleted first.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for all but owners.
    pub async fn deleted_projects(&self) -> Result<Vec<DeletedProject>> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            name: String,
            traces: i64,
            deleted: Micros,
            deleted_by: Option<String>,
        }
        self.require(Action::DeleteProject)?;
        let text = "SELECT p.id, p.name, o.traces, p.deleted, p.deleted_by FROM projects p JOIN objects o ON o.id = p.id \
                    WHERE p.deleted > ? ORDER BY p.deleted DESC, p.id";
        let rows = all::<Row>(self.store.readers(), text, values![oldest(time::now())]).await?;
        let people = names::people(self.store.readers(), rows.iter().filter_map(|row| row.deleted_by.clone())).await?;
        let mut deleted = Vec::new();
        for row in rows {
            deleted.push(DeletedProject {
                is_name_taken: named(self.store.readers(), &row.name).await?.is_some(),
                id: ProjectId(row.id),
                name: row.name,
                traces: row.traces,
                deleted: row.deleted,
                by: row.deleted_by.and_then(|id| people.get(&PersonId(id)).map(|person| person.name.clone())),
                until: row.deleted + DAYS_KEPT * DAY,
            });
        }
        Ok(deleted)
    }

    /// Brings a project back that was deleted, with everything in it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for all but owners, [`Problem::NotFound`] for what was not deleted or too long ago, [`Problem::Invalid`] if
    /// another one has its name by now.
    pub async fn restore_project(&self, command: RestoreProject) -> Result<Project> {
        #[derive(FromQueryResult)]
        struct Row {
            name: String,
        }
        self.require(Action::DeleteProject)?;
        let name = command.name.as_deref().map(checked_name).transpose()?;
        let id = command.project.clone();
        let restored = self
            .store
            .write(move |change| {
                Box::pin(async move {
                    let bound = values![id.as_str(), oldest(change.now)];
                    let row = one::<Row>(&change.transaction, "SELECT name FROM projects WHERE id = ? AND deleted > ?", bound).await?;
                    let name = name.unwrap_or(row.ok_or_else(|| Problem::not_found("deleted project"))?.name);
                    let text = "UPDATE projects SET deleted = NULL, deleted_by = NULL, name = ?, live_name = ? WHERE id = ?";
                    run(&change.transaction, text, values![name.as_str(), folded(&name), id.as_str()]).await
                })
            })
            .await;
        match restored {
            Err(error) if is_duplicate(&error) => {
                Err(Problem::invalid("Name", "Another project has this name by now. Give this one another name.").into())
            }
            Err(error) => Err(error),
            Ok(_) => self.project(&command.project).await,
        }
    }
}
