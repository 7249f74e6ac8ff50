//! Bad input: each has a clear status and text, and costs the rest of its batch nothing.

use crate::connections::TestClient;
use crate::harness::{BODY_LIMIT, TestServer, Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;
use shared::{ObjectId, RowId};

struct Logs {
    server: TestServer,
    key: Who,
    project: String,
}

impl Logs {
    async fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for server in servers().await {
            let key = server.key(Role::Engineer, &[]).await;
            let project = server.project("bad input").await;
            all.push(Self { server, key, project });
        }
        all
    }

    fn row(&self, id: &str, more: Value) -> String {
        row(&self.project, id, &more).to_string()
    }

    async fn send(&self, rows: &[String]) -> (StatusCode, Value) {
        let body = format!(r#"{{"rows":[{}],"api_version":2}}"#, rows.join(","));
        self.server.send(&self.key, Method::POST, "/logs3", body).await
    }

    /// Sends a bad row between two good ones: only the bad one is refused, and the reason holds some words.
    async fn refuses(&self, bad: String, words: &str) {
        let rows = [self.row("first", json!({})), bad, self.row("last", json!({}))];
        let (status, answer) = self.send(&rows).await;
        assert_eq!(status, StatusCode::OK, "{words}: {answer}");
        let rejected = answer["rejected"].as_array().unwrap();
        assert_eq!((rejected.len(), &rejected[0]["index"]), (1, &json!(1)), "{words}: {answer}");
        assert!(rejected[0]["reason"].as_str().unwrap().contains(words), "{words}: {answer}");
        assert!(self.stored("first").await && self.stored("last").await, "{words}");
    }

    /// Whatever was sent, what is stored fits together.
    async fn verified(&self) {
        self.server.store.verify().await.unwrap().unwrap();
    }

    async fn stored(&self, id: &str) -> bool {
        let desk = self.server.member(Role::Viewer).await;
        desk.locate_row(&ObjectId::from(self.project.as_str()), &RowId::from(id)).await.is_ok()
    }
}

#[tokio::test]
async fn a_server_function_says_what_is_wrong_with_its_body() {
    for logs in Logs::all().await {
        for body in ["{", "[]", "{}", r#"{"query": 1}"#, r#"{"query": {"object": []}}"#] {
            let (status, answer) = logs.server.send(&logs.key, Method::POST, "/fn/spans/list", body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
            assert!(answer["problem"].is_object(), "{body}: {answer}");
        }
        logs.verified().await;
    }
}

#[tokio::test]
async fn what_is_not_json_is_told() {
    for logs in Logs::all().await {
        for (path, body) in [("/logs3", "{\"rows\": [1,"), ("/logs3", "rows"), ("/btql", "{"), ("/v1/project", "\u{0}")] {
            let (status, answer) = logs.server.send(&logs.key, Method::POST, path, body).await;
            assert_eq!((status, &answer["problem"]), (StatusCode::BAD_REQUEST, &json!("invalid")), "{path} {body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains("not JSON"), "{path} {body}: {answer}");
        }
        let (status, answer) = logs.server.send(&logs.key, Method::POST, "/logs3", "{}").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"].as_str().unwrap().contains("rows"), "{answer}");
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_told() {
    for logs in Logs::all().await {
        let body = format!(r#"{{"rows":[{}]}}"#, logs.row("big", json!({ "input": "x".repeat(BODY_LIMIT as usize) })));
        let (status, answer) = logs.server.send(&logs.key, Method::POST, "/logs3", body.clone()).await;
        assert_eq!((status, &answer["limit"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!(BODY_LIMIT)), "{answer}");
        assert!(answer["error"].as_str().unwrap().contains("--body-limit"), "{answer}");

        // The same without a declared length.
        let pieces = body.into_bytes().chunks(64 * 1024).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>();
        let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
        if let Ok(response) = logs.server.request(&logs.key, Method::POST, "/logs3").body(stream).send().await {
            assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        }
        assert!(!logs.stored("big").await);
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_wrong_row_is_told_and_the_others_are_kept() {
    for logs in Logs::all().await {
        logs.refuses(r#"{"id":"homeless"}"#.to_owned(), "project_id").await;
        logs.refuses(row("00000000-0000-4000-8000-000000000000", "lost", &json!({})).to_string(), "project").await;
        logs.refuses(logs.row("high", json!({ "scores": { "Quality": 1.5 } })), "Quality").await;
        logs.refuses(logs.row("low", json!({ "scores": { "Quality": -0.1 } })), "Quality").await;
        logs.refuses(logs.row("word", json!({ "scores": { "Quality": "good" } })), "Quality").await;
        logs.refuses("[]".to_owned(), "object").await;
        assert!(!logs.stored("high").await);
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_number_that_json_does_not_have_is_read_as_null_and_told() {
    for logs in Logs::all().await {
        let python = |id: &str, number: &str| {
            logs.row(id, json!({ "scores": { "Quality": 0, "Other": 1 }, "input": "NaN" }))
                .replace(r#""Quality":0"#, &format!(r#""Quality":{number}"#))
        };
        let rows = [logs.row("beside", json!({})), python("nan", "NaN"), python("low", "-Infinity"), python("huge", "1e999")];
        let (status, answer) = logs.send(&rows).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let told = json!([
            { "index": 1, "field": "scores.Quality", "sent": "NaN" },
            { "index": 2, "field": "scores.Quality", "sent": "-Infinity" },
        ]);
        assert_eq!(answer["read_as_null"], told);
        // Larger than any number, but a number: the row is named.
        assert_eq!((&answer["rejected"][0]["id"], answer["rejected"].as_array().unwrap().len()), (&json!("huge"), 1), "{answer}");
        assert!(answer["rejected"][0]["reason"].as_str().unwrap().contains("scores.Quality"), "{answer}");
        assert!(logs.stored("beside").await && logs.stored("nan").await && logs.stored("low").await);
        // The same through REST.
        let path = format!("/v1/project_logs/{}", logs.project);
        for (what, list, body) in [
            ("insert", "events", r#"{"id":"more","metrics":{"loss":Infinity}}"#),
            ("feedback", "feedback", r#"{"id":"more","scores":{"a":1,"b":NaN}}"#),
        ] {
            let body = format!(r#"{{"{list}":[{body}]}}"#);
            let (status, answer) = logs.server.send(&logs.key, Method::POST, &format!("{path}/{what}"), body).await;
            assert_eq!((status, answer["read_as_null"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)), "{answer}");
        }
        // What is no JSON for another reason is told as before.
        let (status, answer) = logs.send(&["{NaN}".to_owned()]).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"].as_str().unwrap().contains("not JSON"), "{answer}");
        logs.verified().await;
    }
}

#[tokio::test]
async fn feedback_that_waits_for_its_row_is_told() {
    for logs in Logs::all().await {
        let text = json!({ "feedback": [{ "id": "later", "comment": "good" }] }).to_string();
        let path = format!("/v1/project_logs/{}/feedback", logs.project);
        let (status, answer) = logs.server.send(&logs.key, Method::POST, &path, text).await;
        assert_eq!((status, &answer["waiting"]), (StatusCode::OK, &json!([{ "index": 0, "id": "later" }])), "{answer}");
        assert!(!logs.stored("later").await);
        let (_, answer) = logs.send(&[logs.row("later", json!({}))]).await;
        assert_eq!(answer.get("waiting"), None, "{answer}");
        assert!(logs.stored("later").await);
        logs.send(&[logs.row("later", json!({ "_object_delete": true }))]).await;
        logs.refuses(logs.row("about", json!({ "origin": { "id": "later" }, "comment": { "text": "hm" } })), "Row later was deleted").await;
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_batch_of_wrong_rows_is_refused_as_a_whole() {
    for logs in Logs::all().await {
        let (status, answer) = logs.send(&[r#"{"id":"one"}"#.to_owned(), r#"{"id":"two"}"#.to_owned()]).await;
        assert_eq!((status, answer["rejected"].as_array().unwrap().len()), (StatusCode::BAD_REQUEST, 2), "{answer}");
        let (status, answer) = logs.send(&[]).await;
        assert_eq!((status, &answer["ids"]), (StatusCode::OK, &json!([])), "an empty batch is no mistake");
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_merge_before_its_row_inserts_it() {
    for logs in Logs::all().await {
        let (status, answer) = logs.send(&[logs.row("early", json!({ "_is_merge": true }))]).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &json!([])), "{answer}");
        assert!(logs.stored("early").await);
        logs.verified().await;
    }
}

#[tokio::test]
async fn deep_nesting_is_kept_or_told() {
    for logs in Logs::all().await {
        let nested = |levels: usize| {
            let value = format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
            logs.row("deep", json!({ "input": "NESTED" })).replace("\"NESTED\"", &value)
        };
        let (status, answer) = logs.send(&[nested(100)]).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &json!([])), "{answer}");
        let rows = [nested(100_000), logs.row("beside", json!({}))];
        let (status, answer) = logs.send(&rows).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert!(logs.stored("beside").await);
        // Whatever was kept can be read back.
        let (status, answer) = logs.server.get(&logs.key, &format!("/v1/project_logs/{}/fetch", logs.project)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let tree = format!("{}{}", r#"{"query":{"select":[{"op":"star"}],"filter":"#, r#"{"op":"not","expr":"#.repeat(50_000));
        let (status, answer) = logs.server.send(&logs.key, Method::POST, "/btql", tree).await;
        assert_eq!((status, &answer["problem"]), (StatusCode::BAD_REQUEST, &json!("invalid")), "{answer}");
        logs.verified().await;
    }
}

#[tokio::test]
async fn a_comment_says_something_and_ends() {
    for logs in Logs::all().await {
        let (status, answer) = logs.send(&[logs.row("span", json!({}))]).await;
        assert_eq!((status, &answer["rejected"]), (StatusCode::OK, &json!([])), "{answer}");
        for (text, reason) in
            [("x".repeat(1_000_000), "Use at most 100,000 bytes; this has 1,000,000."), (" ".to_owned(), "Write something first.")]
        {
            let comment = logs.row("comment", json!({ "origin": { "id": "span" }, "comment": { "text": text } }));
            let (status, answer) = logs.send(&[comment, logs.row("beside", json!({}))]).await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            assert!(answer["rejected"].to_string().contains(reason), "{answer}");
            assert!(logs.stored("beside").await);
        }
        logs.verified().await;
    }
}

#[tokio::test]
async fn unknown_addresses_are_json_for_programs() {
    for logs in Logs::all().await {
        for path in
            ["/v1/galaxy", "/v1/galaxy/x/fetch", "/v1/dataset/x/fetch", "/api/galaxy/register", "/nothing", "/live", "/otel/v1/traces"]
        {
            let (status, answer) = logs.server.send(&logs.key, Method::POST, path, "{}").await;
            assert_eq!((status, &answer["problem"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{path}: {answer}");
        }
        let (status, answer) = logs.server.send(&logs.key, Method::PATCH, "/logs3", "{}").await;
        assert_eq!((status, &answer["problem"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("method_not_allowed")), "{answer}");
        let (status, answer) = logs.server.send(&logs.key, Method::POST, "/v1/project_logs/unknown/insert", r#"{"events":[{}]}"#).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{answer}");
        logs.verified().await;
    }
}

#[tokio::test]
async fn what_is_refused_before_it_reaches_a_handler_is_json_too() {
    for logs in Logs::all().await {
        for (method, path, status) in [
            (Method::GET, "/v1/project/%ff", StatusCode::NOT_FOUND),
            (Method::GET, "/v1/experiment/%ff", StatusCode::NOT_FOUND),
            (Method::DELETE, "/v1/project_tag/%ff", StatusCode::NOT_FOUND),
            (Method::GET, "/attachment/content/%ff", StatusCode::NOT_FOUND),
            (Method::GET, "/live/%ff", StatusCode::NOT_FOUND),
            (Method::GET, "/app/touchstone/p/%ff", StatusCode::NOT_FOUND),
            (Method::GET, "/assets/..", StatusCode::NOT_FOUND),
            (Method::GET, "/assets/x/..", StatusCode::NOT_FOUND),
            (Method::GET, "/assets/%ff/x", StatusCode::NOT_FOUND),
            (Method::POST, "/assets/x/y", StatusCode::METHOD_NOT_ALLOWED),
            (Method::GET, "/fn/nothing", StatusCode::NOT_FOUND),
            (Method::GET, "/fn/%ff", StatusCode::NOT_FOUND),
            (Method::PUT, "/fn/nothing", StatusCode::METHOD_NOT_ALLOWED),
            (Method::POST, "/login", StatusCode::BAD_REQUEST),
            (Method::POST, "/join/%ff", StatusCode::NOT_FOUND),
            (Method::POST, "/join/x", StatusCode::BAD_REQUEST),
        ] {
            // As it is written: clients take `..` out of an address before they ask.
            let answer = asked_raw(&logs, &method, path).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {}", status.as_u16())), "{method} {path}: {answer}");
            let body: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{method} {path}: {error}: {answer}"));
            assert!(body["error"].is_string() && body["problem"].is_string(), "{method} {path}: {answer}");
        }
        logs.verified().await;
    }
}

/// The whole answer to a request without a body.
async fn asked_raw(logs: &Logs, method: &Method, path: &str) -> String {
    let Who::Key(secret) = &logs.key else { panic!("a key") };
    let mut raw = TestClient::of(&logs.server).connect().await;
    let ask =
        format!("{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    raw.write(ask.as_bytes()).await;
    raw.read_to_end().await
}

#[tokio::test]
async fn answers_that_cannot_be_are_told() {
    for logs in Logs::all().await {
        logs.send(&[logs.row("one", json!({}))]).await;
        let address = json!({ "object_type": "project_logs", "object_id": logs.project, "id": "one" });
        let answer = |more: Value| {
            let mut body = address.clone();
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body.to_string()
        };
        for (body, status, words) in [
            ("{}".to_owned(), 400, "object_type"),
            (answer(json!({})), 400, "question"),
            (answer(json!({ "question": "Q" })), 400, "value"),
            (answer(json!({ "question": "Q", "value": [1] })), 400, "Send a number"),
            (answer(json!({ "question": "Q", "value": 1 })), 404, "named Q"),
            (answer(json!({ "question": "Q", "value": 1, "id": "two" })), 404, ""),
            (answer(json!({ "question": "Q", "value": 1, "object_type": "galaxy" })), 400, "object_type"),
        ] {
            let (got, answer) = logs.server.send(&logs.key, Method::PUT, "/v1/answer", body.clone()).await;
            assert_eq!(got.as_u16(), status, "{body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
        }
        logs.verified().await;
    }
}

#[tokio::test]
async fn queries_that_cannot_be_read_say_where() {
    for logs in Logs::all().await {
        let ask = |body: Value| logs.server.send(&logs.key, Method::POST, "/btql", body.to_string());
        let text = format!("select: * | from: project_logs('{}') | filter: scores.Q >", logs.project);
        let (status, answer) = ask(json!({ "query": text })).await;
        assert_eq!((status, &answer["problem"]), (StatusCode::BAD_REQUEST, &json!("filter")), "{answer}");
        assert!(answer["mistakes"][0]["start"].as_u64().unwrap() > 40, "{answer}");
        for (body, words) in [
            (json!({}), "query"),
            (json!({ "query": "select: * | from: project_prompts('x')" }), "project_prompts"),
            (json!({ "query": format!("select: * | from: project_logs('{}')", logs.project), "fmt": "parquet" }), "parquet"),
            (json!({ "query": format!("select: * | from: project_logs('{}') | cursor: 'x'", logs.project) }), "cursor"),
        ] {
            let (status, answer) = ask(body.clone()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
        }
        for source in ["project_logs", "experiment", "dataset"] {
            let (status, _) = ask(json!({ "query": format!("select: * | from: {source}('unknown')") })).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{source}");
        }
        logs.verified().await;
    }
}
