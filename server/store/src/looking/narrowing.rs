//! The parts of a filter that SQL can decide.
//!
//! What is made here never leaves out a row that matches, and says whether it also never keeps one that does not: then it is *exact*,
//! and nothing needs to look at the rows again. A filter is true, false or unknown, so a part is asked for where it is true or, below
//! a `not`, where it is false; each of both is a condition of its own. Values are always bound.

mod answered;
mod columns;
mod posted;
mod posted_words;
mod scalars;
mod trace_rows;
mod words;

use crate::Result;
use crate::ground::database::{StatementPart, values};
use crate::ground::places::Home;
use crate::looking::found::stands;
use crate::looking::sight::Sight;
use crate::looking::view::View;
pub(crate) use posted::places_of_texts;
use posted::{FewRows, Posted, PostedRange};
use sea_orm::Value;
use shared::filter::{BinaryOperator, Context, Expression, Function, Kind, Step, constant};
use std::cell::{Cell, RefCell};

/// Conditions at most; what is beyond is left to the evaluator.
const MOST: usize = 300;

/// A condition on the table of spans, or on that of traces, beginning with `AND`; empty if SQL can decide nothing.
#[derive(Debug, Default)]
pub(crate) struct Narrowing {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// Whether it is the whole meaning of the filter.
    pub(crate) exact: bool,
    /// Spans of which some are all that match, where they are few; of traces, each that matches has one of them.
    pub(crate) few: Option<FewRows>,
    /// The one trace that can match.
    pub(crate) root_span_id: Option<String>,
    /// Whether rows are asked for that only feedback speaks of: by a condition that must hold, `arrived = false`.
    pub(crate) waiting: bool,
    /// Whether the root `s` of a trace is asked.
    pub(crate) about_root: bool,
}

impl Narrowing {
    /// The whole condition on spans `s` of an object, with what it is bound to.
    pub(crate) fn condition(&self, home: &Home) -> StatementPart {
        let (mut text, mut bound) =
            (format!("s.project = ? AND {} AND s.object = ?", stands(self.waiting)), values![home.short(), home.key]);
        if let Some(few) = &self.few {
            let (spans, keys) = few.spans();
            text += &format!(" AND s.key IN ({spans})");
            bound.extend(keys);
        }
        bound.extend(self.values.iter().cloned());
        (text + &self.text, bound)
    }
}

/// To what a filter is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A span by itself: `any_span(…)` is this span.
    OfSpans,
    /// The row of a trace `t`: `any_span(…)` is any span of it, and what is not of the whole trace is its root's.
    OfTraceRows,
}

/// What SQL can decide of a filter for whoever looks, about a span called `s`, or about a trace called `t` with its root `s`: not by what may
/// be hidden from them.
pub(crate) async fn narrowed(view: &View, filter: Option<&Expression>, context: Context, asked: Asked) -> Result<Narrowing> {
    let Some(filter) = filter else { return Ok(Narrowing { exact: true, ..Narrowing::default() }) };
    let mut posted = Posted::of(&view.snapshot, &view.home, filter).await?;
    let (narrowing, ranges) = narrow(filter, &view.sight, context, asked, &posted);
    if ranges.is_empty() {
        return Ok(narrowing);
    }
    posted.count(&view.snapshot, ranges).await?;
    Ok(narrow(filter, &view.sight, context, asked, &posted).0)
}

/// The same by what is known of values; and of which ranges of them it would be good to know how many they are.
fn narrow(filter: &Expression, sight: &Sight, context: Context, asked: Asked, posted: &Posted) -> (Narrowing, Vec<PostedRange>) {
    let mut narrower = Narrower {
        sight,
        context,
        asked,
        posted,
        ranges: RefCell::default(),
        span: "s",
        conditions: 0,
        looked: Cell::default(),
        about_root: false,
    };
    let root_span_id = conjunction(filter).find_map(columns::root_span_id);
    let waiting = conjunction(filter).any(columns::asks_for_waiting);
    let part = narrower.part(filter, true);
    let beside = Narrowing { root_span_id, waiting, about_root: narrower.about_root, exact: true, ..Narrowing::default() };
    let narrowing = match part {
        Part::Everything { exact } => Narrowing { exact, ..beside },
        Part::Nothing => Narrowing { text: " AND 1 = 0".to_owned(), ..beside },
        Part::Where { text, values, exact, few } => Narrowing { text: format!(" AND {text}"), values, exact, few, ..beside },
    };
    (narrowing, narrower.ranges.into_inner())
}

/// The parts that must all be true.
fn conjunction(filter: &Expression) -> Box<dyn Iterator<Item = &Expression> + '_> {
    match &filter.kind {
        Kind::And(parts) => Box::new(parts.iter().flat_map(conjunction)),
        _ => Box::new(std::iter::once(filter)),
    }
}

/// For which spans a part of a filter has the truth that is asked for.
#[derive(Debug)]
enum Part {
    /// For all; if not exact, for some that SQL cannot tell.
    Everything { exact: bool },
    /// For none.
    Nothing,
    /// For those, or if not exact for some of those.
    Where {
        text: String,
        values: Vec<Value>,
        exact: bool,
        /// Rows among which all of those are, where they are few.
        few: Option<FewRows>,
    },
}

impl Part {
    const UNKNOWN: Self = Self::Everything { exact: false };

    fn exactly(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self::Where { text: text.into(), values, exact: true, few: None }
    }

    fn at_most(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self::Where { text: text.into(), values, exact: false, few: None }
    }

    fn certain(truth: bool) -> Self {
        if truth { Self::Everything { exact: true } } else { Self::Nothing }
    }

    fn is_exact(&self) -> bool {
        match self {
            Self::Everything { exact } | Self::Where { exact, .. } => *exact,
            Self::Nothing => true,
        }
    }

    /// Where all of them have it.
    fn all(parts: Vec<Self>) -> Self {
        let mut exact = true;
        let (mut texts, mut bound, mut fewest) = (Vec::new(), Vec::new(), None::<FewRows>);
        for part in parts {
            exact = exact && part.is_exact();
            match part {
                Self::Everything { .. } => {}
                Self::Nothing => return Self::Nothing,
                Self::Where { text, values, few, .. } => {
                    texts.push(text);
                    bound.extend(values);
                    fewest = fewest.into_iter().chain(few).min_by_key(|few| few.count);
                }
            }
        }
        Self::joined(texts, " AND ", bound, exact, fewest).unwrap_or(Self::Everything { exact })
    }

    /// Where one of them has it.
    fn any(parts: Vec<Self>) -> Self {
        if parts.iter().any(|part| matches!(part, Self::Everything { exact: true })) {
            return Self::certain(true);
        }
        let mut exact = true;
        let (mut texts, mut bound, mut every) = (Vec::new(), Vec::new(), Some(FewRows::default()));
        for part in parts {
            exact = exact && part.is_exact();
            match part {
                Self::Everything { .. } => return Self::UNKNOWN,
                Self::Nothing => {}
                Self::Where { text, values, few, .. } => {
                    texts.push(text);
                    bound.extend(values);
                    every = every.zip(few).and_then(|(every, few)| every.and(few));
                }
            }
        }
        Self::joined(texts, " OR ", bound, exact, every).unwrap_or(Self::Nothing)
    }

    fn joined(mut texts: Vec<String>, between: &str, values: Vec<Value>, exact: bool, few: Option<FewRows>) -> Option<Self> {
        let text = match texts.len() {
            0 => return None,
            1 => texts.remove(0),
            _ => format!("({})", texts.join(between)),
        };
        Some(Self::Where { text, values, exact, few })
    }
}

struct Narrower<'a> {
    sight: &'a Sight,
    context: Context,
    asked: Asked,
    posted: &'a Posted,
    /// Ranges of values that were asked for.
    ranges: RefCell<Vec<PostedRange>>,
    /// What the table of spans is called.
    span: &'static str,
    conditions: usize,
    /// Of them, those that look for answers.
    looked: Cell<usize>,
    about_root: bool,
}

impl Narrower<'_> {
    /// Where an expression is true, or where it is false.
    fn part(&mut self, expression: &Expression, truth: bool) -> Part {
        match &expression.kind {
            Kind::And(parts) | Kind::Or(parts) => {
                let parts = parts.iter().map(|part| self.part(part, truth)).collect();
                // What is false of an `and` is true of the `or` of what is false.
                if matches!(expression.kind, Kind::And(_)) == truth { Part::all(parts) } else { Part::any(parts) }
            }
            Kind::Not(operand) => self.part(operand, !truth),
            Kind::Call { name, arguments } if Function::named(name) == Some(Function::AnySpan) => {
                arguments.first().map_or(Part::UNKNOWN, |inner| self.any_span(inner, truth))
            }
            _ => {
                self.conditions += 1;
                match self.asked {
                    _ if self.conditions > MOST => Part::UNKNOWN,
                    Asked::OfTraceRows if self.span == "s" => self.of_trace_row(expression, truth),
                    Asked::OfTraceRows | Asked::OfSpans => self.condition(expression, truth),
                }
            }
        }
    }

    fn any_span(&mut self, inner: &Expression, truth: bool) -> Part {
        if self.asked == Asked::OfSpans {
            return self.part(inner, truth);
        }
        if self.span != "s" {
            return Part::UNKNOWN;
        }
        self.span = "x";
        let part = self.part(inner, true);
        self.span = "s";
        let exact = part.is_exact();
        match (part, truth) {
            (Part::Nothing, truth) => Part::certain(!truth),
            // A trace has at least the span that is looked at.
            (Part::Everything { exact: true }, truth) => Part::certain(truth),
            (Part::Everything { exact: false }, _) => Part::UNKNOWN,
            (Part::Where { .. }, false) if !exact => Part::UNKNOWN,
            (Part::Where { text, values, few, .. }, truth) => {
                let not = if truth { "" } else { "NOT " };
                let text = format!("{not}EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND {text})");
                Part::Where { text, values, exact, few: few.filter(|_| truth) }
            }
        }
    }

    fn condition(&mut self, expression: &Expression, truth: bool) -> Part {
        match &expression.kind {
            Kind::Boolean(boolean) => Part::certain(*boolean == truth),
            Kind::Null => Part::Nothing,
            Kind::Path(path) => self.boolean(&keys(path), truth),
            Kind::IsNull(operand) => self.null(operand, truth),
            Kind::IsNotNull(operand) => self.null(operand, !truth),
            Kind::Call { name, arguments } if Function::named(name) == Some(Function::Search) => self.searched(arguments, truth),
            Kind::Binary { operator: BinaryOperator::Match, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), Kind::Text(text)) => self.matched(&keys(path), text, truth),
                _ => self.constant(expression, truth),
            },
            Kind::Binary { operator, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), _) => self.comparison(*operator, &keys(path), right, truth),
                (_, Kind::Path(path)) => match columns::turned(*operator) {
                    Some(operator) => self.comparison(operator, &keys(path), left, truth),
                    None => Part::UNKNOWN,
                },
                _ => self.constant(expression, truth),
            },
            Kind::Between { operand, low, high } => match &operand.kind {
                Kind::Path(path) => {
                    let path = keys(path);
                    if let Some(part) = self.value_between(&path, low, high).filter(|_| truth) {
                        return part;
                    }
                    let above = self.comparison(BinaryOperator::GreaterOrEqual, &path, low, truth);
                    let below = self.comparison(BinaryOperator::LessOrEqual, &path, high, truth);
                    if truth { Part::all(vec![above, below]) } else { Part::any(vec![above, below]) }
                }
                _ => Part::UNKNOWN,
            },
            Kind::In { operand, list } => match (&operand.kind, &list.kind) {
                (Kind::Path(path), Kind::Array(items)) => self.list(&keys(path), items, truth),
                _ => Part::UNKNOWN,
            },
            _ => Part::UNKNOWN,
        }
    }

    fn constant(&self, expression: &Expression, truth: bool) -> Part {
        match constant(expression, self.context) {
            Some(serde_json::Value::Bool(boolean)) => Part::certain(boolean == truth),
            Some(_) => Part::Nothing,
            None => Part::UNKNOWN,
        }
    }
}

/// The keys of a path; a path with indexes is none of ours.
fn keys(path: &[Step]) -> Vec<&str> {
    path.iter().map(|step| step.key().unwrap_or("\0")).collect()
}

#[cfg(test)]
mod tests;
