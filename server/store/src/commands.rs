//! Commands about spans as one type: the way in for the browser's journal.

mod items;

use crate::ground::places::{Home, LocatedSpan};
use crate::said::answers::QuestionAsked;
use crate::said::tags;
use crate::said::{answers, comments, expected, golds, reverts, reviews};
use crate::writing::events;
use crate::writing::turn::Turn;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use shared::commands::{Command, Ran};
use shared::{PersonId, Problem, QuestionId};

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
        let CarriedOut { place: (home, _), as_of } = self.carry_out(command).await?;
        let as_of = match as_of {
            Some(as_of) => as_of,
            None => events::head(self.store.readers(), &home.project).await?,
        };
        Ok(Ran { as_of })
    }

    /// Runs a command, and says where.
    pub(crate) async fn carry_out(&self, command: Command) -> Result<CarriedOut> {
        self.require(command.needs())?;
        let actor = self.actor.clone();
        let project = match (&command, command.row()) {
            (Command::Revert(revert), _) => Some(reverts::project(self.store.readers(), &actor, revert).await?),
            (_, Some(row)) => self.store.project_of(&row.object_id).await?,
            (_, None) => None,
        };
        let mut unanswered = Vec::new();
        if let Command::CompleteReview(complete) = &command {
            unanswered = self.unanswered(&complete.row).await?;
        }
        let (place, stands) =
            self.store.write_turn(project, move |change| Box::pin(async move { run(change, &actor, command, &unanswered).await })).await?;
        Ok(CarriedOut { as_of: stands.get(&place.0.project).copied(), place })
    }
}

/// A command that ran.
pub(crate) struct CarriedOut {
    /// The object and the span it was about.
    pub(crate) place: (Home, LocatedSpan),
    /// The last event of the project then; none where nothing was written.
    pub(crate) as_of: Option<i64>,
}

/// Carries out one command. `unanswered` are the questions that must be answered before the review of its row is complete.
async fn run(change: &mut Change, actor: &Actor, command: Command, unanswered: &[(QuestionId, String)]) -> Result<(Home, LocatedSpan)> {
    let reverted = match &command {
        Command::Revert(revert) => Some(reverts::find(change, actor, revert).await?),
        Command::SetAnswer(_)
        | Command::SetGold(_)
        | Command::SetExpected(_)
        | Command::ChangeTags(_)
        | Command::AddComment(_)
        | Command::EditComment(_)
        | Command::DeleteComment(_)
        | Command::FlagRow(_)
        | Command::UnflagRow(_)
        | Command::AssignReview(_)
        | Command::CompleteReview(_)
        | Command::SkipReview(_)
        | Command::SetReviewStatus(_) => None,
    };
    let row = match &reverted {
        Some(found) => found.row(change).await?,
        None => command.row().cloned(),
    };
    let row = row.ok_or_else(|| Problem::not_found("row"))?;
    let (mut turn, looked) = match Turn::begin(change, actor, &row, &command, answers::beside(&change.transaction, &command)).await? {
        Ok(begun) => begun,
        Err(place) => return Ok(place),
    };
    match (command, reverted) {
        (Command::SetAnswer(command), _) => {
            let asked = QuestionAsked::of(looked, &command.question)?;
            answers::set(&mut turn, command, asked).await?;
        }
        (Command::SetGold(command), _) => golds::set(&mut turn, command).await?,
        (Command::SetExpected(command), _) => expected::set(&mut turn, command).await?,
        (Command::ChangeTags(command), _) => tags::change_on_span(&mut turn, command).await?,
        (Command::AddComment(command), _) => comments::add(&mut turn, command).await?,
        (Command::EditComment(command), _) => comments::edit(&mut turn, command).await?,
        (Command::DeleteComment(command), _) => comments::delete(&mut turn, command).await?,
        (Command::FlagRow(command), _) => reviews::flag(&mut turn, command).await?,
        (Command::UnflagRow(command), _) => reviews::unflag(&mut turn, command).await?,
        (Command::AssignReview(command), _) => reviews::assign(&mut turn, command).await?,
        (Command::CompleteReview(command), _) => reviews::complete(&mut turn, command, unanswered).await?,
        (Command::SkipReview(command), _) => reviews::skip(&mut turn, command).await?,
        (Command::SetReviewStatus(command), _) => reviews::set_status(&mut turn, command).await?,
        (Command::Revert(_), found) => reverts::revert(&mut turn, found.and_then(|found| found.entry)).await?,
    }
    turn.end().await
}
