//! Filters in plain English: what somebody types becomes an expression of the filter language, which is shown before it is applied.
//!
//! Nothing is guessed. Every word either belongs to a condition, or says nothing (*show me*, *rows*), or is named as not understood; what
//! can mean two things is not chosen but told, with both. Names are those of the project, compared as people see them.
//!
//! `words` cuts the text, `names` knows the project, `joining` puts conditions together, and each other part hears conditions of its
//! kind. Nothing here reads a clock or a database.

mod amounts;
mod build;
mod fields;
mod joining;
mod metrics;
mod names;
mod picks;
mod proposals;
mod reader;
mod reviews;
mod scores;
mod tags;
mod texts;
mod times;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::filter::{Context, Shape};
use crate::{ObjectId, Problem};
pub use proposals::{LONGEST_REPLY, instructions, proposed};

use joining::Outcome;
use names::{Named, Names};
use reader::Reader;

/// A longer text is refused: nobody describes a filter with it.
pub const LONGEST: usize = 4_000;

/// What a project knows, as far as the asking person may see it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Scores, of questions and of scorers.
    pub scores: Vec<KnownScore>,
    /// The score that is meant by *rated*, where there is one.
    pub main_score: Option<String>,
    /// Questions whose answers are options without a number.
    pub picks: Vec<KnownPick>,
    /// Questions whose answer is text.
    pub texts: Vec<KnownText>,
    /// Tags, configured or used.
    pub tags: Vec<String>,
    /// Keys of the metadata with common values.
    pub metadata: Vec<KnownKey>,
    /// Values of `metadata.model`.
    pub models: Vec<String>,
    /// Members.
    pub people: Vec<KnownPerson>,
    /// Names of review lists.
    pub lists: Vec<String>,
    /// Types of spans: `llm`, `tool`.
    pub span_types: Vec<String>,
    /// Common names of spans.
    pub span_names: Vec<String>,
}

/// A score and the options of its question.
#[derive(Clone, Debug, Default)]
pub struct KnownScore {
    /// Its name, the key in `scores`.
    pub name: String,
    /// Options with their values from 0 to 1.
    pub options: Vec<(String, f64)>,
}

/// A question whose answers are options that are no numbers.
#[derive(Clone, Debug, Default)]
pub struct KnownPick {
    /// Its name.
    pub name: String,
    /// What can be answered.
    pub options: Vec<String>,
}

/// A question whose answer is text, and where that is written.
#[derive(Clone, Debug, Default)]
pub struct KnownText {
    /// Its name.
    pub name: String,
    /// Keys under `metadata`.
    pub path: Vec<String>,
}

/// A key of the metadata.
#[derive(Clone, Debug, Default)]
pub struct KnownKey {
    /// Keys under `metadata`, the outermost first.
    pub path: Vec<String>,
    /// Its commonest values.
    pub values: Vec<Value>,
}

/// A member.
#[derive(Clone, Debug, Default)]
pub struct KnownPerson {
    /// As they are called.
    pub name: String,
    /// Their address, by which the filter language knows them.
    pub email: String,
}

/// The hint at a phrase by which spans are asked for.
const ROWS_ARE_SPANS: &str = "rows are spans";

/// What was made of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understood {
    /// The filter, in the one form in which the language prints it; empty where nothing was understood.
    pub expression: String,
    /// What rows are to be, where somebody said so.
    pub rows: Option<Shape>,
    /// What each phrase became, in the order of the text.
    pub parts: Vec<UnderstoodPart>,
    /// What was not understood, in the order of the text.
    pub unknown: Vec<NotUnderstood>,
}

/// A phrase and its part of the filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderstoodPart {
    /// Bytes of the text.
    pub range: Range<u32>,
    /// What they became.
    pub expression: String,
    /// What that alone does not say: which Monday, whose address. May be empty.
    pub hint: String,
}

/// Words that were not understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotUnderstood {
    /// Bytes of the text.
    pub range: Range<u32>,
    /// Why, as a sentence.
    pub reason: String,
    /// What they could mean; nothing of it is in the filter.
    pub meanings: Vec<Meaning>,
}

/// What some words could mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// In words; may be empty.
    pub words: String,
    /// As a filter.
    pub expression: String,
}

impl Understood {
    /// The same for a list whose rows are traces: where spans were asked for, it finds the traces in which one is like that.
    pub fn of_traces(mut self) -> Self {
        if self.rows.take_if(|rows| *rows == Shape::Spans).is_some() && !self.expression.is_empty() {
            self.expression = format!("any_span({})", self.expression);
            for part in self.parts.iter_mut().filter(|part| part.hint == ROWS_ARE_SPANS) {
                "traces with such a span".clone_into(&mut part.hint);
            }
        }
        self
    }

    /// Whether every word was understood.
    pub fn is_whole(&self) -> bool {
        self.unknown.is_empty()
    }
}

/// Asks what a text in English is as a filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderstandFilter {
    /// What holds the rows.
    pub object: ObjectId,
    /// The text.
    pub text: String,
    /// Where days begin, in minutes from UTC, west positive.
    pub offset_minutes: i32,
}

/// Refuses a place on earth that there is not.
///
/// # Errors
/// Days begin nowhere so far from UTC.
pub fn check_offset(minutes: i32) -> Result<(), Problem> {
    if (-14 * 60..=12 * 60).contains(&minutes) {
        return Ok(());
    }
    Err(Problem::invalid("offset_minutes", "Give minutes from UTC, west positive, from -840 to 720."))
}

/// Refuses a text that is too long, before anything is gathered for it.
///
/// # Errors
/// The text is longer than [`LONGEST`] bytes.
pub fn check_length(text: &str) -> Result<(), Problem> {
    if text.len() > LONGEST {
        return Err(Problem::invalid("text", format!("Describe the filter in at most {LONGEST} characters.")));
    }
    Ok(())
}

/// Makes a filter of a text in English. Times of day are those of the context.
///
/// # Errors
/// The text is longer than [`LONGEST`] bytes.
pub fn understand(text: &str, known: &Known, context: Context) -> Result<Understood, Problem> {
    check_length(text)?;
    let words = words::words(text);
    let names = Names::of(known);
    let mut reader = Reader { text, words: &words, at: 0, known, names: &names, context, rows: None, depth: 0 };
    let mut outcome = Outcome::default();
    let whole = reader.sequence(&mut outcome);
    let mut unknown = outcome.unknown;
    unknown.extend(outcome.lost.iter().take(MOST_LOST).map(|lost| reader.lost(lost.clone())));
    if let Some(traces) = outcome.traces
        && reader.rows == Some(Shape::Spans)
    {
        let reason = "This speaks of traces and of spans. A trace of which some span fulfils something is written any_span(…).".to_owned();
        unknown.push(NotUnderstood { range: span(&reader.bytes(traces)), reason, meanings: Vec::new() });
    }
    unknown.sort_by_key(|lost| lost.range.start);
    let (expression, parts) = whole.map_or_else(Default::default, joining::Unit::into_filter);
    Ok(Understood { expression, rows: reader.rows, parts, unknown })
}

/// So many places that were not understood are told; more say no more.
const MOST_LOST: usize = 20;

/// Words that compare without saying with what.
const VAGUE: [(&str, &str); 26] = [
    ("slow", "longer than 5 seconds"),
    ("slowest", "longer than 5 seconds"),
    ("fast", "faster than 1 second"),
    ("quick", "faster than 1 second"),
    ("long", "longer than 5 seconds, or more than 1,000 tokens"),
    ("short", "fewer than 100 tokens"),
    ("expensive", "cost more than $0.05"),
    ("costly", "cost more than $0.05"),
    ("cheap", "cost less than $0.01"),
    ("recent", "in the last 7 days"),
    ("recently", "in the last 7 days"),
    ("lately", "in the last 7 days"),
    ("latest", "in the last 7 days"),
    ("newest", "in the last 7 days"),
    ("old", "older than 30 days"),
    ("oldest", "older than 30 days"),
    ("good", "rated over 75 %"),
    ("great", "rated over 75 %"),
    ("best", "rated over 75 %"),
    ("bad", "rated below 25 %"),
    ("poor", "rated below 25 %"),
    ("poorly", "rated below 25 %"),
    ("badly", "rated below 25 %"),
    ("highly", "rated over 75 %"),
    ("worst", "rated below 25 %"),
    ("big", "more than 1,000 tokens"),
];

impl Reader<'_> {
    /// Why some words were not understood, and what may have been meant.
    fn lost(&self, place: Range<usize>) -> NotUnderstood {
        let range = self.bytes(place.clone());
        let said = self.words.get(place.clone()).unwrap_or_default();
        let vague = said.iter().find_map(|word| VAGUE.iter().find(|(vague, _)| *vague == word.plain));
        let told: Vec<&str> = said
            .iter()
            .filter(|word| !reader::negates(word.plain.as_str()) && !reader::is_filler(word.plain.as_str()))
            .filter_map(|word| self.text.get(word.range.clone()))
            .collect();
        let told = if told.is_empty() { self.text.get(range.clone()).unwrap_or_default().to_owned() } else { told.join(" ") };
        let shown: String = told.chars().take(80).collect();
        if let Some((vague, instead)) = vague {
            let reason = format!("“{vague}” says no number. Write for example: {instead}.");
            return NotUnderstood { range: span(&range), reason, meanings: Vec::new() };
        }
        let nearest = said.iter().find_map(|word| self.misspelt(&word.key));
        let meanings = nearest.map_or_else(Vec::new, |key| self.meant(key));
        let instead = if meanings.is_empty() { "" } else { " Did you mean one of these?" };
        let reason = format!("“{shown}” is no tag, score, option, metadata value or person here.{instead}");
        NotUnderstood { range: span(&range), reason, meanings }
    }

    /// The name that is nearest to a word, where both are long enough and begin alike, so that it is more than chance.
    fn misspelt(&self, word: &str) -> Option<&str> {
        let alike = |name: &&str| name.len() > 4 && name.chars().next() == word.chars().next();
        let said = word.len() > 4 && !reader::is_filler(word);
        said.then(|| crate::filter::nearest_name(word, self.names.keys().filter(alike)))?
    }

    /// What a name that was probably misspelt would mean.
    fn meant(&self, key: &str) -> Vec<Meaning> {
        let found: &[Named] = self.names.of_key(key);
        let meaning = |named: &Named| {
            let expression = self.bare_meaning(*named).map_or_else(String::new, |(_, expression)| expression.to_string());
            Meaning { words: self.written(*named).to_owned(), expression }
        };
        found.iter().take(4).map(meaning).collect()
    }
}

/// Bytes as they are sent.
fn span(range: &Range<usize>) -> Range<u32> {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    place(range.start)..place(range.end)
}
