//! What was done to a span, and to what of it. Both are words in the database and on the wire; whoever decides anything by them matches
//! on these types, so that a new one is decided everywhere.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Deed {
    /// A question was answered.
    Answer,
    /// An answer was cleared.
    Clear,
    /// A gold value was set.
    Gold,
    /// A gold value was cleared, or put aside by a direct edit.
    ClearGold,
    /// Answers were put aside by a direct edit: `from` is an object of them by the ids of who gave them.
    SetAside,
    /// Answers that were put aside count again: `to` is such an object.
    CountAgain,
    /// A person edited it directly.
    Edit,
    /// It came through the API.
    Merge,
    /// An end user gave a score.
    Feedback,
    /// Somebody commented.
    Comment,
    /// The text of a comment was changed.
    EditComment,
    /// A comment was taken away.
    DeleteComment,
    /// A comment was brought back.
    RestoreComment,
    /// The row was put into a review list.
    Flag,
    /// It was taken out of one.
    Unflag,
    /// It was said who reviews it.
    Assign,
    /// A review was completed, or taken back: then `to` is none.
    Complete,
    /// A pair was reviewed: what is better was said, or taken back: then `to` is none.
    Prefer,
    /// Somebody left a review to others.
    Skip,
    /// A review was closed by hand.
    Close,
    /// A review was opened again.
    Reopen,
    /// The API gave a review another word for the same status.
    SetStatus,
    /// The content was erased.
    Erase,
    /// The experiment or the dataset was deleted.
    Delete,
    /// It was brought back.
    Restore,
    /// A word that is not known here.
    Other(String),
}

impl Deed {
    /// Every one that has a word of its own.
    pub const ALL: [Self; 25] = [
        Self::Answer,
        Self::Clear,
        Self::Gold,
        Self::ClearGold,
        Self::SetAside,
        Self::CountAgain,
        Self::Edit,
        Self::Merge,
        Self::Feedback,
        Self::Comment,
        Self::EditComment,
        Self::DeleteComment,
        Self::RestoreComment,
        Self::Flag,
        Self::Unflag,
        Self::Assign,
        Self::Complete,
        Self::Prefer,
        Self::Skip,
        Self::Close,
        Self::Reopen,
        Self::SetStatus,
        Self::Erase,
        Self::Delete,
        Self::Restore,
    ];

    /// The word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Answer => "answer",
            Self::Clear => "clear",
            Self::Gold => "gold",
            Self::ClearGold => "clear_gold",
            Self::SetAside => "set_aside",
            Self::CountAgain => "count_again",
            Self::Edit => "edit",
            Self::Merge => "merge",
            Self::Feedback => "feedback",
            Self::Comment => "comment",
            Self::EditComment => "edit_comment",
            Self::DeleteComment => "delete_comment",
            Self::RestoreComment => "restore_comment",
            Self::Flag => "flag",
            Self::Unflag => "unflag",
            Self::Assign => "assign",
            Self::Complete => "complete",
            Self::Prefer => "prefer",
            Self::Skip => "skip",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::SetStatus => "set_status",
            Self::Erase => "erase",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Other(word) => word,
        }
    }
}

impl From<String> for Deed {
    fn from(word: String) -> Self {
        Self::ALL.into_iter().find(|deed| deed.as_str() == word).unwrap_or(Self::Other(word))
    }
}

impl From<Deed> for String {
    fn from(deed: Deed) -> Self {
        deed.as_str().to_owned()
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What of a span it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Subject {
    /// The score of that name: `scores.Tone`.
    Score(String),
    /// The answers to the question of that name, which are no scores: `answers.Reason`.
    Answer(String),
    /// `expected`.
    Expected,
    /// The entry of `metadata` with that key: `metadata.model`.
    Metadata(String),
    /// `tags`.
    Tags,
    /// The comment with that id: `comments.1`; without one in entries that are older than ids.
    Comment(String),
    /// Its review in the list of that id: `review.1`; without one where the row was erased.
    Review(String),
    /// The row itself, without a word; in the activity of an experiment or a dataset, that.
    Row,
    /// The name of an experiment or a dataset.
    Name,
    /// What it says about itself.
    Description,
    /// What it is compared with.
    Base,
    /// A word that is not known here.
    Other(String),
}

impl From<String> for Subject {
    fn from(path: String) -> Self {
        match path.split_once('.') {
            Some(("scores", name)) => Self::Score(name.to_owned()),
            Some(("answers", name)) => Self::Answer(name.to_owned()),
            Some(("metadata", key)) => Self::Metadata(key.to_owned()),
            Some(("comments", id)) => Self::Comment(id.to_owned()),
            Some(("review", list)) => Self::Review(list.to_owned()),
            None if path == "expected" => Self::Expected,
            None if path == "tags" => Self::Tags,
            None if path == "name" => Self::Name,
            None if path == "description" => Self::Description,
            None if path == "base" => Self::Base,
            None if path == "comments" => Self::Comment(String::new()),
            None if path == "review" => Self::Review(String::new()),
            None if path.is_empty() => Self::Row,
            Some(_) | None => Self::Other(path),
        }
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Score(name) => write!(formatter, "scores.{name}"),
            Self::Answer(name) => write!(formatter, "answers.{name}"),
            Self::Expected => formatter.write_str("expected"),
            Self::Metadata(key) => write!(formatter, "metadata.{key}"),
            Self::Tags => formatter.write_str("tags"),
            Self::Comment(id) if id.is_empty() => formatter.write_str("comments"),
            Self::Comment(id) => write!(formatter, "comments.{id}"),
            Self::Review(list) if list.is_empty() => formatter.write_str("review"),
            Self::Review(list) => write!(formatter, "review.{list}"),
            Self::Row => Ok(()),
            Self::Name => formatter.write_str("name"),
            Self::Description => formatter.write_str("description"),
            Self::Base => formatter.write_str("base"),
            Self::Other(path) => formatter.write_str(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for deed in Deed::ALL.into_iter().chain([Deed::Other("applaud".to_owned())]) {
            assert_eq!(Deed::from(String::from(deed.clone())), deed);
        }
        for (path, subject) in [
            ("scores.Tone", Subject::Score("Tone".to_owned())),
            ("scores.a.b", Subject::Score("a.b".to_owned())),
            ("answers.Why", Subject::Answer("Why".to_owned())),
            ("expected", Subject::Expected),
            ("metadata.model", Subject::Metadata("model".to_owned())),
            ("metadata.", Subject::Metadata(String::new())),
            ("tags", Subject::Tags),
            ("name", Subject::Name),
            ("description", Subject::Description),
            ("base", Subject::Base),
            ("comments.1", Subject::Comment("1".to_owned())),
            ("comments", Subject::Comment(String::new())),
            ("", Subject::Row),
            ("review.1", Subject::Review("1".to_owned())),
            ("review", Subject::Review(String::new())),
            ("applause", Subject::Other("applause".to_owned())),
            ("expected.deep", Subject::Other("expected.deep".to_owned())),
        ] {
            assert_eq!(Subject::from(path.to_owned()), subject);
            assert_eq!(subject.to_string(), path);
        }
    }
}
