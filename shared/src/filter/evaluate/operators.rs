//! Comparison, search and arithmetic on values.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::Computed;
use crate::filter::syntax::BinaryOperator;
use crate::filter::time;
use crate::filter::words::{tokens, words_of};

/// Whether two values are the same; null where one is null.
pub(in crate::filter) fn equal(left: &Computed<'_>, right: &Computed<'_>) -> Option<bool> {
    match (left, right) {
        _ if left.is_null() || right.is_null() => None,
        (Computed::Json(left), Computed::Json(right)) => Some(same(left, right)),
        (Computed::Length(left), Computed::Length(right)) => Some(left.approximate_micros() == right.approximate_micros()),
        (Computed::Length(_), _) | (_, Computed::Length(_)) => Some(false),
        _ => Some(left.instant().is_some() && left.instant() == right.instant()),
    }
}

/// How two values are ordered; null where they cannot be. Text is compared byte by byte.
pub(in crate::filter) fn order(left: &Computed<'_>, right: &Computed<'_>) -> Option<Ordering> {
    match (left, right) {
        (Computed::Json(left), Computed::Json(right)) => match (left.as_ref(), right.as_ref()) {
            (Value::Number(left), Value::Number(right)) => number_order(left, right),
            (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
            _ => None,
        },
        (Computed::Length(left), Computed::Length(right)) => Some(left.approximate_micros().cmp(&right.approximate_micros())),
        (Computed::Instant(_), _) | (_, Computed::Instant(_)) => Some(left.instant()?.cmp(&right.instant()?)),
        _ => None,
    }
}

/// A total order for sorting: booleans, numbers, texts, then the rest; nulls are greatest.
pub fn compare_values(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    };
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) => number_order(left, right).unwrap_or(Ordering::Equal),
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => left.to_string().cmp(&right.to_string()),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn whole(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn number_order(left: &Number, right: &Number) -> Option<Ordering> {
    match (whole(left), whole(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

/// The number that a whole text spells.
pub(in crate::filter) fn parse_number(text: &str) -> Option<Number> {
    let number = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    number.ok().or_else(|| Number::from_f64(text.parse().ok()?))
}

/// Deep equality in which 1 and 1.0 are the same number.
pub(in crate::filter) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => number_order(left, right) == Some(Ordering::Equal),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len() && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

/// Whether an array holds a value, an object a key or a value or all members of an object, a text another text. What is missing
/// holds nothing.
pub(in crate::filter) fn includes(haystack: &Value, needle: &Value) -> Option<bool> {
    if needle.is_null() {
        return None;
    }
    Some(match (haystack, needle) {
        (Value::Array(items), _) => items.iter().any(|item| same(item, needle)),
        (Value::Object(members), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| members.get(key).is_some_and(|member| same(member, value)))
        }
        (Value::Object(members), _) => {
            needle.as_str().is_some_and(|key| members.contains_key(key)) || members.values().any(|member| same(member, needle))
        }
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        _ => false,
    })
}

/// Whether all words are among the words of a value. No words are found nowhere.
pub fn matches_words(value: &Value, words: &str) -> bool {
    let mut wanted = tokens(words).peekable();
    if wanted.peek().is_none() {
        return false;
    }
    let known = words_of(value);
    wanted.all(|word| known.contains(&word))
}

/// Whether a whole text has the form of a pattern, in which `%` stands for any text and `\%` for a percent sign.
pub fn is_like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    let pattern = Pattern::new(pattern, ignore_case);
    if ignore_case { pattern.fits(&text.to_lowercase()) } else { pattern.fits(text) }
}

/// A pattern that has been read.
#[derive(Debug)]
pub(in crate::filter) struct Pattern {
    parts: Vec<String>,
    ignores_case: bool,
}

impl Pattern {
    pub(in crate::filter) fn new(pattern: &str, ignores_case: bool) -> Self {
        let parts = if ignores_case { pattern_parts(&pattern.to_lowercase()) } else { pattern_parts(pattern) };
        Self { parts, ignores_case }
    }

    /// Whether texts are compared in small letters.
    pub(in crate::filter) fn ignores_case(&self) -> bool {
        self.ignores_case
    }

    /// Whether a text has this form; in small letters where case is ignored.
    pub(in crate::filter) fn fits(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.parts.first(), self.parts.last()) else { return text.is_empty() };
        if self.parts.len() == 1 {
            return text == first;
        }
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for part in &self.parts[1..self.parts.len() - 1] {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

/// The literal texts between the wildcards.
fn pattern_parts(pattern: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => parts.push(std::mem::take(&mut part)),
            '\\' => match letters.next_if(|next| matches!(next, '%' | '_' | '\\')) {
                Some(escaped) => part.push(escaped),
                None => part.push(letter),
            },
            _ => part.push(letter),
        }
    }
    parts.push(part);
    parts
}

pub(in crate::filter) fn arithmetic(operator: BinaryOperator, left: &Computed<'_>, right: &Computed<'_>) -> Computed<'static> {
    use BinaryOperator::{Add, Subtract};
    match (left, right) {
        (Computed::Json(one), Computed::Json(other)) => match (one.as_ref(), other.as_ref()) {
            (Value::Number(one), Value::Number(other)) => {
                numbers(operator, one, other).map_or(Computed::NULL, |number| Computed::json(Value::Number(number)))
            }
            _ => Computed::NULL,
        },
        (Computed::Length(left), Computed::Length(right)) => match operator {
            Add => Computed::Length(left.plus(*right)),
            Subtract => Computed::Length(left.plus(right.negated())),
            _ => Computed::NULL,
        },
        (left, Computed::Length(length)) => match (operator, left.instant()) {
            (Add, Some(instant)) => Computed::Instant(time::add(instant, *length)),
            (Subtract, Some(instant)) => Computed::Instant(time::add(instant, length.negated())),
            _ => Computed::NULL,
        },
        (Computed::Length(length), right) => match (operator, right.instant()) {
            (Add, Some(instant)) => Computed::Instant(time::add(instant, *length)),
            _ => Computed::NULL,
        },
        (left, right) => match (operator, left.instant(), right.instant()) {
            (Subtract, Some(left), Some(right)) => Computed::Length(time::Length { months: 0, micros: left.saturating_sub(right) }),
            _ => Computed::NULL,
        },
    }
}

/// Whole numbers stay whole where the result is; dividing by zero gives nothing.
fn numbers(operator: BinaryOperator, left: &Number, right: &Number) -> Option<Number> {
    use BinaryOperator::{Add, Divide, Multiply, Remainder, Subtract};
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        let exact = match operator {
            Add => left.checked_add(right),
            Subtract => left.checked_sub(right),
            Multiply => left.checked_mul(right),
            Divide if left.checked_rem(right) == Some(0) => left.checked_div(right),
            Remainder => left.checked_rem(right),
            _ => None,
        };
        if let Some(number) = exact.and_then(|exact| i64::try_from(exact).ok()) {
            return Some(Number::from(number));
        }
    }
    let (left, right) = (left.as_f64()?, right.as_f64()?);
    Number::from_f64(match operator {
        Add => left + right,
        Subtract => left - right,
        Multiply => left * right,
        Divide if right != 0.0 => left / right,
        Remainder if right != 0.0 => left % right,
        _ => return None,
    })
}
