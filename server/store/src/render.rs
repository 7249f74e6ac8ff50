//! Turns the JSON that arrived into what a reviewer reads: chat messages, Markdown, a tree or plain text.
//!
//! Everything here is pure, and everything it reads is hostile: values may be megabytes long, nested without end, or made to break a page.

mod chat;
mod code;
pub(crate) mod compare;
mod conversation;
pub(crate) mod diff;
mod drawing;
mod file;
mod json;
mod markdown;
mod marked;
mod picture;
pub(crate) mod structured;
mod table;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use conversation::{HeardField, HeardKind, conversation};
pub(crate) use drawing::FieldSource;
pub(crate) use file::{Attachments, FieldFile, KnownAttachment, attachment_keys, file, served};
pub(crate) use marked::Words;

use drawing::{Drawing, LIMIT};
use shared::figures;
use shared::html;
use shared::markup::Html;
use shared::objects::FieldName;
use shared::spans::{FieldContent, FieldView, JsonKind, NodeText, Piece, Rendering, ShownAs, WHOLE};
use shared::{ObjectId, RowId};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The names of those whom a comment mentions, by person.
pub(crate) type Mentioned = BTreeMap<String, String>;

/// Bytes of a text in which words are counted.
const COUNTED: usize = 256 * 1024;

/// How a field is to be rendered.
pub(crate) struct WantedField<'a> {
    /// As what. What does not suit the value becomes what fits it.
    pub(crate) rendering: Rendering,
    /// What the reader has chosen, where nothing is said.
    pub(crate) shown_as: &'a ShownAs,
    /// All of it; else so much of its source text as one reads at once, and `cut` says whether that was all.
    pub(crate) whole: bool,
    /// With these words marked, and what is too long as far as they stand in it.
    pub(crate) find: Option<&'a Words>,
}

/// The text of a value as a page shows it: a string without its marks, anything else as it arrived.
pub(crate) fn plain_text(json: &str) -> String {
    json::text(json, json.len()).text
}

/// Every text in a value, each on a line of its own: what of it is read, without what only JSON needs.
pub(crate) fn texts_in(json: &str) -> String {
    json::texts(json).join("\n")
}

/// Renders one field of a span. Of metadata, the keys that an SDK keeps for itself (`~__bt_…`) are left out.
pub(crate) fn field(source: &FieldSource<'_>, wanted: &WantedField<'_>) -> FieldView {
    let FieldSource { field, json, .. } = *source;
    let mut drawing = Drawing::new(source, wanted.whole, wanted.find);
    let stamp = drawing.stamp;
    let view = |rendering, renderings, content, about, cut| FieldView {
        field,
        rendering,
        renderings,
        content,
        about,
        bytes: json.len() as u64,
        stamp,
        cut,
    };
    let Some(value) = json::parse(json) else {
        let text = drawing.text(json);
        return view(Rendering::Text, vec![Rendering::Text], FieldContent::Text(text), figures::bytes(json.len() as u64), drawing.cut);
    };
    let is_metadata = field == FieldName::Metadata;
    let chat = if is_metadata { None } else { chat::of(value) };
    let renderings = renderings(field, value, chat.as_ref());
    // The first one is the fitting one.
    let fitting = renderings.first().copied().unwrap_or(Rendering::Json);
    let wished = if wanted.rendering == Rendering::Fitting { wanted.shown_as.of(field, fitting) } else { wanted.rendering };
    let rendering = if renderings.contains(&wished) { wished } else { fitting };
    if let Some(words) = wanted.find {
        let (rendering, html) = found(&mut drawing, value, rendering, chat.as_ref(), words);
        let about = match html.as_str().matches("<mark>").count() {
            marked if marked < marked::MOST_MARKS => figures::counted(marked as u64, "place", "places"),
            marked => format!("the first {} places", figures::count(marked as u64)),
        };
        return view(rendering, renderings, FieldContent::Html(html), about, false);
    }
    let about = about(value, chat.as_ref(), is_metadata);
    let content = drawn(&mut drawing, value, rendering, chat.as_ref());
    view(rendering, renderings, content, about, drawing.cut)
}

/// Draws a value as something that suits it.
fn drawn(drawing: &mut Drawing<'_>, value: &str, rendering: Rendering, chat: Option<&chat::Chat<'_>>) -> FieldContent {
    match (rendering, chat) {
        (Rendering::Chat, Some(chat)) => FieldContent::Html(chat::html(drawing, &chat.turns)),
        (Rendering::Markdown, _) => FieldContent::Html(html!(r#"<div class="read">{}</div>"#, drawing.prose(value).0)),
        (Rendering::Text, _) => FieldContent::Text(drawing.text(value)),
        (Rendering::Code, _) => FieldContent::Html(code::block(&drawing.text(value), "")),
        (Rendering::Table, _) => FieldContent::Html(table::table(drawing, value).unwrap_or_default()),
        (Rendering::Chat | Rendering::Json | Rendering::Fitting, _) => {
            let is_metadata = drawing.field() == FieldName::Metadata;
            FieldContent::Html(tree::tree(drawing, value, is_metadata))
        }
    }
}

/// Draws a value with words marked, as far as they stand in it. Where what suits the value does not show them (they are in a key of a chat, or
/// in the marks of a text), the lines of its JSON do.
fn found(drawing: &mut Drawing<'_>, value: &str, rendering: Rendering, chat: Option<&chat::Chat<'_>>, words: &Words) -> (Rendering, Html) {
    if rendering != Rendering::Json {
        let html = match drawn(drawing, value, rendering, chat) {
            FieldContent::Html(html) => html,
            FieldContent::Text(text) => html!(r#"<pre class="raw said-text" dir="auto" tabindex="0">{}</pre>"#, text),
        };
        // A tree in a chat marks its lines itself.
        let is_marked = html.as_str().contains("<mark>");
        let (html, count) = words.marked_in(&html);
        if count > 0 || is_marked {
            return (rendering, html);
        }
    }
    let is_metadata = drawing.field() == FieldName::Metadata;
    (Rendering::Json, tree::found(drawing, value, words, is_metadata).0)
}

/// The tree of a value that stands in no field: drawn as a whole, as far as the limits go.
pub(crate) fn tree_of(json: &str) -> Html {
    let (object, row_id) = (ObjectId(String::new()), RowId(String::new()));
    // What is drawn does not stand in the source, so that nothing has a place there by which more could be read.
    let attachments = Attachments::new();
    let source = FieldSource { object: &object, row_id: &row_id, field: FieldName::Metadata, json: "null", attachments: &attachments };
    tree::tree(&mut Drawing::new(&source, true, None), json, true)
}

/// As what a value can be shown, what fits best first.
fn renderings(field: FieldName, value: &str, chat: Option<&chat::Chat<'_>>) -> Vec<Rendering> {
    use Rendering::{Chat, Code, Json, Markdown, Table, Text};
    match (chat, json::kind(value)) {
        (Some(chat), _) if chat.is_all => vec![Chat, Json],
        (Some(_), _) => vec![Json, Chat],
        (None, JsonKind::String) if field == FieldName::Error => vec![Text, Markdown, Code, Json],
        (None, JsonKind::String) => vec![Markdown, Text, Code, Json],
        (None, JsonKind::Array) if table::is_of_like_objects(value) => vec![Json, Table],
        (None, _) => vec![Json],
    }
}

/// What a value is in a few words.
fn about(value: &str, chat: Option<&chat::Chat<'_>>, hide_internal: bool) -> String {
    let bytes = figures::bytes(value.len() as u64);
    let count = || tree::shown(value, usize::MAX, hide_internal).count as u64;
    match (chat, json::kind(value)) {
        (Some(chat), _) => chat::about(&chat.turns),
        (None, JsonKind::Object) => format!("{}, {bytes}", figures::counted(count(), "key", "keys")),
        (None, JsonKind::Array) => format!("{}, {bytes}", figures::counted(count(), "item", "items")),
        (None, JsonKind::String) if value.len() <= COUNTED => {
            let text = json::unescape(value, usize::MAX).text;
            figures::counted(text.split_whitespace().count() as u64, "word", "words")
        }
        (None, JsonKind::String | JsonKind::Number | JsonKind::Bool | JsonKind::Null) => bytes,
    }
}

/// A value inside a field, that begins at a place in its JSON: what an object or a list holds from so many of its things on, a list of like
/// objects as a table, a string as text or Markdown. None if no value begins there.
pub(crate) fn node(source: &FieldSource<'_>, at: u64, rendering: Rendering, from: u32) -> Option<FieldContent> {
    let value = json::value_at(source.json, usize::try_from(at).ok()?)?;
    let mut drawing = Drawing::new(source, true, None);
    drawing.left = usize::try_from(WHOLE).unwrap_or(usize::MAX);
    Some(match (rendering, json::kind(value)) {
        (Rendering::Table, JsonKind::Array) if from > 0 => {
            FieldContent::Html(table::more(&mut drawing, value, usize::try_from(from).ok()?)?)
        }
        (Rendering::Table, JsonKind::Array) => {
            drawing.whole = false;
            FieldContent::Html(table::table(&mut drawing, value)?)
        }
        (Rendering::Markdown, JsonKind::String) => FieldContent::Html(html!(r#"<div class="read">{}</div>"#, drawing.prose(value).0)),
        (_, JsonKind::Object | JsonKind::Array) => {
            drawing.left = LIMIT;
            let is_outermost = json::parse(source.json).is_some_and(|root| root.as_ptr() == value.as_ptr());
            let hide_internal = is_outermost && source.field == FieldName::Metadata;
            FieldContent::Html(tree::unfolded(&mut drawing, value, usize::try_from(from).ok()?, hide_internal))
        }
        _ => {
            let text = drawing.text(value);
            if !drawing.cut {
                return Some(FieldContent::Text(text));
            }
            let note = format!("These are the first {}. Copy the value to have all of it.", figures::bytes(text.len() as u64));
            FieldContent::Html(html!(r#"<pre class="raw said-text" dir="auto" tabindex="0">{}</pre><p class="hint">{}</p>"#, text, note))
        }
    })
}

/// A value inside a field, that begins at a place in its JSON, to be copied. None if no value begins there.
pub(crate) fn node_text(json: &str, at: u64) -> Option<NodeText> {
    let at = usize::try_from(at).ok()?;
    let value = json::value_at(json, at)?;
    Some(NodeText { text: json::text(value, usize::MAX).text, path: json::path(json, at) })
}

/// How often words stand in the keys and values of a field, and what stands around the first.
pub(crate) fn find(field: FieldName, json: &str, words: &Words) -> Option<(usize, Html)> {
    let (mut count, mut around, mut last) = (0, None, None::<&str>);
    let hidden = |key: &str| field == FieldName::Metadata && tree::is_internal(key);
    json::tokens(json, hidden, |token| {
        let (text, key) = match token {
            json::Token::Key(literal) => (tree::shown_key(literal), None),
            json::Token::Text(literal) => (marked::read_text(literal), last.take()),
            json::Token::Word(word) => (word.to_owned(), last.take()),
        };
        let here = words.count(&text);
        if here > 0 && around.is_none() {
            let text = marked::excerpt(&text, words, AROUND);
            // The key says what it is, but of a text that is plainly one.
            let key = key.filter(|key| !OBVIOUS.contains(&json::inside(key)));
            around = Some(key.map_or(text.clone(), |key| format!("{}: {text}", tree::shown_key(key))));
        }
        count += here;
        if let json::Token::Key(literal) = token {
            last = Some(literal);
        }
    });
    around.map(|around| (count, words.marked(&one_line(&around, AROUND))))
}

/// Characters around words that were found.
const AROUND: usize = 120;

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
    one_line(&telling(json), characters)
}

/// The first characters of the same text with its lines as they are, and whether there are more.
pub(crate) fn excerpt_of(json: &str, characters: usize) -> (String, bool) {
    let text = telling(json);
    let mut rest = text.trim_end().chars().filter(|character| *character == '\n' || !character.is_control());
    let shown: String = rest.by_ref().take(characters).collect();
    (shown, rest.next().is_some())
}

/// The text that a value is told by.
fn telling(json: &str) -> Cow<'_, str> {
    let Some(value) = json::parse(json) else { return Cow::Borrowed(json) };
    let text = if json::kind(value) == JsonKind::String {
        json::unescape(value, LIMIT).text
    } else if let Some(text) = chat::of(value).and_then(|chat| chat::telling_text(&chat.turns)) {
        text
    } else if let Some(text) = obvious_text(value) {
        text
    } else {
        json::compact(value, LIMIT)
    };
    Cow::Owned(text)
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
