//! Feedback through a link, as a web page of another origin sends it: no key, no cookie, and nothing but what the link allows.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use shared::people::{ApiScope, Role};

/// A project with a row, a key for feedback, and a link for that row.
async fn link(server: &TestServer, more: &Value) -> (Who, String, String) {
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("visited").await;
    server.done(&key, Method::POST, "/logs3", &json!({ "rows": [row(&project, "one", &json!({}))], "api_version": 2 })).await;
    let mut body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "scores": ["Helpful"] });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = server.done(&key, Method::POST, "/v1/feedback_link", &body).await;
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with(&server.url("/v1/feedback/")), "{made}");
    (key, project, url[server.url("").len()..].to_owned())
}

/// What a page of another origin sends. Browsers ask for no leave before plain text.
async fn visit(server: &TestServer, path: &str, body: &str) -> Response {
    let request = server.request(&Who::Nobody, Method::POST, path).header("origin", "https://shop.example").body(body.to_owned());
    request.header("content-type", "text/plain;charset=UTF-8").send().await.unwrap()
}

async fn says(server: &TestServer, path: &str, body: &Value) -> (StatusCode, Value) {
    let response = visit(server, path, &body.to_string()).await;
    (response.status(), serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

async fn stored(server: &TestServer, key: &Who, project: &str) -> Value {
    let query = format!("select: feedback, scores, comments.text as said, expected | from: project_logs('{project}') | filter: id = 'one'");
    server.done(key, Method::POST, "/btql", &json!({ "query": query })).await["data"][0].take()
}

#[tokio::test]
async fn a_visitor_says_what_the_link_allows_and_may_change_it() {
    for server in servers().await {
        let (key, project, path) = link(&server, &json!({ "comment": true, "scores": ["Helpful", "Polite"] })).await;
        let response = visit(&server, &path, r#"{"scores": {"Helpful": 1}, "comment": "It was \ud83e right"}"#).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "half an emoji is no text of a browser");
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        assert!(!response.headers().contains_key("access-control-allow-credentials"));

        let (status, answer) = says(&server, &path, &json!({ "scores": { "Helpful": 1 }, "comment": "It was right" })).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "status": "success" })));
        // They think again; another visitor says something else.
        says(&server, &path, &json!({ "scores": { "Helpful": 0.5, "Polite": 1 } })).await;
        let (_, _, other) = link(&server, &json!({ "user": "u7" })).await;
        says(&server, &other, &json!({ "scores": { "Helpful": 0 } })).await;
        let expected = json!({ "feedback": { "Helpful": 0.25, "Polite": 1.0 }, "scores": { "Helpful": 0.25, "Polite": 1.0 }, "said": ["It was right"], "expected": null });
        assert_eq!(stored(&server, &key, &project).await, expected);

        for (body, words) in [
            (json!({ "scores": { "Preference": 1 } }), "It takes: Helpful, Polite."),
            (json!({ "expected": "x" }), "not made for it"),
            (json!({ "scores": { "Helpful": 7 } }), "Helpful"),
            (json!({}), "says nothing"),
            (json!({ "tags": ["x"] }), "unknown field"),
        ] {
            let (status, answer) = says(&server, &path, &body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{body}: {answer}");
        }
        assert_eq!(stored(&server, &key, &project).await, expected);
        server.store.verify().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_was_expected_stays_as_it_was_written() {
    for server in servers().await {
        let (key, project, path) = link(&server, &json!({ "expected": true })).await;
        let response = visit(&server, &path, r#"{"expected": {"b": 1.50, "a": 2}}"#).await;
        assert_eq!(response.status(), StatusCode::OK);
        let fetched = server.request(&key, Method::GET, &format!("/v1/project_logs/{project}/fetch")).send().await.unwrap();
        assert!(fetched.text().await.unwrap().contains(r#""expected":{"b": 1.50, "a": 2}"#));
    }
}

#[tokio::test]
async fn a_link_that_is_forged_spent_or_revoked_says_nothing() {
    for server in servers().await {
        let (_, project, path) = link(&server, &json!({})).await;
        let helpful = json!({ "scores": { "Helpful": 1 } });
        let forged = path.replacen("6f6e65", "74776f", 1);
        assert_ne!(forged, path, "another row's id in the same link");
        let attachment = path.replace("/v1/feedback/", "/attachment/content/");
        for wrong in [forged.as_str(), &format!("{path}00"), &path[..path.len() - 2], "/v1/feedback/x.y", "/v1/feedback/%00"] {
            let (status, answer) = says(&server, wrong, &helpful).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}: {answer}");
        }
        assert_eq!(server.get(&Who::Nobody, &attachment).await.0, StatusCode::NOT_FOUND);

        // Too large, before anything of it is kept; too often, and then told how long to wait.
        assert_eq!(visit(&server, &path, &"x".repeat(20_000)).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let mut last = StatusCode::OK;
        for _ in 0..12 {
            let response = visit(&server, &path, &helpful.to_string()).await;
            last = response.status();
            if last == StatusCode::TOO_MANY_REQUESTS {
                let wait: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
                assert!((1..=61).contains(&wait), "{wait}");
                break;
            }
            assert_eq!(last, StatusCode::OK);
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);

        // It ends with the key that made it.
        let only_feedback = server.key(Role::Engineer, &[ApiScope::Feedback]).await;
        let body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "scores": ["Helpful"] });
        let made = server.done(&only_feedback, Method::POST, "/v1/feedback_link", &body).await;
        let path = format!("/v1/feedback/{}", made["token"].as_str().unwrap());
        assert_eq!(says(&server, &path, &helpful).await.0, StatusCode::OK);
        let desk = server.member(Role::Engineer).await;
        for key in desk.keys().await.unwrap() {
            desk.revoke_key(&key.id).await.unwrap();
        }
        assert_eq!(says(&server, &path, &helpful).await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_no_link_can_allow_is_told() {
    for server in servers().await {
        let (key, project, path) = link(&server, &json!({})).await;
        for (more, field) in [
            (json!({ "scores": [] }), "scores"),
            (json!({ "scores": vec!["x"; 21] }), "scores"),
            (json!({ "scores": [" "] }), "scores"),
            (json!({ "user": "" }), "user"),
            (json!({ "user": "u".repeat(201) }), "user"),
            (json!({ "expires_in": 59 }), "expires_in"),
            (json!({ "expires_in": 2_592_001 }), "expires_in"),
        ] {
            let mut body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "scores": ["Helpful"] });
            for (name, value) in more.as_object().unwrap() {
                body[name] = value.clone();
            }
            let (status, answer) = server.send(&key, Method::POST, "/v1/feedback_link", body.to_string()).await;
            assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{answer}");
        }
        for wrong in [
            json!({ "object_type": "dataset", "object_id": project, "id": "one" }),
            json!({ "object_type": "project_logs", "object_id": "none", "id": "one" }),
        ] {
            let mut body = wrong.clone();
            body["scores"] = json!(["Helpful"]);
            assert_eq!(server.send(&key, Method::POST, "/v1/feedback_link", body.to_string()).await.0, StatusCode::NOT_FOUND, "{wrong}");
        }

        // A session ends unseen; who makes links does it with a key that can be revoked.
        let body = json!({ "object_type": "project_logs", "object_id": project, "id": "one", "scores": ["Helpful"] });
        let (status, answer) = server.send(&server.session(Role::Owner).await, Method::POST, "/v1/feedback_link", body.to_string()).await;
        assert_eq!((status, &answer["field"]), (StatusCode::BAD_REQUEST, &json!("key")), "{answer}");

        // A browser asks for leave before it sends JSON; here it gets it, and nowhere else without a key.
        for (path, is_open) in [(path.as_str(), true), ("/v1/answer", false)] {
            let ask = server.request(&Who::Nobody, Method::OPTIONS, path).header("origin", "https://shop.example");
            let leave = ask.header("access-control-request-headers", "content-type").send().await.unwrap();
            assert_eq!(leave.headers().contains_key("access-control-allow-origin"), is_open, "{path}");
        }
    }
}
