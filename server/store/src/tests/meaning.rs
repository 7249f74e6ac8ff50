//! Generated filters over generated rows: what SQL and the evaluator find together is what the evaluator finds on every row, on both
//! databases, for who sees everything and for who reviews blindly.

use super::sending::{answer, number, option, raw, slider};
use super::{TestStore, stores};
use crate::{Desk, RowSearch};
use indexmap::IndexMap;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use shared::comments::AddComment;
use shared::filter::{Compiled, Context, parse_expression, parse_leniently, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind};
use shared::spans::ListTraces;
use std::collections::BTreeSet;

/// Filters that are tried.
const TRIED: usize = 250;

/// Values inside rows, as they are sent: of all sizes, and what a careless reader changes.
fn scalar() -> impl Strategy<Value = String> {
    let odd = [
        "null",
        "true",
        "false",
        "0",
        "-0.0",
        "3",
        "3.0",
        "30",
        "-2.5",
        "9007199254740993",
        "-9007199254740993",
        "1e400",
        "18446744073709551616",
        "0.10000000000000000000001",
        "0.1",
        "\"\"",
        "\"pro\"",
        "\"free\"",
        "\"3\"",
        "\"030\"",
        "\"9007199254740993\"",
        "\"cut \\ud83e\"",
        "\"a\\u0000b\"",
        "\"é\"",
        "[3]",
        "{}",
        "{\"b\":3}",
        "{\"b\":{\"c\":\"pro\"}}",
    ];
    let long =
        (select(vec!["a", "é"]), select(vec![99, 100, 101, 300])).prop_map(|(letter, times)| format!("\"{}\"", letter.repeat(times)));
    prop_oneof![4 => select(odd.to_vec()).prop_map(str::to_owned), 1 => long]
}

/// Conditions on them.
fn scalar_condition() -> impl Strategy<Value = String> {
    let path = || {
        select(vec![
            "metadata.tier",
            "metadata.n",
            "metadata.n.b",
            "metadata.n.b.c",
            "metadata.\"a b\"",
            "metadata.none",
            "metadata.review.note",
            "metadata.review",
            "metrics.calls",
            "metrics.none",
            "metrics.start",
        ])
    };
    let constants = [
        "3",
        "30",
        "0",
        "-2.5",
        "-0.0",
        "1 + 2",
        "9007199254740992",
        "9007199254740993",
        "18446744073709551616",
        "1e300",
        "0.1",
        "0.10000000000000000000001",
        "'3'",
        "'pro'",
        "'free'",
        "''",
        "'é'",
        "'cut �'",
        "true",
        "false",
        "now()",
    ];
    let long = (select(vec!["a", "é"]), select(vec![49, 50, 51, 99, 100, 101, 300]));
    let long = long.prop_map(|(letter, times)| format!("'{}'", letter.repeat(times)));
    let constant = || prop_oneof![5 => select(constants.to_vec()).prop_map(str::to_owned), 1 => long.clone()];
    let sign = select(vec!["=", "=", "!=", "<", "<=", ">", ">="]);
    prop_oneof![
        4 => (path(), sign, constant()).prop_map(|(path, sign, value)| format!("{path} {sign} {value}")),
        1 => (constant(), path()).prop_map(|(value, path)| format!("{value} < {path}")),
        1 => (path(), constant(), constant()).prop_map(|(path, low, high)| format!("{path} between {low} and {high}")),
        1 => (path(), select(vec!["in", "not in"]), constant(), constant()).prop_map(|(path, how, one, other)| format!("{path} {how} [{one}, {other}]")),
        1 => (path(), select(vec!["is null", "is not null"])).prop_map(|(path, test)| format!("{path} {test}")),
        1 => path().prop_map(str::to_owned),
    ]
}

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
    prop_oneof![condition(), scalar_condition()].prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.clone().prop_map(|part| format!("not ({part})")),
            inner.prop_map(|part| format!("any_span({part})")),
        ]
    })
}

/// A row as it is sent.
fn row(place: usize) -> impl Strategy<Value = String> {
    let metadata = (
        select(vec![r#""plan":"pro","#, r#""plan":"free","#, "", ""]),
        prop::option::of(select(vec!["gold", "pro", "free"])),
        scalar(),
        scalar(),
        select(vec!["", r#","review":{"note":"pro"}"#, r#","review":5"#]),
    )
        .prop_map(|(plan, tier, n, spaced, review)| {
            let tier = tier.map_or("null".to_owned(), |tier| format!("\"{tier}\""));
            format!(r#"{{{plan}"tier":{tier},"n":{n},"a b":{spaced}{review}}}"#)
        });
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
        prop_oneof![1 => Just("null".to_owned()), 5 => metadata],
        select(vec![json!(null), json!({"calls": 3}), json!({"calls": 30, "start": 3}), json!({"calls": 2.5})]),
    )
        .prop_map(move |(q, auto, tags, error, attributes, metadata, metrics)| {
            let row = json!({
                "id": format!("r{place}"), "span_id": format!("s{place}"), "root_span_id": format!("t{}", place / 3),
                "span_parents": if place.is_multiple_of(3) { Value::Null } else { json!([format!("s{}", place / 3 * 3)]) },
                "created": format!("2026-01-01T00:{:02}:00Z", place % 60), "scores": {"Q": q, "Auto": auto}, "tags": tags, "error": error,
                "span_attributes": attributes, "input": (["I want a refund", "hello"][place % 2]), "metrics": metrics,
            });
            let row = row.to_string();
            format!("{},\"metadata\":{metadata}}}", row.strip_suffix('}').unwrap())
        })
}

async fn filled(store: &TestStore, rows: &[String]) -> Project {
    let project = store.project("meaning").await;
    store.question(&project, "Q", slider()).await;
    let note = QuestionKind::Text { path: MetadataPath::of("review.note") };
    store.question(&project, "Note", Definition { kind: note, ..Definition::default() }).await;
    // What stood there before is nowhere any more.
    let old: Vec<_> =
        (0..rows.len()).step_by(4).map(|place| json!({"id": format!("r{place}"), "metadata": {"tier": "gold", "n": 3}})).collect();
    store.send(&project, &old).await;
    let sent = store.engineer.ingest(rows.iter().map(raw).collect(), Some(project.logs())).await.unwrap();
    assert_eq!(sent.rejected, []);
    for (desk, row, text) in [(&store.engineer, "r0", "pro"), (&store.engineer, "r1", "pro"), (&store.reviewer, "r1", "free")] {
        // Where a row has a number, there is no room.
        let _ = answer(desk, &project, row, "Note", option(text)).await;
    }
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

/// A row as it is read: values as they are stored.
type Fields = IndexMap<String, Box<RawValue>>;

async fn check(desk: &Desk, project: &Project, filters: &[String]) {
    let everything = parse_query(&format!("select: *, reported, feedback, gold | from: project_logs('{}')", project.id)).unwrap();
    let everything = desk.query(&everything, None, Context::at(crate::now())).await.unwrap();
    let everything: Vec<(Value, Fields)> =
        everything.rows.iter().map(|row| (parse_leniently(row.get()).unwrap(), serde_json::from_str(row.get()).unwrap())).collect();
    for filter in filters {
        let expression = parse_expression(filter).unwrap_or_else(|mistakes| panic!("{filter}: {mistakes:?}"));
        let compiled = Compiled::new(&expression, Context::at(crate::now()));
        let expected: Vec<&Value> = everything.iter().filter(|(_, row)| compiled.holds(row)).map(|(row, _)| row).collect();
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
        for trace in ids(everything.iter().map(|(row, _)| row), "root_span_id") {
            let spans = everything.iter().filter(|(row, _)| row["root_span_id"] == json!(trace)).map(|(_, row)| row);
            if compiled.holds_in_trace(&spans.collect::<Vec<_>>()) {
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
    let rows: Vec<String> = (0..60).map(|place| row(place).new_tree(&mut runner).unwrap().current()).collect();
    // What the language refuses, such as comparing with null, is no filter.
    let filters = std::iter::repeat_with(|| filter().new_tree(&mut runner).unwrap().current());
    let filters: Vec<String> = filters.filter(|filter| parse_expression(filter).is_ok()).take(TRIED).collect();
    for store in stores().await {
        let project = filled(&store, &rows).await;
        for desk in [&store.owner, &store.reviewer, &store.viewer] {
            check(desk, &project, &filters).await;
        }
        store.verified().await;
    }
}
