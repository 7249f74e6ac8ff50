//! The time that the rows of a list are of.

use crate::filter::{format_instant, parse_instant, quote_text};
use crate::{Micros, Problem};

/// A time that the rows of a list are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeRange {
    /// The last so many hours.
    Last(u32),
    /// From one moment, included, to another. One of them at least is said.
    Between(Option<Micros>, Option<Micros>),
}

/// The most hours that can be asked for: ten years.
const MOST_HOURS: u32 = 87_600;

impl TimeRange {
    /// Those that one chooses from, with their words.
    pub const COMMON: [(&'static str, &'static str); 4] =
        [("1h", "Last hour"), ("1d", "Last day"), ("7d", "Last 7 days"), ("30d", "Last 30 days")];

    /// Reads a range: `1h`, `7d`, or two moments around a slash, of which one may be left out. Empty text is all time.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for anything else.
    pub fn parse(text: &str) -> Result<Option<Self>, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let reason = "Write hours or days as 6h or 7d, or two times around a slash, as 2026-01-01/2026-02-01. Either may be left out.";
        Self::read(text).map(Some).ok_or_else(|| Problem::invalid("range", reason))
    }

    fn read(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once('/') {
            let moment = |text: &str| match text.trim() {
                "" => Some(None),
                text => parse_instant(text).map(Some),
            };
            return match (moment(from)?, moment(to)?) {
                (None, None) => None,
                (Some(from), Some(to)) if from >= to => None,
                (from, to) => Some(Self::Between(from, to)),
            };
        }
        let (count, hours) = text.strip_suffix('h').map(|count| (count, 1)).or_else(|| text.strip_suffix('d').map(|count| (count, 24)))?;
        let hours = count.parse::<u32>().ok()?.checked_mul(hours)?;
        (1..=MOST_HOURS).contains(&hours).then_some(Self::Last(hours))
    }

    /// As [`TimeRange::parse`] reads it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Last(hours) if hours % 24 == 0 => format!("{}d", hours / 24),
            Self::Last(hours) => format!("{hours}h"),
            Self::Between(from, to) => [from, to].map(|moment| moment.map(format_instant).unwrap_or_default()).join("/"),
        }
    }

    /// The filter that says the same.
    pub fn condition(&self) -> String {
        match self {
            Self::Last(hours) => format!("created >= now() - interval {hours} hour"),
            Self::Between(from, to) => {
                let from = from.map(|from| format!("created >= {}", quote_text(&format_instant(from))));
                let to = to.map(|to| format!("created < {}", quote_text(&format_instant(to))));
                from.into_iter().chain(to).collect::<Vec<_>>().join(" and ")
            }
        }
    }

    /// The moments that it lies between at a moment: the first is in it, the second is not.
    pub fn moments(&self, now: Micros) -> (Option<Micros>, Option<Micros>) {
        match self {
            Self::Last(hours) => (Some(now.saturating_sub(Micros::from(*hours) * 3_600_000_000)), None),
            Self::Between(from, to) => (*from, *to),
        }
    }

    /// In words.
    pub fn words(&self) -> String {
        let text = self.to_text();
        if let Some((_, words)) = Self::COMMON.iter().find(|(common, _)| *common == text) {
            return (*words).to_owned();
        }
        let day = |moment: &Micros| format_instant(*moment).chars().take(16).collect::<String>().replace('T', " ").replace(" 00:00", "");
        match self {
            Self::Last(hours) => format!("Last {hours} hours"),
            Self::Between(Some(from), Some(to)) => format!("{} – {}", day(from), day(to)),
            Self::Between(Some(from), None) => format!("Since {}", day(from)),
            Self::Between(None, to) => format!("Before {}", to.as_ref().map(day).unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse_expression;

    #[test]
    fn a_range_is_read_as_it_is_written() {
        for (text, expected, words) in [
            ("1h", "1h", "Last hour"),
            ("24h", "1d", "Last day"),
            (" 7d ", "7d", "Last 7 days"),
            ("5h", "5h", "Last 5 hours"),
            ("2026-01-01/2026-02-01", "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", "2026-01-01 – 2026-02-01"),
            ("2026-01-01T08:30:00Z/", "2026-01-01T08:30:00Z/", "Since 2026-01-01 08:30"),
            ("/2026-01-01", "/2026-01-01T00:00:00Z", "Before 2026-01-01"),
        ] {
            let range = TimeRange::parse(text).unwrap().unwrap();
            assert_eq!((range.to_text().as_str(), range.words().as_str()), (expected, words), "{text}");
            assert_eq!(TimeRange::parse(expected).unwrap().unwrap(), range);
            assert!(parse_expression(&range.condition()).is_ok(), "{}", range.condition());
        }
        assert_eq!(TimeRange::parse("  ").unwrap(), None);
        for text in ["0h", "h", "-1d", "7", "99999d", "4294967295d", "/", "x/y", "2026-02-01/2026-01-01", "'"] {
            assert!(TimeRange::parse(text).is_err(), "{text}");
        }
    }
}
