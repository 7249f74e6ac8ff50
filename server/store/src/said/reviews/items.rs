//! Reading the items of review lists, as far as somebody may see them.
//!
//! Who flagged a row and with which note, who is asked, who has it in hand and who is done is no secret: reviewers need it. Why somebody
//! left a row to others says what they think of it, and is hidden like a comment; of a span that is hidden nothing but its name is shown.

use crate::content::reviews::{ITEM, Item, assigned};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{self, ItemKey, Key, ObjectKey, ProjectShort, SpanKey, project_of};
use crate::ground::places::{self, Home};
use crate::looking::sight::Sight;
use crate::people::names;
use crate::{Actor, Desk, Error, Result};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Value};
use shared::objects::{ObjectKind, RowAddress};
use shared::people::Person;
use shared::permissions::Action;
use shared::reviews::{
    ListReviewItems, Review, ReviewClaim, ReviewItem, ReviewStatus, Selection, SelectionFrame, SelectionKind, SkipReason,
};
use shared::{Micros, ObjectId, PersonId, Problem, ProjectId, ReviewItemId, ReviewListId, RowId};
use std::collections::HashMap;

/// Items of a page at most.
pub(super) const LONGEST_PAGE: u32 = 1_000;

/// The id of an item.
pub(crate) fn id_of(key: ItemKey) -> ReviewItemId {
    ReviewItemId(key.text())
}

/// The key of an item.
///
/// # Errors
/// [`Problem::NotFound`] for what is no id.
pub(crate) fn key_of(id: &ReviewItemId) -> Result<ItemKey> {
    ItemKey::parse(id.as_str()).ok_or_else(|| Problem::not_found("review item").into())
}

impl Desk {
    /// One item.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is none, or its row was deleted.
    pub async fn review_item(&self, id: &ReviewItemId) -> Result<ReviewItem> {
        self.require_reader_of_items()?;
        let key = key_of(id)?;
        let snapshot = self.store.snapshot().await?;
        let condition = Condition { text: "i.key = ?".to_owned(), bound: values![key], order: String::new() };
        let found = read(&snapshot, &self.actor, project_of(key), &condition, self.store.inner.writer.clock().now()).await?.pop();
        found.ok_or_else(|| Problem::not_found("review item").into())
    }

    /// Refuses who may neither read nor review: a key that only writes is told what it reviews.
    pub(super) fn require_reader_of_items(&self) -> Result<()> {
        if self.actor.may(Action::Review) { Ok(()) } else { self.require(Action::Read) }
    }

    /// A page of items that stand in lists, the newest first.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project or row.
    pub async fn review_items(&self, query: ListReviewItems) -> Result<Vec<ReviewItem>> {
        self.require(Action::Read)?;
        self.project(&query.project).await?;
        let snapshot = self.store.snapshot().await?;
        items_of(&snapshot, &self.actor, &query, self.store.inner.writer.clock().now()).await
    }
}

/// A page of items that stand in lists, the newest first.
pub(super) async fn items_of(
    snapshot: &DatabaseTransaction,
    actor: &Actor,
    query: &ListReviewItems,
    now: Micros,
) -> Result<Vec<ReviewItem>> {
    let short = short(snapshot, &query.project).await?;
    let (mut text, mut bound) = narrowed(query);
    let mut and = |condition: &str, values: Vec<Value>| {
        text += &format!(" AND {condition}");
        bound.extend(values);
    };
    if query.unfinished {
        and("NOT i.complete", values![]);
    }
    if let Some(person) = &query.assignee {
        let condition = "EXISTS (SELECT 1 FROM review_assignments a WHERE a.project = i.project AND a.item = i.key AND a.person_id = ?)";
        and(condition, values![person.as_str()]);
    }
    if let Some(row) = &query.row {
        let (_, span) = places::find_span(snapshot, row).await?;
        and("i.span = ?", values![span.key]);
    }
    if let Some(row) = &query.row_id {
        and("s.row_id = ?", values![row.as_str()]);
    }
    if let Some(after) = &query.after {
        and("i.key < ?", values![key_of(after)?]);
    }
    match query.status {
        Some(ReviewStatus::Complete) => and("i.complete", values![]),
        Some(ReviewStatus::InReview) => and(&format!("NOT i.complete AND (i.done > 0 OR {CLAIMED})"), values![now]),
        Some(ReviewStatus::Backlog) => and(&format!("NOT i.complete AND i.done = 0 AND NOT {CLAIMED}"), values![now]),
        None => {}
    }
    let order = format!("ORDER BY i.key DESC LIMIT {}", query.limit.clamp(1, LONGEST_PAGE));
    read(snapshot, actor, short, &Condition { text, bound, order }, now).await
}

/// That somebody has the item `i` in hand; with the time.
pub(super) const CLAIMED: &str = "EXISTS (SELECT 1 FROM review_claims c WHERE c.project = i.project AND c.item = i.key AND c.until > ?)";

/// Which items `i`, with objects `o`, are of the list, the kind and the time that are asked for.
pub(super) fn narrowed(query: &ListReviewItems) -> (String, Vec<Value>) {
    let (mut text, mut bound) = ("i.listed".to_owned(), Vec::new());
    let mut and = |condition: &str, values: Vec<Value>| {
        text += &format!(" AND {condition}");
        bound.extend(values);
    };
    if let Some(list) = &query.list {
        and("i.list_id = ?", values![list.as_str()]);
    }
    if let Some(kind) = query.kind {
        and("o.kind = ?", values![kind.as_str()]);
    }
    if let Some(from) = query.flagged.0 {
        and("i.flagged >= ?", values![from]);
    }
    if let Some(to) = query.flagged.1 {
        and("i.flagged < ?", values![to]);
    }
    (text, bound)
}

/// How a row stands in its lists.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, actor: &Actor, span: SpanKey, now: Micros) -> Result<Vec<ReviewItem>> {
    let condition = Condition { text: "i.span = ?".to_owned(), bound: values![span], order: "ORDER BY i.key".to_owned() };
    read(connection, actor, project_of(span), &condition, now).await
}

/// Some items of one project, those of deleted lists and rows left out.
pub(super) async fn of_keys(connection: &impl ConnectionTrait, actor: &Actor, keys: &[ItemKey], now: Micros) -> Result<Vec<ReviewItem>> {
    let Some(first) = keys.first() else { return Ok(Vec::new()) };
    let condition = Condition {
        text: format!("i.key IN ({})", list(keys.len())),
        bound: keys.iter().map(|key| Value::from(*key)).collect(),
        order: "ORDER BY i.flagged, i.key".to_owned(),
    };
    read(connection, actor, project_of(*first), &condition, now).await
}

async fn short(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<ProjectShort> {
    #[derive(FromQueryResult)]
    struct Row {
        short: ProjectShort,
    }
    let row = crate::ground::database::one::<Row>(connection, "SELECT short FROM projects WHERE id = ?", values![project.as_str()]).await?;
    Ok(row.ok_or_else(|| Problem::not_found("project"))?.short)
}

/// Which items are read: a condition of our own text on `i`, and an order with a limit.
struct Condition {
    text: String,
    bound: Vec<Value>,
    order: String,
}

#[derive(FromQueryResult)]
struct Stored {
    span: SpanKey,
    object: ObjectKey,
    object_id: String,
    project_id: String,
    object_kind: String,
    row_id: String,
    root_span_id: String,
    name: String,
    input: String,
    output: String,
    is_pair: bool,
    note: Option<String>,
    flagged_by: Option<String>,
    flagged: Micros,
    rank: i64,
    #[sea_orm(nested)]
    item: Item,
}

#[derive(FromQueryResult)]
struct Claimed {
    item: ItemKey,
    person_id: String,
    until: Micros,
}

#[derive(FromQueryResult)]
struct Reviewed {
    item: ItemKey,
    person_id: String,
    round: i32,
    skipped: bool,
    reason: Option<String>,
    note: Option<String>,
    created: Micros,
}

#[derive(FromQueryResult)]
struct Selected {
    item: ItemKey,
    kind: String,
    probability: Option<f64>,
    seed: Option<i64>,
    stratum: Option<String>,
    rule: Option<String>,
    frame_filter: Option<String>,
    frame_as_of: Option<i64>,
    frame_rows: Option<i64>,
}

impl Selected {
    fn read(self) -> Result<Selection> {
        let frame = self.frame_filter.zip(self.frame_as_of).zip(self.frame_rows);
        Ok(Selection {
            kind: SelectionKind::parse(&self.kind).ok_or_else(|| Error::Corrupt(format!("a selection of kind {}", self.kind)))?,
            probability: self.probability,
            seed: self.seed,
            stratum: self.stratum,
            rule: self.rule,
            frame: frame.map(|((filter, as_of), rows)| SelectionFrame { filter, as_of, rows }),
        })
    }
}

async fn read(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    project: ProjectShort,
    condition: &Condition,
    now: Micros,
) -> Result<Vec<ReviewItem>> {
    let columns: Vec<_> = ITEM.split(", ").map(|column| format!("i.{column}")).collect();
    let text = format!(
        "SELECT {}, i.span, i.object, o.id AS object_id, o.project_id, o.kind AS object_kind, s.row_id, s.root_span_id, s.name, s.input, s.output, \
         EXISTS (SELECT 1 FROM review_pairs v WHERE v.project = i.project AND v.item = i.key) AS is_pair, \
         i.note, i.flagged_by, i.flagged, i.rank FROM review_items i JOIN review_lists l ON l.id = i.list_id AND l.deleted IS NULL \
         JOIN spans s ON s.project = i.project AND s.key = i.span JOIN objects o ON o.key = i.object AND o.deleted IS NULL \
         WHERE i.project = ? AND {} {}",
        columns.join(", "),
        condition.text,
        condition.order
    );
    let bound = values![project].into_iter().chain(condition.bound.iter().cloned()).collect();
    let stored = all::<Stored>(connection, &text, bound).await?;
    if stored.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<ItemKey> = stored.iter().map(|row| row.item.key).collect();
    let places = list(keys.len());
    let of_items = || keys::bound(&keys);
    let text =
        format!("SELECT item, person_id, until FROM review_claims WHERE project = ? AND item IN ({places}) AND until > ? ORDER BY since");
    let claims = all::<Claimed>(connection, &text, of_items().into_iter().chain(values![now]).collect()).await?;
    let text = format!(
        "SELECT item, person_id, round, skipped, reason, note, created FROM reviews WHERE project = ? AND item IN ({places}) ORDER BY created, person_id"
    );
    let reviews = all::<Reviewed>(connection, &text, of_items()).await?;
    let text = format!(
        "SELECT item, kind, probability, seed, stratum, rule, frame_filter, frame_as_of, frame_rows FROM review_selections \
         WHERE project = ? AND item IN ({places}) ORDER BY key"
    );
    let mut selections: HashMap<ItemKey, Vec<Selection>> = HashMap::new();
    for selected in all::<Selected>(connection, &text, of_items()).await? {
        selections.entry(selected.item).or_default().push(selected.read()?);
    }
    let assigned = assigned(connection, &keys).await?;
    let named = stored.iter().filter_map(|row| row.flagged_by.clone());
    let named = named.chain(assigned.iter().map(|(_, person)| person.clone())).chain(claims.iter().map(|claim| claim.person_id.clone()));
    let people = names::people(connection, named.chain(reviews.iter().map(|review| review.person_id.clone()))).await?;
    let person = |id: &str| -> Option<Person> { people.get(&PersonId(id.to_owned())).cloned() };
    let sights = sights(connection, actor, &stored).await?;
    let items = stored.into_iter().map(|row| {
        let key = row.item.key;
        let kind = ObjectKind::parse(&row.object_kind).ok_or_else(|| Error::Corrupt(format!("object kind {}", row.object_kind)))?;
        let count = |number: i32| u32::try_from(number).unwrap_or(0);
        let claims: Vec<_> = claims.iter().filter(|claim| claim.item == key).collect();
        let Sighted { open, hidden } = sights.get(&row.span).copied().unwrap_or(Sighted { open: false, hidden: true });
        let shown = |text: String| if hidden { String::new() } else { text };
        let review = |review: &Reviewed| {
            let told = open || review.person_id == actor.person.id.0;
            let reason = review.reason.as_deref().filter(|_| told).and_then(SkipReason::parse);
            let (round, skipped, created) = (count(review.round), review.skipped, review.created);
            Some(Review { person: person(&review.person_id)?, round, skipped, reason, note: review.note.clone().filter(|_| told), created })
        };
        let selection = |selection: Selection| match open {
            true => selection,
            // A filter tells what was looked for, and how likely it was in which stratum a row is.
            false => Selection { frame: None, stratum: None, probability: None, seed: None, ..selection },
        };
        Ok(ReviewItem {
            id: id_of(key),
            project: ProjectId(row.project_id),
            list: ReviewListId(row.item.list_id.clone()),
            row: RowAddress { object_type: kind, object_id: ObjectId(row.object_id), id: RowId(row.row_id) },
            root_span_id: row.root_span_id,
            name: row.name,
            input: shown(row.input),
            output: if row.is_pair { String::new() } else { shown(row.output) },
            is_pair: row.is_pair,
            listed: row.item.listed,
            status: ReviewStatus::of(row.item.progress(i64::try_from(claims.len()).unwrap_or(0))),
            text: row.item.shown(),
            needed: count(row.item.needed),
            done: count(row.item.done),
            round: count(row.item.round),
            note: row.note,
            flagged_by: row.flagged_by.as_deref().and_then(person),
            flagged: row.flagged,
            rank: row.rank,
            assignees: assigned.iter().filter(|(item, _)| *item == key).filter_map(|(_, id)| person(id)).collect(),
            claims: claims.iter().filter_map(|claim| Some(ReviewClaim { person: person(&claim.person_id)?, until: claim.until })).collect(),
            reviews: reviews.iter().filter(|review| review.item == key).filter_map(review).collect(),
            selections: selections.remove(&key).unwrap_or_default().into_iter().map(selection).collect(),
        })
    });
    items.collect()
}

/// What somebody may see of a span.
#[derive(Clone, Copy)]
struct Sighted {
    /// Whether they may read what others think of it.
    open: bool,
    /// Whether the span itself tells what others think.
    hidden: bool,
}

/// What somebody may see of each span.
async fn sights(connection: &impl ConnectionTrait, actor: &Actor, stored: &[Stored]) -> Result<HashMap<SpanKey, Sighted>> {
    let mut by_object: HashMap<ObjectKey, Vec<&Stored>> = HashMap::new();
    for row in stored {
        by_object.entry(row.object).or_default().push(row);
    }
    let mut open = HashMap::new();
    for (key, rows) in by_object {
        let Some(first) = rows.first() else { continue };
        let kind = ObjectKind::parse(&first.object_kind).ok_or_else(|| Error::Corrupt(format!("object kind {}", first.object_kind)))?;
        let (id, project) = (ObjectId(first.object_id.clone()), ProjectId(first.project_id.clone()));
        let sight = Sight::of(connection, actor, &Home { key, id, project, kind }).await?;
        let spans: Vec<SpanKey> = rows.iter().map(|row| row.span).collect();
        let seen = sight.of_spans(connection, &spans).await?;
        // As a comment of somebody else would be.
        open.extend(spans.iter().map(|span| {
            let sighted = Sighted { open: seen.comment(*span, Some(&PersonId(String::new())), None), hidden: seen.hides(*span) };
            (*span, sighted)
        }));
    }
    Ok(open)
}
