//! The index of words: of each word, the rows that have it, so that filters need not look at every row.
//!
//! Rows are numbered by their keys, and some thousands of neighbours share a block. In a block each word has one posting, the neighbours
//! that have it: what is written together lies together, and a word is looked up once for each block.
//!
//! The index follows what is written by a second or two, so that a write waits for nothing. Rows with keys up to its mark are in it as they
//! were when it came by; `word_changes` names those that changed since. Whoever asks the index looks at these, and at all beyond the mark, by
//! themselves. Of a row with more words than are kept only that is said, and it is looked at, too.
//!
//! Only what arrived and what comments say is here. What answers lay on a row, and who wrote a comment, is asked elsewhere.

pub(crate) mod following;
pub(crate) mod postings;

use crate::Result;
use crate::ground::body;
use crate::ground::database::{one, values};
use crate::ground::keys::{ProjectShort, SpanKey};
use crate::ground::upsert::{Upsert, upsert_all};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value;
use shared::filter::{each_word, parse_leniently};
use std::collections::HashMap;

/// Bytes of a word that are kept.
const LONGEST_WORD: usize = 64;

/// Words of one field of a row that are kept. Tests need not send so many to have more.
const MOST_WORDS: usize = if cfg!(test) { 100 } else { 2_000 };

/// Where words stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum WordField {
    Input = 1,
    Output,
    Expected,
    /// What stands beside: the error, metadata and tags.
    Beside,
    Comments,
}

impl WordField {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [Self::Input, Self::Output, Self::Expected, Self::Beside, Self::Comments];

    /// In which the words of a column are kept; none for columns whose words are not.
    pub(crate) fn of(column: &str) -> Option<Self> {
        match column {
            "input" => Some(Self::Input),
            "output" => Some(Self::Output),
            "expected" => Some(Self::Expected),
            "error" | "metadata" | "tags" => Some(Self::Beside),
            "comments" => Some(Self::Comments),
            _ => None,
        }
    }

    /// A word of the field as it is kept. Without any letters: what stands for rows of which its words are not kept.
    pub(crate) fn key(self, word: &str) -> Vec<u8> {
        let mut key = Vec::new();
        self.write_key(word, &mut key);
        key
    }

    fn write_key(self, word: &str, key: &mut Vec<u8>) {
        let bytes = word.as_bytes();
        key.clear();
        key.push(self as u8);
        key.extend_from_slice(bytes.get(..LONGEST_WORD).unwrap_or(bytes));
    }
}

/// Whether no other word is kept as this one is.
pub(crate) fn is_kept_whole(word: &str) -> bool {
    word.len() < LONGEST_WORD
}

/// How far the index of a project has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(crate) struct WordIndex {
    /// Rows up to here are in it.
    pub(crate) mark: SpanKey,
    /// How often it was written.
    turn: i64,
}

impl WordIndex {
    /// As it stands.
    pub(crate) async fn of(connection: &impl ConnectionTrait, project: ProjectShort) -> Result<Self> {
        let stored = one::<Self>(connection, "SELECT mark, turn FROM word_indexes WHERE project = ?", values![project]).await?;
        Ok(stored.unwrap_or(Self { mark: SpanKey::from(0), turn: 0 }))
    }
}

/// Notes that rows which may be in the index have changed.
pub(crate) async fn note_changes(
    connection: &impl ConnectionTrait,
    project: ProjectShort,
    spans: impl Iterator<Item = SpanKey>,
    transaction: i64,
) -> Result<()> {
    let rows = spans
        .map(|span| Upsert::into("word_changes").fixed("project", project).fixed("key", span).set("transaction_id", transaction))
        .collect();
    upsert_all(rows, "project, key", connection).await
}

/// What a row says in words.
pub(crate) struct RowTexts {
    span: SpanKey,
    /// The content as it is stored.
    body: String,
    /// What comments say.
    comments: Vec<String>,
}

/// The words of some rows, each with the rows that have it.
#[derive(Default)]
struct WordsOfRows {
    spans: HashMap<Vec<u8>, Vec<SpanKey>>,
    /// The word that is looked up.
    key: Vec<u8>,
}

impl WordsOfRows {
    /// Adds rows until there are so many words; returns how many rows.
    fn add(&mut self, rows: &[RowTexts], most: usize) -> usize {
        let mut added = 0;
        for row in rows {
            if self.spans.len() >= most {
                break;
            }
            self.add_row(row);
            added += 1;
        }
        added
    }

    fn add_row(&mut self, row: &RowTexts) {
        let content = body::some(&row.body, |key| WordField::of(key).is_some()).unwrap_or_default();
        let mut fields: [Vec<Value>; WordField::ALL.len()] = Default::default();
        for (column, value) in content {
            if let Some((_, values)) = WordField::ALL.iter().zip(&mut fields).find(|(field, _)| Some(**field) == WordField::of(&column)) {
                values.push(parse_leniently(value.get()).unwrap_or_else(|| Value::String(value.get().to_owned())));
            }
        }
        for (field, mut values) in WordField::ALL.into_iter().zip(fields) {
            if field == WordField::Comments {
                values = row.comments.iter().cloned().map(Value::String).collect();
            }
            self.add_field(row.span, field, &values);
        }
    }

    fn add_field(&mut self, span: SpanKey, field: WordField, values: &[Value]) {
        let Self { spans, key } = self;
        let mut count = 0;
        for value in values {
            each_word(value, &mut |word| {
                if count > MOST_WORDS {
                    return;
                }
                field.write_key(word, key);
                match spans.get_mut(key.as_slice()) {
                    Some(known) if known.last() == Some(&span) => {}
                    Some(known) => {
                        known.push(span);
                        count += 1;
                    }
                    None => {
                        spans.insert(key.clone(), vec![span]);
                        count += 1;
                    }
                }
            });
        }
        if count > MOST_WORDS {
            for (_, known) in spans.iter_mut().filter(|(word, _)| word.first() == Some(&(field as u8))) {
                known.pop_if(|last| *last == span);
            }
            spans.entry(field.key("")).or_default().push(span);
        }
    }
}
