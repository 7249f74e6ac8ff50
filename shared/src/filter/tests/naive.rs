//! Generated expressions on generated rows: what the evaluator says is what a second one says that is as plain as can be, and reads the
//! tree as the reference tells it.

use super::now;
use crate::filter::{BinaryOperator, Expression, Kind, Step, evaluate, expression_from_json, expression_to_json, tokens, walk, words_of};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

fn node(kind: Kind) -> Expression {
    Expression::new(kind, 0..0)
}

fn path(text: &str) -> Expression {
    node(Kind::Path(text.split('.').map(|key| Step::Key(key.to_owned())).collect()))
}

/// A number as one kind of number.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64().unwrap()),
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => Value::Object(members.into_iter().map(|(key, member)| (key, plain(member))).collect()),
        other => other,
    }
}

fn truth(value: &Value) -> Option<bool> {
    value.as_bool()
}

fn either(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let values: Vec<_> = values.collect();
    if values.contains(&Some(true)) {
        Some(true)
    } else if values.contains(&None) {
        None
    } else {
        Some(false)
    }
}

fn both(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    either(values.map(|value| value.map(|truth| !truth))).map(|truth| !truth)
}

/// Whether a text has the form of a pattern, letter by letter.
fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skipped| like(&text[skipped..], rest)),
        Some((letter, rest)) => text.split_first().is_some_and(|(first, text)| first == letter && like(text, rest)),
    }
}

fn compare(operator: BinaryOperator, left: &Expression, right: &Expression, row: &Value) -> Option<bool> {
    use BinaryOperator as Operator;
    let (mut one, mut other) = (value(left, row), value(right, row));
    let literal = |side: &Expression| matches!(side.kind, Kind::Number(_) | Kind::Text(_));
    let number = |side: &Expression| matches!(side.kind, Kind::Number(_));
    let read = |text: &Value| text.as_str().and_then(|text| text.parse::<f64>().ok()).map(|number| json!(number));
    if number(right) && !literal(left) {
        one = read(&one).unwrap_or(one);
    }
    if number(left) && !literal(right) {
        other = read(&other).unwrap_or(other);
    }
    if one.is_null() || other.is_null() {
        return None;
    }
    let order = match (&one, &other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64().unwrap().partial_cmp(&other.as_f64().unwrap()),
        (Value::String(one), Value::String(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        _ => None,
    };
    match operator {
        Operator::Equal => Some(one == other),
        Operator::NotEqual => Some(one != other),
        Operator::Less => Some(order?.is_lt()),
        Operator::LessOrEqual => Some(order?.is_le()),
        Operator::Greater => Some(order?.is_gt()),
        _ => Some(order?.is_ge()),
    }
}

fn includes(haystack: &Value, needle: &Value) -> Option<bool> {
    if needle.is_null() {
        return None;
    }
    Some(match haystack {
        Value::Array(items) => items.contains(needle),
        Value::String(text) => needle.as_str().is_some_and(|part| text.contains(part)),
        Value::Object(members) => match needle {
            Value::Object(wanted) => wanted.iter().all(|(key, value)| members.get(key) == Some(value)),
            Value::String(key) if members.contains_key(key) => true,
            other => members.values().any(|member| member == other),
        },
        _ => false,
    })
}

/// What stands at a place, with numbers as they were written.
fn as_written(place: &Expression, row: &Value) -> Value {
    match &place.kind {
        Kind::Path(path) => walk(row, path).cloned().unwrap_or_default(),
        Kind::Number(number) => json!(number),
        _ => value(place, row),
    }
}

/// What an expression is worth.
fn value(expression: &Expression, row: &Value) -> Value {
    use BinaryOperator as Operator;
    let of = |inner: &Expression| value(inner, row);
    let known = |truth: Option<bool>| truth.map_or(Value::Null, Value::Bool);
    plain(match &expression.kind {
        Kind::Null => Value::Null,
        Kind::Boolean(truth) => json!(truth),
        Kind::Number(number) => json!(number),
        Kind::Text(text) => json!(text),
        Kind::Array(items) => items.iter().map(of).collect(),
        Kind::Object(members) => Value::Object(members.iter().map(|(key, member)| (key.clone(), of(member))).collect()),
        Kind::Path(path) => match walk(row, path).cloned().unwrap_or_default() {
            Value::Array(items) if items.is_empty() && path.len() == 1 && path[0].key() == Some("tags") => Value::Null,
            found => found,
        },
        Kind::Negate(operand) => of(operand).as_f64().map_or(Value::Null, |number| json!(0.0 - number)),
        Kind::Not(operand) => known(truth(&of(operand)).map(|truth| !truth)),
        Kind::IsNull(operand) => json!(of(operand).is_null()),
        Kind::IsNotNull(operand) => json!(!of(operand).is_null()),
        Kind::And(operands) => known(both(operands.iter().map(|operand| truth(&of(operand))))),
        Kind::Or(operands) => known(either(operands.iter().map(|operand| truth(&of(operand))))),
        Kind::In { operand, list } => match &list.kind {
            Kind::Array(items) => known(either(items.iter().map(|item| compare(Operator::Equal, operand, item, row)))),
            _ => Value::Null,
        },
        Kind::Between { operand, low, high } => known(both(
            [compare(Operator::GreaterOrEqual, operand, low, row), compare(Operator::LessOrEqual, operand, high, row)].into_iter(),
        )),
        Kind::Conditional { condition, then, otherwise } => of(if truth(&of(condition)) == Some(true) { then } else { otherwise }),
        Kind::Binary { operator, left, right } if operator.compares() => known(compare(*operator, left, right, row)),
        Kind::Binary { operator, left, right } => {
            let written = left;
            let (left, right) = (of(left), of(right));
            match operator {
                Operator::Like | Operator::LikeIgnoringCase => known(left.as_str().zip(right.as_str()).map(|(text, pattern)| {
                    let letters = |text: &str| match operator {
                        Operator::Like => text.chars().collect::<Vec<_>>(),
                        _ => text.to_lowercase().chars().collect(),
                    };
                    like(&letters(text), &letters(pattern))
                })),
                Operator::Match => {
                    let words: Vec<String> = match &right {
                        Value::String(text) => tokens(text).collect(),
                        _ => return Value::Null,
                    };
                    let there = words_of(&as_written(written, row));
                    json!(!words.is_empty() && words.iter().all(|word| there.contains(word)))
                }
                Operator::Includes => known(includes(&left, &right)),
                _ => match (left.as_f64(), right.as_f64()) {
                    (Some(left), Some(right)) => match operator {
                        Operator::Add => json!(left + right),
                        Operator::Subtract => json!(left - right),
                        Operator::Multiply => json!(left * right),
                        Operator::Divide if right != 0.0 => json!(left / right),
                        Operator::Remainder if right != 0.0 => json!(left % right),
                        _ => Value::Null,
                    },
                    _ => Value::Null,
                },
            }
        }
        Kind::Call { name, arguments } => {
            let values: Vec<Value> = arguments.iter().map(of).collect();
            match (name.as_str(), values.as_slice()) {
                ("coalesce", values) => values.iter().find(|value| !value.is_null()).cloned().unwrap_or_default(),
                ("lower", [Value::String(text)]) => json!(text.to_lowercase()),
                ("upper", [Value::String(text)]) => json!(text.to_uppercase()),
                ("len", [Value::String(text)]) => json!(text.chars().count()),
                ("len", [Value::Array(items)]) => json!(items.len()),
                ("len", [Value::Object(members)]) => json!(members.len()),
                ("nullif", [one, other]) => {
                    if !one.is_null() && one == other {
                        Value::Null
                    } else {
                        one.clone()
                    }
                }
                _ => Value::Null,
            }
        }
        Kind::Decimal(_) | Kind::Interval { .. } | Kind::Member { .. } => Value::Null,
    })
}

fn leaf() -> impl Strategy<Value = Expression> {
    let paths = ["scores.F", "scores.G", "metadata.model", "metadata.n", "metadata.list", "metadata", "tags", "input", "error", "is_root"];
    prop_oneof![
        4 => select(paths.to_vec()).prop_map(path),
        1 => select(vec![Kind::Null, Kind::Boolean(true), Kind::Boolean(false)]).prop_map(node),
        2 => select(vec![json!(0), json!(1), json!(-2), json!(0.5), json!(0.25), json!(3)])
            .prop_map(|number| Expression::literal(&number, 0..0)),
        3 => select(vec!["gpt-4o", "GPT", "3", "0.5", "", "a b", "%a%", "a%", "%", "Triage", "x"]).prop_map(|text| node(Kind::Text(text.to_owned()))),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    use BinaryOperator::*;
    let operators = vec![
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Like,
        LikeIgnoringCase,
        Includes,
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
    ];
    leaf().prop_recursive(4, 24, 3, move |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        let some = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            4 => (select(operators.clone()), boxed(), boxed()).prop_map(|(operator, left, right)| node(Kind::Binary { operator, left, right })),
            1 => (leaf().prop_map(Box::new), select(vec!["a", "a b", "role", "GPT", "3", "-"])).prop_map(|(left, words)| {
                node(Kind::Binary { operator: Match, left, right: Box::new(node(Kind::Text(words.to_owned()))) })
            }),
            1 => boxed().prop_map(|operand| node(Kind::Not(operand))),
            1 => boxed().prop_map(|operand| node(Kind::IsNull(operand))),
            1 => boxed().prop_map(|operand| node(Kind::IsNotNull(operand))),
            2 => some.clone().prop_map(|operands| Expression::all_of(operands, 0..0)),
            2 => some.clone().prop_map(|operands| Expression::any_of(operands, 0..0)),
            1 => (boxed(), some.clone()).prop_map(|(operand, items)| node(Kind::In { operand, list: Box::new(node(Kind::Array(items))) })),
            1 => (boxed(), boxed(), boxed()).prop_map(|(operand, low, high)| node(Kind::Between { operand, low, high })),
            1 => (boxed(), boxed(), boxed()).prop_map(|(condition, then, otherwise)| node(Kind::Conditional { condition, then, otherwise })),
            1 => (select(vec!["coalesce", "lower", "upper", "len"]), inner.clone())
                .prop_map(|(name, argument)| node(Kind::Call { name: name.to_owned(), arguments: vec![argument] })),
            1 => (select(vec!["coalesce", "nullif"]), inner.clone(), inner.clone())
                .prop_map(|(name, one, other)| node(Kind::Call { name: name.to_owned(), arguments: vec![one, other] })),
            1 => some.prop_map(|items| node(Kind::Array(items))),
        ]
    })
}

fn row() -> impl Strategy<Value = Value> {
    let score = || select(vec![json!(null), json!(0), json!(0.5), json!(0.25), json!(1)]);
    let anything =
        select(vec![json!(null), json!("gpt-4o"), json!("GPT-4o"), json!("3"), json!(3), json!(true), json!([]), json!({"a": 1})]);
    let tags = prop::option::of(prop::collection::vec(select(vec!["Triage", "x", "a b"]), 0..3));
    let texts = select(vec![json!(null), json!("a b"), json!("xa"), json!({"role": "a", "n": [1, "b"]})]);
    (score(), score(), anything.clone(), anything, tags, texts, any::<bool>()).prop_map(|(f, g, model, n, tags, input, is_root)| {
        json!({
            "scores": {"F": f, "G": g}, "metadata": {"model": model, "n": n, "list": [n, "x", 3]}, "tags": tags, "input": input,
            "is_root": is_root,
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn two_evaluators_say_the_same(expression in expression(), row in row()) {
        prop_assert_eq!(plain(evaluate(&expression, &row, now())), value(&expression, &row), "{}", expression);
    }

    #[test]
    fn what_is_written_as_json_is_the_same_expression(expression in expression(), row in row()) {
        let json = expression_to_json(&expression);
        // Mistakes such as comparisons with null are told; the tree is the same where there are none.
        if let Ok(read) = expression_from_json(&json) {
            prop_assert_eq!(&read, &expression, "{}", json);
            prop_assert_eq!(evaluate(&read, &row, now()), evaluate(&expression, &row, now()));
        }
    }
}
