//! The words of Touchstone, the same in the browser, in the server and in the tests.
//!
//! Ids, domain types, commands, the filter language, summaries, the reducer of live events, typed addresses and
//! [`Problem`], the mistakes a user can see. Nothing here does I/O, reads a clock or draws a random number, so nothing
//! here can fail for a reason that is not in its arguments.
//!
//! ## The vocabulary
//!
//! Whatever people read, on pages, in errors and in the documentation, is called by one name:
//!
//! | word | what it is |
//! |---|---|
//! | span | one recorded step: what went in, what came out, how long it took |
//! | trace | all spans of one request; a line of *Logs* |
//! | row | a span as it stands in an object: in logs, in an experiment (one case, run once), in a dataset (one case) |
//! | item | a row in a review list |
//! | question | what reviewers are asked; *Configuration* calls it a human review score |
//! | answer | what one reviewer says to one question on one row |
//! | score | a number from 0 to 100 % under a name: of answers, of scorers, or of end users |
//! | reported | what scorers and SDKs sent, as opposed to what people said |
//! | feedback | what end users said |
//! | gold value | what counts, whatever reviewers said; one *settles* a question with it |
//! | expected | what should have come out |
//! | job | one thing done to many rows, by itself until it is done |
//! | to flag | to put a row into a review list |
//! | view | how a list is shown, under a name |
//! | member | somebody who can sign in |
//! | key | an API key; a *narrowed* key can do less than its owner |
//!
//! Sentences speak to whoever reads them: what happened, where, and what to do next. *May* is for permission, *can* for everything else.

pub mod activity;
pub mod address;
pub mod answers;
pub mod attachments;
pub mod audit;
pub mod cases;
pub mod changes;
pub mod columns;
pub mod commands;
pub mod comments;
pub mod comparison;
pub mod cookies;
pub mod english;
pub mod expected;
pub mod experiments;
pub mod feedback;
pub mod figures;
pub mod filter;
pub mod functions;
pub mod home;
pub mod ids;
pub mod jobs;
pub mod layout;
pub mod live;
pub mod markup;
pub mod objects;
pub mod people;
pub mod permissions;
pub mod problem;
pub mod projects;
pub mod questions;
pub mod ranges;
pub mod reviews;
pub mod said;
pub mod spans;
pub mod statistics;
pub mod summary;
pub mod tags;
pub mod texts;
pub mod transactions;
pub mod uploads;
pub mod versions;
pub mod views;

pub use ids::{
    CommentId, JobId, KeyId, ObjectId, PersonId, ProjectId, QuestionId, ReviewItemId, ReviewListId, ReviewRuleId, RowId, SessionId, TagId,
    VersionId, ViewId,
};
pub use problem::Problem;
pub use transactions::TransactionId;

/// Microseconds since 1970-01-01T00:00:00Z: the only form in which Touchstone stores and sends a time.
pub type Micros = i64;
