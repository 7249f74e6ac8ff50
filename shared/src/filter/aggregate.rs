//! Answers `measures:` and `dimensions:` by looking at each row once.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::Fields;
use super::compile::{Compiled, constant};
use super::evaluate::{Computed, Context, compare_values, evaluate_in, order};
use super::function::Function;
use super::query::{Aliased, SortItem};
use super::syntax::{Expression, Kind, Step};

/// One row of an aggregated answer: its columns by name, dimensions first.
pub type AggregatedRow = IndexMap<String, Value>;

/// An aggregation in progress. Rows go in by [`add`](Self::add), the answer comes out of [`finish`](Self::finish).
pub struct Aggregation {
    dimensions: Vec<String>,
    /// The measures, in which each aggregate is replaced by the path of its slot.
    measures: Vec<(String, Expression)>,
    slots: Vec<Slot>,
    /// The dimensions, then the arguments of the slots.
    program: Compiled,
    groups: IndexMap<String, Group>,
    /// Bytes that the answer and what it is made of hold, roughly.
    bytes: usize,
    context: Context,
}

/// One aggregate of the measures.
struct Slot {
    function: Function,
    /// Whether the argument is the same for every row, and not null.
    constant: bool,
    /// The part of the rows below a percentile.
    fraction: f64,
}

struct Group {
    keys: Vec<Value>,
    totals: Vec<Total>,
}

/// What an aggregate has seen so far.
#[derive(Default)]
struct Total {
    count: i64,
    sum: Sum,
    best: Option<Computed<'static>>,
    /// Digests of the values that were seen.
    seen: HashSet<u128>,
    values: Vec<f64>,
}

/// A sum that stays whole as long as its parts are.
#[derive(Clone, Copy)]
enum Sum {
    Whole(i64),
    Fraction(f64),
}

impl Default for Sum {
    fn default() -> Self {
        Self::Whole(0)
    }
}

impl Sum {
    fn as_f64(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a mean of such numbers has no more digits")]
            Self::Whole(whole) => whole as f64,
            Self::Fraction(fraction) => fraction,
        }
    }

    fn add(self, number: &Number) -> Self {
        let whole = match (self, number.as_i64()) {
            (Self::Whole(sum), Some(number)) => sum.checked_add(number),
            _ => None,
        };
        whole.map_or_else(|| Self::Fraction(self.as_f64() + number.as_f64().unwrap_or(0.0)), Self::Whole)
    }

    fn value(self) -> Value {
        match self {
            Self::Whole(whole) => Value::from(whole),
            Self::Fraction(fraction) => Value::from(fraction),
        }
    }
}

impl Aggregation {
    /// An aggregation that has seen no row.
    pub fn new(dimensions: &[Aliased], measures: &[Aliased], context: Context) -> Self {
        let (mut slots, mut arguments) = (Vec::new(), Vec::new());
        let measures = measures
            .iter()
            .map(|measure| {
                let expression = measure.expression.clone().map(&mut |inner| into_slot(inner, &mut slots, &mut arguments, context));
                (measure.name(), expression)
            })
            .collect();
        let read = dimensions.iter().map(|dimension| &dimension.expression).chain(&arguments);
        let mut aggregation = Self {
            dimensions: dimensions.iter().map(Aliased::name).collect(),
            measures,
            slots,
            program: Compiled::of_all(read, context),
            groups: IndexMap::new(),
            bytes: 0,
            context,
        };
        if aggregation.dimensions.is_empty() {
            // Without dimensions there is one group, even of no rows.
            aggregation.group(Vec::new());
        }
        aggregation
    }

    /// The columns that are read of each row.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.program.columns()
    }

    /// How many places are read: with the bytes of a row, what it costs to look at it.
    pub fn conditions(&self) -> u64 {
        self.program.conditions()
    }

    /// Whether the answer needs nothing but the number of rows.
    pub fn only_counts(&self) -> bool {
        self.dimensions.is_empty() && self.slots.iter().all(|slot| slot.function == Function::Count && slot.constant)
    }

    /// Counts so many rows in, where [`only_counts`](Self::only_counts).
    pub fn add_counted(&mut self, rows: i64) {
        for total in self.groups.values_mut().flat_map(|group| &mut group.totals) {
            total.count += rows;
        }
    }

    /// Bytes that are held, roughly: what grows with the number of groups and of different values.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts a row in.
    pub fn add(&mut self, row: &dyn Fields) {
        let mut keys = Vec::with_capacity(self.dimensions.len());
        let mut arguments = Vec::with_capacity(self.slots.len());
        let dimensions = self.dimensions.len();
        let slots = &self.slots;
        self.program.for_each(row, &mut |place, value| match place.checked_sub(dimensions).map(|place| &slots[place]) {
            None => keys.push(value.into_value()),
            Some(slot) => arguments.push(Argument::of(slot.function, value)),
        });
        let group = self.group(keys);
        if let Some((_, group)) = self.groups.get_index_mut(group) {
            for (total, argument) in group.totals.iter_mut().zip(arguments) {
                self.bytes += total.add(argument);
            }
        }
    }

    fn group(&mut self, keys: Vec<Value>) -> usize {
        let name = Value::Array(keys.clone()).to_string();
        let totals = || self.slots.iter().map(|_| Total::default()).collect();
        if let Some(known) = self.groups.get_index_of(&name) {
            return known;
        }
        // The key stands there twice, once as a text.
        self.bytes += name.len() * 2 + self.slots.len() * size_of::<Total>();
        let group = Group { keys, totals: totals() };
        self.groups.insert_full(name, group).0
    }

    /// The answer: a row for each group, in the order in which the groups were first seen.
    pub fn finish(self) -> Vec<AggregatedRow> {
        let Self { dimensions, measures, slots, groups, context, .. } = self;
        let measures: Vec<_> = measures.into_iter().map(|(name, measure)| (name, Compiled::new(&measure, context))).collect();
        let answer = |group: Group| {
            let results = slots.iter().zip(group.totals).enumerate();
            let results: AggregatedRow = results.map(|(place, (slot, total))| (slot_name(place), total.result(slot))).collect();
            let keys = dimensions.iter().cloned().zip(group.keys);
            let values = measures.iter().map(|(name, measure)| (name.clone(), measure.values(&results).pop().unwrap_or_default()));
            keys.chain(values).collect()
        };
        groups.into_values().map(answer).collect()
    }
}

fn slot_name(place: usize) -> String {
    format!("#{place}")
}

/// Moves an aggregate into a slot, and leaves the path to its result.
fn into_slot(expression: Expression, slots: &mut Vec<Slot>, read: &mut Vec<Expression>, context: Context) -> Expression {
    let span = expression.span.clone();
    match expression.kind {
        Kind::Call { name, mut arguments } if Function::named(&name).is_some_and(Function::is_aggregate) => {
            let fraction = match arguments.get(1).map(|fraction| &fraction.kind) {
                Some(Kind::Number(fraction)) => fraction.as_f64().unwrap_or(0.5),
                _ => 0.5,
            };
            let function = Function::named(&name).unwrap_or(Function::Count);
            let argument = if arguments.is_empty() { Expression::new(Kind::Null, span.clone()) } else { arguments.swap_remove(0) };
            let constant = constant(&argument, context).is_some_and(|value| !value.is_null());
            slots.push(Slot { function, constant, fraction });
            read.push(argument);
            Expression::new(Kind::Path(vec![Step::Key(slot_name(slots.len() - 1))]), span)
        }
        kind => Expression::new(kind, span),
    }
}

/// What an aggregate keeps of a row.
enum Argument {
    Nothing,
    Counted,
    Distinct(u128),
    Compared(Function, Computed<'static>),
    Summed(Function, Number),
}

impl Argument {
    fn of(function: Function, value: Computed<'_>) -> Self {
        if value.is_null() {
            return Self::Nothing;
        }
        match function {
            Function::Count => Self::Counted,
            Function::CountDistinct => Self::Distinct(digest(&value.into_json())),
            Function::Minimum | Function::Maximum => Self::Compared(function, value.into_owned()),
            // A condition counts as one where it is true: sum(is_root).
            _ => match value.as_json() {
                Some(Value::Number(number)) => Self::Summed(function, number.clone()),
                Some(Value::Bool(truth)) => Self::Summed(function, Number::from(i64::from(*truth))),
                _ => Self::Nothing,
            },
        }
    }
}

/// Tells values apart without keeping them.
fn digest(value: &Value) -> u128 {
    let text = value.to_string();
    let half = |first: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(first);
        hasher.write(text.as_bytes());
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

impl Total {
    /// Counts in, and says how many bytes more are held.
    fn add(&mut self, argument: Argument) -> usize {
        match argument {
            Argument::Nothing => {}
            Argument::Counted => self.count += 1,
            Argument::Distinct(digest) => return usize::from(self.seen.insert(digest)) * 2 * size_of::<u128>(),
            Argument::Compared(function, value) => {
                let wanted = if function == Function::Minimum { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
                if self.best.as_ref().is_none_or(|best| order(&value, best) == Some(wanted)) {
                    let bytes = value.bytes();
                    let before = self.best.replace(value).map_or(0, |best| best.bytes());
                    return bytes.saturating_sub(before);
                }
            }
            Argument::Summed(function, number) => {
                self.count += 1;
                self.sum = self.sum.add(&number);
                if function == Function::Percentile {
                    self.values.extend(number.as_f64());
                    return size_of::<f64>() * 2;
                }
            }
        }
        0
    }

    fn result(mut self, slot: &Slot) -> Value {
        match slot.function {
            Function::Count => Value::from(self.count),
            Function::CountDistinct => Value::from(self.seen.len()),
            Function::Minimum | Function::Maximum => self.best.map_or(Value::Null, Computed::into_value),
            _ if self.count == 0 => Value::Null,
            Function::Percentile => percentile(&mut self.values, slot.fraction),
            #[expect(clippy::cast_precision_loss, reason = "nobody has so many rows")]
            Function::Average => Value::from(self.sum.as_f64() / self.count as f64),
            _ => self.sum.value(),
        }
    }
}

/// The value below which a fraction of the values lies, between the two nearest in proportion.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "places in a list")]
fn percentile(values: &mut [f64], fraction: f64) -> Value {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return Value::Null };
    let place = fraction.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Value::from(values[below] + (values[above] - values[below]) * (place - below as f64))
}

/// Sorts an aggregated answer. A sort key is the name of a column, the text of a measure, or computed of the row.
pub fn order_rows(rows: &mut [AggregatedRow], sort: &[SortItem], context: Context) {
    let key = |row: &AggregatedRow, item: &SortItem| match row.get(&item.expression.to_string()) {
        Some(value) => value.clone(),
        None => evaluate_in(&item.expression, row, context),
    };
    let keys = |row: &AggregatedRow| sort.iter().map(|item| key(row, item)).collect::<Vec<_>>();
    rows.sort_by_cached_key(|row| Ordered { keys: keys(row), sort });
}

/// The keys of a row in an order.
struct Ordered<'sort> {
    keys: Vec<Value>,
    sort: &'sort [SortItem],
}

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.keys.iter().zip(&other.keys).zip(self.sort).fold(std::cmp::Ordering::Equal, |so_far, ((left, right), item)| {
            so_far.then_with(|| {
                // Nulls come last in either direction.
                let natural = compare_values(left, right);
                if item.descending && !left.is_null() && !right.is_null() { natural.reverse() } else { natural }
            })
        })
    }
}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse_query;

    #[test]
    fn the_values_that_are_held_are_counted() {
        let query = parse_query("from: project_logs('p') | dimensions: id | measures: max(input) as m").unwrap();
        let mut aggregation = Aggregation::new(&query.dimensions, &query.measures, Context::at(0));
        let row = |input: String| AggregatedRow::from_iter([("id".to_owned(), Value::from("a")), ("input".to_owned(), Value::from(input))]);
        aggregation.add(&row("x".repeat(1_000)));
        let first = aggregation.bytes();
        aggregation.add(&row("y".repeat(1_500)));
        assert!(first > 1_000);
        assert_eq!(aggregation.bytes(), first + 500);
    }
}
