//! Rows that come from another installation as they stood there: with their keys, times and transactions. What follows from them, and from
//! what was said about them, is made anew.

use super::batch::{Batch, CHUNK, Narrow, Span};
use crate::Result;
use crate::content::feedback;
use crate::content::scores::{self, StoredScore};
use crate::content::traces::{self, Effect};
use crate::content::versions;
use crate::ground::body;
use crate::ground::database::{all, list};
use crate::ground::keys::{Key, SpanKey, TraceKey, bound};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all};
use crate::writing::writer::Change;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::live::TouchedPart;
use shared::summary::Nano;
use shared::{Micros, PersonId, Problem, RowId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A row as it stood.
pub(crate) struct RestoredRow {
    pub(crate) key: SpanKey,
    pub(crate) row_id: String,
    pub(crate) trace: TraceKey,
    pub(crate) created: Micros,
    pub(crate) transaction: i64,
    pub(crate) action: String,
    pub(crate) written_by: Option<String>,
    pub(crate) arrived: bool,
    pub(crate) digest: Option<i64>,
    pub(crate) comments: i64,
    pub(crate) said: Option<i64>,
    pub(crate) informed: bool,
    pub(crate) body: String,
}

/// A row that is ready to be written, whatever it waits for.
pub(crate) struct ReadyRow {
    span: Span,
    body: String,
    said: Option<i64>,
}

impl RestoredRow {
    /// Reads its content. `salt` is what inputs of the project are digested with.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub(crate) fn ready(self, salt: &[u8]) -> std::result::Result<ReadyRow, String> {
        let content = body::object(&self.body).ok_or("body must be the JSON of an object, as text.")?;
        let names = scores::of_row(&content)?;
        if names.iter().any(|(_, score)| score.is_some_and(|score| Nano::checked(score).is_none())) {
            return Err("scores must be numbers from 0 to 1.".to_owned());
        }
        if self.arrived && self.trace.number() == 0 {
            return Err("trace must be the number of a trace.".to_owned());
        }
        let narrow = Narrow {
            key: self.key,
            row_id: self.row_id,
            trace: self.trace,
            created: self.created,
            transaction_id: self.transaction,
            action: self.action,
            written_by: self.written_by,
            arrived: self.arrived,
            digest: self.digest,
            comments: self.comments,
            informed: self.informed,
            span_id: String::new(),
            root_span_id: String::new(),
            parent_span_id: None,
            name: String::new(),
            kind: String::new(),
            started: None,
            ended: None,
            tokens: None,
            cost: None,
            error: false,
            input_digest: None,
            input: String::new(),
            output: String::new(),
        };
        let mut span = Span { narrow, content, before: None, deleted: false, tombstone: None, changed: true };
        span.refresh(salt);
        Ok(ReadyRow { span, body: self.body, said: self.said })
    }

    /// About how many bytes it has.
    pub(crate) fn weight(&self) -> usize {
        self.body.len()
    }
}

/// Writes rows of an object that are not there yet, after everything that was said about them. Returns how many these were.
///
/// # Errors
/// [`Problem::Invalid`] for two rows of one id.
pub(crate) async fn restore(change: &mut Change, home: &Home, salt: &[u8], actor: &PersonId, rows: Vec<ReadyRow>) -> Result<usize> {
    #[derive(FromQueryResult)]
    struct There {
        key: SpanKey,
    }
    let keys: Vec<SpanKey> = rows.iter().map(|row| row.span.narrow.key).collect();
    let mut there = BTreeSet::new();
    for keys in keys.chunks(CHUNK) {
        let text = format!("SELECT key FROM spans WHERE project = ? AND key IN ({})", list(keys.len()));
        there.extend(all::<There>(&change.transaction, &text, bound(keys)).await?.into_iter().map(|row| row.key));
    }
    let rows: Vec<ReadyRow> = rows.into_iter().filter(|row| !there.contains(&row.span.narrow.key)).collect();
    if rows.is_empty() {
        return Ok(0);
    }
    write_rows(change, home, &rows).await?;
    let mut batch = Batch::of_nothing(home.clone(), salt.to_vec(), actor.clone(), change.now);
    for ReadyRow { span, .. } in rows {
        let id = span.narrow.row_id.clone();
        if batch.spans.insert(id.clone(), span).is_some() {
            return Err(Problem::invalid("row_id", format!("Two rows have the id {id}.")).into());
        }
    }
    let mut effect = Effect::new(home);
    batch.restore_scores(change, &mut effect).await?;
    batch.write_tags(change).await?;
    batch.write_values(change).await?;
    for Span { narrow, .. } in batch.spans.values().filter(|span| span.is_listed()) {
        effect.touch(narrow.trace, &narrow.root_span_id, &RowId(narrow.row_id.clone()), TouchedPart::Any);
        effect.summary.spans += 1;
    }
    if !effect.is_nothing() {
        traces::settle(change, effect).await?;
    }
    Ok(batch.spans.len())
}

async fn write_rows(change: &Change, home: &Home, rows: &[ReadyRow]) -> Result<()> {
    let project = home.short();
    let spans = rows.iter().map(|ReadyRow { span: Span { narrow, .. }, said, .. }| {
        Upsert::into("spans")
            .set("project", project)
            .set("trace", narrow.trace)
            .set("created", narrow.created)
            .set("object", home.key)
            .set("key", narrow.key)
            .set("row_id", narrow.row_id.as_str())
            .set("span_id", narrow.span_id.as_str())
            .set("root_span_id", narrow.root_span_id.as_str())
            .set("parent_span_id", narrow.parent_span_id.clone())
            .set("name", narrow.name.as_str())
            .set("kind", narrow.kind.as_str())
            .set("transaction_id", narrow.transaction_id)
            .set("action", narrow.action.as_str())
            .set("written_by", narrow.written_by.clone())
            .set("started", narrow.started)
            .set("ended", narrow.ended)
            .set("tokens", narrow.tokens)
            .set("cost", narrow.cost)
            .set("error", narrow.error)
            .set("arrived", narrow.arrived)
            .set("digest", narrow.digest)
            .set("input_digest", narrow.input_digest)
            .set("comments", narrow.comments)
            .set("said", *said)
            .set("informed", narrow.informed)
            .set("input", narrow.input.as_str())
            .set("output", narrow.output.as_str())
    });
    insert_all(spans.collect(), &change.transaction).await?;
    let payloads = rows.iter().map(|ReadyRow { span: Span { narrow, .. }, body, .. }| {
        let (seal, _) = versions::seal_version(&change.fate, home, &narrow.row_id, narrow.transaction_id, &narrow.action, body);
        Upsert::into("span_payloads")
            .set("project", project)
            .set("span", narrow.key)
            .set("body", body.as_str())
            .set("salt", seal.salt)
            .set("digest", seal.digest)
    });
    insert_all(payloads.collect(), &change.transaction).await
}

#[derive(FromQueryResult)]
struct Said {
    span: SpanKey,
    name: String,
    score: i64,
}

/// What was said as numbers about some spans: `table` is `answers` or `golds`.
async fn said(connection: &impl ConnectionTrait, table: &str, keys: &[SpanKey]) -> Result<HashMap<(SpanKey, String), Vec<i64>>> {
    let mut said: HashMap<_, Vec<i64>> = HashMap::new();
    for keys in keys.chunks(CHUNK) {
        let text = format!(
            "SELECT a.span, q.name, a.score FROM {table} a JOIN questions q ON q.id = a.question_id \
             WHERE a.score IS NOT NULL AND a.project = ? AND a.span IN ({})",
            list(keys.len())
        );
        for row in all::<Said>(connection, &text, bound(keys)).await? {
            said.entry((row.span, row.name)).or_default().push(row.score);
        }
    }
    Ok(said)
}

fn named<'a>(scores: &'a mut BTreeMap<String, StoredScore>, span: SpanKey, name: &str) -> &'a mut StoredScore {
    scores.entry(name.to_owned()).or_insert_with(|| StoredScore::new(span, name))
}

impl Batch {
    /// Makes the scores of new rows from what was reported and what was said, and counts them.
    async fn restore_scores(&self, change: &mut Change, effect: &mut Effect) -> Result<()> {
        let listed: Vec<&Span> = self.spans.values().filter(|span| span.is_listed()).collect();
        let keys: Vec<SpanKey> = listed.iter().map(|span| span.narrow.key).collect();
        let answers = said(&change.transaction, "answers", &keys).await?;
        let golds = said(&change.transaction, "golds", &keys).await?;
        let mut heard = feedback::of_spans(&change.transaction, &keys, None).await?;
        let mut written = Vec::new();
        for span in listed {
            let narrow = &span.narrow;
            let mut scores: BTreeMap<String, StoredScore> = BTreeMap::new();
            for (name, score) in scores::of_row(&span.content).unwrap_or_default() {
                named(&mut scores, narrow.key, &name).reported = score.and_then(Nano::checked).map(|score| score.0);
            }
            for (name, said) in heard.remove(&narrow.key).unwrap_or_default() {
                let score = named(&mut scores, narrow.key, &name);
                (score.feedback, score.feedback_sum) = (said.count, said.sum);
            }
            for ((_, name), given) in answers.iter().filter(|((key, _), _)| *key == narrow.key) {
                named(&mut scores, narrow.key, name).count(given);
            }
            for ((_, name), given) in golds.iter().filter(|((key, _), _)| *key == narrow.key) {
                named(&mut scores, narrow.key, name).gold = given.first().copied();
            }
            for (name, mut score) in scores {
                score.trace = narrow.trace;
                score.settle();
                effect.count(change, &name, (narrow.created, None), (narrow.created, score.value()));
                if !score.is_nothing() {
                    written.push(score);
                }
            }
        }
        written.sort_by(|one, other| (one.span, &one.name).cmp(&(other.span, &other.name)));
        scores::write(&change.transaction, &self.home, &written).await
    }
}
