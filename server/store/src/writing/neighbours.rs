//! What other processes on the same database commit. PostgreSQL tells of it (`LISTEN`), once it is committed and on a connection of its
//! own, because a `NOTIFY` inside a transaction makes all who commit wait for each other. Both databases are also asked every second, so
//! that nothing is lost with a process that ends between its commit and telling of it.
//!
//! A notification only wakes; what to publish is read from `events`. A follower that sees a gap reads it from the same table, so the order
//! in which processes hear of each other does not matter.

use crate::Result;
use crate::ground::database::{Connection, all, values};
use crate::ground::ids;
use crate::writing::events::Published;
use crate::writing::events::{MOST_MISSED, since};
use sea_orm::sqlx::Connection as _;
use sea_orm::sqlx::postgres::{PgConnection, PgListener};
use sea_orm::{DbBackend, FromQueryResult};
use shared::ProjectId;
use shared::live::{Event, LiveChange};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast};
use tokio::task::AbortHandle;

/// The channel on which PostgreSQL tells.
const CHANNEL: &str = "touchstone";

/// How often the database is asked, and how long a lost PostgreSQL is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Where events go to whoever follows a project in this process.
pub(crate) struct Feed {
    sender: broadcast::Sender<Arc<Published>>,
    /// The last event of each project that went out here.
    heads: Mutex<HashMap<ProjectId, i64>>,
    process: String,
    /// Something was committed that others have not been told of.
    untold: Notify,
}

impl Feed {
    /// A feed that begins with what comes after everything that is there.
    pub(crate) async fn open(connection: &Connection) -> Result<Self> {
        let (sender, _) = broadcast::channel(4096);
        let heads = heads(connection).await?.into_iter().collect();
        Ok(Self { sender, heads: Mutex::new(heads), process: ids::new_id(), untold: Notify::new() })
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

    /// Sends what this process has committed, and has others told that there is something to read.
    pub(crate) fn committed(&self, events: Vec<Published>) {
        if !events.is_empty() {
            self.publish(events.into_iter().map(Arc::new));
            self.untold.notify_one();
        }
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
            let event = Event { sequence: head, change: LiveChange::Resync };
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

/// Looks and listens, and tells others, until the tasks are ended.
pub(crate) fn listen(feed: &Arc<Feed>, connection: &Connection, url: &str) -> Vec<AbortHandle> {
    let mut tasks = vec![tokio::spawn(look(Arc::clone(feed), connection.clone())).abort_handle()];
    if connection.get_database_backend() == DbBackend::Postgres {
        tasks.push(tokio::spawn(hear(Arc::clone(feed), connection.clone(), url.to_owned())).abort_handle());
        tasks.push(tokio::spawn(tell(Arc::clone(feed), url.to_owned())).abort_handle());
    }
    tasks
}

/// Looks every second.
async fn look(feed: Arc<Feed>, connection: Connection) {
    loop {
        tokio::time::sleep(PAUSE).await;
        catch_up(&feed, &connection).await;
    }
}

/// Looks whenever another process says that there is something.
async fn hear(feed: Arc<Feed>, connection: Connection, url: String) {
    let mut listener = None;
    loop {
        if let Err(error) = wait(&mut listener, &url, &feed.process).await {
            tracing::warn!(%error, "other servers on this database cannot be heard; trying again");
            listener = None;
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        catch_up(&feed, &connection).await;
    }
}

async fn catch_up(feed: &Feed, connection: &Connection) {
    if let Err(error) = feed.catch_up(connection).await {
        tracing::warn!(%error, "what others wrote to this database could not be read; trying again");
    }
}

/// Tells other processes what this one has committed. What could not be told they find when they look.
async fn tell(feed: Arc<Feed>, url: String) {
    let mut connection = None;
    loop {
        feed.untold.notified().await;
        if let Err(error) = notify(&mut connection, &url, &feed.process).await {
            tracing::warn!(%error, "other servers on this database cannot be told");
            connection = None;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

async fn notify(connection: &mut Option<PgConnection>, url: &str, own: &str) -> std::result::Result<(), sea_orm::sqlx::Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(PgConnection::connect(url).await?),
    };
    sea_orm::sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(own).execute(connection).await.map(|_| ())
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
