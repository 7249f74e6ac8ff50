//! Saved views over HTTP, in the form of the SDKs.

use crate::harness::{TestServer, Who, servers};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::people::{ApiScope, Role};

async fn listed(server: &TestServer, who: &Who, project: &str, more: &str) -> Value {
    server.get(who, &format!("/v1/view?object_type=project&object_id={project}{more}")).await.1["objects"].clone()
}

async fn text(server: &TestServer, who: &Who, method: Method, path: &str, body: &str) -> (StatusCode, String) {
    let answer = server.request(who, method, path).body(body.to_owned()).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn what_sdks_send_of_a_view_comes_back_to_the_letter() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let body = |name: &str, options: &str| {
            format!(r#"{{"object_id": "{project}", "view_type": "logs", "name": "{name}", "options": {options}}}"#)
        };
        let odd =
            r#"{"z":1,"a":123456789012345678901234567890.12345678901234567890,"half":"\ud83d","plain":"\\u0000","twice":1.0,"twice":2e2}"#;
        let (status, made) = text(&server, &key, Method::PUT, "/v1/view", &body("Odd", odd)).await;
        assert!(status == StatusCode::OK && made.contains(odd), "{made}");
        let id = serde_json::from_str::<Value>(&made.replace("\\ud83d", "")).unwrap()["id"].as_str().unwrap().to_owned();
        let change = r#"{"options": {"a": 1e400, "deep": {"er": [1.50]}}}"#;
        let (status, changed) = text(&server, &key, Method::PATCH, &format!("/v1/view/{id}"), change).await;
        let laid_on = r#"{"z":1,"a":1e400,"half":"\ud83d","plain":"\\u0000","twice":2e2,"deep":{"er": [1.50]}}"#;
        assert!(status == StatusCode::OK && changed.contains(laid_on), "{changed}");
        for (options, told) in [("[]", "options: This must be an object."), (r#"{"a":"\u0000"}"#, "options: Leave out NUL characters.")] {
            let (status, said) = text(&server, &key, Method::PUT, "/v1/view", &body("Odd", options)).await;
            assert!(status == StatusCode::BAD_REQUEST && said.contains(told), "{said}");
        }
    }
}

#[tokio::test]
async fn a_view_that_several_make_at_once_is_one() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        for (method, name) in [(Method::POST, "Posted"), (Method::PUT, "Put")] {
            let body = json!({ "object_id": project, "view_type": "logs", "name": name });
            let made = futures::future::join_all((0..8).map(|_| server.done(&key, method.clone(), "/v1/view", &body))).await;
            assert!(made.iter().all(|view| view["id"] == made[0]["id"]), "{made:?}");
        }
    }
}

#[tokio::test]
async fn a_page_of_views_ends_where_it_is_large_enough_and_the_next_one_goes_on() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        for number in 0..70 {
            let large =
                json!({ "object_id": project, "view_type": "logs", "name": number.to_string(), "options": { "x": "x".repeat(65_000) } });
            server.done(&key, Method::PUT, "/v1/view", &large).await;
        }
        let first = listed(&server, &key, &project, "&limit=70").await;
        let first = first.as_array().unwrap();
        assert!((64..70).contains(&first.len()), "{}", first.len());
        let after = format!("&starting_after={}", first.last().unwrap()["id"].as_str().unwrap());
        let rest = listed(&server, &key, &project, &after).await;
        assert_eq!(first.len() + rest.as_array().unwrap().len(), 70);
    }
}

#[tokio::test]
async fn views_are_made_changed_and_deleted_as_sdks_do() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let create = json!({
            "object_type": "project", "object_id": project, "view_type": "logs", "name": "Liked",
            "view_data": { "search": { "filter": ["scores.Preference > 0.75", { "btql": "tags includes 'a'" }, { "type": "ours" }], "sort": [{ "id": "x" }] },
                           "custom_charts": { "b": 1, "a": 12345678901234567890_u64 } },
            "options": { "columnVisibility": { "cost": false }, "columnOrder": ["name", "input"], "rowHeight": "tall" },
        });
        let made = server.done(&key, Method::POST, "/v1/view", &create).await;
        for (name, value) in create.as_object().unwrap() {
            assert_eq!(made[name], *value, "{name}");
        }
        assert_eq!((&made["deleted_at"], &made["shared"]), (&json!(null), &json!(true)));
        assert!(made["created"].is_string() && made["user_id"].is_string() && made["updated_at"].is_string());
        let again = json!({ "object_type": "project", "object_id": project, "view_type": "logs", "name": " liked " });
        assert_eq!(server.done(&key, Method::POST, "/v1/view", &again).await, made, "POST returns what is there");
        let path = format!("/v1/view/{}", made["id"].as_str().unwrap());
        let place = format!("?object_type=project&object_id={project}");
        assert_eq!(server.get(&key, &format!("{path}{place}")).await, (StatusCode::OK, made.clone()));

        let patch = json!({
            "object_type": "project", "object_id": project, "name": "Liked more",
            "view_data": { "search": { "filter": ["error is null"] } }, "options": { "columnVisibility": { "tokens": false } },
        });
        let changed = server.done(&key, Method::PATCH, &path, &patch).await;
        assert_eq!((&changed["id"], &changed["name"]), (&made["id"], &json!("Liked more")));
        let kept = json!({ "search": { "filter": ["error is null"], "sort": [{ "id": "x" }] }, "custom_charts": create["view_data"]["custom_charts"] });
        assert_eq!(changed["view_data"], kept);
        assert_eq!(changed["options"]["columnVisibility"], json!({ "cost": false, "tokens": false }));
        assert_eq!(server.done(&key, Method::PUT, "/v1/view", &changed).await["view_data"], kept, "what was read can be sent again");
        let replaced = json!({ "object_type": "project", "object_id": project, "view_type": "logs", "name": "Liked more" });
        let replaced = server.done(&key, Method::PUT, "/v1/view", &replaced).await;
        assert_eq!((&replaced["id"], &replaced["view_data"], &replaced["options"]), (&made["id"], &json!(null), &json!(null)));

        let other = json!({ "object_type": "project", "object_id": project, "view_type": "monitor", "name": "Charts", "options": { "viewType": "monitor" } });
        let other = server.done(&key, Method::POST, "/v1/view", &other).await;
        assert_eq!(listed(&server, &key, &project, "").await, json!([other, replaced]));
        assert_eq!(listed(&server, &key, &project, "&view_type=monitor").await, json!([other]));
        assert_eq!(listed(&server, &key, &project, "&view_name=LIKED%20more").await, json!([replaced]));
        assert_eq!(listed(&server, &key, "nothing", "").await, json!([]));
        let deleted = server.done(&key, Method::DELETE, &path, &json!({ "object_type": "project", "object_id": project })).await;
        assert!(deleted["deleted_at"].is_string());
        assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(listed(&server, &key, &project, "&view_type=logs").await, json!([]));
    }
}

#[tokio::test]
async fn what_no_view_can_be_is_refused_and_what_is_private_is_not_there() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let reviewer = server.session(Role::Reviewer).await;
        let project = server.project("P").await;
        let body = |more: Value| {
            let mut body = json!({ "object_type": "project", "object_id": project, "view_type": "logs", "name": "x" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let own = server.done(&reviewer, Method::POST, "/v1/view", &body(json!({ "name": "Secret plan", "shared": false }))).await;
        let path = format!("/v1/view/{}", own["id"].as_str().unwrap());
        let (reader, viewer) = (server.key(Role::Engineer, &[ApiScope::Read]).await, server.session(Role::Viewer).await);
        for (who, method, path, body, status, words) in [
            (&key, Method::GET, "/v1/view", json!({}), 400, "object_type"),
            (&key, Method::POST, "/v1/view", json!({ "view_type": "logs", "name": "x" }), 400, "object_id"),
            (&key, Method::POST, "/v1/view", json!({ "object_id": project, "name": "x" }), 400, "view_type"),
            (&key, Method::POST, "/v1/view", json!({ "object_id": project, "view_type": "logs" }), 400, "name"),
            (&key, Method::POST, "/v1/view", body(json!({ "object_type": "experiment" })), 400, "object_type"),
            (&key, Method::POST, "/v1/view", body(json!({ "view_type": "spans" })), 400, "Use one of"),
            (&key, Method::POST, "/v1/view", body(json!({ "name": " " })), 400, "1 to 200 characters"),
            (&key, Method::POST, "/v1/view", body(json!({ "view_data": [] })), 400, "map"),
            (&key, Method::POST, "/v1/view", body(json!({ "view_data": { "search": { "filter": "a" } } })), 400, "list"),
            (
                &key,
                Method::PUT,
                "/v1/view",
                body(json!({ "view_data": { "search": { "filter": ["scores.A >"] } } })),
                400,
                "cannot be read",
            ),
            (&key, Method::POST, "/v1/view", body(json!({ "options": { "a": "x".repeat(70_000) } })), 400, "65536 bytes"),
            (&key, Method::POST, "/v1/view", body(json!({ "options": { "a": "\u{0}" } })), 400, "NUL"),
            (&key, Method::POST, "/v1/view", body(json!({ "object_id": "none" })), 404, "no project"),
            (&key, Method::GET, path.as_str(), json!({}), 404, "no view"),
            (&key, Method::PATCH, path.as_str(), json!({ "name": "y" }), 404, "no view"),
            (&key, Method::DELETE, path.as_str(), json!({}), 404, "no view"),
            (&reviewer, Method::PATCH, path.as_str(), json!({ "object_id": "other" }), 400, "another object"),
            (&reviewer, Method::PATCH, path.as_str(), json!({ "view_type": "dataset" }), 400, "of its type"),
            (&viewer, Method::POST, "/v1/view", body(json!({})), 403, "save views"),
            (&reader, Method::POST, "/v1/view", body(json!({})), 403, "write"),
        ] {
            let (got, answer) = server.send(who, method.clone(), path, body.to_string()).await;
            assert_eq!(got.as_u16(), status, "{method} {path} {body}: {answer}");
            assert!(answer["error"].as_str().unwrap().contains(words), "{method} {path} {body}: {answer}");
            assert!(!answer.to_string().contains("Secret plan"), "{answer}");
        }
        assert_eq!(listed(&server, &key, &project, "").await, json!([]));
        assert_eq!(listed(&server, &reviewer, &project, "").await, json!([own]));
    }
}
