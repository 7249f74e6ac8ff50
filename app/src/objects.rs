//! Experiments and datasets: the lists of them. One of them is drawn like the logs.

pub mod api;
mod empty;
mod page;

pub use page::{DatasetsPage, ExperimentsPage};
