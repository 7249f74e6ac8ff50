//! Review lists: rows that people are asked to judge, who judges them, and how the rows came to be asked about.
//!
//! A row stands in a list once, as an item. Every item keeps how it was picked, each time it was ([`Selection`]): rates are shown only of
//! what was drawn with known probabilities.

mod board;
mod filling;
mod flags;
mod items;
mod overview;
mod pace;
mod pairs;
mod selection;
mod status;

pub use board::{BoardColumn, COLUMN, ItemCounts, LONGEST_COLUMN};
pub use filling::{Draw, FillList, Filled, MOST_DRAWN, MOST_RULES, MOST_STRATA, NameReviewRule, ReviewRule, RuleTrial, SaveReviewRule};
pub use flags::{FlagSetting, ListChoice, RowFlag};
pub use items::{
    AssignReview, ChangeReviewItem, CompleteReview, FlagRow, FlagRows, Flagging, HandOver, ListReviewItems, Review, ReviewClaim,
    ReviewItem, SetReviewStatus, SkipReason, SkipReview, TakeNext, TakenItem, UnflagRow, WhyNext,
};
pub use overview::{AwaitedReviews, ItemInHand, ItemsShown, ListProgress, ListSetting, MOST_AWAITED, OpenReviews, ReviewsView};
pub use pace::{AskPace, ListPace, PaceEstimate, ReviewerPace, durations, median_seconds};
pub use pairs::{
    MOST_PAIRS, OpenPair, PairExperiments, PairSide, PairTotals, PairsMade, Pairwise, Preference, ShareEstimate, ShownSide, TotalsOfPairs,
};
pub use selection::{Selection, SelectionFrame, SelectionKind};
pub use status::{Progress, ReviewStatus};

use crate::questions::Audience;
use crate::{Micros, ObjectId, Problem, ProjectId, QuestionId, ReviewListId};
use serde::{Deserialize, Serialize};

/// What SDKs call the list that every project has.
pub const DEFAULT_LIST: &str = "__bt_default_review_list";

/// The key of `metadata` under which SDKs read and write the lists in which a row stands.
pub const LISTS_KEY: &str = "~__bt_review_lists";

/// The key of `metadata` under which SDKs read and write who reviews a row.
pub const ASSIGNMENTS_KEY: &str = "~__bt_assignments";

/// Rows that are flagged in one go at most.
pub const MOST_ROWS: usize = 100;

/// Reviews of an item at most.
pub const MOST_NEEDED: u32 = 20;

/// People who are asked to review one item at most.
pub const MOST_ASSIGNED: usize = 100;

/// Minutes for which an item stays in somebody's hand at most: a day.
const LONGEST_CLAIM: u32 = 1440;

/// Characters of a text that people write about a list or an item at most.
const LONGEST_TEXT: usize = 10_000;

/// What the rows of a list stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// They are drawn at random, and stand for all rows they were drawn from. They are taken in their drawn order only.
    Representative,
    /// They were picked because somebody wants to look at them, and stand for nothing else.
    #[default]
    Discovery,
}

/// Bytes of the name of a score, as of those that rows have.
const LONGEST_SCORE_NAME: usize = 1_000;

/// Paths of the metadata that a list can show on top.
const MOST_PATHS: usize = 50;

/// Which item of a list comes next. In JSON a word: `oldest`, `assigned`, `drawn`, `disagreement`, or `lowest:` with the name of a score.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ReviewOrder {
    /// The one that was flagged first.
    #[default]
    Oldest,
    /// The one that one is asked to review, as every order has it, and then the one that was flagged first.
    Assigned,
    /// By the list's own seed.
    Drawn,
    /// The one with the most questions to which people have given different answers that nobody has settled.
    Disagreement,
    /// The one whose score of this name is the lowest; those without it come last.
    Lowest(String),
}

impl From<ReviewOrder> for String {
    fn from(order: ReviewOrder) -> Self {
        match order {
            ReviewOrder::Oldest => "oldest".to_owned(),
            ReviewOrder::Assigned => "assigned".to_owned(),
            ReviewOrder::Drawn => "drawn".to_owned(),
            ReviewOrder::Disagreement => "disagreement".to_owned(),
            ReviewOrder::Lowest(score) => format!("lowest:{score}"),
        }
    }
}

impl TryFrom<String> for ReviewOrder {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match (word.as_str(), word.strip_prefix("lowest:")) {
            ("oldest", _) => Ok(Self::Oldest),
            ("assigned", _) => Ok(Self::Assigned),
            ("drawn", _) => Ok(Self::Drawn),
            ("disagreement", _) => Ok(Self::Disagreement),
            (_, Some(score)) if (1..=LONGEST_SCORE_NAME).contains(&score.len()) && !score.contains('\0') => {
                Ok(Self::Lowest(score.to_owned()))
            }
            _ => Err(format!(
                "an order is oldest, assigned, drawn, disagreement, or lowest: with the name of a score, of at most {LONGEST_SCORE_NAME} bytes"
            )),
        }
    }
}

/// A share of a list's items that more people review than the others: 0.2 and 2 for "20 % twice".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overlap {
    /// 0..1.
    pub share: f64,
    /// Reviews that these need.
    pub needed: u32,
}

/// How a list is reviewed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListDefinition {
    /// What reviewers read first: Markdown.
    pub description: String,
    /// What its rows stand for. Fixed once somebody has reviewed one.
    pub frame: Frame,
    /// Reviews that each item needs; none means as many as the project says.
    pub needed: Option<u32>,
    /// Items that need another number.
    pub overlap: Option<Overlap>,
    /// Which item comes next.
    pub order: ReviewOrder,
    /// Who reviews.
    pub reviewers: Audience,
    /// The questions that are asked; none means all that the project asks.
    pub questions: Vec<QuestionId>,
    /// The paths of `metadata` that matter to who reviews, in their order.
    pub metadata: Vec<String>,
    /// How long an item stays in somebody's hand without a sign of life; none means as long as the project says.
    pub claim_minutes: Option<u32>,
    /// When it should be done.
    pub due: Option<Micros>,
    /// The dataset that rows go to unless another is chosen.
    pub dataset: Option<ObjectId>,
    /// The experiments whose rows it shows side by side; none of a list of single rows. Fixed from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<Pairwise>,
}

impl ListDefinition {
    /// Checks what can be checked without looking anything up.
    ///
    /// # Errors
    /// [`Problem::Invalid`] at the first thing that cannot be.
    pub fn check(&self) -> Result<(), Problem> {
        check_text("description", &self.description)?;
        let numbers = [("needed", self.needed), ("overlap", self.overlap.map(|overlap| overlap.needed))];
        for (field, number) in numbers {
            if number.is_some_and(|number| !(1..=MOST_NEEDED).contains(&number)) {
                return Err(Problem::invalid(field, format!("Use a whole number of reviews from 1 to {MOST_NEEDED}.")));
            }
        }
        if self.overlap.is_some_and(|overlap| !(0.0..=1.0).contains(&overlap.share)) {
            return Err(Problem::invalid("overlap", "Use a share from 0 to 1, such as 0.2 for 20 %."));
        }
        if self.claim_minutes.is_some_and(|minutes| !(1..=LONGEST_CLAIM).contains(&minutes)) {
            return Err(Problem::invalid("claim_minutes", format!("Use a whole number of minutes from 1 to {LONGEST_CLAIM}.")));
        }
        if self.metadata.len() > MOST_PATHS {
            return Err(Problem::invalid("metadata", format!("A list may name at most {MOST_PATHS} paths.")));
        }
        if self.pairwise.as_ref().is_some_and(|pairwise| pairwise.experiments[0] == pairwise.experiments[1]) {
            return Err(Problem::invalid("pairwise", "Name two experiments: one cannot be compared with itself."));
        }
        let counts = [self.questions.len(), self.reviewers.people.len(), self.reviewers.roles.len()];
        if counts.into_iter().any(|count| count > 1_000) {
            return Err(Problem::invalid("list", "A list may name at most 1,000 people and questions."));
        }
        match self.metadata.iter().find(|path| path.is_empty() || path.len() > 1_000 || path.contains('\0')) {
            Some(_) => Err(Problem::invalid("metadata", "Use paths of 1 to 1,000 bytes, such as user.plan.")),
            None => Ok(()),
        }
    }
}

/// Checks a text that people write about a list or an item.
///
/// # Errors
/// [`Problem::Invalid`] at `field` if it is too long.
pub fn check_text(field: &str, text: &str) -> Result<(), Problem> {
    if text.chars().count() <= LONGEST_TEXT && !text.contains('\0') {
        return Ok(());
    }
    Err(Problem::invalid(field, "Use at most 10,000 characters, without a NUL."))
}

/// A review list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewList {
    /// Id. That of the default list is its project's.
    pub id: ReviewListId,
    /// Its project.
    pub project: ProjectId,
    /// Unique in the project.
    pub name: String,
    /// How it is reviewed.
    pub definition: ListDefinition,
    /// What its draws are made from.
    pub seed: i64,
    /// When it was made.
    pub created: Micros,
    /// One more with every change.
    pub version: i32,
}

impl ReviewList {
    /// Whether it is the list that every project has.
    pub fn is_default(&self) -> bool {
        self.id.as_str() == self.project.as_str()
    }
}

/// Makes a list, or with `list` set changes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SaveReviewList {
    /// Where.
    pub project: ProjectId,
    /// The one to change; none makes one.
    pub list: Option<ReviewListId>,
    /// Its name.
    pub name: String,
    /// How it is reviewed.
    pub definition: ListDefinition,
    /// What its draws are made from, where somebody wants to choose; it is never changed.
    #[serde(default)]
    pub seed: Option<i64>,
    /// Whether open items need as many reviews as the list says from now on. Items that are complete stay so.
    #[serde(default)]
    pub apply_to_open: bool,
    /// The version that was changed; where another one stands, somebody else was there first. None changes whatever stands.
    #[serde(default)]
    pub version: Option<i32>,
}

/// Takes a list away. What was said stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveReviewList {
    /// Which.
    pub list: ReviewListId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn an_order_is_a_word() {
        for word in ["oldest", "assigned", "drawn", "disagreement", "lowest:Tone", "lowest:a:b"] {
            let order: ReviewOrder = serde_json::from_value(serde_json::json!(word)).unwrap();
            assert_eq!(serde_json::to_value(order).unwrap(), serde_json::json!(word));
        }
        let long = format!("lowest:{}", "x".repeat(1_001));
        for wrong in ["newest", "lowest", "lowest:", "", "lowest:a\0b", &long] {
            assert!(serde_json::from_value::<ReviewOrder>(serde_json::json!(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_list_cannot_be_is_said() {
        let of = |definition: ListDefinition| definition.check().map_or_else(|problem| problem.to_string(), |()| "fine".to_owned());
        let overlap = |share: f64, needed: u32| ListDefinition { overlap: Some(Overlap { share, needed }), ..ListDefinition::default() };
        let outcomes = [
            of(ListDefinition::default()),
            of(overlap(0.2, 2)),
            of(overlap(1.5, 2)),
            of(overlap(f64::NAN, 2)),
            of(overlap(0.2, 21)),
            of(ListDefinition { needed: Some(0), ..ListDefinition::default() }),
            of(ListDefinition { claim_minutes: Some(2_000), ..ListDefinition::default() }),
            of(ListDefinition { metadata: vec![String::new()], ..ListDefinition::default() }),
            of(ListDefinition { description: "\0".to_owned(), ..ListDefinition::default() }),
        ];
        expect![[r#"
            fine
            fine
            overlap: Use a share from 0 to 1, such as 0.2 for 20 %.
            overlap: Use a share from 0 to 1, such as 0.2 for 20 %.
            overlap: Use a whole number of reviews from 1 to 20.
            needed: Use a whole number of reviews from 1 to 20.
            claim_minutes: Use a whole number of minutes from 1 to 1440.
            metadata: Use paths of 1 to 1,000 bytes, such as user.plan.
            description: Use at most 10,000 characters, without a NUL."#]]
        .assert_eq(&outcomes.join("\n"));
    }
}
