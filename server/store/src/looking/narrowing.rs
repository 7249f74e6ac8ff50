//! The parts of a filter that SQL can decide.
//!
//! What is made here never leaves out a row that matches, and says whether it also never keeps one that does not: then it is *exact*,
//! and nothing needs to look at the rows again. A filter is true, false or unknown, so a part is asked for where it is true or, below
//! a `not`, where it is false; each of both is a condition of its own. Values are always bound.

mod columns;
mod trace_rows;

use crate::looking::sight::Sight;
use sea_orm::Value;
use shared::filter::{Context, Expression, Function, Kind, Step, constant};

/// Conditions at most; what is beyond is left to the evaluator.
const MOST: usize = 300;

/// A condition on the table of spans, or on that of traces, beginning with `AND`; empty if SQL can decide nothing.
#[derive(Debug, Default)]
pub(crate) struct Narrowing {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// Whether it is the whole meaning of the filter.
    pub(crate) exact: bool,
    /// The one trace that can match.
    pub(crate) root_span_id: Option<String>,
    /// Whether rows are asked for that only feedback speaks of: by a condition that must hold, `arrived = false`.
    pub(crate) waiting: bool,
    /// Whether the root `s` of a trace is asked.
    pub(crate) about_root: bool,
}

/// To what a filter is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A span by itself: `any_span(…)` is this span.
    OfSpans,
    /// The row of a trace `t`: `any_span(…)` is any span of it, and what is not of the whole trace is its root's.
    OfTraceRows,
}

/// What SQL can decide of a filter for somebody, about a span called `s`, or about a trace called `t` with its root `s`: not by what may be
/// hidden from them.
pub(crate) fn narrow(filter: Option<&Expression>, sight: &Sight, context: Context, asked: Asked) -> Narrowing {
    let Some(filter) = filter else { return Narrowing { exact: true, ..Narrowing::default() } };
    let mut narrower = Narrower { sight, context, asked, span: "s", conditions: 0, about_root: false };
    let root_span_id = conjunction(filter).find_map(columns::root_span_id);
    let waiting = conjunction(filter).any(columns::asks_for_waiting);
    let part = narrower.part(filter, true);
    let known = Narrowing { root_span_id, waiting, about_root: narrower.about_root, ..Narrowing::default() };
    match part {
        Part::Everything { exact } => Narrowing { exact, ..known },
        Part::Nothing => Narrowing { text: " AND 1 = 0".to_owned(), exact: true, ..known },
        Part::Where { text, values, exact } => Narrowing { text: format!(" AND {text}"), values, exact, ..known },
    }
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
    Where { text: String, values: Vec<Value>, exact: bool },
}

impl Part {
    const UNKNOWN: Self = Self::Everything { exact: false };

    fn exactly(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self::Where { text: text.into(), values, exact: true }
    }

    fn at_most(text: impl Into<String>, values: Vec<Value>) -> Self {
        Self::Where { text: text.into(), values, exact: false }
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
        let (mut texts, mut bound) = (Vec::new(), Vec::new());
        for part in parts {
            exact = exact && part.is_exact();
            match part {
                Self::Everything { .. } => {}
                Self::Nothing => return Self::Nothing,
                Self::Where { text, values, .. } => {
                    texts.push(text);
                    bound.extend(values);
                }
            }
        }
        Self::joined(texts, " AND ", bound, exact).unwrap_or(Self::Everything { exact })
    }

    /// Where one of them has it.
    fn any(parts: Vec<Self>) -> Self {
        if parts.iter().any(|part| matches!(part, Self::Everything { exact: true })) {
            return Self::certain(true);
        }
        let mut exact = true;
        let (mut texts, mut bound) = (Vec::new(), Vec::new());
        for part in parts {
            exact = exact && part.is_exact();
            match part {
                Self::Everything { .. } => return Self::UNKNOWN,
                Self::Nothing => {}
                Self::Where { text, values, .. } => {
                    texts.push(text);
                    bound.extend(values);
                }
            }
        }
        Self::joined(texts, " OR ", bound, exact).unwrap_or(Self::Nothing)
    }

    fn joined(mut texts: Vec<String>, between: &str, values: Vec<Value>, exact: bool) -> Option<Self> {
        let text = match texts.len() {
            0 => return None,
            1 => texts.remove(0),
            _ => format!("({})", texts.join(between)),
        };
        Some(Self::Where { text, values, exact })
    }
}

struct Narrower<'a> {
    sight: &'a Sight,
    context: Context,
    asked: Asked,
    /// What the table of spans is called.
    span: &'static str,
    conditions: usize,
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
            (Part::Where { text, values, .. }, truth) => {
                let not = if truth { "" } else { "NOT " };
                let text = format!("{not}EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND {text})");
                Part::Where { text, values, exact }
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
                    let above = self.comparison(shared::filter::BinaryOperator::GreaterOrEqual, &path, low, truth);
                    let below = self.comparison(shared::filter::BinaryOperator::LessOrEqual, &path, high, truth);
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
