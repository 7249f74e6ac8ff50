//! Pairs in a list: the row of the first experiment is the item, and that of the second stands beside it.

use super::items::RowReviews;
use crate::Result;
use crate::ground::database::{run, values};
use crate::ground::keys::{ObjectKey, SpanKey, project_of};
use shared::ReviewListId;
use shared::reviews::Selection;

/// Why nobody puts a single row into a list of pairs.
pub(crate) const FOREIGN: &str = "This list pairs two experiments, and its rows come from there. Use another list for single rows.";

impl RowReviews<'_> {
    /// Whether the list pairs experiments and has no pair of this row.
    pub(crate) fn is_unpaired(&self, list: &ReviewListId) -> bool {
        self.list(list).is_ok_and(|list| list.list.definition.pairwise.is_some()) && self.place(list).is_err()
    }

    /// Puts the row into a list beside a row of another experiment. False where it is there already, or somebody took it out.
    pub(crate) async fn pair(&mut self, list: &ReviewListId, (object, span): (ObjectKey, SpanKey), selection: &Selection) -> Result<bool> {
        if self.place(list).is_ok() {
            return Ok(false);
        }
        let at = self.insert_any(list).await?;
        let key = self.items[at].key;
        let text = "INSERT INTO review_pairs (project, item, object, span) VALUES (?, ?, ?, ?)";
        run(&self.change.transaction, text, values![project_of(key), key, object, span]).await?;
        let before = self.state(at).await?;
        self.items[at].listed = true;
        self.save(at).await?;
        let text = "UPDATE review_items SET flagged_by = ? WHERE project = ? AND key = ?";
        run(&self.change.transaction, text, values![self.person.as_str(), project_of(key), key]).await?;
        self.keep_selection(at, selection).await?;
        self.tell_state(at, before, None).await?;
        Ok(true)
    }
}
