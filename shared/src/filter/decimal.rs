//! Numbers of any size and precision, where what a machine calculates with would lie about them.

use super::lenient::part;
use super::syntax::Step;
use serde_json::Number;
use std::cmp::Ordering;

/// Digits that a double keeps whatever they are.
const KEPT: usize = 15;

/// Digits of sums that are exact.
const MOST: usize = 36;

/// A number as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// From the first that is not 0 to the last; none for 0.
    digits: Vec<u8>,
    /// Where the point stands, counted from before the first digit.
    exponent: i64,
}

impl Decimal {
    /// Reads a number as JSON writes it.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], rest[at + 1..].parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).map(|byte| byte - b'0').collect();
        let leading = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..leading);
        let trailing = digits.iter().rev().take_while(|digit| **digit == 0).count();
        digits.truncate(digits.len() - trailing);
        if digits.is_empty() {
            return Some(Self { negative: false, digits, exponent: 0 });
        }
        let point = i64::try_from(whole.len()).ok()?.checked_sub(i64::try_from(leading).ok()?)?;
        Some(Self { negative, digits, exponent: point.checked_add(exponent)? })
    }

    /// The same number as a machine holds it.
    pub(super) fn of(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    /// Whole units of 1e-`scale`, with that scale, where they are not too many.
    pub(super) fn units(&self) -> Option<(i128, u32)> {
        let length = i64::try_from(self.digits.len()).ok()?;
        let scale = (length - self.exponent).max(0);
        let zeros = (self.exponent - length).max(0);
        if usize::try_from(length + zeros).ok()? > MOST || usize::try_from(scale).ok()? > MOST {
            return None;
        }
        let whole = self.digits.iter().fold(0_i128, |sum, digit| sum * 10 + i128::from(*digit));
        let whole = whole.checked_mul(10_i128.checked_pow(u32::try_from(zeros).ok()?)?)?;
        Some((if self.negative { -whole } else { whole }, u32::try_from(scale).ok()?))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = (self.exponent, &self.digits).cmp(&(other.exponent, &other.digits));
        sign(self).cmp(&sign(other)).then(if self.negative { size.reverse() } else { size })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The number that a text spells, where a machine number would be another one.
pub(super) fn long(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if !may_be_long(text) || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return None;
    }
    let written = Decimal::parse(text)?;
    let held = text.parse().ok().and_then(Number::from_f64).and_then(|held| Decimal::of(&held));
    (held.as_ref() != Some(&written)).then_some(written)
}

/// Whether a JSON text may hold a number that is longer than a machine number: it has many digits in a row, or an exponent.
pub(super) fn may_be_long(text: &str) -> bool {
    let mut digits = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'.' if digits > 0 => {}
            b'e' | b'E' if digits > 0 => return true,
            _ => digits = 0,
        }
        if digits > KEPT {
            return true;
        }
    }
    false
}

/// The number at a path inside a JSON text, where a machine number would be another one.
pub(super) fn long_at(text: &str, path: &[Step]) -> Option<Decimal> {
    long(part(text, path)?)
}

/// Whole units as a number of JSON.
pub(super) fn text_of(units: i128, scale: u32) -> String {
    let digits = units.unsigned_abs().to_string();
    let scale = scale as usize;
    let digits = format!("{}{digits}", "0".repeat((scale + 1).saturating_sub(digits.len())));
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    let sign = if units < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_ordered_however_they_are_written() {
        let ordered = [
            "-1e400",
            "-123456789012345678901234567891",
            "-123456789012345678901234567890",
            "-2",
            "-0.1",
            "0",
            "1e-400",
            "0.1",
            "0.10000000000000000000001",
            "1",
            "9007199254740992.5",
            "123456789012345678901234567890",
            "1e400",
        ];
        for pair in ordered.windows(2) {
            assert!(Decimal::parse(pair[0]) < Decimal::parse(pair[1]), "{pair:?}");
        }
        for (one, other) in [("1.0", "1"), ("1e2", "100"), ("0.0", "-0"), ("12.50", "1.25e1"), ("100e-2", "1")] {
            assert_eq!(Decimal::parse(one), Decimal::parse(other));
        }
        for wrong in ["", "-", "1e", "x", ".5", "\"1\"", "0x1", "1 2"] {
            assert_eq!(Decimal::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_what_a_machine_number_cannot_hold_is_long() {
        for (text, is_long) in [
            ("0.1", false),
            ("1e3", false),
            ("18446744073709551615", false),
            ("18446744073709551616", true),
            ("1e400", true),
            ("0.1000000000000000055511151231257827", true),
            ("-9223372036854775809", true),
            ("1795458315.297664", false),
        ] {
            assert_eq!(long(text).is_some(), is_long, "{text}");
        }
    }

    proptest! {
        #[test]
        fn units_are_the_number(number in any::<i64>(), scale in 0..20_u32) {
            let text = text_of(i128::from(number), scale);
            let decimal = Decimal::parse(&text).unwrap();
            let (units, of) = decimal.units().unwrap();
            prop_assert_eq!(Decimal::parse(&text_of(units, of)), Some(decimal));
        }

        #[test]
        fn doubles_are_ordered_as_machines_order_them(one in any::<f64>(), other in any::<f64>()) {
            prop_assume!(one.is_finite() && other.is_finite());
            let decimal = |number| Decimal::of(&Number::from_f64(number).unwrap()).unwrap();
            prop_assert_eq!(Some(decimal(one).cmp(&decimal(other))), one.partial_cmp(&other));
        }
    }
}
