//! What was begun about a row and not sent, kept by the browser for each row and person.

use super::TraceState;
use crate::drafts;
use shared::objects::RowAddress;

/// The draft of one thing about one row.
#[derive(Clone)]
pub(super) struct Draft(String);

impl Draft {
    /// The draft about the row that is shown; none if no row is. `of` tells it from the others about that row.
    pub(super) fn of(trace: TraceState, of: &str) -> Option<Self> {
        let RowAddress { object_id, id, .. } = trace.row()?;
        Some(Self(format!("draft {} {object_id} {id}{of}", trace.journal().person().id)))
    }

    /// What is kept; none if nothing is.
    pub(super) fn read(&self) -> Option<String> {
        drafts::read(&self.0)
    }

    /// Keeps what is written; none forgets it.
    pub(super) fn keep(&self, text: Option<&str>) {
        drafts::keep(&self.0, text);
    }
}
