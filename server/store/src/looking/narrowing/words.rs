//! Conditions on words, by the index of them.

use super::posted::FewRows;
use super::posted_words::RowsOfWords;
use super::{Narrower, Part};
use crate::content::words::WordField;
use crate::ground::keys::SpanKey;
use sea_orm::Value;
use shared::filter::{Expression, Kind, SEARCHED, tokens};
use std::collections::BTreeSet;

impl Narrower<'_> {
    /// All words of a text at a place.
    pub(super) fn matched(&self, place: &[&str], text: &str, truth: bool) -> Part {
        let words: Vec<String> = tokens(text).collect();
        if words.is_empty() {
            return Part::certain(!truth);
        }
        let Some(field) = place.first().and_then(|column| WordField::of(column)).filter(|field| self.shows(*field)) else {
            return Part::UNKNOWN;
        };
        // Of other places it is known in which column they are, and of other columns with which.
        let is_field = place.len() == 1 && matches!(field, WordField::Input | WordField::Output | WordField::Expected);
        match self.posted.words.having(&[field], &words) {
            Some(rows) if truth => self.among(&rows, is_field),
            Some(rows) if is_field => self.not_among(&rows),
            _ => Part::UNKNOWN,
        }
    }

    /// All words of a text, wherever they are.
    pub(super) fn searched(&self, arguments: &[Expression], truth: bool) -> Part {
        match (self.search_words(arguments), truth) {
            (Some(words), true) if !words.is_empty() => {
                self.posted.words.having(&WordField::ALL, &words).map_or(Part::UNKNOWN, |rows| self.among(&rows, false))
            }
            _ => Part::UNKNOWN,
        }
    }

    /// The same in the row of a trace: a word is its root's, or of what the row lists of all spans.
    pub(super) fn row_searched(&self, arguments: &[Expression], truth: bool) -> Part {
        match (self.search_words(arguments), truth) {
            (Some(words), true) if !words.is_empty() => self.in_spans(&WordField::ALL, words),
            _ => Part::UNKNOWN,
        }
    }

    /// All words of a text in what the row of a trace lists of all spans.
    pub(super) fn row_matched(&self, place: &[&str], text: &str, truth: bool) -> Part {
        let words: Vec<String> = tokens(text).collect();
        match (place.first().and_then(|column| WordField::of(column)), truth) {
            (Some(field), true) if self.shows(field) && !words.is_empty() => self.in_spans(&[field], words),
            _ => Part::UNKNOWN,
        }
    }

    fn search_words(&self, arguments: &[Expression]) -> Option<Vec<String>> {
        let is_known = SEARCHED.iter().all(|column| WordField::of(column).is_some_and(|field| self.shows(field)));
        match arguments.first().map(|words| &words.kind) {
            Some(Kind::Text(text)) if is_known => Some(tokens(text).collect()),
            _ => None,
        }
    }

    /// Whether whoever looks may see what is there as it is stored.
    fn shows(&self, field: WordField) -> bool {
        match field {
            WordField::Input | WordField::Output => !self.sight.veils_spans(),
            WordField::Expected | WordField::Beside | WordField::Comments => !self.sight.is_blind(),
        }
    }

    /// Rows in which words are.
    fn among(&self, rows: &RowsOfWords, is_field: bool) -> Part {
        match rows.possible() {
            Some((rows, _)) if rows.is_empty() => Part::Nothing,
            Some((rows, exact)) => {
                let (select, values) = self.posted.words.keys(&rows);
                let few = FewRows::of(rows.len(), (select.to_owned(), values.clone()));
                Part::Where { text: format!("{}.key IN ({select})", self.span), values, exact: exact && is_field, few }
            }
            None => Part::UNKNOWN,
        }
    }

    /// Rows in which not all of the words are.
    fn not_among(&self, rows: &RowsOfWords) -> Part {
        match rows.sure() {
            Some((rows, exact)) if rows.is_empty() => Part::Everything { exact },
            Some((rows, exact)) => {
                let (select, values) = self.posted.words.keys(&rows);
                Part::Where { text: format!("{}.key NOT IN ({select})", self.span), values, exact, few: None }
            }
            None => Part::UNKNOWN,
        }
    }

    /// Traces of which for each word some span has it.
    fn in_spans(&self, fields: &[WordField], words: Vec<String>) -> Part {
        let each = words.into_iter().map(|word| {
            let rows = self.posted.words.having(fields, &[word]).and_then(|rows| rows.possible());
            rows.map_or(Part::UNKNOWN, |(rows, _)| self.trace_of(&rows))
        });
        Part::all(each.collect())
    }

    fn trace_of(&self, rows: &BTreeSet<SpanKey>) -> Part {
        if rows.is_empty() {
            return Part::Nothing;
        }
        let (select, keys) = self.posted.words.keys(rows);
        let few = FewRows::of(rows.len(), (select.to_owned(), keys.clone()));
        let text = format!("t.key IN (SELECT w.trace FROM spans w WHERE w.project = ? AND w.key IN ({select}))");
        let values = std::iter::once(Value::from(self.posted.project())).chain(keys).collect();
        Part::Where { text, values, exact: false, few }
    }
}
