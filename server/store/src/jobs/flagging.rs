//! Rows into a review list, each with how it was picked: by hand, or because all that match a filter were taken.

use super::StoredJob;
use crate::content::reviews;
use crate::{Desk, Result};
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::reviews::{FlagRow, Flagging, Selection, SelectionFrame, SelectionKind};
use shared::{PersonId, Problem, ProjectId, ReviewListId};

impl Desk {
    /// Refuses a list that a project does not have, and people who are no active members.
    pub(super) async fn require_flagging(&self, project: &ProjectId, list: Option<&ReviewListId>, people: &[PersonId]) -> Result<()> {
        if let Some(list) = list
            && reviews::list(self.store.readers(), list).await?.list.project != *project
        {
            return Err(Problem::not_found("review list").into());
        }
        reviews::require_active(self.store.readers(), people).await
    }
}

/// What puts a row of a job into a list.
pub(super) fn command(
    job: &StoredJob,
    list: Option<ReviewListId>,
    note: Option<String>,
    assignees: Vec<PersonId>,
) -> impl Fn(RowAddress, String) -> Command {
    let frame = job.filter.clone().zip(job.total).map(|(filter, rows)| SelectionFrame { filter, as_of: job.as_of, rows });
    let kind = if frame.is_some() { SelectionKind::Filter } else { SelectionKind::Manual };
    let selection = Selection { kind, frame, ..Selection::default() };
    let flagging = Flagging { lists: list.into_iter().collect(), note, assignees, selection };
    move |row, client_id| Command::FlagRow(FlagRow { row, flagging: flagging.clone(), client_id: Some(client_id) })
}
