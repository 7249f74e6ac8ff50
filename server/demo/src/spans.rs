//! A tree of spans with durations, written as rows in the wire form of the Python and JavaScript clients.

use serde_json::{Map, Value, json};

use super::clock::rfc3339;
use super::random::Random;

/// One span of a trace that has no place in time yet.
pub struct DemoSpan {
    name: String,
    kind: &'static str,
    lead: i64,
    own: i64,
    fields: Map<String, Value>,
    metrics: Map<String, Value>,
    children: Vec<Self>,
}

impl DemoSpan {
    /// A span which works for about `millis` milliseconds after its children have finished.
    pub fn new(random: &mut Random, name: &str, kind: &'static str, millis: u64) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            lead: random.whole(900, 14_000) as i64,
            own: (millis as f64 * 1_000.0 * random.between(0.7, 1.5)) as i64,
            fields: Map::new(),
            metrics: Map::new(),
            children: Vec::new(),
        }
    }

    /// Sets a field of the row.
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.fields.insert(field.to_owned(), value);
        self
    }

    /// Sets what a model consumed and produced, what the one of `metadata` takes for it, and how soon it began to answer.
    pub fn with_tokens(mut self, prompt: u64, completion: u64) -> Self {
        let model = self.fields.get("metadata").and_then(|metadata| metadata["model"].as_str()).unwrap_or_default();
        let (per_prompt, per_completion) = price(model);
        let nanodollars = prompt * per_prompt + completion * per_completion;
        self.metrics.insert("estimated_cost".into(), json!(nanodollars as f64 / 1e9));
        self.metrics.insert("prompt_tokens".into(), json!(prompt));
        self.metrics.insert("completion_tokens".into(), json!(completion));
        self.metrics.insert("tokens".into(), json!(prompt + completion));
        self.metrics.insert("time_to_first_token".into(), json!(self.own as f64 / 4_000_000.0));
        self
    }

    /// Adds a step.
    pub fn with_child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// How many spans the tree has.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }

    /// From its first to its last moment, in microseconds.
    fn duration(&self) -> i64 {
        self.own + self.children.iter().map(|child| child.lead + child.duration()).sum::<i64>()
    }
}

/// What a model takes for a token of the prompt and for one that it writes, in billionths of a dollar.
fn price(model: &str) -> (u64, u64) {
    match model {
        "gpt-4o" => (2_500, 10_000),
        "claude-sonnet-4" => (3_000, 15_000),
        _ => (150, 600),
    }
}

/// The SDK that sends a trace.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// That for Python.
    Python,
    /// That for JavaScript.
    JavaScript,
}

/// The rows of the trace, the root first; it ends at `end`.
pub fn rows(root: &DemoSpan, end: i64, client: Sdk, random: &mut Random) -> Vec<Value> {
    let mut rows = Vec::with_capacity(root.count());
    let trace = random.hex(32);
    write(root, None, end - root.duration(), &trace, client, random, &mut rows);
    rows
}

fn write(span: &DemoSpan, parent: Option<&str>, start: i64, trace: &str, client: Sdk, random: &mut Random, rows: &mut Vec<Value>) {
    let javascript = client == Sdk::JavaScript;
    let span_id = random.hex(16);
    let mut row = span.fields.clone();
    row.insert("id".into(), json!(if javascript { random.hex(16) } else { random.uuid() }));
    row.insert("created".into(), json!(rfc3339(start)));
    row.insert("span_id".into(), json!(span_id));
    row.insert("root_span_id".into(), json!(trace));
    match (parent, javascript) {
        (Some(parent), _) => _ = row.insert("span_parents".into(), json!([parent])),
        (None, false) => _ = row.insert("span_parents".into(), Value::Null),
        (None, true) => {} // That client leaves the field out of a root.
    }
    if javascript {
        row.insert("_is_merge".into(), json!(false));
    }
    let mut attributes = json!({"name": span.name, "type": span.kind, "exec_counter": rows.len() + 1});
    if span.kind == "score" {
        attributes["purpose"] = json!("scorer");
    }
    row.insert("span_attributes".into(), attributes);
    let mut metrics = span.metrics.clone();
    metrics.insert("start".into(), json!(seconds(start)));
    metrics.insert("end".into(), json!(seconds(start + span.duration())));
    row.insert("metrics".into(), Value::Object(metrics));
    let file = if javascript { format!("/app/dist/steps/{}.js", span.name) } else { format!("/app/fernway/steps/{}.py", span.name) };
    row.insert(
        "context".into(),
        json!({"caller_functionname": span.name, "caller_filename": file.to_lowercase(), "caller_lineno": 11 + span.name.len() * 3}),
    );
    rows.push(Value::Object(row));

    let mut cursor = start;
    for child in &span.children {
        cursor += child.lead;
        write(child, Some(&span_id), cursor, trace, client, random, rows);
        cursor += child.duration();
    }
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1_000_000.0
}
