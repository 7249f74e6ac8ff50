//! Rows are found by values inside them without looking at every row, and none is missed.

use super::sending::{answer, option, raw};
use super::{TestStore, stores};
use crate::ground::database::{STATEMENTS, all, values};
use crate::{Desk, RowSearch};
use indexmap::IndexMap;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use shared::filter::{Compiled, Context, parse_expression, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind};
use std::collections::BTreeSet;

/// Filters that are tried.
const TRIED: usize = 250;

impl TestStore {
    async fn found(&self, project: &Project, filter: &str) -> BTreeSet<String> {
        let rows = self.rows(project, filter).await;
        let listed = self.list(project, filter).await.into_iter().map(|row| row.root_span_id).collect();
        let found: BTreeSet<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, listed, "{filter}");
        found
    }

    /// How many values of rows are indexed.
    async fn indexed(&self) -> i64 {
        #[derive(FromQueryResult)]
        struct Row {
            count: i64,
        }
        let text = "SELECT COUNT(*) AS count FROM span_values";
        all::<Row>(self.store.readers(), text, values![]).await.unwrap()[0].count
    }
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn only_the_rows_that_match_are_read() {
    for store in stores().await {
        let project = store.project("rare").await;
        let rows: Vec<_> = (0..600)
            .map(|number| {
                let tier = if number % 200 == 7 { "gold" } else { "free" };
                json!({"id": format!("r{number}"), "metadata": {"tier": tier, "cost": {"cents": number}}, "metrics": {"calls": number}})
            })
            .collect();
        store.send(&project, &rows).await;
        // With how many rows are looked at.
        for (filter, expected, most) in [
            ("metadata.tier = 'gold'", set(&["r7", "r207", "r407"]), 3),
            ("metadata.cost.cents > 597", set(&["r598", "r599"]), 2),
            ("metrics.calls between 10 and 11", set(&["r10", "r11"]), 2),
            ("metadata.cost.cents = 5 or metrics.calls in [6, 7]", set(&["r5", "r6", "r7"]), 3),
            ("metadata.tier = 'gold' and metrics.calls < 300", set(&["r7", "r207"]), 3),
            ("metadata.tier = 'silver'", set(&[]), 0),
            ("metadata.none is not null", set(&[]), 0),
        ] {
            STATEMENTS.with_borrow_mut(Vec::clear);
            let found: BTreeSet<String> =
                store.rows(&project, filter).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(found, expected, "{filter}");
            let statements = STATEMENTS.take();
            let contents = statements.iter().filter(|(text, _)| text.starts_with("SELECT span, body FROM span_payloads"));
            // A number that is bound has eight bytes: those of the spans and of the project.
            let read = contents.map(|(_, bytes)| bytes / 8 - 1).max().unwrap_or(0);
            assert_eq!(read, most, "{filter}");
        }
    }
}

#[tokio::test]
async fn values_follow_their_row() {
    for store in stores().await {
        let project = store.project("following").await;
        let merge = |more: Value| {
            let mut row = json!({"id": "a", "_is_merge": true});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}, "metrics": {"calls": 3}})]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold' and metrics.calls = 3").await, set(&["a"]));
        store.send(&project, &[merge(json!({"metadata": {"tier": "free", "more": {"deep": true}}}))]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold'").await, set(&[]));
        assert_eq!(store.found(&project, "metadata.tier = 'free' and metadata.more.deep and metrics.calls > 2").await, set(&["a"]));
        store.verified().await;
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}, "created": "2026-01-01T00:00:00Z"})]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold' and metadata.more is null and metrics.calls is null").await, set(&["a"]));
        assert_eq!(store.indexed().await, 1);
        store.verified().await;
        // Feedback on a row that is not there yet.
        store.send(&project, &[json!({"id": "w", "_is_merge": true, "metadata": {"tier": "gold"}, "scores": {"Q": 1}})]).await;
        store.verified().await;
        store.send(&project, &[json!({"id": "a", "_object_delete": true}), json!({"id": "w", "_object_delete": true})]).await;
        assert_eq!((store.found(&project, "metadata.tier = 'gold'").await, store.indexed().await), (set(&[]), 0));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_too_much_is_found_by_looking() {
    for store in stores().await {
        let project = store.project("bounds").await;
        let members = |from: usize, to: usize| (from..to).map(|number| (format!("k{number:04}"), json!(number))).collect::<Map<_, _>>();
        let deep = |value: Value| (0..20).fold(value, |value, _| json!({"d": value}));
        // More paths than are kept of an object.
        let mut rows: Vec<_> = (0..20).map(|row| json!({"id": format!("r{row}"), "metadata": members(row * 60, row * 60 + 60)})).collect();
        rows.push(json!({"id": "deep", "metadata": {"k0000": deep(json!(7))}}));
        rows.push(json!({"id": "long", "metadata": {"x".repeat(500): 7, "k0001": 1}}));
        store.send(&project, &rows).await;
        // More values than are kept of a row.
        store.send(&project, &[json!({"id": "many", "metadata": members(0, 200)})]).await;
        store.verified().await;
        for (filter, expected) in [
            ("metadata.k0000 = 0", set(&["r0", "many"])),
            ("metadata.k0001 = 1", set(&["r0", "long", "many"])),
            ("metadata.k0150 = 150", set(&["r2", "many"])),
            ("metadata.k0150 > 149 and metadata.k0150 < 200", set(&["r2", "many"])),
            ("metadata.k1190 = 1190", set(&["r19"])),
            ("metadata.k1190 is not null", set(&["r19"])),
            ("metadata.k0000.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d = 7", set(&["deep"])),
            ("metadata.none is not null", set(&[])),
        ] {
            assert_eq!(store.found(&project, filter).await, expected, "{filter}");
        }
        let long = format!("metadata.{} = 7", "x".repeat(500));
        assert_eq!(store.found(&project, &long).await, set(&["long"]));
        assert_eq!(store.found(&project, "metadata.k0150 is null").await.len(), 21);
        // What goes leaves room for nothing that was left out before.
        store.send(&project, &[json!({"id": "many", "_object_delete": true}), json!({"id": "r0", "_object_delete": true})]).await;
        assert_eq!(store.found(&project, "metadata.k1190 = 1190").await, set(&["r19"]));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_people_write_is_not_indexed() {
    for store in stores().await {
        let project = store.project("said").await;
        let kind = QuestionKind::Text { path: MetadataPath::of("note") };
        store.question(&project, "Note", Definition { kind, ..Definition::default() }).await;
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}}), json!({"id": "b", "metadata": {"note": "seen"}})]).await;
        let before = store.indexed().await;
        STATEMENTS.take();
        answer(&store.engineer, &project, "a", "Note", option("seen")).await.unwrap();
        // An answer writes nothing of it.
        let statements = STATEMENTS.take();
        assert!(!statements.iter().any(|(text, _)| text.contains("span_values") || text.contains("value_paths")), "{statements:?}");
        assert_eq!(store.indexed().await, before);
        assert_eq!(store.found(&project, "metadata.note = 'seen'").await, set(&["a", "b"]));
        assert_eq!(store.found(&project, "metadata.note is null").await, set(&[]));
        store.verified().await;
    }
}

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
        1 => select(vec!["is_root", "id = 'r1'", "id in ['r2', 'r3']", "created > '2026-01-01T00:30:00Z'"]).prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    scalar_condition().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

/// A row as it is sent.
fn row(place: usize) -> impl Strategy<Value = String> {
    let tier = prop::option::of(select(vec!["gold", "pro", "free"]));
    let review = select(vec!["", r#","review":{"note":"pro"}"#, r#","review":5"#]);
    let metadata = (tier, scalar(), scalar(), review).prop_map(|(tier, n, spaced, review)| {
        let tier = tier.map_or("null".to_owned(), |tier| format!("\"{tier}\""));
        format!(r#"{{"tier":{tier},"n":{n},"a b":{spaced}{review}}}"#)
    });
    let metrics = select(vec!["null", "{}", r#"{"calls":3}"#, r#"{"calls":30,"start":3}"#, r#"{"calls":2.5}"#, r#"{"calls":1e400}"#]);
    (prop_oneof![1 => Just("null".to_owned()), 8 => metadata], metrics).prop_map(move |(metadata, metrics)| {
        let row = json!({"id": format!("r{place}"), "created": format!("2026-01-01T00:{place:02}:00Z"), "scores": {"Q": 0.5}}).to_string();
        format!("{},\"metadata\":{metadata},\"metrics\":{metrics}}}", row.strip_suffix('}').unwrap())
    })
}

async fn filled(store: &TestStore, rows: &[String]) -> Project {
    let project = store.project("meaning").await;
    let note = QuestionKind::Text { path: MetadataPath::of("review.note") };
    store.question(&project, "Note", Definition { kind: note, ..Definition::default() }).await;
    // What stood there before is nowhere any more.
    let old: Vec<_> =
        (0..rows.len()).step_by(4).map(|place| json!({"id": format!("r{place}"), "metadata": {"tier": "gold", "n": 3}})).collect();
    store.send(&project, &old).await;
    let sent = store.engineer.ingest(rows.iter().map(raw).collect(), Some(project.logs())).await.unwrap();
    assert_eq!(sent.rejected, []);
    for row in 0..rows.len() {
        for (desk, text) in [(&store.engineer, "pro"), (&store.reviewer, "free")] {
            if row % 7 == 0 || row % 5 == 0 && text == "free" {
                // Where the row has a number, there is no room.
                let _ = answer(desk, &project, &format!("r{row}"), "Note", option(text)).await;
            }
        }
    }
    let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
    store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
    project
}

async fn check(desk: &Desk, project: &Project, filters: &[String]) {
    let everything = parse_query(&format!("select: * | from: project_logs('{}')", project.id)).unwrap();
    let everything = desk.query(&everything, None, Context::at(crate::now())).await.unwrap();
    let everything: Vec<IndexMap<String, Box<RawValue>>> =
        everything.rows.iter().map(|row| serde_json::from_str(row.get()).unwrap()).collect();
    for filter in filters {
        let expression = parse_expression(filter).unwrap_or_else(|mistakes| panic!("{filter}: {mistakes:?}"));
        let compiled = Compiled::new(&expression, Context::at(crate::now()));
        let expected = everything.iter().filter(|row| compiled.holds(*row));
        let expected: BTreeSet<String> = expected.map(|row| serde_json::from_str(row["id"].get()).unwrap()).collect();
        let search = RowSearch { filter: Some(expression.clone()), ..RowSearch::of(project.logs()) };
        let found = desk.search_rows(search).await.unwrap().values();
        let found: BTreeSet<String> = found.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, expected, "rows: {filter}");
        let count = desk.count_rows(&project.logs(), Some(&expression)).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), expected.len(), "count: {filter}");
        let (summary, _) = desk.summary(&project.logs(), filter).await.unwrap();
        let scored = summary.scores.get("Q").map_or(0, |rollup| rollup.count);
        assert_eq!((summary.spans, scored), (count, count), "summary: {filter}");
    }
}

#[tokio::test]
async fn values_mean_the_same_however_they_are_found() {
    let mut runner = TestRunner::deterministic();
    let rows: Vec<String> = (0..60).map(|place| row(place).new_tree(&mut runner).unwrap().current()).collect();
    // What the language refuses is no filter.
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
