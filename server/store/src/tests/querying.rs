//! Queries that are answered by looking at all rows, and queries of several objects.

use super::comparison::experiment;
use super::sending::raws;
use super::{TestStore, stores};
use serde_json::{Value, json};
use shared::Problem;
use shared::filter::{Context, parse_query};
use shared::projects::Project;

/// Twelve spans of four traces.
async fn filled(store: &TestStore, name: &str, first: usize) -> Project {
    let project = store.project(name).await;
    let rows: Vec<Value> = (first..first + 12)
        .map(|number| {
            json!({
                "id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": format!("t{}", number / 3),
                "span_parents": if number.is_multiple_of(3) { Value::Null } else { json!([format!("s{}", number / 3 * 3)]) },
                // Two spans of one time, so that pages end between them.
                "created": format!("2026-01-01T00:{:02}:00Z", number / 2), "tags": if number.is_multiple_of(4) { json!(["a", "b"]) } else { json!(["a"]) },
                "scores": {"F": (number % 5) as f64 / 4.0}, "metadata": {"model": (if number.is_multiple_of(2) { "m1" } else { "m2" }), "n": number},
            })
        })
        .collect();
    store.send(&project, &rows).await;
    project
}

impl TestStore {
    async fn asked(&self, text: &str) -> Vec<Value> {
        let query = parse_query(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let answer = self.viewer.query(&query, None, Context::at(crate::now())).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        answer.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect()
    }
}

fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_tells_where_a_row_is_can_be_asked_for() {
    for store in stores().await {
        let project = filled(&store, "here", 0).await;
        let run = experiment(&store, &project, "one").await;
        let dataset = store.dataset(&project, "cases").await;
        for object in [&run, &dataset] {
            store.engineer.ingest(raws(&[json!({"id": "x", "input": 1})]), Some(object.clone())).await.unwrap();
        }
        let project_id = project.id.as_str();
        let logs = format!("project_logs('{project_id}') spans");
        let (experiment_id, dataset_id) = (run.as_str(), dataset.as_str());
        for (from, filter, count) in [
            (logs.as_str(), format!("project_id = '{project_id}'"), 12),
            (&logs, "project_id is not null and org_id is not null and log_id = 'g'".to_owned(), 12),
            (&logs, format!("project_id in ['nowhere', '{project_id}'] and tags includes 'b'"), 3),
            (&logs, "not project_id = 'nowhere'".to_owned(), 12),
            (&logs, "project_id != 'nowhere' and experiment_id is null".to_owned(), 12),
            (&logs, "project_id = 'nowhere' or experiment_id = 'x'".to_owned(), 0),
            (&logs, format!("lower(project_id) = '{project_id}' and id = 'r1'"), 1),
            ("experiment('one')", format!("experiment_id = '{experiment_id}'"), 1),
            ("experiment('ONE')", "log_id is not null".to_owned(), 0),
            ("dataset('cases')", format!("dataset_id = '{dataset_id}' and project_id = '{project_id}'"), 1),
        ] {
            let rows = store.asked(&format!("select: id | from: {from} | filter: {filter}")).await;
            assert_eq!(rows.len(), count, "{from}: {filter}");
        }
        let other = store.project("there").await;
        experiment(&store, &other, "one").await;
        for (from, words) in
            [("experiment('one')", "Several projects have one"), ("dataset('one')", "There is no dataset with this id or name")]
        {
            let query = parse_query(&format!("select: id | from: {from}")).unwrap();
            let told = store.viewer.query(&query, None, Context::at(crate::now())).await.unwrap_err().problem().unwrap().to_string();
            assert!(told.contains(words), "{told}");
        }
    }
}

#[tokio::test]
async fn all_rows_are_looked_at_where_the_answer_needs_them() {
    for store in stores().await {
        let project = filled(&store, "whole", 0).await;
        let from = format!("from: project_logs('{}')", project.id);
        let best = store.asked(&format!("select: * | {from} | sort: scores.F desc, metadata.n | limit: 3")).await;
        assert_eq!(ids(&best), ["r4", "r9", "r3"]);
        assert_eq!(best[0]["metadata"], json!({"model": "m1", "n": 4}), "whole rows stay whole");
        let tags = format!("dimensions: tag | measures: count(1) as n | unpivot: tags as (tag) | {from} | sort: n desc");
        assert_eq!(store.asked(&tags).await, [json!({"tag": "a", "n": 12}), json!({"tag": "b", "n": 3})]);
        let spread = format!("dimensions: is_root, metadata.model as m | measures: count(1) as n | pivot: n | {from} | sort: is_root");
        assert_eq!(
            store.asked(&spread).await,
            [json!({"is_root": false, "m1_n": 4, "m2_n": 4}), json!({"is_root": true, "m1_n": 2, "m2_n": 2})]
        );
        let having = format!(
            "SELECT metadata.model AS m, max(metadata.n) AS n FROM project_logs('{}') WHERE scores.F > 0 GROUP BY 1 HAVING count(1) > 3 ORDER BY n DESC",
            project.id
        );
        assert_eq!(store.asked(&having).await, [json!({"m": "m2", "n": 11}), json!({"m": "m1", "n": 8})]);
        let drawn = store.asked(&format!("select: id | {from} | sample: 4 seed 1")).await;
        assert_eq!(drawn.len(), 4);
        assert_eq!(drawn, store.asked(&format!("select: id | {from} | sample: 4 seed 1")).await);
        let fields = store.asked(&format!("infer: metadata | {from} | limit: 5")).await;
        assert_eq!(
            fields.iter().map(|field| &field["name"]).collect::<Vec<_>>(),
            [&json!(["metadata", "model"]), &json!(["metadata", "n"])]
        );
        let traces = store.asked(&format!("select: id | {from} summary | sort: scores.F desc | limit: 1")).await;
        assert_eq!(traces.len(), 1);
        let selected = store.asked(&format!("select: id | custom_columns: upper(metadata.model) as big | {from} | limit: 1")).await;
        assert_eq!(selected, [json!({"id": "r11", "big": "M2"})]);
        let query = parse_query(&format!("select: * | {from} | sort: scores.F | cursor: 'x'")).unwrap();
        let refused = store.viewer.query(&query, None, Context::at(crate::now())).await.unwrap_err();
        assert!(matches!(refused, crate::Error::Problem(Problem::Invalid { .. })), "{refused}");
    }
}

#[tokio::test]
async fn rows_in_any_order_come_page_by_page() {
    for store in stores().await {
        let (one, other) = (filled(&store, "first", 0).await, filled(&store, "second", 0).await);
        for (ids, shape, order) in [
            (format!("'{}'", one.id), "spans", "scores.F desc"),
            (format!("'{}'", one.id), "spans", "metadata.model, len(tags) desc, scores.F"),
            (format!("'{}'", one.id), "spans", "scores.F > 0.6 ? null : metadata.n / 3"),
            (format!("'{}'", one.id), "summary", "len(tags), metadata.n desc"),
            (format!("'{}', '{}'", one.id, other.id), "spans", "scores.F"),
            // Time goes on between two pages, and their order does not.
            (format!("'{}'", one.id), "spans", "now() - created desc"),
            (format!("'{}'", one.id), "spans", "now(), id"),
            (format!("'{}'", one.id), "summary", "now() - created"),
        ] {
            let asked = |limit: usize, cursor: &str| {
                let from = format!("from: project_logs({ids}) {shape}");
                parse_query(&format!("select: id, _pagination_key | {from} | sort: {order} | limit: {limit}{cursor}")).unwrap()
            };
            let whole = store.viewer.query(&asked(1000, ""), None, Context::at(crate::now())).await.unwrap();
            let expected: Vec<&str> = whole.rows.iter().map(|row| row.get()).collect();
            assert_eq!(whole.next, None);
            for limit in [1, 5, 12] {
                let (mut rows, mut cursor) = (Vec::new(), String::new());
                for _ in 0..=expected.len() {
                    let answer = store.viewer.query(&asked(limit, &cursor), None, Context::at(crate::now())).await.unwrap();
                    rows.extend(answer.rows.iter().map(|row| row.get().to_owned()));
                    let Some(next) = answer.next else { break };
                    cursor = format!(" | cursor: '{next}'");
                }
                assert_eq!(rows, expected, "{order} {limit}");
            }
            let answer = store.viewer.query(&asked(2, ""), None, Context::at(crate::now())).await.unwrap();
            let elsewhere = format!("select: id | from: project_logs({ids}) {shape} | sort: len(id) | cursor: '{}'", answer.next.unwrap());
            let refused = store.viewer.query(&parse_query(&elsewhere).unwrap(), None, Context::at(crate::now())).await.unwrap_err();
            assert!(refused.to_string().contains("another query"), "{refused}");
        }
    }
}

#[tokio::test]
async fn rows_of_several_objects_are_merged_page_by_page() {
    for store in stores().await {
        let (one, other) = (filled(&store, "one", 0).await, filled(&store, "other", 0).await);
        for (order, shape) in [("desc", "spans"), ("asc", "spans"), ("desc", "summary"), ("desc", "traces")] {
            for limit in [1, 5, 7, 24, 1000] {
                let (mut rows, mut cursor) = (Vec::new(), String::new());
                for _ in 0..100 {
                    let text = format!(
                        "select: id, created, project_id | from: project_logs('{}', '{}') {shape} | filter: scores.F < 1 | sort: created {order} \
                         | limit: {limit}{cursor}",
                        one.id, other.id
                    );
                    let answer = store.viewer.query(&parse_query(&text).unwrap(), None, Context::at(crate::now())).await.unwrap();
                    let page = answer.rows.iter().map(|row| serde_json::from_str::<Value>(row.get()).unwrap());
                    rows.extend(page);
                    match answer.next {
                        Some(next) => cursor = format!(" | cursor: '{next}'"),
                        None => {
                            cursor.clear();
                            break;
                        }
                    }
                }
                assert_eq!(cursor, "", "{shape} {limit}: it never ends");
                let mut each: Vec<_> = rows.iter().map(|row| (row["project_id"].to_string(), row["id"].to_string())).collect();
                each.sort();
                each.dedup();
                assert_eq!(each.len(), rows.len(), "{shape} {limit}: each once");
                let expected = match shape {
                    "spans" => 20,
                    "traces" => 24,
                    _ => 8,
                };
                assert_eq!(rows.len(), expected, "{shape} {limit}");
                let times: Vec<&str> = rows.iter().map(|row| row["created"].as_str().unwrap()).collect();
                if shape == "spans" {
                    assert!(
                        times.is_sorted_by(|one, other| if order == "asc" { one <= other } else { one >= other }),
                        "{order} {limit}: {times:?}"
                    );
                }
            }
        }
        let text = format!("measures: count(1) as n | from: project_logs('{}', '{}')", one.id, other.id);
        assert_eq!(store.asked(&text).await, [json!({"n": 24})]);
    }
}
