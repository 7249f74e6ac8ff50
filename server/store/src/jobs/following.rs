//! Working at jobs: each process looks for those of which something is to be done and takes one in hand for some seconds at a time. If it
//! ends, another one goes on, or the next one that starts.

use super::doing::{self, MOST_AT_ONCE, Progress};
use super::{JobKey, ON_THE_WAY, StoredJob, finding, rows_of, stored, unfinished};
use crate::ground::database::{all, run, values};
use crate::ground::keys::{Key as _, ProjectShort, project_of};
use crate::{Desk, Error, Result, Store};
use sea_orm::FromQueryResult;
use shared::jobs::JobState;
use shared::{Micros, Problem, ProjectId};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How often it is looked whether there is something to do.
const EVERY: Duration = Duration::from_millis(300);

/// For how long a process has a job in hand without saying so again.
const HOLD: Micros = 5_000_000;

/// Groups of rows of one job before others have their turn.
const GROUPS: usize = 50;

/// How long a group of rows takes at most, about, so that who writes meanwhile waits no longer.
const GROUP_TAKES: Duration = Duration::from_millis(20);

/// Rows of a group at least, however slow the machine is.
const LEAST_AT_ONCE: usize = 4;

/// So many look for the rows of jobs in each process, which may take long and holds up nobody who works at rows that are found.
const FINDERS: usize = 2;

/// Whose rows are still to be found, and whose are.
pub(super) const TO_BE_FOUND: &str = "state = 'waiting'";
const FOUND: &str = "state IN ('running', 'undoing')";

/// Somebody who works at jobs.
pub(crate) struct JobWorker {
    /// What they go by.
    holder: String,
    /// At which jobs.
    which: &'static str,
    /// Up to which transaction there is nothing to do in a project.
    known: HashMap<ProjectShort, i64>,
    /// Rows of a group: as many as fit.
    size: usize,
}

impl JobWorker {
    /// Somebody who does whatever there is.
    #[cfg(test)]
    pub(crate) fn new() -> Self {
        Self::at_all()
    }

    /// The same.
    pub(super) fn at_all() -> Self {
        Self::at(ON_THE_WAY)
    }

    /// What they go by.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }

    /// Somebody whom others do not know.
    fn at(which: &'static str) -> Self {
        Self { holder: crate::ground::ids::new_id(), which, known: HashMap::new(), size: LEAST_AT_ONCE }
    }

    /// Learns from how long a group took.
    fn learn(&mut self, rows: usize, took: Duration) {
        if rows == 0 {
            return;
        }
        let fit = if took > GROUP_TAKES { self.size / 2 } else { self.size.max(rows) + 2 };
        self.size = fit.clamp(LEAST_AT_ONCE, MOST_AT_ONCE);
    }
}

/// A project with the last transaction in it.
#[derive(FromQueryResult)]
struct Stand {
    id: String,
    short: ProjectShort,
    transaction_id: i64,
}

impl Store {
    /// Works at jobs for as long as the store is open.
    pub(crate) fn follow_jobs(&self) {
        for which in [FOUND].into_iter().chain([TO_BE_FOUND; FINDERS]) {
            self.employ(JobWorker::at(which));
        }
    }

    fn employ(&self, mut worker: JobWorker) {
        let inner = std::sync::Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let Some(inner) = inner.upgrade() else { return };
                let store = Self { inner };
                if store.is_closed()() {
                    return;
                }
                match store.work_at_jobs(&mut worker, GROUPS).await {
                    Ok(()) => {}
                    Err(Error::Closing) => return,
                    Err(error) => tracing::warn!(%error, "jobs could not go on; trying again"),
                }
            }
        });
    }

    /// Does of each job what there is to do, as much as `groups` of rows.
    pub(crate) async fn work_at_jobs(&self, worker: &mut JobWorker, groups: usize) -> Result<()> {
        let text = "SELECT id, short, transaction_id FROM projects WHERE deleted IS NULL";
        for Stand { id, short, transaction_id } in all::<Stand>(self.readers(), text, values![]).await? {
            if worker.known.get(&short) == Some(&transaction_id) {
                continue;
            }
            let (project, jobs) = (ProjectId(id), unfinished(self.readers(), short, worker.which).await?);
            if jobs.is_empty() {
                worker.known.insert(short, transaction_id);
            }
            for job in jobs {
                if job.holder.as_ref().is_none_or(|holder| *holder == worker.holder) || job.held_until <= crate::now() {
                    self.work_at(worker, &project, job.key, groups).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn work_at(&self, worker: &mut JobWorker, project: &ProjectId, key: JobKey, groups: usize) -> Result<()> {
        for _ in 0..groups {
            let Some(job) = self.take_in_hand(project, key, &worker.holder, worker.which).await? else { return Ok(()) };
            let began = Instant::now();
            let sentence = match self.step(worker, project, &job).await {
                Ok(()) => {
                    // As long again it leaves the machine to others. Tests have nobody to leave it to.
                    if !cfg!(test) {
                        tokio::time::sleep(began.elapsed()).await;
                    }
                    continue;
                }
                Err(Error::Problem(problem)) => problem.to_string(),
                Err(error) if error.is_passing() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, job = %key.text(), "a job failed");
                    "Something failed inside Touchstone. What was done until then stays; the log has the details.".to_owned()
                }
            };
            let holder = worker.holder.clone();
            self.write_in(project, move |change| {
                Box::pin(async move {
                    let text = format!(
                        "UPDATE jobs SET state = 'failed', reason = ?, held_until = 0 WHERE project = ? AND key = ? AND holder = ? AND {ON_THE_WAY}"
                    );
                    run(&change.transaction, &text, values![sentence, project_of(key), key, holder]).await
                })
            })
            .await?;
            return Ok(());
        }
        Ok(())
    }

    /// Takes a job in hand, or keeps it there; none if there is nothing left to do of that kind, or somebody else has it.
    pub(super) async fn take_in_hand(
        &self,
        project: &ProjectId,
        key: JobKey,
        holder: &str,
        which: &'static str,
    ) -> Result<Option<StoredJob>> {
        let holder = holder.to_owned();
        self.write_in(project, move |change| {
            Box::pin(async move {
                let text = format!(
                    "UPDATE jobs SET holder = ?, held_until = ? WHERE project = ? AND key = ? AND {which} \
                     AND (holder IS NULL OR holder = ? OR held_until <= ?)"
                );
                let (own, until) = (holder.as_str(), change.now + HOLD);
                let taken = run(&change.transaction, &text, values![own, until, project_of(key), key, own, change.now]).await?;
                if taken == 0 { Ok(None) } else { stored(&change.transaction, key).await }
            })
        })
        .await
    }

    /// Does the next thing of a job: finds its rows, or does or takes back what it does to some of them.
    async fn step(&self, worker: &mut JobWorker, project: &ProjectId, job: &StoredJob) -> Result<()> {
        let desk = self.desk_of(job).await?;
        let state = job.state()?;
        let total = match (state, job.total) {
            (JobState::Waiting, _) => return finding::find_rows(&desk, project, job, &worker.holder).await,
            (_, None) => return Err(job.corrupt()),
            (_, Some(total)) => total,
        };
        let back = state == JobState::Undoing;
        // Of a group that was interrupted it is not known what it did.
        let most = i64::try_from(MOST_AT_ONCE).unwrap_or(0);
        let places = if back { (job.next_back, total.min(job.next + most)) } else { (job.next, total) };
        let rows = rows_of(self.readers(), job.key, places, worker.size, back).await?;
        let began = Instant::now();
        let count = rows.len();
        let progress = if back { doing::take_back(&desk, job, rows).await? } else { doing::carry_out(&desk, job, rows).await? };
        worker.learn(count, began.elapsed());
        let has_ended = progress.rows == 0 || progress.rows >= places.1 - places.0;
        self.save(project, job, progress, back, has_ended).await
    }

    /// The desk of who started a job, as it is now.
    ///
    /// # Errors
    /// [`Problem::NotYours`] where they may no longer do what the job does, in words about them.
    async fn desk_of(&self, job: &StoredJob) -> Result<Desk> {
        let by = job.person_name.as_deref().unwrap_or_default();
        let Some(actor) = self.actor_again(&job.person(), job.api_key().as_ref()).await? else {
            let what = if job.key_id.is_some() { "the API key it was started with no longer works" } else { "they were deactivated" };
            return Err(Problem::not_yours(format!("{by} started it, and {what}.")).into());
        };
        let (desk, action) = (Desk::new(self.clone(), actor), job.action()?);
        match desk.require_job(&action, job.is_of_many()) {
            Err(Error::Problem(Problem::Forbidden { what, .. })) => {
                Err(Problem::not_yours(format!("{by} started it, and may no longer {what}.")).into())
            }
            other => other.map(|()| desk),
        }
    }

    /// Remembers how far a job has come.
    async fn save(&self, project: &ProjectId, job: &StoredJob, progress: Progress, back: bool, has_ended: bool) -> Result<()> {
        let (key, next) = (job.key, if back { job.next_back } else { job.next });
        let (place, ended, from) = if back { ("next_back", "undone", "undoing") } else { ("next", "done", "running") };
        let text = format!(
            "UPDATE jobs SET {place} = {place} + ?, done = done + ?, updated = updated + ?, already = already + ?, gone = gone + ?, refused = refused + ?, \
             refusal = COALESCE(?, refusal), undone = undone + ?, kept = kept + ?, \
             state = CASE WHEN ? AND state = '{from}' THEN '{ended}' ELSE state END, \
             held_until = CASE WHEN ? THEN 0 ELSE held_until END \
             WHERE project = ? AND key = ? AND holder = ? AND {place} = ?"
        );
        let holder = job.holder.clone();
        self.write_in(project, move |change| {
            Box::pin(async move {
                let Progress { rows, done, updated, already, gone, refused, refusal, undone, kept } = progress;
                let mut bound = values![rows, done, updated, already, gone, refused, refusal, undone, kept, has_ended, has_ended];
                bound.extend(values![project_of(key), key, holder, next]);
                run(&change.transaction, &text, bound).await
            })
        })
        .await?;
        Ok(())
    }
}
