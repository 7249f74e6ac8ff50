//! The functions of the language.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::operators::{equal, matches_words, order, parse_number};
use super::{Computed, Evaluator};
use crate::filter::function::Function;
use crate::filter::syntax::{Expression, Step, Unit};
use crate::filter::time::{Length, counted_unit, truncate};

/// The columns that `search` looks through.
const SEARCHED: [&str; 7] = ["input", "output", "expected", "error", "metadata", "tags", "comments"];

impl Evaluator<'_> {
    pub(super) fn call(&self, function: Function, arguments: &[Expression]) -> Computed {
        let argument = |place: usize| arguments.get(place).map_or(Computed::NULL, |argument| self.compute(argument));
        let now = self.context.now_micros;
        match function {
            Function::Second => self.truncated(argument(0), 1, Unit::Second),
            Function::Minute => self.truncated(argument(0), 1, Unit::Minute),
            Function::Hour => self.truncated(argument(0), 1, Unit::Hour),
            Function::Day | Function::ToDate => self.truncated(argument(0), 1, Unit::Day),
            Function::Week => self.truncated(argument(0), 1, Unit::Week),
            Function::Month => self.truncated(argument(0), 1, Unit::Month),
            Function::Year => self.truncated(argument(0), 1, Unit::Year),
            Function::DateTrunc => match argument(0) {
                Computed::Json(Value::String(unit)) => match counted_unit(&unit) {
                    Some((count, unit)) => self.truncated(argument(1), count, unit),
                    None => Computed::NULL,
                },
                _ => Computed::NULL,
            },
            Function::Now => Computed::Instant(now),
            Function::CurrentDate => self.truncated(Computed::Instant(now), 1, Unit::Day),
            Function::Lower => changed_text(argument(0), |text| text.to_lowercase()),
            Function::Upper => changed_text(argument(0), |text| text.to_uppercase()),
            Function::Concat => {
                let parts = arguments.iter().filter_map(|argument| text_of(self.compute(argument)));
                Computed::Json(Value::String(parts.collect()))
            }
            Function::Len => length(&argument(0).into_value()),
            Function::JsonExtract => json_extract(argument(0).into_value(), &argument(1).into_value()),
            Function::Coalesce => {
                let mut values = arguments.iter().map(|argument| self.compute(argument));
                values.find(|value| !value.is_null()).unwrap_or(Computed::NULL)
            }
            Function::Nullif => {
                let value = argument(0);
                if equal(&value, &argument(1)) == Some(true) { Computed::NULL } else { value }
            }
            Function::Least => self.extreme(arguments, Ordering::Less),
            Function::Greatest => self.extreme(arguments, Ordering::Greater),
            Function::Round => round(&argument(0), &argument(1)),
            Function::ToString => text_of(argument(0)).map_or(Computed::NULL, |text| Computed::Json(Value::String(text))),
            Function::ToBoolean => Computed::boolean(to_boolean(&argument(0).into_value())),
            Function::ToInteger => number(to_number(&argument(0)).and_then(|number| whole_part(&number))),
            Function::ToNumber => number(to_number(&argument(0))),
            Function::ToDatetime => argument(0).instant().map_or(Computed::NULL, Computed::Instant),
            Function::ToInterval => match argument(0) {
                length @ Computed::Length(_) => length,
                Computed::Json(Value::String(text)) => Length::parse(&text).map_or(Computed::NULL, Computed::Length),
                _ => Computed::NULL,
            },
            // For a row alone, any span is this one.
            Function::AnySpan => argument(0),
            Function::Search => self.search(argument(0)),
            Function::EstimatedCost => self.path(&[Step::Key("metrics".to_owned()), Step::Key("estimated_cost".to_owned())]),
            // Nobody asks until a person is bound, and a single row has no aggregates.
            Function::Me
            | Function::Count
            | Function::CountDistinct
            | Function::Sum
            | Function::Average
            | Function::Minimum
            | Function::Maximum
            | Function::Percentile => Computed::NULL,
        }
    }

    fn truncated(&self, value: Computed, count: i64, unit: Unit) -> Computed {
        let start = value.instant().and_then(|instant| truncate(instant, count, unit, self.context.offset_minutes));
        start.map_or(Computed::NULL, Computed::Instant)
    }

    fn extreme(&self, arguments: &[Expression], wanted: Ordering) -> Computed {
        let values = arguments.iter().map(|argument| self.compute(argument)).filter(|value| !value.is_null());
        let best = values.reduce(|best, value| if order(&value, &best) == Some(wanted) { value } else { best });
        best.unwrap_or(Computed::NULL)
    }

    /// All words must be found, though not all in one column.
    fn search(&self, words: Computed) -> Computed {
        let Computed::Json(Value::String(words)) = words else { return Computed::NULL };
        let columns = SEARCHED.iter().map(|column| self.row.get(&[Step::Key((*column).to_owned())]).unwrap_or_default());
        Computed::boolean(Some(matches_words(&Value::Array(columns.collect()), &words)))
    }
}

fn number(number: Option<Number>) -> Computed {
    number.map_or(Computed::NULL, |number| Computed::Json(Value::Number(number)))
}

fn changed_text(value: Computed, change: fn(&str) -> String) -> Computed {
    match value {
        Computed::Json(Value::String(text)) => Computed::Json(Value::String(change(&text))),
        _ => Computed::NULL,
    }
}

fn text_of(value: Computed) -> Option<String> {
    match value.into_value() {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn length(value: &Value) -> Computed {
    let length = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::String(text) => text.chars().count(),
        _ => return Computed::NULL,
    };
    Computed::Json(Value::from(length))
}

/// The key is a name and not a path.
fn json_extract(value: Value, key: &Value) -> Computed {
    let parsed = match value {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::Null),
        other => other,
    };
    let found = key.as_str().and_then(|key| parsed.get(key)).cloned();
    Computed::Json(found.unwrap_or(Value::Null))
}

fn round(value: &Computed, digits: &Computed) -> Computed {
    let Computed::Json(Value::Number(value)) = value else { return Computed::NULL };
    let digits = match digits {
        Computed::Json(digits) => digits.as_i64().unwrap_or(0).clamp(-15, 15),
        _ => 0,
    };
    if digits >= 0 && !value.is_f64() {
        return number(Some(value.clone()));
    }
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
    let rounded = value.as_f64().map(|value| (value * scale).round() / scale);
    number(rounded.and_then(|rounded| {
        let whole = Number::from_f64(rounded);
        if digits <= 0 { whole.as_ref().and_then(whole_part) } else { whole }
    }))
}

fn to_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn to_number(value: &Computed) -> Option<Number> {
    match value {
        Computed::Json(Value::Number(number)) => Some(number.clone()),
        Computed::Json(Value::String(text)) => parse_number(text.trim()),
        Computed::Json(Value::Bool(truth)) => Some(Number::from(i64::from(*truth))),
        _ => None,
    }
}

/// The number without its fraction, where that fits.
fn whole_part(number: &Number) -> Option<Number> {
    if !number.is_f64() {
        return Some(number.clone());
    }
    let truncated = number.as_f64()?.trunc();
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let whole = (truncated.abs() < 9e18).then_some(truncated as i64);
    whole.map_or_else(|| Number::from_f64(truncated), |whole| Some(Number::from(whole)))
}
