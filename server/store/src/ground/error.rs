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
    /// The database cannot be used as it was asked: it has the schema of another version, or cannot be distributed. Nothing in it was
    /// changed.
    #[error("{0}")]
    Schema(String),
    /// What was stored cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// The writer is gone: the server is shutting down.
    #[error("the store is closing")]
    Closing,
    /// The database did not answer in time, or somebody else held what was needed; nothing was kept.
    #[error("the database did not answer: {0}")]
    Away(String),
    /// The connection was lost while a group of commands was committed: it was kept, or it was not.
    #[error("it is not known whether this was kept: {0}")]
    Unknown(String),
    /// The group of commands could not be committed; nothing of it was kept.
    #[error("the commit failed: {0}")]
    Commit(String),
}

impl Error {
    /// Whether the database took nothing because it cannot be written: a full disk, a file that is read-only.
    pub fn is_unwritable(&self) -> bool {
        if matches!(self, Self::Commit(_)) {
            return true;
        }
        // SQLite's codes for read-only, failed and full, with and without their extensions; PostgreSQL's for a full disk
        // and for a server that only reads.
        let Some(code) = self.code() else { return false };
        ["53100", "25006"].contains(&code.as_str()) || code.parse::<i64>().is_ok_and(|code| [8, 10, 13].contains(&(code & 0xFF)))
    }

    /// The code with which the database answered.
    fn code(&self) -> Option<String> {
        match self {
            Self::Database(DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) => {
                error.as_database_error().and_then(|error| error.code().map(Cow::into_owned))
            }
            _ => None,
        }
    }

    /// Whether PostgreSQL ended a transaction in which nothing was done for too long: before it heard anything more.
    pub(crate) fn stood_still(&self) -> bool {
        self.code().is_some_and(|code| code == "25P03")
    }

    /// Whether the same command may succeed a little later: the store is closing, the database cannot be written, cannot be
    /// reached, is restarting, or is held by somebody else.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Closing | Self::Away(_) | Self::Unknown(_) => true,
            Self::Database(error) => self.is_unwritable() || is_out_of_reach(error),
            _ => self.is_unwritable(),
        }
    }

    /// Whether the database did not answer, as opposed to answering that something is wrong.
    pub(crate) fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Database(error) if is_out_of_reach(error))
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
    // PostgreSQL's classes for connections and for an operator's intervention, such as a restart, and its codes for too many
    // connections, for what took too long, for who stood still, and for who waited for each other; SQLite's codes for busy and
    // locked, with and without their extensions.
    let took_too_long = ["53300", "55P03", "57014", "25P03", "40P01", "40001"].contains(&code.as_ref());
    let is_restarting = code.len() == 5 && (code.starts_with("08") || code.starts_with("57P") || took_too_long);
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
    use std::borrow::Cow;

    /// A database's answer with a code of its own.
    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Answer(&'static str);

    impl sqlx::error::DatabaseError for Answer {
        fn message(&self) -> &str {
            "the database says no"
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(Cow::Borrowed(self.0))
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> sqlx::error::ErrorKind {
            sqlx::error::ErrorKind::Other
        }
    }

    #[test]
    fn what_a_database_answers_passes_or_stays() {
        let answers = [
            ("57P01", "PostgreSQL is shutting down", true),
            ("57P03", "PostgreSQL is starting up", true),
            ("08006", "PostgreSQL lost the connection", true),
            ("53300", "PostgreSQL has no connection left", true),
            ("53100", "PostgreSQL's disk is full", true),
            ("25006", "PostgreSQL only reads", true),
            ("23505", "PostgreSQL has a row of that key", false),
            ("42601", "PostgreSQL cannot read the statement", false),
            ("57014", "PostgreSQL was told to cancel the statement, or it took too long", true),
            ("55P03", "PostgreSQL could not lock a row in time", true),
            ("25P03", "PostgreSQL ended who stood still in a transaction", true),
            ("40P01", "PostgreSQL found two who waited for each other", true),
            ("5", "SQLite is busy", true),
            ("517", "SQLite is busy, because the snapshot is old", true),
            ("6", "SQLite is locked", true),
            ("8", "SQLite only reads", true),
            ("13", "SQLite's disk is full", true),
            ("1", "SQLite cannot read the statement", false),
            ("1555", "SQLite has a row of that key", false),
        ];
        for (code, meaning, passes) in answers {
            for of in [DbErr::Exec, DbErr::Query] {
                let error = Error::from(of(RuntimeErr::SqlxError(sqlx::Error::Database(Box::new(Answer(code))).into())));
                assert_eq!(error.is_passing(), passes, "{code}: {meaning}");
            }
        }
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_stays() {
        let broken = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        let passing = [
            Error::Closing,
            Error::Away("held by another".to_owned()),
            Error::Unknown("the connection was lost".to_owned()),
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
