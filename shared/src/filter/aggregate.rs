//! Answers `measures:` and `dimensions:` by looking at each row once.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Number, Value};

use super::Fields;
use super::evaluate::{Computed, Context, Evaluator, compare_values, evaluate_in, order};

use super::function::Function;
use super::query::{Aliased, SortItem};
use super::syntax::{Expression, Kind, Step};

/// One row of an aggregated answer: its columns by name, dimensions first.
pub type AggregatedRow = IndexMap<String, Value>;

/// An aggregation in progress. Rows go in by [`add`](Self::add), the answer comes out of [`finish`](Self::finish).
pub struct Aggregation {
    dimensions: Vec<Aliased>,
    /// The measures, in which each aggregate is replaced by the path of its slot.
    measures: Vec<(String, Expression)>,
    slots: Vec<Slot>,
    groups: IndexMap<String, Group>,
    context: Context,
}

/// One aggregate of the measures.
struct Slot {
    function: Function,
    argument: Expression,
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
    best: Option<Computed>,
    seen: HashSet<String>,
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
        let mut slots = Vec::new();
        let measures = measures
            .iter()
            .map(|measure| (measure.name(), measure.expression.clone().map(&mut |inner| into_slot(inner, &mut slots))))
            .collect();
        let mut aggregation = Self { dimensions: dimensions.to_vec(), measures, slots, groups: IndexMap::new(), context };
        if aggregation.dimensions.is_empty() {
            // Without dimensions there is one group, even of no rows.
            aggregation.group(Vec::new());
        }
        aggregation
    }

    /// Counts a row in.
    pub fn add(&mut self, row: &dyn Fields) {
        let context = self.context;
        let keys = self.dimensions.iter().map(|dimension| evaluate_in(&dimension.expression, row, context)).collect();
        let group = self.group(keys);
        let evaluator = Evaluator { row, context };
        for place in 0..self.slots.len() {
            let (slot, value) = (&self.slots[place], evaluator.compute(&self.slots[place].argument));
            if let Some((_, group)) = self.groups.get_index_mut(group) {
                group.totals[place].add(slot.function, value);
            }
        }
    }

    fn group(&mut self, keys: Vec<Value>) -> usize {
        let name = Value::Array(keys.clone()).to_string();
        let totals = || self.slots.iter().map(|_| Total::default()).collect();
        let entry = self.groups.entry(name);
        let place = entry.index();
        entry.or_insert_with(|| Group { keys, totals: totals() });
        place
    }

    /// The answer: a row for each group, in the order in which the groups were first seen.
    pub fn finish(self) -> Vec<AggregatedRow> {
        let Self { dimensions, measures, slots, groups, context } = self;
        let answer = |group: Group| {
            let results = slots.iter().zip(group.totals).enumerate();
            let results: AggregatedRow = results.map(|(place, (slot, total))| (slot_name(place), total.result(slot))).collect();
            let keys = dimensions.iter().map(Aliased::name).zip(group.keys);
            let values = measures.iter().map(|(name, measure)| (name.clone(), evaluate_in(measure, &results, context)));
            keys.chain(values).collect()
        };
        groups.into_values().map(answer).collect()
    }
}

fn slot_name(place: usize) -> String {
    format!("#{place}")
}

/// Moves an aggregate into a slot, and leaves the path to its result.
fn into_slot(expression: Expression, slots: &mut Vec<Slot>) -> Expression {
    let span = expression.span.clone();
    match expression.kind {
        Kind::Call { name, mut arguments } if Function::named(&name).is_some_and(Function::is_aggregate) => {
            let fraction = match arguments.get(1).map(|fraction| &fraction.kind) {
                Some(Kind::Number(fraction)) => fraction.as_f64().unwrap_or(0.5),
                _ => 0.5,
            };
            let function = Function::named(&name).unwrap_or(Function::Count);
            let argument = if arguments.is_empty() { Expression::new(Kind::Null, span.clone()) } else { arguments.swap_remove(0) };
            slots.push(Slot { function, argument, fraction });
            Expression::new(Kind::Path(vec![Step::Key(slot_name(slots.len() - 1))]), span)
        }
        kind => Expression::new(kind, span),
    }
}

impl Total {
    fn add(&mut self, function: Function, value: Computed) {
        if value.is_null() {
            return;
        }
        match function {
            Function::Count => self.count += 1,
            Function::CountDistinct => {
                self.seen.insert(value.into_value().to_string());
            }
            Function::Minimum | Function::Maximum => {
                let wanted = if function == Function::Minimum { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
                if self.best.as_ref().is_none_or(|best| order(&value, best) == Some(wanted)) {
                    self.best = Some(value);
                }
            }
            _ => {
                // A condition counts as one where it is true: sum(is_root).
                let number = match value {
                    Computed::Json(Value::Number(number)) => number,
                    Computed::Json(Value::Bool(truth)) => Number::from(i64::from(truth)),
                    _ => return,
                };
                self.count += 1;
                self.sum = self.sum.add(&number);
                if function == Function::Percentile {
                    self.values.extend(number.as_f64());
                }
            }
        }
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
    rows.sort_by(|left, right| {
        sort.iter().fold(std::cmp::Ordering::Equal, |so_far, item| {
            so_far.then_with(|| {
                let (left, right) = (key(left, item), key(right, item));
                // Nulls come last in either direction.
                let natural = compare_values(&left, &right);
                if item.descending && !left.is_null() && !right.is_null() { natural.reverse() } else { natural }
            })
        })
    });
}
