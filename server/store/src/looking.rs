//! Looking: what somebody may see, what matches a filter, and what is told live.

mod asked;
pub(crate) mod condition;
pub(crate) mod cursor;
pub(crate) mod english;
pub(crate) mod experiments;
pub(crate) mod found;
mod known;
pub(crate) mod live;
pub(crate) mod narrowing;
mod overview;
pub(crate) mod query;
mod score_kinds;
pub(crate) mod search;
pub(crate) mod sight;
pub(crate) mod summaries;
mod trace_row;
pub(crate) mod trace_rows;
mod trace_summary;
mod veil;
pub(crate) mod view;
mod wire;
pub(crate) mod work;
