//! What messages consist of, in the words of each SDK.

use super::{ChatMessage, NAME, name};
use crate::render::{file, json, one_line};
use shared::spans::JsonKind;
use std::collections::HashMap;

/// What a message consists of. Values are JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) enum MessagePart<'a> {
    /// A string.
    Text(&'a str),
    /// A string that is not simply said, and what it is: `thinking`, `refused`.
    Noted(&'static str, &'a str),
    /// A call of a tool.
    Call(ToolCall<'a>),
    /// What a tool answered.
    Result(ToolAnswer<'a>),
    /// An image.
    Image(Media<'a>),
    /// Sound, a document or another file: what it is, and where.
    File(&'static str, Media<'a>),
    /// What is none of these.
    Json(&'a str),
}

/// A call of a tool.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct ToolCall<'a> {
    pub(in crate::render) id: Option<String>,
    pub(in crate::render) name: String,
    pub(in crate::render) arguments: Option<&'a str>,
    /// What the tool answered, where that is known.
    pub(in crate::render) answer: Option<ToolAnswer<'a>>,
}

/// What a tool answered.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct ToolAnswer<'a> {
    /// The call's id.
    pub(in crate::render) id: Option<String>,
    /// The tool's name.
    pub(in crate::render) name: Option<String>,
    pub(in crate::render) content: Option<&'a str>,
    pub(in crate::render) failed: bool,
}

/// A file: something that is no text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::render) struct Media<'a> {
    /// What it is said to be: `image/png`.
    pub(in crate::render) content_type: String,
    /// A `data:` address, an address elsewhere, base64, or a reference to an attachment.
    pub(in crate::render) source: Option<&'a str>,
    /// What it is called.
    pub(in crate::render) name: Option<String>,
}

impl<'a> Media<'a> {
    /// The same from a source, which may be a reference that says itself what it is.
    fn with_source(mut self, source: Option<&'a str>) -> Self {
        let held = source.filter(|source| json::kind(source) == JsonKind::Object).and_then(file::of);
        match (held, source) {
            (Some(held), _) => {
                self.source = held.source;
                self.name = self.name.or(held.name);
                if self.content_type.is_empty() {
                    self.content_type = held.content_type;
                }
            }
            (None, Some(source)) if json::kind(source) == JsonKind::String => self.source = Some(source),
            (None, _) => {}
        }
        self
    }
}

type Fields<'a> = json::Children<'a>;

fn fields(value: &str) -> Fields<'_> {
    json::children(value, json::MOST_CHILDREN)
}

/// The first of these keys whose value is no null.
fn first<'a>(object: &Fields<'a>, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| object.get(key)).filter(|value| *value != "null")
}

fn first_text<'a>(object: &Fields<'a>, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| object.get_string(key))
}

fn first_name(object: &Fields<'_>, keys: &[&str]) -> Option<String> {
    first_text(object, keys).map(name).filter(|name| !name.is_empty())
}

/// Where two ids stand, that of the call comes before that of the item.
const CALL_IDS: [&str; 6] = ["call_id", "tool_call_id", "toolCallId", "tool_use_id", "toolUseId", "id"];
const NAMES: [&str; 3] = ["name", "toolName", "tool_name"];
const ARGUMENTS: [&str; 4] = ["arguments", "args", "input", "parameters"];

/// Adds the parts of a message's content.
pub(super) fn add<'a>(parts: &mut Vec<MessagePart<'a>>, content: &'a str) {
    match json::kind(content) {
        JsonKind::String => parts.push(MessagePart::Text(content)),
        JsonKind::Array => {
            for (_, value) in fields(content).first {
                match json::kind(value) {
                    JsonKind::String => parts.push(MessagePart::Text(value)),
                    _ => parts.extend(typed(value).unwrap_or_else(|| vec![MessagePart::Json(value)])),
                }
            }
        }
        JsonKind::Object => parts.extend(typed(content).unwrap_or_else(|| vec![MessagePart::Json(content)])),
        JsonKind::Number | JsonKind::Bool | JsonKind::Null => {}
    }
}

/// The parts that an object stands for, often one; none if it is no part that anybody sends.
pub(super) fn typed(value: &str) -> Option<Vec<MessagePart<'_>>> {
    if json::kind(value) != JsonKind::Object {
        return None;
    }
    let object = fields(value);
    let Some(kind) = object.get_string("type").map(name) else { return untyped(&object) };
    let one = |part| Some(vec![part]);
    let text = |keys: &[&str]| first_text(&object, keys);
    match kind.as_str() {
        "text" | "input_text" | "output_text" | "summary_text" => one(MessagePart::Text(text(&["text", "content", "value"])?)),
        "refusal" => one(MessagePart::Noted("refused", text(&["refusal"])?)),
        "thinking" | "reasoning" | "reasoning_text" | "reasoning-delta" => Some(thinking(&object)),
        "redacted_thinking" => Some(Vec::new()),
        "image_url" | "input_image" | "image" | "image-url" | "image_base64" => one(image(&object)),
        "input_audio" | "audio" => audio_of(&object).map(|part| vec![part]),
        "file" | "input_file" | "document" | "document_url" | "video" | "video_url" | "media" | "blob" | "uri" => {
            one(of_kind(&kind, &object))
        }
        "braintrust_attachment" | "external_attachment" | "inline_attachment" => one(by_type(&kind, file::of(value)?)),
        "tool_use" | "server_tool_use" | "mcp_tool_use" | "tool-call" | "tool_call" | "function_call" => one(call(&object)),
        "tool_result"
        | "tool-result"
        | "tool_call_response"
        | "function_call_output"
        | "web_search_tool_result"
        | "mcp_tool_result"
        | "tool-error" => one(answer(&object)),
        "tool-invocation" => Some(invocation(&fields(object.get("toolInvocation")?), None)),
        "dynamic-tool" => Some(invocation(&object, None)),
        "step-start" | "step-finish" => Some(Vec::new()),
        other => other.strip_prefix("tool-").map(|tool| invocation(&object, Some(tool))),
    }
}

/// A part that only its keys tell, as Gemini and Bedrock write it.
fn untyped<'a>(object: &Fields<'a>) -> Option<Vec<MessagePart<'a>>> {
    let one = |part| Some(vec![part]);
    // Whatever else has a text is a row of something, and no message.
    const BESIDE: [&str; 4] = ["text", "thought", "thoughtSignature", "thought_signature"];
    let is_only_text = object.first.iter().all(|(key, _)| BESIDE.contains(&key.trim_matches('"')));
    if let Some(text) = object.get_string("text").filter(|_| is_only_text) {
        let is_thought = object.get("thought") == Some("true");
        return one(if is_thought { MessagePart::Noted("thinking", text) } else { MessagePart::Text(text) });
    }
    let inner =
        |keys: &[&str]| keys.iter().find_map(|key| object.get(key)).filter(|inner| json::kind(inner) == JsonKind::Object).map(fields);
    if let Some(data) = inner(&["inlineData", "inline_data"]) {
        return one(of_kind("blob", &data));
    }
    if let Some(data) = inner(&["fileData", "file_data"]) {
        return one(of_kind("uri", &data));
    }
    if let Some(called) = inner(&["functionCall", "function_call", "toolUse"]) {
        return one(call(&called));
    }
    if let Some(answered) = inner(&["functionResponse", "function_response", "toolResult"]) {
        return one(answer(&answered));
    }
    if let Some(code) = inner(&["executableCode", "executable_code"]) {
        return one(MessagePart::Noted("code", code.get_string("code")?));
    }
    if let Some(result) = inner(&["codeExecutionResult", "code_execution_result"]) {
        return one(MessagePart::Noted("result", result.get_string("output")?));
    }
    if let Some(pictured) = object.get("image") {
        return one(image(&fields(pictured)));
    }
    if let Some(document) = inner(&["document", "video"]) {
        return one(of_kind("document", &document));
    }
    if let Some(reasoning) = inner(&["reasoningContent"]) {
        return Some(thinking(&reasoning));
    }
    object.get("json").map(|json| vec![MessagePart::Json(json)])
}

/// A thought, which is a text, an object that holds one, or a list of these.
fn thinking<'a>(object: &Fields<'a>) -> Vec<MessagePart<'a>> {
    const KEYS: [&str; 6] = ["thinking", "reasoning", "text", "content", "summary", "reasoningText"];
    let text = |value: &'a str| match json::kind(value) {
        JsonKind::String => Some(value),
        _ => first_text(&fields(value), &KEYS),
    };
    let texts = match first(object, &KEYS) {
        Some(held) if json::kind(held) == JsonKind::Array => fields(held).first.into_iter().filter_map(|(_, value)| text(value)).collect(),
        Some(held) => text(held).into_iter().collect(),
        None => Vec::new(),
    };
    texts.into_iter().map(|text| MessagePart::Noted("thinking", text)).collect()
}

/// An image, from wherever an SDK puts it.
fn image<'a>(object: &Fields<'a>) -> MessagePart<'a> {
    let held = first(object, &["image_url", "image", "source", "data", "url", "content", "image_base64", "imageBase64"]);
    let inside = held.filter(|held| json::kind(held) == JsonKind::Object && file::of(held).is_none()).map(fields);
    let of_source = |source: &Fields<'a>| first(source, &["data", "url", "bytes", "uri"]);
    let source = match &inside {
        Some(inside) => of_source(inside).or_else(|| inside.get("source").and_then(|source| of_source(&fields(source)))),
        None => held,
    };
    let types = ["media_type", "mediaType", "mimeType", "mime_type", "format"];
    let content_type =
        inside.as_ref().and_then(|inside| first_name(inside, &types)).or_else(|| first_name(object, &types)).unwrap_or_default();
    let name = first_name(object, &["filename", "name", "file_id"]);
    MessagePart::Image(Media { content_type, source: None, name }.with_source(source))
}

/// Sound that is spoken or heard, with its words where they are written.
pub(super) fn audio(value: &str) -> Vec<MessagePart<'_>> {
    let object = fields(value);
    let words = object.get_string("transcript").map(MessagePart::Text);
    let sound = MessagePart::File("audio", media(&object));
    words.into_iter().chain([sound]).collect()
}

fn audio_of<'a>(object: &Fields<'a>) -> Option<MessagePart<'a>> {
    let held = first(object, &["input_audio", "audio", "source"]).filter(|held| json::kind(held) == JsonKind::Object);
    if let Some(media) = held.and_then(file::of) {
        return Some(MessagePart::File("audio", media));
    }
    Some(MessagePart::File("audio", held.map_or_else(|| media(object), |held| media(&fields(held)))))
}

fn media<'a>(object: &Fields<'a>) -> Media<'a> {
    let types = ["media_type", "mediaType", "mimeType", "mime_type", "content_type", "format"];
    let source = ["data", "file_data", "url", "uri", "fileUri", "file_uri", "file_url", "document_url", "video_url", "content", "bytes"];
    let is_source = |value: &&str| json::kind(value) == JsonKind::String || file::of(value).is_some();
    Media {
        content_type: first_name(object, &types).unwrap_or_default(),
        source: None,
        name: first_name(object, &["filename", "title", "name", "displayName", "file_id", "fileId"]),
    }
    .with_source(source.iter().filter_map(|key| object.get(key)).find(is_source))
}

/// A file; one that is an image is an image.
fn of_kind<'a>(kind: &str, object: &Fields<'a>) -> MessagePart<'a> {
    let held = first(object, &["source", "file"]).filter(|held| json::kind(held) == JsonKind::Object);
    let mut media = match held {
        Some(held) => file::of(held).unwrap_or_else(|| media(&fields(held))),
        None => media(object),
    };
    if media.name.is_none() {
        media.name = first_name(object, &["filename", "title", "name"]);
    }
    by_type(kind, media)
}

/// A file as what its type says.
fn by_type<'a>(kind: &str, media: Media<'a>) -> MessagePart<'a> {
    let begins = |start: &str| {
        media.content_type.starts_with(start)
            || media.source.is_some_and(|source| json::inside(source).starts_with(&format!("data:{start}")))
    };
    if begins("image/") {
        MessagePart::Image(media)
    } else if begins("audio/") {
        MessagePart::File("audio", media)
    } else if begins("video/") || kind.starts_with("video") {
        MessagePart::File("video", media)
    } else {
        MessagePart::File("file", media)
    }
}

/// A call from the object that names the function.
fn call<'a>(object: &Fields<'a>) -> MessagePart<'a> {
    let function = object.get("function").filter(|function| json::kind(function) == JsonKind::Object).map(fields);
    let named = function.as_ref().unwrap_or(object);
    let tool = first_name(named, &NAMES).or_else(|| first_name(object, &NAMES)).unwrap_or_else(|| "tool".to_owned());
    let arguments = first(named, &ARGUMENTS).or_else(|| first(object, &ARGUMENTS));
    MessagePart::Call(ToolCall { id: first_name(object, &CALL_IDS), name: tool, arguments, answer: None })
}

/// Calls as a list, or one as an object.
pub(super) fn calls(value: &str) -> Vec<MessagePart<'_>> {
    match json::kind(value) {
        JsonKind::Array => fields(value)
            .first
            .iter()
            .filter(|(_, value)| json::kind(value) == JsonKind::Object)
            .map(|(_, value)| call(&fields(value)))
            .collect(),
        JsonKind::Object => vec![call(&fields(value))],
        JsonKind::String | JsonKind::Number | JsonKind::Bool | JsonKind::Null => Vec::new(),
    }
}

fn answer<'a>(object: &Fields<'a>) -> MessagePart<'a> {
    let mut content = first(object, &["content", "output", "result", "response", "errorText", "error"]);
    // AI SDK: {"type": "text" | "json" | "error-text", "value": …}.
    let inside = content.filter(|content| json::kind(content) == JsonKind::Object).map(fields);
    let kind = inside.as_ref().and_then(|inside| first_name(inside, &["type"])).unwrap_or_default();
    if let Some(value) = inside.as_ref().and_then(|inside| first(inside, &["value"])).filter(|_| !kind.is_empty()) {
        content = Some(value);
    }
    let failed = object.get("is_error") == Some("true")
        || object.get("isError") == Some("true")
        || object.get_string("status") == Some("\"error\"")
        || kind.starts_with("error")
        || object.get_string("type") == Some("\"tool-error\"");
    let ids = ["tool_use_id", "toolUseId", "toolCallId", "tool_call_id", "call_id", "id"];
    MessagePart::Result(ToolAnswer { id: first_name(object, &ids), name: first_name(object, &NAMES), content, failed })
}

/// A call with its answer in one, as AI SDK draws it.
fn invocation<'a>(object: &Fields<'a>, tool: Option<&str>) -> Vec<MessagePart<'a>> {
    let id = first_name(object, &["toolCallId"]);
    let named = tool.map(|tool| one_line(tool, NAME)).or_else(|| first_name(object, &NAMES)).unwrap_or_else(|| "tool".to_owned());
    let error = first_text(object, &["errorText"]);
    let content = error.or_else(|| first(object, &["output", "result"]));
    let answer = content.map(|content| ToolAnswer { id: id.clone(), name: None, content: Some(content), failed: error.is_some() });
    vec![MessagePart::Call(ToolCall { id, name: named, arguments: first(object, &["input", "args", "rawInput"]), answer })]
}

/// An item of OpenAI's responses that is no message, and who it is from.
pub(super) fn item<'a>(kind: &str, value: &'a str, object: &Fields<'a>) -> Option<(&'static str, Vec<MessagePart<'a>>)> {
    match kind {
        "function_call" | "custom_tool_call" | "mcp_call" => {
            let MessagePart::Call(mut call) = call(object) else { return None };
            if let Some(content) = first(object, &["output", "error"]) {
                call.answer = Some(ToolAnswer { id: None, name: None, content: Some(content), failed: object.get("output").is_none() });
            }
            Some(("assistant", vec![MessagePart::Call(call)]))
        }
        "function_call_output" | "custom_tool_call_output" => Some(("tool", vec![answer(object)])),
        "reasoning" => Some(("assistant", thinking(object))),
        "image_generation_call" => {
            let drawn = |source| MessagePart::Image(Media { source: Some(source), ..Media::default() });
            Some(("assistant", vec![first_text(object, &["result"]).map_or(MessagePart::Json(value), drawn)]))
        }
        "web_search_call" | "file_search_call" | "computer_call" | "code_interpreter_call" | "local_shell_call" => {
            Some(("assistant", vec![MessagePart::Json(value)]))
        }
        _ => None,
    }
}

/// Puts what tools answered beside their calls. An answer without a call before it stays where it is.
pub(super) fn join(turns: &mut [ChatMessage<'_>]) {
    // The place of each call that has no answer yet, by its id; of those without one by name, the earliest first.
    let mut by_id: HashMap<String, (usize, usize)> = HashMap::new();
    let mut by_name: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    for turn in 0..turns.len() {
        let mut part = 0;
        while let Some(current) = turns.get(turn).and_then(|turn| turn.parts.get(part)) {
            match current {
                MessagePart::Call(call) if call.answer.is_none() => {
                    match &call.id {
                        Some(id) => {
                            by_id.insert(id.clone(), (turn, part));
                        }
                        None => by_name.entry(call.name.clone()).or_default().push((turn, part)),
                    };
                }
                MessagePart::Result(answer) => {
                    let asked = answer.id.as_ref().and_then(|id| by_id.remove(id)).or_else(|| {
                        let waiting = by_name.get_mut(answer.name.as_ref()?).filter(|waiting| !waiting.is_empty())?;
                        Some(waiting.remove(0))
                    });
                    if let Some((asking, place)) = asked {
                        // What is taken out of a turn moves none of its calls: those stand in turns before it, or before it in its own.
                        let Some(MessagePart::Result(answer)) = turns.get_mut(turn).map(|turn| turn.parts.remove(part)) else { return };
                        if let Some(MessagePart::Call(call)) = turns.get_mut(asking).and_then(|turn| turn.parts.get_mut(place)) {
                            call.answer = Some(answer);
                        }
                        continue;
                    }
                }
                _ => {}
            }
            part += 1;
        }
    }
}
