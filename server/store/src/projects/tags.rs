//! The configured tags of a project.

use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::upsert::Upsert;
use crate::people::names::{folded, normal};
use crate::projects::questions::configuration_changed;
use crate::writing::writer::Change;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::permissions::Action;
use shared::tags::{DeleteTag, OrderTags, SaveTag, Tag, mistakes};
use shared::{Micros, Problem, ProjectId, TagId};

impl Desk {
    /// The configured tags of a project, in order.
    ///
    /// # Errors
    /// When the caller may not read, or the database fails.
    pub async fn tags(&self, project: &ProjectId) -> Result<Vec<Tag>> {
        self.require_configuration()?;
        of_project(self.store.readers(), project).await
    }

    /// One tag.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none.
    pub async fn tag(&self, id: &TagId) -> Result<Tag> {
        self.require_configuration()?;
        by_id(self.store.readers(), id).await
    }

    /// Creates or changes a tag.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] for a name or colour that cannot be.
    pub async fn save_tag(&self, command: SaveTag) -> Result<Tag> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let project = command.project.clone();
        named_once(self.store.write_in(&project, move |change| Box::pin(save(change, command))).await)
    }

    /// Changes a tag to what `edit` makes of it as it is when its turn comes, so that nobody's change is lost to another of the same
    /// moment.
    ///
    /// # Errors
    /// Those of [`Desk::save_tag`], and what `edit` says.
    pub async fn edit_tag(
        &self,
        id: TagId,
        edit: impl FnOnce(Tag) -> std::result::Result<SaveTag, Problem> + Send + 'static,
    ) -> Result<Tag> {
        self.require(Action::Configure)?;
        let project = by_id(self.store.readers(), &id).await?.project;
        let saved = self
            .store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let tag = by_id(&change.transaction, &id).await?;
                    save(change, edit(tag)?).await
                })
            })
            .await;
        named_once(saved)
    }

    /// Takes a tag off the configuration and returns it as it was. Spans keep it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] or [`Problem::NotFound`].
    pub async fn delete_tag(&self, command: DeleteTag) -> Result<Tag> {
        self.require(Action::Configure)?;
        let project = by_id(self.store.readers(), &command.tag).await?.project;
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let tag = by_id(&change.transaction, &command.tag).await?;
                    run(&change.transaction, "DELETE FROM tags WHERE id = ?", values![tag.id.as_str()]).await?;
                    configuration_changed(change, &tag.project).await?;
                    Ok(tag)
                })
            })
            .await
    }

    /// Puts the tags into the given order.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] or [`Problem::NotFound`].
    pub async fn order_tags(&self, command: OrderTags) -> Result<Vec<Tag>> {
        self.require(Action::Configure)?;
        self.project(&command.project).await?;
        let project = command.project.clone();
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    for (position, tag) in (1..).zip(&command.tags) {
                        let text = "UPDATE tags SET position = ? WHERE id = ? AND project_id = ?";
                        let changed = run(&change.transaction, text, values![position, tag.as_str(), command.project.as_str()]).await?;
                        if changed == 0 {
                            return Err(Problem::not_found(format!("tag {tag}")).into());
                        }
                    }
                    configuration_changed(change, &command.project).await?;
                    of_project(&change.transaction, &command.project).await
                })
            })
            .await
    }
}

/// Says in words that a name is taken.
fn named_once(saved: Result<Tag>) -> Result<Tag> {
    match saved {
        Err(error) if is_duplicate(&error) => Err(Problem::invalid("Name", "There is already a tag whose name looks the same.").into()),
        saved => saved,
    }
}

/// Makes a tag, the last of its project.
pub(crate) async fn insert(change: &Change, project: &ProjectId, name: &str, color: String, description: String) -> Result<TagId> {
    let id = TagId(change.fate.id());
    let last = "(SELECT COALESCE(MAX(position), 0) + 1 FROM tags WHERE project_id = ?)";
    Upsert::into("tags")
        .set("id", id.as_str())
        .set("project_id", project.as_str())
        .set("name", name)
        .set("folded", folded(name))
        .set("color", color)
        .set("description", description)
        .computed("position", last, values![project.as_str()])
        .set("created", change.now)
        .insert(&change.transaction)
        .await?;
    Ok(id)
}

async fn save(change: &mut Change, command: SaveTag) -> Result<Tag> {
    if let Some(mistake) = mistakes(&command.name, &command.color, &command.description).into_iter().next() {
        return Err(mistake.into());
    }
    let SaveTag { project, tag, name, color, description } = command;
    let name = normal(&name);
    let id = match tag {
        None => insert(change, &project, &name, color, description).await?,
        Some(id) => {
            let text = "UPDATE tags SET name = ?, folded = ?, color = ?, description = ? WHERE id = ? AND project_id = ?";
            let changed =
                run(&change.transaction, text, values![name.as_str(), folded(&name), color, description, id.as_str(), project.as_str()])
                    .await?;
            if changed == 0 {
                return Err(Problem::not_found("tag").into());
            }
            id
        }
    };
    configuration_changed(change, &project).await?;
    by_id(&change.transaction, &id).await
}

#[derive(FromQueryResult)]
struct StoredTag {
    id: String,
    project_id: String,
    name: String,
    color: String,
    description: String,
    position: i32,
    created: Micros,
}

impl StoredTag {
    fn read(self) -> Tag {
        Tag {
            id: TagId(self.id),
            project: ProjectId(self.project_id),
            name: self.name,
            color: self.color,
            description: self.description,
            position: self.position,
            created: self.created,
        }
    }
}

/// Tags of projects that are not deleted.
const SELECT: &str = "SELECT t.id, t.project_id, t.name, t.color, t.description, t.position, t.created FROM tags t \
                      JOIN projects p ON p.id = t.project_id AND p.deleted IS NULL";

async fn of_project(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<Vec<Tag>> {
    let text = format!("{SELECT} WHERE t.project_id = ? ORDER BY t.position, t.name");
    let stored = all::<StoredTag>(connection, &text, values![project.as_str()]).await?;
    Ok(stored.into_iter().map(StoredTag::read).collect())
}

async fn by_id(connection: &impl ConnectionTrait, id: &TagId) -> Result<Tag> {
    let stored = one::<StoredTag>(connection, &format!("{SELECT} WHERE t.id = ?"), values![id.as_str()]).await?;
    Ok(stored.ok_or_else(|| Problem::not_found("tag"))?.read())
}
