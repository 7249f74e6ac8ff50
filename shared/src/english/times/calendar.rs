//! Dates, and the names of months and days.

use crate::filter::{format_instant, parse_instant};

const DAY: i64 = 86_400_000_000;

/// A day of the calendar that may not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The month of a name, or of its first three letters.
pub(super) fn month_named(word: &str) -> Option<i64> {
    let place = MONTHS.iter().position(|name| {
        let name = name.to_lowercase();
        word == name || word.len() >= 3 && word.len() <= 4 && name.starts_with(word)
    })?;
    i64::try_from(place).ok().map(|place| place + 1)
}

/// The day of the week of a name, or of its first three letters, from Monday as 0.
pub(super) fn weekday_named(word: &str) -> Option<i64> {
    let place = WEEKDAYS.iter().position(|name| {
        let name = name.to_lowercase();
        // "Sun" and "sat" are words, too.
        word == name || word.len() >= 3 && word.len() <= 5 && !matches!(word, "sun" | "sat") && name.starts_with(word)
    })?;
    i64::try_from(place).ok()
}

impl Date {
    /// A day of a month; without a year, the last one that has begun.
    pub(super) fn of(year: Option<i64>, month: i64, day: i64, today: i64) -> Option<Self> {
        let this_year = Self::from_days(today)?.year;
        let date = |year| Self { year, month, day };
        match year {
            Some(year) => date(year).days().map(|_| date(year)),
            // 29 February is not in every year.
            None => (0..8).map(|back| date(this_year - back)).find(|date| date.days().is_some_and(|days| days <= today)),
        }
    }

    /// `2026-10-31`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::from_days(parse_instant(text)?.div_euclid(DAY)).filter(|_| text.len() == 10)
    }

    pub(super) fn from_days(days: i64) -> Option<Self> {
        let written = format_instant(days.checked_mul(DAY)?);
        let mut numbers = written.get(..10)?.split('-').map(str::parse);
        Some(Self { year: numbers.next()?.ok()?, month: numbers.next()?.ok()?, day: numbers.next()?.ok()? })
    }

    /// Days since 1970; none for a day that does not exist.
    pub(super) fn days(self) -> Option<i64> {
        let written = format!("{:04}-{:02}-{:02}", self.year, self.month, self.day);
        Some(parse_instant(&written)?.div_euclid(DAY))
    }

    pub(super) fn next_month(self) -> Self {
        if self.month == 12 { Self { year: self.year + 1, month: 1, day: 1 } } else { Self { month: self.month + 1, day: 1, ..self } }
    }

    /// `Monday 23 November 2026`.
    pub(super) fn text(self) -> String {
        let name =
            |names: &[&'static str], place: i64| usize::try_from(place).ok().and_then(|place| names.get(place)).copied().unwrap_or("");
        let weekday = self.days().map_or("", |days| name(&WEEKDAYS, (days + 3).rem_euclid(7)));
        format!("{weekday} {} {} {}", self.day, name(&MONTHS, self.month - 1), self.year)
    }
}
