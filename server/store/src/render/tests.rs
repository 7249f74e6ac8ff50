use super::*;
use expect_test::{Expect, expect};
use shared::spans::FieldContent;
use std::fmt::Write;

/// A field as a text in which every line of its content can be compared.
fn shown(name: FieldName, json: &str, rendering: Rendering, whole: bool) -> String {
    let view = field(name, json, rendering, whole);
    let mut text = format!("{:?} of {:?}, {} bytes{}\n", view.rendering, view.renderings, view.bytes, if view.cut { ", cut" } else { "" });
    match view.content {
        FieldContent::Chat(messages) => {
            for message in messages {
                let _ = writeln!(
                    text,
                    "{} ({} words): {}\n{}",
                    message.role,
                    message.words,
                    message.beginning,
                    message.html.as_str().trim_end()
                );
            }
        }
        FieldContent::Html(html) => text.push_str(html.as_str()),
        FieldContent::Json(lines) => {
            for line in lines {
                let indent = "  ".repeat(line.depth as usize);
                let _ = writeln!(text, "{indent}{}: {} {:?}", line.key, line.value, line.kind);
            }
        }
        FieldContent::Text(content) => text.push_str(&content),
    }
    text
}

fn fitting(json: &str, expected: Expect) {
    expected.assert_eq(&shown(FieldName::Input, json, Rendering::Fitting, false));
}

fn html(text: &str, expected: Expect) {
    expected.assert_eq(comment(text, None).as_str());
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
fn markdown_that_attacks() {
    html(
        "<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> b",
        expect![[r#"
        <p>&lt;script&gt;alert(1)&lt;/script&gt;</p>
        <p>A &lt;img src=x onerror=alert(1)&gt; b</p>
    "#]],
    );
    html(
        "[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x) [d](/relative) [e](https://a.b/?q=\"'<&) <mailto:a@b.c> <a@b.c>",
        expect![[r#"
        <p>a b c d <a href="https://a.b/?q=&quot;&#39;&lt;&amp;" rel="noopener noreferrer nofollow" target="_blank">e</a> <a href="mailto:a@b.c" rel="noopener noreferrer nofollow" target="_blank">mailto:a@b.c</a> <a href="mailto:a@b.c" rel="noopener noreferrer nofollow" target="_blank">a@b.c</a></p>
    "#]],
    );
    html(
        "![a <b> \"c\"](https://a.b/c.png \"t\") ![](x.png) [![in](https://a/i.png)](https://a.b) ![x [y](https://z) ![w](v)](javascript:1)",
        expect![[r#"
        <p><a href="https://a.b/c.png" rel="noopener noreferrer nofollow" target="_blank">[image: a &lt;b&gt; &quot;c&quot;]</a> [image] <a href="https://a.b" rel="noopener noreferrer nofollow" target="_blank">[image: in]</a> [image: x y w]</p>
    "#]],
    );
    html(
        "| a | b |\n|:-|-:|\n| <b>x</b> | ~~y~~ |",
        expect![[r#"
        <table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
        <tr><td>&lt;b&gt;x&lt;/b&gt;</td><td><del>y</del></td></tr>
        </tbody></table>
    "#]],
    );
    html(
        "```rust\" onclick=\"x\n<b>\n```\n\n```x\tbutton\nc\n```",
        expect![[r#"
        <pre><code class="language-rust">&lt;b&gt;
        </code></pre>
        <pre><code class="language-x">c
        </code></pre>
    "#]],
    );
    html(
        "[a]: javascript:alert(1)\n\n[a] [x][a]",
        expect![[r#"
        <p>a x</p>
    "#]],
    );
    html(
        "NUL \0 in `code \0` <b\0>",
        expect![[r#"
        <p>NUL � in <code>code �</code> &lt;b�&gt;</p>
    "#]],
    );
}

#[test]
fn mentions_show_the_name_that_somebody_has() {
    let people = Mentioned::from([("p1".to_owned(), "Ada <Lovelace>".to_owned())]);
    let check = |text: &str, names: &[&str], expected: Expect| {
        expected.assert_eq(&format!("{}{}", comment(text, Some(&people)).as_str(), excerpt(text, Some(&people), 40)));
        assert_eq!(mentioned(text), names, "{text}");
    };
    check(
        "See [@Ben](person:p1) and [@Ada ![x](https://a.b/c.png) `c`](person:p1) **now**",
        &["p1"],
        expect![[r#"
            <p>See <span class="mention">@Ada &lt;Lovelace&gt;</span> and <span class="mention">@Ada &lt;Lovelace&gt;</span> <strong>now</strong></p>
            See @Ada <Lovelace> and @Ada <Lovelace>…"#]],
    );
    check(
        "[@Nobody](person:p2) [@None](person:) [x](PERSON:p1) <person:p1\"onclick=x>\n\n[@r][r]\n\n[r]: person:p1",
        &["", "p1", "p1\"onclick=x", "p2"],
        expect![[r#"
            <p>@Nobody @None x person:p1"onclick=x</p>
            <p><span class="mention">@Ada &lt;Lovelace&gt;</span></p>
            @Nobody @None x person:p1"onclick=x @Ad…"#]],
    );
    check(
        "`[@Ada](person:p1)` \\[@Ada](person:p1) ![[@Ada](person:p1)](https://a.b) [a [@Ada](person:p1)](https://a.b)",
        &["p1"],
        expect![[r#"
            <p><code>[@Ada](person:p1)</code> [@Ada](person:p1) <a href="https://a.b" rel="noopener noreferrer nofollow" target="_blank">[image: @Ada]</a> [a <span class="mention">@Ada &lt;Lovelace&gt;</span>](https://a.b)</p>
            [@Ada](person:p1) [@Ada](person:p1) [a…"#]],
    );
    check(
        "<svg onload=alert(1)>[@Ada](person:p1)</svg> [@Ada](person:p1 \"onerror=alert(1)\") ![@Ada](person:p1)",
        &["p1"],
        expect![[r#"
            <p>&lt;svg onload=alert(1)&gt;<span class="mention">@Ada &lt;Lovelace&gt;</span>&lt;/svg&gt; <span class="mention">@Ada &lt;Lovelace&gt;</span> [image: @Ada]</p>
            @Ada <Lovelace> @Ada <Lovelace>"#]],
    );
}

#[test]
fn markdown_that_reads_well() {
    html(
        "# One\n## Two\n### Three\n###### Six {#id .class}\n\nfirst\nsecond @name and @name.b\n\n- [x] done\n- [ ] open\n\n1. a\n2. b",
        expect![[r#"
        <h4>One</h4>
        <h5>Two</h5>
        <h6>Three</h6>
        <h6>Six {#id .class}</h6>
        <p>first<br />
        second @name and @name.b</p>
        <ul>
        <li><input disabled="" type="checkbox" checked=""/>
        done</li>
        <li><input disabled="" type="checkbox"/>
        open</li>
        </ul>
        <ol>
        <li>a</li>
        <li>b</li>
        </ol>
    "#]],
    );
    html(
        "שלום **עולם** 👩‍👩‍👧 العربية",
        expect![[r#"
        <p>שלום <strong>עולם</strong> 👩‍👩‍👧 العربية</p>
    "#]],
    );
    html("", expect![]);
}

#[test]
fn hostile_nesting_is_plain_text() {
    for text in [">".repeat(50_000), "* ".repeat(30_000), "[".repeat(100_000), "*a **b ".repeat(20_000), "- a\n  ".repeat(5_000)] {
        let html = comment(&text, None);
        assert!(html.as_str().len() < text.len() * 12, "{} from {}", html.as_str().len(), text.len());
    }
    html(
        &format!("{} deep", ">".repeat(101)),
        expect![[r#"
        <p>&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt;&gt; deep</p>
    "#]],
    );
    let columns = 2_000;
    let table = format!("{}\n{}\n{}", "|a".repeat(columns), "|-".repeat(columns), "|x\n".repeat(5_000));
    assert!(comment(&table, None).as_str().len() < 1_000_000);
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
        let view = field(FieldName::Input, &json, Rendering::Fitting, whole);
        let FieldContent::Json(lines) = view.content else { panic!("{:?}", view.rendering) };
        assert_eq!(lines.len(), 61);
        assert_eq!(view.cut, !whole);
    }
    assert_eq!(preview(&json, 10), "[[[[[[[[[…");
    let json = format!("{}1{}", r#"{"messages":"#.repeat(100_000), "}".repeat(100_000));
    assert_eq!(preview(&json, 14), r#"{"messages":{…"#);
}

#[test]
fn long_values_are_cut() {
    let text = "word ü\\n".repeat(1_200_000);
    let json = format!("\"{text}\"");
    for rendering in [Rendering::Markdown, Rendering::Text, Rendering::Json] {
        let view = field(FieldName::Input, &json, rendering, false);
        assert!(view.cut);
        assert_eq!(view.bytes, json.len() as u64);
        let length = match view.content {
            FieldContent::Html(html) => html.as_str().len(),
            FieldContent::Text(text) => text.len(),
            FieldContent::Json(lines) => lines[0].value.len(),
            FieldContent::Chat(_) => 0,
        };
        assert!((2_000..100_000).contains(&length), "{length}");
    }
    let FieldContent::Text(whole) = field(FieldName::Input, &json, Rendering::Text, true).content else { panic!("no text") };
    assert_eq!(whole.len(), 1_200_000 * 8);

    let chat = format!(r#"[{{"role":"user","content":{json}}},{{"role":"user","content":"more"}}]"#);
    let view = field(FieldName::Input, &chat, Rendering::Fitting, false);
    let FieldContent::Chat(messages) = view.content else { panic!("no chat") };
    assert_eq!((messages.len(), view.cut), (1, true));
    assert_eq!(preview(&chat, 8), "more");

    let list = format!("[{}0]", "0,".repeat(1_000_000));
    for (whole, expected) in [(false, 2_000), (true, 20_000)] {
        let view = field(FieldName::Input, &list, Rendering::Fitting, whole);
        let FieldContent::Json(lines) = view.content else { panic!("no tree") };
        assert_eq!((lines.len(), lines[0].value.as_str(), view.cut), (expected, "[ 1000001 ]", true));
    }
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
