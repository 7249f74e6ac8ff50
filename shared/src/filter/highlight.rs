//! What each part of a text is, to be shown in its colour. Any text has an answer, whether it can be evaluated or not.

use super::check::COLUMNS;
use super::function::Function;
use super::lexer::{Token, TokenKind, lex};
use super::parser::is_reserved;
use super::query::CLAUSES;
use super::syntax::{Span, Unit};

/// A part of a text, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// Bytes of the text.
    pub span: Span,
    /// What they are.
    pub kind: HighlightKind,
}

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HighlightKind {
    /// A word of the language: `and`, `includes`, `is`.
    Keyword,
    /// The name of a clause.
    Clause,
    /// A column.
    Column,
    /// A step of a path, after a dot.
    Path,
    /// A function that there is.
    Function,
    /// A name of something else.
    Name,
    /// A quoted text.
    Text,
    /// A number, with its percent sign.
    Number,
    /// `true`, `false`, `null`.
    Constant,
    /// A sign such as `>=`.
    Operator,
    /// Brackets, commas, dots.
    Punctuation,
}

/// The parts of a text in their order; what lies between them is space, comments, or has no meaning.
pub fn highlight(text: &str) -> Vec<Highlight> {
    let (tokens, _) = lex(text);
    let mut parts: Vec<Highlight> = Vec::with_capacity(tokens.len());
    for (place, token) in tokens.iter().enumerate() {
        let Some(kind) = kind_of(&tokens, place, token) else { continue };
        // A percent sign that touches a number belongs to it.
        if let (TokenKind::Symbol("%"), Some(last)) = (&token.kind, parts.last_mut())
            && last.kind == HighlightKind::Number
            && last.span.end == token.span.start
        {
            last.span.end = token.span.end;
            continue;
        }
        parts.push(Highlight { span: token.span.clone(), kind });
    }
    parts
}

fn kind_of(tokens: &[Token], place: usize, token: &Token) -> Option<HighlightKind> {
    let symbol_at = |place: usize| match tokens.get(place).map(|token| &token.kind) {
        Some(TokenKind::Symbol(symbol)) => Some(*symbol),
        _ => None,
    };
    let before = place.checked_sub(1).and_then(symbol_at);
    let after = symbol_at(place + 1);
    Some(match &token.kind {
        TokenKind::End => return None,
        TokenKind::Text(_) | TokenKind::Name(_) if before == Some(".") => HighlightKind::Path,
        TokenKind::Text(_) => HighlightKind::Text,
        TokenKind::Name(_) => HighlightKind::Name,
        TokenKind::Number(_) => HighlightKind::Number,
        TokenKind::Symbol("(" | ")" | "[" | "]" | "{" | "}" | "," | "." | ":" | "|") => HighlightKind::Punctuation,
        TokenKind::Symbol(_) => HighlightKind::Operator,
        TokenKind::Word(_) if before == Some(".") => HighlightKind::Path,
        TokenKind::Word(word) => {
            let small = word.to_ascii_lowercase();
            match small.as_str() {
                "true" | "false" | "null" => HighlightKind::Constant,
                name if after == Some(":") && CLAUSES.contains(&name) => HighlightKind::Clause,
                name if after == Some("(") && (Function::named(name).is_some() || matches!(name, "contains" | "includes" | "match")) => {
                    HighlightKind::Function
                }
                name if is_reserved(name) => HighlightKind::Keyword,
                "interval" => HighlightKind::Keyword,
                name if COLUMNS.contains(&name) => HighlightKind::Column,
                name if Unit::named(name).is_some() && follows_number(tokens, place) => HighlightKind::Keyword,
                _ => HighlightKind::Name,
            }
        }
    })
}

fn follows_number(tokens: &[Token], place: usize) -> bool {
    place.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
}
