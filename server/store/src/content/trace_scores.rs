//! The mean of each score over the spans of a trace, as a row: what rows of traces are filtered and put in order by.

use crate::Result;
use crate::ground::database::{StatementPart, all, list, run, values};
use crate::ground::keys::{TraceKey, bound};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, upsert_all, upserts};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::Micros;
use shared::spans::TraceRow;
use shared::summary::{Nano, TraceScore};
use std::collections::{BTreeMap, HashMap};

/// By what a row is told from others.
const KEY: &str = "project, trace, name";

#[derive(FromQueryResult)]
struct Stored {
    trace: TraceKey,
    name: String,
    value: i64,
    created: Micros,
}

/// Brings the scores of some traces in line with their rows: of those that may have been there before, only what is another is written.
pub(super) async fn write<'row>(
    connection: &impl ConnectionTrait,
    home: &Home,
    before: &[TraceKey],
    rows: impl Iterator<Item = &'row TraceRow>,
) -> Result<()> {
    let mut known: HashMap<(TraceKey, String), (i64, Micros)> = HashMap::new();
    if !before.is_empty() {
        let text = format!("SELECT trace, name, value, created FROM trace_scores WHERE project = ? AND trace IN ({})", list(before.len()));
        let stored = all::<Stored>(connection, &text, bound(before)).await?;
        known.extend(stored.into_iter().map(|score| ((score.trace, score.name), (score.value, score.created))));
    }
    let mut changed = Vec::new();
    for TraceRow { key, created, scores, .. } in rows {
        let trace = TraceKey::from(*key);
        for (name, score) in scores {
            let value = Nano::from_score(score.value).0;
            if known.remove(&(trace, name.clone())) != Some((value, *created)) {
                changed.push(row(home, trace, name, value).set("created", *created));
            }
        }
    }
    for (trace, name) in known.into_keys() {
        let text = "DELETE FROM trace_scores WHERE project = ? AND trace = ? AND name = ?";
        run(connection, text, values![home.short(), trace, name]).await?;
    }
    upsert_all(changed, KEY, connection).await
}

/// What brings the scores of one trace in line whose time stays, to be written together with something else: of those that are there and
/// are the same nothing is written.
pub(super) fn writing(home: &Home, trace: TraceKey, scores: &BTreeMap<String, TraceScore>) -> Vec<StatementPart> {
    let names: Vec<Value> = scores.keys().map(|name| Value::from(name.as_str())).collect();
    let others = if names.is_empty() { String::new() } else { format!(" AND name NOT IN ({})", list(names.len())) };
    let gone = format!("DELETE FROM trace_scores WHERE project = ? AND trace = ?{others}");
    let mut parts = vec![(gone, values![home.short(), trace].into_iter().chain(names).collect())];
    let rows = scores.iter().map(|(name, score)| {
        let created = "(SELECT t.created FROM traces t WHERE t.project = ? AND t.key = ?)";
        row(home, trace, name, Nano::from_score(score.value).0).computed("created", created, values![home.short(), trace])
    });
    let changing = |(text, values)| (text + " WHERE trace_scores.value <> excluded.value", values);
    parts.extend(upserts(rows.collect(), KEY).into_iter().map(changing));
    parts
}

fn row(home: &Home, trace: TraceKey, name: &str, value: i64) -> Upsert {
    Upsert::into("trace_scores")
        .fixed("project", home.short())
        .fixed("object", home.key)
        .fixed("trace", trace)
        .fixed("name", name)
        .set("value", value)
}
