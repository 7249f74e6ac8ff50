//! What can go wrong in the store.

use sea_orm::{DbErr, RuntimeErr};
use shared::Problem;
use std::borrow::Cow;

/// The result of everything in the store.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong: something the user can mend, or something inside.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user's mistake, to be shown as it is.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The database failed. Logged at the boundary, never shown.
    #[error("the database failed: {0}")]
    Database(#[from] DbErr),
    /// What was stored cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The writer is gone: the server is shutting down.
    #[error("the store is closing")]
    Closing,
    /// The group of commands could not be committed; nothing of it was kept.
    #[error("the commit failed: {0}")]
    Commit(String),
}

impl Error {
    /// Whether the database took nothing because it cannot be written: a full disk, a file that is read-only.
    pub fn is_unwritable(&self) -> bool {
        // SQLite's codes for read-only, failed and full, with and without their extensions; PostgreSQL's for a full disk
        // and for a server that only reads.
        let code = match self {
            Self::Commit(_) => return true,
            Self::Database(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) => {
                error.as_database_error().and_then(|error| error.code().map(Cow::into_owned))
            }
            _ => None,
        };
        let Some(code) = code else { return false };
        ["53100", "25006"].contains(&code.as_str()) || code.parse::<i64>().is_ok_and(|code| [8, 10, 13].contains(&(code & 0xFF)))
    }

    /// The user's mistake, if it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}
