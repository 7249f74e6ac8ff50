//! Transactions, by which versions of rows are named and ordered.
//!
//! An id carries `0x0DE1` in its top sixteen bits, then the seconds since 1970, then sixteen bits that are the fraction of the second; the
//! next id is one more where the clock says less, so it may run over into the seconds. SDKs show ids as sixteen hexadecimal digits, made by multiplying with an odd number, and
//! turn them back by its inverse and those top bits.

use crate::Micros;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The transaction that wrote a version of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TransactionId(pub i64);

const PREFIX: u64 = 0x0DE1 << 48;

/// What SDKs multiply with to show an id, modulo 2^64, and what takes it back.
const SHOWN: u64 = 205_891_132_094_649;
const READ: u64 = 1_522_336_535_492_693_385;

impl TransactionId {
    /// The id of a moment.
    pub fn at(now: Micros) -> Self {
        let now = u64::try_from(now).unwrap_or_default();
        let (seconds, micros) = ((now / 1_000_000) & 0xFFFF_FFFF, now % 1_000_000);
        Self((PREFIX | (seconds << 16) | (micros * 0x1_0000 / 1_000_000)).cast_signed())
    }

    /// The id after this one, if it is given out now: larger, however the clock went.
    pub fn next(self, now: Micros) -> Self {
        Self(self.0.saturating_add(1)).max(Self::at(now))
    }

    /// Reads an id as it stands on the wire, decimal, or as SDKs show it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() == 16 {
            return u64::from_str_radix(text, 16).ok().map(|shown| Self((shown.wrapping_mul(READ) | PREFIX).cast_signed()));
        }
        text.parse::<i64>().ok().filter(|id| *id > 0).map(Self)
    }

    /// As SDKs show it: sixteen hexadecimal digits.
    pub fn shown(self) -> String {
        format!("{:016x}", self.0.cast_unsigned().wrapping_mul(SHOWN))
    }
}

impl fmt::Display for TransactionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ids_have_the_official_form() {
        // 2024-03-09, from a published example: the same second gives the same beginning.
        let official = TransactionId(1_000_192_656_880_881_099);
        let first = TransactionId::at(1_709_970_000_000_000);
        assert_eq!(official.0 >> 48, 0x0DE1);
        assert!(first.to_string().starts_with("1000192656") && first.to_string().len() == 19, "{first}");
        assert_eq!(TransactionId::parse(&official.shown()), Some(official));
        assert_eq!(TransactionId::parse(" 1000192656880881099 "), Some(official));
        for wrong in ["", "x", "-5", "zzzzzzzzzzzzzzzz", "99999999999999999999"] {
            assert_eq!(TransactionId::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn ids_only_ever_grow_and_survive_being_shown(moments in prop::collection::vec(0..4_000_000_000_000_000_i64, 1..50)) {
            let mut last = TransactionId::at(0);
            for now in moments {
                let next = last.next(now);
                prop_assert!(next > last);
                prop_assert_eq!(TransactionId::parse(&next.shown()), Some(next));
                prop_assert_eq!(TransactionId::parse(&next.to_string()), Some(next));
                last = next;
            }
        }
    }
}
