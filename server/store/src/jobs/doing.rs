//! What a job does to some rows, and how that is taken back: by the commands of a person, each under an id of its own.

use super::drawing::Drawn;
use super::{JobKey, JobRow, StoredJob};
use super::{copying, flagging, mapping};
use crate::ground::database::{all, list, values};
use crate::ground::keys::Key as _;
use crate::{Desk, Error, Result};
use futures::future::join_all;
use sea_orm::{FromQueryResult, Value};
use shared::answers::{Circumstances, SetAnswer};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::jobs::JobAction;
use shared::objects::RowAddress;
use shared::tags::ChangeTags;
use shared::{Problem, RowId};
use std::collections::HashSet;

/// Rows at once, at most.
pub(super) const MOST_AT_ONCE: usize = 64;

/// What became of some rows.
#[derive(Default)]
pub(super) struct Progress {
    /// How many were looked at.
    pub(super) rows: i64,
    pub(super) done: i64,
    /// Those of them that were there before.
    pub(super) updated: i64,
    pub(super) already: i64,
    pub(super) gone: i64,
    pub(super) refused: i64,
    /// Why the last of them could not be changed.
    pub(super) refusal: Option<String>,
    pub(super) undone: i64,
    pub(super) kept: i64,
}

impl Progress {
    pub(super) fn of(rows: usize) -> Self {
        Self { rows: i64::try_from(rows).unwrap_or(0), ..Self::default() }
    }

    /// Counts a row that could not be changed.
    ///
    /// # Errors
    /// Those that are not about the row.
    fn refuse(&mut self, error: Error) -> Result<()> {
        match error {
            // Other things may be missing, too, such as the list that rows go to.
            Error::Problem(Problem::NotFound { what }) if what.split(' ').next() == Some("row") => self.gone += 1,
            // Who may not do it here may do it nowhere.
            Error::Problem(problem @ (Problem::Forbidden { .. } | Problem::SignIn { .. })) => return Err(problem.into()),
            Error::Problem(problem) => {
                self.refused += 1;
                self.refusal = Some(problem.to_string());
            }
            inside => return Err(inside),
        }
        Ok(())
    }
}

/// Does to some rows what the job does.
pub(super) async fn carry_out(desk: &Desk, job: &StoredJob, rows: Vec<JobRow>) -> Result<Progress> {
    match job.action()? {
        JobAction::Tag { add, remove } => {
            let tag = |row, client_id, _: &Drawn| {
                Command::ChangeTags(ChangeTags { row, add: add.clone(), remove: remove.clone(), client_id: Some(client_id) })
            };
            run_each(desk, job, rows, tag).await
        }
        JobAction::AddToDataset { dataset, expected, mapping, already } => {
            let mapping = mapping.unwrap_or_else(|| mapping::unsaid(expected));
            copying::copy(desk, job, rows, &dataset, (&mapping, already)).await
        }
        JobAction::Answer { question, value } => {
            let answer = |row, client_id, _: &Drawn| {
                let (question, value) = (question.clone(), value.clone());
                let (client_id, circumstances) = (Some(client_id), Circumstances::default());
                Command::SetAnswer(SetAnswer { row, question, value, client_id, reason: None, confirm: false, circumstances })
            };
            run_each(desk, job, rows, answer).await
        }
        JobAction::Fill { list, draw } => run_each(desk, job, rows, flagging::filling(job, list, draw)).await,
        JobAction::Flag { list, note, assignees, sample } => {
            run_each(desk, job, rows, flagging::command(job, (list, note, assignees), sample)).await
        }
    }
}

/// Takes back what the job did to some rows.
pub(super) async fn take_back(desk: &Desk, job: &StoredJob, rows: Vec<JobRow>) -> Result<Progress> {
    match job.action()? {
        JobAction::Tag { .. } | JobAction::Answer { .. } | JobAction::Flag { .. } | JobAction::Fill { .. } => {
            revert_each(desk, job, rows).await
        }
        JobAction::AddToDataset { dataset, .. } => copying::remove(desk, job, rows, &dataset).await,
    }
}

/// The id of the command that does what a job does to the row of a place.
fn client_id(job: JobKey, place: i64) -> String {
    format!("job {} {place}", job.text())
}

/// Gives a command for each row.
async fn run_each(
    desk: &Desk,
    job: &StoredJob,
    rows: Vec<JobRow>,
    command: impl Fn(RowAddress, String, &Drawn) -> Command,
) -> Result<Progress> {
    let home = desk.find_object(&job.object()).await?;
    let mut progress = Progress::of(rows.len());
    let commands = rows.into_iter().filter_map(|JobRow { place, row_id, drawn }| {
        let row = RowAddress { object_type: home.kind, object_id: home.id.clone(), id: RowId(row_id?) };
        Some(command(row, client_id(job.key, place), &drawn))
    });
    let commands: Vec<Command> = commands.collect();
    progress.gone = progress.rows - i64::try_from(commands.len()).unwrap_or(0);
    let ids: Vec<String> = commands.iter().filter_map(|command| command.client_id().map(str::to_owned)).collect();
    // Together they are one commit, and each stands for itself.
    let ran = join_all(commands.into_iter().map(|command| desk.run(command))).await;
    let mut succeeded = 0;
    for outcome in ran {
        match outcome {
            Ok(_) => succeeded += 1,
            Err(error) => progress.refuse(error)?,
        }
    }
    progress.done = i64::try_from(that_changed_something(desk, job, &ids).await?.len()).unwrap_or(0);
    progress.already = succeeded - progress.done;
    Ok(progress)
}

/// Takes back the command of each row.
async fn revert_each(desk: &Desk, job: &StoredJob, rows: Vec<JobRow>) -> Result<Progress> {
    let mut progress = Progress::of(rows.len());
    let ids: Vec<String> = rows.iter().map(|row| client_id(job.key, row.place)).collect();
    let changed = that_changed_something(desk, job, &ids).await?;
    let reverts = ids.into_iter().filter(|id| changed.contains(id)).map(|id| {
        let client_id = Some(format!("undo {id}"));
        desk.run(Command::Revert(Revert { edit: Edit::Command(id), client_id }))
    });
    for outcome in join_all(reverts).await {
        match outcome {
            Ok(_) => progress.undone += 1,
            Err(Error::Problem(problem @ (Problem::Forbidden { .. } | Problem::SignIn { .. }))) => return Err(problem.into()),
            // Somebody did something else there, or the row is gone.
            Err(Error::Problem(_)) => progress.kept += 1,
            Err(inside) => return Err(inside),
        }
    }
    Ok(progress)
}

/// Those of some commands of the job that ran and changed something.
async fn that_changed_something(desk: &Desk, job: &StoredJob, ids: &[String]) -> Result<HashSet<String>> {
    #[derive(FromQueryResult)]
    struct Ran {
        client_id: String,
    }
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let text = format!(
        "SELECT client_id FROM commands WHERE project = ? AND person_id = ? AND client_id IN ({}) AND entry IS NOT NULL",
        list(ids.len())
    );
    let bound = values![job.project, job.person_id.as_str()].into_iter().chain(ids.iter().map(|id| Value::from(id.as_str())));
    let ran = all::<Ran>(desk.store.readers(), &text, bound.collect()).await?;
    Ok(ran.into_iter().map(|row| row.client_id).collect())
}
