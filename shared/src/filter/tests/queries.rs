//! Queries as text and as JSON.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::render_all;
use crate::filter::{Shape, SourceKind, parse_query, query_from_json};

/// Queries of every construct, one on a line.
pub(super) const EXAMPLES: &str = include_str!("examples.txt");

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&match parse_query(text) {
        Ok(query) => query.to_string(),
        Err(found) => render_all(text, &found),
    });
}

fn check_json(value: &Value, expected: &Expect) {
    expected.assert_eq(&match query_from_json(value) {
        Ok(query) => query.to_string(),
        Err(found) => found.iter().map(|one| format!("{} {}\n", one.message, one.help.as_deref().unwrap_or(""))).collect(),
    });
}

#[test]
fn every_example_is_printed_and_read_again() {
    for text in EXAMPLES.lines() {
        let query = parse_query(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let printed = query.to_string();
        assert_eq!(parse_query(&printed).as_ref(), Ok(&query), "{printed}");
    }
}

#[test]
fn clauses_need_nothing_between_them_but_spaces() {
    let spaces = "select: * from: project_logs('x') filter: is_root ? scores.A > 50% : true sort: created desc limit: 10";
    check(
        spaces,
        &expect!["select: * | from: project_logs('x') | filter: is_root ? scores.A > 0.5 : true | sort: created desc | limit: 10"],
    );
    let others =
        "limit: 10\n-- the newest\nsort: created desc | FILTER: is_root ? scores.A > 50% : true from: project_logs('x') spans select: *";
    assert_eq!(parse_query(spaces), parse_query(others));
    let query = parse_query("from: experiment('a', 'b') summary preview_length: -1").unwrap();
    assert_eq!((query.from.kind, query.from.shape, query.preview_length), (SourceKind::Experiment, Shape::Summary, Some(-1)));
    assert_eq!(query.from.ids, ["a", "b"]);
}

#[test]
fn aliases_stand_for_what_they_name() {
    check(
        "select: metadata.model, lower(metadata.x) as x from: dataset('D') filter: model = 'a' and x = 'b' sort: x",
        &expect![
            "select: metadata.model, lower(metadata.x) as x | from: dataset('D') | filter: metadata.model = 'a' and lower(metadata.x) = 'b' | sort: lower(metadata.x) asc"
        ],
    );
    check(
        "select: metadata.a.k, metadata.b.k from: dataset('D') filter: k = 1",
        &expect![[r#"
        error: `k` can mean two columns.
        1 | select: metadata.a.k, metadata.b.k from: dataset('D') filter: k = 1
          |                                                               ^ ambiguous
          = help: Write the whole path, or name the columns with `as`.
    "#]],
    );
    check(
        "select: metadata.a as k, metadata.b as k from: dataset('D')",
        &expect![[r#"
        error: Two columns are called `k`.
        1 | select: metadata.a as k, metadata.b as k from: dataset('D')
          |                          ^^^^^^^^^^ second one
          = help: Rename one.
    "#]],
    );
}

#[test]
fn mistakes_in_queries() {
    check(
        "select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc",
        &expect![[r#"
        error: There is no clause `form:`.
        1 | select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc
          |             ^^^^ unknown clause
          = help: Did you mean `from:`?
        error: A value is missing before `|`.
        1 | select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc
          |                                                          ^ a value is expected here
          = help: Values are columns such as scores.Preference, numbers, and text in quotes.
        error: `limit:` takes a whole number.
        1 | select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc
          |                                                                   ^^^^ a whole number is expected here
        error: There is no column `creatd`.
        1 | select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc
          |                                                                                ^^^^^^ unknown column
          = help: Did you mean `created`?
        error: The query does not say where its rows come from.
        1 | select: * | form: project_logs('x') | filter: scores.A > | limit: many | sort: creatd desc
          |                                                                                           ^ `from:` is missing
          = help: Add a source: from: project_logs('project id')
    "#]],
    );
    check(
        "select: * from: project_log('x') traces filter: is_root filter: is_root",
        &expect![[r#"
        error: There is no source `project_log`.
        1 | select: * from: project_log('x') traces filter: is_root filter: is_root
          |                 ^^^^^^^^^^^ unknown source
          = help: The sources are project_logs, experiment and dataset.
        error: `filter:` is there twice.
        1 | select: * from: project_log('x') traces filter: is_root filter: is_root
          |                                                         ^^^^^^ second time
          = help: Write it once; join conditions with `and`.
    "#]],
    );
    check(
        "filter: is_root hello: 5",
        &expect![[r#"
            error: There is no clause `hello:`.
            1 | filter: is_root hello: 5
              |                 ^^^^^ unknown clause
              = help: The clauses are select:, dimensions:, measures:, pivot:, unpivot:, infer:, from:, filter:, span_filter:, trace_filter:, sample:, final_filter:, final_dimensions:, final_measures:, sort:, limit:, cursor:, preview_length:, comparison_key:, weighted_scores:, custom_columns:, inference_budget:.
            error: The query does not say where its rows come from.
            1 | filter: is_root hello: 5
              |                         ^ `from:` is missing
              = help: Add a source: from: project_logs('project id')
        "#]],
    );
    check(
        "is_root",
        &expect![[r#"
            error: `is_root` does not belong to a clause.
            1 | is_root
              | ^^^^^^^ not expected here
              = help: A query is made of clauses: select:, dimensions:, measures:, pivot:, unpivot:, infer:, from:, filter:, span_filter:, trace_filter:, sample:, final_filter:, final_dimensions:, final_measures:, sort:, limit:, cursor:, preview_length:, comparison_key:, weighted_scores:, custom_columns:, inference_budget:.
        "#]],
    );
    check(
        "dimensions: metadata.m measures: scores.A, avg(sum(scores.B)) from: experiment('E') sort: avg(scores.A)",
        &expect![[r#"
            error: A measure must compute something of many rows.
            1 | dimensions: metadata.m measures: scores.A, avg(sum(scores.B)) from: experiment('E') sort: avg(scores.A)
              |                                  ^^^^^^^^ no aggregate
              = help: Use count, count_distinct, sum, avg, min, max or percentile, or move it to `dimensions:`.
            error: `sum` computes one value of many rows, which has no meaning here.
            1 | dimensions: metadata.m measures: scores.A, avg(sum(scores.B)) from: experiment('E') sort: avg(scores.A)
              |                                                ^^^ aggregate
              = help: Use it in `measures:` and what follows them, and not inside another aggregate.
        "#]],
    );
}

#[test]
fn a_percentile_is_of_a_part_of_the_values() {
    for part in ["0", "0.95", "95%", "1"] {
        let text = format!("measures: percentile(scores.A, {part}) from: experiment('E')");
        assert!(parse_query(&text).is_ok(), "{part}");
    }
    for part in ["95", "1.5", "-0.5", "metadata.p", "'0.5'", "1 / 2"] {
        let text = format!("measures: percentile(scores.A, {part}) from: experiment('E')");
        let found = parse_query(&text).unwrap_err();
        let marked = &text[found[0].span.start as usize..found[0].span.end as usize];
        assert!(found[0].message.contains("from 0 to 1") && !marked.is_empty() && part.contains(marked), "{part}: {found:?}");
    }
}

#[test]
fn the_json_of_the_sdks() {
    let ident = |names: &[&str]| json!({"op": "ident", "name": names});
    let literal = |value: Value| json!({"op": "literal", "value": value});
    check_json(
        &json!({
            "select": [{"op": "star"}],
            "from": {"op": "function", "name": ident(&["experiment"]), "args": [literal(json!("E"))], "shape": "summary"},
            "filter": {"op": "and", "loc": null, "children": [
                {"op": "eq", "left": ident(&["root_span_id"]), "right": literal(json!("r"))},
                {"op": "or", "children": [
                    {"op": "isnull", "expr": ident(&["span_attributes", "purpose"])},
                    {"op": "ne", "left": ident(&["span_attributes", "purpose"]), "right": literal(json!("scorer"))}]},
                {"op": "in", "left": ident(&["span_attributes", "type"]), "right": literal(json!(["llm"]))},
                {"op": "le", "left": {"op": "sub", "left": ident(&["metrics", "end"]), "right": ident(&["metrics", "start"])},
                 "right": literal(json!(5))},
                {"btql": "metadata.n > 1 or is_root"},
                {"op": "includes", "haystack": {"op": "ident", "name": ["tags"]}, "needle": literal(json!("a"))},
                {"op": "gt", "left": ident(&["created"]), "right": {"op": "sub",
                    "left": {"op": "function", "name": ident(&["now"]), "args": []}, "right": {"op": "interval", "value": 7, "unit": "day"}}},
                {"op": "if", "conds": [{"cond": ident(&["is_root"]), "then": literal(json!(true))}], "else": literal(json!(false))},
                {"op": "is", "left": {"op": "ident", "name": ["tags", 0]}, "right": literal(Value::Null)}]},
            "sort": [{"expr": ident(&["created"]), "dir": "desc"}],
            "cursor": null, "limit": 1000, "sample": null, "unheard_of": 1
        }),
        &expect![
            "select: * | from: experiment('E') summary | filter: root_span_id = 'r' and (span_attributes.purpose is null or span_attributes.purpose != 'scorer') and span_attributes.type in ['llm'] and metrics.end - metrics.start <= 5 and (metadata.n > 1 or is_root) and tags includes 'a' and created > now() - interval 7 day and (is_root ? true : false) and tags[0] is null | sort: created desc | limit: 1000"
        ],
    );
    check_json(
        &json!({
            "dimensions": [{"expr": ident(&["metadata", "model"]), "alias": "m"}],
            "measures": [{"expr": {"op": "function", "name": ident(&["count"]), "args": [{"op": "star"}]}, "alias": "n"},
                         {"expr": {"btql": "avg(scores.F)"}, "alias": "f"}],
            "from": {"op": "function", "name": ident(&["project_logs"]), "args": [literal(json!("P"))]}
        }),
        &expect!["dimensions: metadata.model as m | measures: count(1) as n, avg(scores.F) as f | from: project_logs('P')"],
    );
    check_json(
        &json!({"filter": {"op": "and", "children": [{"op": "eqq"}, {"btql": "scores.A >"}, {"left": 1}]}, "pivot": [1], "limit": -1}),
        &expect![[r#"
            `filter.children[0]` has the operator `eqq`, which is not available yet. Did you mean `eq`?
            A value is missing at the end. Values are columns such as scores.Preference, numbers, and text in quotes.
            `filter.children[2]` has no `op`. Every part of a query names its operator, or is {"btql": "…"}.
            `limit` is not a whole number. Send how many rows to return at most.
            Only measures are spread over columns. Write the name of a measure: measures: avg(scores.F) as f | pivot: f
            There is nothing to spread over. The values of the last dimension become columns: dimensions: metadata.model | pivot: …
            The query does not say where its rows come from. Add a source: from: project_logs('project id')
        "#]],
    );
}

#[test]
fn deep_json_is_refused() {
    let mut deep = json!({"op": "literal", "value": true});
    for _ in 0..500 {
        deep = json!({"op": "not", "expr": deep});
    }
    let from = json!({"op": "function", "name": {"op": "ident", "name": ["dataset"]}, "args": []});
    let found = query_from_json(&json!({"from": from, "filter": deep})).unwrap_err();
    assert!(found.iter().any(|one| one.message.contains("128 levels deep")), "{found:?}");
}
