//! Printing and reading again.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::Number;

use crate::filter::lexer::lex;
use crate::filter::parser::{Form, Parser};
use crate::filter::query::Draft;
use crate::filter::{
    Aliased, BinaryOperator, Expression, Kind, Query, QuerySource, Sample, SampleSize, Select, Shape, SortItem, SourceKind, Step, Unit,
    Unpivot, UnpivotNames, parse_expression, quote_path_step, score_range,
};

fn check(text: &str, expected: &Expect) {
    let expression = parse_expression(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
    let printed = expression.to_string();
    expected.assert_eq(&printed);
    assert_eq!(parse_expression(&printed), Ok(expression));
}

#[test]
fn the_canonical_text_shows_how_operators_bind() {
    check("NOT tags includes 'resolved' and is_root", &expect!["not tags includes 'resolved' and is_root"]);
    check("not (tags includes 'a' and is_root) or error isnull", &expect!["not (tags includes 'a' and is_root) or error is null"]);
    check("is_root or is_root and not is_root", &expect!["is_root or is_root and not is_root"]);
    check("(is_root or is_root) and not (is_root and is_root)", &expect!["(is_root or is_root) and not (is_root and is_root)"]);
    check(
        "metrics.a - (metrics.b - metrics.c) * 2 > -3 - -metrics.d",
        &expect!["metrics.a - (metrics.b - metrics.c) * 2 > -3 - -metrics.d"],
    );
    check(
        "metadata.a in [- -9223372036854775809, -9223372036854775809, - -18446744073709551616]",
        &expect!["metadata.a in [9223372036854775809, -9223372036854775809, 18446744073709551616]"],
    );
    check("scores.F > 0.9 ? 'a' : scores.F > 0.7 ? 'b' : 'c'", &expect!["scores.F > 0.9 ? 'a' : scores.F > 0.7 ? 'b' : 'c'"]);
    check("(is_root ? 1 : 2) = 1", &expect!["(is_root ? 1 : 2) = 1"]);
    check("created > now() - interval 1 days and isnotnull error", &expect!["created > now() - interval 1 day and error is not null"]);
}

#[test]
fn the_canonical_text_has_one_way_to_write_a_thing() {
    check("scores.Preference == 75% or scores.X <> 33.3%", &expect!["scores.Preference = 0.75 or scores.X != 0.333"]);
    check("contains(tags, \"prod\") and tags NOT CONTAINS 'x'", &expect!["tags includes 'prod' and not tags includes 'x'"]);
    check(
        "metadata.a not in ('x','y') and not metadata.b like '50\\%%'",
        &expect![[r#"metadata.a not in ['x', 'y'] and metadata.b not like '50\%%'"#]],
    );
    check("metadata.\"plain\".\"two words\"[0].`x`[\"k\"] = 'o''brien'", &expect![[r#"metadata.plain."two words"[0].x.k = 'o''brien'"#]]);
    check(
        "metadata.x between 1 and 2 and metadata.y not between 3 and 4",
        &expect!["metadata.x between 1 and 2 and metadata.y not between 3 and 4"],
    );
    check(
        "{a: 1, 'b c': [1, 2]} = metadata.x and 7 % 4 = 3 and 7%4 = 3",
        &expect!["{a: 1, 'b c': [1, 2]} = metadata.x and 7 % 4 = 3 and 7 % 4 = 3"],
    );
    check(
        "metadata.\"~__bt_review_lists\".limit.not = 'a\\\\b\\nc\\d'",
        &expect![[r#"metadata."~__bt_review_lists".limit.not = 'a\b\nc\d'"#]],
    );
}

#[test]
fn pages_build_texts_that_can_be_read() {
    expect![[r#"any_span(scores."Preference" >= 0.85 and scores."Preference" < 0.9)"#]].assert_eq(&score_range("Preference", 0.85, 0.9));
    expect![[r#"any_span(scores."say ""hi"" \\" >= 0.95 and scores."say ""hi"" \\" <= 1)"#]].assert_eq(&score_range(
        "say \"hi\" \\",
        0.95,
        0.05 * 20.0,
    ));
    for name in ["Preference", "a b", "\"", "\\", "x\\\"", "a\nb", "9", "", "in", "ä", "a\\n", "'"] {
        let text = format!("scores.{} = 1", quote_path_step(name));
        let Kind::Binary { left, .. } = parse_expression(&text).unwrap().kind else { panic!("{text}") };
        assert_eq!(left.kind, Kind::Path(vec![Step::Key("scores".to_owned()), Step::Key(name.to_owned())]));
        assert!(parse_expression(&score_range(name, 0.0, 0.05)).is_ok());
    }
}

fn at_nowhere(kind: Kind) -> Expression {
    Expression::new(kind, 0..0)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,4}|[ -~]{0,5}|[\\\\\"'`nrt%\n\t]{1,4}".prop_map(Step::Key),
        (-3_i64..4).prop_map(Step::Index),
        Just(Step::Key("not".to_owned())),
    ]
}

fn leaf() -> impl Strategy<Value = Expression> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| Kind::Number(number.into())),
        any::<u64>().prop_map(|number| Kind::Number(number.into())),
        any::<f64>().prop_filter_map("finite", Number::from_f64).prop_map(Kind::Number),
    ];
    let unit = prop_oneof![Just(Unit::Microsecond), Just(Unit::Day), Just(Unit::Month), Just(Unit::Week)];
    let path = (prop_oneof!["[a-z]{1,5}", Just("and".to_owned()), "[ -~]{1,5}"], prop::collection::vec(step(), 0..3));
    prop_oneof![
        Just(Kind::Null),
        any::<bool>().prop_map(Kind::Boolean),
        number,
        "[\\\\\"'`nrt%\n\tä]{0,6}|[ -~]{0,6}".prop_map(Kind::Text),
        (-1000_i64..1000, unit).prop_map(|(count, unit)| Kind::Interval { count, unit }),
        path.prop_map(|(head, rest)| Kind::Path(std::iter::once(Step::Key(head)).chain(rest).collect())),
    ]
    .prop_map(at_nowhere)
}

fn operator() -> impl Strategy<Value = BinaryOperator> {
    use BinaryOperator::*;
    prop::sample::select(vec![
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Like,
        LikeIgnoringCase,
        Match,
        Includes,
        Add,
        Subtract,
        Multiply,
        Divide,
        Remainder,
    ])
}

pub(super) fn expression() -> impl Strategy<Value = Expression> {
    leaf().prop_recursive(5, 40, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let some = prop::collection::vec(inner.clone(), 0..4);
        let several = prop::collection::vec(inner.clone(), 2..4);
        let members = prop::collection::vec(("[a-z ']{0,4}", inner.clone()), 0..3);
        prop_oneof![
            some.clone().prop_map(|items| at_nowhere(Kind::Array(items))),
            members.prop_map(|members| at_nowhere(Kind::Object(members))),
            inner.clone().prop_map(|operand| Expression::negate(operand, 0..0)),
            boxed.clone().prop_map(|operand| at_nowhere(Kind::Not(operand))),
            boxed.clone().prop_map(|operand| at_nowhere(Kind::IsNull(operand))),
            boxed.clone().prop_map(|operand| at_nowhere(Kind::IsNotNull(operand))),
            several.clone().prop_map(|operands| Expression::all_of(operands, 0..0)),
            several.prop_map(|operands| Expression::any_of(operands, 0..0)),
            (operator(), boxed.clone(), boxed.clone()).prop_map(|(operator, left, right)| at_nowhere(Kind::Binary {
                operator,
                left,
                right
            })),
            (boxed.clone(), some.clone())
                .prop_map(|(operand, items)| { at_nowhere(Kind::In { operand, list: Box::new(at_nowhere(Kind::Array(items))) }) }),
            (boxed.clone(), boxed.clone(), boxed.clone()).prop_map(|(operand, low, high)| at_nowhere(Kind::Between { operand, low, high })),
            (boxed.clone(), boxed.clone(), boxed).prop_map(|(condition, then, otherwise)| at_nowhere(Kind::Conditional {
                condition,
                then,
                otherwise
            })),
            some.clone().prop_map(|arguments| at_nowhere(Kind::Call { name: "coalesce".to_owned(), arguments })),
            (some, prop::collection::vec(step(), 1..3)).prop_map(|(arguments, steps)| {
                Expression::member(at_nowhere(Kind::Call { name: "least".to_owned(), arguments }), steps, 0..0)
            }),
        ]
    })
}

fn aliased() -> impl Strategy<Value = Aliased> {
    (expression(), prop::option::of("[a-z]{1,5}|[ -~]{1,5}")).prop_map(|(expression, alias)| Aliased { expression, alias })
}

fn query() -> impl Strategy<Value = Query> {
    let list = || prop::collection::vec(aliased(), 0..3);
    let name = || "[a-z]{1,4}|[ -~]{1,4}";
    let names =
        prop_oneof![name().prop_map(UnpivotNames::Item), (name(), name()).prop_map(|(key, value)| UnpivotNames::Member { key, value }),];
    let unpivot = prop::collection::vec((expression(), names).prop_map(|(expression, names)| Unpivot { expression, names }), 0..3);
    let size = prop_oneof![
        (0_u32..=10_000).prop_map(|part| SampleSize::Rate(f64::from(part) / 10_000.0)),
        (1_u64..500).prop_map(SampleSize::Count)
    ];
    let sample = prop::option::of((size, prop::option::of(0_u64..9)).prop_map(|(size, seed)| Sample { size, seed }));
    let sort =
        prop::collection::vec((expression(), any::<bool>()).prop_map(|(expression, descending)| SortItem { expression, descending }), 0..3);
    let ids = prop::collection::vec("[ -~]{0,5}", 0..3);
    let shape = prop::sample::select(vec![Shape::Spans, Shape::Traces, Shape::Summary]);
    let filter = || prop::option::of(expression());
    let star = any::<bool>();
    (
        (prop::option::of((star, list())), list(), list(), list(), unpivot),
        (ids, shape, filter(), filter(), filter(), sample),
        (list(), sort, prop::option::of(0_u64..99), prop::option::of("[ -~]{0,6}"), prop::option::of(-1_i64..99), list()),
    )
        .prop_map(|((select, dimensions, measures, pivot, unpivot), (ids, shape, filter, span_filter, final_filter, sample), rest)| {
            let (final_measures, sort, limit, cursor, preview_length, custom_columns) = rest;
            // What selects nothing cannot be written.
            let select = select.map(|(star, columns)| Select { star: star || columns.is_empty(), columns });
            Query {
                select,
                dimensions,
                measures,
                pivot,
                unpivot,
                filter,
                span_filter,
                sample,
                final_filter,
                final_measures,
                sort,
                limit,
                cursor,
                preview_length,
                custom_columns,
                from: QuerySource { kind: SourceKind::Dataset, ids, shape },
                ..Query::default()
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_as_the_same_query(query in query()) {
        let printed = query.to_string();
        let mut parser = Parser::new(&printed);
        parser.form = Form::Clauses;
        let mut draft = Draft::default();
        parser.clauses(&mut draft);
        let read = parser.finish(draft.query);
        prop_assert_eq!(read.as_ref(), Ok(&query), "{}", printed);
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same_tree(expression in expression()) {
        let printed = expression.to_string();
        let mut parser = Parser::new(&printed);
        let read = parser.whole_expression();
        let read = parser.finish(read);
        prop_assert_eq!(read.as_ref(), Ok(&expression), "{}", printed);
        prop_assert_eq!(read.map(|read| read.to_string()), Ok(printed));
    }

    #[test]
    fn any_text_is_read_or_explained(text in "[ -~äß“%'\"`(){}\\[\\]\n]{0,40}") {
        if let Err(found) = parse_expression(&text) {
            prop_assert!(!found.is_empty());
            for diagnostic in found {
                prop_assert!(!diagnostic.render(&text).is_empty());
            }
        }
    }

    #[test]
    fn tokens_lie_in_the_text_in_order(text in "\\PC{0,30}") {
        let (tokens, _) = lex(&text);
        for pair in tokens.windows(2) {
            prop_assert!(pair[0].span.end <= pair[1].span.start);
        }
    }
}
