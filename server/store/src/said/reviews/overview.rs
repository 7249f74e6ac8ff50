//! The page of review lists: how far each has come, and the items of one.

use super::items::{CLAIMED, items_of, narrowed};
use crate::content::reviews;
use crate::ground::database::{all, exists, values};
use crate::writing::events;
use crate::{Actor, Desk, Error, Result, render};
use sea_orm::{DatabaseTransaction, FromQueryResult};
use shared::permissions::Action;
use shared::ranges::TimeRange;
use shared::reviews::{
    BoardColumn, ItemCounts, ItemsShown, LONGEST_COLUMN, ListProgress, ListReviewItems, OpenReviews, ReviewStatus, ReviewsView,
};
use shared::{Micros, Problem, ReviewListId};

/// Items of a page.
const PAGE: usize = 100;

/// Microseconds of an hour.
const HOUR: Micros = 3_600_000_000;

/// By list: open items, those of them that somebody is asked to review, and complete ones. Bound to the person and the project.
const COUNTS: &str = "SELECT i.list_id, SUM(CASE WHEN i.complete THEN 0 ELSE 1 END) AS open, SUM(CASE WHEN i.complete THEN 1 ELSE 0 END) AS complete, \
     SUM(CASE WHEN NOT i.complete AND EXISTS (SELECT 1 FROM review_assignments a WHERE a.project = i.project AND a.item = i.key AND a.person_id = ?) \
     THEN 1 ELSE 0 END) AS mine FROM review_items i JOIN spans s ON s.project = i.project AND s.key = i.span \
     JOIN objects o ON o.key = i.object AND o.deleted IS NULL WHERE i.project = (SELECT short FROM projects WHERE id = ?) AND i.listed GROUP BY i.list_id";

/// Whether a person has reviewed or skipped anything of a list. Bound to the project, the person and the list.
const BEGUN: &str = "SELECT 1 FROM reviews r JOIN review_items i ON i.project = r.project AND i.key = r.item \
     WHERE r.project = (SELECT short FROM projects WHERE id = ?) AND r.person_id = ? AND i.list_id = ? LIMIT 1";

#[derive(FromQueryResult)]
struct Counted {
    list_id: String,
    open: i64,
    complete: i64,
    mine: i64,
}

/// The items of a list by status, as its place in the order of a board, with those that a person is asked to review. Bound to the time, the
/// person, the project, and what is bound
/// in the condition.
fn by_status(condition: &str) -> String {
    format!(
        "SELECT place, COUNT(*) AS items, SUM(mine) AS mine FROM (SELECT CASE WHEN i.complete THEN 2 WHEN i.done > 0 OR {CLAIMED} THEN 1 \
         ELSE 0 END AS place, CASE WHEN EXISTS (SELECT 1 FROM review_assignments a WHERE a.project = i.project AND a.item = i.key \
         AND a.person_id = ?) THEN 1 ELSE 0 END AS mine FROM review_items i JOIN spans s ON s.project = i.project AND s.key = i.span \
         JOIN objects o ON o.key = i.object AND o.deleted IS NULL WHERE i.project = (SELECT short FROM projects WHERE id = ?) \
         AND {condition}) counted GROUP BY place"
    )
}

impl Desk {
    /// The page of review lists.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project or list, [`Problem::Invalid`] for a time that is none.
    pub async fn open_reviews(&self, query: OpenReviews) -> Result<ReviewsView> {
        self.require(Action::Read)?;
        self.project(&query.project).await?;
        let as_of = events::head(self.store.readers(), &query.project).await?;
        let lists = reviews::lists(self.store.readers(), &query.project).await?;
        let list = query.list.clone().unwrap_or_else(|| ReviewListId(query.project.0.clone()));
        if !lists.iter().any(|known| known.list.id == list) {
            return Err(Problem::not_found("review list").into());
        }
        let snapshot = self.store.snapshot().await?;
        let bound = values![self.actor.person.id.as_str(), query.project.as_str()];
        let totals = all::<Counted>(&snapshot, COUNTS, bound).await?;
        let begun = values![query.project.as_str(), self.actor.person.id.as_str(), list.as_str()];
        let is_new = !exists(&snapshot, BEGUN, begun).await?;
        let stopped = self.why_a_rule_stopped(&snapshot, &list).await?;
        let now = self.store.inner.writer.clock().now();
        let wanted = wanted(&query, list.clone(), &self.actor, now)?;
        let counts = counts(&snapshot, &self.actor, &wanted, now).await?;
        let (mut items, mut columns) = (Vec::new(), Vec::new());
        match query.board {
            Some(cards) => {
                let counts = if wanted.assignee.is_some() { counts.mine } else { counts.all };
                for ((status, count), cards) in ReviewStatus::ALL.into_iter().zip(counts).zip(cards) {
                    let limit = cards.clamp(1, LONGEST_COLUMN);
                    let of_column = ListReviewItems { status: Some(status), unfinished: false, after: None, limit, ..wanted.clone() };
                    columns.push(BoardColumn { status, count, items: items_of(&snapshot, &self.actor, &of_column, now).await? });
                }
            }
            None => items = items_of(&snapshot, &self.actor, &wanted, now).await?,
        }
        let has_more = items.len() > PAGE;
        items.truncate(PAGE);
        let progress = lists.into_iter().map(|known| {
            let counted = totals.iter().find(|counted| counted.list_id == known.list.id.0);
            let (open, mine, complete) = counted.map_or((0, 0, 0), |counted| (counted.open, counted.mine, counted.complete));
            ListProgress {
                instructions: render::description(&known.list.definition.description),
                list: self.seen_list(known.list),
                open,
                mine,
                complete,
            }
        });
        Ok(ReviewsView { lists: progress.collect(), list, is_new, stopped, counts, items, has_more, columns, as_of })
    }
}

impl Desk {
    /// Why a rule of a list has stopped, for who may save it again.
    async fn why_a_rule_stopped(&self, snapshot: &DatabaseTransaction, list: &ReviewListId) -> Result<Option<String>> {
        if !self.actor.may(Action::ActOnMany) {
            return Ok(None);
        }
        let stopped = reviews::rules::rules(snapshot, "r.list_id = ? AND r.stopped IS NOT NULL", values![list.as_str()]).await?;
        Ok(stopped.into_iter().find_map(|rule| rule.stopped))
    }
}

/// The items that are asked for.
fn wanted(query: &OpenReviews, list: ReviewListId, actor: &Actor, now: Micros) -> Result<ListReviewItems> {
    let (status, unfinished) = match query.shown {
        ItemsShown::Awaiting | ItemsShown::Mine => (None, true),
        ItemsShown::Completed => (Some(ReviewStatus::Complete), false),
        ItemsShown::All => (None, false),
    };
    let flagged = match TimeRange::parse(&query.range)? {
        None => (None, None),
        Some(TimeRange::Last(hours)) => (Some(now - Micros::from(hours) * HOUR), None),
        Some(TimeRange::Between(from, to)) => (from, to),
    };
    Ok(ListReviewItems {
        project: query.project.clone(),
        list: Some(list),
        status,
        unfinished,
        assignee: (query.shown == ItemsShown::Mine).then(|| actor.person.id.clone()),
        row: None,
        row_id: None,
        kind: query.kind,
        flagged,
        after: query.after.clone(),
        limit: u32::try_from(PAGE + 1).unwrap_or(u32::MAX),
    })
}

/// How many items there are of the list, the kind and the time that are asked for.
async fn counts(snapshot: &DatabaseTransaction, actor: &Actor, wanted: &ListReviewItems, now: Micros) -> Result<ItemCounts> {
    #[derive(FromQueryResult)]
    struct Row {
        place: i32,
        items: i64,
        mine: i64,
    }
    let (condition, narrowing) = narrowed(wanted);
    let mut bound = values![now, actor.person.id.as_str(), wanted.project.as_str()];
    bound.extend(narrowing);
    let mut counts = ItemCounts::default();
    for row in all::<Row>(snapshot, &by_status(&condition), bound).await? {
        let place = usize::try_from(row.place).unwrap_or_default();
        let places = counts.all.get_mut(place).zip(counts.mine.get_mut(place));
        let (all, mine) = places.ok_or_else(|| Error::Corrupt(format!("an item of status {place}")))?;
        (*all, *mine) = (row.items, row.mine);
    }
    Ok(counts)
}
