//! What is known of single columns without reading a row's content.

use super::answered::is_answer;
use super::{Narrower, Part, keys};
use crate::content::versions::STANDS;
use sea_orm::Value;
use shared::filter::{BinaryOperator, Expression, Kind, constant, parse_instant};
use shared::reviews::{ASSIGNMENTS_KEY, LISTS_KEY};
use shared::summary::Nano;

/// The trace that a condition asks for.
pub(super) fn root_span_id(condition: &Expression) -> Option<String> {
    let Kind::Binary { operator: BinaryOperator::Equal, left, right } = &condition.kind else { return None };
    match (&left.kind, &right.kind) {
        (Kind::Path(path), Kind::Text(text)) | (Kind::Text(text), Kind::Path(path)) if keys(path) == ["root_span_id"] => Some(text.clone()),
        _ => None,
    }
}

/// Whether a condition asks for what has not arrived.
pub(super) fn asks_for_waiting(condition: &Expression) -> bool {
    let is_arrived = |operand: &Expression| matches!(&operand.kind, Kind::Path(path) if keys(path) == ["arrived"]);
    match &condition.kind {
        Kind::Not(operand) => is_arrived(operand),
        Kind::Binary { operator, left, right } => match (&left.kind, &right.kind) {
            (_, Kind::Boolean(truth)) if is_arrived(left) => *operator == asked(*truth),
            (Kind::Boolean(truth), _) if is_arrived(right) => *operator == asked(*truth),
            _ => false,
        },
        _ => false,
    }
}

/// The operator with which a truth asks for what is false.
fn asked(truth: bool) -> BinaryOperator {
    if truth { BinaryOperator::NotEqual } else { BinaryOperator::Equal }
}

/// The operator that says the same with the sides exchanged.
pub(super) fn turned(operator: BinaryOperator) -> Option<BinaryOperator> {
    use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    Some(match operator {
        Less => Greater,
        LessOrEqual => GreaterOrEqual,
        Greater => Less,
        GreaterOrEqual => LessOrEqual,
        Equal => Equal,
        NotEqual => NotEqual,
        _ => return None,
    })
}

/// The operator that is true where this one is false, of values that are both known.
pub(super) fn opposite(operator: BinaryOperator) -> BinaryOperator {
    use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    match operator {
        Less => GreaterOrEqual,
        LessOrEqual => Greater,
        Greater => LessOrEqual,
        GreaterOrEqual => Less,
        Equal => NotEqual,
        NotEqual => Equal,
        other => other,
    }
}

/// Texts are stored without NUL, so what has one, or the sign that stands for it, is not looked up.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(['\0', '\u{fffd}'])
}

impl Narrower<'_> {
    /// A column that is true or false by itself.
    pub(super) fn boolean(&self, path: &[&str], truth: bool) -> Part {
        match path {
            ["is_root"] => Part::exactly(format!("{}.parent_span_id IS {}NULL", self.span, if truth { "" } else { "NOT " }), Vec::new()),
            ["arrived"] => Part::exactly(format!("{}.arrived = ?", self.span), vec![Value::from(truth)]),
            place if is_value(place) => self.value_is(place, truth),
            _ => Part::UNKNOWN,
        }
    }

    pub(super) fn null(&self, operand: &Expression, null: bool) -> Part {
        let Kind::Path(path) = &operand.kind else { return Part::UNKNOWN };
        let span = self.span;
        match keys(path).as_slice() {
            place if is_value(place) => self.value_null(place, null),
            path if is_answer(path) => self.answers_null(path, null),
            [column, name] if self.sight.sees_score(name) => {
                let Some(column) = score_column(column) else { return Part::UNKNOWN };
                let not = if null { "NOT " } else { "" };
                let text = format!(
                    "{not}EXISTS (SELECT 1 FROM span_scores c WHERE c.project = {span}.project AND c.span = {span}.key AND c.name = ? AND {column} IS NOT NULL)"
                );
                Part::exactly(text, vec![Value::from(*name)])
            }
            ["error"] if !self.sight.veils_spans() => Part::exactly(format!("{span}.error = ?"), vec![Value::from(!null)]),
            ["comments"] if !self.sight.is_blind() => {
                Part::exactly(format!("{span}.comments {} 0", if null { "=" } else { ">" }), Vec::new())
            }
            ["tags"] => {
                let not = if null { "NOT " } else { "" };
                Part::exactly(
                    format!("{not}EXISTS (SELECT 1 FROM span_tags g WHERE g.project = {span}.project AND g.span = {span}.key)"),
                    Vec::new(),
                )
            }
            ["id" | "span_id" | "root_span_id" | "created" | "is_root" | "arrived"] => Part::certain(!null),
            path if !null && is_of_review(path) => self.flagged(),
            _ => Part::UNKNOWN,
        }
    }

    /// Only what stands in a list shows anything of a review.
    fn flagged(&self) -> Part {
        let text = format!(
            "EXISTS (SELECT 1 FROM span_flags f WHERE f.project = {span}.project AND f.span = {span}.key AND f.superseded = {STANDS})",
            span = self.span
        );
        Part::at_most(text, Vec::new())
    }

    pub(super) fn comparison(&self, operator: BinaryOperator, path: &[&str], value: &Expression, truth: bool) -> Part {
        if operator == BinaryOperator::Includes {
            return self.includes(path, value, truth);
        }
        if !operator.compares() {
            return Part::UNKNOWN;
        }
        let operator = if truth { operator } else { opposite(operator) };
        if let [column, name] = path
            && let Some(column) = score_column(column).filter(|_| self.sight.sees_score(name))
        {
            return self.score(operator, column, name, value);
        }
        match (path, &value.kind) {
            (["created"], _) => self.time(operator, value),
            // A comparison with what is missing is neither true nor false.
            (path, _) if is_of_review(path) => self.flagged(),
            (path, _) if is_answer(path) => self.answers_compared(operator, path, value),
            (place, _) if is_value(place) => self.value(operator, place, value),
            (["is_root" | "arrived"], Kind::Boolean(boolean)) => match operator {
                BinaryOperator::Equal => self.boolean(path, *boolean),
                BinaryOperator::NotEqual => self.boolean(path, !*boolean),
                _ => Part::UNKNOWN,
            },
            (_, Kind::Text(text)) => self.text(operator, path, text),
            _ => Part::UNKNOWN,
        }
    }

    /// A list of texts that a column is one of; other lists are compared one by one.
    pub(super) fn list(&mut self, path: &[&str], items: &[Expression], truth: bool) -> Part {
        let texts: Option<Vec<&str>> = items.iter().map(|item| item.kind.text().filter(|text| is_plain(text))).collect();
        if let (Some(column), Some(texts)) = (text_column(path), texts)
            && !texts.is_empty()
            && texts.len() <= 2_000
        {
            let not = if truth { "" } else { "NOT " };
            let places = crate::ground::database::list(texts.len());
            let values = texts.into_iter().map(Value::from).collect();
            return Part::exactly(format!("{}.{column} {not}IN ({places})", self.span), values);
        }
        self.conditions += items.len();
        if self.conditions > super::MOST {
            return Part::UNKNOWN;
        }
        let each = items.iter().map(|item| self.comparison(BinaryOperator::Equal, path, item, truth)).collect();
        if truth { Part::any(each) } else { Part::all(each) }
    }

    fn includes(&self, path: &[&str], value: &Expression, truth: bool) -> Part {
        match (path, &value.kind) {
            (["tags"], Kind::Text(tag)) if is_plain(tag) => {
                let not = if truth { "" } else { "NOT " };
                let text = format!(
                    "{not}EXISTS (SELECT 1 FROM span_tags g WHERE g.project = {span}.project AND g.span = {span}.key AND g.tag = ?)",
                    span = self.span
                );
                Part::exactly(text, vec![Value::from(tag.as_str())])
            }
            (path, _) if truth && is_of_review(path) => self.flagged(),
            (path, _) if truth && is_answer(path) => self.answers(path),
            _ => Part::UNKNOWN,
        }
    }

    /// A score compared with a number, as the units in which it is stored.
    fn score(&self, operator: BinaryOperator, column: &str, name: &str, value: &Expression) -> Part {
        let (condition, bounds) = match self.compared(operator, column, value, |units| Nano(units).score(), 1e9) {
            Ok(compared) => compared,
            Err(part) => return part,
        };
        let text = format!(
            "EXISTS (SELECT 1 FROM span_scores c WHERE c.project = {span}.project AND c.span = {span}.key AND c.name = ? AND ({condition}))",
            span = self.span
        );
        Part::exactly(text, std::iter::once(Value::from(name)).chain(bounds).collect())
    }

    /// A column of whole units compared with a number: `read` says as which number units read, which are so many for one.
    ///
    /// # Errors
    /// What is known where that is no condition.
    pub(super) fn compared(
        &self,
        operator: BinaryOperator,
        column: &str,
        value: &Expression,
        read: fn(i64) -> f64,
        units: f64,
    ) -> Result<(String, Vec<Value>), Part> {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let number = match constant(value, self.context) {
            Some(serde_json::Value::Number(number)) => number.as_f64(),
            Some(serde_json::Value::Null) => return Err(Part::Nothing),
            _ => None,
        };
        let bounds = number.and_then(|number| Some((lowest(number, false, read, units)?, lowest(number, true, read, units)?)));
        let Some((from, above)) = bounds else { return Err(Part::UNKNOWN) };
        let (condition, bounds) = match operator {
            Equal => (">= ? AND {} < ?", vec![from, above]),
            NotEqual => ("< ? OR {} >= ?", vec![from, above]),
            Less => ("< ?", vec![from]),
            LessOrEqual => ("< ?", vec![above]),
            Greater => (">= ?", vec![above]),
            GreaterOrEqual => (">= ?", vec![from]),
            _ => return Err(Part::UNKNOWN),
        };
        Ok((format!("{column} {}", condition.replace("{}", column)), bounds.into_iter().map(Value::from).collect()))
    }

    fn time(&self, operator: BinaryOperator, value: &Expression) -> Part {
        let instant = match constant(value, self.context) {
            Some(serde_json::Value::String(text)) => parse_instant(&text),
            Some(serde_json::Value::Null) => return Part::Nothing,
            _ => None,
        };
        let Some(instant) = instant else { return Part::UNKNOWN };
        let symbol = if operator == BinaryOperator::NotEqual { "<>" } else { operator.symbol() };
        Part::exactly(format!("{}.created {symbol} ?", self.span), vec![Value::from(instant)])
    }

    fn text(&self, operator: BinaryOperator, path: &[&str], text: &str) -> Part {
        let symbol = match operator {
            BinaryOperator::Equal => "=",
            BinaryOperator::NotEqual => "<>",
            _ => return Part::UNKNOWN,
        };
        if !is_plain(text) {
            return Part::UNKNOWN;
        }
        let span = self.span;
        let bound = vec![Value::from(text)];
        match (path, text_column(path)) {
            (_, Some(column)) => Part::exactly(format!("{span}.{column} {symbol} ?"), bound),
            (["span_attributes", key @ ("name" | "type")], None) => {
                let column = if *key == "name" { "name" } else { "kind" };
                // Empty stands also for a missing one, and for one that is no text.
                match (symbol, text.is_empty()) {
                    ("=", false) => Part::exactly(format!("{span}.{column} = ?"), bound),
                    ("=", true) => Part::at_most(format!("{span}.{column} = ?"), bound),
                    _ => Part::at_most(format!("{span}.{column} <> ?"), bound),
                }
            }
            _ => Part::UNKNOWN,
        }
    }
}

/// Whether a path is there only where a row stands in a review list.
fn is_of_review(path: &[&str]) -> bool {
    matches!(path, ["review" | "__bt_assignments", ..] | ["metadata", LISTS_KEY | ASSIGNMENTS_KEY, ..])
}

/// Whether a path is a place of which values are kept, as far as no review shows there.
fn is_value(path: &[&str]) -> bool {
    matches!(path, ["metadata" | "metrics", _, ..]) && !is_of_review(path)
}

/// The column that holds a text as it is.
pub(super) fn text_column(path: &[&str]) -> Option<&'static str> {
    match path {
        ["id"] => Some("row_id"),
        ["span_id"] => Some("span_id"),
        ["root_span_id"] => Some("root_span_id"),
        _ => None,
    }
}

/// Where the numbers of a column stand in `span_scores c`; none for other columns.
fn score_column(column: &str) -> Option<&'static str> {
    match column {
        "scores" => Some("c.value"),
        "reported" => Some("c.reported"),
        // The mean in whole units, halves up: null where nobody said anything.
        "feedback" => Some("((c.feedback_sum + c.feedback / 2) / NULLIF(c.feedback, 0))"),
        "gold" => Some("c.gold"),
        _ => None,
    }
}

/// The lowest number of units that reads as at least, or as more than, a number; none where that is not certain.
fn lowest(number: f64, more: bool, read: fn(i64) -> f64, units: f64) -> Option<i64> {
    /// Units that a machine number still tells apart.
    const FAR: f64 = 4e15;
    let near = number * units;
    if near.abs() > FAR {
        return None;
    }
    let reaches = |units: i64| if more { read(units) > number } else { read(units) >= number };
    let near = near.round() as i64;
    (near - 3..=near + 3).find(|units| reaches(*units))
}
