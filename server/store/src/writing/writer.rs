//! What writes: tasks that each own a transaction, commit groups of commands, and publish what they did.
//!
//! Each command runs under a savepoint of the group's transaction, so one that fails takes nothing of the others with
//! it, and a request that is dropped rolls nothing back. A group belongs to one project, whose row it locks from its first statement to its
//! commit: the order of commits is the order of ids within a project, also with several processes, and projects do not wait for each
//! other. SQLite knows one writer, so there a group is made of commands of several projects, in turn.

use crate::ground::database::{Connection, one, values};
use crate::ground::error::{Error, Result};
use crate::ground::fate::Fate;
use crate::ground::keys::{Key, ObjectKey, project_of};
use crate::ground::time;
use crate::writing::chain::Digest;
use crate::writing::group::{self, Effects, Group, ObjectDelta};
use crate::writing::lanes::{Lane, Lanes};
use crate::writing::neighbours::Feed;
use futures::future::BoxFuture;
use sea_orm::{DatabaseTransaction, DbBackend, FromQueryResult};
use shared::live::LiveChange;
use shared::summary::Rollup;
use shared::{Micros, ObjectId, ProjectId};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Commands that may share one commit.
const GROUP: usize = 256;

/// The hour that stands for all time in `rollups`.
pub(crate) const ALL_TIME: i64 = i64::MIN;

/// Objects whose project is remembered, so that it need not be read for each command.
const REMEMBERED: usize = 10_000;

/// The handle by which commands reach the tasks that write.
pub(crate) struct Writer {
    lanes: Arc<Lanes<Box<dyn Job>>>,
    workers: tokio::sync::Mutex<Vec<JoinHandle<()>>>,
    /// An object never changes its project.
    projects: Mutex<HashMap<ObjectId, ProjectId>>,
    clock: Arc<Clock>,
}

/// The time as this process knows it.
pub(crate) struct Clock {
    pub(super) fate: Fate,
    /// How far it is behind; tests set it.
    behind: AtomicI64,
}

impl Clock {
    /// Now.
    pub(crate) fn now(&self) -> Micros {
        self.fate.now() - self.behind.load(Ordering::Relaxed)
    }
}

/// What a command does inside the group's transaction.
pub(crate) struct Change {
    /// The savepoint of this command.
    pub(crate) transaction: DatabaseTransaction,
    /// When the command began.
    pub(crate) now: Micros,
    /// Where ids and salts come from.
    pub(crate) fate: Fate,
    pub(super) lane: Lane,
    /// The transaction id of this command in each project in which it has asked for one.
    pub(super) ids: HashMap<ProjectId, shared::TransactionId>,
    /// What opens the savepoint of this command, where that waits for its first statement.
    pub(super) opening: Option<&'static str>,
    pub(super) pending: Effects,
    pub(super) group: Group,
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

    /// What the first statement of a command begins with that opens its savepoint by itself.
    pub(crate) fn open_savepoint(&mut self) -> String {
        self.opening.take().map_or_else(String::new, |words| format!("{words}; "))
    }

    /// The last transaction of a project so far, where this command has nothing to write.
    pub(crate) async fn last_transaction(&mut self, project: &ProjectId) -> Result<i64> {
        Ok(self.head(project).await?.transaction.0)
    }

    async fn head(&mut self, project: &ProjectId) -> Result<&mut group::Head> {
        if self.lane != Lane::Installation && self.lane != Lane::Project(project.clone()) {
            return Err(Error::Corrupt(format!("a command of another project wrote to {project}")));
        }
        self.group.head(&self.transaction, project).await
    }

    /// Puts a digest into the chain of a project. The command must have asked for its transaction id.
    pub(crate) fn chain(&mut self, project: &ProjectId, digest: Digest) {
        if let Some(id) = self.ids.get(project) {
            self.pending.leaves.push((project.clone(), *id, digest));
        }
    }

    /// Says where a project stands that came from elsewhere, with the digests of everything in it, each with its transaction.
    pub(crate) async fn adopt(&mut self, project: &ProjectId, (number, transaction): (i64, i64), leaves: Vec<(i64, Digest)>) -> Result<()> {
        let head = self.head(project).await?;
        (head.number, head.transaction) = (number, shared::TransactionId(transaction));
        let leaves = leaves.into_iter().map(|(id, digest)| (project.clone(), shared::TransactionId(id), digest));
        self.pending.leaves.extend(leaves);
        Ok(())
    }

    /// Takes `count` keys of a project and returns the first; the others follow it. A command that fails leaves a gap.
    pub(crate) async fn take<K: Key>(&mut self, project: &ProjectId, count: i64) -> Result<K> {
        let head = self.head(project).await?;
        let first = K::of(head.short, head.number + 1);
        head.number += count;
        Ok(first)
    }

    /// Counts a change of a score in the hour of its span.
    pub(crate) fn count(&mut self, object: ObjectKey, name: &str, created: Micros, delta: &Rollup) {
        for hour in [ALL_TIME, created.div_euclid(time::HOUR)] {
            self.pending.rollups.entry((project_of(object), object, hour, name.to_owned())).or_default().merge(delta);
        }
    }

    /// The scores of an object that this group has counted so far.
    pub(crate) fn names_counted(&self, object: ObjectKey) -> BTreeSet<String> {
        let counted = self.group.settled.rollups.keys().chain(self.pending.rollups.keys());
        counted.filter(|(_, of, hour, _)| (*of, *hour) == (object, ALL_TIME)).map(|(.., name)| name.clone()).collect()
    }

    /// Counts what is in an object.
    pub(crate) fn count_in(&mut self, object: ObjectKey, spans: i64, traces: i64) {
        let delta = ObjectDelta { spans, traces, last_activity: self.now };
        self.pending.objects.entry(object).or_default().merge(&delta);
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
}

/// A command on its way through the writer.
pub(super) trait Job: Send {
    fn run<'a>(&'a mut self, change: &'a mut Change) -> BoxFuture<'a, bool>;
    /// Whether it opens its savepoint together with its first statement, before which it writes nothing: that is one visit to SQLite less.
    fn opens_savepoint(&self) -> bool;
    fn finish(self: Box<Self>, committed: std::result::Result<Stands, Ended>);
}

/// The last event of each project of a group.
pub(crate) type Stands = Arc<HashMap<ProjectId, i64>>;

/// How a group ended that was not committed.
#[derive(Clone)]
pub(super) enum Ended {
    /// The database did not answer, or somebody else held what was needed; nothing was kept.
    Away(String),
    /// The database took nothing.
    Failed(String),
    /// The connection was lost while the group was committed.
    Unknown(String),
}

impl Ended {
    fn of(error: &Error) -> Self {
        match error {
            Error::Unknown(reason) => Self::Unknown(reason.clone()),
            away if away.is_passing() && !away.is_unwritable() => Self::Away(away.to_string()),
            failed => Self::Failed(failed.to_string()),
        }
    }
}

impl From<Ended> for Error {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Away(reason) => Self::Away(reason),
            Ended::Failed(reason) => Self::Commit(reason),
            Ended::Unknown(reason) => Self::Unknown(reason),
        }
    }
}

struct Command<F, T> {
    work: Option<F>,
    opens_savepoint: bool,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<(T, Stands)>>,
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

    fn opens_savepoint(&self) -> bool {
        self.opens_savepoint
    }

    fn finish(self: Box<Self>, committed: std::result::Result<Stands, Ended>) {
        let result = match (committed, self.result) {
            (Ok(stands), Some(result)) => result.map(|value| (value, stands)),
            // A command that was refused on its own merits is told so, whatever became of the group.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(ended), _) => Err(ended.into()),
            (Ok(_), None) => Err(Error::Commit("the command panicked".to_owned())),
        };
        // The one who asked may have gone; what was committed stays.
        let _ = self.reply.send(result);
    }
}

impl Writer {
    /// Starts the tasks, as many as may write beside each other.
    pub(crate) fn start(connection: &Connection, feed: &Arc<Feed>, lanes_at_once: u32, fate: Fate) -> Self {
        let lanes = Lanes::new();
        let clock = Arc::new(Clock { fate, behind: AtomicI64::default() });
        let mixed = connection.get_database_backend() != DbBackend::Postgres;
        let workers = (0..lanes_at_once).map(|_| {
            let (lanes, connection, feed, clock) = (Arc::clone(&lanes), connection.clone(), Arc::clone(feed), Arc::clone(&clock));
            tokio::spawn(async move {
                while let Some(mut group) = lanes.next(GROUP, mixed).await {
                    let began = Instant::now();
                    let outcome = group::commit(&connection, &mut group.jobs, &clock).await;
                    metrics::histogram!("touchstone_commit_seconds").record(began.elapsed());
                    metrics::histogram!("touchstone_commit_commands").record(group.jobs.len() as f64);
                    let committed = match outcome {
                        Ok((events, stands)) => {
                            feed.committed(events);
                            Ok(Arc::new(stands))
                        }
                        Err(error) => {
                            tracing::error!(%error, "a group of commands could not be committed");
                            Err(Ended::of(&error))
                        }
                    };
                    for (_, job) in group.jobs.drain(..) {
                        job.finish(committed.clone());
                    }
                }
            })
        });
        let workers = tokio::sync::Mutex::new(workers.collect());
        Self { lanes, workers, projects: Mutex::default(), clock }
    }

    /// Runs a command in the next group of its lane and returns once it is committed.
    async fn write<T, F>(&self, lane: Lane, opens_savepoint: bool, work: F) -> Result<(T, Stands)>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let command: Box<dyn Job> = Box::new(Command { work: Some(work), opens_savepoint, result: None, reply });
        self.lanes.push(lane, command).await?;
        answer.await.map_err(|_| Error::Closing)?
    }

    /// Commands that wait.
    pub(crate) fn queued(&self) -> usize {
        self.lanes.len()
    }

    /// Finishes what is queued and ends the tasks.
    pub(crate) async fn close(&self) {
        self.lanes.close();
        for worker in self.workers.lock().await.drain(..) {
            let _ = worker.await;
        }
    }

    /// The time as this process knows it.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sets the clock of this process back.
    #[cfg(test)]
    pub(crate) fn set_back(&self, by: Micros) {
        self.clock.behind.store(by, Ordering::Relaxed);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lanes.close();
    }
}

impl crate::Store {
    /// Runs a command that belongs to no project.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        Ok(self.inner.writer.write(Lane::Installation, false, work).await?.0)
    }

    /// Runs a command of a project.
    pub(crate) async fn write_in<T, F>(&self, project: &ProjectId, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        Ok(self.inner.writer.write(Lane::Project(project.clone()), false, work).await?.0)
    }

    /// Runs a command about what is in an object. Where there is no such object, the command says so.
    pub(crate) async fn write_at<T, F>(&self, object: &ObjectId, work: F) -> Result<T>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        let project = self.project_of(object).await?;
        Ok(self.write_of(project, work).await?.0)
    }

    /// Runs a command of a project, where it is known, and says where the projects of its group stand then.
    pub(crate) async fn write_of<T, F>(&self, project: Option<ProjectId>, work: F) -> Result<(T, Stands)>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.writer.write(project.map_or(Lane::Installation, Lane::Project), false, work).await
    }

    /// The same for a command that begins with a turn and writes nothing before it.
    pub(crate) async fn write_turn<T, F>(&self, project: Option<ProjectId>, work: F) -> Result<(T, Stands)>
    where
        F: for<'a> FnOnce(&'a mut Change) -> BoxFuture<'a, Result<T>> + Send + 'static,
        T: Send + 'static,
    {
        self.inner.writer.write(project.map_or(Lane::Installation, Lane::Project), true, work).await
    }

    /// The project of an object; none if there is no such object.
    pub(crate) async fn project_of(&self, object: &ObjectId) -> Result<Option<ProjectId>> {
        #[derive(FromQueryResult)]
        struct Row {
            project_id: String,
        }
        let known = &self.inner.writer.projects;
        if let Some(project) = known.lock().unwrap_or_else(PoisonError::into_inner).get(object) {
            return Ok(Some(project.clone()));
        }
        let text = "SELECT project_id FROM objects WHERE id = ?";
        let Some(row) = one::<Row>(self.readers(), text, values![object.as_str()]).await? else { return Ok(None) };
        let project = ProjectId(row.project_id);
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(object.clone(), project.clone());
        Ok(Some(project))
    }

    /// A snapshot of the database for reading.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        crate::ground::database::snapshot(self.readers()).await
    }
}
