//! What people say that is no number, how many bytes others are told of an answer, and counting everything.

use super::{Bench, BenchCommand, Measured, failed, note};
use futures::StreamExt as _;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Bytes of the row that texts are said about, and of a large one.
const ROWS: [(&str, usize); 2] = [("30 kB", 30_000), ("3 MB", 3_000_000)];

impl Bench {
    /// Measures them on a question and rows of its own.
    pub(super) async fn said(&self, command: &BenchCommand, numbers: &mut Map<String, Value>) -> Measured<()> {
        let name = format!("bench-{:08x}", rand::random::<u32>());
        let config = json!({"destination": format!("metadata.{name}")});
        let question = json!({"project_id": self.project, "name": name, "score_type": "free-form", "config": config});
        self.ask(self.request(Method::POST, "/v1/project_score").json(&question)).await?;
        for (size, bytes) in ROWS {
            let row = format!("{name}-{bytes}");
            let output = "A line of sixty characters that stands there again and again.\n".repeat(bytes / 62);
            let sent = json!({"id": row, "span_id": row, "root_span_id": row, "project_id": self.project, "log_id": "g", "output": output});
            self.send(vec![sent]).await?;
            let mut times = Vec::new();
            for number in 0..(command.requests / 4).max(20) {
                times.push(self.time(self.say(&row, &name, &json!(format!("This is what is said for the {number}. time.")))).await?);
            }
            note(numbers, &format!("text answer on a row of {size}, one client, ms"), times);
        }
        numbers.insert("told of an answer, bytes".to_owned(), json!(self.told().await?));
        let query = format!("measures: count(1) as rows | from: project_logs('{}')", self.project);
        let mut times = Vec::new();
        for _ in 0..20 {
            times.push(self.time(self.request(Method::POST, "/btql").json(&json!({ "query": query }))).await?);
        }
        note(numbers, "count of all spans, ms", times);
        Ok(())
    }

    fn say(&self, row: &str, question: &str, value: &Value) -> reqwest::RequestBuilder {
        let body = json!({"object_type": "project_logs", "object_id": self.project, "id": row, "question": question, "value": value});
        self.request(Method::PUT, "/v1/answer").json(&body)
    }

    /// Bytes that come to a page that follows the project while somebody else answers, until it is told.
    async fn told(&self) -> Measured<usize> {
        let stream = self.request(Method::GET, &format!("/live/{}?after={}", self.project, i64::MAX));
        let mut stream = stream.send().await.map_err(failed)?.bytes_stream();
        let row = &self.roots[self.roots.len() / 2].0;
        let answer = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.ask(self.say(row, "Preference", &json!(f64::from(rand::random::<u16>()) / 65535.0))).await
        };
        let told = async {
            let mut text = Vec::new();
            while let Some(Ok(part)) = stream.next().await {
                text.extend_from_slice(&part);
                // An event ends with an empty line.
                if text.ends_with(b"\n\n") {
                    if text.windows(7).any(|part| part == b"touched") {
                        break;
                    }
                    text.clear();
                }
            }
            text.len()
        };
        let (answered, told) = futures::join!(answer, tokio::time::timeout(Duration::from_secs(5), told));
        answered?;
        Ok(told.unwrap_or(0))
    }
}
