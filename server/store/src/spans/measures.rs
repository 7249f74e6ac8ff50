//! What a row of a list says of its trace as a whole, as a filter sees it: the tokens and the cost that stand in the row, wherever in the
//! trace the filter looks. `any_span(…)` sees each span's own.

use crate::looking::found::FoundSpan;
use serde_json::{Value, json};
use shared::filter::Fields;
use shared::spans::TraceRow;
use std::borrow::Cow;

/// The column in which they stand.
pub(super) const METRICS: &str = "metrics";

/// What the row of a trace says of it.
#[derive(Clone, Copy)]
pub(super) struct Measures {
    tokens: Option<i64>,
    cost: Option<i64>,
}

impl Measures {
    pub(super) fn of(row: &TraceRow) -> Self {
        Self { tokens: row.tokens, cost: row.cost }
    }
}

/// A span, with what the row of its trace says in the place of its own.
pub(super) struct InRow<'a> {
    pub(super) span: &'a FoundSpan,
    pub(super) measures: Measures,
}

impl Fields for InRow<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        let column = self.span.column(name);
        if name != METRICS {
            return column;
        }
        let Measures { tokens, cost } = self.measures;
        let mut metrics = column.and_then(|metrics| metrics.as_object().cloned()).unwrap_or_default();
        for (name, value) in [("tokens", tokens.map(Value::from)), ("estimated_cost", cost.map(|cost| json!(cost as f64 / 1e9)))] {
            match value {
                Some(value) => metrics.insert(name.to_owned(), value),
                None => metrics.remove(name),
            };
        }
        Some(Cow::Owned(Value::Object(metrics)))
    }

    fn text(&self, name: &str) -> Option<&str> {
        // What arrived is another text.
        if name == METRICS { None } else { self.span.text(name) }
    }
}
