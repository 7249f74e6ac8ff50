use super::*;
use crate::ground::body::raw;
use expect_test::{Expect, expect};
use proptest::prelude::*;

use TextFormat::{Json, Text, Yaml};

/// What a text becomes: the stored value, or the mistake with its place.
fn check(format: TextFormat, text: &str, expected: Expect) {
    let shown = match parse(format, text) {
        Ok(value) => value.map_or("no value".to_owned(), |value| value.get().to_owned()),
        Err(mistake) => format!("{}:{} {}", mistake.line, mistake.column, mistake.message),
    };
    expected.assert_eq(&shown);
}

/// How a value is laid out. Laid out, it means the same.
fn written(format: TextFormat, value: &str, expected: Expect) {
    let value = RawValue::from_string(value.to_owned()).unwrap();
    let text = write(format, &value);
    expected.assert_eq(&text);
    if format != Text {
        assert_eq!(parse(format, &text).unwrap().unwrap().get(), json::compact(value.get(), usize::MAX), "{text}");
    }
}

#[test]
fn nothing_is_no_value() {
    for format in TextFormat::ALL {
        check(format, "", expect!["no value"]);
        check(format, " \n\t ", expect!["no value"]);
    }
    check(Yaml, "# a comment only\n", expect!["no value"]);
    check(Json, "null", expect!["null"]);
    check(Yaml, "~", expect!["null"]);
}

#[test]
fn json_stays_as_it_was_typed() {
    check(
        Json,
        "\n{ \"z\": 9007199254740993, \"a\": [1.50, 1E400, -0],\n\"a\": \"\\ud800 \\u0000 \\u00e9 \\\" x\" }",
        expect![[r#"{"z":9007199254740993,"a":[1.50,1E400,-0],"a":"\ud800 \u0000 \u00e9 \" x"}"#]],
    );
}

#[test]
fn mistakes_in_json() {
    check(Json, "[1, 2", expect!["1:6 The list does not end: a ] is missing."]);
    check(Json, "{\"a\": 1\n\n", expect!["1:8 The object does not end: a } is missing."]);
    check(Json, "{\"a\": \"x", expect![[r#"1:9 The string does not end: a " is missing."#]]);
    check(Json, "{\"a\":", expect!["1:6 Something is missing at the end."]);
    check(Json, "[1, 2,]", expect!["1:7 After the last comma something is missing. Remove the comma."]);
    check(Json, "{\n  \"a\": 1,\n}", expect!["3:1 After the last comma something is missing. Remove the comma."]);
    check(Json, "{\n  \"ä\": \"öü\" \"b\": 1\n}", expect!["2:13 A comma is missing here, or the } at the end of the object."]);
    check(Json, "[1 2]", expect!["1:4 A comma is missing here, or the ] at the end of the list."]);
    check(Json, "{\"a\" 1}", expect!["1:6 A colon is missing between the key and its value."]);
    check(Json, "{a: 1}", expect!["1:2 A key stands in double quotation marks here."]);
    check(Json, "{\"a\": 'x'}", expect!["1:7 Text stands in double quotation marks here."]);
    check(Json, "refund", expect!["1:1 Text stands in double quotation marks here."]);
    check(Json, "{\"a\": tru}", expect!["1:7 Without quotation marks only true, false, null and numbers may stand here."]);
    check(Json, "[nothing]", expect!["1:2 Without quotation marks only true, false, null and numbers may stand here."]);
    check(Json, "[,]", expect!["1:2 A value is missing here: a string, a number, an object, a list, true, false or null."]);
    check(Json, "{} {}", expect!["1:4 The value ended before this. Nothing may follow it."]);
    check(Json, "[01]", expect!["1:3 This is not how JSON writes numbers."]);
    check(Json, "[1.]", expect!["1:4 This is not how JSON writes numbers."]);
    check(Json, "[\"é\\q\"]", expect![[r#"1:5 After a backslash only " \ / b f n r t may stand, or u with four hexadecimal digits."#]]);
    check(Json, "[\"\\u12g4\"]", expect![[r#"1:8 After a backslash only " \ / b f n r t may stand, or u with four hexadecimal digits."#]]);
    check(Json, "[\"ab\ncd\"]", expect![[r#"1:5 A string holds no line break and no other control character. Write a line break as \n."#]]);
    check(Json, "]", expect!["1:1 A value is missing here: a string, a number, an object, a list, true, false or null."]);
}

#[test]
fn yaml_is_read_by_the_core_schema() {
    check(
        Yaml,
        "a: [no, 1e3, ~, 2024-01-02, 0x1F, 0o17, 007, +5, .5, 5., -.5e3, 12:30, 1_000, 9223372036854775808, '1', \"true\"]\nyes: True\n? long\n: x\n",
        expect![[
            r#"{"a":["no",1e3,null,"2024-01-02",31,15,7,5,0.5,5.0,-0.5e3,"12:30","1_000",9223372036854775808,"1","true"],"yes":true,"long":"x"}"#
        ]],
    );
    check(Yaml, "text: |\n  one\n\n  two\nfolded: >-\n  one\n  two\n", expect![[r#"{"text":"one\n\ntwo\n","folded":"one two"}"#]]);
    check(
        Yaml,
        "--- # a document\n- !!str 1\n- !!int '2'\n- ! 3\n- !json '\"\\ud800\"'\n- !!map {}\n...\n",
        expect![[r#"["1",2,"3","\ud800",{}]"#]],
    );
    check(
        Yaml,
        "base: &b {x: 1, y: [&s text]}\nagain: *b\n*s : key\n",
        expect![[r#"{"base":{"x":1,"y":["text"]},"again":{"x":1,"y":["text"]},"text":"key"}"#]],
    );
    check(Yaml, "{\"json\": [\"too\", {\"is\":\"yaml\"}], \"u\": \"\\u00e9\\/\"}", expect![[r#"{"json":["too",{"is":"yaml"}],"u":"é/"}"#]]);
}

#[test]
fn mistakes_in_yaml() {
    check(
        Yaml,
        "a: 1\nb: c: d\n",
        expect!["2:5 A colon and a space begin a value, and none can stand here. Put quotation marks around text that holds them."],
    );
    check(
        Yaml,
        "a: 1\n  b: 2\n",
        expect!["2:4 A colon and a space begin a value, and none can stand here. Put quotation marks around text that holds them."],
    );
    check(Yaml, "a: 1\nb\n", expect!["2:2 A colon is missing here, and a space after it."]);
    check(Yaml, "a:\n\t- 1\n", expect!["2:2 YAML indents with spaces. Replace the tab."]);
    check(Yaml, "ä: [1, 2\n", expect!["1:9 A comma is missing here, or the ] at the end of the list."]);
    check(Yaml, "a: {b: 1\n", expect!["1:9 A comma is missing here, or the } at the end of the object."]);
    check(Yaml, "a: \"x\n", expect!["1:4 This string does not end: a quotation mark is missing."]);
    check(Yaml, "a: \"\\q\"\n", expect![[r#"1:4 An escape in this string is unknown to YAML. Write a backslash as \\."#]]);
    check(Yaml, "a: \"\\ud800\"\n", expect!["1:4 An escape in this string stands for no character."]);
    check(Yaml, "- 1\nb: 2\n", expect!["2:1 A - is expected here. Look at the indentation, and at the line before."]);
    check(Yaml, "a: 1\nb: 2\n\"a\": 3\n", expect![[r#"3:1 The key "a" stands here for the second time. Keep one of them."#]]);
    check(Yaml, "ok: 1\n1: a\n", expect!["2:1 A key is text in JSON. Put quotation marks around 1."]);
    check(Yaml, "? [a]\n: 1\n", expect!["1:3 A key is text in JSON, not a list or an object."]);
    check(Yaml, "?\n#", expect!["2:2 A key is text in JSON. Put quotation marks around null."]);
    check(Yaml, "k: &k {}\n*k : 1\n", expect!["2:1 A key is text in JSON."]);
    check(Yaml, "a: &a {x: 1}\nb:\n  <<: *a\n", expect!["3:3 Merging with << is no part of YAML 1.2. Write the keys out."]);
    check(Yaml, "a: *nothing\n", expect!["1:4 Nothing above has this anchor."]);
    check(Yaml, "a: &a [*a]\n", expect!["1:8 This alias stands inside of what it stands for."]);
    check(Yaml, "a: .inf\n", expect!["1:4 JSON has no number .inf. Put quotation marks around it if it is text."]);
    check(Yaml, "a: 0xfffffffffffffffffffffffffffffffff\n", expect!["1:4 This number has too many digits."]);
    check(Yaml, "a: !!binary aGk=\n", expect!["1:4 The tag !!binary means nothing in JSON. Remove it."]);
    check(Yaml, "a: !point {x: 1}\n", expect!["1:4 The tag !point means nothing in JSON. Remove it."]);
    check(Yaml, "a: !!int x\n", expect!["1:4 This is no value of the tag !!int."]);
    check(Yaml, "a: !json '{'\n", expect!["1:4 After !json comes JSON. The object does not end: a } is missing."]);
    check(Yaml, "a: 1\n---\nb: 2\n", expect!["2:1 A second document begins here. Only one value can stand here."]);
    check(Yaml, "a: b\u{0}c\n", expect![[r#"1:5 A control character stands here. Write it as "\u0000", in double quotation marks."#]]);
    check(Yaml, "a: @b\n", expect!["1:4 Unexpected character: `@'."]);
}

#[test]
fn aliases_do_not_blow_up() {
    let mut text = "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..20 {
        let alias = format!("*l{}", level - 1);
        text += &format!("l{level}: &l{level} [{}]\n", vec![alias; 10].join(", "));
    }
    check(Yaml, &text, expect!["6:10 By its aliases this becomes larger than 1 MB. Use fewer of them."]);
}

#[test]
fn nesting_never_overflows_the_stack() {
    let lists = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    for deep in [lists, objects] {
        let value = RawValue::from_string(deep.clone()).unwrap();
        for format in [Json, Yaml] {
            let text = write(format, &value);
            assert!(text.len() < 2 * deep.len());
            assert_eq!(parse(format, &text).unwrap().unwrap().get(), deep);
        }
    }
    check(Yaml, &"[".repeat(100_000), expect!["1:256 This is nested too deep for YAML. JSON may be nested deeper."]);
    check(Yaml, &"- ".repeat(100_000), expect!["1:401 This is nested deeper than 200 levels. JSON may be nested deeper."]);
    check(Yaml, &"{a: ".repeat(100_000), expect!["1:1021 This is nested too deep for YAML. JSON may be nested deeper."]);
    check(Json, &"[".repeat(100_000), expect!["1:100001 The list does not end: a ] is missing."]);
}

#[test]
fn json_in_lines() {
    written(
        Json,
        r#"{"b":[1,{"c":[]},{}],"a":"x: [1, 2] \" \\","b":1e400}"#,
        expect![[r#"
        {
          "b": [
            1,
            {
              "c": []
            },
            {}
          ],
          "a": "x: [1, 2] \" \\",
          "b": 1e400
        }"#]],
    );
    written(Json, r#""\ud800\u0000""#, expect![[r#""\ud800\u0000""#]]);
}

#[test]
fn yaml_in_blocks() {
    written(
        Yaml,
        r#"{"b":[1,[2,[3]],{"c":[],"d":{"e":null}},{}],"a":"plain text, it's","b c":9007199254740993}"#,
        expect![[r#"
        b:
          - 1
          - - 2
            - - 3
          - c: []
            d:
              e: null
          - {}
        a: plain text, it's
        b c: 9007199254740993
    "#]],
    );
    written(
        Yaml,
        r##"["no","1e3","~","2024-01-02","","true","Off","- a","a: b","a #b","# a"," a","*a","a:","@a","=","<<","é","12:30","\u0000"]"##,
        expect![[r##"
            - "no"
            - "1e3"
            - "~"
            - "2024-01-02"
            - ""
            - "true"
            - "Off"
            - "- a"
            - "a: b"
            - "a #b"
            - "# a"
            - " a"
            - "*a"
            - "a:"
            - "@a"
            - "="
            - "<<"
            - é
            - "12:30"
            - "\u0000"
        "##]],
    );
    written(
        Yaml,
        r#"{"text":"one\n\n  two\tx\n","list":["a\nb","a\n\n","\na\n","a \nb","---\na"],"two\nlines":1,"1":2}"#,
        expect![[r#"
        text: |
          one

            two	x
        list:
          - |-
            a
            b
          - "a\n\n"
          - "\na\n"
          - "a \nb"
          - |-
            ---
            a
        "two\nlines": 1
        "1": 2
    "#]],
    );
    written(
        Yaml,
        r#"["\ud800 it's",{"\udc00":1}]"#,
        expect![[r#"
        - !json '"\ud800 it''s"'
        - !json '"\udc00"': 1
    "#]],
    );
    written(
        Yaml,
        "\"one\\ntwo\"",
        expect![[r#"
        |-
          one
          two
    "#]],
    );
    written(
        Yaml,
        "\"\u{feff}a\"",
        expect![[r#"
        "\ufeffa"
    "#]],
    );
    let key = "k".repeat(2_000);
    assert_eq!(
        parse(Yaml, &write(Yaml, &raw(&[[(&key, [1])].into_iter().collect::<std::collections::BTreeMap<_, _>>()]).unwrap()))
            .unwrap()
            .unwrap()
            .get(),
        format!(r#"[{{"{key}":[1]}}]"#)
    );
}

#[test]
fn text_is_a_string() {
    check(Text, " a \"quoted\"\n\u{0}line ", expect![[r#"" a \"quoted\"\n\u0000line ""#]]);
    check(Text, "{\"a\": 1}", expect![[r#""{\"a\": 1}""#]]);
    written(
        Text,
        r#""a \"b\"\n\ud83d\ude00""#,
        expect![[r#"
        a "b"
        😀"#]],
    );
    written(
        Text,
        r#"{"a":[1]}"#,
        expect![[r#"
        {
          "a": [
            1
          ]
        }"#]],
    );
    written(Text, r#""\ud800""#, expect![[r#""\ud800""#]]);
}

#[test]
fn the_fitting_format() {
    let fits = |value: &str| fitting(&RawValue::from_string(value.to_owned()).unwrap());
    for value in [r#""a""#, r#""a\n\tb""#, r#""\u00e9""#] {
        assert_eq!(fits(value), Text, "{value}");
    }
    for value in ["1", "{}", r#""""#, r#"" \n""#, r#""a\r\nb""#, r#""\u0000""#, r#""\ud800""#] {
        assert_eq!(fits(value), Json, "{value}");
    }
}

/// The JSON text of a value, as compact as what is read.
fn values() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        ".{0,12}",
        "[a-z:#'\" \n\t\r-]{0,12}",
        prop::sample::select(vec![
            "no",
            "1e3",
            "~",
            "2024-01-02",
            "null",
            "0x1F",
            ".inf",
            "<<",
            "a: b",
            "? a",
            "--- a",
            "%a",
            "|",
            "\u{85}"
        ])
        .prop_map(str::to_owned),
    ];
    let string = string.prop_map(|text| serde_json::to_string(&text).unwrap()).boxed();
    let string = prop_oneof![9 => string, 1 => Just(r#""'\ud800\"""#.to_owned())].boxed();
    let other =
        prop::sample::select(vec!["null", "true", "0", "-0", "1e400", "1.50", "9007199254740993", "-9223372036854775808", "[]", "{}"]);
    let leaf = prop_oneof![string.clone(), other.prop_map(str::to_owned)];
    leaf.prop_recursive(5, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map(string.clone(), inner, 0..5).prop_map(|entries| {
                let entries: Vec<_> = entries.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
                format!("{{{}}}", entries.join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_value_laid_out_means_the_same(value in values()) {
        let raw = RawValue::from_string(value.clone()).unwrap();
        for format in [Json, Yaml] {
            let text = write(format, &raw);
            let back = parse(format, &text);
            prop_assert!(back.is_ok(), "{back:?}\n{text}");
            let back = back.unwrap().unwrap();
            prop_assert_eq!(back.get(), &value, "{}", text);
            prop_assert_eq!(write(format, &back), text);
        }
    }

    #[test]
    fn any_text_is_read_or_has_a_mistake_in_it(text in "[ab:\\-\\[\\]{}?!&*|>'\"%,# \n\t1.~<@\\\\]{0,40}|.{0,40}") {
        for format in [Json, Yaml] {
            match parse(format, &text) {
                Ok(value) => prop_assert!(value.is_none_or(|value| json::parse(value.get()).is_some())),
                Err(mistake) => {
                    prop_assert!(mistake.line as usize <= text.matches(['\n', '\r']).count() + 1, "{mistake:?}");
                    prop_assert!(mistake.column as usize <= text.chars().count() + 1, "{mistake:?}");
                }
            }
        }
    }
}
