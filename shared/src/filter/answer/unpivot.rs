//! `unpivot:`: each item of a list, each member of an object becomes a row, one unpivoting inside the other.

use super::compiled;
use crate::filter::compile::Compiled;
use crate::filter::evaluate::Context;
use crate::filter::query::{Query, UnpivotNames};
use crate::filter::{AggregatedRow, Fields, parse_leniently};
use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;

/// Rows that one row becomes at most: several long lists inside one another must not become endless.
const MOST_OF_ONE: usize = 100_000;

/// The lists and objects that are unpivoted, and what is asked of the rows that their items become.
pub(super) struct Unpivoting {
    levels: Vec<(Compiled, UnpivotNames)>,
    filter: Option<Compiled>,
}

/// Takes a row, with the columns that unpivoting added to it.
pub(super) type TakeUnpivoted<'a> = dyn FnMut(&dyn Fields, &AggregatedRow) + 'a;

impl Unpivoting {
    pub(super) fn new(query: &Query, context: Context) -> Self {
        let levels = query.unpivot.iter().map(|unpivot| (compiled([&unpivot.expression], context), unpivot.names.clone())).collect();
        let filter = query.unpivoted_filter().map(|filter| Compiled::new(&filter, context));
        Self { levels, filter }
    }

    /// Whether rows stay as they are.
    pub(super) fn is_nothing(&self) -> bool {
        self.levels.is_empty()
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.levels.iter().map(|(level, _)| level).chain(&self.filter).flat_map(Compiled::columns)
    }

    /// How many places are read.
    pub(super) fn conditions(&self) -> u64 {
        self.levels.iter().map(|(level, _)| level).chain(&self.filter).map(Compiled::conditions).sum()
    }

    /// Hands on the rows that a row becomes.
    pub(super) fn each(&self, row: &dyn Fields, take: &mut TakeUnpivoted<'_>) {
        if self.levels.is_empty() {
            return take(row, &AggregatedRow::new());
        }
        let mut room = MOST_OF_ONE;
        self.level(0, row, AggregatedRow::new(), &mut room, take);
    }

    fn level(&self, place: usize, row: &dyn Fields, added: AggregatedRow, room: &mut usize, take: &mut TakeUnpivoted<'_>) {
        let unpivoted = Unpivoted { row, added: &added };
        let Some((level, names)) = self.levels.get(place) else {
            *room = room.saturating_sub(1);
            if self.filter.as_ref().is_none_or(|filter| filter.holds(&unpivoted)) {
                take(&unpivoted, &added);
            }
            return;
        };
        let Some(text) = level.texts(&unpivoted).ok().and_then(|mut texts| texts.pop()) else { return };
        for more in items(&text, names) {
            if *room == 0 {
                return;
            }
            let mut added = added.clone();
            added.extend(more);
            self.level(place + 1, row, added, room, take);
        }
    }
}

/// The columns that each item adds. What is no list, or no object where keys are asked for, has no items.
fn items(text: &RawValue, names: &UnpivotNames) -> Vec<Vec<(String, Box<RawValue>)>> {
    match names {
        UnpivotNames::Item(name) => {
            let items: Option<Vec<Box<RawValue>>> = serde_json::from_str(text.get()).ok();
            // Only what a strict reader refuses is read again: as text it is not known by now.
            let items = items.unwrap_or_else(|| match parse_leniently(text.get()) {
                Some(Value::Array(items)) => items.iter().filter_map(|item| to_raw_value(item).ok()).collect(),
                _ => Vec::new(),
            });
            items.into_iter().map(|item| vec![(name.clone(), item)]).collect()
        }
        UnpivotNames::Member { key, value } => {
            let members: Option<IndexMap<String, Box<RawValue>>> = serde_json::from_str(text.get()).ok();
            let members = members.unwrap_or_else(|| match parse_leniently(text.get()) {
                Some(Value::Object(members)) => {
                    members.into_iter().filter_map(|(key, member)| Some((key, to_raw_value(&member).ok()?))).collect()
                }
                _ => IndexMap::new(),
            });
            let member = |(name, member): (String, Box<RawValue>)| {
                vec![(key.clone(), to_raw_value(&name).unwrap_or_default()), (value.clone(), member)]
            };
            members.into_iter().map(member).collect()
        }
    }
}

/// A row with more columns.
struct Unpivoted<'row> {
    row: &'row dyn Fields,
    added: &'row AggregatedRow,
}

impl Fields for Unpivoted<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        if self.added.contains_key(name) { self.added.column(name) } else { self.row.column(name) }
    }

    fn text(&self, name: &str) -> Option<&str> {
        if self.added.contains_key(name) { self.added.text(name) } else { self.row.text(name) }
    }
}
