//! Rows are found by their words without looking at every row, and none is missed.

use super::sending::{address, answer, option, raw};
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
use serde_json::{Value, json};
use shared::commands::Command;
use shared::comments::{AddComment, DeleteComment, EditComment};
use shared::filter::{Compiled, Context, parse_expression, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, QuestionKind};
use shared::spans::ListTraces;
use std::collections::{BTreeSet, HashMap};

/// Filters that are tried.
const TRIED: usize = 150;

impl TestStore {
    /// Brings the index of words in line with what was written, as the store does by itself.
    pub(super) async fn index_words(&self) {
        self.store.index_words(&mut HashMap::new()).await.unwrap();
    }

    async fn saying(&self, project: &Project, filter: &str) -> BTreeSet<String> {
        let rows = self.rows(project, filter).await;
        let listed = self.list(project, filter).await.into_iter().map(|row| row.root_span_id).collect();
        let found: BTreeSet<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, listed, "{filter}");
        found
    }

    async fn count(&self, text: &str) -> i64 {
        #[derive(FromQueryResult)]
        struct Row {
            count: i64,
        }
        all::<Row>(self.store.readers(), text, values![]).await.unwrap()[0].count
    }
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn only_the_rows_that_say_it_are_read() {
    for store in stores().await {
        let project = store.project("rare").await;
        let rows: Vec<_> = (0..600)
            .map(|number| {
                let rare = if number % 200 == 7 { "an ombudsman" } else { "nobody" };
                json!({"id": format!("r{number}"), "input": [{"role": "user", "content": format!("I wrote to {rare}.")}], "output": format!("n{number}")})
            })
            .collect();
        store.send(&project, &rows).await;
        store.index_words().await;
        store.verified().await;
        // With how many rows are looked at.
        for (filter, expected, most) in [
            ("input match 'ombudsman'", set(&["r7", "r207", "r407"]), 3),
            ("input match 'OMBUDSMAN wrote'", set(&["r7", "r207", "r407"]), 3),
            ("input match 'ombudsman' and output match 'n207'", set(&["r207"]), 1),
            ("input match 'ombudsman' and not output match 'n207'", set(&["r7", "r407"]), 2),
            ("output match 'n5' or output match 'n6'", set(&["r5", "r6"]), 2),
            ("any_span(output match 'n9')", set(&["r9"]), 1),
            ("search('ombudsman n7')", set(&["r7"]), 1),
            ("input match 'refund'", set(&[]), 0),
            ("search('refund')", set(&[]), 0),
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
            assert_eq!(store.saying(&project, filter).await, expected, "{filter}");
        }
    }
}

#[tokio::test]
async fn words_follow_their_row_and_are_found_at_once() {
    for store in stores().await {
        let project = store.project("following").await;
        let merge = |more: Value| {
            let mut row = json!({"id": "a", "_is_merge": true});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        let check = async |filter: &str, expected: &[&str]| {
            // As the index stands, and when it has come by.
            assert_eq!(store.saying(&project, filter).await, set(expected), "{filter}");
            store.verified().await;
            store.index_words().await;
            assert_eq!(store.saying(&project, filter).await, set(expected), "{filter}");
            store.verified().await;
        };
        store
            .send(&project, &[json!({"id": "a", "input": "a refund please", "output": "no"}), json!({"id": "b", "input": "thanks"})])
            .await;
        check("input match 'refund'", &["a"]).await;
        check("not input match 'refund'", &["b"]).await;
        store.send(&project, &[merge(json!({"input": "a parcel", "output": "refunded"}))]).await;
        check("input match 'refund'", &[]).await;
        check("not input match 'refund' and output match 'refunded'", &["a"]).await;
        store
            .send(
                &project,
                &[merge(json!({"expected": {"reply": "sorry"}, "error": "timeout", "metadata": {"tier": "gold"}, "tags": ["late"]}))],
            )
            .await;
        for filter in
            ["expected match 'sorry'", "error match 'timeout'", "metadata match 'gold'", "tags match 'late'", "search('late gold sorry')"]
        {
            check(filter, &["a"]).await;
        }
        // What a review list calls a row stands in no text.
        let called = |status: &str| merge(json!({"metadata": {"~__bt_review_lists": {"__bt_default_review_list": {"status": status}}}}));
        for status in ["PENDING", "Zebra crossing"] {
            store.send(&project, &[called(status)]).await;
            let word = status.split(' ').next().unwrap();
            check(&format!("metadata match '{word}'"), &["a"]).await;
            check(&format!("search('{word}')"), &["a"]).await;
        }
        // A row that is not there yet, and comes.
        store.send(&project, &[json!({"id": "w", "_is_merge": true, "scores": {"Q": 1}, "metadata": {"tier": "gold"}})]).await;
        store.index_words().await;
        store.send(&project, &[json!({"id": "w", "input": "refund"})]).await;
        check("input match 'refund'", &["w"]).await;
        let comment = AddComment { client_id: None, row: address(&project, "b"), text: "escalate this".to_owned() };
        let comment = store.engineer.add_comment(comment).await.unwrap();
        check("comments match 'escalate'", &["b"]).await;
        check("search('escalate thanks')", &["b"]).await;
        let edit = EditComment {
            client_id: None,
            row: address(&project, "b"),
            comment: comment.id.clone(),
            before: "escalate this".to_owned(),
            text: "solved".to_owned(),
        };
        store.engineer.run(Command::EditComment(edit)).await.unwrap();
        check("comments match 'escalate'", &[]).await;
        check("comments.text match 'solved'", &["b"]).await;
        // What a comment says without anybody having written it there.
        check("comments match 'engineer'", &["b"]).await;
        store
            .engineer
            .run(Command::DeleteComment(DeleteComment { client_id: None, row: address(&project, "b"), comment: comment.id }))
            .await
            .unwrap();
        check("search('solved')", &[]).await;
        store.send(&project, &[json!({"id": "a", "_object_delete": true}), json!({"id": "w", "_object_delete": true})]).await;
        check("output match 'refunded' or input match 'refund'", &[]).await;
        assert_eq!(store.count("SELECT COUNT(*) AS count FROM word_changes").await, 0);
    }
}

#[tokio::test]
async fn no_word_of_an_erased_row_stays() {
    for store in stores().await {
        let project = store.project("erased").await;
        store.send(&project, &[json!({"id": "a", "input": "secret words", "output": "kept"}), json!({"id": "b", "output": "kept"})]).await;
        store.index_words().await;
        let before = store.count("SELECT COUNT(*) AS count FROM word_postings").await;
        store.owner.erase_row(address(&project, "a")).await.unwrap();
        // The words of the row alone, before anybody came by.
        assert_eq!(store.count("SELECT COUNT(*) AS count FROM word_postings").await, before - 2);
        store.verified().await;
        store.index_words().await;
        store.verified().await;
        assert_eq!(store.saying(&project, "output match 'kept' or input match 'secret'").await, set(&["b"]));
    }
}

#[tokio::test]
async fn no_word_of_a_comment_on_a_deleted_row_stays() {
    for store in stores().await {
        let project = store.project("gone").await;
        store.send(&project, &[json!({"id": "a", "input": "one"}), json!({"id": "b", "input": "two"})]).await;
        store.index_words().await;
        let before = store.count("SELECT COUNT(*) AS count FROM word_postings").await;
        for row in ["a", "b"] {
            store.send(&project, &[json!({"origin": {"id": row}, "comment": {"text": format!("zebra {row}")}})]).await;
        }
        store.index_words().await;
        store.verified().await;
        store.send(&project, &[json!({"id": "a", "_object_delete": true})]).await;
        store.index_words().await;
        store.verified().await;
        assert_eq!(store.saying(&project, "comments match 'zebra'").await, set(&["b"]));
        store.send(&project, &[json!({"id": "b", "_object_delete": true})]).await;
        store.index_words().await;
        assert!(store.count("SELECT COUNT(*) AS count FROM word_postings").await < before);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_too_much_is_looked_at() {
    for store in stores().await {
        let project = store.project("bounds").await;
        let many: Vec<String> = (0..150).map(|number| format!("w{number}")).collect();
        let (long, longer) = ("x".repeat(64), "x".repeat(80));
        store
            .send(
                &project,
                &[
                    json!({"id": "many", "input": many.join(" ")}),
                    json!({"id": "long", "input": long}),
                    json!({"id": "longer", "input": longer, "output": many.join(" ")}),
                ],
            )
            .await;
        store.index_words().await;
        store.verified().await;
        for (filter, expected) in [
            ("input match 'w149'".to_owned(), set(&["many"])),
            ("not input match 'w149'".to_owned(), set(&["long", "longer"])),
            ("input match 'w150'".to_owned(), set(&[])),
            ("output match 'w3'".to_owned(), set(&["longer"])),
            (format!("input match '{long}'"), set(&["long"])),
            (format!("input match '{longer}'"), set(&["longer"])),
            (format!("not input match '{long}'"), set(&["many", "longer"])),
        ] {
            assert_eq!(store.saying(&project, &filter).await, expected, "{filter}");
        }
    }
}

/// Words as people write them: in several forms, without spaces, from right to left, and cut in the middle.
const WORDS: [&str; 16] = [
    "refund",
    "Refund",
    "parcel",
    "invoice",
    "a_b",
    "3.5",
    "true",
    "Straße",
    "STRASSE",
    "cafe\u{301}",
    "café",
    "שָׁלוֹם",
    "東京",
    "ΣΑΣ",
    "σας",
    "x-1",
];

fn words() -> impl Strategy<Value = String> {
    prop::collection::vec(select(WORDS.to_vec()), 1..4).prop_map(|words| words.join(" "))
}

/// The JSON of a value that says some words.
fn saying() -> impl Strategy<Value = String> {
    let odd = ["null", "true", "3.5", "[]", "{}", "{\"refund\":null}", "\"cut \\ud83d refund\"", "\"a\\u0000parcel\"", "\"\""];
    prop_oneof![
        2 => select(odd.to_vec()).prop_map(str::to_owned),
        4 => words().prop_map(|words| json!(words).to_string()),
        2 => words().prop_map(|words| json!([{"role": "user", "content": words}]).to_string()),
        1 => (words(), words()).prop_map(|(key, words)| json!({key: {"deep": [words, 3.5]}}).to_string()),
    ]
}

fn word_condition() -> impl Strategy<Value = String> {
    let path = [
        "input",
        "input",
        "output",
        "expected",
        "expected",
        "comments",
        "comments.text",
        "metadata",
        "error",
        "tags",
        "input[0].content",
        "input.role",
    ];
    prop_oneof![
        6 => (select(path.to_vec()), words()).prop_map(|(path, words)| format!("{path} match '{words}'")),
        2 => words().prop_map(|words| format!("search('{words}')")),
        1 => (select(path.to_vec()), words()).prop_map(|(path, words)| format!("any_span({path} match '{words}')")),
        1 => select(vec!["is_root", "id in ['r2', 'r3']", "input match ''", "search('engineer')", "metadata match 'backlog'", "output match 5"])
            .prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    word_condition().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

/// A row as it is sent. Every third one is a part of the trace before it.
fn row(place: usize) -> impl Strategy<Value = String> {
    let rare = if place % 20 == 3 { " \"ombudsman\"" } else { "" };
    (saying(), saying(), saying(), saying(), select(vec!["null", "[\"refund\"]", "[\"late parcel\"]"])).prop_map(
        move |(input, output, expected, metadata, tags)| {
            let metadata = if metadata.starts_with('{') { metadata } else { "null".to_owned() };
            let error = if rare.is_empty() { "null" } else { rare };
            let parent = if place % 3 == 2 { format!(",\"root_span_id\":\"r{0}\",\"span_parents\":[\"r{0}\"]", place - 1) } else { String::new() };
            format!(
                r#"{{"id":"r{place}","span_id":"r{place}","created":"2026-01-01T00:{place:02}:00Z","scores":{{"Q":0.5}},"input":{input},"output":{output},"expected":{expected},"metadata":{metadata},"tags":{tags},"error":{error}{parent}}}"#
            )
        },
    )
}

async fn filled(store: &TestStore, rows: &[String]) -> Project {
    let project = store.project("words").await;
    let kind = QuestionKind::Expected { options: vec!["parcel".to_owned(), "invoice".to_owned()], multiple: false };
    store.question(&project, "Right", Definition { kind, ..Definition::default() }).await;
    // What stood there before is nowhere any more.
    let old: Vec<_> =
        (0..rows.len()).step_by(4).map(|place| json!({"id": format!("r{place}"), "input": "refund", "output": "parcel"})).collect();
    store.send(&project, &old).await;
    store.index_words().await;
    let sent = store.engineer.ingest(rows.iter().map(raw).collect(), Some(project.logs())).await.unwrap();
    assert_eq!(sent.rejected, []);
    for row in (0..rows.len()).step_by(7) {
        let by = if row % 2 == 0 { &store.reviewer } else { &store.engineer };
        let text = if row % 3 == 0 { "invoice for the parcel" } else { "a refund" }.to_owned();
        let comment = AddComment { client_id: None, row: address(&project, &format!("r{row}")), text };
        by.add_comment(comment).await.unwrap();
        // Where something else is expected already, there is no room.
        let _ = answer(by, &project, &format!("r{row}"), "Right", option("parcel")).await;
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
    let listed = async |filter: String| {
        let list = ListTraces { object: project.logs(), filter, before: None, limit: 1000, columns: Vec::new() };
        let rows = desk.list_traces(list).await.unwrap().rows;
        rows.into_iter().map(|row| row.root_span_id).collect::<BTreeSet<String>>()
    };
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
        // Of this form no database decides anything.
        assert_eq!(listed(filter.clone()).await, listed(format!("coalesce(({filter}), false)")).await, "traces: {filter}");
    }
}

#[tokio::test]
async fn words_mean_the_same_however_they_are_found() {
    let mut runner = TestRunner::deterministic();
    let rows: Vec<String> = (0..60).map(|place| row(place).new_tree(&mut runner).unwrap().current()).collect();
    // What the language refuses is no filter.
    let filters = std::iter::repeat_with(|| filter().new_tree(&mut runner).unwrap().current());
    let filters: Vec<String> = filters.filter(|filter| parse_expression(filter).is_ok()).take(TRIED).collect();
    let rare = ["search('ombudsman')", "not error match 'ombudsman'", "search('ombudsman refund')", "any_span(error match 'ombudsman')"];
    let filters: Vec<String> = filters.into_iter().chain(rare.map(str::to_owned)).collect();
    for store in stores().await {
        let project = filled(&store, &rows).await;
        // Where nearly nothing is in the index, where all is, and where some has changed since.
        for round in 0..3 {
            if round == 1 {
                store.index_words().await;
            }
            if round == 2 {
                let changed: Vec<_> = (0..rows.len())
                    .step_by(9)
                    .map(|place| json!({"id": format!("r{place}"), "_is_merge": true, "input": "the invoice"}))
                    .collect();
                store.send(&project, &changed).await;
            }
            store.verified().await;
            for desk in [&store.owner, &store.reviewer, &store.viewer] {
                check(desk, &project, &filters).await;
            }
        }
    }
}
