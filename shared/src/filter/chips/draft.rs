//! A condition as it stands in the fields of a form: what is typed there, and the chip of it.

use super::wording::{ChipUnit, ago, length_words, place_words};
use super::{Chip, ChipOperator, ChipValues, PathType};
use crate::filter::check::type_of_path;
use crate::filter::syntax::{Expression, Kind, Step, Unit};
use crate::filter::{parse_expression, parse_instant};

/// What stands in the fields for one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipDraft {
    /// The place.
    pub path: Vec<Step>,
    /// What is asked of it.
    pub operator: ChipOperator,
    /// What is typed: a field for each value, in the unit of the place. Of several values all stand in one, with commas between.
    pub fields: Vec<String>,
}

impl ChipDraft {
    /// An empty condition about a place.
    pub fn new(path: Vec<Step>) -> Self {
        let operator = ChipOperator::offered(&path).first().copied().unwrap_or(ChipOperator::Is);
        let mut draft = Self { path, operator, fields: Vec::new() };
        draft.ask(operator);
        draft
    }

    /// The fields of a chip; none for one that fields cannot show.
    pub fn of(chip: &Chip) -> Option<Self> {
        let Chip::Condition { path, operator, values } = chip else { return None };
        let typed: Option<Vec<String>> = values.iter().map(|value| typed_as(value, path)).collect();
        let fields = match operator.values() {
            ChipValues::Several => vec![typed?.join(", ")],
            ChipValues::Nothing | ChipValues::One | ChipValues::Two => typed?,
        };
        let draft = Self { path: path.clone(), operator: *operator, fields };
        // What would come back as something else is not shown in fields.
        (draft.chip().as_ref() == Ok(chip)).then_some(draft)
    }

    /// Asks something else of the place; what is typed stays as far as there are fields for it.
    pub fn ask(&mut self, operator: ChipOperator) {
        self.operator = operator;
        let fields = match operator.values() {
            ChipValues::Nothing => 0,
            ChipValues::One | ChipValues::Several => 1,
            ChipValues::Two => 2,
        };
        self.fields.resize(fields, String::new());
    }

    /// What the place is called.
    pub fn place(&self) -> String {
        place_words(&self.path)
    }

    /// What can be asked of the place, with what is asked now.
    pub fn operators(&self) -> Vec<ChipOperator> {
        let offered = ChipOperator::offered(&self.path).iter().copied();
        // Signs that stand for any text are for who writes expressions.
        let mut operators: Vec<_> = offered.filter(|operator| *operator != ChipOperator::LikeIgnoringCase).collect();
        if !operators.contains(&self.operator) {
            operators.push(self.operator);
        }
        operators
    }

    /// In what numbers are typed; none where no numbers are.
    pub fn unit(&self) -> Option<ChipUnit> {
        (type_of_path(&self.path) == PathType::Number).then(|| ChipUnit::of(&self.path))
    }

    /// Whether times are typed.
    pub fn is_time(&self) -> bool {
        type_of_path(&self.path) == PathType::Time
    }

    /// The chip of what is typed.
    ///
    /// # Errors
    /// What is missing or wrong, as a sentence.
    pub fn chip(&self) -> Result<Chip, String> {
        let values: Result<Vec<Expression>, String> = match (self.operator.values(), self.fields.as_slice()) {
            (ChipValues::Several, [field]) => {
                let typed = field.split(',').map(str::trim).filter(|value| !value.is_empty());
                typed.map(|value| self.value(value)).collect()
            }
            (_, fields) => fields.iter().map(|field| self.value(field)).collect(),
        };
        let values = values?;
        if values.is_empty() && self.operator.values() != ChipValues::Nothing {
            return Err("Give at least one value.".to_owned());
        }
        Ok(Chip::Condition { path: self.path.clone(), operator: self.operator, values })
    }

    fn value(&self, typed: &str) -> Result<Expression, String> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err("Give a value.".to_owned());
        }
        let text = |text: &str| Expression::new(Kind::Text(text.to_owned()), 0..0);
        match type_of_path(&self.path) {
            PathType::Number => number(typed, ChipUnit::of(&self.path)).ok_or_else(|| format!("“{typed}” is no number.")),
            PathType::Time => match (counted_back(typed), parse_instant(typed)) {
                (Some(time), _) => Ok(time),
                (None, Some(_)) => Ok(text(typed)),
                (None, None) => Err(format!("“{typed}” is no time. Write 2026-01-31, or 7 days ago.")),
            },
            PathType::List if ChipUnit::of(&self.path) == ChipUnit::Percent => {
                number(typed, ChipUnit::Percent).ok_or_else(|| format!("“{typed}” is no number."))
            }
            PathType::Text | PathType::Words | PathType::List | PathType::Truth => Ok(text(typed)),
            PathType::Anything => Ok(anything(typed).unwrap_or_else(|| text(typed))),
        }
    }
}

/// A number with or without its unit: `75 %`, `2.5 s`, `$0.05`.
fn number(typed: &str, unit: ChipUnit) -> Option<Expression> {
    let bare = match unit {
        ChipUnit::Percent => typed.strip_suffix('%'),
        ChipUnit::Seconds => typed.strip_suffix('s'),
        ChipUnit::Dollars => typed.strip_prefix('$'),
        ChipUnit::Plain => None,
    };
    let bare = bare.unwrap_or(typed).trim();
    let is_number = bare.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '.')) && bare.parse::<f64>().is_ok();
    let written = if unit == ChipUnit::Percent { format!("{bare}%") } else { bare.to_owned() };
    let mut value = parse_expression(&written).ok().filter(|_| is_number)?;
    if let Kind::Number(number) = &value.kind
        && let Some(whole) = number.as_f64().filter(|number| unit == ChipUnit::Percent && matches!(*number, 0.0 | 1.0))
    {
        // As people write it: `1`, where 100 % is typed.
        value.kind = Kind::Number(u8::from(whole > 0.5).into());
    }
    matches!(value.kind, Kind::Number(_) | Kind::Decimal(_)).then_some(value)
}

/// `7 days ago`.
fn counted_back(typed: &str) -> Option<Expression> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    let (count, unit) = match words.as_slice() {
        [count, unit] | [count, unit, "ago"] => (count.parse::<u32>().ok()?, Unit::named(unit)?),
        _ => return None,
    };
    parse_expression(&format!("now() - interval {count} {}", unit.name())).ok()
}

/// A number, true or false, or a text in quotes where it would be taken for one of them.
fn anything(typed: &str) -> Option<Expression> {
    let is_quoted = typed.len() > 1 && typed.starts_with('\'') && typed.ends_with('\'');
    if is_quoted || matches!(typed, "true" | "false") {
        let value = parse_expression(typed).ok()?;
        return matches!(value.kind, Kind::Text(_) | Kind::Boolean(_)).then_some(value);
    }
    number(typed, ChipUnit::Plain)
}

/// A value as somebody would type it for a place; none for what no field holds.
fn typed_as(value: &Expression, path: &[Step]) -> Option<String> {
    match &value.kind {
        Kind::Number(_) | Kind::Decimal(_) => Some(ChipUnit::of(path).number(&value.to_string(), false)),
        Kind::Boolean(boolean) => Some(boolean.to_string()),
        Kind::Text(text) if anything(text).is_some() && type_of_path(path) == PathType::Anything => Some(value.to_string()),
        Kind::Text(text) => Some(text.clone()),
        _ => ago(value).map(|length| format!("{} ago", length_words(length, false))),
    }
}
