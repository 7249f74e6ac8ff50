//! Answers: one of each reviewer to each question on each span, and what a span's score becomes by them.

use crate::activity::{NewActivity, record};
use crate::database::{all, one, run, values};
use crate::ingest::Home;
use crate::spans::scores::{self, StoredScore};
use crate::spans::traces::{self, Effect};
use crate::writer::Change;
use crate::{Actor, Desk, Error, Result, ids, names, questions};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::answers::{Answer, AnswerSet, AnswerValue, SetAnswer, take};
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::questions::Question;
use shared::summary::{Nano, SpanScore};
use shared::{Micros, PersonId, Problem, ProjectId, QuestionId};
use std::collections::BTreeMap;

/// A span as a command finds it.
#[derive(FromQueryResult)]
pub(crate) struct FoundSpan {
    pub(crate) key: i64,
    pub(crate) trace: i64,
    pub(crate) root_span_id: String,
    pub(crate) created: Micros,
}

/// Finds the span and the object of an address.
pub(crate) async fn find_span(connection: &impl ConnectionTrait, row: &RowAddress) -> Result<(Home, FoundSpan)> {
    #[derive(FromQueryResult)]
    struct Found {
        object: i64,
        project_id: String,
        key: Option<i64>,
        trace: Option<i64>,
        root_span_id: Option<String>,
        created: Option<Micros>,
    }
    let found = one::<Found>(
        connection,
        "SELECT o.key AS object, o.project_id, s.key, s.trace, s.root_span_id, s.created FROM objects o JOIN projects p ON p.id = o.project_id \
         LEFT JOIN spans s ON s.object = o.key AND s.row_id = ? WHERE o.id = ? AND o.kind = ? AND o.deleted IS NULL AND p.deleted IS NULL",
        values![row.id.as_str(), row.object_id.as_str(), row.object_type.as_str()],
    )
    .await?
    .ok_or_else(|| Problem::not_found(format!("{} {}", row.object_type.as_str(), row.object_id)))?;
    let (Some(key), Some(trace), Some(root_span_id), Some(created)) = (found.key, found.trace, found.root_span_id, found.created) else {
        return Err(Problem::not_found(format!("row {}", row.id)).into());
    };
    let home = Home { key: found.object, id: row.object_id.clone(), project: ProjectId(found.project_id), kind: row.object_type };
    Ok((home, FoundSpan { key, trace, root_span_id, created }))
}

impl Desk {
    /// Sets or clears the caller's answer to one question on one span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown span or question, [`Problem::Invalid`]
    /// for a value that the question does not take or a question that is archived.
    pub async fn set_answer(&self, command: SetAnswer) -> Result<AnswerSet> {
        self.require(Action::Review)?;
        let actor = self.actor.clone();
        let (span, question) = self.store.write(move |change| Box::pin(set(change, actor, command))).await?;
        // What is committed is read without the writer, which others wait for.
        let readers = self.store.readers();
        let answers = of_span(readers, span).await?;
        let answer = answers.into_iter().find(|answer| answer.question == question && answer.reviewer.id == self.actor.person.id);
        Ok(AnswerSet { answer, scores: views(readers, span).await? })
    }

    /// Everybody's answers on a span.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown span.
    pub async fn answers(&self, row: &RowAddress) -> Result<Vec<Answer>> {
        self.require(Action::Read)?;
        let (_, span) = find_span(self.store.readers(), row).await?;
        of_span(self.store.readers(), span.key).await
    }
}

/// Sets the answer and returns the keys of its span and its question.
async fn set(change: &mut Change, actor: Actor, command: SetAnswer) -> Result<(i64, QuestionId)> {
    let (home, span) = find_span(&change.transaction, &command.row).await?;
    let question = questions::find(&change.transaction, &home.project, &command.question).await?;
    if question.archived {
        return Err(Problem::invalid("question", format!("{} is archived and takes no answers.", question.name)).into());
    }
    let person = &actor.person.id;
    if is_first(change, person, command.client_id.as_deref()).await? {
        let taken = command.value.map(|value| take(&question, value)).transpose()?.flatten();
        let (value, score) = taken.map_or((None, None), |taken| (Some(taken.value), taken.score));
        let given = given(&change.transaction, span.key, &question.id).await?;
        let before = given.iter().find(|given| given.person_id == person.as_str()).map(|given| given.value.clone());
        let written = store(change, &home, &span, &question, person, value.as_ref().zip(score)).await?;
        let others = given.iter().filter(|given| given.person_id != person.as_str());
        let numbers = others.filter_map(|given| given.score).chain(written.as_ref().and(score).map(|score| score.0)).collect();
        let scores = count(change, &home, &span, &question, numbers).await?;
        record(
            change,
            &home,
            vec![NewActivity {
                span: span.key,
                actor: Some(person.clone()),
                external: None,
                source: actor.source(),
                action: if written.is_some() { "answer" } else { "clear" },
                path: format!("scores.{}", question.name),
                from: before,
                to: written,
                reason: command.reason,
            }],
        )
        .await?;
        let mut effect = Effect::new(&home);
        effect.touch(span.trace, &span.root_span_id, &command.row.id);
        effect.count(change, &question.name, (span.created, scores.0.value()), (span.created, scores.1.value()));
        traces::settle_scores(change, effect, span.trace).await?;
    }
    Ok((span.key, question.id))
}

/// Remembers a command; false if it ran already.
pub(crate) async fn is_first(change: &mut Change, person: &PersonId, client_id: Option<&str>) -> Result<bool> {
    let Some(client_id) = client_id else { return Ok(true) };
    let inserted = run(
        &change.transaction,
        "INSERT INTO commands (person_id, client_id, created) VALUES (?, ?, ?) ON CONFLICT (person_id, client_id) DO NOTHING",
        values![person.as_str(), client_id, change.now],
    )
    .await?;
    Ok(inserted > 0)
}

/// What somebody said to a question on a span.
#[derive(FromQueryResult)]
struct Given {
    person_id: String,
    value: String,
    score: Option<i64>,
}

async fn given(connection: &impl ConnectionTrait, span: i64, question: &QuestionId) -> Result<Vec<Given>> {
    let text = "SELECT person_id, value, score FROM answers WHERE span = ? AND question_id = ?";
    all::<Given>(connection, text, values![span, question.as_str()]).await
}

/// Writes or removes the answer; returns what stands there now, as JSON text.
async fn store(
    change: &mut Change,
    home: &Home,
    span: &FoundSpan,
    question: &Question,
    person: &PersonId,
    value: Option<(&AnswerValue, Nano)>,
) -> Result<Option<String>> {
    let Some((value, score)) = value else {
        run(
            &change.transaction,
            "DELETE FROM answers WHERE span = ? AND question_id = ? AND person_id = ?",
            values![span.key, question.id.as_str(), person.as_str()],
        )
        .await?;
        return Ok(None);
    };
    let value = serde_json::to_string(value)?;
    run(
        &change.transaction,
        "INSERT INTO answers (id, project_id, object, span, question_id, person_id, version, value, score, created, updated) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (span, question_id, person_id) DO UPDATE SET version = excluded.version, \
         value = excluded.value, score = excluded.score, updated = excluded.updated",
        values![
            ids::new_id(),
            home.project.as_str(),
            home.key,
            span.key,
            question.id.as_str(),
            person.as_str(),
            question.version,
            value.as_str(),
            score.0,
            change.now,
            change.now,
        ],
    )
    .await?;
    Ok(Some(value))
}

/// Counts the answers to a question on a span into its score; returns the score before and after.
async fn count(
    change: &mut Change,
    home: &Home,
    span: &FoundSpan,
    question: &Question,
    numbers: Vec<i64>,
) -> Result<(StoredScore, StoredScore)> {
    let stored = scores::of_spans(&change.transaction, &[span.key]).await?.into_iter().find(|score| score.name == question.name);
    let before = stored.unwrap_or_else(|| StoredScore::new(span.key, &question.name));
    let mut after = StoredScore {
        trace: span.trace,
        answers: i64::try_from(numbers.len()).unwrap_or(i64::MAX),
        answer_sum: numbers.iter().sum(),
        lowest: numbers.iter().min().copied(),
        highest: numbers.iter().max().copied(),
        ..before.clone()
    };
    after.settle();
    scores::write(&change.transaction, home, std::slice::from_ref(&after)).await?;
    Ok((before, after))
}

/// Everybody's answers on a span, in the order of the questions.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: i64) -> Result<Vec<Answer>> {
    #[derive(FromQueryResult)]
    struct Row {
        question_id: String,
        name: String,
        person_id: String,
        version: i32,
        value: String,
        score: Option<i64>,
        updated: Micros,
    }
    let rows = all::<Row>(
        connection,
        "SELECT a.question_id, q.name, a.person_id, a.version, a.value, a.score, a.updated FROM answers a JOIN questions q ON q.id = a.question_id \
         WHERE a.span = ? ORDER BY q.position, a.created",
        values![span],
    )
    .await?;
    let people = names::people(connection, rows.iter().map(|row| row.person_id.clone())).await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let reviewer = people.get(&PersonId(row.person_id.clone())).cloned();
        answers.push(Answer {
            reviewer: reviewer.ok_or_else(|| Error::Corrupt(format!("an answer of nobody: {}", row.person_id)))?,
            question: QuestionId(row.question_id),
            question_name: row.name,
            version: row.version,
            value: serde_json::from_str(&row.value)?,
            score: row.score.map(|score| Nano(score).score()),
            updated: row.updated,
            active: true,
        });
    }
    Ok(answers)
}

/// Every score of a span as pages see it.
pub(crate) async fn views(connection: &impl ConnectionTrait, span: i64) -> Result<BTreeMap<String, SpanScore>> {
    let scores = scores::of_spans(connection, &[span]).await?;
    Ok(scores.iter().filter_map(|score| Some((score.name.clone(), score.view()?))).collect())
}
