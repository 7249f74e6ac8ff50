//! JSON as YAML in block style.

use super::json_text::tokens;
use super::{DEEPEST, plain_text};
use std::iter::Peekable;

/// The tag of a scalar whose text is JSON: for what YAML cannot say, which is lone surrogates, and for what is nested too deep to lay out.
pub(super) const JSON_TAG: &str = "json";

/// Words that some reader of YAML takes for something else than text.
const NAMES: [&str; 11] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"];

/// Keys longer than this are marked as keys with a question mark, as YAML demands from 1024 characters on.
const LONGEST_KEY: usize = 1_000;

/// The YAML of a JSON text.
pub(super) fn write(value: &str) -> String {
    let mut writer = Writer { text: String::new(), levels: Vec::new(), inline: true, expects_key: false };
    let mut tokens = tokens(value).peekable();
    while let Some(token) = tokens.next() {
        writer.write(token, &mut tokens);
    }
    writer.text.push('\n');
    writer.text
}

struct Writer {
    text: String,
    /// For each open container whether it is an object.
    levels: Vec<bool>,
    /// Whether an entry may begin where the text ends: at the beginning and after `- `.
    inline: bool,
    /// Whether the next string is a key.
    expects_key: bool,
}

impl Writer {
    fn write<'a>(&mut self, token: &'a str, following: &mut Peekable<impl Iterator<Item = &'a str>>) {
        match token {
            "," => self.begin_entry(),
            ":" => {}
            "}" | "]" => {
                self.levels.pop();
            }
            "{" | "[" => match following.next_if(|next| matches!(*next, "}" | "]")) {
                Some(end) => self.scalar(&format!("{token}{end}")),
                None if self.levels.len() >= DEEPEST => self.scalar(&as_json(&rest_of_container(token, following))),
                None => {
                    self.levels.push(token == "{");
                    self.begin_entry();
                }
            },
            key if self.expects_key => self.key(key),
            value => {
                let scalar = if value.starts_with('"') { self.string(value) } else { value.to_owned() };
                self.scalar(&scalar);
            }
        }
    }

    fn begin_entry(&mut self) {
        if !self.inline {
            self.begin_line();
        } else if self.levels.len() > 1 {
            self.text.push(' ');
        }
        self.expects_key = self.levels.last() == Some(&true);
        self.inline = !self.expects_key;
        if !self.expects_key {
            self.text.push('-');
        }
    }

    fn begin_line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.levels.len().saturating_sub(1)));
    }

    fn key(&mut self, literal: &str) {
        let key = plain_text(literal).map_or_else(|| as_json(literal), |text| in_one_line(&text));
        if key.chars().count() > LONGEST_KEY {
            self.text.push_str("? ");
            self.text.push_str(&key);
            self.begin_line();
        } else {
            self.text.push_str(&key);
        }
        self.text.push(':');
        (self.expects_key, self.inline) = (false, false);
    }

    fn scalar(&mut self, scalar: &str) {
        if !self.levels.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(scalar);
        self.inline = false;
    }

    /// A string as a block of lines if it has some and loses nothing by it.
    fn string(&self, literal: &str) -> String {
        let Some(text) = plain_text(literal) else { return as_json(literal) };
        let (body, ending) = text.strip_suffix('\n').map_or((text.as_str(), "-"), |body| (body, ""));
        // Spaces at the ends of lines would not be seen, and at the beginning they would be taken for indentation.
        let fits = |line: &str| line.trim_end() == line && !line.contains(|character| character != '\t' && is_escaped(character));
        if !body.contains('\n') || body.starts_with(char::is_whitespace) || body.ends_with('\n') || !body.split('\n').all(fits) {
            return in_one_line(&text);
        }
        let mut block = format!("|{ending}");
        for line in body.split('\n') {
            block.push('\n');
            if !line.is_empty() {
                block.extend(std::iter::repeat_n("  ", self.levels.len().max(1)));
                block.push_str(line);
            }
        }
        block
    }
}

/// A container from its first token to its last.
fn rest_of_container<'a>(first: &str, following: &mut impl Iterator<Item = &'a str>) -> String {
    let mut text = first.to_owned();
    let mut depth = 1_usize;
    for token in following {
        text.push_str(token);
        match token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    text
}

/// A string without quotation marks if nobody could take it for something else.
fn in_one_line(text: &str) -> String {
    let plain = text.starts_with(char::is_alphabetic)
        && text.trim_end() == text
        && !text.ends_with(':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(is_escaped)
        && !NAMES.iter().any(|name| name.eq_ignore_ascii_case(text));
    if plain { text.to_owned() } else { quoted(text) }
}

/// A string in double quotation marks.
fn quoted(text: &str) -> String {
    escape(&serde_json::Value::from(text).to_string())
}

/// JSON as a scalar that says so.
fn as_json(value: &str) -> String {
    format!("!{JSON_TAG} '{}'", escape(value).replace('\'', "''"))
}

/// What stands in no text of YAML, or is not seen there, as the escapes that JSON and YAML share.
fn escape(literal: &str) -> String {
    let mut escaped = String::with_capacity(literal.len());
    for character in literal.chars() {
        if is_escaped(character) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Control characters, other line breaks, the byte order mark and what is no character. All of them have four hexadecimal digits.
fn is_escaped(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
