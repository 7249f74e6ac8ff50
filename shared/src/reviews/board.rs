//! A review list as a board: a column for each status, and how many items stand in each.

use super::{ReviewItem, ReviewStatus};
use serde::{Deserialize, Serialize};

/// Cards of a column at first, and how many more one asks for at a time.
pub const COLUMN: u32 = 25;

/// Cards of a column at most: what is longer is read as a list.
pub const LONGEST_COLUMN: u32 = 300;

/// How many items of a list there are, by status in the order of [`ReviewStatus::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCounts {
    /// All of them.
    pub all: [i64; 3],
    /// Those that who looks is asked to review.
    pub mine: [i64; 3],
}

impl ItemCounts {
    /// Items that are not complete.
    pub fn open(&self) -> i64 {
        self.all[0] + self.all[1]
    }

    /// Of these, those that who looks is asked to review.
    pub fn mine(&self) -> i64 {
        self.mine[0] + self.mine[1]
    }

    /// Items that are complete.
    pub fn complete(&self) -> i64 {
        self.all[2]
    }
}

/// A column of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardColumn {
    /// Where the reviews of its items stand.
    pub status: ReviewStatus,
    /// How many there are.
    pub count: i64,
    /// Some of them, the newest first.
    pub items: Vec<ReviewItem>,
}

#[cfg(test)]
mod tests {
    use super::ItemCounts;

    #[test]
    fn what_is_open_is_all_but_what_is_complete() {
        let counts = ItemCounts { all: [3, 2, 7], mine: [1, 1, 4] };
        assert_eq!((counts.open(), counts.mine(), counts.complete()), (5, 2, 7));
    }
}
