//! Taking the next item in hand, keeping it, and letting it go.

use super::{items, require_of_list};
use crate::content::reviews::{self, List, NO_ROOM, claims};
use crate::ground::database::{all, one, values};
use crate::ground::keys::{ItemKey, project_of};
use crate::projects::settings;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::live::{LiveChange, ReviewsChanged};
use shared::permissions::Action;
use shared::reviews::{Frame, ReviewItem, ReviewOrder, TakeNext, TakenItem, WhyNext};
use shared::{Micros, Problem, ProjectId, ReviewItemId, ReviewListId};

impl Desk {
    /// Takes the next item of a list in hand: the one that the caller has there already, else one they are asked to review, else one that
    /// nobody in particular is asked to. None if nothing is left for them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotYours`] for who does not review the list, and for an order that would tell what they
    /// may not see; [`Problem::NotFound`] for an unknown list.
    pub async fn take_next(&self, command: TakeNext) -> Result<Option<TakenItem>> {
        self.require(Action::Review)?;
        self.project(&command.project).await?;
        let (actor, project) = (self.actor.clone(), command.project.clone());
        let taken = self.store.write_in(&project, move |change| Box::pin(async move { next(change, &actor, command).await })).await?;
        let Some((key, why, until)) = taken else { return Ok(None) };
        Ok(Some(TakenItem { item: self.review_item(&items::id_of(key)).await?, why, until }))
    }

    /// Takes an item in hand, or keeps it there.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotYours`] where others are asked, [`Problem::Taken`] where there is no room,
    /// [`Problem::NotFound`] for an unknown item.
    pub async fn claim_item(&self, id: &ReviewItemId) -> Result<TakenItem> {
        self.require(Action::Review)?;
        let ReviewItem { project, list, .. } = self.review_item(id).await?;
        let (actor, key) = (self.actor.clone(), items::key_of(id)?);
        let until = self
            .store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let list = reviews::list(&change.transaction, &list).await?;
                    require_of_list(&list, &actor)?;
                    // Asked here, because somebody else may be asked at this moment.
                    let asked = reviews::asked(&change.transaction, &list, key).await?;
                    if !asked.is_empty() && !asked.contains(&actor.person.id.0) {
                        return Err(Problem::not_yours("Others are asked to review this row. Take the next one.").into());
                    }
                    let until = change.now + list.claim_time();
                    if !claims::take(change, key, &actor.person.id, until).await? {
                        return Err(Problem::taken(NO_ROOM).into());
                    }
                    tell(change, &list.list.project, &list.list.id).await?;
                    Ok(until)
                })
            })
            .await?;
        Ok(TakenItem { item: self.review_item(id).await?, why: WhyNext::Held, until })
    }

    /// Says that the caller still has an item in hand, and until when that holds now.
    ///
    /// # Errors
    /// [`Problem::Taken`] for who does not have it any more.
    pub async fn keep_item(&self, id: &ReviewItemId) -> Result<Micros> {
        self.require(Action::Review)?;
        let ReviewItem { project, list, .. } = self.review_item(id).await?;
        let (actor, key) = (self.actor.clone(), items::key_of(id)?);
        self.store
            .write_in(&project, move |change| {
                Box::pin(async move {
                    let until = change.now + reviews::list(&change.transaction, &list).await?.claim_time();
                    let text = "UPDATE review_claims SET until = ? WHERE project = ? AND item = ? AND person_id = ? AND until > ?";
                    let bound = values![until, project_of(key), key, actor.person.id.as_str(), change.now];
                    if crate::ground::database::run(&change.transaction, text, bound).await? == 0 {
                        return Err(not_held(change, key).await?);
                    }
                    Ok(until)
                })
            })
            .await
    }

    /// Lets an item go, so that somebody else can take it.
    ///
    /// # Errors
    /// [`Problem::Taken`] for who does not have it.
    pub async fn release_item(&self, id: &ReviewItemId) -> Result<()> {
        self.require(Action::Review)?;
        let ReviewItem { project, list, .. } = self.review_item(id).await?;
        let (actor, key) = (self.actor.clone(), items::key_of(id)?);
        self.store
            .write_in(&project.clone(), move |change| {
                Box::pin(async move {
                    if !claims::release(change, key, &actor.person.id).await? {
                        return Err(not_held(change, key).await?);
                    }
                    tell(change, &project, &list).await
                })
            })
            .await
    }
}

/// What is told to who does not have an item in hand: who has.
pub(super) async fn not_held(change: &Change, item: ItemKey) -> Result<Error> {
    #[derive(FromQueryResult)]
    struct Holder {
        name: String,
    }
    let text = "SELECT p.name FROM review_claims c JOIN people p ON p.id = c.person_id WHERE c.project = ? AND c.item = ? AND c.until > ? \
                ORDER BY c.since, p.id";
    let holders = all::<Holder>(&change.transaction, text, values![project_of(item), item, change.now]).await?;
    let holders: Vec<String> = holders.into_iter().map(|holder| holder.name).collect();
    let who = match holders.as_slice() {
        [] => "Nobody has it: take it again.".to_owned(),
        [one] => format!("{one} has it now."),
        several => format!("{} have it now.", several.join(" and ")),
    };
    Ok(Problem::taken(format!("You do not have this row in hand any more. {who}")).into())
}

#[derive(FromQueryResult)]
struct Found {
    key: ItemKey,
}

async fn next(change: &mut Change, actor: &Actor, command: TakeNext) -> Result<Option<(ItemKey, WhyNext, Micros)>> {
    let id = command.list.unwrap_or_else(|| ReviewListId(command.project.0.clone()));
    let list = reviews::list(&change.transaction, &id).await?;
    if list.list.project != command.project {
        return Err(Problem::not_found("review list").into());
    }
    require_of_list(&list, actor)?;
    let until = change.now + list.claim_time();
    if let Some(key) = held(&change.transaction, actor, &list, change.now).await? {
        claims::take(change, key, &actor.person.id, until).await?;
        return Ok(Some((key, WhyNext::Held, until)));
    }
    let order = order(&change.transaction, actor, &list, command.order).await?;
    for assigned in [true, false] {
        let Some(key) = candidate(&change.transaction, actor, &list, &order, assigned, change.now).await? else { continue };
        if claims::take(change, key, &actor.person.id, until).await? {
            tell(change, &list.list.project, &list.list.id).await?;
            return Ok(Some((key, why(&order, assigned), until)));
        }
    }
    Ok(None)
}

/// The item of a list that would come next if somebody asked for it, and why.
pub(super) async fn upcoming(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    list: &List,
    now: Micros,
) -> Result<Option<(ItemKey, WhyNext)>> {
    if let Some(key) = held(connection, actor, list, now).await? {
        return Ok(Some((key, WhyNext::Held)));
    }
    let order = order(connection, actor, list, None).await?;
    for assigned in [true, false] {
        if let Some(key) = candidate(connection, actor, list, &order, assigned, now).await? {
            return Ok(Some((key, why(&order, assigned))));
        }
    }
    Ok(None)
}

/// Why what an order has next comes next.
fn why(order: &ReviewOrder, assigned: bool) -> WhyNext {
    match (assigned, order) {
        (true, _) => WhyNext::Assigned,
        (false, ReviewOrder::Oldest | ReviewOrder::Assigned) => WhyNext::Oldest,
        (false, ReviewOrder::Drawn) => WhyNext::Drawn,
        (false, ReviewOrder::Disagreement) => WhyNext::Disagreement,
        (false, ReviewOrder::Lowest(_)) => WhyNext::Lowest,
    }
}

/// The order in which items of a list are taken.
async fn order(connection: &impl ConnectionTrait, actor: &Actor, list: &List, asked: Option<ReviewOrder>) -> Result<ReviewOrder> {
    match list.list.definition.frame {
        // What stands for all rows is taken as it was drawn.
        Frame::Representative => Ok(ReviewOrder::Drawn),
        Frame::Discovery => offered(connection, actor, list, asked).await,
    }
}

/// The order that is asked for, or the list's own, as far as it tells nobody what they may not see.
async fn offered(connection: &impl ConnectionTrait, actor: &Actor, list: &List, asked: Option<ReviewOrder>) -> Result<ReviewOrder> {
    let is_asked = asked.is_some();
    let order = asked.unwrap_or_else(|| list.list.definition.order.clone());
    let tells = match order {
        ReviewOrder::Oldest | ReviewOrder::Assigned | ReviewOrder::Drawn => false,
        ReviewOrder::Disagreement | ReviewOrder::Lowest(_) => settings::blinds(connection, actor, &list.list.project).await?,
    };
    match (tells, is_asked) {
        (false, _) => Ok(order),
        (true, false) => Ok(ReviewOrder::Oldest),
        (true, true) => {
            let reason =
                "Reviews are blind here, and this order would tell what others said. Take the oldest first, or leave the order out.";
            Err(Problem::not_yours(reason).into())
        }
    }
}

/// Rows that are there: deleted ones, and those of deleted objects, are nobody's to review.
pub(super) const THERE: &str =
    "JOIN spans s ON s.project = i.project AND s.key = i.span JOIN objects o ON o.key = i.object AND o.deleted IS NULL";

/// The item of a list that somebody has in hand.
pub(super) async fn held(connection: &impl ConnectionTrait, actor: &Actor, list: &List, now: Micros) -> Result<Option<ItemKey>> {
    let text = format!(
        "SELECT i.key FROM review_claims c JOIN review_items i ON i.project = c.project AND i.key = c.item {THERE} \
         WHERE c.project = (SELECT short FROM projects WHERE id = ?) AND c.person_id = ? AND c.until > ? AND i.list_id = ? AND i.listed \
         AND {} ORDER BY c.since LIMIT 1",
        claims::UNTOUCHED
    );
    let person = actor.person.id.as_str();
    let bound = values![list.list.project.as_str(), person, now, list.list.id.as_str(), person];
    Ok(one::<Found>(connection, &text, bound).await?.map(|found| found.key))
}

/// Items, the oldest first, among which the one is looked for that comes next by what was said of them.
const COMPARED: usize = 2_000;

/// How many questions about a span `s` people have answered differently, without a gold value, and then by how much their answers differ.
const DISAGREEMENT: &str = "(SELECT COUNT(*) FROM (SELECT a.question_id FROM answers a WHERE a.project = s.project AND a.span = s.key AND a.active \
     AND NOT EXISTS (SELECT 1 FROM golds g WHERE g.project = a.project AND g.span = a.span AND g.question_id = a.question_id AND g.active) \
     GROUP BY a.question_id HAVING COUNT(DISTINCT a.value) > 1) d) DESC, \
     COALESCE((SELECT MAX(v.highest - v.lowest) FROM span_scores v WHERE v.project = s.project AND v.span = s.key AND v.gold IS NULL), 0) DESC";

/// The score of a span `s` with a name that is bound twice: of the row of a trace the mean, as the row shows it.
const SCORE: &str = "CASE WHEN s.parent_span_id IS NULL THEN (SELECT SUM(v.value) / COUNT(v.value) FROM span_scores v \
     WHERE v.project = s.project AND v.trace = s.trace AND v.name = ?) \
     ELSE (SELECT v.value FROM span_scores v WHERE v.project = s.project AND v.span = s.key AND v.name = ?) END";

/// The items `i` of a list that somebody may take now, of those that they are asked to review or of those that nobody in particular is: from
/// `FROM` on, with what is bound.
pub(super) fn takeable(actor: &Actor, list: &List, assigned: bool, now: Micros) -> (String, Vec<Value>) {
    let person = actor.person.id.as_str();
    const OF_ITEM: &str = "SELECT 1 FROM review_assignments a WHERE a.project = i.project AND a.item = i.key";
    let (whose, more) = match assigned {
        true => (format!("EXISTS ({OF_ITEM} AND a.person_id = ?)"), values![person]),
        false => {
            let (able, bound) = reviews::able(list);
            (format!("NOT EXISTS ({OF_ITEM} AND {able})"), bound)
        }
    };
    let text = format!(
        "FROM review_items i {THERE} WHERE i.project = (SELECT short FROM projects WHERE id = ?) AND i.list_id = ? \
         AND i.listed = ? AND i.complete = ? AND {whose} AND {} AND {}",
        claims::UNTOUCHED,
        claims::ROOM
    );
    let mut bound = values![list.list.project.as_str(), list.list.id.as_str(), true, false];
    bound.extend(more);
    bound.extend(values![person, person, now]);
    (text, bound)
}

async fn candidate(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    list: &List,
    order: &ReviewOrder,
    assigned: bool,
    now: Micros,
) -> Result<Option<ItemKey>> {
    let (open, mut bound) = takeable(actor, list, assigned, now);
    let compared = |by: String| {
        format!(
            "SELECT i.key FROM (SELECT i.project, i.key, i.span, i.flagged {open} ORDER BY i.flagged, i.key LIMIT {COMPARED}) i \
             JOIN spans s ON s.project = i.project AND s.key = i.span ORDER BY {by}, i.flagged, i.key LIMIT 1"
        )
    };
    let (text, named) = match order {
        ReviewOrder::Oldest | ReviewOrder::Assigned => (format!("SELECT i.key {open} ORDER BY i.flagged, i.key LIMIT 1"), Vec::new()),
        ReviewOrder::Drawn => (format!("SELECT i.key {open} ORDER BY i.rank, i.key LIMIT 1"), Vec::new()),
        ReviewOrder::Disagreement => (compared(DISAGREEMENT.to_owned()), Vec::new()),
        ReviewOrder::Lowest(score) => {
            let score = score.as_str();
            (compared(format!("{SCORE} IS NULL, {SCORE}")), values![score, score, score, score])
        }
    };
    bound.extend(named);
    Ok(one::<Found>(connection, &text, bound).await?.map(|found| found.key))
}

/// Tells open pages that an item of a list is in other hands.
pub(super) async fn tell(change: &mut Change, project: &ProjectId, list: &ReviewListId) -> Result<()> {
    // Who follows is told in the order of transactions.
    change.transaction_id(project).await?;
    change.publish(project, LiveChange::Reviews(ReviewsChanged { lists: vec![list.clone()] }));
    Ok(())
}
