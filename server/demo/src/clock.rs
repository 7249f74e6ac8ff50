//! Calendar arithmetic on microseconds since 1970 (UTC), and the rhythm of a shop's day.

use super::random::Random;
use super::scenarios::Language;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// One day in microseconds.
pub const DAY: i64 = 24 * HOUR;
/// One minute in microseconds.
pub const MINUTE: i64 = 60 * SECOND;

/// How busy each hour of the day is (UTC); customers write at lunch and in the evening.
const HOURS: [f64; 24] = [
    0.10, 0.06, 0.04, 0.04, 0.06, 0.14, 0.30, 0.52, 0.74, 0.86, 0.90, 0.94, 1.00, 0.92, 0.82, 0.80, 0.84, 0.92, 0.98, 0.96, 0.78, 0.56,
    0.34, 0.20,
];

/// Year, month and day of the civil calendar for a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as usize, day)
}

/// The moment as RFC 3339 with microseconds, as the Python client writes it.
pub fn rfc3339(micros: i64) -> String {
    let (year, month, day) = civil(micros.div_euclid(DAY));
    let rest = micros.rem_euclid(DAY);
    let (hour, minute, second) = (rest / HOUR, rest / MINUTE % 60, rest / SECOND % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:06}+00:00", rest % SECOND)
}

/// The date as `2026-05-14`.
pub fn iso_date(micros: i64) -> String {
    let (year, month, day) = civil(micros.div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The date in words, without the year: `14 May`, `14. Mai`.
pub fn spoken_date(micros: i64, language: Language) -> String {
    let (_, month, day) = civil(micros.div_euclid(DAY));
    let months = match language {
        Language::English => "January February March April May June July August September October November December",
        Language::German => "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        Language::French => "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        Language::Spanish => "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    };
    let name = months.split(' ').nth(month - 1).unwrap_or_default();
    match language {
        Language::English | Language::French => format!("{day} {name}"),
        Language::German => format!("{day}. {name}"),
        Language::Spanish => format!("{day} de {name}"),
    }
}

/// The name of the day of the week.
pub fn weekday(micros: i64, language: Language) -> &'static str {
    let names = match language {
        Language::English => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        Language::German => ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
        Language::French => ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        Language::Spanish => ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    };
    names[(micros.div_euclid(DAY) + 3).rem_euclid(7) as usize]
}

/// The next working day after `micros`, at least `days` days later.
pub fn working_day(micros: i64, days: i64) -> i64 {
    let mut moment = micros + days * DAY;
    while (moment.div_euclid(DAY) + 3).rem_euclid(7) >= 5 {
        moment += DAY;
    }
    moment
}

/// `count` moments of the `days` days before `now`, oldest first; the last is `now` itself.
pub fn moments(seed: u64, count: usize, now: i64, days: i64) -> Vec<i64> {
    let mut random = Random::part(seed, u64::MAX);
    let mut moments = Vec::with_capacity(count);
    while moments.len() + 1 < count {
        let moment = now - (random.fraction() * (days * DAY) as f64) as i64;
        let weekend = (moment.div_euclid(DAY) + 3).rem_euclid(7) >= 5;
        let busy = HOURS[(moment.rem_euclid(DAY) / HOUR) as usize] * if weekend { 0.6 } else { 1.0 };
        if random.chance(busy) {
            moments.push(moment);
        }
    }
    moments.sort_unstable();
    if count > 0 {
        moments.push(now);
    }
    moments
}
