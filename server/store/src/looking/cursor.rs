//! Where a page ended, as opaque text that belongs to one question.

use sha2::{Digest, Sha256};
use shared::objects::Place;
use shared::{Micros, Problem};

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

/// Bytes of what a row is sorted by that a cursor holds.
const LONGEST_KEYS: usize = 2_000;

/// What is no cursor.
fn none() -> Problem {
    Problem::invalid("cursor", "This is not a cursor that an earlier answer gave. Send it as it came, or leave it out.")
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

    /// Where a page ended in an order of its own, by what its last row is sorted by, and what time it was when the first page was asked for;
    /// none where that is too long to be handed around.
    pub(crate) fn text_of_keys(&self, now: Micros, keys: &[String]) -> crate::Result<Option<String>> {
        let written = serde_json::to_string(&(now, keys))?;
        let bytes = written.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        Ok((written.len() <= LONGEST_KEYS).then(|| format!("{}.{bytes}", self.question)))
    }

    /// Reads [`Cursor::text_of_keys`].
    ///
    /// # Errors
    /// As [`Cursor::read`].
    pub(crate) fn read_keys(&self, text: &str) -> Result<(Micros, Vec<String>), Problem> {
        let (question, digits) = text.split_once('.').ok_or_else(none)?;
        let bytes: Option<Vec<u8>> = (0..digits.len() / 2).map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()).collect();
        let keys = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(none)?;
        self.require(question)?;
        Ok(keys)
    }

    fn require(&self, question: &str) -> Result<(), Problem> {
        if question == self.question {
            return Ok(());
        }
        Err(Problem::invalid("cursor", "This cursor belongs to another object or another query. Begin without one."))
    }

    /// Reads [`Cursor::text`].
    ///
    /// # Errors
    /// When it is none, or one of another question: it would leave out rows without a word.
    pub(crate) fn read(&self, text: &str) -> Result<Position, Problem> {
        let mut parts = text.split('.');
        let question = parts.next().ok_or_else(none)?;
        let after = parts.next().ok_or_else(none)?;
        let (value, after) = match after.split_once('~') {
            Some((value, after)) => (Some(value.parse().map_err(|_| none())?), after),
            None => (None, after),
        };
        let after = Place::parse(after).ok_or_else(none)?;
        let inside = parts.next().map(|place| Place::parse(place).ok_or_else(none)).transpose()?;
        self.require(question)?;
        Ok(Position { value, after, inside })
    }
}
