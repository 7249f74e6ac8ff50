//! Words of a text, as `match` sees them. The search index is built from the same words.

use serde_json::Value;

/// The words of a text in small letters: runs of letters and digits, as people see them, however they were typed. Chinese and Japanese
/// are written without spaces, so each of their characters is a word.
pub fn tokens(text: &str) -> impl Iterator<Item = String> {
    let mut letters = caseless(text).peekable();
    std::iter::from_fn(move || {
        let mut word = String::new();
        while let Some(letter) = letters.next() {
            if stands_alone(letter) {
                return Some(letter.to_string());
            }
            if letter.is_alphanumeric() || (!word.is_empty() && is_mark(letter)) {
                word.push(letter);
            }
            let goes_on = letters.peek().is_some_and(|next| (next.is_alphanumeric() || is_mark(*next)) && !stands_alone(*next));
            if !word.is_empty() && !goes_on {
                return Some(word);
            }
        }
        None
    })
}

/// Characters that are never seen, and of which no two names should differ only: breaks, joints, and marks of direction.
const UNSEEN: [char; 15] = [
    '\u{ad}', '\u{200b}', '\u{2060}', '\u{feff}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// A name as it is compared: what looks the same is the same, however it was typed. Never shown.
pub fn folded(name: &str) -> String {
    let visible: String = seen(name).filter(|letter| !UNSEEN.contains(letter)).collect();
    caseless(&visible).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The letters of a text, each in one form.
fn seen(text: &str) -> impl Iterator<Item = char> {
    form(text.chars())
}

/// The same without capitals. By way of them, so that the several small forms of one letter, as of sigma, are one; from the small ones,
/// because one letter, `ẞ`, has a small form whose capitals are others.
fn caseless(text: &str) -> impl Iterator<Item = char> {
    // What is plain is most of what there is, and is in its form already.
    let (plain, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    let small = seen(other).flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    plain.chars().map(|letter| letter.to_ascii_lowercase()).chain(form(small))
}

/// What looks the same as one. Where a browser asks, it is only whether there are words at all.
#[cfg(not(target_arch = "wasm32"))]
fn form(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    unicode_normalization::UnicodeNormalization::nfkc(letters)
}

/// See above.
#[cfg(target_arch = "wasm32")]
fn form(letters: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    letters
}

/// Whether it is part of the letter before it, as accents are that have no letter of their own.
#[cfg(not(target_arch = "wasm32"))]
fn is_mark(letter: char) -> bool {
    unicode_normalization::char::is_combining_mark(letter)
}

/// See above.
#[cfg(target_arch = "wasm32")]
fn is_mark(_: char) -> bool {
    false
}

/// The words of all texts, numbers and keys inside a value.
pub fn words_of(value: &Value) -> Vec<String> {
    let mut words = Vec::new();
    each_word(value, &mut |word| words.push(word.to_owned()));
    words
}

/// Gives the words of all texts, numbers and keys inside a value one after the other, as often as they stand there.
pub fn each_word(value: &Value, take: &mut dyn FnMut(&str)) {
    match value {
        Value::Null => {}
        Value::Bool(boolean) => take(if *boolean { "true" } else { "false" }),
        Value::Number(number) => each_token(&number.to_string(), take),
        Value::String(text) => each_token(text, take),
        Value::Array(items) => items.iter().for_each(|item| each_word(item, take)),
        Value::Object(members) => members.iter().for_each(|(key, member)| {
            each_token(key, take);
            each_word(member, take);
        }),
    }
}

/// Gives each of the [`tokens`] of a text. What is plain is most of what there is, and is cut where it stands.
fn each_token(text: &str, take: &mut dyn FnMut(&str)) {
    if !text.is_ascii() {
        tokens(text).for_each(|word| take(&word));
        return;
    }
    for word in text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => take(&word.to_ascii_lowercase()),
            false => take(word),
        }
    }
}

/// Han, Hiragana and Katakana.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::{each_token, folded, tokens};
    use proptest::prelude::*;

    fn each(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_token(text, &mut |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn names_that_look_alike_are_one() {
        let alike = ["Straße", "STRASSE", "STRA\u{1e9e}E", "\u{202a}strasse", "stra\u{200b}sse\u{200f}", " Ｓtraße "];
        alike.iter().for_each(|name| assert_eq!(folded(name), "strasse", "{name:?}"));
        assert_eq!(folded(&folded("\u{1e9e} Σς")), folded("\u{1e9e} Σς"));
    }

    #[test]
    fn words_that_look_alike_are_one() {
        for (alike, word) in [
            (&["Straße", "STRASSE", "STRA\u{1e9e}E", "Ｓtraße"][..], "strasse"),
            (&["Οδός", "ΟΔΌΣ", "οδόσ"][..], "οδόσ"),
            (&["Caf\u{e9}", "CAFE\u{301}"][..], "caf\u{e9}"),
            (&["\u{1f0}i", "J\u{30c}I", "j\u{30c}i"][..], "\u{1f0}i"),
            (&["हिन्दी"][..], "हिन्दी"),
        ] {
            for text in alike {
                assert_eq!(tokens(&format!("a {text}, b")).collect::<Vec<_>>(), ["a", word, "b"], "{text:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_text_has_the_same_words_however_they_are_cut(text in "\\PC{0,40}", plain in "[ -~\\t\\n]{0,40}") {
            prop_assert_eq!(each(&text), tokens(&text).collect::<Vec<_>>());
            prop_assert_eq!(each(&plain), tokens(&plain).collect::<Vec<_>>());
        }
    }
}
