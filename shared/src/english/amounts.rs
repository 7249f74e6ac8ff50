//! Numbers with their units, and how something is compared with them.

use super::build::{all, binary, number, opposite};
use super::reader::{Clause, Doubt, Heard, Joint, Reader};
use super::words::WordKind;
use crate::filter::{BinaryOperator, Expression, Unit};

/// How something is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    More,
    AtLeast,
    Less,
    AtMost,
    Equal,
    Between,
    Missing,
    Present,
}

/// A comparison without its value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predicate {
    pub relation: Relation,
    pub negated: bool,
    /// Whether a word said how, beyond an *is*.
    pub explicit: bool,
}

/// Words before a comparison that do not say how.
const COPULAS: &str = "\
    is are was were be been being of at has have had got gets with a an the value values it's scored scores score rated \
    rating that which does do did should must on dropped drops drop fell falls fall went goes go came comes";

/// The more words, the earlier: `no more than` before `more than`.
const RELATIONS: [(&str, Relation, bool); 76] = [
    ("greater than or equal to", Relation::AtLeast, false),
    ("more than or equal to", Relation::AtLeast, false),
    ("higher than or equal to", Relation::AtLeast, false),
    ("larger than or equal to", Relation::AtLeast, false),
    ("less than or equal to", Relation::AtMost, false),
    ("lower than or equal to", Relation::AtMost, false),
    ("fewer than or equal to", Relation::AtMost, false),
    ("smaller than or equal to", Relation::AtMost, false),
    ("greater or equal to", Relation::AtLeast, false),
    ("less or equal to", Relation::AtMost, false),
    ("no more than", Relation::AtMost, false),
    ("no higher than", Relation::AtMost, false),
    ("no greater than", Relation::AtMost, false),
    ("no larger than", Relation::AtMost, false),
    ("no longer than", Relation::AtMost, false),
    ("no less than", Relation::AtLeast, false),
    ("no lower than", Relation::AtLeast, false),
    ("no fewer than", Relation::AtLeast, false),
    ("a minimum of", Relation::AtLeast, false),
    ("a maximum of", Relation::AtMost, false),
    ("minimum of", Relation::AtLeast, false),
    ("maximum of", Relation::AtMost, false),
    ("at least", Relation::AtLeast, false),
    ("at most", Relation::AtMost, false),
    ("up to", Relation::AtMost, false),
    ("greater than", Relation::More, false),
    ("more than", Relation::More, false),
    ("higher than", Relation::More, false),
    ("bigger than", Relation::More, false),
    ("larger than", Relation::More, false),
    ("longer than", Relation::More, false),
    ("upwards of", Relation::More, false),
    ("less than", Relation::Less, false),
    ("fewer than", Relation::Less, false),
    ("lower than", Relation::Less, false),
    ("smaller than", Relation::Less, false),
    ("shorter than", Relation::Less, false),
    ("not equal to", Relation::Equal, true),
    ("equal to", Relation::Equal, false),
    ("the same as", Relation::Equal, false),
    ("same as", Relation::Equal, false),
    ("different from", Relation::Equal, true),
    ("different than", Relation::Equal, true),
    ("differs from", Relation::Equal, true),
    ("other than", Relation::Equal, true),
    ("anything but", Relation::Equal, true),
    ("in the range of", Relation::Between, false),
    ("in the range", Relation::Between, false),
    ("ranging from", Relation::Between, false),
    ("in between", Relation::Between, false),
    ("between", Relation::Between, false),
    ("from", Relation::Between, false),
    ("exceeds", Relation::More, false),
    ("exceeding", Relation::More, false),
    ("exceeded", Relation::More, false),
    ("exceed", Relation::More, false),
    ("over", Relation::More, false),
    ("above", Relation::More, false),
    ("beyond", Relation::More, false),
    ("below", Relation::Less, false),
    ("under", Relation::Less, false),
    ("beneath", Relation::Less, false),
    ("equals", Relation::Equal, false),
    ("equal", Relation::Equal, false),
    ("exactly", Relation::Equal, false),
    (">=", Relation::AtLeast, false),
    ("<=", Relation::AtMost, false),
    ("!=", Relation::Equal, true),
    (">", Relation::More, false),
    ("<", Relation::Less, false),
    ("missing", Relation::Missing, false),
    ("null", Relation::Missing, false),
    ("unset", Relation::Missing, false),
    ("absent", Relation::Missing, false),
    ("present", Relation::Present, false),
    ("exists", Relation::Present, false),
];

/// What numbers are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// From 0 to 1.
    Score,
    Seconds,
    /// Whole things.
    Count,
    /// US dollars.
    Money,
    /// Anything without a unit.
    Number,
}

/// A number as it was typed.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub digits: String,
    pub unit: TypedUnit,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypedUnit {
    None,
    Percent,
    OutOf(String),
    Time(Unit),
    /// Dollars, moved by so many decimal places.
    Money(i32),
    /// Thousands or millions.
    Thousands(i32),
    /// `5m`, which is five minutes or five million.
    M,
}

const NUMBER_WORDS: [(&str, &str); 14] = [
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("twelve", "12"),
    ("twenty", "20"),
    ("fifty", "50"),
];

/// The unit of a word.
pub(super) fn time_unit(word: &str) -> Option<Unit> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" | "millis" => Unit::Millisecond,
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
        "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

impl Reader<'_> {
    /// A number with its unit.
    pub(super) fn typed(&mut self) -> Option<Typed> {
        let word = self.word()?;
        let (digits, suffix) = match &word.kind {
            WordKind::Number { digits, suffix } => (digits.clone(), suffix.as_str()),
            WordKind::Plain => {
                if let Some((part, whole)) = word.plain.split_once('/') {
                    let is_number = |text: &str| !text.is_empty() && text.len() < 10 && text.bytes().all(|byte| byte.is_ascii_digit());
                    if is_number(part) && is_number(whole) {
                        self.at += 1;
                        return Some(Typed { digits: part.to_owned(), unit: TypedUnit::OutOf(whole.to_owned()) });
                    }
                }
                if word.plain == "half" && self.words.get(self.at + 1).is_none_or(|next| next.kind == WordKind::Sign || next.plain == "or")
                {
                    self.at += 1;
                    return Some(Typed { digits: "50".to_owned(), unit: TypedUnit::Percent });
                }
                let counts = time_unit(self.plain(1)).is_some() || matches!(self.plain(1), "cent" | "dollar" | "thousand");
                let one = matches!(word.plain.as_str(), "a" | "an") && counts;
                let number = NUMBER_WORDS.iter().find(|(name, _)| *name == word.plain).map(|(_, digits)| *digits);
                (if one { "1" } else { number? }.to_owned(), "")
            }
            WordKind::Quoted(_) | WordKind::Sign => return None,
        };
        self.at += 1;
        let unit = match suffix {
            "%" => TypedUnit::Percent,
            "$" => TypedUnit::Money(0),
            "k" => TypedUnit::Thousands(3),
            "m" => TypedUnit::M,
            "" => self.typed_unit(),
            suffix => TypedUnit::Time(time_unit(suffix)?),
        };
        Some(Typed { digits, unit })
    }

    fn typed_unit(&mut self) -> TypedUnit {
        if self.take_any(&["%", "percent", "per cent", "pct", "percentage"]) {
            return TypedUnit::Percent;
        }
        if self.comes("out of")
            && let Some(WordKind::Number { digits, suffix }) = self.words.get(self.at + 2).map(|word| &word.kind)
            && suffix.is_empty()
        {
            self.at += 3;
            return TypedUnit::OutOf(digits.clone());
        }
        if self.take_any(&["dollars", "dollar", "usd", "$"]) {
            return TypedUnit::Money(0);
        }
        if self.take_any(&["cents", "cent"]) {
            return TypedUnit::Money(-2);
        }
        if self.take("thousand") {
            return TypedUnit::Thousands(3);
        }
        if self.take("million") {
            return TypedUnit::Thousands(6);
        }
        match time_unit(self.plain(0)) {
            Some(unit) => {
                self.at += 1;
                TypedUnit::Time(unit)
            }
            None => TypedUnit::None,
        }
    }

    /// How something is compared: *is not above*, *of at least*, *between*.
    pub(super) fn predicate(&mut self) -> Option<Predicate> {
        self.attempt(|reader| {
            let (mut negated, mut any) = (false, false);
            loop {
                if let Some((_, relation, turned)) = RELATIONS.iter().find(|(phrase, ..)| reader.take(phrase)) {
                    return Some(Predicate { relation: *relation, negated: negated != *turned, explicit: true });
                }
                match reader.plain(0) {
                    "not" | "isn't" | "aren't" | "wasn't" | "weren't" | "doesn't" | "don't" | "isnt" | "doesnt" | "hasn't" | "haven't" => {
                        negated = !negated;
                        any = true;
                    }
                    "=" | ":" | "is" | "are" | "was" | "were" => any = true,
                    "set" | "defined" if any => {
                        reader.at += 1;
                        return Some(Predicate { relation: Relation::Present, negated, explicit: true });
                    }
                    word if COPULAS.split_whitespace().any(|copula| copula == word) => {
                        any |= matches!(word, "of" | "at" | "scored" | "rated")
                    }
                    _ => break,
                }
                reader.at += 1;
            }
            any.then_some(Predicate { relation: Relation::Equal, negated, explicit: false })
        })
    }

    /// The value, or the two values, that a predicate compares something with.
    pub(super) fn compared(&mut self, subject: &Expression, predicate: Predicate, measure: Measure) -> Option<Heard> {
        let result = match predicate.relation {
            Relation::Missing => Ok(super::build::missing(subject.clone())),
            Relation::Present => Ok(super::build::present(subject.clone())),
            Relation::Between => {
                let mut low = self.typed()?;
                if !self.take_any(&["and", "to", "-", "through", "until"]) {
                    return None;
                }
                let high = self.typed()?;
                if low.unit == TypedUnit::None {
                    low.unit = high.unit.clone();
                }
                let (low, high) = match (low.value(measure)?, high.value(measure)?) {
                    (Ok(low), Ok(high)) => (low, high),
                    (Err(doubt), _) | (_, Err(doubt)) => return Some(Err(doubt)),
                };
                let from = binary(subject.clone(), BinaryOperator::GreaterOrEqual, low);
                Ok(all(vec![from, binary(subject.clone(), BinaryOperator::LessOrEqual, high)]))
            }
            relation => {
                let typed = self.typed()?;
                let relation = match self.turned(relation) {
                    Relation::Equal if measure == Measure::Score && self.take("or better") => Relation::AtLeast,
                    Relation::Equal if measure == Measure::Score && self.take("or worse") => Relation::AtMost,
                    relation => relation,
                };
                let operator = match relation {
                    Relation::More => BinaryOperator::Greater,
                    Relation::AtLeast => BinaryOperator::GreaterOrEqual,
                    Relation::Less => BinaryOperator::Less,
                    Relation::AtMost => BinaryOperator::LessOrEqual,
                    Relation::Equal | Relation::Between | Relation::Missing | Relation::Present => BinaryOperator::Equal,
                };
                typed.value(measure)?.map(|value| binary(subject.clone(), operator, value))
            }
        };
        let result = result.map(|expression| if predicate.negated { opposite(expression) } else { expression });
        Some(result.map(Clause::new))
    }

    /// *80 % or more* is at least 80 %.
    fn turned(&mut self, relation: Relation) -> Relation {
        const MORE: [&str; 9] = ["or more", "or higher", "or above", "or over", "or greater", "or up", "or longer", "and above", "and up"];
        const LESS: [&str; 8] = ["or less", "or lower", "or below", "or under", "or fewer", "or shorter", "and below", "and under"];
        let ends_after = |reader: &Self| reader.words.get(reader.at + 2).is_none_or(|word| !matches!(word.kind, WordKind::Number { .. }));
        if relation != Relation::Equal || !ends_after(self) {
            return relation;
        }
        if self.take_any(&MORE) {
            Relation::AtLeast
        } else if self.take_any(&LESS) {
            Relation::AtMost
        } else {
            relation
        }
    }

    /// More comparisons of the same thing: *above 80 % or below 20 %*.
    pub(super) fn compared_again(&mut self, first: Expression, subject: &Expression, measure: Measure) -> Heard {
        let mut whole = first;
        loop {
            let next = self.attempt(|reader| {
                let joint = reader.joint()?;
                reader.skip(&["it", "is", "also"]);
                let predicate = reader.predicate().filter(|predicate| predicate.explicit)?;
                if matches!(predicate.relation, Relation::Missing | Relation::Present) && joint == Joint::Comma {
                    return None;
                }
                let heard = reader.compared(subject, predicate, measure)?;
                reader.ends().then_some((joint, heard))
            });
            let Some((joint, heard)) = next else { return Ok(Clause::new(whole)) };
            let next = heard?.expression;
            whole = match joint {
                Joint::Or => super::build::any(vec![whole, next]),
                Joint::And | Joint::But | Joint::Comma => all(vec![whole, next]),
            };
        }
    }
}

impl Typed {
    /// The number as it is compared; none where its unit is another thing's.
    pub(super) fn value(&self, measure: Measure) -> Option<Result<Expression, Doubt>> {
        let plain = |places| number(&self.digits, places).map(Ok);
        match (measure, &self.unit) {
            (Measure::Score, TypedUnit::Percent) => match self.digits.parse::<f64>() {
                Ok(percent) if percent <= 100.0 => plain(-2),
                _ => Some(Err(Doubt::new("A score is from 0 to 100 %."))),
            },
            (Measure::Score, TypedUnit::OutOf(whole)) => {
                let (part, whole) = (self.digits.parse::<f64>().ok()?, whole.parse::<f64>().ok()?);
                let within = whole > 0.0 && part <= whole;
                if within { number(&(part / whole).to_string(), 0).map(Ok) } else { Some(Err(Doubt::new("A score is from 0 to 100 %."))) }
            }
            (Measure::Score, TypedUnit::None) => {
                let value: f64 = self.digits.parse().ok()?;
                if value <= 1.0 {
                    plain(0)
                } else if value > 10.0 && value <= 100.0 {
                    plain(-2)
                } else if value <= 10.0 {
                    let reason = format!(
                        "A score is from 0 to 100 %, and {0} could be {0} % or a number of points. Write {0} %, or {0} out of so many.",
                        self.digits
                    );
                    Some(Err(Doubt::new(reason)))
                } else {
                    Some(Err(Doubt::new("A score is from 0 to 100 %.")))
                }
            }
            (Measure::Seconds, TypedUnit::Time(unit)) => match unit {
                Unit::Millisecond => plain(-3),
                Unit::Second => plain(0),
                Unit::Minute => self.times(60.0),
                Unit::Hour => self.times(3600.0),
                _ => None,
            },
            (Measure::Seconds, TypedUnit::M) => self.times(60.0),
            (Measure::Seconds, TypedUnit::None) => {
                Some(Err(Doubt::new(format!("{0} what? Write {0} seconds, minutes or ms.", self.digits))))
            }
            (Measure::Count, TypedUnit::Thousands(places)) => plain(*places),
            (Measure::Count, TypedUnit::M) => plain(6),
            (Measure::Money, TypedUnit::Money(places)) => plain(*places),
            (Measure::Count | Measure::Money | Measure::Number, TypedUnit::None) => plain(0),
            (Measure::Score | Measure::Seconds | Measure::Count | Measure::Money | Measure::Number, _) => None,
        }
    }

    fn times(&self, factor: f64) -> Option<Result<Expression, Doubt>> {
        let value: f64 = self.digits.parse().ok()?;
        number(&(value * factor).to_string(), 0).map(Ok)
    }
}
