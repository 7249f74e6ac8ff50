//! Evidence of answers: places in the content of a row, each with the words that stood there.

use super::Circumstances;
use crate::Problem;
use crate::figures::{count, counted};
use crate::filter::Step;
use crate::objects::FieldName;
use serde::{Deserialize, Serialize};

/// Most places that one answer points at.
pub const MOST_EVIDENCE: usize = 20;

/// Most characters of one quote.
pub const LONGEST_QUOTE: usize = 1_000;

/// Most bytes of a path.
const LONGEST_PATH: usize = 1_000;

/// Most seconds that anybody looks at an item: a day.
pub const LONGEST_LOOK: u32 = 86_400;

/// A place in the content of a row that somebody points at, with the words that stood there.
///
/// Places are counted in characters as Python counts them (Unicode code points): an emoji is one, a letter with a composed accent two, and
/// text that runs from right to left is counted in the order in which it is written. A half of an emoji, which no text can hold, is what
/// stands in its place on the page: its escape, `\ud83e`, six characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The value: `output`, `input.messages[2].content`, `metadata["a key"]`. The text of a value that is no text is its JSON as it arrived.
    /// Words also stand in it where they stand in one of its texts.
    pub path: String,
    /// The first character.
    pub start: u32,
    /// After the last character.
    pub end: u32,
    /// The words.
    pub quote: String,
    /// Whether the words do not stand in that text any more. Only the server says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed: bool,
}

impl Evidence {
    /// The steps to the value, the field first; none where the path cannot be read.
    pub fn steps(&self) -> Option<(FieldName, Vec<Step>)> {
        steps(&self.path)
    }

    /// Whether its words stand in the text of its value: at its place, or elsewhere, whatever marks (as of Markdown) and spaces lie between
    /// them. Words without a letter must stand there as they are.
    pub fn stands_in(&self, text: &str) -> bool {
        let length = self.end.saturating_sub(self.start) as usize;
        if text.chars().skip(self.start as usize).take(length).eq(self.quote.chars()) || text.contains(&self.quote) {
            return true;
        }
        let words = bare(&self.quote);
        words.chars().any(char::is_alphanumeric) && bare(text).contains(&words)
    }

    /// What is wrong with it, each with the part it is about.
    fn mistakes(&self) -> Vec<(&'static str, String)> {
        let mut mistakes = Vec::new();
        if self.path.len() > LONGEST_PATH {
            mistakes.push(("path", format!("Use at most {} bytes.", count(LONGEST_PATH as u64))));
        } else if self.steps().is_none() {
            mistakes
                .push(("path", "Name a place in input, output, expected, error or metadata, like input.messages[2].content.".to_owned()));
        }
        if self.start > self.end {
            mistakes.push(("end", format!("{} is before the start, {}.", self.end, self.start)));
        }
        let characters = self.quote.chars().count();
        if characters == 0 {
            mistakes.push(("quote", "Send the words that stand there.".to_owned()));
        } else if characters > LONGEST_QUOTE {
            mistakes
                .push(("quote", format!("Use at most {} characters; this has {}.", count(LONGEST_QUOTE as u64), count(characters as u64))));
        }
        mistakes
    }
}

/// A text without spaces and without the marks that Markdown takes for its own.
fn bare(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace() && !"*_`~#>|[]()!-+\\".contains(*character)).collect()
}

/// Reads a path: a field, then keys after dots or as JSON text in brackets, and places in lists.
fn steps(path: &str) -> Option<(FieldName, Vec<Step>)> {
    let first = path.find(['.', '[']).unwrap_or(path.len());
    let (field, mut rest) = path.split_at(first);
    let field = FieldName::ALL.into_iter().find(|known| known.key() == field)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (key, following) = after.split_at(end);
            if key.is_empty() {
                return None;
            }
            steps.push(Step::Key(key.to_owned()));
            rest = following;
            continue;
        }
        let inside = rest.strip_prefix('[')?;
        if inside.starts_with('"') {
            let mut values = serde_json::Deserializer::from_str(inside).into_iter::<String>();
            steps.push(Step::Key(values.next()?.ok()?));
            rest = inside.get(values.byte_offset()..)?.strip_prefix(']')?;
        } else {
            let (number, following) = inside.split_once(']')?;
            steps.push(Step::Index(number.parse::<u32>().ok()?.into()));
            rest = following;
        }
    }
    Some((field, steps))
}

/// Writes a path as [`Evidence::path`] has it.
pub fn path_of(field: FieldName, steps: &[Step]) -> String {
    let is_plain = |key: &str| !key.is_empty() && !key.contains(['.', '[', ']', '"']) && !key.contains(char::is_whitespace);
    let mut path = field.key().to_owned();
    for step in steps {
        match step {
            Step::Key(key) if is_plain(key) => {
                path.push('.');
                path.push_str(key);
            }
            Step::Key(key) => path.push_str(&format!("[{}]", serde_json::Value::from(key.as_str()))),
            Step::Index(number) => path.push_str(&format!("[{number}]")),
        }
    }
    path
}

impl Circumstances {
    /// Refuses what cannot be, with everything that is wrong at once.
    ///
    /// # Errors
    /// [`Problem::Invalid`] on the first field that is wrong; the others are named in its reason.
    pub fn check(&self) -> Result<(), Problem> {
        let mut mistakes = Vec::new();
        if let Some(sureness) = self.sureness.filter(|sureness| !(0.0..=1.0).contains(sureness)) {
            mistakes.push(("sureness".to_owned(), format!("{sureness} is not a number from 0 to 1.")));
        }
        if self.seconds.is_some_and(|seconds| seconds > LONGEST_LOOK) {
            let reason = format!("Nobody looks at an item for so long. Use at most {}.", count(LONGEST_LOOK.into()));
            mistakes.push(("seconds".to_owned(), reason));
        }
        let evidence = self.evidence.as_deref().unwrap_or_default();
        if evidence.len() > MOST_EVIDENCE {
            let has = counted(evidence.len() as u64, "place", "places");
            mistakes.push(("evidence".to_owned(), format!("Point at {MOST_EVIDENCE} places at most; this has {has}.")));
        }
        for (number, evidence) in evidence.iter().enumerate().take(MOST_EVIDENCE) {
            mistakes.extend(evidence.mistakes().into_iter().map(|(part, reason)| (format!("evidence[{number}].{part}"), reason)));
        }
        let mut mistakes = mistakes.into_iter();
        let Some((field, reason)) = mistakes.next() else { return Ok(()) };
        Err(Problem::Invalid { field, reason: mistakes.fold(reason, |reason, (field, more)| format!("{reason} {field}: {more}")) })
    }

    /// What is known of an answer that stands in place of another with the same value: of what is left out now, what was known before.
    #[must_use]
    pub fn over(self, before: &Self) -> Self {
        Self {
            seconds: self.seconds.or(before.seconds),
            visible: self.visible.or_else(|| before.visible.clone()),
            sureness: self.sureness.or(before.sureness),
            evidence: self.evidence.or_else(|| before.evidence.clone()),
        }
    }

    /// As it is kept: no evidence is none, and what only the server says is left out.
    #[must_use]
    pub fn kept(mut self) -> Self {
        // Zero has one form: databases do not keep its sign.
        self.sureness = self.sureness.map(|sureness| sureness + 0.0);
        self.evidence = self.evidence.filter(|evidence| !evidence.is_empty());
        self.evidence.iter_mut().flatten().for_each(|evidence| evidence.changed = false);
        self
    }

    /// Whether it says more about an answer than how it was given: how sure somebody is, and why.
    pub fn says_more(&self) -> bool {
        self.sureness.is_some() || self.evidence.as_ref().is_some_and(|evidence| !evidence.is_empty())
    }
}

#[cfg(test)]
mod tests;
