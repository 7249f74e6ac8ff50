//! The clauses of a query in JSON form.

use super::Reader;
use crate::filter::query::{
    Aliased, CLAUSES, Draft, Infer, QuerySource, Sample, SampleSize, Select, Shape, SortItem, SourceKind, Unpivot, UnpivotNames,
};
use crate::filter::syntax::{Expression, Kind, Step};
use serde_json::{Map, Value};

impl Reader {
    pub(super) fn query(&mut self, fields: &Map<String, Value>) -> Draft {
        let mut draft = Draft::default();
        for (name, value) in fields {
            if !value.is_null() && CLAUSES.contains(&name.as_str()) {
                self.clause(name, value, &mut draft);
            }
        }
        draft
    }

    fn clause(&mut self, name: &str, value: &Value, draft: &mut Draft) {
        let query = &mut draft.query;
        match name {
            "select" => query.select = Some(self.select(value)),
            "dimensions" => query.dimensions = self.list(name, value, Self::aliased),
            "measures" => query.measures = self.list(name, value, Self::aliased),
            "pivot" => query.pivot = self.list(name, value, Self::aliased),
            "unpivot" => query.unpivot = self.list(name, value, Self::unpivot).into_iter().flatten().collect(),
            "infer" => query.infer = self.infer(value),
            "from" => {
                draft.has_from = true;
                if let Some(source) = self.source(value) {
                    query.from = source;
                }
            }
            "filter" => query.filter = Some(self.expression(name, value)),
            "span_filter" => query.span_filter = Some(self.expression(name, value)),
            "trace_filter" => query.trace_filter = Some(self.expression(name, value)),
            "final_filter" => query.final_filter = Some(self.expression(name, value)),
            "final_dimensions" => query.final_dimensions = self.list(name, value, Self::aliased),
            "final_measures" => query.final_measures = self.list(name, value, Self::aliased),
            "sample" => query.sample = self.sample(value),
            "sort" => query.sort = self.list(name, value, Self::sort_item),
            "limit" => query.limit = self.whole_number(name, value, "Send how many rows to return at most."),
            "cursor" => {
                query.cursor = value.as_str().map(str::to_owned);
                if query.cursor.is_none() {
                    self.report(name, "is not a text", "Send the cursor of the previous answer as it is.");
                }
            }
            "preview_length" => {
                query.preview_length = value.as_i64();
                if query.preview_length.is_none() {
                    self.report(name, "is not a whole number", "Send a number of characters, or -1 for all.");
                }
            }
            "comparison_key" => query.comparison_key = Some(self.expression(name, value)),
            "weighted_scores" => query.weighted_scores = self.list(name, value, Self::aliased),
            "custom_columns" => query.custom_columns = self.list(name, value, Self::aliased),
            _ => query.inference_budget = self.whole_number(name, value, "Send how many rows to look at."),
        }
    }

    fn whole_number(&mut self, name: &str, value: &Value, help: &str) -> Option<u64> {
        let number = value.as_u64();
        if number.is_none() {
            self.report(name, "is not a whole number", help);
        }
        number
    }

    fn list<Item>(&mut self, place: &str, value: &Value, read: fn(&mut Self, &str, &Value) -> Item) -> Vec<Item> {
        let Value::Array(items) = value else {
            self.report(place, "is not a list", "Send an array.");
            return Vec::new();
        };
        if items.len() > MOST_ITEMS {
            self.report(place, &format!("has more than {MOST_ITEMS} items"), "Ask for fewer in one query.");
            return Vec::new();
        }
        items.iter().enumerate().map(|(at, item)| read(self, &format!("{place}[{at}]"), item)).collect()
    }

    fn select(&mut self, value: &Value) -> Select {
        let columns = self.list("select", value, |reader, place, item| {
            if !is_star(item) {
                return Selected::Column(reader.aliased(place, item));
            }
            let replaced = item.get("replace").and_then(Value::as_object);
            let replaced = replaced.into_iter().flatten().map(|(name, value)| Aliased {
                expression: reader.expression(&format!("{place}.replace.{name}"), value),
                alias: Some(name.clone()),
            });
            Selected::Star(replaced.collect())
        });
        let mut select = Select::default();
        for column in columns {
            match column {
                Selected::Column(column) => select.columns.push(column),
                // A column of the same name takes the place of what the row has.
                Selected::Star(mut replaced) => {
                    select.star = true;
                    select.columns.append(&mut replaced);
                }
            }
        }
        select
    }

    fn infer(&mut self, value: &Value) -> Option<Infer> {
        if value.as_array().is_some_and(Vec::is_empty) {
            return None;
        }
        let paths = self.list("infer", value, |reader, place, item| (!is_star(item)).then(|| reader.wrapped(place, item)));
        Some(Infer { star: paths.iter().any(Option::is_none), paths: paths.into_iter().flatten().collect() })
    }

    fn unpivot(&mut self, place: &str, value: &Value) -> Option<Unpivot> {
        let expression = self.wrapped(place, value);
        let names = match value.get("alias") {
            Some(Value::String(item)) => UnpivotNames::Item(item.clone()),
            Some(Value::Array(names)) => match names.iter().map(Value::as_str).collect::<Vec<_>>().as_slice() {
                [Some(item)] => UnpivotNames::Item((*item).to_owned()),
                [Some(key), Some(value)] => UnpivotNames::Member { key: (*key).to_owned(), value: (*value).to_owned() },
                _ => return self.without_names(place),
            },
            _ => return self.without_names(place),
        };
        Some(Unpivot { expression, names })
    }

    fn without_names(&mut self, place: &str) -> Option<Unpivot> {
        self.report(&format!("{place}.alias"), "is not one name or two", "Send \"tag\" for a list, [\"key\", \"value\"] for an object.");
        None
    }

    fn sample(&mut self, value: &Value) -> Option<Sample> {
        let method = value.get("method").unwrap_or(&Value::Null);
        let size = match method.get("type").and_then(Value::as_str) {
            Some("rate") => method.get("value").and_then(Value::as_f64).filter(|rate| (0.0..=1.0).contains(rate)).map(SampleSize::Rate),
            Some("count") => method.get("value").and_then(Value::as_u64).filter(|count| *count > 0).map(SampleSize::Count),
            _ => None,
        };
        let seed = value.get("seed").filter(|seed| !seed.is_null());
        if size.is_none() || seed.is_some_and(|seed| seed.as_u64().is_none()) {
            let help = "Send {\"method\": {\"type\": \"rate\", \"value\": 0.25}, \"seed\": 1}, or the type \"count\" and how many rows.";
            self.report("sample", "is not a sample", help);
        }
        Some(Sample { size: size?, seed: seed.and_then(Value::as_u64) })
    }

    /// `{"expr": …, "alias": …}`, or an expression alone, which may carry an alias too.
    fn aliased(&mut self, place: &str, value: &Value) -> Aliased {
        let alias = value.get("alias").and_then(Value::as_str).map(str::to_owned);
        Aliased { expression: self.wrapped(place, value), alias }
    }

    pub(super) fn wrapped(&mut self, place: &str, value: &Value) -> Expression {
        match value.get("expr") {
            Some(inner) if value.get("op").is_none() => self.expression(&format!("{place}.expr"), inner),
            _ => self.expression(place, value),
        }
    }

    fn sort_item(&mut self, place: &str, value: &Value) -> SortItem {
        let direction = value.get("dir").and_then(Value::as_str).unwrap_or("asc");
        if !matches!(direction, "asc" | "desc") {
            self.report(&format!("{place}.dir"), "is neither asc nor desc", "Send \"asc\" or \"desc\".");
        }
        SortItem { expression: self.wrapped(place, value), descending: direction == "desc" }
    }

    fn source(&mut self, value: &Value) -> Option<QuerySource> {
        let name = value.get("name").and_then(|name| name.get("name").or(Some(name)));
        let name = name.and_then(|name| name.as_str().or_else(|| name.get(0)?.as_str()));
        let kind = name.and_then(SourceKind::named);
        if kind.is_none() {
            self.report("from", "is not a known source", "The sources are project_logs, experiment and dataset.");
        }
        let mut shape = Shape::Spans;
        if let Some(word) = value.get("shape").filter(|shape| !shape.is_null()) {
            match word.as_str().and_then(Shape::named) {
                Some(found) => shape = found,
                None => self.report("from.shape", "is not a known shape", "A row can be one of spans, traces and summary."),
            }
        }
        let arguments = value.get("args").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut ids = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            let place = format!("from.args[{at}]");
            match self.wrapped(&place, argument).kind {
                Kind::Text(id) => ids.push(id),
                Kind::Number(id) => ids.push(id.to_string()),
                Kind::Path(path) => ids.extend(path.iter().filter_map(Step::key).next_back().map(str::to_owned)),
                _ => self.report(&place, "is not an id", "Send the ids as texts."),
            }
        }
        Some(QuerySource { kind: kind?, ids, shape })
    }
}

/// Columns, groups or keys of an order in one query.
const MOST_ITEMS: usize = 1000;

enum Selected {
    Column(Aliased),
    Star(Vec<Aliased>),
}

fn is_star(item: &Value) -> bool {
    item.get("op").and_then(Value::as_str) == Some("star")
}
