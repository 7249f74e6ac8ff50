//! Turns the JSON that arrived into what a reviewer reads: chat messages, Markdown, a tree or plain text.
//!
//! Everything here is pure, and everything it reads is hostile: values may be megabytes long, nested without end, or made to break a page.

mod chat;
pub(crate) mod compare;
pub(crate) mod diff;
mod json;
mod markdown;
pub(crate) mod structured;
mod tree;

#[cfg(test)]
mod tests;

use shared::markup::Html;
use shared::objects::FieldName;
use shared::spans::{FieldContent, FieldView, JsonKind, Piece, Rendering};
use std::collections::BTreeMap;

/// The names of those whom a comment mentions, by person.
pub(crate) type Mentioned = BTreeMap<String, String>;

/// How many bytes of a value's source text are rendered unless the whole is asked for.
const LIMIT: usize = 32 * 1024;

/// Renders one field of a span. `json` is the field's value as the JSON text that arrived. Without `whole`, at most [`LIMIT`] bytes of source
/// text are rendered and `cut` says so. A rendering that does not suit the value becomes the fitting one. Of metadata, the keys that an SDK
/// keeps for itself (`~__bt_…`) are left out.
pub(crate) fn field(field: FieldName, json: &str, rendering: Rendering, whole: bool) -> FieldView {
    let mut budget = Budget::new(whole);
    let view = |rendering, renderings, content, cut| FieldView { field, rendering, renderings, content, bytes: json.len() as u64, cut };
    let Some(value) = json::parse(json) else {
        let text = budget.text(json);
        return view(Rendering::Text, vec![Rendering::Text], FieldContent::Text(text), budget.cut);
    };
    let messages = if field == FieldName::Metadata { None } else { chat::messages(value) };
    let renderings = match json::kind(value) {
        _ if messages.is_some() => vec![Rendering::Chat, Rendering::Json],
        JsonKind::String if field == FieldName::Error => vec![Rendering::Text, Rendering::Markdown, Rendering::Json],
        JsonKind::String => vec![Rendering::Markdown, Rendering::Text, Rendering::Json],
        _ => vec![Rendering::Json],
    };
    // The first one is the fitting one.
    let rendering = if renderings.contains(&rendering) { rendering } else { renderings.first().copied().unwrap_or(Rendering::Json) };
    let content = match (rendering, messages) {
        (Rendering::Chat, Some(messages)) => FieldContent::Chat(chat::render(messages, &mut budget)),
        (Rendering::Markdown, _) => FieldContent::Html(markdown::html(&budget.text(value))),
        (Rendering::Text, _) => FieldContent::Text(budget.text(value)),
        _ => FieldContent::Json(tree::lines(value, field == FieldName::Metadata, whole, &mut budget)),
    };
    view(rendering, renderings, content, budget.cut)
}

/// Bytes of source text in a piece.
const PIECE: usize = 64 * 1024;

/// A piece of a field's text, from a place in its JSON text. A place that no piece ended at is the end.
pub(crate) fn piece(json: &str, from: u64) -> Piece {
    let value = json::parse(json).unwrap_or(json);
    let is_text = json::kind(value) == JsonKind::String;
    let source = if is_text { json::inside(value) } else { value };
    let rest = usize::try_from(from).ok().and_then(|from| source.get(from..)).unwrap_or_default();
    let (text, taken) = if is_text {
        let unescaped = json::unescape_inside(rest, PIECE);
        (unescaped.text, unescaped.taken)
    } else {
        let end = rest.floor_char_boundary(PIECE);
        (rest.get(..end).unwrap_or_default().to_owned(), end)
    };
    let next = (taken > 0 && taken < rest.len()).then_some(from + taken as u64);
    Piece { text: text.replace('\0', "\u{fffd}"), next }
}

/// Markdown that mentions nobody, as HTML that is safe to show: no HTML of the source, no images, no scripts.
pub(crate) fn description(text: &str) -> Html {
    markdown::html(text)
}

/// A comment as HTML that is safe to put into a page. Links to these people are drawn as their names.
pub(crate) fn comment(text: &str, people: Option<&Mentioned>) -> Html {
    markdown::html_naming(text, &|id| people?.get(id).cloned())
}

/// The first words of a comment on one line.
pub(crate) fn excerpt(text: &str, people: Option<&Mentioned>, characters: usize) -> String {
    one_line(&markdown::words(text, &|id| people?.get(id).cloned()), characters)
}

/// The ids of those whom a text mentions, whoever they are: each once.
pub(crate) fn mentioned(text: &str) -> Vec<String> {
    markdown::mentioned(text)
}

/// The keys under which an object keeps its one obvious text, the most telling first.
const OBVIOUS: [&str; 9] = ["message", "question", "text", "content", "query", "answer", "output", "q", "a"];

/// The first characters of a value on one line, for lists: a string as it is, the last message that matters of a chat, the obvious text of an
/// object, else compact JSON. Whitespace is collapsed and control characters are removed. At most `characters` long, with "…" where it is cut.
pub(crate) fn preview(json: &str, characters: usize) -> String {
    let Some(value) = json::parse(json) else {
        return one_line(json, characters);
    };
    let text = if json::kind(value) == JsonKind::String {
        json::unescape(value, LIMIT).text
    } else if let Some(text) = chat::messages(value).and_then(chat::telling_text) {
        text
    } else if let Some(text) = obvious_text(value) {
        text
    } else {
        json::compact(value, LIMIT)
    };
    one_line(&text, characters)
}

/// The obvious text of an object.
fn obvious_text(value: &str) -> Option<String> {
    if json::kind(value) != JsonKind::Object {
        return None;
    }
    let object = json::children(value, json::MOST_CHILDREN);
    let text = OBVIOUS.into_iter().filter_map(|key| object.get(key)).find(|value| json::kind(value) == JsonKind::String)?;
    Some(json::unescape(text, LIMIT).text)
}

/// Text on one line, at most `characters` long.
fn one_line(text: &str, characters: usize) -> String {
    let mut line = String::new();
    let (mut length, mut gap) = (0, false);
    for character in text.chars() {
        if character.is_whitespace() {
            gap = length > 0;
        } else if !character.is_control() {
            for character in gap.then_some(' ').into_iter().chain([character]) {
                if length == characters {
                    return ended(line);
                }
                line.push(character);
                length += 1;
            }
            gap = false;
        }
    }
    line
}

/// The line with "…" in the place of its last character.
fn ended(mut line: String) -> String {
    if line.pop().is_some() {
        line.truncate(line.trim_end().len());
        line.push('…');
    }
    line
}

/// How much source text may still be rendered.
struct Budget {
    left: usize,
    cut: bool,
}

impl Budget {
    fn new(whole: bool) -> Self {
        Self { left: if whole { usize::MAX } else { LIMIT }, cut: false }
    }

    /// Takes so many bytes.
    fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Reads a string (its JSON text), or as much of it as may be rendered. A value that is no string stays as it is.
    /// NUL cannot stand in a page and becomes the replacement character.
    fn text(&mut self, literal: &str) -> String {
        let text = if literal.starts_with('"') {
            let unescaped = json::unescape(literal, self.left);
            self.cut |= unescaped.cut;
            unescaped.text
        } else {
            let end = literal.floor_char_boundary(self.left);
            self.cut |= end < literal.len();
            literal.get(..end).unwrap_or_default().to_owned()
        };
        self.spend(literal.len());
        text.replace('\0', "\u{fffd}")
    }
}
