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
    check(
        "answers.Tone.count >= 2",
        expect![
            "exactly: EXISTS (SELECT 1 FROM answers a JOIN questions q ON q.id = a.question_id WHERE a.project = s.project AND a.span = s.key AND a.active = ? AND q.name = ? GROUP BY a.span HAVING COUNT(*) >= ?)"
        ],
    );
    check(
        "answers is null or not answers.Tone.mine = 1",
        expect![
            "at most: (NOT EXISTS (SELECT 1 FROM answers a WHERE a.project = s.project AND a.span = s.key AND a.active = ?) OR EXISTS (SELECT 1 FROM answers a JOIN questions q ON q.id = a.question_id WHERE a.project = s.project AND a.span = s.key AND a.active = ? AND q.name = ?))"
        ],
    );
    check(
        "answers.Tone is not null",
        expect![
            "exactly: EXISTS (SELECT 1 FROM answers a JOIN questions q ON q.id = a.question_id WHERE a.project = s.project AND a.span = s.key AND a.active = ? AND q.name = ?)"
        ],
    );
    check("not answers.Tone includes 1 and answers[0] = 1", expect!["at most: "]);
}

#[test]
fn a_row_of_a_trace_is_asked_as_it_stands_there() {
    let check = |filter: &str, expected| check_of(Asked::OfTraceRows, filter, expected);
    check(
        "any_span(is_root)",
        expect!["exactly: EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND x.parent_span_id IS NULL)"],
    );
    check("not any_span(metadata.a = 1)", expect!["at most: "]);
    check(
        "not any_span(error is not null) and is_root",
        expect![
            "exactly: (NOT EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND x.error = ?) AND s.parent_span_id IS NULL)"
        ],
    );
    check(
        "tags includes 'x' and scores.Q < 50%",
        expect![
            "exactly: (EXISTS (SELECT 1 FROM span_tags g WHERE g.project = t.project AND g.trace = t.key AND g.tag = ?) AND EXISTS (SELECT 1 FROM trace_scores c WHERE c.project = t.project AND c.trace = t.key AND c.name = ? AND (c.value < ?)))"
        ],
    );
    check(
        "not scores.Q = 1 or scores.Q is null",
        expect![
            "exactly: (EXISTS (SELECT 1 FROM trace_scores c WHERE c.project = t.project AND c.trace = t.key AND c.name = ? AND (c.value < ? OR c.value >= ?)) OR NOT EXISTS (SELECT 1 FROM trace_scores c WHERE c.project = t.project AND c.trace = t.key AND c.name = ?))"
        ],
    );
    check("error is null and comments is not null", expect!["exactly: (t.errors = 0 AND t.comments > 0)"]);
    check(
        "metrics.duration > 1.5 and not metrics.tokens between 1 and 2",
        expect!["exactly: ((+t.duration >= ?) AND ((+t.tokens < ?) OR (+t.tokens >= ?)))"],
    );
    check("metrics.estimated_cost is null and metrics.calls > 1", expect!["at most: +t.cost IS NULL"]);
    check("metrics.errors > 1 and not metrics.llm_calls = 0", expect!["at most: (+t.errors >= ?)"]);
    check(
        "answers.Tone is null",
        expect![
            "exactly: NOT EXISTS (SELECT 1 FROM spans x WHERE x.project = t.project AND x.trace = t.key AND EXISTS (SELECT 1 FROM answers a JOIN questions q ON q.id = a.question_id WHERE a.project = x.project AND a.span = x.key AND a.active = ? AND q.name = ?))"
        ],
    );
    check(
        "created > '2026-01-01' and root_span_id in ['a', 'b'] and id = 'c'",
        expect!["exactly: (t.created > ? AND t.root_span_id IN (?, ?) AND t.row_id = ?)"],
    );
    check(
        "span_attributes.name = 'x' and reported.Q > 0",
        expect![
            "exactly: (s.name = ? AND EXISTS (SELECT 1 FROM span_scores c WHERE c.project = s.project AND c.span = s.key AND c.name = ? AND (c.reported >= ?)))"
        ],
    );
    check("scores.Q > scores.R and error = 'x' and search('x') and len(tags) > 1", expect!["at most: "]);
    check(
        "review.status = 'PENDING'",
        expect![
            "at most: EXISTS (SELECT 1 FROM spans x JOIN span_flags f ON f.project = x.project AND f.span = x.key AND f.superseded = 9223372036854775807 WHERE x.project = t.project AND x.trace = t.key)"
        ],
    );
}

#[test]
fn a_filter_looks_for_answers_a_limited_number_of_times() {
    for asked in [Asked::OfSpans, Asked::OfTraceRows] {
        let many: Vec<String> = (0..200).map(|number| format!("answers.Q{number} is null and answers.Q{number}.count != 1")).collect();
        let expression = parse_expression(&many.join(" and ")).unwrap();
        let (narrowing, _) = narrow(&expression, &Sight::All, Context::at(1_800_000_000_000_000), asked, &Posted::nothing());
        assert_eq!((narrowing.exact, narrowing.text.matches("FROM answers").count()), (false, answered::MOST_LOOKED), "{asked:?}");
    }
}
