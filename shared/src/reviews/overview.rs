//! What the page of review lists and review mode over a list show.

use super::board::{BoardColumn, ItemCounts};
use super::{ReviewItem, ReviewList, TakenItem};
use crate::markup::Html;
use crate::objects::ObjectKind;
use crate::people::Person;
use crate::{Micros, ProjectId, QuestionId, ReviewItemId, ReviewListId};
use serde::{Deserialize, Serialize};

/// Which items of a list are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemsShown {
    /// Those that are not complete.
    #[default]
    Awaiting,
    /// Of these, those that who looks is asked to review.
    Mine,
    /// Those that are complete.
    Completed,
    /// All of them.
    All,
}

impl ItemsShown {
    /// Each, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Awaiting, Self::Mine, Self::Completed, Self::All];

    /// The word in the address; none for what is shown without one.
    pub fn word(self) -> &'static str {
        match self {
            Self::Awaiting => "",
            Self::Mine => "mine",
            Self::Completed => "completed",
            Self::All => "all",
        }
    }

    /// What a word in the address means.
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|shown| shown.word() == word).unwrap_or_default()
    }
}

/// Items that wait are counted up to here.
pub const MOST_AWAITED: i64 = 1_000;

/// A review list in which something waits for somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedReviews {
    /// Its project.
    pub project_id: ProjectId,
    /// And the name of that.
    pub project: String,
    /// The list.
    pub list: ReviewListId,
    /// Its name.
    pub name: String,
    /// Items that they are asked to review, up to [`MOST_AWAITED`].
    pub mine: i64,
    /// Items that anybody of the list may take, up to [`MOST_AWAITED`].
    pub anybodys: i64,
    /// Whether they have one of its items in hand.
    pub held: bool,
    /// When the list should be done.
    pub due: Option<Micros>,
}

/// Asks for the page of review lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenReviews {
    /// Of which project.
    pub project: ProjectId,
    /// The list whose items are shown; none means the default one.
    pub list: Option<ReviewListId>,
    /// Which of them.
    pub shown: ItemsShown,
    /// Continue after this one.
    pub after: Option<ReviewItemId>,
    /// Only those whose rows are of this kind.
    #[serde(default)]
    pub kind: Option<ObjectKind>,
    /// Only those that were flagged in this time, as [`crate::ranges::TimeRange`] writes it; empty for any time.
    #[serde(default)]
    pub range: String,
    /// On a board instead of as a list: the cards wanted of each column, in the order of [`super::ReviewStatus::ALL`].
    #[serde(default)]
    pub board: Option<[u32; 3]>,
}

impl OpenReviews {
    /// Asks for the default list of a project, as it stands without further words.
    pub fn of(project: ProjectId) -> Self {
        Self { project, list: None, shown: ItemsShown::default(), after: None, kind: None, range: String::new(), board: None }
    }
}

/// A review list with how far it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListProgress {
    /// The list.
    pub list: ReviewList,
    /// What reviewers read first, drawn.
    pub instructions: Html,
    /// Items that are not complete.
    pub open: i64,
    /// Of these, those that who looks is asked to review.
    pub mine: i64,
    /// Items that are complete.
    pub complete: i64,
}

/// The page of review lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewsView {
    /// Every list of the project, the default one first.
    pub lists: Vec<ListProgress>,
    /// The list whose items are shown.
    pub list: ReviewListId,
    /// Whether who looks has done nothing with any of its items yet.
    pub is_new: bool,
    /// Why a rule of it has stopped, for who may mend that.
    #[serde(default)]
    pub stopped: Option<String>,
    /// How many of its items there are of the kind and the time that are asked for.
    pub counts: ItemCounts,
    /// Some of its items, the newest first; none on a board.
    pub items: Vec<ReviewItem>,
    /// Whether there are more.
    pub has_more: bool,
    /// The columns of a board; none of a list.
    pub columns: Vec<BoardColumn>,
    /// Live events up to this one are in it.
    pub as_of: i64,
}

/// A review list with what one chooses from who sets it up; without the list for who makes one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListSetting {
    /// The list.
    pub list: Option<ReviewList>,
    /// The questions of the project that are asked, by id and name.
    pub questions: Vec<(QuestionId, String)>,
    /// Who can review.
    pub people: Vec<Person>,
    /// Reviews of an item where the list says nothing.
    pub reviewers_per_item: u32,
    /// Minutes for which an item stays in somebody's hand where the list says nothing.
    pub claim_minutes: u32,
    /// Whether somebody has reviewed a row of it, so that its frame is fixed.
    pub is_frame_fixed: bool,
}

/// An item that somebody has in hand, with what they need to review it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemInHand {
    /// Which, why this one, and until when.
    pub taken: TakenItem,
    /// What its list is called.
    pub list_name: String,
    /// What reviewers of the list read first, drawn.
    pub instructions: Html,
    /// The questions that the list asks; none means all that the project asks.
    pub questions: Vec<QuestionId>,
    /// The address of its row in review mode over the list.
    pub address: String,
}

#[cfg(test)]
mod tests {
    use super::ItemsShown;

    #[test]
    fn what_is_shown_stands_in_the_address() {
        for shown in ItemsShown::ALL {
            assert_eq!(ItemsShown::of_word(shown.word()), shown);
        }
        assert_eq!(ItemsShown::of_word("theirs"), ItemsShown::Awaiting);
    }
}
