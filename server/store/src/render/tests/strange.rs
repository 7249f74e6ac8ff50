//! What no SDK sends on a good day.

use super::*;

fn html_of(json: &str, rendering: Rendering) -> String {
    text_of(view(FieldName::Output, json, rendering, false).content)
}

#[test]
fn a_half_chat_shows_what_is_no_message_as_what_it_is() {
    let chat = r#"[{"role":"user","content":"openai"},{"role":"model","parts":[{"text":"gemini"}]},{"what":{"is":"this"}},
        {"role":"tool","tool_call_id":"of-no-call","content":"alone"},{"role":"assistant","content":[{"type":"unheard_of","x":1}]}]"#;
    let html = html_of(chat, Rendering::Fitting);
    for part in ["openai", "gemini", r#"<bdi>is</bdi>"#, r#"aria-label="Tool result tool""#, "alone", "unheard_of"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn five_thousand_messages_are_drawn_as_far_as_they_are_read() {
    let chat = format!("[{}]", vec![r#"{"role":"user","content":"A message of some words."}"#; 5_000].join(","));
    let view = view(FieldName::Output, &chat, Rendering::Fitting, false);
    assert_eq!((view.rendering, view.about.as_str(), view.cut), (Rendering::Chat, "5,000 messages", true));
    assert!(text_of(view.content).len() < 300_000);
}

#[test]
fn large_broken_running_and_remote_images_are_told_apart() {
    let png = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAIAAADETxJQ";
    let json = format!(
        r#"{{"large":"data:image/png;base64,{png}{}","broken":"data:image/jpeg;base64,aGVsbG8=","svg":"data:image/svg+xml;base64,PHN2Zy8+","svg2":"data:image/svg+xml,%3Csvg%3E","remote":"https://a.b/c.png"}}"#,
        "A".repeat(27_000_000)
    );
    let html = html_of(&json, Rendering::Fitting);
    assert!(html.len() < 6_000, "{}", html.len());
    for part in [
        r#"<details class="shot"><summary class="fold">PNG, 3 × 4, 20 MB</summary>"#,
        "broken image, 5 B",
        "SVG, 6 B: not shown",
        r#""data:image/svg+xml,%3Csvg%3E""#,
        r#"<a href="https://a.b/c.png""#,
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("<img").count(), 1);
}

#[test]
fn letters_that_are_written_in_two_ways_are_found_in_both() {
    for (text, words) in
        [("caf\u{e9}", "cafe\u{301}"), ("cafe\u{301}", "caf\u{e9}"), ("CAFE\u{301}", "caf\u{e9}"), ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}")]
    {
        let words = Words::new(words).unwrap();
        let marked = words.marked(&format!("a {text} b"));
        assert_eq!(marked.as_str(), format!("a <mark>{text}</mark> b"));
    }
    let twice = Words::new("\u{e9}").unwrap();
    assert_eq!(twice.count("e\u{301} \u{e9} E\u{301}"), 3);
}

#[test]
fn marks_of_direction_stay_in_their_key_and_their_name() {
    let html = html_of("{\"a\u{202e}b\":\"c\u{202e}d\",\"שלום\":1}", Rendering::Fitting);
    assert!(
        html.contains("<bdi>a\u{202e}b</bdi>: ")
            && html.contains("<bdi class=\"st\">\"c\u{202e}d\"</bdi>")
            && html.contains("<bdi>שלום</bdi>: "),
        "{html}"
    );
    let chat = "[{\"role\":\"x\u{202e}y\",\"content\":\"a\"},{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\u{202e}g\",\"arguments\":\"{}\"}}]}]";
    let html = html_of(chat, Rendering::Fitting);
    assert!(html.contains("<div class=\"who\" dir=\"auto\">x\u{202e}y") && html.contains("<b dir=\"auto\">f\u{202e}g</b>"), "{html}");
    let table = html_of("[{\"a\u{202e}b\":\"c\u{202e}d\"},{\"a\u{202e}b\":\"e\"}]", Rendering::Table);
    assert!(table.contains("<bdi>a\u{202e}b</bdi></th>") && table.contains("<bdi>c\u{202e}d</bdi>"), "{table}");
}

#[test]
fn lone_surrogates_and_many_levels_are_read_in_every_view() {
    let lone = r#""a \ud83d b \udc00 **c**""#;
    for rendering in [Rendering::Markdown, Rendering::Text, Rendering::Code, Rendering::Json] {
        let html = html_of(lone, rendering);
        assert!(html.contains(r"\ud83d") && html.contains(r"\udc00"), "{rendering:?}: {html}");
    }
    let rows = r#"[{"a":"\ud83d","\udc00":{"b":"\ud83d"}},{"a":"x","\udc00":1}]"#;
    assert!(html_of(rows, Rendering::Table).contains(r"\ud83d"));
    let deep = format!("{}\"end\"{}", r#"{"a":["#.repeat(64), "]}".repeat(64));
    assert!(html_of(&deep, Rendering::Fitting).contains("data-folded"));
    let chat = format!(r#"[{{"role":"assistant","tool_calls":[{{"function":{{"name":"f","arguments":{deep}}}}}]}}]"#);
    assert!(html_of(&chat, Rendering::Fitting).contains("Tool call f"));
}

#[test]
fn unfolding_all_shows_no_less_than_before() {
    let nodes = format!("{{\"a\":[{}0],\"b\":1}}", "1,".repeat(149_999));
    let leaves = |whole| text_of(view(FieldName::Output, &nodes, Rendering::Fitting, whole).content).matches("class=\"leaf\"").count();
    assert_eq!((leaves(false), leaves(true)), (21, 20_001));
}
