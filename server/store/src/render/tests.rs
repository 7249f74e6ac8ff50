use super::*;
use expect_test::{Expect, expect};
use shared::spans::Content;
use shared::{ObjectId, RowId};
use std::fmt::Write;

/// A field as somebody sees it who has chosen nothing.
fn view(name: FieldName, json: &str, rendering: Rendering, whole: bool) -> FieldView {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = Source { object: &object, row_id: &row_id, field: name, json };
    field(&source, &Wanted { rendering, shown_as: &ShownAs::default(), whole, find: None })
}

/// The content as text.
fn text_of(content: Content) -> String {
    match content {
        Content::Html(html) => html.into_string(),
        Content::Text(text) => text,
    }
}

/// A field as a text in which every line of its content can be compared.
fn shown(name: FieldName, json: &str, rendering: Rendering, whole: bool) -> String {
    let view = view(name, json, rendering, whole);
    let cut = if view.cut { ", cut" } else { "" };
    // One element a line; stamps are of no interest.
    let content = text_of(view.content).replace("><div", ">\n<div").replace("><details", ">\n<details").replace("><button", ">\n<button");
    let content = content.replace(&format!("stamp={}", view.stamp), "stamp=S");
    format!("{:?} of {:?}, {}{cut}\n{content}\n", view.rendering, view.renderings, view.about)
}

fn fitting(json: &str, expected: Expect) {
    expected.assert_eq(&shown(FieldName::Input, json, Rendering::Fitting, false));
}

#[test]
fn chat_in_its_forms() {
    fitting(
        r#"[{"role":"system","content":"Be *kind*."},{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]"#,
        expect![[r#"
            Chat of [Chat, Json], 168 bytes
            system (2 words): Be *kind*.
            <p>Be <em>kind</em>.</p>
            user (4 words): What is this? [image_url]
            <p>What is this?</p>
            <p>[image_url]</p>
        "#]],
    );
    fitting(
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#,
        expect![[r#"
        Chat of [Chat, Json], 57 bytes
        user (1 words): Hi
        <p>Hi</p>
    "#]],
    );
    fitting(
        r#"[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]"#,
        expect![[r#"
        Chat of [Chat, Json], 85 bytes
        assistant (1 words): Hello
        <p>Hello</p>
    "#]],
    );
    fitting(
        r#"{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}"#,
        expect![[r#"
        Chat of [Chat, Json], 64 bytes
        assistant (1 words): Hello
        <p>Hello</p>
    "#]],
    );
    fitting(
        r#"{"role":"assistant","content":"Alone"}"#,
        expect![[r#"
        Chat of [Chat, Json], 38 bytes
        assistant (1 words): Alone
        <p>Alone</p>
    "#]],
    );
}

#[test]
fn tool_calls_are_code() {
    fitting(
        r#"[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"look_up","arguments":"{\"order\":\"<FW-1>\"}"}}]},
            {"role":"tool","tool_call_id":"1","content":"{\"status\": \"_sent_\"}"},
            {"role":"assistant","content":[{"type":"tool_use","name":"pay","input":{"sum":12345678901234567890}}]},
            {"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"done"}]}]}]"#,
        expect![[r#"
            Chat of [Chat, Json], 455 bytes
            assistant (1 words): look_up({"order":"<FW-1>"})
            <pre><code>look_up({&quot;order&quot;:&quot;&lt;FW-1&gt;&quot;})</code></pre>
            tool (2 words): {"status": "_sent_"}
            <pre><code>{&quot;status&quot;: &quot;_sent_&quot;}</code></pre>
            assistant (1 words): pay({"sum":12345678901234567890})
            <pre><code>pay({&quot;sum&quot;:12345678901234567890})</code></pre>
            user (1 words): done
            <p>done</p>
        "#]],
    );
}

#[test]
fn almost_chat_is_a_tree() {
    fitting(
        r#"[{"role":"user","content":"Hi"},{"role":"user"}]"#,
        expect![[r#"
        Json of [Json], 48 bytes
        : [ 2 ] Array
          0: { 2 } Object
            role: "user" String
            content: "Hi" String
          1: { 1 } Object
            role: "user" String
    "#]],
    );
    fitting(
        r#"[]"#,
        expect![[r#"
        Json of [Json], 2 bytes
        : [ 0 ] Array
    "#]],
    );
    fitting(
        r#"{"messages":[],"role":1}"#,
        expect![[r#"
        Json of [Json], 24 bytes
        : { 2 } Object
          messages: [ 0 ] Array
          role: 1 Number
    "#]],
    );
}

#[test]
fn trees_keep_order_numbers_and_broken_strings() {
    fitting(
        r#" {"z": 12345678901234567890, "a": [1.50, true, null, {"ü\n": "l1\nl2 \"q\" \u0000 \u00e9"}, [], {}], "lone": "a\ud800\u00e9", "\ud800": "😀\ud83d\ude00", "z": 2} "#,
        expect![[r#"
            Json of [Json], 165 bytes
            : { 5 } Object
              z: 12345678901234567890 Number
              a: [ 6 ] Array
                0: 1.50 Number
                1: true Bool
                2: null Null
                3: { 1 } Object
                  ü�: "l1\nl2 \"q\" \u0000 é" String
                4: [ 0 ] Array
                5: { 0 } Object
              lone: "a\ud800\u00e9" String
              "\ud800": "😀😀" String
              z: 2 Number
        "#]],
    );
    fitting(
        "17",
        expect![[r#"
        Json of [Json], 2 bytes
        : 17 Number
    "#]],
    );
    let metadata = r#"{"~__bt_internal":{"a":1},"model":"m","order":{"~__bt_kept":1}}"#;
    expect![[r#"
        Json of [Json], 63 bytes
        : { 2 } Object
          model: "m" String
          order: { 1 } Object
            ~__bt_kept: 1 Number
    "#]]
    .assert_eq(&shown(FieldName::Metadata, metadata, Rendering::Fitting, false));
}

#[test]
fn strings_and_errors() {
    fitting(
        r#""**a** \u0000 \ud800 b""#,
        expect![[r#"
        Markdown of [Markdown, Text, Json], 23 bytes
        <p><strong>a</strong> � \ud800 b</p>
    "#]],
    );
    expect![[r#"
        Text of [Text, Markdown, Json], 26 bytes
        Traceback:
          *x* �"#]]
    .assert_eq(&shown(FieldName::Error, r#""Traceback:\n  *x* \u0000""#, Rendering::Fitting, false));
    expect![[r#"
        Json of [Json], 15 bytes
        : { 1 } Object
          message: "x" String
    "#]]
    .assert_eq(&shown(FieldName::Error, r#"{"message":"x"}"#, Rendering::Fitting, false));
    expect![[r#"
        Json of [Markdown, Text, Json], 7 bytes
        : "**a**" String
    "#]]
    .assert_eq(&shown(FieldName::Output, r#""**a**""#, Rendering::Json, false));
    expect![[r#"
        Markdown of [Markdown, Text, Json], 7 bytes
        <p><strong>a</strong></p>
    "#]]
    .assert_eq(&shown(FieldName::Output, r#""**a**""#, Rendering::Chat, false));
    fitting(
        "{no json",
        expect![[r#"
        Text of [Text], 8 bytes
        {no json"#]],
    );
    fitting(
        "",
        expect![[r#"
        Text of [Text], 0 bytes
    "#]],
    );
}

#[test]
fn deep_values_end_on_one_line() {
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for whole in [false, true] {
        let html = text_of(view(FieldName::Input, &json, Rendering::Fitting, whole).content);
        assert_eq!(html.matches("<details").count(), 60);
        assert!(html.len() < 20_000);
    }
    assert_eq!(preview(&json, 10), "[[[[[[[[[…");
    let json = format!("{}1{}", r#"{"messages":"#.repeat(100_000), "}".repeat(100_000));
    assert_eq!(preview(&json, 14), r#"{"messages":{…"#);
}

#[test]
fn long_values_are_cut() {
    let text = "word ü\\n".repeat(1_200_000);
    let json = format!("\"{text}\"");
    for rendering in [Rendering::Markdown, Rendering::Text, Rendering::Code, Rendering::Json] {
        let view = view(FieldName::Input, &json, rendering, false);
        assert!(view.cut);
        assert_eq!(view.bytes, json.len() as u64);
        let length = text_of(view.content).len();
        assert!((1_200..100_000).contains(&length), "{length}");
    }
    let whole = text_of(view(FieldName::Input, &json, Rendering::Text, true).content);
    assert_eq!(whole.len(), 1_200_000 * 8);

    let chat = format!(r#"[{{"role":"user","content":{json}}},{{"role":"user","content":"more"}}]"#);
    let view_of_chat = view(FieldName::Input, &chat, Rendering::Fitting, false);
    assert_eq!((view_of_chat.rendering, view_of_chat.cut), (Rendering::Chat, true));
    assert_eq!(text_of(view_of_chat.content).matches("class=\"msg\"").count(), 1);
    assert_eq!(preview(&chat, 8), "more");
}

/// Reads a value inside a field of metadata.
fn node_of(json: &str, at: usize, rendering: Rendering, from: u32) -> String {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = Source { object: &object, row_id: &row_id, field: FieldName::Metadata, json };
    node(&source, at as u64, rendering, from).map_or_else(|| "none".to_owned(), text_of)
}

#[test]
fn long_lists_fold_after_twenty_and_unfold_to_their_end() {
    let list = format!("[{}0]", "0,".repeat(149_999));
    let at_first = view(FieldName::Input, &list, Rendering::Fitting, false);
    let html = text_of(at_first.content);
    assert_eq!((html.matches("class=\"leaf\"").count(), at_first.about.as_str(), at_first.cut), (20, "150,000 items, 300 kB", true));
    assert!(html.contains(r#"data-at="0" data-from="20">149,980 more</button>"#));
    // Everything that a page shows at once is shown at once, in chunks that a browser skips.
    let all = text_of(view(FieldName::Input, &list, Rendering::Fitting, true).content);
    assert_eq!((all.matches("class=\"leaf\"").count(), all.matches("class=\"chunk\"").count()), (20_000, 200));
    // Read on bit by bit, nothing is left out and nothing comes twice.
    let (mut read, mut from) = (20, Some(20));
    while let Some(next) = from.filter(|from| *from < 1_000 || *from > 149_000) {
        let more = node_of(&list, 0, Rendering::Json, next);
        assert!(more.contains(&format!("<bdi>{next}</bdi>")));
        read += more.matches("class=\"leaf\"").count();
        from = more.split_once("data-from=\"").and_then(|(_, rest)| rest.split_once('"')?.0.parse().ok());
    }
    assert_eq!((read, from), (1_020, Some(1_020)));
    let last = node_of(&list, 0, Rendering::Json, 149_990);
    assert_eq!((last.matches("class=\"leaf\"").count(), last.contains("<button")), (10, false));
}

#[test]
fn a_value_of_many_nodes_is_drawn_as_far_as_it_is_read() {
    let item = r#"{"id":1,"name":"a","tags":["x","y"],"more":{"a":1,"b":[1,2,3]}}"#;
    let json = format!(r#"{{"items":[{}],"last":"end"}}"#, [item; 12_000].join(","));
    let view = view(FieldName::Output, &json, Rendering::Fitting, false);
    let html = text_of(view.content);
    assert!(view.cut && html.len() < 100_000, "{}", html.len());
    // What is not deep comes first.
    assert!(html.contains("<bdi>last</bdi>") && html.contains("11,980 more"));
    let folded = html.split("<details").nth(2).unwrap();
    let at: usize = folded.split_once("data-at=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap();
    assert!(json[at..].starts_with(item));
    assert!(node_of(&json, at, Rendering::Json, 0).contains("<bdi>tags</bdi>"));
}

#[test]
fn values_are_read_and_copied_by_their_place() {
    let json = r#"{"retrieved":[{"id":1,"the text":"l1\nl2 \u00e9"}],"a.b":{"7":[true]},"x":"data"}"#;
    let at = |part: &str| json.find(part).unwrap();
    for (part, path, text) in [
        (r#"{"retrieved"#, "", json),
        ("[{", "retrieved", r#"[{"id":1,"the text":"l1\nl2 \u00e9"}]"#),
        ("1,", "retrieved[0].id", "1"),
        (r#""l1"#, r#"retrieved[0]["the text"]"#, "l1\nl2 é"),
        ("true", r#"["a.b"]["7"][0]"#, "true"),
        (r#""data""#, "x", "data"),
    ] {
        let found = node_text(json, at(part) as u64).unwrap();
        assert_eq!((found.path.as_str(), found.text.as_str()), (path, text), "{part}");
    }
    assert_eq!(node_of(json, at(r#""l1"#), Rendering::Text, 0), "l1\nl2 é");
    for place in [5, json.len(), json.len() * 2] {
        assert_eq!(node_of(json, place, Rendering::Json, 0), "none", "{place}");
    }
    assert!(node_text(json, u64::MAX).is_none());
}

#[test]
fn like_objects_are_a_table() {
    let json = r#"[{"id":1,"name":"<b>","z":null},{"id":2,"name":"two","tags":["a"]},{"name":"three","id":3}]"#;
    expect![].assert_eq(&shown(FieldName::Output, json, Rendering::Table, false));
    for unlike in [r#"[{"a":1}]"#, r#"[{"a":1},{"b":1},{"c":1}]"#, r#"[{"a":1},2]"#, r#"{"a":1}"#] {
        assert_eq!(view(FieldName::Output, unlike, Rendering::Table, false).rendering, Rendering::Json, "{unlike}");
    }
}

#[test]
fn words_are_found_in_a_tree() {
    let find = |json: &str, words: &str| {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let source = Source { object: &object, row_id: &row_id, field: FieldName::Output, json };
        let words = Words::new(words);
        let view = field(&source, &Wanted { rendering: Rendering::Chat, shown_as: &ShownAs::default(), whole: false, find: words.as_ref() });
        format!("{}\n{}", view.about, text_of(view.content).replace("><div", ">\n<div").replace("><details", ">\n<details"))
    };
    let json = r#"{"docs":[{"text":"The <Pole>"},{"text":"nothing"}],"pole":{"a":1},"n":17}"#;
    expect![].assert_eq(&find(json, "pole"));
    expect![].assert_eq(&find(json, "17"));
    expect![].assert_eq(&find(json, "absent"));
    let many = format!("[{}]", [r#""needle""#; 1_000].join(","));
    assert!(find(&many, "NEEDLE").starts_with("1,000 lines\n") && find(&many, "NEEDLE").contains("800 more"));
}

const GIF: &str = "data:image/gif;base64,R0lGODlhAwAEAIAAAAAAAP///yH5BAEAAAAALAAAAAADAAQAAAIDhG8FADs=";

#[test]
fn images_are_shown_by_their_place() {
    let chat = format!(r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{GIF}"}}}},{{"type":"image_url","image_url":{{"url":"https://a.b/c.png"}}}},{{"type":"text","text":"![drawn]({GIF}) and {GIF}"}}]}}]"#);
    expect![].assert_eq(&shown(FieldName::Input, &chat, Rendering::Fitting, false));
    expect![].assert_eq(&shown(FieldName::Input, &format!(r#"{{"shot":"{GIF}","svg":"data:image/svg+xml;base64,PHN2Zy8+","broken":"data:image/png;base64,AAAA"}}"#), Rendering::Json, false));
    let at = chat.find("\"data:").unwrap() as u64;
    assert_eq!(image(&chat, at, 0).unwrap().0, "image/gif");
    let text = chat.find("\"![drawn]").unwrap() as u64;
    assert_eq!(image(&chat, text, 1).unwrap().1, image(&chat, at, 0).unwrap().1);
    assert!(image(&chat, text, 2).is_none() && image(&chat, 0, 0).is_none() && image(&chat, at + 1, 0).is_none());
    // However large it is, the page carries nothing of it.
    let large = format!(r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{}{}"}}}},{{"type":"text","text":"after"}}]}}]"#, &GIF[..GIF.len() - 1], "A".repeat(20_000_000));
    let view = view(FieldName::Input, &large, Rendering::Fitting, false);
    let html = text_of(view.content);
    assert!(!view.cut && html.len() < 1_000 && html.contains("<details class=\"shot\">") && html.contains("after"), "{html}");
}

#[test]
fn what_was_chosen_is_shown() {
    let mut shown_as = ShownAs::default();
    shown_as.choose(FieldName::Output, Rendering::Chat, Rendering::Json);
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let rendering = |name, json, rendering| {
        let source = Source { object: &object, row_id: &row_id, field: name, json };
        field(&source, &Wanted { rendering, shown_as: &shown_as, whole: false, find: None }).rendering
    };
    let chat = r#"[{"role":"user","content":"Hi"}]"#;
    assert_eq!(rendering(FieldName::Output, chat, Rendering::Fitting), Rendering::Json);
    assert_eq!(rendering(FieldName::Output, chat, Rendering::Chat), Rendering::Chat);
    assert_eq!(rendering(FieldName::Input, chat, Rendering::Fitting), Rendering::Chat);
    assert_eq!(rendering(FieldName::Output, "\"text\"", Rendering::Fitting), Rendering::Markdown);
}

#[test]
fn words_are_found_in_fields() {
    let found = |json: &str, words: &str| find(json, &Words::new(words).unwrap()).map(|(count, around)| format!("{count} {}", around.as_str()));
    assert_eq!(found(r#""A pole and a POLE""#, "pole").as_deref(), Some("2 A <mark>pole</mark> and a <mark>POLE</mark>"));
    assert_eq!(found(r#"{"a":"caf\u00e9 \"x\""}"#, "CAFÉ \"x").as_deref(), Some(r#"1 {&quot;a&quot;:&quot;<mark>café &quot;x</mark>&quot;&quot;}"#));
    assert_eq!(found("{}", "pole"), None);
}

#[test]
fn pieces_make_the_whole() {
    let text = "word ü\u{1f600} \"quoted\"\n\\".repeat(20_000);
    let json = serde_json::to_string(&text).unwrap();
    let json = json.replace('ü', r"\u00fc").replace('\u{1f600}', r"\ud83d\ude00");
    let list = format!("[{}]", [json.as_str(); 3].join(","));
    for (json, whole) in [(json.as_str(), text.as_str()), (list.as_str(), list.as_str()), ("1", "1"), ("\"\"", "")] {
        let (mut read, mut from) = (String::new(), Some(0));
        while let Some(place) = from {
            let piece = piece(json, place);
            assert!(piece.text.len() <= 64 * 1024);
            read += &piece.text;
            from = piece.next;
        }
        assert!(read == whole, "{} of {} bytes", read.len(), whole.len());
    }
    for (json, from) in [("\"é\"", 1), ("\"abc\"", 4), ("[1]", u64::MAX)] {
        assert_eq!(piece(json, from), Piece { text: String::new(), next: None });
    }
}

#[test]
fn limits_never_cut_a_character() {
    let json = r#""aü😀\u00e9\ud83d\ude00\n\\""#;
    for limit in 0..json.len() {
        let unescaped = json::unescape(json, limit);
        assert!("aü😀é😀\n\\".starts_with(&unescaped.text), "{limit}");
        assert_eq!(unescaped.cut, limit < json.len() - 2, "{limit}");
    }
}

#[test]
fn previews() {
    let cases = [
        (r#""  two\n\n words\u0000\u0007 \ud800""#, 40),
        (r#""exactly ten""#, 11),
        (r#""exactly ten!""#, 11),
        (r#""שלום 👩‍👩‍👧 x""#, 6),
        (r#""any""#, 0),
        (
            r#"[{"role":"system","content":"s"},{"role":"user","content":"first"},{"role":"assistant","content":"a"},{"role":"user","content":"last"}]"#,
            40,
        ),
        (r#"[{"role":"user","content":"q"},{"role":"assistant","content":"answer"}]"#, 40),
        (
            r#"[{"role":"user","content":"q"},{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}]"#,
            40,
        ),
        (r#"{"id":1,"question":"Why?"}"#, 40),
        (r#"{"message":{"role":"assistant","content":"Because"}}"#, 40),
        (r#"{"a":"short","answer":"better"}"#, 40),
        (r#"{ "x" : [ 1 , "a \" b" ] }"#, 40),
        ("null", 40),
        ("12345678901234567890", 40),
        ("no json", 40),
        ("", 40),
    ];
    let mut text = String::new();
    for (json, characters) in cases {
        let _ = writeln!(text, "{}", preview(json, characters));
    }
    expect![[r#"
        two words \ud800
        exactly ten
        exactly te…
        שלום…

        last
        answer
        f({})
        Why?
        Because
        better
        {"x":[1,"a \" b"]}
        null
        12345678901234567890
        no json

    "#]]
    .assert_eq(&text);
}
