//! When: *since Monday*, *between 1 and 5 March*, *in the last hour*, *yesterday afternoon*.

mod calendar;
mod points;

use super::amounts::{TypedUnit, time_unit};
use super::build::{all, binary, call, interval, path, text};
use super::reader::{Clause, Doubt, Heard, Reader};
use super::words::WordKind;
use crate::filter::{BinaryOperator, Expression, Unit};
use calendar::{Date, month_named};

/// From when to when, the end excluded. An instant has no length.
#[derive(Clone, Debug)]
struct Period {
    start: Expression,
    end: Expression,
    /// The same as instants, where the calendar was asked.
    at: Option<(i64, i64)>,
    is_instant: bool,
    hint: String,
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn created() -> Expression {
    path(&["created"])
}

fn now() -> Expression {
    call("now", Vec::new())
}

/// The time of asking less a length of time. Weeks are days, as the language counts them.
fn ago(count: i64, unit: Unit) -> Expression {
    let (count, unit) = if unit == Unit::Week { (count.saturating_mul(7), Unit::Day) } else { (count, unit) };
    binary(now(), BinaryOperator::Subtract, interval(count, unit))
}

fn beginning(unit: Unit, of: Expression) -> Expression {
    call("date_trunc", vec![text(unit.name()), of])
}

fn from(start: Expression) -> Expression {
    binary(created(), BinaryOperator::GreaterOrEqual, start)
}

fn until(end: Expression) -> Expression {
    binary(created(), BinaryOperator::Less, end)
}

fn within(period: &Period) -> Expression {
    if period.end == now() {
        return from(period.start.clone());
    }
    all(vec![from(period.start.clone()), until(period.end.clone())])
}

#[expect(clippy::unnecessary_wraps, reason = "what every alternative returns")]
fn time(expression: Expression, hint: &str) -> Option<Heard> {
    Some(Ok(Clause::new(expression).time().hint(hint)))
}

const LEADS: [&str; 24] = [
    "created",
    "logged",
    "recorded",
    "received",
    "dated",
    "made",
    "happening",
    "happened",
    "that",
    "which",
    "were",
    "was",
    "is",
    "are",
    "time",
    "timestamp",
    "date",
    "in",
    "within",
    "during",
    "over",
    "for",
    "of",
    "the",
];

impl Reader<'_> {
    /// A time of the row.
    pub(super) fn time_clause(&mut self) -> Option<Heard> {
        self.attempt(Self::rolling)
            .or_else(|| self.attempt(Self::aged))
            .or_else(|| self.attempt(Self::bounded))
            .or_else(|| self.attempt(Self::this_unit))
            .or_else(|| self.attempt(Self::on))
    }

    /// *In the last 7 days*: up to the time of asking.
    fn rolling(&mut self) -> Option<Heard> {
        self.skip(&LEADS);
        if matches!(self.previous(), "from" | "since") || self.take("from") {
            self.skip(&["the"]);
        }
        if !self.take_any(&["last", "past", "preceding", "previous"]) {
            return None;
        }
        let calendar = self.previous() == "previous";
        let typed = match time_unit(self.plain(0)) {
            Some(unit) => {
                self.at += 1;
                if calendar {
                    let period = self.unit_before(unit)?;
                    return time(within(&period), &period.hint);
                }
                (1, unit)
            }
            None => self.counted()?,
        };
        let hint = format!("up to now, {} before", counted(typed.0, typed.1));
        time(binary(created(), BinaryOperator::Greater, ago(typed.0, typed.1)), &hint)
    }

    /// A whole number of units of time.
    fn counted(&mut self) -> Option<(i64, Unit)> {
        let typed = self.typed()?;
        let unit = match typed.unit {
            TypedUnit::Time(unit) => unit,
            TypedUnit::M => Unit::Minute,
            _ => return None,
        };
        let count = typed.digits.parse().ok().filter(|count| (1..=100_000).contains(count))?;
        Some((count, unit))
    }

    /// *Older than 30 days*, *less than an hour ago*.
    fn aged(&mut self) -> Option<Heard> {
        self.skip(&LEADS);
        let (operator, more) = if self.take_any(&["older than"]) {
            (BinaryOperator::Less, false)
        } else if self.take_any(&["newer than", "younger than", "more recent than"]) {
            (BinaryOperator::Greater, false)
        } else if self.take_any(&["more than", "over"]) || self.previous() == "over" {
            (BinaryOperator::Less, true)
        } else if self.take_any(&["less than", "under", "not more than"]) {
            (BinaryOperator::Greater, true)
        } else {
            return None;
        };
        if !more && let Some(period) = self.attempt(Self::period) {
            let bound = if operator == BinaryOperator::Less { until(period.start) } else { from(period.end) };
            return time(bound, &period.hint);
        }
        let (count, unit) = self.counted()?;
        let said = self.take_any(&["ago", "old", "back"]);
        if more && !said {
            return None;
        }
        time(binary(created(), operator, ago(count, unit)), &format!("{} before now", counted(count, unit)))
    }

    /// *Since*, *before*, *between*, *from … to*.
    fn bounded(&mut self) -> Option<Heard> {
        self.skip(&[
            "created",
            "logged",
            "recorded",
            "received",
            "dated",
            "made",
            "happened",
            "timestamp",
            "time",
            "date",
            "that",
            "which",
            "were",
            "was",
            "is",
            "are",
        ]);
        if self.take_any(&["since", "starting from", "starting on", "starting", "beginning", "as of"]) {
            if let Some((count, unit)) = self.attempt(Self::back) {
                return time(binary(created(), BinaryOperator::Greater, ago(count, unit)), &format!("{} before now", counted(count, unit)));
            }
            self.skip(&["the"]);
            let period = self.period()?;
            self.take_any(&["onwards", "onward", "on"]);
            return time(from(period.start), &period.hint);
        }
        if self.take_any(&["after", "later than"]) {
            if let Some((count, unit)) = self.attempt(Self::back) {
                return time(binary(created(), BinaryOperator::Greater, ago(count, unit)), &format!("{} before now", counted(count, unit)));
            }
            let period = self.period()?;
            let bound = if period.is_instant { binary(created(), BinaryOperator::Greater, period.start) } else { from(period.end) };
            return time(bound, &period.hint);
        }
        if self.take_any(&["before", "earlier than", "prior to"]) {
            if let Some((count, unit)) = self.attempt(Self::back) {
                return time(until(ago(count, unit)), &format!("{} before now", counted(count, unit)));
            }
            let period = self.period()?;
            return time(until(period.start), &period.hint);
        }
        if self.take_any(&["until", "till", "up to", "no later than", "through"]) {
            let period = self.period()?;
            return time(until(period.end), &period.hint);
        }
        if self.take("between") {
            if let Some(heard) = self.attempt(Self::hours_before_a_day) {
                return Some(heard);
            }
            return self.range(&["and", "to", "-"]);
        }
        let said_from = self.take("from");
        if let Some(heard) = self.attempt(|reader| reader.range(&["to", "until", "till", "through", "-"])) {
            return Some(heard);
        }
        if !said_from {
            return None;
        }
        // "From Monday on" has no end; "from Monday" may have one.
        let period = self.period()?;
        if self.take_any(&["onwards", "onward", "on"]) || period.is_instant {
            return time(from(period.start), &period.hint);
        }
        time(within(&period), &period.hint)
    }

    /// *9 and 11 yesterday*: the hours of a clock of 24, where they rise and a day follows.
    fn hours_before_a_day(&mut self) -> Option<Heard> {
        let low = self.hour()?;
        self.take_any(&["and", "to", "-"]).then_some(())?;
        let high = self.hour().filter(|high| *high > low)?;
        self.skip(&["on"]);
        let midnight = self.midnight()?;
        let (low, high) = (self.instant(midnight + low * HOUR), self.instant(midnight + high * HOUR));
        time(all(vec![from(low.start), until(high.start)]), &format!("{} to {}", low.hint, high.hint))
    }

    fn hour(&mut self) -> Option<i64> {
        let Some(WordKind::Number { digits, suffix }) = self.word().map(|word| &word.kind) else { return None };
        let hour = digits.parse().ok().filter(|hour| (0..=24).contains(hour))?;
        suffix.is_empty().then(|| self.at += 1)?;
        Some(hour)
    }

    /// *3 days ago*.
    fn back(&mut self) -> Option<(i64, Unit)> {
        let counted = self.counted()?;
        self.take("ago").then_some(counted)
    }

    /// Two periods and what is between them.
    fn range(&mut self, joints: &[&str]) -> Option<Heard> {
        let days = self.attempt(|reader| reader.days_of_a_month(joints));
        let (low, high) = match days {
            Some(both) => both,
            None => {
                let low = self.period()?;
                self.take_any(joints).then_some(())?;
                (low, self.period()?)
            }
        };
        if let (Some((start, _)), Some((_, end))) = (low.at, high.at)
            && start >= end
        {
            return Some(Err(Doubt::new(format!("This ends before it begins: {} is after {}.", low.hint, high.hint))));
        }
        let end = if high.is_instant { high.start } else { high.end };
        time(all(vec![from(low.start), until(end)]), &format!("{} to {}", low.hint, high.hint))
    }

    /// *1 and 5 March*, *March 3 to 7*: two days of one month.
    fn days_of_a_month(&mut self, joints: &[&str]) -> Option<(Period, Period)> {
        self.skip(&["the"]);
        let leading = self.attempt(|reader| {
            let month = month_named(reader.plain(0))?;
            reader.at += 1;
            Some(month)
        });
        let first = self.day_number()?;
        self.take_any(joints).then_some(())?;
        self.skip(&["the"]);
        let second = self.day_number()?;
        let month = match leading {
            Some(month) if month_named(self.plain(0)).is_none() => month,
            Some(_) => return None,
            None => {
                self.take("of");
                let month = month_named(self.plain(0))?;
                self.at += 1;
                month
            }
        };
        let year = self.year();
        let date = |day| Date::of(year, month, day, self.today());
        Some((self.day(date(first)?)?, self.day(date(second)?)?))
    }

    fn day_number(&mut self) -> Option<i64> {
        let Some(WordKind::Number { digits, suffix }) = self.word().map(|word| &word.kind) else { return None };
        let day = digits.parse().ok().filter(|day| (1..=31).contains(day))?;
        matches!(suffix.as_str(), "" | "st" | "nd" | "rd" | "th").then(|| self.at += 1)?;
        Some(day)
    }

    fn year(&mut self) -> Option<i64> {
        self.attempt(|reader| {
            reader.take(",");
            let Some(WordKind::Number { digits, suffix }) = reader.word().map(|word| &word.kind) else { return None };
            let year = digits.parse().ok().filter(|year| (1990..2100).contains(year))?;
            (digits.len() == 4 && suffix.is_empty()).then(|| reader.at += 1)?;
            Some(year)
        })
    }

    /// *This week*, *today so far*.
    fn this_unit(&mut self) -> Option<Heard> {
        self.skip(&LEADS);
        self.take("from");
        if self.take_any(&["today", "today so far"]) && self.clock_ahead().is_none() {
            return time(from(beginning(Unit::Day, now())), "today, your time");
        }
        if self.take_any(&["this", "current"]) {
            let unit = match self.plain(0) {
                "hour" => Unit::Hour,
                "week" => Unit::Week,
                "month" => Unit::Month,
                "year" => Unit::Year,
                _ => return None,
            };
            self.at += 1;
            return time(from(beginning(unit, now())), &format!("since this {} began, your time", unit.name()));
        }
        None
    }

    fn clock_ahead(&self) -> Option<()> {
        let word = self.plain(0);
        (matches!(word, "at" | "between" | "before" | "after" | "since" | "until" | "morning" | "afternoon" | "evening" | "night" | "to")
            || self.clock_at(0).is_some())
        .then_some(())
    }

    /// A day, a month, or a part of a day.
    fn on(&mut self) -> Option<Heard> {
        let start = self.at;
        self.skip(&LEADS);
        self.skip(&["on", "from"]);
        self.skip(&["the"]);
        let lead = self.at > start;
        let period = self.period()?;
        if period.is_instant {
            // A moment is no time in which anything was created.
            return None;
        }
        // "5 March" speaks for itself; "may" and "march" are also other words.
        if !lead && self.at == start + 1 && month_named(self.previous()).is_some() {
            return None;
        }
        if let Some(day) = period.at
            && day.1 - day.0 == DAY
            && let Some(heard) = self.attempt(|reader| reader.hours_of(day.0))
        {
            return Some(heard);
        }
        time(within(&period), &period.hint)
    }

    /// *Between 9 and 17:00*, *before noon* of a day.
    fn hours_of(&mut self, midnight: i64) -> Option<Heard> {
        self.take(",");
        if self.take_any(&["between", "from"]) {
            let low = self.clock_or_hour()?;
            self.take_any(&["and", "to", "until", "-"]).then_some(())?;
            let high = self.clock_or_hour()?;
            let low = self.instant(midnight + low);
            let high = self.instant(midnight + high);
            return time(all(vec![from(low.start), until(high.start)]), &format!("{} to {}", low.hint, high.hint));
        }
        let before = if self.take("before") {
            true
        } else if self.take_any(&["after", "since"]) {
            false
        } else {
            return None;
        };
        let clock = self.clock_or_hour()?;
        let clock = self.instant(midnight + clock);
        let whole = Period { at: None, ..self.day_at(midnight) };
        let bounds = if before { (whole.start, clock.start) } else { (clock.start, whole.end) };
        time(all(vec![from(bounds.0), until(bounds.1)]), &clock.hint)
    }
}

/// `7 days`.
fn counted(count: i64, unit: Unit) -> String {
    format!("{count} {}{}", unit.name(), if count == 1 { "" } else { "s" })
}
