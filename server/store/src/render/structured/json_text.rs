//! JSON as people write it: where it is wrong, and laid out in lines.

use super::{DEEPEST, mistake, sentence};
use crate::ground::body::Raw;
use crate::render::json;
use serde_json::value::RawValue;
use shared::texts::TextMistake;

/// Reads JSON; only the space between its tokens is left out.
pub(super) fn read(text: &str) -> Result<Raw, TextMistake> {
    let value: &RawValue = serde_json::from_str(text).map_err(|error| explained(text, &error))?;
    RawValue::from_string(json::compact(value.get(), usize::MAX)).map_err(|error| explained(text, &error))
}

/// JSON in lines, two spaces for each level. The tokens stay as they are.
pub(super) fn pretty(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut depth = 0_usize;
    let mut tokens = tokens(value).peekable();
    let mut last = "";
    while let Some(token) = tokens.next() {
        match token {
            "{" | "[" => {
                text.push_str(token);
                depth += 1;
                if !matches!(tokens.peek(), Some(&("}" | "]"))) {
                    break_line(&mut text, depth, depth);
                }
            }
            "}" | "]" => {
                if !matches!(last, "{" | "[") {
                    break_line(&mut text, depth, depth.saturating_sub(1));
                }
                depth = depth.saturating_sub(1);
                text.push_str(token);
            }
            "," => {
                text.push_str(token);
                break_line(&mut text, depth, depth);
            }
            ":" => text.push_str(if depth > DEEPEST { ":" } else { ": " }),
            _ => text.push_str(token),
        }
        last = token;
    }
    text
}

/// Begins a line inside a container of this depth.
fn break_line(text: &mut String, depth: usize, indentation: usize) {
    if depth <= DEEPEST {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", indentation));
    }
}

/// The tokens of valid JSON: punctuation, strings with their quotation marks, numbers and names.
pub(super) fn tokens(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = value;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let length = match rest.as_bytes().first()? {
            b'"' => string_length(rest),
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            _ => rest.find(|character: char| ",:{}[]\"".contains(character) || character.is_ascii_whitespace()).unwrap_or(rest.len()),
        };
        let (token, following) = rest.split_at(length);
        rest = following;
        Some(token)
    })
}

/// The bytes of the string with which the text begins.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// A mistake that the reader of JSON found, in plain words.
fn explained(text: &str, error: &serde_json::Error) -> TextMistake {
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    if error.is_eof() {
        let message = match words {
            "EOF while parsing a list" => "The list does not end: a ] is missing.",
            "EOF while parsing an object" => "The object does not end: a } is missing.",
            "EOF while parsing a string" => "The string does not end: a \" is missing.",
            _ => "Something is missing at the end.",
        };
        return mistake(text, text.trim_end().len(), message);
    }
    let place = offset(text, error.line(), error.column());
    let (before, from) = text.split_at_checked(place).unwrap_or((text, ""));
    let ends_early = before.trim_end().ends_with(',') && from.starts_with([']', '}']);
    let message = match words {
        "expected value" | "key must be a string" if ends_early => "After the last comma something is missing. Remove the comma.",
        "expected value" if from.starts_with(|character: char| character.is_alphabetic() || "'“”‘’`".contains(character)) => {
            "Text stands in double quotation marks here."
        }
        "expected value" => "A value is missing here: a string, a number, an object, a list, true, false or null.",
        "key must be a string" => "A key stands in double quotation marks here.",
        "expected `:`" => "A colon is missing between the key and its value.",
        "expected `,` or `]`" => "A comma is missing here, or the ] at the end of the list.",
        "expected `,` or `}`" => "A comma is missing here, or the } at the end of the object.",
        "expected ident" => {
            let word = before.trim_end_matches(|character: char| character.is_ascii_alphabetic()).len();
            return mistake(text, word, "Without quotation marks only true, false, null and numbers may stand here.");
        }
        "trailing characters" => "The value ended before this. Nothing may follow it.",
        "invalid number" => "This is not how JSON writes numbers.",
        "invalid escape" => r#"After a backslash only " \ / b f n r t may stand, or u with four hexadecimal digits."#,
        words if words.starts_with("control character") => {
            // The place that is told is the one before it.
            return mistake(text, place + 1, r"A string holds no line break and no other control character. Write a line break as \n.");
        }
        words => return mistake(text, place, sentence(words)),
    };
    mistake(text, place, message)
}

/// The place in bytes of a line and a column in bytes, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary(before + column.saturating_sub(1))
}
