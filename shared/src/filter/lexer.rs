//! Cuts a text into tokens. Nothing stops it: what it cannot read becomes a diagnostic, and reading goes on.

use serde_json::Number;

use super::diagnostic::Diagnostic;
use super::syntax::Span;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A bare word: a column, a function or a keyword, which only the parser can tell apart.
    Word(String),
    /// A name in backticks, which is never a keyword.
    Name(String),
    /// A string; one in double quotes may turn out to be a name.
    Text(String),
    /// A number without its percent sign.
    Number(Number),
    /// Punctuation and operators, in the spelling that is printed.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// What people write and the symbol it stands for; longer spellings first.
const SYMBOLS: [(&str, &str); 26] = [
    ("==", "="),
    ("!=", "!="),
    ("<>", "!="),
    ("<=", "<="),
    (">=", ">="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("=", "="),
    ("<", "<"),
    (">", ">"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    ("{", "{"),
    ("}", "}"),
    (",", ","),
    (":", ":"),
    (".", "."),
    ("?", "?"),
    ("|", "|"),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
];

/// Signs of other languages, and the word that is meant.
const FOREIGN: [(&str, &str); 3] = [("&&", "and"), ("||", "or"), ("!", "not")];

/// So many mistakes are noted; more of them say no more.
const MOST_NOTED: usize = 100;

pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer { text, position: 0, tokens: Vec::new(), diagnostics: Vec::new() };
    while let Some(first) = lexer.rest().chars().next() {
        lexer.token(first);
        lexer.diagnostics.truncate(MOST_NOTED);
    }
    lexer.push(TokenKind::End, text.len());
    (lexer.tokens, lexer.diagnostics)
}

struct Lexer<'text> {
    text: &'text str,
    position: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
}

impl<'text> Lexer<'text> {
    fn rest(&self) -> &'text str {
        &self.text[self.position..]
    }

    fn span_from(&self, start: usize) -> Span {
        offset(start)..offset(self.position)
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let span = self.span_from(start);
        self.tokens.push(Token { kind, span });
    }

    fn token(&mut self, first: char) {
        let start = self.position;
        let rest = self.rest();
        if first.is_whitespace() || first == '\u{feff}' {
            self.position += first.len_utf8();
        } else if rest.starts_with("--") {
            self.position += rest.find('\n').unwrap_or(rest.len());
        } else if first.is_alphabetic() || first == '_' {
            self.take_while(|letter| letter.is_alphanumeric() || letter == '_');
            self.push(TokenKind::Word(self.text[start..self.position].to_owned()), start);
        } else if first.is_ascii_digit() {
            self.number();
        } else if matches!(first, '\'' | '"' | '`') {
            let value = self.quoted(first);
            self.push(if first == '`' { TokenKind::Name(value) } else { TokenKind::Text(value) }, start);
        } else {
            self.symbol(first);
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.position += rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    }

    fn symbol(&mut self, first: char) {
        let start = self.position;
        let rest = self.rest();
        if !rest.starts_with("!=")
            && let Some((sign, word)) = FOREIGN.iter().find(|(sign, _)| rest.starts_with(sign))
        {
            self.position += sign.len();
            let span = self.span_from(start);
            self.diagnostics.push(
                Diagnostic::new(span, format!("`{sign}` is not a word of this language."), format!("write `{word}`"))
                    .with_help(format!("Write `{word}` instead of `{sign}`.")),
            );
            self.push(TokenKind::Word((*word).to_owned()), start);
        } else if let Some((sign, symbol)) = SYMBOLS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            self.position += sign.len();
            self.push(TokenKind::Symbol(symbol), start);
        } else if first == '%' {
            self.position += 1;
            self.push(TokenKind::Symbol("%"), start);
        } else {
            self.position += first.len_utf8();
            let span = self.span_from(start);
            let found = Diagnostic::new(span, format!("`{first}` has no meaning here."), "unexpected character");
            self.diagnostics.push(match first {
                '“' | '”' | '„' | '‘' | '’' | '«' | '»' => found.with_help("Use straight quotes around text: 'text'."),
                ';' => found.with_help("A filter needs no semicolon. Join conditions with `and` or `or`."),
                _ => found.with_help("Names with special characters are written in quotes: metadata.\"user-id\"."),
            });
        }
    }

    fn number(&mut self) {
        let start = self.position;
        self.take_while(|letter| letter.is_ascii_digit());
        let rest = self.rest().as_bytes();
        let mut whole = true;
        if rest.first() == Some(&b'.') && rest.get(1).is_some_and(u8::is_ascii_digit) {
            whole = false;
            self.position += 1;
            self.take_while(|letter| letter.is_ascii_digit());
        }
        let rest = self.rest().as_bytes();
        let sign = usize::from(matches!(rest.get(1), Some(b'+' | b'-')));
        if matches!(rest.first(), Some(b'e' | b'E')) && rest.get(1 + sign).is_some_and(u8::is_ascii_digit) {
            whole = false;
            self.position += 1 + sign;
            self.take_while(|letter| letter.is_ascii_digit());
        }
        let digits = &self.text[start..self.position];
        let small = if whole { digits.parse::<u64>().ok().map(Number::from) } else { None };
        let number = small.or_else(|| digits.parse().ok().and_then(Number::from_f64));
        let number = number.unwrap_or_else(|| {
            let span = self.span_from(start);
            self.diagnostics.push(Diagnostic::new(span, "This number is too large.", "too large"));
            Number::from(0)
        });
        self.push(TokenKind::Number(number), start);
    }

    /// The inside of quotes. A doubled quote is one quote; a backslash escapes quotes, itself and a few control
    /// characters, and otherwise stays, because `\%` is an escape of `like` and not of the string.
    fn quoted(&mut self, quote: char) -> String {
        let start = self.position;
        self.position += 1;
        let mut value = String::new();
        let mut letters = self.rest().char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let next = letters.peek().map(|(_, next)| *next);
            if letter == quote {
                if next != Some(quote) {
                    self.position += at + letter.len_utf8();
                    return value;
                }
                letters.next();
                value.push(quote);
            } else if letter == '\\'
                && quote != '`'
                && let Some(escaped) = next.and_then(unescaped)
            {
                letters.next();
                value.push(escaped);
            } else {
                value.push(letter);
            }
        }
        self.position = self.text.len();
        let opening = offset(start)..offset(start + 1);
        self.diagnostics.push(
            Diagnostic::new(opening, "The text that begins here is never closed.", "opened here")
                .with_help(format!("Add {quote} at its end. Inside the text, write {quote} twice.")),
        );
        value
    }
}

fn unescaped(letter: char) -> Option<char> {
    match letter {
        '\'' | '"' | '\\' => Some(letter),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        _ => None,
    }
}

/// Texts longer than a span can tell are refused before they come here.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
