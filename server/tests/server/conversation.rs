//! The conversations that the official SDKs hold, as they were recorded.

use crate::harness::{Who, row, servers};
use http::Method;
use reqwest::StatusCode;
use serde_json::json;
use shared::people::{ApiScope, Role};

#[tokio::test]
async fn an_sdk_signs_in_registers_its_project_and_sends() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[ApiScope::Ingest]).await;
        let login = server.request(&key, Method::POST, "/api/apikey/login").send().await.unwrap();
        assert_eq!(login.status(), StatusCode::OK);
        let login: serde_json::Value = login.json().await.unwrap();
        let organization = &login["org_info"][0];
        assert_eq!((&organization["name"], &organization["api_url"]), (&json!("touchstone"), &json!(server.url(""))));
        let (_, version) = server.get(&key, "/version").await;
        assert!(version["version"].is_string() && version.get("logs3_payload_max_bytes").is_none(), "{version}");

        // The newer dialect, then the older one.
        let project = server.done(&key, Method::POST, "/v1/project", &json!({ "name": "P", "org_name": "touchstone" })).await;
        assert_eq!(project["org_id"], organization["id"]);
        let older = server.done(&key, Method::POST, "/api/project/register", &json!({ "project_name": "P", "org_id": "x" })).await;
        assert_eq!((&older["project"]["id"], &older["found_existing"]), (&project["id"], &json!(true)));
        let id = project["id"].as_str().unwrap();
        assert_eq!(server.get(&key, &format!("/v1/project/{id}")).await.1["name"], "P");
        assert_eq!(server.get(&key, &format!("/api/project?id={id}")).await.1["name"], "P");

        let begin = row(id, "one", &json!({ "metrics": { "start": 1795458315.29 }, "scores": { "Preference": 0.8 }, "tags": ["Triage"] }));
        let sent = server.done(&key, Method::POST, "/logs3", &json!({ "rows": [begin], "api_version": 2 })).await;
        assert_eq!((&sent["ids"], &sent["rejected"]), (&json!(["one"]), &json!([])), "{sent}");
        let first: u64 = sent["xact_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(first >> 48, 0x0DE1);
        let end = json!({ "id": "one", "project_id": id, "log_id": "g", "_is_merge": true, "metrics": { "end": 1795458315.36 } });
        let sent = server.done(&key, Method::POST, "/logs3", &json!({ "rows": [end], "api_version": 2 })).await;
        assert!(sent["xact_id"].as_str().unwrap().parse::<u64>().unwrap() > first);

        let reader = server.key(Role::Engineer, &[ApiScope::Read]).await;
        let fetched = server.done(&reader, Method::POST, &format!("/v1/project_logs/{id}/fetch"), &json!({ "limit": 3 })).await;
        let event = &fetched["events"][0];
        assert_eq!(event["metrics"], json!({ "start": 1795458315.29, "end": 1795458315.36 }));
        assert_eq!((&event["scores"], &event["is_root"], &event["log_id"]), (&json!({ "Preference": 0.8 }), &json!(true), &json!("g")));
        assert_eq!((&event["org_id"], &event["project_id"], &fetched["cursor"]), (&organization["id"], &project["id"], &json!(null)));
        let (_, ping) = server.get(&reader, "/ping").await;
        assert_eq!(ping["email"], "engineer@example.com");
    }
}

#[tokio::test]
async fn an_sdk_queries_with_text_and_with_a_tree() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let rows: Vec<_> = (0..5)
            .map(|number| {
                let created = format!("2026-11-23T10:00:0{number}Z");
                row(&project, &format!("row {number}"), &json!({ "created": created, "metadata": { "model": format!("m{}", number % 2) } }))
            })
            .collect();
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows })).await;

        let mut ids = Vec::new();
        let mut cursor = json!(null);
        loop {
            let tree = json!({
                "select": [{ "op": "star" }], "limit": 2, "cursor": cursor,
                "from": { "op": "function", "name": { "op": "ident", "name": ["project_logs"] }, "args": [{ "op": "literal", "value": project }] },
            });
            let answer = server.done(&key, Method::POST, "/btql", &json!({ "query": tree })).await;
            ids.extend(answer["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            cursor = answer["cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        assert_eq!(ids, ["row 4", "row 3", "row 2", "row 1", "row 0"]);

        let ask = async |text: &str| {
            let text = text.replace('P', &format!("project_logs('{project}')"));
            server.done(&key, Method::POST, "/btql", &json!({ "query": text })).await["data"].clone()
        };
        let found = ask("select: id, metadata.model as m from: P filter: metadata.model = 'm1' sort: created asc").await;
        assert_eq!(found, json!([{ "id": "row 1", "m": "m1" }, { "id": "row 3", "m": "m1" }]));
        let groups = ask("dimensions: metadata.model as m | measures: count(1) as n | from: P | sort: n desc").await;
        assert_eq!(groups, json!([{ "m": "m0", "n": 3 }, { "m": "m1", "n": 2 }]));
        let by_name =
            server.done(&key, Method::POST, "/btql", &json!({ "query": "select: id | from: project_logs('P') | limit: 1" })).await;
        assert_eq!(by_name["data"], json!([{ "id": "row 4" }]), "{by_name}");
    }
}

#[tokio::test]
async fn an_sdk_sends_feedback_and_scripts_read_it() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let insert = json!({ "events": [{ "id": "one", "input": 1, "output": 2 }, { "input": 3, "scores": { "Q": 9 } }] });
        let inserted = server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &insert).await;
        assert_eq!((inserted["row_ids"].as_array().unwrap().len(), &inserted["row_ids"][0]), (2, &json!("one")), "{inserted}");
        assert_eq!(inserted["rejected"][0]["index"], 1, "{inserted}");

        let only_feedback = server.key(Role::Engineer, &[ApiScope::Feedback]).await;
        let feedback = json!({ "feedback": [{ "id": "one", "scores": { "Preference": 0.9 }, "comment": "c", "source": "external" }] });
        let answer = server.done(&only_feedback, Method::POST, &format!("/v1/project_logs/{project}/feedback"), &feedback).await;
        assert_eq!(answer, json!({ "status": "success" }));
        let (_, fetched) = server.get(&key, &format!("/v1/project_logs/{project}/fetch?limit=3")).await;
        assert_eq!(fetched["events"][0]["scores"], json!({ "Preference": 0.9 }), "{fetched}");
        let (_, summary) = server.get(&key, &format!("/v1/summary?object_type=project_logs&object_id={project}")).await;
        assert_eq!(summary["rows"], 1);
        let preference = &summary["scores"]["Preference"];
        assert_eq!(
            (&preference["mean"], &preference["count"], &preference["histogram"][18]),
            (&json!(0.9), &json!(1), &json!(1)),
            "{summary}"
        );

        // A span below it, which no filter about it finds: as a row of a trace it counts, as a span it does not.
        let below =
            json!({ "id": "below", "span_id": "below", "root_span_id": "top", "span_parents": ["top"], "scores": { "Preference": 0.5 } });
        let whole = json!({ "id": "whole", "span_id": "top", "root_span_id": "top", "metadata": { "way": "both" }, "scores": { "Preference": 0.7 } });
        server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/insert"), &json!({ "events": [whole, below] })).await;
        for (rows, expected) in [("", 1), ("&rows=spans", 1), ("&rows=traces", 2)] {
            let filter = "filter=metadata.way%20%3D%20'both'";
            let path = format!("/v1/summary?object_type=project_logs&object_id={project}&{filter}{rows}");
            let (_, summary) = server.get(&key, &path).await;
            assert_eq!(summary["scores"]["Preference"]["count"], expected, "{rows}: {summary}");
        }
        let (status, refused) = server.get(&key, &format!("/v1/summary?object_type=project_logs&object_id={project}&rows=cards")).await;
        assert_eq!(status, 400, "{refused}");
    }
}

#[tokio::test]
async fn whole_traces_come_page_by_page_and_once() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let mut rows = Vec::new();
        for trace in 0..3 {
            for span in 0..2 {
                // The spans of all traces overlap in time.
                let created = format!("2026-11-23T10:00:0{}Z", span * 3 + trace);
                let parents = if span == 0 { json!(null) } else { json!([format!("t{trace}s0")]) };
                rows.push(row(
                    &project,
                    &format!("{trace}-{span}"),
                    &json!({ "created": created, "span_id": format!("t{trace}s{span}"), "root_span_id": format!("t{trace}"), "span_parents": parents }),
                ));
            }
        }
        server.done(&key, Method::POST, "/logs3", &json!({ "rows": rows })).await;
        let mut ids = Vec::new();
        let mut cursor = json!(null);
        for _ in 0..10 {
            let body = json!({ "limit": 1, "cursor": cursor });
            let page = server.done(&key, Method::POST, &format!("/v1/project_logs/{project}/fetch"), &body).await;
            ids.extend(page["events"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            cursor = page["cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        ids.sort();
        assert_eq!(ids, ["0-0", "0-1", "1-0", "1-1", "2-0", "2-1"]);
    }
}

#[tokio::test]
async fn what_happens_is_counted() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let project = server.project("P").await;
        let insert = format!("/v1/project_logs/{project}/insert");
        server.done(&key, Method::POST, &insert, &json!({ "events": [{ "id": "a" }, { "id": 7 }] })).await;
        let read = async || {
            let answer = server.request(&Who::Nobody, Method::GET, "/metrics").send().await.unwrap();
            assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4");
            answer.text().await.unwrap()
        };
        // Other tests of this process are counted too, so no number is fixed.
        let text = read().await;
        let value = |line: &str| {
            let found = text.lines().find_map(|text| text.strip_prefix(line)).unwrap_or_else(|| panic!("no {line} in {text}"));
            found.trim().parse::<f64>().unwrap()
        };
        let route = "touchstone_requests_total{route=\"/v1/project_logs/{id}/insert\",method=\"POST\",status=\"200\"}";
        for counted in [route, "touchstone_rows_ingested_total", "touchstone_rows_rejected_total", "touchstone_database_bytes"] {
            assert!(value(counted) >= 1.0, "{counted}");
        }
        for there in
            ["touchstone_commit_seconds_bucket", "touchstone_commit_commands_count", "touchstone_writer_queue", "touchstone_streams"]
        {
            assert!(text.contains(there), "{there} is not in {text}");
        }
        assert!(!text.contains(&project), "an id stands in {text}");
    }
}
