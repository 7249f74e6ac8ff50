//! Jobs over HTTP.

use crate::harness::{TestServer, Who, servers};
use expect_test::expect;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::people::Role;
use std::time::Duration;

/// Asks until a job is no longer on its way.
async fn ended(server: &TestServer, who: &Who, job: &Value) -> Value {
    let path = format!("/v1/job/{}", job["id"].as_str().unwrap());
    for _ in 0..600 {
        let job = server.get(who, &path).await.1;
        if !["waiting", "running", "undoing"].contains(&job["state"].as_str().unwrap()) {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job is still on its way: {:?}", server.get(who, &path).await.1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_started_watched_and_taken_back() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("jobs").await;
        let events: Vec<Value> = (0..30).map(|number| json!({ "id": format!("r{number}"), "input": number, "output": "o" })).collect();
        server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &json!({ "events": events })).await;
        let start = json!({ "project_id": project, "filter": "input < 20", "action": { "tag": { "add": ["Triage"] } } });
        let job = server.done(&key, Method::POST, "/v1/job", &start).await;
        assert_eq!((&job["state"], &job["filter"]), (&json!("waiting"), &json!("input < 20")));
        let done = ended(&server, &key, &job).await;
        assert_eq!((&done["state"], &done["progress"]["done"], &done["progress"]["total"]), (&json!("done"), &json!(20), &json!(20)));
        let tagged = async || {
            let path = format!("/v1/project_logs/{project}/fetch?filter=tags%20includes%20'Triage'");
            server.get(&key, &path).await.1["events"].as_array().unwrap().len()
        };
        assert_eq!(tagged().await, 20);
        let listed = server.get(&key, &format!("/v1/job?project_id={project}")).await.1;
        assert_eq!(listed["objects"], json!([done]));
        let path = format!("/v1/job/{}/undo", job["id"].as_str().unwrap());
        server.done(&key, Method::POST, &path, &json!({})).await;
        let undone = ended(&server, &key, &job).await;
        assert_eq!((&undone["state"], &undone["progress"]["undone"]), (&json!("undone"), &json!(20)));
        assert_eq!(tagged().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_become_cases_as_a_mapping_says() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("mapping").await;
        let row = |output: &str| json!({ "id": "r", "input": { "q": ["first", "last"] }, "output": output, "metadata": { "lang": "en", "x": 1 }, "tags": ["t"] });
        let send = async |output: &str| {
            server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &json!({ "events": [row(output)] })).await
        };
        send("one").await;
        let dataset = server.done(&key, Method::POST, "/v1/dataset", &json!({ "project_id": project, "name": "cases" })).await;
        let dataset = dataset["id"].as_str().unwrap().to_owned();
        let start = |more: Value| {
            let mut action = json!({ "dataset": dataset });
            action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "project_id": project, "filter": "", "action": { "add_to_dataset": action } })
        };
        let run = async |more: Value| {
            let job = server.done(&key, Method::POST, "/v1/job", &start(more)).await;
            let job = ended(&server, &key, &job).await;
            let progress = job["progress"].clone();
            (job, json!([progress["done"], progress["updated"], progress["already"]]))
        };
        let cases = async || {
            let events = server.get(&key, &format!("/v1/dataset/{dataset}/fetch")).await.1["events"].clone();
            let mut told: Vec<Value> =
                events.as_array().unwrap().iter().map(|row| json!([row["input"], row["expected"], row["metadata"], row["tags"]])).collect();
            told.sort_by_key(Value::to_string);
            told
        };
        // Who sends no mapping gets what they got.
        let (_, counts) = run(json!({ "expected": "output" })).await;
        assert_eq!(counts, json!([1, 0, 0]));
        let whole = json!([{ "q": ["first", "last"] }, "one", { "lang": "en", "x": 1 }, ["t"]]);
        assert_eq!(cases().await, std::slice::from_ref(&whole));
        send("two").await;
        let mapping =
            json!({ "input": "input.q[-1]", "expected": "expected_else_output", "metadata": { "keys": ["lang"] }, "tags": false });
        assert_eq!(run(json!({ "mapping": mapping })).await.1, json!([0, 0, 1]));
        let (job, counts) = run(json!({ "mapping": mapping, "already": "update" })).await;
        assert_eq!((counts, &job["action"]["add_to_dataset"]["mapping"]), (json!([1, 1, 0]), &mapping));
        let small = json!(["last", "two", { "lang": "en" }, null]);
        assert_eq!(cases().await, std::slice::from_ref(&small));
        let (double, counts) = run(json!({ "mapping": { "metadata": "nothing" }, "already": "double" })).await;
        assert_eq!((counts, cases().await.len()), (json!([1, 0, 0]), 2));
        for job in [double, job] {
            server.done(&key, Method::POST, &format!("/v1/job/{}/undo", job["id"].as_str().unwrap()), &json!({})).await;
            assert_eq!(ended(&server, &key, &job).await["state"], "undone");
        }
        assert_eq!(cases().await, [whole]);
        for (more, word) in [
            (json!({ "mapping": { "input": "output" } }), "Write a path of input or metadata"),
            (json!({ "mapping": { "inputs": "input" } }), "inputs"),
            (json!({ "mapping": { "expected": { "answer": "" } } }), "Name the question"),
            (json!({ "mapping": { "expected": { "answer": "Tone" } } }), ""),
            (json!({ "mapping": { "metadata": { "keys": [""] } } }), "A key has"),
            (json!({ "already": "twice" }), "twice"),
        ] {
            let response = server.request(&key, Method::POST, "/v1/job").json(&start(more.clone())).send().await.unwrap();
            let (status, answer) = (response.status(), response.json::<Value>().await.unwrap());
            assert!(status.is_client_error(), "{more}: {status}");
            assert!(answer["error"].as_str().unwrap().contains(word), "{more}: {answer}");
        }
    }
}

#[tokio::test]
async fn what_makes_no_job_is_said() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("jobs").await;
        let tag = json!({ "tag": { "add": ["Triage"] } });
        let mut said = String::new();
        for body in [
            json!({ "filter": "", "action": tag }),
            json!({ "project_id": project, "action": tag }),
            json!({ "project_id": project, "filter": "", "ids": ["r"], "action": tag }),
            json!({ "project_id": project, "filter": "" }),
            json!({ "project_id": project, "ids": [], "action": tag }),
            json!({ "object_type": "table", "object_id": project, "ids": ["r"], "action": tag }),
            json!({ "project_id": project, "ids": ["r"], "action": { "tag": {} } }),
            json!({ "project_id": project, "ids": ["r"], "action": { "add_to_dataset": { "dataset": "none" } } }),
        ] {
            let request = server.request(&key, Method::POST, "/v1/job").json(&body);
            let response = request.send().await.unwrap();
            let (status, answer) = (response.status(), response.json::<Value>().await.unwrap());
            assert!(
                [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY].contains(&status),
                "{body}: {status}"
            );
            said += &format!("{} {}\n", status.as_u16(), answer["error"].as_str().unwrap_or_default());
        }
        expect![[r#"
            400 project_id: Say where the rows are: project_id, or object_type and object_id.
            400 filter: Say which rows: either a filter ("" for all), or ids.
            400 filter: Say which rows: either a filter ("" for all), or ids.
            400 action: Say what to do, as {"tag": {"add": ["Triage"]}}, {"answer": {"question": "Tone", "value": 0.8}}, {"flag": {"note": "Is this right?"}} or {"add_to_dataset": {"dataset": "id", "expected": "output"}}.
            400 ids: Pick one row at least.
            400 object_type: Use project_logs, experiment or dataset.
            400 action: Name a tag to put on, or one to take off.
            404 There is no project, experiment or dataset with this id here. It may have been deleted, or the link is incomplete.
        "#]]
        .assert_eq(&said);
        for path in ["/v1/job/none", "/v1/job/1-999"] {
            assert_eq!(server.get(&key, path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
