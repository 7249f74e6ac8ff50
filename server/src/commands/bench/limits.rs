//! What the machine can do, whatever runs on it.

use super::Measured;
use crate::commands::CommandFailure;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long each is measured.
const LONG: Duration = Duration::from_secs(2);

/// Bytes of a commit: a page of a database.
const PAGE: usize = 4096;

/// Measures the disk under a folder and one core.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn measure(folder: &Path) -> Measured<Map<String, Value>> {
    let commits = commits(folder).map_err(|error| {
        CommandFailure::Failed(format!("Nothing can be written in {}: {error}. Name a folder that may be written.", folder.display()))
    })?;
    Ok(Map::from_iter([
        ("durable commits per second".to_owned(), json!(commits.round())),
        ("JSON read by one core, MB per second".to_owned(), json!(reading()?.round())),
    ]))
}

/// Pages that are appended to a file and on the disk, one after the other, per second.
fn commits(folder: &Path) -> std::io::Result<f64> {
    let path = folder.join("touchstone-bench-limits");
    let measured = File::create(&path).and_then(|mut file| {
        let began = Instant::now();
        let mut commits = 0_u32;
        while began.elapsed() < LONG {
            file.write_all(&[7; PAGE])?;
            file.sync_data()?;
            commits += 1;
        }
        Ok(f64::from(commits) / began.elapsed().as_secs_f64())
    });
    std::fs::remove_file(&path)?;
    measured
}

/// Megabytes of JSON that one core reads per second.
fn reading() -> Measured<f64> {
    let rows: Vec<Value> =
        (0..2_000).map(|number| json!({"id": number, "name": "a line of text", "scores": [0.25, 0.5], "ok": true})).collect();
    let text = Value::Array(rows).to_string();
    let began = Instant::now();
    let mut bytes = 0_usize;
    while began.elapsed() < LONG {
        let read: Vec<Value> = serde_json::from_str(&text).map_err(|error| CommandFailure::Failed(error.to_string()))?;
        bytes += text.len().min(read.len().saturating_mul(PAGE));
    }
    Ok(bytes as f64 / 1e6 / began.elapsed().as_secs_f64())
}
