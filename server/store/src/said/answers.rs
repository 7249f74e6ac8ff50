//! Answers: one of each reviewer to each question on each span, and what a span's score becomes by them.

use crate::content::judgement::{Content, Field};
use crate::content::scores::{self, StoredScore};
use crate::content::traces::{self, Effect};
use crate::ground::body;
use crate::ground::database::{all, statement, values};
use crate::ground::keys::SpanKey;
use crate::ground::places::{Home, LocatedSpan, find_span};
use crate::ground::upsert::Upsert;
use crate::looking::sight::{Seen, Sight};
use crate::people::names::folded;
use crate::projects::questions::{self, StoredQuestion};
use crate::projects::settings;
use crate::said::evidence::{self, HowGiven};
use crate::said::stored::{self, StoredSaid};
use crate::said::versions::{self, Table};
use crate::writing::activity::NewActivity;
use crate::writing::turn::{LookedUpBeside, Turn};
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryResult, Value};
use serde::Serialize;
use serde_json::value::RawValue;
use shared::Problem;
use shared::answers::{Answer, Circumstances, SetAnswer, Taken, check_reason, take};
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::expected;
use shared::live::TouchedPart;
use shared::objects::{ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::questions::{Question, QuestionKind};
use shared::summary::SpanScore;
use std::collections::BTreeMap;

impl Desk {
    /// Sets or clears the caller's answer to one question on one span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers and for who is not asked, [`Problem::NotFound`] for an unknown span or question,
    /// [`Problem::Invalid`] for a value that the question does not take or a question that is not asked here,
    /// [`Problem::Confirm`] where `expected` holds a value of its own.
    pub async fn set_answer(&self, command: SetAnswer) -> Result<AnswerSet> {
        let question = command.question.clone();
        let (home, span) = self.carry_out(Command::SetAnswer(command)).await?.place;
        // What is committed is read without the writer, which others wait for.
        if let Some(set) = AnswerSet::at_once(self.store.readers(), &self.actor, &home, span.key, &question).await? {
            return Ok(set);
        }
        let snapshot = self.store.snapshot().await?;
        let mut answer = own(&snapshot, &home, span.key, &self.actor, &question).await?;
        if let Some(answer) = &mut answer {
            let sight = Sight::of(&snapshot, &self.actor, &home).await?;
            let seen = sight.of_spans(&snapshot, &[span.key]).await?;
            evidence::weigh(&snapshot, &seen, span.key, std::slice::from_mut(answer)).await?;
        }
        Ok(AnswerSet { answer, standing: Standing::read(&snapshot, &self.actor, &home, &span).await? })
    }

    /// How a row stands, as far as the caller may see it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown span.
    pub async fn standing(&self, row: &RowAddress) -> Result<Standing> {
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let (home, span) = find_span(&snapshot, row).await?;
        Standing::read(&snapshot, &self.actor, &home, &span).await
    }

    /// Everybody's answers on a span, as far as the caller may see them.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown span.
    pub async fn answers(&self, row: &RowAddress) -> Result<Vec<Answer>> {
        let view = self.view_row(row).await?;
        let mut answers = of_span(&view.snapshot, view.span.key).await?;
        let seen = view.seen().await?;
        seen.answers(view.span.key, &mut answers);
        evidence::weigh(&view.snapshot, &seen, view.span.key, &mut answers).await?;
        Ok(answers)
    }
}

/// The row as it stands after an answer was set.
#[derive(Clone, Debug)]
pub struct AnswerSet {
    /// The caller's answer; none after clearing.
    pub answer: Option<Answer>,
    /// The row.
    pub standing: Standing,
}

impl AnswerSet {
    /// Reads it in one statement, where the actor sees everything and nothing that people said lies on the fields of the row; none elsewhere.
    async fn at_once(connection: &impl ConnectionTrait, actor: &Actor, home: &Home, span: SpanKey, question: &str) -> Result<Option<Self>> {
        #[derive(FromQueryResult)]
        struct Row {
            settings: String,
            body: String,
            is_covered: bool,
            scores: Option<String>,
        }
        let text = format!(
            "SELECT p.settings, b.body, {} AS scores, (EXISTS (SELECT 1 FROM answers x WHERE x.project = s.project AND x.span = s.key AND x.score IS NULL) \
             OR EXISTS (SELECT 1 FROM golds x WHERE x.project = s.project AND x.span = s.key AND x.score IS NULL)) AS is_covered, {} \
             FROM projects p JOIN spans s ON s.project = p.short JOIN span_payloads b ON b.project = s.project AND b.span = s.key \
             LEFT JOIN questions q ON q.project_id = p.id AND (q.id = ? OR q.folded = ?) \
             LEFT JOIN answers a ON a.project = s.project AND a.span = s.key AND a.question_id = q.id AND a.person_id = ? \
             WHERE p.short = ? AND s.project = ? AND s.key = ? AND p.deleted IS NULL ORDER BY q.position",
            scores::beside(connection, "span = s.key"),
            StoredSaid::ANSWER
        );
        let bound = values![question, folded(question), actor.person.id.as_str(), home.short(), home.short(), span];
        let found = connection.query_all_raw(statement(connection, &text, bound)).await?;
        let Some(row) = found.first().map(|row| Row::from_query_result(row, "")).transpose()? else { return Ok(None) };
        let settings = settings::read(home.project.as_str(), &row.settings)?;
        if row.is_covered || settings.blind_reviews && !actor.may(Action::SeeThrough) {
            return Ok(None);
        }
        let own = found.iter().map(|row| StoredSaid::from_query_result_optional(row, StoredSaid::PREFIX));
        let own = own.collect::<std::result::Result<Vec<_>, _>>()?.into_iter().flatten().next();
        let scores = scores::read_beside(row.scores.as_deref())?;
        let fields = |key: &str| Field::ALL.iter().any(|field| field.key() == key);
        let content = Content::of_base(body::some(&row.body, fields).unwrap_or_default(), false, Vec::new());
        let standing = Standing {
            scores: scores.iter().filter_map(|score| Some((score.name.clone(), score.view()?))).collect(),
            expected: content.whole_field(Field::Expected)?,
            metadata: content.whole_field(Field::Metadata)?,
        };
        let answer = own.map(|own| own.answer(actor.person.clone())).transpose()?;
        if answer.as_ref().is_some_and(|answer| answer.circumstances.evidence.is_some()) {
            // It is weighed against all of the content.
            return Ok(None);
        }
        Ok(Some(Self { answer, standing }))
    }
}

/// What people's answers change of a row.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Every score of the span now.
    pub scores: BTreeMap<String, SpanScore>,
    /// `expected`, as the text that is stored; none where nothing is.
    pub expected: Option<Box<RawValue>>,
    /// The same of `metadata`.
    pub metadata: Option<Box<RawValue>>,
}

impl Standing {
    async fn read(connection: &impl ConnectionTrait, actor: &Actor, home: &Home, span: &LocatedSpan) -> Result<Self> {
        let sight = Sight::of(connection, actor, home).await?;
        let seen = sight.of_spans(connection, &[span.key]).await?;
        let scores = views(connection, &seen, span.key).await?;
        let content = Content::of_span(connection, span.key).await?;
        let field = |field| seen.content_of(span.key, &content, field);
        Ok(Self { scores, expected: field(Field::Expected)?, metadata: field(Field::Metadata)? })
    }
}

/// What a command about an answer looks up with its place: one row for each answer that somebody gave, one at least.
pub(crate) struct Looked {
    question: Option<StoredQuestion>,
    given: Option<Given>,
    scores: Option<String>,
}

impl FromQueryResult for Looked {
    fn from_query_result(row: &QueryResult, _: &str) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            question: StoredQuestion::from_query_result_optional(row, StoredQuestion::PREFIX)?,
            given: Given::from_query_result_optional(row, "given_")?,
            // Of a command that is no answer nothing is told beside its place.
            scores: row.try_get("", "scores_of_trace").unwrap_or_default(),
        })
    }
}

/// What a command wants to know with its place: the question of an answer, and what everybody has said to it there. SQLite also tells the
/// scores of the trace, once.
pub(crate) fn beside(connection: &impl ConnectionTrait, command: &Command) -> LookedUpBeside {
    let Command::SetAnswer(SetAnswer { question, .. }) = command else { return LookedUpBeside::default() };
    const IS_FIRST: &str = "NOT EXISTS (SELECT 1 FROM answers b WHERE b.project = a.project AND b.span = a.span \
                            AND b.question_id = a.question_id AND b.person_id < a.person_id)";
    let scores = match connection.get_database_backend() {
        DbBackend::Sqlite => format!("CASE WHEN {IS_FIRST} THEN {} END", scores::beside(connection, "trace = s.trace")),
        _ => "CAST(NULL AS TEXT)".to_owned(),
    };
    LookedUpBeside {
        columns: format!(
            ", {}, {scores} AS scores_of_trace, a.person_id AS given_person_id, a.value AS given_value, a.score AS given_score, \
             a.version AS given_version, a.active AS given_active, a.seconds AS given_seconds, a.visible AS given_visible, \
             a.sureness AS given_sureness, a.evidence AS given_evidence",
            StoredQuestion::COLUMNS
        ),
        joins: format!("{} LEFT JOIN answers a ON a.project = p.short AND a.span = s.key AND a.question_id = q.id", StoredQuestion::JOIN),
        bound: values![question.as_str(), folded(question)],
    }
}

/// A question, and what everybody has said to it on a span.
pub(crate) struct QuestionAsked {
    question: Question,
    given: Vec<Given>,
    /// Of all spans of the trace, where they are known already.
    scores: Option<Vec<StoredScore>>,
}

impl QuestionAsked {
    /// What was looked up by the id or the name of a question.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such question.
    pub(crate) fn of(looked: Vec<Looked>, question: &str) -> Result<Self> {
        let mut asked: Option<StoredQuestion> = None;
        let mut given = Vec::with_capacity(looked.len());
        let mut scores = None;
        for row in looked {
            scores = scores.or(row.scores);
            // A name may be the id of another question.
            if asked.is_none() || asked.as_ref().map(StoredQuestion::id) == row.question.as_ref().map(StoredQuestion::id) {
                given.extend(row.given);
                asked = row.question;
            }
        }
        let scores = scores.map(|scores| scores::read_beside(Some(&scores))).transpose()?;
        Ok(Self { question: questions::found(asked, question)?, given, scores })
    }

    /// Reads it on its own.
    pub(crate) async fn read(turn: &Turn<'_>, question: &str) -> Result<Self> {
        let question = questions::find(&turn.change.transaction, &turn.home.project, question).await?;
        let text = "SELECT person_id, value, score, version, active, seconds, visible, sureness, evidence FROM answers WHERE project = ? AND span = ? AND question_id = ?";
        let bound = values![turn.home.short(), turn.span.key, question.id.as_str()];
        Ok(Self { given: all::<Given>(&turn.change.transaction, text, bound).await?, question, scores: None })
    }
}

/// Sets or clears the answer. What is left out of how it is given stays while the value does.
pub(crate) async fn set(turn: &mut Turn<'_>, mut command: SetAnswer, asked: QuestionAsked) -> Result<()> {
    require_asked_of(&asked.question, &turn.home, turn.actor)?;
    command.circumstances.check()?;
    let taken = command.value.clone().map(|value| take(&asked.question, value)).transpose()?.flatten();
    let wanted = taken.as_ref().map(|taken| serde_json::to_string(&taken.value)).transpose()?;
    let before = asked.given.iter().find(|given| given.person_id == turn.person().as_str());
    if let Some(before) = before.filter(|before| Some(&before.value) == wanted.as_ref()) {
        command.circumstances = command.circumstances.over(&before.how.read()?);
    }
    put(turn, command, asked).await
}

/// Sets or clears the answer, given as the command says and in no other way.
pub(crate) async fn put(turn: &mut Turn<'_>, command: SetAnswer, asked: QuestionAsked) -> Result<()> {
    let QuestionAsked { question, given, scores } = asked;
    let (person, span) = (turn.person(), turn.span.key);
    require_asked_of(&question, &turn.home, turn.actor)?;
    let circumstances = command.circumstances.kept();
    let taken = command.value.map(|value| take(&question, value)).transpose()?.flatten();
    check_reason(command.reason.as_deref().unwrap_or_default())?;
    let before = given.iter().find(|given| given.person_id == person.as_str());
    let wanted = taken.as_ref().map(|taken| serde_json::to_string(&taken.value)).transpose()?;
    let has_reason = command.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    let told = wanted.as_ref().map(|_| evidence::told(&circumstances)).transpose()?.flatten();
    let stands = match before {
        Some(before) if before.stands(&question) && Some(&before.value) == wanted.as_ref() => evidence::told(&before.how.read()?)? == told,
        _ => false,
    };
    if (before.is_none() && wanted.is_none()) || (stands && !has_reason) {
        // What stands already is not said again, and what is not there is not cleared: there is nothing that the activity could tell.
        return Ok(());
    }
    if let Some(taken) = &taken {
        require_room(turn, &question, taken, command.confirm).await?;
    }
    let own = before.map(|before| before.version);
    let before = before.map(|before| before.value.clone());
    if before.is_some() {
        let whose = values![span, question.id.as_str(), person.as_str()];
        let condition = "span = ? AND question_id = ? AND person_id = ?";
        let part = versions::keeping(turn.change, &turn.home, Table::Answers, condition, whose).await?;
        turn.write(part);
    }
    let written = store(turn, &question, taken.as_ref(), own, &circumstances).await?;
    let part = versions::marking(turn.change, &turn.home, span).await?;
    turn.write(part);
    let deed = if written.is_some() { Deed::Answer } else { Deed::Clear };
    let entry = turn.entry(deed, subject_of(&question), before, written);
    turn.tell(vec![NewActivity { reason: command.reason, given: told, ..entry }]).await?;
    if !question.definition.kind.is_score() {
        return tell_said(turn).await;
    }
    let others = given.iter().filter(|given| given.person_id != person.as_str());
    let own = taken.and_then(|taken| taken.score).map(|score| score.0);
    let numbers: Vec<i64> = others.filter_map(|given| given.score).chain(own).collect();
    change_known_score(turn, &question.name, scores, |score| score.count(&numbers)).await
}

/// Refuses a question that is not asked of somebody about rows of this kind of object.
pub(crate) fn require_asked_of(question: &Question, home: &Home, actor: &Actor) -> Result<()> {
    require_asked(question, home)?;
    if !question.definition.audience.includes(&actor.person) {
        return Err(Problem::not_yours(format!("{} is asked of others. Its configuration says of whom.", question.name)).into());
    }
    Ok(())
}

/// Refuses a question that is not asked about rows of this kind of object. What ran before it was archived is not asked again.
pub(crate) fn require_asked(question: &Question, home: &Home) -> Result<()> {
    let refuse = |reason: String| Err(Problem::invalid("question", reason).into());
    if question.archived {
        return refuse(format!("{} is archived and takes no answers.", question.name));
    }
    if !question.definition.fits(home.kind) {
        let rows = match home.kind {
            ObjectKind::ProjectLogs => "rows of logs",
            ObjectKind::Experiment => "rows of an experiment",
            ObjectKind::Dataset => "rows of a dataset",
        };
        return refuse(format!("{} is not asked about {rows}.", question.name));
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
    change_known_score(turn, name, None, alter).await
}

/// The same, where the scores of the trace may be known already.
async fn change_known_score(
    turn: &mut Turn<'_>,
    name: &str,
    scores: Option<Vec<StoredScore>>,
    alter: impl FnOnce(&mut StoredScore),
) -> Result<()> {
    let span = &turn.span;
    let mut scores = match scores {
        Some(scores) => scores,
        None => scores::of_traces(&turn.change.transaction, &[span.trace]).await?,
    };
    let is_it = |score: &StoredScore| score.span == span.key && score.name == name;
    let before = scores.iter().find(|score| is_it(score)).cloned().unwrap_or_else(|| StoredScore::new(span.key, name));
    let mut after = StoredScore { trace: span.trace, ..before.clone() };
    alter(&mut after);
    after.settle();
    let changed = scores::writing(&turn.home, std::slice::from_ref(&after));
    let mut effect = Effect::new(&turn.home);
    effect.touch(span.trace, &span.root_span_id, &turn.row, TouchedPart::Said);
    effect.count(turn.change, name, (span.created, before.value()), (span.created, after.value()));
    scores.retain(|score| !is_it(score));
    scores.push(after);
    scores.sort_by(|one, other| (&one.name, one.span).cmp(&(&other.name, other.span)));
    let trace = span.trace;
    let writes = turn.take_writes().into_iter().chain(changed).collect();
    traces::settle_scores(turn.change, effect, trace, scores, writes).await
}

/// Tells what was said that is no score. It lies on the fields of the row, which are read with it.
pub(crate) async fn tell_said(turn: &mut Turn<'_>) -> Result<()> {
    let mut effect = Effect::new(&turn.home);
    effect.touch(turn.span.trace, &turn.span.root_span_id, &turn.row, TouchedPart::Any);
    let writes = turn.take_writes();
    traces::tell_said(turn.change, effect, writes).await
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
    version: i32,
    active: bool,
    #[sea_orm(nested)]
    how: HowGiven,
}

impl Given {
    /// Whether it counts, and was given to the question as it is asked now.
    fn stands(&self, question: &Question) -> bool {
        self.active && self.version == question.version
    }
}

/// Writes or removes the answer, with what else the turn writes; returns what stands there then, as JSON text. `before` is the version of the
/// question that the answer before it was of.
async fn store(
    turn: &mut Turn<'_>,
    question: &Question,
    taken: Option<&Taken>,
    before: Option<i32>,
    circumstances: &Circumstances,
) -> Result<Option<String>> {
    let (person, Turn { change, home, span, .. }) = (turn.person(), &mut *turn);
    let whose = values![home.short(), span.key, question.id.as_str(), person.as_str()];
    let Some(taken) = taken else {
        let text = "DELETE FROM answers WHERE project = ? AND span = ? AND question_id = ? AND person_id = ?";
        turn.write((text.to_owned(), whose));
        return Ok(None);
    };
    let value = serde_json::to_string(&taken.value)?;
    let how = HowGiven::of(circumstances)?.into_values();
    let transaction = change.transaction_id(&home.project).await?;
    let part = if let Some(before) = before {
        let now = values![value.as_str(), taken.score.map(|score| score.0), change.now, true, transaction];
        // An index over the version would be written again, whatever it is.
        let other = Some(question.version).filter(|version| *version != before);
        let text = format!(
            "UPDATE answers SET {}value = ?, score = ?, updated = ?, active = ?, transaction_id = ?, seconds = ?, visible = ?, sureness = ?, \
             evidence = ? \
             WHERE project = ? AND span = ? AND question_id = ? AND person_id = ?",
            if other.is_some() { "version = ?, " } else { "" }
        );
        (text, other.map(Value::from).into_iter().chain(now).chain(how).chain(whose).collect())
    } else {
        let [seconds, visible, sureness, evidence] = how;
        Upsert::into("answers")
            .set("project", home.short())
            .set("object", home.key)
            .set("span", span.key)
            .set("question_id", question.id.as_str())
            .set("person_id", person.as_str())
            .set("version", question.version)
            .set("value", value.as_str())
            .set("score", taken.score.map(|score| score.0))
            .set("created", change.now)
            .set("updated", change.now)
            .set("active", true)
            .set("first_transaction", transaction)
            .set("transaction_id", transaction)
            .set("seconds", seconds)
            .set("visible", visible)
            .set("sureness", sureness)
            .set("evidence", evidence)
            .insertion()
    };
    turn.write(part);
    Ok(Some(value))
}

/// What the actor has said on a span to a question, by its id or its name.
async fn own(connection: &impl ConnectionTrait, home: &Home, span: SpanKey, actor: &Actor, question: &str) -> Result<Option<Answer>> {
    let condition = " AND s.person_id = ? AND q.project_id = ? AND (q.id = ? OR q.folded = ?)";
    let bound = values![actor.person.id.as_str(), home.project.as_str(), question, folded(question)];
    let said = StoredSaid::read(connection, Table::Answers, span, condition, bound).await?;
    said.into_iter().next().map(|said| said.answer(actor.person.clone())).transpose()
}

/// Everybody's answers on a span, in the order of the questions.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Vec<Answer>> {
    let said = StoredSaid::read(connection, Table::Answers, span, "", Vec::new()).await?;
    stored::by_people(connection, said).await?.into_iter().map(|(said, person)| said.answer(person)).collect()
}

/// The scores of a span that may be seen, as pages see them.
pub(crate) async fn views(connection: &impl ConnectionTrait, seen: &Seen<'_>, span: SpanKey) -> Result<BTreeMap<String, SpanScore>> {
    let mut scores = scores::of_spans(connection, &[span]).await?;
    seen.scores(&mut scores);
    Ok(scores.iter().filter_map(|score| Some((score.name.clone(), score.view()?))).collect())
}
