//! Asking for rows over HTTP: conditions of a fetch, and what `/btql` says beside its rows.

use crate::harness::{TestServer, Who, row, servers};
use expect_test::expect;
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;

/// Four rows of two traces.
async fn filled(server: &TestServer) -> (Who, String) {
    let key = server.key(Role::Engineer, &[]).await;
    let project = server.project("querying").await;
    let rows: Vec<Value> = (0..4)
        .map(|number| {
            let more = json!({
                "span_id": format!("s{number}"), "root_span_id": format!("t{}", number / 2), "tags": ["prod"],
                "span_parents": if number % 2 == 0 { json!(null) } else { json!([format!("s{}", number - 1)]) },
                "created": format!("2026-01-01T00:0{number}:00Z"), "scores": {"Preference": f64::from(number) / 4.0}, "metadata": {"model": "m"},
            });
            row(&project, &format!("r{number}"), &more)
        })
        .collect();
    server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows, "api_version": 2 })).await;
    (key, project)
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect()
}

fn lookup(path: &[&str], value: &Value) -> Value {
    json!({ "type": "path_lookup", "path": path, "value": value })
}

#[tokio::test]
async fn a_fetch_with_a_condition_gives_the_spans_that_match() {
    for server in servers().await {
        let (key, project) = filled(&server).await;
        let fetch = format!("/v1/project_logs/{project}/fetch");
        let tree = json!({"op": "ge", "left": {"op": "ident", "name": ["scores", "Preference"]}, "right": {"op": "literal", "value": 0.5}});
        for body in [
            json!({ "filter": "scores.Preference >= 0.5" }),
            json!({ "query": "scores.Preference >= 50%" }),
            json!({ "filter": "scores.Preference > 0", "query": "scores.Preference != 0.25" }),
            json!({ "filter": tree }),
            json!({ "filter": {"btql": "scores.Preference >= 0.5"}, "query": null }),
            json!({ "filters": [lookup(&["metadata", "model"], &json!("m"))], "filter": "scores.Preference >= 0.5" }),
        ] {
            assert_eq!(ids(&server.done(&key, Method::POST, &fetch, &body).await), ["r3", "r2"], "{body}");
        }
        for (lookups, expected) in [
            (json!([lookup(&["scores", "Preference"], &json!(0.25))]), vec!["r1"]),
            (json!([lookup(&["scores", "Preference"], &json!(0.25)), lookup(&["metadata", "model"], &json!("x"))]), vec![]),
            (json!([lookup(&["expected"], &Value::Null), lookup(&["id"], &json!("r2"))]), vec!["r2"]),
        ] {
            assert_eq!(ids(&server.done(&key, Method::POST, &fetch, &json!({ "filters": lookups })).await), expected, "{lookups}");
        }
        let (_, found) = server.get(&key, &format!("{fetch}?filter=scores.Preference%20%3E%3D%2050%25")).await;
        assert_eq!(ids(&found), ["r3", "r2"]);
        let asked = server.done(&key, Method::POST, &format!("{fetch}?query=scores.Preference%3D0.25"), &json!({ "limit": 5 })).await;
        assert_eq!(ids(&asked), ["r1"]);
        let (_, whole) = server.get(&key, &format!("{fetch}?limit=1")).await;
        assert_eq!(ids(&whole), ["r2", "r3"], "without a condition, whole traces");

        // Pages count spans, and go on.
        let (mut all, mut cursor) = (Vec::new(), Value::Null);
        loop {
            let page =
                server.done(&key, Method::POST, &fetch, &json!({ "filter": "scores.Preference > 0", "limit": 2, "cursor": cursor })).await;
            all.extend(ids(&page).into_iter().map(str::to_owned));
            cursor = page["cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(all, ["r3", "r2", "r1"]);

        let (status, mistakes) = server.send(&key, Method::POST, &fetch, r#"{"filter":"scores.Preference > and nowhere = 1"}"#).await;
        let places: Vec<_> = mistakes["mistakes"].as_array().unwrap().iter().map(|mistake| &mistake["start"]).collect();
        assert_eq!((status, places), (StatusCode::BAD_REQUEST, vec![&json!(20), &json!(24)]), "{mistakes}");
        for wrong in [
            r#"{"filter":5}"#,
            r#"{"query":["a"]}"#,
            r#"{"filter":{"op":"eqq"}}"#,
            r#"{"filters":[{"type":"path_lookup","path":[],"value":1}]}"#,
            r#"{"filters":[{"type":"other","path":["id"],"value":1}]}"#,
        ] {
            let (status, answer) = server.send(&key, Method::POST, &fetch, wrong).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {answer}");
        }
        let (status, answer) = server.send(&key, Method::POST, &fetch, json!({ "filter": "is_root", "cursor": "x" }).to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    }
}

#[tokio::test]
async fn names_that_nothing_carries_are_told_beside_the_rows() {
    for server in servers().await {
        let (key, project) = filled(&server).await;
        let told = async |filter: &str| {
            let query = json!({ "query": format!("select: id | from: project_logs('{project}') | filter: {filter}") });
            let answer = server.done(&key, Method::POST, "/btql", &query).await;
            let hints = answer["hints"].as_array().cloned().unwrap_or_default();
            let hints = hints.iter().map(|hint| format!("{} {}\n", hint["message"].as_str().unwrap(), hint["help"].as_str().unwrap_or("")));
            hints.collect::<String>()
        };
        expect![[r#"
            No row has a score called `Preferense`. Did you mean `Preference`?
            No row has a tag called `prd`. Did you mean `prod`?
            No row has metadata called `modle`. Did you mean `model`?
            No row has a metric called `tokens`. 
        "#]]
        .assert_eq(&told("scores.Preferense > 0.5 or tags includes 'prd' or metadata.modle = 'm' or metrics.tokens > 1").await);
        assert_eq!(told("scores.Preference > 0.5 and tags includes 'prod' and metadata.model = 'm' and is_root").await, "");
    }
}

#[tokio::test]
async fn heavy_filters_hold_up_nobody() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("heavy").await;
        // 60 rows of 100 kB, and 300 conditions that look at all of it.
        let words: Vec<String> = (0..10_000).map(|word| format!("word{word}")).collect();
        let large = json!({ "input": words });
        for batch in 0..6 {
            let rows: Vec<Value> = (0..10).map(|number| row(&project, &format!("r{batch}-{number}"), &large)).collect();
            server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows, "api_version": 2 })).await;
        }
        let conditions: Vec<String> = (0..300).map(|number| format!("input match 'none{number}'")).collect();
        let query = json!({ "query": format!("select: id | from: project_logs('{project}') | filter: {}", conditions.join(" or ")) });
        let ask = || server.request(&key, Method::POST, "/btql").body(query.to_string()).send();
        let filters = async { futures::join!(ask(), ask(), ask(), ask()) };
        let beside = async {
            let mut answered = 0;
            loop {
                assert_eq!(server.get(&Who::Nobody, "/healthz").await.0, StatusCode::OK);
                answered += 1;
                if answered == 20 {
                    return;
                }
            }
        };
        // All of the small requests are answered before the first of the large.
        let (filters, beside) = (std::pin::pin!(filters), std::pin::pin!(beside));
        let futures::future::Either::Right(((), filters)) = futures::future::select(filters, beside).await else {
            panic!("the filters were answered first");
        };
        let (one, two, three, four) = filters.await;
        for answer in [one, two, three, four] {
            assert_eq!(answer.unwrap().status(), StatusCode::OK);
        }
    }
}
