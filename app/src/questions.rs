//! *Configuration → Human review scores*: the questions reviewers see.

pub mod api;
mod audience;
mod dialog;
mod draft;
mod fields;
mod options;
mod page;
mod part;
mod preview;
mod row;
mod versions;

pub(crate) use audience::{AudienceChoice, AudienceDraft};
use dialog::QuestionDialog;
pub(crate) use dialog::{Editing, QuestionEdit};
pub(crate) use draft::tick;
pub use page::ScoresPage;
pub(crate) use part::QuestionDialogPart;
