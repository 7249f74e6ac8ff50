//! One restore of a dataset at a time, whichever process it runs in: the version that keeps how the dataset stood before says so, and gives a
//! sign of life with every row that is written.

use super::{free_name, save};
use crate::Result;
use crate::ground::database::{one, run, values};
use crate::ground::places::Home;
use crate::writing::writer::Change;
use sea_orm::FromQueryResult;
use shared::versions::DatasetVersion;
use shared::{Micros, PersonId, Problem, VersionId};

/// How long a restore may be silent before another one takes its place: its process ended.
const SILENCE: Micros = 60_000_000;

/// Keeps how a dataset stands before a version is restored; refused while another one goes on.
pub(super) async fn begin(change: &mut Change, home: &Home, person: &PersonId, version: &str) -> Result<DatasetVersion> {
    #[derive(FromQueryResult)]
    struct Running {
        name: String,
    }
    let text = "SELECT name FROM dataset_versions WHERE object_id = ? AND restoring > ? LIMIT 1";
    if let Some(Running { name }) = one(&change.transaction, text, values![home.id.as_str(), change.now - SILENCE]).await? {
        let reason = format!(
            "A version of this dataset is being restored already; how it stood before is kept as “{name}”. Wait until that is done, then restore again."
        );
        return Err(Problem::taken(reason).into());
    }
    let ended = "UPDATE dataset_versions SET restoring = NULL WHERE object_id = ? AND restoring IS NOT NULL";
    run(&change.transaction, ended, values![home.id.as_str()]).await?;
    let name = free_name(change, home, version).await?;
    let before = save(change, home, person, &name, "").await?;
    run(&change.transaction, "UPDATE dataset_versions SET restoring = ? WHERE id = ?", values![change.now, before.id.as_str()]).await?;
    Ok(before)
}

/// Says that a restore goes on; refused where another one has taken its place.
pub(super) async fn go_on(change: &Change, before: &VersionId) -> Result<()> {
    let text = "UPDATE dataset_versions SET restoring = ? WHERE id = ? AND restoring IS NOT NULL";
    match run(&change.transaction, text, values![change.now, before.as_str()]).await? {
        0 => Err(Problem::taken(
            "This restore stopped: another one of this dataset began, or the version that kept how it stood before was deleted. Look at the \
             dataset, then restore again.",
        )
        .into()),
        _ => Ok(()),
    }
}

/// Says that a restore is over.
pub(super) async fn end(change: &Change, before: &VersionId) -> Result<()> {
    run(&change.transaction, "UPDATE dataset_versions SET restoring = NULL WHERE id = ?", values![before.as_str()]).await.map(|_| ())
}
