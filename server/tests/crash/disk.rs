//! The disk: what was acknowledged is on it, and one that is full, cut off or closed is told, and what was there stays.

use crate::place::{Place, Server, binary, client, patiently, sqlite};
use crate::{Scene, scene};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Stdio;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_batch_was_flushed_to_the_disk() {
    let place = sqlite();
    let scene = scene(&place).await;
    let log = place.folder.path().join("calls");
    let mut command = place.command("strace");
    // With -D the server is our child and strace its own: who ends the server ends both.
    command.args(["-D", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-o"]).arg(&log).arg(binary()).args([
        "serve",
        "--listen",
        "127.0.0.1:0",
    ]);
    let server = Server::started(&mut command).await;
    let flushed = || {
        std::fs::read_to_string(&log)
            .unwrap()
            .lines()
            .filter(|line| line.contains("sync(") && line.contains("= 0") || line.contains("sync resumed"))
            .count()
    };
    for number in 0..20 {
        let before = flushed();
        let events = json!({ "events": [{ "id": format!("flushed{number}") }] });
        server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/insert", scene.project), &events).await;
        assert!(flushed() > before, "batch {number} was acknowledged before it was on the disk");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_what_was_there_stays() {
    let place = sqlite();
    let scene = scene(&place).await;
    // A limit for files stands for a disk that ends there.
    let mut command = place.command("sh");
    let script = "trap '' XFSZ; ulimit -f 3000; exec \"$0\" serve --listen 127.0.0.1:0";
    let server = Server::started(command.args(["-c", script]).arg(binary())).await;
    let insert = format!("{}/v1/project_logs/{}/insert", server.url, scene.project);
    let (mut kept, mut refused) = (Vec::new(), None);
    for number in 0..200 {
        let id = format!("large{number}");
        let body = json!({ "events": [{ "id": id, "input": "x".repeat(100_000) }] });
        let answer = client().post(&insert).bearer_auth(&scene.editor).json(&body).send().await.unwrap();
        if answer.status().is_success() {
            kept.push(id);
        } else {
            refused = Some((answer.status().as_u16(), answer.json::<Value>().await.unwrap()));
            break;
        }
    }
    let (status, told) = refused.expect("the disk never became full");
    assert_eq!((status, &told["problem"]), (503, &json!("unwritable")), "{told}");
    assert!(told["error"].as_str().unwrap().contains("could not be saved"), "{told}");
    // It still reads, and says that it lives.
    let rows = server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/fetch", scene.project), &json!({})).await;
    assert!(rows["events"].as_array().unwrap().len() >= kept.len());
    drop(server);
    place.verify().await.unwrap();
    let server = place.serve().await;
    let rows = server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/fetch", scene.project), &json!({})).await;
    let ids: BTreeSet<_> = rows["events"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert!(kept.iter().all(|id| ids.contains(id)) && ids.len() == kept.len() + scene.rows.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_written_is_told_at_the_start() {
    let place = sqlite();
    drop(scene(&place).await);
    let mut serve = place.touchstone();
    serve.env("TOUCHSTONE_DATABASE_URL", format!("{}?mode=ro", place.url)).args(["serve", "--listen", "127.0.0.1:0"]);
    let ended = patiently("a server that cannot write", serve.stderr(Stdio::piped()).output()).await.unwrap();
    let says = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{says}");
    assert!(says.contains("readonly") && says.contains("Check that the database can be reached and written"), "{says}");
    place.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_whose_disk_is_full_leaves_nothing_half_done() {
    // Less than an empty database needs, and nearly enough.
    for blocks in [1, 40, 200, 600] {
        let place = sqlite();
        let mut command = place.command("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" migrate");
        let migrate = command.args(["-c", &script]).arg(binary()).stderr(Stdio::piped());
        let ended = patiently("a migration on a full disk", migrate.output()).await.unwrap();
        let says = String::from_utf8_lossy(&ended.stderr);
        if ended.status.success() {
            assert!(blocks > 200, "{blocks} blocks hold no database");
        } else {
            assert_eq!(ended.status.code(), Some(1), "{blocks}: {says}");
            assert!(says.contains("Check that the database can be reached and written"), "{blocks}: {says}");
        }
        // Once there is room it goes on as if nothing had been.
        let again = place.run(&["migrate"], "").await;
        assert!(again.status.success(), "{blocks}: {again:?}");
        place.verify().await.unwrap();
        drop(scene(&place).await);
    }
}

/// The rows of the project that a server finds, in the order in which they were sent.
async fn rows_of(server: &Server, scene: &Scene) -> Vec<String> {
    let body = json!({ "limit": 1000 });
    let found = server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/fetch", scene.project), &body).await;
    let mut ids: Vec<_> = found["events"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    ids.retain(|id| id.starts_with("logged"));
    ids.sort();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_cut_off_loses_its_end_and_nothing_else() {
    let place = sqlite();
    let scene = scene(&place).await;
    let mut server = place.serve().await;
    let log = |of: &Place| of.folder.path().join("touchstone.db-wal");
    let before = std::fs::metadata(log(&place)).unwrap().len();
    let mut sent = Vec::new();
    for number in 0..12 {
        let id = format!("logged{number:02}");
        let events = json!({ "events": [{ "id": id, "input": "x".repeat(1_000), "scores": { "Preference": 0.5 } }] });
        server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/insert", scene.project), &events).await;
        sent.push(id);
    }
    server.kill().await;
    let after = std::fs::metadata(log(&place)).unwrap().len();
    assert!(after > before, "the log was written anew meanwhile");
    let mut kept = Vec::new();
    for length in [after, after - 1, after - 4_000, before + (after - before) / 2, before + 17, before] {
        let other = sqlite();
        for file in ["touchstone.db", "touchstone.db-wal"] {
            std::fs::copy(place.folder.path().join(file), other.folder.path().join(file)).unwrap();
        }
        std::fs::OpenOptions::new().write(true).open(log(&other)).unwrap().set_len(length).unwrap();
        other.verify().await.unwrap();
        let mut server = other.serve().await;
        let rows = rows_of(&server, &scene).await;
        assert_eq!(rows, sent[..rows.len()], "{length} of {after} bytes: what is left ends somewhere and has no holes");
        // It goes on from there.
        let events = json!({ "events": [{ "id": "later" }] });
        server.ask(&scene.editor, Method::POST, &format!("/v1/project_logs/{}/insert", scene.project), &events).await;
        server.kill().await;
        other.verify().await.unwrap();
        kept.push(rows.len());
    }
    assert!(kept[0] == sent.len() && kept.is_sorted_by(|more, less| more >= less) && *kept.last().unwrap() == 0, "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_lost_almost_all_is_opened_or_told() {
    let place = sqlite();
    drop(scene(&place).await);
    let log = std::fs::metadata(place.folder.path().join("touchstone.db-wal")).unwrap().len();
    for length in [0, 1, 31, 32, 4_000, log / 3, log / 2] {
        let other = sqlite();
        for file in ["touchstone.db", "touchstone.db-wal"] {
            std::fs::copy(place.folder.path().join(file), other.folder.path().join(file)).unwrap();
        }
        let file = std::fs::OpenOptions::new().write(true).open(other.folder.path().join("touchstone.db-wal")).unwrap();
        file.set_len(length.min(log)).unwrap();
        other.verify().await.unwrap_or_else(|told| panic!("{length} of {log} bytes: {told}"));
    }
}
