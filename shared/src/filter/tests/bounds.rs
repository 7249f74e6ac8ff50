//! Bad input: nothing panics, nothing becomes slow with its length, all that is wrong is told.

use super::queries::EXAMPLES;
use super::{now, render_all, row};
use crate::filter::{
    Chips, Compiled, Context, QueryOutput, complete, evaluate, expression_to_json, highlight, parse_expression, parse_query,
    parse_query_with_hints, query_from_json, query_to_json, unknown_names,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Reads a text in every way that there is, and looks at a row with what comes of it.
fn try_everything(text: &str) {
    let row = row();
    if let Ok(expression) = parse_expression(text) {
        assert_eq!(parse_expression(&expression.to_string()).as_ref(), Ok(&expression), "{text}");
        evaluate(&expression, &row, now());
        assert_eq!(Chips::of(&expression).expression().as_ref(), Some(&expression), "{text}");
        unknown_names(&expression, &Default::default());
        expression_to_json(&expression);
    }
    match parse_query_with_hints(text) {
        Ok((query, hints)) => {
            render_all(text, &hints);
            let printed = query.to_string();
            assert_eq!(parse_query(&printed).as_ref(), Ok(&query), "{text}\n{printed}");
            assert_eq!(query_from_json(&query_to_json(&query)).as_ref(), Ok(&query), "{text}");
            let mut answer = QueryOutput::new(&query, Context::at(now()));
            if query.source_filter().is_none_or(|filter| Compiled::new(&filter, Context::at(now())).holds(&row)) {
                answer.add(&row, &Default::default);
            }
            answer.finish();
        }
        Err(found) => {
            assert!(!found.is_empty() && found.iter().all(|one| !one.is_hint()), "{text}");
            render_all(text, &found);
        }
    }
    highlight(text);
    complete(text, text.len() / 2, &Default::default());
}

/// Numbers that look drawn, the same each time.
struct Draws(u64);

impl Draws {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most.max(1)).unwrap()).unwrap()
    }
}

const PIECES: [&str; 62] = [
    " ",
    "\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "'",
    "\"",
    "`",
    "\\",
    "%",
    "-",
    "--",
    "?",
    "|",
    "=",
    "!=",
    "<",
    ">=",
    "+",
    "*",
    "/",
    " and ",
    " or ",
    " not ",
    " in ",
    " is null",
    " includes ",
    " match ",
    " like ",
    " between ",
    "interval 7 day",
    "scores.F",
    "tags",
    "metadata.x",
    "answers.Q.by('a')",
    "count(1)",
    "any_span(",
    "now()",
    "0",
    "1e400",
    "99999999999999999999",
    "0.5",
    "null",
    "select: ",
    "from: ",
    "filter: ",
    "SELECT * FROM project_logs('P')",
    " WHERE ",
    " GROUP BY ",
    " ORDER BY ",
    " pivot: ",
    " unpivot: ",
    " as (a, b)",
    "sample: 5% seed 1",
    "ß",
    "\u{0}",
];

fn mutated(draws: &mut Draws, seeds: &[&str]) -> String {
    let mut letters: Vec<char> = seeds[draws.below(seeds.len())].chars().collect();
    for _ in 0..=draws.below(4) {
        let at = draws.below(letters.len() + 1);
        match draws.below(5) {
            0 => drop(letters.drain(at..(at + draws.below(6)).min(letters.len()))),
            1 => drop(letters.splice(at..at, PIECES[draws.below(PIECES.len())].chars())),
            2 => {
                let other: Vec<char> = seeds[draws.below(seeds.len())].chars().collect();
                let from = draws.below(other.len() + 1);
                letters.splice(at..at, other[from..(from + draws.below(20)).min(other.len())].iter().copied());
            }
            3 if at < letters.len() => letters[at] = char::from_u32(u32::try_from(draws.below(0x2_0000)).unwrap()).unwrap_or('x'),
            _ => letters.truncate(at),
        }
    }
    letters.into_iter().collect()
}

/// A short run each time; `TOUCHSTONE_FUZZ_SECONDS=600` makes it a long one, and `TOUCHSTONE_FUZZ_SEED` another one.
#[test]
fn random_texts_and_changed_examples_are_read_or_explained() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let long = number("TOUCHSTONE_FUZZ_SECONDS").map(Duration::from_secs);
    let mut draws = Draws(number("TOUCHSTONE_FUZZ_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15).max(1));
    let filters =
        "scores.F > 0.5 and not tags includes 'x' or answers.\"Q\".by('a@b.c') between 1 and 2\nmatch(input, output) against ('x y')";
    let seeds: Vec<&str> = EXAMPLES.lines().chain(filters.lines()).collect();
    let (began, mut tried) = (Instant::now(), 0_u64);
    while long.map_or(tried < 1_500, |long| began.elapsed() < long) {
        tried += 1;
        let text = match draws.below(3) {
            0 => (0..draws.below(30)).map(|_| PIECES[draws.below(PIECES.len())]).collect(),
            1 => String::from_utf8_lossy(&(0..draws.below(60)).map(|_| u8::try_from(draws.below(256)).unwrap()).collect::<Vec<_>>())
                .into_owned(),
            _ => mutated(&mut draws, &seeds),
        };
        let read = std::panic::catch_unwind(|| try_everything(&text));
        assert!(read.is_ok(), "after {tried}: {text:?}");
    }
    if long.is_some() {
        eprintln!("{tried} texts");
    }
}

/// Texts that would take a day if anything were quadratic in their length, or endless if something doubled with their depth.
#[test]
fn long_and_deep_texts_end() {
    let query = |rest: &str| format!("from: project_logs('P') | {rest}");
    let many = 20_000;
    let texts = [
        vec!["is_root"; many].join(" or "),
        vec!["scores.F > 0.5"; many].join(" and "),
        vec!["nowhere"; many].join(" or "),
        "$".repeat(100_000),
        "'".repeat(100_001),
        "a.".repeat(50_000),
        format!("metadata.x in [{}]", vec!["1"; many].join(", ")),
        format!("metadata.x in [{}]", vec!["'a'"; many].join(", ")),
        format!("({}) in [{}]", vec!["is_root"; 5_000].join(" and "), vec!["1"; 5_000].join(",")),
        format!("output like '{}'", "%a".repeat(50_000)),
        format!("metadata.x{}", " between 1 and 2".repeat(120)),
        format!("metadata.x{}", " in [1, 2]".repeat(120)),
        format!("{}metadata.x{}", "least(".repeat(100), ")".repeat(100)),
        format!("{}is_root ? 1 : 2{}", "(".repeat(60), " ? 1 : 2)".repeat(60)),
        "(".repeat(100_000),
        "not ".repeat(25_000),
        format!("x{}", "y".repeat(100_000)),
        query(&format!("select: {}", (0..900).map(|number| format!("metadata.a{number} as b{number}")).collect::<Vec<_>>().join(", "))),
        query(&format!("select: {}", vec!["id"; 30_000].join(", "))),
        query(&format!(
            "select: {} | filter: {}",
            format_args!("{} as a", vec!["is_root"; 5_000].join(" or ")),
            vec!["a"; 5_000].join(" and ")
        )),
        query(&format!("dimensions: {} | measures: count(1)", vec!["tags"; 30_000].join(", "))),
        format!("SELECT {} FROM project_logs('P') GROUP BY {}", vec!["id"; 30_000].join(", "), vec!["id"; 30_000].join(", ")),
        format!("SELECT * FROM project_logs('P') WHERE {}", vec!["tags includes 'x'"; 5_000].join(" or ")),
        "limit: 1 ".repeat(10_000),
        "foo: 1 ".repeat(10_000),
    ];
    for text in texts {
        let start: String = text.chars().take(40).collect();
        let began = Instant::now();
        try_everything(&text);
        // Not a measurement: quadratic work on these takes minutes.
        assert!(began.elapsed() < Duration::from_secs(60), "{start} took {:?}", began.elapsed());
    }
}

#[test]
fn thousands_of_conditions_are_one_filter() {
    let text = (0..2_000).map(|number| format!("scores.S{number} > 0.5 or metadata.k{number} = 'x'")).collect::<Vec<_>>().join(" or ");
    let expression = parse_expression(&text).unwrap();
    assert!(!Compiled::new(&expression, Context::at(now())).holds(&row()));
    assert!(parse_expression(&format!("{}is_root{}", "(".repeat(1_000), ")".repeat(1_000))).is_err());
}

#[test]
fn json_of_any_form_is_read_or_explained() {
    for value in [
        json!({}),
        json!([]),
        json!(null),
        json!({"from": 5, "select": {}, "sort": [{"dir": 1}], "sample": {"method": 1}, "unpivot": [{"alias": []}], "limit": "x"}),
        json!({"filter": {"op": "and", "children": 5}, "infer": [1, {"op": "star"}]}),
        json!({"filter": {"op": "function", "name": 1}, "pivot": [{"expr": {"btql": "(("}}]}),
        json!({"select": [{"op": "star", "replace": {"input": {"op": "literal", "value": 1}}}], "from": {"op": "ident", "name": ["project_logs"]}}),
        json!({"filter": {"op": "if", "conds": vec![json!({}); 1_000]}}),
    ] {
        if let Ok(query) = query_from_json(&value) {
            assert_eq!(query_from_json(&query_to_json(&query)), Ok(query));
        }
    }
}

#[test]
fn a_short_question_makes_no_long_text() {
    let row = json!({ "input": "x".repeat(100_000) });
    let length = |text: &str| evaluate(&parse_expression(text).unwrap(), &row, now());
    assert_eq!(length("len(concat(input, input))"), json!(200_000));
    assert_eq!(length("len(concat(input, input, input))"), Value::Null);
    assert_eq!(length("concat(input, concat(input, input))"), Value::Null);
}
