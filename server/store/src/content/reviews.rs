//! Review lists and the rows that stand in them: what is stored, what follows from it, and how it is changed. Who may do it is decided
//! above; SDKs do it by keys of a row's metadata.

pub(crate) mod claims;
mod done;
pub(crate) mod drawing;
mod items;
pub(crate) mod pairs;
pub(crate) mod rules;
pub(crate) mod shown;

pub(crate) use items::{ItemState, NO_ROOM, RowReviews, tell_row};

use crate::Result;
use crate::ground::database::{all, list as places, one, values};
use crate::ground::keys::ItemKey;
use crate::people::names;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::people::Role;
use shared::permissions::Action;
use shared::projects::Settings;
use shared::questions::Audience;
use shared::reviews::{ListDefinition, Progress, ReviewList, ReviewStatus};
use shared::{Micros, ObjectId, PersonId, Problem, ProjectId, ReviewListId, RowId};

/// Microseconds of a minute.
const MINUTE: Micros = 60_000_000;

/// A list, with what its project says where it says nothing.
#[derive(Clone, Debug)]
pub(crate) struct List {
    pub(crate) list: ReviewList,
    settings: Settings,
}

impl List {
    /// How long one of its items stays in somebody's hand.
    pub(crate) fn claim_time(&self) -> Micros {
        Micros::from(self.list.definition.claim_minutes.unwrap_or(self.settings.claim_minutes)) * MINUTE
    }

    /// The reviews that a row needs in it: drawn by the list's seed where some rows need another number.
    pub(crate) fn needed(&self, object: &ObjectId, row: &RowId) -> i32 {
        let definition = &self.list.definition;
        let usual = definition.needed.unwrap_or(self.settings.reviewers_per_item);
        let needed = match definition.overlap {
            Some(overlap) if self.draw("overlap", object, row) < overlap.share => overlap.needed,
            Some(_) | None => usual,
        };
        i32::try_from(needed).unwrap_or(i32::MAX)
    }

    /// The place of a row in the draw of the list.
    pub(crate) fn rank(&self, object: &ObjectId, row: &RowId) -> i64 {
        (self.number("rank", object, row) >> 1).cast_signed()
    }

    /// Whether somebody sees the row of the second experiment on the left: drawn, and always the same.
    pub(crate) fn swaps(&self, object: &ObjectId, row: &RowId, person: &PersonId) -> bool {
        self.number(&format!("side\0{person}"), object, row) & 1 == 1
    }

    /// A number of 0..1 that follows from the seed and the row.
    fn draw(&self, what: &str, object: &ObjectId, row: &RowId) -> f64 {
        drawing::share(self.number(what, object, row))
    }

    fn number(&self, what: &str, object: &ObjectId, row: &RowId) -> u64 {
        drawing::number(self.list.seed, what, object, row)
    }
}

#[derive(FromQueryResult)]
struct StoredList {
    id: String,
    project_id: String,
    name: String,
    definition: String,
    seed: i64,
    created: Micros,
    version: i32,
    settings: String,
}

impl StoredList {
    fn read(self) -> Result<List> {
        Ok(List {
            settings: serde_json::from_str(&self.settings)?,
            list: ReviewList {
                id: ReviewListId(self.id),
                project: ProjectId(self.project_id),
                name: self.name,
                definition: serde_json::from_str::<ListDefinition>(&self.definition)?,
                seed: self.seed,
                created: self.created,
                version: self.version,
            },
        })
    }
}

/// The lists of a project, the default one first.
pub(crate) async fn lists(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<Vec<List>> {
    let mut lists = find(connection, "l.project_id = ? ORDER BY l.created, l.id", values![project.as_str()]).await?;
    lists.sort_by_key(|list| !list.list.is_default());
    Ok(lists)
}

/// One list.
///
/// # Errors
/// [`Problem::NotFound`] if there is none.
pub(crate) async fn list(connection: &impl ConnectionTrait, id: &ReviewListId) -> Result<List> {
    let found = find(connection, "l.id = ?", values![id.as_str()]).await?.pop();
    found.ok_or_else(|| Problem::not_found("review list").into())
}

async fn find(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Value>) -> Result<Vec<List>> {
    let text = format!(
        "SELECT l.id, l.project_id, l.name, l.definition, l.seed, l.created, l.version, p.settings FROM review_lists l \
         JOIN projects p ON p.id = l.project_id AND p.deleted IS NULL WHERE l.deleted IS NULL AND {condition}"
    );
    all::<StoredList>(connection, &text, bound).await?.into_iter().map(StoredList::read).collect()
}

/// A row in a list, as it is stored.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub(crate) struct Item {
    pub(crate) key: ItemKey,
    pub(crate) list_id: String,
    pub(crate) listed: bool,
    pub(crate) taken_out: Option<Micros>,
    pub(crate) round: i32,
    pub(crate) needed: i32,
    pub(crate) done: i32,
    pub(crate) closed: bool,
    pub(crate) complete: bool,
    /// What the API calls its status.
    pub(crate) status: Option<String>,
    /// What who flagged it said to who reviews it.
    pub(crate) note: Option<String>,
}

/// The columns of [`Item`].
pub(crate) const ITEM: &str = "key, list_id, listed, taken_out, round, needed, done, closed, complete, status, note";

impl Item {
    /// What its status follows from.
    pub(crate) fn progress(&self, claims: i64) -> Progress {
        let count = |number: i32| u32::try_from(number).unwrap_or(0);
        let claims = u32::try_from(claims).unwrap_or(0);
        Progress { closed: self.closed, done: count(self.done), needed: count(self.needed), claims }
    }

    /// What its row shows of it.
    pub(crate) fn shown(&self) -> String {
        ReviewStatus::shown(self.progress(0), self.status.as_deref())
    }

    /// Begins another round.
    fn reopen(&mut self) {
        (self.round, self.done, self.closed) = (self.round + 1, 0, false);
        self.settle();
    }

    fn settle(&mut self) {
        self.complete = ReviewStatus::of(self.progress(0)) == ReviewStatus::Complete;
    }
}

/// The people who are asked to review some items, by item.
pub(crate) async fn assigned(connection: &impl ConnectionTrait, items: &[ItemKey]) -> Result<Vec<(ItemKey, String)>> {
    #[derive(FromQueryResult)]
    struct Row {
        item: ItemKey,
        person_id: String,
    }
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT item, person_id FROM review_assignments WHERE project = ? AND item IN ({}) ORDER BY item, person_id",
        places(items.len())
    );
    let rows = all::<Row>(connection, &text, crate::ground::keys::bound(items)).await?;
    Ok(rows.into_iter().map(|row| (row.item, row.person_id)).collect())
}

/// That whoever an assignment `a` asks can review the items of a list, with what is bound. An item whose people all cannot is anybody's.
pub(crate) fn able(list: &List) -> (String, Vec<Value>) {
    let roles = Role::ALL.into_iter().filter(|role| Action::Review.allowed(*role, None)).map(|role| Value::from(role.as_str()));
    let mut bound: Vec<Value> = roles.collect();
    let mut text = format!("EXISTS (SELECT 1 FROM people p WHERE p.id = a.person_id AND p.active AND p.role IN ({})", places(bound.len()));
    let Audience { people, roles } = &list.list.definition.reviewers;
    if !people.is_empty() || !roles.is_empty() {
        let among = |column: &str, count: usize| if count == 0 { "FALSE".to_owned() } else { format!("{column} IN ({})", places(count)) };
        text += &format!(" AND ({} OR {})", among("p.id", people.len()), among("p.role", roles.len()));
        bound.extend(people.iter().map(|person| Value::from(person.as_str())));
        bound.extend(roles.iter().map(|role| Value::from(role.as_str())));
    }
    (text + ")", bound)
}

/// The people who are asked to review an item of a list and can.
pub(crate) async fn asked(connection: &impl ConnectionTrait, list: &List, item: ItemKey) -> Result<Vec<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        person_id: String,
    }
    let (able, more) = able(list);
    let text = format!("SELECT a.person_id FROM review_assignments a WHERE a.project = ? AND a.item = ? AND {able} ORDER BY a.person_id");
    let bound = crate::ground::keys::bound(&[item]).into_iter().chain(more).collect();
    Ok(all::<Row>(connection, &text, bound).await?.into_iter().map(|row| row.person_id).collect())
}

/// Refuses people who cannot take a row of a list in hand: nobody else would be offered it.
///
/// # Errors
/// [`Problem::Invalid`] that names the first.
pub(crate) async fn require_reviewers(connection: &impl ConnectionTrait, list: &List, people: &[PersonId]) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        active: bool,
    }
    let known = names::people(connection, people.iter().map(|person| person.0.clone())).await?;
    for id in people {
        let row = one::<Row>(connection, "SELECT active FROM people WHERE id = ?", values![id.as_str()]).await?;
        let Some(person) = known.get(id).filter(|_| row.is_some_and(|row| row.active)) else {
            let reason = format!("There is no active member {id}. Use the ids of members.");
            return Err(Problem::invalid("assignees", reason).into());
        };
        if !Action::Review.allowed(person.role, None) || !list.list.definition.reviewers.includes(person) {
            let reason =
                format!("{} does not review the list {}. Ask somebody who does, or change who reviews it.", person.name, list.list.name);
            return Err(Problem::invalid("assignees", reason).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::reviews::Overlap;

    #[test]
    fn draws_follow_from_the_seed_and_hit_their_share() {
        let of = |seed: i64| List {
            list: ReviewList {
                id: ReviewListId::from("l"),
                project: ProjectId::from("p"),
                name: "L".to_owned(),
                definition: ListDefinition { overlap: Some(Overlap { share: 0.2, needed: 2 }), ..ListDefinition::default() },
                seed,
                created: 0,
                version: 1,
            },
            settings: Settings::default(),
        };
        let (one, other, object) = (of(1), of(2), ObjectId::from("o"));
        let rows: Vec<RowId> = (0..2_000).map(|number| RowId(format!("r{number}"))).collect();
        let twice = rows.iter().filter(|row| one.needed(&object, row) == 2).count();
        assert!((340..460).contains(&twice), "{twice} of 2,000 instead of some 400");
        assert_eq!(twice, rows.iter().filter(|row| of(1).needed(&object, row) == 2).count());
        let order = |list: &List| {
            let mut order = rows.clone();
            order.sort_by_key(|row| list.rank(&object, row));
            order
        };
        assert!(rows.iter().all(|row| one.rank(&object, row) >= 0));
        assert_eq!(order(&one), order(&of(1)));
        assert_ne!(order(&one), order(&other));
    }
}
