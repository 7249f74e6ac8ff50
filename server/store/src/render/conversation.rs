//! What models were asked and answered in a trace, as one conversation: each message once, although later calls repeat what was said
//! before; and what tools answered beside their calls, also where only the span of the tool says it.

use super::chat::{self, ChatMessage, MessagePart, ToolAnswer};
use super::drawing::{Drawing, FieldSource};
use super::{OBVIOUS, json};
use shared::changes::{Stamp, stamp};
use shared::markup::Html;
use shared::spans::JsonKind;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Bytes of one message that are drawn; the span shows all of it.
const LONGEST: usize = 16 * 1024;

/// Bytes of a text by which messages are told apart.
const COMPARED: usize = 64 * 1024;

/// What was said in a span.
pub(crate) struct HeardField<'a> {
    /// The field that says it.
    pub(crate) source: FieldSource<'a>,
    /// Which span, by its number among those that are listened to.
    pub(crate) span: usize,
    /// What it is.
    pub(crate) kind: HeardKind<'a>,
}

/// What a field of a span is in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeardKind<'a> {
    /// What a model was asked, with all that was said before.
    Asked,
    /// What it answered.
    Answered,
    /// What a tool of this name answered.
    Returned(&'a str),
}

/// A message, drawn.
pub(crate) struct DrawnMessage {
    /// Where it was said first, by its place in what was heard.
    pub(crate) said: usize,
    /// Where it was drawn from.
    pub(crate) drawn: usize,
    pub(crate) html: Html,
    pub(crate) cut: bool,
    /// Of the field that it is drawn from.
    pub(crate) stamp: Stamp,
}

/// A message of the conversation.
struct Message<'a> {
    turn: ChatMessage<'a>,
    mark: u64,
    said: usize,
    drawn: usize,
}

/// The messages from one on, at most so many, and how many there are. What was heard is in the order in which it was said.
pub(crate) fn conversation(heard: &[HeardField<'_>], first: usize, most: usize) -> (Vec<DrawnMessage>, usize) {
    let messages = messages(heard);
    // Many messages may stand in one long field.
    let mut stamps = HashMap::new();
    let drawn = messages.iter().skip(first).take(most).filter_map(|message| {
        let source = &heard.get(message.drawn)?.source;
        let stamp = *stamps.entry(message.drawn).or_insert_with(|| stamp(&source.json));
        let mut drawing = Drawing::stamped(source, stamp, false, None);
        drawing.left = LONGEST;
        let html = chat::message(&mut drawing, &message.turn);
        Some(DrawnMessage { said: message.said, drawn: message.drawn, html, cut: drawing.cut, stamp })
    });
    (drawn.collect(), messages.len())
}

fn messages<'a>(heard: &[HeardField<'a>]) -> Vec<Message<'a>> {
    let mut all: Vec<Message<'a>> = Vec::new();
    // Where the next thing that a span says would stand.
    let mut next: HashMap<usize, usize> = HashMap::new();
    // What the spans of tools returned, by the place of the call: the message and the part of it.
    let mut returned: HashMap<(usize, usize), &'a str> = HashMap::new();
    for (place, HeardField { source, span, kind }) in heard.iter().enumerate() {
        let answers = match kind {
            HeardKind::Asked => false,
            HeardKind::Answered => true,
            HeardKind::Returned(tool) => {
                let mut calls =
                    all.iter().enumerate().flat_map(|(at, message)| calls_of(message, tool).into_iter().map(move |part| (at, part)));
                if let Some(call) = calls.find(|call| !returned.contains_key(call)) {
                    returned.insert(call, source.json);
                }
                continue;
            }
        };
        let known = all.len();
        let mut from = 0;
        for turn in turns(source.json, answers) {
            let mark = mark(&turn);
            // An answer is told again only where it was given; what was asked, wherever it stands in the order of the call.
            let again = match next.get(span).copied().filter(|_| answers) {
                Some(next) => all.get(next).filter(|message| message.mark == mark).map(|_| next),
                None => (from..known).find(|at| all.get(*at).is_some_and(|message| message.mark == mark)),
            };
            let at = match again {
                Some(at) => {
                    from = at + 1;
                    if let Some(message) = all.get_mut(at).filter(|message| answered(&turn) > answered(&message.turn)) {
                        (message.turn, message.drawn) = (turn, place);
                    }
                    at
                }
                None => {
                    all.push(Message { turn, mark, said: place, drawn: place });
                    all.len() - 1
                }
            };
            next.insert(*span, at + 1);
        }
    }
    // What the model was told counts before that.
    for ((at, part), content) in returned {
        let part = all.get_mut(at).and_then(|message| message.turn.parts.get_mut(part));
        if let (Some(MessagePart::Call(call)), Some(content)) = (part, json::parse(content))
            && call.answer.is_none()
        {
            call.answer = Some(ToolAnswer { id: None, name: None, content: Some(content), failed: false });
        }
    }
    all
}

/// The parts of a message that call a tool.
fn calls_of(message: &Message<'_>, tool: &str) -> Vec<usize> {
    let calls = message.turn.parts.iter().enumerate().filter(|(_, part)| matches!(part, MessagePart::Call(call) if call.name == tool));
    calls.map(|(place, _)| place).collect()
}

/// The messages of a field. What is no chat is what one says: a text, the obvious text of an object, else the JSON that it is.
fn turns(json: &str, answers: bool) -> Vec<ChatMessage<'_>> {
    let Some(value) = json::parse(json) else { return Vec::new() };
    let mut turns = match chat::of(value) {
        Some(chat) => chat.turns,
        None => {
            let object = (json::kind(value) == JsonKind::Object).then(|| json::children(value, json::MOST_CHILDREN));
            let obvious = object.as_ref().and_then(|object| OBVIOUS.into_iter().find_map(|key| object.get_string(key)));
            let part = match (json::kind(value), obvious) {
                (JsonKind::Null, _) => return Vec::new(),
                (JsonKind::String, _) if json::inside(value).is_empty() => return Vec::new(),
                (JsonKind::String, _) => MessagePart::Text(value),
                (_, Some(text)) => MessagePart::Text(text),
                (_, None) => MessagePart::Json(value),
            };
            vec![ChatMessage { role: String::new(), name: None, parts: vec![part] }]
        }
    };
    turns.retain(|turn| !turn.parts.is_empty());
    for turn in turns.iter_mut().filter(|turn| turn.role.is_empty()) {
        if answers { "assistant" } else { "user" }.clone_into(&mut turn.role);
    }
    turns
}

/// How many of its calls have an answer.
fn answered(turn: &ChatMessage<'_>) -> usize {
    turn.parts.iter().filter(|part| matches!(part, MessagePart::Call(call) if call.answer.is_some())).count()
}

/// What a message is told by: who says what. Thoughts are left out of it, because calls seldom repeat them, and so is what tools answered,
/// because it is known only later.
fn mark(turn: &ChatMessage<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    turn.role.hash(&mut hasher);
    for part in &turn.parts {
        match part {
            MessagePart::Text(literal) => {
                let text = json::text(literal, COMPARED).text;
                text.split_whitespace().for_each(|word| word.hash(&mut hasher));
            }
            MessagePart::Noted("thinking", _) => {}
            MessagePart::Noted(note, literal) => (note, literal).hash(&mut hasher),
            MessagePart::Call(call) => {
                call.name.hash(&mut hasher);
                // Some write arguments as JSON, others as a text that holds it.
                let arguments = call.arguments.map(|arguments| json::text(arguments, COMPARED).text);
                arguments.map(|arguments| json::compact(&arguments, COMPARED)).hash(&mut hasher);
            }
            MessagePart::Result(answer) => (&answer.id, &answer.name, answer.content).hash(&mut hasher),
            MessagePart::Image(media) | MessagePart::File(_, media) => media.source.hash(&mut hasher),
            MessagePart::Json(value) => json::compact(value, COMPARED).hash(&mut hasher),
        }
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::file::NO_ATTACHMENTS;
    use expect_test::{Expect, expect};
    use shared::objects::FieldName;
    use shared::{ObjectId, RowId};

    /// What each call was asked and answered, one after the other; a tool is its name and what it returned.
    fn check(calls: &[(&str, &str)], expected: Expect) {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let source = |field, json| FieldSource { object: &object, row_id: &row_id, field, json, attachments: &NO_ATTACHMENTS };
        let mut heard = Vec::new();
        for (span, (asked, answered)) in calls.iter().enumerate() {
            if let Some(tool) = asked.strip_prefix("tool ") {
                heard.push(HeardField { source: source(FieldName::Output, answered), span, kind: HeardKind::Returned(tool) });
                continue;
            }
            heard.push(HeardField { source: source(FieldName::Input, asked), span, kind: HeardKind::Asked });
            heard.push(HeardField { source: source(FieldName::Output, answered), span, kind: HeardKind::Answered });
        }
        let lines = messages(&heard).into_iter().map(|Message { turn, said, drawn, .. }| {
            let answers = turn.parts.iter().filter_map(|part| match part {
                MessagePart::Call(call) => Some(format!(" → {}", call.answer.as_ref()?.content.unwrap_or("nothing"))),
                _ => None,
            });
            format!("{said}/{drawn} {}: {}{}\n", turn.role, chat::plain(&turn, 1_000), answers.collect::<String>())
        });
        expected.assert_eq(&lines.collect::<String>());
    }

    #[test]
    fn what_later_calls_repeat_is_told_once() {
        check(
            &[
                (
                    r#"[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}]"#,
                    r#"{"role":"assistant","content":"Hello!"}"#,
                ),
                (
                    r#"[{"role":"system","content":"Be kind."},{"role":"user","content":[{"type":"text","text":"Hi"}]},
                        {"role":"assistant","content":"Hello!"},{"role":"user","content":"Yes"},{"role":"user","content":"Yes"}]"#,
                    r#"{"choices":[{"message":{"role":"assistant","content":"Fine."}}]}"#,
                ),
                // The same words, said again.
                (
                    r#"[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"Hi"}]"#,
                    r#""Hello!""#,
                ),
            ],
            expect![[r#"
                0/0 system: Be kind.
                0/0 user: Hi
                1/1 assistant: Hello!
                2/2 user: Yes
                2/2 user: Yes
                3/3 assistant: Fine.
                4/4 user: Hi
                5/5 assistant: Hello!
            "#]],
        );
    }

    #[test]
    fn tools_answer_beside_their_calls() {
        let call =
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","function":{"name":"look_up","arguments":"{\"order\": 7}"}}]}"#;
        let later =
            format!(r#"[{{"role":"user","content":"Where is it?"}},{call},{{"role":"tool","tool_call_id":"c1","content":"On its way."}}]"#);
        check(
            &[(r#"[{"role":"user","content":"Where is it?"}]"#, call), (&later, r#""It is on its way.""#)],
            expect![[r#"
                0/0 user: Where is it?
                1/2 assistant: look_up({"order": 7}) → "On its way."
                3/3 assistant: It is on its way.
            "#]],
        );
        // No call of the model tells what the tool answered, but its own span does.
        check(
            &[(r#""Where is it?""#, call), ("tool other", "1"), ("tool look_up", r#"{"where":"here"}"#), ("tool look_up", "2")],
            expect![[r#"
                0/0 user: Where is it?
                1/1 assistant: look_up({"order": 7}) → {"where":"here"}
            "#]],
        );
    }

    #[test]
    fn what_is_no_chat_is_said_too() {
        check(
            &[(r#"{"question":"Why?"}"#, r#"{"label":"a","n":1}"#), ("null", "\"\""), ("not json", "[]")],
            expect![[r#"
                0/0 user: Why?
                1/1 assistant: {"label":"a","n":1}
                5/5 assistant: []
            "#]],
        );
        // Two calls that answer alike have both answered.
        check(
            &[("\"Is it rude?\"", "\"No\""), ("\"Is it late?\"", "\"No\"")],
            expect![[r#"
                0/0 user: Is it rude?
                1/1 assistant: No
                2/2 user: Is it late?
                3/3 assistant: No
            "#]],
        );
    }

    #[test]
    fn parts_are_drawn_where_they_stand() {
        let (object, row_id) = (ObjectId::from("o"), RowId::from("r"));
        let json = r#"[{"role":"user","content":"<b>one</b>"},{"role":"user","content":"two"},{"role":"user","content":"three"}]"#;
        let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Input, json, attachments: &NO_ATTACHMENTS };
        let (drawn, total) = conversation(&[HeardField { source, span: 0, kind: HeardKind::Asked }], 1, 1);
        assert_eq!((drawn.len(), total), (1, 3));
        assert!(drawn[0].html.as_str().contains("two") && !drawn[0].cut);
        let (drawn, _) = conversation(&[HeardField { source, span: 0, kind: HeardKind::Asked }], 0, 1);
        assert!(!drawn[0].html.as_str().contains("<b>one"));
    }
}
