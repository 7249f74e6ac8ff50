//! What a filter, an order and a filtered summary take, and doing something with everything that matches.

use super::{Bench, BenchCommand, CommandFailure, Measured, note};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};

/// Filters whose first page is measured: on columns, inside the metadata, and by words that every row says, or few.
const FILTERS: [(&str, &str); 7] = [
    ("a score", "scores.Preference > 0.75"),
    ("a scalar of the metadata", "metadata.customer = 1234"),
    ("a common scalar of the metadata", "metadata.model = 'small-4'"),
    ("three conditions with or", "scores.Preference > 0.9 or metadata.customer = 1234 or input match 'ombudsman'"),
    ("a common word", "input match 'refund'"),
    ("a rare word", "input match 'ombudsman'"),
    ("a rare word anywhere", "search('ombudsman')"),
];

/// How long a job over many rows may take.
const PATIENCE: Duration = Duration::from_secs(600);

impl Bench {
    /// The first page of what each filter finds, of an order by a score, and the summary of what matches.
    pub(super) async fn finds(&self, command: &BenchCommand, numbers: &mut Map<String, Value>) -> Measured<()> {
        for (name, filter) in FILTERS {
            let list = json!({ "query": { "object": self.project, "filter": filter, "before": null, "limit": 50 } });
            let mut times = Vec::new();
            for _ in 0..command.requests {
                times.push(self.time(self.request(Method::POST, "/fn/spans/list").json(&list)).await?);
            }
            note(numbers, &format!("{name}, first page, ms"), times);
        }
        let sorted = format!("select: id | from: project_logs('{}') traces | sort: scores.Preference desc | limit: 50", self.project);
        let filtered =
            [("object_type", "project_logs"), ("object_id", &self.project), ("filter", "scores.Preference > 0.66"), ("rows", "traces")];
        let mut times: [Vec<f64>; 2] = Default::default();
        for _ in 0..command.requests {
            times[0].push(self.time(self.request(Method::POST, "/btql").json(&json!({ "query": sorted }))).await?);
            times[1].push(self.time(self.request(Method::GET, "/v1/summary").query(&filtered)).await?);
        }
        for (name, times) in ["sorted by a score, 50 whole traces, ms", "summary of a third, ms"].into_iter().zip(times) {
            note(numbers, name, times);
        }
        Ok(())
    }

    /// How many rows a second a job tags, of all that there are, and what an answer takes meanwhile.
    pub(super) async fn tags(&self, numbers: &mut Map<String, Value>) -> Measured<()> {
        let tag = format!("bench-{:08x}", rand::random::<u32>());
        let job = json!({
            "object_type": "project_logs", "object_id": self.project, "filter": "is_root", "action": { "tag": { "add": [tag], "remove": [] } },
        });
        let began = Instant::now();
        let job = self.ask(self.request(Method::POST, "/v1/job").json(&job)).await?;
        let path = format!("/v1/job/{}", job["id"].as_str().unwrap_or_default());
        let mut answers = Vec::new();
        let rows = loop {
            // What stands already is not said again.
            answers.push(self.answer(answers.len(), 1, f64::from(rand::random::<u16>()) / 65535.0).await?);
            let job = self.ask(self.request(Method::GET, &path)).await?;
            match job["state"].as_str() {
                Some("done") => break job["done"].as_f64().unwrap_or_default(),
                Some("running" | "waiting") if began.elapsed() < PATIENCE => {}
                _ => return Err(CommandFailure::Failed(format!("The job that tags everything did not end: {job}"))),
            }
        };
        numbers.insert("tagged by a job, rows per second".to_owned(), json!((rows / began.elapsed().as_secs_f64()).round()));
        answers.sort_by(f64::total_cmp);
        let last = answers.get(answers.len() * 99 / 100).copied().unwrap_or(f64::NAN);
        numbers.insert("answer beside a job, ms: p99".to_owned(), json!((last * 100.0).round() / 100.0));
        Ok(())
    }
}
