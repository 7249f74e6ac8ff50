//! Named versions of datasets. Every row keeps its versions by transaction anyway; here a transaction gets a name. What is compared and brought
//! back is what arrived and what people wrote into rows: what they answered lies on top and stays with them.

mod comparing;
mod restoring;

use crate::ground::database::{all, is_duplicate, one, run, values};
use crate::ground::places::Home;
use crate::ground::upsert::Upsert;
use crate::people::names::folded;
use crate::projects::checked_name;
use crate::writing::writer::Change;
use crate::{Desk, Error, Result};
use comparing::{Row, Touched, difference, fields, taking_back};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::versions::{
    CompareVersions, DatasetVersion, DifferentRow, LONGEST_NOTE, MOST_DIFFERENT, MOST_VERSIONS, NameVersion, RestoredVersion,
    RowDifference, SaveVersion, VersionDifference,
};
use shared::{Micros, ObjectId, PersonId, Problem, TransactionId, VersionId};

impl Desk {
    /// The versions of a dataset, the newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such dataset.
    pub async fn versions(&self, dataset: &ObjectId) -> Result<Vec<DatasetVersion>> {
        self.require(Action::Read)?;
        self.dataset(dataset).await?;
        found(self.store.readers(), "v.object_id = ? ORDER BY v.created DESC, v.id DESC", values![dataset.as_str()]).await
    }

    /// Gives a dataset as it stands a name.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] for a name that is taken or cannot be, and for too many.
    pub async fn save_version(&self, command: SaveVersion) -> Result<DatasetVersion> {
        self.require(Action::Ingest)?;
        let home = self.dataset(&command.dataset).await?;
        let name = checked_name(&command.name)?;
        if command.note.chars().count() > LONGEST_NOTE || command.note.contains('\0') {
            return Err(Problem::invalid("Note", "Use at most 2,000 characters, without a NUL.").into());
        }
        let (person, note, project) = (self.actor.person.id.clone(), command.note.trim().to_owned(), home.project.clone());
        let saved = self.store.write_in(&project, move |change| Box::pin(async move { save(change, &home, &person, &name, &note).await }));
        saved.await.map_err(|error| match is_duplicate(&error) {
            true => Problem::invalid("Name", "Another version of this dataset has this name. Use another one.").into(),
            false => error,
        })
    }

    /// Forgets a version's name and returns it as it was. Its rows stay what they are.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`].
    pub async fn delete_version(&self, command: NameVersion) -> Result<DatasetVersion> {
        self.require(Action::Ingest)?;
        let (version, home) = self.version_of(&command.version).await?;
        let id = version.id.clone();
        self.store
            .write_in(&home.project, move |change| {
                Box::pin(async move {
                    run(&change.transaction, "DELETE FROM dataset_versions WHERE id = ?", values![id.as_str()]).await?;
                    Ok(())
                })
            })
            .await?;
        Ok(version)
    }

    /// What is different between two versions of a dataset, or between one and the dataset as it stands.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] for a version of another dataset.
    pub async fn compare_versions(&self, query: CompareVersions) -> Result<VersionDifference> {
        self.require(Action::ActOnMany)?;
        let (from, home) = self.version_of(&query.from).await?;
        let to = match &query.to {
            None => TransactionId(i64::MAX),
            Some(to) => {
                let (to, of) = self.version_of(to).await?;
                if of.key != home.key {
                    return Err(Problem::invalid("to", "Compare versions of one dataset.").into());
                }
                to.transaction
            }
        };
        let mut told = VersionDifference::default();
        let mut touched = Touched::new(&home, from.transaction, to);
        loop {
            let rows = touched.next(self.store.readers()).await?;
            if rows.is_empty() {
                return Ok(told);
            }
            for Row { id, from, to } in &rows {
                let Some(difference) = difference(from.as_ref(), to.as_ref()) else { continue };
                match difference {
                    RowDifference::Added => told.added += 1,
                    RowDifference::Removed => told.removed += 1,
                    RowDifference::Changed => told.changed += 1,
                }
                if told.rows.len() < MOST_DIFFERENT {
                    told.rows.push(DifferentRow { id: id.as_str().into(), difference, fields: fields(from.as_ref(), to.as_ref()) });
                }
            }
        }
    }

    /// Brings back how a dataset stood in a version: what was removed, changed and added since. How it stands before is kept as a version, and
    /// restoring that one takes it back. Where it fails on the way, what was brought back stays so, and restoring again goes on.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], [`Problem::Taken`] while another version of the dataset is restored.
    pub async fn restore_version(&self, command: NameVersion) -> Result<RestoredVersion> {
        self.require(Action::ActOnMany)?;
        let (version, home) = self.version_of(&command.version).await?;
        self.require(Action::Ingest)?;
        let (kept, name, person) = (home.clone(), version.name.clone(), self.actor.person.id.clone());
        let before = self
            .store
            .write_in(&home.project, move |change| Box::pin(async move { restoring::begin(change, &kept, &person, &name).await }))
            .await?;
        // It goes on, whether or not somebody waits for it.
        let desk = self.clone();
        let restore = async move {
            let id = before.id.clone();
            let restored = desk.bring_back(&home, version.transaction, before).await;
            let over = desk.store.write_in(&home.project, move |change| Box::pin(async move { restoring::end(change, &id).await })).await;
            let restored = restored?;
            over.map(|()| restored)
        };
        tokio::spawn(restore).await.map_err(|error| Error::Corrupt(format!("restoring ended: {error}")))?
    }

    /// Writes what is not as it was at a transaction.
    async fn bring_back(&self, home: &Home, at: TransactionId, before: DatasetVersion) -> Result<RestoredVersion> {
        let mut restored = RestoredVersion { before, added: 0, removed: 0, changed: 0 };
        // What others write meanwhile is theirs, and in no version: it stays.
        let mut touched = Touched::new(home, at, restored.before.transaction);
        loop {
            let rows = touched.next(self.store.readers()).await?;
            if rows.is_empty() {
                return Ok(restored);
            }
            let different = rows.into_iter().filter(|row| difference(row.from.as_ref(), row.to.as_ref()).is_some());
            let ids: Vec<String> = different.map(|row| row.id).collect();
            if ids.is_empty() {
                continue;
            }
            let (person, of, before) = (self.actor.person.id.clone(), home.clone(), restored.before.clone());
            let written = self.store.write_in(&home.project, move |change| Box::pin(taking_back(change, person, of, at, ids, before)));
            let [added, removed, changed] = written.await?;
            restored.added += added;
            restored.removed += removed;
            restored.changed += changed;
        }
    }

    /// The dataset of that id.
    async fn dataset(&self, id: &ObjectId) -> Result<Home> {
        let home = self.find_object(id).await?;
        if home.kind == ObjectKind::Dataset { Ok(home) } else { Err(Problem::not_found("dataset").into()) }
    }

    /// A version and the dataset that it is of.
    async fn version_of(&self, id: &VersionId) -> Result<(DatasetVersion, Home)> {
        let version = found(self.store.readers(), "v.id = ?", values![id.as_str()]).await?.pop();
        let version = version.ok_or_else(|| Problem::not_found("version"))?;
        let home = self.dataset(&version.dataset).await?;
        Ok((version, home))
    }
}

/// Versions, with the names of who saved them.
async fn found(connection: &impl ConnectionTrait, condition: &str, bound: Vec<sea_orm::Value>) -> Result<Vec<DatasetVersion>> {
    #[derive(FromQueryResult)]
    struct Found {
        id: String,
        object_id: String,
        name: String,
        note: String,
        transaction_id: i64,
        rows: i64,
        created: Micros,
        by_name: Option<String>,
    }
    let text = format!(
        "SELECT v.id, v.object_id, v.name, v.note, v.transaction_id, v.rows_then AS rows, v.created, p.name AS by_name \
         FROM dataset_versions v LEFT JOIN people p ON p.id = v.created_by WHERE {condition}"
    );
    let found = all::<Found>(connection, &text, bound).await?;
    Ok(found
        .into_iter()
        .map(|version| DatasetVersion {
            id: VersionId(version.id),
            dataset: ObjectId(version.object_id),
            name: version.name,
            note: version.note,
            transaction: TransactionId(version.transaction_id),
            rows: version.rows,
            created: version.created,
            by: version.by_name.unwrap_or_default(),
        })
        .collect())
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

async fn save(change: &mut Change, home: &Home, person: &PersonId, name: &str, note: &str) -> Result<DatasetVersion> {
    let text = "SELECT COUNT(*) AS count FROM dataset_versions WHERE object_id = ?";
    let versions = one::<Count>(&change.transaction, text, values![home.id.as_str()]).await?.map_or(0, |row| row.count);
    if versions >= MOST_VERSIONS {
        let reason = format!("A dataset has at most {MOST_VERSIONS} versions. Delete some that nobody needs.");
        return Err(Problem::invalid("Name", reason).into());
    }
    let transaction = change.last_transaction(&home.project).await?;
    let text =
        format!("SELECT COUNT(*) AS count FROM spans s WHERE s.project = ? AND s.object = ? AND {}", crate::looking::found::stands(false));
    let rows = one::<Count>(&change.transaction, &text, values![home.short(), home.key]).await?.map_or(0, |row| row.count);
    let id = VersionId(change.fate.id());
    Upsert::into("dataset_versions")
        .set("id", id.as_str())
        .set("object_id", home.id.as_str())
        .set("name", name)
        .set("folded_name", folded(name))
        .set("note", note)
        .set("transaction_id", transaction)
        .set("rows_then", rows)
        .set("created", change.now)
        .set("created_by", person.as_str())
        .insert(&change.transaction)
        .await?;
    let saved = found(&change.transaction, "v.id = ?", values![id.as_str()]).await?.pop();
    saved.ok_or_else(|| Error::Corrupt(format!("version {id}")))
}

/// A name for how a dataset stood before a version was restored.
async fn free_name(change: &Change, home: &Home, version: &str) -> Result<String> {
    let short: String = version.chars().take(150).collect();
    let mut name = format!("Before restoring {short}");
    let mut number = 1;
    loop {
        let text = "SELECT COUNT(*) AS count FROM dataset_versions WHERE object_id = ? AND folded_name = ?";
        let taken = one::<Count>(&change.transaction, text, values![home.id.as_str(), folded(&name)]).await?;
        if taken.is_none_or(|row| row.count == 0) {
            return Ok(name);
        }
        number += 1;
        name = format!("Before restoring {short} ({number})");
    }
}
