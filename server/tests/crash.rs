//! The server is killed while people answer and programs send: nothing that was acknowledged is missing, nothing is there
//! twice, and everything fits together. `TOUCHSTONE_CRASH_CYCLES=200` for the long form.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "crash/disk.rs"]
mod disk;
#[path = "crash/place.rs"]
mod place;

use place::{Place, Server, client, patiently, postgres, sqlite};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const REVIEWERS: usize = 8;
const SENDERS: usize = 4;

/// What was acknowledged, and what may or may not have been kept.
#[derive(Default)]
struct Ledger {
    rows: BTreeSet<String>,
    comments: BTreeSet<String>,
    /// By row and reviewer, and by client: one person's clients at two servers know nothing of each other's order.
    answers: BTreeMap<(String, String), BTreeMap<u64, Sent>>,
}

/// Stands in a client's place for what was stored when everything was looked at.
const SETTLED: u64 = u64::MAX;

/// What one client sent about one row for one person.
#[derive(Clone, Default)]
struct Sent {
    /// The last value that was acknowledged.
    acknowledged: Option<f64>,
    /// The values sent after it, without an answer so far.
    unanswered: Vec<f64>,
}

/// Sends batches of rows with comments until the server is gone.
async fn send(url: String, key: String, project: String, name: String, seed: u64, ledger: Arc<Mutex<Ledger>>) {
    let (client, mut random) = (client(), StdRng::seed_from_u64(seed));
    for batch in 0.. {
        let ids: Vec<_> = (0..random.random_range(1..20)).map(|row| format!("{name}-{batch}-{row}")).collect();
        let mut rows: Vec<_> = ids
            .iter()
            .map(|id| json!({ "id": id, "project_id": project, "log_id": "g", "input": id, "scores": { "Auto": 0.5 } }))
            .collect();
        let said = format!("{name}-{batch}-comment");
        rows.push(json!({ "id": said, "project_id": project, "log_id": "g", "origin": { "id": ids[0] }, "comment": { "text": said } }));
        rows.push(json!({ "id": ids[0], "project_id": project, "log_id": "g", "_is_merge": true, "output": "merged" }));
        let sent = client.post(format!("{url}/logs3")).bearer_auth(&key).json(&json!({ "rows": rows, "api_version": 2 })).send().await;
        let Ok(answer) = sent else { return };
        if answer.status().is_success() && answer.bytes().await.is_ok() {
            let mut ledger = ledger.lock().unwrap();
            ledger.rows.extend(ids);
            ledger.comments.insert(said);
        }
    }
}

/// Answers until the server is gone.
async fn review(url: String, (name, key): (String, String), project: String, rows: Vec<String>, seed: u64, ledger: Arc<Mutex<Ledger>>) {
    let (client, mut random) = (client(), StdRng::seed_from_u64(seed));
    for number in 0.. {
        let row = rows[random.random_range(0..rows.len())].clone();
        let value = f64::from(random.random_range(0..=100)) / 100.0;
        let whose = (row.clone(), name.clone());
        ledger.lock().unwrap().answers.entry(whose.clone()).or_default().entry(seed).or_default().unanswered.push(value);
        let body = json!({
            "object_type": "project_logs", "object_id": project, "id": row, "question": "Preference", "value": value,
            "client_id": format!("{name}-{seed}-{number}"),
        });
        let sent = client.put(format!("{url}/v1/answer")).bearer_auth(&key).json(&body).send().await;
        let Ok(answer) = sent else { return };
        if answer.status().is_success() && answer.bytes().await.is_ok() {
            let kept = Sent { acknowledged: Some(value), unanswered: Vec::new() };
            let mut ledger = ledger.lock().unwrap();
            let clients = ledger.answers.entry(whose).or_default();
            clients.insert(seed, kept);
            clients.remove(&SETTLED);
        }
    }
}

/// Everything acknowledged is there once, and nothing else that was never sent.
async fn check(server: &Server, key: &str, project: &str, ledger: &Mutex<Ledger>, seed: u64) {
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut cursor = Value::Null;
    loop {
        let page =
            server.ask(key, Method::POST, &format!("/v1/project_logs/{project}/fetch"), &json!({ "limit": 1000, "cursor": cursor })).await;
        for row in page["events"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap().to_owned();
            assert!(found.insert(id.clone(), row.clone()).is_none(), "seed {seed}: {id} is there twice");
        }
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let (rows, comments, answers) = {
        let ledger = ledger.lock().unwrap();
        (ledger.rows.clone(), ledger.comments.clone(), ledger.answers.clone())
    };
    for id in &rows {
        let row = found.get(id).unwrap_or_else(|| panic!("seed {seed}: {id} was acknowledged and is gone"));
        assert_eq!(row["input"], json!(id), "seed {seed}");
    }
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for comment in found.values().filter_map(|row| row["comments"].as_array()).flatten() {
        *said.entry(comment["text"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for comment in &comments {
        assert_eq!(said.get(comment), Some(&1), "seed {seed}: {comment}");
    }
    let mut of_row: BTreeMap<String, Value> = BTreeMap::new();
    for ((row, reviewer), clients) in &answers {
        if !of_row.contains_key(row) {
            let path = format!("/v1/answer?object_type=project_logs&object_id={project}&id={row}");
            of_row.insert(row.clone(), server.ask(key, Method::GET, &path, &Value::Null).await);
        }
        let stored: Vec<f64> = of_row[row]["objects"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|answer| answer["reviewer"]["email"] == json!(format!("{reviewer}@example.com")))
            .map(|answer| answer["value"].as_f64().unwrap())
            .collect();
        assert!(stored.len() <= 1, "seed {seed}: {reviewer} answered {row} twice");
        let acknowledged: Vec<f64> = clients.values().filter_map(|sent| sent.acknowledged).collect();
        let unanswered: Vec<f64> = clients.values().flat_map(|sent| sent.unanswered.iter().copied()).collect();
        let possible = acknowledged.iter().chain(&unanswered).any(|value| stored.first() == Some(value));
        let nothing = acknowledged.is_empty() && stored.is_empty();
        assert!(
            possible || nothing,
            "seed {seed}: {reviewer} on {row}: acknowledged {acknowledged:?}, sent {unanswered:?}, stored {stored:?}"
        );
    }
    // From now on what is stored counts as acknowledged.
    let mut ledger = ledger.lock().unwrap();
    for ((row, reviewer), clients) in &mut ledger.answers {
        let answers = of_row[row]["objects"].as_array().unwrap();
        let own = answers.iter().find(|answer| answer["reviewer"]["email"] == json!(format!("{reviewer}@example.com")));
        let acknowledged = own.and_then(|answer| answer["value"].as_f64());
        *clients = BTreeMap::from([(SETTLED, Sent { acknowledged, unanswered: Vec::new() })]);
    }
}

/// The people of a test, a project and rows to answer on.
struct Scene {
    editor: String,
    reviewers: Vec<(String, String)>,
    project: String,
    rows: Vec<String>,
    ledger: Arc<Mutex<Ledger>>,
}

async fn scene(place: &Place) -> Scene {
    let editor = place.key("editor", "engineer").await;
    let mut reviewers = Vec::new();
    for name in (0..REVIEWERS).map(|number| format!("reviewer{number}")) {
        let key = place.key(&name, "reviewer").await;
        reviewers.push((name, key));
    }
    let server = place.serve().await;
    let project = server.ask(&editor, Method::POST, "/v1/project", &json!({ "name": "crash" })).await["id"].as_str().unwrap().to_owned();
    let question = json!({ "project_id": project, "name": "Preference", "score_type": "slider" });
    server.ask(&editor, Method::POST, "/v1/project_score", &question).await;
    let rows: Vec<_> = (0..10).map(|number| format!("judged{number}")).collect();
    let events: Vec<_> = rows.iter().map(|id| json!({ "id": id, "input": id })).collect();
    server.ask(&editor, Method::POST, &format!("/v1/project_logs/{project}/insert"), &json!({ "events": events })).await;
    Scene { editor, reviewers, project, rows, ledger: Arc::default() }
}

impl Scene {
    /// Everybody works until the server is gone.
    fn work(&self, server: &Server, name: &str, seed: u64) -> Vec<tokio::task::JoinHandle<()>> {
        let mut clients = Vec::new();
        for number in 0..SENDERS as u64 {
            let name = format!("{name}-{number}");
            let ledger = Arc::clone(&self.ledger);
            clients.push(tokio::spawn(send(
                server.url.clone(),
                self.editor.clone(),
                self.project.clone(),
                name,
                seed ^ number << 32,
                ledger,
            )));
        }
        for (number, reviewer) in (0_u64..).zip(&self.reviewers) {
            let (rows, ledger) = (self.rows.clone(), Arc::clone(&self.ledger));
            clients.push(tokio::spawn(review(
                server.url.clone(),
                reviewer.clone(),
                self.project.clone(),
                rows,
                seed ^ number << 16,
                ledger,
            )));
        }
        clients
    }

    fn acknowledged(&self) -> usize {
        self.ledger.lock().unwrap().rows.len()
    }
}

/// Cycles on one database; after that a fresh one, so that looking at everything does not take longer and longer.
const ROUND: u64 = 20;

/// The cycles of each round.
fn rounds() -> impl Iterator<Item = u64> {
    let cycles: u64 = std::env::var("TOUCHSTONE_CRASH_CYCLES").ok().map_or(ROUND, |cycles| cycles.parse().unwrap());
    (0..cycles).step_by(20).map(move |first| ROUND.min(cycles - first))
}

async fn killed_again_and_again(place: Place, cycles: u64) {
    let seed: u64 = std::env::var("TOUCHSTONE_CRASH_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("TOUCHSTONE_CRASH_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let scene = scene(&place).await;
    for cycle in 0..cycles {
        let mut server = place.serve().await;
        check(&server, &scene.editor, &scene.project, &scene.ledger, seed).await;
        let clients = scene.work(&server, &format!("c{cycle}"), seed.wrapping_add(cycle));
        tokio::time::sleep(Duration::from_millis(random.random_range(20..300))).await;
        server.kill().await;
        for client in clients {
            patiently("a client of the killed server", client).await.unwrap();
        }
        if let Err(difference) = place.verify().await {
            panic!("seed {seed}, cycle {cycle}: {difference}");
        }
    }
    let server = place.serve().await;
    check(&server, &scene.editor, &scene.project, &scene.ledger, seed).await;
    assert!(scene.acknowledged() > 0, "nothing was acknowledged in {cycles} cycles");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_on_sqlite() {
    for cycles in rounds() {
        killed_again_and_again(sqlite(), cycles).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_on_postgres() {
    for cycles in rounds() {
        let Some(place) = postgres() else { return };
        killed_again_and_again(place, cycles).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_servers_is_killed_and_the_other_goes_on() {
    let Some(place) = postgres() else { return };
    let scene = scene(&place).await;
    let (mut one, other) = (place.serve().await, place.serve().await);
    // Somebody follows the project on the server that stays.
    let mut live =
        Client::new().get(format!("{}/live/{}?after=0", other.url, scene.project)).bearer_auth(&scene.editor).send().await.unwrap();
    assert_eq!(live.status(), 200);
    // A follower who does not read is told to load afresh, so this one reads from the first event on.
    let heard = tokio::spawn(async move {
        let mut heard = String::new();
        while !["one-0-0-0", "other-0-0-0"].iter().all(|id| heard.contains(id)) {
            heard += &String::from_utf8_lossy(&live.chunk().await.unwrap().expect("the stream ended"));
        }
    });
    let clients: Vec<_> = [scene.work(&one, "one", 1), scene.work(&other, "other", 2)].into_iter().flatten().collect();
    patiently("both servers taking rows", async {
        while !["one-0-0-0", "other-0-0-0"].iter().all(|id| scene.ledger.lock().unwrap().rows.contains(*id)) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    one.kill().await;
    let before = scene.acknowledged();
    patiently("the other server no longer takes rows: waiting for it", async {
        while scene.acknowledged() < before + 100 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    for client in &clients {
        client.abort();
    }
    for client in clients {
        // Ended by us or because its server is gone.
        let _ = client.await;
    }
    check(&other, &scene.editor, &scene.project, &scene.ledger, 0).await;
    // It heard what was written through the one that is gone.
    patiently("hearing of the other server", heard).await.unwrap();
    place.verify().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_servers_is_frozen_in_a_transaction_and_the_other_goes_on() {
    let Some(place) = postgres() else { return };
    let scene = scene(&place).await;
    let (one, other) = (place.serve().await, place.serve().await);
    let mut clients = scene.work(&one, "one", 1);
    patiently("freezing it while it holds the project", async {
        loop {
            one.signal("-STOP").await;
            if place.holds_a_project() {
                return;
            }
            one.signal("-CONT").await;
            tokio::time::sleep(Duration::from_millis(rand::rng().random_range(1..20))).await;
        }
    })
    .await;
    let goes_on = async |what: &str| {
        let before = scene.acknowledged();
        patiently(what, async {
            while scene.acknowledged() < before + 100 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
    };
    clients.extend(scene.work(&other, "other", 2));
    goes_on("the other server taking rows while the first is frozen").await;
    // It wakes, is told that it lost its transaction, and goes on.
    one.signal("-CONT").await;
    let woken = scene.work(&one, "woken", 3);
    patiently("the first server taking rows again", async {
        while !scene.ledger.lock().unwrap().rows.contains("woken-0-0-0") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    clients.extend(woken);
    for client in &clients {
        client.abort();
    }
    for client in clients {
        let _ = client.await;
    }
    check(&other, &scene.editor, &scene.project, &scene.ledger, 0).await;
    place.verify().await.unwrap();
}
