//! One trace, computed from its spans.

use super::{Named, Score, Span, Step, Trace, bound, same};
use crate::ground::database::{all, list};
use crate::ground::keys::{ObjectKey, SpanKey, TraceKey};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A score as rows of traces are put in order by it.
#[derive(FromQueryResult)]
pub(super) struct TraceMean {
    trace: TraceKey,
    name: String,
    object: ObjectKey,
    value: i64,
    created: i64,
}

/// Those of some traces.
pub(super) async fn means(connection: &impl ConnectionTrait, traces: &[Trace]) -> Step<HashMap<TraceKey, Vec<TraceMean>>> {
    let text = format!(
        "SELECT trace, name, object, value, created FROM trace_scores WHERE project IN ({places}) AND trace IN ({places})",
        places = list(traces.len())
    );
    let keys: Vec<TraceKey> = traces.iter().map(|trace| trace.key).collect();
    let mut means: HashMap<TraceKey, Vec<TraceMean>> = HashMap::new();
    for mean in all::<TraceMean>(connection, &text, bound(&keys)).await? {
        means.entry(mean.trace).or_default().push(mean);
    }
    Ok(means)
}

/// Compares the row of a trace, and its scores as rows, with its spans.
pub(super) fn compare(
    trace: &Trace,
    spans: &[&Span],
    scores: &HashMap<SpanKey, Vec<Score>>,
    in_order: Vec<TraceMean>,
    tags: &HashMap<SpanKey, Vec<String>>,
    objects: &HashMap<ObjectKey, Named>,
) -> Step {
    let home = objects.get(&trace.object).map_or("an unknown object", |home| home.id.as_str());
    let place = |what: &'static str| move || format!("{what} of trace {} of {home}", trace.root_span_id);
    let length = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    same(place("the spans"), &trace.spans, &length(spans.len()))?;
    same(place("the errors"), &trace.errors, &length(spans.iter().filter(|span| span.error).count()))?;
    same(place("the comments"), &trace.comments, &spans.iter().map(|span| span.comments).sum())?;
    let root = spans.iter().find(|span| span.parent_span_id.is_none()).or(spans.first());
    same(place("the time"), &Some(trace.created), &root.map(|root| root.created))?;
    same(place("the root"), &Some(trace.root), &root.map(|root| root.key))?;
    let (start, end) = (spans.iter().filter_map(|span| span.started).min(), spans.iter().filter_map(|span| span.ended).max());
    same(place("the start and the end"), &(trace.started, trace.ended), &(start, end))?;
    same(place("the duration"), &trace.duration, &start.zip(end).map(|(start, end)| end.saturating_sub(start)))?;
    same(place("the tokens"), &trace.tokens, &lowest(spans, |span| span.tokens))?;
    same(place("the cost"), &trace.cost, &lowest(spans, |span| span.cost))?;
    let mut values: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for score in spans.iter().filter_map(|span| scores.get(&span.key)).flatten() {
        values.entry(&score.name).or_default().extend(score.value);
    }
    let means = values.into_iter().filter(|(_, values)| !values.is_empty());
    let computed: BTreeMap<String, i64> =
        means.map(|(name, values)| (name.to_owned(), values.iter().sum::<i64>() / length(values.len()))).collect();
    let stored: BTreeMap<String, Value> = serde_json::from_str(&trace.scores)?;
    let stored =
        stored.into_iter().map(|(name, score)| (name, (score["value"].as_f64().unwrap_or(f64::NAN) * 1e9).round() as i64)).collect();
    same(place("the scores"), &stored, &computed)?;
    for mean in &in_order {
        same(place("the place of the scores"), &(mean.object, mean.created), &(trace.object, trace.created))?;
    }
    let in_order: BTreeMap<String, i64> = in_order.into_iter().map(|mean| (mean.name, mean.value)).collect();
    same(place("the order of the scores"), &in_order, &computed)?;
    let mut all_tags: Vec<String> = spans.iter().filter_map(|span| tags.get(&span.key)).flatten().cloned().collect();
    let mut stored: Vec<String> = serde_json::from_str(&trace.tags)?;
    all_tags.sort();
    all_tags.dedup();
    stored.sort();
    same(place("the tags"), &stored, &all_tags)
}

/// A number of a trace: what spans say of themselves where no span below them says any.
fn lowest(spans: &[&Span], number: fn(&Span) -> Option<i64>) -> Option<i64> {
    let parents: HashMap<&str, Option<&str>> = spans.iter().map(|span| (span.span_id.as_str(), span.parent_span_id.as_deref())).collect();
    let mut above: HashSet<&str> = HashSet::new();
    for span in spans.iter().filter(|span| number(span).is_some()) {
        let mut parent = parents[span.span_id.as_str()];
        while let Some(id) = parent.filter(|id| *id != span.span_id && above.insert(id)) {
            parent = parents.get(id).copied().flatten();
        }
    }
    let own = spans.iter().filter(|span| !above.contains(span.span_id.as_str()));
    own.filter_map(|span| number(span)).reduce(i64::saturating_add)
}
