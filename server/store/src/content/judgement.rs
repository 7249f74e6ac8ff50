//! The content of rows: its base, and what people said on top of it.
//!
//! What is stored as the content of a row is its base, always: what the API or a person's direct edit wrote. Answers and gold values that
//! are no numbers lie on `expected` and `metadata`, and are laid on when a row is read, as far as who reads may see them.

use crate::content::feedback::Heard;
use crate::content::scores::{self, StoredScore};
use crate::ground::body::{self, Object, Raw};
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::SpanKey;
use crate::{Result, ground};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::value::RawValue;
use shared::TransactionId;
use shared::answers::AnswerValue;
use shared::expected;
use shared::questions::{Definition, Question, QuestionKind};
use shared::summary::Nano;
use std::collections::{BTreeMap, HashMap};

/// A field of a row that answers lie on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Expected,
    Metadata,
}

impl Field {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Expected, Self::Metadata];

    /// The key in the row.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::Metadata => "metadata",
        }
    }

    /// Where answers of a kind lie; none for scores.
    pub(crate) fn of(kind: &QuestionKind) -> Option<Self> {
        match kind {
            QuestionKind::Continuous | QuestionKind::Categorical { .. } => None,
            QuestionKind::Expected { .. } => Some(Self::Expected),
            QuestionKind::Text { .. } => Some(Self::Metadata),
        }
    }
}

/// What somebody said to a question on a span, and what counts of it: answers that are put aside are none.
pub(crate) struct Said {
    /// The id of the question.
    pub(crate) question: String,
    name: String,
    /// As it was when this was said: a text stays at the place that the question had then.
    kind: QuestionKind,
    is_gold: bool,
    value: AnswerValue,
    /// Units of 1e-9; none for what is no number.
    score: Option<i64>,
    /// The transaction that said it.
    transaction: i64,
}

#[derive(FromQueryResult)]
struct SaidRow {
    span: SpanKey,
    question_id: String,
    name: String,
    definition: String,
    gold: bool,
    value: String,
    score: Option<i64>,
    transaction_id: i64,
}

/// What counts on some spans of what people said, by span, in the order of the questions and then of who answered first. Without a version
/// only what lies on the content: scores have their own table.
pub(crate) async fn said(
    connection: &impl ConnectionTrait,
    spans: &[SpanKey],
    version: Option<TransactionId>,
) -> Result<HashMap<SpanKey, Vec<Said>>> {
    const COLUMNS: &str = "span, question_id, version, value, score, transaction_id";
    let mut by_span: HashMap<SpanKey, Vec<Said>> = HashMap::new();
    if spans.is_empty() {
        return Ok(by_span);
    }
    let places = list(spans.len());
    let (mut parts, mut bound) = (Vec::new(), Vec::new());
    let when = if version.is_some() { "transaction_id <= ?" } else { "score IS NULL" };
    for (table, gold, first) in [("answers", "FALSE", "first_transaction"), ("golds", "TRUE", "transaction_id")] {
        parts.push(format!(
            "SELECT {COLUMNS}, {gold} AS gold, {first} AS earliest FROM {table} WHERE project = ? AND span IN ({places}) AND active = ? AND {when}"
        ));
        bound.extend(ground::keys::bound(spans));
        bound.push(Value::from(true));
        bound.extend(version.map(|version| Value::from(version.0)));
    }
    if let Some(version) = version {
        parts.push(format!(
            "SELECT {COLUMNS}, gold, first_transaction AS earliest FROM said_versions WHERE project = ? AND span IN ({places}) AND active = ? AND {when} AND superseded > ?"
        ));
        bound.extend(ground::keys::bound(spans));
        bound.extend(values![true, version.0, version.0]);
    }
    let text = format!(
        "SELECT s.span, s.question_id, q.name, v.definition, s.gold, s.value, s.score, s.transaction_id FROM ({}) s \
         JOIN questions q ON q.id = s.question_id JOIN question_versions v ON v.question_id = s.question_id AND v.version = s.version \
         ORDER BY s.span, q.position, q.created, q.id, s.earliest",
        parts.join(" UNION ALL ")
    );
    for row in all::<SaidRow>(connection, &text, bound).await? {
        by_span.entry(row.span).or_default().push(Said {
            question: row.question_id,
            name: row.name,
            kind: serde_json::from_str::<Definition>(&row.definition)?.kind,
            is_gold: row.gold,
            value: serde_json::from_str(&row.value)?,
            score: row.score,
            transaction: row.transaction_id,
        });
    }
    Ok(by_span)
}

/// The last transaction up to a version that said something about a span, took it back, or changed how it stands in review lists.
pub(crate) async fn last_said(
    connection: &impl ConnectionTrait,
    spans: &[SpanKey],
    version: TransactionId,
) -> Result<HashMap<SpanKey, i64>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        said: i64,
    }
    if spans.is_empty() {
        return Ok(HashMap::new());
    }
    let places = list(spans.len());
    let (mut parts, mut bound) = (Vec::new(), Vec::new());
    for (table, column) in [
        ("answers", "transaction_id"),
        ("golds", "transaction_id"),
        ("said_versions", "transaction_id"),
        ("said_versions", "superseded"),
        ("feedback", "transaction_id"),
        ("feedback", "superseded"),
        ("span_flags", "transaction_id"),
        ("span_flags", "superseded"),
    ] {
        parts.push(format!("SELECT span, {column} AS said FROM {table} WHERE project = ? AND span IN ({places}) AND {column} <= ?"));
        bound.extend(ground::keys::bound(spans));
        bound.push(Value::from(version.0));
    }
    let text = format!("SELECT span, MAX(said) AS said FROM ({}) s GROUP BY span", parts.join(" UNION ALL "));
    Ok(all::<Row>(connection, &text, bound).await?.into_iter().map(|row| (row.span, row.said)).collect())
}

/// What counts of the answers to a question on some spans: the gold value, else of options the most frequent, of a slider the mean, of
/// texts the latest.
pub(crate) async fn settled(
    connection: &impl ConnectionTrait,
    spans: &[SpanKey],
    question: &Question,
) -> Result<HashMap<SpanKey, AnswerValue>> {
    #[derive(FromQueryResult)]
    struct Given {
        span: SpanKey,
        gold: bool,
        value: String,
        score: Option<i64>,
    }
    let mut settled = HashMap::new();
    if spans.is_empty() {
        return Ok(settled);
    }
    // Of texts the latest counts, of options that are as frequent the one that was said first.
    let is_text = matches!(question.definition.kind, QuestionKind::Text { .. });
    let order = if is_text { "transaction_id" } else { "first_transaction" };
    let part = |table: &str, gold: &str, order: &str| {
        let places = list(spans.len());
        format!(
            "SELECT span, {gold} AS gold, value, score, {order} AS place FROM {table} \
             WHERE project = ? AND span IN ({places}) AND question_id = ? AND active = ?"
        )
    };
    let text = format!("{} UNION ALL {} ORDER BY span, place", part("answers", "FALSE", order), part("golds", "TRUE", "transaction_id"));
    let bound = || ground::keys::bound(spans).into_iter().chain(values![question.id.as_str(), true]);
    let given = all::<Given>(connection, &text, bound().chain(bound()).collect()).await?;
    for given in given.chunk_by(|one, other| one.span == other.span) {
        let read = |given: &Given| serde_json::from_str::<AnswerValue>(&given.value);
        let gold = given.iter().find(|given| given.gold).map(read).transpose()?;
        let answers: Vec<&Given> = given.iter().filter(|given| !given.gold).collect();
        let values = answers.iter().map(|given| read(given)).collect::<std::result::Result<Vec<_>, _>>()?;
        let values: Vec<&AnswerValue> = values.iter().collect();
        let counts = match &question.definition.kind {
            QuestionKind::Continuous => {
                let scores: Vec<i64> = answers.iter().filter_map(|given| given.score).collect();
                let count = i64::try_from(scores.len()).unwrap_or(i64::MAX);
                let mean = scores::mean(scores.iter().sum(), count).map(|mean| AnswerValue::Number(Nano(mean).score()));
                gold.or(mean)
            }
            QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => expected::most_frequent(gold.as_ref(), &values).cloned(),
            QuestionKind::Text { .. } => expected::latest(gold.as_ref(), &values).cloned(),
        };
        if let (Some(first), Some(value)) = (given.first(), counts) {
            settled.insert(first.span, value);
        }
    }
    Ok(settled)
}

/// The content of a row in its two parts.
#[derive(Default)]
pub(crate) struct Content {
    base: Object,
    /// Whether `expected` of the base was written by a person who saw what others had said there, and may have repeated it.
    informed: bool,
    said: Vec<Said>,
    /// What end users say to its scores.
    heard: BTreeMap<String, Heard>,
}

impl Content {
    /// Puts the parts together. `base` is the text that is stored.
    pub(crate) fn new(base: &str, informed: bool, said: Vec<Said>) -> Self {
        Self::of_base(body::object(base).unwrap_or_default(), informed, said)
    }

    /// Puts the parts together, where the base is read already, perhaps not all of it.
    pub(crate) fn of_base(base: Object, informed: bool, said: Vec<Said>) -> Self {
        Self { base, informed, said, heard: BTreeMap::new() }
    }

    /// With what end users say, which is asked for where its scores are.
    pub(crate) fn hearing(self, heard: BTreeMap<String, Heard>) -> Self {
        Self { heard, ..self }
    }

    /// Reads the content of a span; nothing where the span is not there any more.
    pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Row {
            body: String,
            informed: bool,
            said: Option<i64>,
        }
        let text = "SELECT p.body, s.informed, s.said FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
                    WHERE s.project = ? AND s.key = ?";
        let Some(row) = one::<Row>(connection, text, ground::keys::bound(&[span])).await? else { return Ok(Self::default()) };
        let said = if row.said.is_some() { said(connection, &[span], None).await?.remove(&span) } else { None };
        Ok(Self::new(&row.body, row.informed, said.unwrap_or_default()))
    }

    /// What the API or a person's direct edit wrote.
    pub(crate) fn base(&self) -> &Object {
        &self.base
    }

    /// What kind of span it is, as its attributes say; empty where they do not.
    pub(crate) fn kind(&self) -> String {
        let attributes = self.base.get("span_attributes").and_then(|attributes| body::object(attributes.get()));
        attributes.and_then(|attributes| body::read(&attributes, "type")).unwrap_or_default()
    }

    /// See the field.
    pub(crate) fn is_informed(&self) -> bool {
        self.informed
    }

    /// Whether something that people said lies on a field, of the questions that are looked at by their ids.
    pub(crate) fn is_covered(&self, field: Field, question: impl Fn(&str) -> bool) -> bool {
        self.said.iter().any(|said| Field::of(&said.kind) == Some(field) && question(&said.question))
    }

    /// A field with everything that lies on it.
    pub(crate) fn whole_field(&self, field: Field) -> Result<Option<Raw>> {
        self.field(field, |_| true, true)
    }

    /// A field with what lies on it of the questions that may be seen by their ids, and its base if that may be seen.
    pub(crate) fn field(&self, field: Field, question: impl Fn(&str) -> bool, with_base: bool) -> Result<Option<Raw>> {
        let base = self.base.get(field.key()).map(AsRef::as_ref).filter(|value| with_base && !body::is_null(value));
        let said: Vec<&Said> = self.said.iter().filter(|said| question(&said.question)).collect();
        let questions = said.chunk_by(|one, other| one.question == other.question);
        Ok(match field {
            Field::Expected => expected::project(base, &questions.filter_map(expectation).collect::<Vec<_>>())?,
            Field::Metadata => write_texts(base, questions.filter_map(text).collect())?,
        })
    }

    /// Only what tells which span it is and where, with what people said.
    pub(crate) fn bare(mut self) -> Self {
        self.base
            .retain(|key, _| matches!(key.as_str(), "span_id" | "root_span_id" | "span_parents" | "created" | "tags" | "span_attributes"));
        if let Some(attributes) = self.base.get_mut("span_attributes") {
            let mut known = body::object(attributes.get()).unwrap_or_default();
            known.retain(|key, _| matches!(key.as_str(), "name" | "type"));
            *attributes = body::raw(&known).unwrap_or_else(|_| RawValue::NULL.to_owned());
        }
        self
    }

    /// Everything, with what lies on it of the questions that may be seen, and the base of `expected` if that may be seen; see
    /// [`Content::field`].
    pub(crate) fn fold(mut self, question: impl Fn(&str) -> bool, with_expected: bool) -> Result<Object> {
        for field in Field::ALL {
            let with_base = with_expected || field != Field::Expected;
            if with_base && !self.is_covered(field, |_| true) {
                continue;
            }
            match self.field(field, &question, with_base)? {
                Some(value) => self.base.insert(field.key().to_owned(), value),
                None => self.base.shift_remove(field.key()),
            };
        }
        Ok(self.base)
    }

    /// The scores of a row as of the version that its parts are of.
    pub(crate) fn scores(&self, span: SpanKey) -> Vec<StoredScore> {
        let mut by_name: BTreeMap<String, StoredScore> = BTreeMap::new();
        let mut of = |name: &str, alter: &dyn Fn(&mut StoredScore)| {
            alter(by_name.entry(name.to_owned()).or_insert_with(|| StoredScore::new(span, name)));
        };
        for (name, score) in scores::of_row(&self.base).unwrap_or_default() {
            of(&name, &|stored| stored.reported = score.and_then(Nano::checked).map(|score| score.0));
        }
        for (name, Heard { count, sum }) in &self.heard {
            of(name, &|stored| (stored.feedback, stored.feedback_sum) = (*count, *sum));
        }
        for said in self.said.chunk_by(|one, other| one.question == other.question) {
            let numbers = |gold: bool| said.iter().filter(move |said| said.is_gold == gold).filter_map(|said| said.score);
            let answers: Vec<i64> = numbers(false).collect();
            if let Some(first) = said.first().filter(|_| said.iter().any(|said| said.score.is_some())) {
                of(&first.name, &|stored| {
                    stored.count(&answers);
                    stored.gold = numbers(true).next();
                });
            }
        }
        let settled = by_name.into_values().map(|mut score| {
            score.settle();
            score
        });
        settled.filter(|score| score.value().is_some()).collect()
    }
}

/// What counts of what was said to one question whose answers lie on `expected`, with its name.
fn expectation<'a>(said: &[&'a Said]) -> Option<(&'a str, &'a AnswerValue)> {
    let first = said.first().filter(|said| Field::of(&said.kind) == Some(Field::Expected))?;
    let gold = said.iter().find(|said| said.is_gold).map(|said| &said.value);
    let answers: Vec<_> = said.iter().filter(|said| !said.is_gold).map(|said| &said.value).collect();
    expected::most_frequent(gold, &answers).map(|value| (first.name.as_str(), value))
}

/// What counts of the texts that were said to one question.
fn text<'a>(said: &[&'a Said]) -> Option<&'a Said> {
    said.first().filter(|said| Field::of(&said.kind) == Some(Field::Metadata))?;
    let mut answers: Vec<&Said> = said.iter().copied().filter(|said| !said.is_gold).collect();
    answers.sort_by_key(|said| said.transaction);
    expected::latest(said.iter().copied().find(|said| said.is_gold), &answers)
}

/// Texts of different questions meet at one place when a question left it or was archived. What was said last lies on top, whatever the
/// order of the form has become.
fn write_texts(base: Option<&RawValue>, mut texts: Vec<&Said>) -> Result<Option<Raw>> {
    texts.sort_by(|one, other| (one.transaction, &one.name).cmp(&(other.transaction, &other.name)));
    let texts = texts.into_iter().filter_map(|said| match &said.kind {
        QuestionKind::Text { path } => Some((path, &said.value)),
        QuestionKind::Continuous | QuestionKind::Categorical { .. } | QuestionKind::Expected { .. } => None,
    });
    Ok(expected::write_texts(base, &texts.collect::<Vec<_>>())?)
}
