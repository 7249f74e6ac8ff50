//! What can go wrong in the store.

use shared::Problem;

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
    Database(#[from] sea_orm::DbErr),
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
