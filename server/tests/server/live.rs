//! Live events over a real connection.

use crate::harness::{TestServer, Who, row, servers};
use futures::StreamExt;
use http::Method;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use shared::people::{ChangeMember, Role};
use std::time::Duration;
use tokio::time::timeout;

/// An open stream, read event by event.
struct Events {
    response: futures::stream::BoxStream<'static, Vec<u8>>,
    read: String,
}

impl Events {
    async fn open(server: &TestServer, who: &Who, path: &str) -> Self {
        let response = server.request(who, Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert!(!response.headers().contains_key("content-encoding"), "a compressed stream arrives late");
        Self::of(response)
    }

    fn of(response: Response) -> Self {
        let pieces = response.bytes_stream().filter_map(|piece| async { piece.ok().map(|bytes| bytes.to_vec()) });
        Self { response: pieces.boxed(), read: String::new() }
    }

    /// The next event as its lines by name; none at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            while let Some((event, rest)) = self.read.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned())) {
                self.read = rest;
                let lines = event.lines().filter_map(|line| line.split_once(": ")).filter(|(name, _)| !name.is_empty());
                let event: serde_json::Map<_, _> = lines.map(|(name, text)| (name.to_owned(), json!(text))).collect();
                if !event.is_empty() {
                    return Some(Value::Object(event));
                }
            }
            let piece = timeout(Duration::from_secs(20), self.response.next()).await.expect("an event within 20 s")?;
            self.read += &String::from_utf8(piece).unwrap();
        }
    }
}

async fn send(server: &TestServer, key: &Who, project: &str, id: &str) {
    server.done(key, Method::POST, "/logs3", &json!({ "rows": [row(project, id, &json!({}))] })).await;
}

#[tokio::test]
async fn events_come_in_order_from_where_one_was() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let viewer = server.session(Role::Viewer).await;
        let project = server.project("P").await;
        send(&server, &key, &project, "one").await;
        let mut events = Events::open(&server, &viewer, &format!("/live/{project}?after=0")).await;
        let first = events.next().await.unwrap();
        let sequence: i64 = first["id"].as_str().unwrap().parse().unwrap();
        let data: Value = serde_json::from_str(first["data"].as_str().unwrap()).unwrap();
        assert_eq!((&data["sequence"], data["change"]["spans"].is_object()), (&json!(sequence), true), "{first}");

        send(&server, &key, &project, "two").await;
        let second = events.next().await.unwrap();
        assert_eq!(second["id"], json!((sequence + 1).to_string()));

        // The header of a reconnection wins over the address.
        let request =
            server.request(&viewer, Method::GET, &format!("/live/{project}?after=0")).header("last-event-id", sequence.to_string());
        let mut again = Events::of(request.send().await.unwrap());
        assert_eq!(again.next().await.unwrap()["id"], second["id"]);

        // A number that this project never had: load afresh.
        let mut ahead = Events::open(&server, &viewer, &format!("/live/{project}?after=1000000")).await;
        assert_eq!(ahead.next().await.unwrap(), json!({ "event": "resync", "data": "{}" }));
        let (status, _) = server.get(&viewer, "/live/unknown").await;
        assert_eq!(status, StatusCode::NOT_FOUND);

        server.stop();
        assert_eq!(events.next().await, None, "streams end with the server");
    }
}

#[tokio::test]
async fn a_stream_ends_at_once_when_whoever_listens_may_less() {
    for server in servers().await {
        let sender = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        send(&server, &sender, &project, "one").await;
        let path = format!("/live/{project}?after=0");
        let owner = server.member(Role::Owner).await;
        let listen = async |who: &Who| {
            let mut events = Events::open(&server, who, &path).await;
            assert!(events.next().await.is_some());
            events
        };
        let ended = async |mut events: Events, what: &str| {
            // What was on its way may still come; nothing after it.
            while let Some(event) = events.next().await {
                assert_eq!(event["id"], json!("1"), "{what}");
            }
        };
        let reader = server.key(Role::Viewer, &[]).await;
        let by_key = listen(&reader).await;
        let by_session = listen(&server.session(Role::Viewer).await).await;
        let (narrowed, deactivated) =
            (listen(&server.session(Role::Engineer).await).await, listen(&server.session(Role::Reviewer).await).await);
        let mut stays = listen(&server.session(Role::Owner).await).await;

        let viewer = server.member(Role::Viewer).await;
        viewer.revoke_key(&viewer.keys().await.unwrap().remove(0).id).await.unwrap();
        ended(by_key, "a revoked key").await;
        viewer.end_session(&viewer.sessions().await.unwrap().remove(0).id).await.unwrap();
        ended(by_session, "an ended session").await;
        let change = async |role: Role, role_now: Option<Role>, active: Option<bool>| {
            let person = server.member(role).await.actor().person.id.0.clone();
            owner.change_member(ChangeMember { person, role: role_now, active }).await.unwrap();
        };
        change(Role::Engineer, Some(Role::Viewer), None).await;
        ended(narrowed, "a narrowed role").await;
        change(Role::Engineer, Some(Role::Engineer), None).await;
        change(Role::Reviewer, None, Some(false)).await;
        ended(deactivated, "a deactivated member").await;
        send(&server, &sender, &project, "two").await;
        assert_eq!(stays.next().await.unwrap()["id"], json!("2"), "nobody else is cut off");
    }
}

#[tokio::test]
async fn who_never_reads_costs_the_others_nothing() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let viewer = server.session(Role::Viewer).await;
        let project = server.project("P").await;
        let asleep = server.request(&viewer, Method::GET, &format!("/live/{project}?after=0")).send().await.unwrap();
        for batch in 0..30 {
            let rows: Vec<_> =
                (0..100).map(|number| row(&project, &format!("{batch}-{number}"), &json!({ "input": "x".repeat(500) }))).collect();
            server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows })).await;
        }
        let mut awake = Events::open(&server, &viewer, &format!("/live/{project}?after=29")).await;
        assert!(awake.next().await.is_some());
        // Waking up it gets everything in order, or is told to load afresh.
        let mut woken = Events::of(asleep);
        let mut last = 0;
        while last < 30 {
            let event = woken.next().await.unwrap();
            if event["event"] == "resync" {
                break;
            }
            let sequence: i64 = event["id"].as_str().unwrap().parse().unwrap();
            assert_eq!(sequence, last + 1);
            last = sequence;
        }
    }
}
