//! Traces as lists show them, recomputed by the writer whenever one of their spans changes, and the event that tells.

use super::scores::{self};
use crate::Result;
use crate::content::scores::{StoredScore, trace_scores};
use crate::content::trace_scores;
use crate::ground::database::{StatementPart, all, list, run, run_together, together, values};
use crate::ground::keys::{SpanKey, TraceKey, bound, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, upsert_all};
use crate::writing::writer::Change;
use indexmap::IndexSet;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::live::{LiveChange, SpansChanged, Touched, TouchedPart};
use shared::objects::Place;
use shared::spans::TraceRow;
use shared::summary::{Nano, Rollup, SummaryDelta, TraceScore};
use shared::{Micros, RowId};
use std::collections::{BTreeMap, BTreeSet};

/// Traces in one query.
const CHUNK: usize = 200;

/// Changed traces, and changed spans, that an event carries; beyond that pages load afresh.
const MOST_IN_EVENT: usize = 200;

/// Bytes of an event at most, for the same reason: it is stored, and sent to everybody who looks.
const LARGEST_EVENT: usize = 64 * 1024;

/// What a command did to an object, gathered until it is settled.
pub(crate) struct Effect {
    home: Home,
    traces: BTreeSet<TraceKey>,
    /// New traces all of whose spans are at hand, so that they need not be read again.
    known: Vec<ListedTrace>,
    touched: Vec<Touched>,
    /// What changed in the summary of the whole object.
    pub(crate) summary: SummaryDelta,
}

impl Effect {
    /// Nothing yet.
    pub(crate) fn new(home: &Home) -> Self {
        Self { home: home.clone(), traces: BTreeSet::new(), known: Vec::new(), touched: Vec::new(), summary: SummaryDelta::default() }
    }

    /// Whether nothing changed that anybody lists or counts.
    pub(crate) fn is_nothing(&self) -> bool {
        self.traces.is_empty() && self.touched.is_empty()
    }

    /// This much of a span of a trace changed.
    pub(crate) fn touch(&mut self, trace: TraceKey, root_span_id: &str, row_id: &RowId, part: TouchedPart) {
        self.traces.insert(trace);
        self.touched.push(Touched { root_span_id: root_span_id.to_owned(), row_id: row_id.clone(), part });
    }

    /// A new trace, made of all its spans, with the tags and the scores of these and of others, which come in the
    /// order of spans.
    pub(crate) fn know(
        &mut self,
        trace: TraceKey,
        mut parts: Vec<SpanOfTrace>,
        tags: &BTreeMap<SpanKey, IndexSet<String>>,
        scores: &[StoredScore],
    ) {
        parts.sort_by_key(|part| (part.created, part.key));
        let mut spans: Vec<_> = parts.iter().map(|part| part.key).collect();
        spans.sort_unstable();
        let tags: IndexSet<&String> = spans.iter().filter_map(|span| tags.get(span)).flatten().collect();
        // They are in the order of spans.
        let of_span = |span: &SpanKey| {
            let first = scores.partition_point(|score| score.span < *span);
            let rest = scores.get(first..).unwrap_or_default();
            rest.get(..rest.partition_point(|score| score.span == *span)).unwrap_or_default()
        };
        let mut scores: Vec<StoredScore> = spans.iter().flat_map(of_span).filter(|score| !score.is_nothing()).cloned().collect();
        scores.sort_by(|one, other| (&one.name, one.span).cmp(&(&other.name, other.span)));
        let scores = trace_scores(scores).remove(&trace).unwrap_or_default();
        self.known.extend(row_of(&parts, scores, tags.into_iter().cloned().collect()));
    }

    /// A score of a span changed; its time may have changed too.
    pub(crate) fn count(&mut self, change: &mut Change, name: &str, old: (Micros, Option<Nano>), new: (Micros, Option<Nano>)) {
        if old == new {
            return;
        }
        change.count(self.home.key, name, old.0, &Rollup::change(old.1, None));
        change.count(self.home.key, name, new.0, &Rollup::change(None, new.1));
        let delta = Rollup::change(old.1, new.1);
        if !delta.is_nothing() {
            self.summary.scores.entry(name.to_owned()).or_default().merge(&delta);
        }
    }
}

/// A trace as a list shows it, with what only filters and orders ask of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ListedTrace {
    pub(crate) row: TraceRow,
    /// Its root, or its first span while that has not arrived.
    pub(crate) root: SpanKey,
    /// When the first of its spans began.
    pub(crate) started: Option<Micros>,
    /// When the last one ended.
    pub(crate) ended: Option<Micros>,
}

impl ListedTrace {
    /// Its key.
    pub(crate) fn key(&self) -> TraceKey {
        self.row.key.into()
    }
}

/// What a trace is made of.
#[derive(FromQueryResult)]
pub(crate) struct SpanOfTrace {
    pub(crate) key: SpanKey,
    pub(crate) trace: TraceKey,
    pub(crate) row_id: String,
    pub(crate) span_id: String,
    pub(crate) root_span_id: String,
    pub(crate) parent_span_id: Option<String>,
    pub(crate) name: String,
    pub(crate) created: Micros,
    pub(crate) started: Option<Micros>,
    pub(crate) ended: Option<Micros>,
    pub(crate) tokens: Option<i64>,
    pub(crate) cost: Option<i64>,
    pub(crate) error: bool,
    pub(crate) comments: i64,
    pub(crate) input: String,
    pub(crate) output: String,
}

#[derive(FromQueryResult)]
struct TagOfTrace {
    trace: TraceKey,
    tag: String,
}

/// Brings the traces of an effect up to date, the counts of the object too, and publishes what changed.
pub(crate) async fn settle(change: &mut Change, mut effect: Effect) -> Result<()> {
    let known = std::mem::take(&mut effect.known);
    effect.traces.retain(|trace| !known.iter().any(|listed| listed.key() == *trace));
    let traces: Vec<TraceKey> = std::mem::take(&mut effect.traces).into_iter().collect();
    let mut rows = Vec::with_capacity(traces.len() + known.len());
    let mut gone = Vec::new();
    for traces in traces.chunks(CHUNK) {
        let stored = stored_places(&change.transaction, traces).await?;
        let now = compute(&change.transaction, traces, |_| false).await?;
        for (key, place) in &stored {
            if !now.iter().any(|listed| listed.key() == *key) {
                run(&change.transaction, "DELETE FROM traces WHERE project = ? AND key = ?", values![project_of(*key), *key]).await?;
                gone.push(*place);
                effect.summary.traces -= 1;
            }
        }
        effect.summary.traces += count(now.iter().filter(|listed| !stored.contains_key(&listed.key())));
        let stays = |row: &TraceRow| stored.get(&row.key.into()).is_some_and(|place| place.created == row.created);
        write(&change.transaction, &effect.home, &now, stays).await?;
        trace_scores::write(&change.transaction, &effect.home, traces, now.iter().map(|listed| &listed.row)).await?;
        rows.extend(now.into_iter().map(|listed| listed.row));
    }
    write(&change.transaction, &effect.home, &known, |_| false).await?;
    trace_scores::write(&change.transaction, &effect.home, &[], known.iter().map(|listed| &listed.row)).await?;
    effect.summary.traces += count(known.iter());
    rows.extend(known.into_iter().map(|listed| listed.row));
    tell(change, effect, rows, gone).await
}

/// Brings only the scores of one trace up to date: what an answer needs, whatever the number of spans. `scores` are those of all its spans,
/// ordered by name, and `writes` waits to be written with them.
pub(crate) async fn settle_scores(
    change: &mut Change,
    effect: Effect,
    trace: TraceKey,
    scores: Vec<StoredScore>,
    mut writes: Vec<StatementPart>,
) -> Result<()> {
    let scores = trace_scores(scores).remove(&trace).unwrap_or_default();
    writes.extend(trace_scores::writing(&effect.home, trace, &scores));
    let text = format!("UPDATE traces SET scores = ? WHERE project = ? AND key = ? RETURNING {COLUMNS}");
    writes.push((text, values![serde_json::to_string(&scores)?, project_of(trace), trace]));
    let rows = together::<StoredTrace>(&change.transaction, writes).await?;
    let rows = rows.into_iter().map(StoredTrace::read).collect::<Result<_>>()?;
    tell(change, effect, rows, Vec::new()).await
}

/// Tells that something was said about a span that changes no score and no row of a list. `writes` waits to be written.
pub(crate) async fn tell_said(change: &mut Change, effect: Effect, writes: Vec<StatementPart>) -> Result<()> {
    run_together(&change.transaction, writes).await?;
    tell(change, effect, Vec::new(), Vec::new()).await
}

async fn tell(change: &mut Change, effect: Effect, rows: Vec<TraceRow>, gone: Vec<Place>) -> Result<()> {
    let Effect { home, touched, summary, .. } = effect;
    change.count_in(home.key, summary.spans, summary.traces);
    change.transaction_id(&home.project).await?;
    let is_large = rows.len() + gone.len() > MOST_IN_EVENT || touched.len() > MOST_IN_EVENT;
    let event = LiveChange::Spans(SpansChanged { object: home.id.clone(), traces: rows, gone, touched, summary });
    let is_large = is_large || serde_json::to_string(&event)?.len() > LARGEST_EVENT;
    let event = if is_large { LiveChange::Resync } else { event };
    change.publish(&home.project, event);
    Ok(())
}

async fn stored_places(connection: &impl ConnectionTrait, traces: &[TraceKey]) -> Result<BTreeMap<TraceKey, Place>> {
    #[derive(FromQueryResult)]
    struct Stored {
        key: TraceKey,
        created: Micros,
    }
    let text = format!("SELECT key, created FROM traces WHERE project = ? AND key IN ({})", list(traces.len()));
    let stored = all::<Stored>(connection, &text, bound(traces)).await?;
    Ok(stored.into_iter().map(|row| (row.key, Place { created: row.created, key: row.key.into() })).collect())
}

/// Makes the rows of traces from their spans, scores and tags. Of a span that is hidden nothing counts but that it is there.
pub(crate) async fn compute(
    connection: &impl ConnectionTrait,
    traces: &[TraceKey],
    hides: impl Fn(SpanKey) -> bool,
) -> Result<Vec<ListedTrace>> {
    let text = format!(
        "SELECT key, trace, row_id, span_id, root_span_id, parent_span_id, name, created, started, ended, tokens, cost, error, comments, input, output \
         FROM spans WHERE project = ? AND trace IN ({}) ORDER BY trace, created, key",
        list(traces.len())
    );
    let mut parts = all::<SpanOfTrace>(connection, &text, bound(traces)).await?;
    for part in parts.iter_mut().filter(|part| hides(part.key)) {
        (part.started, part.ended, part.tokens, part.cost, part.error) = (None, None, None, None, false);
        (part.input, part.output) = (String::new(), String::new());
    }
    let text =
        format!("SELECT trace, tag FROM span_tags WHERE project = ? AND trace IN ({}) ORDER BY trace, span, position", list(traces.len()));
    let mut tags: BTreeMap<TraceKey, Vec<String>> = BTreeMap::new();
    for TagOfTrace { trace, tag } in all::<TagOfTrace>(connection, &text, bound(traces)).await? {
        let tags = tags.entry(trace).or_default();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    let mut scores = trace_scores(scores::of_traces(connection, traces).await?);
    let mut rows = Vec::with_capacity(traces.len());
    for parts in parts.chunk_by(|one, other| one.trace == other.trace) {
        let Some(trace) = parts.first().map(|part| part.trace) else { continue };
        rows.extend(row_of(parts, scores.remove(&trace).unwrap_or_default(), tags.remove(&trace).unwrap_or_default()));
    }
    Ok(rows)
}

/// Makes the row of a trace of its spans, in the order of time.
fn row_of(parts: &[SpanOfTrace], scores: BTreeMap<String, TraceScore>, tags: Vec<String>) -> Option<ListedTrace> {
    let first = parts.first()?;
    let root = parts.iter().find(|part| part.parent_span_id.is_none()).unwrap_or(first);
    let start = parts.iter().filter_map(|part| part.started).min();
    let end = parts.iter().filter_map(|part| part.ended).max();
    let total = |number: fn(&SpanOfTrace) -> Option<i64>| {
        shared::spans::total(parts.iter().map(|part| (part.span_id.as_str(), part.parent_span_id.as_deref(), number(part))))
    };
    let row = TraceRow {
        key: root.trace.into(),
        root_span_id: root.root_span_id.clone(),
        row_id: RowId(root.row_id.clone()),
        name: root.name.clone(),
        created: root.created,
        input: root.input.clone(),
        output: root.output.clone(),
        errors: count(parts.iter().filter(|part| part.error)),
        spans: count(parts.iter()),
        comments: parts.iter().map(|part| part.comments).sum(),
        duration: start.zip(end).map(|(start, end)| end.saturating_sub(start)),
        tokens: total(|part| part.tokens),
        cost: total(|part| part.cost),
        scores,
        tags,
        case: None,
        values: Vec::new(),
    };
    Some(ListedTrace { row, root: root.key, started: start, ended: end })
}

fn count(parts: impl Iterator) -> i64 {
    i64::try_from(parts.count()).unwrap_or(i64::MAX)
}

/// A trace as it is stored.
#[derive(FromQueryResult)]
pub(crate) struct StoredTrace {
    key: TraceKey,
    root_span_id: String,
    root: SpanKey,
    row_id: String,
    name: String,
    created: Micros,
    started: Option<Micros>,
    ended: Option<Micros>,
    input: String,
    output: String,
    errors: i64,
    spans: i64,
    comments: i64,
    duration: Option<Micros>,
    tokens: Option<i64>,
    cost: Option<i64>,
    scores: String,
    tags: String,
}

/// The columns of [`StoredTrace`].
pub(crate) const COLUMNS: &str = "key, root_span_id, root, row_id, name, created, started, ended, input, output, errors, spans, comments, \
                                  duration, tokens, cost, scores, tags";

impl StoredTrace {
    /// With what filters and orders ask.
    pub(crate) fn listed(self) -> Result<ListedTrace> {
        let (root, started, ended) = (self.root, self.started, self.ended);
        Ok(ListedTrace { row: self.read()?, root, started, ended })
    }

    /// As lists show it.
    pub(crate) fn read(self) -> Result<TraceRow> {
        Ok(TraceRow {
            key: self.key.into(),
            root_span_id: self.root_span_id,
            row_id: RowId(self.row_id),
            name: self.name,
            created: self.created,
            input: self.input,
            output: self.output,
            errors: self.errors,
            spans: self.spans,
            comments: self.comments,
            duration: self.duration,
            tokens: self.tokens,
            cost: self.cost,
            scores: serde_json::from_str(&self.scores)?,
            tags: serde_json::from_str(&self.tags)?,
            case: None,
            values: Vec::new(),
        })
    }
}

/// Writes the rows of traces. Of those that stay at their time no index is written again.
async fn write(connection: &impl ConnectionTrait, home: &Home, rows: &[ListedTrace], stays: impl Fn(&TraceRow) -> bool) -> Result<()> {
    let (mut staying, mut placed) = (Vec::new(), Vec::new());
    for ListedTrace { row, root, started, ended } in rows {
        let stays = stays(row);
        let written = if stays { &mut staying } else { &mut placed };
        written.push(
            Upsert::into("traces")
                .set_if(!stays, "created", row.created)
                .fixed("project", home.short())
                .fixed("object", home.key)
                .fixed("key", row.key)
                // A trace is found by it.
                .fixed("root_span_id", row.root_span_id.as_str())
                .set("root", *root)
                .set("started", *started)
                .set("ended", *ended)
                .set("row_id", row.row_id.as_str())
                .set("name", row.name.as_str())
                .set("input", row.input.as_str())
                .set("output", row.output.as_str())
                .set("errors", row.errors)
                .set("spans", row.spans)
                .set("comments", row.comments)
                .set("duration", row.duration)
                .set("tokens", row.tokens)
                .set("cost", row.cost)
                .set("scores", serde_json::to_string(&row.scores)?)
                .set("tags", serde_json::to_string(&row.tags)?),
        );
    }
    upsert_all(staying, "project, key", connection).await?;
    upsert_all(placed, "project, key", connection).await
}
