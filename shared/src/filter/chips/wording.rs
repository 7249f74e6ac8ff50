//! A chip as people read it: "Preference is greater than 75 %".

use super::{Chip, ChipOperator, ChipValues, PathType};
use crate::filter::check::type_of_path;
use crate::filter::syntax::{BinaryOperator, Expression, Kind, Step};

/// In what the numbers of a place are read and typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipUnit {
    /// In per cent; the language holds the share.
    Percent,
    /// In seconds.
    Seconds,
    /// In dollars.
    Dollars,
    /// In nothing.
    Plain,
}

impl ChipUnit {
    /// The unit of a place.
    pub fn of(path: &[Step]) -> Self {
        match keys(path).as_slice() {
            [Some("scores" | "reported" | "feedback" | "gold"), Some(_)]
            | [Some("answers"), Some(_)]
            | [Some("answers"), Some(_), Some("mine")]
            | [Some("answers"), Some(_), Some("by"), Some(_)] => Self::Percent,
            [Some("metrics"), Some("duration" | "llm_duration" | "time_to_first_token")] => Self::Seconds,
            [Some("metrics"), Some("estimated_cost")] => Self::Dollars,
            _ => Self::Plain,
        }
    }

    /// A number as it is read, which is written with or without its unit.
    pub(super) fn number(self, written: &str, with_unit: bool) -> String {
        let percent = || written.parse::<f64>().ok().map(|share| shortest(share * 100.0));
        match (self, with_unit) {
            (Self::Percent, true) => percent().map_or_else(|| written.to_owned(), |percent| format!("{percent} %")),
            (Self::Percent, false) => percent().unwrap_or_else(|| written.to_owned()),
            (Self::Seconds, true) => format!("{written} s"),
            (Self::Dollars, true) => format!("${written}"),
            (Self::Seconds | Self::Dollars | Self::Plain, _) => written.to_owned(),
        }
    }
}

/// A number without the noise of multiplying: 28.999999999999996 is 29.
fn shortest(number: f64) -> String {
    let text = format!("{number:.7}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Chip {
    /// The condition in words. What is no condition stands as the language writes it.
    pub fn words(&self) -> String {
        match self {
            Self::Condition { path, operator, values } => condition_words(path, *operator, values),
            Self::Expression(expression) => expression.to_string(),
        }
    }
}

fn condition_words(path: &[Step], operator: ChipOperator, values: &[Expression]) -> String {
    let place = place_words(path);
    if type_of_path(path) == PathType::Time
        && let [value] = values
        && let Some(length) = ago(value)
    {
        match operator {
            ChipOperator::Greater | ChipOperator::AtLeast => return format!("{place} in the last {}", length_words(length, true)),
            ChipOperator::Less | ChipOperator::AtMost => return format!("{place} more than {} ago", length_words(length, false)),
            _ => {}
        }
    }
    let verb = operator.words_at(path);
    let unit = ChipUnit::of(path);
    let values: Vec<String> = values.iter().map(|value| value_words(value, unit)).collect();
    match (operator.values(), values.as_slice()) {
        (ChipValues::Nothing, _) | (_, []) => format!("{place} {verb}"),
        (ChipValues::Several, [first @ .., last]) if !first.is_empty() => format!("{place} {verb} {} or {last}", first.join(", ")),
        _ => format!("{place} {verb} {}", values.join(" and ")),
    }
}

impl ChipOperator {
    /// The words between a place and the value: times are before and after one another, everything else is less and greater.
    pub fn words_at(self, path: &[Step]) -> &'static str {
        match (type_of_path(path), self) {
            (PathType::Time, Self::AtLeast) => "since",
            (PathType::Time, Self::Greater) => "after",
            (PathType::Time, Self::Less) => "before",
            (PathType::Time, Self::AtMost) => "until",
            (PathType::Time, Self::Between) => "between",
            (_, operator) => operator.words(),
        }
    }
}

/// What a place is called.
pub(super) fn place_words(path: &[Step]) -> String {
    let named = match keys(path).as_slice() {
        [Some("scores"), Some(name)] => return (*name).to_owned(),
        [Some("reported"), Some(name)] => return format!("Reported {name}"),
        [Some("feedback"), Some(name)] => return format!("{name} of end users"),
        [Some("gold"), Some(name)] => return format!("Settled {name}"),
        [Some("answers"), Some(name)] => return format!("Answers to {name}"),
        [Some("answers"), Some(name), Some("count")] => return format!("Number of answers to {name}"),
        [Some("answers"), Some(name), Some("mine")] => return format!("My {name}"),
        [Some("answers"), Some(name), Some("by"), Some(person)] => return format!("{name} by {person}"),
        [Some("metrics"), Some("duration")] => "Duration",
        [Some("metrics"), Some("tokens")] => "Tokens",
        [Some("metrics"), Some("estimated_cost")] => "Cost",
        [Some("span_attributes"), Some("name")] => "Name",
        [Some("span_attributes"), Some("type")] => "Type",
        [Some("review"), Some("status")] => "Review state",
        [Some("review"), Some("assignees")] => "Assigned to",
        [Some("review"), Some("reviewers")] => "Who answered",
        [Some("review"), Some("lists")] => "Review list",
        [Some("comments")] | [Some("comments"), Some("text")] => "Comments",
        [Some("comments"), Some("author")] => "Author of a comment",
        [Some("created")] => "Created",
        [Some("tags")] => "Tags",
        [Some("input")] => "Input",
        [Some("output")] => "Output",
        [Some("expected")] => "Expected",
        [Some("error")] => "Error",
        _ => return Expression::new(Kind::Path(path.to_vec()), 0..0).to_string(),
    };
    named.to_owned()
}

fn value_words(value: &Expression, unit: ChipUnit) -> String {
    match &value.kind {
        Kind::Number(_) | Kind::Decimal(_) => unit.number(&value.to_string(), true),
        Kind::Text(text) if !text.trim().is_empty() => text.clone(),
        _ => ago(value).map_or_else(|| value.to_string(), |length| format!("{} ago", length_words(length, false))),
    }
}

/// How long ago a time is that is counted back from now: how many of a unit.
pub(super) fn ago(value: &Expression) -> Option<(i64, &'static str)> {
    let Kind::Binary { operator: BinaryOperator::Subtract, left, right } = &value.kind else { return None };
    let is_now = matches!(&left.kind, Kind::Call { name, arguments } if name == "now" && arguments.is_empty());
    match &right.kind {
        Kind::Interval { count, unit } if is_now => Some((*count, unit.name())),
        _ => None,
    }
}

/// "7 days"; one is told by its unit alone where `short`: "day".
pub(super) fn length_words((count, unit): (i64, &str), short: bool) -> String {
    match count {
        1 if short => unit.to_owned(),
        1 => format!("1 {unit}"),
        _ => format!("{count} {unit}s"),
    }
}

fn keys(path: &[Step]) -> Vec<Option<&str>> {
    path.iter().map(Step::key).collect()
}
