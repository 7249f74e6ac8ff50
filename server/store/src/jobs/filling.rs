//! Filling a review list from what matches a filter. It is a job, so that it goes on by itself and is taken back as one; whoever asks waits
//! for some seconds, in which some thousands of rows are put there, and is told how far it has come.

use super::drawing::{candidates, drawn, read_strata};
use super::following::JobWorker;
use super::{key_of, stored};
use crate::content::reviews;
use crate::ground::database::{list as places, one, values};
use crate::ground::keys::{ProjectShort, SpanKey};
use crate::looking::trace_rows::{RowOrder, RowScan};
use crate::looking::view::View;
use crate::looking::work::Effort;
use crate::{Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::filter::Expression;
use shared::jobs::{Job, JobAction, JobRows, JobState, StartJob};
use shared::permissions::Action;
use shared::reviews::{FillList, Filled};
use shared::{ObjectId, Problem, ReviewListId};
use std::time::{Duration, Instant};

/// For how long it is waited until the rows stand in the list. Tests have all the time they need.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 120 } else { 8 });

/// How long until it is looked again where somebody else works at the job.
const AGAIN: Duration = Duration::from_millis(30);

/// Rows that are found, and that are asked about, in one go.
const AT_ONCE: usize = 1_000;
const CHUNK: usize = 400;

impl Desk {
    /// Puts rows that match a filter into a review list: all of them, or drawn from them. The answer of a fill of some hundred rows tells
    /// all of it; a larger one goes on by itself as the job that the answer names. A dry run only tells.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for an unknown list or object, [`Problem::Filter`] and
    /// [`Problem::Invalid`] for what cannot be drawn.
    pub async fn fill_list(&self, command: FillList) -> Result<Filled> {
        let FillList { list, object, filter, draw, dry_run } = command;
        let action = JobAction::Fill { list: list.clone(), draw: draw.clone() };
        self.require(Action::ActOnMany)?;
        let object = self.object_of_list(&list, object).await?;
        self.require_job(&action, true)?;
        draw.check()?;
        if dry_run {
            let (read, strata) = (self.read_filter(&filter)?, read_strata(&draw)?);
            let view = self.search_view(&object).await?;
            let mut rows = Vec::new();
            let mut scan = WholeScan::new(&view, read.as_ref()).await?;
            while let Some(found) = scan.next().await? {
                rows.extend(candidates(&view, strata.as_ref(), found).await?);
            }
            let matched = count(rows.len());
            let seed = draw.seed.unwrap_or_else(|| rand::random::<u32>().into());
            let spans: Vec<SpanKey> = drawn(&draw, seed, &object, rows)?.into_iter().map(|row| row.span).collect();
            let already = listed(&view.snapshot, view.home.short(), &list, &spans).await?;
            return Ok(Filled { would_add: count(spans.len()) - already, already, matched, seed, ..Filled::default() });
        }
        let job = self.start_job(StartJob { object, rows: JobRows::Matching(filter), action }).await?;
        self.attend(job).await
    }

    /// What a list is filled from: what is named, which must be of its project, else the logs.
    pub(super) async fn object_of_list(&self, list: &ReviewListId, object: Option<ObjectId>) -> Result<ObjectId> {
        let list = reviews::list(self.store.readers(), list).await?.list;
        if list.definition.pairwise.is_some() {
            return Err(Problem::invalid("list", reviews::pairs::FOREIGN).into());
        }
        let project = list.project;
        let Some(object) = object else { return Ok(self.project(&project).await?.logs()) };
        if self.find_object(&object).await?.project != project {
            return Err(Problem::invalid("object_id", "Name an object of the project that the list belongs to.").into());
        }
        Ok(object)
    }

    /// Works at a job, or waits for who does, for as long as somebody may wait.
    async fn attend(&self, job: Job) -> Result<Filled> {
        let (key, began, mut worker) = (key_of(&job.id)?, Instant::now(), JobWorker::at_all());
        loop {
            match self.store.work_at(&mut worker, &job.project, key, 1).await {
                Ok(()) => {}
                // It goes on by itself.
                Err(error) if error.is_passing() => {}
                Err(error) => return Err(error),
            }
            let Some(stands) = stored(self.store.readers(), key).await? else { return Err(Problem::not_found("job").into()) };
            let (state, matched, seed) = (stands.state()?, stands.matched, seed(&stands.action()?));
            if state == JobState::Failed {
                // As it was told: there is nobody else to tell.
                let reason = stands.reason.unwrap_or_default();
                return Err(Problem::invalid("fill", reason).into());
            }
            if !state.is_on_the_way() || began.elapsed() > PATIENCE {
                let job = stands.shown(&self.actor)?;
                let would_add = job.total.map_or(0, |total| total - job.already);
                let (added, already, is_on_the_way) = (job.done, job.already, state.is_on_the_way());
                return Ok(Filled { added, would_add, already, matched: matched.unwrap_or(0), seed, job: Some(job.id), is_on_the_way });
            }
            if stands.holder.as_deref() != Some(worker.holder()) {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

fn seed(action: &JobAction) -> i64 {
    match action {
        JobAction::Fill { draw, .. } => draw.seed.unwrap_or_default(),
        JobAction::Flag { .. } | JobAction::Tag { .. } | JobAction::AddToDataset { .. } | JobAction::Answer { .. } => 0,
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// A scan of everything that matches, as far as that takes no longer than somebody waits.
pub(super) struct WholeScan<'a> {
    scan: RowScan<'a>,
}

impl<'a> WholeScan<'a> {
    pub(super) async fn new(view: &'a View, filter: Option<&Expression>) -> Result<Self> {
        let mut scan = RowScan::new(view, filter, RowOrder::Time { oldest_first: true }, None).await?;
        scan.effort = Effort::whole();
        Ok(Self { scan })
    }

    /// The next rows that match; none at the end.
    ///
    /// # Errors
    /// [`Problem::Invalid`] where looking at everything takes too long.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<crate::looking::trace_rows::FoundRow>>> {
        match self.scan.next(AT_ONCE).await? {
            None if !self.scan.finished => Err(Error::from(Problem::invalid("filter", self.scan.how_far()))),
            rows => Ok(rows),
        }
    }
}

/// How many of some rows stand in a list.
async fn listed(connection: &impl ConnectionTrait, project: ProjectShort, list: &ReviewListId, spans: &[SpanKey]) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        rows: i64,
    }
    let mut listed = 0;
    for spans in spans.chunks(CHUNK) {
        let text = format!(
            "SELECT COUNT(*) AS rows FROM review_items WHERE project = ? AND list_id = ? AND listed AND span IN ({})",
            places(spans.len())
        );
        let bound = values![project, list.as_str()].into_iter().chain(spans.iter().map(|span| Value::from(*span))).collect();
        listed += one::<Row>(connection, &text, bound).await?.map_or(0, |row| row.rows);
    }
    Ok(listed)
}
