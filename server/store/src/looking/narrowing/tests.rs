use super::*;
use expect_test::{Expect, expect};
use shared::filter::parse_expression;

fn check_of(asked: Asked, filter: &str, expected: Expect) {
    let expression = parse_expression(filter).unwrap();
    let (narrowing, _) = narrow(&expression, &Sight::All, Context::at(1_800_000_000_000_000), asked, &Posted::nothing());
    let sure = if narrowing.exact { "exactly" } else { "at most" };
    expected.assert_eq(&format!("{sure}: {}", narrowing.text.trim_start_matches(" AND ")));
}

fn check(filter: &str, expected: Expect) {
    check_of(Asked::OfSpans, filter, expected);
}

#[test]
fn sql_decides_what_it_can_and_nothing_else() {
    check("id = 'a' and metadata.x = 1", expect!["at most: s.row_id = ?"]);
    check("id = 'a' or metadata.x = 1", expect!["at most: "]);
    check("not (id = 'a' or metadata.x = 1)", expect!["at most: s.row_id <> ?"]);
    check(
        "not tags includes 'x'",
        expect!["exactly: NOT EXISTS (SELECT 1 FROM span_tags g WHERE g.project = s.project AND g.span = s.key AND g.tag = ?)"],
    );
    check(
        "tags includes 'x' and error is not null",
        expect![
            "exactly: (EXISTS (SELECT 1 FROM span_tags g WHERE g.project = s.project AND g.span = s.key AND g.tag = ?) AND s.error = ?)"
        ],
    );
    check(
        "75% < scores.Preference",
        expect![
            "exactly: EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND (c.value >= ?))"
        ],
    );
    check(
        "not scores.a = 0.5",
        expect![
            "exactly: EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND (c.value < ? OR c.value >= ?))"
        ],
    );
    check(
        "scores.a is null",
        expect![
            "exactly: NOT EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND c.value IS NOT NULL)"
        ],
    );
    check("'x' includes tags", expect!["at most: "]);
    check("created > '2026-01-01'", expect!["exactly: s.created > ?"]);
    check("created > now() - interval 1 day or is_root", expect!["exactly: (s.created > ? OR s.parent_span_id IS NULL)"]);
    check("id in ['a', 'b'] and span_id not in ['c']", expect!["exactly: (s.row_id IN (?, ?) AND s.span_id NOT IN (?))"]);
    check("span_attributes.name = 'x'", expect!["exactly: s.name = ?"]);
    check("span_attributes.name != 'x'", expect!["at most: s.name <> ?"]);
    check("true", expect!["exactly: "]);
    check("1 > 2 or null", expect!["exactly: 1 = 0"]);
    check("any_span(is_root)", expect!["exactly: s.parent_span_id IS NULL"]);
}

#[test]
fn any_span_asks_all_spans_of_a_trace() {
    let check = |filter: &str, expected| check_of(Asked::OfTraces, filter, expected);
    check(
        "any_span(is_root)",
        expect!["exactly: EXISTS (SELECT 1 FROM spans x WHERE x.project = s.project AND x.trace = s.trace AND x.parent_span_id IS NULL)"],
    );
    check("not any_span(metadata.a = 1)", expect!["at most: "]);
    check(
        "not any_span(error is not null) and is_root",
        expect![
            "exactly: (NOT EXISTS (SELECT 1 FROM spans x WHERE x.project = s.project AND x.trace = s.trace AND x.error = ?) AND s.parent_span_id IS NULL)"
        ],
    );
}
