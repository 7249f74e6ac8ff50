//! Reviews, as the activity tells them: how rows stand in lists, who is asked, who is done; and what follows from it.

use super::{Step, same};
use crate::ground::database::{all, values};
use crate::ground::keys::{ItemKey, SpanKey};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shared::audit::Deed;
use shared::reviews::{Progress, ReviewStatus};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A span and the id of a list.
type Place = (SpanKey, String);

/// What the activity tells of an item.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    listed: bool,
    round: i64,
    closed: bool,
    status: Option<String>,
    note: Option<String>,
    assignees: BTreeSet<String>,
    reviews: ByRound,
}

impl Default for Told {
    fn default() -> Self {
        Self { listed: false, round: 1, closed: false, status: None, note: None, assignees: BTreeSet::new(), reviews: BTreeMap::new() }
    }
}

/// What the activity tells of all items.
#[derive(Default)]
pub(super) struct Reviews {
    told: HashMap<Place, Told>,
}

impl Reviews {
    /// Takes in the next entry. Of what was erased nothing is left.
    pub(super) fn hear(
        &mut self,
        deed: &Deed,
        (span, path): (SpanKey, &str),
        person: Option<String>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Step {
        let Some(list) = path.strip_prefix("review.") else { return Ok(()) };
        let value = |text: Option<&str>| text.map(serde_json::from_str::<Value>).transpose();
        let (from, to) = (value(from)?, value(to)?);
        let told = self.told.entry((span, list.to_owned())).or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let people = |value: &Value| value.as_array().into_iter().flatten().filter_map(text).collect();
        match (deed, from, to) {
            (Deed::Assign, _, Some(asked)) => told.assignees = people(&asked),
            (Deed::Complete | Deed::Prefer | Deed::Skip, _, Some(said)) => {
                let why = match deed {
                    Deed::Skip => How::Skipped(text(&said["reason"]), text(&said["note"])),
                    Deed::Prefer => How::Preferred(text(&said["preference"]), said["swapped"].as_bool()),
                    _ => How::Done,
                };
                told.reviews.insert((said["round"].as_i64().unwrap_or(0), person.unwrap_or_default()), why);
            }
            (Deed::Complete | Deed::Prefer | Deed::Skip, Some(said), None) => {
                told.reviews.remove(&(said["round"].as_i64().unwrap_or(0), person.unwrap_or_default()));
            }
            (_, _, Some(state)) => {
                (told.listed, told.closed) = (state["listed"] == json!(true), state["closed"] == json!(true));
                (told.round, told.status) = (state["round"].as_i64().unwrap_or(0), text(&state["status"]));
                (told.note, told.assignees) = (text(&state["note"]), people(&state["assignees"]));
            }
            (_, _, None) => {}
        }
        Ok(())
    }

    /// Compares it with what is stored, and that with what follows from it.
    pub(super) async fn compare(mut self, connection: &impl ConnectionTrait) -> Step {
        #[derive(FromQueryResult)]
        struct Item {
            key: ItemKey,
            span: SpanKey,
            list_id: String,
            listed: bool,
            round: i32,
            needed: i32,
            done: i32,
            closed: bool,
            complete: bool,
            status: Option<String>,
            note: Option<String>,
        }
        let mut people = assigned(connection).await?;
        let mut reviews = reviewed(connection).await?;
        let mut flags: BTreeMap<SpanKey, BTreeMap<String, Value>> = BTreeMap::new();
        let text = "SELECT key, span, list_id, listed, round, needed, done, closed, complete, status, note FROM review_items ORDER BY key";
        for item in all::<Item>(connection, text, values![]).await? {
            let place = || format!("the review of span {} in list {}", item.span, item.list_id);
            let assignees = people.remove(&item.key).unwrap_or_default();
            let reviews = reviews.remove(&item.key).unwrap_or_default();
            let round = i64::from(item.round);
            let Item { listed, closed, status, note, .. } = item;
            let stored = Told { listed, round, closed, status, note, assignees, reviews };
            let told = self.told.remove(&(item.span, item.list_id.clone())).unwrap_or_default();
            same(place, &stored, &told)?;
            let done = stored.reviews.iter().filter(|((of, _), how)| *of == round && !matches!(how, How::Skipped(..))).count();
            let number = |number: i32| u32::try_from(number).unwrap_or(u32::MAX);
            let progress =
                Progress { closed: item.closed, done: u32::try_from(done).unwrap_or(u32::MAX), needed: number(item.needed), claims: 0 };
            let complete = ReviewStatus::of(progress) == ReviewStatus::Complete;
            same(|| format!("how far {} is", place()), &(number(item.done), item.complete), &(progress.done, complete))?;
            if item.listed {
                let mut flag = json!({ "status": ReviewStatus::shown(progress, stored.status.as_deref()) });
                if !stored.assignees.is_empty() {
                    flag["assignees"] = json!(stored.assignees);
                }
                flags.entry(item.span).or_default().insert(item.list_id.clone(), flag);
            }
        }
        if let Some((place, told)) = self.told.into_iter().find(|(_, told)| *told != Told::default()) {
            return same(|| format!("the review of span {} in list {}", place.0, place.1), &None, &Some(told));
        }
        drawn(connection).await?;
        sides(connection).await?;
        shown(connection, flags).await
    }
}

/// What a rule took with a known probability, its seed draws at that probability.
async fn drawn(connection: &impl ConnectionTrait) -> Step {
    #[derive(FromQueryResult)]
    struct Taken {
        span: SpanKey,
        probability: f64,
        seed: i64,
        object_id: String,
        row_id: String,
    }
    let text = "SELECT i.span, s.probability, r.seed, o.id AS object_id, p.row_id FROM review_selections s \
                JOIN review_rules r ON r.id = s.rule JOIN review_items i ON i.project = s.project AND i.key = s.item \
                JOIN objects o ON o.key = i.object JOIN spans p ON p.project = i.project AND p.key = i.span \
                WHERE s.kind = 'rule' AND s.probability IS NOT NULL";
    for taken in all::<Taken>(connection, text, values![]).await? {
        let said = format!("{}\0draw\0{}\0{}", taken.seed, taken.object_id, taken.row_id);
        let hash = Sha256::digest(said.as_bytes());
        let first = hash.iter().take(7).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)) >> 3;
        let share = first as f64 / (1_u64 << 53) as f64;
        same(|| format!("that a rule drew span {}", taken.span), &true, &(share < taken.probability))?;
    }
    Ok(())
}

/// On which side the rows of a pair stood is what the seed of its list draws for who reviewed it. In a project that came from elsewhere people
/// and experiments may be called otherwise than when it was drawn.
async fn sides(connection: &impl ConnectionTrait) -> Step {
    #[derive(FromQueryResult)]
    struct Seen {
        span: SpanKey,
        person_id: String,
        swapped: bool,
        seed: i64,
        object_id: String,
        row_id: String,
    }
    let text = "SELECT i.span, r.person_id, r.swapped, l.seed, o.id AS object_id, p.row_id FROM reviews r \
                JOIN review_items i ON i.project = r.project AND i.key = r.item JOIN review_lists l ON l.id = i.list_id \
                JOIN objects o ON o.key = i.object JOIN spans p ON p.project = i.project AND p.key = i.span WHERE r.swapped IS NOT NULL \
                AND NOT EXISTS (SELECT 1 FROM imports m JOIN projects q ON q.id = m.project_id WHERE q.short = r.project)";
    for seen in all::<Seen>(connection, text, values![]).await? {
        let said = format!("{}\0side\0{}\0{}\0{}", seen.seed, seen.person_id, seen.object_id, seen.row_id);
        let hash = Sha256::digest(said.as_bytes());
        let swapped = hash[7] & 1 == 1;
        same(|| format!("the sides that {} saw of the pair of span {}", seen.person_id, seen.span), &seen.swapped, &swapped)?;
    }
    Ok(())
}

async fn assigned(connection: &impl ConnectionTrait) -> Step<HashMap<ItemKey, BTreeSet<String>>> {
    #[derive(FromQueryResult)]
    struct Row {
        item: ItemKey,
        person_id: String,
    }
    let mut assigned: HashMap<ItemKey, BTreeSet<String>> = HashMap::new();
    for row in all::<Row>(connection, "SELECT item, person_id FROM review_assignments", values![]).await? {
        assigned.entry(row.item).or_default().insert(row.person_id);
    }
    Ok(assigned)
}

/// What somebody did with an item.
#[derive(Clone, Debug, PartialEq)]
enum How {
    Done,
    /// Which row of the pair is better, and whether the sides were swapped.
    Preferred(Option<String>, Option<bool>),
    /// Why, and in which words.
    Skipped(Option<String>, Option<String>),
}

/// By round and person.
type ByRound = BTreeMap<(i64, String), How>;

async fn reviewed(connection: &impl ConnectionTrait) -> Step<HashMap<ItemKey, ByRound>> {
    #[derive(FromQueryResult)]
    struct Row {
        item: ItemKey,
        person_id: String,
        round: i32,
        skipped: bool,
        reason: Option<String>,
        note: Option<String>,
        preference: Option<String>,
        swapped: Option<bool>,
    }
    let mut reviewed: HashMap<ItemKey, ByRound> = HashMap::new();
    for row in
        all::<Row>(connection, "SELECT item, person_id, round, skipped, reason, note, preference, swapped FROM reviews", values![]).await?
    {
        let why = match (row.skipped, row.preference) {
            (true, _) => How::Skipped(row.reason, row.note),
            (false, None) => How::Done,
            (false, preference) => How::Preferred(preference, row.swapped),
        };
        reviewed.entry(row.item).or_default().insert((i64::from(row.round), row.person_id), why);
    }
    Ok(reviewed)
}

/// Compares what rows show with what stands in the lists. Those that were deleted show what they showed last.
async fn shown(connection: &impl ConnectionTrait, mut flags: BTreeMap<SpanKey, BTreeMap<String, Value>>) -> Step {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        flags: String,
    }
    let text = "SELECT span, flags FROM span_flags WHERE superseded = 9223372036854775807";
    for row in all::<Row>(connection, text, values![]).await? {
        let computed = flags.remove(&row.span).map(|flags| json!(flags));
        same(|| format!("what span {} shows of its review", row.span), &Some(serde_json::from_str::<Value>(&row.flags)?), &computed)?;
    }
    match flags.into_iter().next() {
        Some((span, computed)) => same(|| format!("what span {span} shows of its review"), &None, &Some(json!(computed))),
        None => Ok(()),
    }
}
