//! A group of commands in one transaction: the lock it begins with, and what all its commands together leave behind.

use crate::ground::database::{self, Connection, StatementPart, all, one, places, run, run_together, values};
use crate::ground::error::{Error, Result};
use crate::ground::keys::{EventKey, Key as _, ObjectKey, ProjectShort};
use crate::ground::time;
use crate::ground::upsert::{Upsert, insertions, upserts};
use crate::writing::chain::{self, Digest, Link};
use crate::writing::events::Published;
use crate::writing::lanes::Lane;
use crate::writing::writer::{Change, Clock, Job};
use futures::FutureExt as _;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, SqliteTransactionMode, TransactionOptions, TransactionTrait, Value,
};
use shared::live::{Event, LiveChange};
use shared::summary::{BUCKETS, Rollup};
use shared::{Micros, ProjectId, TransactionId};
use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// Rows of one statement.
const ROWS: usize = 400;

/// Live events kept for each project, so that a page that was away can catch up.
const EVENTS_KEPT: i64 = 20_000;

/// Bytes of an event at most; what is larger is told as "load afresh".
const LARGEST_EVENT: usize = 100_000;

/// What the commands of a group share.
pub(super) struct Group {
    /// Where the projects stand that were asked for.
    heads: HashMap<ProjectId, Head>,
    /// The same as they were read.
    stored: HashMap<ProjectId, Head>,
    /// The largest transaction that is known of any project. A clock that goes wrong is never behind it.
    pub(super) largest: TransactionId,
    pub(super) settled: Effects,
    /// What time it was when the first of them was asked for, by PostgreSQL's clock.
    now: Option<Micros>,
}

/// Where a project stands.
#[derive(Clone, PartialEq)]
pub(super) struct Head {
    pub(super) short: ProjectShort,
    /// The last number that was given to something in the project.
    pub(super) number: i64,
    pub(super) transaction: TransactionId,
    pub(super) event: i64,
    pub(super) link: Link,
}

/// A roll-up's project, object, hour and name.
type Place = (ProjectShort, ObjectKey, i64, String);

/// What commands do beside what they write themselves.
#[derive(Default)]
pub(super) struct Effects {
    pub(super) rollups: BTreeMap<Place, Rollup>,
    /// What changed in the counts of objects, by their keys.
    pub(super) objects: BTreeMap<ObjectKey, ObjectDelta>,
    pub(super) events: Vec<(ProjectId, LiveChange)>,
    pub(super) leaves: Vec<(ProjectId, TransactionId, Digest)>,
}

/// How many spans and traces an object has more, and when something was last done in it.
#[derive(Default)]
pub(super) struct ObjectDelta {
    pub(super) spans: i64,
    pub(super) traces: i64,
    pub(super) last_activity: Micros,
}

impl ObjectDelta {
    pub(super) fn merge(&mut self, other: &Self) {
        self.spans += other.spans;
        self.traces += other.traces;
        self.last_activity = self.last_activity.max(other.last_activity);
    }
}

impl Group {
    /// Where a project stands. PostgreSQL locks its row, so that nobody else writes to the project until the group is done.
    pub(super) async fn head(&mut self, connection: &DatabaseTransaction, project: &ProjectId) -> Result<&mut Head> {
        #[derive(FromQueryResult)]
        struct Row {
            short: ProjectShort,
            number: i64,
            transaction_id: i64,
            event: i64,
            link: i64,
            hash: Option<Vec<u8>>,
            largest: i64,
            now: Micros,
        }
        if !self.heads.contains_key(project) {
            let (now, lock) = match connection.get_database_backend() {
                DbBackend::Postgres => (database::NOW, " FOR UPDATE"),
                _ => ("CAST(0 AS BIGINT)", ""),
            };
            let text = format!(
                "SELECT short, number, transaction_id, event, link, hash, (SELECT MAX(transaction_id) FROM projects) AS largest, {now} AS now \
                 FROM projects WHERE id = ?{lock}"
            );
            let row = one::<Row>(connection, &text, values![project.as_str()]).await?;
            let row = row.ok_or_else(|| shared::Problem::not_found("project"))?;
            self.largest = self.largest.max(TransactionId(row.largest));
            let (transaction, link) = (TransactionId(row.transaction_id), Link::stored(row.link, row.hash)?);
            self.now = self.now.or(Some(row.now));
            let head = Head { short: row.short, number: row.number, transaction, event: row.event, link };
            self.stored.insert(project.clone(), head.clone());
            self.heads.insert(project.clone(), head);
        }
        self.heads.get_mut(project).ok_or_else(|| Error::Corrupt("the head of a project".to_owned()))
    }

    fn settle(&mut self, pending: Effects) {
        let settled = &mut self.settled;
        settled.events.extend(pending.events);
        settled.leaves.extend(pending.leaves);
        for (key, delta) in pending.rollups {
            settled.rollups.entry(key).or_default().merge(&delta);
        }
        for (key, delta) in pending.objects {
            settled.objects.entry(key).or_default().merge(&delta);
        }
    }
}

/// What a group has to tell, and the last event of each of its projects.
type Committed = (Vec<Published>, HashMap<ProjectId, i64>);

/// Runs the commands of a group and commits them.
pub(super) async fn commit(connection: &Connection, jobs: &mut [(Lane, Box<dyn Job>)], clock: &Clock) -> Result<Committed> {
    let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
    let mut outer = connection.begin_with_options(options).await?;
    let mut group =
        Group { heads: HashMap::new(), stored: HashMap::new(), largest: TransactionId::at(0), settled: Effects::default(), now: None };
    let began = begin(&outer, jobs.first().map(|(lane, _)| lane), &mut group, clock).await?;
    let since = Instant::now();
    let is_postgres = outer.get_database_backend() == DbBackend::Postgres;
    // Who is alone needs no savepoint: nobody else's work would go with it.
    let is_alone = jobs.len() == 1;
    let mut savepoint = Some("SAVEPOINT command").filter(|_| !is_alone);
    for (lane, job) in jobs {
        let passed = Micros::try_from(since.elapsed().as_micros()).unwrap_or_default();
        let now = clock.fate.fixed().unwrap_or(began + passed);
        let mut opening = savepoint;
        if let Some(words) = opening.take_if(|_| is_postgres || !job.opens_savepoint()) {
            outer.execute_unprepared(words).await?;
        }
        let fate = clock.fate.clone();
        let mut change =
            Change { transaction: outer, now, fate, lane: lane.clone(), ids: HashMap::new(), opening, pending: Effects::default(), group };
        // A command that panics is refused like one that fails; those after it still run.
        let succeeded = AssertUnwindSafe(job.run(&mut change)).catch_unwind().await.unwrap_or(false);
        let Change { transaction, group: kept, pending, opening, .. } = change;
        (outer, group) = (transaction, kept);
        if succeeded {
            group.settle(pending);
        }
        if opening.is_some() {
            // It came to nothing before it wrote anything, so that the next one opens the savepoint.
            continue;
        }
        if succeeded {
            savepoint = Some("RELEASE SAVEPOINT command; SAVEPOINT command").filter(|_| !is_alone);
            continue;
        }
        if is_alone {
            outer.rollback().await?;
            return Ok(Committed::default());
        }
        // The savepoint stays, for the next.
        outer.execute_unprepared("ROLLBACK TO SAVEPOINT command").await?;
        savepoint = None;
        // What it locked on its way is free again with it.
        if is_postgres && *lane == Lane::Installation {
            (group.heads, group.stored) = Default::default();
        }
    }
    let Group { mut heads, stored, settled, .. } = group;
    let mut parts = write_rollups(&outer, settled.rollups).await?;
    parts.extend(write_objects(settled.objects));
    let events = write_events(&outer, &mut heads, settled.events, &mut parts).await?;
    parts.extend(write_links(&mut heads, settled.leaves));
    let stands = heads.iter().map(|(project, head)| (project.clone(), head.event)).collect();
    heads.retain(|project, head| stored.get(project) != Some(head));
    parts.extend(write_heads(&heads));
    run_together(&outer, parts).await?;
    outer.commit().await.map_err(|error| match Error::from(error) {
        // Whoever lost the connection does not know whether the database heard the last word.
        lost if is_postgres && lost.is_out_of_reach() && !lost.stood_still() => Error::Unknown(lost.to_string()),
        refused => refused,
    })?;
    Ok((events, stands))
}

/// Locks what the group belongs to, and says what time it is. PostgreSQL's clock is the same for all processes.
async fn begin(outer: &DatabaseTransaction, lane: Option<&Lane>, group: &mut Group, clock: &Clock) -> Result<Micros> {
    #[derive(FromQueryResult)]
    struct Now {
        now: Micros,
    }
    if outer.get_database_backend() != DbBackend::Postgres {
        return Ok(clock.now());
    }
    if let Some(Lane::Project(project)) = lane {
        match group.head(outer, project).await {
            Ok(_) => return Ok(group.now.unwrap_or_else(|| clock.now())),
            // Each command says by itself that there is no such project.
            Err(Error::Problem(_)) => {}
            Err(error) => return Err(error),
        }
    }
    // A row that is there from the first start stands for everything that belongs to no project.
    let text = format!("SELECT {} AS now FROM settings WHERE name = 'organization_id' FOR UPDATE", database::NOW);
    Ok(one::<Now>(outer, &text, values![]).await?.map_or_else(|| clock.now(), |row| row.now))
}

/// The last transaction id that was given out in any project, and the time where it is the same for all processes: everything that is
/// written later, wherever, has a larger id. Waits for nobody.
pub(crate) async fn last_transaction(connection: &impl ConnectionTrait) -> Result<TransactionId> {
    #[derive(FromQueryResult)]
    struct Row {
        last: Option<i64>,
        now: Option<i64>,
    }
    // On SQLite the transactions of all projects are larger than every one before, whatever the clocks of processes say.
    let now = if connection.get_database_backend() == DbBackend::Postgres { database::NOW } else { "CAST(NULL AS BIGINT)" };
    let text = format!("SELECT MAX(transaction_id) AS last, {now} AS now FROM projects");
    let row = one::<Row>(connection, &text, values![]).await?;
    let (last, now) = row.map_or((None, None), |row| (row.last, row.now));
    // What is written within this tick of the clock comes later, too.
    let before = TransactionId::at(now.unwrap_or(0)).0 - 1;
    Ok(TransactionId(last.unwrap_or(0).max(before)).max(TransactionId::at(0)))
}

/// One link for each project of the group, over the digests of everything that its commands wrote there.
fn write_links(heads: &mut HashMap<ProjectId, Head>, leaves: Vec<(ProjectId, TransactionId, Digest)>) -> Vec<StatementPart> {
    let mut by_project: BTreeMap<ProjectId, Vec<(TransactionId, Digest)>> = BTreeMap::new();
    for (project, id, digest) in leaves {
        by_project.entry(project).or_default().push((id, digest));
    }
    let mut rows = Vec::with_capacity(by_project.len());
    for (project, leaves) in by_project {
        let Some(head) = heads.get_mut(&project) else { continue };
        let ids = leaves.iter().map(|(id, _)| *id);
        let (first, last) = (ids.clone().min().unwrap_or(head.transaction), ids.max().unwrap_or(head.transaction));
        let digest = chain::digest_of_leaves(leaves.iter().map(|(_, digest)| *digest).collect());
        head.link = head.link.next(&project, (first, last), leaves.len(), &digest);
        rows.push(
            Upsert::into("links")
                .set("project", head.short)
                .set("sequence", head.link.sequence)
                .set("first_transaction", first.0)
                .set("last_transaction", last.0)
                .set("leaves", i64::try_from(leaves.len()).unwrap_or(i64::MAX))
                .set("digest", digest.to_vec())
                .set("hash", head.link.hash.to_vec())
                .set("created", time::now()),
        );
    }
    insertions(rows)
}

/// Remembers where the projects of the group stand.
fn write_heads(heads: &HashMap<ProjectId, Head>) -> Option<StatementPart> {
    if heads.is_empty() {
        return None;
    }
    const FIRST: &str = "SELECT ? AS short, ? AS number, ? AS transaction_id, ? AS event, ? AS link, ? AS hash";
    let mut bound = Vec::with_capacity(heads.len() * 6);
    for head in heads.values() {
        bound.extend(values![head.short, head.number, head.transaction.0, head.event, head.link.sequence, head.link.hash.to_vec()]);
    }
    let text = format!(
        "UPDATE projects SET number = v.number, transaction_id = v.transaction_id, event = v.event, link = v.link, hash = v.hash \
         FROM ({}) v WHERE projects.short = v.short",
        vec![FIRST; heads.len()].join(" UNION ALL ")
    );
    Some((text, bound))
}

/// Counts what is in objects.
fn write_objects(objects: BTreeMap<ObjectKey, ObjectDelta>) -> Option<StatementPart> {
    const FIRST: &str = "SELECT ? AS key, ? AS spans, ? AS traces, ? AS last_activity";
    if objects.is_empty() {
        return None;
    }
    let text = format!(
        "UPDATE objects SET spans = objects.spans + v.spans, traces = objects.traces + v.traces, last_activity = v.last_activity \
         FROM ({}) v WHERE objects.key = v.key",
        vec![FIRST; objects.len()].join(" UNION ALL ")
    );
    let bound = objects.into_iter().flat_map(|(key, delta)| values![key, delta.spans, delta.traces, delta.last_activity]);
    Some((text, bound.collect()))
}

/// What `(project, object, hour, name) IN (VALUES …)` is bound to.
fn bound<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<Value> {
    places.flat_map(|(project, object, hour, name)| values![*project, *object, *hour, name.as_str()]).collect()
}

/// Brings the roll-ups up to date: what is stored is read at once and written at once, and those that count nothing are taken away.
/// Returns what is still to be written, if it is little.
async fn write_rollups(transaction: &DatabaseTransaction, changes: BTreeMap<Place, Rollup>) -> Result<Vec<StatementPart>> {
    #[derive(FromQueryResult)]
    struct Stored {
        project: ProjectShort,
        object: ObjectKey,
        hour: i64,
        name: String,
        count: i64,
        sum: i64,
        squares: String,
        buckets: String,
    }
    let mut changes: Vec<_> = changes.into_iter().filter(|(_, delta)| !delta.is_nothing()).collect();
    let mut parts = Vec::new();
    for changes in changes.chunks_mut(ROWS) {
        let text = format!(
            "SELECT project, object, hour, name, count, sum, squares, buckets FROM rollups \
             WHERE (project, object, hour, name) IN (VALUES {})",
            places(4, changes.len())
        );
        let stored = all::<Stored>(transaction, &text, bound(changes.iter().map(|(place, _)| place))).await?;
        let mut stored: HashMap<Place, RollupRow> = stored
            .into_iter()
            .map(|row| {
                let rollup =
                    RollupRow { name: row.name.clone(), count: row.count, sum: row.sum, squares: row.squares, buckets: row.buckets };
                ((row.project, row.object, row.hour, row.name), rollup)
            })
            .collect();
        for (place, rollup) in changes.iter_mut() {
            if let Some(stored) = stored.remove(place) {
                rollup.merge(&stored.read()?.1);
            }
        }
        let gone: Vec<_> = changes.iter().filter(|(_, rollup)| rollup.is_nothing()).map(|(place, _)| place).collect();
        if !gone.is_empty() {
            let text = format!("DELETE FROM rollups WHERE (project, object, hour, name) IN (VALUES {})", places(4, gone.len()));
            parts.push((text, bound(gone.into_iter())));
        }
        let kept = changes.iter().filter(|(_, rollup)| !rollup.is_nothing());
        let rows = kept.map(|((project, object, hour, name), rollup)| {
            let buckets: Vec<_> = rollup.buckets.iter().map(ToString::to_string).collect();
            Upsert::into("rollups")
                .set("project", *project)
                .set("object", *object)
                .set("hour", *hour)
                .set("name", name.as_str())
                .set("count", rollup.count)
                .set("sum", rollup.sum)
                .set("squares", rollup.squares.to_string())
                .set("buckets", buckets.join(","))
        });
        parts.extend(upserts(rows.collect(), "project, object, hour, name"));
        if changes.len() == ROWS {
            run_together(transaction, std::mem::take(&mut parts)).await?;
        }
    }
    Ok(parts)
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

/// Numbers what the group has to tell. What would be too large to send to every page tells them to load afresh.
async fn write_events(
    transaction: &DatabaseTransaction,
    heads: &mut HashMap<ProjectId, Head>,
    changes: Vec<(ProjectId, LiveChange)>,
    parts: &mut Vec<StatementPart>,
) -> Result<Vec<Published>> {
    let now = time::now();
    let mut published = Vec::with_capacity(changes.len());
    let mut rows = Vec::with_capacity(changes.len());
    for (project, change) in changes {
        let Some(head) = heads.get_mut(&project) else {
            return Err(Error::Corrupt("an event of a project whose head was not taken".to_owned()));
        };
        head.event += 1;
        let mut event = Event { sequence: head.event, change };
        let mut body = serde_json::to_string(&event)?;
        if body.len() > LARGEST_EVENT {
            event.change = LiveChange::Resync;
            body = serde_json::to_string(&event)?;
        }
        let row = Upsert::into("events").set("project", head.short).set("key", EventKey::of(head.short, event.sequence));
        rows.push(row.set("body", body).set("created", now));
        if event.sequence % 1000 == 0 {
            let first = EventKey::of(head.short, 0);
            let last = EventKey::of(head.short, (event.sequence - EVENTS_KEPT).max(0));
            let text = "DELETE FROM events WHERE project = ? AND key > ? AND key <= ?";
            run(transaction, text, values![head.short, first, last]).await?;
        }
        published.push(Published { project, sequence: event.sequence, event });
    }
    parts.extend(insertions(rows));
    Ok(published)
}
