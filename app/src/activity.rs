//! The activity of the project: who did what, where and when.

mod api;
mod page;

pub use page::ActivityPage;
