//! What holds of every text.

use proptest::prelude::*;

use super::{asking, phrases, project};
use crate::english::{LONGEST, Understood, understand};
use crate::filter::parse_expression;

const TABLES: [&str; 2] = [include_str!("examples.tsv"), include_str!("asked.tsv")];

fn holds(text: &str) -> Understood {
    let understood = understand(text, &project(), asking()).unwrap();
    if !understood.expression.is_empty() {
        let read = parse_expression(&understood.expression).unwrap_or_else(|found| panic!("{text}: {}: {found:?}", understood.expression));
        assert_eq!(read.to_string(), understood.expression, "{text}");
    }
    let ranges = understood.parts.iter().map(|part| &part.range).chain(understood.unknown.iter().map(|lost| &lost.range));
    for range in ranges {
        let cut = text.get(range.start as usize..range.end as usize);
        assert!(cut.is_some_and(|cut| !cut.is_empty()), "{text}: {range:?}");
    }
    for part in &understood.parts {
        assert!(parse_expression(&part.expression).is_ok(), "{text}: {}", part.expression);
    }
    understood
}

/// Words of the tables, in any order.
fn jumbled() -> impl Strategy<Value = String> {
    let words: Vec<&str> = TABLES.iter().flat_map(|table| phrases(table)).flat_map(|(phrase, ..)| phrase.split(' ')).collect();
    let more =
        ["(", ")", ",", "either", "neither", "nor", "“", "'", "\"", "%", "$5", "12", "not", "no", "and", "or", "é", "日本", "\u{0}", "–"];
    let words: Vec<String> = words.into_iter().chain(more).map(str::to_owned).collect();
    prop::collection::vec(prop::sample::select(words), 0..25).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_panics_and_ranges_are_characters(text in "\\PC{0,80}") {
        holds(&text);
    }

    #[test]
    fn words_in_any_order_are_understood_or_named(text in jumbled()) {
        holds(&text);
    }
}

#[test]
fn it_does_not_matter_how_a_phrase_is_typed() {
    for (phrase, ..) in TABLES.iter().flat_map(|table| phrases(table)) {
        let plain = holds(phrase);
        let same = |typed: String| {
            let other = holds(&typed);
            let told = |understood: &Understood| (understood.expression.to_lowercase(), understood.rows, understood.unknown.len());
            assert_eq!(told(&other), told(&plain), "{typed}");
        };
        same(phrase.to_uppercase());
        same(phrase.to_lowercase());
        if !phrase.contains(['\'', '"']) {
            same(phrase.replace(' ', "  "));
        }
        same(format!(" {phrase} . "));
        let mut open = false;
        let curly = phrase.chars().map(|letter| match letter {
            '"' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            '\'' => '’',
            other => other,
        });
        same(curly.collect());
    }
}

#[test]
fn what_ends_before_it_says_anything_is_named() {
    for text in ["either not", "either not all", "either without (", "not (either not)", "either errors or not", "either either not"] {
        let understood = holds(text);
        let named = understood.unknown.iter().any(|lost| {
            let words = &text[lost.range.start as usize..lost.range.end as usize];
            words.starts_with("not") || words.starts_with("without")
        });
        assert!(named, "{text}: {understood:?}");
    }
}

#[test]
fn a_text_that_is_too_long_is_refused() {
    let refused = understand(&"errors and ".repeat(10_000), &project(), asking()).unwrap_err();
    assert!(refused.to_string().contains("at most 4000 characters"), "{refused}");
    holds(&"(".repeat(LONGEST));
    holds(&"not ".repeat(LONGEST / 4));
    holds(&"either ".repeat(LONGEST / 7));
    holds(&"mentions ".repeat(LONGEST / 9));
    holds(&"triage or ".repeat(LONGEST / 10));
    holds(&"'".repeat(LONGEST));
}
