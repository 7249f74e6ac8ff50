//! Tells every process at once that somebody may less than before, so that what they have open ends.
//!
//! The mark stands in the database and changes in the transaction of the command. Each process looks at it several times a second; the one
//! that ran the command need not wait for that.

use crate::ground::database::{Connection, one, values};
use crate::ground::upsert::Upsert;
use crate::writing::writer::Change;
use crate::{Result, Store};
use futures::future::BoxFuture;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How often a process looks whether another one has changed what somebody may.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Where the mark stands in the settings of the installation.
const MARK: &str = "access_changed";

/// What is known of changes of access.
pub(crate) struct AccessWatch {
    changes: watch::Sender<u64>,
    looking: AbortHandle,
}

impl AccessWatch {
    /// Begins to look.
    pub(crate) fn start(readers: Connection) -> Self {
        let (changes, _) = watch::channel(0);
        let teller = changes.clone();
        let looking = tokio::spawn(async move {
            let mut known = None;
            loop {
                match mark(&readers).await {
                    Ok(now) => {
                        if known.replace(now.clone()).is_some_and(|before| before != now) {
                            tell(&teller);
                        }
                    }
                    // Whoever asks again is refused as long as the database is away; what was missed is seen afterwards.
                    Err(error) => tracing::debug!(%error, "changes of access cannot be read"),
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        Self { changes, looking: looking.abort_handle() }
    }

    /// Ends looking.
    pub(crate) fn close(&self) {
        self.looking.abort();
    }
}

fn tell(changes: &watch::Sender<u64>) {
    changes.send_modify(|count| *count = count.wrapping_add(1));
}

async fn mark(connection: &impl ConnectionTrait) -> Result<Option<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        value: String,
    }
    let row = one::<Row>(connection, "SELECT value FROM settings WHERE name = ?", values![MARK]).await?;
    Ok(row.map(|row| row.value))
}

impl Store {
    /// Changes each time somebody, in whatever process, may less than before or is signed out. Whoever keeps something open asks then
    /// whether they still may.
    pub fn access_changes(&self) -> watch::Receiver<u64> {
        self.inner.access.changes.subscribe()
    }

    /// Runs a command after which somebody may less than before.
    pub(super) async fn write_access<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let done = self
            .write(move |change| {
                Box::pin(async move {
                    let done = work(change).await?;
                    let mark = Upsert::into("settings").set("name", MARK).set("value", change.fate.id());
                    mark.upsert("name", &change.transaction).await?;
                    Ok(done)
                })
            })
            .await?;
        tell(&self.inner.access.changes);
        Ok(done)
    }
}
