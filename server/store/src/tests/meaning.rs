//! Generated filters over generated rows: what SQL and the evaluator find together is what the evaluator finds on every row, on both
//! databases, for who sees everything and for who reviews blindly.

use super::sending::{answer, number, slider};
use super::{TestStore, stores};
use crate::{Desk, RowSearch};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use shared::comments::AddComment;
use shared::filter::{Compiled, Context, parse_expression, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::spans::ListTraces;
use std::collections::BTreeSet;

/// Filters that are tried.
const TRIED: usize = 150;

fn condition() -> impl Strategy<Value = String> {
    let compare = || select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let score = (
        select(vec!["scores.Q", "scores.Auto", "reported.Q", "feedback.Q", "feedback.Thumb", "gold.Q", "scores.Missing"]),
        compare(),
        select(vec!["0", "0.25", "0.5", "50%", "0.333333333", "1", "-1", "7", "1 / 3"]),
    );
    let text = (select(vec!["id", "span_id", "root_span_id", "span_attributes.name", "span_attributes.type", "metadata.plan"]), compare());
    let text =
        (text, select(vec!["r1", "s3", "t1", "chat", "llm", "pro", ""])).prop_map(|((path, sign), text)| format!("{path} {sign} '{text}'"));
    let time = (compare(), select(vec!["'2026-01-01T00:10:00Z'", "'2026-01-02'", "now()", "'2026-01-01T00:05:00Z' + interval 2 minutes"]));
    let null = (
        select(vec![
            "scores.Q",
            "reported.Q",
            "feedback.Thumb",
            "gold.Q",
            "tags",
            "error",
            "comments",
            "id",
            "span_attributes.name",
            "metadata.plan",
        ]),
        select(vec!["is null", "is not null"]),
    );
    prop_oneof![
        score.prop_map(|(path, sign, value)| format!("{path} {sign} {value}")),
        text,
        time.prop_map(|(sign, value)| format!("created {sign} {value}")),
        null.prop_map(|(path, test)| format!("{path} {test}")),
        select(vec!["prod", "Prod", "x", "none"]).prop_map(|tag| format!("tags includes '{tag}'")),
        select(vec!["scores.Q between 0.2 and 0.5", "scores.Q in [0.5, 0.1]", "id in ['r1', 'r2', 'r9']", "id not in ['r1']"])
            .prop_map(str::to_owned),
        select(vec!["is_root", "is_root = false", "true", "false", "null", "len(tags) > 1", "metadata.n > 20"]).prop_map(str::to_owned),
        select(vec!["0.5 < scores.Q", "'r1' = id", "input match 'refund'", "scores.Q > scores.Auto"]).prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    condition().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.clone().prop_map(|part| format!("not ({part})")),
            inner.prop_map(|part| format!("any_span({part})")),
        ]
    })
}

fn row(place: usize) -> impl Strategy<Value = Value> {
    (
        prop::option::of(select(vec![0.0, 0.25, 0.5, 0.333_333_333, 1.0])),
        prop::option::of(select(vec![0.25, 0.75])),
        prop::option::of(prop::collection::btree_set(select(vec!["prod", "Prod", "x"]), 0..3)),
        select(vec![json!(null), json!(""), json!("boom")]),
        select(vec![
            json!(null),
            json!({}),
            json!({"name": "chat", "type": "llm"}),
            json!({"name": "", "type": 5}),
            json!({"name": "tool"}),
        ]),
        select(vec![json!(null), json!({"plan": "pro", "n": 30}), json!({"plan": "free"})]),
    )
        .prop_map(move |(q, auto, tags, error, attributes, metadata)| {
            json!({
                "id": format!("r{place}"), "span_id": format!("s{place}"), "root_span_id": format!("t{}", place / 3),
                "span_parents": if place.is_multiple_of(3) { Value::Null } else { json!([format!("s{}", place / 3 * 3)]) },
                "created": format!("2026-01-01T00:{:02}:00Z", place % 60), "scores": {"Q": q, "Auto": auto}, "tags": tags, "error": error,
                "span_attributes": attributes, "metadata": metadata, "input": (["I want a refund", "hello"][place % 2]),
            })
        })
}

async fn filled(store: &TestStore, rows: &[Value]) -> Project {
    let project = store.project("meaning").await;
    store.question(&project, "Q", slider()).await;
    store.send(&project, rows).await;
    for (row, value) in [("r1", 0.1), ("r3", 0.5), ("r10", 0.3)] {
        answer(&store.engineer, &project, row, "Q", number(value)).await.unwrap();
        store
            .engineer
            .add_comment(AddComment { row: super::sending::address(&project, row), text: "see".to_owned(), client_id: None })
            .await
            .unwrap();
    }
    for (user, row, name, value) in
        [("a", "r3", "Thumb", 1.0), ("b", "r3", "Thumb", 0.0), ("c", "r3", "Thumb", 0.0), ("a", "r7", "Q", 0.5), ("a", "r9", "Q", 0.25)]
    {
        let item = json!({"id": row, "scores": {name: value}, "metadata": {"user_id": user}});
        store.engineer.feedback(&project.logs(), vec![item]).await.unwrap();
    }
    for (row, value) in [("r3", 0.7), ("r7", 0.2)] {
        answer(&store.reviewer, &project, row, "Q", number(value)).await.unwrap();
    }
    let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
    store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
    project
}

fn ids<'row>(rows: impl IntoIterator<Item = &'row Value>, key: &str) -> BTreeSet<String> {
    rows.into_iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
}

async fn check(desk: &Desk, project: &Project, filters: &[String]) {
    let everything = parse_query(&format!("select: *, reported, feedback, gold | from: project_logs('{}')", project.id)).unwrap();
    let everything = desk.query(&everything, None, Context::at(crate::now())).await.unwrap();
    let everything: Vec<Value> = everything.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect();
    for filter in filters {
        let expression = parse_expression(filter).unwrap_or_else(|mistakes| panic!("{filter}: {mistakes:?}"));
        let compiled = Compiled::new(&expression, Context::at(crate::now()));
        let expected: Vec<&Value> = everything.iter().filter(|row| compiled.holds(*row)).collect();
        let search = RowSearch { filter: Some(expression.clone()), ..RowSearch::of(project.logs()) };
        let found = desk.search_rows(search).await.unwrap().values();
        assert_eq!(ids(&found, "id"), ids(expected.iter().copied(), "id"), "rows: {filter}");
        let count = desk.count_rows(&project.logs(), Some(&expression)).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "count: {filter}");
        let (summary, _) = desk.summary(&project.logs(), filter).await.unwrap();
        let scored = expected.iter().filter(|row| !row["scores"]["Q"].is_null()).count();
        let counted = summary.scores.get("Q").map_or(0, |rollup| rollup.count);
        assert_eq!((summary.spans, counted), (count, i64::try_from(scored).unwrap()), "summary: {filter}");
        let mut traces = BTreeSet::new();
        for trace in ids(&everything, "root_span_id") {
            let spans: Vec<&Value> = everything.iter().filter(|row| row["root_span_id"] == json!(trace)).collect();
            if compiled.holds_in_trace(&spans) {
                traces.insert(trace);
            }
        }
        let list = ListTraces { object: project.logs(), filter: filter.clone(), before: None, limit: 1000 };
        let listed = desk.list_traces(list).await.unwrap().rows.into_iter().map(|row| row.root_span_id).collect::<BTreeSet<_>>();
        assert_eq!(listed, traces, "traces: {filter}");
    }
}

#[tokio::test]
async fn a_filter_means_the_same_however_it_is_decided() {
    let mut runner = TestRunner::deterministic();
    let rows: Vec<Value> = (0..60).map(|place| row(place).new_tree(&mut runner).unwrap().current()).collect();
    // What the language refuses, such as comparing with null, is no filter.
    let filters = std::iter::repeat_with(|| filter().new_tree(&mut runner).unwrap().current());
    let filters: Vec<String> = filters.filter(|filter| parse_expression(filter).is_ok()).take(TRIED).collect();
    for store in stores().await {
        let project = filled(&store, &rows).await;
        for desk in [&store.owner, &store.reviewer, &store.viewer] {
            check(desk, &project, &filters).await;
        }
    }
}
