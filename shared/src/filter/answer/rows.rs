//! Rows in an order, at most so many: however many are looked at, few are held.

use super::order::{SortKey, compare};
use super::{WholeRow, compiled};
use crate::filter::compile::Compiled;
use crate::filter::evaluate::Context;
use crate::filter::query::{Query, SortItem};
use crate::filter::syntax::Expression;
use crate::filter::{AggregatedRow, Fields};

/// Rows on the way.
pub(super) struct Rows {
    star: bool,
    names: Vec<String>,
    values: Compiled,
    keys: Compiled,
    sort: Vec<SortItem>,
    limit: usize,
    held: Vec<(Vec<SortKey>, AggregatedRow)>,
    /// The keys of the last row that stays, once there are enough.
    worst: Option<Vec<SortKey>>,
    /// The keys of the row after which they begin.
    after: Option<Vec<SortKey>>,
    /// How many came after that one.
    came: usize,
    bytes: usize,
}

impl Rows {
    pub(super) fn new(query: &Query, limit: u64, context: Context) -> Self {
        let (names, expressions): (Vec<String>, Vec<&Expression>) = query.computed_columns().into_iter().unzip();
        Self {
            star: query.selects_all(),
            names,
            values: compiled(expressions, context),
            keys: compiled(query.sort.iter().map(|item| &item.expression), context),
            sort: query.sort.clone(),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            held: Vec::new(),
            worst: None,
            after: None,
            came: 0,
            bytes: 0,
        }
    }

    /// Begins after the row with some keys; false for what are no keys of this order.
    pub(super) fn begin_after(&mut self, keys: &[String]) -> bool {
        let keys: Option<Vec<SortKey>> = keys.iter().map(|key| SortKey::parse(key)).collect();
        self.after = keys.filter(|keys| keys.len() == self.sort.len());
        self.after.is_some()
    }

    /// Whether all columns of the rows are part of the answer.
    pub(super) fn is_whole(&self) -> bool {
        self.star
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.values.columns().chain(self.keys.columns())
    }

    /// How many places are read.
    pub(super) fn conditions(&self) -> u64 {
        self.values.conditions() + self.keys.conditions()
    }

    pub(super) fn add(&mut self, row: &dyn Fields, unpivoted: &AggregatedRow, whole: &WholeRow<'_>) {
        let keys = SortKey::all(&self.keys, row);
        if self.after.as_ref().is_some_and(|after| compare(&keys, after, &self.sort).is_le()) {
            return;
        }
        self.came += 1;
        // After a shortening the last of those that stay decides whether a further one can.
        let cannot = self.worst.as_ref().is_some_and(|worst| compare(&keys, worst, &self.sort).is_ge());
        if cannot || self.limit == 0 {
            return;
        }
        let mut columns = if self.star { whole() } else { AggregatedRow::new() };
        if self.star {
            columns.extend(unpivoted.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        columns.extend(self.names.iter().cloned().zip(self.values.texts(row).unwrap_or_default()));
        self.bytes += bytes(&keys, &columns);
        self.held.push((keys, columns));
        if self.held.len() >= self.limit.saturating_mul(2).max(self.limit.saturating_add(64)) {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        let sort = &self.sort;
        // A stable sort: what is equal stays in the order in which it came.
        self.held.sort_by(|(left, _), (right, _)| compare(left, right, sort));
        self.held.truncate(self.limit);
        if self.held.len() == self.limit {
            self.worst = self.held.last().map(|(keys, _)| keys.clone());
        }
        self.bytes = self.held.iter().map(|(keys, row)| bytes(keys, row)).sum();
    }

    /// Bytes that are held, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The rows, and the keys of the last one where others follow it.
    pub(super) fn finish(mut self) -> (Vec<AggregatedRow>, Option<Vec<String>>) {
        self.shorten();
        let last = self.held.last().filter(|_| self.came > self.held.len());
        let last = last.and_then(|(keys, _)| keys.iter().map(SortKey::text).collect());
        (self.held.into_iter().map(|(_, row)| row).collect(), last)
    }
}

fn bytes(keys: &[SortKey], row: &AggregatedRow) -> usize {
    let columns: usize = row.iter().map(|(name, value)| name.len() + value.get().len() + size_of::<(String, Box<str>)>()).sum();
    columns + keys.iter().map(SortKey::bytes).sum::<usize>()
}
