//! Reading JSON for a filter, also where a strict reader gives up: half an emoji becomes the sign for an unknown letter, a number
//! that no machine number holds becomes its text, and what is nested too deep becomes the text of its JSON, in which words are found.

use super::syntax::Step;
use serde_json::{Map, Number, Value};

/// Values are read down to here.
const DEEPEST: usize = 256;

/// Reads JSON. None only for what is no JSON at all.
pub fn parse_leniently(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) if error.is_eof() => None,
        Err(_) => {
            let mut reader = Reader { text, at: 0 };
            let value = reader.value(0)?;
            reader.skip_space();
            (reader.at == text.len()).then_some(value)
        }
    }
}

/// The JSON at a path inside a JSON text, as it stands there. A negative index counts from the end.
pub(super) fn part<'text>(text: &'text str, path: &[Step]) -> Option<&'text str> {
    path.iter().try_fold(text, |text, step| {
        let mut reader = Reader { text, at: 0 };
        reader.skip_space();
        match step {
            Step::Key(key) => reader.member(key),
            Step::Index(index) => {
                let items = reader.items()?;
                let length = i64::try_from(items.len()).ok()?;
                let from_start = if *index < 0 { length.checked_add(*index)? } else { *index };
                items.get(usize::try_from(from_start).ok()?).copied()
            }
        }
    })
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Reader<'text> {
    /// The value of a key; of several that are the same the last.
    fn member(&mut self, wanted: &str) -> Option<&'text str> {
        if !self.take(b'{') {
            return None;
        }
        let mut found = None;
        while !self.take(b'}') {
            self.skip_space();
            let key = self.string()?;
            if !self.take(b':') {
                return None;
            }
            let value = self.skipped()?;
            if key == wanted {
                found = Some(value);
            }
            self.take(b',');
        }
        found
    }

    /// The values of a list.
    fn items(&mut self) -> Option<Vec<&'text str>> {
        if !self.take(b'[') {
            return None;
        }
        let mut items = Vec::new();
        while !self.take(b']') {
            items.push(self.skipped()?);
            self.take(b',');
        }
        Some(items)
    }

    /// Steps over a value.
    fn skipped(&mut self) -> Option<&'text str> {
        self.skip_space();
        let from = self.at;
        match self.peek()? {
            b'{' | b'[' => self.skip_nested()?,
            b'"' => {
                self.string()?;
            }
            _ => {
                let rest = self.text.get(self.at..)?;
                self.at += rest.bytes().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')).count();
            }
        }
        self.text.get(from..self.at).filter(|text| !text.is_empty())
    }
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over a byte if it comes next, after spaces.
    fn take(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip_space();
        match self.peek()? {
            b'{' | b'[' if depth >= DEEPEST => {
                let from = self.at;
                self.skip_nested()?;
                Some(Value::String(self.text.get(from..self.at)?.to_owned()))
            }
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut members = Map::new();
        if self.take(b'}') {
            return Some(Value::Object(members));
        }
        loop {
            self.skip_space();
            let key = self.string()?;
            if !self.take(b':') {
                return None;
            }
            members.insert(key, self.value(depth + 1)?);
            if self.take(b'}') {
                return Some(Value::Object(members));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        if self.take(b']') {
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Some(Value::Array(items));
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.text.get(self.at..)?;
        let length = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        let text = rest.get(..length).filter(|text| text.bytes().any(|byte| byte.is_ascii_digit()))?;
        self.at += length;
        Some(text.parse::<Number>().map_or_else(|_| Value::String(text.to_owned()), Value::Number))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != Some(b'"') {
            return None;
        }
        self.at += 1;
        let mut read = String::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let plain = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\'))?;
            read.push_str(rest.get(..plain)?);
            self.at += plain + 1;
            if rest.as_bytes().get(plain) == Some(&b'"') {
                return Some(read);
            }
            let letter = self.peek()?;
            self.at += 1;
            read.push(match letter {
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unit()?,
                b'"' | b'\\' | b'/' => char::from(letter),
                _ => return None,
            });
        }
    }

    /// A letter written as one or two units of UTF-16; half of a pair becomes the sign for an unknown letter.
    fn unit(&mut self) -> Option<char> {
        let first = self.hexadecimal()?;
        if let 0xd800..=0xdbff = first
            && self.text.get(self.at..)?.starts_with("\\u")
        {
            let back = self.at;
            self.at += 2;
            let second = self.hexadecimal()?;
            if let 0xdc00..=0xdfff = second {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            self.at = back;
        }
        Some(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hexadecimal(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    /// Steps over an object or a list, however deep.
    fn skip_nested(&mut self) -> Option<()> {
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open -= 1,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn check(text: &str, expected: Expect) {
        expected.assert_eq(&parse_leniently(text).map_or_else(|| "nothing".to_owned(), |value| value.to_string()));
    }

    #[test]
    fn what_a_strict_reader_refuses_is_read_where_it_can_be() {
        check(r#"{"a": "cut \ud83e", "b": [1, true, null, "\ud83e\udd20"]}"#, expect![[r#"{"a":"cut �","b":[1,true,null,"🤠"]}"#]]);
        check(r#"["\ud83ex", "\ud83e\u0041", "\udd20"]"#, expect![[r#"["�x","�A","�"]"#]]);
        check(
            r#"{"n": 1e400, "m": -2.5e3, "o": 123456789012345678901234567890}"#,
            expect![[r#"{"m":-2500.0,"n":"1e400","o":1.2345678901234568e+29}"#]],
        );
        check(r#"{"a\ud83e": 1}"#, expect![[r#"{"a�":1}"#]]);
        for text in ["", "{", "[1,", "\"", "nul", "[1 2]", "{\"a\" 1}", "1 2", "[1e400", "\"\\ud83", "-"] {
            check(text, expect!["nothing"]);
        }
    }

    #[test]
    fn what_is_very_deep_is_found_by_its_words() {
        let deep = format!("{}\"needle\"{}", "[".repeat(100_000), "]".repeat(100_000));
        let value = parse_leniently(&deep).unwrap();
        assert!(crate::filter::matches_words(&value, "needle"));
    }

    proptest! {
        #[test]
        fn what_is_strict_json_is_read_the_same(text in r#"[\[\]{}":,a-z0-9\\u. ]{0,40}"#) {
            let lenient = Reader { text: &text, at: 0 }.value(0);
            if let Ok(strict) = serde_json::from_str::<Value>(&text) {
                prop_assert_eq!(lenient, Some(strict));
            }
        }
    }
}
