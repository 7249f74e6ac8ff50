//! Live events: followed from where a page stood, they give what loading afresh would give.

use super::sending::{answer, load, number, raws, slider};
use super::{TestStore, stores};
use crate::ground::database::{run, values};
use crate::{Desk, LiveEvents, Subscription};
use futures::FutureExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use shared::live::{Applied, Traces};
use shared::projects::Project;
use shared::summary::Summary;
use std::time::Duration;

/// Everything that has been committed already.
fn ready(subscription: &mut Subscription) -> Vec<LiveEvents> {
    let mut events = Vec::new();
    while let Some(Some(event)) = subscription.next().now_or_never() {
        events.push(event);
    }
    events
}

fn sequences(events: &[LiveEvents]) -> Vec<i64> {
    let number = |event: &LiveEvents| match event {
        LiveEvents::Event(published) => published.sequence,
        LiveEvents::Resync => -1,
    };
    events.iter().map(number).collect()
}

/// Applies what was committed; loads afresh where the events say so.
async fn catch_up(page: &mut Traces, subscription: &mut Subscription, desk: &Desk, project: &Project) {
    for event in ready(subscription) {
        let applied = match event {
            LiveEvents::Event(published) => page.apply(&project.logs(), &published.event),
            LiveEvents::Resync => Applied::Resync,
        };
        if applied == Applied::Resync {
            *page = load(desk, &project.logs()).await;
        }
    }
}

fn any_score(random: &mut StdRng) -> Value {
    json!(f64::from(random.random_range(0..=1000)) / 1000.0)
}

/// A row, a merge, feedback, a deletion or a comment, of few spans in few traces.
fn any_row(random: &mut StdRng) -> Value {
    let span = random.random_range(0..24);
    let id = format!("r{span}");
    let mut scores = json!({});
    for name in ["Q", "Auto", "Other"] {
        if random.random_bool(0.5) {
            scores[name] = if random.random_bool(0.2) { Value::Null } else { any_score(random) };
        }
    }
    match random.random_range(0..10) {
        0 => json!({"id": id, "_object_delete": true}),
        1 => {
            json!({"id": id, "_is_merge": true, "_audit_source": "external", "scores": scores, "tags": [format!("t{}", random.random_range(0..4))]})
        }
        2 => json!({"origin": {"id": id}, "comment": {"text": "see"}}),
        3 | 4 => json!({"id": id, "_is_merge": true, "metrics": {"end": random.random_range(0..100)}, "output": "o", "scores": scores}),
        _ => json!({
            "id": id, "span_id": format!("s{span}"), "root_span_id": format!("t{}", random.random_range(0..8)),
            "span_parents": if random.random_bool(0.5) { json!(["s0"]) } else { Value::Null },
            "created": format!("2026-01-01T{:02}:00:00Z", random.random_range(0..5)),
            "input": "i", "scores": scores, "tags": ["a"], "metrics": {"start": 1, "tokens": random.random_range(0..100)},
        }),
    }
}

async fn random_sequence(store: &TestStore, seed: u64, steps: usize) {
    let mut random = StdRng::seed_from_u64(seed);
    let project = store.project(&format!("random {seed}")).await;
    store.question(&project, "Q", slider()).await;
    store.question(&project, "Other", slider()).await;
    let mut page = store.load(&project).await;
    let mut subscription = store.viewer.follow(&project.id, page.as_of).await.unwrap();
    for step in 0..steps {
        if random.random_bool(0.6) {
            let rows: Vec<_> = (0..random.random_range(1..5)).map(|_| any_row(&mut random)).collect();
            let ingested = store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
            // What is said about a row that was deleted is refused.
            assert!(ingested.rejected.iter().all(|row| row.reason.contains(" was deleted. ")), "{:?}", ingested.rejected);
        } else {
            let desk = [&store.reviewer, &store.engineer, &store.owner].choose(&mut random).copied().unwrap();
            let value = if random.random_bool(0.2) { None } else { number(f64::from(random.random_range(0..=1000)) / 1000.0) };
            let row = format!("r{}", random.random_range(0..24));
            let question = ["Q", "Other"].choose(&mut random).copied().unwrap();
            // The span may not exist at the moment; that is refused and changes nothing.
            let _ = answer(desk, &project, &row, question, value).await;
        }
        if step % 7 == 0 {
            catch_up(&mut page, &mut subscription, &store.viewer, &project).await;
            assert_eq!(page, store.load(&project).await, "after step {step}");
        }
    }
    catch_up(&mut page, &mut subscription, &store.viewer, &project).await;
    assert_eq!(page, store.load(&project).await);
    let recount = store.recount(&project).await;
    assert_eq!(page.summary, recount);
    assert_eq!(hourly(store, &project).await, recount.scores);
    store.verified().await;
}

/// The scores of all hours together.
async fn hourly(store: &TestStore, project: &Project) -> std::collections::BTreeMap<String, shared::summary::Rollup> {
    let text =
        "SELECT name, count, sum, squares, buckets FROM rollups WHERE project = (SELECT short FROM projects WHERE id = ?) AND hour <> ?";
    let bound = values![project.id.as_str(), crate::writing::writer::ALL_TIME];
    let rows = crate::ground::database::all::<crate::writing::group::RollupRow>(store.store.readers(), text, bound).await.unwrap();
    let mut summary = Summary::default();
    for (name, rollup) in rows.into_iter().map(|row| row.read().unwrap()) {
        summary.scores.entry(name).or_default().merge(&rollup);
    }
    summary.scores
}

#[tokio::test]
async fn roll_ups_and_events_equal_a_recount_after_anything() {
    for store in stores().await {
        let first: u64 = rand::rng().random_range(0..1_000_000);
        for seed in [1, 2, first] {
            println!("seed {seed}");
            random_sequence(&store, seed, 120).await;
        }
    }
}

#[tokio::test]
async fn a_follower_gets_what_it_missed_and_what_comes() {
    for store in stores().await {
        let project = store.project("follow").await;
        let other = store.project("other").await;
        for number in 0..5 {
            store.send(&project, &[json!({"id": format!("r{number}")})]).await;
        }
        store.send(&other, &[json!({"id": "elsewhere"})]).await;
        let mut late = store.viewer.follow(&project.id, 2).await.unwrap();
        let mut current = store.reviewer.follow(&project.id, 5).await.unwrap();
        store.send(&project, &[json!({"id": "r5"})]).await;
        assert_eq!(sequences(&ready(&mut late)), [3, 4, 5, 6]);
        assert_eq!(sequences(&ready(&mut current)), [6]);
        // Ahead of what there is: another database stood here before.
        let mut ahead = store.viewer.follow(&project.id, 99).await.unwrap();
        store.send(&project, &[json!({"id": "r6"})]).await;
        assert_eq!(sequences(&ready(&mut ahead)), [-1, 7]);
        assert!(store.viewer.follow(&"nowhere".into(), 0).await.is_err());
    }
}

#[tokio::test]
async fn whoever_is_too_far_behind_loads_afresh() {
    for store in stores().await {
        let project = store.project("behind").await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let behind = |event: i64| {
            let (store, id) = (store.store.clone(), project.id.clone());
            async move {
                store
                    .write(move |change| {
                        Box::pin(async move {
                            run(&change.transaction, "UPDATE projects SET event = ? WHERE id = ?", values![event, id.as_str()]).await
                        })
                    })
                    .await
                    .unwrap();
            }
        };
        behind(2_500).await;
        // Too many, then few enough but forgotten.
        for after in [0, 2_400] {
            let mut subscription = store.viewer.follow(&project.id, after).await.unwrap();
            assert_eq!(sequences(&ready(&mut subscription)), [-1], "{after}");
        }
        store.send(&project, &[json!({"id": "s"})]).await;
        let mut subscription = store.viewer.follow(&project.id, 2_500).await.unwrap();
        assert_eq!(sequences(&ready(&mut subscription)), [2_501]);
    }
}

#[tokio::test]
async fn a_gap_is_told_at_once_and_not_with_the_next_event() {
    for store in stores().await {
        let project = store.project("gap").await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let mut subscription = store.viewer.follow(&project.id, 1).await.unwrap();
        // Another process wrote more than is kept.
        let id = project.id.clone();
        let jump = store.store.write(move |change| {
            Box::pin(async move {
                run(&change.transaction, "UPDATE projects SET event = event + 2500 WHERE id = ?", values![id.as_str()]).await
            })
        });
        jump.await.unwrap();
        let told = tokio::time::timeout(Duration::from_secs(60), subscription.next()).await.expect("told while nobody writes").unwrap();
        assert_eq!(sequences(&[told]), [-1]);
        assert!(ready(&mut subscription).is_empty(), "once");
    }
}

#[tokio::test]
async fn a_reader_that_sleeps_is_told_to_load_afresh() {
    let store = stores().await.remove(0);
    let project = store.project("sleep").await;
    let mut page = store.load(&project).await;
    let mut subscription = store.viewer.follow(&project.id, page.as_of).await.unwrap();
    for round in 0..17 {
        let row = |number: usize| raws(&[json!({"id": format!("r{number}"), "input": round})]);
        let sent = (0..300).map(|number| store.engineer.ingest(row(number), Some(project.logs())));
        futures::future::join_all(sent).await;
    }
    catch_up(&mut page, &mut subscription, &store.viewer, &project).await;
    assert_eq!(page, store.load(&project).await);
}
