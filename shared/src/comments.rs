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
    /// Last edited at; none if it stands as it was written.
    pub edited: Option<Micros>,
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

/// Changes the text of one's own comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditComment {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// Which.
    pub comment: CommentId,
    /// Markdown, as it shall be.
    pub text: String,
    /// Markdown, as it stood when the edit began.
    pub before: String,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}

/// Takes one's own comment away. Its text stays in the activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeleteComment {
    /// The span.
    #[serde(flatten)]
    pub row: RowAddress,
    /// Which.
    pub comment: CommentId,
    /// Sent again with the same id, a command changes nothing.
    #[serde(default)]
    pub client_id: Option<String>,
}
