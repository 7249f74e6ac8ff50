//! Projects: listed, created, renamed, set up, deleted, and got or created by SDKs.

mod deleted;
pub(crate) mod functions;
pub(crate) mod lists;
pub(crate) mod objects;
pub(crate) mod questions;
pub(crate) mod settings;
pub(crate) mod tags;
pub(crate) mod views;

use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::keys::{Key, ObjectKey, ProjectShort};
use crate::ground::time::DAY;
use crate::ground::upsert::Upsert;
use crate::people::names::{folded, normal};
use crate::writing::writer::Change;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::{DAYS_KEPT, ObjectKind};
use shared::permissions::Action;
use shared::projects::{CreateProject, DeleteProject, Project, ProjectSummary, RenameProject, Settings};
use shared::{Micros, ObjectId, PersonId, Problem, ProjectId, RowId};

#[derive(FromQueryResult)]
struct StoredProject {
    id: String,
    name: String,
    created: Micros,
    settings: String,
}

impl StoredProject {
    fn read(self) -> Result<Project> {
        let settings = settings::read(&self.id, &self.settings)?;
        Ok(Project { id: ProjectId(self.id), name: self.name, created: self.created, settings })
    }
}

/// What was deleted at this time or before, a project or something in it, is not brought back any more.
fn oldest(now: Micros) -> Micros {
    now - DAYS_KEPT * DAY
}

impl Desk {
    /// Every project, by name.
    ///
    /// # Errors
    /// When the caller may not read, or the database fails.
    pub async fn projects(&self) -> Result<Vec<ProjectSummary>> {
        #[derive(FromQueryResult)]
        struct Row {
            id: String,
            name: String,
            created: Micros,
            settings: String,
            traces: i64,
            last_activity: Option<Micros>,
        }
        self.require(Action::Read)?;
        let rows = all::<Row>(
            self.store.readers(),
            "SELECT p.id, p.name, p.created, p.settings, o.traces, o.last_activity FROM projects p JOIN objects o ON o.id = p.id \
             WHERE p.deleted IS NULL ORDER BY p.name, p.id",
            values![],
        )
        .await?;
        let summaries = rows.into_iter().map(|row| {
            let Row { id, name, created, settings, traces, last_activity } = row;
            Ok(ProjectSummary { project: StoredProject { id, name, created, settings }.read()?, traces, last_activity })
        });
        summaries.collect()
    }

    /// The project of that id.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none.
    pub async fn project(&self, id: &ProjectId) -> Result<Project> {
        self.require_project_access()?;
        find(self.store.readers(), "id", id.as_str()).await?.ok_or_else(|| Problem::not_found("project").into())
    }

    /// The project of that name.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none.
    pub async fn project_by_name(&self, name: &str) -> Result<Project> {
        self.require_project_access()?;
        named(self.store.readers(), name).await?.ok_or_else(|| Problem::not_found(format!("project named {name}")).into())
    }

    /// Creates a project, or returns the one of that name; true if it existed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission, [`Problem::Invalid`] for a name that cannot be.
    pub async fn create_project(&self, command: CreateProject) -> Result<(Project, bool)> {
        self.require(Action::ManageProjects)?;
        self.get_or_create(&command.name).await
    }

    /// Gets or creates the project that an SDK logs into; true if it existed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to send traces, [`Problem::Invalid`] for a name that cannot be.
    pub async fn register_project(&self, name: &str) -> Result<(Project, bool)> {
        self.require(Action::Ingest)?;
        self.get_or_create(name).await
    }

    /// Renames a project. Addresses with the old name end.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] if the name is taken.
    pub async fn rename_project(&self, command: RenameProject) -> Result<Project> {
        self.require(Action::ManageProjects)?;
        let name = checked_name(&command.name)?;
        let id = command.project.clone();
        let renamed = self
            .store
            .write(move |change| {
                Box::pin(async move {
                    run(
                        &change.transaction,
                        "UPDATE projects SET name = ?, live_name = ? WHERE id = ? AND deleted IS NULL",
                        values![name.as_str(), folded(&name), id.as_str()],
                    )
                    .await
                })
            })
            .await;
        match renamed {
            Err(error) if is_duplicate(&error) => Err(Problem::invalid("Name", "Another project has this name already.").into()),
            Err(error) => Err(error),
            Ok(_) => self.project(&command.project).await,
        }
    }

    /// Deletes a project: it disappears, its name becomes free, and its rows are read no more.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for all but owners, [`Problem::NotFound`] if there is none.
    pub async fn delete_project(&self, command: DeleteProject) -> Result<Project> {
        self.require(Action::DeleteProject)?;
        let project = self.project(&command.project).await?;
        let (id, person) = (command.project, self.actor.person.id.clone());
        self.store
            .write(move |change| {
                Box::pin(async move {
                    let text = "UPDATE projects SET deleted = ?, deleted_by = ?, live_name = NULL WHERE id = ?";
                    run(&change.transaction, text, values![change.now, person.as_str(), id.as_str()]).await
                })
            })
            .await?;
        Ok(project)
    }

    /// Where a row is: its project, the id of its trace and its span id.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such row.
    pub async fn locate_row(&self, object: &ObjectId, row: &RowId) -> Result<(Project, String, String)> {
        #[derive(FromQueryResult)]
        struct Row {
            root_span_id: String,
            span_id: String,
        }
        self.require(Action::Read)?;
        let home = self.find_object(object).await?;
        let text = "SELECT root_span_id, span_id FROM spans WHERE project = ? AND object = ? AND row_id = ? AND arrived";
        let found = one::<Row>(self.store.readers(), text, values![home.short(), home.key, row.as_str()]).await?;
        let found = found.ok_or_else(|| Problem::not_found("span"))?;
        Ok((self.project(&home.project).await?, found.root_span_id, found.span_id))
    }

    /// Keys that only send spans may learn of the project they send to.
    pub(crate) fn require_project_access(&self) -> Result<()> {
        // Who may send to a project or change it has to see which one it is.
        let with = [Action::Ingest, Action::Feedback, Action::SaveViews, Action::Configure, Action::ManageProjects, Action::DeleteProject];
        if with.into_iter().any(|action| self.actor.may(action)) { Ok(()) } else { self.require(Action::Read) }
    }

    async fn get_or_create(&self, name: &str) -> Result<(Project, bool)> {
        let name = checked_name(name)?;
        if let Some(project) = named(self.store.readers(), &name).await? {
            return Ok((project, true));
        }
        let person = self.actor.person.id.clone();
        self.store.write(move |change| Box::pin(create(change, name, person))).await
    }
}

async fn create(change: &mut Change, name: String, person: PersonId) -> Result<(Project, bool)> {
    if let Some(project) = named(&change.transaction, &name).await? {
        return Ok((project, true));
    }
    #[derive(FromQueryResult)]
    struct Next {
        short: ProjectShort,
    }
    let id = change.fate.id();
    let next = one::<Next>(&change.transaction, "SELECT COALESCE(MAX(short), 0) + 1 AS short FROM projects", values![]).await?;
    let short = next.map_or(ProjectShort::from(1), |next| next.short);
    // The logs of the project have its first number.
    Upsert::into("projects")
        .set("id", id.as_str())
        .set("short", short)
        .set("name", name.as_str())
        .set("live_name", folded(&name))
        .set("settings", "{}")
        .set("salt", change.fate.salt().to_vec())
        .set("created_by", person.as_str())
        .set("created", change.now)
        .set("transaction_id", 0_i64)
        .set("event", 0_i64)
        .set("number", 1_i64)
        .insert(&change.transaction)
        .await?;
    Upsert::into("objects")
        .set("key", ObjectKey::of(short, 1))
        .set("id", id.as_str())
        .set("project_id", id.as_str())
        .set("kind", ObjectKind::ProjectLogs.as_str())
        .set("name", "")
        .set("created", change.now)
        .set("spans", 0_i64)
        .set("traces", 0_i64)
        .insert(&change.transaction)
        .await?;
    lists::create_default(change, &id, &person).await?;
    Ok((Project { id: ProjectId(id), name, created: change.now, settings: Settings::default() }, false))
}

/// The project whose name looks like this one.
async fn named(connection: &impl ConnectionTrait, name: &str) -> Result<Option<Project>> {
    find(connection, "live_name", &folded(name)).await
}

/// `column` is one of ours, never a user's text.
async fn find(connection: &impl ConnectionTrait, column: &'static str, value: &str) -> Result<Option<Project>> {
    let text = format!("SELECT id, name, created, settings FROM projects WHERE {column} = ? AND deleted IS NULL");
    one::<StoredProject>(connection, &text, values![value]).await?.map(StoredProject::read).transpose()
}

/// A name as it is kept: of a project, an experiment or a dataset.
pub(crate) fn checked_name(name: &str) -> Result<String> {
    let name = normal(name);
    let length = name.chars().count();
    if length == 0 || length > 200 || name.chars().any(char::is_control) {
        return Err(Problem::invalid("Name", "Use 1 to 200 characters, without line breaks.").into());
    }
    if name.chars().any(turns_text) || folded(&name).trim_matches(|sign| matches!(sign, '\u{200c}'..='\u{200f}')).is_empty() {
        return Err(Problem::invalid("Name", "Use a name that can be seen, without signs that turn the direction of text.").into());
    }
    if matches!(name.as_str(), "." | "..") {
        return Err(Problem::invalid("Name", "Use another name: in addresses . and .. mean something else.").into());
    }
    Ok(name)
}

/// Signs that turn the direction of the text after them, so that a name reads like another.
fn turns_text(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
