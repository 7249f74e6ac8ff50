//! YAML as JSON, event by event, so that every mistake has its place and nothing is kept but the JSON text.

use super::yaml_writer::JSON_TAG;
use super::{mistake, mistake_at, sentence};
use crate::ground::body::{Raw, raw};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use serde_json::value::RawValue;
use shared::texts::TextMistake;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Levels of nesting that are read.
const DEEPEST: usize = 200;

/// Bytes of JSON that a text may become by its aliases.
const LARGEST: usize = 1_000_000;

/// What a step of reading says when it goes wrong; its event has the place.
type Step<T = ()> = Result<T, String>;

/// Reads YAML; none if it holds comments only.
pub(super) fn read(text: &str) -> Result<Option<Raw>, TextMistake> {
    // To the parser a NUL is the end of the text; YAML allows none of these.
    if let Some((place, character)) = text.char_indices().find(|(_, character)| character.is_control() && !"\n\r\t".contains(*character)) {
        let code = u32::from(character);
        return Err(mistake(
            text,
            place,
            format!(r#"A control character stands here. Write it as "\u{code:04x}", in double quotation marks."#),
        ));
    }
    let mut reader = Reader::default();
    // What is missing at the end is told right there, not after the white space that follows.
    let end = text.trim_end();
    let length = end.chars().count();
    let at = |marker: Marker, message: String| {
        if marker.index() >= length {
            return mistake(text, end.len(), message);
        }
        mistake_at(marker.line(), marker.col() + 1, message)
    };
    let mut last = Marker::new(0, 1, 0);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| at(*error.marker(), explained(error.info())))?;
        last = span.start;
        reader.take(event).map_err(|message| at(last, message))?;
    }
    if reader.json.is_empty() {
        return Ok(None);
    }
    RawValue::from_string(reader.json).map(Some).map_err(|error| at(last, error.to_string()))
}

#[derive(Default)]
struct Reader {
    json: String,
    open: Vec<Level>,
    /// Where in the JSON text the value of an anchor stands, once it is complete.
    anchors: HashMap<usize, Range<usize>>,
    documents: usize,
}

/// A list or an object that has not ended.
struct Level {
    anchor: usize,
    start: usize,
    holds_some: bool,
    /// The keys so far; none in a list.
    keys: Option<HashSet<String>>,
    /// Whether a key waits for its value.
    awaits_value: bool,
}

impl Reader {
    fn take(&mut self, event: Event) -> Step {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err("A second document begins here. Only one value can stand here.".to_owned());
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar(&text, style, tag.as_deref())?;
                if self.expects_key() && style == ScalarStyle::Plain && tag.is_none() && text == "<<" {
                    return Err("Merging with << is no part of YAML 1.2. Write the keys out.".to_owned());
                }
                self.add(anchor, &value)?;
            }
            Event::Alias(anchor) => {
                let place = self.anchors.get(&anchor).ok_or("This alias stands inside of what it stands for.")?;
                let value = self.json.get(place.clone()).unwrap_or_default().to_owned();
                if self.json.len() + value.len() > LARGEST {
                    return Err("By its aliases this becomes larger than 1 MB. Use fewer of them.".to_owned());
                }
                self.add(0, &value)?;
            }
            Event::SequenceStart(anchor, tag) => self.begin(anchor, tag.as_deref(), "seq", '[', None)?,
            Event::MappingStart(anchor, tag) => self.begin(anchor, tag.as_deref(), "map", '{', Some(HashSet::new()))?,
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|level| level.keys.is_some() && !level.awaits_value)
    }

    /// Adds a value, or a key where one is expected.
    fn add(&mut self, anchor: usize, value: &str) -> Step {
        let is_key = self.expects_key();
        if is_key && !value.starts_with('"') {
            let begins_container = value.starts_with(['{', '[']);
            let hint = if begins_container { String::new() } else { format!(" Put quotation marks around {value}.") };
            return Err(format!("A key is text in JSON.{hint}"));
        }
        if is_key && self.open.last_mut().and_then(|level| level.keys.as_mut()).is_some_and(|keys| !keys.insert(value.to_owned())) {
            return Err(format!("The key {value} stands here for the second time. Keep one of them."));
        }
        self.separate();
        let start = self.json.len();
        self.json.push_str(value);
        if anchor > 0 {
            self.anchors.insert(anchor, start..self.json.len());
        }
        if is_key {
            self.json.push(':');
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, tag: Option<&Tag>, name: &str, bracket: char, keys: Option<HashSet<String>>) -> Step {
        if self.expects_key() {
            return Err("A key is text in JSON, not a list or an object.".to_owned());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("This is nested deeper than {DEEPEST} levels. JSON may be nested deeper."));
        }
        if let Some(tag) = tag.filter(|tag| core_name(tag) != Some(name) && !is_unspecific(tag)) {
            return Err(unknown(tag));
        }
        self.separate();
        self.open.push(Level { anchor, start: self.json.len(), holds_some: false, keys, awaits_value: false });
        self.json.push(bracket);
        Ok(())
    }

    fn end(&mut self) {
        if let Some(level) = self.open.pop() {
            self.json.push(if level.keys.is_some() { '}' } else { ']' });
            if level.anchor > 0 {
                self.anchors.insert(level.anchor, level.start..self.json.len());
            }
        }
    }

    /// Writes the comma before an entry where one belongs, and notes that an entry, a key or a value comes.
    fn separate(&mut self) {
        if let Some(level) = self.open.last_mut() {
            if level.holds_some && !level.awaits_value {
                self.json.push(',');
            }
            level.holds_some = true;
            level.awaits_value = level.keys.is_some() && !level.awaits_value;
        }
    }
}

/// The name of a tag of YAML's own: `str`, `int`, …
fn core_name(tag: &Tag) -> Option<&str> {
    tag.is_yaml_core_schema().then_some(tag.suffix.as_str())
}

/// `!` alone: no particular type.
fn is_unspecific(tag: &Tag) -> bool {
    tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty()
}

/// A tag as people write it.
fn written(tag: &Tag) -> String {
    core_name(tag).map_or_else(|| tag.to_string(), |name| format!("!!{name}"))
}

fn unknown(tag: &Tag) -> String {
    format!("The tag {} means nothing in JSON. Remove it.", written(tag))
}

/// The JSON text of a scalar.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Step<String> {
    let string = || raw(&text).map(|value| value.get().to_owned()).map_err(|error| error.to_string());
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text)?.map_or_else(string, Ok) } else { string() };
    };
    if tag.handle == "!" && tag.suffix == JSON_TAG {
        let value = super::json_text::read(text).map_err(|mistake| format!("After !{JSON_TAG} comes JSON. {}", mistake.message))?;
        return Ok(value.get().to_owned());
    }
    match core_name(tag) {
        Some("str") => string(),
        Some("null" | "bool" | "int" | "float") => plain(text)?.ok_or_else(|| format!("This is no value of the tag {}.", written(tag))),
        None if is_unspecific(tag) => string(),
        _ => Err(unknown(tag)),
    }
}

/// The JSON text of what stands without quotation marks, by the core schema of YAML 1.2; none if it is a string.
fn plain(text: &str) -> Step<Option<String>> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => "null".to_owned(),
        "true" | "True" | "TRUE" => "true".to_owned(),
        "false" | "False" | "FALSE" => "false".to_owned(),
        _ => return number(text),
    };
    Ok(Some(value))
}

/// A number in the spelling of JSON: as it stands, if JSON allows that.
fn number(text: &str) -> Step<Option<String>> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.strip_prefix('+').unwrap_or(text)), |digits| ("-", digits));
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("JSON has no number {text}. Put quotation marks around it if it is text."));
    }
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return Ok(None);
    }
    if !text.starts_with('+') && serde_json::from_str::<&RawValue>(text).is_ok() {
        return Ok(Some(text.to_owned()));
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) =
            text.strip_prefix(prefix).filter(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix)))
        {
            let number = u128::from_str_radix(digits, radix).map_err(|_| "This number has too many digits.".to_owned())?;
            return Ok(Some(number.to_string()));
        }
    }
    Ok(decimal(digits).map(|number| format!("{sign}{number}")))
}

/// A decimal number that JSON would write otherwise: `007`, `.5`, `5.`.
fn decimal(text: &str) -> Option<String> {
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    if !only_digits(whole) || !fraction.is_none_or(only_digits) || whole.len() + fraction.map_or(0, str::len) == 0 {
        return None;
    }
    let power = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    if power.is_some_and(|power| power.is_empty() || !only_digits(power)) {
        return None;
    }
    let nonempty = |digits: &str| if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
    let mut number = nonempty(whole.trim_start_matches('0'));
    if let Some(fraction) = fraction {
        number = format!("{number}.{}", nonempty(fraction));
    }
    if let Some(exponent) = exponent {
        number = format!("{number}e{exponent}");
    }
    Some(number)
}

/// A mistake that the parser found, in plain words.
fn explained(words: &str) -> String {
    let known = match words {
        "mapping values are not allowed in this context" => {
            "A colon and a space begin a value, and none can stand here. Put quotation marks around text that holds them."
        }
        "simple key expected" | "simple key expect ':'" => "A colon is missing here, and a space after it.",
        "while parsing node, found unknown anchor" => "Nothing above has this anchor.",
        "while scanning a quoted scalar, found unexpected end of stream"
        | "while parsing a quoted scalar, found unexpected end of stream" => "This string does not end: a quotation mark is missing.",
        "while parsing a flow sequence, expected ',' or ']'" => "A comma is missing here, or the ] at the end of the list.",
        "while parsing a flow mapping, did not find expected ',' or '}'" => "A comma is missing here, or the } at the end of the object.",
        "while parsing a block mapping, did not find expected key" => {
            "A key is expected here. Look at the indentation, and at the line before."
        }
        "while parsing a block collection, did not find expected '-' indicator" => {
            "A - is expected here. Look at the indentation, and at the line before."
        }
        "invalid indentation" | "wrongly indented line in block scalar" => "This line is not indented as the ones before it.",
        "tabs disallowed within this context (block indentation)"
        | "tabs disallowed in this context"
        | "tab cannot be used as indentation" => "YAML indents with spaces. Replace the tab.",
        "recursion limit exceeded" => "This is nested too deep for YAML. JSON may be nested deeper.",
        "while parsing a quoted scalar, found invalid Unicode character escape code" => "An escape in this string stands for no character.",
        "while parsing a quoted scalar, found unknown escape character" => {
            r"An escape in this string is unknown to YAML. Write a backslash as \\."
        }
        _ => return sentence(words),
    };
    known.to_owned()
}
