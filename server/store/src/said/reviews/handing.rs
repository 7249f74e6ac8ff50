//! Handing an item over: from one hand to another, so that nobody else takes it in between.

use super::{items, taking};
use crate::content::reviews::{self, claims};
use crate::ground::database::{exists, one, run, values};
use crate::ground::keys::{ItemKey, project_of};
use crate::people::names;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::FromQueryResult;
use shared::people::Person;
use shared::permissions::Action;
use shared::reviews::{HandOver, ReviewItem};
use shared::{PersonId, Problem, ReviewListId};

impl Desk {
    /// Gives an item that the caller has in hand to somebody else.
    ///
    /// # Errors
    /// [`Problem::Taken`] for who does not have it, [`Problem::NotFound`] for an unknown item, and [`Problem::Invalid`] at `to` for who cannot
    /// review it: no active reviewer, nobody of the list or of those who are asked, who has it in hand, or has reviewed or skipped it.
    pub async fn hand_over_item(&self, command: HandOver) -> Result<ReviewItem> {
        self.require(Action::Review)?;
        let item = self.review_item(&command.item).await?;
        let (actor, key, list) = (self.actor.clone(), items::key_of(&command.item)?, item.list);
        self.store
            .write_in(&item.project, move |change| Box::pin(async move { hand_over(change, &actor, (key, &list), &command.to).await }))
            .await?;
        self.review_item(&items::id_of(key)).await
    }
}

async fn hand_over(change: &mut Change, actor: &Actor, (key, list): (ItemKey, &ReviewListId), to: &PersonId) -> Result<()> {
    let list = reviews::list(&change.transaction, list).await?;
    let receiver = receiver(change, to).await?;
    if !list.list.definition.reviewers.includes(&receiver) {
        return refused(format!("{} does not review {}.", receiver.name, list.list.name));
    }
    let assigned = reviews::assigned(&change.transaction, &[key]).await?;
    if !assigned.is_empty() && !assigned.iter().any(|(_, person)| *person == to.0) {
        return refused(format!("Others than {} are asked to review this row.", receiver.name));
    }
    let untouched = format!("SELECT 1 FROM review_items i WHERE i.project = ? AND i.key = ? AND i.listed AND {}", claims::UNTOUCHED);
    if !exists(&change.transaction, &untouched, values![project_of(key), key, to.as_str()]).await? {
        return refused(format!("{} has reviewed or skipped this row in this round.", receiver.name));
    }
    if !claims::release(change, key, &actor.person.id).await? {
        return Err(taking::not_held(change, key).await?);
    }
    let held = "SELECT 1 FROM review_claims WHERE project = ? AND item = ? AND person_id = ? AND until > ?";
    if exists(&change.transaction, held, values![project_of(key), key, to.as_str(), change.now]).await? {
        return refused(format!("{} has this row in hand already.", receiver.name));
    }
    // What has ended stays until somebody takes the item.
    let ended = "DELETE FROM review_claims WHERE project = ? AND item = ? AND person_id = ?";
    run(&change.transaction, ended, values![project_of(key), key, to.as_str()]).await?;
    let text = "INSERT INTO review_claims (project, item, person_id, since, until) VALUES (?, ?, ?, ?, ?)";
    let until = change.now + list.claim_time();
    run(&change.transaction, text, values![project_of(key), key, to.as_str(), change.now, until]).await?;
    taking::tell(change, &list.list.project, &list.list.id).await
}

/// Who gets it, if they may review at all.
async fn receiver(change: &Change, to: &PersonId) -> Result<Person> {
    #[derive(FromQueryResult)]
    struct Row {
        active: bool,
    }
    let active = one::<Row>(&change.transaction, "SELECT active FROM people WHERE id = ?", values![to.as_str()]).await?;
    let person = names::people(&change.transaction, std::iter::once(to.0.clone())).await?.remove(to);
    match person.filter(|person| active.is_some_and(|row| row.active) && Action::Review.allowed(person.role, None)) {
        Some(person) => Ok(person),
        None => Err(Problem::invalid("to", "Use the address or the id of an active member who may review.").into()),
    }
}

fn refused(reason: String) -> Result<()> {
    Err(Problem::invalid("to", reason).into())
}
