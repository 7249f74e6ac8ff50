//! Files into datasets through HTTP.

use crate::harness::{TestServer, Who, servers};
use expect_test::expect;
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;

async fn dataset(server: &TestServer, key: &Who) -> String {
    let project = server.project("P").await;
    let made = server.done(key, Method::POST, "/v1/dataset", &json!({ "project_id": project, "name": "golden" })).await;
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_tried_and_taken() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let path = format!("/v1/dataset/{}/upload", dataset(&server, &key).await);
        let file = "id,question,answer,n\na,Why?,So.,1\nb,\"How\n";
        let (status, mut tried) = server.send(&key, Method::POST, &format!("{path}?dry_run=true"), file).await;
        assert_eq!(status, StatusCode::OK, "{tried}");
        expect![[r#"{"added":1,"already":0,"columns":[{"as_text":false,"becomes":"id","name":"id"},{"as_text":false,"becomes":"input","name":"question"},{"as_text":false,"becomes":"expected","name":"answer"},{"as_text":false,"becomes":"metadata.n","name":"n"}],"format":"csv","notes":[],"preview":[{"expected":"So.","fate":"added","id":"a","input":"Why?","line":2,"metadata":"{\"n\":1}","tags":[]}],"refused":[{"line":3,"reason":"The quote at character 3 is never closed; from here on nothing was read. Close it, or write \"\" for a quote inside a cell."}],"refused_lines":1,"repeated":0,"updated":0}"#]]
            .assert_eq(&tried.to_string());
        let mapping = r#"?mapping={"n":{"becomes":"metadata.n","as_text":true},"answer":null}"#.replace('"', "%22");
        let (status, taken) = server.send(&key, Method::POST, &format!("{path}{mapping}"), file).await;
        assert_eq!((status, &taken["added"]), (StatusCode::OK, &json!(1)), "{taken}");
        let fetch = path.replace("upload", "fetch");
        let (_, fetched) = server.get(&key, &fetch).await;
        let row = &fetched["events"][0];
        assert_eq!(
            (&row["id"], &row["input"], &row["expected"], &row["metadata"]),
            (&json!("a"), &json!("Why?"), &Value::Null, &json!({ "n": "1" }))
        );
        // Its own export, as it comes out, changes nothing.
        let export = format!("/v1/export?object_type=dataset&object_id={}", path.split('/').nth(3).unwrap());
        for format in ["csv", "jsonl"] {
            let lines = server.request(&key, Method::GET, &format!("{export}&format={format}")).send().await.unwrap().text().await.unwrap();
            let (status, again) = server.send(&key, Method::POST, &path, lines).await;
            tried = again;
            assert_eq!(
                (status, &tried["already"], &tried["updated"], &tried["added"]),
                (StatusCode::OK, &json!(1), &json!(0), &json!(0)),
                "{format}: {tried}"
            );
        }
    }
}

#[tokio::test]
async fn what_cannot_be_taken_is_told_with_what_to_do() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let path = format!("/v1/dataset/{}/upload", dataset(&server, &key).await);
        let mut answers = String::new();
        for (query, body) in [
            ("", ""),
            ("", "PK\u{3}\u{4}"),
            ("?format=parquet", "a"),
            ("?format=json", "a,b\n1,2"),
            ("?dry_run=maybe", "a"),
            ("?mapping=input", "a\n1"),
            ("?mapping={%22a%22:1}", "a\n1"),
            ("?mapping={%22b%22:%22input%22}", "a\n1"),
        ] {
            let (status, answer) = server.send(&key, Method::POST, &format!("{path}{query}"), body).await;
            answers += &format!("{} {}\n", status.as_u16(), answer["error"].as_str().unwrap());
        }
        expect![[r#"
            400 file: There is nothing in this file.
            400 file: This is a workbook or another archive. Save the sheet as CSV (UTF-8) and upload that.
            400 format: Use csv, tsv, json or jsonl, or leave it out.
            400 file: Line 1: This is not JSON at character 1: expected value.
            400 dry_run: Use true or false.
            400 mapping: Send an object of columns, such as {"question": "input", "notes": null}.
            400 mapping: Send an object of columns, such as {"question": "input", "notes": null}.
            400 mapping: The file has no column b.
        "#]]
        .assert_eq(&answers);
        let large = "x".repeat(3 * 1024 * 1024);
        assert_eq!(server.send(&key, Method::POST, &path, large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        for role in [Role::Viewer, Role::Reviewer] {
            let session = server.session(role).await;
            assert_eq!(server.send(&session, Method::POST, &path, "input\nx").await.0, StatusCode::FORBIDDEN);
        }
        let session = server.session(Role::Engineer).await;
        assert_eq!(server.send(&session, Method::POST, &path, "input\nx").await.0, StatusCode::OK);
        let logs = format!("/v1/dataset/{}/upload", server.project("P").await);
        assert_eq!(server.send(&session, Method::POST, &logs, "input\nx").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn versions_have_names_and_are_restored() {
    for server in servers().await {
        let key = server.key(Role::Engineer, &[]).await;
        let dataset = dataset(&server, &key).await;
        let send =
            async |rows: Value| server.done(&key, Method::POST, &format!("/v1/dataset/{dataset}/insert"), &json!({ "events": rows })).await;
        send(json!([{ "id": "a", "input": 1 }, { "id": "b", "input": 2 }])).await;
        let saved =
            server.done(&key, Method::POST, "/v1/dataset_version", &json!({ "dataset_id": dataset, "name": "first", "note": "n" })).await;
        assert_eq!(
            (&saved["name"], &saved["note"], &saved["rows"], &saved["created_by"]),
            (&json!("first"), &json!("n"), &json!(2), &json!("The engineer"))
        );
        send(json!([{ "id": "a", "_is_merge": true, "expected": 3 }, { "id": "b", "_object_delete": true }])).await;
        let version = format!("/v1/dataset_version/{}", saved["id"].as_str().unwrap());
        let (_, difference) = server.get(&key, &format!("{version}/difference")).await;
        expect![[r#"{"added":0,"changed":1,"removed":1,"rows":[{"difference":"changed","fields":[{"from":"","name":"expected","to":"3"}],"id":"a"},{"difference":"removed","fields":[{"from":"2","name":"input","to":""}],"id":"b"}]}"#]]
            .assert_eq(&difference.to_string());
        let restored = server.done(&key, Method::POST, &format!("{version}/restore"), &json!({})).await;
        assert_eq!((&restored["added"], &restored["changed"], &restored["removed"]), (&json!(1), &json!(1), &json!(0)));
        let (_, list) = server.get(&key, &format!("/v1/dataset_version?dataset_id={dataset}")).await;
        let names: Vec<&str> = list["objects"].as_array().unwrap().iter().map(|version| version["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Before restoring first", "first"]);
        // What SDKs give as `version` is what the version is of.
        let before = list["objects"][0]["xact_id"].as_str().unwrap();
        let (_, fetched) = server.get(&key, &format!("/v1/dataset/{dataset}/fetch?version={before}")).await;
        let rows: Vec<_> = fetched["events"].as_array().unwrap().iter().map(|row| (&row["id"], &row["expected"])).collect();
        assert_eq!(rows, [(&json!("a"), &json!(3))]);
        let (status, answer) = server.send(&key, Method::POST, "/v1/dataset_version", r#"{"name":"x"}"#).await;
        assert_eq!((status, answer["error"].as_str()), (StatusCode::BAD_REQUEST, Some("dataset_id: Say of which dataset.")));
        let viewer = server.session(Role::Viewer).await;
        assert_eq!(server.get(&viewer, &format!("{version}/difference")).await.0, StatusCode::FORBIDDEN);
        assert_eq!(server.get(&viewer, &format!("/v1/dataset_version?dataset_id={dataset}")).await.0, StatusCode::OK);
        let gone = server.request(&key, Method::DELETE, &version).send().await.unwrap();
        assert_eq!(gone.status(), StatusCode::OK);
        assert_eq!(server.get(&key, &format!("{version}/difference")).await.0, StatusCode::NOT_FOUND);
    }
}
