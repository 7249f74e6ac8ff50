//! Commands about spans as one type: the way in for the browser's journal.

use crate::ground::places;
use crate::said::tags;
use crate::said::{answers, comments, expected, golds, reverts};
use crate::writing::events;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use shared::commands::{Command, Ran};
use shared::permissions::Action;
use shared::{PersonId, Problem, ProjectId};

impl Desk {
    /// Runs a command that `person` gave, perhaps a while ago and kept by a browser meanwhile.
    ///
    /// # Errors
    /// [`Problem::SignIn`] if this is the desk of somebody else, who must not say it in their place, and those of the command.
    pub async fn run_as(&self, person: &PersonId, command: Command) -> Result<Ran> {
        if self.actor.person.id != *person {
            let reason = "Somebody else is signed in here now. Sign in again to send what you have said.".to_owned();
            return Err(Problem::SignIn { reason }.into());
        }
        self.run(command).await
    }

    /// Runs a command. Sent again with the same client id, it changes nothing.
    ///
    /// # Errors
    /// Those of the command.
    pub async fn run(&self, command: Command) -> Result<Ran> {
        self.require(match command {
            Command::SetGold(_) => Action::Settle,
            _ => Action::Review,
        })?;
        let actor = self.actor.clone();
        let project = match (&command, command.row()) {
            (Command::Revert(revert), _) => Some(reverts::project(self.store.readers(), &actor, revert).await?),
            (_, Some(row)) => self.store.project_of(&row.object_id).await?,
            (_, None) => None,
        };
        let project = self.store.write_of(project, move |change| Box::pin(async move { run(change, &actor, command).await })).await?;
        Ok(Ran { as_of: events::head(self.store.readers(), &project).await? })
    }
}

async fn run(change: &mut Change, actor: &Actor, command: Command) -> Result<ProjectId> {
    if let Command::Revert(command) = command {
        return reverts::revert(change, actor, command).await;
    }
    let mut project = None;
    if let Some(row) = command.row() {
        project = Some(places::find_span(&change.transaction, row).await?.0.project);
    }
    match command {
        Command::SetAnswer(command) => answers::set(change, actor, command).await.map(|_| ())?,
        Command::SetGold(command) => golds::set(change, actor, command).await?,
        Command::SetExpected(command) => expected::set(change, actor, command).await?,
        Command::ChangeTags(command) => tags::change_on_span(change, actor, command).await?,
        Command::AddComment(command) => comments::add(change, actor, command).await.map(|_| ())?,
        Command::EditComment(command) => comments::edit(change, actor, command).await?,
        Command::DeleteComment(command) => comments::delete(change, actor, command).await?,
        Command::Revert(_) => {}
    }
    project.ok_or_else(|| Problem::not_found("row").into())
}
