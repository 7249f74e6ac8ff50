//! Experiments and datasets, in both dialects.

use crate::harness::{TestServer, Who, servers};
use expect_test::expect;
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;

async fn keys(server: &TestServer) -> Who {
    server.key(Role::Engineer, &[]).await
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// Rows of one case as SDKs log them.
fn case(experiment: &str, number: i64, score: f64) -> [Value; 2] {
    let root = format!("{experiment}-{number}");
    [
        json!({ "id": root, "experiment_id": experiment, "span_id": root, "root_span_id": root, "input": number, "metrics": { "start": 1, "end": 2 } }),
        json!({ "id": format!("{root}s"), "experiment_id": experiment, "span_id": "s", "root_span_id": root, "span_parents": [root], "scores": { "exact": score } }),
    ]
}

#[tokio::test]
async fn an_experiment_in_both_dialects() {
    for server in servers().await {
        let key = keys(&server).await;
        let project = server.project("P").await;
        let create =
            json!({ "project_id": project, "name": "e", "ensure_new": true, "public": false, "metadata": { "m": 1 }, "unknown": 7 });
        let first = server.done(&key, Method::POST, "/v1/experiment", &create).await;
        assert_eq!((&first["name"], &first["metadata"], &first["unknown"]), (&json!("e"), &json!({ "m": 1 }), &Value::Null));
        let second = server.done(&key, Method::POST, "/v1/experiment", &create).await;
        assert_ne!(second["id"], first["id"]);
        assert!(second["name"].as_str().unwrap().starts_with("e-"));
        let opened = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": "e" })).await;
        assert_eq!(opened, first);

        let register = json!({ "project_name": "P", "experiment_name": "e", "update": true });
        let registered = server.done(&key, Method::POST, "/api/experiment/register", &register).await;
        assert_eq!((&registered["experiment"], &registered["project"]["id"]), (&first, &json!(project)));
        let new =
            server.done(&key, Method::POST, "/api/experiment/register", &json!({ "project_name": "New", "experiment_name": "e" })).await;
        assert_eq!((&new["experiment"]["name"], &new["project"]["name"]), (&json!("e"), &json!("New")));
        let based = json!({ "project_name": "P", "experiment_name": "f", "base_experiment": "e" });
        let based = server.done(&key, Method::POST, "/api/experiment/register", &based).await;
        assert_eq!(based["experiment"]["base_exp_id"], first["id"]);
        let (status, answer) = server
            .send(&key, Method::POST, "/api/experiment/register", json!({ "project_name": "P", "base_experiment": "?" }).to_string())
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"].as_str().unwrap().contains("base experiment"), "{answer}");

        let found = server.done(&key, Method::POST, "/api/experiment/get", &json!({ "project_name": "P", "experiment_name": "e" })).await;
        assert_eq!(found, json!([first]));
        let found =
            server.done(&key, Method::POST, "/api/experiment/get", &json!({ "project_name": "none", "experiment_name": "e" })).await;
        assert_eq!(found, json!([]));
        let (_, list) = server.get(&key, "/v1/experiment?project_name=P&experiment_name=e").await;
        assert_eq!(list["objects"], json!([first]));
        let info = json!({ "object_type": "experiment", "object_ids": [id(&first), "none"] });
        let info = server.done(&key, Method::POST, "/api/self/get_object_info", &info).await;
        assert_eq!(
            info,
            json!([{ "object_id": id(&first), "object_name": "e", "parent_cols": { "project": { "id": project, "name": "P" } } }])
        );

        let path = format!("/v1/experiment/{}", id(&first));
        let changed = server.done(&key, Method::PATCH, &path, &json!({ "description": "d", "metadata": { "n": 2 } })).await;
        assert_eq!((&changed["description"], &changed["metadata"]), (&json!("d"), &json!({ "m": 1, "n": 2 })));
        assert!(server.done(&key, Method::DELETE, &path, &json!({})).await["deleted_at"].is_string());
        for path in [path.clone(), format!("{path}/fetch"), format!("{path}/summarize"), "/v1/dataset/none".to_owned()] {
            assert_eq!(server.get(&key, &path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(server.send(&key, Method::POST, "/v1/experiment", "{}").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(server.send(&key, Method::POST, "/v1/experiment", r#"{"project_id":"none"}"#).await.0, StatusCode::NOT_FOUND);
        let wrong = json!({ "project_id": project, "name": 7 }).to_string();
        assert_eq!(server.send(&key, Method::POST, "/v1/experiment", wrong).await.0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_summary_has_exactly_the_keys_that_sdks_take() {
    for server in servers().await {
        let key = keys(&server).await;
        let project = server.project("P").await;
        let mut ids = Vec::new();
        for (name, scores) in [("base", [1.0, 0.0]), ("new", [1.0, 0.5])] {
            let made = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": name })).await;
            let rows: Vec<_> = scores.iter().enumerate().flat_map(|(number, score)| case(&id(&made), number as i64, *score)).collect();
            server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows, "api_version": 2 })).await;
            ids.push(id(&made));
        }
        let (status, mut summary) = server.get(&key, &format!("/v1/experiment/{}/summarize?summarize_scores=true", ids[1])).await;
        assert_eq!(status, StatusCode::OK, "{summary}");
        for key in ["project_url", "experiment_url"] {
            let url = summary[key].take();
            assert!(url.as_str().unwrap().starts_with(&format!("http://{}/app/touchstone/p/P", server.address)), "{url}");
        }
        expect![[r#"{"comparison_experiment_name":"base","experiment_name":"new","experiment_url":null,"metrics":{"duration":{"diff":0.0,"improvements":0,"metric":1.0,"name":"duration","regressions":0,"unit":"s"}},"project_name":"P","project_url":null,"scores":{"exact":{"diff":0.25,"improvements":1,"name":"exact","regressions":0,"score":0.75}}}"#]]
            .assert_eq(&summary.to_string());
        let (_, compared) = server.get(&key, &format!("/experiment-comparison2?experiment_id={}", ids[1])).await;
        expect![[r#"{"metrics":{"duration":{"improvements":0,"metric":1.0,"name":"duration","regressions":0,"unit":"s"}},"scores":{"exact":{"improvements":0,"name":"exact","regressions":0,"score":0.75}}}"#]]
            .assert_eq(&compared.to_string());
        let base = server.done(&key, Method::POST, "/api/base_experiment/get_id", &json!({ "id": ids[1] })).await;
        assert_eq!(base, json!({ "base_exp_id": ids[0], "base_exp_name": "base" }));

        let lonely = server.project("lonely").await;
        let alone = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": lonely, "name": "one" })).await;
        let (status, _) = server.send(&key, Method::POST, "/api/base_experiment/get_id", json!({ "id": id(&alone) }).to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "no base experiment is what SDKs are told with 400");
        let (_, empty) = server.get(&key, &format!("/v1/experiment/{}/summarize?summarize_scores=true", id(&alone))).await;
        assert_eq!((&empty["scores"], &empty["metrics"], &empty["comparison_experiment_name"]), (&json!({}), &json!({}), &Value::Null));
    }
}

#[tokio::test]
async fn rows_go_in_and_come_out_of_experiments_and_datasets() {
    for server in servers().await {
        let key = keys(&server).await;
        let project = server.project("P").await;
        let dataset = server.done(&key, Method::POST, "/v1/dataset", &json!({ "project_id": project, "name": "golden" })).await;
        let opened =
            server.done(&key, Method::POST, "/api/dataset/register", &json!({ "project_name": "P", "dataset_name": "golden" })).await;
        assert_eq!(opened["dataset"], dataset);
        let path = format!("/v1/dataset/{}", id(&dataset));
        let events = json!({ "events": [{ "id": "a", "input": { "q": 1 }, "expected": 2, "metadata": { "n": 1 }, "tags": ["x"] }, { "id": "b", "input": 3 }] });
        assert_eq!(server.done(&key, Method::POST, &format!("{path}/insert"), &events).await["row_ids"], json!(["a", "b"]));
        let merge = json!({ "rows": [{ "id": "a", "dataset_id": id(&dataset), "_is_merge": true, "expected": 99 }, { "id": "b", "dataset_id": id(&dataset), "_object_delete": true }] });
        server.done(&key, Method::POST, "/logs3", &merge).await;

        let fetched = server.done(&key, Method::POST, &format!("{path}/fetch"), &json!({ "limit": 10 })).await;
        let row = &fetched["events"][0];
        assert_eq!((fetched["events"].as_array().unwrap().len(), &fetched["cursor"]), (1, &Value::Null));
        assert_eq!(
            (&row["id"], &row["input"], &row["expected"], &row["dataset_id"]),
            (&json!("a"), &json!({ "q": 1 }), &json!(99), &dataset["id"])
        );
        assert!(row.get("log_id").is_none() && row.get("output").is_none(), "{row}");
        let query = format!("select: id, expected | from: dataset('{}') | filter: metadata.n = 1", id(&dataset));
        let queried = server.done(&key, Method::POST, "/btql", &json!({ "query": query })).await;
        assert_eq!(queried["data"], json!([{ "id": "a", "expected": 99 }]));
        let (_, summary) = server.get(&key, &format!("{path}/summarize?summarize_data=true")).await;
        assert_eq!(summary["data_summary"], json!({ "total_records": 1 }));
        let (_, total) = server.get(&key, &format!("/dataset-summary?dataset_id={}", id(&dataset))).await;
        assert_eq!(total, json!({ "total_records": 1 }));

        // An id of the other kind is not there, and neither is one of nothing.
        for path in
            [format!("/v1/experiment/{}/fetch", id(&dataset)), format!("/v1/dataset/{project}/fetch"), "/v1/dataset/none/fetch".to_owned()]
        {
            assert_eq!(server.send(&key, Method::POST, &path, "{}").await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let query = json!({ "query": format!("select: * | from: experiment('{}')", id(&dataset)) }).to_string();
        assert_eq!(server.send(&key, Method::POST, "/btql", query).await.0, StatusCode::NOT_FOUND);
        let feedback = json!({ "feedback": [{ "id": "a", "comment": "good case" }] });
        server.done(&key, Method::POST, &format!("{path}/feedback"), &feedback).await;
        let fetched = server.done(&key, Method::POST, &format!("{path}/fetch"), &json!({})).await;
        assert_eq!(fetched["events"][0]["comments"][0]["text"], "good case");
    }
}

#[tokio::test]
async fn odd_names_odd_times_and_many_objects_at_once() {
    for server in servers().await {
        let key = keys(&server).await;
        let project = server.project("P").await;
        for name in ["a/b/../c", "🧪 naïve \u{200f}?#&%25", "...", "x y+z"] {
            let made = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": name })).await;
            assert_eq!(made["name"], json!(name));
            let (_, found) =
                server.get(&key, &format!("/v1/experiment?project_id={project}&experiment_name={}", shared::address::encode(name))).await;
            assert_eq!(found["objects"], json!([made]), "{name}");
            let (_, summary) = server.get(&key, &format!("/v1/experiment/{}/summarize?summarize_scores=true", id(&made))).await;
            let url = summary["experiment_url"].as_str().unwrap().to_owned();
            let page =
                server.request(&key, Method::GET, url.strip_prefix(&format!("http://{}", server.address)).unwrap()).send().await.unwrap();
            let landed = page.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
            let status =
                if let Some(to) = landed { server.request(&key, Method::GET, &to).send().await.unwrap().status() } else { page.status() };
            assert_eq!(status, StatusCode::OK, "{name}: {url}");
        }
        for name in ["x".repeat(10_000), String::from("a\nb"), String::from("   "), String::from("..")] {
            let (status, told) =
                server.send(&key, Method::POST, "/v1/experiment", json!({ "project_id": project, "name": name }).to_string()).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        }

        let mut objects = vec![json!({ "project_id": project, "log_id": "g" })];
        for number in 1..50 {
            let (kind, object) = if number % 2 == 0 { ("experiment", "experiment_id") } else { ("dataset", "dataset_id") };
            let made = server
                .done(&key, Method::POST, &format!("/v1/{kind}"), &json!({ "project_id": project, "name": format!("o{number}") }))
                .await;
            objects.push(json!({ (object): made["id"] }));
        }
        let rows: Vec<_> = (0..10_000)
            .map(|number| {
                let mut row = objects[number % 50].clone();
                row["id"] = json!(format!("r{number}"));
                row["scores"] = json!({ "Q": 0.5 });
                row["created"] = json!((["1970-01-01T00:00:00Z", "2262-04-11T23:47:16Z", "2026-11-24T12:00:00+02:00"])[number % 3]);
                row
            })
            .collect();
        let sent = server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows, "api_version": 2 })).await;
        assert_eq!(sent["rejected"], json!([]));
        let verified = server.store.verify().await.unwrap().unwrap();
        assert_eq!((verified.spans, verified.traces), (10_000, 10_000));
        let (_, fetched) = server.get(&key, &format!("/v1/project_logs/{project}/fetch?limit=1")).await;
        assert_eq!(fetched["events"][0]["created"], json!("2262-04-11T23:47:16Z"));
    }
}

#[tokio::test]
async fn an_evaluation_whose_scorers_all_fail() {
    for server in servers().await {
        let key = keys(&server).await;
        let project = server.project("P").await;
        let made = server.done(&key, Method::POST, "/v1/experiment", &json!({ "project_id": project, "name": "e" })).await;
        let [mut root, mut scorer] = case(&id(&made), 1, 0.0);
        root["metadata"] = json!({ "scorer_errors": { "exact": "Traceback" } });
        scorer["scores"] = Value::Null;
        scorer["error"] = json!("ValueError: no");
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": [root, scorer], "api_version": 2 })).await;
        let (status, summary) = server.get(&key, &format!("/v1/experiment/{}/summarize?summarize_scores=true", id(&made))).await;
        assert_eq!((status, &summary["scores"]), (StatusCode::OK, &json!({})));
        let query = json!({ "query": format!("select: metrics.errors as errors | from: experiment('{}') summary", id(&made)) });
        assert_eq!(server.done(&key, Method::POST, "/btql", &query).await["data"], json!([{ "errors": 1 }]));
    }
}
