//! Which of the commands that wait a new one takes the place of.

use super::{Entry, Stage};
use shared::commands::Command;

/// The answer that a new one to the same question about the same row takes the place of, if nobody has begun to send it: the last that was
/// given, with nothing after it that is about what it said. What is said of one thing waits at most once.
pub(super) fn replaced_by<'a>(command: &Command, waiting: impl DoubleEndedIterator<Item = &'a Entry>) -> Option<&'a Entry> {
    let Command::SetAnswer(new) = command else { return None };
    for entry in waiting.rev().filter(|entry| entry.stage == Stage::Waiting) {
        match &entry.command {
            Command::SetAnswer(old) if old.row == new.row && old.question == new.question => {
                return Some(entry).filter(|entry| !entry.is_begun && !old.confirm);
            }
            // These say nothing about an answer, and mean the same before and after it.
            Command::SetAnswer(_)
            | Command::ChangeTags(_)
            | Command::AddComment(_)
            | Command::EditComment(_)
            | Command::DeleteComment(_)
            | Command::FlagRow(_)
            | Command::UnflagRow(_)
            | Command::AssignReview(_)
            | Command::CompleteReview(_)
            | Command::SkipReview(_)
            | Command::SetReviewStatus(_) => {}
            Command::SetExpected(_) | Command::SetGold(_) if entry.command.row() != Some(&new.row) => {}
            Command::SetExpected(_) | Command::SetGold(_) | Command::Revert(_) => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests;
