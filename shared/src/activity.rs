//! The activity of a whole project: who did what, where and when.

mod address;

pub use address::ActivityAddress;

use crate::address::{LogsAddress, RowsPage, comment_link, project_page};
use crate::audit::{Activity, Deed, Subject};
use crate::objects::RowAddress;
use crate::{CommentId, Micros, ObjectId, PersonId, ProjectId};
use serde::{Deserialize, Serialize};

/// Asks for what was changed in a project, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListProjectActivity {
    /// The project.
    pub project: ProjectId,
    /// Only what this member did.
    pub actor: Option<PersonId>,
    /// Only what was done in this way.
    pub action: Option<Deed>,
    /// Not what is older.
    pub since: Option<Micros>,
    /// Only what is older.
    pub until: Option<Micros>,
    /// Only entries with a smaller number: [`Activity::id`] of where another page ended.
    pub before: Option<i64>,
    /// Entries wanted.
    pub limit: u32,
}

impl ListProjectActivity {
    /// All of a project, so many entries of it.
    pub fn of(project: ProjectId, limit: u32) -> Self {
        Self { project, actor: None, action: None, since: None, until: None, before: None, limit }
    }

    /// Whether only some entries are asked for.
    pub fn is_narrowed(&self) -> bool {
        self.actor.is_some() || self.action.is_some() || self.since.is_some() || self.until.is_some()
    }
}

/// Asks for a page of the activity of a project, as its address says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenProjectActivity {
    /// The project.
    pub project: ProjectId,
    /// Only what this member did.
    pub actor: Option<PersonId>,
    /// Only what was done in this way.
    pub action: Option<Deed>,
    /// The time in which it was done, as [`crate::ranges::TimeRange`] writes it; empty for any.
    pub range: String,
    /// Only entries with a smaller number.
    pub before: Option<i64>,
}

/// A change with the place where it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedActivity {
    /// What was changed.
    pub change: Activity,
    /// Where; none for what is not there any more.
    pub place: Option<ActivityPlace>,
}

impl PlacedActivity {
    /// The address of what was changed: the comment, the row, the experiment or the dataset.
    pub fn address(&self, organization: &str, project: &str) -> Option<String> {
        let ActivityPlace { page, span, .. } = self.place.as_ref()?;
        let Some(PlacedSpan { trace, span, .. }) = span else {
            return Some(project_page(organization, project, &page.path()));
        };
        Some(match &self.change.path {
            Subject::Comment(id) if !id.is_empty() => comment_link(organization, project, page, trace, span, &CommentId(id.clone())),
            _ => {
                let address = LogsAddress { trace: Some(trace.clone()), span: Some(span.clone()), ..LogsAddress::default() };
                project_page(organization, project, &page.path()) + &address.to_query()
            }
        })
    }
}

/// Where a change was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityPlace {
    /// The page that shows it.
    pub page: RowsPage,
    /// What it shows.
    pub object: ObjectId,
    /// The span; none for the experiment or the dataset itself.
    pub span: Option<PlacedSpan>,
}

/// A span where a change was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlacedSpan {
    /// The row.
    pub row: RowAddress,
    /// The trace, by its root span id.
    pub trace: String,
    /// The span, by its span id.
    pub span: String,
    /// Its name.
    pub name: String,
}

/// A page of the activity of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProjectActivity {
    /// The entries, newest first.
    pub entries: Vec<PlacedActivity>,
    /// Older ones have a smaller number than this; none at the end. Where little is found for long, a page ends before it is full.
    pub next: Option<i64>,
}
