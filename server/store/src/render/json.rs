//! JSON read one level at a time, so that the order of keys, long numbers and broken strings survive, and deep nesting costs no stack.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use shared::spans::JsonKind;
use std::fmt;

/// How many children of an object or a list are looked at where nothing else limits them.
pub(super) const MOST_CHILDREN: usize = 20_000;

/// The value without the space around it; none if the text is not JSON.
pub(super) fn parse(json: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(json).ok().map(RawValue::get)
}

/// The value that begins at a place of a text; none if none does.
pub(super) fn value_at(json: &str, at: usize) -> Option<&str> {
    let mut deserializer = serde_json::Deserializer::from_str(json.get(at..)?);
    <&RawValue>::deserialize(&mut deserializer).ok().map(RawValue::get)
}

/// Where a value begins in the text that it was read from; none if it was read from another.
pub(super) fn place(json: &str, value: &str) -> Option<usize> {
    let at = (value.as_ptr() as usize).checked_sub(json.as_ptr() as usize)?;
    (at + value.len() <= json.len()).then_some(at)
}

/// How the value that begins at a place is reached: `retrieved[0].text`, and the names that no program writes so as `["the name"]`.
pub(super) fn path(json: &str, at: usize) -> String {
    let mut path = String::new();
    let mut value = parse(json).unwrap_or_default();
    for _ in 0..DEEPEST_PATH {
        if place(json, value).is_none_or(|begin| begin >= at) {
            break;
        }
        let within = children(value, usize::MAX).first;
        let Some(position) = within.iter().rposition(|(_, child)| place(json, child).is_some_and(|begin| begin <= at)) else { break };
        let Some((key, child)) = within.get(position) else { break };
        let is_plain = |name: &str| {
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.starts_with(|first: char| first.is_ascii_digit())
        };
        match inside(key) {
            _ if kind(value) == JsonKind::Array => path.push_str(&format!("[{position}]")),
            name if !name.is_empty() && is_plain(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            _ => path.push_str(&format!("[{key}]")),
        }
        value = child;
    }
    path
}

/// Levels of a path.
const DEEPEST_PATH: usize = 100;

/// What a value is, by its first character.
pub(super) fn kind(value: &str) -> JsonKind {
    match value.as_bytes().first() {
        Some(b'{') => JsonKind::Object,
        Some(b'[') => JsonKind::Array,
        Some(b'"') => JsonKind::String,
        Some(b't' | b'f') => JsonKind::Bool,
        Some(b'n') => JsonKind::Null,
        _ => JsonKind::Number,
    }
}

/// What an object or a list holds.
#[derive(Default)]
pub(super) struct Children<'a> {
    /// The first ones: the key as JSON text (empty in lists) and the value as JSON text.
    pub(super) first: Vec<(&'a str, &'a str)>,
    /// How many there are.
    pub(super) count: usize,
}

impl<'a> Children<'a> {
    /// The value of a key; the last one if the key repeats, as other readers of JSON do.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.first.iter().rev().find(|(name, _)| name.trim_matches('"') == key).map(|(_, value)| *value)
    }

    /// The value of a key that is written as this JSON text.
    pub(super) fn value_of(&self, literal: &str) -> Option<&'a str> {
        self.first.iter().rev().find(|(key, _)| *key == literal).map(|(_, value)| *value)
    }

    /// The value of a key if it is a string, as JSON text.
    pub(super) fn get_string(&self, key: &str) -> Option<&'a str> {
        self.get(key).filter(|value| kind(value) == JsonKind::String)
    }

    fn add(&mut self, most: usize, key: &'a str, value: &'a str) {
        self.count += 1;
        if self.first.len() < most {
            self.first.push((key, value));
        }
    }
}

/// The first children of an object or a list, `most` at most; none of anything else.
pub(super) fn children(value: &str, most: usize) -> Children<'_> {
    let mut deserializer = serde_json::Deserializer::from_str(value);
    match kind(value) {
        JsonKind::Object | JsonKind::Array => deserializer.deserialize_any(Level { most }).unwrap_or_default(),
        _ => Children::default(),
    }
}

struct Level {
    most: usize,
}

impl<'de> Visitor<'de> for Level {
    type Value = Children<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut children = Children::default();
        while let Some(value) = list.next_element::<&RawValue>()? {
            children.add(self.most, "", value.get());
        }
        Ok(children)
    }

    // Keys are read as raw values too: a key with a lone surrogate is no `String`.
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut children = Children::default();
        while let Some((key, value)) = object.next_entry::<&RawValue, &RawValue>()? {
            children.add(self.most, key.get(), value.get());
        }
        Ok(children)
    }
}

/// What stands in JSON and holds nothing further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A key, as JSON text.
    Key(&'a str),
    /// A string, as JSON text.
    Text(&'a str),
    /// A number, `true`, `false` or `null`.
    Word(&'a str),
}

/// Everything that stands in JSON in the order in which one reads it, whatever it is nested in, but the values of keys of the outermost
/// object that `hidden` knows by their JSON text.
pub(super) fn tokens<'a>(json: &'a str, hidden: impl Fn(&str) -> bool, mut read: impl FnMut(Token<'a>)) {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let byte = rest.as_bytes().first().copied().unwrap_or_default();
        if byte == b'"' {
            let literal = rest.get(..string_length(rest)).unwrap_or(rest);
            at += literal.len();
            let after = json.get(at..).unwrap_or_default().trim_start();
            if !after.starts_with(':') {
                read(Token::Text(literal));
            } else if depth == 1 && hidden(literal) {
                at = json.len() - after.len() + 1;
                let space = json.get(at..).map_or(0, |rest| rest.len() - rest.trim_start().len());
                at += space + value_at(json, at).map_or(0, str::len);
            } else {
                read(Token::Key(literal));
            }
            continue;
        }
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => {
                let word = rest.get(..rest.find([',', ':', '}', ']', '"', ' ', '\n', '\r', '\t']).unwrap_or(rest.len())).unwrap_or(rest);
                read(Token::Word(word));
                at += word.len();
                continue;
            }
        }
        at += 1;
    }
}

/// The bytes of the string at the beginning of the text, with its quotation marks.
fn string_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return text.len(),
        }
    }
}

/// Every string in a text of JSON, keys too, in their order.
pub(super) fn texts(json: &str) -> Vec<String> {
    let (mut rest, mut found) = (json, Vec::new());
    while let Some(at) = rest.find('"') {
        let from = rest.get(at..).unwrap_or_default();
        let (literal, after) = from.split_at(string_length(from));
        found.push(unescape(literal, literal.len()).text);
        rest = after;
    }
    found
}

/// A string that was read.
pub(super) struct Unescaped {
    /// Its text. A lone surrogate, which no text can hold, stays escaped.
    pub(super) text: String,
    /// Whether only the beginning was read.
    pub(super) cut: bool,
    /// Bytes of JSON that were read.
    pub(super) taken: usize,
    /// Whether a lone surrogate stayed escaped.
    pub(super) broken: bool,
}

/// Reads a string from its JSON text, of which at most `limit` bytes are read.
pub(super) fn unescape(literal: &str, limit: usize) -> Unescaped {
    unescape_inside(inside(literal), limit)
}

/// Reads a string from its JSON text, or anything else as it stands, of which at most `limit` bytes are read.
pub(super) fn text(literal: &str, limit: usize) -> Unescaped {
    if literal.starts_with('"') {
        return unescape(literal, limit);
    }
    let taken = literal.floor_char_boundary(limit);
    Unescaped { text: literal.get(..taken).unwrap_or_default().to_owned(), cut: taken < literal.len(), taken, broken: false }
}

/// What stands between the quotation marks.
pub(super) fn inside(literal: &str) -> &str {
    literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(literal)
}

/// The same for what stands between the quotation marks, or follows what was taken of it.
pub(super) fn unescape_inside(mut rest: &str, limit: usize) -> Unescaped {
    let mut left = limit;
    let mut unescaped = Unescaped { text: String::new(), cut: false, taken: 0, broken: false };
    while !rest.is_empty() {
        let plain = rest.find('\\').unwrap_or(rest.len());
        let taken = if plain > 0 { rest.floor_char_boundary(plain.min(left)) } else { escape_length(rest) };
        if taken == 0 || taken > left {
            unescaped.cut = true;
            break;
        }
        let (part, following) = rest.split_at(taken);
        if plain > 0 {
            unescaped.text.push_str(part);
        } else if let Some(character) = escaped_character(part) {
            unescaped.text.push(character);
        } else {
            unescaped.text.push_str(part);
            unescaped.broken = true;
        }
        left -= taken;
        unescaped.taken += taken;
        rest = following;
    }
    unescaped
}

/// The bytes of the escape at the beginning of the text: two, six, or twelve for a pair of surrogates.
fn escape_length(text: &str) -> usize {
    let length = match (code_unit(text), text.get(6..).and_then(code_unit)) {
        (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => 12,
        (Some(_), _) => 6,
        (None, _) => 2,
    };
    text.ceil_char_boundary(length)
}

/// The character of an escape; none of a lone surrogate.
fn escaped_character(escape: &str) -> Option<char> {
    if let Some(unit) = code_unit(escape) {
        let low = escape.get(6..).and_then(code_unit);
        return char::from_u32(low.map_or(unit, |low| 0x1_0000 + ((unit & 0x3ff) << 10) + (low & 0x3ff)));
    }
    match escape.as_bytes().get(1)? {
        b'n' => Some('\n'),
        b't' => Some('\t'),
        b'r' => Some('\r'),
        b'b' => Some('\u{8}'),
        b'f' => Some('\u{c}'),
        b'"' => Some('"'),
        b'\\' => Some('\\'),
        b'/' => Some('/'),
        _ => None,
    }
}

/// The code unit of a `\uXXXX` at the beginning of the text.
fn code_unit(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// The JSON without the space between its tokens, of which at most `limit` bytes are read.
pub(super) fn compact(value: &str, limit: usize) -> String {
    let mut compact = String::new();
    let (mut inside, mut escaped) = (false, false);
    for character in value.get(..value.floor_char_boundary(limit)).unwrap_or_default().chars() {
        if inside || !character.is_ascii_whitespace() {
            compact.push(character);
        }
        // A quotation mark begins or ends a string unless a backslash stands before it.
        if character == '"' && !escaped {
            inside = !inside;
        }
        escaped = character == '\\' && !escaped;
    }
    compact
}
