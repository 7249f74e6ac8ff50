//! The meaning of expressions: what each is worth for a row at an instant. Logic has three values; what cannot be
//! known is null, and null never selects a row.

mod call;
mod operators;

use serde_json::Value;

use super::Fields;
use super::function::Function;
use super::syntax::{BinaryOperator, Expression, Kind, Step};
use super::time::{Length, format_instant, parse_instant};
pub(super) use operators::order;
use operators::{arithmetic, equal};

pub use operators::{compare_values, is_like, matches_words};

/// The circumstances under which an expression is evaluated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The time of asking, in microseconds since 1970.
    pub now_micros: i64,
    /// Where days begin: minutes from UTC, west positive.
    pub offset_minutes: i32,
}

/// The value of an expression for a row; null where it is unknown.
pub fn evaluate(expression: &Expression, row: &dyn Fields, now_micros: i64) -> Value {
    evaluate_in(expression, row, Context { now_micros, offset_minutes: 0 })
}

/// [`evaluate`], in a time zone.
pub fn evaluate_in(expression: &Expression, row: &dyn Fields, context: Context) -> Value {
    Evaluator { row, context }.compute(expression).into_value()
}

/// Whether a row is selected: the expression is true, neither false nor null.
pub fn holds(expression: &Expression, row: &dyn Fields, now_micros: i64) -> bool {
    evaluate(expression, row, now_micros) == Value::Bool(true)
}

/// Whether a trace is selected: one of its spans satisfies the whole expression, where each `any_span(…)` may be
/// satisfied by another span.
pub fn holds_in_trace(expression: &Expression, spans: &[&dyn Fields], now_micros: i64) -> bool {
    let settled = expression.clone().map(&mut |inner| match &inner.kind {
        Kind::Call { name, arguments } if Function::named(name) == Some(Function::AnySpan) => {
            let found = arguments.first().is_some_and(|one| spans.iter().any(|span| holds(one, *span, now_micros)));
            Expression::new(Kind::Boolean(found), inner.span)
        }
        _ => inner,
    });
    spans.iter().any(|span| holds(&settled, *span, now_micros))
}

/// A value on the way. Instants and lengths of time are JSON texts only at the end.
#[derive(Clone, Debug)]
pub(super) enum Computed {
    Json(Value),
    Instant(i64),
    Length(Length),
}

impl Computed {
    pub(super) const NULL: Self = Self::Json(Value::Null);

    pub(super) fn boolean(truth: Option<bool>) -> Self {
        Self::Json(truth.map_or(Value::Null, Value::Bool))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Json(Value::Null))
    }

    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Json(value) => value,
            Self::Instant(instant) => Value::String(format_instant(instant)),
            Self::Length(length) => Value::String(length.text()),
        }
    }

    pub(super) fn instant(&self) -> Option<i64> {
        match self {
            Self::Instant(instant) => Some(*instant),
            Self::Json(Value::String(text)) => parse_instant(text),
            _ => None,
        }
    }

    fn truth(&self) -> Option<bool> {
        match self {
            Self::Json(Value::Bool(truth)) => Some(*truth),
            _ => None,
        }
    }
}

pub(super) struct Evaluator<'row> {
    pub row: &'row dyn Fields,
    pub context: Context,
}

impl Evaluator<'_> {
    pub(super) fn compute(&self, expression: &Expression) -> Computed {
        match &expression.kind {
            Kind::Null => Computed::NULL,
            Kind::Boolean(boolean) => Computed::Json(Value::Bool(*boolean)),
            Kind::Number(number) => Computed::Json(Value::Number(number.clone())),
            Kind::Text(text) => Computed::Json(Value::String(text.clone())),
            Kind::Interval { count, unit } => Computed::Length(Length::of(*count, *unit)),
            Kind::Array(items) => Computed::Json(Value::Array(items.iter().map(|item| self.compute(item).into_value()).collect())),
            Kind::Object(members) => Computed::Json(Value::Object(
                members.iter().map(|(key, member)| (key.clone(), self.compute(member).into_value())).collect(),
            )),
            Kind::Path(path) => self.path(path),
            Kind::Member { operand, steps } => {
                let whole = self.compute(operand).into_value();
                Computed::Json(super::walk(&whole, steps).cloned().unwrap_or(Value::Null))
            }
            Kind::Negate(operand) => match self.compute(operand) {
                Computed::Length(length) => Computed::Length(length.negated()),
                other => arithmetic(BinaryOperator::Subtract, Computed::Json(Value::from(0)), other),
            },
            Kind::Not(operand) => Computed::boolean(self.truth(operand).map(|truth| !truth)),
            Kind::IsNull(operand) => Computed::boolean(Some(self.compute(operand).is_null())),
            Kind::IsNotNull(operand) => Computed::boolean(Some(!self.compute(operand).is_null())),
            Kind::And(operands) => Computed::boolean(self.joined(operands, false)),
            Kind::Or(operands) => Computed::boolean(self.joined(operands, true)),
            Kind::Binary { operator, left, right } => self.binary(*operator, left, right),
            Kind::In { operand, list } => Computed::boolean(self.contained(operand, list)),
            Kind::Between { operand, low, high } => {
                let above = self.compare(BinaryOperator::GreaterOrEqual, operand, low);
                let below = self.compare(BinaryOperator::LessOrEqual, operand, high);
                Computed::boolean(match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                })
            }
            Kind::Conditional { condition, then, otherwise } => {
                self.compute(if self.truth(condition) == Some(true) { then } else { otherwise })
            }
            Kind::Call { name, arguments } => match Function::named(name) {
                Some(function) => self.call(function, arguments),
                None => Computed::NULL,
            },
        }
    }

    fn path(&self, path: &[Step]) -> Computed {
        let value = self.row.get(path).unwrap_or(Value::Null);
        if let [Step::Key(column)] = path {
            match (column.as_str(), &value) {
                ("created", Value::String(text)) => {
                    if let Some(instant) = parse_instant(text) {
                        return Computed::Instant(instant);
                    }
                }
                // A row without tags is a row whose tags are missing.
                ("tags" | "comments", Value::Array(items)) if items.is_empty() => return Computed::NULL,
                _ => {}
            }
        }
        Computed::Json(value)
    }

    fn truth(&self, expression: &Expression) -> Option<bool> {
        self.compute(expression).truth()
    }

    /// `and` is decided by one false, `or` by one true; otherwise one null makes all null.
    fn joined(&self, operands: &[Expression], deciding: bool) -> Option<bool> {
        let mut unknown = false;
        for operand in operands {
            match self.truth(operand) {
                Some(truth) if truth == deciding => return Some(deciding),
                Some(_) => {}
                None => unknown = true,
            }
        }
        (!unknown).then_some(!deciding)
    }

    fn binary(&self, operator: BinaryOperator, left: &Expression, right: &Expression) -> Computed {
        use BinaryOperator as Operator;
        match operator {
            Operator::Equal
            | Operator::NotEqual
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual => Computed::boolean(self.compare(operator, left, right)),
            Operator::Like | Operator::LikeIgnoringCase => match (self.compute(left).into_value(), self.compute(right).into_value()) {
                (Value::String(text), Value::String(pattern)) => {
                    let ignore_case = operator == Operator::LikeIgnoringCase;
                    Computed::boolean(Some(is_like(&text, &pattern, ignore_case)))
                }
                _ => Computed::NULL,
            },
            Operator::Match => match (self.compute(left).into_value(), self.compute(right).into_value()) {
                (Value::Null, _) => Computed::NULL,
                (value, Value::String(words)) => Computed::boolean(Some(matches_words(&value, &words))),
                (value, Value::Number(number)) => Computed::boolean(Some(matches_words(&value, &number.to_string()))),
                _ => Computed::NULL,
            },
            Operator::Includes => {
                let (haystack, needle) = (self.compute(left).into_value(), self.compute(right).into_value());
                Computed::boolean(operators::includes(&haystack, &needle))
            }
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                arithmetic(operator, self.compute(left), self.compute(right))
            }
        }
    }

    fn compare(&self, operator: BinaryOperator, left: &Expression, right: &Expression) -> Option<bool> {
        use BinaryOperator as Operator;
        let (left, right) = comparable(left, self.compute(left), right, self.compute(right));
        match operator {
            Operator::Equal => equal(&left, &right),
            Operator::NotEqual => equal(&left, &right).map(|same| !same),
            Operator::Less => order(&left, &right).map(|order| order.is_lt()),
            Operator::LessOrEqual => order(&left, &right).map(|order| order.is_le()),
            Operator::Greater => order(&left, &right).map(|order| order.is_gt()),
            Operator::GreaterOrEqual => order(&left, &right).map(|order| order.is_ge()),
            _ => None,
        }
    }

    fn contained(&self, operand: &Expression, list: &Expression) -> Option<bool> {
        let mut unknown = false;
        let mut try_one = |same: Option<bool>| {
            unknown |= same.is_none();
            same == Some(true)
        };
        let found = if let Kind::Array(items) = &list.kind {
            items.iter().any(|item| try_one(self.compare(BinaryOperator::Equal, operand, item)))
        } else {
            let Value::Array(items) = self.compute(list).into_value() else { return None };
            let operand = self.compute(operand);
            items.into_iter().any(|item| try_one(equal(&operand, &Computed::Json(item))))
        };
        if found { Some(true) } else { (!unknown).then_some(false) }
    }
}

/// A number written in the expression also compares with a stored text that reads as a number.
fn comparable(left: &Expression, left_value: Computed, right: &Expression, right_value: Computed) -> (Computed, Computed) {
    let numeric = |value: Computed| match &value {
        Computed::Json(Value::String(text)) => operators::parse_number(text).map_or(value, |number| Computed::Json(Value::Number(number))),
        _ => value,
    };
    match (&left.kind, &right.kind) {
        (Kind::Number(_), Kind::Number(_)) => (left_value, right_value),
        (_, Kind::Number(_)) if !matches!(left.kind, Kind::Text(_)) => (numeric(left_value), right_value),
        (Kind::Number(_), _) if !matches!(right.kind, Kind::Text(_)) => (left_value, numeric(right_value)),
        _ => (left_value, right_value),
    }
}
