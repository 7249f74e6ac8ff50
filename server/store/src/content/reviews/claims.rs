//! Having an item in hand. An item is never in more hands than it needs reviews, whoever asks at once, and from whichever process: the
//! statement that takes it counts the reviews and the hands.

use crate::Result;
use crate::ground::database::{exists, one, run, values};
use crate::ground::keys::{ItemKey, project_of};
use crate::writing::writer::Change;
use sea_orm::FromQueryResult;
use shared::{Micros, PersonId};

/// That one more review of an item `i` fits beside those that are done and those that others have in hand; with the person, and the time.
pub(crate) const ROOM: &str = "i.done + (SELECT COUNT(*) FROM review_claims c WHERE c.project = i.project AND c.item = i.key AND c.person_id <> ? \
                               AND c.until > ?) < i.needed";

/// That the person has the item `i` in hand; with the person, and the time.
pub(super) const HELD: &str =
    "EXISTS (SELECT 1 FROM review_claims h WHERE h.project = i.project AND h.item = i.key AND h.person_id = ? AND h.until > ?)";

/// That the person has neither reviewed the item `i` in this round nor left it to others; with the person.
pub(crate) const UNTOUCHED: &str =
    "NOT EXISTS (SELECT 1 FROM reviews r WHERE r.project = i.project AND r.item = i.key AND r.round = i.round AND r.person_id = ?)";

/// Takes an item in hand until some time, or keeps it there. False where there is no room for one more.
pub(crate) async fn take(change: &Change, item: ItemKey, person: &PersonId, until: Micros) -> Result<bool> {
    let (person, now) = (person.as_str(), change.now);
    let text = "DELETE FROM review_claims WHERE project = ? AND item = ? AND until <= ?";
    run(&change.transaction, text, values![project_of(item), item, now]).await?;
    let text = format!(
        "INSERT INTO review_claims (project, item, person_id, since, until) SELECT i.project, i.key, ?, ?, ? FROM review_items i \
         WHERE i.project = ? AND i.key = ? AND i.listed AND ({HELD} OR (NOT i.closed AND {ROOM})) AND {UNTOUCHED} \
         ON CONFLICT (project, item, person_id) DO UPDATE SET until = excluded.until"
    );
    let bound = values![person, now, until, project_of(item), item, person, now, person, now, person];
    Ok(run(&change.transaction, &text, bound).await? > 0)
}

/// Lets an item go. False for who did not have it.
pub(crate) async fn release(change: &Change, item: ItemKey, person: &PersonId) -> Result<bool> {
    let text = "DELETE FROM review_claims WHERE project = ? AND item = ? AND person_id = ? AND until > ?";
    Ok(run(&change.transaction, text, values![project_of(item), item, person.as_str(), change.now]).await? > 0)
}

/// Takes an item out of everybody's hand; says out of how many.
pub(super) async fn release_all(change: &Change, item: ItemKey) -> Result<u64> {
    let text = "DELETE FROM review_claims WHERE project = ? AND item = ? AND until > ?";
    run(&change.transaction, text, values![project_of(item), item, change.now]).await
}

/// In how many hands an item is.
pub(crate) async fn count(change: &Change, item: ItemKey) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = "SELECT COUNT(*) AS count FROM review_claims WHERE project = ? AND item = ? AND until > ?";
    Ok(one::<Row>(&change.transaction, text, values![project_of(item), item, change.now]).await?.map_or(0, |row| row.count))
}

/// Whether anybody but the person has an item in hand.
pub(super) async fn of_others(change: &Change, item: ItemKey, person: &PersonId) -> Result<bool> {
    let text = "SELECT 1 FROM review_claims WHERE project = ? AND item = ? AND person_id <> ? AND until > ?";
    exists(&change.transaction, text, values![project_of(item), item, person.as_str(), change.now]).await
}
