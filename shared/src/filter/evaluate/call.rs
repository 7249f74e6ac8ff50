//! The functions of the language.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::operators::{equal, parse_number};
use super::{Computed, Evaluator};
use crate::filter::compile::Node;
use crate::filter::function::Function;
use crate::filter::lenient::parse_leniently;
use crate::filter::syntax::Unit;
use crate::filter::time::{Length, counted_unit, truncate};

/// Bytes of a text that is made of others; a longer one is unknown, because a short question could else make texts without end.
const LONGEST_MADE: usize = 256 * 1024;

impl<'row> Evaluator<'row> {
    pub(super) fn call(&self, function: Function, arguments: &'row [Node]) -> Computed<'row> {
        let argument = |place: usize| arguments.get(place).map_or(Computed::NULL, |argument| self.compute(argument));
        let now = self.context.now_micros;
        if let Some(unit) = period(function) {
            return self.truncated(&argument(0), 1, unit);
        }
        match function {
            Function::DateTrunc => match argument(0).as_json().and_then(Value::as_str).and_then(counted_unit) {
                Some((count, unit)) => self.truncated(&argument(1), count, unit),
                None => Computed::NULL,
            },
            Function::Now => Computed::Instant(now),
            Function::CurrentDate => self.truncated(&Computed::Instant(now), 1, Unit::Day),
            Function::Lower => changed_text(&argument(0), str::to_lowercase),
            Function::Upper => changed_text(&argument(0), str::to_uppercase),
            Function::Concat => {
                let mut whole = String::new();
                for part in arguments.iter().filter_map(|argument| text_of(self.compute(argument))) {
                    if whole.len() + part.len() > LONGEST_MADE {
                        return Computed::NULL;
                    }
                    whole.push_str(&part);
                }
                Computed::json(Value::String(whole))
            }
            Function::Len => length(&argument(0).into_json()),
            Function::JsonExtract => json_extract(&argument(0).into_json(), &argument(1).into_json()),
            Function::Coalesce => {
                let mut values = arguments.iter().map(|argument| self.compute(argument));
                values.find(|value| !value.is_null()).unwrap_or(Computed::NULL)
            }
            Function::Nullif => {
                let value = argument(0);
                if equal(&value, &argument(1)) == Some(true) { Computed::NULL } else { value }
            }
            Function::Least => self.extreme(arguments, Ordering::Less).map_or(Computed::NULL, |(_, least)| least),
            Function::Greatest => self.extreme(arguments, Ordering::Greater).map_or(Computed::NULL, |(_, greatest)| greatest),
            Function::Round => round(&argument(0), &argument(1)),
            Function::ToString => text_of(argument(0)).map_or(Computed::NULL, |text| Computed::json(Value::String(text))),
            Function::ToBoolean => Computed::boolean(to_boolean(&argument(0).into_json())),
            Function::ToInteger => number(to_number(&argument(0)).and_then(|number| whole_part(&number))),
            Function::ToNumber => number(to_number(&argument(0))),
            Function::ToDatetime => argument(0).instant().map_or(Computed::NULL, Computed::Instant),
            Function::ToInterval => match argument(0) {
                length @ Computed::Length(_) => length,
                other => other.as_json().and_then(Value::as_str).and_then(Length::parse).map_or(Computed::NULL, Computed::Length),
            },
            // These are no calls any more when an expression is ready, and those that begin a period are done.
            Function::Second
            | Function::Minute
            | Function::Hour
            | Function::Day
            | Function::ToDate
            | Function::Week
            | Function::Month
            | Function::Year
            | Function::AnySpan
            | Function::Search
            | Function::EstimatedCost
            | Function::Me
            | Function::Count
            | Function::CountDistinct
            | Function::Sum
            | Function::Average
            | Function::Minimum
            | Function::Maximum
            | Function::Percentile => Computed::NULL,
        }
    }

    fn truncated(&self, value: &Computed<'_>, count: i64, unit: Unit) -> Computed<'row> {
        let start = value.instant().and_then(|instant| truncate(instant, count, unit, self.context.offset_minutes));
        start.map_or(Computed::NULL, Computed::Instant)
    }
}

fn number(number: Option<Number>) -> Computed<'static> {
    number.map_or(Computed::NULL, |number| Computed::json(Value::Number(number)))
}

fn changed_text(value: &Computed<'_>, change: fn(&str) -> String) -> Computed<'static> {
    match value.as_json() {
        Some(Value::String(text)) => Computed::json(Value::String(change(text))),
        _ => Computed::NULL,
    }
}

fn text_of(value: Computed<'_>) -> Option<String> {
    match value.into_value() {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn length(value: &Value) -> Computed<'static> {
    let length = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::String(text) => text.chars().count(),
        _ => return Computed::NULL,
    };
    Computed::json(Value::from(length))
}

/// The key is a name and not a path.
fn json_extract(value: &Value, key: &Value) -> Computed<'static> {
    let Some(key) = key.as_str() else { return Computed::NULL };
    let found = match value {
        Value::String(text) => parse_leniently(text).and_then(|parsed| parsed.get(key).cloned()),
        other => other.get(key).cloned(),
    };
    Computed::json(found.unwrap_or(Value::Null))
}

fn round(value: &Computed<'_>, digits: &Computed<'_>) -> Computed<'static> {
    let Some(Value::Number(value)) = value.as_json() else { return Computed::NULL };
    let digits = digits.as_json().and_then(Value::as_i64).unwrap_or(0).clamp(-15, 15);
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

fn to_number(value: &Computed<'_>) -> Option<Number> {
    match value.as_json()? {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => parse_number(text.trim()),
        Value::Bool(truth) => Some(Number::from(i64::from(*truth))),
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

/// The unit of a function that begins a period; none for other functions.
fn period(function: Function) -> Option<Unit> {
    Some(match function {
        Function::Second => Unit::Second,
        Function::Minute => Unit::Minute,
        Function::Hour => Unit::Hour,
        Function::Day | Function::ToDate => Unit::Day,
        Function::Week => Unit::Week,
        Function::Month => Unit::Month,
        Function::Year => Unit::Year,
        _ => return None,
    })
}
