use super::*;

/// Reads a value inside a field of metadata.
fn node_of(json: &str, at: usize, rendering: Rendering, from: u32) -> String {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Metadata, json, attachments: &NO_ATTACHMENTS };
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
        <div class="like-rows" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">#</th><th scope="col"><bdi>id</bdi></th><th scope="col"><bdi>name</bdi></th><th scope="col"><bdi>z</bdi></th><th scope="col"><bdi>tags</bdi></th></tr></thead><tbody><tr><th scope="row">0</th><td class="num" data-at="7" tabindex="-1">1</td><td data-at="16" tabindex="-1"><bdi>&lt;b&gt;</bdi></td><td data-at="26" tabindex="-1"><span class="nul">null</span></td><td></td></tr><tr><th scope="row">1</th><td class="num" data-at="38" tabindex="-1">2</td><td data-at="47" tabindex="-1"><bdi>two</bdi></td><td></td><td data-at="60" tabindex="-1"><bdi>[&quot;a&quot;]</bdi></td></tr><tr><th scope="row">2</th><td class="num" data-at="88" tabindex="-1">3</td><td data-at="75" tabindex="-1"><bdi>three</bdi></td><td></td><td></td></tr></tbody></table></div>
    "#]].assert_eq(&shown(FieldName::Output, json, Rendering::Table, false));
    for unlike in [r#"[{"a":1}]"#, r#"[{"a":1},{"b":1},{"c":1}]"#, r#"[{"a":1},2]"#, r#"{"a":1}"#] {
        assert_eq!(view(FieldName::Output, unlike, Rendering::Table, false).rendering, Rendering::Json, "{unlike}");
    }
}

#[test]
fn words_are_found_in_a_tree() {
    let find = |json: &str, words: &str| {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Output, json, attachments: &NO_ATTACHMENTS };
        let words = Words::new(words);
        let view =
            field(&source, &WantedField { rendering: Rendering::Chat, shown_as: &ShownAs::default(), whole: false, find: words.as_ref() });
        format!("{}\n{}", view.about, text_of(view.content).replace("><div", ">\n<div").replace("><details", ">\n<details"))
    };
    let json = r#"{"docs":[{"text":"The <Pole>"},{"text":"nothing"}],"pole":{"a":1},"n":17}"#;
    expect![[r#"
        2 places
        <div class="json">
        <details open data-at="8"><summary tabindex="-1"><span class="json-key"><bdi>docs</bdi>: </span><span class="json-key">[ 2 items ]</span></summary>
        <div>
        <details open data-at="9"><summary tabindex="-1"><span class="json-key"><bdi>0</bdi>: </span><span class="json-key">{ 1 key }</span></summary>
        <div>
        <div class="leaf" tabindex="-1" data-at="17"><span class="json-key"><bdi>text</bdi>: </span><bdi class="st">"The &lt;<mark>Pole</mark>&gt;"</bdi></div></div></details></div></details>
        <details data-at="58" data-folded><summary tabindex="-1"><span class="json-key"><bdi><mark>pole</mark></bdi>: </span><span class="json-key">{ 1 key }</span></summary>
        <div></div></details></div>"#]].assert_eq(&find(json, "pole"));
    expect![[r#"
        1 place
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="70"><span class="json-key"><bdi>n</bdi>: </span><span class="nu"><mark>17</mark></span></div></div>"#]].assert_eq(&find(json, "17"));
    expect![[r#"
        0 places
        <div class="json"></div>"#]]
    .assert_eq(&find(json, "absent"));
    let many = format!("[{}]", [r#""needle""#; 1_000].join(","));
    assert!(find(&many, "NEEDLE").starts_with("200 places\n") && find(&many, "NEEDLE").contains("800 more"));
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
        <div><span class="shot"><a href="/file?object=o&amp;row=r&amp;field=input&amp;at=66&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/file?object=o&amp;row=r&amp;field=input&amp;at=66&amp;number=0&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></div><p><a class="link" href="https://a.b/c.png" rel="noopener noreferrer nofollow" target="_blank">image: https://a.b/c.png</a> <span class="hint">on another site, not loaded</span></p>
        <div class="read"><p dir="auto"><span class="shot"><a href="/file?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/file?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=0&amp;stamp=S" alt="drawn" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span> and <span class="shot"><a href="/file?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=1&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/file?object=o&amp;row=r&amp;field=input&amp;at=236&amp;number=1&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></p>
        </div></div></div></div>
    "#]].assert_eq(&shown(FieldName::Input, &chat, Rendering::Fitting, false));
    expect![[r#"
        Json of [Json], 3 keys, 174 B
        <div class="json">
        <div class="leaf" tabindex="-1" data-at="8"><span class="json-key"><bdi>shot</bdi>: </span><bdi class="st">"data:image/gif;base64,…"</bdi>
        <div><span class="shot"><a href="/file?object=o&amp;row=r&amp;field=input&amp;at=8&amp;number=0&amp;stamp=S" target="_blank" rel="noopener" title="Full size"><img src="/file?object=o&amp;row=r&amp;field=input&amp;at=8&amp;number=0&amp;stamp=S" alt="GIF, 3 × 4, 44 B" loading="lazy" decoding="async" width="3" height="4"></a><small>GIF, 3 × 4, 44 B</small></span></div></div>
        <div class="leaf" tabindex="-1" data-at="99"><span class="json-key"><bdi>svg</bdi>: </span><bdi class="st">"data:image/svg+xml;base64,…"</bdi>
        <div><span class="hint">[SVG, 6 B: not shown, because a drawing can run scripts]</span></div><a class="link" href="/file?object=o&amp;row=r&amp;field=input&amp;at=99&amp;number=0&amp;stamp=S" download="">Download</a></div>
        <div class="leaf" tabindex="-1" data-at="145"><span class="json-key"><bdi>broken</bdi>: </span><bdi class="st">"data:image/png;base64,…"</bdi>
        <div><span class="hint">[broken image, 3 B: these bytes are no PNG, JPEG, GIF or WebP]</span></div><a class="link" href="/file?object=o&amp;row=r&amp;field=input&amp;at=145&amp;number=0&amp;stamp=S" download="">Download</a></div></div>
    "#]].assert_eq(&shown(
        FieldName::Input,
        &format!(r#"{{"shot":"{GIF}","svg":"data:image/svg+xml;base64,PHN2Zy8+","broken":"data:image/png;base64,AAAA"}}"#),
        Rendering::Json,
        false,
    ));
    let at = chat.find("\"data:").unwrap() as u64;
    let held = |at, number| match file(&chat, at, number)? {
        FieldFile::Held(bytes) => Some(served(bytes, None)),
        FieldFile::Attached(_) => None,
    };
    assert_eq!(held(at, 0).unwrap().content_type, "image/gif");
    let text = chat.find("\"![drawn]").unwrap() as u64;
    assert_eq!(held(text, 1), held(at, 0));
    assert!(held(text, 2).is_none() && held(0, 0).is_none() && held(at + 1, 0).is_none());
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
        let source = FieldSource { object: &object, row_id: &row_id, field: name, json, attachments: &NO_ATTACHMENTS };
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
    let found_in = |field: FieldName, json: &str, words: &str| {
        find(field, json, &Words::new(words).unwrap()).map(|(count, around)| format!("{count} {}", around.as_str()))
    };
    let found = |json: &str, words: &str| found_in(FieldName::Output, json, words);
    assert_eq!(found(r#""A pole and a POLE""#, "pole").as_deref(), Some("2 A <mark>pole</mark> and a <mark>POLE</mark>"));
    assert_eq!(found(r#"{"a":"caf\u00e9 \"x\""}"#, "CAFÉ \"x").as_deref(), Some("1 <mark>café &quot;x</mark>&quot;"));
    assert_eq!(found(r#"[{"text":"A pole","n":-1.5e3}, {"pole":[17,"Pole"]},true]"#, "pole").as_deref(), Some("3 A <mark>pole</mark>"));
    assert_eq!(found(r#"[{"n": -1.5e3 },170]"#, "1.5").as_deref(), Some("1 n: -<mark>1.5</mark>e3"));
    // Signs of JSON, digits of files and what an SDK keeps for itself are no words that anybody reads.
    assert_eq!(found(r#"{"a":"x","b":"data:image/png;base64,pole"}"#, "pole"), None);
    assert_eq!(found(r#"{"a":"x"}"#, "\":\""), None);
    let internal = r#"{"~__bt_lists" : {"pole":["pole", {"a":"\"pole"}]} ,"model":{"~__bt_x":"pole"}}"#;
    assert_eq!(found_in(FieldName::Metadata, internal, "pole").as_deref(), Some("1 ~__bt_x: <mark>pole</mark>"));
    assert_eq!(found_in(FieldName::Metadata, internal, "lists"), None);
    assert_eq!(found_in(FieldName::Output, internal, "pole").as_deref().map(|found| &found[..2]), Some("4 "));
    assert_eq!(found("{}", "pole"), None);
}

/// A field in which words are looked for.
fn finding(json: &str, rendering: Rendering, words: &str) -> FieldView {
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Output, json, attachments: &NO_ATTACHMENTS };
    let words = Words::new(words).unwrap();
    field(&source, &WantedField { rendering, shown_as: &ShownAs::default(), whole: false, find: Some(&words) })
}

/// As what it is shown, what it says it is, and the texts that are marked, each with what stands before and after it.
fn marks(json: &str, rendering: Rendering, words: &str) -> String {
    let view = finding(json, rendering, words);
    assert!(!view.cut);
    let (rendering, about, html) = (view.rendering, view.about, text_of(view.content));
    let marked: Vec<_> = html.split("<mark>").skip(1).filter_map(|rest| Some(rest.split_once("</mark>")?.0)).collect();
    format!("{rendering:?}, {about}: {}", marked.join(" | "))
}

#[test]
fn words_are_marked_in_whatever_the_value_is_shown_as() {
    let chat = r#"[{"role":"user","content":"Where is the **Pole**?"},{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"pole_of","arguments":"{\"north\":\"pole\"}"}}]},
        {"role":"tool","tool_call_id":"1","content":"no poles"}]"#;
    assert_eq!(marks(chat, Rendering::Fitting, "pole"), "Chat, 4 places: Pole | pole | pole | pole");
    assert_eq!(marks(chat, Rendering::Json, "pole"), "Json, 4 places: Pole | pole | pole | pole");
    // What the chat does not show, its JSON does.
    assert_eq!(marks(chat, Rendering::Fitting, "tool_calls"), "Json, 1 place: tool_calls");
    assert_eq!(marks(chat, Rendering::Fitting, "absent"), "Json, 0 places: ");
    let text = r#""A **pole** and `pole`\n\n| a |\n|-|\n| Pole |\n\n[b](https://pole.example) po**le**""#;
    assert_eq!(marks(text, Rendering::Fitting, "pole"), "Markdown, 3 places: pole | pole | Pole");
    assert_eq!(marks(text, Rendering::Text, "pole"), "Text, 4 places: pole | pole | Pole | pole");
    assert_eq!(marks(text, Rendering::Code, "**POLE**"), "Code, 1 place: **pole**");
    assert_eq!(marks(text, Rendering::Fitting, "po**le"), "Json, 1 place: po**le");
    let rows = r#"[{"id":1,"name":"pole"},{"id":2,"name":"hay"}]"#;
    assert_eq!(marks(rows, Rendering::Table, "pole"), "Table, 1 place: pole");
    assert_eq!(marks(rows, Rendering::Table, "name"), "Table, 1 place: name");
    // Nothing that is looked for opens a tag.
    assert_eq!(marks(r#""a <mark> & b""#, Rendering::Text, "<mark>"), "Text, 1 place: &lt;mark&gt;");
}

#[test]
fn words_far_down_are_shown_without_what_stands_before_them() {
    let mut messages = vec![r#"{"role":"user","content":"hay and a longer sentence about hay"}"#; 5_000];
    messages[4_000] = r#"{"role":"assistant","content":"the Needle"}"#;
    let chat = format!("[{}]", messages.join(","));
    let html = text_of(finding(&chat, Rendering::Fitting, "needle").content);
    assert!(html.len() < 1_000 && html.contains("the <mark>Needle</mark>"), "{html}");
    assert!(html.contains("4,000 messages without these words") && html.contains("999 messages without these words"), "{html}");
    let html = text_of(finding(&chat, Rendering::Fitting, "hay").content);
    assert!(html.len() < 100_000 && html.contains("4,799 messages more with these words"), "{}", html.len());

    let text = format!("\"{}needle{}\"", "hay ".repeat(2_000_000), " hay".repeat(500_000));
    for rendering in [Rendering::Markdown, Rendering::Text, Rendering::Code, Rendering::Json] {
        let view = finding(&text, rendering, "needle");
        let html = text_of(view.content);
        assert!(html.len() < 2_000 && html.contains("hay <mark>needle</mark> hay") && view.about == "1 place", "{html}");
    }
    let deep = format!("{}\"needle\"{}", r#"{"a":"#.repeat(128), "}".repeat(128));
    assert!(text_of(finding(&deep, Rendering::Fitting, "needle").content).contains("<mark>needle</mark>"));
    let call = format!(
        r#"[{{"role":"assistant","tool_calls":[{{"id":"1","function":{{"name":"f","arguments":{{"list":[{}"needle"]}}}}}}]}}]"#,
        r#""hay","#.repeat(5_000)
    );
    let html = text_of(finding(&call, Rendering::Fitting, "needle").content);
    assert!(html.len() < 3_000 && html.contains("<bdi>5000</bdi>: </span><bdi class=\"st\">\"<mark>needle</mark>\""), "{html}");
}
