//! Queries of every construct, in clauses, in SQL and as JSON, with what each is answered on a handful of rows: read by hand, for both
//! databases.

use super::sending::address;
use super::{TestStore, stores};
use serde_json::{Value, json};
use shared::comments::AddComment;
use shared::filter::{Context, Query, parse_instant, parse_query, query_from_json, query_to_json};
use shared::objects::{IfTaken, ObjectKind, RegisterObject};
use shared::projects::Project;
use shared::{ObjectId, Problem};

/// Blocks between empty lines: the query in clauses, in SQL (a dash where SQL has no words for it), and its answer. A whole row is told by its
/// id, a refusal after an exclamation mark.
const EXAMPLES: &str = include_str!("examples.txt");

/// The time of asking.
const NOW: &str = "2026-03-10T12:00:00Z";

/// Five spans of three traces.
fn rows() -> [Value; 5] {
    [
        json!({
            "id": "a1", "span_id": "s1", "root_span_id": "abc", "created": "2026-03-10T11:50:00Z",
            "span_attributes": {"name": "chat", "type": "llm"},
            "input": {"messages": [{"role": "user", "content": "My credit card was charged twice"}]}, "output": "A refund is on its way.",
            "scores": {"Preference": 0.8, "Factuality": 0.9, "F": 0.95, "response quality": 0.7}, "tags": ["Triage", "prod"],
            "metadata": {
                "model": "gpt-4o", "customer tier": "gold", "region": "us", "user_id": "u1", "lang": "en", "a": "x", "b": "y", "env": "",
                "config": "{\"environment\":\"live\"}", "note": "Now 50% off today", "is_production": true, "workflow": "chat",
                "tenant": "o'brien",
            },
            "metrics": {"start": 0, "end": 7.5, "tokens": 1200, "latency": 0.5, "estimated_cost": 0.02},
        }),
        json!({
            "id": "a2", "span_id": "s2", "root_span_id": "abc", "span_parents": ["s1"], "created": "2026-03-10T11:51:00Z",
            "span_attributes": {"name": "judge", "type": "score", "purpose": "scorer"}, "error": "timeout",
            "input": "judge this", "output": "lorem ipsum", "scores": {"F": 0.5},
            "metadata": {"model": "gpt-4o-mini", "user_id": "u2", "region": "eu", "is_production": true},
            "metrics": {"start": 6, "end": 7, "tokens": 10, "latency": 1.5},
        }),
        json!({
            "id": "b1", "span_id": "s3", "root_span_id": "b1", "created": "2026-03-08T09:30:00Z",
            "span_attributes": {"name": "chat", "type": "task"}, "input": "hello", "output": "hi",
            "scores": {"Preference": 0.2, "Factuality": 0.4, "F": 0.8}, "tags": ["triage"],
            "metadata": {"model": "gpt-4o", "region": "asia", "user_id": "u3", "workflow": "chat"}, "metrics": {"estimated_cost": 0.01},
        }),
        json!({
            "id": "b2", "span_id": "s4", "root_span_id": "b1", "span_parents": ["s3"], "created": "2026-03-08T09:31:00Z",
            "span_attributes": {"name": "review", "type": "review"}, "input": "please refund me", "output": "Sorry, no.",
            "tags": ["triage", "triaged"], "metadata": {"model": "gpt-4o", "user_id": "u1", "env": "staging"}, "metrics": {"latency": 2.5},
        }),
        json!({"id": "c1", "span_id": "s5", "root_span_id": "c1", "created": "2026-01-15T08:00:00Z"}),
    ]
}

/// What the examples name: a project's logs, experiments, a dataset, a person.
struct World {
    named: [(&'static str, String); 6],
}

impl World {
    async fn of(store: &TestStore) -> Self {
        let project = store.project("examples").await;
        store.send(&project, &rows()).await;
        let flag = json!({"~__bt_review_lists": {"__bt_default_review_list": {"status": "PENDING"}}, "~__bt_assignments": ["reviewer@example.com"]});
        let paths = [["metadata", "~__bt_review_lists"], ["metadata", "~__bt_assignments"]];
        store.send(&project, &[json!({"id": "a1", "_is_merge": true, "_merge_paths": paths, "metadata": flag})]).await;
        let comment = AddComment { row: address(&project, "a1"), text: "wrong amount".to_owned(), client_id: None };
        store.engineer.add_comment(comment).await.unwrap();
        let [a1, a2, b1, b2, _] = rows();
        let one = object(store, &project, ObjectKind::Experiment, &[a1, a2]).await;
        let other = object(store, &project, ObjectKind::Experiment, &[b1, b2]).await;
        let both = object(store, &project, ObjectKind::Experiment, &rows()).await;
        let origin = json!({"object_type": "project_logs", "object_id": project.id, "id": "a1"});
        let cases = [json!({"id": "d1", "input": 1, "origin": origin}), json!({"id": "d2", "input": 2})];
        let dataset = object(store, &project, ObjectKind::Dataset, &cases).await;
        let reviewer = store.reviewer.actor().person.id.0.clone();
        let named = [("P", project.id.0.clone()), ("E1", one.0), ("E2", other.0), ("E", both.0), ("D", dataset.0), ("6a0c…user", reviewer)];
        Self { named }
    }

    /// A query with the ids of what it names.
    fn written(&self, text: &str) -> String {
        self.named.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("'{name}'"), &format!("'{id}'")))
    }

    /// What a query is answered, with the names of what it holds.
    async fn answered(&self, store: &TestStore, query: &Query) -> (Vec<String>, Option<String>) {
        let context = Context::at(parse_instant(NOW).unwrap());
        let answer = match store.viewer.query(query, None, context).await {
            Ok(answer) => answer,
            Err(crate::Error::Problem(Problem::Invalid { reason, .. })) => return (vec![format!("! {reason}")], None),
            Err(error) => panic!("{query}: {error}"),
        };
        let rows: Vec<Value> = answer.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect();
        let lines = if query.select.as_ref().is_some_and(|select| select.star) && query.pivot.is_empty() {
            let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
            vec![format!("= {}", ids.join(" "))]
        } else {
            let named = |row: &Value| self.named.iter().fold(row.to_string(), |text, (name, id)| text.replace(id.as_str(), name));
            rows.iter().map(|row| format!("= {}", named(row))).collect()
        };
        (lines, answer.next)
    }
}

async fn object(store: &TestStore, project: &Project, kind: ObjectKind, rows: &[Value]) -> ObjectId {
    let details = serde_json::Map::new();
    let command = RegisterObject { kind, project: project.id.clone(), name: None, if_taken: IfTaken::AddSuffix, details };
    let object = store.engineer.register_object(command).await.unwrap().0.id;
    assert_eq!(store.engineer.ingest(super::sending::raws(rows), Some(object.clone())).await.unwrap().rejected, []);
    object
}

/// An expected line, with its JSON in one form.
fn in_one_form(line: &str) -> String {
    let json = line.strip_prefix("= ").and_then(|json| serde_json::from_str::<Value>(json).ok());
    json.map_or_else(|| line.to_owned(), |json| format!("= {json}"))
}

#[tokio::test]
async fn every_example_is_answered_in_every_form() {
    for store in stores().await {
        let world = World::of(&store).await;
        let first = parse_query(&world.written("select: * | from: project_logs('P') | sort: _pagination_key desc | limit: 2")).unwrap();
        let (_, next) = world.answered(&store, &first).await;
        let mut wrong = String::new();
        for block in EXAMPLES.trim_end().split("\n\n") {
            let lines: Vec<&str> = block.lines().collect();
            let [clauses, sql, expected @ ..] = lines.as_slice() else { panic!("{block}") };
            let mut expected: Vec<String> = expected.iter().map(|line| in_one_form(line)).collect();
            for text in [clauses, sql].into_iter().filter(|text| **text != "-") {
                let written = world.written(text).replace("c2Vl…", next.as_deref().unwrap_or_default());
                let query = parse_query(&written).unwrap_or_else(|found| panic!("{text}: {found:?}"));
                let tree = query_from_json(&query_to_json(&query)).unwrap_or_else(|found| panic!("{text}: {found:?}"));
                for query in [query, tree] {
                    let (answered, _) = world.answered(&store, &query).await;
                    let mut answered: Vec<String> = answered.iter().map(|line| in_one_form(line)).collect();
                    if query.infer.is_some() {
                        // In the order in which they were met.
                        answered.sort();
                        expected.sort();
                    }
                    if answered != expected {
                        wrong += &format!("{text}\n{}\ninstead of\n{}\n\n", answered.join("\n"), expected.join("\n"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}
