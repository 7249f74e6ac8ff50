//! What a row may hold and say, and what is told of one that holds too much or says it wrongly.

use super::sending::{raw, raws};
use super::stores;
use expect_test::expect;
use serde_json::{Map, Value, json};
use shared::ObjectId;
use std::collections::BTreeSet;

fn named(prefix: &str, count: usize) -> Value {
    (0..count).map(|number| (format!("{prefix}{number}"), json!(0.5))).collect::<Map<_, _>>().into()
}

#[tokio::test]
async fn control_fields_of_a_wrong_type_refuse_the_row() {
    for store in stores().await {
        let project = store.project("control").await;
        store.send(&project, &[json!({"id": "r", "input": "kept", "tags": ["a"]})]).await;
        let rows = [
            json!({"id": "r", "_is_merge": 1}),
            json!({"id": "r", "_is_merge": "true"}),
            json!({"id": "r", "_object_delete": 1}),
            json!({"id": "r", "_is_merge": true, "_merge_paths": "input"}),
            json!({"id": "r", "_is_merge": true, "_merge_paths": ["input"]}),
            json!({"id": "r", "_is_merge": true, "_array_delete": {"tags": ["a"]}}),
            json!({"id": "r", "_is_merge": true, "_merge_paths": [vec!["a"; 101]]}),
            json!({"id": "r", "_is_merge": true, "_merge_paths": vec![["a"]; 10_001]}),
            json!({"id": "r", "_is_merge": true, "_array_delete": [{"path": ["tags"], "delete": vec![1; 10_001]}]}),
            json!({"id": "r", "_audit_source": 1}),
            json!({"id": "r", "_audit_metadata": "u7"}),
            json!({"id": "r", "_parent_id": 1}),
            json!({"id": "r", "span_id": 1}),
            json!({"id": "r", "root_span_id": ["t"]}),
            json!({"id": "r", "span_parents": "p"}),
            json!({"id": "r", "experiment_id": 7}),
        ];
        let ingested = store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
        let lines: Vec<_> = ingested.rejected.iter().map(|row| format!("{} {}", row.index, row.reason)).collect();
        expect![[r#"
            0 _is_merge must be true or false.
            1 _is_merge must be true or false.
            2 _object_delete must be true or false.
            3 _merge_paths must be a list of paths, each a list of keys, such as [["input", "a"], ["output"]].
            4 _merge_paths must be a list of paths, each a list of keys, such as [["input", "a"], ["output"]].
            5 _array_delete must be [{"path": ["tags"], "delete": ["x"]}].
            6 A path in _merge_paths may have 100 keys; this has 101.
            7 _merge_paths may have 10000 paths; this has 10001. Name the object above them instead.
            8 _array_delete may take out 10000 values; this has 10001. Replace the list, or send several rows.
            9 _audit_source must be "app", "api" or "external".
            10 _audit_metadata must be an object, such as {"user_id": "u7"}.
            11 _parent_id must be a string.
            12 span_id must be a string.
            13 root_span_id must be a string.
            14 span_parents must be a list of span ids, such as ["0ce90cbb0f8e47d0"], or null.
            15 experiment_id must be a string."#]]
        .assert_eq(&lines.join("\n"));
        assert_eq!(store.row(&project, "r").await["input"], json!("kept"));
        // Null says nothing.
        let nothing = json!({"id": "n", "_is_merge": null, "_merge_paths": null, "_array_delete": null, "_object_delete": null,
                             "_audit_source": null, "_audit_metadata": null, "_parent_id": null, "span_parents": null, "span_id": null});
        store.send(&project, &[nothing]).await;
    }
}

#[tokio::test]
async fn a_row_holds_a_bounded_number_of_scores_and_tags_also_by_and_by() {
    for store in stores().await {
        let project = store.project("row").await;
        let tags = |range: std::ops::Range<usize>| range.map(|number| format!("t{number}")).collect::<Vec<_>>();
        let merge = |more: Value| {
            let mut row = json!({"id": "r", "_is_merge": true});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        store.send(&project, &[json!({"id": "r", "scores": named("a", 200), "tags": tags(0..200)})]).await;
        let rows = [
            json!({"id": "many", "scores": named("s", 20_000)}),
            json!({"id": "many", "tags": tags(0..201)}),
            merge(json!({"scores": named("b", 1), "input": "lost"})),
            merge(json!({"tags": tags(199..201)})),
            json!({"id": "many", "metrics": named("m", 501)}),
            merge(json!({"metrics": named("m", 501), "input": "lost"})),
            json!({"id": "nameless", "scores": {" ": 0.5}}),
            json!({"id": "long", "span_attributes": {"name": "x".repeat(1001)}}),
            // What takes one out may bring one.
            merge(json!({"tags": tags(200..201), "_array_delete": [{"path": ["tags"], "delete": ["t0"]}], "input": "kept"})),
            merge(json!({"tags": tags(0..2), "_merge_paths": [["tags"]]})),
        ];
        let ingested = store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
        let lines: Vec<_> = ingested.rejected.iter().map(|row| format!("{} {:?} {}", row.index, row.id, row.reason)).collect();
        expect![[r#"
            0 Some("many") A row may have 200 scores; this would have 20000. Keep what is no measurement of the whole row in metadata or output.
            1 Some("many") A row may have 200 tags; this would have 201. Keep what differs from row to row in metadata.
            2 Some("r") A row may have 200 scores; this would have 201. Keep what is no measurement of the whole row in metadata or output.
            3 Some("r") A row may have 200 tags; this would have 201. Keep what differs from row to row in metadata.
            4 Some("many") A row may have 500 metrics; this would have 501. Keep what is no measurement in metadata.
            5 Some("r") A row may have 500 metrics; this would have 501. Keep what is no measurement in metadata.
            6 Some("nameless") scores has a number without a name.
            7 Some("long") The name of a span may have 1,000 bytes; this has 1,001."#]]
        .assert_eq(&lines.join("\n"));
        let row = store.row(&project, "r").await;
        assert_eq!((&row["input"], &row["tags"], row["scores"].as_object().unwrap().len()), (&json!("kept"), &json!(["t0", "t1"]), 200));
        store.verified().await;
    }
}

#[tokio::test]
async fn an_object_has_a_bounded_number_of_different_scores() {
    for store in stores().await {
        let project = store.project("object").await;
        let rows = |batch: usize| {
            (0..5).map(move |row| json!({"id": format!("r{batch}.{row}"), "scores": named(&format!("{batch}.{row}."), 200)}))
        };
        store.send(&project, &rows(0).collect::<Vec<_>>()).await;
        // Batches that share a commit know of each other.
        let sent = futures::future::join_all((1..4).map(|batch| {
            let rows: Vec<_> = rows(batch).collect();
            let (engineer, logs) = (&store.engineer, project.logs());
            async move { engineer.ingest(raws(&rows), Some(logs)).await.unwrap() }
        }));
        let rejected: Vec<_> = sent.await.into_iter().flat_map(|ingested| ingested.rejected).collect();
        assert_eq!(rejected.len(), 10);
        let reason =
            "The logs of a project, an experiment or a dataset may have 2000 scores of different names, and this row would bring another: ";
        assert!(rejected.iter().all(|row| row.reason.starts_with(reason) && row.id.is_some()), "{:?}", rejected[0]);
        assert_eq!(store.summary(&project).await.scores.len(), 2_000);
        // Known names go on, and names that are gone make room.
        store.send(&project, &[json!({"id": "again", "scores": named("0.0.", 200)})]).await;
        store.send(&project, &[json!({"id": "again", "_object_delete": true}), json!({"id": "r0.0", "_object_delete": true})]).await;
        store.send(&project, &[json!({"id": "new", "scores": named("new", 200)})]).await;
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_merge_of_many_keys_of_metadata_is_one_entry() {
    for store in stores().await {
        let project = store.project("entries").await;
        let merge =
            |count: usize| json!({"id": "r", "_is_merge": true, "_audit_source": "api", "metadata": named(&format!("{count}."), count)});
        store.send(&project, &[json!({"id": "r", "metadata": {"plan": "pro"}})]).await;
        store.send(&project, &[merge(100)]).await;
        store.send(&project, &[merge(5_000)]).await;
        let activity = crate::ground::database::all::<Path>(store.store.readers(), "SELECT path FROM activity", Vec::new()).await.unwrap();
        let paths: Vec<_> = activity.iter().filter(|entry| entry.path == "metadata").collect();
        assert_eq!((activity.len(), paths.len()), (101, 1));
        store.verified().await;
    }
}

#[derive(sea_orm::FromQueryResult)]
struct Path {
    path: String,
}

#[tokio::test]
async fn half_a_character_is_kept_where_it_can_be_and_refused_by_its_reason() {
    for store in stores().await {
        let project = store.project("halves").await;
        let deep = format!("{}1{}", "[".repeat(127), "]".repeat(127));
        let rows = [
            r#"{"id":"a","input":"cut \ud83e","scores":{"Q":0.5},"tags":["x"],"metrics":{"start":1,"tokens":2},"span_attributes":{"name":"n"}}"#.to_owned(),
            format!(r#"{{"id":"b","input":{deep},"scores":{{"Q":1}},"tags":["y"],"error":"boom","metrics":{{"end":1}}}}"#),
            r#"{"id":"c","output":{"n":1e400},"span_attributes":{"name":"cut \ud83e","type":"llm"},"scores":{"Q":null}}"#.to_owned(),
            r#"{"id":"d","metadata":{"\ud83e":1}}"#.to_owned(),
            r#"{"id":"e","scores":{"\ud83e":1}}"#.to_owned(),
            r#"{"id":"f","tags":["cut \ud83e"]}"#.to_owned(),
            r#"{"id":"cut \ud83e"}"#.to_owned(),
            r#"{"id":"g","\ud83e":1}"#.to_owned(),
            r#"{"id":"h","metadata":{"deep":{"\ud83e":1}},"input":"\ud83e"}"#.to_owned(),
        ];
        let ingested = store.engineer.ingest(rows.into_iter().map(raw).collect(), Some(project.logs())).await.unwrap();
        let lines: Vec<_> = ingested.rejected.iter().map(|row| format!("{} {}", row.index, row.reason)).collect();
        expect![[r#"
            3 A key in metadata holds half of a character (such as \ud83e without its other half). Send the whole character.
            4 A key in scores holds half of a character (such as \ud83e without its other half). Send the whole character.
            5 A tag holds half of a character (such as \ud83e without its other half). Send the whole character.
            6 id holds half of a character (such as \ud83e without its other half). Send the whole character.
            7 A key of the row holds half of a character (such as \ud83e without its other half). Send the whole character."#]]
        .assert_eq(&lines.join("\n"));
        store.verified().await;
        // Sent once more, merged and deleted, and still nothing looks wrong.
        for id in ["a", "b", "c", "h"] {
            store.send(&project, &[json!({"id": id, "_is_merge": true, "metadata": {"deep": {"x": 1}}, "tags": ["z"]})]).await;
        }
        store.send(&project, &[json!({"id": "a", "_object_delete": true})]).await;
        store.verified().await;
        let kept: BTreeSet<_> = store.rows(&project, "").await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kept, ["b", "c", "h"].map(str::to_owned).into());
    }
}

#[tokio::test]
async fn a_large_batch_is_written_in_parts() {
    for store in stores().await {
        let project = store.project("parts").await;
        let rows: Vec<_> = (0..300).map(|number| json!({"id": format!("r{number}"), "scores": named("s", 150)})).collect();
        let ingested = store.send(&project, &rows).await;
        let versions = BTreeSet::from_iter(store.rows(&project, "").await.iter().map(|row| row["_xact_id"].as_str().unwrap().to_owned()));
        assert_eq!((versions.len(), versions.last()), (3, Some(&ingested.transaction)));
        assert_eq!(store.engineer.ingest(Vec::new(), None).await.unwrap().rejected, []);
        assert_eq!(store.engineer.ingest(raws(&[json!({"id": "x"})]), Some(ObjectId::from("nowhere"))).await.unwrap().rejected.len(), 1);
        store.verified().await;
    }
}
