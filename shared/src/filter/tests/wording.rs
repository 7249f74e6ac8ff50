//! Chips in words, and as what is typed into fields.

use crate::filter::{ChipDraft, ChipOperator, Chips, parse_expression};
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

/// What stands in the fields for each chip, and that the same chip comes of it.
#[track_caller]
fn typed(filter: &str, expected: &Expect) {
    let chips = Chips::of(&parse_expression(filter).unwrap());
    let line = |draft: Option<ChipDraft>| {
        let Some(draft) = draft else { return "–".to_owned() };
        format!("{} {} [{}] {:?}", draft.place(), draft.operator.words_at(&draft.path), draft.fields.join("] ["), draft.unit())
    };
    expected.assert_eq(&chips.0.iter().map(|chip| line(ChipDraft::of(chip))).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_fields_can_show_comes_back_the_same() {
    typed(
        "scores.F > 12.3% and scores.F between 0.07 and 0.29 and metrics.duration > 2.5 and metadata.n in ['42', 42, true] and tags includes 'x'",
        &expect![[r#"
            F is greater than [12.3] Some(Percent)
            F is between [7] [29] Some(Percent)
            Duration is greater than [2.5] Some(Seconds)
            metadata.n is one of ['42', 42, true] None
            Tags includes [x] None"#]],
    );
    typed(
        "created >= now() - interval 7 day and created between '2026-01-01' and '2026-02-01' and input match 'card' and error is null",
        &expect![[r#"
            Created since [7 days ago] None
            Created between [2026-01-01] [2026-02-01] None
            Input has the words [card] None
            Error is missing [] None"#]],
    );
    // A comma inside a value, spaces around it, and what is computed of more than the time, stay expressions.
    typed(
        "metadata.a in ['x, y', 'z'] and metadata.b = ' x ' and created > date_trunc('day', now()) and review.reviewers includes me()",
        &expect![[r#"
            –
            –
            –
            –"#]],
    );
}

#[track_caller]
fn made(path: &str, operator: ChipOperator, fields: &[&str], expected: &str) {
    let crate::filter::Kind::Path(path) = parse_expression(path).unwrap().kind else { unreachable!("a path") };
    let mut draft = ChipDraft::new(path);
    draft.ask(operator);
    draft.fields = fields.iter().map(|field| (*field).to_owned()).collect();
    let text = draft.chip().map_or_else(|wrong| wrong, |chip| Chips(vec![chip]).text());
    assert_eq!(text, expected);
}

#[test]
fn what_is_typed_becomes_a_condition_or_is_refused_in_words() {
    use ChipOperator::{AtLeast, Between, Greater, Includes, Is, Matches, Missing, OneOf};
    made("scores.F", Greater, &["75"], "scores.F > 0.75");
    made("scores.F", Greater, &[" 75.5 % "], "scores.F > 0.755");
    made("scores.F", Greater, &["high"], "“high” is no number.");
    made("scores.F", Greater, &["inf"], "“inf” is no number.");
    made("scores.F", Between, &["10", ""], "Give a value.");
    made("scores.F", Missing, &[], "scores.F is null");
    made("metrics.duration", Greater, &["5 s"], "metrics.duration > 5");
    made("metrics.estimated_cost", Greater, &["$0.05"], "metrics.estimated_cost > 0.05");
    made("created", AtLeast, &["7 days ago"], "created >= now() - interval 7 day");
    made("created", AtLeast, &["2 hours"], "created >= now() - interval 2 hour");
    made("created", AtLeast, &["2026-01-31"], "created >= '2026-01-31'");
    made("created", AtLeast, &["soon"], "“soon” is no time. Write 2026-01-31, or 7 days ago.");
    made("metadata.n", Is, &["42"], "metadata.n = 42");
    made("metadata.n", Is, &["'42'"], "metadata.n = '42'");
    made("metadata.n", Is, &["it's"], "metadata.n = 'it''s'");
    made("metadata.n", OneOf, &["a, 2, , b"], "metadata.n in ['a', 2, 'b']");
    made("metadata.n", OneOf, &[" , "], "Give at least one value.");
    made("tags", Includes, &["42"], "tags includes '42'");
    made("input", Matches, &["credit card"], "input match 'credit card'");
}
