//! What was begun about a row and not sent, kept by the browser for each row and person.

use crate::context::use_project;
use crate::drafts;
use shared::objects::RowAddress;

/// The draft of one thing about one row.
#[derive(Clone)]
pub(super) struct Draft(String);

impl Draft {
    /// The viewer's draft of a field of a row, such as `comment`.
    pub(super) fn of(row: &RowAddress, field: &str) -> Self {
        Self(drafts::name(&use_project().viewer.id, row, field))
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
