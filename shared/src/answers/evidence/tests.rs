use super::*;
use expect_test::{Expect, expect};

fn at(path: &str, start: u32, end: u32, quote: &str) -> Evidence {
    Evidence { path: path.to_owned(), start, end, quote: quote.to_owned(), changed: false }
}

#[test]
fn paths_are_read_as_they_are_written() {
    for path in ["output", "input.messages[2].content", r#"metadata["a key"][0].b"#, r#"metadata["a\"]b.c"]"#, "error", "input.שלום"] {
        let (field, steps) = at(path, 0, 1, "x").steps().unwrap();
        assert_eq!(path_of(field, &steps), path);
    }
    for path in
        ["", "scores.Q", "output.", "output..a", "output[", "output[-1]", "output[1", r#"output["a]"#, "output]", "output[0]x", "out put"]
    {
        assert_eq!(at(path, 0, 1, "x").steps(), None, "{path}");
    }
}

#[test]
fn words_stand_where_they_are_or_elsewhere() {
    // An emoji is one character, a composed accent one of two.
    assert!(at("output", 2, 5, "\u{1f44d} e").stands_in("a \u{1f44d} e\u{301} b"));
    assert!(at("output", 5, 6, "\u{301}").stands_in("a \u{1f44d} e\u{301} b"));
    assert!(at("output", 0, 4, "שלום").stands_in("שלום עולם"));
    assert!(at("output", 0, 6, r"\ud83e").stands_in(r"\ud83e half"));
    // Moved, and marked up.
    assert!(at("output", 0, 4, "free").stands_in("It is free."));
    assert!(at("output", 9, 22, "very important").stands_in("This is **very important**."));
    assert!(at("output", 0, 7, "one\ntwo").stands_in("- one\n- two\n"));
    // Gone.
    assert!(!at("output", 0, 4, "free").stands_in("It costs 5."));
    assert!(!at("output", 0, 1, "\u{1f44d}").stands_in("\u{1f44e}"));
    assert!(!at("output", 0, 2, "**").stands_in("none"));
}

fn check(circumstances: &Circumstances, expected: Expect) {
    expected.assert_eq(&circumstances.check().map_or_else(|problem| problem.to_string(), |()| "fine".to_owned()));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let of = |evidence: Vec<Evidence>| Circumstances { evidence: Some(evidence), ..Circumstances::default() };
    check(&of(vec![at("output", 3, 3, "x"), at("output", 0, 9, "not there, and never looked for")]), expect!["fine"]);
    check(&Circumstances { sureness: Some(1.0), seconds: Some(LONGEST_LOOK), ..of(Vec::new()) }, expect!["fine"]);
    check(&Circumstances { sureness: Some(f64::NAN), ..Circumstances::default() }, expect!["sureness: NaN is not a number from 0 to 1."]);
    let wrong = of(vec![at("output", 0, 1, "x"), at("scores.Q", 5, 2, "")]);
    check(
        &Circumstances { sureness: Some(1.5), seconds: Some(u32::MAX), ..wrong },
        expect![
            "sureness: 1.5 is not a number from 0 to 1. seconds: Nobody looks at an item for so long. Use at most 86,400. evidence[1].path: Name a place in input, output, expected, error or metadata, like input.messages[2].content. evidence[1].end: 2 is before the start, 5. evidence[1].quote: Send the words that stand there."
        ],
    );
    check(&of(vec![at("output", 0, 1, &"ü".repeat(1_001))]), expect!["evidence[0].quote: Use at most 1,000 characters; this has 1,001."]);
    check(&of(vec![at("output", 0, 1, "x"); 21]), expect!["evidence: Point at 20 places at most; this has 21 places."]);
}

#[test]
fn what_is_left_out_stays() {
    let before = Circumstances { sureness: Some(0.5), evidence: Some(vec![at("output", 0, 1, "x")]), ..Circumstances::default() };
    assert_eq!(Circumstances::default().over(&before), before);
    let taken_away = Circumstances { evidence: Some(Vec::new()), ..Circumstances::default() }.over(&before).kept();
    assert_eq!(taken_away, Circumstances { sureness: Some(0.5), ..Circumstances::default() });
}
