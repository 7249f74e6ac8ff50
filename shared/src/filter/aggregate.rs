//! Answers `measures:` and `dimensions:` by looking at each row once.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

use indexmap::IndexMap;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Number, Value};

use super::Fields;
use super::answer::SortKey;
use super::compile::{Compiled, Node, constant};
use super::decimal::{self, Decimal};
use super::evaluate::{Computed, Context, Evaluator, order};
use super::function::Function;
use super::query::Aliased;
use super::syntax::{Expression, Kind, Step};

/// One row of an aggregated answer: its columns by name as JSON, dimensions first.
pub type AggregatedRow = IndexMap<String, Box<RawValue>>;

/// An aggregation in progress. Rows go in by [`add`](Self::add), the answer comes out of [`finish`](Self::finish).
pub struct Aggregation {
    dimensions: Vec<String>,
    /// The measures, in which each aggregate is replaced by the path of its slot.
    measures: Vec<(String, Expression)>,
    slots: Vec<Slot>,
    /// The dimensions, then the arguments of the slots.
    program: Compiled,
    /// What else is asked of each group, made ready to be computed of its results.
    further: Vec<Expression>,
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
    keys: Vec<Box<RawValue>>,
    totals: Vec<Total>,
}

/// What an aggregate has seen so far.
#[derive(Default)]
struct Total {
    count: i64,
    sum: Sum,
    best: Option<Best>,
    /// Digests of the values that were seen.
    seen: HashSet<u128>,
    values: Vec<f64>,
}

/// The least or the greatest value so far.
struct Best {
    value: Computed<'static>,
    /// The number, where a machine number would be another one.
    long: Option<Decimal>,
    /// As it is stored.
    text: Option<Box<str>>,
}

impl Best {
    fn bytes(&self) -> usize {
        self.value.bytes() + self.text.as_ref().map_or(0, |text| text.len())
    }

    fn order(&self, other: &Self) -> Option<Ordering> {
        if self.long.is_none() && other.long.is_none() {
            return order(&self.value, &other.value);
        }
        let decimal = |best: &Self| match (&best.long, best.value.as_json()) {
            (Some(long), _) => Some(long.clone()),
            (None, Some(Value::Number(number))) => Decimal::of(number),
            (None, _) => None,
        };
        Some(decimal(self)?.cmp(&decimal(other)?))
    }

    fn json(self) -> Box<RawValue> {
        let stored = self.text.and_then(|text| RawValue::from_string(text.into()).ok());
        stored.unwrap_or_else(|| json(&self.value.into_value()))
    }
}

/// A sum of decimals, as long as they have not too many digits.
#[derive(Clone, Copy)]
enum Sum {
    /// Whole units of 1e-`scale`.
    Exact {
        units: i128,
        scale: u32,
    },
    Fraction(f64),
}

impl Default for Sum {
    fn default() -> Self {
        Self::Exact { units: 0, scale: 0 }
    }
}

impl Sum {
    fn as_f64(self) -> f64 {
        match self {
            Self::Exact { units, scale } => decimal::text_of(units, scale).parse().unwrap_or(f64::NAN),
            Self::Fraction(fraction) => fraction,
        }
    }

    fn add(self, number: Option<&Number>, long: Option<&Decimal>) -> Self {
        let parts = match (long, number.and_then(Number::as_i64)) {
            (Some(long), _) => long.units(),
            (None, Some(whole)) => Some((i128::from(whole), 0)),
            (None, None) => number.and_then(Decimal::of).and_then(|decimal| decimal.units()),
        };
        let exact = match (self, parts) {
            (Self::Exact { units, scale }, Some((more, of))) => {
                let both = scale.max(of);
                let at = |units: i128, scale: u32| units.checked_mul(10_i128.checked_pow(both - scale)?);
                at(units, scale).zip(at(more, of)).and_then(|(units, more)| units.checked_add(more)).map(|units| (units, both))
            }
            _ => None,
        };
        match exact {
            Some((units, scale)) => Self::Exact { units, scale },
            None => Self::Fraction(self.as_f64() + number.and_then(Number::as_f64).unwrap_or(f64::NAN)),
        }
    }

    /// As a number of JSON; null where it is beyond all that can be calculated.
    fn json(self) -> Box<RawValue> {
        match self {
            Self::Exact { units, scale } => exact(units, scale),
            Self::Fraction(fraction) => json(&Value::from(fraction)),
        }
    }

    fn mean(self, count: i64) -> Box<RawValue> {
        match self {
            Self::Exact { units, scale } if scale > 0 && units % i128::from(count) == 0 => exact(units / i128::from(count), scale),
            Self::Exact { units, scale: 0 } if i64::try_from(units).is_err() && units % i128::from(count) == 0 => {
                exact(units / i128::from(count), 0)
            }
            #[expect(clippy::cast_precision_loss, reason = "nobody has so many rows")]
            sum => json(&Value::from(sum.as_f64() / count as f64)),
        }
    }
}

/// A decimal as machines write it, where they have the same number.
fn exact(units: i128, scale: u32) -> Box<RawValue> {
    let text = decimal::text_of(units, scale);
    if decimal::long(&text).is_some() {
        return RawValue::from_string(text).unwrap_or_default();
    }
    json(&match scale {
        0 => text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from)).unwrap_or_default(),
        _ => Value::from(text.parse::<f64>().unwrap_or(f64::NAN)),
    })
}

/// What is written as JSON can be.
fn json(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_default()
}

impl Aggregation {
    /// An aggregation that has seen no row.
    pub fn new(dimensions: &[Aliased], measures: &[Aliased], context: Context) -> Self {
        Self::asking(dimensions, measures, Vec::new(), context)
    }

    /// The same with more that is asked of each group: of what it is grouped by, of its measures, and of further aggregates.
    pub(super) fn asking(dimensions: &[Aliased], measures: &[Aliased], further: Vec<Expression>, context: Context) -> Self {
        let (mut slots, mut arguments) = (Vec::new(), Vec::new());
        let mut in_slots = |expression: Expression| expression.map(&mut |inner| into_slot(inner, &mut slots, &mut arguments, context));
        let measures: Vec<(String, Expression)> =
            measures.iter().map(|measure| (measure.name(), in_slots(measure.expression.clone()))).collect();
        let further: Vec<Expression> =
            further.into_iter().map(|expression| in_slots(expression).map(&mut |inner| by_name(inner, dimensions))).collect();
        let read = dimensions.iter().map(|dimension| &dimension.expression).chain(&arguments);
        let mut aggregation = Self {
            dimensions: dimensions.iter().map(Aliased::name).collect(),
            measures,
            slots,
            program: Compiled::of_all(read, context),
            further,
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
        self.program.for_each(row, &mut |place, evaluator, node| match place.checked_sub(dimensions).map(|place| &slots[place]) {
            None => keys.push(Key { name: name_of(evaluator, node), json: evaluator.text(node).unwrap_or_default() }),
            Some(slot) => arguments.push(Argument::of(slot.function, evaluator, node)),
        });
        let group = self.group(keys);
        if let Some((_, group)) = self.groups.get_index_mut(group) {
            for (total, argument) in group.totals.iter_mut().zip(arguments) {
                self.bytes += total.add(argument);
            }
        }
    }

    fn group(&mut self, keys: Vec<Key>) -> usize {
        let name = keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(",");
        let keys: Vec<_> = keys.into_iter().map(|key| key.json).collect();
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
        self.finish_asked().into_iter().map(|(row, _)| row).collect()
    }

    /// The same with what else was asked of each group.
    pub(super) fn finish_asked(self) -> Vec<(AggregatedRow, Vec<SortKey>)> {
        let Self { dimensions, measures, slots, further, groups, context, .. } = self;
        let measures: Vec<_> = measures.into_iter().map(|(name, measure)| (name, Compiled::new(&measure, context))).collect();
        let further = Compiled::of_all(&further, context);
        let answer = |group: Group| {
            let results = slots.iter().zip(group.totals).enumerate();
            let mut results: AggregatedRow = results.map(|(place, (slot, total))| (slot_name(place), total.result(slot))).collect();
            let keys = dimensions.iter().cloned().zip(group.keys);
            let value = |measure: &Compiled| measure.texts(&results).ok().and_then(|mut values| values.pop()).unwrap_or_default();
            let values = measures.iter().map(|(name, measure)| (name.clone(), value(measure)));
            let row: AggregatedRow = keys.chain(values.collect::<Vec<_>>()).collect();
            results.extend(row.iter().map(|(name, value)| (name.clone(), value.clone())));
            let asked = SortKey::all(&further, &results);
            (row, asked)
        };
        groups.into_values().map(answer).collect()
    }
}

/// What a group is grouped by, by the name of its column.
fn by_name(expression: Expression, dimensions: &[Aliased]) -> Expression {
    match dimensions.iter().find(|dimension| dimension.expression == expression) {
        Some(dimension) => Expression::new(Kind::Path(vec![Step::Key(dimension.name())]), expression.span),
        None => expression,
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
    Compared(Function, Best),
    Summed(Function, Option<Number>, Option<Decimal>),
}

/// What a row is grouped by.
struct Key {
    /// The same where the values are the same.
    name: String,
    json: Box<RawValue>,
}

/// A text that is the same for the same values.
fn name_of<'row>(evaluator: &Evaluator<'row>, node: &'row Node) -> String {
    let name = evaluator.compute(node).into_json().to_string();
    match evaluator.long_number(node) {
        Some(number) => format!("{name} {number:?}"),
        None => name,
    }
}

impl Argument {
    fn of<'row>(function: Function, evaluator: &Evaluator<'row>, node: &'row Node) -> Self {
        let value = evaluator.compute(node);
        if value.is_null() {
            return Self::Nothing;
        }
        match function {
            Function::Count => Self::Counted,
            Function::CountDistinct => Self::Distinct(digest(&name_of(evaluator, node))),
            Function::Minimum | Function::Maximum => {
                let text = evaluator.stored(node).map(Into::into);
                Self::Compared(function, Best { value: value.into_owned(), long: evaluator.long_number(node), text })
            }
            // A condition counts as one where it is true: sum(is_root).
            _ => match (value.as_json(), evaluator.long_number(node)) {
                (Some(Value::Number(number)), long) => Self::Summed(function, Some(number.clone()), long),
                (Some(Value::Bool(truth)), _) => Self::Summed(function, Some(Number::from(i64::from(*truth))), None),
                // No machine number comes near it, and a sum with it is unknown.
                (_, Some(long)) => Self::Summed(function, None, Some(long)),
                _ => Self::Nothing,
            },
        }
    }
}

/// Tells values apart without keeping them.
fn digest(text: &str) -> u128 {
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
            Argument::Compared(function, new) => {
                let wanted = if function == Function::Minimum { Ordering::Less } else { Ordering::Greater };
                if self.best.as_ref().is_none_or(|best| new.order(best) == Some(wanted)) {
                    let bytes = new.bytes();
                    let before = self.best.replace(new).map_or(0, |best| best.bytes());
                    return bytes.saturating_sub(before);
                }
            }
            Argument::Summed(function, number, long) => {
                self.count += 1;
                self.sum = self.sum.add(number.as_ref(), long.as_ref());
                if function == Function::Percentile {
                    self.values.extend(number.and_then(|number| number.as_f64()));
                    return size_of::<f64>() * 2;
                }
            }
        }
        0
    }

    fn result(mut self, slot: &Slot) -> Box<RawValue> {
        match slot.function {
            Function::Count => json(&Value::from(self.count)),
            Function::CountDistinct => json(&Value::from(self.seen.len())),
            Function::Minimum | Function::Maximum => self.best.map_or_else(|| json(&Value::Null), Best::json),
            _ if self.count == 0 => json(&Value::Null),
            Function::Percentile => json(&percentile(&mut self.values, slot.fraction)),
            Function::Average => self.sum.mean(self.count),
            _ => self.sum.json(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::parse_query;

    #[test]
    fn the_values_that_are_held_are_counted() {
        let query = parse_query("from: project_logs('p') | dimensions: id | measures: max(input) as m").unwrap();
        let mut aggregation = Aggregation::new(&query.dimensions, &query.measures, Context::at(0));
        let row = |input: String| IndexMap::from([("id".to_owned(), Value::from("a")), ("input".to_owned(), Value::from(input))]);
        aggregation.add(&row("x".repeat(1_000)));
        let first = aggregation.bytes();
        aggregation.add(&row("y".repeat(1_500)));
        assert!(first > 1_000);
        assert_eq!(aggregation.bytes(), first + 500);
    }
}
