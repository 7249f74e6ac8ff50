//! What people say about spans, and taking it back.

pub(crate) mod activity;
pub(crate) mod answers;
pub(crate) mod comments;
pub(crate) mod evidence;
pub(crate) mod expected;
pub(crate) mod feedback_links;
pub(crate) mod golds;
mod home;
pub(crate) mod reverts;
pub(crate) mod reviews;
mod stored;
pub(crate) mod tags;
pub(crate) mod texts;
pub(crate) mod versions;
