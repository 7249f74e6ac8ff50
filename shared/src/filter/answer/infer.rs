//! `infer:`: what fields rows have, of which kinds, and their commonest values.

use super::json_of;
use crate::filter::check::COLUMNS;
use crate::filter::query::Infer;
use crate::filter::syntax::{Kind, Step};
use crate::filter::{AggregatedRow, Fields, parse_leniently, walk};
use indexmap::IndexMap;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

/// Rows that are looked at unless the query says how many.
const ROWS: u64 = 1000;

/// Rows that are looked at at most.
const MOST_ROWS: u64 = 10_000;

/// Fields that are told of, and different values that are counted for each.
const MOST_FIELDS: usize = 1000;
const MOST_VALUES: usize = 100;

/// Values that are told of each field, and letters of each.
const TOP: usize = 10;
const LETTERS: usize = 200;

/// Fields are looked for so many levels deep.
const DEEPEST: usize = 8;

/// Fields on the way.
pub(super) struct Inference {
    /// Each with its column.
    paths: Vec<(String, Vec<Step>)>,
    room: u64,
    fields: IndexMap<Vec<String>, Field>,
    bytes: usize,
}

/// What is known of a field.
#[derive(Default)]
struct Field {
    count: u64,
    kinds: IndexMap<&'static str, u64>,
    values: IndexMap<String, u64>,
}

impl Inference {
    pub(super) fn new(infer: &Infer, budget: Option<u64>) -> Self {
        let mut paths = Vec::new();
        if infer.star {
            paths.extend(COLUMNS.iter().map(|column| ((*column).to_owned(), Vec::new())));
        }
        for path in &infer.paths {
            if let Kind::Path(path) = &path.kind
                && let Some((Step::Key(column), rest)) = path.split_first()
            {
                paths.push((column.clone(), rest.to_vec()));
            }
        }
        Self { paths, room: budget.unwrap_or(ROWS).min(MOST_ROWS), fields: IndexMap::new(), bytes: 0 }
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(|(column, _)| column.as_str())
    }

    /// Whether enough rows were looked at.
    pub(super) fn is_finished(&self) -> bool {
        self.room == 0
    }

    /// Bytes that are held, roughly.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn add(&mut self, row: &dyn Fields) {
        let Some(rest) = self.room.checked_sub(1) else { return };
        self.room = rest;
        for (column, inside) in self.paths.clone() {
            let value = parse_leniently(json_of(row, &column).get()).unwrap_or_default();
            let mut name = vec![column];
            name.extend(inside.iter().map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            }));
            if let Some(value) = walk(&value, &inside) {
                self.look(&mut name, value);
            }
        }
    }

    fn look(&mut self, name: &mut Vec<String>, value: &Value) {
        match value {
            Value::Null => {}
            Value::Object(members) if name.len() < DEEPEST => {
                for (key, member) in members {
                    name.push(key.clone());
                    self.look(name, member);
                    name.pop();
                }
            }
            _ => self.count(name, value),
        }
    }

    fn count(&mut self, name: &[String], value: &Value) {
        if self.fields.len() >= MOST_FIELDS && !self.fields.contains_key(name) {
            return;
        }
        if !self.fields.contains_key(name) {
            self.bytes += size_of::<Field>() + name.iter().map(String::len).sum::<usize>();
        }
        let field = self.fields.entry(name.to_vec()).or_default();
        field.count += 1;
        *field.kinds.entry(kind_of(value)).or_default() += 1;
        let text = value.to_string();
        if text.len() > LETTERS || matches!(value, Value::Array(_) | Value::Object(_)) {
            return;
        }
        if let Some(count) = field.values.get_mut(&text) {
            *count += 1;
        } else if field.values.len() < MOST_VALUES {
            self.bytes += text.len() + size_of::<u64>();
            field.values.insert(text, 1);
        }
    }

    /// One row for each field, in the order in which they were first seen.
    pub(super) fn finish(self) -> Vec<AggregatedRow> {
        let row = |(name, field): (Vec<String>, Field)| {
            let mut kinds: Vec<(&str, u64)> = field.kinds.into_iter().collect();
            kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let mut values: Vec<(String, u64)> = field.values.into_iter().collect();
            values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let values = values.into_iter().take(TOP).map(|(value, count)| json!({ "value": parse_leniently(&value), "count": count }));
            let columns = [
                ("name", json!(name)),
                ("type", kinds.first().map_or(Value::Null, |(kind, _)| json!(kind))),
                ("count", json!(field.count)),
                ("top_values", values.collect()),
            ];
            columns.into_iter().map(|(name, value)| (name.to_owned(), to_raw_value(&value).unwrap_or_default())).collect()
        };
        self.fields.into_iter().map(row).collect()
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
