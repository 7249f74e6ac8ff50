//! Scores as numbers: exact values, what stands on a span and on a trace, roll-ups and the summary made of them.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Buckets of a distribution: 5 % each, half-open, the last one closed.
pub const BUCKETS: usize = 20;

const UNIT: f64 = 1e9;

/// A score in units of 1e-9, so that sums are exact and the same however they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Nano(pub i64);

impl Nano {
    /// The nearest unit to a score.
    pub fn from_score(score: f64) -> Self {
        // Scores lie in 0..1, far inside what i64 holds; `as` saturates for anything else.
        Self((score * UNIT).round() as i64)
    }

    /// The same for a number that may be out of range or not a number at all.
    pub fn checked(score: f64) -> Option<Self> {
        (0.0..=1.0).contains(&score).then(|| Self::from_score(score))
    }

    /// As a score, 0..1.
    pub fn score(self) -> f64 {
        self.0 as f64 / UNIT
    }

    /// The bucket it falls into.
    pub fn bucket(self) -> usize {
        let width = (UNIT as i64) / BUCKETS as i64;
        (self.0.max(0) / width).min(BUCKETS as i64 - 1) as usize
    }
}

/// Where a shown value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreKind {
    /// Reviewers answered.
    Human,
    /// An automatic scorer or the API.
    Automatic,
    /// End users.
    Feedback,
    /// Somebody settled it.
    Gold,
}

impl ScoreKind {
    /// Every one; what comes first counts before what comes later.
    pub const ALL: [Self; 4] = [Self::Gold, Self::Human, Self::Automatic, Self::Feedback];

    /// What counts first of some; automatic where nothing says more.
    pub fn first_of(kinds: impl IntoIterator<Item = Self>) -> Self {
        let kinds: Vec<_> = kinds.into_iter().collect();
        Self::ALL.into_iter().find(|kind| kinds.contains(kind)).unwrap_or(Self::Automatic)
    }

    /// The word by which the style sheet draws it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Automatic => "auto",
            Self::Feedback => "feedback",
            Self::Gold => "gold",
        }
    }
}

/// One score of one span: what was said apart, and what is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpanScore {
    /// What is shown and counted: gold, else the mean of the answers, else what was reported, else the mean of the end users.
    pub value: f64,
    /// Where that comes from.
    pub kind: ScoreKind,
    /// What the API reported.
    pub reported: Option<f64>,
    /// The mean of what end users said.
    pub feedback: Option<f64>,
    /// End users who said something.
    pub end_users: u32,
    /// Reviewers who answered.
    pub answers: u32,
    /// The lowest and the highest answer, where at least two differ.
    pub spread: Option<(f64, f64)>,
}

/// One score of a trace: the mean over its spans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceScore {
    /// The mean.
    pub value: f64,
    /// What counts first of those of its spans.
    pub kind: ScoreKind,
    /// The lowest and the highest answer, where at least two differ.
    pub spread: Option<(f64, f64)>,
}

/// Count, sum, sum of squares and distribution of some scores. Exact: adding and taking away in any order gives the
/// same as counting from scratch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    /// How many values. Negative only in a delta.
    pub count: i64,
    /// Their sum in units of 1e-9.
    pub sum: i64,
    /// The sum of their squares in units of 1e-18, as decimal text in JSON because it outgrows what JavaScript counts.
    #[serde(with = "decimal")]
    pub squares: i128,
    /// How many fall into each bucket.
    pub buckets: [i64; BUCKETS],
}

impl Rollup {
    /// Counts one value once more, or with `times` −1 once less.
    pub fn add(&mut self, value: Nano, times: i64) {
        self.count += times;
        self.sum += value.0 * times;
        self.squares += i128::from(value.0) * i128::from(value.0) * i128::from(times);
        self.buckets[value.bucket()] += times;
    }

    /// Adds another roll-up or a delta.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
        for (mine, theirs) in self.buckets.iter_mut().zip(other.buckets) {
            *mine += theirs;
        }
    }

    /// The change from an old value to a new one, either of which may be missing.
    pub fn change(old: Option<Nano>, new: Option<Nano>) -> Self {
        let mut delta = Self::default();
        if let Some(old) = old {
            delta.add(old, -1);
        }
        if let Some(new) = new {
            delta.add(new, 1);
        }
        delta
    }

    /// True if it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The mean, 0..1; none without values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / UNIT)
    }
}

mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The summary strip: one roll-up for each score, over spans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// By the score's name.
    pub scores: BTreeMap<String, Rollup>,
    /// Spans that match.
    pub spans: i64,
    /// Traces they belong to.
    pub traces: i64,
    /// In how many of these traces a span has the score, by its name; empty where nobody asked which traces.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub carried: BTreeMap<String, i64>,
    /// False if the filter matched more than could be counted in the time allowed: the numbers are of the newest.
    #[serde(default)]
    pub partial: bool,
}

impl Summary {
    /// Adds a delta, and forgets a score that nothing has any more.
    pub fn apply(&mut self, delta: &SummaryDelta) {
        for (name, change) in &delta.scores {
            let rollup = self.scores.entry(name.clone()).or_default();
            rollup.merge(change);
            if rollup.is_nothing() {
                self.scores.remove(name);
            }
        }
        self.spans += delta.spans;
        self.traces += delta.traces;
    }
}

/// What a commit changed in a summary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryDelta {
    /// By the score's name.
    pub scores: BTreeMap<String, Rollup>,
    /// Spans more (or fewer).
    pub spans: i64,
    /// Traces more (or fewer).
    pub traces: i64,
}

impl SummaryDelta {
    /// Adds another delta.
    pub fn merge(&mut self, other: &Self) {
        for (name, change) in &other.scores {
            self.scores.entry(name.clone()).or_default().merge(change);
        }
        self.spans += other.spans;
        self.traces += other.traces;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_are_half_open_and_the_last_is_closed() {
        let bucket = |score: f64| Nano::from_score(score).bucket();
        assert_eq!([bucket(0.0), bucket(0.049_999_999), bucket(0.05), bucket(0.95), bucket(1.0)], [0, 0, 1, 19, 19]);
    }

    #[test]
    fn a_score_is_of_whoever_counts_first() {
        use ScoreKind::{Automatic, Feedback, Gold, Human};
        for (kinds, expected) in [
            (vec![Feedback, Feedback], Feedback),
            (vec![Feedback, Automatic], Automatic),
            (vec![Automatic, Human, Feedback], Human),
            (vec![Human, Gold], Gold),
            (Vec::new(), Automatic),
        ] {
            assert_eq!(ScoreKind::first_of(kinds.clone()), expected, "{kinds:?}");
        }
    }

    #[test]
    fn only_numbers_from_0_to_1_are_scores() {
        assert_eq!([f64::NAN, f64::INFINITY, -0.001, 1.000_000_1].map(Nano::checked), [None; 4]);
        assert_eq!(Nano::checked(0.734), Some(Nano(734_000_000)));
    }

    proptest! {
        #[test]
        fn edits_one_by_one_equal_counting_from_scratch(edits in prop::collection::vec((0..8_usize, prop::option::of(0..=1_000_000_000_i64)), 0..60)) {
            let mut values = [None; 8];
            let mut live = Rollup::default();
            for (place, new) in edits {
                let new = new.map(Nano);
                live.merge(&Rollup::change(values[place], new));
                values[place] = new;
            }
            let mut scratch = Rollup::default();
            values.into_iter().flatten().for_each(|value| scratch.add(value, 1));
            prop_assert_eq!(&live, &scratch);
            let text = serde_json::to_string(&live).unwrap();
            prop_assert_eq!(live, serde_json::from_str(&text).unwrap());
        }
    }
}
