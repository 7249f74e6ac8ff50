//! The row of a trace as a filter sees it: what stands there of the whole trace, and everything else of its root.

use crate::Result;
use crate::content::traces::ListedTrace;
use crate::ground::keys::SpanKey;
use crate::looking::found::{FoundSpan, Wanted};
use crate::looking::trace_summary::{OF_SPANS, TraceSummary};
use crate::looking::wire::WireRow;
use serde_json::{Map, Value, json};
use shared::Micros;
use shared::filter::{Compiled, Fields, format_instant};
use std::borrow::Cow;

/// Columns that the row knows by itself.
const KNOWN: [&str; 5] = ["id", "root_span_id", "created", "scores", "tags"];

/// Columns that are lists of what all spans say.
const GATHERED: [&str; 5] = ["error", "comments", "review", "__bt_assignments", "answers"];

/// Which spans of a trace are read for its row, beside those that `any_span(…)` asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpansOfRow {
    /// The root.
    pub(crate) root: bool,
    /// Those with an error.
    pub(crate) failed: bool,
    /// Those with comments.
    pub(crate) commented: bool,
    /// Those that stand in review lists.
    pub(crate) flagged: bool,
    /// Those that reviewers have answered.
    pub(crate) answered: bool,
    /// Every one, because of what they come to.
    pub(crate) all: bool,
}

impl SpansOfRow {
    /// What a filter needs.
    pub(crate) fn of(filter: &Compiled) -> Self {
        let mut spans = Self { all: sums_up(filter), ..Self::default() };
        for column in filter.columns() {
            match column {
                "error" => spans.failed = true,
                "comments" => spans.commented = true,
                "review" | "__bt_assignments" => spans.flagged = true,
                "answers" => spans.answered = true,
                column => spans.root |= !KNOWN.contains(&column),
            }
        }
        spans
    }

    /// Whether the row alone is enough.
    pub(crate) fn are_none(self) -> bool {
        self == Self::default()
    }
}

/// Whether a filter asks for what all spans of a trace come to.
fn sums_up(filter: &Compiled) -> bool {
    filter.columns().any(|column| column == "span_type_info") || OF_SPANS.iter().any(|name| filter.reads("metrics", name))
}

/// What is read of such spans.
pub(crate) fn wanted(filter: &Compiled) -> Wanted {
    let mut wanted = if filter.asks_across_spans() {
        Wanted::columns(filter.columns())
    } else {
        Wanted::columns(filter.columns().filter(|column| !KNOWN.contains(column)))
    };
    if sums_up(filter) {
        wanted.add(TraceSummary::COLUMNS);
    }
    wanted
}

/// What the spans of a trace say for its row.
#[derive(Default)]
pub(crate) struct Gathered {
    root: Option<FoundSpan>,
    lists: [Vec<Value>; GATHERED.len()],
    /// What the spans come to, where it is asked for.
    summary: Option<TraceSummary>,
    /// Bytes of the spans of which something is kept.
    pub(crate) bytes: u64,
}

impl Gathered {
    /// Nothing yet, for a filter.
    pub(crate) fn of(filter: &Compiled) -> Self {
        Self { summary: sums_up(filter).then(TraceSummary::default), ..Self::default() }
    }

    /// Takes what a span of the trace says.
    pub(crate) fn add(&mut self, span: FoundSpan, root: SpanKey) -> Result<()> {
        if let Some(summary) = &mut self.summary {
            summary.add(&span, span.key() == root, || Ok(WireRow::default()))?;
        }
        let mut says = false;
        for (name, list) in GATHERED.iter().zip(&mut self.lists) {
            match span.column(name).map(Cow::into_owned).filter(|value| !value.is_null()) {
                // Comments and people are lists already.
                Some(Value::Array(items)) if *name != "error" => list.extend(items),
                Some(value) => list.push(value),
                None => continue,
            }
            says = true;
        }
        let is_root = span.key() == root;
        self.bytes += if says || is_root { span.bytes() } else { 0 };
        if is_root {
            self.root = Some(span);
        }
        Ok(())
    }
}

/// A row of a trace, with what was read for it.
pub(crate) struct TraceRowFields<'a> {
    pub(crate) listed: &'a ListedTrace,
    pub(crate) gathered: &'a Gathered,
}

impl TraceRowFields<'_> {
    /// The root's, with what the row says of the trace in the place of its own.
    fn metrics(&self) -> Value {
        let ListedTrace { row, started, ended, .. } = self.listed;
        let root = self.gathered.root.as_ref().and_then(|root| root.column("metrics"));
        let mut metrics = root.and_then(|metrics| metrics.as_object().cloned()).unwrap_or_default();
        let seconds = |micros: Option<Micros>| micros.map(|micros| json!(micros as f64 / 1e6));
        let tokens = row.tokens.map(Value::from);
        let measured = [
            ("start", seconds(*started)),
            ("end", seconds(*ended)),
            ("duration", seconds(row.duration)),
            ("tokens", tokens.clone()),
            ("total_tokens", tokens),
            ("estimated_cost", row.cost.map(|cost| json!(cost as f64 / 1e9))),
        ];
        for (name, value) in measured {
            match value {
                Some(value) => metrics.insert(name.to_owned(), value),
                None => metrics.remove(name),
            };
        }
        if let Some(summary) = &self.gathered.summary {
            let come_to = summary.metrics();
            for name in OF_SPANS {
                match come_to.get(name) {
                    Some(value) => metrics.insert(name.to_owned(), value.clone()),
                    None => metrics.remove(name),
                };
            }
        }
        if metrics.is_empty() { Value::Null } else { Value::Object(metrics) }
    }
}

impl Fields for TraceRowFields<'_> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        let row = &self.listed.row;
        if let Some((_, list)) = GATHERED.iter().zip(&self.gathered.lists).find(|(column, _)| **column == name) {
            return (!list.is_empty()).then(|| Cow::Owned(Value::Array(list.clone())));
        }
        Some(Cow::Owned(match name {
            "id" => json!(row.row_id),
            "root_span_id" => json!(row.root_span_id),
            "created" => json!(format_instant(row.created)),
            "scores" if row.scores.is_empty() => Value::Null,
            "scores" => Value::Object(row.scores.iter().map(|(name, score)| (name.clone(), json!(score.value))).collect::<Map<_, _>>()),
            "tags" if row.tags.is_empty() => Value::Null,
            "tags" => json!(row.tags),
            "metrics" => self.metrics(),
            "span_type_info" => self.gathered.summary.as_ref()?.info(),
            _ => return self.gathered.root.as_ref()?.column(name),
        }))
    }

    fn text(&self, name: &str) -> Option<&str> {
        // What the row says is no text that arrived.
        if name == "metrics" || KNOWN.contains(&name) || GATHERED.contains(&name) { None } else { self.gathered.root.as_ref()?.text(name) }
    }
}
