//! About which rows a question is asked.

use crate::Result;
use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::ground::time;
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::looking::search::TraceSpans;
use crate::looking::view::View;
use crate::looking::work::{Effort, aside};
use sea_orm::FromQueryResult;
use shared::QuestionId;
use shared::filter::{Compiled, Context, TraceTest, parse_expression};
use shared::questions::{Condition, Definition};
use std::collections::HashSet;

/// A span, as conditions look at it.
pub(crate) struct InTrace {
    /// Its key.
    pub(crate) span: SpanKey,
    /// The key of its trace.
    pub(crate) trace: TraceKey,
    /// The keys of the spans below it.
    pub(crate) below: HashSet<SpanKey>,
}

/// The questions of a project whose conditions do not hold for a span, as far as the person who looks may see it. A trace that is too large to
/// be looked at is looked at in part: what that leaves open is asked, so that nobody misses a question.
pub(crate) async fn unasked(view: &View, place: InTrace) -> Result<Vec<QuestionId>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        definition: String,
    }
    let text = "SELECT q.id, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND NOT q.archived";
    let context = Context::at(time::now());
    let mut questions = Vec::new();
    for row in all::<Row>(&view.snapshot, text, values![view.home.project.as_str()]).await? {
        let condition = serde_json::from_str::<Definition>(&row.definition)?.condition;
        if !condition.is_empty() {
            questions.push((QuestionId(row.id), Filters::of(&condition, view, context)));
        }
    }
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let looking = Looking { questions, place, effort: Effort::form() };
    let looking = looking.at_the_span(view).await?.at_the_trace(view).await?;
    let is_whole = !looking.effort.is_over();
    let unasked = looking.questions.into_iter().filter(|(_, filters)| !filters.hold(is_whole));
    Ok(unasked.map(|(question, _)| question).collect())
}

/// Looking at the spans of a trace, one after the other.
struct Looking {
    questions: Vec<(QuestionId, Filters)>,
    place: InTrace,
    effort: Effort,
}

impl Looking {
    /// Looks at the span itself, for what is said of it alone.
    async fn at_the_span(mut self, view: &View) -> Result<Self> {
        let wanted =
            Wanted::columns(self.questions.iter().flat_map(|(_, filters)| &filters.span).flat_map(|filter| filter.compiled.columns()));
        let which = Which { condition: "s.key = ?".to_owned(), bound: values![self.place.span], order: String::new(), waiting: false };
        let read = view.read(&which, &wanted, None).await?.spans;
        aside(move || {
            for filter in self.questions.iter_mut().flat_map(|(_, filters)| &mut filters.span) {
                filter.found = read.iter().any(|span| filter.compiled.holds(span));
            }
            self
        })
        .await
    }

    /// Looks at the spans of the trace, as often as is asked and for as long as there is something to spend.
    async fn at_the_trace(mut self, view: &View) -> Result<Self> {
        if self.questions.iter().all(|(_, filters)| filters.look_at_the_span_only()) {
            return Ok(self);
        }
        let wanted = Wanted::columns(self.questions.iter().flat_map(|(_, filters)| filters.columns()));
        let rounds = self.questions.iter().flat_map(|(_, filters)| &filters.trace).map(|(filter, _)| filter.rounds()).max().unwrap_or(1);
        for round in 0..rounds {
            let mut spans = TraceSpans::new(self.place.trace, None);
            while let Some(read) = spans.next(view, &wanted).await? {
                self = aside(move || self.at(round, &read)).await?;
                if self.effort.is_over() {
                    return Ok(self);
                }
            }
            self.end_round();
        }
        Ok(self)
    }

    fn at(mut self, round: usize, spans: &[FoundSpan]) -> Self {
        let places = self.questions.iter().map(|(_, filters)| filters.places()).sum();
        for span in spans {
            self.effort.spend(1, span.bytes(), places);
            if self.effort.is_over() {
                return self;
            }
            let key = span.key();
            for (_, filters) in &mut self.questions {
                if round == 0 && self.place.below.contains(&key) {
                    for filter in filters.below.iter_mut().filter(|filter| !filter.found) {
                        filter.found = filter.compiled.holds(span);
                    }
                }
                for (filter, test) in filters.trace.iter_mut().filter(|(filter, _)| round < filter.rounds()) {
                    filter.look(test, span);
                }
            }
        }
        self
    }

    fn end_round(&mut self) {
        for (filter, test) in self.questions.iter_mut().flat_map(|(_, filters)| &mut filters.trace) {
            filter.end_round(test);
        }
    }
}

/// A filter that some spans may satisfy.
struct Sought {
    compiled: Compiled,
    found: bool,
}

/// A condition that has been read.
struct Filters {
    span: Vec<Sought>,
    below: Vec<Sought>,
    trace: Vec<(Compiled, TraceTest)>,
}

impl Filters {
    /// Reads a condition that was readable when it was saved.
    fn of(condition: &Condition, view: &View, context: Context) -> Self {
        let read = |filters: &[String]| {
            let read = filters.iter().filter_map(|filter| parse_expression(filter).ok());
            let read = read.map(|filter| Compiled::new(&view.asked(&filter), context));
            read.collect::<Vec<_>>()
        };
        let sought = |filters| read(filters).into_iter().map(|compiled| Sought { compiled, found: false }).collect();
        let trace = read(&condition.trace).into_iter().map(|compiled| {
            let test = compiled.trace_test();
            (compiled, test)
        });
        Self { span: sought(&condition.span), below: sought(&condition.below), trace: trace.collect() }
    }

    /// What is asked of the spans of the trace.
    fn of_trace(&self) -> impl Iterator<Item = &Compiled> {
        self.below.iter().map(|sought| &sought.compiled).chain(self.trace.iter().map(|(compiled, _)| compiled))
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        self.of_trace().flat_map(Compiled::columns)
    }

    fn places(&self) -> u64 {
        self.of_trace().map(Compiled::conditions).sum()
    }

    fn look_at_the_span_only(&self) -> bool {
        self.below.is_empty() && self.trace.is_empty()
    }

    /// Whether all of them hold. Where not the whole trace was looked at, what it might say is not held against the question.
    fn hold(&self, is_whole: bool) -> bool {
        let of_trace = self.below.iter().all(|sought| sought.found) && self.trace.iter().all(|(_, test)| test.holds());
        self.span.iter().all(|sought| sought.found) && (of_trace || !is_whole)
    }
}
