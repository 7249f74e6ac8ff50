//! The tests of the filter language, as data: a text and what becomes of it.

mod answers;
mod bar;
mod bounds;
mod corpus;
mod diagnostics;
mod evaluation;
mod naive;
mod queries;
mod round_trip;
mod wording;

use serde_json::{Value, json};

use super::{Diagnostic, parse_instant};

/// The time of asking in all tests.
fn now() -> i64 {
    parse_instant("2026-03-10T12:00:00Z").unwrap()
}

/// A row on which every example of the reference is true.
fn row() -> Value {
    json!({
        "id": "r1", "span_id": "s1", "root_span_id": "s1", "is_root": true, "error": null,
        "created": "2026-03-10T09:30:15.250Z",
        "input": [{"role": "user", "content": "Please block my credit card"}],
        "output": "A refund is on its way.",
        "scores": {"Preference": 0.8, "Factuality": 0.4, "Helpfulness": 0.3, "Response quality": 0.75},
        "metadata": {"model": "gpt-4o", "user": {"plan": "pro"}, "n": "42", "note": "Now 50% off", "config": "{\"a\":{\"b\":2}}"},
        "metrics": {"start": 10.0, "end": 17.5, "tokens": 1200},
        "tags": ["Triage", "billing"],
        "comments": [{"text": "wrong amount", "user": {"email": "leo@example.com"}, "created": "2026-03-10T11:00:00Z"}],
        "review": {"status": "backlog", "lists": ["Review"], "assignees": ["mia@example.com"], "reviewers": ["leo@example.com"]},
        "answers": {"Tone": {"values": [0.5, 1], "count": 2, "spread": 0.5, "mine": 0.5, "version": 1, "by": {"mia@example.com": 0.5}}},
        "classifications": {"Intent": [{"label": "billing"}]},
    })
}

fn render_all(text: &str, diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.render(text)).collect()
}
