//! Everything a person can do to a span, as one type: what the browser's journal keeps until the server has it.

use crate::answers::{SetAnswer, SetGold};
use crate::audit::Revert;
use crate::comments::{AddComment, DeleteComment, EditComment};
use crate::expected::SetExpected;
use crate::objects::RowAddress;
use crate::reviews::{AssignReview, CompleteReview, FlagRow, SetReviewStatus, SkipReview, UnflagRow};
use crate::tags::ChangeTags;
use serde::{Deserialize, Serialize};

/// Something that a person does to a span.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Answers a question, or clears the answer.
    SetAnswer(SetAnswer),
    /// Sets or clears a gold value.
    SetGold(SetGold),
    /// Edits `expected` directly.
    SetExpected(SetExpected),
    /// Puts tags on and takes them off.
    ChangeTags(ChangeTags),
    /// Comments.
    AddComment(AddComment),
    /// Changes a comment.
    EditComment(EditComment),
    /// Takes a comment away.
    DeleteComment(DeleteComment),
    /// Puts the row into review lists.
    FlagRow(FlagRow),
    /// Takes it out of them.
    UnflagRow(UnflagRow),
    /// Says who reviews it.
    AssignReview(AssignReview),
    /// Says that one has reviewed it.
    CompleteReview(CompleteReview),
    /// Leaves its review to others.
    SkipReview(SkipReview),
    /// Closes its review, takes it in hand or opens it again.
    SetReviewStatus(SetReviewStatus),
    /// Takes an edit back.
    Revert(Revert),
}

impl Command {
    /// The span it is about; none where only the edit is named.
    pub fn row(&self) -> Option<&RowAddress> {
        match self {
            Self::SetAnswer(command) => Some(&command.row),
            Self::SetGold(command) => Some(&command.row),
            Self::SetExpected(command) => Some(&command.row),
            Self::ChangeTags(command) => Some(&command.row),
            Self::AddComment(command) => Some(&command.row),
            Self::EditComment(command) => Some(&command.row),
            Self::DeleteComment(command) => Some(&command.row),
            Self::FlagRow(command) => Some(&command.row),
            Self::UnflagRow(command) => Some(&command.row),
            Self::AssignReview(command) => Some(&command.row),
            Self::CompleteReview(command) => Some(&command.row),
            Self::SkipReview(command) => Some(&command.row),
            Self::SetReviewStatus(command) => Some(&command.row),
            Self::Revert(_) => None,
        }
    }

    /// The id under which sending it again changes nothing.
    pub fn client_id(&self) -> Option<&str> {
        let id = match self {
            Self::SetAnswer(command) => &command.client_id,
            Self::SetGold(command) => &command.client_id,
            Self::SetExpected(command) => &command.client_id,
            Self::ChangeTags(command) => &command.client_id,
            Self::AddComment(command) => &command.client_id,
            Self::EditComment(command) => &command.client_id,
            Self::DeleteComment(command) => &command.client_id,
            Self::FlagRow(command) => &command.client_id,
            Self::UnflagRow(command) => &command.client_id,
            Self::AssignReview(command) => &command.client_id,
            Self::CompleteReview(command) => &command.client_id,
            Self::SkipReview(command) => &command.client_id,
            Self::SetReviewStatus(command) => &command.client_id,
            Self::Revert(command) => &command.client_id,
        };
        id.as_deref()
    }

    /// Gives it the id under which sending it again changes nothing.
    #[must_use]
    pub fn with_client_id(mut self, client_id: String) -> Self {
        let id = match &mut self {
            Self::SetAnswer(command) => &mut command.client_id,
            Self::SetGold(command) => &mut command.client_id,
            Self::SetExpected(command) => &mut command.client_id,
            Self::ChangeTags(command) => &mut command.client_id,
            Self::AddComment(command) => &mut command.client_id,
            Self::EditComment(command) => &mut command.client_id,
            Self::DeleteComment(command) => &mut command.client_id,
            Self::FlagRow(command) => &mut command.client_id,
            Self::UnflagRow(command) => &mut command.client_id,
            Self::AssignReview(command) => &mut command.client_id,
            Self::CompleteReview(command) => &mut command.client_id,
            Self::SkipReview(command) => &mut command.client_id,
            Self::SetReviewStatus(command) => &mut command.client_id,
            Self::Revert(command) => &mut command.client_id,
        };
        *id = Some(client_id);
        self
    }
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// A page that knows the live events up to this one knows what the command did.
    pub as_of: i64,
}
