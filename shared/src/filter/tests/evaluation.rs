//! What expressions are worth.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{now, row};
use crate::filter::{
    Compiled, Context, QueryOutput, REFERENCE, bind_person, evaluate, evaluate_in, holds, parse_expression, parse_query, tokens,
};

fn value(text: &str) -> Value {
    let expression = parse_expression(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    evaluate(&expression, &row(), now())
}

/// One line for each text: the text and its value.
fn check(texts: &[&str], expected: &Expect) {
    let lines: String = texts.iter().map(|text| format!("{text} → {}\n", value(text))).collect();
    expected.assert_eq(&lines);
}

#[test]
fn logic_has_three_values() {
    let mut table = String::new();
    for left in ["true", "false", "null"] {
        for right in ["true", "false", "null"] {
            let both = value(&format!("{left} and {right}"));
            let either = value(&format!("{left} or {right}"));
            table.push_str(&format!("{left} {right}: and {both}, or {either}\n"));
        }
        table.push_str(&format!("not {left}: {}\n", value(&format!("not {left}"))));
    }
    expect![[r#"
        true true: and true, or true
        true false: and false, or true
        true null: and null, or true
        not true: false
        false true: and false, or true
        false false: and false, or false
        false null: and false, or null
        not false: true
        null true: and null, or true
        null false: and false, or null
        null null: and null, or null
        not null: null
    "#]]
    .assert_eq(&table);
}

#[test]
fn comparing() {
    check(
        &[
            "scores.Missing > 0.5",
            "scores.Missing != 1",
            "not scores.Missing = 1",
            "scores.Preference >= 80%",
            "metadata.n = 42",
            "metadata.n > 41.5",
            "metadata.n = '42'",
            "metrics.tokens = '1200'",
            "metadata.model > 5",
            "metadata.model != 5",
            "metadata.user = {plan: 'pro'}",
            "is_root",
            "is_root = true",
            "is_root = 1",
            "metadata.n in [1, 42]",
            "metadata.n not in [1, null]",
            "scores.Missing in [1]",
            "metrics.tokens between 1000 and 1200",
            "created > '2026-03-10'",
            "created < '2026-03-10T10:00:00+01:00'",
            "created > now() - interval 3 hour",
            "now() - created > interval 2 hours",
            "comments is null",
            "tags is not null",
            "tags[-1]",
            "tags[5]",
        ],
        &expect![[r#"
            scores.Missing > 0.5 → null
            scores.Missing != 1 → null
            not scores.Missing = 1 → null
            scores.Preference >= 80% → true
            metadata.n = 42 → true
            metadata.n > 41.5 → true
            metadata.n = '42' → true
            metrics.tokens = '1200' → false
            metadata.model > 5 → null
            metadata.model != 5 → true
            metadata.user = {plan: 'pro'} → true
            is_root → true
            is_root = true → true
            is_root = 1 → false
            metadata.n in [1, 42] → true
            metadata.n not in [1, null] → null
            scores.Missing in [1] → null
            metrics.tokens between 1000 and 1200 → true
            created > '2026-03-10' → true
            created < '2026-03-10T10:00:00+01:00' → false
            created > now() - interval 3 hour → true
            now() - created > interval 2 hours → true
            comments is null → false
            tags is not null → true
            tags[-1] → "billing"
            tags[5] → null
        "#]],
    );
}

#[test]
fn searching() {
    check(
        &[
            "output like '%refund%'",
            "output like '%Refund%'",
            "output ilike '%REFUND%'",
            "output like 'refund'",
            "metadata.note like '%50\\% off'",
            "metadata.note like '%5\\%'",
            "input like '%card%'",
            "not input like '%card%'",
            "input match 'CARD credit'",
            "input match 'car'",
            "output not match 'lorem'",
            "scores.Missing match 'x'",
            "tags includes 'Triage'",
            "tags includes 'Tri'",
            "not tags includes 'x'",
            "contains(metadata.user, 'plan')",
            "metadata.user includes {plan: 'pro'}",
            "output includes 'refund'",
            "scores.Missing includes 'x'",
            "search('refund card')",
        ],
        &expect![[r#"
            output like '%refund%' → true
            output like '%Refund%' → false
            output ilike '%REFUND%' → true
            output like 'refund' → false
            metadata.note like '%50\% off' → true
            metadata.note like '%5\%' → false
            input like '%card%' → null
            not input like '%card%' → null
            input match 'CARD credit' → true
            input match 'car' → false
            output not match 'lorem' → true
            scores.Missing match 'x' → false
            tags includes 'Triage' → true
            tags includes 'Tri' → false
            not tags includes 'x' → true
            contains(metadata.user, 'plan') → true
            metadata.user includes {plan: 'pro'} → true
            output includes 'refund' → true
            scores.Missing includes 'x' → false
            search('refund card') → true
        "#]],
    );
}

#[test]
fn computing() {
    check(
        &[
            "metrics.end - metrics.start",
            "7 / 2",
            "6 / 2",
            "1 / 0",
            "7 % 4",
            "-metrics.tokens",
            "1 + null",
            "0.1 + 0.2",
            "day(created)",
            "hour(created)",
            "week(created)",
            "month(created)",
            "date_trunc('15 minutes', created)",
            "created + interval 1 month",
            "to_datetime('2024-01-31') + interval 1 month",
            "current_date()",
            "now()",
            "lower('ÄB')",
            "upper(metadata.model)",
            "concat('a', null, 1)",
            "len(tags)",
            "len('äö')",
            "json_extract(metadata.config, 'a')",
            "json_extract(metadata.config, 'a').b",
            "json_extract(output, 'a')",
            "coalesce(scores.Missing, 5)",
            "nullif(1, 1)",
            "least(3, null, 2)",
            "greatest(3, 2)",
            "round(2.345, 2)",
            "round(2.5)",
            "to_string(1.5)",
            "to_integer('7.9')",
            "to_number('x')",
            "to_boolean('TRUE')",
            "to_interval('7 days')",
            "scores.F > 0.9 ? 'a' : scores.Preference > 0.7 ? 'b' : 'c'",
        ],
        &expect![[r#"
            metrics.end - metrics.start → 7.5
            7 / 2 → 3.5
            6 / 2 → 3
            1 / 0 → null
            7 % 4 → 3
            -metrics.tokens → -1200
            1 + null → null
            0.1 + 0.2 → 0.30000000000000004
            day(created) → "2026-03-10T00:00:00Z"
            hour(created) → "2026-03-10T09:00:00Z"
            week(created) → "2026-03-09T00:00:00Z"
            month(created) → "2026-03-01T00:00:00Z"
            date_trunc('15 minutes', created) → "2026-03-10T09:30:00Z"
            created + interval 1 month → "2026-04-10T09:30:15.250Z"
            to_datetime('2024-01-31') + interval 1 month → "2024-02-29T00:00:00Z"
            current_date() → "2026-03-10T00:00:00Z"
            now() → "2026-03-10T12:00:00Z"
            lower('ÄB') → "äb"
            upper(metadata.model) → "GPT-4O"
            concat('a', null, 1) → "a1"
            len(tags) → 2
            len('äö') → 2
            json_extract(metadata.config, 'a') → {"b":2}
            json_extract(metadata.config, 'a').b → 2
            json_extract(output, 'a') → null
            coalesce(scores.Missing, 5) → 5
            nullif(1, 1) → null
            least(3, null, 2) → 2
            greatest(3, 2) → 3
            round(2.345, 2) → 2.35
            round(2.5) → 3
            to_string(1.5) → "1.5"
            to_integer('7.9') → 7
            to_number('x') → null
            to_boolean('TRUE') → true
            to_interval('7 days') → "7 day"
            scores.F > 0.9 ? 'a' : scores.Preference > 0.7 ? 'b' : 'c' → "b"
        "#]],
    );
}

#[test]
fn days_begin_where_the_asker_lives() {
    let expression = parse_expression("day(created)").unwrap();
    let context = Context { now_micros: now(), offset_minutes: 600 };
    assert_eq!(evaluate_in(&expression, &row(), context), json!("2026-03-09T10:00:00Z"));
}

#[test]
fn empty_lists_are_missing() {
    let row = json!({"tags": [], "comments": [], "answers": {"Tone": {"values": [], "count": 0}}, "classifications": {"Intent": []}});
    for text in
        ["tags", "comments", "comments.text", "answers.Tone", "answers.Other.count", "classifications.Intent.label", "review.status"]
    {
        let expression = parse_expression(&format!("{text} is null")).unwrap();
        assert!(holds(&expression, &row, now()), "{text}");
    }
}

#[test]
fn me_is_whoever_asks() {
    let expression = parse_expression("metadata.owner = me()").unwrap();
    let row = json!({"metadata": {"owner": "p1"}});
    assert!(!holds(&expression, &row, now()));
    assert!(holds(&bind_person(expression.clone(), "p1"), &row, now()));
    assert!(!holds(&bind_person(expression, "p2"), &row, now()));
}

#[test]
fn spans_of_a_trace_may_satisfy_different_conditions() {
    let (first, second) = (json!({"tags": ["prod"]}), json!({"error": "timeout"}));
    let trace = [first, second];
    let selected = |text: &str| Compiled::new(&parse_expression(text).unwrap(), Context::at(now())).holds_in_trace(&trace);
    assert!(selected("any_span(tags includes 'prod') and any_span(error is not null)"));
    assert!(!selected("tags includes 'prod' and error is not null"));
    assert!(!selected("any_span(tags includes 'dev')"));
    assert!(selected("any_span(any_span(tags includes 'prod') and any_span(error is not null)) and not any_span(error = 'x')"));
}

#[test]
fn a_row_of_a_trace_is_what_stands_there() {
    let spans = [json!({"tags": ["prod"], "scores": {"Q": 1}, "error": "timeout"}), json!({"scores": {"Q": 0}, "error": "boom"})];
    let row = json!({
        "scores": {"Q": 0.5}, "tags": ["prod"], "error": ["timeout", "boom"], "comments": null, "metadata": {"plan": "pro"},
        "review": [{"status": "backlog", "lists": ["a", "b"]}, {"status": "complete", "lists": ["c"], "assignees": ["mia"]}],
        "answers": [{"Tone": {"values": ["Good", 1, 0], "count": 2, "spread": 1, "mine": ["Good", 1], "by": {"mia@example.com": ["Good", 1]}}},
                    {"Tone": {"values": [0.5], "count": 1, "by": {"mia@example.com": 0.5}}}],
    });
    let selected = |text: &str| Compiled::of_trace_row(&parse_expression(text).unwrap(), Context::at(now())).holds_in_row(&spans, &row);
    for text in [
        "tags includes 'prod' and scores.Q = 50%",
        "error = 'boom' and error = 'timeout' and not error = 'x'",
        "error like 'time%' and error is not null",
        "error in ['x', 'boom'] and error match 'timeout'",
        "review.status = 'COMPLETE' and review.status = 'PENDING' and review is not null",
        "review.status in ['approved'] and review.status != 'in_progress' and not review.status = 'Parked'",
        "answers.Tone includes 'Good' and answers.Tone includes 0.5 and answers.Tone.count = 1 and answers.Tone.count = 2",
        "answers.Tone.mine = 'Good' and answers.Tone.mine = 1 and answers.Tone.by('Mia@example.com') < 0.6 and answers.Q is null",
        "review.lists includes 'c' and review.lists includes 'a' and review.assignees includes 'mia'",
        "any_span(error = 'boom' and scores.Q = 0) and metadata.plan = 'pro'",
        "not any_span(error = 'boom' and scores.Q = 1) and comments is null",
        "any_span(any_span(error = 'boom') and scores.Q = 1)",
    ] {
        assert!(selected(text), "{text}");
    }
    for text in ["scores.Q = 1", "error != 'boom'", "error is null", "review.lists includes 'd'", "any_span(metadata.plan = 'pro')"] {
        assert!(!selected(text), "{text}");
    }
}

#[test]
fn words_are_letters_and_digits_in_any_script() {
    let words = |text: &str| tokens(text).collect::<Vec<_>>().join(" ");
    expect!["don t stop gpt 4o mini ärger 東 京 tower 3 5"].assert_eq(&words("Don't STOP: gpt-4o_mini, ÄRGER 東京tower 3.5%"));
    // However they were typed.
    assert_eq!(words("Zoe\u{308} ﬁne Ａ Straße ΟΔΟΣ"), words("Zo\u{eb} fine a STRASSE οδος"));
}

#[test]
fn aggregates() {
    let rows = [
        json!({"scores": {"P": 0.5}, "metadata": {"m": "a", "t": 10}, "is_root": true, "error": "x"}),
        json!({"scores": {"P": 1}, "metadata": {"m": "b", "t": 20}, "is_root": false}),
        json!({"metadata": {"m": "a", "t": 40}, "is_root": true}),
        json!({"metadata": {"t": "no"}}),
    ];
    let ask = |text: &str, rows: &[Value]| {
        let query = parse_query(text).unwrap_or_else(|found| panic!("{found:?}"));
        let mut answer = QueryOutput::new(&query, Context::default());
        rows.iter().for_each(|row| answer.add(row, &Default::default));
        answer.finish().iter().map(|row| serde_json::to_string(row).unwrap() + "\n").collect::<String>()
    };
    let all = "measures: count(*), count(scores.P) as scored, count_distinct(metadata.m) as m, sum(is_root) as roots, \
               avg(scores.P) as mean, min(metadata.t) as low, max(metadata.t) as high, percentile(metadata.t, 0.5) as p50, \
               count(error) / count(1) as rate, avg(scores.P > 0.8 ? 1 : 0) as good | from: experiment('E')";
    expect![[r#"
        {"count(1)":4,"scored":2,"m":2,"roots":2,"mean":0.75,"low":10,"high":40,"p50":20.0,"rate":0.25,"good":0.25}
    "#]]
    .assert_eq(&ask(all, &rows));
    expect![[r#"
        {"count(1)":0,"scored":0,"m":0,"roots":null,"mean":null,"low":null,"high":null,"p50":null,"rate":null,"good":null}
    "#]]
    .assert_eq(&ask(all, &[]));
    let grouped = "dimensions: metadata.m | measures: count(1) as n, sum(metadata.t) | from: experiment('E') | sort: n desc, m asc";
    expect![[r#"
        {"m":"a","n":2,"sum(metadata.t)":50}
        {"m":"b","n":1,"sum(metadata.t)":20}
        {"m":null,"n":1,"sum(metadata.t)":null}
    "#]]
    .assert_eq(&ask(grouped, &rows));
    assert_eq!(ask(grouped, &[]), "");
}

#[test]
fn every_example_of_the_reference_works() {
    let mut examples = 0;
    for block in REFERENCE.split("```").skip(1).step_by(2) {
        let (language, lines) = block.split_once('\n').unwrap();
        for line in lines.lines() {
            examples += 1;
            match language {
                "filter" => assert_eq!(value(line), json!(true), "{line}"),
                "query" => assert!(parse_query(line).is_ok(), "{line}: {:?}", parse_query(line)),
                other => panic!("unknown kind of example: {other}"),
            }
        }
    }
    assert!(examples > 25);
}

/// A row that counts how often its columns are asked for.
struct Counted {
    row: Value,
    asked: std::cell::RefCell<Vec<String>>,
}

impl crate::filter::Fields for Counted {
    fn column(&self, name: &str) -> Option<std::borrow::Cow<'_, Value>> {
        self.asked.borrow_mut().push(name.to_owned());
        crate::filter::Fields::column(&self.row, name)
    }
}

#[test]
fn a_column_is_read_once_however_often_it_is_mentioned() {
    let conditions: Vec<_> =
        (0..300).map(|number| format!("input ilike '%{number}x%' or metadata.k{number} match 'y' or search('z')")).collect();
    let expression = parse_expression(&conditions.join(" or ")).unwrap();
    let compiled = Compiled::new(&expression, Context::at(now()));
    let row = Counted { row: row(), asked: Default::default() };
    assert!(!compiled.holds(&row));
    let mut asked = row.asked.into_inner();
    asked.sort();
    assert_eq!(asked, ["comments", "error", "expected", "input", "metadata", "output", "tags"]);
}
