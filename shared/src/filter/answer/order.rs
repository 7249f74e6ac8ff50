//! The order of rows: by any number of keys, nulls last in either direction, and what is equal in the order in which it came.

use crate::filter::Fields;
use crate::filter::compile::Compiled;
use crate::filter::decimal::Decimal;
use crate::filter::evaluate::compare_values;
use crate::filter::query::SortItem;
use serde_json::Value;
use std::cmp::Ordering;

/// What a row is sorted by.
#[derive(Clone, Debug)]
pub(in crate::filter) struct SortKey {
    value: Value,
    /// The number, where a machine number would be another one.
    long: Option<Decimal>,
}

impl SortKey {
    /// The keys of a row.
    pub(in crate::filter) fn all(keys: &Compiled, row: &dyn Fields) -> Vec<Self> {
        let mut found = Vec::new();
        keys.for_each(row, &mut |_, evaluator, node| {
            found.push(Self { value: evaluator.compute(node).into_value(), long: evaluator.long_number(node) });
        });
        found
    }

    /// The key as text that [`SortKey::parse`] reads; none of a number that no machine number holds.
    pub(super) fn text(&self) -> Option<String> {
        if self.long.is_some() {
            return None;
        }
        Some(match &self.value {
            // What is written as a decimal may be read as its neighbour.
            Value::Number(number) if number.is_f64() => format!("f{:016x}", number.as_f64()?.to_bits()),
            other => format!("j{other}"),
        })
    }

    /// Reads a key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let value = match text.split_at_checked(1)? {
            ("f", bits) => Value::from(f64::from_bits(u64::from_str_radix(bits, 16).ok()?)),
            ("j", json) => serde_json::from_str(json).ok()?,
            _ => return None,
        };
        Some(Self { value, long: None })
    }

    /// Whether it is true, neither false nor null.
    pub(super) fn is_true(&self) -> bool {
        self.value == Value::Bool(true)
    }

    /// Bytes that it holds, roughly.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.value.as_str().map_or(0, str::len)
    }

    /// A total order, in which numbers are what they were written as.
    fn natural(&self, other: &Self) -> Ordering {
        let decimal = |key: &Self| match (&key.long, &key.value) {
            (Some(long), _) => Some(long.clone()),
            (None, Value::Number(number)) => Decimal::of(number),
            (None, _) => None,
        };
        if (self.long.is_some() || other.long.is_some())
            && let (Some(left), Some(right)) = (decimal(self), decimal(other))
        {
            return left.cmp(&right);
        }
        compare_values(&self.value, &other.value)
    }
}

/// How two rows follow each other.
pub(super) fn compare(left: &[SortKey], right: &[SortKey], sort: &[SortItem]) -> Ordering {
    left.iter().zip(right).zip(sort).fold(Ordering::Equal, |so_far, ((left, right), item)| {
        so_far.then_with(|| {
            let natural = left.natural(right);
            if item.descending && !left.value.is_null() && !right.value.is_null() { natural.reverse() } else { natural }
        })
    })
}
