//! Chips in words.

use crate::filter::{Chips, parse_expression};
use expect_test::{Expect, expect};

#[track_caller]
fn reads(filter: &str, expected: &Expect) {
    let chips = Chips::of(&parse_expression(filter).unwrap());
    expected.assert_eq(&chips.0.iter().map(|chip| chip.words()).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_chip_reads_like_a_sentence() {
    reads(
        "scores.Preference > 75% and scores.\"Response quality\" between 0.285 and 1 and tags includes 'Triage' and not tags includes 'prod'",
        &expect![[r#"
            Preference is greater than 75 %
            Response quality is between 28.5 % and 100 %
            Tags includes Triage
            Tags does not include prod"#]],
    );
    reads(
        "created > now() - interval 7 day and created < now() - interval 1 hour and created >= '2026-01-31' and error is not null",
        &expect![[r#"
            Created in the last 7 days
            Created more than 1 hour ago
            Created since 2026-01-31
            Error is there"#]],
    );
    reads(
        "metrics.duration > 2.5 and metrics.estimated_cost <= 0.05 and metrics.tokens > 1000 and metadata.user.plan in ['a', 'b', 3]",
        &expect![[r#"
            Duration is greater than 2.5 s
            Cost is at most $0.05
            Tokens is greater than 1000
            metadata.user.plan is one of a, b or 3"#]],
    );
    reads(
        "answers.Tone.by('mia@example.com') = 0.5 and review.reviewers includes me() and is_root and not is_root and (a = 1 or tags match 'b')"
            .replace("a = 1", "id = 'a'")
            .as_str(),
        &expect![[r#"
            Tone by mia@example.com is 50 %
            Who answered includes me()
            is_root is true
            is_root is not true
            id = 'a' or tags match 'b'"#]],
    );
}
