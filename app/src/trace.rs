//! An open trace: the tree of its spans, the chosen span, human review, tags, comments and activity.

mod activity;
mod adding;
pub mod api;
mod comments;
mod conversation;
mod diff;
mod draft;
mod expected;
mod field;
mod finding;
mod flag;
mod form;
mod keys;
mod layout;
mod marks;
mod missed;
mod open;
mod panel;
mod question;
mod review;
mod reviewing;
mod span;
mod state;
mod tags;
mod told;
mod tree;
mod whose;

pub(crate) use activity::{name_of, picture, words};
pub(crate) use missed::follow_missed;
pub(crate) use open::{Links, Opened, Walk, Way};
pub(crate) use panel::TracePanel;
pub(crate) use reviewing::load_review;
pub(crate) use state::TraceState;
