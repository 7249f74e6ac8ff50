//! Answers: one of each reviewer to each question on each span, and what a span's score becomes by them.

use crate::content::judgement::{Content, Field};
use crate::content::scores::{self, StoredScore};
use crate::content::traces::{self, Effect};
use crate::ground::database::{all, run, values};
use crate::ground::places::{Home, find_span, project_of};
use crate::looking::sight::{Seen, Sight};
use crate::people::names;
use crate::projects::questions;
use crate::said::versions::{self, Table};
use crate::writing::activity::NewActivity;
use crate::writing::turn::Turn;
use crate::{Desk, Error, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::answers::{Answer, AnswerSet, Circumstances, SetAnswer, Taken, check_reason, take};
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::expected;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::questions::{Question, QuestionKind};
use shared::summary::{Nano, SpanScore};
use shared::{Micros, PersonId, Problem, QuestionId};
use std::collections::BTreeMap;

impl Desk {
    /// Sets or clears the caller's answer to one question on one span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers and for who is not asked, [`Problem::NotFound`] for an unknown span or question,
    /// [`Problem::Invalid`] for a value that the question does not take or a question that is not asked here,
    /// [`Problem::Confirm`] where `expected` holds a value of its own.
    pub async fn set_answer(&self, command: SetAnswer) -> Result<AnswerSet> {
        self.run(Command::SetAnswer(command.clone())).await?;
        // What is committed is read without the writer, which others wait for.
        let readers = self.store.readers();
        let (home, span) = find_span(readers, &command.row).await?;
        let sight = Sight::of(readers, &self.actor, &home).await?;
        let question = questions::find(readers, &home.project, &command.question).await?.id;
        let answers = of_span(readers, span.key).await?;
        let answer = answers.into_iter().find(|answer| answer.question == question && answer.reviewer.id == self.actor.person.id);
        Ok(AnswerSet { answer, scores: views(readers, &sight.of_spans(readers, &[span.key]).await?, span.key).await? })
    }

    /// Everybody's answers on a span, as far as the caller may see them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown span.
    pub async fn answers(&self, row: &RowAddress) -> Result<Vec<Answer>> {
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let (home, span) = find_span(&snapshot, row).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        let mut answers = of_span(&snapshot, span.key).await?;
        sight.of_spans(&snapshot, &[span.key]).await?.answers(span.key, &mut answers);
        Ok(answers)
    }
}

/// Sets or clears the answer.
pub(crate) async fn set(turn: &mut Turn<'_>, command: SetAnswer) -> Result<()> {
    let question = questions::find(&turn.change.transaction, &turn.home.project, &command.question).await?;
    let (person, span) = (turn.person(), turn.span.key);
    require_asked(&question, &turn.home)?;
    if !question.definition.audience.includes(&turn.actor.person) {
        return Err(Problem::not_yours(format!("{} is asked of others. Its configuration says of whom.", question.name)).into());
    }
    let circumstances = command.circumstances;
    let taken = command.value.map(|value| take(&question, value)).transpose()?.flatten();
    check_reason(command.reason.as_deref().unwrap_or_default())?;
    if let Some(taken) = &taken {
        require_room(turn, &question, taken, command.confirm).await?;
    }
    let given = given(&turn.change.transaction, span, &question.id).await?;
    let before = given.iter().find(|given| given.person_id == person.as_str()).map(|given| given.value.clone());
    if before.is_none() && taken.is_none() {
        // There is nothing to clear, so nothing is done that the activity could tell.
        return Ok(());
    }
    if before.is_some() {
        let whose = values![span, question.id.as_str(), person.as_str()];
        versions::keep(turn.change, &turn.home, Table::Answers, "span = ? AND question_id = ? AND person_id = ?", whose).await?;
    }
    let written = store(turn, &question, taken.as_ref(), &circumstances).await?;
    versions::mark(turn.change, &turn.home, span).await?;
    let deed = if written.is_some() { Deed::Answer } else { Deed::Clear };
    let entry = turn.entry(deed, subject_of(&question), before, written);
    turn.tell(vec![NewActivity { reason: command.reason, ..entry }]).await?;
    if !question.definition.kind.is_score() {
        return tell_said(turn).await;
    }
    let others = given.iter().filter(|given| given.person_id != person.as_str());
    let own = taken.and_then(|taken| taken.score).map(|score| score.0);
    let numbers: Vec<i64> = others.filter_map(|given| given.score).chain(own).collect();
    change_score(turn, &question.name, |score| score.count(&numbers)).await
}

/// Refuses a question that is not asked about rows of this kind of object. What ran before it was archived is not asked again.
pub(crate) fn require_asked(question: &Question, home: &Home) -> Result<()> {
    let refuse = |reason: String| Err(Problem::invalid("question", reason).into());
    if question.archived {
        return refuse(format!("{} is archived and takes no answers.", question.name));
    }
    if !question.definition.fits(home.kind) {
        return refuse(format!("{} is not asked about rows of a {}.", question.name, home.kind.as_str()));
    }
    Ok(())
}

/// What the activity calls a question. Its name is fixed, while the place of its answers may be changed later.
pub(crate) fn subject_of(question: &Question) -> Subject {
    let of = if question.definition.kind.is_score() { Subject::Score } else { Subject::Answer };
    of(question.name.clone())
}

/// Changes the score of that name on the span, with everything that follows from it.
pub(crate) async fn change_score(turn: &mut Turn<'_>, name: &str, alter: impl FnOnce(&mut StoredScore)) -> Result<()> {
    let span = &turn.span;
    let mut scores = scores::of_traces(&turn.change.transaction, &[span.trace]).await?;
    let is_it = |score: &StoredScore| score.span == span.key && score.name == name;
    let before = scores.iter().find(|score| is_it(score)).cloned().unwrap_or_else(|| StoredScore::new(span.key, name));
    let mut after = StoredScore { trace: span.trace, ..before.clone() };
    alter(&mut after);
    after.settle();
    scores::write(&turn.change.transaction, &turn.home, std::slice::from_ref(&after)).await?;
    let mut effect = Effect::new(&turn.home);
    effect.touch(span.trace, &span.root_span_id, &turn.row);
    effect.count(turn.change, name, (span.created, before.value()), (span.created, after.value()));
    scores.retain(|score| !is_it(score));
    scores.push(after);
    scores.sort_by(|one, other| (&one.name, one.span).cmp(&(&other.name, other.span)));
    traces::settle_scores(turn.change, effect, span.trace, scores).await
}

/// Tells what was said that is no score. It lies on the content of the row, which stays as it is.
pub(crate) async fn tell_said(turn: &mut Turn<'_>) -> Result<()> {
    let mut effect = Effect::new(&turn.home);
    effect.touch(turn.span.trace, &turn.span.root_span_id, &turn.row);
    traces::tell_said(turn.change, effect).await
}

/// Refuses an answer that cannot be written where it belongs, or that needs consent: as far as the actor may see what stands there.
pub(crate) async fn require_room(turn: &Turn<'_>, question: &Question, taken: &Taken, confirmed: bool) -> Result<()> {
    let Some(field) = Field::of(&question.definition.kind) else { return Ok(()) };
    let (connection, span) = (&turn.change.transaction, turn.span.key);
    let content = Content::of_span(connection, span).await?;
    let sight = Sight::of(connection, turn.actor, &turn.home).await?;
    let seen = sight.of_spans(connection, &[span]).await?;
    let shown = seen.content_of(span, &content, field)?;
    let shown = shown.as_deref();
    match &question.definition.kind {
        QuestionKind::Text { path } if !expected::has_room(shown, path) => {
            let reason = format!("There is a value in the way of {}, which is kept. Give the question another place.", path.as_str());
            Err(Problem::invalid("value", reason).into())
        }
        QuestionKind::Expected { .. } if !confirmed && !seen.sees_said(span, &content, field) && expected::needs_consent(shown) => {
            let proposed = expected::project(shown, &[(question.name.as_str(), &taken.value)])?;
            let what = "expected holds a value that did not come from review. It would be kept under the key expected, beside the answer.";
            let proposed = proposed.map(|value| value.get().to_owned()).unwrap_or_default();
            Err(Problem::Confirm { what: what.to_owned(), proposed }.into())
        }
        QuestionKind::Text { .. } | QuestionKind::Expected { .. } | QuestionKind::Continuous | QuestionKind::Categorical { .. } => Ok(()),
    }
}

/// What somebody said to a question on a span.
#[derive(FromQueryResult)]
struct Given {
    person_id: String,
    value: String,
    score: Option<i64>,
}

async fn given(connection: &impl ConnectionTrait, span: i64, question: &QuestionId) -> Result<Vec<Given>> {
    let text = "SELECT person_id, value, score FROM answers WHERE project = ? AND span = ? AND question_id = ?";
    all::<Given>(connection, text, values![project_of(span), span, question.as_str()]).await
}

/// Writes or removes the answer; returns what stands there now, as JSON text.
async fn store(turn: &mut Turn<'_>, question: &Question, taken: Option<&Taken>, circumstances: &Circumstances) -> Result<Option<String>> {
    let (person, Turn { change, home, span, .. }) = (turn.person(), turn);
    let Some(taken) = taken else {
        run(
            &change.transaction,
            "DELETE FROM answers WHERE project = ? AND span = ? AND question_id = ? AND person_id = ?",
            values![home.short(), span.key, question.id.as_str(), person.as_str()],
        )
        .await?;
        return Ok(None);
    };
    let value = serde_json::to_string(&taken.value)?;
    let longest = |_| Problem::invalid("seconds", "Nobody looks at an item for so long.");
    let seconds = circumstances.seconds.map(i32::try_from).transpose().map_err(longest)?;
    let visible = circumstances.visible.as_ref().map(serde_json::to_string).transpose()?;
    let transaction = change.transaction_id(&home.project).await?;
    run(
        &change.transaction,
        "INSERT INTO answers (id, project, object, span, question_id, person_id, version, value, score, created, updated, active, \
         first_transaction, transaction_id, seconds, visible) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, span, question_id, person_id) \
         DO UPDATE SET version = excluded.version, value = excluded.value, score = excluded.score, updated = excluded.updated, \
         active = excluded.active, transaction_id = excluded.transaction_id, seconds = excluded.seconds, visible = excluded.visible",
        values![
            change.fate.id(),
            home.short(),
            home.key,
            span.key,
            question.id.as_str(),
            person.as_str(),
            question.version,
            value.as_str(),
            taken.score.map(|score| score.0),
            change.now,
            change.now,
            true,
            transaction,
            transaction,
            seconds,
            visible,
        ],
    )
    .await?;
    Ok(Some(value))
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
        active: bool,
        seconds: Option<i32>,
        visible: Option<String>,
    }
    let rows = all::<Row>(
        connection,
        "SELECT a.question_id, q.name, a.person_id, a.version, a.value, a.score, a.updated, a.active, a.seconds, a.visible FROM answers a JOIN questions q ON q.id = a.question_id \
         WHERE a.project = ? AND a.span = ? ORDER BY q.position, a.first_transaction",
        values![project_of(span), span],
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
            active: row.active,
            circumstances: Circumstances {
                seconds: row.seconds.and_then(|seconds| u32::try_from(seconds).ok()),
                visible: row.visible.as_deref().map(serde_json::from_str).transpose()?,
            },
        });
    }
    Ok(answers)
}

/// The scores of a span that may be seen, as pages see them.
pub(crate) async fn views(connection: &impl ConnectionTrait, seen: &Seen<'_>, span: i64) -> Result<BTreeMap<String, SpanScore>> {
    let mut scores = scores::of_spans(connection, &[span]).await?;
    seen.scores(&mut scores);
    Ok(scores.iter().filter_map(|score| Some((score.name.clone(), score.view()?))).collect())
}
