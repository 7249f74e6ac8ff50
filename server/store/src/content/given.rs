//! What reviewers answered, as filters and columns of queries ask it: `answers."Tone".count`, `.mine`, `.by('mia@example.com')`.

use crate::ground::database::{all, list, values};
use crate::ground::keys::{SpanKey, bound};
use crate::people::names::folded;
use crate::{Desk, Result};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::{Map, Value, json};
use shared::answers::AnswerValue;
use shared::permissions::Action;
use shared::summary::Nano;
use shared::{ObjectId, PersonId, TransactionId};
use std::collections::HashMap;

/// An answer that counts.
pub(crate) struct GivenAnswer {
    /// The id of the question.
    pub(crate) question: String,
    name: String,
    person: PersonId,
    email: String,
    /// The version of the question that was answered.
    version: i32,
    value: AnswerValue,
    /// Units of 1e-9; none for what is no number.
    score: Option<i64>,
}

/// The answers that count on some spans, now or as of a version, in the order of the questions and then of who answered first.
pub(crate) async fn of_spans(
    connection: &impl ConnectionTrait,
    spans: &[SpanKey],
    version: Option<TransactionId>,
) -> Result<HashMap<SpanKey, Vec<GivenAnswer>>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        question_id: String,
        name: String,
        person_id: String,
        email: String,
        version: i32,
        value: String,
        score: Option<i64>,
    }
    const COLUMNS: &str = "span, question_id, person_id, version, value, score, first_transaction";
    let mut by_span: HashMap<SpanKey, Vec<GivenAnswer>> = HashMap::new();
    if spans.is_empty() {
        return Ok(by_span);
    }
    let places = list(spans.len());
    let mut given = format!("SELECT {COLUMNS} FROM answers WHERE project = ? AND span IN ({places}) AND active = ?");
    let mut values: Vec<_> = bound(spans).into_iter().chain(values![true]).collect();
    if let Some(version) = version {
        given += &format!(
            " AND transaction_id <= ? UNION ALL SELECT {COLUMNS} FROM said_versions \
             WHERE project = ? AND span IN ({places}) AND active = ? AND gold = ? AND transaction_id <= ? AND superseded > ?"
        );
        values.extend(values![version.0]);
        values.extend(bound(spans).into_iter().chain(values![true, false, version.0, version.0]));
    }
    let text = format!(
        "SELECT a.span, a.question_id, q.name, a.person_id, p.email, a.version, a.value, a.score FROM ({given}) a \
         JOIN questions q ON q.id = a.question_id JOIN people p ON p.id = a.person_id \
         ORDER BY a.span, q.position, q.created, q.id, a.first_transaction, a.person_id"
    );
    for row in all::<Row>(connection, &text, values).await? {
        by_span.entry(row.span).or_default().push(GivenAnswer {
            question: row.question_id,
            name: row.name,
            person: PersonId(row.person_id),
            email: row.email,
            version: row.version,
            value: serde_json::from_str(&row.value)?,
            score: row.score,
        });
    }
    Ok(by_span)
}

impl Desk {
    /// Who answered which questions anywhere in an object: the names of questions with folded addresses, in the order of the questions. For
    /// who sees through blindness.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] below engineers, [`shared::Problem::NotFound`] for an unknown object.
    pub async fn answered_by(&self, object: &ObjectId) -> Result<Vec<(String, String)>> {
        #[derive(FromQueryResult)]
        struct Row {
            name: String,
            email: String,
        }
        self.require(Action::ActOnMany)?;
        let home = self.find_object(object).await?;
        let text = "SELECT q.name, p.email FROM (SELECT DISTINCT question_id, person_id FROM answers WHERE project = ? AND object = ?) a \
                    JOIN questions q ON q.id = a.question_id JOIN people p ON p.id = a.person_id ORDER BY q.position, q.created, q.id, p.email";
        let rows = all::<Row>(self.store.readers(), text, values![home.short(), home.key]).await?;
        Ok(rows.into_iter().map(|row| (row.name, folded(&row.email))).collect())
    }
}

/// The answers to one question on the way.
#[derive(Default)]
struct OfQuestion {
    values: Vec<Value>,
    scores: Vec<i64>,
    count: i64,
    mine: Option<Value>,
    by: Map<String, Value>,
    version: i32,
}

/// The column of these answers as somebody asks for it, by the names of the questions; null of none. `values` are what was said, `spread` is
/// how far apart two or more numbers are, `version` the newest that was answered, and people go by their folded addresses.
pub(crate) fn column(given: &[GivenAnswer], me: &PersonId) -> Value {
    let mut questions: IndexMap<&str, OfQuestion> = IndexMap::new();
    for answer in given {
        let said = said(answer);
        let question = questions.entry(&answer.name).or_default();
        question.count += 1;
        question.version = question.version.max(answer.version);
        question.scores.extend(answer.score);
        for value in &said {
            if !question.values.contains(value) {
                question.values.push(value.clone());
            }
        }
        let said = if let [one] = said.as_slice() { one.clone() } else { Value::Array(said) };
        if answer.person == *me {
            question.mine = Some(said.clone());
        }
        question.by.insert(folded(&answer.email), said);
    }
    let columns: Map<String, Value> = questions.into_iter().map(|(name, question)| (name.to_owned(), question.column())).collect();
    if columns.is_empty() { Value::Null } else { Value::Object(columns) }
}

/// Everything that an answer goes by: an option by its name and by its number.
fn said(answer: &GivenAnswer) -> Vec<Value> {
    let number = answer.score.map(|score| json!(Nano(score).score()));
    match &answer.value {
        AnswerValue::Number(value) => vec![number.unwrap_or_else(|| json!(value))],
        AnswerValue::Text(text) => std::iter::once(json!(text)).chain(number).collect(),
        AnswerValue::List(names) => names.iter().map(|name| json!(name)).chain(number).collect(),
    }
}

impl OfQuestion {
    fn column(self) -> Value {
        let ends = self.scores.iter().min().zip(self.scores.iter().max()).filter(|_| self.scores.len() > 1);
        let spread = ends.map(|(lowest, highest)| Nano(highest - lowest).score());
        json!({
            "values": self.values, "count": self.count, "spread": spread, "mine": self.mine, "by": self.by, "version": self.version,
        })
    }
}
