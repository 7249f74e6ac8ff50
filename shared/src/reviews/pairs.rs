//! Lists of pairs: two experiments whose outputs to the same inputs people compare, without knowing which is which.

use super::{ReviewList, TakenItem};
use crate::markup::Html;
use crate::statistics::{binomial_at_half, cluster_mean};
use crate::{ObjectId, ProjectId};
use serde::{Deserialize, Serialize};

/// Pairs of a list at most.
pub const MOST_PAIRS: usize = 2_000;

/// Two experiments whose rows a list shows side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pairwise {
    /// The first, which is the base, and the second.
    pub experiments: [ObjectId; 2],
}

/// Which row of a pair somebody prefers, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// That of the first experiment.
    First,
    /// That of the second.
    Second,
    /// Neither.
    Equal,
}

impl Preference {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
            Self::Equal => "equal",
        }
    }

    /// What that word means.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::First, Self::Second, Self::Equal].into_iter().find(|preference| preference.as_str() == word)
    }
}

/// The same as a reviewer says it, who knows of the left side, A, and of the right side, B.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownSide {
    /// A is better.
    A,
    /// B is better.
    B,
    /// Both are as good, or as bad.
    Equal,
}

impl ShownSide {
    /// What that means where the second experiment stands on the left, or the first.
    pub fn meant(self, swapped: bool) -> Preference {
        match (self, swapped) {
            (Self::Equal, _) => Preference::Equal,
            (Self::A, false) | (Self::B, true) => Preference::First,
            (Self::A, true) | (Self::B, false) => Preference::Second,
        }
    }

    /// How it was said.
    pub fn of(preference: Preference, swapped: bool) -> Self {
        match (preference, swapped) {
            (Preference::Equal, _) => Self::Equal,
            (Preference::First, false) | (Preference::Second, true) => Self::A,
            (Preference::First, true) | (Preference::Second, false) => Self::B,
        }
    }
}

/// Makes a list of the pairs of two experiments, or fills the one that there is with what came since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairExperiments {
    /// Where they are.
    pub project: ProjectId,
    /// The names of the base and of the other one.
    pub experiments: [String; 2],
}

/// What became of making pairs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairsMade {
    /// The list.
    pub list: ReviewList,
    /// Pairs that were added.
    pub added: u64,
    /// Those that it had already.
    pub already: u64,
    /// Inputs that only one of the experiments has; these are left out.
    pub alone: u64,
    /// Inputs of both that were not drawn, because a list holds at most [`MOST_PAIRS`].
    pub not_drawn: u64,
}

/// One side of a pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSide {
    /// What came out, as text; an error where that came.
    pub output: String,
    /// Whether it is an error.
    pub is_error: bool,
    /// Whether it goes on.
    pub cut: bool,
    /// Whether its row is gone.
    pub is_gone: bool,
}

/// A pair that somebody has in hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenPair {
    /// The item, why this one, and until when.
    pub taken: TakenItem,
    /// What reviewers of the list read first, drawn.
    pub instructions: Html,
    /// What both were asked, as text.
    pub input: String,
    /// Whether it goes on.
    pub input_cut: bool,
    /// The left side.
    pub a: PairSide,
    /// The right side.
    pub b: PairSide,
    /// Pairs of the list that are not complete.
    pub open: i64,
}

/// How often one of the experiments won, in the reviews of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TotalsOfPairs {
    /// The names of the first, the base, and of the second.
    pub experiments: [String; 2],
    /// None where reviews are blind and who asks might still review.
    pub totals: Option<PairTotals>,
}

/// See [`TotalsOfPairs`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairTotals {
    /// Reviews in which the second was better.
    pub wins: u64,
    /// Those in which the first was.
    pub losses: u64,
    /// Those in which neither was.
    pub ties: u64,
    /// Pairs that were reviewed at least once.
    pub pairs: u64,
    /// The mean of the second: 1 for a win, ½ for a tie, 0 for a loss; none for fewer than two pairs.
    pub mean: Option<ShareEstimate>,
    /// Reviews in which the side on the left was better, of those in which one was.
    pub left: u64,
    /// How likely so uneven a split of left and right is if the side plays no part; none where nothing was decided.
    pub side_chance: Option<f64>,
}

/// A share with the 95 % interval in which it lies, each pair being one observation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareEstimate {
    /// The share, 0 to 1.
    pub mean: f64,
    /// Where the interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
}

impl PairTotals {
    /// Of what was said of each pair: what, and whether the sides were swapped.
    pub fn of<'a>(said: impl IntoIterator<Item = &'a [(Preference, bool)]>) -> Self {
        let mut totals = Self::default();
        let mut clusters: Vec<Vec<f64>> = Vec::new();
        for of_pair in said.into_iter().filter(|of_pair| !of_pair.is_empty()) {
            totals.pairs += 1;
            for (preference, swapped) in of_pair {
                match preference {
                    Preference::Second => totals.wins += 1,
                    Preference::First => totals.losses += 1,
                    Preference::Equal => totals.ties += 1,
                }
                totals.left += u64::from(ShownSide::of(*preference, *swapped) == ShownSide::A);
            }
            let worth = |preference: Preference| match preference {
                Preference::Second => 1.0,
                Preference::Equal => 0.5,
                Preference::First => 0.0,
            };
            clusters.push(of_pair.iter().map(|(preference, _)| worth(*preference)).collect());
        }
        totals.mean = cluster_mean(clusters.iter().map(Vec::as_slice)).map(|estimate| ShareEstimate {
            mean: estimate.mean,
            low: estimate.low.max(0.0),
            high: estimate.high.min(1.0),
        });
        totals.side_chance = binomial_at_half(totals.left, totals.decided());
        totals
    }

    /// Reviews in which one was better.
    pub fn decided(&self) -> u64 {
        self.wins + self.losses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_sides_is_kept_of_experiments() {
        for swapped in [false, true] {
            for side in [ShownSide::A, ShownSide::B, ShownSide::Equal] {
                assert_eq!(ShownSide::of(side.meant(swapped), swapped), side);
            }
        }
        assert_eq!((ShownSide::A.meant(false), ShownSide::A.meant(true)), (Preference::First, Preference::Second));
        assert_eq!(serde_json::to_string(&[ShownSide::A, ShownSide::B, ShownSide::Equal]).unwrap(), r#"["a","b","equal"]"#);
        for preference in [Preference::First, Preference::Second, Preference::Equal] {
            assert_eq!(Preference::parse(preference.as_str()), Some(preference));
        }
        assert_eq!(Preference::parse("third"), None);
    }

    #[test]
    fn totals_count_a_pair_once() {
        use Preference::{Equal, First, Second};
        assert_eq!(PairTotals::of([]), PairTotals::default());
        let said: [&[(Preference, bool)]; 5] =
            [&[(Second, true), (Second, false)], &[(Second, true)], &[(Equal, true), (First, false)], &[(First, false)], &[]];
        let totals = PairTotals::of(said);
        assert_eq!((totals.wins, totals.losses, totals.ties, totals.pairs), (3, 2, 1, 4));
        // On the left were the second twice, where it was swapped, and the first twice, where it was not.
        assert_eq!((totals.left, totals.decided()), (4, 5));
        assert!((totals.side_chance.unwrap() - 0.375).abs() < 1e-9);
        let mean = totals.mean.unwrap();
        assert!((mean.mean - 3.5 / 6.0).abs() < 1e-9 && mean.low >= 0.0 && mean.high <= 1.0 && mean.low < mean.mean, "{mean:?}");
    }
}
