//! Review lists: rows that people are asked to judge, who judges them, and how the rows came to be asked about.
//!
//! A row stands in a list once, as an item. Every item keeps how it was picked, each time it was ([`Selection`]): rates are shown only of
//! what was drawn with known probabilities.

mod status;

pub use status::{Progress, ReviewStatus};

use crate::objects::RowAddress;
use crate::people::Person;
use crate::questions::Audience;
use crate::{Micros, ObjectId, PersonId, Problem, ProjectId, QuestionId, ReviewItemId, ReviewListId};
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

/// Which item of a list comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewOrder {
    /// The one that was flagged first.
    #[default]
    Oldest,
    /// By the list's own seed.
    Drawn,
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
        let counts = [self.metadata.len(), self.questions.len(), self.reviewers.people.len(), self.reviewers.roles.len()];
        if counts.into_iter().any(|count| count > 1_000) {
            return Err(Problem::invalid("list", "A list may name at most 1,000 people, questions and paths."));
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
}

/// Takes a list away. What was said stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveReviewList {
    /// Which.
    pub list: ReviewListId,
}

/// In what way a row was picked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectionKind {
    /// Somebody flagged it.
    #[default]
    Manual,
    /// It matched a filter, and all that matched were taken.
    Filter,
    /// It was drawn from all that matched.
    Random,
    /// It was drawn from those of its stratum.
    Stratified,
    /// It was picked because judging it tells most.
    Active,
    /// A rule took it when it came.
    Rule,
}

impl SelectionKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [Self::Manual, Self::Filter, Self::Random, Self::Stratified, Self::Active, Self::Rule];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Filter => "filter",
            Self::Random => "random",
            Self::Stratified => "stratified",
            Self::Active => "active",
            Self::Rule => "rule",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// From which rows one was picked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelectionFrame {
    /// The filter that they matched.
    pub filter: String,
    /// The transaction as of which they were counted.
    pub as_of: i64,
    /// How many there were.
    pub rows: i64,
}

/// How a row was picked. The default says that somebody flagged it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// In what way.
    pub kind: SelectionKind,
    /// With which probability, more than 0 and up to 1; none where it is not known, as of what somebody flagged.
    #[serde(default)]
    pub probability: Option<f64>,
    /// What the draw was made from.
    #[serde(default)]
    pub seed: Option<i64>,
    /// The value by which it was put beside its like.
    #[serde(default)]
    pub stratum: Option<String>,
    /// The rule that took it.
    #[serde(default)]
    pub rule: Option<String>,
    /// From which rows.
    #[serde(default)]
    pub frame: Option<SelectionFrame>,
}

impl Selection {
    /// Checks that it says what can be.
    ///
    /// # Errors
    /// [`Problem::Invalid`] at `selection`.
    pub fn check(&self) -> Result<(), Problem> {
        let wrong = |reason: &str| Err(Problem::invalid("selection", reason));
        if self.probability.is_some_and(|probability| !(probability > 0.0 && probability <= 1.0)) {
            return wrong("A probability is more than 0 and at most 1; leave it out where it is not known.");
        }
        if self.kind == SelectionKind::Manual && self.probability.is_some() {
            return wrong("What somebody flagged has no probability. Say how it was drawn.");
        }
        if self.kind == SelectionKind::Rule && self.rule.is_none() {
            return wrong("Say which rule.");
        }
        let texts = [self.stratum.as_deref(), self.rule.as_deref(), self.frame.as_ref().map(|frame| frame.filter.as_str())];
        texts.into_iter().flatten().try_for_each(|text| check_text("selection", text))
    }
}

/// Puts a row into review lists. In one where it stands already only the note changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlagRow {
    /// Which.
    pub row: RowAddress,
    /// The lists; none means the default one.
    #[serde(default)]
    pub lists: Vec<ReviewListId>,
    /// What whoever reviews it should know.
    #[serde(default)]
    pub note: Option<String>,
    /// Who reviews it, beside those who do already.
    #[serde(default)]
    pub assignees: Vec<PersonId>,
    /// How it was picked.
    #[serde(default)]
    pub selection: Selection,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

impl FlagRow {
    /// Whether it says more than that somebody wants it reviewed: by whom, or how it was drawn.
    pub fn is_organised(&self) -> bool {
        !self.assignees.is_empty() || self.selection.kind != SelectionKind::Manual
    }
}

/// Puts some rows into review lists: all of them or, if something is wrong, none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlagRows {
    /// Up to [`MOST_ROWS`] of one project.
    pub rows: Vec<RowAddress>,
    /// As of [`FlagRow`].
    #[serde(default)]
    pub lists: Vec<ReviewListId>,
    /// As of [`FlagRow`].
    #[serde(default)]
    pub note: Option<String>,
    /// As of [`FlagRow`].
    #[serde(default)]
    pub assignees: Vec<PersonId>,
    /// As of [`FlagRow`].
    #[serde(default)]
    pub selection: Selection,
    /// Sent again with the same id, it changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Takes a row out of review lists. A rule does not put it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnflagRow {
    /// Which.
    pub row: RowAddress,
    /// The lists; none means every one.
    #[serde(default)]
    pub lists: Vec<ReviewListId>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Asks people to review a row, and others no more. Once somebody is asked, nobody else reviews it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignReview {
    /// Which.
    pub row: RowAddress,
    /// In which list; none means the one where it is found first, the default list before others.
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// Who is asked.
    #[serde(default)]
    pub add: Vec<PersonId>,
    /// Who is no longer.
    #[serde(default)]
    pub remove: Vec<PersonId>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Says that one has reviewed a row. Of a row that stands in no list it is remembered, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompleteReview {
    /// Which.
    pub row: RowAddress,
    /// In which list; none means the one in which one has it in hand, else where it is found first, the default list before others.
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Why somebody leaves an item to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// A question cannot be answered as it is put.
    UnclearQuestion,
    /// The row cannot be judged.
    BrokenItem,
    /// The row does not belong here.
    OutOfScope,
    /// Somebody should look at it later.
    Later,
    /// Somebody else should.
    NotMine,
}

impl SkipReason {
    /// Every reason, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::UnclearQuestion, Self::BrokenItem, Self::OutOfScope, Self::Later, Self::NotMine];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnclearQuestion => "unclear_question",
            Self::BrokenItem => "broken_item",
            Self::OutOfScope => "out_of_scope",
            Self::Later => "later",
            Self::NotMine => "not_mine",
        }
    }

    /// The reason of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// Leaves the review of a row to others, for this round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkipReview {
    /// Which.
    pub row: RowAddress,
    /// As of [`CompleteReview`].
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// Why.
    pub reason: SkipReason,
    /// In one's own words.
    #[serde(default)]
    pub note: Option<String>,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Sets where a review stands: *complete* closes it by hand, *in review* takes it in hand, *backlog* takes it out of everybody's hand and
/// opens it again, so that people may review it once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReviewStatus {
    /// Which row.
    pub row: RowAddress,
    /// As of [`CompleteReview`].
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// To what.
    pub status: ReviewStatus,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Takes the next item of a list in hand, or the one that one has there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeNext {
    /// Of which project.
    pub project: ProjectId,
    /// Of which list; none means the default one.
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// In which order; none means the list's own. A representative list has no other.
    #[serde(default)]
    pub order: Option<ReviewOrder>,
}

/// Why an item comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNext {
    /// One has it in hand already.
    Held,
    /// One was asked to review it.
    Assigned,
    /// Of those left it was flagged first.
    Oldest,
    /// The list's draw has it next.
    Drawn,
}

/// An item that one has in hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakenItem {
    /// Which.
    pub item: ReviewItem,
    /// Why this one.
    pub why: WhyNext,
    /// Until when, without a sign of life.
    pub until: Micros,
}

/// Asks for items, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListReviewItems {
    /// Of which project.
    pub project: ProjectId,
    /// Of one list only.
    #[serde(default)]
    pub list: Option<ReviewListId>,
    /// Only those that stand there.
    #[serde(default)]
    pub status: Option<ReviewStatus>,
    /// Only those that this person is asked to review.
    #[serde(default)]
    pub assignee: Option<PersonId>,
    /// Only those of one row.
    #[serde(default)]
    pub row: Option<RowAddress>,
    /// Continue after this one.
    #[serde(default)]
    pub after: Option<ReviewItemId>,
    /// Items wanted.
    pub limit: u32,
}

/// A row in a review list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewItem {
    /// Id.
    pub id: ReviewItemId,
    /// Its list.
    pub list: ReviewListId,
    /// The row.
    pub row: RowAddress,
    /// The trace it belongs to.
    pub root_span_id: String,
    /// What the span is called.
    pub name: String,
    /// The beginning of its input.
    pub input: String,
    /// And of its output.
    pub output: String,
    /// Whether it stands in the list; what nobody flagged and somebody reviewed does not.
    pub listed: bool,
    /// Where its review stands.
    pub status: ReviewStatus,
    /// What its row calls that.
    pub text: String,
    /// Reviews that it needs.
    pub needed: u32,
    /// Those it has in this round.
    pub done: u32,
    /// The round, from 1; opening it again begins the next.
    pub round: u32,
    /// What whoever reviews it should know.
    pub note: Option<String>,
    /// Who flagged it; none for nobody.
    pub flagged_by: Option<Person>,
    /// When.
    pub flagged: Micros,
    /// Its place in the draw of the list, ascending.
    pub rank: i64,
    /// Who is asked to review it; nobody in particular means everybody.
    pub assignees: Vec<Person>,
    /// Who has it in hand, and until when.
    pub claims: Vec<ReviewClaim>,
    /// What people did with it, in all rounds, the newest last.
    pub reviews: Vec<Review>,
    /// How it was picked, each time.
    pub selections: Vec<Selection>,
}

/// Somebody has an item in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewClaim {
    /// Who.
    pub person: Person,
    /// Until when, without a sign of life.
    pub until: Micros,
}

/// What somebody did with an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who.
    pub person: Person,
    /// In which round.
    pub round: u32,
    /// Whether they left it to others.
    pub skipped: bool,
    /// Why; none where they did not, or where who reads has not judged the row yet and should not be told what others think of it.
    pub reason: Option<SkipReason>,
    /// In their own words.
    pub note: Option<String>,
    /// When.
    pub created: Micros,
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

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

    #[test]
    fn a_probability_belongs_to_a_draw() {
        let of = |kind, probability| Selection { kind, probability, ..Selection::default() }.check().is_ok();
        assert!(of(SelectionKind::Manual, None) && of(SelectionKind::Random, Some(0.5)) && of(SelectionKind::Random, None));
        assert!(!of(SelectionKind::Manual, Some(0.5)) && !of(SelectionKind::Random, Some(0.0)) && !of(SelectionKind::Random, Some(1.1)));
        assert!(!of(SelectionKind::Random, Some(f64::NAN)) && !of(SelectionKind::Rule, None));
        let read: Selection = serde_json::from_str(r#"{"kind":"rule","rule":"r","probability":0.1}"#).unwrap();
        assert_eq!((read.kind, read.frame), (SelectionKind::Rule, None));
    }
}
