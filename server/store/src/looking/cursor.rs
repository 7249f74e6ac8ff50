//! Where a page ended, as opaque text that belongs to one question.

use sha2::{Digest, Sha256};
use shared::Problem;
use shared::objects::Place;

/// Where to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// After the row that has these values in the order, and this key.
    pub(crate) after: Place,
    /// In the trace of that row, after this span of it: a trace larger than a page.
    pub(crate) inside: Option<Place>,
}

impl Position {
    /// After a row.
    pub(crate) fn after(after: Place) -> Self {
        Self { after, inside: None }
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
        let inside = position.inside.map(|place| format!(".{}", place.to_text())).unwrap_or_default();
        format!("{}.{}{inside}", self.question, position.after.to_text())
    }

    /// Reads [`Cursor::text`].
    ///
    /// # Errors
    /// When it is none, or one of another question: it would leave out rows without a word.
    pub(crate) fn read(&self, text: &str) -> Result<Position, Problem> {
        let none = || Problem::invalid("cursor", "This is not a cursor that an earlier answer gave. Send it as it came, or leave it out.");
        let mut parts = text.split('.');
        let question = parts.next().ok_or_else(none)?;
        let after = parts.next().and_then(Place::parse).ok_or_else(none)?;
        let inside = parts.next().map(|place| Place::parse(place).ok_or_else(none)).transpose()?;
        if question != self.question {
            let reason = "This cursor belongs to another object or another query. Begin without one.";
            return Err(Problem::invalid("cursor", reason));
        }
        Ok(Position { after, inside })
    }
}
