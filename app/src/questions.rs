//! *Configuration → Human review scores*: the questions reviewers see.

pub mod api;
mod dialog;
mod draft;
mod options;
mod page;
mod preview;
mod row;

pub use page::ScoresPage;
