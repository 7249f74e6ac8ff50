//! The shape `summary`: one row for each trace, made of its root and of what all its spans amount to, span by span.

use crate::Result;
use crate::looking::wire::WireRow;
use serde_json::{Map, Value, json};
use shared::filter::Fields;
use shared::spans;
use shared::summary::Nano;
use std::collections::BTreeMap;

/// Characters of a preview unless the query says otherwise.
const PREVIEW: i64 = 124;

/// Columns of the root that are shortened.
const PREVIEWED: [&str; 5] = ["input", "output", "expected", "error", "metadata"];

/// Metrics of a trace that are made of its spans, beside those that its row in a list has.
pub(crate) const OF_SPANS: [&str; 11] = [
    "prompt_tokens",
    "completion_tokens",
    "prompt_cached_tokens",
    "prompt_cache_creation_tokens",
    "llm_duration",
    "time_to_first_token",
    "llm_calls",
    "tool_calls",
    "errors",
    "llm_errors",
    "tool_errors",
];

/// Metrics that are added up.
const SUMMED: [&str; 4] = ["prompt_tokens", "completion_tokens", "prompt_cached_tokens", "prompt_cache_creation_tokens"];

/// A trace on the way.
#[derive(Default)]
pub(crate) struct TraceSummary {
    /// The root, or until it is seen the first span.
    row: Option<WireRow>,
    rooted: bool,
    /// Of each score the sum, in units of 1e-9, and how many there are.
    scores: BTreeMap<String, (i64, i64)>,
    sums: BTreeMap<&'static str, f64>,
    /// Of each span what it says of its tokens and its cost, which count once although parents repeat them.
    said: Vec<SaidOfSpan>,
    start: Option<f64>,
    end: Option<f64>,
    in_models: Option<f64>,
    first_token: Mean,
    tags: Vec<Value>,
    attributes: Map<String, Value>,
    calls: i64,
    cached: i64,
    tools: i64,
    errors: i64,
    call_errors: i64,
    tool_errors: i64,
}

struct SaidOfSpan {
    span_id: String,
    parent: Option<String>,
    tokens: Option<i64>,
    cost: Option<i64>,
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

/// How many characters previews have; none for all of them.
pub(crate) fn preview_length(asked: Option<i64>) -> Option<usize> {
    usize::try_from(asked.unwrap_or(PREVIEW)).ok()
}

impl TraceSummary {
    /// The columns of spans that it is made of.
    pub(crate) const COLUMNS: [&str; 7] = ["span_id", "span_parents", "scores", "metrics", "span_attributes", "error", "tags"];

    /// Adds a span of the trace; of the root also its row.
    pub(crate) fn add(&mut self, span: &dyn Fields, is_root: bool, row: impl FnOnce() -> Result<WireRow>) -> Result<()> {
        let column = |name: &str| span.column(name).map_or(Value::Null, std::borrow::Cow::into_owned);
        let attributes = column("span_attributes");
        let metrics = column("metrics");
        let metric = |name: &str| metrics[name].as_f64();
        if self.row.is_none() || (is_root && !self.rooted) {
            self.row = Some(row()?);
            self.rooted = is_root;
            self.attributes = attributes.as_object().cloned().unwrap_or_default();
        }
        for (name, score) in column("scores").as_object().into_iter().flatten() {
            if let Some(score) = score.as_f64() {
                let (sum, count) = self.scores.entry(name.clone()).or_default();
                *sum += Nano::from_score(score).0;
                *count += 1;
            }
        }
        for name in SUMMED {
            if let Some(value) = metric(name) {
                *self.sums.entry(name).or_default() += value;
            }
        }
        self.said.push(SaidOfSpan {
            span_id: column("span_id").as_str().unwrap_or_default().to_owned(),
            parent: column("span_parents")[0].as_str().map(str::to_owned),
            tokens: spans::tokens(metric),
            cost: spans::cost(metric),
        });
        let lower = |known: Option<f64>, new: Option<f64>| known.into_iter().chain(new).reduce(f64::min);
        let higher = |known: Option<f64>, new: Option<f64>| known.into_iter().chain(new).reduce(f64::max);
        let duration = metric("end").zip(metric("start")).map(|(end, start)| end - start);
        self.start = lower(self.start, metric("start"));
        self.end = higher(self.end, metric("end"));
        let failed = i64::from(!column("error").is_null());
        self.errors += failed;
        match attributes["type"].as_str() {
            Some("llm") => {
                self.calls += 1;
                self.call_errors += failed;
                self.cached += i64::from(attributes["cached"] == true);
                self.in_models = self.in_models.into_iter().chain(duration).reduce(|sum, more| sum + more);
                if let Some(first) = metric("time_to_first_token") {
                    self.first_token.add(first);
                }
            }
            Some("tool") => {
                self.tools += 1;
                self.tool_errors += failed;
            }
            _ => {}
        }
        for tag in column("tags").as_array().into_iter().flatten() {
            if !self.tags.contains(tag) {
                self.tags.push(tag.clone());
            }
        }
        Ok(())
    }

    /// The row of the trace; none of no spans. No `length` shortens nothing.
    pub(crate) fn finish(mut self, length: Option<usize>) -> Result<Option<WireRow>> {
        let Some(mut row) = self.row.take() else { return Ok(None) };
        for column in PREVIEWED {
            if let Some(short) = length.and_then(|length| shortened(row.get(column)?.get(), length)) {
                row.set(column, &Value::String(short))?;
            }
        }
        let metrics = self.metrics();
        let info = self.info();
        let means = self.scores.iter().map(|(name, (sum, count))| (name.clone(), json!(Nano(sum / count).score())));
        row.set("scores", &Value::Object(means.collect()))?;
        row.set("metrics", &Value::Object(metrics))?;
        row.set("tags", &if self.tags.is_empty() { Value::Null } else { Value::Array(self.tags) })?;
        row.set("span_type_info", &info)?;
        Ok(Some(row))
    }

    /// What kind of trace it is.
    pub(crate) fn info(&self) -> Value {
        json!({
            "name": self.attributes.get("name"), "type": self.attributes.get("type"),
            "cached": self.calls > 0 && self.cached == self.calls, "has_error": self.errors > 0,
        })
    }

    /// What its spans amount to.
    pub(crate) fn metrics(&self) -> Map<String, Value> {
        let mut metrics: Map<String, Value> = self.sums.iter().map(|(name, sum)| ((*name).to_owned(), number(*sum))).collect();
        let total = |said: fn(&SaidOfSpan) -> Option<i64>| {
            spans::total(self.said.iter().map(|span| (span.span_id.as_str(), span.parent.as_deref(), said(span))))
        };
        let cost = total(|span| span.cost).map(|cost| number(cost as f64 / 1e9));
        let totals = [("total_tokens", total(|span| span.tokens).map(|tokens| json!(tokens))), ("estimated_cost", cost)];
        metrics.extend(totals.into_iter().filter_map(|(name, total)| Some((name.to_owned(), total?))));
        let measured = [
            ("start", self.start),
            ("end", self.end),
            ("duration", self.start.zip(self.end).map(|(start, end)| end - start)),
            ("llm_duration", self.in_models),
            ("time_to_first_token", self.first_token.value()),
        ];
        metrics.extend(measured.into_iter().filter_map(|(name, value)| Some((name.to_owned(), number(value?)))));
        let counted = [
            ("llm_calls", self.calls),
            ("tool_calls", self.tools),
            ("errors", self.errors),
            ("llm_errors", self.call_errors),
            ("tool_errors", self.tool_errors),
        ];
        metrics.extend(counted.map(|(name, count)| (name.to_owned(), json!(count))));
        metrics
    }
}

/// A text is cut, anything else becomes the beginning of its JSON where that is too long.
fn shortened(raw: &str, length: usize) -> Option<String> {
    let text = match serde_json::from_str::<Value>(raw) {
        Ok(Value::Null) => return None,
        Ok(Value::String(text)) => text,
        _ => raw.to_owned(),
    };
    (text.chars().nth(length).is_some()).then(|| text.chars().take(length).chain(['…']).collect())
}

/// Whole where it is whole, so that tokens are no fractions.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::body;
    use expect_test::{Expect, expect};

    fn check(rows: Value, length: Option<i64>, expected: Expect) {
        let Value::Array(rows) = rows else { panic!("rows are a list") };
        let mut lines = Vec::new();
        for spans in rows.chunk_by(|one, other| one["root_span_id"] == other["root_span_id"]) {
            let mut trace = TraceSummary::default();
            for span in spans {
                let row = || Ok(WireRow::of(body::object(&span.to_string()).unwrap()));
                trace.add(span, span["is_root"] == true, row).unwrap();
            }
            let row = trace.finish(preview_length(length)).unwrap().unwrap();
            lines.push(serde_json::from_str::<Value>(row.text().unwrap().get()).unwrap().to_string());
        }
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_trace_is_its_root_and_what_its_spans_amount_to() {
        check(
            json!([
                {"root_span_id": "t", "is_root": false, "span_id": "s", "span_parents": ["t"], "error": "no", "scores": {"Q": 1, "R": null}, "tags": ["x", "y"],
                 "metrics": {"start": 1.5, "end": 2.0, "prompt_tokens": 3, "completion_tokens": 2, "estimated_cost": 0.0625}, "span_attributes": {"type": "llm"}},
                {"root_span_id": "t", "is_root": true, "span_id": "t", "input": "a question", "error": null, "scores": {}, "tags": ["x"],
                 "metrics": {"start": 1.0, "end": 4.0, "estimated_cost": 0.25, "tokens": 5}, "span_attributes": {"name": "eval", "type": "eval"}},
                {"root_span_id": "t", "is_root": false, "error": null, "scores": {"Q": 0.5}, "tags": null, "metrics": {}, "span_attributes": {}},
                {"root_span_id": "u", "is_root": true, "input": {"long": "yes"}, "error": null, "span_attributes": {}},
            ]),
            Some(5),
            expect![[r#"
                {"error":null,"input":"a que…","is_root":true,"metrics":{"completion_tokens":2,"duration":3,"end":4,"errors":1,"estimated_cost":0.0625,"llm_calls":1,"llm_duration":0.5,"llm_errors":1,"prompt_tokens":3,"start":1,"tool_calls":0,"tool_errors":0,"total_tokens":5},"root_span_id":"t","scores":{"Q":0.75},"span_attributes":{"name":"eval","type":"eval"},"span_id":"t","span_type_info":{"cached":false,"has_error":true,"name":"eval","type":"eval"},"tags":["x","y"]}
                {"error":null,"input":"{\"lon…","is_root":true,"metrics":{"errors":0,"llm_calls":0,"llm_errors":0,"tool_calls":0,"tool_errors":0},"root_span_id":"u","scores":{},"span_attributes":{},"span_type_info":{"cached":false,"has_error":false,"name":null,"type":null},"tags":null}"#]],
        );
        check(json!([]), None, expect![""]);
        check(
            json!([{"root_span_id": "t", "input": {"long": "yes"}}]),
            Some(-1),
            expect![[
                r#"{"input":{"long":"yes"},"metrics":{"errors":0,"llm_calls":0,"llm_errors":0,"tool_calls":0,"tool_errors":0},"root_span_id":"t","scores":{},"span_type_info":{"cached":false,"has_error":false,"name":null,"type":null},"tags":null}"#
            ]],
        );
    }
}
