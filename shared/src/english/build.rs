//! The small expressions of which filters in English are made, and their opposites.

use serde_json::Number;

use crate::filter::{BinaryOperator, Expression, Kind, Step};

fn new(kind: Kind) -> Expression {
    Expression::new(kind, 0..0)
}

pub(super) fn path(steps: &[&str]) -> Expression {
    new(Kind::Path(steps.iter().map(|step| Step::Key((*step).to_owned())).collect()))
}

pub(super) fn text(text: &str) -> Expression {
    new(Kind::Text(text.to_owned()))
}

/// A decimal number as it is typed, without signs between its digits, moved by so many decimal places.
pub(super) fn number(digits: &str, places: i32) -> Option<Expression> {
    let value: f64 = format!("{digits}e{places}").parse().ok()?;
    let whole = value.fract() == 0.0 && value.abs() < 9e15;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and small enough to be exact")]
    let number = if whole { Some(Number::from(value as i64)) } else { Number::from_f64(value) };
    Some(new(Kind::Number(number?)))
}

pub(super) fn boolean(truth: bool) -> Expression {
    new(Kind::Boolean(truth))
}

pub(super) fn list(items: Vec<Expression>) -> Expression {
    new(Kind::Array(items))
}

pub(super) fn binary(left: Expression, operator: BinaryOperator, right: Expression) -> Expression {
    new(Kind::Binary { operator, left: Box::new(left), right: Box::new(right) })
}

pub(super) fn includes(list: Expression, item: Expression) -> Expression {
    binary(list, BinaryOperator::Includes, item)
}

/// One of some values: a comparison where there is only one.
pub(super) fn one_of(operand: Expression, mut items: Vec<Expression>) -> Option<Expression> {
    let last = items.pop()?;
    if items.is_empty() {
        return Some(binary(operand, BinaryOperator::Equal, last));
    }
    items.push(last);
    Some(new(Kind::In { operand: Box::new(operand), list: Box::new(list(items)) }))
}

pub(super) fn missing(operand: Expression) -> Expression {
    new(Kind::IsNull(Box::new(operand)))
}

pub(super) fn present(operand: Expression) -> Expression {
    new(Kind::IsNotNull(Box::new(operand)))
}

pub(super) fn call(name: &str, arguments: Vec<Expression>) -> Expression {
    new(Kind::Call { name: name.to_owned(), arguments })
}

pub(super) fn interval(count: i64, unit: crate::filter::Unit) -> Expression {
    new(Kind::Interval { count, unit })
}

pub(super) fn all(operands: Vec<Expression>) -> Expression {
    Expression::all_of(operands, 0..0)
}

pub(super) fn any(operands: Vec<Expression>) -> Expression {
    Expression::any_of(operands, 0..0)
}

/// What people mean by *not*: rows without a value stay out of comparisons, as in *is not 42*; only a review that never began is no
/// review, and what is missing includes nothing.
pub(super) fn opposite(expression: Expression) -> Expression {
    match expression.kind {
        Kind::Not(inner) => *inner,
        Kind::IsNull(operand) => present(*operand),
        Kind::IsNotNull(operand) => missing(*operand),
        Kind::And(operands) => any(operands.into_iter().map(opposite).collect()),
        Kind::Or(operands) => all(operands.into_iter().map(opposite).collect()),
        Kind::Binary { operator, left, right } => match opposite_operator(operator) {
            Some(BinaryOperator::NotEqual) if *left == path(&["review", "status"]) => {
                any(vec![missing((*left).clone()), binary(*left, BinaryOperator::NotEqual, *right)])
            }
            Some(operator) => binary(*left, operator, *right),
            None => new(Kind::Not(Box::new(binary(*left, operator, *right)))),
        },
        kind => new(Kind::Not(Box::new(new(kind)))),
    }
}

/// Whether *not* leaves out rows that have no value.
pub(super) fn leaves_out(expression: &Expression) -> bool {
    match &expression.kind {
        Kind::Not(inner) => matches!(inner.kind, Kind::In { .. }),
        Kind::And(operands) => operands.iter().any(leaves_out),
        Kind::Or(operands) => !operands.iter().any(|operand| matches!(operand.kind, Kind::IsNull(_))) && operands.iter().any(leaves_out),
        Kind::Binary { operator: BinaryOperator::NotEqual, left, .. } => !matches!(left.kind, Kind::Call { .. }),
        _ => false,
    }
}

fn opposite_operator(operator: BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    Some(match operator {
        Equal => NotEqual,
        NotEqual => Equal,
        Less => GreaterOrEqual,
        GreaterOrEqual => Less,
        Greater => LessOrEqual,
        LessOrEqual => Greater,
        _ => return None,
    })
}
