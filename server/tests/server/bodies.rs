//! Bodies: who has not proved who they are sends little, and nobody keeps a server waiting.

use crate::connections::{Raw, TestClient};
use crate::harness::{BODY_LIMIT, Who, impatient_server, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use server::application::Patience;
use server::room::UNPROVEN;
use shared::people::Role;
use std::time::Duration;

const LARGE: usize = UNPROVEN as usize + 1;

/// A body that is sent piece by piece, without its length.
fn pieces(length: usize) -> reqwest::Body {
    let pieces = vec![b'x'; length].chunks(16 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>();
    reqwest::Body::wrap_stream(futures::stream::iter(pieces))
}

#[tokio::test]
async fn who_has_proved_nothing_sends_little() {
    for server in servers().await {
        for path in ["/login", "/logout", "/setup/no", "/join/no", "/reset/no", "/fn/people/open-link", "/fn/projects/create"] {
            for who in [Who::Nobody, Who::Session("wrong".to_owned())] {
                let form = "application/x-www-form-urlencoded";
                let request = server.request(&who, Method::POST, path).header("content-type", form).body(vec![b'x'; LARGE]);
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path} {who:?}");
                let told = answer.text().await.unwrap();
                assert!(told.contains("Sign in first"), "{path}: {told}");
                let request = server.request(&who, Method::POST, path).header("content-type", form).body(pieces(4 * LARGE));
                let status = request.send().await.unwrap().status();
                assert!(status.is_client_error() || status.is_server_error() || path == "/logout", "{path} {who:?}: {status}");
            }
        }
        // Who is signed in sends more through the same doors.
        let who = server.session(Role::Engineer).await;
        let body = json!({ "command": { "name": "x".repeat(LARGE) } }).to_string();
        let request = server.request(&who, Method::POST, "/fn/projects/create").header("accept", "application/json");
        let told = request.header("content-type", "application/json").body(body).send().await.unwrap().text().await.unwrap();
        assert!(told.contains("200 characters"), "{told}");
    }
}

#[tokio::test]
async fn proof_is_looked_at_before_the_body() {
    for server in servers().await {
        let client = TestClient::of(&server);
        let large = BODY_LIMIT - 1;
        for (head, status) in [
            (format!("PUT /attachment/upload/wrong HTTP/1.1\r\nhost: x\r\ncontent-length: {large}\r\n\r\n"), "404"),
            (format!("POST /logs3 HTTP/1.1\r\nhost: x\r\ncontent-length: {large}\r\n\r\n"), "401"),
            (format!("POST /v1/project HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ts_no\r\ncontent-length: {large}\r\n\r\n"), "401"),
        ] {
            let mut raw = client.connect().await;
            // The answer comes although the body never does.
            raw.write(head.as_bytes()).await;
            let answer = raw.read_to_end().await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_on_is_given_up() {
    let server = impatient_server(Patience { body: Duration::from_millis(300), ..Patience::default() }).await;
    let Who::Key(key) = server.key(Role::Engineer, &[]).await else { unreachable!() };
    let head = format!("POST /logs3 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-length: 1000\r\n\r\n{{");
    let mut raw: Raw = TestClient::of(&server).connect().await;
    raw.write(head.as_bytes()).await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{answer}");
    let mut raw = TestClient::of(&server).connect().await;
    raw.write(b"POST /login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nemail=")
        .await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}
