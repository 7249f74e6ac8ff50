mod files;
mod strange;
mod values;

use super::file::NO_ATTACHMENTS;
use super::*;
use expect_test::{Expect, expect};
use shared::spans::FieldContent;
use shared::{ObjectId, RowId};
use std::fmt::Write;

/// A field as somebody sees it who has chosen nothing.
fn view(name: FieldName, json: &str, rendering: Rendering, whole: bool) -> FieldView {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: name, json, attachments: &NO_ATTACHMENTS };
    field(&source, &WantedField { rendering, shown_as: &ShownAs::default(), whole, find: None })
}

/// The content as text.
fn text_of(content: FieldContent) -> String {
    match content {
        FieldContent::Html(html) => html.into_string(),
        FieldContent::Text(text) => text,
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
            Chat of [Chat, Json], 2 messages
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">System</div>
            <div class="said">
            <div class="read"><p dir="auto">Be <em>kind</em>.</p>
            </div></div></div>
            <div class="msg">
            <div class="who" dir="auto">User</div>
            <div class="said">
            <div class="read"><p dir="auto">What is this?</p>
            </div><p><a class="link" href="https://x/y.png" rel="noopener noreferrer nofollow" target="_blank">image: https://x/y.png</a> <span class="hint">on another site, not loaded</span></p></div></div></div>
        "#]],
    );
    fitting(
        r#"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#,
        expect![[r#"
            Chat of [Chat, Json], 1 message
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">User</div>
            <div class="said">
            <div class="read"><p dir="auto">Hi</p>
            </div></div></div></div>
        "#]],
    );
    fitting(
        r#"[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]"#,
        expect![[r#"
            Chat of [Chat, Json], 1 message
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">Assistant</div>
            <div class="said">
            <div class="read"><p dir="auto">Hello</p>
            </div></div></div></div>
        "#]],
    );
    fitting(
        r#"{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}"#,
        expect![[r#"
            Chat of [Chat, Json], 1 message
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">Assistant</div>
            <div class="said">
            <div class="read"><p dir="auto">Hello</p>
            </div></div></div></div>
        "#]],
    );
    fitting(
        r#"{"role":"assistant","content":"Alone"}"#,
        expect![[r#"
            Chat of [Chat, Json], 1 message
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">Assistant</div>
            <div class="said">
            <div class="read"><p dir="auto">Alone</p>
            </div></div></div></div>
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
        expect![[r##"
            Chat of [Chat, Json], 3 messages, 2 tool calls
            <div class="chat">
            <div class="msg">
            <div class="who" dir="auto">Assistant</div>
            <div class="said">
            <div class="call" role="group" aria-label="Tool call look_up">
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b dir="auto">look_up</b><span class="hint clip">1</span></div>
            <div class="part"><span>asked</span>
            <div class="json">
            <div class="leaf" tabindex="-1"><span class="json-key"><bdi>order</bdi>: </span><bdi class="st">"&lt;FW-1&gt;"</bdi></div></div></div>
            <div class="part"><span>got</span>
            <div class="json">
            <div class="leaf" tabindex="-1"><span class="json-key"><bdi>status</bdi>: </span><bdi class="st">"_sent_"</bdi></div></div></div></div></div></div>
            <div class="msg">
            <div class="who" dir="auto">Assistant</div>
            <div class="said">
            <div class="call" role="group" aria-label="Tool call pay">
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b dir="auto">pay</b></div>
            <div class="part"><span>asked</span>
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="324"><span class="json-key"><bdi>sum</bdi>: </span><span class="nu">12345678901234567890</span></div></div></div></div></div></div>
            <div class="msg">
            <div class="who" dir="auto">User</div>
            <div class="said">
            <div class="call" role="group" aria-label="Tool result tool">
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b dir="auto">tool</b></div>
            <div class="part"><span>got</span>
            <div class="said"><pre class="raw" dir="auto">done</pre></div></div></div></div></div></div>
        "##]],
    );
}

#[test]
fn almost_chat_is_a_tree() {
    fitting(
        r#"[{"role":"user","content":"Hi"},{"role":"user"}]"#,
        expect![[r#"
            Json of [Json, Table], 2 items, 48 B
            <div class="json">
            <details open data-at="1"><summary tabindex="-1"><span class="json-key"><bdi>0</bdi>: </span><span class="json-key">{ 2 keys }</span></summary>
            <div>
            <div class="leaf" tabindex="-1" data-at="9"><span class="json-key"><bdi>role</bdi>: </span><bdi class="st">"user"</bdi></div>
            <div class="leaf" tabindex="-1" data-at="26"><span class="json-key"><bdi>content</bdi>: </span><bdi class="st">"Hi"</bdi></div></div></details>
            <details open data-at="32"><summary tabindex="-1"><span class="json-key"><bdi>1</bdi>: </span><span class="json-key">{ 1 key }</span></summary>
            <div>
            <div class="leaf" tabindex="-1" data-at="40"><span class="json-key"><bdi>role</bdi>: </span><bdi class="st">"user"</bdi></div></div></details></div>
        "#]],
    );
    fitting(
        r#"[]"#,
        expect![[r#"
            Json of [Json], 0 items, 2 B
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="0"><span class="json-key">[ ]</span></div></div>
        "#]],
    );
    fitting(
        r#"{"messages":[],"role":1}"#,
        expect![[r#"
            Json of [Json], 2 keys, 24 B
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="12"><span class="json-key"><bdi>messages</bdi>: </span><span class="json-key">[ ]</span></div>
            <div class="leaf" tabindex="-1" data-at="22"><span class="json-key"><bdi>role</bdi>: </span><span class="nu">1</span></div></div>
        "#]],
    );
}

#[test]
fn trees_keep_order_numbers_and_broken_strings() {
    fitting(
        r#" {"z": 12345678901234567890, "a": [1.50, true, null, {"ü\n": "l1\nl2 \"q\" \u0000 \u00e9"}, [], {}], "lone": "a\ud800\u00e9", "\ud800": "😀\ud83d\ude00", "z": 2} "#,
        expect![[r#"
            Json of [Json], 5 keys, 163 B
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="7"><span class="json-key"><bdi>z</bdi>: </span><span class="nu">12345678901234567890</span></div>
            <details open data-at="34"><summary tabindex="-1"><span class="json-key"><bdi>a</bdi>: </span><span class="json-key">[ 6 items ]</span></summary>
            <div>
            <div class="leaf" tabindex="-1" data-at="35"><span class="json-key"><bdi>0</bdi>: </span><span class="nu">1.50</span></div>
            <div class="leaf" tabindex="-1" data-at="41"><span class="json-key"><bdi>1</bdi>: </span><span class="nu">true</span></div>
            <div class="leaf" tabindex="-1" data-at="47"><span class="json-key"><bdi>2</bdi>: </span><span class="nul">null</span></div>
            <details open data-at="53"><summary tabindex="-1"><span class="json-key"><bdi>3</bdi>: </span><span class="json-key">{ 1 key }</span></summary>
            <div>
            <div class="leaf" tabindex="-1" data-at="62"><span class="json-key"><bdi>ü�</bdi>: </span><bdi class="st">"l1
            l2 \&quot;q\&quot; \u0000 é"</bdi></div></div></details>
            <div class="leaf" tabindex="-1" data-at="93"><span class="json-key"><bdi>4</bdi>: </span><span class="json-key">[ ]</span></div>
            <div class="leaf" tabindex="-1" data-at="97"><span class="json-key"><bdi>5</bdi>: </span><span class="json-key">{ }</span></div></div></details>
            <div class="leaf" tabindex="-1" data-at="110"><span class="json-key"><bdi>lone</bdi>: </span><bdi class="st">"a\ud800\u00e9"</bdi></div>
            <div class="leaf" tabindex="-1" data-at="137"><span class="json-key"><bdi>&quot;\ud800&quot;</bdi>: </span><bdi class="st">"😀😀"</bdi></div>
            <div class="leaf" tabindex="-1" data-at="162"><span class="json-key"><bdi>z</bdi>: </span><span class="nu">2</span></div></div>
        "#]],
    );
    fitting(
        "17",
        expect![[r#"
            Json of [Json], 2 B
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="0"><span class="nu">17</span></div></div>
        "#]],
    );
    let metadata = r#"{"~__bt_internal":{"a":1},"model":"m","order":{"~__bt_kept":1}}"#;
    expect![[r#"
        Json of [Json], 2 keys, 63 B
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="34"><span class="json-key"><bdi>model</bdi>: </span><bdi class="st">"m"</bdi></div>
        <details open data-at="46"><summary tabindex="-1"><span class="json-key"><bdi>order</bdi>: </span><span class="json-key">{ 1 key }</span></summary>
        <div>
        <div class="leaf" tabindex="-1" data-at="60"><span class="json-key"><bdi>~__bt_kept</bdi>: </span><span class="nu">1</span></div></div></details></div>
    "#]]
    .assert_eq(&shown(FieldName::Metadata, metadata, Rendering::Fitting, false));
}

#[test]
fn strings_and_errors() {
    fitting(
        r#""**a** \u0000 \ud800 b""#,
        expect![[r#"
            Markdown of [Markdown, Text, Code, Json], 4 words
            <div class="read"><p dir="auto"><strong>a</strong> � \ud800 b</p>
            </div>
        "#]],
    );
    expect![[r#"
        Text of [Text, Markdown, Code, Json], 3 words
        Traceback:
          *x* �
    "#]]
    .assert_eq(&shown(FieldName::Error, r#""Traceback:\n  *x* \u0000""#, Rendering::Fitting, false));
    expect![[r#"
        Json of [Json], 1 key, 15 B
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="11"><span class="json-key"><bdi>message</bdi>: </span><bdi class="st">"x"</bdi></div></div>
    "#]]
    .assert_eq(&shown(FieldName::Error, r#"{"message":"x"}"#, Rendering::Fitting, false));
    expect![[r#"
        Json of [Markdown, Text, Code, Json], 1 word
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="0"><bdi class="st">"**a**"</bdi></div></div>
    "#]]
    .assert_eq(&shown(FieldName::Output, r#""**a**""#, Rendering::Json, false));
    expect![[r#"
        Markdown of [Markdown, Text, Code, Json], 1 word
        <div class="read"><p dir="auto"><strong>a</strong></p>
        </div>
    "#]]
    .assert_eq(&shown(FieldName::Output, r#""**a**""#, Rendering::Chat, false));
    fitting(
        "{no json",
        expect![[r#"
            Text of [Text], 8 B
            {no json
        "#]],
    );
    fitting(
        "",
        expect![[r#"
            Text of [Text], 0 B

        "#]],
    );
}

#[test]
fn deep_values_end_on_one_line() {
    let json = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for whole in [false, true] {
        let html = text_of(view(FieldName::Input, &json, Rendering::Fitting, whole).content);
        // What is cut unfolds further, to where values end on one line.
        let levels = html.matches("<details").count();
        assert_eq!(levels, if whole { 61 } else { 27 });
        assert!(html.len() < 80_000, "{}", html.len());
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
