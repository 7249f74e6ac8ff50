//! A handful of rows, and the answers that queries have on them.

use super::now;
use crate::filter::{Compiled, Context, Query, QueryOutput, Shape, parse_query};
use indexmap::IndexMap;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

/// Five spans of three traces, newest first.
pub(super) fn rows() -> Vec<Value> {
    vec![
        json!({
            "id": "a2", "span_id": "s2", "root_span_id": "abc", "is_root": false, "created": "2026-03-10T11:51:00Z",
            "span_attributes": {"name": "judge", "type": "score", "purpose": "scorer"}, "error": "timeout",
            "input": "judge this", "output": "lorem ipsum", "scores": {"F": 0.5}, "experiment_id": "E1",
            "metadata": {"model": "gpt-4o-mini", "user_id": "u2", "region": "eu"}, "metrics": {"start": 6, "end": 7, "tokens": 10, "latency": 1.5},
        }),
        json!({
            "id": "a1", "span_id": "s1", "root_span_id": "abc", "is_root": true, "created": "2026-03-10T11:50:00Z", "experiment_id": "E1",
            "span_attributes": {"name": "chat", "type": "llm"}, "error": null,
            "input": {"messages": [{"role": "user", "content": "My credit card was charged twice"}]}, "output": "A refund is on its way.",
            "scores": {"Preference": 0.8, "Factuality": 0.9, "F": 0.95, "response quality": 0.7}, "tags": ["Triage", "prod"],
            "metadata": {
                "model": "gpt-4o", "customer tier": "gold", "region": "us", "user_id": "u1", "lang": "en", "a": "x", "b": "y", "env": "",
                "config": "{\"environment\":\"live\"}", "note": "Now 50% off today", "is_production": true, "workflow": "chat",
                "tenant": "o'brien", "~__bt_review_lists": {"__bt_default_review_list": {"status": "PENDING"}},
            },
            "metrics": {"start": 0, "end": 7.5, "tokens": 1200, "latency": 0.5, "estimated_cost": 0.02},
            "comments": [
                {"text": "wrong amount", "created": "2026-03-10T11:55:00Z", "user": {"id": "p1", "name": "Mia", "email": "mia@example.com"}},
                {"text": "agreed", "created": "2026-03-09T10:00:00Z", "user": {"id": "p2", "name": "Leo", "email": "leo@example.com"}},
            ],
            "__bt_assignments": ["6a0c…user"],
            "review": {"status": "backlog", "lists": ["Review"], "assignees": ["mia@example.com"], "reviewers": ["leo@example.com"]},
            "answers": {"Tone": {
                "values": [0.5, 1], "count": 2, "spread": 0.5, "mine": 0.5, "version": 3, "by": {"mia@example.com": 0.5, "leo@example.com": 1},
            }},
            "reported": {"Preference": 0.6}, "gold": {"Preference": 0.8},
            "classifications": {"Intent": [{"id": "i1", "label": "billing"}, {"id": "i2", "label": "complaint"}]},
        }),
        json!({
            "id": "b2", "span_id": "s4", "root_span_id": "b1", "is_root": false, "created": "2026-03-08T09:31:00Z", "experiment_id": "E2",
            "span_attributes": {"name": "review", "type": "review"}, "error": null, "input": "please refund me", "output": "Sorry, no.",
            "scores": {}, "tags": ["triage", "triaged"], "metadata": {"model": "gpt-4o", "user_id": "u1"}, "metrics": {"latency": 2.5},
        }),
        json!({
            "id": "b1", "span_id": "s3", "root_span_id": "b1", "is_root": true, "created": "2026-03-08T09:30:00Z", "experiment_id": "E2",
            "span_attributes": {"name": "chat", "type": "task"}, "error": null, "input": "hello", "output": "hi",
            "scores": {"Preference": 0.2, "Factuality": 0.4, "F": 0.8}, "tags": ["triage"],
            "metadata": {"model": "gpt-4o", "region": "asia", "user_id": "u3", "workflow": "chat"}, "metrics": {"estimated_cost": 0.01},
        }),
        json!({
            "id": "c1", "span_id": "s5", "root_span_id": "c1", "is_root": true, "created": "2026-01-15T08:00:00Z", "input": null, "output": null,
            "scores": null, "tags": null, "metadata": null, "metrics": null, "error": null, "span_attributes": null,
            "origin": {"object_type": "project_logs", "object_id": "P", "id": "x"},
        }),
    ]
}

/// Rows of a shape, each with those that decide about it.
fn shaped(shape: Shape) -> Vec<(Value, Vec<Value>)> {
    let rows = rows();
    let trace = |row: &Value| rows.iter().filter(|other| other["root_span_id"] == row["root_span_id"]).cloned().collect::<Vec<_>>();
    match shape {
        Shape::Spans => rows.iter().map(|row| (row.clone(), vec![row.clone()])).collect(),
        Shape::Traces => rows.iter().map(|row| (row.clone(), trace(row))).collect(),
        Shape::Summary => {
            let roots = rows.iter().filter(|row| row["is_root"] == json!(true));
            roots.map(|root| (summed_up(root, &trace(root)), vec![summed_up(root, &trace(root))])).collect()
        }
    }
}

/// A trace in one row: the means of its scores, and how many of its spans have errors.
fn summed_up(root: &Value, spans: &[Value]) -> Value {
    let mut row = root.clone();
    let mut scores: IndexMap<String, Vec<f64>> = IndexMap::new();
    for (name, score) in spans.iter().filter_map(|span| span["scores"].as_object()).flatten() {
        scores.entry(name.clone()).or_default().extend(score.as_f64());
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let means: Map<String, Value> =
        scores.into_iter().map(|(name, all)| (name, json!(all.iter().sum::<f64>() / all.len() as f64))).collect();
    let errors = spans.iter().filter(|span| !span["error"].is_null()).count();
    let mut metrics = root["metrics"].as_object().cloned().unwrap_or_default();
    metrics.insert("errors".to_owned(), json!(errors));
    row["scores"] = Value::Object(means);
    row["metrics"] = Value::Object(metrics);
    row
}

/// The answer to a query: of whole rows only their ids.
pub(super) fn answer(query: &Query) -> Vec<Value> {
    let context = Context::at(now());
    let filter = query.source_filter().map(|filter| Compiled::new(&filter, context));
    let mut answer = QueryOutput::new(query, context);
    for (row, deciding) in shaped(query.from.shape) {
        if filter.as_ref().is_some_and(|filter| !filter.holds_in_trace(&deciding)) {
            continue;
        }
        let whole = || IndexMap::from([("id".to_owned(), to_raw_value(&row["id"]).unwrap())]);
        answer.add(&row, &whole);
    }
    answer.finish().iter().map(|row| serde_json::to_value(row).unwrap()).collect()
}

/// The answer to a query as text, a line for each row.
pub(super) fn answered(text: &str) -> String {
    let query = parse_query(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    answer(&query).iter().map(|row| format!("{row}\n")).collect()
}
