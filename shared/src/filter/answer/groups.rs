//! Groups: what is computed of them, which of them stay, and how they are spread over columns.

use super::compiled;
use super::order::{SortKey, compare};
use crate::filter::aggregate::{AggregatedRow, Aggregation};
use crate::filter::evaluate::Context;
use crate::filter::query::{Aliased, Query, SortItem};
use crate::filter::syntax::{Expression, Kind, Step};
use crate::filter::{Fields, parse_leniently};
use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;

/// Groups on the way.
pub(super) struct Groups {
    groups: Aggregation,
    has_filter: bool,
    /// What the rows of the answer are grouped by once more.
    again: Option<(Vec<Aliased>, Vec<Aliased>)>,
    spread: Option<Spread>,
    sort: Vec<SortItem>,
    limit: usize,
    context: Context,
}

/// Measures of which there is a column for each value of the last dimension.
struct Spread {
    /// The names of the dimensions that stay.
    dimensions: Vec<String>,
    /// The name of the one that becomes columns.
    last: String,
    measures: Vec<String>,
    /// The other measures, of the groups that stay.
    others: Aggregation,
}

impl Groups {
    pub(super) fn new(query: &Query, context: Context) -> Self {
        let grouped_again = !query.final_dimensions.is_empty() || !query.final_measures.is_empty();
        let spread = Spread::new(query, context);
        // The order is computed of each group, unless it speaks of what groups become later.
        let sorts_groups = !grouped_again && spread.is_none();
        let sort: Vec<Expression> = query.sort.iter().filter(|_| sorts_groups).map(|item| item.expression.clone()).collect();
        let asked = query.final_filter.iter().cloned().chain(sort).collect();
        Self {
            groups: Aggregation::asking(&query.dimensions, &query.measures, asked, context),
            has_filter: query.final_filter.is_some(),
            again: grouped_again.then(|| (query.final_dimensions.clone(), query.final_measures.clone())),
            spread,
            sort: query.sort.clone(),
            limit: query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX),
            context,
        }
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.groups.columns().chain(self.spread.iter().flat_map(|spread| spread.others.columns()))
    }

    /// How many places are read.
    pub(super) fn conditions(&self) -> u64 {
        self.groups.conditions() + self.spread.as_ref().map_or(0, |spread| spread.others.conditions())
    }

    /// Whether nothing but the number of rows is needed.
    pub(super) fn only_counts(&self) -> bool {
        self.spread.is_none() && self.groups.only_counts()
    }

    /// Counts so many rows in.
    pub(super) fn add_counted(&mut self, rows: i64) {
        self.groups.add_counted(rows);
    }

    pub(super) fn add(&mut self, row: &dyn Fields) {
        self.groups.add(row);
        self.spread.iter_mut().for_each(|spread| spread.others.add(row));
    }

    /// Bytes that are held, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.groups.bytes() + self.spread.as_ref().map_or(0, |spread| spread.others.bytes())
    }

    pub(super) fn finish(self) -> Vec<AggregatedRow> {
        let Self { groups, has_filter, again, spread, sort, limit, context } = self;
        let mut rows = groups.finish_asked();
        if has_filter {
            rows.retain(|(_, asked)| asked.first().is_some_and(SortKey::is_true));
            rows.iter_mut().for_each(|(_, asked)| drop(asked.remove(0)));
        }
        if let Some((dimensions, measures)) = again {
            let expressions = sort.iter().map(|item| item.expression.clone()).collect();
            let mut once_more = Aggregation::asking(&dimensions, &measures, expressions, context);
            rows.iter().for_each(|(row, _)| once_more.add(row));
            rows = once_more.finish_asked();
        } else if let Some(spread) = spread {
            let keys = compiled(sort.iter().map(|item| &item.expression), context);
            let spread = spread.finish(rows.into_iter().map(|(row, _)| row));
            rows = spread.into_iter().map(|row| (SortKey::all(&keys, &row), row)).map(|(keys, row)| (row, keys)).collect();
        }
        if !sort.is_empty() {
            rows.sort_by(|(_, left), (_, right)| compare(left, right, &sort));
        }
        rows.truncate(limit);
        rows.into_iter().map(|(row, _)| row).collect()
    }
}

impl Spread {
    fn new(query: &Query, context: Context) -> Option<Self> {
        let (last, dimensions) = query.dimensions.split_last()?;
        if query.pivot.is_empty() {
            return None;
        }
        let is_spread = |measure: &Aliased| query.pivot.iter().any(|pivoted| names(pivoted, measure));
        let (spread, others): (Vec<_>, Vec<_>) = query.measures.iter().cloned().partition(is_spread);
        Some(Self {
            dimensions: dimensions.iter().map(Aliased::name).collect(),
            last: last.name(),
            measures: spread.iter().map(Aliased::name).collect(),
            others: Aggregation::new(dimensions, &others, context),
        })
    }

    /// One row for each group that stays; what is not there for a value of the last dimension is no column of it.
    fn finish(self, rows: impl Iterator<Item = AggregatedRow>) -> Vec<AggregatedRow> {
        let Self { dimensions, last, measures, others } = self;
        let key = |row: &AggregatedRow| {
            dimensions.iter().map(|name| row.get(name).map_or("null", |value| value.get())).collect::<Vec<_>>().join(",")
        };
        let mut others: IndexMap<String, AggregatedRow> = others.finish().into_iter().map(|row| (key(&row), row)).collect();
        let mut spread: IndexMap<String, AggregatedRow> = IndexMap::new();
        for row in rows {
            let key = key(&row);
            let column = row.get(&last).map_or_else(|| "null".to_owned(), |value| text_of(value));
            let of_group = spread.entry(key).or_insert_with_key(|key| others.swap_remove(key).unwrap_or_default());
            for measure in &measures {
                if let Some(value) = row.get(measure) {
                    of_group.insert(format!("{column}_{measure}"), value.clone());
                }
            }
        }
        spread.into_values().collect()
    }
}

/// Whether a name of `pivot:` is that of a measure.
fn names(pivoted: &Aliased, measure: &Aliased) -> bool {
    match &pivoted.expression.kind {
        Kind::Path(path) => matches!(path.as_slice(), [Step::Key(name)] if measure.name() == *name),
        _ => pivoted.expression == measure.expression,
    }
}

/// A value as a part of a name.
fn text_of(value: &RawValue) -> String {
    match parse_leniently(value.get()) {
        Some(Value::String(text)) => text,
        _ => value.get().to_owned(),
    }
}
