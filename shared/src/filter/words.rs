//! Words of a text, as `match` sees them. The search index is built from the same words.

use serde_json::Value;

/// The words of a text in small letters: runs of letters and digits, as people see them, however they were typed. Chinese and Japanese
/// are written without spaces, so each of their characters is a word.
pub fn tokens(text: &str) -> impl Iterator<Item = String> {
    let mut letters = seen(text).peekable();
    std::iter::from_fn(move || {
        let mut word = String::new();
        while let Some(letter) = letters.next() {
            if stands_alone(letter) {
                return Some(letter.to_string());
            }
            if letter.is_alphanumeric() {
                // By way of the capitals, so that the several small forms of one letter, as of sigma, are one.
                match letter.is_ascii() {
                    true => word.push(letter.to_ascii_lowercase()),
                    false => word.extend(letter.to_uppercase().flat_map(char::to_lowercase)),
                }
            }
            let goes_on = letters.peek().is_some_and(|next| next.is_alphanumeric() && !stands_alone(*next));
            if !word.is_empty() && !goes_on {
                return Some(word);
            }
        }
        None
    })
}

/// Characters that are never seen, and that no writing needs.
const UNSEEN: [char; 4] = ['\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}'];

/// A name as it is compared: what looks the same is the same, however it was typed. Never shown.
pub fn folded(name: &str) -> String {
    // By way of the capitals, so that the several small forms of one letter, as of sigma, are one.
    let visible = seen(name).filter(|letter| !UNSEEN.contains(letter));
    let caseless: String = visible.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    seen(&caseless).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The letters of a text, each in one form. Where a browser asks, it is only whether there are words at all.
#[cfg(not(target_arch = "wasm32"))]
fn seen(text: &str) -> impl Iterator<Item = char> {
    use unicode_normalization::UnicodeNormalization as _;
    // What is plain is most of what there is, and is in its form already.
    let (plain, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    plain.chars().chain(other.nfkc())
}

/// See above.
#[cfg(target_arch = "wasm32")]
fn seen(text: &str) -> impl Iterator<Item = char> {
    text.chars()
}

/// The words of all texts, numbers and keys inside a value.
pub fn words_of(value: &Value) -> Vec<String> {
    let mut words = Vec::new();
    collect(value, &mut words);
    words
}

fn collect(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Bool(boolean) => words.push(boolean.to_string()),
        Value::Number(number) => words.extend(tokens(&number.to_string())),
        Value::String(text) => words.extend(tokens(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            words.extend(tokens(key));
            collect(member, words);
        }),
    }
}

/// Han, Hiragana and Katakana.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}
