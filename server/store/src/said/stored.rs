//! What people say to questions, as it is stored: answers and gold values are rows of one kind, and this is their reader.

use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, project_of};
use crate::people::names;
use crate::said::evidence::HowGiven;
use crate::said::versions::Table;
use crate::{Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::answers::{Answer, Gold};
use shared::people::Person;
use shared::summary::Nano;
use shared::{Micros, PersonId, QuestionId};

/// An answer or a gold value.
#[derive(FromQueryResult)]
pub(super) struct StoredSaid {
    question_id: String,
    name: String,
    person_id: String,
    version: i32,
    value: String,
    score: Option<i64>,
    updated: Micros,
    active: bool,
    /// Of an answer.
    #[sea_orm(nested)]
    given: HowGiven,
    /// Of a gold value.
    reason: Option<String>,
}

impl StoredSaid {
    /// The columns of an answer `a` to a question `q`, where it is looked up with something else: each with [`StoredSaid::PREFIX`].
    pub(super) const ANSWER: &str = "q.id AS own_question_id, q.name AS own_name, a.person_id AS own_person_id, a.version AS own_version, \
                                     a.value AS own_value, a.score AS own_score, a.updated AS own_updated, a.active AS own_active, \
                                     a.seconds AS own_seconds, a.visible AS own_visible, a.sureness AS own_sureness, \
                                     a.evidence AS own_evidence, CAST(NULL AS TEXT) AS own_reason";

    /// What they begin with.
    pub(super) const PREFIX: &str = "own_";

    /// What is said on a span, in the order of the questions, and what was said first before the rest. The condition, made of our own text,
    /// is one on `s` and its question `q`.
    pub(super) async fn read(
        connection: &impl ConnectionTrait,
        table: Table,
        span: SpanKey,
        condition: &str,
        bound: Vec<Value>,
    ) -> Result<Vec<Self>> {
        let (table, own, first) = match table {
            Table::Answers => {
                ("answers", "s.seconds, s.visible, s.sureness, s.evidence, CAST(NULL AS TEXT) AS reason", "s.first_transaction")
            }
            Table::Golds => {
                let own = "CAST(NULL AS INTEGER) AS seconds, CAST(NULL AS TEXT) AS visible, CAST(NULL AS DOUBLE PRECISION) AS sureness, \
                           CAST(NULL AS TEXT) AS evidence, s.reason";
                ("golds", own, "s.updated")
            }
        };
        let text = format!(
            "SELECT s.question_id, q.name, s.person_id, s.version, s.value, s.score, s.updated, s.active, {own} FROM {table} s \
             JOIN questions q ON q.id = s.question_id WHERE s.project = ? AND s.span = ?{condition} ORDER BY q.position, {first}"
        );
        all(connection, &text, values![project_of(span), span].into_iter().chain(bound).collect()).await
    }

    /// As the answer of the person who gave it.
    pub(super) fn answer(self, reviewer: Person) -> Result<Answer> {
        Ok(Answer {
            reviewer,
            question: QuestionId(self.question_id),
            question_name: self.name,
            version: self.version,
            value: serde_json::from_str(&self.value)?,
            score: self.score.map(|score| Nano(score).score()),
            updated: self.updated,
            active: self.active,
            circumstances: self.given.read()?,
        })
    }

    /// As the gold value that a person set.
    pub(super) fn gold(self, settled_by: Person) -> Result<Gold> {
        Ok(Gold {
            settled_by,
            question: QuestionId(self.question_id),
            question_name: self.name,
            version: self.version,
            value: serde_json::from_str(&self.value)?,
            score: self.score.map(|score| Nano(score).score()),
            reason: self.reason.unwrap_or_default(),
            updated: self.updated,
        })
    }
}

/// Each with the person who said it.
pub(super) async fn by_people(connection: &impl ConnectionTrait, said: Vec<StoredSaid>) -> Result<Vec<(StoredSaid, Person)>> {
    let people = names::people(connection, said.iter().map(|said| said.person_id.clone())).await?;
    let said = said.into_iter().map(|said| match people.get(&PersonId(said.person_id.clone())) {
        Some(person) => Ok((said, person.clone())),
        None => Err(Error::Corrupt(format!("what nobody said: {}", said.person_id))),
    });
    said.collect()
}
