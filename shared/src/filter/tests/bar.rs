//! What the filter bar shows: colours, completion, chips, names that nothing carries.

use super::render_all;
use super::round_trip::expression;
use crate::filter::{
    Chip, ChipOperator, ChipValues, Chips, Expression, HighlightKind, Kind, KnownNames, Step, complete, highlight, parse_expression,
    unknown_names,
};
use expect_test::{Expect, expect};
use proptest::prelude::*;
use proptest::sample::select;

fn names() -> KnownNames {
    let texts = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
    KnownNames {
        scores: texts(&["Preference", "Factuality", "response quality"]),
        questions: texts(&["Tone"]),
        tags: texts(&["Triage", "prod", "o'clock"]),
        lists: texts(&["Review"]),
        people: texts(&["mia@example.com", "Leo"]),
        metadata: Some(vec![vec!["model".into()], vec!["user".into(), "plan".into()], vec!["customer tier".into()]]),
        metrics: texts(&["tokens", "duration"]),
        classifications: texts(&["Intent"]),
        values: vec![
            ("metadata.model".into(), vec!["gpt-4o".into(), "gpt-4o-mini".into()]),
            ("metadata.user.plan".into(), vec!["5".into()]),
        ],
    }
}

fn colours(text: &str, expected: &Expect) {
    let parts = highlight(text);
    let lines: Vec<String> =
        parts.iter().map(|part| format!("{:?} {}", part.kind, &text[part.span.start as usize..part.span.end as usize])).collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn each_part_has_its_colour() {
    colours(
        r#"not scores."Re q" >= 75% and lower(metadata.model) in ['a', null] -- why"#,
        &expect![[r#"
        Keyword not
        Column scores
        Punctuation .
        Path "Re q"
        Operator >=
        Number 75%
        Keyword and
        Function lower
        Punctuation (
        Column metadata
        Punctuation .
        Path model
        Punctuation )
        Keyword in
        Punctuation [
        Text 'a'
        Punctuation ,
        Constant null
        Punctuation ]"#]],
    );
    colours(
        "filter: created > now() - interval 7 days | foo: 'open",
        &expect![[r#"
        Clause filter
        Punctuation :
        Column created
        Operator >
        Function now
        Punctuation (
        Punctuation )
        Operator -
        Keyword interval
        Number 7
        Keyword days
        Punctuation |
        Name foo
        Punctuation :
        Text 'open"#]],
    );
}

/// Completes at the sign `|`: what would be replaced, and the first options.
fn completes(cases: &[&str], expected: &Expect) {
    let line = |case: &&str| {
        let cursor = case.find('¦').unwrap();
        let text = case.replace('¦', "");
        let completion = complete(&text, cursor, &names());
        let replaced = &text[completion.replace.start as usize..completion.replace.end as usize];
        let options: Vec<&str> = completion.options.iter().take(6).map(|option| option.text.as_str()).collect();
        format!("{case}  [{replaced}] {}\n", options.join(" · "))
    };
    expected.assert_eq(&cases.iter().map(line).collect::<String>());
}

#[test]
fn what_may_stand_at_the_cursor() {
    completes(
        &[
            "¦",
            "sc¦",
            "met¦a > 1",
            "scores.¦",
            "scores.pref¦",
            "scores.\"resp¦",
            "scores.\"resp¦\" > 1",
            "scores.Preference ¦",
            "scores.Preference >¦",
            "scores.Preference > 0.5 ¦",
            "scores.Preference > 0.5 an¦",
            "tags ¦",
            "tags includes ¦",
            "tags includes 'Tr¦",
            "tags includes 'o¦'",
            "not tags includes \"pr¦",
            "metadata.¦",
            "metadata.user.¦",
            "metadata.model = ¦",
            "metadata.model in ['gpt-4o', ¦",
            "metadata.model not in ('g¦",
            "metadata.user.plan = ¦",
            "created > ¦",
            "review.¦",
            "review.status = 'b¦",
            "review.assignees includes ¦",
            "answers.¦",
            "answers.Tone.¦",
            "comments.¦",
            "span_attributes.type = ¦",
            "len(¦",
            "is_root ¦",
            "input ¦",
            "error is ¦",
            "metadata.model = 'gpt-4o'¦",
            "(low¦",
            "ünknown¦",
        ],
        &expect![[r#"
            ¦  [] scores · tags · metadata · created · input · output
            sc¦  [sc] scores · coalesce(
            met¦a > 1  [meta] metadata · metrics
            scores.¦  [] Preference · Factuality · "response quality"
            scores.pref¦  [pref] Preference
            scores."resp¦  ["resp] "response quality"
            scores."resp¦" > 1  ["resp"] "response quality"
            scores.Preference ¦  [] > · >= · < · <= · = · !=
            scores.Preference >¦  [] 25% · 50% · 75% · 100% · scores · tags
            scores.Preference > 0.5 ¦  [] and · or
            scores.Preference > 0.5 an¦  [an] and
            tags ¦  [] includes · not includes · match · is null · is not null · and
            tags includes ¦  [] 'Triage' · 'prod' · 'o''clock' · scores · tags · metadata
            tags includes 'Tr¦  ['Tr] 'Triage'
            tags includes 'o¦'  ['o'] 'o''clock'
            not tags includes "pr¦  ["pr] 'prod'
            metadata.¦  [] model · user · "customer tier"
            metadata.user.¦  [] plan
            metadata.model = ¦  [] 'gpt-4o' · 'gpt-4o-mini' · scores · tags · metadata · created
            metadata.model in ['gpt-4o', ¦  [] 'gpt-4o' · 'gpt-4o-mini' · scores · tags · metadata · created
            metadata.model not in ('g¦  ['g] 'gpt-4o' · 'gpt-4o-mini'
            metadata.user.plan = ¦  [] 5 · scores · tags · metadata · created · input
            created > ¦  [] now() - interval 1 day · now() - interval 7 day · date_trunc('day', now()) · scores · tags · metadata
            review.¦  [] status · lists · assignees · reviewers
            review.status = 'b¦  ['b] 'backlog'
            review.assignees includes ¦  [] 'mia@example.com' · 'Leo' · scores · tags · metadata · created
            answers.¦  [] Tone
            answers.Tone.¦  [] count · spread · mine · by(' · version
            comments.¦  [] text · author · created
            span_attributes.type = ¦  [] 'llm' · 'task' · 'tool' · 'function' · 'eval' · 'score'
            len(¦  [] scores · tags · metadata · created · input · output
            is_root ¦  [] and · or · = false
            input ¦  [] match · not match · ilike · like · = · is null
            error is ¦  [] scores · tags · metadata · created · input · output
            metadata.model = 'gpt-4o'¦  [] and · or
            (low¦  [low] lower(
            ünknown¦  [ünknown] 
        "#]],
    );
}

#[test]
fn every_option_makes_a_text_that_is_read_further() {
    for text in ["", "tags includes ", "metadata.model = ", "scores.", "metadata.", "answers.Tone.", "review.status = '"] {
        let completion = complete(text, text.len(), &names());
        assert!(!completion.options.is_empty(), "{text}");
        for option in completion.options {
            let whole = format!("{}{}", &text[..completion.replace.start as usize], option.text);
            let next = complete(&whole, whole.len(), &names());
            assert!(next.replace.end as usize <= whole.len());
        }
    }
}

proptest! {
    #[test]
    fn any_text_can_be_shown_and_completed(text in "[ -~äß¦'\"]{0,40}", cursor in 0_usize..50) {
        let mut before = 0;
        for part in highlight(&text) {
            prop_assert!(before <= part.span.start && part.span.start < part.span.end);
            before = part.span.end;
            prop_assert!(text.get(part.span.start as usize..part.span.end as usize).is_some());
        }
        let completion = complete(&text, cursor, &names());
        prop_assert!(text.get(completion.replace.start as usize..completion.replace.end as usize).is_some());
    }
}

#[test]
fn names_that_nothing_carries_are_told() {
    let told = |text: &str| render_all(text, &unknown_names(&parse_expression(text).unwrap(), &names()));
    expect![[r#"
        hint: No row has a score called `Preferense`.
        1 | scores.Preferense > 0.5 and scores.preference > 0.5 and reported.Other is null
          | ^^^^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `Preference`?
        hint: No row has a score called `preference`.
        1 | scores.Preferense > 0.5 and scores.preference > 0.5 and reported.Other is null
          |                             ^^^^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `Preference`?
        hint: No row has a score called `Other`.
        1 | scores.Preferense > 0.5 and scores.preference > 0.5 and reported.Other is null
          |                                                         ^^^^^^^^^^^^^^ carried by no row
    "#]]
    .assert_eq(&told("scores.Preferense > 0.5 and scores.preference > 0.5 and reported.Other is null"));
    expect![[r#"
        hint: No row has a tag called `Prod`.
        1 | tags includes 'Prod' or not tags includes 'prod' or review.lists includes 'Reviews'
          |               ^^^^^^ carried by no row
          = help: Did you mean `prod`?
        hint: No row has a review list called `Reviews`.
        1 | tags includes 'Prod' or not tags includes 'prod' or review.lists includes 'Reviews'
          |                                                                           ^^^^^^^^^ carried by no row
          = help: Did you mean `Review`?
    "#]]
    .assert_eq(&told("tags includes 'Prod' or not tags includes 'prod' or review.lists includes 'Reviews'"));
    expect![[r#"
        hint: No row has metadata called `plam`.
        1 | metadata.user.plam = 'x' and metadata.modle = 'y' and metadata.user.plan.deep = 1 and metadata = 1
          | ^^^^^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `plan`?
        hint: No row has metadata called `modle`.
        1 | metadata.user.plam = 'x' and metadata.modle = 'y' and metadata.user.plan.deep = 1 and metadata = 1
          |                              ^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `model`?
    "#]]
    .assert_eq(&told("metadata.user.plam = 'x' and metadata.modle = 'y' and metadata.user.plan.deep = 1 and metadata = 1"));
    expect![[r#"
        hint: No row has anything of a person called `mia@exampel.com`.
        1 | answers.Tone.by('mia@exampel.com') = 1 and comments.author in ['Leo', 'Lea'] and answers.Tones.count = 1
          | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `mia@example.com`?
        hint: No row has anything of a person called `Lea`.
        1 | answers.Tone.by('mia@exampel.com') = 1 and comments.author in ['Leo', 'Lea'] and answers.Tones.count = 1
          |                                                                       ^^^^^ carried by no row
          = help: Did you mean `Leo`?
        hint: No row has answers to a question called `Tones`.
        1 | answers.Tone.by('mia@exampel.com') = 1 and comments.author in ['Leo', 'Lea'] and answers.Tones.count = 1
          |                                                                                  ^^^^^^^^^^^^^^^^^^^ carried by no row
          = help: Did you mean `Tone`?
    "#]]
    .assert_eq(&told("answers.Tone.by('mia@exampel.com') = 1 and comments.author in ['Leo', 'Lea'] and answers.Tones.count = 1"));
    assert_eq!(unknown_names(&parse_expression("scores.X > 1 and tags includes 'y'").unwrap(), &KnownNames::default()), []);
}

fn chips(text: &str) -> String {
    let chips = Chips::of(&parse_expression(text).unwrap());
    assert_eq!(chips.expression(), Some(parse_expression(text).unwrap()));
    let line = |chip: &Chip| match chip {
        Chip::Condition { path, operator, values } => {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            format!("{} | {} | {}", Expression::new(Kind::Path(path.clone()), 0..0), operator.words(), values.join(", "))
        }
        Chip::Expression(expression) => format!("({expression})"),
    };
    chips.0.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn conditions_are_chips() {
    expect![[r#"
        scores.Preference | is greater than | 0.75
        tags | does not include | 'prod'
        metadata.model | is none of | 'a', 'b'
        created | is greater than | now() - interval 7 day
        error | is missing | 
        is_root | is true | 
        arrived | is not true | 
        metrics.tokens | is not between | 1, 2
        output | is like, whatever the case, | '%x%'
        (is_root or error is null)
        (metrics.end - metrics.start > 5)
        (0.5 < scores.F)
        (any_span(is_root))
        (not scores.F = 1)"#]]
    .assert_eq(&chips(
        "scores.Preference > 75% and not tags includes 'prod' and metadata.model not in ['a', 'b'] and created > now() - interval 7 day \
         and error is null and is_root and not arrived and metrics.tokens not between 1 and 2 and output ilike '%x%' \
         and (is_root or error is null) and metrics.end - metrics.start > 5 and 0.5 < scores.F and any_span(is_root) and not scores.F = 1",
    ));
    expect!["(scores.A > 1 or scores.B > 1)"].assert_eq(&chips("scores.A > 1 or scores.B > 1"));
}

fn chip() -> impl Strategy<Value = Chip> {
    let value = || {
        prop_oneof![
            "[a-z' %]{0,6}".prop_map(Kind::Text),
            any::<i32>().prop_map(|number| Kind::Number(number.into())),
            any::<bool>().prop_map(Kind::Boolean),
        ]
        .prop_map(|kind| Expression::new(kind, 0..0))
    };
    let path = prop::collection::vec("[a-z]{1,4}|[ -~]{1,4}", 1..4).prop_map(|keys| keys.into_iter().map(Step::Key).collect::<Vec<_>>());
    (path, select(ChipOperator::ALL.to_vec()), prop::collection::vec(value(), 3)).prop_map(|(path, operator, mut values)| {
        values.truncate(match operator.values() {
            ChipValues::Nothing => 0,
            ChipValues::One => 1,
            ChipValues::Two => 2,
            ChipValues::Several => 3,
        });
        Chip::Condition { path, operator, values }
    })
}

proptest! {
    #[test]
    fn chips_and_expressions_are_the_same(chips in prop::collection::vec(chip(), 1..5), expression in expression()) {
        let chips = Chips(chips);
        prop_assert_eq!(Chips::of(&chips.expression().unwrap()), chips);
        prop_assert_eq!(Chips::of(&expression).expression(), Some(expression));
    }
}

#[test]
fn what_is_offered_for_a_place_is_a_chip_again() {
    for text in ["scores.F", "tags", "created", "is_root", "input", "metadata.x", "review.status", "answers.Tone", "comments.text"] {
        let Kind::Path(path) = parse_expression(text).unwrap().kind else { panic!("{text}") };
        assert!(!ChipOperator::offered(&path).is_empty());
    }
    assert_eq!(highlight("scores")[0].kind, HighlightKind::Column);
}
