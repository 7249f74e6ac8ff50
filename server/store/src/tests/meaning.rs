//! Generated filters over generated rows: what SQL and the evaluator find together is what the evaluator finds on every row, on both
//! databases, for who sees everything and for who reviews blindly; of spans, and of the rows of traces.

use super::reviews::flag;
use super::sending::{answer, choice, number, slider};
use super::{TestStore, stores};
use crate::{Desk, RowSearch};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use shared::answers::AnswerValue;
use shared::comments::AddComment;
use shared::filter::{Compiled, Context, parse_expression, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::spans::ListTraces;
use shared::summary::Nano;
use std::collections::{BTreeMap, BTreeSet};

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
            "metrics.duration",
            "metrics.tokens",
            "metrics.estimated_cost",
            "metrics.calls",
            "review",
            "comments.text",
        ]),
        select(vec!["is null", "is not null"]),
    );
    let measure = (
        select(vec!["metrics.start", "metrics.end", "metrics.duration", "metrics.tokens", "metrics.estimated_cost", "metrics.calls"]),
        compare(),
        select(vec!["0", "5", "12", "0.25", "1767225600.25", "2.5", "0.000000001", "1767225610"]),
    );
    let said = select(vec![
        "error = 'boom'",
        "error != 'boom'",
        "error like 'b%'",
        "error in ['', 'crash']",
        "error match 'crash'",
        "comments.text match 'see'",
        "comments.text = 'see'",
        "comments.author = 'reviewer@example.com'",
        "search('crash see')",
        "review.status = 'PENDING'",
        "review.status in ['backlog', 'Parked']",
        "review.reviewers includes 'reviewer@example.com'",
        "comments.created > '2026-01-01'",
        "classifications.Intent.label = 'billing'",
        "answers is null",
        "answers.Q is null",
        "answers.Q.count > 1",
        "answers.Q.count != 1",
        "answers.Q.count between 1 and 2",
        "answers.Q.spread > 0.1",
        "answers.Q.version = 1",
        "answers.Q includes 0.5",
        "answers.Q.mine > 0.25",
        "answers.Q.by('Reviewer@example.com') != 0.2",
        "answers.Q.by('engineer@example.com') = answers.Q.mine",
        "answers.Tone.mine = 'Good'",
        "answers.Tone includes 'Bad'",
        "answers.Tone.by('engineer@example.com') < 0.5",
        "answers.Missing.count is not null",
        "metrics.errors > 0",
        "metrics.llm_calls < 2",
        "span_type_info.has_error",
        "review.lists includes 'Review'",
        "metrics.end - metrics.start > 2",
        "metrics.tokens between 3 and 20",
        "metrics.tokens in [5, 12]",
        "estimated_cost() > 0.2",
        "metrics is null",
    ]);
    prop_oneof![
        score.prop_map(|(path, sign, value)| format!("{path} {sign} {value}")),
        text,
        time.prop_map(|(sign, value)| format!("created {sign} {value}")),
        null.prop_map(|(path, test)| format!("{path} {test}")),
        select(vec!["prod", "Prod", "x", "none"]).prop_map(|tag| format!("tags includes '{tag}'")),
        select(vec!["scores.Q between 0.2 and 0.5", "scores.Q in [0.5, 0.1]", "id in ['r1', 'r2', 'r9']", "id not in ['r1']"])
            .prop_map(str::to_owned),
        select(vec!["is_root", "is_root = false", "true", "false", "null", "len(tags) > 1", "metadata.n > 20"]).prop_map(str::to_owned),
        measure.prop_map(|(path, sign, value)| format!("{path} {sign} {value}")),
        said.prop_map(str::to_owned),
        select(vec!["answers.Q.spread is null", "answers.Q.mine is not null", "metrics.errors is null"]).prop_map(str::to_owned),
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
        select(vec![json!(null), json!(null), json!(""), json!("boom"), json!("crash")]),
        select(vec![
            json!(null),
            json!({}),
            json!({"name": "chat", "type": "llm"}),
            json!({"name": "", "type": 5}),
            json!({"name": "tool"}),
        ]),
        select(vec![json!(null), json!({"plan": "pro", "n": 30}), json!({"plan": "free"})]),
        select(vec![
            json!(null),
            json!({"start": 1_767_225_600.25, "end": 1_767_225_602.75, "tokens": 5}),
            json!({"start": 1_767_225_601, "end": 1_767_225_610, "estimated_cost": 0.25, "calls": 2}),
            json!({"tokens": 12, "estimated_cost": 0.000_000_001, "calls": 30}),
            json!({"end": 1_767_225_604.5, "prompt_tokens": 3}),
        ]),
    )
        .prop_map(move |(q, auto, tags, error, attributes, metadata, metrics)| {
            json!({
                "id": format!("r{place}"), "span_id": format!("s{place}"), "root_span_id": format!("t{}", place / 3),
                "span_parents": if place.is_multiple_of(3) { Value::Null } else { json!([format!("s{}", place / 3 * 3)]) },
                "created": format!("2026-01-01T00:{:02}:00Z", place % 60), "scores": {"Q": q, "Auto": auto}, "tags": tags, "error": error,
                "span_attributes": attributes, "metadata": metadata, "metrics": metrics, "input": (["I want a refund", "hello"][place % 2]),
            })
        })
}

async fn filled(store: &TestStore, rows: &[Value]) -> Project {
    let project = store.project("meaning").await;
    store.question(&project, "Q", slider()).await;
    store.question(&project, "Tone", choice(&[("Good", 1.0), ("Bad", 0.0)])).await;
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
    for (desk, row, option) in [(&store.engineer, "r3", "Bad"), (&store.engineer, "r10", "Good"), (&store.reviewer, "r3", "Good")] {
        answer(desk, &project, row, "Tone", Some(AnswerValue::Text(option.to_owned()))).await.unwrap();
    }
    for row in ["r4", "r5", "r12"] {
        store.reviewer.flag_row(flag(&project, row, &[])).await.unwrap();
    }
    let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
    store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
    project
}

/// The row of a trace, made of its spans as they may be seen, in the order in which they came.
fn trace_row(spans: &[&Value], filter: &str) -> Value {
    let mut row = (*spans.iter().find(|span| span["is_root"] == json!(true)).unwrap()).clone();
    let mut scores: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (name, score) in spans.iter().filter_map(|span| span["scores"].as_object()).flatten() {
        scores.entry(name.clone()).or_default().extend(score.as_f64().map(|score| Nano::from_score(score).0));
    }
    let means = scores.into_iter().filter(|(_, values)| !values.is_empty());
    let means: Map<String, Value> =
        means.map(|(name, values)| (name, json!(Nano(values.iter().sum::<i64>() / values.len() as i64).score()))).collect();
    let or_null = |items: Vec<Value>| if items.is_empty() { Value::Null } else { Value::Array(items) };
    let all = |column: &str| spans.iter().filter_map(|span| span[column].as_array()).flatten().cloned().collect::<Vec<_>>();
    let said = |column: &str| spans.iter().map(|span| span[column].clone()).filter(|value| !value.is_null()).collect::<Vec<_>>();
    let mut tags = all("tags");
    let mut seen = BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.to_string()));
    let number = |key: &str| spans.iter().filter_map(|span| span["metrics"][key].as_f64()).collect::<Vec<_>>();
    let (start, end) = (number("start").into_iter().reduce(f64::min), number("end").into_iter().reduce(f64::max));
    let total = |said: &dyn Fn(&Value) -> Option<i64>| {
        shared::spans::total(
            spans.iter().map(|span| (span["span_id"].as_str().unwrap(), span["span_parents"][0].as_str(), said(&span["metrics"]))),
        )
    };
    let tokens = total(&|metrics| shared::spans::tokens(|key| metrics[key].as_f64()));
    let cost = total(&|metrics| shared::spans::cost(|key| metrics[key].as_f64()));
    let mut metrics = row["metrics"].as_object().cloned().unwrap_or_default();
    let measured = [
        ("start", start.map(Value::from)),
        ("end", end.map(Value::from)),
        ("duration", start.zip(end).map(|(start, end)| json!(end - start))),
        ("tokens", tokens.map(Value::from)),
        ("total_tokens", tokens.map(Value::from)),
        ("estimated_cost", cost.map(|cost| json!(cost as f64 / 1e9))),
    ];
    for (key, value) in measured {
        match value {
            Some(value) => metrics.insert(key.to_owned(), value),
            None => metrics.remove(key),
        };
    }
    if ["metrics.errors", "metrics.llm_calls", "span_type_info"].iter().any(|place| filter.contains(place)) {
        let count = |holds: &dyn Fn(&Value) -> bool| spans.iter().filter(|span| holds(span)).count();
        let errors = count(&|span| !span["error"].is_null());
        metrics.insert("errors".to_owned(), json!(errors));
        metrics.insert("llm_calls".to_owned(), json!(count(&|span| span["span_attributes"]["type"] == json!("llm"))));
        metrics.extend(["tool_calls", "llm_errors", "tool_errors"].map(|name| (name.to_owned(), json!(0))));
        row["span_type_info"] = json!({"has_error": errors > 0});
    }
    row["metrics"] = if metrics.is_empty() { Value::Null } else { Value::Object(metrics) };
    row["scores"] = if means.is_empty() { Value::Null } else { Value::Object(means) };
    row["tags"] = or_null(tags);
    row["comments"] = or_null(all("comments"));
    row["error"] = or_null(said("error"));
    row["review"] = or_null(said("review"));
    row["__bt_assignments"] = or_null(all("__bt_assignments"));
    row["answers"] = or_null(said("answers"));
    row
}

fn ids<'row>(rows: impl IntoIterator<Item = &'row Value>, key: &str) -> BTreeSet<String> {
    rows.into_iter().map(|row| row[key].as_str().unwrap().to_owned()).collect()
}

async fn check(desk: &Desk, project: &Project, filters: &[String]) {
    let everything = parse_query(&format!(
        "select: *, reported, feedback, gold, review, __bt_assignments, answers | from: project_logs('{}')",
        project.id
    ))
    .unwrap();
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
        check_rows(desk, project, &everything, filter).await;
    }
}

/// The rows of traces that match, wherever they are asked for.
async fn check_rows(desk: &Desk, project: &Project, everything: &[Value], filter: &str) {
    let expression = parse_expression(filter).unwrap();
    let compiled = Compiled::of_trace_row(&expression, Context::at(crate::now()));
    let (mut traces, mut spans, mut scored, mut carrying) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for trace in ids(everything, "root_span_id") {
        let mut of_trace: Vec<&Value> = everything.iter().filter(|row| row["root_span_id"] == json!(trace)).collect();
        of_trace.sort_by_key(|row| row["id"].as_str().unwrap()[1..].parse::<u32>().unwrap());
        if compiled.holds_in_row(&of_trace, &trace_row(&of_trace, filter)) {
            let values = of_trace.iter().filter(|row| !row["scores"]["Q"].is_null()).count();
            scored += i64::try_from(values).unwrap();
            carrying += i64::from(values > 0);
            spans.extend(ids(of_trace, "id"));
            traces.insert(trace);
        }
    }
    let list = ListTraces { object: project.logs(), filter: filter.to_owned(), before: None, limit: 1000, columns: Vec::new() };
    let listed = desk.list_traces(list).await.unwrap().rows.into_iter().map(|row| row.root_span_id).collect::<BTreeSet<_>>();
    assert_eq!(listed, traces, "list: {filter}");
    let search = RowSearch { filter: Some(expression.clone()), whole_traces: true, ..RowSearch::of(project.logs()) };
    assert_eq!(ids(&desk.search_rows(search).await.unwrap().values(), "id"), spans, "whole traces: {filter}");
    let (summary, _) = desk.summary_of_rows(&project.logs(), filter).await.unwrap();
    let counted = summary.scores.get("Q").map_or(0, |rollup| rollup.count);
    let carried = summary.carried.get("Q").copied().unwrap_or(0);
    let length = |set: &BTreeSet<String>| i64::try_from(set.len()).unwrap();
    assert_eq!(
        (summary.traces, summary.spans, counted, carried),
        (length(&traces), length(&spans), scored, carrying),
        "summary of rows: {filter}"
    );
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
