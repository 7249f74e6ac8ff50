//! What can go wrong in the store.

use sea_orm::{DbErr, RuntimeErr, sqlx};
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

    /// Whether the same command may succeed a little later: the store is closing, the database cannot be written, cannot be
    /// reached, is restarting, or is held by somebody else.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Closing => true,
            Self::Database(error) => self.is_unwritable() || is_out_of_reach(error),
            _ => self.is_unwritable(),
        }
    }

    /// The user's mistake, if it is one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }
}

/// Whether the database did not answer, as opposed to answering that something is wrong.
fn is_out_of_reach(error: &DbErr) -> bool {
    let error = match error {
        DbErr::ConnectionAcquire(_) => return true,
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => error,
        _ => return false,
    };
    let Some(answer) = error.as_database_error() else {
        return matches!(&**error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed);
    };
    let Some(code) = answer.code() else { return false };
    // PostgreSQL's classes for connections and for an operator's intervention, such as a restart; SQLite's codes for busy
    // and locked, with and without their extensions.
    let is_restarting = code.len() == 5 && (code.starts_with("08") || code.starts_with("57P"));
    is_restarting || (code.len() < 5 && code.parse::<i64>().is_ok_and(|code| [5, 6].contains(&(code & 0xFF))))
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::Error;
    use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, sqlx};
    use shared::Problem;

    #[test]
    fn what_passes_by_itself_is_told_from_what_stays() {
        let broken = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        let passing = [
            Error::Closing,
            Error::Commit("disk I/O error".to_owned()),
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout).into(),
            DbErr::Exec(RuntimeErr::SqlxError(broken.into())).into(),
            DbErr::Query(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into())).into(),
        ];
        for error in passing {
            assert!(error.is_passing(), "{error}");
        }
        let staying = [
            Error::Corrupt("no JSON".to_owned()),
            Problem::not_found("span").into(),
            DbErr::Query(RuntimeErr::SqlxError(sqlx::Error::RowNotFound.into())).into(),
            DbErr::Type("no number".to_owned()).into(),
        ];
        for error in staying {
            assert!(!error.is_passing(), "{error}");
        }
    }
}
