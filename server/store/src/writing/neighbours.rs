//! What other processes on the same database commit. PostgreSQL tells of it (`LISTEN`); SQLite, which one server and a
//! few commands share, is asked every second.
//!
//! A notification only wakes; what to publish is read from `events`. A follower that sees a gap reads it from the same table, so the order
//! in which processes hear of each other does not matter.

use crate::Result;
use crate::ground::database::{Connection, all, run, values};
use crate::ground::ids;
use crate::writing::events::Published;
use crate::writing::events::{MOST_MISSED, since};
use sea_orm::sqlx::postgres::PgListener;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};
use shared::ProjectId;
use shared::live::{Change, Event};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;

/// The channel on which PostgreSQL tells.
const CHANNEL: &str = "touchstone";

/// How often SQLite is asked, and how long a lost PostgreSQL is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Where events go to whoever follows a project in this process.
pub(crate) struct Feed {
    sender: broadcast::Sender<Arc<Published>>,
    /// The last event of each project that went out here.
    heads: Mutex<HashMap<ProjectId, i64>>,
    process: String,
}

impl Feed {
    /// A feed that begins with what comes after everything that is there.
    pub(crate) async fn open(connection: &Connection) -> Result<Self> {
        let (sender, _) = broadcast::channel(4096);
        let heads = heads(connection).await?.into_iter().collect();
        Ok(Self { sender, heads: Mutex::new(heads), process: ids::new_id() })
    }

    /// Everything from now on.
    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.sender.subscribe()
    }

    /// How many are following.
    pub(crate) fn followers(&self) -> usize {
        self.sender.receiver_count()
    }

    /// Sends events that nobody here has been sent yet.
    pub(crate) fn publish(&self, events: impl IntoIterator<Item = Arc<Published>>) {
        let mut heads = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for event in events {
            let head = heads.entry(event.project.clone()).or_default();
            if event.sequence > *head {
                *head = event.sequence;
                // Nobody following is no error.
                let _ = self.sender.send(event);
            }
        }
    }

    /// Tells other processes, once the transaction is committed, that there is something to read.
    pub(crate) async fn tell(&self, transaction: &impl ConnectionTrait) -> Result<()> {
        if transaction.get_database_backend() == DbBackend::Postgres {
            run(transaction, &format!("SELECT pg_notify('{CHANNEL}', ?)"), values![self.process.as_str()]).await?;
        }
        Ok(())
    }

    /// Publishes what others have committed since the last event that went out here.
    async fn catch_up(&self, connection: &Connection) -> Result<()> {
        for (project, head) in heads(connection).await? {
            let known = self.heads.lock().unwrap_or_else(PoisonError::into_inner).get(&project).copied().unwrap_or_default();
            if head <= known {
                continue;
            }
            if head - known <= MOST_MISSED {
                self.publish(since(connection, &project, known).await?);
            }
            // Where the events are gone, the newest stands for them.
            let event = Event { sequence: head, change: Change::Resync };
            self.publish([Arc::new(Published { project, sequence: head, event })]);
        }
        Ok(())
    }
}

async fn heads(connection: &Connection) -> Result<Vec<(ProjectId, i64)>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        event: i64,
    }
    let rows = all::<Row>(connection, "SELECT id, event FROM projects WHERE deleted IS NULL", values![]).await?;
    Ok(rows.into_iter().map(|row| (ProjectId(row.id), row.event)).collect())
}

/// Listens until the task is ended.
pub(crate) async fn listen(feed: Arc<Feed>, connection: Connection, url: String) {
    let mut listener = None;
    loop {
        if connection.get_database_backend() == DbBackend::Postgres {
            match wait(&mut listener, &url, &feed.process).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::warn!(%error, "other servers on this database cannot be heard; trying again");
                    listener = None;
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            }
        } else {
            tokio::time::sleep(PAUSE).await;
        }
        if let Err(error) = feed.catch_up(&connection).await {
            tracing::warn!(%error, "what others wrote to this database could not be read; trying again");
        }
    }
}

/// Returns when another process has written, or may have while nobody listened.
async fn wait(listener: &mut Option<PgListener>, url: &str, own: &str) -> std::result::Result<(), sea_orm::sqlx::Error> {
    let Some(listener) = listener else {
        let mut new = PgListener::connect(url).await?;
        new.listen(CHANNEL).await?;
        *listener = Some(new);
        return Ok(());
    };
    loop {
        // None stands for a connection that was lost and is there again.
        match listener.try_recv().await? {
            Some(notification) if notification.payload() == own => {}
            _ => return Ok(()),
        }
    }
}
