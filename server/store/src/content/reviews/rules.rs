//! Rules as they are stored, and which rows they may take: each once, never again what somebody took out, and so many in a day. It is
//! decided where the row is put into the list, so that it holds whoever works at a rule.

use super::drawing;
use super::items::RowReviews;
use crate::Result;
use crate::ground::database::{all, exists, one, run, values};
use crate::ground::keys::{ItemKey, Key as _, ProjectShort, SelectionKey, project_of};
use crate::ground::time;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::reviews::Selection;
use shared::{KeyId, Micros, ObjectId, PersonId, Problem, ReviewListId};

/// A rule as it is stored.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct StoredRule {
    pub(crate) id: String,
    pub(crate) project: ProjectShort,
    pub(crate) list_id: String,
    pub(crate) object_id: String,
    pub(crate) filter: String,
    pub(crate) rate: f64,
    pub(crate) cap_per_day: Option<i64>,
    pub(crate) seed: i64,
    pub(crate) person_id: String,
    pub(crate) person_name: Option<String>,
    pub(crate) key_id: Option<String>,
    pub(crate) paused: bool,
    pub(crate) stopped: Option<String>,
    pub(crate) created: Micros,
    pub(crate) mark: i64,
    pub(crate) seen: i64,
    pub(crate) heard: i64,
    pub(crate) cut: Option<Micros>,
    pub(crate) cut_mark: i64,
}

impl StoredRule {
    pub(crate) fn list(&self) -> ReviewListId {
        ReviewListId(self.list_id.clone())
    }

    pub(crate) fn object(&self) -> ObjectId {
        ObjectId(self.object_id.clone())
    }

    pub(crate) fn person(&self) -> PersonId {
        PersonId(self.person_id.clone())
    }

    pub(crate) fn api_key(&self) -> Option<KeyId> {
        self.key_id.clone().map(KeyId)
    }

    /// Whether it takes rows.
    pub(crate) fn is_at_work(&self) -> bool {
        !self.paused && self.stopped.is_none()
    }

    /// Rows that it took since a moment.
    pub(crate) async fn taken(&self, connection: &impl ConnectionTrait, since: Micros) -> Result<i64> {
        #[derive(FromQueryResult)]
        struct Row {
            rows: i64,
        }
        let text = "SELECT COUNT(*) AS rows FROM review_selections WHERE project = ? AND rule = ? AND created >= ?";
        let row = one::<Row>(connection, text, values![self.project, self.id.as_str(), since]).await?;
        Ok(row.map_or(0, |row| row.rows))
    }

    /// How many rows it may still take today; none where there is no bound.
    pub(crate) async fn room(&self, connection: &impl ConnectionTrait, now: Micros) -> Result<Option<i64>> {
        match self.cap_per_day {
            Some(cap) => Ok(Some((cap - self.taken(connection, day(now)).await?).max(0))),
            None => Ok(None),
        }
    }
}

/// When the day of a moment began, in UTC.
pub(crate) fn day(moment: Micros) -> Micros {
    moment - moment.rem_euclid(time::DAY)
}

/// Rules that fulfil a condition of our own text on `r` and their project `p`, in the order in which they were made. Those of lists and
/// projects that are gone are, too.
pub(crate) async fn rules(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Value>) -> Result<Vec<StoredRule>> {
    let text = format!(
        "SELECT r.id, p.short AS project, r.list_id, r.object_id, r.filter, r.rate, r.cap_per_day, r.seed, r.person_id, o.name AS person_name, \
         r.key_id, r.paused, r.stopped, r.created, r.mark, r.seen, r.heard, r.cut, r.cut_mark FROM review_rules r \
         JOIN projects p ON p.id = r.project_id AND p.deleted IS NULL JOIN review_lists l ON l.id = r.list_id AND l.deleted IS NULL \
         LEFT JOIN people o ON o.id = r.person_id WHERE r.deleted IS NULL AND {condition} ORDER BY r.created, r.id"
    );
    all::<StoredRule>(connection, &text, bound).await
}

impl RowReviews<'_> {
    /// As what a rule may take the row, which has an item in the list or none yet; none where it may not. What another system calls a rule
    /// decides for itself.
    pub(super) async fn admitted(&mut self, item: Option<ItemKey>, selection: &Selection) -> Result<Option<Selection>> {
        let id = selection.rule.as_deref().unwrap_or_default();
        let Some(rule) = rules(&self.change.transaction, "r.id = ?", values![id]).await?.pop() else {
            return Ok(Some(selection.clone()));
        };
        if !drawing::is_drawn(rule.seed, &self.home.id, &self.row, rule.rate) {
            return Err(Problem::invalid("selection", "This rule does not draw this row. Leave out the rule to flag it by hand.").into());
        }
        let once = "SELECT 1 FROM review_selections WHERE project = ? AND item = ? AND rule = ?";
        let is_taken = match item {
            Some(item) => exists(&self.change.transaction, once, values![project_of(item), item, id]).await?,
            None => false,
        };
        if is_taken || !rule.is_at_work() {
            return Ok(None);
        }
        let now = self.change.now;
        if rule.room(&self.change.transaction, now).await?.is_some_and(|room| room == 0) {
            let mark = self.change.take::<SelectionKey>(&self.home.project, 1).await?.number();
            let text = "UPDATE review_rules SET cut = ?, cut_mark = ? WHERE id = ?";
            run(&self.change.transaction, text, values![now, mark, id]).await?;
            return Ok(None);
        }
        // Whoever came after the bound had cut, or before and in vain, comes with a probability that nobody knows.
        let is_known = self.span.number() > rule.cut_mark && rule.cut.is_none_or(|cut| day(cut) != day(now));
        let probability = is_known.then_some(rule.rate);
        Ok(Some(Selection { probability, seed: Some(rule.seed), stratum: None, ..selection.clone() }))
    }
}
