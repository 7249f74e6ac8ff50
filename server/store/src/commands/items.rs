//! Several commands about reviews in one go: all of them or, if something is wrong, none.

use super::run;
use crate::writing::events;
use crate::{Desk, Result};
use shared::commands::{Command, Ran};
use shared::reviews::{AssignReview, ChangeReviewItem, FlagRow, FlagRows, Flagging, MOST_ROWS, ReviewItem, SetReviewStatus};
use shared::{Problem, ProjectId};
use std::collections::BTreeSet;

impl Desk {
    /// Puts some rows into review lists: all of them, or none.
    ///
    /// # Errors
    /// Those of [`Desk::flag_row`], and [`Problem::Invalid`] for none, for too many, and for rows of several projects.
    pub async fn flag_rows(&self, command: FlagRows) -> Result<Ran> {
        let FlagRows { rows, flagging, client_id } = command;
        if rows.is_empty() || rows.len() > MOST_ROWS {
            return Err(Problem::invalid("rows", format!("Pick 1 to {MOST_ROWS} rows; these are {}.", rows.len())).into());
        }
        let mut projects = BTreeSet::new();
        for row in &rows {
            projects.insert(self.store.project_of(&row.object_id).await?.ok_or_else(|| Problem::not_found(format!("row {}", row.id)))?);
        }
        let (Some(project), true) = (projects.pop_first(), projects.is_empty()) else {
            return Err(Problem::invalid("rows", "Pick rows of one project.").into());
        };
        // Sent again, it finds the same rows in the same places.
        let place = |index: usize| client_id.as_ref().map(|id| format!("{id}:{index}"));
        let each = rows
            .into_iter()
            .enumerate()
            .map(|(index, row)| Command::FlagRow(FlagRow { row, flagging: flagging.clone(), client_id: place(index) }));
        self.run_all(&project, each.collect()).await
    }

    /// Changes an item: who is asked, what they should know, where its review stands. All of it, or nothing.
    ///
    /// # Errors
    /// Those of [`Desk::flag_row`], [`Desk::assign_review`] and [`Desk::set_review_status`]; [`Problem::NotFound`] for what is in no list.
    pub async fn change_review_item(&self, command: ChangeReviewItem) -> Result<ReviewItem> {
        let item = self.review_item(&command.item).await?;
        if !item.listed {
            return Err(Problem::not_found("review item").into());
        }
        let (row, list) = (|| item.row.clone(), || Some(item.list.clone()));
        let note = command.note.map(|note| {
            let flagging = Flagging { lists: vec![item.list.clone()], note: Some(note), ..Flagging::default() };
            Command::FlagRow(FlagRow { row: row(), flagging, client_id: None })
        });
        let assign = command.assignees.map(|add| {
            Command::AssignReview(AssignReview { row: row(), list: list(), add, remove: Vec::new(), only: true, client_id: None })
        });
        let status =
            command.status.map(|status| Command::SetReviewStatus(SetReviewStatus { row: row(), list: list(), status, client_id: None }));
        self.run_all(&item.project, [assign, note, status].into_iter().flatten().collect()).await?;
        self.review_item(&item.id).await
    }

    async fn run_all(&self, project: &ProjectId, commands: Vec<Command>) -> Result<Ran> {
        commands.iter().try_for_each(|command| self.require(command.needs()))?;
        let actor = self.actor.clone();
        self.store
            .write_in(project, move |change| {
                Box::pin(async move {
                    for command in commands {
                        run(change, &actor, command, &[]).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Ok(Ran { as_of: events::head(self.store.readers(), project).await? })
    }
}
