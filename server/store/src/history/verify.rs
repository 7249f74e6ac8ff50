//! Proves that what is stored fits together, by computing it once more, independently of the code that wrote it.

mod judged;
mod proofs;
mod reviews;
mod rows;
mod told;
mod values;
mod words;

use crate::ground::database::{all, values, without_limit};
use crate::ground::keys::ObjectKey;
use crate::{Result, Store};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;
use std::fmt;

/// What was looked at and found to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Verified {
    /// Spans, with their scores, tags and answers.
    pub spans: u64,
    /// Traces.
    pub traces: u64,
    /// Roll-ups.
    pub rollups: u64,
    /// Versions of rows that are no longer the newest.
    pub versions: u64,
    /// Entries of activity.
    pub activity: u64,
    /// Links of the chains of all projects.
    pub links: u64,
}

/// The first place where what is stored is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// What differs, where: `the score Q of row r in …`.
    pub place: String,
    /// What is stored.
    pub stored: String,
    /// What it should be.
    pub computed: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: stored is {}, computed is {}", self.place, self.stored, self.computed)
    }
}

/// Ends a verification at the first difference, or when the database fails.
enum Stop {
    Difference(Difference),
    Failure(crate::Error),
}

impl<T: Into<crate::Error>> From<T> for Stop {
    fn from(error: T) -> Self {
        Self::Failure(error.into())
    }
}

type Step<T = ()> = std::result::Result<T, Stop>;

/// Goes on where the two are the same.
fn same<T: PartialEq + fmt::Debug>(place: impl FnOnce() -> String, stored: &T, computed: &T) -> Step {
    if stored == computed {
        return Ok(());
    }
    Err(Stop::Difference(Difference { place: place(), stored: format!("{stored:?}"), computed: format!("{computed:?}") }))
}

/// What an object is called in a difference, and in the digests of its rows.
struct Named {
    id: String,
    kind: String,
    project: String,
    /// What the inputs of its rows are digested with.
    salt: Vec<u8>,
}

impl Store {
    /// Recomputes everything that follows from something else: scores, tags, counts, traces and roll-ups from the rows and
    /// the answers, answers from the activity, every digest from its content, and the chains from the digests.
    ///
    /// # Errors
    /// When the database fails. A difference is no error.
    pub async fn verify(&self) -> Result<std::result::Result<Verified, Difference>> {
        let snapshot = self.snapshot().await?;
        without_limit(&snapshot).await?;
        match verify(&snapshot).await {
            Ok(verified) => Ok(Ok(verified)),
            Err(Stop::Difference(difference)) => Ok(Err(difference)),
            Err(Stop::Failure(error)) => Err(error),
        }
    }
}

async fn verify(connection: &impl ConnectionTrait) -> Step<Verified> {
    let mut verified = Verified::default();
    let objects = objects(connection).await?;
    let mut proofs = proofs::Proofs::default();
    rows::verify(connection, &objects, &mut proofs, &mut verified).await?;
    judged::verify(connection).await?;
    values::verify(connection).await?;
    words::verify(connection).await?;
    proofs::verify(connection, &objects, proofs, &mut verified).await?;
    Ok(verified)
}

async fn objects(connection: &impl ConnectionTrait) -> Step<HashMap<ObjectKey, Named>> {
    #[derive(FromQueryResult)]
    struct Row {
        key: ObjectKey,
        id: String,
        kind: String,
        project_id: String,
        salt: Vec<u8>,
    }
    let text = "SELECT o.key, o.id, o.kind, o.project_id, p.salt FROM objects o JOIN projects p ON p.id = o.project_id";
    let rows = all::<Row>(connection, text, values![]).await?;
    let named = |row: Row| (row.key, Named { id: row.id, kind: row.kind, project: row.project_id, salt: row.salt });
    Ok(rows.into_iter().map(named).collect())
}
