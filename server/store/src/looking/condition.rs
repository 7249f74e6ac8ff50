//! About which rows a question is asked.
//!
//! It is decided on the server for the open span, its spans below and its trace, as far as the person may see them; the page only leaves
//! the form out. Whoever answers through REST is not asked.

use crate::Result;
use crate::ground::database::{all, values};
use crate::ground::places::project_of;
use crate::ground::time;
use crate::looking::search::{self, FoundSpan, mentions_comments};
use crate::looking::sight::Sight;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::filter::{Expression, Fields, bind_person, holds, holds_in_trace, parse_expression};
use shared::questions::{Condition, Definition};
use shared::{PersonId, ProjectId, QuestionId};
use std::collections::HashSet;

/// A span, as conditions look at it.
pub(crate) struct InTrace<'a> {
    /// Its key.
    pub(crate) span: i64,
    /// The key of its trace.
    pub(crate) trace: i64,
    /// The keys of the spans below it.
    pub(crate) below: &'a HashSet<i64>,
}

/// The questions of a project whose conditions do not hold for a span, as far as the person who looks may see it.
pub(crate) async fn unasked(
    connection: &impl ConnectionTrait,
    sight: &Sight,
    person: &PersonId,
    project: &ProjectId,
    place: &InTrace<'_>,
) -> Result<Vec<QuestionId>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        definition: String,
    }
    let text = "SELECT q.id, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND NOT q.archived";
    let mut conditions = Vec::new();
    for row in all::<Row>(connection, text, values![project.as_str()]).await? {
        let condition = serde_json::from_str::<Definition>(&row.definition)?.condition;
        if !condition.is_empty() {
            conditions.push((QuestionId(row.id), Filters::of(&condition, person)));
        }
    }
    if conditions.is_empty() {
        return Ok(Vec::new());
    }
    let comments = conditions.iter().any(|(_, filters)| filters.all().any(mentions_comments));
    let (condition, key) = match conditions.iter().all(|(_, filters)| filters.look_at_the_span_only()) {
        true => ("s.project = ? AND s.key = ?", place.span),
        false => ("s.project = ? AND s.trace = ?", place.trace),
    };
    let spans = search::load(connection, sight, condition, values![project_of(key), key], "", comments).await?;
    let now = time::now();
    let unasked = conditions.into_iter().filter(|(_, filters)| !filters.hold(&spans, place, now));
    Ok(unasked.map(|(question, _)| question).collect())
}

/// A condition that has been read.
struct Filters {
    span: Vec<Expression>,
    below: Vec<Expression>,
    trace: Vec<Expression>,
}

impl Filters {
    /// Reads a condition that was readable when it was saved.
    fn of(condition: &Condition, person: &PersonId) -> Self {
        let read = |filters: &[String]| {
            let read = filters.iter().filter_map(|filter| parse_expression(filter).ok());
            read.map(|filter| bind_person(filter, person.as_str())).collect()
        };
        Self { span: read(&condition.span), below: read(&condition.below), trace: read(&condition.trace) }
    }

    fn all(&self) -> impl Iterator<Item = &Expression> {
        self.span.iter().chain(&self.below).chain(&self.trace)
    }

    fn look_at_the_span_only(&self) -> bool {
        self.below.is_empty() && self.trace.is_empty()
    }

    fn hold(&self, spans: &[FoundSpan], place: &InTrace<'_>, now: i64) -> bool {
        let whole: Vec<&dyn Fields> = spans.iter().map(|span| span as &dyn Fields).collect();
        let any = |filter: &Expression, which: &dyn Fn(i64) -> bool| spans.iter().any(|span| which(span.key()) && holds(filter, span, now));
        self.span.iter().all(|filter| any(filter, &|key| key == place.span))
            && self.below.iter().all(|filter| any(filter, &|key| place.below.contains(&key)))
            && self.trace.iter().all(|filter| holds_in_trace(filter, &whole, now))
    }
}
