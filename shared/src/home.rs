//! What somebody has to do first, in whatever project it is.

use crate::comments::Mention;
use crate::objects::RowAddress;
use crate::people::Person;
use crate::reviews::{AwaitedReviews, WhyNext};
use crate::{Micros, ProjectId, QuestionId, ReviewListId};
use serde::{Deserialize, Serialize};

/// An item of a review list, as far as one has to know it to open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeItem {
    /// Its project.
    pub project_id: ProjectId,
    /// And the name of that.
    pub project: String,
    /// Its list.
    pub list: ReviewListId,
    /// And the name of that.
    pub list_name: String,
    /// Its row.
    pub row: RowAddress,
    /// The beginning of its input, else the name of its span.
    pub title: String,
    /// What whoever reviews it should know.
    pub note: Option<String>,
    /// When it was flagged.
    pub flagged: Micros,
}

/// The item that comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextItem {
    /// Which.
    pub item: HomeItem,
    /// Why this one.
    pub why: WhyNext,
}

/// An item that was opened again after one had completed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReopenedItem {
    /// Which.
    pub item: HomeItem,
    /// Who opened it again, where that is known.
    pub by: Option<Person>,
    /// When, else when it was flagged.
    pub at: Micros,
}

/// An item that somebody left to others because a question was not clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnclearItem {
    /// Which.
    pub item: HomeItem,
    /// Who found it so, the last one first.
    pub by: Vec<Person>,
    /// What the last one said of it.
    pub note: Option<String>,
    /// When that was.
    pub at: Micros,
    /// The questions that are asked there, by id and name.
    pub questions: Vec<(QuestionId, String)>,
}

/// Items that came back to somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedItems {
    /// Those that were opened again after they had completed them, the last one first.
    pub reopened: Vec<ReopenedItem>,
    /// For who may edit questions: those where a question was not clear, the last one first.
    pub unclear: Vec<UnclearItem>,
    /// Whether there may be more of either.
    pub is_cut: bool,
}

/// What is somebody's to do first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// What they take next.
    pub next: Option<NextItem>,
    /// The review lists in which something waits for them.
    pub lists: Vec<AwaitedReviews>,
    /// Whether only some projects and lists were looked at.
    pub is_cut: bool,
    /// Items that they are asked to review and have not, the oldest of each list first.
    pub mine: Vec<HomeItem>,
    /// Items that they completed in the last 24 hours, up to [`crate::reviews::MOST_AWAITED`].
    pub done: i64,
    /// How many mentions of them they have not read.
    pub unread: i64,
    /// The newest of these, newest first.
    pub mentions: Vec<Mention>,
    /// What came back to them.
    pub returned: ReturnedItems,
}
