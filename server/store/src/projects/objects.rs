//! Experiments and datasets: registered by SDKs, listed, changed, deleted. Their rows come in and are read like logs.

mod changing;
mod deleted;

use crate::ground::database::{all, values};
use crate::ground::keys::ObjectKey;
use crate::ground::upsert::Upsert;
use crate::people::names::folded;
use crate::projects::checked_name;
use crate::writing::writer::Change;
use crate::{Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::{Map, Value};
use shared::objects::{IfTaken, NamedObject, ObjectKind, RegisterObject};
use shared::permissions::Action;
use shared::{Micros, ObjectId, PersonId, Problem, ProjectId};

/// Suffixes tried before a name is given up; two of eight hexadecimal digits are hardly ever the same.
const ATTEMPTS: usize = 8;

#[derive(FromQueryResult)]
struct StoredObject {
    id: String,
    kind: String,
    project_id: String,
    name: String,
    created: Micros,
    created_by: Option<String>,
    details: String,
}

impl StoredObject {
    fn read(self) -> Result<NamedObject> {
        let corrupt = || Error::Corrupt(format!("the object {}", self.id));
        Ok(NamedObject {
            kind: ObjectKind::parse(&self.kind).ok_or_else(corrupt)?,
            details: serde_json::from_str(&self.details).map_err(|_| corrupt())?,
            id: ObjectId(self.id),
            project: ProjectId(self.project_id),
            name: self.name,
            created: self.created,
            created_by: self.created_by.map(PersonId),
        })
    }
}

impl Desk {
    /// The experiments or the datasets of a project, newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn objects(&self, kind: ObjectKind, project: &ProjectId) -> Result<Vec<NamedObject>> {
        let project = self.project(project).await?;
        let condition = "o.kind = ? AND o.project_id = ? ORDER BY o.created DESC, o.id DESC";
        find(self.store.readers(), condition, values![kind.as_str(), project.id.as_str()]).await
    }

    /// The experiment or dataset of that id.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none of that kind.
    pub async fn object(&self, kind: ObjectKind, id: &ObjectId) -> Result<NamedObject> {
        self.require_project_access()?;
        only(kind, find(self.store.readers(), "o.kind = ? AND o.id = ?", values![kind.as_str(), id.as_str()]).await?)
    }

    /// The experiment or dataset of that name.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if the project has none.
    pub async fn object_by_name(&self, kind: ObjectKind, project: &ProjectId, name: &str) -> Result<NamedObject> {
        let project = self.project(project).await?;
        only(kind, named(self.store.readers(), kind, &project.id, name).await?)
    }

    /// The experiment or dataset of that name in whatever project.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none, [`Problem::Invalid`] if several projects have one.
    pub(crate) async fn object_named(&self, kind: ObjectKind, name: &str) -> Result<NamedObject> {
        self.require_project_access()?;
        let found = find(self.store.readers(), "o.kind = ? AND o.live_name = ? LIMIT 2", values![kind.as_str(), folded(name)]).await?;
        if found.len() > 1 {
            let reason = format!("Several projects have {name}. Use the id of the one that is meant.");
            return Err(Problem::invalid("from", reason).into());
        }
        only(kind, found)
    }

    /// Creates an experiment or a dataset, or opens the one of that name; true if it existed.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to send traces, [`Problem::NotFound`] for an unknown project,
    /// [`Problem::Invalid`] for a name that cannot be.
    pub async fn register_object(&self, command: RegisterObject) -> Result<(NamedObject, bool)> {
        self.require(Action::Ingest)?;
        self.project(&command.project).await?;
        let name = checked_name(command.name.as_deref().unwrap_or(command.kind.as_str()))?;
        let if_taken = if command.name.is_none() { IfTaken::AddSuffix } else { command.if_taken };
        let person = self.actor.person.id.clone();
        let project = command.project.clone();
        self.store.write_in(&project, move |change| Box::pin(register(change, RegisterObject { if_taken, ..command }, name, person))).await
    }

    /// Makes sure that something of that kind has that id, for whoever may know of it: the logs of a project too.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if nothing of that kind has it.
    pub async fn require_object(&self, kind: ObjectKind, id: &ObjectId) -> Result<()> {
        self.require_project_access()?;
        if self.find_object(id).await?.kind == kind { Ok(()) } else { Err(Problem::not_found(words(kind)).into()) }
    }
}

async fn register(change: &mut Change, command: RegisterObject, name: String, person: PersonId) -> Result<(NamedObject, bool)> {
    let RegisterObject { kind, project, if_taken, details, .. } = command;
    let mut free = name.clone();
    for _ in 0..ATTEMPTS {
        match named(&change.transaction, kind, &project, &free).await?.pop() {
            None => break,
            Some(existing) if if_taken == IfTaken::Open => return Ok((existing, true)),
            Some(_) => {
                // The last digits of an id are random.
                let id = change.fate.id();
                free = format!("{name}-{}", &id[id.len() - 8..]);
            }
        }
    }
    let (id, key) = (change.fate.id(), change.take::<ObjectKey>(&project, 1).await?);
    Upsert::into("objects")
        .set("key", key)
        .set("id", id.as_str())
        .set("project_id", project.as_str())
        .set("kind", kind.as_str())
        .set("name", free.as_str())
        .set("live_name", folded(&free))
        .set("created", change.now)
        .set("created_by", person.as_str())
        .set("details", serde_json::to_string(&details)?)
        .set("spans", 0_i64)
        .set("traces", 0_i64)
        .insert(&change.transaction)
        .await?;
    Ok((NamedObject { id: ObjectId(id), kind, project, name: free, created: change.now, created_by: Some(person), details }, false))
}

async fn find(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Bound>) -> Result<Vec<NamedObject>> {
    let text = format!(
        "SELECT o.id, o.kind, o.project_id, o.name, o.created, o.created_by, o.details FROM objects o JOIN projects p ON p.id = o.project_id \
         WHERE o.deleted IS NULL AND p.deleted IS NULL AND o.kind <> 'project_logs' AND {condition}"
    );
    all::<StoredObject>(connection, &text, bound).await?.into_iter().map(StoredObject::read).collect()
}

async fn named(connection: &impl ConnectionTrait, kind: ObjectKind, project: &ProjectId, name: &str) -> Result<Vec<NamedObject>> {
    let condition = "o.kind = ? AND o.project_id = ? AND o.live_name = ?";
    find(connection, condition, values![kind.as_str(), project.as_str(), folded(name)]).await
}

fn only(kind: ObjectKind, found: Vec<NamedObject>) -> Result<NamedObject> {
    found.into_iter().next().ok_or_else(|| Problem::not_found(words(kind)).into())
}

fn words(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::ProjectLogs => "project with this id",
        ObjectKind::Experiment => "experiment with this id or name",
        ObjectKind::Dataset => "dataset with this id or name",
    }
}

/// Objects are merged key by key; everything else replaces what was there.
pub(crate) fn merge(old: &mut Map<String, Value>, new: Map<String, Value>) {
    for (key, value) in new {
        match (old.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, value) => {
                old.insert(key, value);
            }
        }
    }
}
