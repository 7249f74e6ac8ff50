//! Filling review lists through `/v1`: who may, what is answered, what is refused, and rules that take what arrives.

use crate::harness::{TestServer, Who, row, servers};
use http::Method;
use serde_json::{Value, json};
use shared::people::Role;
use std::time::Duration;

async fn refused(server: &TestServer, who: &Who, method: Method, path: &str, body: &Value) -> (u16, String) {
    let (status, answer) = server.send(who, method, path, body.to_string()).await;
    (status.as_u16(), answer["error"].as_str().unwrap_or_default().to_owned())
}

/// Sends rows with these ids to the logs of a project.
async fn arrive(server: &TestServer, key: &Who, project: &str, ids: std::ops::Range<usize>) {
    let rows: Vec<Value> = ids.map(|id| row(project, &format!("r{id}"), &json!({ "metadata": { "half": id % 2 } }))).collect();
    server.done(key, Method::POST, "/logs3", &json!({ "rows": rows })).await;
}

async fn with_list(server: &TestServer, key: &Who, name: &str) -> (String, String) {
    let project = server.project(name).await;
    let list = server.done(key, Method::POST, "/v1/review_list", &json!({ "project_id": project, "name": "Weekly" })).await;
    let path = format!("/v1/review_list/{}", list["id"].as_str().unwrap());
    (project, path)
}

#[tokio::test]
async fn a_list_is_filled_at_random() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let (project, list) = with_list(&server, &key, "filled").await;
        arrive(&server, &key, &project, 0..300).await;
        let path = format!("{list}/fill");
        let fill = async |body: Value| server.done(&key, Method::POST, &path, &body).await;
        let would = fill(json!({ "filter": "", "count": 200, "stratify_by": "metadata.half", "dry_run": true })).await;
        assert_eq!((&would["added"], &would["would_add"], &would["already"]), (&json!(0), &json!(200), &json!(0)), "{would}");
        assert!(would["job"].is_null() && would["matched"] == json!(300));
        let body = json!({ "filter": "", "count": 200, "stratify_by": "metadata.half", "seed": would["seed"] });
        let filled = fill(body.clone()).await;
        assert_eq!((&filled["added"], &filled["already"], &filled["done"]), (&json!(200), &json!(0), &json!(true)), "{filled}");
        assert!(filled["job"].is_string());
        let again = fill(body).await;
        assert_eq!((&again["added"], &again["would_add"], &again["already"]), (&json!(0), &json!(0), &json!(200)), "{again}");
        let (_, items) = server.get(&key, &format!("/v1/review_item?project_id={project}&list=Weekly&limit=1000")).await;
        let items = items["objects"].as_array().unwrap();
        assert_eq!(items.len(), 200);
        for item in items {
            let selection = &item["selection"];
            let selection = if selection.is_array() { &selection[0] } else { selection };
            assert_eq!(selection["kind"], json!("stratified"), "{item}");
            assert_eq!(selection["probability"], json!(100.0 / 150.0), "{item}");
        }
        // The rest, as a share.
        let rest = fill(json!({ "filter": "metadata.half = 1", "rate": 1 })).await;
        assert_eq!((&rest["added"], &rest["already"]), (&json!(50), &json!(100)), "{rest}");
    }
}

#[tokio::test]
async fn what_cannot_be_filled_is_refused() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let reviewer = server.session(Role::Reviewer).await;
        let (_, list) = with_list(&server, &key, "refused").await;
        let other = server.project("other").await;
        let (fill, rule) = (format!("{list}/fill"), format!("{list}/rule"));
        for (path, body, words) in [
            (&fill, json!({}), "filter: Say which rows"),
            (&fill, json!({ "filter": "scores. >" }), ""),
            (&fill, json!({ "filter": "", "count": 0 }), "count: Use a whole number"),
            (&fill, json!({ "filter": "", "count": -1 }), ""),
            (&fill, json!({ "filter": "", "count": 5, "rate": 0.5 }), "rate: Say how many rows, or which share"),
            (&fill, json!({ "filter": "", "rate": 5 }), "rate: Use a share above 0"),
            (&fill, json!({ "filter": "", "stratify_by": "metadata.plan" }), "stratify_by: Say how many"),
            (&fill, json!({ "filter": "", "count": 5, "stratify_by": "((" }), "stratify_by: "),
            (&fill, json!({ "filter": "", "object_id": other }), "object_type: "),
            (&fill, json!({ "filter": "", "object_type": "project_logs", "object_id": other }), "object_id: Name an object of the project"),
            (&rule, json!({ "filter": "" }), "rate: Say which share"),
            (&rule, json!({ "rate": 0.5 }), "filter: Say which rows"),
            (&rule, json!({ "filter": "", "rate": 0 }), "rate: Use a share above 0"),
            (&rule, json!({ "filter": "", "rate": 1, "cap_per_day": 0 }), "cap_per_day: Use a whole number"),
            (&rule, json!({ "filter": "", "rate": 1, "count": 5 }), "count: A rule takes rows as they arrive"),
            (&rule, json!({ "filter": "", "rate": 1, "stratify_by": "name" }), "stratify_by: A rule takes rows as they arrive"),
            (&rule, json!({ "filter": "", "rate": 1, "rule": "x" }), "rule: A rule is changed with PATCH"),
        ] {
            let (status, sentence) = refused(&server, &key, Method::POST, path, &body).await;
            assert!((400..500).contains(&status) && sentence.contains(words), "{path} {body}: {status} {sentence}");
            assert_eq!(refused(&server, &reviewer, Method::POST, path, &body).await.0, 403, "{path} {body}");
        }
        for path in ["/v1/review_list/none/fill", "/v1/review_list/none/rule"] {
            let (status, _) = refused(&server, &key, Method::POST, path, &json!({ "filter": "", "rate": 1 })).await;
            assert_eq!(status, 404, "{path}");
        }
        assert_eq!(server.get(&reviewer, &rule).await.0.as_u16(), 403);
        assert_eq!(refused(&server, &key, Method::PATCH, &rule, &json!({ "paused": true })).await.0, 404, "there is none");
        assert_eq!(refused(&server, &key, Method::DELETE, &rule, &json!({})).await.0, 404);
    }
}

#[tokio::test]
async fn a_rule_takes_what_arrives_until_it_is_taken_away() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let (project, list) = with_list(&server, &key, "ruled").await;
        let path = format!("{list}/rule");
        let body = json!({ "filter": "metadata.half = 1", "rate": 1, "cap_per_day": 100, "seed": 7 });
        let mut trial = body.clone();
        trial["dry_run"] = json!(true);
        let trial = server.done(&key, Method::POST, &path, &trial).await;
        assert_eq!((&trial["would_add"], &trial["matched"]), (&json!(0), &json!(0)), "nothing came yesterday: {trial}");
        let made = server.done(&key, Method::POST, &path, &body).await;
        assert_eq!(
            (&made["rate"], &made["cap_per_day"], &made["seed"], &made["paused"]),
            (&json!(1.0), &json!(100), &json!(7), &json!(false))
        );
        arrive(&server, &key, &project, 0..40).await;
        let rules = async || server.get(&key, &path).await.1["objects"].as_array().unwrap().clone();
        let mut taken = json!(0);
        for _ in 0..200 {
            taken = rules().await[0]["added_today"].clone();
            if taken == json!(20) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(taken, json!(20));
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "cap_per_day": null, "paused": true })).await;
        assert_eq!((&changed["cap_per_day"], &changed["paused"], &changed["filter"]), (&Value::Null, &json!(true), &body["filter"]));
        let other = server.done(&key, Method::POST, &path, &json!({ "filter": "", "rate": 0.5 })).await;
        assert!(refused(&server, &key, Method::PATCH, &path, &json!({ "rate": 0.1 })).await.1.contains("several rules"));
        let named = json!({ "rule": other["id"], "rate": 0.1 });
        assert_eq!(server.done(&key, Method::PATCH, &path, &named).await["rate"], json!(0.1));
        server.done(&key, Method::DELETE, &format!("{path}?rule={}", other["id"].as_str().unwrap()), &json!({})).await;
        let gone = server.done(&key, Method::DELETE, &path, &json!({})).await;
        assert_eq!((&gone["id"], &gone["added"]), (&made["id"], &json!(20)));
        assert!(rules().await.is_empty());
    }
}
