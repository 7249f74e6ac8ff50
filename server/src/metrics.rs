//! `/metrics`, for Prometheus: what was asked and how long it took, what was written, who is listening, how large the
//! database is. Labels are routes, methods and statuses, never paths, names or ids.

use crate::application::Application;
use crate::problems::ApiResult;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use std::time::Duration;

/// Upper bounds of the buckets of everything that takes time, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Upper bounds of the buckets of commands in a commit.
const COMMANDS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 32.0, 128.0, 256.0];

static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count; once for each process.
pub fn start() {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_commands".to_owned()), &COMMANDS));
        let handle =
            builder.and_then(PrometheusBuilder::install_recorder).inspect_err(|error| tracing::error!(%error, "nothing is counted"));
        describe_counter!("touchstone_requests_total", "Requests answered, by route, method and status.");
        describe_histogram!("touchstone_request_seconds", "How long answers took, by route.");
        describe_counter!("touchstone_rows_ingested_total", "Rows taken in, from SDKs and REST.");
        describe_counter!("touchstone_rows_rejected_total", "Rows left out because something was wrong with them.");
        describe_histogram!("touchstone_commit_seconds", "How long commits took, from the first command to the disk.");
        describe_histogram!("touchstone_commit_commands", "Commands that shared a commit.");
        describe_gauge!("touchstone_writer_queue", "Commands that wait for the writer.");
        describe_gauge!("touchstone_streams", "Browsers that follow a project.");
        describe_gauge!("touchstone_database_bytes", "Size of the database.");
        handle.ok()
    });
}

/// Counts an answer.
pub fn answered(route: &str, method: &str, status: u16, took: Duration) {
    let (route, method) = (route.to_owned(), method.to_owned());
    counter!("touchstone_requests_total", "route" => route.clone(), "method" => method, "status" => status.to_string()).increment(1);
    histogram!("touchstone_request_seconds", "route" => route).record(took);
}

/// Answers `GET /metrics`.
pub async fn show(State(application): State<Application>) -> ApiResult<Response> {
    let load = application.store().load().await?;
    // Far below what a float holds exactly.
    gauge!("touchstone_writer_queue").set(load.queue as f64);
    gauge!("touchstone_streams").set(load.followers as f64);
    gauge!("touchstone_database_bytes").set(load.database_bytes as f64);
    let text = RECORDER.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default();
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
