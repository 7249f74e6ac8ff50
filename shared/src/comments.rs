//! Comments on spans, and the people they mention.

use crate::address::RowsPage;
use crate::figures::too_long;
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
        return Err(Problem::invalid("Add a comment", too_long(LONGEST, text.len())));
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
        format!("[{}](person:{})", self.word(), self.id)
    }

    /// What stands for the link where a comment is written: `@Ada Lovelace`.
    pub fn word(&self) -> String {
        let plain = |character: &char| !character.is_control() && !"\\`*_[]<>!|".contains(*character);
        std::iter::once('@').chain(self.name.chars().filter(plain)).collect()
    }
}

/// A comment as it is written: each link to a member as `@` and their name, and the members, so that [`with_links`] makes the same of it again.
/// A link stays as it is where another member of that name is meant, too.
pub fn without_links(text: &str) -> (String, Vec<Mentionable>) {
    let (mut written, mut members, mut rest) = (String::new(), Vec::<Mentionable>::new(), text);
    while let Some((before, after)) = rest.split_once("[@") {
        written.push_str(before);
        let link = after.split_once("](person:").and_then(|(name, end)| Some((name, end.split_once(')')?)));
        let Some((name, (id, end))) = link.filter(|(name, _)| !name.is_empty() && !name.contains(['[', ']', '\n'])) else {
            written.push_str("[@");
            rest = after;
            continue;
        };
        let member = Mentionable { id: PersonId(id.to_owned()), name: name.to_owned() };
        match members.iter().find(|known| known.word() == member.word()) {
            Some(known) if known.id != member.id => written.push_str(&member.link()),
            Some(_) => written.push_str(&member.word()),
            None => {
                written.push_str(&member.word());
                members.push(member);
            }
        }
        rest = end;
    }
    written.push_str(rest);
    (written, members)
}

/// The text of a comment in which `@` and the name of one of these members was written.
pub fn with_links(written: &str, members: &[Mentionable]) -> String {
    let mut members: Vec<(String, String)> = members.iter().map(|member| (member.word(), member.link())).collect();
    // "@Ada Lovelace" is not "@Ada".
    members.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    let (mut text, mut rest) = (String::new(), written);
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at);
        let begins = before.chars().next_back().or_else(|| text.chars().next_back());
        text.push_str(before);
        let begins = begins.is_none_or(|character| !character.is_alphanumeric() && character != '[');
        let found = members.iter().filter(|_| begins).find_map(|(word, link)| {
            let end = after.strip_prefix(word.as_str())?;
            end.chars().next().is_none_or(|character| !character.is_alphanumeric()).then_some((link, end))
        });
        rest = match found {
            Some((link, end)) => {
                text.push_str(link);
                end
            }
            None => {
                text.push('@');
                after.strip_prefix('@').unwrap_or_default()
            }
        };
    }
    text + rest
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
    fn mentions_are_written_as_names() {
        let ada = Mentionable { id: "1".into(), name: "Ada Lovelace".to_owned() };
        let first = Mentionable { id: "2".into(), name: "Ada".to_owned() };
        for (text, written) in [
            ("[@Ada Lovelace](person:1), look", "@Ada Lovelace, look"),
            ("see [@Ada](person:2) and ([@Ada Lovelace](person:1))", "see @Ada and (@Ada Lovelace)"),
            ("[@Ada](person:1) is not [@Ada](person:2)", "@Ada is not [@Ada](person:2)"),
            ("a@b.example, @nobody, [@open](person:", "a@b.example, @nobody, [@open](person:"),
            ("[@](person:1) [@a\nb](person:1)", "[@](person:1) [@a\nb](person:1)"),
        ] {
            let (found, members) = without_links(text);
            assert_eq!(found, written);
            assert_eq!(with_links(&found, &members), text);
        }
        let members = [first, ada];
        assert_eq!(with_links("@Ada Lovelace's, x@Ada, @Adam", &members), "[@Ada Lovelace](person:1)'s, x@Ada, @Adam");
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
