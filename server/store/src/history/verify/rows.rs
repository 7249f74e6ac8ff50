//! Scores, tags, counts, traces and roll-ups, computed from the rows and the answers.

mod content;
mod one_trace;

use super::proofs::Proofs;
use super::{Named, Step, Verified, same};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{Key, ObjectKey, SpanKey, TraceKey, project_of};
use content::Content;
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Traces looked at in one go.
const TRACES: i64 = 300;

/// Microseconds of an hour, and the hour that stands for all time.
const HOUR: i64 = 3_600_000_000;
const ALL_TIME: i64 = i64::MIN;

#[derive(FromQueryResult)]
struct Trace {
    key: TraceKey,
    object: ObjectKey,
    root_span_id: String,
    root: SpanKey,
    created: i64,
    started: Option<i64>,
    ended: Option<i64>,
    errors: i64,
    spans: i64,
    comments: i64,
    duration: Option<i64>,
    tokens: Option<i64>,
    cost: Option<i64>,
    scores: String,
    tags: String,
}

#[derive(FromQueryResult)]
struct Span {
    key: SpanKey,
    object: ObjectKey,
    row_id: String,
    trace: TraceKey,
    span_id: String,
    root_span_id: String,
    parent_span_id: Option<String>,
    name: String,
    kind: String,
    created: i64,
    transaction_id: i64,
    action: String,
    started: Option<i64>,
    ended: Option<i64>,
    tokens: Option<i64>,
    cost: Option<i64>,
    error: bool,
    input_digest: Option<i64>,
    comments: i64,
    body: Option<String>,
    salt: Option<Vec<u8>>,
    digest: Option<Vec<u8>>,
}

#[derive(FromQueryResult)]
struct Score {
    span: SpanKey,
    name: String,
    trace: TraceKey,
    reported: Option<i64>,
    feedback: i64,
    feedback_sum: i64,
    gold: Option<i64>,
    answers: i64,
    answer_sum: i64,
    lowest: Option<i64>,
    highest: Option<i64>,
    value: Option<i64>,
}

#[derive(FromQueryResult)]
struct Answer {
    span: SpanKey,
    question: String,
    value: String,
    score: Option<i64>,
    definition: String,
}

#[derive(FromQueryResult)]
struct GoldScore {
    span: SpanKey,
    name: String,
    score: i64,
}

/// A score that an end user gave.
#[derive(FromQueryResult)]
struct Thumb {
    span: SpanKey,
    name: String,
    value: i64,
}

/// Those of a span by the names of the scores.
type Thumbs = BTreeMap<String, Vec<i64>>;

#[derive(FromQueryResult)]
struct Tag {
    span: SpanKey,
    tag: String,
}

#[derive(FromQueryResult)]
struct Count {
    of: SpanKey,
    count: i64,
}

/// Count, sum, sum of squares and buckets.
#[derive(Clone, Debug, Default, PartialEq)]
struct Sums {
    count: i64,
    sum: i64,
    squares: i128,
    buckets: [i64; 20],
}

/// What all rows together amount to.
#[derive(Default)]
struct Totals {
    rollups: BTreeMap<(ObjectKey, i64, String), Sums>,
    spans: HashMap<ObjectKey, i64>,
    traces: HashMap<ObjectKey, i64>,
}

/// Looks at every trace with its spans, then at what is counted over all of them.
pub(super) async fn verify(
    connection: &impl ConnectionTrait,
    objects: &HashMap<ObjectKey, Named>,
    proofs: &mut Proofs,
    verified: &mut Verified,
) -> Step {
    let mut totals = Totals::default();
    let mut after = TraceKey::LOWEST;
    loop {
        let text = format!(
            "SELECT key, object, root_span_id, root, created, started, ended, errors, spans, comments, duration, tokens, cost, scores, tags FROM traces \
             WHERE (project, key) > (?, ?) ORDER BY project, key LIMIT {TRACES}"
        );
        let traces = all::<Trace>(connection, &text, values![project_of(after), after]).await?;
        let Some(last) = traces.last() else { break };
        after = last.key;
        some_traces(connection, objects, &traces, &mut totals, proofs, verified).await?;
    }
    waiting(connection, objects, proofs).await?;
    let text = "SELECT COUNT(*) AS count FROM spans s WHERE s.arrived \
                AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.project = s.project AND t.key = s.trace)";
    let homeless = count_of(connection, text).await?;
    same(|| "spans of no trace".to_owned(), &homeless, &0)?;
    let text = "SELECT COUNT(*) AS count FROM span_scores c WHERE NOT EXISTS (SELECT 1 FROM spans s WHERE s.project = c.project AND s.key = c.span)";
    same(|| "scores of no span".to_owned(), &count_of(connection, text).await?, &0)?;
    let text = "SELECT COUNT(*) AS count FROM trace_scores c WHERE NOT EXISTS (SELECT 1 FROM traces t WHERE t.project = c.project AND t.key = c.trace)";
    same(|| "scores of no trace".to_owned(), &count_of(connection, text).await?, &0)?;
    counts(connection, objects, &totals).await?;
    rollups(connection, objects, totals, verified).await
}

/// What `project IN (…) AND key IN (…)` is bound to, where keys are of several projects.
fn bound(keys: &[impl Key]) -> Vec<Bound> {
    keys.iter().map(|key| Bound::from(project_of(*key))).chain(keys.iter().map(|key| (*key).into())).collect()
}

async fn count_of(connection: &impl ConnectionTrait, text: &str) -> Step<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    Ok(all::<Row>(connection, text, values![]).await?.first().map_or(0, |row| row.count))
}

async fn some_traces(
    connection: &impl ConnectionTrait,
    objects: &HashMap<ObjectKey, Named>,
    traces: &[Trace],
    totals: &mut Totals,
    proofs: &mut Proofs,
    verified: &mut Verified,
) -> Step {
    // Traces of several projects come in one go.
    let text = format!(
        "SELECT s.key, s.object, s.row_id, s.trace, s.span_id, s.root_span_id, s.parent_span_id, s.name, s.kind, s.created, s.transaction_id, \
         s.action, s.started, s.ended, s.tokens, s.cost, s.error, s.input_digest, s.comments, p.body, p.salt, p.digest FROM spans s \
         LEFT JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE s.project IN ({}) AND s.trace IN ({}) ORDER BY s.trace, s.created, s.key",
        list(traces.len()),
        list(traces.len())
    );
    let spans = all::<Span>(connection, &text, bound(&traces.iter().map(|trace| trace.key).collect::<Vec<_>>())).await?;
    let keys: Vec<SpanKey> = spans.iter().map(|span| span.key).collect();
    let mut scores: HashMap<SpanKey, Vec<Score>> = HashMap::new();
    let mut answers: HashMap<SpanKey, Vec<Answer>> = HashMap::new();
    let mut golds: HashMap<(SpanKey, String), i64> = HashMap::new();
    let mut thumbs: HashMap<SpanKey, Thumbs> = HashMap::new();
    let mut tags: HashMap<SpanKey, Vec<String>> = HashMap::new();
    let mut comments: HashMap<SpanKey, i64> = HashMap::new();
    for keys in keys.chunks(500) {
        let bound = || bound(keys);
        let places = list(keys.len());
        let text = format!(
            "SELECT span, name, trace, reported, feedback, feedback_sum, gold, answers, answer_sum, lowest, highest, value FROM span_scores WHERE project IN ({places}) AND span IN ({places})"
        );
        for score in all::<Score>(connection, &text, bound()).await? {
            scores.entry(score.span).or_default().push(score);
        }
        let text = format!(
            "SELECT a.span, q.name AS question, a.value, a.score, v.definition FROM answers a JOIN questions q ON q.id = a.question_id \
             JOIN question_versions v ON v.question_id = a.question_id AND v.version = a.version WHERE a.project IN ({places}) AND a.span IN ({places})"
        );
        for answer in all::<Answer>(connection, &text, bound()).await? {
            answers.entry(answer.span).or_default().push(answer);
        }
        let text = format!(
            "SELECT g.span, q.name, g.score FROM golds g JOIN questions q ON q.id = g.question_id WHERE g.score IS NOT NULL AND g.project IN ({places}) AND g.span IN ({places})"
        );
        golds.extend(all::<GoldScore>(connection, &text, bound()).await?.into_iter().map(|gold| ((gold.span, gold.name), gold.score)));
        let text = format!(
            "SELECT span, name, value FROM feedback WHERE superseded = 9223372036854775807 AND project IN ({places}) AND span IN ({places})"
        );
        for Thumb { span, name, value } in all::<Thumb>(connection, &text, bound()).await? {
            thumbs.entry(span).or_default().entry(name).or_default().push(value);
        }
        let text = format!("SELECT span, tag FROM span_tags WHERE project IN ({places}) AND span IN ({places}) ORDER BY span, position");
        for Tag { span, tag } in all::<Tag>(connection, &text, bound()).await? {
            tags.entry(span).or_default().push(tag);
        }
        let text = format!(
            "SELECT span AS of, COUNT(*) AS count FROM comments WHERE deleted IS NULL AND project IN ({places}) AND span IN ({places}) GROUP BY span"
        );
        comments.extend(all::<Count>(connection, &text, bound()).await?.into_iter().map(|row| (row.of, row.count)));
    }
    let mut means = one_trace::means(connection, traces).await?;
    let mut by_trace: HashMap<TraceKey, Vec<&Span>> = HashMap::new();
    for span in &spans {
        let place = || place_of(objects, span);
        let body = span.body.as_deref().unwrap_or_default();
        proofs.version(
            objects.get(&span.object),
            &span.row_id,
            span.transaction_id,
            &span.action,
            body,
            (&span.salt, &span.digest),
            place,
        )?;
        let content = Content::read(body);
        narrow(span, &content, objects)?;
        let of_span = scores.entry(span.key).or_default();
        let answered = answers.get(&span.key).map_or(&[] as &[Answer], Vec::as_slice);
        scores_of(span, &content, of_span, answered, &thumbs.remove(&span.key).unwrap_or_default(), objects)?;
        for score in &*of_span {
            let gold = golds.remove(&(span.key, score.name.clone()));
            same(|| format!("the gold value of {} of {}", score.name, place()), &score.gold, &gold)?;
            if let Some(value) = score.value {
                for hour in [ALL_TIME, span.created.div_euclid(HOUR)] {
                    totals.rollups.entry((span.object, hour, score.name.clone())).or_default().add(value);
                }
            }
        }
        let stored = tags.entry(span.key).or_default();
        let mut computed: Vec<String> = Vec::new();
        for tag in content.list("tags") {
            if !computed.contains(&tag) {
                computed.push(tag);
            }
        }
        same(|| format!("the tags of {}", place()), stored, &computed)?;
        same(|| format!("the comments of {}", place()), &span.comments, &comments.get(&span.key).copied().unwrap_or(0))?;
        if let Some(((_, name), gold)) = golds.iter().find(|((key, _), _)| *key == span.key) {
            same(|| format!("the gold value of {name} of {}", place()), &None, &Some(*gold))?;
        }
        *totals.spans.entry(span.object).or_default() += 1;
        by_trace.entry(span.trace).or_default().push(span);
        verified.spans += 1;
    }
    for trace in traces {
        *totals.traces.entry(trace.object).or_default() += 1;
        let means = means.remove(&trace.key).unwrap_or_default();
        one_trace::compare(trace, by_trace.get(&trace.key).map_or(&[], Vec::as_slice), &scores, means, &tags, objects)?;
        verified.traces += 1;
    }
    Ok(())
}

fn place_of(objects: &HashMap<ObjectKey, Named>, span: &Span) -> String {
    let home = objects.get(&span.object).map_or_else(|| format!("object {}", span.object), |home| format!("{} {}", home.kind, home.id));
    format!("row {} of {home}", span.row_id)
}

/// Looks at what was said about rows that are not there yet: it is in no list and in no count.
async fn waiting(connection: &impl ConnectionTrait, objects: &HashMap<ObjectKey, Named>, proofs: &mut Proofs) -> Step {
    let mut after = SpanKey::LOWEST;
    loop {
        let text = format!(
            "SELECT s.key, s.object, s.row_id, s.trace, s.span_id, s.root_span_id, s.parent_span_id, s.name, s.kind, s.created, \
             s.transaction_id, s.action, s.started, s.ended, s.tokens, s.cost, s.error, s.input_digest, s.comments, p.body, p.salt, p.digest FROM spans s \
             LEFT JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE NOT s.arrived AND s.key > ? ORDER BY s.key LIMIT {TRACES}"
        );
        let spans = all::<Span>(connection, &text, values![after]).await?;
        let Some(last) = spans.last() else { return Ok(()) };
        after = last.key;
        for span in &spans {
            let place = || place_of(objects, span);
            let body = span.body.as_deref().unwrap_or_default();
            let proof = (&span.salt, &span.digest);
            proofs.version(objects.get(&span.object), &span.row_id, span.transaction_id, &span.action, body, proof, place)?;
            same(|| format!("the trace of {}, which waits", place()), &span.trace, &TraceKey::NONE)?;
        }
    }
}

/// What lists read of a span, from its content.
fn narrow(span: &Span, content: &Content, objects: &HashMap<ObjectKey, Named>) -> Step {
    let place = |what: &str| format!("{what} of row {}", span.row_id);
    let span_id = content.text("span_id").unwrap_or_else(|| span.row_id.clone());
    same(|| place("span_id"), &span.span_id, &span_id)?;
    same(|| place("root_span_id"), &span.root_span_id, &content.text("root_span_id").unwrap_or(span_id))?;
    same(|| place("the parent"), &span.parent_span_id, &content.list("span_parents").into_iter().next())?;
    let attributes = content.below("span_attributes");
    same(|| place("the name"), &span.name, &attributes.text("name").unwrap_or_default())?;
    same(|| place("the type"), &span.kind, &attributes.text("type").unwrap_or_default())?;
    same(|| place("the error"), &span.error, &content.says("error"))?;
    let salt = objects.get(&span.object).filter(|_| span.parent_span_id.is_none()).map(|home| home.salt.as_slice());
    same(|| place("the digest of the input"), &span.input_digest, &salt.and_then(|salt| content.digest("input", salt)))?;
    let metrics = content.below("metrics");
    let seconds = |key: &str| metrics.number(key).map(|seconds| (seconds * 1e6).round() as i64);
    same(|| place("the start"), &span.started, &seconds("start"))?;
    same(|| place("the end"), &span.ended, &seconds("end"))?;
    let count = |key: &str| metrics.number(key).map(|number| number.round() as i64);
    let halves = [count("prompt_tokens"), count("completion_tokens")].into_iter().flatten().reduce(i64::saturating_add);
    same(|| place("the tokens"), &span.tokens, &count("tokens").or(count("total_tokens")).or(halves))?;
    same(|| place("the cost"), &span.cost, &metrics.number("estimated_cost").map(|dollars| (dollars * 1e9).round() as i64))
}

fn scores_of(
    span: &Span,
    content: &Content,
    stored: &[Score],
    answers: &[Answer],
    thumbs: &Thumbs,
    objects: &HashMap<ObjectKey, Named>,
) -> Step {
    let mut reported: BTreeMap<String, i64> = BTreeMap::new();
    let scores = content.below("scores");
    for name in scores.keys() {
        let number = scores.number(name).or_else(|| scores.flag(name).map(|yes| f64::from(u8::from(yes))));
        if let Some(number) = number {
            reported.insert(name.replace('\0', "\u{fffd}"), (number * 1e9).round() as i64);
        }
    }
    let mut answered: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for answer in answers {
        let definition: Value = serde_json::from_str(&answer.definition).unwrap_or_default();
        let value: Value = serde_json::from_str(&answer.value).unwrap_or_default();
        let options = definition["kind"]["categorical"]["options"].as_array().into_iter().flatten();
        let chosen = options.filter(|option| option["name"] == value).filter_map(|option| option["value"].as_f64()).next();
        let score = value.as_f64().or(chosen).map(|score| (score * 1e9).round() as i64);
        same(|| format!("an answer to {} on {}", answer.question, place_of(objects, span)), &answer.score, &score)?;
        // An answer that is no number counts in no score; `judged` looks at what it comes to.
        if let Some(score) = score {
            answered.entry(&answer.question).or_default().push(score);
        }
    }
    for name in reported.keys().chain(thumbs.keys()).map(String::as_str).chain(answered.keys().copied()) {
        if !stored.iter().any(|score| score.name == name) {
            same(|| format!("the score {name} of {}", place_of(objects, span)), &"nothing", &"something")?;
        }
    }
    for score in stored {
        let place = || format!("the score {} of {}", score.name, place_of(objects, span));
        let given = answered.get(score.name.as_str()).map_or(&[] as &[i64], Vec::as_slice);
        let count = i64::try_from(given.len()).unwrap_or(i64::MAX);
        same(place, &score.trace, &span.trace)?;
        same(place, &score.reported, &reported.get(&score.name).copied())?;
        let sums = (score.answers, score.answer_sum, score.lowest, score.highest);
        same(place, &sums, &(count, given.iter().sum(), given.iter().min().copied(), given.iter().max().copied()))?;
        let thumbs = thumbs.get(&score.name).map_or(&[] as &[i64], Vec::as_slice);
        let users = i64::try_from(thumbs.len()).unwrap_or(i64::MAX);
        same(place, &(score.feedback, score.feedback_sum), &(users, thumbs.iter().sum()))?;
        // Halves round up.
        let mean = |sum: i64, count: i64| (count > 0).then(|| (2 * sum + count).div_euclid(2 * count));
        let shown = score.gold.or(mean(score.answer_sum, count)).or(score.reported).or(mean(score.feedback_sum, users));
        same(place, &score.value, &shown)?;
    }
    Ok(())
}

async fn counts(connection: &impl ConnectionTrait, objects: &HashMap<ObjectKey, Named>, totals: &Totals) -> Step {
    #[derive(FromQueryResult)]
    struct Row {
        key: ObjectKey,
        spans: i64,
        traces: i64,
    }
    for row in all::<Row>(connection, "SELECT key, spans, traces FROM objects ORDER BY key", values![]).await? {
        let of = |counts: &HashMap<ObjectKey, i64>| counts.get(&row.key).copied().unwrap_or(0);
        let place = || format!("spans and traces of {}", objects.get(&row.key).map_or("an object", |home| home.id.as_str()));
        same(place, &(row.spans, row.traces), &(of(&totals.spans), of(&totals.traces)))?;
    }
    Ok(())
}

async fn rollups(
    connection: &impl ConnectionTrait,
    objects: &HashMap<ObjectKey, Named>,
    mut totals: Totals,
    verified: &mut Verified,
) -> Step {
    #[derive(FromQueryResult)]
    struct Row {
        object: ObjectKey,
        hour: i64,
        name: String,
        count: i64,
        sum: i64,
        squares: String,
        buckets: String,
    }
    let text = "SELECT object, hour, name, count, sum, squares, buckets FROM rollups ORDER BY object, hour, name";
    let place = |object: ObjectKey, hour: i64, name: &str| {
        let when = if hour == ALL_TIME { "all time".to_owned() } else { format!("hour {hour}") };
        format!("the roll-up of {name} over {when} of {}", objects.get(&object).map_or("an object", |home| home.id.as_str()))
    };
    for row in all::<Row>(connection, text, values![]).await? {
        let computed = totals.rollups.remove(&(row.object, row.hour, row.name.clone())).unwrap_or_default();
        let buckets = computed.buckets.map(|count| count.to_string()).join(",");
        let stored = (row.count, row.sum, row.squares.as_str(), row.buckets.as_str());
        let squares = computed.squares.to_string();
        same(|| place(row.object, row.hour, &row.name), &stored, &(computed.count, computed.sum, squares.as_str(), buckets.as_str()))?;
        verified.rollups += 1;
    }
    match totals.rollups.into_iter().next() {
        Some(((object, hour, name), sums)) => same(|| place(object, hour, &name), &Sums::default(), &sums),
        None => Ok(()),
    }
}

impl Sums {
    fn add(&mut self, value: i64) {
        self.count += 1;
        self.sum += value;
        self.squares += i128::from(value) * i128::from(value);
        self.buckets[usize::try_from(value / 50_000_000).unwrap_or(0).min(19)] += 1;
    }
}
