use crate::render::drawing::{Drawing, FieldSource};
use crate::render::file::NO_ATTACHMENTS;
use crate::render::marked::Words;
use expect_test::{Expect, expect};
use shared::figures;
use shared::objects::FieldName;
use shared::{ObjectId, RowId};
use std::fmt::Write;

/// A conversation as a text: who, and each part.
fn read(json: &str) -> String {
    use super::parts::MessagePart;
    let value = super::json::parse(json).expect("JSON");
    let Some(chat) = super::of(value) else { return "no chat".to_owned() };
    let mut text = String::new();
    if !chat.is_all {
        text.push_str("beside other things\n");
    }
    for turn in &chat.turns {
        let name = turn.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let _ = write!(text, "{}{name}:", turn.role);
        for part in &turn.parts {
            let _ = match part {
                MessagePart::Text(literal) => write!(text, " {literal}"),
                MessagePart::Noted(note, literal) => write!(text, " {note} {literal}"),
                MessagePart::Call(call) => {
                    let answer = call
                        .answer
                        .as_ref()
                        .map(|answer| format!(" → {}{}", if answer.failed { "failed " } else { "" }, answer.content.unwrap_or("nothing")));
                    write!(text, " {}({}){}", call.name, call.arguments.unwrap_or_default(), answer.unwrap_or_default())
                }
                MessagePart::Result(answer) => {
                    write!(text, " [{} → {}]", answer.name.as_deref().unwrap_or("?"), answer.content.unwrap_or("nothing"))
                }
                MessagePart::Image(media) => write!(text, " image {} {}", media.content_type, media.source.unwrap_or("nowhere")),
                MessagePart::File(what, media) => {
                    write!(
                        text,
                        " {what} {} {} {}",
                        media.content_type,
                        media.name.as_deref().unwrap_or("unnamed"),
                        media.source.unwrap_or("nowhere")
                    )
                }
                MessagePart::Json(value) => write!(text, " {value}"),
            };
        }
        text.push('\n');
    }
    text
}

fn check(json: &str, expected: Expect) {
    expected.assert_eq(&read(json));
}

#[test]
fn openai_chat() {
    check(
        r#"{"model":"m","messages":[
            {"role":"developer","content":"Be brief."},
            {"role":"user","name":"ada","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},
                {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"see","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c2","content":"seen"},
            {"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"looked"}]},
            {"role":"assistant","content":"Done.","refusal":null}],"temperature":0.2,"tools":[{"type":"function"}]}"#,
        expect![[r#"
            developer: "Be brief."
            user (ada): "What is it?" image  "data:image/png;base64,AA==" audio wav unnamed "AAAA" file  a.pdf "data:application/pdf;base64,AA=="
            assistant: look("{\"a\":1}") → [{"type":"text","text":"looked"}] see("{}") → "seen"
            tool:
            tool:
            assistant: "Done."
        "#]],
    );
    check(
        r#"{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"","refusal":"No."},"finish_reason":"stop"}],"usage":{"total_tokens":3}}"#,
        expect![[r#"
            assistant: refused "No."
        "#]],
    );
    check(
        r#"[{"message":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}}},{"message":{"role":"function","name":"f","content":"1"}}]"#,
        expect![[r#"
            assistant: f("{}") → "1"
            tool:
        "#]],
    );
    check(
        r#"{"role":"assistant","content":null,"audio":{"id":"a","data":"AAAA","transcript":"Hello"}}"#,
        expect![[r#"
        assistant: "Hello" audio  unnamed "AAAA"
    "#]],
    );
}

#[test]
fn openai_responses() {
    check(
        r#"{"instructions":"Be kind.","model":"m","input":[
            {"role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"input_image","image_url":"https://a.b/c.png"},{"type":"input_file","filename":"a.pdf","file_data":"AA=="}]},
            {"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"Hm."}]},
            {"type":"function_call","id":"fc","call_id":"c1","name":"look","arguments":"{\"a\":1}"},
            {"type":"function_call_output","call_id":"c1","output":"{\"b\":2}"},
            {"type":"web_search_call","id":"w","status":"completed"}]}"#,
        expect![[r#"
            system: "Be kind."
            user: "Hi" image  "https://a.b/c.png" file  a.pdf "AA=="
            assistant: thinking "Hm."
            assistant: look("{\"a\":1}") → "{\"b\":2}"
            tool:
            assistant: {"type":"web_search_call","id":"w","status":"completed"}
        "#]],
    );
    check(
        r#"{"output":[{"type":"reasoning","summary":[]},{"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello","annotations":[]}]}],"usage":{"input_tokens":1}}"#,
        expect![[r#"
            assistant:
            assistant: "Hello"
        "#]],
    );
}

#[test]
fn anthropic() {
    check(
        r#"{"system":[{"type":"text","text":"Be kind."}],"max_tokens":9,"messages":[
            {"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}},{"type":"image","source":{"type":"url","url":"https://a.b/c.png"}},{"type":"document","title":"Policy","source":{"type":"base64","media_type":"application/pdf","data":"AA=="}},{"type":"text","text":"Look"}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"I look."},{"type":"tool_use","id":"t1","name":"look","input":{"sum":12345678901234567890}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"gone"}]},{"type":"text","text":"And?"}]}]}"#,
        expect![[r#"
            system: "Be kind."
            user: image image/jpeg "AAAA" image  "https://a.b/c.png" file application/pdf Policy "AA==" "Look"
            assistant: thinking "Hm." "I look." look({"sum":12345678901234567890}) → failed [{"type":"text","text":"gone"}]
            user: "And?"
        "#]],
    );
    check(
        r#"{"id":"msg","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn"}"#,
        expect![[r#"
            assistant: "Hi"
        "#]],
    );
    check(
        r#"[{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"f","input":{}}]"#,
        expect![[r#"
        : "Hi" f({})
    "#]],
    );
}

#[test]
fn gemini() {
    check(
        r#"{"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[
            {"role":"user","parts":[{"text":"What is it?"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"fileData":{"fileUri":"gs://a/b.mp4","mimeType":"video/mp4"}}]},
            {"role":"model","parts":[{"thought":true,"text":"Hm."},{"functionCall":{"name":"look","args":{"a":1}}}]},
            {"role":"user","parts":[{"functionResponse":{"name":"look","response":{"b":2}}}]},
            {"parts":[{"text":"No role"}]},
            {"role":"model","parts":[{"executableCode":{"language":"PYTHON","code":"print(1)"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}}]}],
            "generationConfig":{"temperature":0}}"#,
        expect![[r#"
            system: "Be kind."
            user: "What is it?" image image/png "AAAA" video video/mp4 unnamed "gs://a/b.mp4"
            assistant: thinking "Hm." look({"a":1}) → {"b":2}
            user:
            user: "No role"
            assistant: code "print(1)" result "1"
        "#]],
    );
    check(
        r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":3}}"#,
        expect![[r#"
            assistant: "Hello"
        "#]],
    );
    check(
        r#"{"model":"g","contents":"One text"}"#,
        expect![[r#"
        user: "One text"
    "#]],
    );
}

#[test]
fn mistral() {
    check(
        r#"[{"role":"user","content":[{"type":"text","text":"Read"},{"type":"image_url","image_url":"https://a.b/c.png"},{"type":"document_url","document_url":"https://a.b/d.pdf"}]},
            {"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"So"}],"tool_calls":[{"id":"x","function":{"name":"look","arguments":{"a":1}}}]},
            {"role":"tool","name":"look","tool_call_id":"x","content":"{}"}]"#,
        expect![[r#"
            user: "Read" image  "https://a.b/c.png" file  unnamed "https://a.b/d.pdf"
            assistant: thinking "Hm." "So" look({"a":1}) → "{}"
            tool:
        "#]],
    );
}

#[test]
fn langchain() {
    check(
        r#"[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","SystemMessage"],"kwargs":{"content":"Be kind."}},
             {"lc":1,"type":"constructor","id":["langchain_core","messages","HumanMessage"],"kwargs":{"content":"Hi","type":"human"}},
             {"lc":1,"type":"constructor","id":["langchain_core","messages","ai","AIMessageChunk"],"kwargs":{"content":"","tool_calls":[{"name":"look","args":{"a":1},"id":"c1","type":"tool_call"}],"additional_kwargs":{"tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{}"}}]}}},
             {"lc":1,"type":"constructor","id":["langchain_core","messages","ToolMessage"],"kwargs":{"content":"looked","tool_call_id":"c1","status":"error","name":"look"}}]]"#,
        expect![[r#"
            system: "Be kind."
            user: "Hi"
            assistant: look({"a":1}) → failed "looked"
            tool:
        "#]],
    );
    check(
        r#"[{"content":"Hi","additional_kwargs":{},"response_metadata":{},"type":"human","name":null,"id":null,"example":false},{"type":"ai","data":{"content":"Hello","additional_kwargs":{}}}]"#,
        expect![[r#"
            user: "Hi"
            assistant: "Hello"
        "#]],
    );
    check(
        r#"{"generations":[[{"text":"Hello","type":"ChatGeneration","message":{"lc":1,"type":"constructor","id":["a","AIMessage"],"kwargs":{"content":"Hello"}}}]],"llm_output":{"model":"m"}}"#,
        expect![[r#"
            assistant: "Hello"
        "#]],
    );
}

#[test]
fn opentelemetry() {
    check(
        r#"[{"role":"system","parts":[{"type":"text","content":"Be kind."}]},
            {"role":"user","parts":[{"type":"text","content":"Look"},{"type":"blob","modality":"image","mime_type":"image/png","content":"AAAA"},{"type":"uri","modality":"audio","mime_type":"audio/mp3","uri":"https://a.b/c.mp3"}]},
            {"role":"assistant","parts":[{"type":"reasoning","content":"Hm."},{"type":"tool_call","id":"c1","name":"look","arguments":{"a":1}}],"finish_reason":"tool_call"},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"looked"}]}]"#,
        expect![[r#"
            system: "Be kind."
            user: "Look" image image/png "AAAA" audio audio/mp3 unnamed "https://a.b/c.mp3"
            assistant: thinking "Hm." look({"a":1}) → "looked"
            tool:
        "#]],
    );
}

#[test]
fn ai_sdk() {
    check(
        r#"[{"id":"1","role":"user","parts":[{"type":"text","text":"Look"},{"type":"file","mediaType":"image/png","filename":"a.png","url":"data:image/png;base64,AAAA"}]},
            {"id":"2","role":"assistant","parts":[{"type":"step-start"},{"type":"reasoning","text":"Hm."},{"type":"tool-look","toolCallId":"c1","state":"output-available","input":{"a":1},"output":{"b":2}},
                {"type":"dynamic-tool","toolName":"see","toolCallId":"c2","state":"output-error","input":{},"errorText":"gone"},
                {"type":"tool-invocation","toolInvocation":{"toolName":"old","toolCallId":"c3","args":{},"result":"was","state":"result"}},{"type":"text","text":"Done"}]}]"#,
        expect![[r#"
            user: "Look" image image/png "data:image/png;base64,AAAA"
            assistant: thinking "Hm." look({"a":1}) → {"b":2} see({}) → failed "gone" old({}) → "was" "Done"
        "#]],
    );
    check(
        r#"{"prompt":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image","image":"https://a.b/c.png"}]},
            {"role":"assistant","content":[{"type":"tool-call","toolCallId":"c1","toolName":"look","input":{"a":1}}]},
            {"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"look","output":{"type":"json","value":{"b":2}}}]}]}"#,
        expect![[r#"
            user: "Look" image  "https://a.b/c.png"
            assistant: look({"a":1}) → {"b":2}
            tool:
        "#]],
    );
}

#[test]
fn bedrock() {
    check(
        r#"{"system":[{"text":"Be kind."}],"messages":[{"role":"user","content":[{"text":"Look"},{"image":{"format":"png","source":{"bytes":"AAAA"}}}]},
            {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm."}}},{"toolUse":{"toolUseId":"t","name":"look","input":{"a":1}}}]},
            {"role":"user","content":[{"toolResult":{"toolUseId":"t","status":"error","content":[{"json":{"b":2}}]}}]}]}"#,
        expect![[r#"
            system: "Be kind."
            user: "Look" image png "AAAA"
            assistant: thinking "Hm." look({"a":1}) → failed [{"json":{"b":2}}]
            user:
        "#]],
    );
    check(
        r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"usage":{"totalTokens":1}}"#,
        expect![[r#"
        assistant: "Hi"
    "#]],
    );
}

#[test]
fn half_one_shape_and_half_another() {
    check(
        r#"[{"role":"user","content":"openai"},{"role":"model","parts":[{"text":"gemini"},{"functionCall":{"name":"f","args":{}}}]},
            {"lc":1,"type":"constructor","id":["HumanMessage"],"kwargs":{"content":"langchain"}},{"type":"function_call","call_id":"c","name":"g","arguments":"{}"},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"anthropic"}]},{"from":"human","value":"sharegpt"},{"what":"is this"}]"#,
        expect![[r#"
            user: "openai"
            assistant: "gemini" f({})
            user: "langchain"
            assistant: g("{}") → "anthropic"
            user:
            user: "sharegpt"
            : {"what":"is this"}
        "#]],
    );
}

#[test]
fn answers_without_calls_and_calls_without_answers() {
    check(
        r#"[{"role":"tool","tool_call_id":"early","content":"before its call"},{"role":"assistant","tool_calls":[{"id":"early","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"unknown","content":"alone"},{"role":"tool","content":"no id"},
            {"role":"assistant","tool_calls":[{"id":"twice","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"twice","content":"1"},{"role":"tool","tool_call_id":"twice","content":"2"}]"#,
        expect![[r#"
            tool: [? → "before its call"]
            assistant: f("{}")
            tool: [? → "alone"]
            tool: [? → "no id"]
            assistant: g("{}") → "1"
            tool:
            tool: [? → "2"]
        "#]],
    );
}

#[test]
fn what_is_no_chat_is_none() {
    for json in [
        "[]",
        "[1]",
        r#"["a","b"]"#,
        r#"{"messages":[]}"#,
        r#"{"messages":"a"}"#,
        r#"{"text":"a"}"#,
        r#"{"input":"a","output":"b"}"#,
        r#"{"type":"text","value":1}"#,
        r#"[{"id":1,"name":"a"},{"id":2,"name":"b"}]"#,
        r#"[{"role":"user","content":"Hi"},{"role":"user"}]"#,
        r#"{"role":"user","content":5}"#,
        r#"{"output":{"type":"json"}}"#,
    ] {
        check_none(json);
    }
    // Where more stands beside the messages, the tree is what fits.
    check(
        r#"{"question":"Why?","chat_history":[{"role":"user","content":"Hi"}]}"#,
        expect![[r#"
        beside other things
        user: "Hi"
    "#]],
    );
}

fn check_none(json: &str) {
    assert_eq!(read(json), "no chat", "{json}");
}

#[test]
fn hostile_conversations_end() {
    for (open, close) in [
        (r#"{"message":"#, "}"),
        (r#"{"messages":["#, "]}"),
        (r#"[{"role":"user","content":["#, "]}]"),
        (r#"[{"type":"thinking","thinking":"#, "}]"),
        ("[", "]"),
        (r#"{"type":"tool-invocation","toolInvocation":"#, "}"),
    ] {
        let json = format!("{}1{}", open.repeat(20_000), close.repeat(20_000));
        let _ = super::of(&json);
    }
}

#[test]
fn five_thousand_messages_are_read_and_drawn() {
    let mut messages = Vec::new();
    for number in 0..2_500 {
        messages.push(format!(r#"{{"role":"assistant","content":"Message {number}","tool_calls":[{{"id":"c{number}","function":{{"name":"f","arguments":"{{}}"}}}}]}}"#));
        messages.push(format!(r#"{{"role":"tool","tool_call_id":"c{number}","content":"{{\"answer\": {number}}}"}}"#));
    }
    let json = format!("[{}]", messages.join(","));
    let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Input, json: &json, attachments: &NO_ATTACHMENTS };
    let chat = super::of(&json).expect("a chat");
    assert_eq!(super::about(&chat.turns), "2,500 messages, 2,500 tool calls");
    let mut drawing = Drawing::new(&source, false, None);
    let html = super::html(&mut drawing, &chat.turns);
    assert!(drawing.cut && html.as_str().len() < 1_500_000, "{}", html.as_str().len());
    let mut drawing = Drawing::new(&source, true, None);
    let html = super::html(&mut drawing, &chat.turns);
    assert!(!drawing.cut && html.as_str().contains("Message 2499"));
}

#[test]
fn a_message_of_twenty_thousand_parts_is_drawn_as_far_as_it_is_read() {
    let call = |number: usize| {
        let name = if number == 15_000 { "needle" } else { "f" };
        format!(r#"{{"id":"c{number}","function":{{"name":"{name}","arguments":"{{}}"}}}}"#)
    };
    let calls = (0..20_000).map(call).collect::<Vec<_>>().join(",");
    let parts = vec![r#"{"type":"text","text":"x"}"#; 20_000].join(",");
    let one = call(1);
    for (json, drawn, rest) in [
        (format!(r#"[{{"role":"assistant","tool_calls":[{calls}]}}]"#), "call-h", "more tool calls"),
        (format!(r#"[{{"role":"user","content":[{parts}]}}]"#), r#""read""#, "more parts"),
        (
            format!(r#"[{{"role":"assistant","tool_calls":[{one}]}},{{"role":"tool","tool_call_id":"c1","content":[{parts}]}}]"#),
            r#""raw""#,
            "more parts",
        ),
    ] {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Input, json: &json, attachments: &NO_ATTACHMENTS };
        let chat = super::of(&json).expect("a chat");
        let mut drawing = Drawing::new(&source, false, None);
        let html = super::html(&mut drawing, &chat.turns);
        let told = html.as_str().split("<p class=\"hint\">").last().unwrap().split('<').next().unwrap().to_owned();
        let left_out = 20_000 - html.as_str().matches(drawn).count() as u64;
        assert_eq!((drawing.cut, told), (true, format!("{} {rest}", figures::count(left_out))));
        assert!(html.as_str().len() < 150_000, "{}", html.as_str().len());
        // What somebody looks for is there, however far down.
        let words = Words::new("needle").unwrap();
        let found = super::html(&mut Drawing::new(&source, false, Some(&words)), &chat.turns);
        assert_eq!(found.as_str().contains("Tool call needle"), json.contains("needle"));
        assert!(found.as_str().len() < 150_000 && found.as_str().contains("without these words"), "{}", found.as_str());
    }
}
