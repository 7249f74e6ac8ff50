//! Reviews of rows: flagged, assigned, completed, skipped, closed and opened again by people.

pub(super) mod awaited;
mod filtered;
pub(crate) mod flags;
mod handing;
mod in_hand;
pub(crate) mod items;
mod named;
mod overview;
mod pace;
pub(super) mod returned;
mod taking;

pub use filtered::MatchingItems;

use crate::content::reviews::{self, ItemState, List, RowReviews};
use crate::ground::places::find_span;
use crate::writing::activity::NewActivity;
use crate::writing::turn::Turn;
use crate::{Actor, Desk, Result};
use shared::audit::Deed;
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::reviews::{
    AssignReview, CompleteReview, FlagRow, Flagging, ReviewItem, ReviewStatus, SetReviewStatus, SkipReview, UnflagRow, check_text,
};
use shared::{PersonId, Problem, QuestionId, ReviewListId};
use std::collections::BTreeSet;

impl Desk {
    /// Puts a row into review lists.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, and below engineers for who says who reviews it or how it was drawn; [`Problem::NotFound`] for an
    /// unknown row or list; [`Problem::Invalid`] for what cannot be.
    pub async fn flag_row(&self, command: FlagRow) -> Result<()> {
        self.run(Command::FlagRow(command)).await.map(|_| ())
    }

    /// Takes a row out of review lists.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown row or list.
    pub async fn unflag_row(&self, command: UnflagRow) -> Result<()> {
        self.run(Command::UnflagRow(command)).await.map(|_| ())
    }

    /// Asks people to review a row, and others no more.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] for a row that stands in no such list, [`Problem::Invalid`] for who is
    /// no active member.
    pub async fn assign_review(&self, command: AssignReview) -> Result<()> {
        self.run(Command::AssignReview(command)).await.map(|_| ())
    }

    /// Says that the caller has reviewed a row.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotYours`] where others are asked, [`Problem::Taken`] where it has the reviews it needs,
    /// [`Problem::Unanswered`] where a question that must be answered was not.
    pub async fn complete_review(&self, command: CompleteReview) -> Result<()> {
        self.run(Command::CompleteReview(command)).await.map(|_| ())
    }

    /// Leaves the review of a row to others, for this round.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for a row that stands in no such list, [`Problem::NotYours`] for who does not
    /// review that list.
    pub async fn skip_review(&self, command: SkipReview) -> Result<()> {
        self.run(Command::SkipReview(command)).await.map(|_| ())
    }

    /// Closes a review, takes it in hand, or opens it again.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for a row that stands in no such list, [`Problem::NotYours`] for who neither
    /// reviews that list nor configures, [`Problem::Taken`] or [`Problem::NotYours`] for what cannot be taken in hand, [`Problem::Taken`] for
    /// what others have in hand or have begun, unless one configures.
    pub async fn set_review_status(&self, command: SetReviewStatus) -> Result<()> {
        self.run(Command::SetReviewStatus(command)).await.map(|_| ())
    }

    /// How a row stands in each of its lists, as the caller may see it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown row.
    pub async fn reviews_of_row(&self, row: &RowAddress) -> Result<Vec<ReviewItem>> {
        self.require_reader_of_items()?;
        let snapshot = self.store.snapshot().await?;
        let (_, span) = find_span(&snapshot, row).await?;
        items::of_span(&snapshot, &self.actor, span.key, self.store.inner.writer.clock().now()).await
    }
}

/// Puts the row into lists.
pub(crate) async fn flag(turn: &mut Turn<'_>, command: FlagRow) -> Result<()> {
    let Flagging { lists, note, assignees, selection } = command.flagging;
    selection.check()?;
    check_text("note", note.as_deref().unwrap_or_default())?;
    let mut row = begin(turn).await?;
    let lists = if lists.is_empty() { vec![row.default_list()] } else { lists };
    for list in &lists {
        row.require_reviewers(list, &assignees).await?;
        row.flag(list, note.as_deref(), &assignees, &selection).await?;
    }
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Takes the row out of lists.
pub(crate) async fn unflag(turn: &mut Turn<'_>, command: UnflagRow) -> Result<()> {
    let actor = turn.actor;
    let mut row = begin(turn).await?;
    let lists = if command.lists.is_empty() { row.listed_in() } else { command.lists };
    for list in &lists {
        row.list(list)?;
        if row.item(list).is_some() && !actor.may(Action::Configure) {
            row.require_untouched_by_others(list).await?;
        }
        row.unflag(list).await?;
    }
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Asks people to review the row, and others no more.
pub(crate) async fn assign(turn: &mut Turn<'_>, command: AssignReview) -> Result<()> {
    let mut row = begin(turn).await?;
    let list = listed(&row, command.list)?;
    row.require_reviewers(&list, &command.add).await?;
    row.assign(&list, |people| {
        if command.only {
            people.clear();
        }
        people.extend(command.add.iter().map(|person| person.0.clone()));
        people.retain(|person| !command.remove.iter().any(|removed| removed.0 == *person));
    })
    .await?;
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Says that the person has reviewed the row, of whose questions `unanswered` still must be answered, as far as the list asks them.
pub(crate) async fn complete(turn: &mut Turn<'_>, command: CompleteReview, unanswered: &[(QuestionId, String)]) -> Result<()> {
    let actor = turn.actor;
    let mut row = begin(turn).await?;
    let list = match command.list {
        Some(list) => list,
        None => match row.held().await? {
            Some(list) => list,
            // What nobody flagged is remembered in the default list, without standing in it.
            None => row.listed_in().into_iter().next().unwrap_or_else(|| row.default_list()),
        },
    };
    require_reviewer(&row, actor, &list).await?;
    let definition = &row.list(&list)?.list.definition;
    match (&definition.pairwise, command.preference) {
        // The questions of the project are asked about single rows.
        (Some(_), Some(preferred)) => {
            row.prefer(&list, preferred).await?;
            let told = row.finish().await?;
            return tell(turn, told).await;
        }
        (Some(_), None) => return Err(Problem::unanswered(&["Preference"]).into()),
        (None, Some(_)) => {
            return Err(Problem::invalid("preference", "This list shows single rows, of which none is better. Leave it out.").into());
        }
        (None, None) => {}
    }
    let asked = &definition.questions;
    let missing: Vec<&str> =
        unanswered.iter().filter(|(id, _)| asked.is_empty() || asked.contains(id)).map(|(_, name)| name.as_str()).collect();
    if !missing.is_empty() {
        return Err(Problem::unanswered(&missing).into());
    }
    row.complete(&list).await?;
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Leaves the review of the row to others.
pub(crate) async fn skip(turn: &mut Turn<'_>, command: SkipReview) -> Result<()> {
    check_text("note", command.note.as_deref().unwrap_or_default())?;
    let actor = turn.actor;
    let mut row = begin(turn).await?;
    let list = match command.list {
        None => row.held().await?,
        list => list,
    };
    let list = listed(&row, list)?;
    require_of_list(row.list(&list)?, actor)?;
    row.skip(&list, command.reason, command.note.filter(|note| !note.trim().is_empty())).await?;
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Closes the review of the row, takes it in hand, or opens it again.
pub(crate) async fn set_status(turn: &mut Turn<'_>, command: SetReviewStatus) -> Result<()> {
    let actor = turn.actor;
    let mut row = begin(turn).await?;
    let list = listed(&row, command.list)?;
    match command.status {
        ReviewStatus::InReview => require_reviewer(&row, actor, &list).await?,
        ReviewStatus::Complete | ReviewStatus::Backlog => require_closer(&row, actor, &list)?,
    }
    if command.status == ReviewStatus::Backlog && !actor.may(Action::Configure) {
        row.require_untouched_by_others(&list).await?;
    }
    row.set_status(&list, command.status).await?;
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Puts an item back to what it was before an entry of the activity.
pub(crate) async fn put_back(turn: &mut Turn<'_>, list: &str, deed: &Deed, from: Option<&str>, to: Option<&str>) -> Result<()> {
    let (actor, list) = (turn.actor, ReviewListId::from(list));
    let mut row = begin(turn).await?;
    match deed {
        Deed::Complete | Deed::Prefer | Deed::Skip => {
            let told = to.ok_or_else(|| Problem::invalid("edit", "This edit cannot be taken back."))?;
            row.take_back(&list, deed, told).await?;
        }
        Deed::Assign => {
            let people = |text: Option<&str>| text.map(serde_json::from_str::<BTreeSet<String>>).transpose();
            let (before, after) = (people(from)?.unwrap_or_default(), people(to)?.unwrap_or_default());
            row.require_reviewers(&list, &ids(before.difference(&after))).await?;
            row.assign(&list, |people| {
                people.retain(|person| before.contains(person) || !after.contains(person));
                people.extend(before.difference(&after).cloned());
            })
            .await?;
        }
        Deed::Flag | Deed::Unflag | Deed::Close | Deed::Reopen | Deed::SetStatus => {
            let state = |text: Option<&str>| text.map(serde_json::from_str::<ItemState>).transpose();
            let (from, to) = state(from)?.zip(state(to)?).ok_or_else(|| Problem::invalid("edit", "This edit cannot be taken back."))?;
            if from.assignees != to.assignees {
                actor.require(Action::Assign, Action::Assign.phrase())?;
                row.require_reviewers(&list, &ids(from.assignees.difference(&to.assignees))).await?;
            }
            // Closing and opening is for who may do it anew.
            if from.listed && to.listed && (from.closed, from.round, &from.status) != (to.closed, to.round, &to.status) {
                require_closer(&row, actor, &list)?;
            }
            row.restore(&list, from, &to).await?;
        }
        Deed::Answer
        | Deed::Clear
        | Deed::Gold
        | Deed::ClearGold
        | Deed::SetAside
        | Deed::CountAgain
        | Deed::Edit
        | Deed::Merge
        | Deed::Feedback
        | Deed::Comment
        | Deed::EditComment
        | Deed::DeleteComment
        | Deed::RestoreComment
        | Deed::Erase
        | Deed::Delete
        | Deed::Restore
        | Deed::Other(_) => return Err(Problem::invalid("edit", "This edit cannot be taken back.").into()),
    }
    let told = row.finish().await?;
    tell(turn, told).await
}

/// Reads how the row stands in lists.
async fn begin<'a>(turn: &'a mut Turn<'_>) -> Result<RowReviews<'a>> {
    let (person, source) = (turn.person().clone(), turn.actor.source());
    RowReviews::load(turn.change, &turn.home, (turn.span.key, &turn.row), &person, source).await
}

/// Tells the activity, and open pages, what was done; nothing if nothing was.
async fn tell(turn: &mut Turn<'_>, told: Option<Vec<NewActivity>>) -> Result<()> {
    let Some(entries) = told else { return Ok(()) };
    if !entries.is_empty() {
        turn.tell(entries).await?;
    }
    reviews::tell_row(turn.change, &turn.home, &turn.span, &turn.row).await
}

/// The list that is named, else the first in which the row stands.
fn listed(row: &RowReviews<'_>, named: Option<ReviewListId>) -> Result<ReviewListId> {
    let list = named.or_else(|| row.listed_in().into_iter().next());
    list.ok_or_else(|| Problem::not_found("review of this row in any list").into())
}

/// Refuses who is not asked to review: of the list, or of the row.
async fn require_reviewer(row: &RowReviews<'_>, actor: &Actor, id: &ReviewListId) -> Result<()> {
    let list = row.list(id)?;
    require_of_list(list, actor)?;
    let assignees = row.assignees(id).await?;
    if assignees.is_empty() || assignees.contains(&actor.person.id.0) {
        return Ok(());
    }
    Err(Problem::not_yours("Others are asked to review this row. Take the next one, or ask who assigned it.").into())
}

/// Refuses who may not close and open the reviews of a list: who looks after it does that to what others review.
fn require_closer(row: &RowReviews<'_>, actor: &Actor, id: &ReviewListId) -> Result<()> {
    if actor.may(Action::Configure) { Ok(()) } else { require_of_list(row.list(id)?, actor) }
}

fn ids<'a>(people: impl Iterator<Item = &'a String>) -> Vec<PersonId> {
    people.cloned().map(PersonId).collect()
}

/// Refuses who does not review a list.
fn require_of_list(list: &List, actor: &Actor) -> Result<()> {
    if list.list.definition.reviewers.includes(&actor.person) {
        return Ok(());
    }
    Err(Problem::not_yours(format!("{} is reviewed by others. Its configuration says by whom.", list.list.name)).into())
}
