//! Points and stretches of the calendar: *yesterday at 14:00*, *5 March*, *2025*.

use super::calendar::{Date, month_named, weekday_named};
use super::{DAY, HOUR, MINUTE, Period, ago, beginning, now};
use crate::english::build::text;
use crate::english::reader::Reader;
use crate::english::words::WordKind;
use crate::filter::{Expression, Unit};

impl Reader<'_> {
    /// A point or a stretch on the calendar.
    pub(super) fn period(&mut self) -> Option<Period> {
        self.attempt(|reader| {
            reader.skip(&["the"]);
            if reader.take("now") {
                return Some(Period { start: now(), end: now(), at: None, is_instant: true, hint: "now".to_owned() });
            }
            if let Some(clock) = reader.attempt(Self::clock) {
                // A time of day alone is today's, unless a day follows: "10:00 yesterday".
                let day = reader.attempt(|reader| {
                    reader.skip(&["on"]);
                    reader.midnight()
                });
                let midnight = day.or_else(|| Some(reader.today() * DAY))?;
                return Some(reader.instant(midnight + clock));
            }
            if let Some(period) = reader.attempt(Self::relative_day) {
                return Some(period);
            }
            if let Some(period) = reader.attempt(Self::beginning_of) {
                return Some(period);
            }
            let day = reader.attempt(Self::midnight);
            let Some(midnight) = day else { return reader.month_or_year() };
            reader.part_of(midnight)
        })
    }

    /// The beginning of today or yesterday, which stays right tomorrow, where no time of day follows.
    pub(super) fn relative_day(&mut self) -> Option<Period> {
        let days = match self.plain(0) {
            "today" => 0,
            "yesterday" => 1,
            _ => {
                let (days, unit) = self.back()?;
                // The whole day, where nobody says since or before.
                (unit == Unit::Day && (1..=3_650).contains(&days)).then(|| self.at -= 1)?;
                days
            }
        };
        self.at += 1;
        if self.clock_ahead().is_some() && !matches!(self.plain(0), "to" | "until") {
            return None;
        }
        let day = |days: i64| beginning(Unit::Day, if days == 0 { now() } else { ago(days, Unit::Day) });
        let end = if days == 0 { now() } else { day(days - 1) };
        let midnight = (self.today() - days) * DAY;
        let hint = self.day_at(midnight).hint;
        Some(Period { start: day(days), end, at: None, is_instant: false, hint })
    }

    /// *The beginning of the month*.
    pub(super) fn beginning_of(&mut self) -> Option<Period> {
        self.take_any(&["beginning of", "start of"]).then_some(())?;
        self.skip(&["the", "this"]);
        let unit = match self.plain(0) {
            "day" => Unit::Day,
            "week" => Unit::Week,
            "month" => Unit::Month,
            "year" => Unit::Year,
            _ => return None,
        };
        self.at += 1;
        let start = beginning(unit, now());
        let hint = format!("when this {} began, your time", unit.name());
        Some(Period { start: start.clone(), end: start, at: None, is_instant: true, hint })
    }

    /// The unit of the calendar before this one.
    pub(super) fn unit_before(&self, unit: Unit) -> Option<Period> {
        if !matches!(unit, Unit::Day | Unit::Week | Unit::Month | Unit::Year) {
            return None;
        }
        let start = beginning(unit, ago(1, unit));
        let hint = format!("the {} before this one, your time", unit.name());
        Some(Period { start, end: beginning(unit, now()), at: None, is_instant: false, hint })
    }

    /// A day, as the local midnight with which it begins.
    pub(super) fn midnight(&mut self) -> Option<i64> {
        self.skip(&["the"]);
        let today = self.today();
        if self.take("today") {
            return Some(today * DAY);
        }
        if self.take("yesterday") {
            return Some((today - 1) * DAY);
        }
        if self.take("day before yesterday") {
            return Some((today - 2) * DAY);
        }
        if matches!(self.plain(0), "this") && matches!(self.plain(1).trim_end_matches("'s"), "morning" | "afternoon" | "evening") {
            self.at += 1;
            return Some(today * DAY);
        }
        let last = self.take_any(&["last", "past"]);
        if let Some(weekday) = weekday_named(self.plain(0)) {
            self.at += 1;
            // 1970 began on a Thursday.
            let back = (today + 3 - weekday).rem_euclid(7);
            let back = if last && back == 0 { 7 } else { back };
            return Some((today - back) * DAY);
        }
        if last {
            return None;
        }
        let date = self.attempt(Self::written_date)?;
        Some(date.days()? * DAY)
    }

    /// *2026-10-31*, *5 March*, *March 5th, 2026*.
    pub(super) fn written_date(&mut self) -> Option<Date> {
        let word = self.word()?;
        if let Some(date) = Date::parse(word.plain.get(..10).unwrap_or_default())
            && word.plain.len() == 10
        {
            self.at += 1;
            return Some(date);
        }
        let today = self.today();
        if let Some(month) = month_named(self.plain(0)) {
            self.at += 1;
            self.skip(&["the"]);
            let day = self.day_number()?;
            let year = self.year();
            return Date::of(year, month, day, today);
        }
        let day = self.day_number()?;
        self.take("of");
        let month = month_named(self.plain(0))?;
        self.at += 1;
        let year = self.year();
        Date::of(year, month, day, today)
    }

    /// *March*, *March 2026*, *2025*.
    pub(super) fn month_or_year(&mut self) -> Option<Period> {
        self.take("last");
        let today = self.today();
        let (first, after) = match month_named(self.plain(0)) {
            Some(month) => {
                self.at += 1;
                let year = self.year();
                let first = Date::of(year, month, 1, today)?;
                (first, first.next_month())
            }
            None => {
                let year = self.year()?;
                (Date { year, month: 1, day: 1 }, Date { year: year + 1, month: 1, day: 1 })
            }
        };
        let (start, end) = (first.days()? * DAY, after.days()? * DAY);
        let hint = format!("{} to {}, your time", first.text(), Date::from_days(end / DAY - 1)?.text());
        Some(Period { start: self.bound(start), end: self.bound(end), at: Some((start, end)), is_instant: false, hint })
    }

    /// The whole of a day, a time in it, or its morning.
    pub(super) fn part_of(&mut self, midnight: i64) -> Option<Period> {
        let part = match self.plain(0) {
            "morning" | "morning's" => Some((6, 12)),
            "afternoon" | "afternoon's" => Some((12, 18)),
            "evening" | "evening's" => Some((18, 24)),
            _ => None,
        };
        if let Some((first, after)) = part {
            self.at += 1;
            let (start, end) = (midnight + first * HOUR, midnight + after * HOUR);
            let hint = format!("{}, {first:02}:00 to {after:02}:00, your time", self.day_at(midnight).hint.trim_end_matches(", your time"));
            return Some(Period { start: self.bound(start), end: self.bound(end), at: None, is_instant: false, hint });
        }
        let clock = self.attempt(|reader| {
            reader.skip(&["at", ","]);
            reader.clock()
        });
        Some(match clock {
            Some(clock) => self.instant(midnight + clock),
            None => self.day_at(midnight),
        })
    }

    pub(super) fn day(&self, date: Date) -> Option<Period> {
        Some(self.day_at(date.days()? * DAY))
    }

    /// The day that begins at a local midnight.
    pub(super) fn day_at(&self, midnight: i64) -> Period {
        let hint = Date::from_days(midnight.div_euclid(DAY)).map_or_else(String::new, |date| format!("{}, your time", date.text()));
        Period {
            start: self.bound(midnight),
            end: self.bound(midnight + DAY),
            at: Some((midnight, midnight + DAY)),
            is_instant: false,
            hint,
        }
    }

    pub(super) fn instant(&self, local: i64) -> Period {
        let hint = Date::from_days(local.div_euclid(DAY)).map_or_else(String::new, |date| {
            let minutes = local.rem_euclid(DAY) / MINUTE;
            format!("{} at {:02}:{:02}, your time", date.text(), minutes / 60, minutes % 60)
        });
        Period { start: self.bound(local), end: self.bound(local), at: Some((local, local + 1)), is_instant: true, hint }
    }

    /// A time of day, since midnight: `14:00`, `3pm`, `noon`.
    pub(super) fn clock(&mut self) -> Option<i64> {
        let (clock, words) = self.clock_at(0)?;
        self.at += words;
        Some(clock)
    }

    /// A time of day, or an hour without minutes.
    pub(super) fn clock_or_hour(&mut self) -> Option<i64> {
        if let Some(clock) = self.attempt(Self::clock) {
            return Some(clock);
        }
        let Some(WordKind::Number { digits, suffix }) = self.word().map(|word| &word.kind) else { return None };
        let hour: i64 = digits.parse().ok().filter(|hour| (0..=24).contains(hour))?;
        // Without more, only from 13 on there is no doubt which half of the day is meant.
        (suffix.is_empty() && (hour > 12 || hour == 0)).then(|| self.at += 1)?;
        Some(hour * HOUR)
    }

    pub(super) fn clock_at(&self, ahead: usize) -> Option<(i64, usize)> {
        let word = self.words.get(self.at + ahead)?;
        let plain = word.plain.as_str();
        match plain {
            "noon" | "midday" => return Some((12 * HOUR, 1)),
            "midnight" => return Some((0, 1)),
            _ => {}
        }
        let (digits, half, words) = if let Some(digits) = plain.strip_suffix("am") {
            (digits, Some(0), 1)
        } else if let Some(digits) = plain.strip_suffix("pm") {
            (digits, Some(12), 1)
        } else {
            match self.plain(ahead + 1) {
                "am" | "a.m" => (plain, Some(0), 2),
                "pm" | "p.m" => (plain, Some(12), 2),
                "o'clock" => (plain, None, 2),
                _ => (plain, None, 1),
            }
        };
        let (hours, minutes) = match digits.split_once(':') {
            Some((hours, minutes)) => (hours, minutes.split(':').next()?),
            None if half.is_some() => (digits, "00"),
            None => return None,
        };
        let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
        let hours = match half {
            Some(half) => (1..=12).contains(&hours).then_some(hours % 12 + half)?,
            None => hours,
        };
        ((0..=24).contains(&hours) && (0..60).contains(&minutes)).then_some((hours * HOUR + minutes * MINUTE, words))
    }

    /// Today, in days since 1970, where the asking person is.
    pub(super) fn today(&self) -> i64 {
        let offset = i64::from(self.context.offset_minutes) * MINUTE;
        self.context.now_micros.saturating_sub(offset).div_euclid(DAY)
    }

    /// A local time as the language writes it.
    pub(super) fn bound(&self, local: i64) -> Expression {
        let written = crate::filter::format_instant(local);
        let (date, clock) = (written.get(..10).unwrap_or_default(), written.get(11..16).unwrap_or_default());
        let offset = self.context.offset_minutes;
        let (sign, minutes) = if offset > 0 { ('-', offset) } else { ('+', offset.saturating_neg()) };
        text(&match (offset, clock) {
            (0, "00:00") => date.to_owned(),
            (0, clock) => format!("{date}T{clock}"),
            (_, clock) => format!("{date}T{clock}{sign}{:02}:{:02}", minutes / 60, minutes % 60),
        })
    }
}
