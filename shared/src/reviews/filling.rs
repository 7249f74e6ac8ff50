//! Filling review lists from what matches a filter: all of it, drawn at random, or by rules as rows arrive.

use super::{SelectionKind, check_text};
use crate::{JobId, Micros, ObjectId, Problem, ReviewListId, ReviewRuleId};
use serde::{Deserialize, Serialize};

/// Rows that one fill draws at most.
pub const MOST_DRAWN: u32 = 1_000_000;

/// Strata at most: an expression with more values puts nothing beside its like.
pub const MOST_STRATA: usize = 200;

/// Rules of one list at most.
pub const MOST_RULES: usize = 20;

/// Rows that a rule may be allowed in a day at most.
const MOST_A_DAY: u32 = 100_000;

/// The largest number that is read and written as one everywhere, also by JavaScript.
const LARGEST_SEED: i64 = (1 << 53) - 1;

/// How rows are drawn from those that match; without a count and a rate all of them are taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    /// So many, without replacement.
    #[serde(default)]
    pub count: Option<u32>,
    /// Each with this probability, more than 0 and up to 1. Whether a row is drawn follows from the seed and the row: drawn again, it is the
    /// same rows, and later rows can be drawn by the same seed.
    #[serde(default)]
    pub rate: Option<f64>,
    /// An expression of the filter language: rows for which it comes to the same are a stratum. A count is spread over the strata as evenly
    /// as they allow.
    #[serde(default)]
    pub stratify_by: Option<String>,
    /// What the draw is made from; none draws one, which is kept.
    #[serde(default)]
    pub seed: Option<i64>,
}

impl Draw {
    /// Checks what can be checked without looking anything up.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn check(&self) -> Result<(), Problem> {
        if self.count.is_some() && self.rate.is_some() {
            return Err(Problem::invalid("rate", "Say how many rows, or which share of them, not both."));
        }
        if self.count.is_some_and(|count| !(1..=MOST_DRAWN).contains(&count)) {
            return Err(Problem::invalid("count", format!("Use a whole number of rows from 1 to {MOST_DRAWN}.")));
        }
        if let Some(rate) = self.rate {
            check_rate(rate)?;
        }
        if let Some(strata) = &self.stratify_by {
            check_text("stratify_by", strata)?;
            if self.count.is_none() && self.rate.is_none() {
                return Err(Problem::invalid("stratify_by", "Say how many rows, or which share of them, is drawn from the strata."));
            }
        }
        check_seed(self.seed)
    }

    /// The way in which its rows are picked.
    pub fn kind(&self) -> SelectionKind {
        match (&self.stratify_by, self.count, self.rate) {
            (_, None, None) => SelectionKind::Filter,
            (None, _, _) => SelectionKind::Random,
            (Some(_), _, _) => SelectionKind::Stratified,
        }
    }
}

fn check_rate(rate: f64) -> Result<(), Problem> {
    if rate > 0.0 && rate <= 1.0 {
        return Ok(());
    }
    Err(Problem::invalid("rate", "Use a share above 0 and up to 1, such as 0.05 for 5 %."))
}

fn check_seed(seed: Option<i64>) -> Result<(), Problem> {
    if seed.is_none_or(|seed| (-LARGEST_SEED..=LARGEST_SEED).contains(&seed)) {
        return Ok(());
    }
    Err(Problem::invalid("seed", format!("Use a whole number up to {LARGEST_SEED}, or leave it out.")))
}

/// Puts rows that match a filter into a review list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FillList {
    /// The list.
    pub list: ReviewListId,
    /// Where the rows are: an experiment or a dataset of the same project; none means the logs.
    #[serde(default)]
    pub object: Option<ObjectId>,
    /// What they match; empty for all.
    pub filter: String,
    /// How they are drawn.
    #[serde(flatten)]
    pub draw: Draw,
    /// Whether it is only said what would be done.
    #[serde(default)]
    pub dry_run: bool,
}

/// What filling a list did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// Rows that were put into the list until now.
    pub added: i64,
    /// Of the rows that were drawn, those that did not stand there.
    pub would_add: i64,
    /// And those that did. They keep how they came, and that they were drawn.
    pub already: i64,
    /// Rows that match.
    pub matched: i64,
    /// What was drawn by: with it the same rows are drawn again.
    pub seed: i64,
    /// The job that does it: it has ended where the answer says all, else it goes on by itself. None of a dry run.
    pub job: Option<JobId>,
    /// Whether the job is still on its way.
    pub is_on_the_way: bool,
}

/// A rule: rows that match are put into a list as they arrive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewRule {
    /// Id.
    pub id: ReviewRuleId,
    /// The list.
    pub list: ReviewListId,
    /// Where the rows are.
    pub object: ObjectId,
    /// What they match.
    pub filter: String,
    /// The share of them that is taken.
    pub rate: f64,
    /// So many in a day at most, from midnight UTC; none for no bound.
    pub cap_per_day: Option<u32>,
    /// What is drawn by; it is never changed.
    pub seed: i64,
    /// Whose it is, by name: what they may no longer, it may not either.
    pub by: String,
    /// Whether somebody has it rest.
    pub paused: bool,
    /// Why it has stopped, where it has.
    pub stopped: Option<String>,
    /// When it was made.
    pub created: Micros,
    /// Rows that it took today.
    pub today: i64,
    /// Rows that it ever took.
    pub total: i64,
}

/// Makes a rule, or with `rule` set changes one, which belongs to whoever changes it from then on and goes on where it had stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaveReviewRule {
    /// Of which list.
    pub list: ReviewListId,
    /// The one to change; none makes one.
    #[serde(default)]
    pub rule: Option<ReviewRuleId>,
    /// As of [`FillList`]; of a rule that is changed it stays.
    #[serde(default)]
    pub object: Option<ObjectId>,
    /// What rows match; empty for all.
    pub filter: String,
    /// The share of them that is taken, more than 0 and up to 1.
    pub rate: f64,
    /// So many in a day at most.
    #[serde(default)]
    pub cap_per_day: Option<u32>,
    /// What is drawn by; none draws one, and keeps that of a rule that is changed.
    #[serde(default)]
    pub seed: Option<i64>,
    /// Whether it rests. What arrives meanwhile is passed over.
    #[serde(default)]
    pub paused: bool,
}

impl SaveReviewRule {
    /// Checks what can be checked without looking anything up.
    ///
    /// # Errors
    /// [`Problem::Invalid`] with the field.
    pub fn check(&self) -> Result<(), Problem> {
        check_text("filter", &self.filter)?;
        check_rate(self.rate)?;
        if self.cap_per_day.is_some_and(|cap| !(1..=MOST_A_DAY).contains(&cap)) {
            return Err(Problem::invalid("cap_per_day", format!("Use a whole number of rows from 1 to {MOST_A_DAY}, or leave it out.")));
        }
        check_seed(self.seed)
    }
}

/// Names a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameReviewRule {
    /// Which.
    pub rule: ReviewRuleId,
}

/// What a rule would have done yesterday, from midnight to midnight UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTrial {
    /// Rows that it would have taken.
    pub would_add: i64,
    /// Rows that matched.
    pub matched: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<(), Problem>) -> String {
        result.map_or_else(|problem| problem.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let draw =
            |count, rate, strata: Option<&str>, seed| said(Draw { count, rate, stratify_by: strata.map(str::to_owned), seed }.check());
        assert_eq!(draw(None, None, None, None), "fine");
        assert_eq!(draw(Some(20), None, Some("metadata.plan"), Some(7)), "fine");
        assert_eq!(draw(None, Some(1.0), None, None), "fine");
        assert_eq!(draw(Some(1), Some(0.5), None, None), "rate: Say how many rows, or which share of them, not both.");
        assert_eq!(draw(Some(0), None, None, None), "count: Use a whole number of rows from 1 to 1000000.");
        for rate in [0.0, -0.1, 1.1, f64::NAN] {
            assert_eq!(draw(None, Some(rate), None, None), "rate: Use a share above 0 and up to 1, such as 0.05 for 5 %.");
        }
        let all = "stratify_by: Say how many rows, or which share of them, is drawn from the strata.";
        assert_eq!(draw(None, None, Some("metadata.plan"), None), all);
        assert!(draw(None, None, None, Some(i64::MAX)).starts_with("seed: Use a whole number up to"));
    }

    #[test]
    fn a_draw_says_how_its_rows_are_picked() {
        let kind = |count, rate, strata: Option<&str>| Draw { count, rate, stratify_by: strata.map(str::to_owned), seed: None }.kind();
        assert_eq!(kind(None, None, None), SelectionKind::Filter);
        assert_eq!((kind(Some(1), None, None), kind(None, Some(0.1), None)), (SelectionKind::Random, SelectionKind::Random));
        assert_eq!(kind(Some(1), None, Some("tags")), SelectionKind::Stratified);
    }

    #[test]
    fn what_makes_no_rule_is_said() {
        let rule = |rate, cap_per_day, filter: &str| {
            let (list, filter) = ("l".into(), filter.to_owned());
            said(SaveReviewRule { list, rule: None, object: None, filter, rate, cap_per_day, seed: None, paused: false }.check())
        };
        assert_eq!(rule(0.05, Some(20), "error is not null"), "fine");
        assert!(rule(0.0, None, "").starts_with("rate: "));
        assert_eq!(rule(0.5, Some(0), ""), "cap_per_day: Use a whole number of rows from 1 to 100000, or leave it out.");
        assert!(rule(0.5, None, &"x".repeat(10_001)).starts_with("filter: "));
    }
}
