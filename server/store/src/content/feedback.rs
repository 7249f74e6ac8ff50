//! What end users said of rows as scores: each of them apart, with its versions.
//!
//! An end user is known by the id that the client sends. All whom it does not name are one voice, whose last word counts, because a batch
//! that is sent again must say nothing new.

use crate::Result;
use crate::content::versions::STANDS;
use crate::ground::database::{all, list, places, run, values};
use crate::ground::keys::{SpanKey, bound};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all};
use crate::writing::writer::Change;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::TransactionId;
use std::collections::{BTreeMap, HashMap};

/// Voices or spans in one statement.
const CHUNK: usize = 400;

/// How many said something to one score of a span, and their sum in units of 1e-9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) count: i64,
    pub(crate) sum: i64,
}

/// What a voice says about a score of a span from now on, in units of 1e-9; none where it takes back what it said.
pub(crate) struct NewFeedback<'a> {
    pub(crate) span: SpanKey,
    pub(crate) voice: &'a str,
    pub(crate) name: &'a str,
    pub(crate) value: Option<i64>,
}

/// What a voice says about a span by now, for some of both, by span, voice and name.
pub(crate) async fn of_voices(
    connection: &impl ConnectionTrait,
    home: &Home,
    voices: &[(SpanKey, &str)],
) -> Result<HashMap<(SpanKey, String, String), i64>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        voice: String,
        name: String,
        value: i64,
    }
    let mut said = HashMap::new();
    for voices in voices.chunks(CHUNK) {
        // Each span with its own voice: every voice on every span would be quadratic in what is sent.
        let text = format!(
            "WITH wanted (span, voice) AS (VALUES {}) SELECT f.span, f.voice, f.name, f.value FROM wanted w \
             JOIN feedback f ON f.project = ? AND f.span = w.span AND f.voice = w.voice WHERE f.superseded = {STANDS}",
            places(2, voices.len())
        );
        let mut bound: Vec<Value> = voices.iter().flat_map(|(span, voice)| values![*span, *voice]).collect();
        bound.extend(values![home.short()]);
        let rows = all::<Row>(connection, &text, bound).await?;
        said.extend(rows.into_iter().map(|row| ((row.span, row.voice, row.name), row.value)));
    }
    Ok(said)
}

/// What all together say about the scores of some spans: by now, or as of a version.
pub(crate) async fn of_spans(
    connection: &impl ConnectionTrait,
    spans: &[SpanKey],
    version: Option<TransactionId>,
) -> Result<HashMap<SpanKey, BTreeMap<String, Heard>>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        name: String,
        count: i64,
        sum: i64,
    }
    let mut heard: HashMap<SpanKey, BTreeMap<String, Heard>> = HashMap::new();
    for spans in spans.chunks(CHUNK) {
        let (when, times) = match version {
            Some(version) => ("transaction_id <= ? AND superseded > ?".to_owned(), values![version.0, version.0]),
            None => (format!("superseded = {STANDS}"), Vec::new()),
        };
        let text = format!(
            "SELECT span, name, COUNT(*) AS count, CAST(SUM(value) AS BIGINT) AS sum FROM feedback \
             WHERE project = ? AND span IN ({}) AND {when} GROUP BY span, name",
            list(spans.len())
        );
        let bound = bound(spans).into_iter().chain(times).collect();
        for row in all::<Row>(connection, &text, bound).await? {
            heard.entry(row.span).or_default().insert(row.name, Heard { count: row.count, sum: row.sum });
        }
    }
    Ok(heard)
}

/// Writes what is said from now on, and ends what was said before.
pub(crate) async fn write(change: &mut Change, home: &Home, said: &[NewFeedback<'_>]) -> Result<()> {
    let transaction = change.transaction_id(&home.project).await?;
    for NewFeedback { span, voice, name, .. } in said {
        let text = format!(
            "UPDATE feedback SET superseded = ? WHERE project = ? AND span = ? AND voice = ? AND name = ? AND superseded = {STANDS}"
        );
        run(&change.transaction, &text, values![transaction, home.short(), *span, *voice, *name]).await?;
    }
    let new = said.iter().filter_map(|NewFeedback { span, voice, name, value }| {
        let row = Upsert::into("feedback").set("project", home.short()).set("span", *span).set("voice", *voice).set("name", *name);
        Some(row.set("value", (*value)?).set("transaction_id", transaction).set("superseded", STANDS))
    });
    insert_all(new.collect(), &change.transaction).await?;
    let mut spans: Vec<SpanKey> = said.iter().map(|said| said.span).collect();
    spans.sort_unstable();
    spans.dedup();
    for spans in spans.chunks(CHUNK) {
        let text = format!("UPDATE spans SET said = ? WHERE project = ? AND key IN ({})", list(spans.len()));
        let bound = values![transaction].into_iter().chain(bound(spans)).collect();
        run(&change.transaction, &text, bound).await?;
    }
    Ok(())
}
