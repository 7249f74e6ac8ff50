//! Rows in review lists, and what people do with them.

use super::{ReviewOrder, ReviewStatus, Selection, SelectionKind, ShownSide};
use crate::objects::{ObjectKind, RowAddress};
use crate::people::Person;
use crate::{Micros, PersonId, ProjectId, ReviewItemId, ReviewListId, RowId};
use serde::{Deserialize, Serialize};

/// How rows are put into review lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Flagging {
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
}

impl Flagging {
    /// Whether it says more than that somebody wants it reviewed: by whom, or how it was drawn.
    pub fn is_organised(&self) -> bool {
        !self.assignees.is_empty() || self.selection.kind != SelectionKind::Manual
    }
}

/// Puts a row into review lists. In one where it stands already only the note changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlagRow {
    /// Which.
    pub row: RowAddress,
    /// Into which lists, and what is said of it there.
    #[serde(flatten)]
    pub flagging: Flagging,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Puts some rows into review lists: all of them or, if something is wrong, none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlagRows {
    /// Up to [`super::MOST_ROWS`] of one project.
    pub rows: Vec<RowAddress>,
    /// The same of all of them.
    #[serde(flatten)]
    pub flagging: Flagging,
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
    /// Whether nobody else is.
    #[serde(default)]
    pub only: bool,
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
    /// What is better of a pair, where the list shows pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preference: Option<ShownSide>,
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
    /// In which order; none means the list's own. A representative list has no other, and where reviews are blind an order that would tell
    /// what others said is refused; as the list's own it is the oldest first.
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
    /// Of those left people differ most about it.
    Disagreement,
    /// Of those left its score is the lowest.
    Lowest,
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

/// Gives an item that one has in hand to somebody else, who has it in hand from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    /// Which.
    pub item: ReviewItemId,
    /// To whom.
    pub to: PersonId,
}

/// Changes an item in one go; what is none stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeReviewItem {
    /// Which.
    pub item: ReviewItemId,
    /// As of [`SetReviewStatus`].
    pub status: Option<ReviewStatus>,
    /// Who is asked to review it, and nobody else.
    pub assignees: Option<Vec<PersonId>>,
    /// What whoever reviews it should know.
    pub note: Option<String>,
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
    /// Only those that are not complete.
    #[serde(default)]
    pub unfinished: bool,
    /// Only those that this person is asked to review.
    #[serde(default)]
    pub assignee: Option<PersonId>,
    /// Only those of one row.
    #[serde(default)]
    pub row: Option<RowAddress>,
    /// Only those of rows with this id, whatever holds them.
    #[serde(default)]
    pub row_id: Option<RowId>,
    /// Only those whose rows are of this kind.
    #[serde(default)]
    pub kind: Option<ObjectKind>,
    /// Only those that were flagged from one moment, included, to another; one that is left out is no bound.
    #[serde(default)]
    pub flagged: (Option<Micros>, Option<Micros>),
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
    /// Its project.
    pub project: ProjectId,
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
    /// And of its output; empty of a pair, of which it would tell the sides.
    pub output: String,
    /// Whether it stands for a pair of rows.
    #[serde(default)]
    pub is_pair: bool,
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
