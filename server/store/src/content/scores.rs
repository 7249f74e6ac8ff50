//! Scores of spans as rows: what was reported, what end users said, what reviewers said, the gold value, and what is shown of the four.

use crate::Result;
use crate::ground::body::{self, Object};
use crate::ground::database::{StatementPart, all, json_rows, list, run, values};
use crate::ground::keys::{Key, ObjectKey, SpanKey, TraceKey, bound, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, upserts};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::PersonId;
use shared::summary::TraceScore;
use shared::summary::{Nano, ScoreKind, SpanScore};
use std::collections::{BTreeMap, BTreeSet};

/// A row of `span_scores`. Numbers are units of 1e-9.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct StoredScore {
    pub(crate) span: SpanKey,
    pub(crate) name: String,
    pub(crate) trace: TraceKey,
    pub(crate) reported: Option<i64>,
    /// How many end users said something, and their sum.
    pub(crate) feedback: i64,
    pub(crate) feedback_sum: i64,
    pub(crate) gold: Option<i64>,
    pub(crate) answers: i64,
    pub(crate) answer_sum: i64,
    pub(crate) lowest: Option<i64>,
    pub(crate) highest: Option<i64>,
    pub(crate) value: Option<i64>,
}

const COLUMNS: &str = "span, name, trace, reported, feedback, feedback_sum, gold, answers, answer_sum, lowest, highest, value";

impl StoredScore {
    /// A score of which nothing is known yet.
    pub(crate) fn new(span: SpanKey, name: &str) -> Self {
        Self {
            span,
            name: name.to_owned(),
            trace: TraceKey::NONE,
            reported: None,
            feedback: 0,
            feedback_sum: 0,
            gold: None,
            answers: 0,
            answer_sum: 0,
            lowest: None,
            highest: None,
            value: None,
        }
    }

    /// Counts answers, in units of 1e-9.
    pub(crate) fn count(&mut self, answers: &[i64]) {
        self.answers = i64::try_from(answers.len()).unwrap_or(i64::MAX);
        self.answer_sum = answers.iter().sum();
        self.lowest = answers.iter().min().copied();
        self.highest = answers.iter().max().copied();
    }

    /// Recomputes what is shown: gold, else the mean of the answers, else what was reported, else the mean of the end users.
    pub(crate) fn settle(&mut self) {
        self.value = self.gold.or(mean(self.answer_sum, self.answers)).or(self.reported).or(self.feedback());
    }

    /// The mean of what end users said.
    pub(crate) fn feedback(&self) -> Option<i64> {
        mean(self.feedback_sum, self.feedback)
    }

    /// What is shown and counted.
    pub(crate) fn value(&self) -> Option<Nano> {
        self.value.map(Nano)
    }

    /// Where that comes from.
    pub(crate) fn kind(&self) -> ScoreKind {
        match (self.gold, self.answers, self.reported) {
            (Some(_), _, _) => ScoreKind::Gold,
            (None, 0, None) if self.feedback > 0 => ScoreKind::Feedback,
            (None, 0, _) => ScoreKind::Automatic,
            (None, _, _) => ScoreKind::Human,
        }
    }

    /// The lowest and the highest answer, where at least two differ.
    pub(crate) fn spread(&self) -> Option<(f64, f64)> {
        match (self.lowest, self.highest) {
            (Some(lowest), Some(highest)) if lowest != highest => Some((Nano(lowest).score(), Nano(highest).score())),
            _ => None,
        }
    }

    /// As pages see it; none where nothing is shown.
    pub(crate) fn view(&self) -> Option<SpanScore> {
        Some(SpanScore {
            value: self.value()?.score(),
            kind: self.kind(),
            reported: self.reported.map(|reported| Nano(reported).score()),
            feedback: self.feedback().map(|feedback| Nano(feedback).score()),
            end_users: u32::try_from(self.feedback).unwrap_or(u32::MAX),
            answers: u32::try_from(self.answers).unwrap_or(u32::MAX),
            spread: self.spread(),
        })
    }

    /// Whether nothing is left of it.
    pub(crate) fn is_nothing(&self) -> bool {
        self.value.is_none() && self.answers == 0
    }
}

/// The mean in whole units, halves up; none of none.
pub(crate) fn mean(sum: i64, count: i64) -> Option<i64> {
    (count > 0).then(|| (sum + count / 2).div_euclid(count))
}

/// The scores of some spans.
pub(crate) async fn of_spans(connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<Vec<StoredScore>> {
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("SELECT {COLUMNS} FROM span_scores WHERE project = ? AND span IN ({}) ORDER BY span, name", list(spans.len()));
    all(connection, &text, bound(spans)).await
}

/// Scores in one column, for who reads something else of the span `s`: those for which a condition of our own text holds.
pub(crate) fn beside(connection: &impl ConnectionTrait, condition: &str) -> String {
    json_rows(connection, COLUMNS, &format!("span_scores WHERE project = s.project AND {condition}"))
}

/// What that column holds.
pub(crate) fn read_beside(text: Option<&str>) -> Result<Vec<StoredScore>> {
    type Columns = (i64, String, i64, Option<i64>, i64, i64, Option<i64>, i64, i64, Option<i64>, Option<i64>, Option<i64>);
    let rows: Vec<Columns> = text.map(serde_json::from_str).transpose()?.unwrap_or_default();
    let scores =
        rows.into_iter().map(|(span, name, trace, reported, feedback, feedback_sum, gold, answers, answer_sum, lowest, highest, value)| {
            StoredScore {
                span: span.into(),
                name,
                trace: trace.into(),
                reported,
                feedback,
                feedback_sum,
                gold,
                answers,
                answer_sum,
                lowest,
                highest,
                value,
            }
        });
    Ok(scores.collect())
}

/// The scores of all spans of some traces.
pub(crate) async fn of_traces(connection: &impl ConnectionTrait, traces: &[TraceKey]) -> Result<Vec<StoredScore>> {
    let text =
        format!("SELECT {COLUMNS} FROM span_scores WHERE project = ? AND trace IN ({}) ORDER BY trace, name, span", list(traces.len()));
    all(connection, &text, bound(traces)).await
}

/// So many of the scores of a trace at most, in the order of its spans.
pub(crate) async fn some_of_trace(connection: &impl ConnectionTrait, trace: TraceKey, most: usize) -> Result<Vec<StoredScore>> {
    let text = format!("SELECT {COLUMNS} FROM span_scores WHERE project = ? AND trace = ? ORDER BY span, name LIMIT {most}");
    all(connection, &text, bound(&[trace])).await
}

/// The scores of all spans of an object, in the order of [`of_traces`].
pub(crate) async fn in_object(connection: &impl ConnectionTrait, object: ObjectKey) -> Result<Vec<StoredScore>> {
    let columns = COLUMNS.replace(", ", ", c.");
    let text = format!(
        "SELECT c.{columns} FROM spans s CROSS JOIN span_scores c WHERE s.project = ? AND s.object = ? \
         AND c.project = s.project AND c.span = s.key ORDER BY c.trace, c.name, c.span"
    );
    all(connection, &text, values![project_of(object), object]).await
}

/// What a score comes to on a span.
#[derive(FromQueryResult)]
pub(crate) struct ScoreValue {
    pub(crate) span: SpanKey,
    pub(crate) name: String,
    pub(crate) value: i64,
}

/// What every score comes to on every span of an object.
pub(crate) async fn values_in(connection: &impl ConnectionTrait, object: ObjectKey) -> Result<Vec<ScoreValue>> {
    let text = "SELECT c.span, c.name, c.value FROM spans s CROSS JOIN span_scores c WHERE s.project = ? AND s.object = ? \
                AND c.project = s.project AND c.span = s.key AND c.value IS NOT NULL";
    all(connection, text, values![project_of(object), object]).await
}

/// What the scores of some questions come to on the spans of an object where somebody has answered them.
pub(crate) async fn values_answered(
    connection: &impl ConnectionTrait,
    object: ObjectKey,
    person: &PersonId,
    questions: Vec<Value>,
) -> Result<Vec<ScoreValue>> {
    let text = format!(
        "SELECT c.span, c.name, c.value FROM answers a JOIN questions q ON q.id = a.question_id \
         JOIN span_scores c ON c.project = a.project AND c.span = a.span AND c.name = q.name \
         WHERE a.project = ? AND a.object = ? AND a.person_id = ? AND a.question_id IN ({}) AND c.value IS NOT NULL",
        list(questions.len())
    );
    let bound = values![project_of(object), object, person.as_str()].into_iter().chain(questions).collect();
    all(connection, &text, bound).await
}

/// Writes scores; one of which nothing is left is removed.
pub(crate) async fn write(connection: &impl ConnectionTrait, home: &Home, scores: &[StoredScore]) -> Result<()> {
    for (text, bound) in writing(home, scores) {
        run(connection, &text, bound).await?;
    }
    Ok(())
}

/// The same, to be written together with something else.
pub(crate) fn writing(home: &Home, scores: &[StoredScore]) -> Vec<StatementPart> {
    let mut parts = Vec::new();
    let (gone, kept): (Vec<_>, Vec<_>) = scores.iter().partition(|score| score.is_nothing());
    for score in gone {
        let text = "DELETE FROM span_scores WHERE project = ? AND span = ? AND name = ?";
        parts.push((text.to_owned(), values![home.short(), score.span, score.name.as_str()]));
    }
    let kept = kept.into_iter().map(|score| {
        Upsert::into("span_scores")
            .fixed("project", home.short())
            .fixed("object", home.key)
            .fixed("span", score.span)
            .fixed("name", score.name.as_str())
            // Who moves a span says so with `moved`: an index would be written for it each time.
            .fixed("trace", score.trace)
            .set("reported", score.reported)
            .set("feedback", score.feedback)
            .set("feedback_sum", score.feedback_sum)
            .set("gold", score.gold)
            .set("answers", score.answers)
            .set("answer_sum", score.answer_sum)
            .set("lowest", score.lowest)
            .set("highest", score.highest)
            .set("value", score.value)
    });
    parts.extend(upserts(kept.collect(), "project, span, name"));
    parts
}

/// Brings the scores of spans along that went to other traces.
pub(crate) async fn moved(connection: &impl ConnectionTrait, home: &Home, spans: &BTreeSet<(SpanKey, TraceKey)>) -> Result<()> {
    for (span, trace) in spans {
        let text = "UPDATE span_scores SET trace = ? WHERE project = ? AND span = ?";
        run(connection, text, values![*trace, home.short(), *span]).await?;
    }
    Ok(())
}

/// The mean of each score over the spans of each trace. The scores come ordered by trace and name.
pub(crate) fn trace_scores(scores: Vec<StoredScore>) -> BTreeMap<TraceKey, BTreeMap<String, TraceScore>> {
    let mut traces: BTreeMap<TraceKey, BTreeMap<String, TraceScore>> = BTreeMap::new();
    for same in scores.chunk_by(|one, other| (one.trace, &one.name) == (other.trace, &other.name)) {
        let values: Vec<i64> = same.iter().filter_map(|score| score.value).collect();
        let Some(first) = same.first().filter(|_| !values.is_empty()) else { continue };
        let kind = ScoreKind::first_of(same.iter().map(StoredScore::kind));
        let spreads: Vec<_> = same.iter().filter_map(StoredScore::spread).collect();
        let spread = spreads.into_iter().reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let mean = values.iter().sum::<i64>() / i64::try_from(values.len()).unwrap_or(1);
        traces.entry(first.trace).or_default().insert(first.name.clone(), TraceScore { value: Nano(mean).score(), kind, spread });
    }
    traces
}

/// The scores of a row: name → number or null.
pub(crate) fn of_row(fields: &Object) -> std::result::Result<Vec<(String, Option<f64>)>, String> {
    let Some(scores) = fields.get("scores").filter(|scores| !body::is_null(scores)) else { return Ok(Vec::new()) };
    let scores = body::object(scores.get()).ok_or("scores must be an object: {\"name\": 0.8}.")?;
    let mut read = Vec::with_capacity(scores.len());
    for (name, score) in scores {
        if name.trim().is_empty() {
            return Err("scores has a number without a name.".to_owned());
        }
        let number = if body::is_null(&score) {
            None
        } else {
            // Python's booleans are numbers, and its SDK sends them as such.
            let number = match score.get() {
                "true" => 1.0,
                "false" => 0.0,
                text => text.parse::<f64>().map_err(|_| format!("scores.{name} must be a number from 0 to 1, or null."))?,
            };
            Some(number)
        };
        read.push((name.replace('\0', "\u{fffd}"), number));
    }
    Ok(read)
}
