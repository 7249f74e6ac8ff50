//! Comments on spans, and the people they mention.

use crate::address::RowsPage;
use crate::markup::Html;
use crate::{CommentId, Micros, PersonId, Problem, objects::RowAddress, people::Person};
use serde::{Deserialize, Serialize};

/// Bytes of a comment at most.
pub const LONGEST: usize = 100_000;

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
    pub html: Html,
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

impl AddComment {
    /// The id of the comment that the command makes: its own, so that sent again it finds what it made. None if it has no id.
    pub fn id(&self, author: &PersonId) -> Option<CommentId> {
        self.client_id.as_ref().map(|id| CommentId(format!("{author}.{id}")))
    }
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

/// Takes one's own comment away. It stays in the activity, from where it can be restored.
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

/// The text of a comment as it is kept: without space around it and without NUL.
///
/// # Errors
/// [`Problem::Invalid`] for an empty or endless text.
pub fn checked(text: &str) -> Result<String, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::invalid("Add a comment", "Write something first."));
    }
    if text.len() > LONGEST {
        return Err(Problem::invalid("Add a comment", format!("Use at most {LONGEST} bytes; this has {}.", text.len())));
    }
    Ok(text.trim().replace('\0', "\u{fffd}"))
}

/// Somebody whom a comment can mention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentionable {
    /// The member.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

impl Mentionable {
    /// The link that mentions them. What is shown is their name as it is then, whatever stands in the link.
    pub fn link(&self) -> String {
        let plain = |character: &char| !character.is_control() && !"\\`*_[]<>!|".contains(*character);
        format!("[@{}](person:{})", self.name.chars().filter(plain).collect::<String>(), self.id)
    }
}

/// A comment that mentions who reads this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// The comment.
    pub comment: CommentId,
    /// The row it is about.
    pub row: RowAddress,
    /// The name of the project.
    pub project: String,
    /// The page that shows the row.
    pub page: RowsPage,
    /// The trace, by its root span id.
    pub trace: String,
    /// The span, by its span id.
    pub span: String,
    /// The name of the span.
    pub name: String,
    /// Who wrote it.
    pub author: Option<Person>,
    /// The beginning of the comment, on one line.
    pub excerpt: String,
    /// Mentioned at.
    pub created: Micros,
    /// Whether it was read.
    pub read: bool,
}

/// The comments that mention somebody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// How many were not read yet, beyond those listed too.
    pub unread: i64,
    /// The newest, newest first.
    pub mentions: Vec<Mention>,
}

/// Marks mentions of oneself as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMentions {
    /// In one comment; none for all.
    pub comment: Option<CommentId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_the_link_that_mentions_it() {
        for (name, link) in [("Ada Lovelace", "[@Ada Lovelace](person:p)"), ("a](person:q) `b`", "[@a(person:q) b](person:p)")] {
            assert_eq!(Mentionable { id: "p".into(), name: name.to_owned() }.link(), link);
        }
    }

    #[test]
    fn texts_that_cannot_be() {
        assert_eq!(checked(" a\0b \n").unwrap(), "a\u{fffd}b");
        assert!(checked(&"x".repeat(LONGEST)).is_ok());
        for text in ["", " \n\t", &"x".repeat(LONGEST + 1)] {
            assert!(matches!(checked(text), Err(Problem::Invalid { .. })));
        }
    }
}
