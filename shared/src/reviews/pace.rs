//! How fast a review list gets done, as far as that can be said.

use crate::people::Person;
use crate::{Micros, ProjectId, ReviewListId};
use serde::{Deserialize, Serialize};

/// Reviews whose duration is known, below which nothing is estimated.
const FEWEST: usize = 10;

/// Two reviews of a person that are further apart were not done one after the other: fifteen minutes.
const LONGEST: Micros = 15 * 60 * 1_000_000;

/// Standard errors to both sides of a mean, for 95 %.
const Z: f64 = 1.96;

/// Asks how fast a list gets done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskPace {
    /// Of which project.
    pub project: ProjectId,
    /// Of which list; none means the default one.
    pub list: Option<ReviewListId>,
    /// When the day of who asks began.
    pub day: Micros,
}

/// How long something will take, in seconds of reviewing by one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaceEstimate {
    /// At the shortest.
    pub from: u64,
    /// At the longest.
    pub to: u64,
}

impl PaceEstimate {
    /// What `left` more reviews take if they go on like those whose durations are known: a range for the mean that holds in 95 of 100
    /// cases. None where too little is known, or nothing is left.
    pub fn of(left: i64, durations: &[Micros]) -> Option<Self> {
        if left <= 0 || durations.len() < FEWEST {
            return None;
        }
        let count = durations.len() as f64;
        let seconds = || durations.iter().map(|duration| *duration as f64 / 1_000_000.0);
        let mean = seconds().sum::<f64>() / count;
        let variance = seconds().map(|second| (second - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let error = Z * (variance / count).sqrt();
        let time = |each: f64| (each.max(0.0) * left as f64).round() as u64;
        Some(Self { from: time(mean - error), to: time(mean + error) })
    }
}

/// How long each review took of somebody who ended them at these times: from the end of the one before, where that is not too long ago.
pub fn durations(mut ends: Vec<Micros>) -> Vec<Micros> {
    ends.sort_unstable();
    let apart = ends.windows(2).filter_map(|pair| pair[1].checked_sub(pair[0]));
    apart.filter(|duration| *duration > 0 && *duration <= LONGEST).collect()
}

/// The middle one, in whole seconds.
pub fn median_seconds(mut durations: Vec<Micros>) -> Option<u64> {
    durations.sort_unstable();
    let middle = durations.get(durations.len().checked_sub(1)? / 2)?;
    Some(middle.unsigned_abs().div_ceil(1_000_000))
}

/// How fast a list gets done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPace {
    /// Reviews that who asks has completed since their day began.
    pub mine: i64,
    /// The same of everybody; none for who should not be told what others do.
    pub team: Option<i64>,
    /// Reviews that are still needed.
    pub left: i64,
    /// How long these take; none where too little is known to say.
    pub estimate: Option<PaceEstimate>,
    /// By person, in the order of their names; nobody for who does not look after the list.
    pub reviewers: Vec<ReviewerPace>,
}

/// What somebody has done in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerPace {
    /// Who.
    pub person: Person,
    /// Reviews that they have completed since the day began.
    pub today: i64,
    /// And in all.
    pub total: i64,
    /// Seconds that one of their last ones took, in the middle; none where too little is known.
    pub seconds: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    #[test]
    fn what_is_known_of_too_few_is_not_estimated() {
        let same = |count: usize| vec![30 * SECOND; count];
        assert_eq!(PaceEstimate::of(100, &same(9)), None);
        assert_eq!(PaceEstimate::of(100, &same(10)), Some(PaceEstimate { from: 3_000, to: 3_000 }));
        assert_eq!(PaceEstimate::of(0, &same(10)), None);
        let mixed: Vec<Micros> = (1..=20).map(|number| number * 10 * SECOND).collect();
        let Some(PaceEstimate { from, to }) = PaceEstimate::of(10, &mixed) else { panic!("enough is known") };
        assert!(from < 1_050 && 1_050 < to && from > 700 && to < 1_400, "{from} to {to}");
        // What scatters widely is not done in less than no time.
        let wide: Vec<Micros> = (0..10).map(|number| if number == 0 { 900 * SECOND } else { SECOND }).collect();
        assert_eq!(PaceEstimate::of(1, &wide).map(|estimate| estimate.from), Some(0));
    }

    #[test]
    fn a_pause_is_no_review() {
        let ends = vec![60 * SECOND, 0, 40 * SECOND, 40 * SECOND, 7_200 * SECOND, 7_230 * SECOND];
        let known = durations(ends);
        assert_eq!(known, [40 * SECOND, 20 * SECOND, 30 * SECOND]);
        assert_eq!((median_seconds(known), median_seconds(Vec::new())), (Some(30), None));
        assert!(durations(vec![Micros::MIN, Micros::MAX]).is_empty());
    }
}
