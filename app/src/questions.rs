//! *Configuration → Human review scores*: the questions reviewers see.

pub mod api;
mod audience;
mod dialog;
mod draft;
mod fields;
mod options;
mod page;
mod preview;
mod row;
mod versions;

pub(crate) use dialog::QuestionDialog;
pub use dialog::{Edit, Editing};
pub use page::ScoresPage;
