//! The one writer: a task that owns the writing connection, commits groups of commands, and publishes what they did.
//!
//! Each command runs under a savepoint of the group's transaction, so one that fails takes nothing of the others with
//! it, and a request that is dropped rolls nothing back. The last transaction and event of a project are allocated under
//! its row once for each group: the order of commits is the order of ids, also with several processes.

use crate::ground::database::{self, Connection, all, one, places, run, values};
use crate::ground::error::{Error, Result};
use crate::ground::places::{key_of, project_of};
use crate::ground::time;
use crate::writing::chain::{self, Digest, Link};
use crate::writing::events::Published;
use crate::writing::neighbours::Feed;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use shared::live::{Change as LiveChange, Event};
use shared::summary::{BUCKETS, Rollup};
use shared::{Micros, ProjectId, TransactionId};
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot};

/// Commands that may share one commit.
const GROUP: usize = 256;

/// Live events kept for each project, so that a page that was away can catch up.
const EVENTS_KEPT: i64 = 20_000;

/// The hour that stands for all time in `rollups`.
pub(crate) const ALL_TIME: i64 = i64::MIN;

/// The handle by which commands reach the writer.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    closed: tokio::sync::Mutex<Option<oneshot::Receiver<()>>>,
    close: std::sync::Mutex<Option<oneshot::Sender<()>>>,
}

/// What a command does inside the group's transaction.
pub(crate) struct Change {
    /// The savepoint of this command.
    pub(crate) transaction: DatabaseTransaction,
    /// When the group began.
    pub(crate) now: Micros,
    /// The transaction id of this command in each project in which it has asked for one.
    ids: HashMap<ProjectId, TransactionId>,
    pending: Effects,
    group: Group,
}

/// What the commands of a group share.
struct Group {
    heads: HashMap<ProjectId, Head>,
    /// The largest transaction that is known of any project. A clock that goes wrong is never behind it.
    largest: TransactionId,
    settled: Effects,
}

/// Where a project stands.
struct Head {
    short: i64,
    /// The last number that was given to something in the project.
    number: i64,
    transaction: TransactionId,
    event: i64,
    link: Link,
}

#[derive(Default)]
struct Effects {
    rollups: BTreeMap<(i64, i64, String), Rollup>,
    events: Vec<(ProjectId, LiveChange)>,
    leaves: Vec<(ProjectId, TransactionId, Digest)>,
}

impl Change {
    /// The transaction id of this command in a project. It is larger than every one before it there.
    pub(crate) async fn transaction_id(&mut self, project: &ProjectId) -> Result<i64> {
        if let Some(id) = self.ids.get(project) {
            return Ok(id.0);
        }
        let last = self.head(project).await?.transaction;
        let id = last.max(self.group.largest).next(self.now);
        self.head(project).await?.transaction = id;
        self.group.largest = id;
        self.ids.insert(project.clone(), id);
        Ok(id.0)
    }

    async fn head(&mut self, project: &ProjectId) -> Result<&mut Head> {
        #[derive(FromQueryResult)]
        struct Row {
            short: i64,
            number: i64,
            transaction_id: i64,
            event: i64,
            link: i64,
            hash: Option<Vec<u8>>,
            largest: i64,
        }
        if !self.group.heads.contains_key(project) {
            let text = "SELECT short, number, transaction_id, event, link, hash, \
                        (SELECT MAX(transaction_id) FROM projects) AS largest FROM projects WHERE id = ?";
            let row = one::<Row>(&self.transaction, text, values![project.as_str()]).await?;
            let row = row.ok_or_else(|| shared::Problem::not_found("project"))?;
            let link = Link::stored(row.link, row.hash)?;
            let transaction = TransactionId(row.transaction_id);
            self.group.largest = self.group.largest.max(TransactionId(row.largest));
            let head = Head { short: row.short, number: row.number, transaction, event: row.event, link };
            self.group.heads.insert(project.clone(), head);
        }
        self.group.heads.get_mut(project).ok_or_else(|| Error::Corrupt("the head of a project".to_owned()))
    }

    /// Puts a digest into the chain of a project. The command must have asked for its transaction id.
    pub(crate) fn chain(&mut self, project: &ProjectId, digest: Digest) {
        if let Some(id) = self.ids.get(project) {
            self.pending.leaves.push((project.clone(), *id, digest));
        }
    }

    /// Takes `count` keys of a project and returns the first; the others follow it. A command that fails leaves a gap.
    pub(crate) async fn take(&mut self, project: &ProjectId, count: i64) -> Result<i64> {
        let head = self.head(project).await?;
        let first = key_of(head.short, head.number + 1);
        head.number += count;
        Ok(first)
    }

    /// Counts a change of a score in the hour of its span.
    pub(crate) fn count(&mut self, object: i64, name: &str, created: Micros, delta: &Rollup) {
        for hour in [ALL_TIME, created.div_euclid(time::HOUR)] {
            self.pending.rollups.entry((object, hour, name.to_owned())).or_default().merge(delta);
        }
    }

    /// Publishes an event once the group is committed.
    pub(crate) fn publish(&mut self, project: &ProjectId, change: LiveChange) {
        self.pending.events.push((project.clone(), change));
    }

    /// Empties the events of this group: whoever follows the project loads afresh.
    pub(crate) fn forget_events(&mut self, project: &ProjectId) {
        let events = self.group.settled.events.iter_mut().chain(&mut self.pending.events);
        events.filter(|(of, _)| of == project).for_each(|(_, change)| *change = LiveChange::Resync);
    }

    fn settle(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let settled = &mut self.group.settled;
        settled.events.extend(pending.events);
        settled.leaves.extend(pending.leaves);
        for (key, delta) in pending.rollups {
            settled.rollups.entry(key).or_default().merge(&delta);
        }
    }
}

/// A command on its way through the writer.
trait Job: Send {
    fn run<'a>(&'a mut self, change: &'a mut Change) -> BoxFuture<'a, bool>;
    fn finish(self: Box<Self>, committed: std::result::Result<(), String>);
}

struct Command<F, T> {
    work: Option<F>,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<F, T> Job for Command<F, T>
where
    F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send,
    T: Send,
{
    fn run<'a>(&'a mut self, change: &'a mut Change) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let result = work(change).await;
            let succeeded = result.is_ok();
            self.result = Some(result);
            succeeded
        })
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), String>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            // A command that was refused on its own merits is told so, whatever became of the group.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(reason), _) => Err(Error::Commit(reason)),
            (Ok(()), None) => Err(Error::Commit("the command panicked".to_owned())),
        };
        // The one who asked may have gone; what was committed stays.
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the task.
    pub(crate) fn start(connection: Connection, feed: Arc<Feed>) -> Self {
        let (jobs, queue) = mpsc::channel(1024);
        let (close, stop) = oneshot::channel();
        let (done, closed) = oneshot::channel();
        tokio::spawn(async move {
            work(connection, queue, stop, &feed).await;
            let _ = done.send(());
        });
        Self { jobs, closed: tokio::sync::Mutex::new(Some(closed)), close: std::sync::Mutex::new(Some(close)) }
    }

    /// Runs a command in the next group and returns once it is committed.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let command = Command { work: Some(work), result: None, reply };
        self.jobs.send(Box::new(command)).await.map_err(|_| Error::Closing)?;
        answer.await.map_err(|_| Error::Closing)?
    }

    /// Commands that wait.
    pub(crate) fn queued(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Finishes what is queued and ends the task.
    pub(crate) async fn close(&self) {
        if let Some(close) = self.close.lock().ok().and_then(|mut close| close.take()) {
            let _ = close.send(());
        }
        if let Some(closed) = self.closed.lock().await.take() {
            let _ = closed.await;
        }
    }
}

async fn work(connection: Connection, mut queue: mpsc::Receiver<Box<dyn Job>>, mut stop: oneshot::Receiver<()>, feed: &Feed) {
    let mut closing = false;
    loop {
        let first = tokio::select! {
            job = queue.recv() => job,
            _ = &mut stop, if !closing => {
                closing = true;
                queue.close();
                queue.recv().await
            }
        };
        let Some(first) = first else { return };
        let mut group = vec![first];
        while group.len() < GROUP {
            match queue.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        let began = Instant::now();
        let outcome = commit(&connection, &mut group, feed).await;
        metrics::histogram!("touchstone_commit_seconds").record(began.elapsed());
        metrics::histogram!("touchstone_commit_commands").record(group.len() as f64);
        let committed = match &outcome {
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::error!(error = %error, "a group of commands could not be committed");
                Err(error.to_string())
            }
        };
        feed.publish(outcome.unwrap_or_default().into_iter().map(Arc::new));
        for job in group {
            job.finish(committed.clone());
        }
    }
}

async fn commit(connection: &Connection, jobs: &mut [Box<dyn Job>], feed: &Feed) -> Result<Vec<Published>> {
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    let outer = connection.begin_with_options(options).await?;
    if outer.get_database_backend() == DbBackend::Postgres {
        // One writer at a time among all processes; it is released with the transaction.
        run(&outer, "SELECT pg_advisory_xact_lock(7406153)", values![]).await?;
    }
    let mut group = Group { heads: HashMap::new(), largest: TransactionId::at(0), settled: Effects::default() };
    for job in jobs {
        let savepoint = outer.begin().await?;
        let mut change = Change { transaction: savepoint, now: time::now(), ids: HashMap::new(), pending: Effects::default(), group };
        // A command that panics is refused like one that fails; those after it still run.
        let succeeded = AssertUnwindSafe(job.run(&mut change)).catch_unwind().await.unwrap_or(false);
        if succeeded {
            change.settle();
        }
        let Change { transaction, group: kept, .. } = change;
        group = kept;
        if succeeded { transaction.commit().await? } else { transaction.rollback().await? }
    }
    let Group { mut heads, settled, .. } = group;
    write_rollups(&outer, settled.rollups).await?;
    let events = write_events(&outer, &mut heads, settled.events).await?;
    write_links(&outer, &mut heads, settled.leaves).await?;
    if !events.is_empty() {
        feed.tell(&outer).await?;
    }
    for (project, head) in &heads {
        run(
            &outer,
            "UPDATE projects SET number = ?, transaction_id = ?, event = ?, link = ?, hash = ? WHERE id = ?",
            values![head.number, head.transaction.0, head.event, head.link.sequence, head.link.hash.to_vec(), project.as_str()],
        )
        .await?;
    }
    outer.commit().await?;
    Ok(events)
}

/// The last transaction id that was given out in any project.
pub(crate) async fn last_transaction(connection: &impl ConnectionTrait) -> Result<TransactionId> {
    #[derive(FromQueryResult)]
    struct Row {
        last: Option<i64>,
    }
    let row = one::<Row>(connection, "SELECT MAX(transaction_id) AS last FROM projects", values![]).await?;
    Ok(TransactionId(row.and_then(|row| row.last).unwrap_or(0)).max(TransactionId::at(0)))
}

/// One link for each project of the group, over the digests of everything that its commands wrote there.
async fn write_links(
    transaction: &DatabaseTransaction,
    heads: &mut HashMap<ProjectId, Head>,
    leaves: Vec<(ProjectId, TransactionId, Digest)>,
) -> Result<()> {
    let mut by_project: BTreeMap<ProjectId, Vec<(TransactionId, Digest)>> = BTreeMap::new();
    for (project, id, digest) in leaves {
        by_project.entry(project).or_default().push((id, digest));
    }
    for (project, leaves) in by_project {
        let Some(head) = heads.get_mut(&project) else { continue };
        let ids = leaves.iter().map(|(id, _)| *id);
        let (first, last) = (ids.clone().min().unwrap_or(head.transaction), ids.max().unwrap_or(head.transaction));
        let digest = chain::digest_of_leaves(leaves.iter().map(|(_, digest)| *digest).collect());
        head.link = head.link.next(&project, (first, last), leaves.len(), &digest);
        run(
            transaction,
            "INSERT INTO links (project, sequence, first_transaction, last_transaction, leaves, digest, hash, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            values![
                head.short,
                head.link.sequence,
                first.0,
                last.0,
                i64::try_from(leaves.len()).unwrap_or(i64::MAX),
                digest.to_vec(),
                head.link.hash.to_vec(),
                time::now(),
            ],
        )
        .await?;
    }
    Ok(())
}

async fn write_rollups(transaction: &DatabaseTransaction, changes: BTreeMap<(i64, i64, String), Rollup>) -> Result<()> {
    for ((object, hour, name), delta) in changes {
        if delta.is_nothing() {
            continue;
        }
        let stored = all::<RollupRow>(
            transaction,
            "SELECT name, count, sum, squares, buckets FROM rollups WHERE project = ? AND object = ? AND hour = ? AND name = ?",
            values![project_of(object), object, hour, name.as_str()],
        )
        .await?;
        let mut rollup = stored.into_iter().next().map(RollupRow::read).transpose()?.map(|(_, rollup)| rollup).unwrap_or_default();
        rollup.merge(&delta);
        if rollup.is_nothing() {
            let text = "DELETE FROM rollups WHERE project = ? AND object = ? AND hour = ? AND name = ?";
            run(transaction, text, values![project_of(object), object, hour, name]).await?;
            continue;
        }
        let buckets: Vec<_> = rollup.buckets.iter().map(ToString::to_string).collect();
        run(
            transaction,
            "INSERT INTO rollups (object, hour, name, project, count, sum, squares, buckets) VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (project, object, hour, name) DO UPDATE SET count = excluded.count, sum = excluded.sum, squares = excluded.squares, buckets = excluded.buckets",
            values![object, hour, name, project_of(object), rollup.count, rollup.sum, rollup.squares.to_string(), buckets.join(",")],
        )
        .await?;
    }
    Ok(())
}

/// A roll-up as it is stored.
#[derive(FromQueryResult)]
pub(crate) struct RollupRow {
    name: String,
    count: i64,
    sum: i64,
    squares: String,
    buckets: String,
}

impl RollupRow {
    /// The score's name and its roll-up.
    pub(crate) fn read(self) -> Result<(String, Rollup)> {
        let corrupt = || Error::Corrupt(format!("the roll-up of {}", self.name));
        let mut buckets = [0; BUCKETS];
        for (bucket, text) in buckets.iter_mut().zip(self.buckets.split(',')) {
            *bucket = text.parse().map_err(|_| corrupt())?;
        }
        let squares = self.squares.parse().map_err(|_| corrupt())?;
        Ok((self.name, Rollup { count: self.count, sum: self.sum, squares, buckets }))
    }
}

async fn write_events(
    transaction: &DatabaseTransaction,
    heads: &mut HashMap<ProjectId, Head>,
    changes: Vec<(ProjectId, LiveChange)>,
) -> Result<Vec<Published>> {
    let now = time::now();
    let mut published = Vec::with_capacity(changes.len());
    let mut rows = Vec::with_capacity(changes.len() * 4);
    for (project, change) in changes {
        let Some(head) = heads.get_mut(&project) else {
            return Err(Error::Corrupt("an event of a project whose head was not taken".to_owned()));
        };
        head.event += 1;
        let event = Event { sequence: head.event, change };
        rows.extend(values![head.short, event.sequence, serde_json::to_string(&event)?, now]);
        if event.sequence % 1000 == 0 {
            run(transaction, "DELETE FROM events WHERE project = ? AND sequence <= ?", values![head.short, event.sequence - EVENTS_KEPT])
                .await?;
        }
        published.push(Published { project, sequence: event.sequence, event });
    }
    for chunk in rows.chunks(4 * 1000) {
        let text = format!("INSERT INTO events (project, sequence, body, created) VALUES {}", places(4, chunk.len() / 4));
        run(transaction, &text, chunk.to_vec()).await?;
    }
    Ok(published)
}

impl crate::Store {
    /// Runs a command through the writer.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.writer.write(work).await
    }

    /// A snapshot of the database for reading.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        database::snapshot(self.readers()).await
    }
}
