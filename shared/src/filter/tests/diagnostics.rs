//! What people are told about mistakes.

use expect_test::{Expect, expect};

use super::render_all;
use crate::filter::parse_expression;

fn check(text: &str, expected: &Expect) {
    let found = parse_expression(text).err().unwrap_or_default();
    expected.assert_eq(&render_all(text, &found));
}

#[test]
fn a_missing_value_is_shown_where_it_should_stand() {
    check(
        "scores.Preference >",
        &expect![[r#"
        error: A value is missing at the end.
        1 | scores.Preference >
          |                    ^ a value is expected here
          = help: Values are columns such as scores.Preference, numbers, and text in quotes.
    "#]],
    );
    check(
        "scores.Preference > > 0.5",
        &expect![[r#"
        error: A value is missing before `>`.
        1 | scores.Preference > > 0.5
          |                     ^ a value is expected here
          = help: Values are columns such as scores.Preference, numbers, and text in quotes.
    "#]],
    );
    check(
        "",
        &expect![[r#"
        error: There is no condition here.
        1 | 
          | ^ write a condition
          = help: For example: scores.Preference > 0.75
    "#]],
    );
    check(
        "error is 5",
        &expect![[r#"
        error: `is` only asks for null.
        1 | error is 5
          |          ^ `null` is expected here
          = help: After `is` write `null` or `not null`. Compare with other values by `=`.
    "#]],
    );
}

#[test]
fn all_mistakes_are_found_at_once() {
    check(
        "scroes.A > 0.5 && lowr(id) = 'x' and tags includes\n  or created > 'yesterday'",
        &expect![[r#"
        error: There is no column `scroes`.
        1 | scroes.A > 0.5 && lowr(id) = 'x' and tags includes
          | ^^^^^^ unknown column
          = help: Did you mean `scores`?
        error: `&&` is not a word of this language.
        1 | scroes.A > 0.5 && lowr(id) = 'x' and tags includes
          |                ^^ write `and`
          = help: Write `and` instead of `&&`.
        error: There is no function `lowr`.
        1 | scroes.A > 0.5 && lowr(id) = 'x' and tags includes
          |                   ^^^^ unknown function
          = help: Did you mean `lower`?
        error: A value is missing before `or`.
        2 |   or created > 'yesterday'
          |   ^^ a value is expected here
          = help: Values are columns such as scores.Preference, numbers, and text in quotes.
        error: `yesterday` is not a date.
        2 |   or created > 'yesterday'
          |                ^^^^^^^^^^^ not a date
          = help: Write '2026-01-31' or '2026-01-31T12:00:00Z', or count back: now() - interval 7 day
    "#]],
    );
    check(
        "scores.A > 1 foo metadta.x = 2)",
        &expect![[r#"
        error: `foo` does not follow from what stands before it.
        1 | scores.A > 1 foo metadta.x = 2)
          |              ^^^ not expected here
          = help: Join conditions with `and` or `or`, and put text in quotes.
        error: `metadta` does not follow from what stands before it.
        1 | scores.A > 1 foo metadta.x = 2)
          |                  ^^^^^^^ not expected here
          = help: Join conditions with `and` or `or`, and put text in quotes.
        error: This `)` closes nothing.
        1 | scores.A > 1 foo metadta.x = 2)
          |                               ^ not expected here
          = help: Remove it, or add the bracket that it should close.
    "#]],
    );
}

#[test]
fn what_is_opened_must_be_closed() {
    check(
        "(error is null and (is_root)",
        &expect![[r#"
        error: This `(` is never closed.
        1 | (error is null and (is_root)
          | ^ opened here
          = help: Add `)` where it ends.
    "#]],
    );
    check(
        "metadata.model in ['a', 'b'",
        &expect![[r#"
        error: This `[` is never closed.
        1 | metadata.model in ['a', 'b'
          |                   ^ opened here
          = help: Add `]` where it ends.
    "#]],
    );
    check(
        "metadata.model = 'gpt",
        &expect![[r#"
        error: The text that begins here is never closed.
        1 | metadata.model = 'gpt
          |                  ^ opened here
          = help: Add ' at its end. Inside the text, write ' twice.
    "#]],
    );
    check(
        "metadata.größe = “x”",
        &expect![[r#"
        error: `“` has no meaning here.
        1 | metadata.größe = “x”
          |                  ^ unexpected character
          = help: Use straight quotes around text: 'text'.
        error: `”` has no meaning here.
        1 | metadata.größe = “x”
          |                    ^ unexpected character
          = help: Use straight quotes around text: 'text'.
    "#]],
    );
}

#[test]
fn names_are_suggested() {
    check(
        "model = 'gpt-4o'",
        &expect![[r#"
        error: There is no column `model`.
        1 | model = 'gpt-4o'
          | ^^^^^ unknown column
          = help: Did you mean `metadata.model`?
    "#]],
    );
    check(
        "Preference > 0.5",
        &expect![[r#"
        error: There is no column `Preference`.
        1 | Preference > 0.5
          | ^^^^^^^^^^ unknown column
          = help: A score is scores.Preference, a field of your own is metadata.Preference, and text stands in quotes: 'Preference'.
    "#]],
    );
    check(
        "metrics.end > latest(1)",
        &expect![[r#"
        error: There is no function `latest`.
        1 | metrics.end > latest(1)
          |               ^^^^^^ unknown function
          = help: The functions are second, minute, hour, day, week, month, year, date_trunc, now, current_timestamp, current_date, lower, upper, concat, len, json_extract, coalesce, nullif, least, greatest, round, to_string, to_boolean, to_integer, to_number, to_date, to_datetime, to_interval, any_span, search, estimated_cost, me, count, count_distinct, sum, avg, min, max, percentile.
    "#]],
    );
}

#[test]
fn what_can_never_be_true_is_refused() {
    check(
        "error = null",
        &expect![[r#"
        error: Comparing with null is never true.
        1 | error = null
          |         ^^^^ never true
          = help: Write: error is null
    "#]],
    );
    check(
        "metadata.model in []",
        &expect![[r#"
        error: An empty list holds nothing, so nothing can match.
        1 | metadata.model in []
          |                   ^^ empty list
    "#]],
    );
    check(
        "metadata.model in 'gpt-4o'",
        &expect![[r#"
        error: `in` looks in a list.
        1 | metadata.model in 'gpt-4o'
          |                   ^^^^^^^^ a list is expected here
          = help: Write: metadata.model in ['gpt-4o', 'gpt-4o-mini']
    "#]],
    );
    check(
        "tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1",
        &expect![[r#"
            error: `tags` is a list, and not equal to any text.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |        ^^^ never true
              = help: Write: tags includes 'x'
            error: `scores.F` is a number from 0 to 1.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |                          ^^^^^ never true
              = help: Write the number without quotes: scores.F = 0.5
            error: `is_root` is true or false.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |                                             ^^^^^ never true
              = help: Write: is_root, or: not is_root
            error: `answers.Q.count` is a number.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |                                                                        ^^^ never true
              = help: Write for example: answers.Q.count > 1
            error: There is no `state` in `review`.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |                                                                                         ^^^^^^^^^^^^ unknown name
              = help: Did you mean `status`?
            error: It is not said whose answer is meant.
            1 | tags = 'x' or scores.F = '0.5' or is_root = 'yes' or answers.Q.count > 'a' or id = 5 or review.state = 'x' or answers.Q.by = 1
              |                                                                                                               ^^^^^^^^^^^^ by whom?
              = help: Write: answers."Tone".by('reviewer@example.com')
        "#]],
    );
    check(
        "input match '!!'",
        &expect![[r#"
        error: There is no word to look for.
        1 | input match '!!'
          |             ^^^^ no word
          = help: Use `like` to find signs.
    "#]],
    );
    check(
        "count(1) > 5",
        &expect![[r#"
            error: `count` computes one value of many rows, which has no meaning here.
            1 | count(1) > 5
              | ^^^^^ aggregate
              = help: Use it in `measures:` and what follows them, and not inside another aggregate.
        "#]],
    );
    check(
        "round(1, 2, 3) = 1",
        &expect![[r#"
        error: `round` takes 1 or 2 arguments, not 3.
        1 | round(1, 2, 3) = 1
          | ^^^^^^^^^^^^^^ 1 or 2 arguments expected
    "#]],
    );
}

#[test]
fn nesting_is_limited() {
    for text in [
        "(".repeat(10_000),
        format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000)),
        "not ".repeat(10_000),
        format!("{}1", "- ".repeat(10_000)),
        format!("1{}", " + 1".repeat(10_000)),
        format!("1{}", " = 1".repeat(10_000)),
        format!("is_root{}", " ? 1 : 2".repeat(10_000)),
        "[".repeat(10_000),
        "lower(".repeat(10_000),
        "{a:".repeat(10_000),
    ] {
        let found = parse_expression(&text).unwrap_err();
        let start: String = text.chars().take(12).collect();
        assert!(found.iter().any(|one| one.message.contains("128 levels deep")), "{start}: {found:?}");
    }
    let long = vec!["is_root"; 10_000].join(" or ");
    assert!(parse_expression(&long).is_ok(), "a long list of conditions is not deep");
    assert!(parse_expression(&format!("{}is_root{}", "(".repeat(100), ")".repeat(100))).is_ok());
}

#[test]
fn nothing_makes_the_parser_panic() {
    for text in [
        "\\",
        "'\\",
        "a.",
        "a[",
        "a[-",
        "%",
        "5%",
        "5%%",
        "interval",
        "interval 5",
        "? :",
        "é.",
        "not",
        "{a",
        "{a:",
        "--",
        "\"",
        "`",
        "1e",
        "1.",
        ".5",
        "in",
        "a in",
        "a between 1",
        "|",
        "count(*",
        "\u{feff}",
    ] {
        let found = parse_expression(text).err().unwrap_or_default();
        render_all(text, &found);
    }
}
