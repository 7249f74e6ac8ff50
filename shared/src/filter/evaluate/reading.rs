//! A row while it is looked at: every column is read once, however often it is mentioned, and forgotten with the row.

use crate::filter::compile::Needs;
use crate::filter::decimal::{self, Decimal};
use crate::filter::lenient::part;
use crate::filter::{Fields, each_word, walk, words_of};
use serde_json::Value;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::collections::HashSet;

/// How often words are looked for at a place before all that are there are remembered, and how many at once.
const SELDOM: u8 = 3;
const FEW_WORDS: usize = 8;

/// What was read of a row so far.
pub(in crate::filter) struct Reading<'row> {
    row: &'row dyn Fields,
    needs: &'row Needs,
    columns: Vec<OnceCell<Option<Cow<'row, Value>>>>,
    /// Whether a column may hold numbers that are longer than machine numbers.
    long: Vec<OnceCell<bool>>,
    places: Vec<OnceCell<Derived>>,
}

/// What is made of the value at a place, the first time that it is needed.
#[derive(Default)]
struct Derived {
    small: OnceCell<Option<String>>,
    words: OnceCell<HashSet<String>>,
    /// How often words were looked for.
    asked: Cell<u8>,
}

impl<'row> Reading<'row> {
    /// Begins.
    pub(in crate::filter) fn new(row: &'row dyn Fields, needs: &'row Needs) -> Self {
        let columns = needs.columns.iter().map(|_| OnceCell::new()).collect();
        let long = needs.columns.iter().map(|_| OnceCell::new()).collect();
        Self { row, needs, columns, long, places: needs.places.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The value at a place.
    pub(super) fn value(&self, place: usize) -> Option<&Value> {
        let (column, rest) = self.needs.places.get_index(place)?;
        let name = self.needs.columns.get_index(*column)?;
        let value = self.columns.get(*column)?.get_or_init(|| self.row.column(name)).as_ref()?;
        walk(value, rest)
    }

    /// The JSON at a place as it is stored, where it is.
    pub(super) fn text(&self, place: usize) -> Option<&'row str> {
        let (column, rest) = self.needs.places.get_index(place)?;
        part(self.row.text(self.needs.columns.get_index(*column)?)?, rest)
    }

    /// The number at a place, where a machine number would be another one.
    pub(super) fn long_number(&self, place: usize) -> Option<Decimal> {
        let (column, rest) = self.needs.places.get_index(place)?;
        let text = self.row.text(self.needs.columns.get_index(*column)?)?;
        let may_be_long = self.long.get(*column)?.get_or_init(|| decimal::may_be_long(text));
        if *may_be_long { decimal::long_at(text, rest) } else { None }
    }

    /// The text at a place in small letters; none where there is no text.
    pub(super) fn in_small_letters(&self, place: usize) -> Option<&str> {
        let derived = self.derived(place)?;
        derived.small.get_or_init(|| self.value(place).and_then(Value::as_str).map(str::to_lowercase)).as_deref()
    }

    /// The words at a place.
    pub(super) fn words(&self, place: usize) -> Cow<'_, HashSet<String>> {
        match self.derived(place) {
            Some(derived) => {
                Cow::Borrowed(derived.words.get_or_init(|| self.value(place).map(words_of).unwrap_or_default().into_iter().collect()))
            }
            None => Cow::Owned(HashSet::new()),
        }
    }

    /// Whether all of some words are at a place.
    pub(super) fn has_words(&self, place: usize, words: &[String]) -> bool {
        let Some(derived) = self.derived(place) else { return false };
        let asked = derived.asked.get();
        if asked >= SELDOM || words.len() > FEW_WORDS {
            let known = self.words(place);
            return words.iter().all(|word| known.contains(word));
        }
        derived.asked.set(asked + 1);
        let mut missing: Vec<&str> = words.iter().map(String::as_str).collect();
        if let Some(value) = self.value(place) {
            each_word(value, &mut |there| missing.retain(|word| *word != there));
        }
        missing.is_empty()
    }

    fn derived(&self, place: usize) -> Option<&Derived> {
        Some(self.places.get(place)?.get_or_init(Derived::default))
    }
}
