//! What may stand at the cursor of the filter bar: columns, steps of paths, values, functions, operators.

use super::check::{COLUMNS, type_of_path};
use super::chips::PathType;
use super::function::Function;
use super::lexer::{Token, TokenKind, lex};
use super::names::{KnownNames, NameKind};
use super::parser::is_reserved;
use super::print::{quote_path_step, quote_text};
use super::syntax::{Expression, Kind, Span, Step};
use super::words::folded;

/// What may stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterCompletion {
    /// The bytes of the text that an option takes the place of.
    pub replace: Span,
    /// The likeliest first.
    pub options: Vec<CompletionOption>,
}

/// One thing that may stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionOption {
    /// As it is written into the text.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// What an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompletionKind {
    /// A column.
    Column,
    /// A step of a path.
    Path,
    /// A value of a place.
    Value,
    /// A function; its bracket is written with it.
    Function,
    /// An operator, or a word that joins conditions.
    Operator,
}

/// Options that are offered at most.
const MOST: usize = 50;

/// Columns that people filter by, the likeliest first; the others follow.
const FIRST: [&str; 14] = [
    "scores",
    "tags",
    "metadata",
    "created",
    "input",
    "output",
    "error",
    "answers",
    "review",
    "comments",
    "metrics",
    "span_attributes",
    "expected",
    "is_root",
];

/// What stands in columns whose names are always the same.
const INSIDE: [(&str, &[&str]); 4] = [
    ("review", &["status", "lists", "assignees", "reviewers"]),
    ("comments", &["text", "author", "created"]),
    ("span_attributes", &["name", "type", "purpose"]),
    ("origin", &["object_type", "object_id", "id"]),
];

/// Values that places always have.
const VALUES: [(&str, &[&str]); 2] = [
    ("review.status", &["backlog", "in_review", "complete"]),
    ("span_attributes.type", &["llm", "task", "tool", "function", "eval", "score", "review"]),
];

/// What may stand at a cursor, which is a place in the bytes of the text.
pub fn complete(text: &str, cursor: usize, known: &KnownNames) -> FilterCompletion {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let (mut tokens, _) = lex(&text[..cursor]);
    tokens.pop();
    let end = u32::try_from(cursor).unwrap_or(u32::MAX);
    // What touches the cursor is being typed.
    let typed = match tokens.last() {
        Some(token) if token.span.end == end && is_typed(token, text) => tokens.pop(),
        _ => None,
    };
    let start = typed.as_ref().map_or(end, |token| token.span.start);
    let begun = typed.as_ref().map(|token| begun(token, text)).unwrap_or_default();
    let in_quotes = matches!(typed.as_ref().map(|token| &token.kind), Some(TokenKind::Text(_)));
    let replace = start..whole_end(text, cursor, typed.as_ref());
    let options = options(&tokens, in_quotes, known);
    FilterCompletion { replace, options: fitting(options, &begun) }
}

/// Whether a token is one that a person may be in the middle of.
fn is_typed(token: &Token, text: &str) -> bool {
    match &token.kind {
        TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Name(_) => true,
        // A text that is closed is whole.
        TokenKind::Text(_) => {
            let written = text.get(token.span.start as usize..token.span.end as usize).unwrap_or_default();
            let quote = written.chars().next().unwrap_or('"');
            written.len() == 1 || !written.ends_with(quote)
        }
        TokenKind::Symbol(_) | TokenKind::End => false,
    }
}

/// What was typed of it so far, without quotes.
fn begun(token: &Token, text: &str) -> String {
    match &token.kind {
        TokenKind::Word(word) | TokenKind::Name(word) | TokenKind::Text(word) => word.clone(),
        TokenKind::Number(_) | TokenKind::Symbol(_) | TokenKind::End => {
            text.get(token.span.start as usize..token.span.end as usize).unwrap_or_default().to_owned()
        }
    }
}

/// Where what is typed ends: the rest of the word behind the cursor belongs to it, and so does a quote that closes it at once.
fn whole_end(text: &str, cursor: usize, typed: Option<&Token>) -> u32 {
    let rest = &text[cursor..];
    let more = match typed.map(|token| &token.kind) {
        Some(TokenKind::Word(_)) => rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len()),
        Some(TokenKind::Text(_)) => usize::from(rest.starts_with(['\'', '"'])),
        _ => 0,
    };
    u32::try_from(cursor + more).unwrap_or(u32::MAX)
}

/// What may follow some tokens.
fn options(before: &[Token], in_quotes: bool, known: &KnownNames) -> Vec<CompletionOption> {
    let last = before.last().map(|token| &token.kind);
    if matches!(last, Some(TokenKind::Symbol("."))) {
        let path = path_before(&before[..before.len() - 1]);
        return steps(&path, known);
    }
    if let Some(path) = asked_of(before) {
        let values = values(&path, known);
        if in_quotes {
            return values;
        }
        return values.into_iter().chain(operands()).collect();
    }
    if in_quotes {
        return Vec::new();
    }
    if expects_operand(last) {
        return operands();
    }
    operators(&path_before(before))
}

/// Whether a value must follow.
fn expects_operand(last: Option<&TokenKind>) -> bool {
    match last {
        None => true,
        Some(TokenKind::Symbol(symbol)) => !matches!(*symbol, ")" | "]" | "}"),
        Some(TokenKind::Word(word)) => {
            let word = word.to_ascii_lowercase();
            is_reserved(&word) && !matches!(word.as_str(), "null" | "true" | "false" | "isnull" | "isnotnull" | "asc" | "desc")
        }
        Some(TokenKind::Text(_) | TokenKind::Name(_) | TokenKind::Number(_) | TokenKind::End) => false,
    }
}

/// The path that ends with the last token.
fn path_before(tokens: &[Token]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = tokens;
    loop {
        match rest {
            [
                more @ ..,
                Token { kind: TokenKind::Symbol("["), .. },
                Token { kind: TokenKind::Number(index), .. },
                Token { kind: TokenKind::Symbol("]"), .. },
            ] => {
                steps.push(Step::Index(index.as_i64().unwrap_or(0)));
                rest = more;
                continue;
            }
            [more @ .., Token { kind: TokenKind::Word(name) | TokenKind::Name(name) | TokenKind::Text(name), .. }] => {
                steps.push(Step::Key(name.clone()));
                rest = more;
            }
            _ => break,
        }
        match rest {
            [more @ .., Token { kind: TokenKind::Symbol("."), .. }] => rest = more,
            _ => break,
        }
    }
    steps.reverse();
    steps
}

/// The place of which a value is asked, where one is: after a comparison, or inside the list of `in`.
fn asked_of(before: &[Token]) -> Option<Vec<Step>> {
    let mut rest = before;
    // Inside a list of values.
    if matches!(rest.last()?.kind, TokenKind::Symbol("[" | "(" | ",")) {
        let opening = rest.iter().rposition(|token| matches!(token.kind, TokenKind::Symbol("[" | "(")))?;
        let is_list = rest[opening + 1..]
            .iter()
            .all(|token| matches!(token.kind, TokenKind::Text(_) | TokenKind::Number(_) | TokenKind::Symbol(",")));
        rest = is_list.then(|| &rest[..opening])?;
        if !is_word(rest.last()?, &["in"]) {
            return None;
        }
    }
    let (last, more) = rest.split_last()?;
    let compares = matches!(last.kind, TokenKind::Symbol("=" | "!=" | "<" | "<=" | ">" | ">="));
    if !compares && !is_word(last, &["in", "includes", "contains", "like", "ilike", "match"]) {
        return None;
    }
    let more = match more.split_last() {
        Some((not, more)) if is_word(not, &["not"]) => more,
        _ => more,
    };
    let path = path_before(more);
    (!path.is_empty()).then_some(path)
}

fn is_word(token: &Token, words: &[&str]) -> bool {
    matches!(&token.kind, TokenKind::Word(word) if words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

fn option(text: impl Into<String>, kind: CompletionKind) -> CompletionOption {
    CompletionOption { text: text.into(), kind }
}

fn operands() -> Vec<CompletionOption> {
    let others = COLUMNS.iter().copied().filter(|column| !FIRST.contains(column));
    let columns = FIRST.into_iter().chain(others).map(|column| option(column, CompletionKind::Column));
    let functions = Function::names().filter(|name| Function::named(name).is_some_and(|function| !function.is_aggregate()));
    let words = ["not", "true", "false"].map(|word| option(word, CompletionKind::Operator));
    columns.chain(functions.map(|name| option(format!("{name}("), CompletionKind::Function))).chain(words).collect()
}

/// What may follow a place: what can be asked of it, and what joins conditions.
fn operators(path: &[Step]) -> Vec<CompletionOption> {
    let asked: &[&str] = match type_of_path(path) {
        PathType::Number => &[">", ">=", "<", "<=", "=", "!=", "between", "is null", "is not null"],
        PathType::Text => &["=", "!=", "in", "not in", "like", "ilike", "match", "is null", "is not null"],
        PathType::List => &["includes", "not includes", "match", "is null", "is not null"],
        PathType::Time => &[">=", "<", ">", "<=", "between"],
        PathType::Truth => &["and", "or", "= false"],
        PathType::Words => &["match", "not match", "ilike", "like", "=", "is null", "is not null"],
        PathType::Anything => &["=", "!=", ">", ">=", "<", "<=", "in", "includes", "match", "ilike", "is null", "is not null"],
    };
    let known = matches!(path.first().and_then(Step::key), Some(column) if COLUMNS.contains(&column));
    let asked = if known { asked } else { &[] };
    let joined = ["and", "or"].into_iter().filter(|word| !asked.contains(word));
    asked.iter().copied().chain(joined).map(|word| option(word, CompletionKind::Operator)).collect()
}

/// The names that may follow a path.
fn steps(path: &[Step], known: &KnownNames) -> Vec<CompletionOption> {
    let keys: Vec<&str> = path.iter().filter_map(Step::key).collect();
    let Some((column, inside)) = keys.split_first() else { return Vec::new() };
    let names: Vec<&str> = match (NameKind::inside(column), inside) {
        (Some(NameKind::Metadata), inside) => known.metadata_at(inside).unwrap_or_default(),
        (Some(kind), []) => known.of(kind).unwrap_or_default(),
        (Some(NameKind::Question), [_]) => {
            return ["count", "spread", "mine", "by('", "version"].map(|name| option(name, CompletionKind::Path)).into();
        }
        (Some(NameKind::Classification), [_]) => vec!["label"],
        (None, []) => INSIDE.iter().find(|(known, _)| known == column).map(|(_, names)| names.to_vec()).unwrap_or_default(),
        _ => Vec::new(),
    };
    names.into_iter().map(|name| option(quote_path_step(name), CompletionKind::Path)).collect()
}

/// The values that a place may have.
fn values(path: &[Step], known: &KnownNames) -> Vec<CompletionOption> {
    let place = Expression::new(Kind::Path(path.to_vec()), 0..0).to_string();
    let always = VALUES.iter().find(|(known, _)| *known == place).map_or(&[] as &[&str], |(_, values)| values);
    let named = NameKind::of_values(path).and_then(|kind| known.of(kind)).unwrap_or_default();
    let texts = named.into_iter().chain(known.values_of(&place).iter().map(String::as_str)).chain(always.iter().copied());
    let is_time = type_of_path(path) == PathType::Time;
    let times = ["now() - interval 1 day", "now() - interval 7 day", "date_trunc('day', now())"];
    let times = times.into_iter().filter(|_| is_time).map(|text| option(text, CompletionKind::Value));
    let is_score = matches!(path.first().and_then(Step::key).and_then(NameKind::inside), Some(NameKind::Score));
    let scores = ["25%", "50%", "75%", "100%"].into_iter().filter(|_| is_score).map(|text| option(text, CompletionKind::Value));
    texts.map(|text| option(value_text(text), CompletionKind::Value)).chain(times).chain(scores).collect()
}

/// A value as it is written: numbers, true and false as they are, everything else in quotes.
fn value_text(value: &str) -> String {
    let is_plain = value.parse::<f64>().is_ok_and(f64::is_finite) || matches!(value, "true" | "false");
    if is_plain { value.to_owned() } else { quote_text(value) }
}

/// Those options that fit what was typed: what begins like it before what holds it.
fn fitting(options: Vec<CompletionOption>, begun: &str) -> Vec<CompletionOption> {
    let wanted = folded(begun);
    let seen = |option: &CompletionOption| folded(option.text.trim_matches(['\'', '"', '`']));
    let (begin, others): (Vec<_>, Vec<_>) = options.into_iter().partition(|option| seen(option).starts_with(&wanted));
    let hold = others.into_iter().filter(|option| wanted.chars().count() > 1 && seen(option).contains(&wanted));
    let mut fitting: Vec<CompletionOption> = Vec::new();
    for option in begin.into_iter().chain(hold) {
        if fitting.len() == MOST {
            break;
        }
        if !fitting.contains(&option) {
            fitting.push(option);
        }
    }
    fitting
}
