//! *Configuration → Tags*.

pub mod api;
mod dialog;
mod page;

pub use page::TagsPage;
