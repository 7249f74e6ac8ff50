//! Where a page ended, as opaque text that belongs to one question.

use sha2::{Digest, Sha256};
use shared::Problem;
use shared::objects::Place;

/// Where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// In an order by a measure, after the rows that have more of it, or less; none among those that have none.
    pub(crate) value: Option<i64>,
    /// After the row that has these values in the order, and this key.
    pub(crate) after: Place,
    /// In the trace of that row, after this span of it: a trace larger than a page.
    pub(crate) inside: Option<Place>,
}

impl Position {
    /// After a row.
    pub(crate) fn after(after: Place) -> Self {
        Self { value: None, after, inside: None }
    }
}

/// The cursors of one question.
pub(crate) struct Cursor {
    question: String,
}

impl Cursor {
    /// Of the question that is told by these parts.
    pub(crate) fn of(question: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for part in question {
            hasher.update(part.len().to_le_bytes());
            hasher.update(part);
        }
        Self { question: hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect() }
    }

    /// A position as text.
    pub(crate) fn text(&self, position: &Position) -> String {
        let value = position.value.map(|value| format!("{value}~")).unwrap_or_default();
        let inside = position.inside.map(|place| format!(".{}", place.to_text())).unwrap_or_default();
        format!("{}.{value}{}{inside}", self.question, position.after.to_text())
    }

    /// Reads [`Cursor::text`].
    ///
    /// # Errors
    /// When it is none, or one of another question: it would leave out rows without a word.
    pub(crate) fn read(&self, text: &str) -> Result<Position, Problem> {
        let none = || Problem::invalid("cursor", "This is not a cursor that an earlier answer gave. Send it as it came, or leave it out.");
        let mut parts = text.split('.');
        let question = parts.next().ok_or_else(none)?;
        let after = parts.next().ok_or_else(none)?;
        let (value, after) = match after.split_once('~') {
            Some((value, after)) => (Some(value.parse().map_err(|_| none())?), after),
            None => (None, after),
        };
        let after = Place::parse(after).ok_or_else(none)?;
        let inside = parts.next().map(|place| Place::parse(place).ok_or_else(none)).transpose()?;
        if question != self.question {
            let reason = "This cursor belongs to another object or another query. Begin without one.";
            return Err(Problem::invalid("cursor", reason));
        }
        Ok(Position { value, after, inside })
    }
}
