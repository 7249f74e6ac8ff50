//! What two experiments differ by on the inputs that both have.

use crate::statistics::cluster_mean;
use serde::{Deserialize, Serialize};

/// What is less than this is no difference: half of the unit that scores are counted in.
const SMALLEST: f64 = 5e-10;

/// How one input fares against the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreTrend {
    /// Better than in the base.
    Improved,
    /// Worse than in the base.
    Regressed,
    /// As in the base.
    Unchanged,
}

impl ScoreTrend {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Improved, Self::Regressed, Self::Unchanged];

    /// What a difference is.
    pub fn of(difference: f64, higher_is_better: bool) -> Self {
        if difference.abs() < SMALLEST {
            Self::Unchanged
        } else if (difference > 0.0) == higher_is_better {
            Self::Improved
        } else {
            Self::Regressed
        }
    }

    /// The word for it, in addresses too.
    pub fn word(self) -> &'static str {
        match self {
            Self::Improved => "improved",
            Self::Regressed => "regressed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// What can be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Fewer than two inputs are in both.
    TooFew,
    /// The interval holds no difference, too.
    Unclear,
    /// The whole interval is better.
    Better,
    /// The whole interval is worse.
    Worse,
}

/// One score or metric of an experiment against a base, paired by input: an input counts once, with the mean of its trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paired {
    /// Inputs that both have.
    pub pairs: u64,
    /// The mean of what they differ by; 0 without any.
    pub difference: f64,
    /// Its 95 % interval, each input a cluster of its own; none for fewer than two.
    pub interval: Option<(f64, f64)>,
    /// Inputs that are better.
    pub improved: u64,
    /// Inputs that are worse.
    pub regressed: u64,
    /// Inputs that are as they were.
    pub unchanged: u64,
    /// Whether more is better.
    pub higher_is_better: bool,
}

impl Paired {
    /// What differences come to, one for each input.
    pub fn of(differences: impl IntoIterator<Item = f64>, higher_is_better: bool) -> Self {
        let differences: Vec<f64> = differences.into_iter().collect();
        let counted =
            |change| differences.iter().filter(|difference| ScoreTrend::of(**difference, higher_is_better) == change).count() as u64;
        let estimate = cluster_mean(differences.chunks(1));
        let pairs = differences.len();
        Self {
            pairs: pairs as u64,
            difference: if pairs == 0 { 0.0 } else { differences.iter().sum::<f64>() / pairs as f64 },
            interval: estimate.map(|estimate| (estimate.low, estimate.high)),
            improved: counted(ScoreTrend::Improved),
            regressed: counted(ScoreTrend::Regressed),
            unchanged: counted(ScoreTrend::Unchanged),
            higher_is_better,
        }
    }

    /// How many inputs changed like this.
    pub fn count(&self, change: ScoreTrend) -> u64 {
        match change {
            ScoreTrend::Improved => self.improved,
            ScoreTrend::Regressed => self.regressed,
            ScoreTrend::Unchanged => self.unchanged,
        }
    }

    /// What can be said.
    pub fn verdict(&self) -> Verdict {
        let Some((low, high)) = self.interval else { return Verdict::TooFew };
        if low <= SMALLEST && high >= -SMALLEST {
            Verdict::Unclear
        } else if (low > 0.0) == self.higher_is_better {
            Verdict::Better
        } else {
            Verdict::Worse
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Values;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Golden {
        pairs: Vec<Case>,
    }

    /// Values by input as they were compared by scipy.
    #[derive(Deserialize)]
    struct Case {
        base: Vec<(u32, f64)>,
        new: Vec<(u32, f64)>,
        pairs: u64,
        difference: f64,
        low: f64,
        high: f64,
        improved: u64,
        regressed: u64,
        unchanged: u64,
    }

    #[test]
    fn differences_and_intervals_are_those_of_scipy() {
        let golden: Golden = serde_json::from_str(include_str!("golden.json")).unwrap();
        for case in golden.pairs {
            let values = |rows: &[(u32, f64)]| {
                let mut values = Values::default();
                for (input, value) in rows {
                    values.add(*input, *value);
                }
                values
            };
            let paired = values(&case.new).compare(Some(&values(&case.base)), true).unwrap().paired.unwrap();
            assert_eq!(
                (paired.pairs, paired.improved, paired.regressed, paired.unchanged),
                (case.pairs, case.improved, case.regressed, case.unchanged)
            );
            let (low, high) = paired.interval.unwrap();
            for (is, expected) in [(paired.difference, case.difference), (low, case.low), (high, case.high)] {
                assert!((is - expected).abs() < 1e-6, "{is} is not {expected}");
            }
        }
    }

    #[test]
    fn few_inputs_say_nothing_and_less_can_be_better() {
        assert_eq!(Paired::of([], true).verdict(), Verdict::TooFew);
        assert_eq!(Paired::of([0.5], true).verdict(), Verdict::TooFew);
        assert_eq!(Paired::of([0.0, 0.0, 0.0], true).verdict(), Verdict::Unclear);
        assert_eq!(Paired::of([0.5, -0.5], true).verdict(), Verdict::Unclear);
        let rise = [0.30, 0.31, 0.29];
        assert_eq!([true, false].map(|higher| Paired::of(rise, higher).verdict()), [Verdict::Better, Verdict::Worse]);
        let fallen = Paired::of(rise.map(|rise| -rise), false);
        assert_eq!((fallen.verdict(), fallen.improved, fallen.count(ScoreTrend::Regressed)), (Verdict::Better, 3, 0));
        // What only the sum of floating numbers makes is no change.
        assert_eq!(ScoreTrend::of(0.1 + 0.2 - 0.3, true), ScoreTrend::Unchanged);
    }
}
