//! The shape `summary`: one row for each trace, made of its root and of what all its spans amount to.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Characters of a preview unless the query says otherwise.
const PREVIEW: i64 = 124;

/// Columns of the root that are shortened.
const PREVIEWED: [&str; 5] = ["input", "output", "expected", "error", "metadata"];

/// Turns the rows of whole traces, each trace's together, into one row for each trace. A `preview_length` of −1 shortens
/// nothing.
pub fn summary_rows(rows: Vec<Value>, preview_length: Option<i64>) -> Vec<Value> {
    let length = usize::try_from(preview_length.unwrap_or(PREVIEW)).ok();
    rows.chunk_by(|one, other| one["root_span_id"] == other["root_span_id"]).map(|spans| summary_row(spans, length)).collect()
}

fn summary_row(spans: &[Value], length: Option<usize>) -> Value {
    let root = spans.iter().find(|span| span["is_root"] == true).unwrap_or(&spans[0]);
    let mut row = root.clone();
    for column in PREVIEWED {
        if let (Some(length), Some(value)) = (length, row.get_mut(column)) {
            shorten(value, length);
        }
    }
    row["scores"] = Value::Object(scores(spans));
    row["metrics"] = Value::Object(metrics(spans));
    let mut tags: Vec<&Value> = Vec::new();
    for tag in spans.iter().filter_map(|span| span["tags"].as_array()).flatten() {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    row["tags"] = if tags.is_empty() { Value::Null } else { json!(tags) };
    let calls: Vec<_> = spans.iter().filter(|span| is(span, "llm")).collect();
    row["span_type_info"] = json!({
        "name": root["span_attributes"]["name"],
        "type": root["span_attributes"]["type"],
        "cached": !calls.is_empty() && calls.iter().all(|span| span["span_attributes"]["cached"] == true),
        "has_error": spans.iter().any(|span| !span["error"].is_null()),
    });
    row
}

/// A text is cut, anything else becomes the beginning of its JSON where that is too long.
fn shorten(value: &mut Value, length: usize) {
    let text = match &*value {
        Value::Null => return,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if text.chars().count() > length {
        *value = Value::String(text.chars().take(length).chain(['…']).collect());
    }
}

/// The mean of each score over the spans that have it.
fn scores(spans: &[Value]) -> Map<String, Value> {
    let mut values: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (name, score) in spans.iter().filter_map(|span| span["scores"].as_object()).flatten() {
        values.entry(name).or_default().extend(score.as_f64());
    }
    let means = values.into_iter().filter(|(_, values)| !values.is_empty());
    means.map(|(name, values)| (name.to_owned(), json!(values.iter().sum::<f64>() / values.len() as f64))).collect()
}

fn is(span: &Value, kind: &str) -> bool {
    span["span_attributes"]["type"] == kind
}

fn metrics(spans: &[Value]) -> Map<String, Value> {
    let values = |name: &str| spans.iter().filter_map(|span| span["metrics"][name].as_f64()).collect::<Vec<_>>();
    let duration = |span: &Value| Some(span["metrics"]["end"].as_f64()? - span["metrics"]["start"].as_f64()?);
    let count = |wanted: &dyn Fn(&Value) -> bool| json!(spans.iter().filter(|span| wanted(span)).count());
    let failed = |span: &Value| !span["error"].is_null();
    let mut metrics = Map::new();
    for name in ["prompt_tokens", "completion_tokens", "prompt_cached_tokens", "prompt_cache_creation_tokens", "estimated_cost"] {
        let values = values(name);
        if !values.is_empty() {
            metrics.insert(name.to_owned(), number(values.iter().sum()));
        }
    }
    let tokens: Vec<f64> = spans
        .iter()
        .filter_map(|span| {
            let of = |name: &str| span["metrics"][name].as_f64();
            let parts = (of("prompt_tokens"), of("completion_tokens"));
            of("tokens").or(of("total_tokens")).or((parts != (None, None)).then(|| parts.0.unwrap_or(0.0) + parts.1.unwrap_or(0.0)))
        })
        .collect();
    let first_tokens: Vec<f64> =
        spans.iter().filter(|span| is(span, "llm")).filter_map(|span| span["metrics"]["time_to_first_token"].as_f64()).collect();
    let calls: Vec<f64> = spans.iter().filter(|span| is(span, "llm")).filter_map(duration).collect();
    let some = |values: &[f64], fold: fn(&[f64]) -> f64| (!values.is_empty()).then(|| number(fold(values)));
    let folded = [
        ("total_tokens", some(&tokens, |values| values.iter().sum())),
        ("start", some(&values("start"), |values| values.iter().copied().fold(f64::INFINITY, f64::min))),
        ("end", some(&values("end"), |values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max))),
        (
            "duration",
            some(&spans.iter().filter_map(duration).collect::<Vec<_>>(), |values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        ),
        ("llm_duration", some(&calls, |values| values.iter().sum())),
        ("time_to_first_token", some(&first_tokens, |values| values.iter().sum::<f64>() / values.len() as f64)),
    ];
    metrics.extend(folded.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let counts = [
        ("llm_calls", count(&|span| is(span, "llm"))),
        ("tool_calls", count(&|span| is(span, "tool"))),
        ("errors", count(&failed)),
        ("llm_errors", count(&|span| is(span, "llm") && failed(span))),
        ("tool_errors", count(&|span| is(span, "tool") && failed(span))),
    ];
    metrics.extend(counts.map(|(name, value)| (name.to_owned(), value)));
    metrics
}

/// Whole where it is whole, so that tokens are no fractions.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(value as i64) } else { json!(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(rows: Value, preview_length: Option<i64>, expected: Expect) {
        let Value::Array(rows) = rows else { panic!("rows are a list") };
        let lines: Vec<_> = summary_rows(rows, preview_length).iter().map(Value::to_string).collect();
        expected.assert_eq(&lines.join("\n"));
    }

    #[test]
    fn a_trace_is_its_root_and_what_its_spans_amount_to() {
        check(
            json!([
                {"root_span_id": "t", "is_root": true, "input": "a question", "error": null, "scores": {}, "tags": ["x"],
                 "metrics": {"start": 1.0, "end": 4.0}, "span_attributes": {"name": "eval", "type": "eval"}},
                {"root_span_id": "t", "is_root": false, "error": "no", "scores": {"Q": 1, "R": null}, "tags": ["x", "y"],
                 "metrics": {"start": 1.5, "end": 2.0, "prompt_tokens": 3, "completion_tokens": 2}, "span_attributes": {"type": "llm"}},
                {"root_span_id": "t", "is_root": false, "error": null, "scores": {"Q": 0.5}, "tags": null, "metrics": {}, "span_attributes": {}},
                {"root_span_id": "u", "is_root": true, "input": {"long": "yes"}, "error": null, "span_attributes": {}},
            ]),
            Some(5),
            expect![[r#"
                {"error":null,"input":"a que…","is_root":true,"metrics":{"completion_tokens":2,"duration":3,"end":4,"errors":1,"llm_calls":1,"llm_duration":0.5,"llm_errors":1,"prompt_tokens":3,"start":1,"tool_calls":0,"tool_errors":0,"total_tokens":5},"root_span_id":"t","scores":{"Q":0.75},"span_attributes":{"name":"eval","type":"eval"},"span_type_info":{"cached":false,"has_error":true,"name":"eval","type":"eval"},"tags":["x","y"]}
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
