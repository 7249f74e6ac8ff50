//! About which rows a question is asked.

use crate::Result;
use crate::ground::database::{all, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::ground::time;
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::looking::search::TraceSpans;
use crate::looking::view::View;
use crate::looking::work::aside;
use sea_orm::FromQueryResult;
use shared::filter::{Compiled, Context, TraceTest, bind_person, parse_expression};
use shared::questions::{Condition, Definition};
use shared::{PersonId, QuestionId};
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

/// The questions of a project whose conditions do not hold for a span, as far as the person who looks may see it.
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
            questions.push((QuestionId(row.id), Filters::of(&condition, &view.actor.person.id, context)));
        }
    }
    if questions.is_empty() {
        return Ok(Vec::new());
    }
    let of_one_span = questions.iter().all(|(_, filters)| filters.look_at_the_span_only());
    let wanted = Wanted::columns(questions.iter().flat_map(|(_, filters)| filters.columns()));
    let rounds = questions.iter().flat_map(|(_, filters)| &filters.trace).map(|(filter, _)| filter.rounds()).max().unwrap_or(1);
    let (span, trace) = (place.span, place.trace);
    let mut looking = Looking { questions, place };
    for round in 0..rounds {
        let mut spans = TraceSpans::new(trace, None);
        loop {
            let read = if of_one_span {
                let which = Which { condition: "s.key = ?".to_owned(), bound: values![span], order: String::new(), waiting: false };
                Some(view.read(&which, &wanted, None).await?.spans)
            } else {
                spans.next(view, &wanted).await?
            };
            let Some(read) = read else { break };
            looking = aside(move || looking.at(round, &read)).await?;
            if of_one_span {
                break;
            }
        }
        looking.end_round();
    }
    let unasked = looking.questions.into_iter().filter(|(_, filters)| !filters.hold());
    Ok(unasked.map(|(question, _)| question).collect())
}

/// Looking at the spans of a trace, one after the other.
struct Looking {
    questions: Vec<(QuestionId, Filters)>,
    place: InTrace,
}

impl Looking {
    fn at(mut self, round: usize, spans: &[FoundSpan]) -> Self {
        for span in spans {
            let key = span.key();
            for (_, filters) in &mut self.questions {
                if round == 0 {
                    for (filters, counts) in
                        [(&mut filters.span, key == self.place.span), (&mut filters.below, self.place.below.contains(&key))]
                    {
                        for filter in filters.iter_mut().filter(|filter| counts && !filter.found) {
                            filter.found = filter.compiled.holds(span);
                        }
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
    fn of(condition: &Condition, person: &PersonId, context: Context) -> Self {
        let read = |filters: &[String]| {
            let read = filters.iter().filter_map(|filter| parse_expression(filter).ok());
            let read = read.map(|filter| Compiled::new(&bind_person(filter, person.as_str()), context));
            read.collect::<Vec<_>>()
        };
        let sought = |filters| read(filters).into_iter().map(|compiled| Sought { compiled, found: false }).collect();
        let trace = read(&condition.trace).into_iter().map(|compiled| {
            let test = compiled.trace_test();
            (compiled, test)
        });
        Self { span: sought(&condition.span), below: sought(&condition.below), trace: trace.collect() }
    }

    fn columns(&self) -> impl Iterator<Item = &str> {
        let spans = self.span.iter().chain(&self.below).map(|sought| &sought.compiled);
        spans.chain(self.trace.iter().map(|(compiled, _)| compiled)).flat_map(Compiled::columns)
    }

    fn look_at_the_span_only(&self) -> bool {
        self.below.is_empty() && self.trace.is_empty()
    }

    fn hold(&self) -> bool {
        self.span.iter().chain(&self.below).all(|sought| sought.found) && self.trace.iter().all(|(_, test)| test.holds())
    }
}
