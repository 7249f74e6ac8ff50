//! Versions of rows over HTTP: read, named in both forms, erased; and traces summed up.

use crate::harness::{TestServer, servers};
use http::Method;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement, TransactionTrait as _};
use serde_json::{Value, json};
use shared::TransactionId;
use shared::people::Role;

/// The inputs of the rows that an answer holds.
fn inputs(answer: &Value) -> Vec<&Value> {
    let rows = answer["events"].as_array().or(answer["data"].as_array()).unwrap();
    rows.iter().map(|row| &row["input"]).collect()
}

async fn xact_id(server: &TestServer, key: &crate::harness::Who) -> String {
    let response = server.request(key, Method::GET, "/xact-id").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.unwrap()
}

#[tokio::test]
async fn a_dataset_as_of_a_version() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let dataset = server.done(&key, Method::POST, "/v1/dataset", &json!({ "project_id": project, "name": "d" })).await;
        let id = dataset["id"].as_str().unwrap();
        let insert = format!("/v1/dataset/{id}/insert");
        let fetch = format!("/v1/dataset/{id}/fetch");
        server
            .done(&key, Method::POST, &insert, &json!({ "events": [{ "id": "a", "input": "one" }, { "id": "b", "input": "two" }] }))
            .await;
        let version = xact_id(&server, &key).await;
        let change = json!({ "events": [{ "id": "a", "_is_merge": true, "input": "changed" }, { "id": "b", "_object_delete": true }] });
        server.done(&key, Method::POST, &insert, &change).await;
        assert!(xact_id(&server, &key).await > version);

        let now = server.done(&key, Method::POST, &fetch, &json!({})).await;
        assert_eq!(inputs(&now), ["changed"]);
        let shown = TransactionId::parse(&version).unwrap().shown();
        let number: i64 = version.parse().unwrap();
        for version in [json!(version), json!(shown), json!(number)] {
            let then = server.done(&key, Method::POST, &fetch, &json!({ "version": version })).await;
            assert_eq!(inputs(&then), ["two", "one"]);
            assert!(then["events"][1]["_xact_id"].as_str().unwrap() <= xact_id(&server, &key).await.as_str());
            let query = json!({ "query": format!("select: * | from: dataset('{id}')"), "version": version });
            assert_eq!(inputs(&server.done(&key, Method::POST, "/btql", &query).await), ["two", "one"]);
        }
        let (_, then) = server.get(&key, &format!("{fetch}?version={shown}")).await;
        assert_eq!(inputs(&then), ["two", "one"]);
        let what = "Use a transaction id";
        let wrongs = [
            (json!("9000000000000000000"), "There is no version 9000000000000000000 yet."),
            (json!("last week"), what),
            (json!(true), what),
        ];
        for (wrong, told) in wrongs {
            let (status, answer) = server.send(&key, Method::POST, &fetch, json!({ "version": wrong }).to_string()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
            assert!(answer["error"].as_str().unwrap().contains(told), "{answer}");
        }

        let erase = json!({ "object_type": "dataset", "object_id": id, "id": "b" });
        server.done(&key, Method::POST, "/v1/erase", &erase).await;
        let then = server.done(&key, Method::POST, &fetch, &json!({ "version": version })).await;
        assert_eq!(inputs(&then), ["one"]);
        for wrong in [
            json!({ "object_type": "dataset", "object_id": id, "id": "none" }),
            json!({ "object_type": "experiment", "object_id": id, "id": "a" }),
        ] {
            assert_eq!(server.send(&key, Method::POST, "/v1/erase", wrong.to_string()).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(server.store.verify().await.unwrap().unwrap().spans, 1);
    }
}

#[tokio::test]
async fn erasing_is_accepted_and_not_done_while_somebody_still_reads() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let insert = format!("/v1/project_logs/{project}/insert");
        server.done(&key, Method::POST, &insert, &json!({ "events": [{ "id": "a", "input": "secret" }] })).await;
        let others = Database::connect(server.options().database_url).await.unwrap();
        let backend = others.get_database_backend();
        let reading = others.begin().await.unwrap();
        reading.query_one_raw(Statement::from_string(backend, "SELECT COUNT(*) FROM spans")).await.unwrap();
        let erase = json!({ "object_type": "project_logs", "object_id": project, "id": "a" }).to_string();
        let (status, answer) = server.send(&key, Method::POST, "/v1/erase", erase.clone()).await;
        if backend == DbBackend::Sqlite {
            assert_eq!((status, &answer["status"]), (StatusCode::ACCEPTED, &json!("accepted")), "{answer}");
            assert!(answer["message"].as_str().unwrap().contains("send the same again"), "{answer}");
        } else {
            assert_eq!(status, StatusCode::OK, "{answer}");
        }
        reading.rollback().await.unwrap();
        others.close().await.unwrap();
        let (status, answer) = server.send(&key, Method::POST, "/v1/erase", erase).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "status": "success" })));
        server.store.verify().await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn traces_are_summed_up_by_a_query() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let mut rows = Vec::new();
        for (trace, score) in [("t", 1.0), ("u", 0.5)] {
            rows.push(json!({ "id": trace, "span_id": trace, "root_span_id": trace, "input": "x".repeat(300), "span_attributes": { "name": "eval" } }));
            for (number, score) in [(1, score), (2, 0.0)] {
                rows.push(json!({ "id": format!("{trace}{number}"), "span_id": format!("{trace}{number}"), "root_span_id": trace,
                    "span_parents": [trace], "scores": { "Q": score }, "metrics": { "prompt_tokens": number } }));
            }
        }
        server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &json!({ "events": rows })).await;
        let ask = |text: String| {
            let (server, key) = (&server, &key);
            async move { server.done(key, Method::POST, "/btql", &json!({ "query": text })).await["data"].take() }
        };
        let data = ask(format!("select: * | from: project_logs('{project}') summary | preview_length: 10")).await;
        let summed: Vec<_> = data
            .as_array()
            .unwrap()
            .iter()
            .map(|row| json!([row["id"], row["scores"], row["metrics"]["prompt_tokens"], row["input"]]))
            .collect();
        assert_eq!(json!(summed), json!([["u", { "Q": 0.25 }, 3, "xxxxxxxxxx…"], ["t", { "Q": 0.5 }, 3, "xxxxxxxxxx…"]]));
        // A trace is asked for what its row shows.
        for (filter, expected) in [
            ("scores.Q = 50%", json!([{ "id": "t", "q": 0.5 }])),
            ("scores.Q = 1", json!([])),
            ("any_span(scores.Q = 1)", json!([{ "id": "t", "q": 0.5 }])),
        ] {
            let select = "select: id, scores.Q as q";
            let data = ask(format!("{select} | from: project_logs('{project}') summary | filter: {filter} | limit: 5")).await;
            assert_eq!(data, expected, "{filter}");
        }
        let data = ask(format!("measures: count(1) as n, avg(scores.Q) as mean | from: project_logs('{project}') summary")).await;
        assert_eq!(data, json!([{ "n": 2, "mean": 0.375 }]));
    }
}
