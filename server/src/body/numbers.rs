//! `NaN`, `Infinity` and `-Infinity`: Python's `json` writes them, and JSON has no such numbers. What is sent so means that there is no number.

use serde::Serialize;

/// Places told at most; what is beyond is read as null all the same.
const MOST_TOLD: usize = 100;

/// A place where null was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nulled {
    /// Which row of the body, from 0.
    pub index: usize,
    /// Where in the row: `scores.Preference`.
    pub field: String,
    /// What stood there.
    pub sent: &'static str,
}

/// Where the scanner is.
enum Level {
    Object { key: String },
    List { index: usize },
}

impl Level {
    fn step(&self) -> String {
        match self {
            Self::Object { key } => key.clone(),
            Self::List { index } => index.to_string(),
        }
    }
}

/// The same text with null in the place of every number that JSON does not have. It may be no JSON for other reasons; then it stays none.
pub fn nulled(text: &[u8]) -> (Vec<u8>, Vec<Nulled>) {
    const NUMBERS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];
    let mut read = Vec::with_capacity(text.len());
    let mut told = Vec::new();
    let mut levels: Vec<Level> = Vec::new();
    let mut at_key = false;
    let mut rest = text;
    while let Some(first) = rest.first() {
        let mut length = 1;
        match first {
            b'"' => {
                length = string(rest);
                if let Some(Level::Object { key }) = levels.last_mut().filter(|_| at_key) {
                    *key = serde_json::from_slice(&rest[..length]).unwrap_or_default();
                    at_key = false;
                }
            }
            b'{' => {
                levels.push(Level::Object { key: String::new() });
                at_key = true;
            }
            b'[' => {
                levels.push(Level::List { index: 0 });
                at_key = false;
            }
            b'}' | b']' => {
                levels.pop();
                at_key = false;
            }
            b',' => match levels.last_mut() {
                Some(Level::List { index }) => *index += 1,
                Some(Level::Object { .. }) => at_key = true,
                None => {}
            },
            _ => {
                if let Some(sent) = NUMBERS.into_iter().find(|number| rest.starts_with(number.as_bytes())) {
                    read.extend_from_slice(b"null");
                    rest = &rest[sent.len()..];
                    if told.len() < MOST_TOLD {
                        told.push(place(&levels, sent));
                    }
                    continue;
                }
            }
        }
        read.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
    }
    (read, told)
}

/// The length of the string at the beginning of a text, with its quotes.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// A body holds one list of rows.
fn place(levels: &[Level], sent: &'static str) -> Nulled {
    let index = levels.get(1).map_or(0, |level| match level {
        Level::List { index } => *index,
        Level::Object { .. } => 0,
    });
    Nulled { index, field: levels.iter().skip(2).map(Level::step).collect::<Vec<_>>().join("."), sent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_does_not_have_become_null() {
        let text = br#"{"rows": [{"id": "a"}, {"id": "NaN \" Infinity", "scores": {"Q": NaN}, "metrics": {"x": [1, -Infinity, {"y": Infinity}]}}]}"#;
        let (read, told) = nulled(text);
        let expected =
            r#"{"rows": [{"id": "a"}, {"id": "NaN \" Infinity", "scores": {"Q": null}, "metrics": {"x": [1, null, {"y": null}]}}]}"#;
        assert_eq!(String::from_utf8(read).unwrap(), expected);
        let told: Vec<_> = told.iter().map(|place| (place.index, place.field.as_str(), place.sent)).collect();
        assert_eq!(told, [(1, "scores.Q", "NaN"), (1, "metrics.x.1", "-Infinity"), (1, "metrics.x.2.y", "Infinity")]);
    }

    #[test]
    fn anything_else_stays_as_it_is() {
        for text in ["", "{", "\"", "\"\\", "]]],,,", "{\"a\":1,}", "nan", "\u{fe}"] {
            assert_eq!(nulled(text.as_bytes()), (text.as_bytes().to_vec(), Vec::new()));
        }
    }
}
