//! The letters of options, given when a question is saved.

use super::of_project;
use crate::Result;
use crate::ground::database::{run, values};
use crate::writing::writer::Change;
use shared::questions::{Definition, Question};
use shared::{Problem, ProjectId, QuestionId};

/// The other questions of a project that are asked.
pub(super) async fn others(change: &Change, project: &ProjectId, question: Option<&QuestionId>) -> Result<Vec<Question>> {
    let mut others = of_project(&change.transaction, project).await?;
    others.retain(|other| !other.archived && Some(&other.id) != question);
    Ok(others)
}

/// Refuses letters that mean something in another question.
pub(super) fn require_own_letters(others: &[Question], definition: &Definition) -> std::result::Result<(), Problem> {
    let whose = |letter: char| others.iter().find(|other| other.definition.keys().any(|taken| taken == letter));
    if let Some(other) = definition.hotkey.and_then(whose) {
        return Err(Problem::invalid("Key", format!("{} has this key already. Choose another letter.", other.name)));
    }
    for (number, letter) in (1..).zip(&definition.letters) {
        if let Some(other) = letter.and_then(whose) {
            return Err(Problem::invalid(format!("Key {number}"), format!("{} has this key already. Choose another letter.", other.name)));
        }
    }
    Ok(())
}

/// The definition with a letter for each option.
pub(super) fn lettered(others: &[Question], before: Option<&Definition>, definition: Definition) -> Definition {
    let taken: Vec<char> = others.iter().flat_map(|other| other.definition.keys()).collect();
    Definition { letters: definition.lettered(before, &taken), ..definition }
}

/// Stores other letters with a version: what is asked stays, and so does the version. Says whether there were others.
pub(super) async fn change_letters(change: &Change, question: &Question, definition: &Definition) -> Result<bool> {
    if question.definition.letters == definition.letters {
        return Ok(false);
    }
    let text = "UPDATE question_versions SET definition = ? WHERE question_id = ? AND version = ?";
    run(&change.transaction, text, values![serde_json::to_string(definition)?, question.id.as_str(), question.version]).await?;
    Ok(true)
}
