//! The meaning of expressions: what each is worth for a row at an instant. Logic has three values; what cannot be
//! known is null, and null never selects a row.

mod call;
mod operators;
mod reading;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;

use super::Fields;
use super::compile::{ColumnReading, Compared, Compiled, Listed, Node, read};
use super::decimal::Decimal;
use super::function::Function;
use super::syntax::{BinaryOperator, Expression};
use super::time::{Length, format_instant, parse_instant};
pub(super) use operators::{Pattern, order, parse_number};
use operators::{arithmetic, equal};
pub(super) use reading::Reading;

pub use operators::{compare_values, is_like, matches_words};

/// The circumstances under which an expression is evaluated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// The time of asking, in microseconds since 1970.
    pub now_micros: i64,
    /// Where days begin: minutes from UTC, west positive.
    pub offset_minutes: i32,
}

impl Context {
    /// In UTC.
    pub fn at(now_micros: i64) -> Self {
        Self { now_micros, offset_minutes: 0 }
    }
}

/// The value of an expression for a row; null where it is unknown. For many rows, make a [`Compiled`] first.
pub fn evaluate(expression: &Expression, row: &dyn Fields, now_micros: i64) -> Value {
    evaluate_in(expression, row, Context::at(now_micros))
}

/// [`evaluate`], in a time zone.
pub fn evaluate_in(expression: &Expression, row: &dyn Fields, context: Context) -> Value {
    Compiled::new(expression, context).values(row).pop().unwrap_or_default()
}

/// Whether a row is selected: the expression is true, neither false nor null.
pub fn holds(expression: &Expression, row: &dyn Fields, now_micros: i64) -> bool {
    Compiled::new(expression, Context::at(now_micros)).holds(row)
}

/// A value on the way. Instants and lengths of time are JSON texts only at the end.
#[derive(Clone, Debug)]
pub(super) enum Computed<'value> {
    Json(Cow<'value, Value>),
    Instant(i64),
    Length(Length),
}

impl<'value> Computed<'value> {
    pub(super) const NULL: Self = Self::Json(Cow::Owned(Value::Null));

    pub(super) fn json(value: Value) -> Self {
        Self::Json(Cow::Owned(value))
    }

    pub(super) fn boolean(truth: Option<bool>) -> Self {
        Self::json(truth.map_or(Value::Null, Value::Bool))
    }

    /// The same value without a copy.
    fn borrowed(&self) -> Computed<'_> {
        match self {
            Self::Json(value) => Computed::Json(Cow::Borrowed(value.as_ref())),
            Self::Instant(instant) => Computed::Instant(*instant),
            Self::Length(length) => Computed::Length(*length),
        }
    }

    pub(super) fn into_owned(self) -> Computed<'static> {
        match self {
            Self::Json(value) => Computed::json(value.into_owned()),
            Self::Instant(instant) => Computed::Instant(instant),
            Self::Length(length) => Computed::Length(length),
        }
    }

    pub(super) fn as_json(&self) -> Option<&Value> {
        match self {
            Self::Json(value) => Some(value.as_ref()),
            Self::Instant(_) | Self::Length(_) => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.as_json().is_some_and(Value::is_null)
    }

    /// Bytes that it holds, roughly.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Json(value) => bytes_of(value),
            Self::Instant(_) | Self::Length(_) => size_of::<Self>(),
        }
    }

    pub(super) fn into_value(self) -> Value {
        self.into_json().into_owned()
    }

    pub(super) fn into_json(self) -> Cow<'value, Value> {
        match self {
            Self::Json(value) => value,
            Self::Instant(instant) => Cow::Owned(Value::String(format_instant(instant))),
            Self::Length(length) => Cow::Owned(Value::String(length.text())),
        }
    }

    pub(super) fn instant(&self) -> Option<i64> {
        match self {
            Self::Instant(instant) => Some(*instant),
            Self::Json(value) => parse_instant(value.as_str()?),
            Self::Length(_) => None,
        }
    }

    fn truth(&self) -> Option<bool> {
        self.as_json().and_then(Value::as_bool)
    }
}

fn bytes_of(value: &Value) -> usize {
    size_of::<Value>()
        + match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
            Value::String(text) => text.len(),
            Value::Array(items) => items.iter().map(bytes_of).sum(),
            Value::Object(members) => members.iter().map(|(key, value)| key.len() + bytes_of(value)).sum(),
        }
}

pub(super) struct Evaluator<'row> {
    pub reading: &'row Reading<'row>,
    pub any_spans: &'row [(Node, usize)],
    /// What of `any_spans` the trace is known to satisfy; for a row alone nothing is known.
    pub settled: &'row [bool],
    pub context: Context,
}

impl<'row> Evaluator<'row> {
    pub(super) fn compute(&self, node: &'row Node) -> Computed<'row> {
        match node {
            Node::Constant(value) => value.borrowed(),
            Node::Decimal(_, value) => Computed::Json(Cow::Borrowed(value)),
            Node::Array(items) => Computed::json(Value::Array(items.iter().map(|item| self.compute(item).into_value()).collect())),
            Node::Object(members) => Computed::json(Value::Object(
                members.iter().map(|(key, member)| (key.clone(), self.compute(member).into_value())).collect(),
            )),
            Node::Place(place, reading) => read(self.reading.value(*place), *reading),
            Node::Member(operand, steps) => match self.compute(operand).into_json() {
                Cow::Borrowed(whole) => super::walk(whole, steps).map_or(Computed::NULL, |part| Computed::Json(Cow::Borrowed(part))),
                Cow::Owned(whole) => Computed::json(super::walk(&whole, steps).cloned().unwrap_or(Value::Null)),
            },
            Node::Negate(operand) => match self.compute(operand) {
                Computed::Length(length) => Computed::Length(length.negated()),
                other => arithmetic(BinaryOperator::Subtract, &Computed::json(Value::from(0)), &other),
            },
            Node::Not(operand) => Computed::boolean(self.truth(operand).map(|truth| !truth)),
            Node::IsNull(operand) => Computed::boolean(Some(self.compute(operand).is_null())),
            Node::IsNotNull(operand) => Computed::boolean(Some(!self.compute(operand).is_null())),
            Node::And(operands) => Computed::boolean(self.joined(operands, false)),
            Node::Or(operands) => Computed::boolean(self.joined(operands, true)),
            Node::Compare(operator, compared) => Computed::boolean(self.compare(*operator, compared)),
            Node::Like(text, pattern) => Computed::boolean(self.like(text, pattern)),
            Node::LikeComputed(text, pattern, ignore_case) => {
                let pattern = self.compute(pattern);
                let pattern = pattern.as_json().and_then(Value::as_str).map(|pattern| Pattern::new(pattern, *ignore_case));
                Computed::boolean(pattern.and_then(|pattern| self.like(text, &pattern)))
            }
            Node::Match(value, words) => Computed::boolean(Some(self.matches(value, words))),
            Node::MatchComputed(value, words) => {
                let words = match self.compute(words).into_value() {
                    Value::String(words) => words,
                    Value::Number(number) => number.to_string(),
                    _ => return Computed::NULL,
                };
                let words: Vec<String> = super::tokens(&words).collect();
                Computed::boolean(Some(self.matches(value, &words)))
            }
            Node::Includes(haystack, needle) => {
                let (haystack, needle) = (self.compute(haystack).into_json(), self.compute(needle).into_json());
                Computed::boolean(operators::includes(&haystack, &needle))
            }
            Node::Arithmetic(operator, left, right) => arithmetic(*operator, &self.compute(left), &self.compute(right)),
            Node::Each(each) => Computed::json(each.items(self.reading.value(each.place))),
            Node::In(operand, items) => Computed::boolean(self.each_of(operand, &mut |value| {
                any_is(items.iter().map(|item| self.compare_with(BinaryOperator::Equal, (operand, value), item)))
            })),
            Node::InTexts(operand, texts) => match self.compute(operand).into_json().as_ref() {
                Value::Null => Computed::NULL,
                Value::String(text) => Computed::boolean(Some(texts.contains(text))),
                _ => Computed::boolean(Some(false)),
            },
            Node::InComputed(operand, list) => {
                let (operand, list) = (self.compute(operand), self.compute(list).into_json());
                let Value::Array(items) = list.as_ref() else { return Computed::NULL };
                Computed::boolean(any_is(items.iter().map(|item| equal(&operand, &Computed::Json(Cow::Borrowed(item))))))
            }
            Node::Between(operand, low, high) => Computed::boolean(self.each_of(operand, &mut |value| {
                let above = self.compare_with(BinaryOperator::GreaterOrEqual, (operand, value), low);
                let below = self.compare_with(BinaryOperator::LessOrEqual, (operand, value), high);
                match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }
            })),
            Node::Conditional(condition, then, otherwise) => {
                self.compute(if self.truth(condition) == Some(true) { then } else { otherwise })
            }
            Node::Call(function, arguments) => self.call(*function, arguments),
            Node::Search(words, places) => self.search(words, places),
            // For a row alone, any span is this one.
            Node::AnySpan(place) => match (self.settled.get(*place), self.any_spans.get(*place)) {
                (Some(settled), _) => Computed::boolean(Some(*settled)),
                (None, Some((inner, _))) => self.compute(inner),
                (None, None) => Computed::NULL,
            },
        }
    }

    pub(super) fn truth(&self, node: &'row Node) -> Option<bool> {
        self.compute(node).truth()
    }

    /// The JSON of what a node is worth, as it is stored, where it is a part of the row as it stands there.
    pub(super) fn stored(&self, node: &'row Node) -> Option<&'row str> {
        match node {
            Node::Place(place, ColumnReading::AsItIs) => self.reading.text(*place),
            Node::Place(place, ColumnReading::List) if !self.compute(node).is_null() => self.reading.text(*place),
            Node::Member(operand, steps) => super::lenient::part(self.stored(operand)?, steps),
            other => self.chosen(other).and_then(|chosen| self.stored(chosen)),
        }
    }

    /// What a node is worth as JSON.
    pub(super) fn text(&self, node: &'row Node) -> Result<Box<RawValue>, serde_json::Error> {
        match self.stored(node) {
            Some(stored) => RawValue::from_string(stored.to_owned()),
            None => to_raw_value(&*self.compute(node).into_json()),
        }
    }

    /// The number that stands at a place or in the expression, where a machine number would be another one. What is computed is made of
    /// machine numbers.
    pub(super) fn long_number(&self, node: &'row Node) -> Option<Decimal> {
        match node {
            Node::Decimal(number, _) => Some(number.clone()),
            Node::Place(place, _) => self.reading.long_number(*place),
            _ => None,
        }
    }

    /// Which of the nodes inside it a node is worth; none where it is worth something else.
    fn chosen(&self, node: &'row Node) -> Option<&'row Node> {
        match node {
            Node::Conditional(condition, then, otherwise) => {
                Some(if self.truth(condition) == Some(true) { then.as_ref() } else { otherwise.as_ref() })
            }
            Node::Call(Function::Coalesce, arguments) => arguments.iter().find(|argument| !self.compute(argument).is_null()),
            Node::Call(Function::Nullif, arguments) => arguments.first().filter(|_| !self.compute(node).is_null()),
            Node::Call(Function::Least, arguments) => self.extreme(arguments, Ordering::Less).map(|(least, _)| least),
            Node::Call(Function::Greatest, arguments) => self.extreme(arguments, Ordering::Greater).map(|(greatest, _)| greatest),
            _ => None,
        }
    }

    /// The least or the greatest of some nodes, with its value.
    pub(super) fn extreme(&self, arguments: &'row [Node], wanted: Ordering) -> Option<(&'row Node, Computed<'row>)> {
        let known = arguments.iter().map(|argument| (argument, self.compute(argument))).filter(|(_, value)| !value.is_null());
        known.reduce(|best, (argument, value)| {
            let exact = self.exact_order((argument, false), (best.0, false));
            if exact.or_else(|| order(&value, &best.1)) == Some(wanted) { (argument, value) } else { best }
        })
    }

    /// How two numbers are ordered, where machine numbers would lie about one of them. `beside_a_number` as of [`numeric`].
    fn exact_order(&self, (left, left_beside): (&'row Node, bool), (right, right_beside): (&'row Node, bool)) -> Option<Ordering> {
        let (long_left, long_right) = (self.long_number(left), self.long_number(right));
        if long_left.is_none() && long_right.is_none() {
            return None;
        }
        // Only what is not computed, so that nothing is computed again and again.
        let other = |node: &'row Node, beside| match node {
            Node::Constant(_) | Node::Place(..) => match numeric(self.compute(node), beside).as_json() {
                Some(Value::Number(number)) => Decimal::of(number),
                _ => None,
            },
            _ => None,
        };
        let left = long_left.or_else(|| other(left, left_beside))?;
        Some(left.cmp(&long_right.or_else(|| other(right, right_beside))?))
    }

    /// `and` is decided by one false, `or` by one true; otherwise one null makes all null.
    fn joined(&self, operands: &'row [Node], deciding: bool) -> Option<bool> {
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

    /// Whether something is true of a value; of a list of parts, whether it is true of any of them.
    fn each_of(&self, node: &'row Node, holds: &mut dyn FnMut(&Computed<'_>) -> Option<bool>) -> Option<bool> {
        let value = self.compute(node);
        match (node, value.as_json()) {
            (Node::Each(_), Some(Value::Array(items))) => any_is(items.iter().map(|item| holds(&Computed::Json(Cow::Borrowed(item))))),
            _ => holds(&value),
        }
    }

    fn like(&self, text: &'row Node, pattern: &Pattern) -> Option<bool> {
        if let Node::Each(_) = text {
            return self.each_of(text, &mut |value| {
                let text = value.as_json()?.as_str()?;
                Some(if pattern.ignores_case() { pattern.fits(&text.to_lowercase()) } else { pattern.fits(text) })
            });
        }
        if let (Node::Place(place, ColumnReading::AsItIs), true) = (text, pattern.ignores_case()) {
            return self.reading.in_small_letters(*place).map(|text| pattern.fits(text));
        }
        let text = self.compute(text).into_json();
        let text = text.as_str()?;
        Some(if pattern.ignores_case() { pattern.fits(&text.to_lowercase()) } else { pattern.fits(text) })
    }

    /// Whether all words are in a value. Nothing is in a missing one.
    fn matches(&self, value: &'row Node, words: &[String]) -> bool {
        if words.is_empty() {
            return false;
        }
        if let Node::Place(place, _) = value {
            return self.reading.has_words(*place, words);
        }
        let known: HashSet<String> = super::words_of(&self.compute(value).into_json()).into_iter().collect();
        words.iter().all(|word| known.contains(word))
    }

    /// All words must be found, though not all in one place.
    fn search(&self, words: &'row Node, places: &[usize]) -> Computed<'row> {
        let words = self.compute(words).into_json();
        let Some(words) = words.as_str() else { return Computed::NULL };
        let mut words = super::tokens(words).peekable();
        let known = |word: String| places.iter().any(|place| self.reading.words(*place).contains(&word));
        Computed::boolean(Some(words.peek().is_some() && words.all(known)))
    }

    fn compare(&self, operator: BinaryOperator, compared: &'row Compared) -> Option<bool> {
        let Compared { left, right, number_on_left, number_on_right } = compared;
        // That a list of parts is not a value means that none of them is.
        if operator == BinaryOperator::NotEqual && (matches!(left, Node::Each(_)) || matches!(right, Node::Each(_))) {
            return self.compare(BinaryOperator::Equal, compared).map(|same| !same);
        }
        if let Some(order) = self.exact_order((left, *number_on_right), (right, *number_on_left)) {
            return ordered(operator, order);
        }
        self.each_of(left, &mut |one| {
            let one = numeric(one.borrowed(), *number_on_right);
            self.each_of(right, &mut |other| compared_values(operator, &one, &numeric(other.borrowed(), *number_on_left)))
        })
    }

    /// Compares a value that is computed already with one of several others.
    fn compare_with(&self, operator: BinaryOperator, (node, value): (&'row Node, &Computed<'_>), other: &'row Listed) -> Option<bool> {
        let Listed { node: right, number_on_left, number_on_right } = other;
        if let Some(order) = self.exact_order((node, *number_on_right), (right, *number_on_left)) {
            return ordered(operator, order);
        }
        let left = numeric(value.borrowed(), *number_on_right);
        self.each_of(right, &mut |right| compared_values(operator, &left, &numeric(right.borrowed(), *number_on_left)))
    }
}

fn ordered(operator: BinaryOperator, order: Ordering) -> Option<bool> {
    use BinaryOperator as Operator;
    match operator {
        Operator::Equal => Some(order.is_eq()),
        Operator::NotEqual => Some(order.is_ne()),
        Operator::Less => Some(order.is_lt()),
        Operator::LessOrEqual => Some(order.is_le()),
        Operator::Greater => Some(order.is_gt()),
        Operator::GreaterOrEqual => Some(order.is_ge()),
        _ => None,
    }
}

fn compared_values(operator: BinaryOperator, left: &Computed<'_>, right: &Computed<'_>) -> Option<bool> {
    match operator {
        BinaryOperator::Equal => equal(left, right),
        BinaryOperator::NotEqual => equal(left, right).map(|same| !same),
        _ => order(left, right).and_then(|order| ordered(operator, order)),
    }
}

/// True where one is, unknown where one of the others is, else false.
fn any_is(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for one in each {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => unknown = true,
        }
    }
    (!unknown).then_some(false)
}

/// The number that a text spells, beside a number that is written in the expression.
fn numeric(value: Computed<'_>, beside_a_number: bool) -> Computed<'_> {
    if !beside_a_number {
        return value;
    }
    match value.as_json().and_then(Value::as_str).and_then(parse_number) {
        Some(number) => Computed::json(Value::Number(number)),
        None => value,
    }
}
