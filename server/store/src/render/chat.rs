//! Chat messages in the forms in which SDKs and providers send them.

use super::{Budget, LIMIT, json, markdown, one_line};
use shared::markup::Html;
use shared::spans::{JsonKind, Message};

/// Characters of a folded message.
const BEGINNING: usize = 120;
/// Characters of a role, of a label and of a tool's name.
const NAME: usize = 80;

/// A message that was recognised; its values are JSON text.
pub(super) struct Found<'a> {
    role: &'a str,
    content: Option<&'a str>,
    tool_calls: Option<&'a str>,
}

/// What a message consists of.
enum Part<'a> {
    /// A string.
    Text(&'a str),
    /// Something that is only named, such as an image.
    Label(String),
    /// A call of a tool: its name and its arguments.
    Call(String, Option<&'a str>),
}

/// The messages of a value; none if it is no chat. Known forms: a list of messages, one message, `{messages: […]}`, `{message: …}`,
/// `[{message: …}]` and `{choices: [{message: …}]}`.
pub(super) fn messages(value: &str) -> Option<Vec<Found<'_>>> {
    let list = match json::kind(value) {
        JsonKind::Array => json::children(value, json::MOST_CHILDREN),
        JsonKind::Object => {
            let object = json::children(value, json::MOST_CHILDREN);
            match object.get("messages").or_else(|| object.get("choices")) {
                Some(list) => json::children(list, json::MOST_CHILDREN),
                None => return Some(vec![message(value)?]),
            }
        }
        _ => return None,
    };
    let messages = list.first.into_iter().map(|(_, value)| message(value)).collect::<Option<Vec<_>>>()?;
    (!messages.is_empty()).then_some(messages)
}

/// A message, as it is or as the `message` of an object.
fn message(value: &str) -> Option<Found<'_>> {
    let object = json::children(value, json::MOST_CHILDREN);
    let object = match object.get("message") {
        Some(inner) => json::children(inner, json::MOST_CHILDREN),
        None => object,
    };
    let role = object.get_string("role")?;
    let content = object.get("content");
    let tool_calls = object.get("tool_calls").filter(|calls| json::kind(calls) == JsonKind::Array);
    let readable = match content.map(json::kind) {
        Some(JsonKind::String | JsonKind::Null | JsonKind::Array) => true,
        Some(_) => false,
        None => tool_calls.is_some(),
    };
    readable.then_some(Found { role, content, tool_calls })
}

/// The messages as the page shows them, as far as the budget goes.
pub(super) fn render(found: Vec<Found<'_>>, budget: &mut Budget) -> Vec<Message> {
    let mut messages = Vec::new();
    for message in found {
        if budget.left == 0 {
            budget.cut = true;
            break;
        }
        messages.push(message.render(budget));
    }
    messages
}

/// The text by which a list shows a conversation: the assistant's message if it has the last word, else the last one of the user.
pub(super) fn telling_text(messages: Vec<Found<'_>>) -> Option<String> {
    let last = messages.last()?;
    let message = match last.role() {
        role if role == "assistant" => last,
        _ => messages.iter().rev().find(|message| message.role() == "user").unwrap_or(last),
    };
    Some(message.plain(&mut Budget { left: LIMIT, cut: false }))
}

impl<'a> Found<'a> {
    fn role(&self) -> String {
        one_line(&json::unescape(self.role, NAME * 12).text, NAME)
    }

    fn parts(&self) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        add_content(&mut parts, self.content, true);
        for (_, call) in json::children(self.tool_calls.unwrap_or_default(), json::MOST_CHILDREN).first {
            let call = json::children(call, json::MOST_CHILDREN);
            let function = call.get("function").map(|function| json::children(function, json::MOST_CHILDREN)).unwrap_or(call);
            parts.push(Part::call(&function));
        }
        parts
    }

    fn plain(&self, budget: &mut Budget) -> String {
        self.parts().iter().map(|part| part.plain(budget)).collect::<Vec<_>>().join("\n")
    }

    fn render(&self, budget: &mut Budget) -> Message {
        let role = self.role();
        // What a tool answers is often JSON, which Markdown would mangle.
        let answer = matches!(role.as_str(), "tool" | "function");
        let (mut html, mut plain) = (Html::default(), String::new());
        for part in self.parts() {
            if budget.left == 0 {
                budget.cut = true;
                break;
            }
            let text = part.plain(budget);
            html.push(&match part {
                Part::Text(_) if answer && text.starts_with(['{', '[']) => markdown::code(&text),
                Part::Text(_) => markdown::html(&text),
                Part::Label(_) => markdown::plain(&text),
                Part::Call(..) => markdown::code(&text),
            });
            plain.push_str(&text);
            plain.push('\n');
        }
        let words = u32::try_from(plain.split_whitespace().count()).unwrap_or(u32::MAX);
        Message { role, html, words, beginning: one_line(&plain, BEGINNING) }
    }
}

impl<'a> Part<'a> {
    /// A call from the object that names the function: `{name, arguments}`, `{name, args}` or `{name, input}`.
    fn call(function: &json::Children<'a>) -> Self {
        let arguments = ["arguments", "args", "input"].into_iter().find_map(|key| function.get(key));
        Self::Call(name(function.get_string("name")).unwrap_or_else(|| "tool".to_owned()), arguments)
    }

    /// The text of the part, as far as the budget goes.
    fn plain(&self, budget: &mut Budget) -> String {
        match self {
            Self::Text(literal) => budget.text(literal),
            Self::Label(label) => {
                budget.spend(label.len());
                format!("[{label}]")
            }
            Self::Call(name, arguments) => {
                budget.spend(name.len());
                format!("{name}({})", arguments.map(|arguments| budget.text(arguments)).unwrap_or_default())
            }
        }
    }
}

/// A short name from its JSON text.
fn name(literal: Option<&str>) -> Option<String> {
    literal.map(|literal| one_line(&json::unescape(literal, NAME * 12).text, NAME))
}

/// Adds the parts of a message's content. A tool's result may hold parts once more, hence `outer`.
fn add_content<'a>(parts: &mut Vec<Part<'a>>, content: Option<&'a str>, outer: bool) {
    let Some(content) = content else { return };
    match json::kind(content) {
        JsonKind::String => parts.push(Part::Text(content)),
        JsonKind::Array => {
            for (_, value) in json::children(content, json::MOST_CHILDREN).first {
                add_part(parts, value, outer);
            }
        }
        _ => {}
    }
}

fn add_part<'a>(parts: &mut Vec<Part<'a>>, value: &'a str, outer: bool) {
    if json::kind(value) == JsonKind::String {
        parts.push(Part::Text(value));
        return;
    }
    let part = json::children(value, json::MOST_CHILDREN);
    let kind = name(part.get_string("type")).unwrap_or_else(|| "part".to_owned());
    match (kind.as_str(), part.get_string("text")) {
        ("text" | "input_text" | "output_text", Some(text)) => parts.push(Part::Text(text)),
        ("tool_use", _) => parts.push(Part::call(&part)),
        ("tool_result", _) if outer => add_content(parts, part.get("content"), false),
        _ => parts.push(Part::Label(kind)),
    }
}
