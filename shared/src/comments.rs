//! Comments on spans.

use crate::{CommentId, Micros, objects::RowAddress, people::Person};
use serde::{Deserialize, Serialize};

/// A comment as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Id; the anchor is `#comment-{id}`.
    pub id: CommentId,
    /// The member who wrote it; none if it came from outside.
    pub author: Option<Person>,
    /// The end user or program it came from, where no member wrote it.
    pub external: Option<String>,
    /// Markdown as written.
    pub text: String,
    /// HTML made from it by the server, safe to show.
    pub html: String,
    /// Written at.
    pub created: Micros,
}

/// Comments on a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddComment {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// Markdown.
    pub text: String,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}
