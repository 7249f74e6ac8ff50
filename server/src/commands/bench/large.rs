//! What must not grow: many answers on one span, a trace of many spans, and a payload of megabytes.

use super::{Bench, Measured, note};
use crate::commands::CommandFailure;
use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value, json};
use shared::spans::TraceView;

/// Answers on one span, one after the other.
const ANSWERS: usize = 50;

/// Of these many at the beginning and at the end the medians are compared.
const ENDS: usize = 10;

/// Spans of the large trace.
const SPANS: usize = 2_000;

/// Bytes of the large output.
const BYTES: usize = 10_000_000;

/// How often each of them is opened.
const OPENINGS: usize = 10;

impl Bench {
    /// Measures them on rows of its own.
    pub(super) async fn large(&self, numbers: &mut Map<String, Value>) -> Measured<()> {
        let run = format!("bench-{:08x}", rand::random::<u32>());
        let row =
            |id: String, root: &str| json!({"id": id, "span_id": id, "root_span_id": root, "project_id": self.project, "log_id": "g"});
        let (answered, tree, heavy) = (format!("{run}-answered"), format!("{run}-tree"), format!("{run}-heavy"));
        let mut rows = vec![row(answered.clone(), &answered)];
        for number in 0..SPANS {
            let id = if number == 0 { tree.clone() } else { format!("{tree}-{number}") };
            let mut span = row(id, &tree);
            span["span_parents"] = if number == 0 { Value::Null } else { json!([tree]) };
            span["span_attributes"] = json!({"name": format!("span {number}"), "type": "tool"});
            rows.push(span);
        }
        self.send(rows).await?;
        let mut large = row(heavy.clone(), &heavy);
        large["output"] = json!("A line of sixty characters that stands there again and again.\n".repeat(BYTES / 62));
        self.send(vec![large]).await?;

        let mut times = Vec::with_capacity(ANSWERS);
        for number in 0..ANSWERS {
            let value = (number % 100) as f64 / 100.0;
            let body =
                json!({"object_type": "project_logs", "object_id": self.project, "id": answered, "question": "Preference", "value": value});
            times.push(self.time(self.request(Method::PUT, "/v1/answer").json(&body)).await?);
        }
        let ratio = median(&times[ANSWERS - ENDS..]) / median(&times[..ENDS]);
        numbers.insert("50 answers on one span, last ten to first ten".to_owned(), json!((ratio * 100.0).round() / 100.0));
        note(numbers, "answer, the same span, ms", times);
        self.reread(numbers, &answered).await?;
        self.opened(numbers, "open a trace of 2,000 spans", || self.open(&tree)).await?;
        self.opened(numbers, "open a span of 10 MB", || self.open(&heavy)).await?;
        let piece = json!({"query": {"object": self.project, "row_id": heavy, "field": "output", "from": 5_000_000}});
        self.opened(numbers, "read on in a field of 10 MB", || self.request(Method::POST, "/fn/spans/piece").json(&piece)).await
    }

    /// What an open page of a trace reads once somebody else has answered.
    async fn reread(&self, numbers: &mut Map<String, Value>, root: &str) -> Measured<()> {
        let opened: TraceView = serde_json::from_value(self.ask(self.open(root)).await?)
            .map_err(|error| CommandFailure::Failed(format!("The server's trace cannot be read: {error}. Is it of this version?")))?;
        let answer =
            json!({"object_type": "project_logs", "object_id": self.project, "id": root, "question": "Preference", "value": 0.123});
        self.ask(self.request(Method::PUT, "/v1/answer").json(&answer)).await?;
        let known = json!({"object": self.project, "root_span_id": root, "span_id": null, "said": opened.said.known(), "content": null});
        let query = json!({"query": known});
        let request = || self.request(Method::POST, "/fn/spans/reread").json(&query);
        let size = self.ask(request()).await?.to_string().len();
        numbers.insert("what an open page reads after an answer of somebody else, bytes".to_owned(), json!(size));
        let mut times = Vec::with_capacity(OPENINGS);
        for _ in 0..OPENINGS {
            times.push(self.time(request()).await?);
        }
        note(numbers, "what an open page reads after an answer of somebody else, ms", times);
        Ok(())
    }

    /// The request that opens the root of a trace.
    pub(super) fn open(&self, root: &str) -> RequestBuilder {
        let query = json!({"query": {"object": self.project, "root_span_id": root, "span_id": null}});
        self.request(Method::POST, "/fn/spans/open").json(&query)
    }

    pub(super) async fn send(&self, rows: Vec<Value>) -> Measured<()> {
        let body = json!({"rows": rows, "api_version": 2});
        self.ask(self.request(Method::POST, "/logs3").json(&body)).await.map(|_| ())
    }

    async fn opened(&self, numbers: &mut Map<String, Value>, name: &str, request: impl Fn() -> RequestBuilder) -> Measured<()> {
        let size = self.ask(request()).await?.to_string().len();
        let mut times = Vec::with_capacity(OPENINGS);
        for _ in 0..OPENINGS {
            times.push(self.time(request()).await?);
        }
        numbers.insert(format!("{name}, kB of JSON"), json!(size / 1000));
        note(numbers, &format!("{name}, ms"), times);
        Ok(())
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
