//! Files of whatever matches.

use crate::harness::{TestServer, Who, row, servers};
use expect_test::expect;
use http::Method;
use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::people::Role;

async fn file(server: &TestServer, who: &Who, query: &str) -> (StatusCode, String, String) {
    let answer = server.request(who, Method::GET, &format!("/v1/export?{query}")).send().await.unwrap();
    let named = answer.headers().get("content-disposition").map(|named| named.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status(), named, answer.text().await.unwrap())
}

/// A trace of two spans for each number.
async fn sent(server: &TestServer, project: &str, count: usize) {
    let key = server.key(Role::Engineer, &[]).await;
    let mut rows = Vec::new();
    for number in 0..count {
        let (id, created) = (format!("a{number}"), format!("2026-01-01T00:{:02}:{:02}Z", number / 60, number % 60));
        let more = json!({ "created": created, "input": "=1+1", "scores": { "Tone": number % 2 }, "tags": ["x"],
            "metadata": { "plan": "pro", "~__bt_assignments": [] } });
        rows.push(row(project, &id, &more));
        let within = json!({ "created": created, "span_id": format!("b{number}"), "root_span_id": format!("r-{id}"), "span_parents": [format!("s-{id}")],
            "output": "say \"hi\",\nplease" });
        rows.push(row(project, &format!("b{number}"), &within));
    }
    for rows in rows.chunks(500) {
        server.done(&key, Method::POST, "/logs3", &json!({ "api_version": 2, "rows": rows })).await;
    }
}

#[tokio::test]
async fn whatever_matches_comes_as_a_file() {
    for server in servers().await {
        let project = server.project("Files").await;
        sent(&server, &project, 3).await;
        let key = server.key(Role::Engineer, &[]).await;
        let object = format!("object_type=project_logs&object_id={project}");

        let (status, named, text) = file(&server, &key, &object).await;
        assert_eq!((status, named.as_str()), (StatusCode::OK, "attachment; filename*=UTF-8''logs.jsonl"));
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ");
        assert_eq!(rows.len(), 6, "{}", ids(&rows));
        assert_eq!(
            rows.iter().find(|row| row["id"] == "a1").unwrap()["metadata"],
            json!({ "plan": "pro" }),
            "what lists say is not the row's"
        );

        let (_, _, text) = file(&server, &key, &format!("{object}&filter=scores.Tone+%3D+0&rows=traces")).await;
        let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(ids(&rows), "a2 a0");

        let (_, named, text) = file(&server, &key, &format!("{object}&format=csv&filter=scores.Tone+%3D+1")).await;
        assert_eq!(named, "attachment; filename*=UTF-8''logs.csv");
        expect![[r#"
            id,root_span_id,span_id,created,name,type,input,output,expected,error,tags,metadata,metrics,scores.Tone
            a1,r-a1,s-a1,2026-01-01T00:00:01Z,answer,,'=1+1,answer,,,"[""x""]","{""plan"":""pro""}",,1.0
            b1,r-a1,b1,2026-01-01T00:00:01Z,answer,,question,"say ""hi"",
            please",,,,,,
        "#]]
        .assert_eq(&text);
    }
}

#[tokio::test]
async fn who_judged_a_row_how_comes_with_it_where_it_is_asked_for() {
    for server in servers().await {
        let project = server.project("Judged").await;
        sent(&server, &project, 1).await;
        let engineer = server.key(Role::Engineer, &[]).await;
        let reviewer = server.key(Role::Reviewer, &[]).await;
        for question in [
            json!({ "name": "Tone", "score_type": "slider" }),
            json!({ "name": "Kind", "score_type": "categorical", "categories": [{ "name": "=Warm", "value": 1 }, { "name": "Cold", "value": 0 }] }),
        ] {
            let mut question = question;
            question["project_id"] = json!(project);
            server.done(&engineer, Method::POST, "/v1/project_score", &question).await;
        }
        let row = json!({ "object_type": "project_logs", "object_id": project, "id": "a0" });
        for (who, question, value) in [(&reviewer, "Tone", json!(0.5)), (&engineer, "Tone", json!(1)), (&reviewer, "Kind", json!("=Warm"))]
        {
            let mut answer = row.clone();
            (answer["question"], answer["value"]) = (json!(question), value);
            server.done(who, Method::PUT, "/v1/answer", &answer).await;
        }
        let mut gold = row.clone();
        (gold["question"], gold["value"], gold["reason"]) = (json!("Tone"), json!(0.75), json!("We talked."));
        server.done(&engineer, Method::PUT, "/v1/answer/gold", &gold).await;

        let object = format!("object_type=project_logs&object_id={project}&rows=traces&answers=true");
        let (_, _, text) = file(&server, &engineer, &object).await;
        let said: Value = serde_json::from_str(&text).unwrap();
        expect![[r#"
            {"gold":{"Tone":0.75},"reported":{"Tone":0.0},"scores":{"Kind":1.0,"Tone":0.75},"tone":{"engineer@example.com":1.0,"reviewer@example.com":0.5}}"#]]
        .assert_eq(
            &json!({ "gold": said["gold"], "reported": said["reported"], "scores": said["scores"], "tone": said["answers"]["Tone"]["by"] })
                .to_string(),
        );

        let (_, _, text) = file(&server, &engineer, &format!("{object}&format=csv")).await;
        let lines: Vec<&str> = text.lines().map(|line| line.split_once("metrics,").map_or(line, |(_, said)| said)).collect();
        expect![[r#"
            scores.Kind,scores.Tone,answers.Tone by engineer@example.com,answers.Tone by reviewer@example.com,answers.Kind by reviewer@example.com,gold.Kind,gold.Tone,reported.Kind,reported.Tone,feedback.Kind,feedback.Tone,comments
            a0,r-a0,s-a0,2026-01-01T00:00:00Z,answer,,'=1+1,answer,,,"[""x""]","{""plan"":""pro""}",,1.0,0.75,1.0,0.5,'=Warm,,0.75,,0.0,,,
        "#]]
        .assert_eq(&(lines.join("\n") + "\n"));
        let (status, _, _) = file(&server, &reviewer, &object).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_long_file_is_whole() {
    for server in servers().await {
        let project = server.project("Long").await;
        sent(&server, &project, 450).await;
        let key = server.key(Role::Engineer, &[]).await;
        let (_, _, text) = file(&server, &key, &format!("object_type=project_logs&object_id={project}")).await;
        let mut ids: Vec<Value> = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].take()).collect();
        assert_eq!(ids.len(), 900);
        ids.sort_by_key(ToString::to_string);
        ids.dedup();
        assert_eq!(ids.len(), 900);
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_question_is_told_before_anything_is_sent() {
    for server in servers().await {
        let project = server.project("Wrong").await;
        let key = server.key(Role::Engineer, &[]).await;
        let mut told = String::new();
        for query in [
            String::new(),
            format!("object_type=experiment&object_id={project}"),
            "object_type=project_logs&object_id=none".to_owned(),
            format!("object_type=project_logs&object_id={project}&format=xml"),
            format!("object_type=project_logs&object_id={project}&rows=all"),
            format!("object_type=project_logs&object_id={project}&answers=yes"),
            format!("object_type=project_logs&object_id={project}&filter=scores.+%3E"),
        ] {
            let (status, _, text) = file(&server, &key, &query).await;
            let said = serde_json::from_str::<Value>(&text).unwrap()["error"].as_str().unwrap().to_owned();
            told += &format!("{} {said}\n", status.as_u16());
        }
        let path = format!("/v1/export?object_type=project_logs&object_id={project}");
        let old = server.request(&key, Method::GET, &path).version(http::Version::HTTP_10).send().await.unwrap();
        assert!(old.status() == StatusCode::BAD_REQUEST && old.text().await.unwrap().contains("Ask with HTTP/1.1"));
        expect![[r#"
            400 object_type: Add this to the query.
            404 There is no experiment with this id or name here. It may have been deleted, or the link is incomplete.
            404 There is no project, experiment or dataset with this id here. It may have been deleted, or the link is incomplete.
            400 format: Use jsonl, csv or archive.
            400 rows: Use spans for every span, or traces for a line of each.
            400 answers: Use true to have what each reviewer answered, or false.
            400 The filter cannot be read: A name is missing after the dot.
        "#]]
        .assert_eq(&told);
    }
}
