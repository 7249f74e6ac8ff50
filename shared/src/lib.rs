//! The words of Touchstone, the same in the browser, in the server and in the tests.
//!
//! Ids, domain types, commands, the filter language, summaries, the reducer of live events, typed addresses and
//! [`Problem`], the mistakes a user can see. Nothing here does I/O, reads a clock or draws a random number, so nothing
//! here can fail for a reason that is not in its arguments.

pub mod address;
pub mod answers;
pub mod attachments;
pub mod audit;
pub mod changes;
pub mod commands;
pub mod comments;
pub mod expected;
pub mod experiments;
pub mod figures;
pub mod filter;
pub mod functions;
pub mod ids;
pub mod live;
pub mod markup;
pub mod objects;
pub mod people;
pub mod permissions;
pub mod problem;
pub mod projects;
pub mod questions;
pub mod reviews;
pub mod said;
pub mod spans;
pub mod summary;
pub mod tags;
pub mod texts;
pub mod transactions;

pub use ids::{CommentId, KeyId, ObjectId, PersonId, ProjectId, QuestionId, ReviewItemId, ReviewListId, RowId, SessionId, TagId};
pub use problem::Problem;
pub use transactions::TransactionId;

/// Microseconds since 1970-01-01T00:00:00Z: the only form in which Touchstone stores and sends a time.
pub type Micros = i64;
