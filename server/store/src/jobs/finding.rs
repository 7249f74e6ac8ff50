//! Finding the rows of a job: of one moment, and kept by their keys.

use super::drawing::{self, Candidate, Drawn};
use super::following::TO_BE_FOUND;
use super::{StoredJob, flagging, job_rows};
use crate::ground::database::{exists, run, values};
use crate::ground::keys::{Key as _, project_of};
use crate::ground::upsert::upsert_all;
use crate::looking::trace_rows::{RowOrder, RowScan};
use crate::looking::work::Effort;
use crate::{Desk, Error, Result};
use shared::filter::Context;
use shared::jobs::JobAction;
use shared::{Problem, ProjectId};
use std::time::{Duration, Instant};

/// Rows of a job at most.
const MOST_ROWS: usize = 1_000_000;

/// Rows that are looked at, and that are written, in one go.
const AT_ONCE: usize = 1_000;

/// After so long it is said again that the job is in hand.
const KEEP: Duration = Duration::from_secs(2);

/// Finds the rows of a job and begins with them. Where another process has the job in hand by now, nothing is kept.
pub(super) async fn find_rows(desk: &Desk, project: &ProjectId, job: &StoredJob, holder: &str) -> Result<()> {
    let rows = matching(desk, project, job, holder).await?;
    let matched = i64::try_from(rows.len()).unwrap_or(0);
    let spans = |rows: Vec<Candidate>| rows.into_iter().map(|row| row.span).collect();
    let rows: Vec<Drawn> = match job.action()? {
        JobAction::Fill { draw, .. } => drawing::drawn(&draw, draw.seed.unwrap_or(job.as_of), &job.object(), rows)?,
        JobAction::Flag { sample: Some(count), .. } => flagging::drawn(job, spans(rows), count).into_iter().map(Drawn::from).collect(),
        JobAction::Flag { .. } | JobAction::Tag { .. } | JobAction::AddToDataset { .. } | JobAction::Answer { .. } => {
            rows.into_iter().map(|row| Drawn::from(row.span)).collect()
        }
    };
    let mut first = 0;
    for rows in rows.chunks(AT_ONCE) {
        let (job, rows, holder) = (job.clone(), rows.to_vec(), holder.to_owned());
        let count = i64::try_from(rows.len()).unwrap_or(0);
        desk.store
            .write_in(project, move |change| {
                Box::pin(async move {
                    let text = "SELECT 1 FROM jobs WHERE project = ? AND key = ? AND holder = ? AND state = 'waiting'";
                    if !exists(&change.transaction, text, values![project_of(job.key), job.key, holder]).await? {
                        return Err(lost());
                    }
                    upsert_all(job_rows(job.key, first, &rows), "project, job, place", &change.transaction).await
                })
            })
            .await?;
        first += count;
    }
    let (key, holder, of) = (job.key, holder.to_owned(), project.clone());
    desk.store
        .write_in(project, move |change| {
            Box::pin(async move {
                let text = "UPDATE jobs SET state = 'running', total = ?, matched = ?, held_until = 0 \
                            WHERE project = ? AND key = ? AND holder = ? AND state = 'waiting'";
                run(&change.transaction, text, values![first, matched, project_of(key), key, holder]).await?;
                // Followers look where something was written.
                change.transaction_id(&of).await
            })
        })
        .await?;
    Ok(())
}

/// Why nothing is kept.
fn lost() -> Error {
    Error::Away("another process has this job in hand, or it was stopped".to_owned())
}

/// The rows that match, as the list shows them, without those that arrived since the job was started.
async fn matching(desk: &Desk, project: &ProjectId, job: &StoredJob, holder: &str) -> Result<Vec<Candidate>> {
    let filter = desk.read_filter(job.filter.as_deref().unwrap_or_default())?;
    let strata = match job.action()? {
        JobAction::Fill { draw, .. } => drawing::read_strata(&draw)?,
        JobAction::Flag { .. } | JobAction::Tag { .. } | JobAction::AddToDataset { .. } | JobAction::Answer { .. } => None,
    };
    let view = desk.view(&job.object()).await?.asked_in(Context::at(job.created));
    let mut scan = RowScan::new(&view, filter.as_ref(), RowOrder::Time { oldest_first: true }, None).await?;
    let (mut found, mut said) = (Vec::new(), Instant::now());
    loop {
        if said.elapsed() > KEEP {
            said = Instant::now();
            // Others leave it alone meanwhile, and whoever stops it is heard.
            if desk.store.take_in_hand(project, job.key, holder, TO_BE_FOUND).await?.is_none() {
                return Err(lost());
            }
        }
        match scan.next(AT_ONCE).await? {
            Some(mut rows) => {
                rows.retain(|row| row.listed.root.number() <= job.mark);
                found.extend(drawing::candidates(&view, strata.as_ref(), rows).await?);
            }
            None if scan.finished => return Ok(found),
            // Nobody waits for this.
            None => scan.effort = Effort::whole(),
        }
        if found.len() > MOST_ROWS {
            return Err(Problem::invalid("filter", format!("More than {MOST_ROWS} rows match. Narrow the filter.")).into());
        }
    }
}
