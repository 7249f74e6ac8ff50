//! Where the scores of an object come from: what its cards and columns are, whatever is filtered.

use crate::ground::database::{all, one, values};
use crate::ground::places::Home;
use crate::ground::time;
use crate::writing::writer::ALL_TIME;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::permissions::Action;
use shared::summary::{ScoreKind, TraceScore};
use shared::{Micros, ObjectId};
use std::collections::{BTreeMap, HashSet};

/// Traces that are looked at to tell where scores come from.
const LOOKED_AT: usize = 200;

/// What is told of the scores of some traces.
type Kinds = BTreeMap<String, Vec<ScoreKind>>;

impl Desk {
    /// Every score that an object has, as far as the caller may see, with where it comes from: from reviewers if it is asked for, else from
    /// whoever the newest traces that have it say.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn score_kinds(&self, object: &ObjectId) -> Result<BTreeMap<String, ScoreKind>> {
        self.require(Action::Read)?;
        let (summary, _) = self.summary(object, "").await?;
        let home = self.find_object(object).await?;
        let connection = self.store.readers();
        let asked = names_of_questions(connection, &home).await?;
        let newest = if summary.scores.keys().all(|name| asked.contains(name)) {
            Kinds::new()
        } else {
            kinds_since(connection, &home, None).await?
        };
        let mut kinds = BTreeMap::new();
        for name in summary.scores.into_keys() {
            let kind = if asked.contains(&name) {
                ScoreKind::Human
            } else if let Some(said) = newest.get(&name) {
                ScoreKind::first_of(said.iter().copied())
            } else {
                let hour = newest_hour(connection, &home, &name).await?;
                let mut said = kinds_since(connection, &home, hour).await?;
                ScoreKind::first_of(said.remove(&name).unwrap_or_default())
            };
            kinds.insert(name, kind);
        }
        Ok(kinds)
    }
}

/// The names of the questions of a project, archived ones too.
async fn names_of_questions(connection: &impl ConnectionTrait, home: &Home) -> Result<HashSet<String>> {
    #[derive(FromQueryResult)]
    struct Row {
        name: String,
    }
    let text = "SELECT name FROM questions WHERE project_id = ?";
    Ok(all::<Row>(connection, text, values![home.project.as_str()]).await?.into_iter().map(|row| row.name).collect())
}

/// What the newest traces that began before the end of an hour say; without one, the newest of all.
async fn kinds_since(connection: &impl ConnectionTrait, home: &Home, hour: Option<i64>) -> Result<Kinds> {
    #[derive(FromQueryResult)]
    struct Row {
        scores: String,
    }
    let before: Micros = hour.map_or(Micros::MAX, |hour| hour.saturating_add(1).saturating_mul(time::HOUR));
    let text =
        format!("SELECT scores FROM traces WHERE project = ? AND object = ? AND created < ? ORDER BY created DESC LIMIT {LOOKED_AT}");
    let mut kinds = Kinds::new();
    for row in all::<Row>(connection, &text, values![home.short(), home.key, before]).await? {
        for (name, score) in serde_json::from_str::<BTreeMap<String, TraceScore>>(&row.scores)? {
            kinds.entry(name).or_default().push(score.kind);
        }
    }
    Ok(kinds)
}

/// The newest hour in which a span has a score.
async fn newest_hour(connection: &impl ConnectionTrait, home: &Home, name: &str) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Row {
        hour: Option<i64>,
    }
    let text = "SELECT MAX(hour) AS hour FROM rollups WHERE project = ? AND object = ? AND name = ? AND count > 0 AND hour > ?";
    let bound: Vec<Value> = values![home.short(), home.key, name, ALL_TIME];
    Ok(one::<Row>(connection, text, bound).await?.and_then(|row| row.hour))
}
