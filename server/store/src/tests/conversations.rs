//! Traces read as conversations.

use super::stores;
use crate::Error;
use serde_json::{Value, json};
use shared::objects::FieldName;
use shared::spans::{CONVERSATION_PART, ReadConversation, ReadField, Rendering, TraceConversation};
use shared::{ObjectId, Problem};

/// A span of the trace `t`; times are seconds.
fn span(id: &str, parent: Option<&str>, kind: &str, (start, end): (u32, u32), more: Value) -> Value {
    let mut row = json!({
        "id": id, "span_id": id, "root_span_id": "t", "span_parents": parent.map(|parent| vec![parent]),
        "span_attributes": { "name": id, "type": kind }, "metrics": { "start": start, "end": end },
    });
    for (key, value) in more.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

/// Who said what, and in which span.
fn lines(conversation: &TraceConversation) -> Vec<String> {
    let words = |html: &str| {
        let text: String = html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<Vec<_>>().join(" ");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    conversation.messages.iter().map(|message| format!("{}: {}", message.span_name, words(message.html.as_str()))).collect()
}

fn read(object: ObjectId, first: u32) -> ReadConversation {
    ReadConversation { object, root_span_id: "t".to_owned(), first }
}

#[tokio::test]
async fn a_trace_is_read_as_one_conversation() {
    for store in stores().await {
        let project = store.project("conversations").await;
        let user = json!({"role": "user", "content": "Where is it?"});
        let call = json!({"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "function": {"name": "look_up", "arguments": "{\"order\":7}"}}]});
        let rows = [
            span("t", None, "task", (0, 9), json!({"input": "Where is it?", "output": "On its way."})),
            span("plan", Some("t"), "llm", (1, 2), json!({"input": [user], "output": [call]})),
            span("look_up", Some("t"), "tool", (2, 3), json!({"input": {"order": 7}, "output": {"carrier": "Otter Post"}})),
            span("judge", Some("t"), "score", (8, 9), json!({"scores": {"Tone": 1}})),
            span("asked", Some("judge"), "llm", (8, 9), json!({"input": "Is it kind?", "output": "Very."})),
            span(
                "draft",
                Some("t"),
                "llm",
                (3, 5),
                json!({"input": [user, call, {"role": "tool", "tool_call_id": "c1", "content": "By Otter Post."}], "output": "On its way."}),
            ),
        ];
        // What comes last may have been said first.
        for row in rows.iter().rev() {
            store.send(&project, std::slice::from_ref(row)).await;
        }
        let told = store.viewer.read_conversation(read(project.logs(), 0)).await.unwrap();
        assert_eq!((told.total, told.partial, told.first), (3, false, 0));
        let told_lines = lines(&told);
        assert_eq!(told_lines[0], "plan: User Where is it?");
        assert!(
            told_lines[1].starts_with("plan: Assistant look_up c1 asked") && told_lines[1].ends_with("got By Otter Post."),
            "{told_lines:?}"
        );
        assert_eq!(told_lines[2], "draft: Assistant On its way.");
        // The call stands, with its answer, in what the later call was asked: there its lines unfold.
        let [_, call, _] = &told.messages[..] else { panic!("{told:?}") };
        assert_eq!((call.row_id.as_str(), call.field), ("draft", FieldName::Input));
        let field = ReadField {
            object: project.logs(),
            row_id: call.row_id.clone(),
            field: call.field,
            rendering: Rendering::Fitting,
            whole: false,
            find: String::new(),
        };
        assert_eq!(store.viewer.read_field(field).await.unwrap().stamp, call.stamp);

        // Where the model is never told what the tool answered, the tool's own span says it.
        store.send(&project, &[json!({"id": "draft", "_object_delete": true})]).await;
        let told = lines(&store.viewer.read_conversation(read(project.logs(), 0)).await.unwrap());
        assert!(told.len() == 2 && told[1].contains("Otter Post"), "{told:?}");
        // Without any call of a model the trace is what its root was asked and answered.
        store.send(&project, &[json!({"id": "plan", "_object_delete": true})]).await;
        let told = lines(&store.viewer.read_conversation(read(project.logs(), 0)).await.unwrap());
        assert_eq!(told, ["t: User Where is it?", "t: Assistant On its way."]);
        let missing = store.viewer.read_conversation(ReadConversation { root_span_id: "no".to_owned(), ..read(project.logs(), 0) }).await;
        assert!(matches!(missing, Err(Error::Problem(Problem::NotFound { .. }))));
    }
}

#[tokio::test]
async fn a_long_conversation_is_read_in_parts() {
    for store in stores().await {
        let project = store.project("long").await;
        let said: Vec<_> = (0..130).map(|number| json!({"role": "user", "content": format!("line {number}")})).collect();
        // Each call repeats what was said before.
        let calls = [1, 40, 130]
            .map(|count| span(&format!("call {count}"), None, "llm", (count, count + 1), json!({"input": said[..count as usize]})));
        store.send(&project, &calls).await;
        let mut all = Vec::new();
        for first in [0, 60, 120] {
            let part = store.viewer.read_conversation(read(project.logs(), first)).await.unwrap();
            assert_eq!((part.total, part.first), (130, first));
            all.extend(lines(&part));
        }
        assert_eq!(all.len(), 130);
        for (number, said_by) in [(0, 1), (1, 40), (39, 40), (40, 130), (129, 130)] {
            assert_eq!(all[number], format!("call {said_by}: User line {number}"));
        }
        let part = CONVERSATION_PART as usize;
        assert_eq!(store.viewer.read_conversation(read(project.logs(), 60)).await.unwrap().messages.len(), part);
        assert!(store.viewer.read_conversation(read(project.logs(), u32::MAX)).await.unwrap().messages.is_empty());
        // Whatever is sent, it can be read.
        for odd in
            [json!("\u{0}"), json!([[[[]]]]), json!({"messages": [1, {"role": "x"}]}), json!([{"role": "user", "content": "a\u{0}b"}])]
        {
            store.send(&project, &[span("odd", None, "llm", (500, 501), json!({"input": odd, "output": odd}))]).await;
            store.viewer.read_conversation(read(project.logs(), 120)).await.unwrap();
        }
    }
}
