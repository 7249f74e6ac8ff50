//! Spans and traces: what is kept about them beside their content, and how lists and pages read them.

pub(crate) mod list;
pub(crate) mod open;
mod reading;
mod tree;
