//! Jobs: one thing done to many rows, however many there are.
//!
//! Whoever starts a job says which rows and what to do. The rows are found once, of one moment, and kept by their keys; then a process goes
//! from row to row, some at a time, and does to each what a person would do there, by the same commands: permission, validation, activity
//! and events are theirs. Each command carries an id made of the job and the row's place, so that a job that was interrupted goes on where
//! it stood and does nothing twice, and taking the job back is taking each of these commands back.
//!
//! A job belongs to who started it. What they may no longer, it may not either: it asks before each group of rows.

mod copying;
mod doing;
mod drawing;
mod filling;
mod finding;
mod flagging;
pub(crate) mod following;
mod mapping;
mod previewing;
pub(crate) mod rules;

use crate::ground::database::{all, exists, list, one, run, values};
use crate::ground::keys::{JobKey, Key, ProjectShort, SpanKey, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all};
use crate::people::names::folded;
use crate::projects::lists::new_seed;
use crate::projects::questions;
use crate::said::answers::require_asked_of;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Error, Proof, Result};
use drawing::Drawn;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::answers::{AnswerValue, take};
use shared::jobs::{Job, JobAction, JobRows, JobState, MOST_BY_HAND, NameJob, StartJob};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::tags::{NO_COLOR, mistakes};
use shared::{JobId, KeyId, Micros, ObjectId, PersonId, Problem, ProjectId, RowId};
use std::collections::{BTreeSet, HashMap};

/// Jobs that are listed.
const LISTED: i64 = 20;

/// Jobs of one person in one project that can be on their way.
const MOST_ON_THE_WAY: i64 = 20;

/// Rows in one query.
const CHUNK: usize = 400;

/// Of which jobs something is still to be done.
const ON_THE_WAY: &str = "state IN ('waiting', 'running', 'undoing')";

impl Desk {
    /// Starts a job, which goes on by itself.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for who may not do it to one row, and below engineers for more rows than a hand picks;
    /// [`Problem::NotFound`] for an unknown object or dataset; [`Problem::Invalid`] and [`Problem::Filter`] for what makes no job.
    pub async fn start_job(&self, command: StartJob) -> Result<Job> {
        self.require_job(&command.action, command.is_of_many())?;
        command.check()?;
        let home = self.find_object(&command.object).await?;
        if let JobRows::Matching(filter) = &command.rows {
            self.read_filter(filter)?;
        }
        match &command.action {
            JobAction::Tag { add, .. } => self.require_tags(&home.project, add).await?,
            JobAction::AddToDataset { dataset, mapping, .. } => {
                self.require_target(&home, dataset).await?;
                mapping::question(self.store.readers(), &home.project, mapping.as_ref()).await?;
            }
            JobAction::Answer { question, value } => self.require_answer(&home, question, value.clone()).await?,
            JobAction::Fill { list, draw } => {
                drawing::read_strata(draw)?;
                self.require_flagging(&home.project, Some(list), &[]).await?;
            }
            JobAction::Flag { list, assignees, .. } => self.require_flagging(&home.project, list.as_ref(), assignees).await?,
        }
        let (actor, project) = (self.actor.clone(), home.project.clone());
        let key = self.store.write_in(&project, move |change| Box::pin(async move { start(change, &actor, &home, command).await })).await?;
        seen(self.store.readers(), &self.actor, key).await?.shown(&self.actor)
    }

    /// The latest jobs of a project, newest first: for who sees through blindness everybody's, for others their own.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such project.
    pub async fn jobs(&self, project: &ProjectId) -> Result<Vec<Job>> {
        self.require(Action::Read)?;
        self.project(project).await?;
        let found = find(self.store.readers(), "p.id = ?", values![project.as_str()], Some(&self.actor)).await?;
        found.into_iter().map(|job| job.shown(&self.actor)).collect()
    }

    /// One job.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none that the caller sees.
    pub async fn job(&self, id: &JobId) -> Result<Job> {
        self.require(Action::Read)?;
        let job = seen(self.store.readers(), &self.actor, key_of(id)?).await?;
        job.shown(&self.actor)
    }

    /// Stops a job where it stands. What it did stays, and can be taken back. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`Problem::NotFound`] as for [`Desk::job`], [`Problem::Forbidden`] for viewers, [`Problem::NotYours`] for somebody else's job
    /// below engineers.
    pub async fn cancel_job(&self, command: NameJob) -> Result<Job> {
        self.require(Action::Review)?;
        self.change_job(&command.job, |job, actor| {
            if job.person_id != actor.person.id.as_str() && !actor.may(Action::ActOnMany) {
                return Err(Problem::not_yours("Only who started a job, and engineers, can stop it."));
            }
            Ok(job.state()?.is_on_the_way().then(|| (JobState::Cancelled, Some(format!("{} stopped it.", actor.person.name)))))
        })
        .await
    }

    /// Takes back all that a job did, which goes on by itself, too. Where something else was done since, that stays.
    ///
    /// # Errors
    /// [`Problem::NotFound`] as for [`Desk::job`], [`Problem::NotYours`] for somebody else's job, [`Problem::Invalid`] for one that is
    /// still on its way or did nothing, [`Problem::Forbidden`] for who may not do what it does.
    pub async fn undo_job(&self, command: NameJob) -> Result<Job> {
        self.require(Action::Review)?;
        let job = seen(self.store.readers(), &self.actor, key_of(&command.job)?).await?;
        self.require_job(&job.action()?, job.is_of_many())?;
        self.change_job(&command.job, |job, actor| {
            let shown = job.shown(actor).map_err(|_| Problem::not_found("job"))?;
            match shown.state {
                _ if !shown.own => Err(Problem::not_yours(format!("{} started this job. Only they can take it back.", shown.by))),
                JobState::Undoing | JobState::Undone => Ok(None),
                JobState::Waiting | JobState::Running => {
                    Err(Problem::invalid("job", "It is still on its way. Stop it first, then take it back."))
                }
                JobState::Done | JobState::Cancelled | JobState::Failed if shown.can_be_undone() => Ok(Some((JobState::Undoing, None))),
                JobState::Done | JobState::Cancelled | JobState::Failed => {
                    Err(Problem::invalid("job", "It changed nothing that could be taken back."))
                }
            }
        })
        .await
    }

    /// Puts a job into the state that `decide` says, with why; none leaves it as it is.
    async fn change_job(&self, id: &JobId, decide: Decide) -> Result<Job> {
        let (key, actor) = (key_of(id)?, self.actor.clone());
        let project = ProjectId(seen(self.store.readers(), &self.actor, key).await?.project_id);
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let job = seen(&change.transaction, &actor, key).await?;
                    if let Some((state, reason)) = decide(&job, &actor)? {
                        // It is taken back with what who asks for that has proved to be.
                        let key_id = if state == JobState::Undoing { actor.api_key() } else { job.key_id.clone() };
                        let text = "UPDATE jobs SET state = ?, reason = ?, key_id = ? WHERE project = ? AND key = ?";
                        run(&change.transaction, text, values![state.as_str(), reason, key_id, project_of(key), key]).await?;
                        // Followers look where something was written.
                        change.transaction_id(&ProjectId(job.project_id)).await?;
                    }
                    seen(&change.transaction, &actor, key).await?.shown(&actor)
                })
            })
            .await
    }

    /// Refuses a job that the caller may not do.
    fn require_job(&self, action: &JobAction, of_many: bool) -> Result<()> {
        self.actor.require(action.needs(), action.phrase())?;
        let reads = match action {
            JobAction::Tag { .. } | JobAction::Answer { .. } | JobAction::Flag { .. } | JobAction::Fill { .. } => of_many,
            JobAction::AddToDataset { .. } => true,
        };
        if reads {
            self.require(Action::Read)?;
        }
        if of_many { self.require(Action::ActOnMany) } else { Ok(()) }
    }

    /// Refuses tags that cannot be, and those that would have to be configured first by somebody else.
    async fn require_tags(&self, project: &ProjectId, names: &[String]) -> Result<()> {
        if let Some(mistake) = names.iter().find_map(|name| mistakes(name, NO_COLOR, "").into_iter().next()) {
            return Err(mistake.into());
        }
        for name in names {
            let text = "SELECT 1 FROM tags WHERE project_id = ? AND folded = ?";
            if !exists(self.store.readers(), text, values![project.as_str(), folded(name)]).await? {
                self.actor.require(Action::Configure, &format!("make the tag {name}; it is not configured"))?;
            }
        }
        Ok(())
    }

    /// Refuses an answer that would be refused about every row.
    async fn require_answer(&self, home: &Home, question: &str, value: Option<AnswerValue>) -> Result<()> {
        let question = questions::find(self.store.readers(), &home.project, question).await?;
        require_asked_of(&question, home, &self.actor)?;
        value.map(|value| take(&question, value)).transpose()?;
        Ok(())
    }

    async fn require_target(&self, home: &Home, dataset: &ObjectId) -> Result<()> {
        let target = self.find_object(dataset).await?;
        if target.kind != ObjectKind::Dataset || target.project != home.project || target.key == home.key {
            return Err(Problem::invalid("dataset", "Name another dataset of the same project.").into());
        }
        Ok(())
    }
}

/// What becomes of a job: its next state, with why; none where it stays.
type Decide = fn(&StoredJob, &Actor) -> std::result::Result<Option<(JobState, Option<String>)>, Problem>;

impl Actor {
    /// The API key that proved who they are, if one did.
    fn api_key(&self) -> Option<String> {
        match &self.proof {
            Proof::Key(key, _) => Some(key.0.clone()),
            Proof::Session(_) | Proof::Console => None,
        }
    }
}

async fn start(change: &mut Change, actor: &Actor, home: &Home, mut command: StartJob) -> Result<JobKey> {
    require_room(change, actor, home).await?;
    let key: JobKey = change.take(&home.project, 1).await?;
    let as_of = change.transaction_id(&home.project).await?;
    if let JobAction::Fill { draw, .. } = &mut command.action {
        draw.seed = draw.seed.or_else(|| Some(new_seed(change)));
    }
    let (filter, picked) = match command.rows {
        JobRows::Matching(filter) => (Some(filter), None),
        JobRows::Picked(ids) => (None, Some(picked(&change.transaction, home, ids).await?)),
    };
    let state = if picked.is_some() { JobState::Running } else { JobState::Waiting };
    let total = picked.as_ref().map(|rows| i64::try_from(rows.len()).unwrap_or(i64::MAX));
    let counts = ["next", "next_back", "done", "updated", "already", "gone", "refused", "undone", "kept", "held_until"];
    let job = Upsert::into("jobs")
        .set("project", home.short())
        .set("key", key)
        .set("object_id", home.id.as_str())
        .set("person_id", actor.person.id.as_str())
        .set("key_id", actor.api_key())
        .set("action", serde_json::to_string(&command.action)?)
        .set("filter", filter)
        .set("mark", key.number())
        .set("as_of", as_of)
        .set("state", state.as_str())
        .set("total", total)
        .set("created", change.now);
    counts.into_iter().fold(job, |job, count| job.set(count, 0_i64)).insert(&change.transaction).await?;
    let picked: Vec<Drawn> = picked.into_iter().flatten().map(Drawn::from).collect();
    insert_all(job_rows(key, 0, &picked), &change.transaction).await?;
    Ok(key)
}

/// Refuses who has too many jobs on their way in a project.
async fn require_room(change: &Change, actor: &Actor, home: &Home) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        jobs: i64,
    }
    let text = format!("SELECT COUNT(*) AS jobs FROM jobs WHERE project = ? AND person_id = ? AND {ON_THE_WAY}");
    let row = one::<Row>(&change.transaction, &text, values![home.short(), actor.person.id.as_str()]).await?;
    if row.is_some_and(|row| row.jobs >= MOST_ON_THE_WAY) {
        let reason = format!("{MOST_ON_THE_WAY} of your jobs are on their way. Wait until one has ended, or stop one.");
        return Err(Problem::invalid("job", reason).into());
    }
    Ok(())
}

/// Rows of a job as they are stored, from a place on.
fn job_rows(job: JobKey, first: i64, rows: &[Drawn]) -> Vec<Upsert> {
    let row = |(place, row): (i64, &Drawn)| {
        let at = Upsert::into("job_rows").fixed("project", project_of(job)).fixed("job", job).fixed("place", place);
        at.set("span", row.span).set("probability", row.probability).set("stratum", row.stratum.clone())
    };
    (first..).zip(rows).map(row).collect()
}

/// The rows of some ids, each once; what is not there is nobody's.
async fn picked(connection: &impl ConnectionTrait, home: &Home, ids: Vec<RowId>) -> Result<Vec<SpanKey>> {
    #[derive(FromQueryResult)]
    struct Found {
        key: SpanKey,
        row_id: String,
    }
    let mut known = BTreeSet::new();
    let ids: Vec<RowId> = ids.into_iter().filter(|id| known.insert(id.clone())).collect();
    let mut found = HashMap::new();
    for ids in ids.chunks(CHUNK) {
        let text =
            format!("SELECT key, row_id FROM spans WHERE project = ? AND object = ? AND row_id IN ({}) AND arrived", list(ids.len()));
        let bound = values![home.short(), home.key].into_iter().chain(ids.iter().map(|id| Value::from(id.as_str()))).collect();
        found.extend(all::<Found>(connection, &text, bound).await?.into_iter().map(|row| (row.row_id, row.key)));
    }
    Ok(ids.iter().map(|id| found.get(id.as_str()).copied().unwrap_or(SpanKey::NONE)).collect())
}

/// A job as it is stored, with the project and the name of who started it.
#[derive(Clone, FromQueryResult)]
struct StoredJob {
    project: ProjectShort,
    project_id: String,
    key: JobKey,
    object_id: String,
    person_id: String,
    person_name: Option<String>,
    key_id: Option<String>,
    action: String,
    filter: Option<String>,
    mark: i64,
    as_of: i64,
    state: String,
    reason: Option<String>,
    total: Option<i64>,
    matched: Option<i64>,
    next: i64,
    next_back: i64,
    done: i64,
    updated: i64,
    already: i64,
    gone: i64,
    refused: i64,
    refusal: Option<String>,
    undone: i64,
    kept: i64,
    holder: Option<String>,
    created: Micros,
}

impl StoredJob {
    fn corrupt(&self) -> Error {
        Error::Corrupt(format!("the job {}", self.key.text()))
    }

    fn state(&self) -> std::result::Result<JobState, Problem> {
        JobState::parse(&self.state).ok_or_else(|| Problem::not_found("job"))
    }

    fn action(&self) -> Result<JobAction> {
        serde_json::from_str(&self.action).map_err(|_| self.corrupt())
    }

    fn object(&self) -> ObjectId {
        ObjectId(self.object_id.clone())
    }

    fn person(&self) -> PersonId {
        PersonId(self.person_id.clone())
    }

    fn api_key(&self) -> Option<KeyId> {
        self.key_id.clone().map(KeyId)
    }

    /// Whether it takes somebody who may act on many rows.
    fn is_of_many(&self) -> bool {
        let by_hand = i64::try_from(MOST_BY_HAND).unwrap_or(i64::MAX);
        self.filter.is_some() || self.total.is_some_and(|total| total > by_hand)
    }

    fn shown(&self, actor: &Actor) -> Result<Job> {
        Ok(Job {
            id: JobId(self.key.text()),
            project: ProjectId(self.project_id.clone()),
            object: self.object(),
            by: self.person_name.clone().unwrap_or_default(),
            own: self.person_id == actor.person.id.as_str(),
            action: self.action()?,
            filter: self.filter.clone(),
            state: self.state()?,
            reason: self.reason.clone(),
            total: self.total,
            done: self.done,
            updated: self.updated,
            already: self.already,
            gone: self.gone,
            refused: self.refused,
            refusal: self.refusal.clone(),
            undone: self.undone,
            kept: self.kept,
            created: self.created,
        })
    }
}

/// Jobs that fulfil a condition of our own text, newest first: those that an actor sees, or all.
async fn find(
    connection: &impl ConnectionTrait,
    condition: &str,
    mut bound: Vec<Value>,
    seen_by: Option<&Actor>,
) -> Result<Vec<StoredJob>> {
    let mut text = format!(
        "SELECT j.project, p.id AS project_id, j.key, j.object_id, j.person_id, o.name AS person_name, j.key_id, j.action, j.filter, j.mark, j.as_of, \
         j.state, j.reason, j.total, j.matched, j.next, j.next_back, j.done, j.updated, j.already, j.gone, j.refused, j.refusal, j.undone, j.kept, j.holder, \
         j.created FROM projects p JOIN jobs j ON j.project = p.short LEFT JOIN people o ON o.id = j.person_id \
         WHERE p.deleted IS NULL AND {condition}"
    );
    // What an engineer asked for, and how many rows that was, tells what who is blind must not know.
    if let Some(actor) = seen_by.filter(|actor| !actor.may(Action::SeeThrough)) {
        text += " AND j.person_id = ?";
        bound.extend(values![actor.person.id.as_str()]);
    }
    text += &format!(" ORDER BY j.key DESC LIMIT {LISTED}");
    all::<StoredJob>(connection, &text, bound).await
}

/// The job of a key, if an actor sees it.
async fn seen(connection: &impl ConnectionTrait, actor: &Actor, key: JobKey) -> Result<StoredJob> {
    let found = find(connection, "j.project = ? AND j.key = ?", values![project_of(key), key], Some(actor)).await?;
    found.into_iter().next().ok_or_else(|| Problem::not_found("job").into())
}

/// The key in an id.
fn key_of(id: &JobId) -> Result<JobKey> {
    JobKey::parse(id.as_str()).ok_or_else(|| Problem::not_found("job").into())
}

/// A row of a job: its place, how it was drawn, and its id if it is still there.
struct JobRow {
    place: i64,
    drawn: Drawn,
    row_id: Option<String>,
}

/// The rows of a job from a place on, `most` at most and none beyond `end`. With `gone`, ids of rows that were deleted, too.
async fn rows_of(connection: &impl ConnectionTrait, job: JobKey, (first, end): (i64, i64), most: usize, gone: bool) -> Result<Vec<JobRow>> {
    #[derive(FromQueryResult)]
    struct Kept {
        place: i64,
        span: SpanKey,
        probability: Option<f64>,
        stratum: Option<String>,
    }
    #[derive(FromQueryResult)]
    struct Named {
        key: SpanKey,
        row_id: String,
    }
    let project = project_of(job);
    let text = format!(
        "SELECT place, span, probability, stratum FROM job_rows WHERE project = ? AND job = ? AND place >= ? AND place < ? ORDER BY place LIMIT {most}"
    );
    let kept = all::<Kept>(connection, &text, values![project, job, first, end]).await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let keys = || kept.iter().map(|row| Value::from(row.span));
    let mut text = format!("SELECT key, row_id FROM spans WHERE project = ? AND key IN ({}) AND arrived", list(kept.len()));
    let mut bound: Vec<Value> = values![project].into_iter().chain(keys()).collect();
    if gone {
        text += &format!(" UNION SELECT key, row_id FROM span_versions WHERE project = ? AND key IN ({})", list(kept.len()));
        bound.extend(values![project].into_iter().chain(keys()));
    }
    let mut named: HashMap<SpanKey, String> =
        all::<Named>(connection, &text, bound).await?.into_iter().map(|row| (row.key, row.row_id)).collect();
    let row = |Kept { place, span, probability, stratum }| {
        let drawn = Drawn { span, probability, stratum };
        JobRow { place, drawn, row_id: named.remove(&span) }
    };
    Ok(kept.into_iter().map(row).collect())
}

/// The job of a key as it stands, whoever asks; none where its project is gone.
async fn stored(connection: &impl ConnectionTrait, key: JobKey) -> Result<Option<StoredJob>> {
    Ok(find(connection, "j.project = ? AND j.key = ?", values![project_of(key), key], None).await?.into_iter().next())
}

/// Whether a job is on its way.
#[derive(FromQueryResult)]
struct Unfinished {
    key: JobKey,
    holder: Option<String>,
    held_until: Micros,
}

/// The jobs of a project of which something is still to be done, oldest first.
async fn unfinished(connection: &impl ConnectionTrait, project: ProjectShort, which: &str) -> Result<Vec<Unfinished>> {
    let text = format!("SELECT key, holder, held_until FROM jobs WHERE project = ? AND {which} ORDER BY key");
    all::<Unfinished>(connection, &text, values![project]).await
}
