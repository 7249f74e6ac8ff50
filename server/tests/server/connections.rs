//! Connections on which nothing happens, over raw sockets.

use crate::harness::{TestServer, Who, impatient_server, row};
use futures::StreamExt;
use http::Method;
use serde_json::json;
use server::application::Patience;
use shared::people::Role;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Far longer than any patience in these tests, and shorter than what a server waits for by itself.
const LONG: Duration = Duration::from_secs(20);

const SHORT: Duration = Duration::from_millis(300);

/// Who opens raw connections to a server.
pub struct TestClient {
    address: SocketAddr,
}

/// A raw connection.
pub struct Raw(TcpStream);

impl TestClient {
    pub fn of(server: &TestServer) -> Self {
        Self { address: server.address }
    }

    pub async fn connect(&self) -> Raw {
        Raw(TcpStream::connect(self.address).await.unwrap())
    }
}

impl Raw {
    pub async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// Everything until the server closes the connection, which it must do by itself.
    pub async fn read_to_end(&mut self) -> String {
        let mut read = Vec::new();
        // A connection that is reset is closed, too.
        let _ = timeout(LONG, self.0.read_to_end(&mut read)).await.expect("the server closes the connection");
        String::from_utf8_lossy(&read).into_owned()
    }
}

#[tokio::test]
async fn a_connection_without_a_request_is_let_go() {
    let server = impatient_server(Patience { head: SHORT, ..Patience::default() }).await;
    let client = TestClient::of(&server);
    for (sent, answered) in [
        ("", false),
        ("GET /healthz HT", false),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ", false),
        // One request, and then no other.
        ("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", true),
    ] {
        let mut raw = client.connect().await;
        raw.write(sent.as_bytes()).await;
        let answer = raw.read_to_end().await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), answered, "{sent:?}: {answer}");
    }
}

#[tokio::test]
async fn who_waits_for_a_place_gets_it_when_another_is_let_go() {
    let server = impatient_server(Patience { head: SHORT, connections: 2, ..Patience::default() }).await;
    let client = TestClient::of(&server);
    let mut idle = Vec::new();
    for _ in 0..6 {
        idle.push(client.connect().await);
    }
    let mut raw = client.connect().await;
    raw.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(raw.read_to_end().await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn an_answer_that_nobody_takes_holds_no_place() {
    let server = impatient_server(Patience { head: SHORT, answer: SHORT, connections: 1, ..Patience::default() }).await;
    let key = server.key(Role::Engineer, &[]).await;
    let body = json!({ "key": "large", "filename": "f", "content_type": "text/plain" });
    let link = server.done(&key, Method::POST, "/attachment", &body).await["signedUrl"].as_str().unwrap().to_owned();
    server
        .request(&Who::Nobody, Method::PUT, link.split_once("/attachment").map(|(_, rest)| format!("/attachment{rest}")).unwrap().as_str())
        .body(vec![b'x'; 1_500_000])
        .send()
        .await
        .unwrap();
    let told = server.get(&key, "/attachment?key=large").await.1;
    let path = told["downloadUrl"].as_str().unwrap().split_once("/attachment").map(|(_, rest)| format!("/attachment{rest}")).unwrap();
    let client = TestClient::of(&server);
    let mut greedy = client.connect().await;
    // More than the system keeps on the way between two sockets.
    greedy.write(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").repeat(20).as_bytes()).await;
    // The only place is free again although nothing was read.
    let mut raw = client.connect().await;
    raw.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(raw.read_to_end().await.starts_with("HTTP/1.1 200"));
    assert!(greedy.read_to_end().await.len() < 20 * 1_500_000);
}

#[tokio::test]
async fn a_stream_of_live_events_goes_on_for_as_long_as_it_is_read() {
    let server = impatient_server(Patience { head: SHORT, body: SHORT, answer: SHORT, ..Patience::default() }).await;
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("P").await;
    let answer = server.request(&key, Method::GET, &format!("/live/{project}?after=0")).send().await.unwrap();
    let mut pieces = answer.bytes_stream();
    // Others are let go meanwhile, one after the other.
    for _ in 0..3 {
        assert_eq!(TestClient::of(&server).connect().await.read_to_end().await, "");
    }
    server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "one", &json!({}))] })).await;
    let piece = timeout(LONG, pieces.next()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&piece).contains("data: "), "{piece:?}");
}

/// Lets this process open as many files as it may, which by default are fewer.
fn with_many_files() {
    let process = std::process::id().to_string();
    let raised = std::process::Command::new("prlimit").args(["--pid", &process, "--nofile=8192:"]).status();
    assert!(raised.is_ok_and(|status| status.success()), "this process may not open 8,192 files");
}

#[tokio::test]
async fn a_thousand_idle_connections_hold_up_nobody() {
    with_many_files();
    let server = impatient_server(Patience { head: SHORT, ..Patience::default() }).await;
    assert!(Patience::default().connections < 1_000, "some of them wait for a place");
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("P").await;
    let answer = server.request(&key, Method::GET, &format!("/live/{project}?after=0")).send().await.unwrap();
    let mut pieces = answer.bytes_stream();
    let client = TestClient::of(&server);
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        idle.push(client.connect().await);
    }
    // Who asks something comes after all of them, and gets a place when they are let go.
    for number in 0..3 {
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, &format!("row {number}"), &json!({}))] })).await;
    }
    // Who listens was never let go.
    let piece = timeout(LONG, pieces.next()).await.unwrap().unwrap().unwrap();
    assert!(String::from_utf8_lossy(&piece).contains("data: "), "{piece:?}");
    for mut raw in idle {
        assert_eq!(raw.read_to_end().await, "");
    }
}

#[tokio::test]
async fn who_takes_an_answer_byte_by_byte_holds_no_place() {
    // In the same proportion as a byte each second is to the patience of a real server.
    const PAUSE: Duration = Duration::from_millis(5);
    let server = impatient_server(Patience { head: SHORT, answer: SHORT, connections: 1, ..Patience::default() }).await;
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("P").await;
    let rows: Vec<_> = (0..15).map(|number| row(&project, &format!("r{number}"), &json!({ "input": "x".repeat(100_000) }))).collect();
    server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows })).await;
    let Who::Key(secret) = &key else { panic!("a key") };
    let mut slow = TestClient::of(&server).connect().await;
    let ask = format!("GET /v1/project_logs/{project}/fetch?limit=100 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n\r\n");
    // More than the system keeps on the way between two sockets.
    slow.write(ask.repeat(20).as_bytes()).await;
    let reading = tokio::spawn(async move {
        let mut taken = 0_usize;
        while slow.0.read_u8().await.is_ok() {
            taken += 1;
            tokio::time::sleep(PAUSE).await;
        }
        taken
    });
    // The only place is free again.
    let mut raw = TestClient::of(&server).connect().await;
    raw.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(raw.read_to_end().await.starts_with("HTTP/1.1 200"));
    // What is on the way already it may go on taking, for as long as it likes.
    reading.abort();
}
