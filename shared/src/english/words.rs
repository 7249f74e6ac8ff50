//! Cuts what was typed into words that know their place.

use std::ops::Range;

use crate::filter::tokens;

/// One word, number, quoted text or sign.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// In small letters, with straight apostrophes: how the grammar's own words are compared.
    pub plain: String,
    /// How names are compared.
    pub key: String,
    pub kind: WordKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum WordKind {
    Plain,
    /// Digits without signs between them, and what stands directly behind or before: `%`, `$`, `k`, `ms`.
    Number {
        digits: String,
        suffix: String,
    },
    /// The text inside quotes.
    Quoted(String),
    Sign,
}

/// How names are compared: by the words that are seen in them, so that `user_id`, `user-id` and `User ID` are one.
pub(super) fn key(name: &str) -> String {
    let words: Vec<String> = tokens(name).collect();
    if words.is_empty() { name.trim().to_lowercase() } else { words.join(" ") }
}

/// Signs, and the one that each stands for; longer ones first.
const SIGNS: [(&str, &str); 23] = [
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("=<", "<="),
    ("=>", ">="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    (",", ","),
    (";", ","),
    ("\n", ","),
    (":", ":"),
    ("–", "-"),
    ("—", "-"),
    ("&", "and"),
    ("|", "or"),
];

/// What may stand directly behind the digits of a number.
const SUFFIXES: [&str; 20] =
    ["", "k", "m", "ms", "s", "sec", "secs", "min", "mins", "h", "hr", "hrs", "d", "w", "st", "nd", "rd", "th", "am", "pm"];

/// Quotes, and what closes them.
const QUOTES: [(char, &[char]); 8] = [
    ('"', &['"', '”', '“']),
    ('“', &['”', '“', '"']),
    ('„', &['“', '”', '"']),
    ('”', &['”', '"']),
    ('«', &['»']),
    ('\'', &['\'', '’']),
    ('‘', &['’', '\'']),
    ('’', &['’', '\'']),
];

pub(super) fn words(text: &str) -> Vec<Word> {
    let mut cutter = Cutter { text, at: 0, words: Vec::new(), unclosed: [false; QUOTES.len()] };
    while let Some(first) = text[cutter.at..].chars().next() {
        cutter.one(first);
    }
    cutter.words
}

struct Cutter<'text> {
    text: &'text str,
    at: usize,
    words: Vec<Word>,
    /// Quotes of which it is known that nothing closes them any more, so that nobody looks again.
    unclosed: [bool; QUOTES.len()],
}

impl<'text> Cutter<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.at..]
    }

    fn push(&mut self, length: usize, plain: &str, kind: WordKind) {
        let range = self.at..self.at + length;
        let key = match &kind {
            WordKind::Quoted(inside) => key(inside),
            _ => key(&self.text[range.clone()]),
        };
        self.words.push(Word { range, plain: plain.to_owned(), key, kind });
        self.at += length;
    }

    fn one(&mut self, first: char) {
        let rest = self.rest();
        if first != '\n' && first.is_whitespace() || matches!(first, '\u{feff}' | '\u{200b}' | '?' | '!') && !rest.starts_with("!=") {
            self.at += first.len_utf8();
        } else if let Some((length, inside)) = self.quoted(first) {
            self.push(length, "", WordKind::Quoted(inside));
        } else if let Some((sign, meant)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.push(sign.len(), meant, WordKind::Sign);
        } else if first == '%' {
            match self.words.last_mut() {
                Some(Word { kind: WordKind::Number { suffix, .. }, range, .. }) if suffix.is_empty() => {
                    suffix.push('%');
                    range.end = self.at + 1;
                    self.at += 1;
                }
                _ => self.push(1, "%", WordKind::Sign),
            }
        } else {
            self.word();
        }
    }

    /// The length and the inside of a quoted text.
    fn quoted(&mut self, first: char) -> Option<(usize, String)> {
        let place = QUOTES.iter().position(|(opening, _)| *opening == first)?;
        if self.unclosed[place] {
            return None;
        }
        let inside = &self.rest()[first.len_utf8()..];
        let mut letters = inside.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let inside_a_word = matches!(letter, '\'' | '’') && letters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if QUOTES[place].1.contains(&letter) && !inside_a_word {
                return Some((first.len_utf8() + at + letter.len_utf8(), inside[..at].trim().to_owned()));
            }
        }
        self.unclosed[place] = true;
        None
    }

    fn word(&mut self) {
        let rest = self.rest();
        let before = |at: usize| rest[..at].chars().next_back();
        let mut letters = rest.char_indices().peekable();
        let mut length = rest.len();
        let mut digits_only = true;
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            let between_digits = |sign: char| {
                letter == sign && before(at).is_some_and(|before| before.is_ascii_digit()) && next.is_some_and(|next| next.is_ascii_digit())
            };
            let ends = letter.is_whitespace()
                || matches!(
                    letter,
                    '(' | ')'
                        | '<'
                        | '>'
                        | '='
                        | '?'
                        | '"'
                        | '“'
                        | '”'
                        | '„'
                        | '«'
                        | '»'
                        | ';'
                        | '%'
                        | '≤'
                        | '≥'
                        | '≠'
                        | '–'
                        | '—'
                        | '|'
                )
                || letter == '!'
                || letter == ',' && !(between_digits(',') && digits_only)
                || letter == ':' && !between_digits(':');
            if ends {
                length = at;
                break;
            }
            digits_only &= letter.is_ascii_digit() || matches!(letter, ',' | '.' | '$' | '-');
        }
        let mut run = &rest[..length];
        let end_of_sentence = run.ends_with('.');
        run = run.trim_end_matches(['.', '\'', '’', '-', '/', '…']);
        if run.is_empty() {
            // A sign that says nothing, such as a dot on its own.
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let meant = if rest.starts_with('-') { "-" } else { "," };
            self.push(first, meant, WordKind::Sign);
            return;
        }
        let plain = run.to_lowercase().replace('’', "'");
        let kind = number(&plain).unwrap_or(WordKind::Plain);
        self.push(run.len(), &plain, kind);
        if end_of_sentence && self.rest().starts_with('.') {
            self.push(1, ",", WordKind::Sign);
        }
    }
}

/// A word as a number, where it is one.
fn number(word: &str) -> Option<WordKind> {
    let (money, word) = match word.strip_prefix('$') {
        Some(rest) => (true, rest),
        None => (false, word),
    };
    let length = word.find(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ','))).unwrap_or(word.len());
    let (typed, suffix) = word.split_at(length);
    let starts = typed.starts_with(|first: char| first.is_ascii_digit()) || typed.starts_with('.') && typed.len() > 1;
    if !starts || !SUFFIXES.contains(&suffix) || typed.len() > 20 {
        return None;
    }
    let digits = decimal(typed)?;
    let suffix = if money && suffix.is_empty() { "$" } else { suffix };
    (!money || suffix == "$").then(|| WordKind::Number { digits, suffix: suffix.to_owned() })
}

/// The digits of a number with a point, whether it was typed as `1,000.5` or as `0,5`.
fn decimal(typed: &str) -> Option<String> {
    let (whole, fraction) = match typed.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (typed, ""),
    };
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let whole = if rest.is_empty() {
        first.to_owned()
    } else if first == "0" && rest.len() == 1 && fraction.is_empty() {
        return Some(format!("0.{}", rest[0]));
    } else if rest.iter().all(|group| group.len() == 3) && (1..=3).contains(&first.len()) {
        format!("{first}{}", rest.concat())
    } else {
        return None;
    };
    let whole = if whole.is_empty() { "0" } else { &whole };
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}
