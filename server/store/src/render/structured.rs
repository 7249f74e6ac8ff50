//! Values as texts that people edit, and those texts as values.
//!
//! Nothing is decoded further than needed, so what a person did not touch comes back as it arrived: the order of keys, the spelling of
//! numbers, lone surrogates.

mod json_text;
mod yaml_reader;
mod yaml_writer;

#[cfg(test)]
mod tests;

use super::json;
use crate::ground::body::Raw;
use serde_json::value::RawValue;
use shared::spans::JsonKind;
use shared::texts::{TextFormat, TextMistake};

/// Containers nested deeper than this are not laid out any further, so that a text grows with its value and not with the square of it.
const DEEPEST: usize = 60;

/// The value that a text means; none if it is empty or only white space.
///
/// # Errors
/// The first mistake with its place. A plain text has none.
pub(crate) fn parse(format: TextFormat, text: &str) -> Result<Option<Raw>, TextMistake> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match format {
        TextFormat::Json => json_text::read(text).map(Some),
        TextFormat::Yaml => yaml_reader::read(text),
        TextFormat::Text => crate::ground::body::raw(&text).map(Some).map_err(|error| mistake(text, 0, error.to_string())),
    }
}

/// A value laid out. YAML ends with a line break. What plain text cannot hold, which is everything but a string, is JSON.
pub(crate) fn write(format: TextFormat, value: &RawValue) -> String {
    let value = value.get().trim();
    match format {
        TextFormat::Json => json_text::pretty(value),
        TextFormat::Yaml => yaml_writer::write(value),
        TextFormat::Text => plain_text(value).unwrap_or_else(|| json_text::pretty(value)),
    }
}

/// The format in which a value is best edited: plain text for a string that an editor holds as it is, else JSON. An editor would lose control
/// characters, and in a plain text nothing distinguishes an empty string from no value.
pub(crate) fn fitting(value: &RawValue) -> TextFormat {
    let holds = |text: &str| !text.trim().is_empty() && text.chars().all(|character| !character.is_control() || "\n\t".contains(character));
    match plain_text(value.get().trim()) {
        Some(text) if holds(&text) => TextFormat::Text,
        _ => TextFormat::Json,
    }
}

/// The text of a JSON string; none of anything else and of a string with a lone surrogate.
fn plain_text(value: &str) -> Option<String> {
    let unescaped = (json::kind(value) == JsonKind::String).then(|| json::unescape(value, usize::MAX))?;
    (!unescaped.broken).then_some(unescaped.text)
}

/// A mistake at a place in bytes.
fn mistake(text: &str, offset: usize, message: impl Into<String>) -> TextMistake {
    let before = text.get(..text.floor_char_boundary(offset)).unwrap_or(text);
    let (lines, line) = before.rsplit_once('\n').map_or((0, before), |(lines, line)| (lines.matches('\n').count() + 1, line));
    mistake_at(lines + 1, line.chars().count() + 1, message)
}

/// A mistake at a line and a column, both from 1.
fn mistake_at(line: usize, column: usize, message: impl Into<String>) -> TextMistake {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).max(1);
    TextMistake { line: number(line), column: number(column), message: message.into() }
}

/// The words of a library as a sentence.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}
