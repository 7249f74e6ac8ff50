//! Rows into a review list, each with how it was picked: by hand, because all that match a filter were taken, or drawn from them.

use super::StoredJob;
use super::drawing::Drawn;
use crate::content::reviews;
use crate::ground::keys::{Key as _, SpanKey};
use crate::{Desk, Result};
use sha2::{Digest as _, Sha256};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::reviews::{Draw, FlagRow, Flagging, Selection, SelectionFrame, SelectionKind};
use shared::{PersonId, Problem, ProjectId, ReviewListId};

impl Desk {
    /// Refuses a list that a project does not have, and people who do not review it.
    pub(super) async fn require_flagging(&self, project: &ProjectId, list: Option<&ReviewListId>, people: &[PersonId]) -> Result<()> {
        let default = ReviewListId(project.0.clone());
        let list = reviews::list(self.store.readers(), list.unwrap_or(&default)).await?;
        if list.list.project != *project {
            return Err(Problem::not_found("review list").into());
        }
        if list.list.definition.pairwise.is_some() {
            return Err(Problem::invalid("list", reviews::pairs::FOREIGN).into());
        }
        reviews::require_reviewers(self.store.readers(), &list, people).await
    }
}

/// What puts a row of a job into a list, with a note and who is asked.
pub(super) fn command(
    job: &StoredJob,
    (list, note, assignees): (Option<ReviewListId>, Option<String>, Vec<PersonId>),
    sample: Option<u32>,
) -> impl Fn(RowAddress, String, &Drawn) -> Command {
    let frame = job.filter.clone().zip(job.matched).map(|(filter, rows)| SelectionFrame { filter, as_of: job.as_of, rows });
    let selection = match (frame, sample.and(job.total)) {
        (None, _) => Selection::default(),
        (Some(frame), None) => Selection { kind: SelectionKind::Filter, frame: Some(frame), ..Selection::default() },
        (Some(frame), Some(drawn)) => Selection {
            kind: SelectionKind::Random,
            #[expect(clippy::cast_precision_loss, reason = "a job has a million rows at most")]
            probability: Some(drawn as f64 / frame.rows as f64),
            seed: Some(seed(job)),
            frame: Some(frame),
            ..Selection::default()
        },
    };
    let flagging = Flagging { lists: list.into_iter().collect(), note, assignees, selection };
    move |row, client_id, _| Command::FlagRow(FlagRow { row, flagging: flagging.clone(), client_id: Some(client_id) })
}

/// What puts a row that was drawn into a list.
pub(super) fn filling(job: &StoredJob, list: ReviewListId, draw: Draw) -> impl Fn(RowAddress, String, &Drawn) -> Command {
    let frame = job.filter.clone().zip(job.matched).map(|(filter, rows)| SelectionFrame { filter, as_of: job.as_of, rows });
    let kind = draw.kind();
    let seed = draw.seed.filter(|_| kind != SelectionKind::Filter);
    move |row, client_id, drawn| {
        let Drawn { probability, stratum, .. } = drawn.clone();
        let selection = Selection { kind, probability, seed, stratum, rule: None, frame: frame.clone() };
        let flagging = Flagging { lists: vec![list.clone()], selection, ..Flagging::default() };
        Command::FlagRow(FlagRow { row, flagging, client_id: Some(client_id) })
    }
}

/// What a job draws by. Another job draws others, and the same job, begun anew, the same.
fn seed(job: &StoredJob) -> i64 {
    job.as_of
}

/// So many of some rows, each as likely as any other, in their order.
pub(super) fn drawn(job: &StoredJob, rows: Vec<SpanKey>, count: u32) -> Vec<SpanKey> {
    let number = |row: &SpanKey| Sha256::digest([seed(job).to_be_bytes(), row.number().to_be_bytes()].concat());
    let mut numbered: Vec<_> = rows.iter().enumerate().map(|(place, row)| (number(row), place)).collect();
    numbered.sort_unstable();
    let mut places: Vec<usize> = numbered.into_iter().take(usize::try_from(count).unwrap_or(usize::MAX)).map(|(_, place)| place).collect();
    places.sort_unstable();
    places.into_iter().filter_map(|place| rows.get(place).copied()).collect()
}
