//! A mistake in a filter or query, with its place and a way out.

use std::fmt::Write;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::words::folded;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosticKind {
    /// The text cannot be evaluated.
    #[default]
    Mistake,
    /// The text is evaluated as it stands; what is said may help.
    Hint,
}

/// One mistake in a text of the filter language, or one hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Whether the text can be evaluated nevertheless.
    #[serde(default)]
    pub kind: DiagnosticKind,
    /// The bytes of the text that are wrong; empty where something is missing.
    pub span: Range<u32>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// A few words to stand under the marked text.
    pub label: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A mistake without advice.
    pub fn new(span: Range<u32>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { kind: DiagnosticKind::Mistake, span, message: message.into(), label: label.into(), help: None }
    }

    /// A hint without advice.
    pub fn hint(span: Range<u32>, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { kind: DiagnosticKind::Hint, ..Self::new(span, message, label) }
    }

    /// Whether the text can be evaluated nevertheless.
    pub fn is_hint(&self) -> bool {
        self.kind == DiagnosticKind::Hint
    }

    /// The same mistake with advice.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The mistake under the line of the text that holds it, with a caret.
    pub fn render(&self, text: &str) -> String {
        let start = boundary(text, self.span.start);
        let end = boundary(text, self.span.end).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let number = text[..start].matches('\n').count() + 1;
        let margin = " ".repeat(number.to_string().len());
        let indent = text[line_start..start].chars().count();
        let width = text[start..end.min(line_end)].chars().count().max(1);
        let line = text[line_start..line_end].replace('\t', " ");

        let kind = if self.is_hint() { "hint" } else { "error" };
        let mut rendered = format!("{kind}: {}\n", self.message);
        let _ = writeln!(rendered, "{number} | {line}");
        let marker = format!("{}{} {}", " ".repeat(indent), "^".repeat(width), self.label);
        let _ = writeln!(rendered, "{margin} | {}", marker.trim_end());
        if let Some(help) = &self.help {
            let _ = writeln!(rendered, "{margin} = help: {help}");
        }
        rendered
    }
}

/// The nearest character boundary at or before a byte offset, so that a stale span cannot cut a character in two.
fn boundary(text: &str, offset: u32) -> usize {
    let mut offset = text.len().min(offset as usize);
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The candidate nearest to a word that was probably misspelt. Names are compared as people see them.
pub(super) fn nearest<'name>(word: &str, candidates: impl IntoIterator<Item = &'name str>) -> Option<&'name str> {
    let word = folded(word);
    let length = word.chars().count();
    let allowed = if word.len() < 4 { 1 } else { 2 };
    candidates
        .into_iter()
        .map(|candidate| (folded(candidate), candidate))
        // What differs by more letters than are allowed needs no closer look, however long it is.
        .filter(|(seen, _)| seen.chars().count().abs_diff(length) <= allowed)
        .map(|(seen, candidate)| (distance(&word, &seen), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed or replaced to turn one word into the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
