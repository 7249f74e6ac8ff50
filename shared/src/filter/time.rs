//! Instants as microseconds since 1970 in UTC, and the calendar.

use super::syntax::Unit;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A length of time. Months have no fixed length, so they are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length {
    pub months: i64,
    pub micros: i64,
}

impl Length {
    pub(super) fn of(count: i64, unit: Unit) -> Self {
        match unit {
            Unit::Year => Self { months: count.saturating_mul(12), micros: 0 },
            Unit::Month => Self { months: count, micros: 0 },
            _ => Self { months: 0, micros: count.saturating_mul(micros_of(unit)) },
        }
    }

    pub(super) fn negated(self) -> Self {
        Self { months: self.months.saturating_neg(), micros: self.micros.saturating_neg() }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { months: self.months.saturating_add(other.months), micros: self.micros.saturating_add(other.micros) }
    }

    /// The length for comparing, with months of thirty days.
    pub(super) fn approximate_micros(self) -> i64 {
        self.months.saturating_mul(30 * DAY).saturating_add(self.micros)
    }

    /// `7 day`, as `to_interval` reads it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (count, unit) = counted_unit(text)?;
        Some(Self::of(count, unit))
    }

    pub(super) fn text(self) -> String {
        match self {
            Self { months, micros: 0 } => format!("{months} month"),
            Self { months: 0, micros } if micros % DAY == 0 => format!("{} day", micros / DAY),
            Self { months: 0, micros } if micros % SECOND == 0 => format!("{} second", micros / SECOND),
            Self { months: 0, micros } => format!("{micros} microsecond"),
            Self { months, micros } => format!("{months} month {micros} microsecond"),
        }
    }
}

/// `day` or `15 minutes`.
pub(super) fn counted_unit(text: &str) -> Option<(i64, Unit)> {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((count, unit)) => Some((count.parse().ok()?, Unit::named(unit.trim())?)),
        None => Some((1, Unit::named(text)?)),
    }
}

fn micros_of(unit: Unit) -> i64 {
    match unit {
        Unit::Microsecond => 1,
        Unit::Millisecond => 1_000,
        Unit::Second => SECOND,
        Unit::Minute => 60 * SECOND,
        Unit::Hour => 3_600 * SECOND,
        Unit::Day => DAY,
        Unit::Week => 7 * DAY,
        // Only for completeness: months are counted on the calendar.
        Unit::Month => 30 * DAY,
        Unit::Year => 365 * DAY,
    }
}

pub(super) fn add(instant: i64, length: Length) -> i64 {
    let (days, time) = (instant.div_euclid(DAY), instant.rem_euclid(DAY));
    let moved = if length.months == 0 {
        instant
    } else {
        let (year, month, day) = civil(days);
        let month = year.saturating_mul(12).saturating_add(month - 1).saturating_add(length.months);
        let month = month.clamp(-12 * 200_000, 12 * 200_000);
        let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
        let last = days_from_civil(year + month / 12, month % 12 + 1, 1) - days_from_civil(year, month, 1);
        (days_from_civil(year, month, day.min(last))).saturating_mul(DAY).saturating_add(time)
    };
    moved.saturating_add(length.micros)
}

/// The beginning of the unit, or of the group of `count` units, in which an instant lies. `offset` is in minutes, west
/// positive: 480 for the Pacific coast of America.
pub(super) fn truncate(instant: i64, count: i64, unit: Unit, offset: i32) -> Option<i64> {
    let count = (count > 0).then_some(count)?;
    let offset = i64::from(offset) * 60 * SECOND;
    let local = instant.checked_sub(offset)?;
    let start = match unit {
        Unit::Month | Unit::Year => {
            let months = if unit == Unit::Year { count.checked_mul(12)? } else { count };
            let (year, month, _) = civil(local.div_euclid(DAY));
            let group = (year * 12 + month - 1).div_euclid(months).checked_mul(months)?;
            days_from_civil(group.div_euclid(12), group.rem_euclid(12) + 1, 1).checked_mul(DAY)?
        }
        _ => {
            // 1970 began on a Thursday; weeks begin on Monday.
            let origin = if unit == Unit::Week { 4 * DAY } else { 0 };
            let length = count.checked_mul(micros_of(unit))?;
            (local - origin).div_euclid(length) * length + origin
        }
    };
    start.checked_add(offset)
}

/// Reads an ISO 8601 date, or date and time. Without a zone it is UTC.
pub fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let is = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let last = days_from_civil(year + month / 12, month % 12 + 1, 1) - days_from_civil(year, month, 1);
    if !is(4, b'-') || !is(7, b'-') || !(1..=12).contains(&month) || !(1..=last).contains(&day) {
        return None;
    }
    let midnight = days_from_civil(year, month, day) * DAY;
    if text.len() == 10 {
        return Some(midnight);
    }
    if !(is(10, b'T') || is(10, b't') || is(10, b' ')) || !is(13, b':') {
        return None;
    }
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let mut second = 0;
    let mut fraction = 0;
    let mut rest = text.get(16..)?;
    if rest.starts_with(':') {
        second = number(17, 19)?;
        rest = text.get(19..)?;
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let length = after.bytes().take_while(u8::is_ascii_digit).count();
            let digits = format!("{:0<6}", after.get(..length.min(6))?);
            fraction = if length == 0 { return None } else { digits.parse().ok()? };
            rest = after.get(length..)?;
        }
    }
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let time = ((hour * 60 + minute) * 60 + second) * SECOND + fraction;
    Some(midnight + time - zone_seconds(rest.trim())? * SECOND)
}

/// How many seconds a zone such as `Z`, `+02:00` or `-0800` is ahead of UTC.
fn zone_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone.get(1..)?.chars().filter(|letter| *letter != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = match digits.get(2..)? {
        "" => 0,
        minutes if minutes.len() == 2 => minutes.parse().ok()?,
        _ => return None,
    };
    Some(sign * (hours * 3600 + minutes * 60))
}

/// An instant as ISO 8601 text in UTC, with as many digits after the second as it needs.
pub fn format_instant(instant: i64) -> String {
    let (days, time) = (instant.div_euclid(DAY), instant.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (seconds, micros) = (time / SECOND, time % SECOND);
    let fraction = match micros {
        0 => String::new(),
        micros if micros % 1000 == 0 => format!(".{:03}", micros / 1000),
        micros => format!(".{micros:06}"),
    };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Days since 1970 of a date in the Gregorian calendar. Years are counted from March, so that the day which is
/// sometimes missing is the last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}
