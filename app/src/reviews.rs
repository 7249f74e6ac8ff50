//! Review lists: how far each has come, what stands in it, and taking the next item.

pub mod api;
mod empty;
mod lists;
mod page;
mod row;
mod taking;

pub use page::ReviewsPage;
pub(crate) use taking::{Taking, just_taken, why_next};
