//! The parts of a filter that SQL can decide, so that the evaluator only sees rows that may match.
//!
//! What is made here never leaves out a row that matches; the evaluator in `shared` finishes the rest. Values are always
//! bound. The table of spans is called `s`.

use crate::looking::sight::Sight;
use sea_orm::Value;
use shared::filter::{BinaryOperator, Expression, Kind, Step, parse_instant};
use shared::summary::Nano;

/// Conditions joined by `AND`, each beginning with it; empty if SQL can decide nothing.
#[derive(Default)]
pub(crate) struct Narrowing {
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// The one trace that can match.
    pub(crate) root_span_id: Option<String>,
}

/// What SQL can decide of a filter for somebody: not by what may be hidden from them.
pub(crate) fn narrow(filter: Option<&Expression>, sight: &Sight) -> Narrowing {
    let mut narrowing = Narrowing::default();
    if let Some(filter) = filter {
        narrowing.add(filter, sight);
    }
    narrowing
}

impl Narrowing {
    fn push(&mut self, condition: &str, values: Vec<Value>) {
        self.text += " AND ";
        self.text += condition;
        self.values.extend(values);
    }

    fn add(&mut self, expression: &Expression, sight: &Sight) {
        match &expression.kind {
            kind if hides(kind, sight) => {}
            Kind::And(parts) => parts.iter().for_each(|part| self.add(part, sight)),
            Kind::IsNull(operand) => self.add_null(operand, true),
            Kind::IsNotNull(operand) => self.add_null(operand, false),
            Kind::Binary { operator, left, right } => match (&left.kind, &right.kind) {
                (Kind::Path(path), _) => self.add_comparison(*operator, path, right),
                (_, Kind::Path(path)) => self.add_comparison(turned(*operator), path, left),
                _ => {}
            },
            Kind::Between { operand, low, high } => {
                if let Kind::Path(path) = &operand.kind {
                    self.add_comparison(BinaryOperator::GreaterOrEqual, path, low);
                    self.add_comparison(BinaryOperator::LessOrEqual, path, high);
                }
            }
            _ => {}
        }
    }

    fn add_null(&mut self, operand: &Expression, null: bool) {
        let Kind::Path(path) = &operand.kind else { return };
        match keys(path).as_slice() {
            ["scores", name] => {
                let not = if null { "NOT " } else { "" };
                let condition = format!(
                    "{not}EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND c.value IS NOT NULL)"
                );
                self.push(&condition, vec![Value::from(*name)]);
            }
            ["error"] => self.push("s.error = ?", vec![Value::from(!null)]),
            ["comments"] => self.push(if null { "s.comments = 0" } else { "s.comments > 0" }, Vec::new()),
            _ => {}
        }
    }

    fn add_comparison(&mut self, operator: BinaryOperator, path: &[Step], value: &Expression) {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Includes, Less, LessOrEqual};
        match (keys(path).as_slice(), operator, &value.kind) {
            (["scores", name], Equal | Greater | GreaterOrEqual | Less | LessOrEqual, Kind::Number(number)) => {
                let Some(number) = number.as_f64().filter(|number| (-1.0..=2.0).contains(number)) else { return };
                // One unit to either side, so that rounding never leaves out what the evaluator would take.
                let nano = Nano::from_score(number).0;
                let (condition, bounds) = match operator {
                    Equal => ("BETWEEN ? AND ?", vec![Value::from(nano - 1), Value::from(nano + 1)]),
                    Greater | GreaterOrEqual => (">= ?", vec![Value::from(nano - 1)]),
                    _ => ("<= ?", vec![Value::from(nano + 1)]),
                };
                let condition = format!(
                    "EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND c.value {condition})"
                );
                self.push(&condition, [vec![Value::from(*name)], bounds].concat());
            }
            (["tags"], Includes, Kind::Text(tag)) => {
                self.push(
                    "EXISTS (SELECT 1 FROM span_tags g WHERE g.project = s.project AND g.span = s.key AND g.tag = ?)",
                    vec![Value::from(tag.as_str())],
                );
            }
            (["id"], Equal, Kind::Text(text)) => self.push("s.row_id = ?", vec![Value::from(text.as_str())]),
            (["span_id"], Equal, Kind::Text(text)) => self.push("s.span_id = ?", vec![Value::from(text.as_str())]),
            (["root_span_id"], Equal, Kind::Text(text)) => {
                self.root_span_id = Some(text.clone());
                self.push("s.root_span_id = ?", vec![Value::from(text.as_str())]);
            }
            (["span_attributes", "name"], Equal, Kind::Text(text)) => self.push("s.name = ?", vec![Value::from(text.as_str())]),
            (["span_attributes", "type"], Equal, Kind::Text(text)) => self.push("s.kind = ?", vec![Value::from(text.as_str())]),
            (["created"], Greater | GreaterOrEqual | Less | LessOrEqual, Kind::Text(text)) => {
                if let Some(instant) = parse_instant(text) {
                    let condition = if matches!(operator, Greater | GreaterOrEqual) { "s.created >= ?" } else { "s.created <= ?" };
                    self.push(condition, vec![Value::from(instant)]);
                }
            }
            _ => {}
        }
    }
}

/// Whether a condition on one column is about something that may be hidden.
fn hides(kind: &Kind, sight: &Sight) -> bool {
    let hidden = |operand: &Expression| match &operand.kind {
        Kind::Path(path) => match keys(path).as_slice() {
            ["scores", name, ..] => sight.hides_score(name),
            ["comments", ..] => sight.is_blind(),
            _ => false,
        },
        _ => false,
    };
    match kind {
        Kind::IsNull(operand) | Kind::IsNotNull(operand) | Kind::Between { operand, .. } => hidden(operand),
        Kind::Binary { left, right, .. } => hidden(left) || hidden(right),
        _ => false,
    }
}

/// The operator that says the same with the sides exchanged; `includes` has no such twin and becomes one that is not
/// translated.
fn turned(operator: BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Less => BinaryOperator::Greater,
        BinaryOperator::LessOrEqual => BinaryOperator::GreaterOrEqual,
        BinaryOperator::Greater => BinaryOperator::Less,
        BinaryOperator::GreaterOrEqual => BinaryOperator::LessOrEqual,
        BinaryOperator::Equal => BinaryOperator::Equal,
        _ => BinaryOperator::NotEqual,
    }
}

/// The keys of a path; a path with indexes is none of ours.
fn keys(path: &[Step]) -> Vec<&str> {
    path.iter().map(|step| step.key().unwrap_or("\0")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use shared::filter::parse_expression;

    fn check(filter: &str, expected: Expect) {
        let expression = parse_expression(filter).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        expected.assert_eq(narrow(Some(&expression), &Sight::All).text.trim_start_matches(" AND "));
    }

    #[test]
    fn sql_decides_what_it_can_and_nothing_else() {
        check("id = 'a' and metadata.x = 1", expect!["s.row_id = ?"]);
        check("id = 'a' or metadata.x = 1", expect![""]);
        check("not tags includes 'x'", expect![""]);
        check(
            "tags includes 'x' and error is not null",
            expect!["EXISTS (SELECT 1 FROM span_tags g WHERE g.project = s.project AND g.span = s.key AND g.tag = ?) AND s.error = ?"],
        );
        check(
            "75% < scores.Preference",
            expect!["EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND c.value >= ?)"],
        );
        check(
            "scores.a is null",
            expect![
                "NOT EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND c.value IS NOT NULL)"
            ],
        );
        check("'x' includes tags", expect![""]);
        check("created > '2026-01-01'", expect!["s.created >= ?"]);
    }
}
