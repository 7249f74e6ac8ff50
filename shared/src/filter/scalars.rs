//! Values inside a column as an index keeps them: each place with bytes that are ordered as the values are compared, the same for every
//! database. What the bytes cannot tell exactly is said, and is left to the evaluator.

use super::constant;
use super::decimal::{long, may_be_long};
use super::evaluate::{Context, parse_number};
use super::lenient::{parse_leniently, part};
use super::syntax::{BinaryOperator, Expression, Kind, Step};
use serde_json::{Number, Value};

/// Keys below a column at most. What lies deeper is not among the scalars.
const DEEPEST_PLACE: usize = 8;

/// Bytes of the keys of a place at most. What lies below a longer one is not among the scalars.
const LONGEST_PLACE: usize = 200;

/// Bytes of a text that are kept.
const KEPT: usize = 100;

/// What a list or an object has.
const CONTAINER: u8 = 0x10;
const FALSE: u8 = 0x20;
const TRUE: u8 = 0x21;
const NUMBER: u8 = 0x30;
const TEXT: u8 = 0x40;

/// Not below any bytes of a value.
const END: u8 = 0x50;

/// Whole numbers that a double tells apart from their neighbours.
const EXACT: i128 = 1 << 53;

/// A value at its place. A text that reads as a number is there twice: beside a number in a filter it is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scalar {
    /// The keys from the column on.
    pub place: Vec<String>,
    /// What is compared.
    pub bytes: Vec<u8>,
    /// False for a number that another number may have the same bytes as.
    pub exact: bool,
}

/// The values of a column of a row that are not null, down to where places are too deep or too long.
///
/// `most` is how many there may be; returns how many there are, with the first of them in the order of their places.
pub fn scalars(column: &str, text: &str, most: usize) -> (Vec<Scalar>, usize) {
    let Some(value) = parse_leniently(text) else { return (Vec::new(), 0) };
    let mut found = Found { text: may_be_long(text).then_some(text), most, count: 0, scalars: Vec::new() };
    found.members(&mut vec![column.to_owned()], &value);
    (found.scalars, found.count)
}

/// Whether values at a place are among the scalars of a row.
pub fn is_kept(place: &[impl AsRef<str>]) -> bool {
    let bytes: usize = place.iter().map(|key| key.as_ref().len() + 1).sum();
    (2..=DEEPEST_PLACE + 1).contains(&place.len()) && bytes <= LONGEST_PLACE
}

struct Found<'text> {
    /// The column as it is stored, where it may hold numbers that are longer than machine numbers.
    text: Option<&'text str>,
    most: usize,
    count: usize,
    scalars: Vec<Scalar>,
}

impl Found<'_> {
    fn members(&mut self, place: &mut Vec<String>, value: &Value) {
        let Value::Object(members) = value else { return };
        // However the map is ordered.
        let mut members: Vec<_> = members.iter().collect();
        members.sort_unstable_by_key(|(key, _)| *key);
        for (key, value) in members {
            place.push(key.clone());
            if is_kept(place) {
                self.value(place, value);
                self.members(place, value);
            }
            place.pop();
        }
    }

    fn value(&mut self, place: &[String], value: &Value) {
        match value {
            Value::Null => {}
            Value::Bool(truth) => self.add(place, vec![if *truth { TRUE } else { FALSE }], true),
            Value::Array(_) | Value::Object(_) => self.add(place, vec![CONTAINER], true),
            Value::Number(number) => self.number(place, Some(number)),
            Value::String(text) => {
                self.add(place, text_bytes(text).0, true);
                // A number beyond all doubles is read as its text, too.
                self.number(place, parse_number(text).as_ref());
            }
        }
    }

    /// Adds a number: as it is stored where a machine number would be another one, else as it was read.
    fn number(&mut self, place: &[String], number: Option<&Number>) {
        if let Some(double) = self.long_number(place) {
            self.add(place, number_bytes(double), false);
        } else if let Some((number, double)) = number.and_then(|number| Some((number, number.as_f64()?))) {
            self.add(place, number_bytes(double), is_exact(number));
        }
    }

    /// The double nearest to a number that is longer than machine numbers.
    fn long_number(&self, place: &[String]) -> Option<f64> {
        let below: Vec<_> = place.iter().skip(1).cloned().map(Step::Key).collect();
        let stored = part(self.text?, &below)?;
        long(stored).and_then(|_| stored.trim().parse().ok())
    }

    fn add(&mut self, place: &[String], bytes: Vec<u8>, exact: bool) {
        self.count += 1;
        if self.scalars.len() < self.most {
            self.scalars.push(Scalar { place: place.to_vec(), bytes, exact });
        }
    }
}

/// Whether the double of a number is no other number's.
fn is_exact(number: &Number) -> bool {
    let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
    whole.is_none_or(|whole| whole.abs() < EXACT)
}

/// Bytes that are ordered as numbers are.
fn number_bytes(double: f64) -> Vec<u8> {
    // Zero has one form.
    let bits = (if double == 0.0 { 0.0 } else { double }).to_bits();
    let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    [&[NUMBER][..], &ordered.to_be_bytes()].concat()
}

/// Bytes that are ordered as texts are, and whether they are the whole text. What was cut is followed by a byte more than the text that ends
/// there.
fn text_bytes(text: &str) -> (Vec<u8>, bool) {
    match text.as_bytes().get(..KEPT).filter(|_| text.len() > KEPT) {
        Some(kept) => ([&[TEXT][..], kept, &[1]].concat(), false),
        None => ([&[TEXT][..], text.as_bytes()].concat(), true),
    }
}

/// A range of the bytes of values: from `low` on, and below `high`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScalarRange {
    /// The lowest bytes.
    pub low: Vec<u8>,
    /// The lowest that are too high.
    pub high: Vec<u8>,
    /// Whether what is inside fulfils the condition. What is outside never does.
    pub exact: bool,
}

impl ScalarRange {
    /// All values that are not null.
    pub fn whole(exact: bool) -> Self {
        Self { low: vec![CONTAINER], high: vec![END], exact }
    }

    /// A value that is true, or false.
    pub fn boolean(truth: bool) -> Self {
        let byte = if truth { TRUE } else { FALSE };
        Self { low: vec![byte], high: vec![byte, 0], exact: true }
    }

    /// The only bytes that are inside; none where there are several.
    pub fn point(&self) -> Option<&[u8]> {
        self.high.strip_suffix(&[0]).filter(|point| *point == self.low)
    }

    fn point_of(bytes: Vec<u8>, exact: bool) -> Self {
        let high = [&bytes[..], &[0]].concat();
        Self { low: bytes, high, exact }
    }
}

/// Where the values lie for which a comparison with a constant is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparedScalars {
    /// Nowhere.
    Nowhere,
    /// In a range.
    Inside(ScalarRange),
    /// Anywhere but in a range, as far as is known.
    Outside(ScalarRange),
    /// It cannot be told.
    Unknown,
}

/// Where the values lie that compare so with an expression. `exact` says whether all numbers at the place are exact.
pub fn compared_scalars(operator: BinaryOperator, value: &Expression, exact: bool, context: Context) -> ComparedScalars {
    use BinaryOperator::{Equal, NotEqual};
    let is_written = matches!(value.kind, Kind::Number(_));
    let (bytes, exact) = match &value.kind {
        Kind::Decimal(text) => match text.parse() {
            Ok(double) => (number_bytes(double), false),
            Err(_) => return ComparedScalars::Unknown,
        },
        Kind::Text(text) => text_bytes(text),
        // A time is compared otherwise than its text.
        _ => match constant(value, context) {
            Some(Value::Null) => return ComparedScalars::Nowhere,
            Some(Value::Number(number)) => match number.as_f64() {
                // Beside a number that is computed, texts are no numbers.
                Some(double) => (number_bytes(double), exact && is_written && is_exact(&number)),
                None => return ComparedScalars::Unknown,
            },
            Some(Value::Bool(truth)) => match operator {
                Equal => return ComparedScalars::Inside(ScalarRange::boolean(truth)),
                NotEqual => return ComparedScalars::Outside(ScalarRange::boolean(truth)),
                // They have no order.
                _ => return ComparedScalars::Nowhere,
            },
            _ => return ComparedScalars::Unknown,
        },
    };
    let point = ScalarRange::point_of(bytes, exact);
    match operator {
        Equal => ComparedScalars::Inside(point),
        NotEqual if exact => ComparedScalars::Outside(point),
        NotEqual => ComparedScalars::Inside(ScalarRange::whole(false)),
        _ => ordered(operator, point).map_or(ComparedScalars::Unknown, ComparedScalars::Inside),
    }
}

/// The values before or after a point; with the point itself where it is not exact.
fn ordered(operator: BinaryOperator, point: ScalarRange) -> Option<ScalarRange> {
    use BinaryOperator::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let ScalarRange { low, high, exact } = point;
    let kind = *low.first()?;
    let (begin, end) = (vec![kind], vec![kind + 1]);
    Some(match operator {
        Less if exact => ScalarRange { low: begin, high: low, exact },
        Less | LessOrEqual => ScalarRange { low: begin, high, exact },
        Greater if exact => ScalarRange { low: high, high: end, exact },
        Greater | GreaterOrEqual => ScalarRange { low, high: end, exact },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::{Compiled, parse_expression};
    use expect_test::expect;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::value::RawValue;

    /// Values as they are sent, also what a careless index changes.
    const VALUES: &[&str] = &[
        "null",
        "true",
        "false",
        "0",
        "-0.0",
        "1",
        "-1",
        "2.5",
        "1e2",
        "1e400",
        "-1e400",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "-9007199254740993",
        "18446744073709551616",
        "123456789012345678901234567890",
        "0.1",
        "0.10000000000000000000001",
        "\"\"",
        "\"a\"",
        "\"b\\u0000c\"",
        "\"é\"",
        "\"5\"",
        "\"05\"",
        "\"9007199254740993\"",
        "\"1e400\"",
        "\"inf\"",
        "\"true\"",
        "\"cut \\ud83e\"",
        "[]",
        "[1]",
        "{}",
        "{\"b\":1}",
    ];

    const CONSTANTS: &[&str] = &[
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "5",
        "2.5",
        "100",
        "1 + 4",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740994.0",
        "123456789012345678901234567890",
        "0.10000000000000000000001",
        "1e400",
        "''",
        "'a'",
        "'b'",
        "'é'",
        "'5'",
        "'9007199254740993'",
        "'true'",
        "now()",
    ];

    fn long_texts() -> Vec<String> {
        let texts = [("a", 99), ("a", 100), ("a", 101), ("é", 50), ("é", 51), ("é", 60)];
        texts.map(|(letter, times)| letter.repeat(times)).into()
    }

    /// What a posting of a value says of a comparison: whether it can be true, and whether it surely is.
    fn said(value: &str, comparison: &ComparedScalars) -> (bool, bool) {
        let (scalars, _) = scalars("metadata", &format!("{{\"a\":{value}}}"), 100);
        let at_place: Vec<_> = scalars.iter().filter(|scalar| scalar.place == ["metadata", "a"]).collect();
        let inside = |range: &ScalarRange| at_place.iter().any(|scalar| range.low <= scalar.bytes && scalar.bytes < range.high);
        match comparison {
            ComparedScalars::Nowhere => (false, false),
            ComparedScalars::Inside(range) => (inside(range), inside(range) && range.exact),
            ComparedScalars::Outside(range) => (!at_place.is_empty() && !inside(range), false),
            ComparedScalars::Unknown => (true, false),
        }
    }

    fn check(value: &str, operator: &str, constant: &str) {
        let text = format!("metadata.a {operator} {constant}");
        // What the language refuses is no filter.
        let Ok(expression) = parse_expression(&text) else { return };
        let context = Context::at(1_800_000_000_000_000);
        let Kind::Binary { operator, right, .. } = &expression.kind else { panic!("{text}") };
        let mut row = indexmap::IndexMap::new();
        row.insert("metadata".to_owned(), RawValue::from_string(format!("{{\"a\":{value}}}")).unwrap());
        let holds = Compiled::new(&expression, context).holds(&row);
        let exact = scalars("metadata", row["metadata"].get(), 100).0.iter().all(|scalar| scalar.exact);
        let mut known = vec![false];
        known.extend(exact.then_some(true));
        for exact in known {
            let (may, must) = said(value, &compared_scalars(*operator, right, exact, context));
            assert!(may || !holds, "{value}: {text} is missed");
            assert!(holds || !must, "{value}: {text} is found");
        }
    }

    #[test]
    fn what_a_comparison_finds_lies_in_its_range() {
        let quoted = |quote: char| long_texts().into_iter().map(move |text| format!("{quote}{text}{quote}"));
        let values: Vec<String> = VALUES.iter().map(|text| (*text).to_owned()).chain(quoted('"')).collect();
        let constants: Vec<String> = CONSTANTS.iter().map(|text| (*text).to_owned()).chain(quoted('\'')).collect();
        for value in &values {
            for constant in &constants {
                for operator in ["=", "!=", "<", "<=", ">", ">="] {
                    check(value, operator, constant);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_lie_in_their_order(value in any::<f64>(), constant in any::<i64>(), operator in select(vec!["=", "!=", "<", "<=", ">", ">="])) {
            prop_assume!(value.is_finite());
            check(&value.to_string(), operator, &constant.to_string());
            check(&constant.to_string(), operator, &format!("{value:?}"));
        }

        #[test]
        fn texts_lie_in_their_order(value in "[abé]{0,120}", constant in "[abé]{0,120}", operator in select(vec!["=", "!=", "<", ">="])) {
            check(&format!("\"{value}\""), operator, &format!("'{constant}'"));
        }
    }

    #[test]
    fn what_is_too_deep_too_long_or_too_much_is_not_kept() {
        let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        assert_eq!(scalars("metadata", &deep(DEEPEST_PLACE), 100).1, DEEPEST_PLACE);
        assert_eq!(scalars("metadata", &deep(DEEPEST_PLACE + 5), 100).1, DEEPEST_PLACE);
        let (kept, there) = scalars("metadata", r#"{"b":1,"a":{"c":"2"},"n":null}"#, 3);
        let places: Vec<_> = kept.iter().map(|scalar| scalar.place.join(".")).collect();
        expect!["metadata.a metadata.a.c metadata.a.c"].assert_eq(&places.join(" "));
        assert_eq!(there, 4);
        assert_eq!(scalars("metadata", &format!("{{\"{}\":1}}", "k".repeat(LONGEST_PLACE)), 100).1, 0);
        assert!(is_kept(&["metadata", "a"]) && !is_kept(&["metadata"]) && !is_kept(&["metadata"; 10]));
        for nothing in ["", "5", "[1]", "null", "\"text\""] {
            assert_eq!(scalars("metadata", nothing, 100).1, 0, "{nothing}");
        }
    }
}
