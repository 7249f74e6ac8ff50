//! Spans and traces: what is kept about them beside their content, and how lists and pages read them.

mod below;
mod cases;
mod comparison;
mod conversation;
mod groups;
pub(crate) mod list;
mod marks;
pub(crate) mod open;
mod pairs;
mod reading;
mod tree;
mod unanswered;
