//! How fast a review list gets done: what was completed today, what is left, and how long that takes. Who reviews blindly is told only of
//! themselves; who looks after the list is told of everybody.

use crate::content::reviews;
use crate::ground::database::{all, one, values};
use crate::people::names;
use crate::projects::settings;
use crate::{Desk, Result};
use sea_orm::{FromQueryResult, Value};
use shared::permissions::Action;
use shared::reviews::{AskPace, ListPace, PaceEstimate, ReviewerPace, durations, median_seconds};
use shared::{Micros, PersonId, Problem, ReviewListId};
use std::collections::BTreeMap;

/// The last reviews from which is told how long one takes.
const LAST: usize = 2_000;

/// Microseconds of two days: no day began earlier.
const TWO_DAYS: Micros = 2 * 86_400_000_000;

/// Completed reviews `r` of items `i` that stand in a list. Bound to the project and the list.
const COMPLETED: &str = "FROM reviews r JOIN review_items i ON i.project = r.project AND i.key = r.item \
     WHERE r.project = (SELECT short FROM projects WHERE id = ?) AND i.list_id = ? AND i.listed AND NOT r.skipped";

/// Reviews that are still needed in a list. Bound to the project and the list.
const MISSING: &str = "SELECT COALESCE(SUM(i.needed - i.done), 0) AS missing FROM review_items i \
     JOIN spans s ON s.project = i.project AND s.key = i.span JOIN objects o ON o.key = i.object AND o.deleted IS NULL \
     WHERE i.project = (SELECT short FROM projects WHERE id = ?) AND i.list_id = ? AND i.listed AND NOT i.complete";

#[derive(FromQueryResult)]
struct Missing {
    missing: i64,
}

#[derive(FromQueryResult)]
struct Counted {
    person_id: String,
    total: i64,
    today: i64,
}

#[derive(FromQueryResult)]
struct Ended {
    person_id: String,
    created: Micros,
}

impl Desk {
    /// How fast a review list gets done.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown project or list.
    pub async fn review_pace(&self, query: AskPace) -> Result<ListPace> {
        self.require(Action::Read)?;
        self.project(&query.project).await?;
        let snapshot = self.store.snapshot().await?;
        let id = query.list.unwrap_or_else(|| ReviewListId(query.project.0.clone()));
        let list = reviews::list(&snapshot, &id).await?.list;
        if list.project != query.project {
            return Err(Problem::not_found("review list").into());
        }
        let is_blind = settings::blinds(&snapshot, &self.actor, &query.project).await?;
        let now = self.store.inner.writer.clock().now();
        let day = query.day.clamp(now - TWO_DAYS, now);
        let me = self.actor.person.id.as_str();
        let of_list = || values![query.project.as_str(), id.as_str()];
        let missing = one::<Missing>(&snapshot, MISSING, of_list()).await?.map_or(0, |row| row.missing);
        let (whose, own) = if is_blind { ("AND r.person_id = ?", values![me]) } else { ("", values![]) };
        let bound = |before: Vec<Value>| before.into_iter().chain(of_list()).chain(own.clone()).collect::<Vec<_>>();
        let text = format!(
            "SELECT r.person_id, COUNT(*) AS total, SUM(CASE WHEN r.created >= ? THEN 1 ELSE 0 END) AS today {COMPLETED} {whose} \
             GROUP BY r.person_id"
        );
        let counted = all::<Counted>(&snapshot, &text, bound(values![day])).await?;
        let text = format!("SELECT r.person_id, r.created {COMPLETED} {whose} ORDER BY r.created DESC LIMIT {LAST}");
        let mut ends: BTreeMap<String, Vec<Micros>> = BTreeMap::new();
        for ended in all::<Ended>(&snapshot, &text, bound(values![])).await? {
            ends.entry(ended.person_id).or_default().push(ended.created);
        }
        let took: BTreeMap<String, Vec<Micros>> = ends.into_iter().map(|(person, ends)| (person, durations(ends))).collect();
        let known: Vec<Micros> = took.values().flatten().copied().collect();
        let mut reviewers = Vec::new();
        if !is_blind && self.actor.may(Action::Configure) {
            let people = names::people(&snapshot, counted.iter().map(|row| row.person_id.clone())).await?;
            reviewers.extend(counted.iter().filter_map(|row| {
                let person = people.get(&PersonId(row.person_id.clone()))?.clone();
                let seconds = median_seconds(took.get(&row.person_id).cloned().unwrap_or_default());
                Some(ReviewerPace { person, today: row.today, total: row.total, seconds })
            }));
            reviewers.sort_by(|one, other| (&one.person.name, &one.person.id.0).cmp(&(&other.person.name, &other.person.id.0)));
        }
        Ok(ListPace {
            mine: counted.iter().find(|row| row.person_id == me).map_or(0, |row| row.today),
            team: (!is_blind).then(|| counted.iter().map(|row| row.today).sum()),
            left: missing,
            estimate: PaceEstimate::of(missing, &known),
            reviewers,
        })
    }
}
