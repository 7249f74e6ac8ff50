use super::*;
use expect_test::{Expect, expect};
use shared::spans::FieldContent;
use shared::{ObjectId, RowId};
use std::fmt::Write;

/// A field as somebody sees it who has chosen nothing.
fn view(name: FieldName, json: &str, rendering: Rendering, whole: bool) -> FieldView {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: name, json };
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
            </div><p><a class="link" href="https://x/y.png" rel="noopener noreferrer nofollow" target="_blank">image: https://x/y.png</a> <span class="hint">opens elsewhere</span></p></div></div></div>
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
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b>look_up</b><span class="hint clip">1</span></div>
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
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b>pay</b></div>
            <div class="part"><span>asked</span>
            <div class="json">
            <div class="leaf" tabindex="-1" data-at="324"><span class="json-key"><bdi>sum</bdi>: </span><span class="nu">12345678901234567890</span></div></div></div></div></div></div>
            <div class="msg">
            <div class="who" dir="auto">User</div>
            <div class="said">
            <div class="call" role="group" aria-label="Tool result tool">
            <div class="call-h"><svg class="ic small" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-tool"/></svg><b>tool</b></div>
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
        assert!((20..=60).contains(&html.matches("<details").count()));
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

/// Reads a value inside a field of metadata.
fn node_of(json: &str, at: usize, rendering: Rendering, from: u32) -> String {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Metadata, json };
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
    expect![[r#"
        Table of [Json, Table], 3 items, 91 B
        <div class="like-rows" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col"><bdi>id</bdi></th><th scope="col"><bdi>name</bdi></th><th scope="col"><bdi>z</bdi></th><th scope="col"><bdi>tags</bdi></th></tr></thead><tbody><tr><td class="num">1</td><td><bdi>&lt;b&gt;</bdi></td><td><span class="nul">null</span></td><td></td></tr><tr><td class="num">2</td><td><bdi>two</bdi></td><td></td><td><bdi>[&quot;a&quot;]</bdi></td></tr><tr><td class="num">3</td><td><bdi>three</bdi></td><td></td><td></td></tr></tbody></table></div>
    "#]].assert_eq(&shown(FieldName::Output, json, Rendering::Table, false));
    for unlike in [r#"[{"a":1}]"#, r#"[{"a":1},{"b":1},{"c":1}]"#, r#"[{"a":1},2]"#, r#"{"a":1}"#] {
        assert_eq!(view(FieldName::Output, unlike, Rendering::Table, false).rendering, Rendering::Json, "{unlike}");
    }
}

#[test]
fn words_are_found_in_a_tree() {
    let find = |json: &str, words: &str| {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Output, json };
        let words = Words::new(words);
        let view =
            field(&source, &WantedField { rendering: Rendering::Chat, shown_as: &ShownAs::default(), whole: false, find: words.as_ref() });
        format!("{}\n{}", view.about, text_of(view.content).replace("><div", ">\n<div").replace("><details", ">\n<details"))
    };
    let json = r#"{"docs":[{"text":"The <Pole>"},{"text":"nothing"}],"pole":{"a":1},"n":17}"#;
    expect![[r#"
        2 lines
        <div class="json">
        <details open data-at="8"><summary tabindex="-1"><span class="json-key"><bdi>docs</bdi>: </span><span class="json-key">[ 2 items ]</span></summary>
        <div>
        <details open data-at="9"><summary tabindex="-1"><span class="json-key"><bdi>0</bdi>: </span><span class="json-key">{ 1 key }</span></summary>
        <div>
        <div class="leaf" tabindex="-1" data-at="17"><span class="json-key"><bdi>text</bdi>: </span><bdi class="st">"The &lt;<mark>Pole</mark>&gt;"</bdi></div></div></details></div></details>
        <details data-at="58" data-folded><summary tabindex="-1"><span class="json-key"><bdi><mark>pole</mark></bdi>: </span><span class="json-key">{ 1 key }</span></summary>
        <div></div></details></div>"#]].assert_eq(&find(json, "pole"));
    expect![[r#"
        1 line
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="70"><span class="json-key"><bdi>n</bdi>: </span><span class="nu"><mark>17</mark></span></div></div>"#]].assert_eq(&find(json, "17"));
    expect![[r#"
        0 lines
        <div class="json"></div>"#]]
    .assert_eq(&find(json, "absent"));
    let many = format!("[{}]", [r#""needle""#; 1_000].join(","));
    assert!(find(&many, "NEEDLE").starts_with("1,000 lines\n") && find(&many, "NEEDLE").contains("800 more"));
}

const GIF: &str = "data:image/gif;base64,R0lGODlhAwAEAIAAAAAAAP///yH5BAEAAAAALAAAAAADAAQAAAIDhG8FADs=";

#[test]
fn images_are_shown_by_their_place() {
    let chat = format!(
        r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{GIF}"}}}},{{"type":"image_url","image_url":{{"url":"https://a.b/c.png"}}}},{{"type":"text","text":"![drawn]({GIF}) and {GIF}"}}]}}]"#
    );
    expect![[r#"
        Chat of [Chat, Json], 1 message
        <div class="chat">
        <div class="msg">
        <div class="who" dir="auto">User</div>
        <div class="said">
        <div><span class="shot"><a href="/image?object=o&amp;row=r&amp;field=input&amp;at=66&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/image?object=o&amp;row=r&amp;field=input&amp;at=66&amp;number=0&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></div><p><a class="link" href="https://a.b/c.png" rel="noopener noreferrer nofollow" target="_blank">image: https://a.b/c.png</a> <span class="hint">opens elsewhere</span></p>
        <div class="read"><p dir="auto"><span class="shot"><a href="/image?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/image?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=0&amp;stamp=S" alt="drawn" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span> and <span class="shot"><a href="/image?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=1&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/image?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=1&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></p>
        </div></div></div></div>
    "#]].assert_eq(&shown(FieldName::Input, &chat, Rendering::Fitting, false));
    expect![[r#"
        Json of [Json], 3 keys, 174 B
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="8"><span class="json-key"><bdi>shot</bdi>: </span><bdi class="st">"data:image/gif;base64,…"</bdi>
        <div><span class="shot"><a href="/image?object=o&amp;row=r&amp;field=input&amp;at=8&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/image?object=o&amp;row=r&amp;field=input&amp;at=8&amp;number=0&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></div></div>
        <div class="leaf" tabindex="-1" data-at="99"><span class="json-key"><bdi>svg</bdi>: </span><bdi class="st">"data:image/svg+xml;base64,…"</bdi>
        <div><span class="hint">[SVG, 6 B: not shown, because a drawing can run scripts]</span></div></div>
        <div class="leaf" tabindex="-1" data-at="145"><span class="json-key"><bdi>broken</bdi>: </span><bdi class="st">"data:image/png;base64,…"</bdi>
        <div><span class="hint">[broken image, 3 B: these bytes are no PNG, JPEG, GIF or WebP]</span></div></div></div>
    "#]].assert_eq(&shown(
        FieldName::Input,
        &format!(r#"{{"shot":"{GIF}","svg":"data:image/svg+xml;base64,PHN2Zy8+","broken":"data:image/png;base64,AAAA"}}"#),
        Rendering::Json,
        false,
    ));
    let at = chat.find("\"data:").unwrap() as u64;
    assert_eq!(image(&chat, at, 0).unwrap().0, "image/gif");
    let text = chat.find("\"![drawn]").unwrap() as u64;
    assert_eq!(image(&chat, text, 1).unwrap().1, image(&chat, at, 0).unwrap().1);
    assert!(image(&chat, text, 2).is_none() && image(&chat, 0, 0).is_none() && image(&chat, at + 1, 0).is_none());
    // However large it is, the page carries nothing of it.
    let large = format!(
        r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{}{}"}}}},{{"type":"text","text":"after"}}]}}]"#,
        &GIF[..GIF.len() - 1],
        "A".repeat(2_000_000)
    );
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
        let source = FieldSource { object: &object, row_id: &row_id, field: name, json };
        field(&source, &WantedField { rendering, shown_as: &shown_as, whole: false, find: None }).rendering
    };
    let chat = r#"[{"role":"user","content":"Hi"}]"#;
    assert_eq!(rendering(FieldName::Output, chat, Rendering::Fitting), Rendering::Json);
    assert_eq!(rendering(FieldName::Output, chat, Rendering::Chat), Rendering::Chat);
    assert_eq!(rendering(FieldName::Input, chat, Rendering::Fitting), Rendering::Chat);
    assert_eq!(rendering(FieldName::Output, "\"text\"", Rendering::Fitting), Rendering::Markdown);
}

#[test]
fn words_are_found_in_fields() {
    let found =
        |json: &str, words: &str| find(json, &Words::new(words).unwrap()).map(|(count, around)| format!("{count} {}", around.as_str()));
    assert_eq!(found(r#""A pole and a POLE""#, "pole").as_deref(), Some("2 A <mark>pole</mark> and a <mark>POLE</mark>"));
    assert_eq!(
        found(r#"{"a":"caf\u00e9 \"x\""}"#, "CAFÉ \"x").as_deref(),
        Some(r#"1 {&quot;a&quot;:&quot;<mark>café &quot;x</mark>&quot;&quot;}"#)
    );
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
