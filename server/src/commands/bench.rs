//! `touchstone bench`: what a running server takes for what people and SDKs ask of it, over HTTP.

mod finding;
mod large;
mod limits;
mod said;

use super::CommandFailure;
use demo::corpus;
use futures::future::{join_all, try_join_all};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Clients that send batches at once, as a fleet of services would.
const SENDERS: u64 = 4;

/// Traces in a batch, with five spans each.
const BATCH: u64 = 200;

/// Reviewers who answer at once.
const REVIEWERS: usize = 16;

/// Measures a running server over HTTP with connections that are kept: ingest, answers, lists, summaries, traces, large ones too. Prints
/// medians over the runs and every run's numbers as JSON.
///
/// The project must be a seeded one (`touchstone seed`); it grows by what is sent.
#[derive(clap::Args, Clone, Debug)]
pub struct BenchCommand {
    /// Where the server is.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
    /// An API key that may do everything in the project.
    #[arg(long, env = "TOUCHSTONE_KEY", hide_env_values = true, required_unless_present = "limits")]
    key: Option<String>,
    /// The project's name.
    #[arg(long, required_unless_present = "limits")]
    project: Option<String>,
    /// Measures only what this machine can do, without any server: durable commits a second on the disk under a folder, and how fast one
    /// core reads JSON. Times of two machines are compared by these.
    #[arg(long, value_name = "FOLDER")]
    limits: Option<PathBuf>,
    /// How often everything is measured.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Requests for each measured time.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..))]
    requests: u32,
    /// Spans sent in each run.
    #[arg(long, default_value_t = 40_000)]
    spans: u64,
    /// Prints only JSON.
    #[arg(long)]
    json: bool,
}

type Measured<T> = Result<T, CommandFailure>;

/// A server, and what is measured in it.
struct Bench {
    client: Client,
    url: String,
    key: String,
    project: String,
    roots: Vec<(String, String)>,
}

impl BenchCommand {
    /// Measures.
    ///
    /// # Errors
    /// When the server cannot be reached, refuses, or the project has too few traces.
    pub async fn run(self) -> Result<(), CommandFailure> {
        if let Some(folder) = &self.limits {
            println!("{}", Value::Object(limits::measure(folder)?));
            return Ok(());
        }
        let bench = self.open().await?;
        let mut runs: Vec<Map<String, Value>> = Vec::new();
        for number in 1..=self.runs {
            eprintln!("run {number} of {}", self.runs);
            let run = bench.run(&self, u64::from(number)).await?;
            if !self.json {
                println!("run {number}: {}", Value::Object(run.clone()));
            }
            runs.push(run);
        }
        let mut medians = Map::new();
        for name in runs.iter().flat_map(Map::keys) {
            let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(name)?.as_f64()).collect();
            values.sort_by(f64::total_cmp);
            medians.insert(name.clone(), json!(values[values.len() / 2]));
        }
        if self.json {
            println!("{}", json!({ "medians": medians, "runs": runs }));
        } else {
            for (name, value) in &medians {
                println!("{name:<36} {value}");
            }
        }
        Ok(())
    }

    async fn open(&self) -> Measured<Bench> {
        let client = Client::builder().pool_max_idle_per_host(64).timeout(Duration::from_secs(60)).build().map_err(failed)?;
        let url = self.url.trim_end_matches('/').to_owned();
        let mut bench = Bench { client, url, key: self.key.clone().unwrap_or_default(), project: String::new(), roots: Vec::new() };
        let project = self.project.as_deref().unwrap_or_default();
        let projects = bench.ask(bench.request(Method::GET, "/v1/project").query(&[("project_name", project)])).await?;
        bench.project = projects["objects"][0]["id"].as_str().map(str::to_owned).ok_or_else(|| {
            CommandFailure::Failed(format!(
                "There is no project {project}. `touchstone seed --project {project} --traces 20000` makes one."
            ))
        })?;
        let query = format!("select: id, root_span_id | from: project_logs('{}') | filter: is_root | limit: 1000", bench.project);
        let rows = bench.ask(bench.request(Method::POST, "/btql").json(&json!({ "query": query }))).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        bench.roots = rows["data"].as_array().into_iter().flatten().map(|row| (text(&row["id"]), text(&row["root_span_id"]))).collect();
        if bench.roots.len() < 100 {
            return Err(CommandFailure::Failed("The project has fewer than 100 traces. Seed it first.".to_owned()));
        }
        Ok(bench)
    }
}

fn failed(error: reqwest::Error) -> CommandFailure {
    CommandFailure::Failed(format!("The server did not answer: {error}. Check --url and that it is running."))
}

impl Bench {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.key)
    }

    async fn ask(&self, request: RequestBuilder) -> Measured<Value> {
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(failed)?;
        if !status.is_success() {
            return Err(CommandFailure::Failed(format!("The server answered {status}: {}", String::from_utf8_lossy(&body))));
        }
        serde_json::from_slice(&body).map_err(|error| CommandFailure::Failed(format!("The server did not answer with JSON: {error}.")))
    }

    /// Asks once and says how many milliseconds the whole answer took.
    async fn time(&self, request: RequestBuilder) -> Measured<f64> {
        let began = Instant::now();
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(failed)?;
        let took = began.elapsed().as_secs_f64() * 1e3;
        if status.is_success() {
            Ok(took)
        } else {
            Err(CommandFailure::Failed(format!("The server answered {status}: {}", String::from_utf8_lossy(&body))))
        }
    }

    async fn run(&self, command: &BenchCommand, number: u64) -> Measured<Map<String, Value>> {
        let mut numbers = Map::new();
        self.reads(command, &mut numbers).await?;
        // What stands already is not said again, so each run says something else.
        let shift = rand::random::<u32>() % 1000;
        let value = move |index: u32| f64::from(index.wrapping_add(shift) % 1000) / 1000.0;
        let mut times = Vec::new();
        for index in 0..command.requests {
            times.push(self.answer(index as usize, 0, value(index)).await?);
        }
        note(&mut numbers, "answer, one client, ms", times);
        let began = Instant::now();
        let each = command.requests / 2;
        let reviewers = join_all((0..REVIEWERS).map(|reviewer| async move {
            let mut times = Vec::new();
            for index in 0..each {
                times.push(self.answer(index as usize, reviewer, value(index.wrapping_add(7))).await?);
            }
            Ok(times)
        }));
        let times = reviewers.await.into_iter().collect::<Measured<Vec<_>>>()?.concat();
        let per_second = times.len() as f64 / began.elapsed().as_secs_f64();
        numbers.insert("answers, 16 clients, per second".to_owned(), json!(per_second.round()));
        note(&mut numbers, "answer, 16 clients, ms", times);
        self.said(command, &mut numbers).await?;
        self.tags(&mut numbers).await?;
        self.large(&mut numbers).await?;
        numbers.insert("ingest, spans per second".to_owned(), json!(self.ingest(command.spans, number).await?.round()));
        Ok(numbers)
    }

    async fn reads(&self, command: &BenchCommand, numbers: &mut Map<String, Value>) -> Measured<()> {
        let list = json!({ "query": { "object": self.project, "filter": "", "before": null, "limit": 50 } });
        let page = || self.request(Method::POST, "/fn/spans/list").json(&list);
        let rows = || self.request(Method::POST, &format!("/v1/project_logs/{}/fetch", self.project)).json(&json!({ "limit": 50 }));
        let summary =
            || self.request(Method::GET, "/v1/summary").query(&[("object_type", "project_logs"), ("object_id", self.project.as_str())]);
        let open = |index: usize| self.open(&self.roots[index].1);
        let spans = |index: usize| {
            let query = format!("select: * | from: project_logs('{}') | filter: root_span_id = '{}'", self.project, self.roots[index].1);
            self.request(Method::POST, "/btql").json(&json!({ "query": query }))
        };
        let mut times: [Vec<f64>; 5] = Default::default();
        for index in 0..command.requests {
            let root = index as usize * 7 % self.roots.len();
            for (times, request) in times.iter_mut().zip([page(), rows(), summary(), open(root), spans(root)]) {
                times.push(self.time(request).await?);
            }
        }
        let names =
            ["first page of 50 traces, ms", "fetch of 50 whole traces, ms", "summary, ms", "open a trace, ms", "rows of a trace, ms"];
        for (name, times) in names.into_iter().zip(times) {
            note(numbers, name, times);
        }
        self.finds(command, numbers).await
    }

    async fn answer(&self, index: usize, reviewer: usize, value: f64) -> Measured<f64> {
        let (row, _) = &self.roots[(index * REVIEWERS + reviewer) % self.roots.len()];
        let body = json!({ "object_type": "project_logs", "object_id": self.project, "id": row, "question": "Preference", "value": value });
        self.time(self.request(Method::PUT, "/v1/answer").json(&body)).await
    }

    /// Sends spans as SDKs do and says how many a second were durable and could be queried.
    async fn ingest(&self, spans: u64, number: u64) -> Measured<f64> {
        // No two runs send the same, or it would be recognised and left out.
        let seed = u64::from(rand::random::<u32>()) << 8 | number;
        let batches = (spans / 5).div_ceil(BATCH);
        let bodies: Vec<Vec<u8>> = (0..batches).map(|batch| self.batch(seed, batch, batches * BATCH)).collect();
        let bodies = std::sync::Mutex::new(bodies);
        let began = Instant::now();
        let senders = (0..SENDERS).map(|_| async {
            loop {
                let Some(body) = bodies.lock().ok().and_then(|mut bodies| bodies.pop()) else { return Ok::<_, CommandFailure>(()) };
                self.ask(self.request(Method::POST, "/logs3").header("content-type", "application/json").body(body)).await?;
            }
        });
        try_join_all(senders).await?;
        let last = corpus::trace(seed, batches * BATCH - 1, batches * BATCH, 5).root;
        let query = format!("select: id | from: project_logs('{}') | filter: id = '{last}'", self.project);
        let found = self.ask(self.request(Method::POST, "/btql").json(&json!({ "query": query }))).await?;
        if found["data"][0]["id"] != json!(last) {
            return Err(CommandFailure::Failed(format!("The row {last} was acknowledged but cannot be queried.")));
        }
        Ok((batches * BATCH * 5) as f64 / began.elapsed().as_secs_f64())
    }

    fn batch(&self, seed: u64, batch: u64, traces: u64) -> Vec<u8> {
        let mut rows = Vec::new();
        for number in batch * BATCH..(batch + 1) * BATCH {
            for mut row in corpus::trace(seed, number, traces, 5).rows {
                row["project_id"] = json!(self.project);
                row["log_id"] = json!("g");
                rows.push(row);
            }
        }
        json!({ "rows": rows, "api_version": 2 }).to_string().into_bytes()
    }
}

/// Notes the median and the 95th percentile.
fn note(numbers: &mut Map<String, Value>, name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1))).copied().unwrap_or(f64::NAN);
    let rounded = |value: f64| json!((value * 100.0).round() / 100.0);
    numbers.insert(format!("{name}: median"), rounded(at(0.5)));
    numbers.insert(format!("{name}: p95"), rounded(at(0.95)));
}
