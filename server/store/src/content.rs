//! What arrived: rows of objects with their versions, scores and traces.

pub(crate) mod attachments;
pub(crate) mod comments;
pub(crate) mod feedback;
pub(crate) mod given;
pub(crate) mod ingest;
pub(crate) mod inputs;
pub(crate) mod judgement;
pub(crate) mod reviews;
pub(crate) mod scores;
mod trace_scores;
pub(crate) mod traces;
pub(crate) mod versions;
pub(crate) mod words;
