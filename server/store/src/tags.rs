//! The configured tags of a project.

use crate::database::{all, is_duplicate, one, run, values};
use crate::ids::new_id;
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use shared::live::Change as LiveChange;
use shared::permissions::Action;
use shared::tags::{COLORS, DeleteTag, SaveTag, Tag};
use shared::{Problem, ProjectId, TagId};

#[derive(FromQueryResult)]
struct StoredTag {
    id: String,
    name: String,
    color: String,
    description: String,
}

impl Desk {
    /// The configured tags of a project, in order.
    ///
    /// # Errors
    /// When the caller may not read, or the database fails.
    pub async fn tags(&self, project: &ProjectId) -> Result<Vec<Tag>> {
        self.require(Action::Read)?;
        let text = "SELECT id, name, color, description FROM tags WHERE project_id = ? ORDER BY position, name";
        let rows = all::<StoredTag>(self.store.readers(), text, values![project.as_str()]).await?;
        let tags = rows.into_iter().map(|row| Tag { id: TagId(row.id), name: row.name, color: row.color, description: row.description });
        Ok(tags.collect())
    }

    /// Creates or changes a tag.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] for a name or colour that cannot be.
    pub async fn save_tag(&self, command: SaveTag) -> Result<Tag> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let name = command.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 100 || name.contains('\0') {
            return Err(Problem::invalid("Name", "Use 1 to 100 characters.").into());
        }
        if !COLORS.contains(&command.color.as_str()) {
            return Err(Problem::invalid("Colour", format!("Use one of {}.", COLORS.join(", "))).into());
        }
        let tag = Tag {
            id: command.tag.clone().unwrap_or_else(|| TagId(new_id())),
            name,
            color: command.color,
            description: command.description,
        };
        let (saved, project, exists) = (tag.clone(), command.project, command.tag.is_some());
        let written = self
            .store
            .write(move |change| {
                Box::pin(async move {
                    let changed = if exists {
                        run(
                            &change.transaction,
                            "UPDATE tags SET name = ?, color = ?, description = ? WHERE id = ? AND project_id = ?",
                            values![tag.name, tag.color, tag.description, tag.id.as_str(), project.as_str()],
                        )
                        .await?
                    } else {
                        run(
                            &change.transaction,
                            "INSERT INTO tags (id, project_id, name, color, description, position, created) VALUES (?, ?, ?, ?, ?, \
                             (SELECT COALESCE(MAX(position), 0) + 1 FROM tags WHERE project_id = ?), ?)",
                            values![tag.id.as_str(), project.as_str(), tag.name, tag.color, tag.description, project.as_str(), change.now],
                        )
                        .await?
                    };
                    if changed == 0 {
                        return Err(Problem::not_found("tag").into());
                    }
                    change.transaction_id(&project).await?;
                    change.publish(&project, LiveChange::Configuration);
                    Ok(())
                })
            })
            .await;
        match written {
            Err(error) if is_duplicate(&error) => Err(Problem::invalid("Name", "There is already a tag of this name.").into()),
            written => written.map(|()| saved),
        }
    }

    /// Takes a tag off the configuration. Spans keep it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] or [`Problem::NotFound`].
    pub async fn delete_tag(&self, command: DeleteTag) -> Result<()> {
        #[derive(FromQueryResult)]
        struct Row {
            project_id: String,
        }
        self.require(Action::Configure)?;
        self.store
            .write(move |change| {
                Box::pin(async move {
                    let id = command.tag.as_str();
                    let found = one::<Row>(&change.transaction, "SELECT project_id FROM tags WHERE id = ?", values![id]).await?;
                    let project = ProjectId(found.ok_or_else(|| Problem::not_found("tag"))?.project_id);
                    run(&change.transaction, "DELETE FROM tags WHERE id = ?", values![id]).await?;
                    change.transaction_id(&project).await?;
                    change.publish(&project, LiveChange::Configuration);
                    Ok(())
                })
            })
            .await
    }
}
