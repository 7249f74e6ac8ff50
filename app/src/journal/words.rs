//! What a command does, in a few words: for the toast and for the list of what was refused.

use crate::ui::format;
use shared::answers::AnswerValue;
use shared::commands::Command;
use shared::questions::Question;

/// "Preference: 74 %", "Tag Triage added", "Comment", …
pub(crate) fn words(command: &Command, questions: &[Question]) -> String {
    let name = |asked: &str| {
        questions.iter().find(|question| question.id.0 == *asked).map_or_else(|| asked.to_owned(), |question| question.name.clone())
    };
    match command {
        Command::SetAnswer(command) => match &command.value {
            Some(value) => format!("{}: {}", name(&command.question), said(value)),
            None => format!("{} cleared", name(&command.question)),
        },
        Command::SetGold(command) => match &command.value {
            Some(value) => format!("{} settled: {}", name(&command.question), said(value)),
            None => format!("{} no longer settled", name(&command.question)),
        },
        Command::SetExpected(_) => "Expected edited".to_owned(),
        Command::ChangeTags(command) => match (command.add.as_slice(), command.remove.as_slice()) {
            ([], removed) => format!("Tag {} removed", removed.join(", ")),
            (added, _) => format!("Tag {} added", added.join(", ")),
        },
        Command::AddComment(_) => "Comment".to_owned(),
        Command::EditComment(_) => "Comment edited".to_owned(),
        Command::DeleteComment(_) => "Comment deleted".to_owned(),
        Command::FlagRow(_) => "Flagged for review".to_owned(),
        Command::UnflagRow(_) => "Taken out of review".to_owned(),
        Command::AssignReview(_) => "Review assigned".to_owned(),
        Command::CompleteReview(_) => "Review completed".to_owned(),
        Command::SkipReview(_) => "Review left to others".to_owned(),
        Command::SetReviewStatus(_) => "Review status set".to_owned(),
        Command::Revert(_) => "Taken back".to_owned(),
    }
}

/// A value as a person would say it.
pub(crate) fn said(value: &AnswerValue) -> String {
    match value {
        AnswerValue::Number(number) => format::percent_short(*number),
        AnswerValue::Text(text) => text.clone(),
        AnswerValue::List(options) => options.join(", "),
    }
}

/// What a person wrote in a command, so that it can be copied before it is given up.
pub(crate) fn written(command: &Command) -> Option<String> {
    match command {
        Command::AddComment(command) => Some(command.text.clone()),
        Command::EditComment(command) => Some(command.text.clone()),
        Command::SetExpected(command) => command.value.clone(),
        Command::SetAnswer(command) => match &command.value {
            Some(AnswerValue::Text(text)) => Some(text.clone()),
            _ => None,
        },
        _ => None,
    }
}
