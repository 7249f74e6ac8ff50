//! Spans of scorers, which tell what a score came to in their output, their metadata and their errors.
//!
//! A scorer's span is one of the kind `score` that is named like a question, or that reports a score named like one; names are compared as
//! people see them. It and everything below it is hidden like the score: until the person has answered the question where the score counts,
//! which is the span that the outermost scorer hangs on (where there is none, that scorer itself). So an answer to another span of the trace
//! opens nothing.
//!
//! Hidden is all that such a span says: its content, errors, times, metrics and scores, also in what they come to for the trace and the
//! object. Known is what the list in [`super::sight`] says. A span that hangs on a scorer's span which has not arrived is not known to.

use crate::Result;
use crate::ground::database::{all, exists, list, values};
use crate::ground::keys::{ObjectKey, SpanKey, TraceKey, bound, project_of};
use crate::ground::places::Home;
use crate::writing::writer::ALL_TIME;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The kind of scorers' spans, as SDKs say it.
pub(crate) const SCORER: &str = "score";

/// Spans or traces in one query.
const CHUNK: usize = 400;

/// What must be answered before a span may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The key of the span where.
    pub(crate) place: SpanKey,
    /// The ids of the questions.
    pub(crate) questions: Vec<String>,
}

#[derive(FromQueryResult)]
struct Scorer {
    key: SpanKey,
    trace: TraceKey,
    name: String,
}

#[derive(FromQueryResult)]
struct Node {
    key: SpanKey,
    trace: TraceKey,
    span_id: String,
    parent_span_id: Option<String>,
}

#[derive(FromQueryResult)]
struct Named {
    name: String,
}

/// Whether an object has spans of scorers. `question` says of which question a name is.
pub(crate) async fn is_in(connection: &impl ConnectionTrait, home: &Home, question: impl Fn(&str) -> Option<String>) -> Result<bool> {
    let text = "SELECT DISTINCT name FROM spans WHERE project = ? AND object = ? AND kind = 'score'";
    let names = all::<Named>(connection, text, values![home.short(), home.key]).await?;
    if names.is_empty() || names.iter().any(|row| question(&row.name).is_some()) {
        return Ok(!names.is_empty());
    }
    let text = "SELECT name FROM rollups WHERE project = ? AND object = ? AND hour = ?";
    let reported = all::<Named>(connection, text, values![home.short(), home.key, ALL_TIME]).await?;
    let reported: Vec<_> = reported.into_iter().filter(|row| question(&row.name).is_some()).collect();
    if reported.is_empty() {
        return Ok(false);
    }
    let text = format!(
        // The spans of scorers first: they are few.
        "SELECT 1 FROM spans s CROSS JOIN span_scores c WHERE s.project = ? AND s.object = ? AND s.kind = 'score' \
         AND c.project = s.project AND c.span = s.key AND c.name IN ({}) AND c.reported IS NOT NULL LIMIT 1",
        list(reported.len())
    );
    let names = reported.into_iter().map(|row| Value::from(row.name));
    exists(connection, &text, values![home.short(), home.key].into_iter().chain(names).collect()).await
}

/// The spans of scorers and below them, with what each needs, in the traces of an object for which a condition of our own text on `s` holds.
pub(crate) async fn of(
    connection: &impl ConnectionTrait,
    object: ObjectKey,
    condition: &str,
    more: Vec<Value>,
    question: impl Fn(&str) -> Option<String>,
) -> Result<HashMap<SpanKey, Need>> {
    let text = format!("SELECT s.key, s.trace, s.name FROM spans s WHERE s.project = ? AND s.object = ? AND s.kind = 'score'{condition}");
    let found = all::<Scorer>(connection, &text, values![project_of(object), object].into_iter().chain(more).collect()).await?;
    let mut reported: HashMap<SpanKey, Vec<String>> = HashMap::new();
    for scorers in found.chunks(CHUNK) {
        #[derive(FromQueryResult)]
        struct Row {
            span: SpanKey,
            name: String,
        }
        let keys: Vec<SpanKey> = scorers.iter().map(|scorer| scorer.key).collect();
        let text =
            format!("SELECT span, name FROM span_scores WHERE project = ? AND span IN ({}) AND reported IS NOT NULL", list(keys.len()));
        for row in all::<Row>(connection, &text, bound(&keys)).await? {
            reported.entry(row.span).or_default().push(row.name);
        }
    }
    let (mut scorers, mut traces) = (HashMap::new(), HashSet::new());
    for Scorer { key, trace, name } in found {
        let names = std::iter::once(name).chain(reported.remove(&key).unwrap_or_default());
        let questions: Vec<String> = names.filter_map(|name| question(&name)).collect();
        if !questions.is_empty() {
            scorers.insert(key, questions);
            traces.insert(trace);
        }
    }
    let traces: Vec<TraceKey> = traces.into_iter().collect();
    let mut needs = HashMap::new();
    for traces in traces.chunks(CHUNK) {
        let text = format!(
            "SELECT key, trace, span_id, parent_span_id FROM spans WHERE project = ? AND trace IN ({}) ORDER BY trace, key",
            list(traces.len())
        );
        for nodes in all::<Node>(connection, &text, bound(traces)).await?.chunk_by(|one, other| one.trace == other.trace) {
            below(nodes, &scorers, &mut needs);
        }
    }
    Ok(needs)
}

/// Goes down a trace from its top, with what is needed so far.
fn below(nodes: &[Node], scorers: &HashMap<SpanKey, Vec<String>>, needs: &mut HashMap<SpanKey, Need>) {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, node) in nodes.iter().enumerate() {
        places.entry(node.span_id.as_str()).or_insert(place);
    }
    let parent = |node: &Node| node.parent_span_id.as_deref().and_then(|parent| places.get(parent).copied());
    let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (place, node) in nodes.iter().enumerate() {
        children.entry(parent(node)).or_default().push(place);
    }
    let mut visited = HashSet::new();
    // Spans that are each other's parents hang on nothing at the top; they begin a tree of their own afterwards.
    for top in children.get(&None).into_iter().flatten().copied().chain(0..nodes.len()) {
        let mut stack: Vec<(usize, Option<Need>)> = vec![(top, None)];
        while let Some((place, above)) = stack.pop() {
            let Some(node) = nodes.get(place).filter(|_| visited.insert(place)) else { continue };
            let mut need = above;
            if let Some(own) = scorers.get(&node.key) {
                let outermost = || parent(node).and_then(|parent| nodes.get(parent)).map_or(node.key, |parent| parent.key);
                let need = need.get_or_insert_with(|| Need { place: outermost(), questions: Vec::new() });
                need.questions.extend(own.iter().filter(|question| !need.questions.contains(question)).cloned().collect::<Vec<_>>());
            }
            stack.extend(children.get(&Some(place)).into_iter().flatten().map(|child| (*child, need.clone())));
            if let Some(need) = need {
                needs.insert(node.key, need);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spans as `key parent`, scorers as `key question`.
    fn check(spans: &[(i64, i64)], scorers: &[(i64, &str)], expected: &str) {
        let node = |(key, parent): &(i64, i64)| Node {
            key: (*key).into(),
            trace: 1.into(),
            span_id: key.to_string(),
            parent_span_id: (*parent != 0).then(|| parent.to_string()),
        };
        let nodes: Vec<_> = spans.iter().map(node).collect();
        let scorers = scorers.iter().map(|(key, question)| ((*key).into(), vec![(*question).to_owned()])).collect();
        let mut needs = HashMap::new();
        below(&nodes, &scorers, &mut needs);
        let needs: BTreeMap<_, _> = needs.into_iter().collect();
        let told: Vec<_> = needs.iter().map(|(key, need)| format!("{key}: {} at {}", need.questions.join("+"), need.place)).collect();
        assert_eq!(told.join(", "), expected);
    }

    #[test]
    fn what_hangs_on_a_scorer_is_hidden_with_it() {
        check(&[(1, 0), (2, 1), (3, 2), (4, 1)], &[], "");
        check(&[(1, 0), (2, 1), (3, 2), (4, 1)], &[(2, "q")], "2: q at 1, 3: q at 1");
        // Inside another scorer, both are asked where the outermost counts.
        check(&[(1, 0), (2, 1), (3, 2), (4, 3)], &[(2, "q"), (4, "r")], "2: q at 1, 3: q at 1, 4: q+r at 1");
        check(&[(1, 0), (2, 1), (3, 2)], &[(2, "q"), (3, "q")], "2: q at 1, 3: q at 1");
        // At the top, and below a span that is not here.
        check(&[(1, 0), (2, 1)], &[(1, "q")], "1: q at 1, 2: q at 1");
        check(&[(2, 9), (3, 2)], &[(2, "q")], "2: q at 2, 3: q at 2");
        // In a circle.
        check(&[(1, 2), (2, 1)], &[(2, "q")], "2: q at 1");
    }
}
