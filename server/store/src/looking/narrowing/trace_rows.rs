//! What is known of the row of a trace `t`, as it stands in a list. What is not of the whole trace is said of its root.

use super::answered::is_answer;
use super::columns::{is_plain, opposite, text_column, turned};
use super::{Narrower, Part, keys};
use crate::content::versions::STANDS;
use crate::looking::trace_summary::OF_SPANS;
use sea_orm::Value;
use shared::filter::{BinaryOperator, Expression, Function, Kind, Step};
use shared::summary::Nano;

impl Narrower<'_> {
    /// For which traces the row has the truth that is asked for.
    pub(super) fn of_trace_row(&mut self, expression: &Expression, truth: bool) -> Part {
        if !expression.any(&is_of_trace) {
            let part = self.condition(expression, truth);
            self.about_root |= matches!(part, Part::Where { .. });
            return part;
        }
        match &expression.kind {
            Kind::IsNull(operand) => self.row_null(operand, truth),
            Kind::IsNotNull(operand) => self.row_null(operand, !truth),
            Kind::Call { name, arguments } if Function::named(name) == Some(Function::Search) => self.row_searched(arguments, truth),
            Kind::Binary { operator: BinaryOperator::Match, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), Kind::Text(text)) => self.row_matched(&keys(path), text, truth),
                _ => Part::UNKNOWN,
            },
            Kind::Binary { operator, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), _) => self.row_comparison(*operator, path, right, truth),
                (_, Kind::Path(path)) => match turned(*operator) {
                    Some(operator) => self.row_comparison(operator, path, left, truth),
                    None => Part::UNKNOWN,
                },
                _ => Part::UNKNOWN,
            },
            Kind::Between { operand, low, high } => match &operand.kind {
                Kind::Path(path) => {
                    let above = self.row_comparison(BinaryOperator::GreaterOrEqual, path, low, truth);
                    let below = self.row_comparison(BinaryOperator::LessOrEqual, path, high, truth);
                    if truth { Part::all(vec![above, below]) } else { Part::any(vec![above, below]) }
                }
                _ => Part::UNKNOWN,
            },
            Kind::In { operand, list } => match (&operand.kind, &list.kind) {
                (Kind::Path(path), Kind::Array(items)) => self.row_list(path, items, truth),
                _ => Part::UNKNOWN,
            },
            _ => Part::UNKNOWN,
        }
    }

    fn row_null(&self, operand: &Expression, null: bool) -> Part {
        let Kind::Path(path) = &operand.kind else { return Part::UNKNOWN };
        let not = if null { "NOT " } else { "" };
        let zero = if null { "= 0" } else { "> 0" };
        match keys(path).as_slice() {
            ["scores", name] if self.sight.sees_score(name) => {
                let text =
                    format!("{not}EXISTS (SELECT 1 FROM trace_scores c WHERE c.project = t.project AND c.trace = t.key AND c.name = ?)");
                Part::exactly(text, vec![Value::from(*name)])
            }
            ["tags"] => Part::exactly(
                format!("{not}EXISTS (SELECT 1 FROM span_tags g WHERE g.project = t.project AND g.trace = t.key)"),
                Vec::new(),
            ),
            ["error"] if !self.sight.veils_spans() => Part::exactly(format!("t.errors {zero}"), Vec::new()),
            ["comments"] if !self.sight.is_blind() => Part::exactly(format!("t.comments {zero}"), Vec::new()),
            ["metrics", name] if !self.sight.veils_spans() => match measure(name) {
                // The plus keeps a database from walking the traces in the order of this column.
                Some(Measure { column, .. }) => Part::exactly(format!("+t.{column} IS {}NULL", if null { "" } else { "NOT " }), Vec::new()),
                None => Part::UNKNOWN,
            },
            ["id" | "root_span_id" | "created"] => Part::certain(!null),
            path if !null && is_of_review(path) => flagged(),
            path if is_answer(path) => self.row_answers_null(path, null),
            _ => Part::UNKNOWN,
        }
    }

    fn row_comparison(&mut self, operator: BinaryOperator, path: &[Step], value: &Expression, truth: bool) -> Part {
        let path = keys(path);
        match (path.as_slice(), operator) {
            (["id" | "root_span_id" | "created"], _) => {
                self.span = "t";
                let part = self.comparison(operator, &path, value, truth);
                self.span = "s";
                part
            }
            (["tags"], BinaryOperator::Includes) => match &value.kind {
                Kind::Text(tag) if is_plain(tag) => {
                    let not = if truth { "" } else { "NOT " };
                    let text =
                        format!("{not}EXISTS (SELECT 1 FROM span_tags g WHERE g.project = t.project AND g.trace = t.key AND g.tag = ?)");
                    Part::exactly(text, vec![Value::from(tag.as_str())])
                }
                _ => Part::UNKNOWN,
            },
            (["scores", name], operator) if operator.compares() && self.sight.sees_score(name) => {
                let operator = if truth { operator } else { opposite(operator) };
                match self.compared(operator, "c.value", value, |units| Nano(units).score(), 1e9) {
                    Ok((condition, bounds)) => {
                        let text = format!(
                            "EXISTS (SELECT 1 FROM trace_scores c WHERE c.project = t.project AND c.trace = t.key AND c.name = ? AND ({condition}))"
                        );
                        Part::exactly(text, std::iter::once(Value::from(*name)).chain(bounds).collect())
                    }
                    Err(part) => part,
                }
            }
            (["metrics", name], operator) if operator.compares() && !self.sight.veils_spans() => {
                let Some(Measure { column, read, units }) = measure(name) else { return Part::UNKNOWN };
                let operator = if truth { operator } else { opposite(operator) };
                match self.compared(operator, &format!("+t.{column}"), value, read, units) {
                    Ok((condition, bounds)) => Part::exactly(format!("({condition})"), bounds),
                    Err(part) => part,
                }
            }
            (path, operator) if (operator.compares() || truth) && is_of_review(path) => flagged(),
            (path, operator) if (operator.compares() || truth) && is_answer(path) => self.row_answers(path),
            _ => Part::UNKNOWN,
        }
    }

    fn row_list(&mut self, path: &[Step], items: &[Expression], truth: bool) -> Part {
        if text_column(&keys(path)).is_some() {
            self.span = "t";
            let part = self.list(&keys(path), items, truth);
            self.span = "s";
            return part;
        }
        self.conditions += items.len();
        if self.conditions > super::MOST {
            return Part::UNKNOWN;
        }
        let each = items.iter().map(|item| self.row_comparison(BinaryOperator::Equal, path, item, truth)).collect();
        if truth { Part::any(each) } else { Part::all(each) }
    }
}

/// Only what stands in a list shows anything of a review.
fn flagged() -> Part {
    let text = format!(
        "EXISTS (SELECT 1 FROM spans x JOIN span_flags f ON f.project = x.project AND f.span = x.key AND f.superseded = {STANDS} \
         WHERE x.project = t.project AND x.trace = t.key)"
    );
    Part::at_most(text, Vec::new())
}

/// Columns that the row of a trace has of all its spans.
const OF_TRACE: [&str; 11] =
    ["id", "root_span_id", "created", "scores", "tags", "error", "comments", "review", "__bt_assignments", "answers", "span_type_info"];

/// Whether a part of an expression is about what a row says of its whole trace.
fn is_of_trace(inner: &Expression) -> bool {
    match &inner.kind {
        Kind::Path(path) => match keys(path).as_slice() {
            ["metrics"] => true,
            ["metrics", name, ..] => measure(name).is_some() || OF_SPANS.contains(name),
            [first, ..] => OF_TRACE.contains(first),
            [] => false,
        },
        Kind::Call { name, .. } => {
            matches!(Function::named(name), Some(Function::Search | Function::EstimatedCost | Function::AnySpan))
        }
        _ => false,
    }
}

fn is_of_review(path: &[&str]) -> bool {
    matches!(path, ["review" | "__bt_assignments", ..])
}

/// A number that stands in the row of a trace.
struct Measure {
    column: &'static str,
    /// As which number its units read.
    read: fn(i64) -> f64,
    /// How many of them are one.
    units: f64,
}

fn measure(name: &str) -> Option<Measure> {
    let seconds = |column| Measure { column, read: |micros| micros as f64 / 1e6, units: 1e6 };
    Some(match name {
        "start" => seconds("started"),
        "end" => seconds("ended"),
        "duration" => seconds("duration"),
        "tokens" | "total_tokens" => Measure { column: "tokens", read: |tokens| tokens as f64, units: 1.0 },
        "estimated_cost" => Measure { column: "cost", read: |cost| cost as f64 / 1e9, units: 1e9 },
        "errors" => Measure { column: "errors", read: |errors| errors as f64, units: 1.0 },
        _ => return None,
    })
}
