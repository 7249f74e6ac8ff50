//! Completed and skipped reviews.

use super::List;
use super::claims::{self, HELD, ROOM};
use super::items::RowReviews;
use crate::Result;
use crate::ground::database::{exists, one, run, values};
use crate::ground::keys::{ItemKey, project_of};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use shared::audit::Deed;
use shared::reviews::{Preference, ShownSide, SkipReason};
use shared::{Problem, ReviewListId};

/// What the activity tells of a review.
#[derive(Serialize, Deserialize)]
struct Told {
    round: i32,
    /// Whether it was in hand until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    held: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<SkipReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Which row of a pair is better, and whether that of the second experiment stood on the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preference: Option<Preference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    swapped: Option<bool>,
}

#[derive(FromQueryResult)]
struct Own {
    skipped: bool,
    reason: Option<String>,
    note: Option<String>,
    preference: Option<String>,
}

impl RowReviews<'_> {
    /// Says that the person has reviewed the row. Whoever has it in hand may always finish.
    ///
    /// # Errors
    /// [`Problem::Taken`] where it has the reviews it needs, or who has it in hand will give them.
    pub(crate) async fn complete(&mut self, list: &ReviewListId) -> Result<()> {
        let at = self.place_or_unlisted(list).await?;
        if self.own(self.items[at].key, self.items[at].round).await?.is_some_and(|own| !own.skipped) {
            return Ok(());
        }
        self.finish_review(at, Deed::Complete, None).await
    }

    /// Says which row of a pair is better, and with it that the person has reviewed the pair.
    ///
    /// # Errors
    /// As of [`RowReviews::complete`]; [`Problem::NotFound`] for what is no pair, [`Problem::Invalid`] for who has said something else.
    pub(crate) async fn prefer(&mut self, list: &ReviewListId, preferred: ShownSide) -> Result<()> {
        let at = self.place(list)?;
        let (key, round) = (self.items[at].key, self.items[at].round);
        let beside = "SELECT 1 AS one FROM review_pairs p JOIN spans s ON s.project = p.project AND s.key = p.span \
                      JOIN objects o ON o.key = p.object WHERE p.project = ? AND p.item = ? AND o.deleted IS NULL";
        if !exists(&self.change.transaction, beside, values![project_of(key), key]).await? {
            return Err(Problem::not_found("row beside this one").into());
        }
        let swapped = self.list(list)?.swaps(&self.home.id, &self.row, &self.person);
        let preference = preferred.meant(swapped);
        match self.own(key, round).await? {
            Some(Own { skipped: false, preference: said, .. }) if said.as_deref() == Some(preference.as_str()) => Ok(()),
            Some(Own { skipped: false, .. }) => {
                let reason = "You have said which one is better. Take that back first.";
                Err(Problem::invalid("preference", reason).into())
            }
            Some(_) | None => self.finish_review(at, Deed::Prefer, Some((preference, swapped))).await,
        }
    }

    async fn finish_review(&mut self, at: usize, deed: Deed, preferred: Option<(Preference, bool)>) -> Result<()> {
        let item = &self.items[at];
        let (project, key, round) = (project_of(item.key), item.key, item.round);
        let (preference, swapped) = preferred.unzip();
        let (person, now) = (self.person.as_str(), self.change.now);
        let text = format!(
            "INSERT INTO reviews (project, item, person_id, round, skipped, preference, swapped, created) \
             SELECT i.project, i.key, ?, i.round, FALSE, CAST(? AS TEXT), CAST(? AS BOOLEAN), ? \
             FROM review_items i WHERE i.project = ? AND i.key = ? AND (NOT i.listed OR {HELD} OR (NOT i.closed AND {ROOM})) \
             ON CONFLICT (project, item, round, person_id) DO UPDATE SET skipped = FALSE, reason = NULL, note = NULL, \
             preference = excluded.preference, swapped = excluded.swapped, created = excluded.created"
        );
        let bound = values![person, preference.map(Preference::as_str), swapped, now, project, key, person, now, person, now];
        if run(&self.change.transaction, &text, bound).await? == 0 {
            return Err(Problem::taken(full(item)).into());
        }
        let held = claims::release(self.change, key, &self.person).await?;
        self.items[at].done += 1;
        self.save(at).await?;
        let told = serde_json::to_string(&Told { round, held, reason: None, note: None, preference, swapped })?;
        self.tell(at, deed, None, Some(told), None);
        Ok(())
    }

    /// Leaves the review to others, for this round.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for who has reviewed it.
    pub(crate) async fn skip(&mut self, list: &ReviewListId, reason: SkipReason, note: Option<String>) -> Result<()> {
        let at = self.listed(list)?;
        let (key, round) = (self.items[at].key, self.items[at].round);
        match self.own(key, round).await? {
            Some(own) if !own.skipped => return Err(Problem::invalid("review", "You have reviewed this already.").into()),
            Some(own) if own.reason.as_deref() == Some(reason.as_str()) && own.note == note => return Ok(()),
            Some(_) | None => {}
        }
        let text = "INSERT INTO reviews (project, item, person_id, round, skipped, reason, note, created) VALUES (?, ?, ?, ?, TRUE, ?, ?, ?) \
                    ON CONFLICT (project, item, round, person_id) DO UPDATE SET reason = excluded.reason, note = excluded.note, created = excluded.created";
        let bound = values![project_of(key), key, self.person.as_str(), round, reason.as_str(), note.clone(), self.change.now];
        run(&self.change.transaction, text, bound).await?;
        let held = claims::release(self.change, key, &self.person).await?;
        self.touch(at);
        let told = serde_json::to_string(&Told { round, held, reason: Some(reason), note, preference: None, swapped: None })?;
        self.tell(at, Deed::Skip, None, Some(told), None);
        Ok(())
    }

    /// Takes back what the person did with the row, as the activity tells it. What they had in hand they have in hand again, if there is room.
    ///
    /// # Errors
    /// [`Problem::Conflict`] if it is not so any more.
    pub(crate) async fn take_back(&mut self, list: &ReviewListId, deed: &Deed, told: &str) -> Result<()> {
        let at = self.place(list)?;
        let Told { round, held, .. } = serde_json::from_str(told)?;
        let key = self.items[at].key;
        let skipped = *deed == Deed::Skip;
        if self.own(key, round).await?.is_none_or(|own| own.skipped != skipped) {
            return Err(Problem::Conflict { current: "null".to_owned() }.into());
        }
        let text = "DELETE FROM reviews WHERE project = ? AND item = ? AND round = ? AND person_id = ?";
        run(&self.change.transaction, text, values![project_of(key), key, round, self.person.as_str()]).await?;
        if !skipped && self.items[at].round == round {
            self.items[at].done -= 1;
        }
        self.save(at).await?;
        let time = self.list(list).ok().map(List::claim_time).filter(|_| held && self.items[at].round == round);
        if let Some(time) = time {
            claims::take(self.change, key, &self.person, self.change.now + time).await?;
        }
        self.tell(at, deed.clone(), Some(told.to_owned()), None, None);
        Ok(())
    }

    /// Refuses to put an item back from under others: out of the hand of somebody else, or out of a round that others have begun and that is
    /// not over.
    ///
    /// # Errors
    /// [`Problem::Taken`].
    pub(crate) async fn require_untouched_by_others(&self, list: &ReviewListId) -> Result<()> {
        let item = &self.items[self.listed(list)?];
        if claims::of_others(self.change, item.key, &self.person).await? {
            return Err(Problem::taken(IN_HAND).into());
        }
        let text = "SELECT 1 FROM reviews WHERE project = ? AND item = ? AND round = ? AND NOT skipped AND person_id <> ?";
        let bound = values![project_of(item.key), item.key, item.round, self.person.as_str()];
        if !item.complete && exists(&self.change.transaction, text, bound).await? {
            return Err(Problem::taken(BEGUN).into());
        }
        Ok(())
    }

    async fn own(&self, item: ItemKey, round: i32) -> Result<Option<Own>> {
        let text = "SELECT skipped, reason, note, preference FROM reviews WHERE project = ? AND item = ? AND round = ? AND person_id = ?";
        one::<Own>(&self.change.transaction, text, values![project_of(item), item, round, self.person.as_str()]).await
    }
}

/// Why nobody but an engineer puts an item back that somebody has in hand.
const IN_HAND: &str = "Somebody else has this row in hand. Ask them to let it go, or an engineer to take it out of their hand.";

/// Why nobody but an engineer begins again what others have begun.
const BEGUN: &str = "Others have reviewed this row, and it still needs more reviews. An engineer can begin it again.";

/// Why there is no room.
fn full(item: &super::Item) -> String {
    if item.closed {
        return "This row's review was closed. Open it again if it should be reviewed once more.".to_owned();
    }
    let reviews = if item.needed == 1 { "its review".to_owned() } else { format!("its {} reviews", item.needed) };
    if item.done >= item.needed {
        return format!("This row has {reviews}.");
    }
    format!("This row has {reviews}, counting what others have in hand. Your answers are kept. Try again if somebody lets it go.")
}

/// How many reviews an item has in a round.
pub(super) async fn count(connection: &impl ConnectionTrait, item: ItemKey, round: i32) -> Result<i32> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = "SELECT COUNT(*) AS count FROM reviews WHERE project = ? AND item = ? AND round = ? AND NOT skipped";
    let row = one::<Row>(connection, text, values![project_of(item), item, round]).await?;
    Ok(row.map_or(0, |row| i32::try_from(row.count).unwrap_or(i32::MAX)))
}

/// How many have reviewed an item in a round, or left it to others.
pub(super) async fn all_of(connection: &impl ConnectionTrait, item: ItemKey, round: i32) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = "SELECT COUNT(*) AS count FROM reviews WHERE project = ? AND item = ? AND round = ?";
    let row = one::<Row>(connection, text, values![project_of(item), item, round]).await?;
    Ok(row.map_or(0, |row| row.count))
}

/// Whether anybody did anything with an item in a round.
pub(super) async fn any(connection: &impl ConnectionTrait, item: ItemKey, round: i32) -> Result<bool> {
    let text = "SELECT 1 FROM reviews WHERE project = ? AND item = ? AND round = ?";
    exists(connection, text, values![project_of(item), item, round]).await
}
