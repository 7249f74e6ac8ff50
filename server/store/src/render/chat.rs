//! Chat messages in the shapes in which SDKs and providers send them.
//!
//! Each message is read on its own, by what stands in it, so that a conversation may be of one shape in its first half and of another in
//! its second. What is no message between messages is shown as the JSON that it is.

mod drawn;
mod parts;

use super::drawing::LIMIT;
use super::{OBVIOUS, json, one_line};
use shared::spans::JsonKind;

#[cfg(test)]
pub(super) use drawn::plain;
pub(super) use drawn::{about, html, message};
pub(super) use parts::{Media, MessagePart, ToolAnswer};

/// Characters of a role, of a label and of a tool's name.
const NAME: usize = 80;

/// Lists inside one another that hold the same conversation, and wrappers around it.
const DEEPEST: u32 = 4;

/// A message that was recognised.
#[derive(Debug)]
pub(super) struct ChatMessage<'a> {
    /// Who speaks: `system`, `user`, `assistant`, `tool`, or as it was written; empty where nothing says it.
    pub(super) role: String,
    /// The name of the one who speaks.
    pub(super) name: Option<String>,
    /// What is said.
    pub(super) parts: Vec<MessagePart<'a>>,
}

/// A conversation.
pub(super) struct Chat<'a> {
    /// Its messages, with what tools answered beside their calls.
    pub(super) turns: Vec<ChatMessage<'a>>,
    /// Whether they are all that a reader would want to know of the value: beside them stand settings, if anything.
    pub(super) is_all: bool,
}

/// The conversation that a value is; none if it is none.
pub(super) fn of(value: &str) -> Option<Chat<'_>> {
    let mut chat = Chat { turns: Vec::new(), is_all: true };
    chat.turns = conversation(value, 0, &mut chat.is_all)?;
    parts::join(&mut chat.turns);
    Some(chat)
}

/// The keys under which an object keeps its messages, and those under which it keeps what the system says beside them.
const LISTS: [&str; 11] = [
    "messages",
    "contents",
    "choices",
    "candidates",
    "generations",
    "output",
    "input",
    "prompt",
    "conversations",
    "chat_history",
    "history",
];
const SYSTEMS: [&str; 4] = ["system", "instructions", "systemInstruction", "system_instruction"];

/// What stands beside messages and tells how they were asked for or what they cost.
const SETTINGS: [&str; 26] = [
    "tools",
    "functions",
    "tool_choice",
    "toolConfig",
    "tool_config",
    "response_format",
    "generationConfig",
    "generation_config",
    "safetySettings",
    "safety_settings",
    "config",
    "options",
    "metadata",
    "stop",
    "stop_sequences",
    "stream_options",
    "thinking",
    "usage",
    "usageMetadata",
    "usage_metadata",
    "llm_output",
    "run",
    "reasoning",
    "text",
    "promptFeedback",
    "type",
];
/// Bytes of a text that may be a setting.
const SETTING: usize = 200;

fn conversation<'a>(value: &'a str, depth: u32, is_all: &mut bool) -> Option<Vec<ChatMessage<'a>>> {
    match json::kind(value) {
        JsonKind::Array if depth < DEEPEST => list(value, depth, is_all),
        JsonKind::Object if depth < DEEPEST => {
            let object = json::children(value, json::MOST_CHILDREN);
            let found = LISTS.into_iter().find_map(|key| Some((key, held(key, object.get(key)?, depth, is_all)?)));
            let Some((of, mut turns)) = found else { return Some(vec![turn(value, depth)?]) };
            if let Some(system) = SYSTEMS.into_iter().find_map(|key| object.get(key)).and_then(system) {
                turns.insert(0, system);
            }
            let is_setting = |(key, value): &(&str, &str)| {
                let key = json::inside(key);
                let is_short = match json::kind(value) {
                    JsonKind::String => value.len() < SETTING && !OBVIOUS.contains(&key),
                    JsonKind::Number | JsonKind::Bool | JsonKind::Null => true,
                    JsonKind::Object | JsonKind::Array => false,
                };
                is_short || key == of || SYSTEMS.contains(&key) || SETTINGS.contains(&key)
            };
            *is_all &= object.first.iter().all(is_setting);
            Some(turns)
        }
        _ => None,
    }
}

/// The messages under a key of an object.
fn held<'a>(key: &str, value: &'a str, depth: u32, is_all: &mut bool) -> Option<Vec<ChatMessage<'a>>> {
    match json::kind(value) {
        // Gemini takes a single text, and a request to OpenAI's responses one beside its instructions; elsewhere a text is a text.
        JsonKind::String if key == "contents" => {
            Some(vec![ChatMessage { role: "user".to_owned(), name: None, parts: vec![MessagePart::Text(value)] }])
        }
        JsonKind::Array | JsonKind::Object => conversation(value, depth + 1, is_all),
        _ => None,
    }
}

/// The messages of a list, if most of what is in it are messages.
fn list<'a>(value: &'a str, depth: u32, is_all: &mut bool) -> Option<Vec<ChatMessage<'a>>> {
    let items = json::children(value, json::MOST_CHILDREN).first;
    // LangChain sends lists of lists: one for each of the prompts that ran at once.
    if items.iter().all(|(_, item)| json::kind(item) == JsonKind::Array) {
        let all: Vec<_> = items.iter().map(|(_, item)| conversation(item, depth + 1, is_all)).collect::<Option<_>>()?;
        return (!all.is_empty()).then(|| all.into_iter().flatten().collect());
    }
    let mut recognised = 0;
    let mut turns = Vec::with_capacity(items.len());
    for (_, item) in &items {
        match turn(item, depth) {
            Some(turn) => {
                recognised += 1;
                turns.push(turn);
            }
            None => turns.push(ChatMessage { role: String::new(), name: None, parts: vec![MessagePart::Json(item)] }),
        }
    }
    if recognised * 2 > turns.len() {
        return Some(turns);
    }
    // What a model answered is sometimes sent as its parts alone.
    let parts: Vec<_> = items.iter().map(|(_, item)| parts::typed(item)).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| vec![ChatMessage { role: String::new(), name: None, parts }])
}

/// What the system says beside the messages: a text, parts, or an object that holds them.
fn system(value: &str) -> Option<ChatMessage<'_>> {
    let mut parts = Vec::new();
    let held = json::children(value, json::MOST_CHILDREN);
    parts::add(&mut parts, held.get("parts").or_else(|| held.get("content")).unwrap_or(value));
    (!parts.is_empty()).then(|| ChatMessage { role: "system".to_owned(), name: None, parts })
}

/// One message: as it is, or in a wrapper.
fn turn(value: &str, depth: u32) -> Option<ChatMessage<'_>> {
    if json::kind(value) != JsonKind::Object || depth > DEEPEST {
        return None;
    }
    let object = json::children(value, json::MOST_CHILDREN);
    let inner = |key: &str| object.get(key).filter(|inner| json::kind(inner) == JsonKind::Object);
    let word = |key: &str| object.get_string(key).map(name);
    // LangChain: {"lc": 1, "type": "constructor", "id": […, "HumanMessage"], "kwargs": {…}} and {"type": "human", "data": {…}}.
    if let (Some(fields), Some(id)) = (inner("kwargs"), object.get("id")) {
        let class = json::children(id, json::MOST_CHILDREN).first.last().map(|(_, class)| name(class))?;
        let fields = json::children(fields, json::MOST_CHILDREN);
        let role = fields.get_string("role").or_else(|| fields.get_string("type")).map(name).unwrap_or(class);
        return spoken(role_of(&role)?.to_owned(), &fields);
    }
    if let (Some(fields), Some(role)) = (inner("data"), word("type").as_deref().and_then(role_of)) {
        return spoken(role.to_owned(), &json::children(fields, json::MOST_CHILDREN));
    }
    // {"message": {…}} in choices and generations, {"content": {"role": …, "parts": …}} in candidates.
    if let Some(message) = inner("message") {
        return turn(message, depth + 1);
    }
    if let Some(content) = inner("content").filter(|content| json::children(content, json::MOST_CHILDREN).get("parts").is_some()) {
        return turn(content, depth + 1);
    }
    let kind = word("type");
    if let Some(role) = word("role") {
        let role = role_of(&role).map_or(role.clone(), ToOwned::to_owned);
        return spoken(role, &object);
    }
    // OpenAI's responses: what is no message among the items.
    if let Some((role, parts)) = kind.as_deref().and_then(|kind| parts::item(kind, value, &object)) {
        return Some(ChatMessage { role: role.to_owned(), name: None, parts });
    }
    // LangChain's messages as they are written without their classes.
    if let Some(role) = kind.as_deref().and_then(role_of)
        && object.get("content").is_some()
    {
        return spoken(role.to_owned(), &object);
    }
    // ShareGPT.
    if let (Some(role), Some(text)) = (word("from"), object.get_string("value")) {
        let role = role_of(&role).map_or(role.clone(), ToOwned::to_owned);
        return Some(ChatMessage { role, name: None, parts: vec![MessagePart::Text(text)] });
    }
    // Gemini leaves out that the user speaks.
    object.get("parts").and_then(|_| spoken("user".to_owned(), &object))
}

/// The role that a word stands for.
fn role_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "system" | "SystemMessage" | "SystemMessageChunk" | "SYSTEM" => "system",
        "developer" => "developer",
        "user" | "human" | "HumanMessage" | "HumanMessageChunk" | "USER" => "user",
        "assistant" | "ai" | "model" | "gpt" | "AIMessage" | "AIMessageChunk" | "ASSISTANT" | "CHATBOT" => "assistant",
        "tool" | "function" | "ToolMessage" | "ToolMessageChunk" | "FunctionMessage" | "TOOL" => "tool",
        _ => return None,
    })
}

/// A message by its fields; none if they are no message's.
fn spoken<'a>(role: String, object: &json::Children<'a>) -> Option<ChatMessage<'a>> {
    let mut parts = Vec::new();
    let mut is_message = false;
    for key in ["reasoning_content", "reasoning"] {
        if let Some(text) = object.get_string(key).filter(|text| *text != "\"\"") {
            parts.push(MessagePart::Noted("thinking", text));
        }
    }
    let content = object.get("content").or_else(|| object.get("parts")).or_else(|| object.get_string("message"));
    if let Some(content) = content {
        let is_empty = matches!(content, "\"\"" | "null" | "[]");
        match json::kind(content) {
            JsonKind::Null => {}
            JsonKind::String | JsonKind::Array => parts::add(&mut parts, content),
            JsonKind::Object if role == "tool" => parts.push(MessagePart::Json(content)),
            JsonKind::Object => parts.push(parts::typed(content)?.into_iter().next()?),
            JsonKind::Number | JsonKind::Bool => return None,
        }
        if is_empty {
            parts.retain(|part| !matches!(part, MessagePart::Text(_)));
        }
        is_message = true;
    }
    if let Some(refusal) = object.get_string("refusal") {
        parts.push(MessagePart::Noted("refused", refusal));
        is_message = true;
    }
    if let Some(audio) = object.get("audio").filter(|audio| json::kind(audio) == JsonKind::Object) {
        parts.extend(parts::audio(audio));
        is_message = true;
    }
    let before = parts.len();
    let also = object.get("additional_kwargs").map(|also| json::children(also, json::MOST_CHILDREN)).unwrap_or_default();
    for (key, fields) in [("tool_calls", object), ("function_call", object), ("tool_calls", &also), ("function_call", &also)] {
        // LangChain writes the same calls in both places.
        if parts.len() == before
            && let Some(calls) = fields.get(key)
        {
            parts.extend(parts::calls(calls));
        }
    }
    // AI SDK and Anthropic write calls among the parts, LangChain writes those a second time beside them.
    if parts.iter().take(before).any(|part| matches!(part, MessagePart::Call(_))) {
        parts.truncate(before);
    }
    is_message |= parts.len() > before;
    if !is_message {
        return None;
    }
    let speaker = object.get_string("name").or_else(|| object.get_string("tool_name")).map(name).filter(|name| !name.is_empty());
    if role == "tool" && !parts.iter().any(|part| matches!(part, MessagePart::Result(_))) {
        let id = ["tool_call_id", "toolCallId"].into_iter().find_map(|key| object.get_string(key)).map(name);
        let content = content.filter(|content| json::kind(content) != JsonKind::Null);
        let failed = object.get_string("status").is_some_and(|status| status == "\"error\"");
        parts = vec![MessagePart::Result(parts::ToolAnswer { id, name: speaker.clone(), content, failed })];
    }
    Some(ChatMessage { name: speaker.filter(|_| role != "tool"), role, parts })
}

/// The text by which a list shows a conversation: the assistant's message if it has the last word, else the last one of the user.
pub(super) fn telling_text(turns: &[ChatMessage<'_>]) -> Option<String> {
    let last = turns.iter().rev().find(|turn| !turn.parts.is_empty())?;
    let turn = match last.role.as_str() {
        "assistant" => last,
        _ => turns.iter().rev().find(|turn| turn.role == "user" && !turn.parts.is_empty()).unwrap_or(last),
    };
    Some(drawn::plain(turn, LIMIT))
}

/// A short name from its JSON text.
fn name(literal: &str) -> String {
    one_line(&json::unescape(literal, NAME * 12).text, NAME)
}

#[cfg(test)]
mod tests;
