//! Looking: what somebody may see, what matches a filter, and what is told live.

pub(crate) mod condition;
pub(crate) mod experiments;
pub(crate) mod live;
pub(crate) mod narrowing;
pub(crate) mod search;
pub(crate) mod sight;
pub(crate) mod summaries;
