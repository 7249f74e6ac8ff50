//! Experiments compared: means of scores and metrics, and the rows on which they rose or fell.

mod paired;

pub use paired::{Paired, ScoreTrend, Verdict};

use crate::summary::{BUCKETS, Nano};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one experiment has, alone or against a base.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// By the score's name; values 0..1.
    pub scores: BTreeMap<String, Compared>,
    /// By the metric's name: `duration` in seconds, `tokens`, `estimated_cost` in dollars.
    pub metrics: BTreeMap<String, Compared>,
}

/// One score or metric.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The mean over the rows that have it.
    pub mean: f64,
    /// The mean less the mean of the base; none without a base that has it.
    pub difference: Option<f64>,
    /// How it fares on the inputs that both have; none without a base.
    pub paired: Option<Paired>,
}

impl Compared {
    /// Inputs on which it is better than in the base.
    pub fn improvements(&self) -> u64 {
        self.paired.map_or(0, |paired| paired.improved)
    }

    /// Inputs on which it is worse than in the base.
    pub fn regressions(&self) -> u64 {
        self.paired.map_or(0, |paired| paired.regressed)
    }
}

/// The values of one score or metric in an experiment, by the input of their rows.
#[derive(Clone, Debug, Default)]
pub struct Values<K> {
    by_input: BTreeMap<K, (f64, u64)>,
}

impl<K: Ord> Values<K> {
    /// Adds the value of a row. Several rows of one input count as one by their mean when inputs are compared.
    pub fn add(&mut self, input: K, value: f64) {
        let (sum, count) = self.by_input.entry(input).or_default();
        *sum += value;
        *count += 1;
    }

    /// The mean over all rows; none without any.
    pub fn mean(&self) -> Option<f64> {
        let (sum, count) = self.by_input.values().fold((0.0, 0), |(sum, count), (more, rows)| (sum + more, count + rows));
        (count > 0).then(|| sum / count as f64)
    }

    /// The mean of the rows of an input; none where it has no value.
    pub fn of_input(&self, input: &K) -> Option<f64> {
        self.by_input.get(input).map(|(sum, count)| sum / *count as f64)
    }

    /// How many inputs lie in each twentieth between 0 and 1, each at the mean of its rows.
    pub fn buckets(&self) -> [u64; BUCKETS] {
        let mut buckets = [0; BUCKETS];
        for (sum, count) in self.by_input.values() {
            if let Some(bucket) = buckets.get_mut(Nano::from_score(sum / *count as f64).bucket()) {
                *bucket += 1;
            }
        }
        buckets
    }

    /// What each input that both have is more or less than in a base.
    pub fn differences<'a>(&'a self, base: &'a Self) -> impl Iterator<Item = (&'a K, f64)> {
        self.by_input.iter().filter_map(|(input, (sum, count))| Some((input, sum / *count as f64 - base.of_input(input)?)))
    }

    /// Compares with a base, joined on the input; none if there is nothing to compare.
    pub fn compare(&self, base: Option<&Self>, higher_is_better: bool) -> Option<Compared> {
        let mean = self.mean()?;
        let difference = base.and_then(Self::mean).map(|base| mean - base);
        let paired = base.map(|base| Paired::of(self.differences(base).map(|(_, difference)| difference), higher_is_better));
        Some(Compared { mean, difference, paired })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(rows: &[(&'static str, f64)]) -> Values<&'static str> {
        let mut values = Values::default();
        for (input, value) in rows {
            values.add(*input, *value);
        }
        values
    }

    #[test]
    fn inputs_are_joined_and_rows_only_one_side_has_are_left_out() {
        let base = values(&[("a", 0.5), ("b", 0.5), ("c", 1.0)]);
        let new = values(&[("a", 0.75), ("b", 0.25), ("d", 0.5)]);
        let compared = new.compare(Some(&base), true).unwrap();
        assert_eq!((compared.improvements(), compared.regressions()), (1, 1));
        assert_eq!(compared.mean, 0.5);
        assert!((compared.difference.unwrap() + 1.0 / 6.0).abs() < 1e-12);
        // What takes longer is worse.
        assert_eq!(new.compare(Some(&base), false).map(|compared| compared.improvements()), Some(1));
    }

    #[test]
    fn an_input_lies_where_the_mean_of_its_rows_does() {
        let buckets = values(&[("a", 0.0), ("b", 0.05), ("c", 0.0), ("c", 1.0), ("d", 1.0)]).buckets();
        let filled: Vec<_> = buckets.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(0, 1), (1, 1), (10, 1), (19, 1)]);
    }

    #[test]
    fn several_rows_of_one_input_are_one() {
        let base = values(&[("a", 0.5)]);
        let new = values(&[("a", 0.0), ("a", 1.0)]);
        let compared = new.compare(Some(&base), true).unwrap();
        assert_eq!((compared.improvements(), compared.regressions(), compared.difference), (0, 0, Some(0.0)));
    }

    #[test]
    fn nothing_compares_to_nothing() {
        assert_eq!(values(&[]).compare(None, true), None);
        let alone = values(&[("a", 0.5)]).compare(None, true).unwrap();
        assert_eq!((alone.improvements(), alone.regressions(), alone.difference), (0, 0, None));
    }
}
