//! Writing: the one writer, what is told of what was written, and what proves it.

pub(crate) mod activity;
pub(crate) mod chain;
pub(crate) mod events;
pub(crate) mod group;
pub(crate) mod lanes;
pub(crate) mod neighbours;
pub(crate) mod once;
pub(crate) mod turn;
pub(crate) mod writer;
