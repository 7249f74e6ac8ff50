//! The calendar: microseconds since 1970 as a date and a time of day in UTC, and back.
//!
//! The arithmetic counts years from March, so that a leap day is the last day of its year; it holds for every date.

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// Days in the 400 years after which the calendar repeats.
const DAYS_PER_ERA: i64 = 146_097;
/// Days from the first of March of year 0 to the first of January 1970.
const DAYS_BEFORE_1970: i64 = 719_468;

/// A date and a time of day in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CivilTime {
    /// The year.
    pub year: i64,
    /// The month, 1 to 12.
    pub month: i64,
    /// The day of the month, from 1.
    pub day: i64,
    /// The hour, 0 to 23.
    pub hour: i64,
    /// The minute.
    pub minute: i64,
    /// The second.
    pub second: i64,
}

impl CivilTime {
    /// The date and time of day at so many microseconds since 1970.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        let seconds = micros.div_euclid(MICROS_PER_SECOND);
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let second_of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        Self { year, month, day, hour: second_of_day / 3_600, minute: second_of_day / 60 % 60, second: second_of_day % 60 }
    }

    /// The microseconds since 1970.
    #[must_use]
    pub fn to_micros(self) -> i64 {
        let days = days_from_civil(self.year, self.month, self.day);
        let second_of_day = self.hour * 3_600 + self.minute * 60 + self.second;
        (days * SECONDS_PER_DAY + second_of_day) * MICROS_PER_SECOND
    }

    /// The day: "2026-11-23".
    #[must_use]
    pub fn to_day(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// To the minute: "2026-11-23 18:25".
    #[must_use]
    pub fn to_minute(self) -> String {
        format!("{} {:02}:{:02}", self.to_day(), self.hour, self.minute)
    }

    /// To the second, with the zone: "2026-11-23 18:25:07 UTC".
    #[must_use]
    pub fn to_exact(self) -> String {
        format!("{}:{:02} UTC", self.to_minute(), self.second)
    }

    /// For machines: "2026-11-23T18:25:07Z".
    #[must_use]
    pub fn to_machine(self) -> String {
        format!("{}T{:02}:{:02}:{:02}Z", self.to_day(), self.hour, self.minute, self.second)
    }
}

/// The year, month and day so many days after the first of January 1970.
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_BEFORE_1970;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The days from the first of January 1970 to this date.
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        assert_eq!(civil_from_days(0), (1970, 1, 1));
        assert_eq!(civil_from_days(-1), (1969, 12, 31));
        assert_eq!(civil_from_days(11_016), (2000, 2, 29));
        assert_eq!(days_from_civil(2026, 11, 23), 20_780);
    }

    #[test]
    fn every_day_of_800_years_comes_back() {
        let mut previous = civil_from_days(-200_000);
        for days in -199_999..100_000 {
            let date = civil_from_days(days);
            assert_eq!(days_from_civil(date.0, date.1, date.2), days);
            assert!(date > previous);
            previous = date;
        }
    }

    #[test]
    fn times_are_written() {
        let time = CivilTime { year: 2026, month: 11, day: 23, hour: 18, minute: 25, second: 7 };
        assert_eq!(CivilTime::from_micros(time.to_micros() + 999_999), time);
        assert_eq!(time.to_day(), "2026-11-23");
        assert_eq!(time.to_minute(), "2026-11-23 18:25");
        assert_eq!(time.to_exact(), "2026-11-23 18:25:07 UTC");
        assert_eq!(time.to_machine(), "2026-11-23T18:25:07Z");
    }

    #[test]
    fn before_1970_the_second_is_still_rounded_down() {
        assert_eq!(CivilTime::from_micros(-1).to_exact(), "1969-12-31 23:59:59 UTC");
    }
}
