//! Prompts and functions, kept as they are said.

use crate::ground::database::{all, is_duplicate, run, values};
use crate::ground::upsert::Upsert;
use crate::projects::checked_name;
use crate::projects::objects::merge;
use crate::writing::writer::Change;
use crate::{Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use shared::functions::{ChangeFunction, FunctionKind, ProjectFunction, SaveFunction};
use shared::permissions::Action;
use shared::{Micros, PersonId, Problem, ProjectId, TransactionId};

#[derive(FromQueryResult)]
struct Stored {
    id: String,
    kind: String,
    project_id: String,
    name: String,
    slug: String,
    transaction_id: i64,
    created: Micros,
    created_by: String,
    details: String,
}

impl Stored {
    fn read(self) -> Result<ProjectFunction> {
        let corrupt = || Error::Corrupt(format!("the function {}", self.id));
        Ok(ProjectFunction {
            kind: FunctionKind::parse(&self.kind).ok_or_else(corrupt)?,
            details: serde_json::from_str(&self.details).map_err(|_| corrupt())?,
            id: self.id,
            project: ProjectId(self.project_id),
            name: self.name,
            slug: self.slug,
            transaction: TransactionId(self.transaction_id),
            created: self.created,
            created_by: PersonId(self.created_by),
        })
    }
}

/// The condition is made of our own text.
async fn find(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Bound>) -> Result<Vec<ProjectFunction>> {
    let text = format!(
        "SELECT f.id, f.kind, f.project_id, f.name, f.slug, f.transaction_id, f.created, f.created_by, f.details FROM functions f \
         JOIN projects p ON p.id = f.project_id WHERE f.deleted IS NULL AND p.deleted IS NULL AND {condition} ORDER BY f.created DESC, f.id DESC"
    );
    all::<Stored>(connection, &text, bound).await?.into_iter().map(Stored::read).collect()
}

async fn by_id(connection: &impl ConnectionTrait, kind: FunctionKind, id: &str) -> Result<ProjectFunction> {
    let found = find(connection, "f.kind = ? AND f.id = ?", values![kind.as_str(), id]).await?;
    found.into_iter().next().ok_or_else(|| Problem::not_found(format!("{} with this id", kind.as_str())).into())
}

async fn by_slug(
    connection: &impl ConnectionTrait,
    kind: FunctionKind,
    project: &ProjectId,
    slug: &str,
) -> Result<Option<ProjectFunction>> {
    let condition = "f.kind = ? AND f.project_id = ? AND f.live_slug = ?";
    Ok(find(connection, condition, values![kind.as_str(), project.as_str(), slug]).await?.pop())
}

impl Desk {
    /// The prompts or the functions of a project, newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn functions(&self, kind: FunctionKind, project: &ProjectId) -> Result<Vec<ProjectFunction>> {
        self.project(project).await?;
        find(self.store.readers(), "f.kind = ? AND f.project_id = ?", values![kind.as_str(), project.as_str()]).await
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none of that kind.
    pub async fn function(&self, kind: FunctionKind, id: &str) -> Result<ProjectFunction> {
        self.require_project_access()?;
        by_id(self.store.readers(), kind, id).await
    }

    /// Creates a prompt or a function, or returns the one of that slug, replaced if that is wanted.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to send traces, [`Problem::NotFound`] for an unknown project,
    /// [`Problem::Invalid`] for a name or a slug that cannot be.
    pub async fn save_function(&self, mut command: SaveFunction) -> Result<ProjectFunction> {
        self.require(Action::Ingest)?;
        self.project(&command.project).await?;
        command.name = checked_name(&command.name)?;
        command.slug = checked_name(&command.slug)?;
        let person = self.actor.person.id.clone();
        let project = command.project.clone();
        self.store.write_in(&project, move |change| Box::pin(save(change, person, command))).await
    }

    /// Changes what a command names and leaves the rest.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] if the slug is taken.
    pub async fn change_function(&self, command: ChangeFunction) -> Result<ProjectFunction> {
        self.require(Action::Ingest)?;
        let project = by_id(self.store.readers(), command.kind, &command.id).await?.project;
        let changed = self.store.write_in(&project, move |change| Box::pin(apply(change, command))).await;
        match changed {
            Err(error) if is_duplicate(&error) => Err(Problem::invalid("slug", "Another one has this slug already.").into()),
            changed => changed,
        }
    }

    /// Deletes a prompt or a function and returns it as it was.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] if there is none.
    pub async fn delete_function(&self, kind: FunctionKind, id: &str) -> Result<ProjectFunction> {
        self.require(Action::Configure)?;
        let function = by_id(self.store.readers(), kind, id).await?;
        let id = function.id.clone();
        self.store
            .write_in(&function.project, move |change| {
                Box::pin(async move {
                    let text = "UPDATE functions SET deleted = ?, live_slug = NULL WHERE id = ?";
                    run(&change.transaction, text, values![change.now, id]).await
                })
            })
            .await?;
        Ok(function)
    }
}

async fn save(change: &mut Change, person: PersonId, command: SaveFunction) -> Result<ProjectFunction> {
    let SaveFunction { kind, project, name, slug, replace, details } = command;
    let existing = by_slug(&change.transaction, kind, &project, &slug).await?;
    if let Some(existing) = existing {
        if !replace {
            return Ok(existing);
        }
        return write(change, ProjectFunction { name, details, ..existing }).await;
    }
    let transaction = TransactionId(change.transaction_id(&project).await?);
    let function =
        ProjectFunction { id: change.fate.id(), kind, project, name, slug, transaction, created: change.now, created_by: person, details };
    Upsert::into("functions")
        .set("id", function.id.as_str())
        .set("project_id", function.project.as_str())
        .set("kind", kind.as_str())
        .set("name", function.name.as_str())
        .set("slug", function.slug.as_str())
        .set("live_slug", function.slug.as_str())
        .set("details", serde_json::to_string(&function.details)?)
        .set("transaction_id", transaction.0)
        .set("created_by", function.created_by.as_str())
        .set("created", function.created)
        .insert(&change.transaction)
        .await?;
    Ok(function)
}

async fn apply(change: &mut Change, command: ChangeFunction) -> Result<ProjectFunction> {
    let mut function = by_id(&change.transaction, command.kind, &command.id).await?;
    if let Some(name) = command.name {
        function.name = checked_name(&name)?;
    }
    if let Some(slug) = command.slug {
        function.slug = checked_name(&slug)?;
    }
    merge(&mut function.details, command.details);
    write(change, function).await
}

async fn write(change: &mut Change, function: ProjectFunction) -> Result<ProjectFunction> {
    let transaction = TransactionId(change.transaction_id(&function.project).await?);
    run(
        &change.transaction,
        "UPDATE functions SET name = ?, slug = ?, live_slug = ?, details = ?, transaction_id = ? WHERE id = ?",
        values![
            function.name.as_str(),
            function.slug.as_str(),
            function.slug.as_str(),
            serde_json::to_string(&function.details)?,
            transaction.0,
            function.id.as_str()
        ],
    )
    .await?;
    Ok(ProjectFunction { transaction, ..function })
}
