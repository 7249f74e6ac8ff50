//! The one canonical text of an expression or a query. Reading it gives the same tree again.

use std::fmt::{self, Display, Formatter, Write};

mod queries;

use super::parser::is_reserved;
use super::syntax::{BinaryOperator, Expression, Kind, Step};

/// A text as a literal in single quotes.
pub fn quote_text(text: &str) -> String {
    quoted(text, '\'')
}

/// A name as a step of a path: as it is where it is a plain word, otherwise in double quotes. For the first step of a
/// path use it after a column only: `scores.` + `quote_path_step(name)`.
pub fn quote_path_step(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { quoted(name, '"') }
}

/// Text in quotes. A quote is doubled; a backslash is doubled only where it would otherwise escape what follows.
pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push(quote);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\\' if matches!(letters.peek(), None | Some('\'' | '"' | '\\' | 'n' | 'r' | 't' | '\n' | '\r' | '\t')) => {
                written.push_str("\\\\");
            }
            _ if letter == quote => {
                written.push(quote);
                written.push(quote);
            }
            _ => written.push(letter),
        }
    }
    written.push(quote);
    written
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// How tightly a form binds; the same order as in the parser.
fn power(kind: &Kind) -> u8 {
    match kind {
        Kind::Conditional { .. } => 1,
        Kind::Or(_) => 2,
        Kind::And(_) => 3,
        Kind::Not(inner) if !reads_as_suffix(inner) => 4,
        Kind::Not(_) | Kind::IsNull(_) | Kind::IsNotNull(_) | Kind::In { .. } | Kind::Between { .. } => 5,
        Kind::Binary { operator, .. } => match operator {
            BinaryOperator::Add | BinaryOperator::Subtract => 6,
            BinaryOperator::Multiply | BinaryOperator::Divide | BinaryOperator::Remainder => 7,
            _ => 5,
        },
        Kind::Negate(_) => 8,
        Kind::Number(number) if number.to_string().starts_with('-') => 8,
        Kind::Decimal(text) if text.starts_with('-') => 8,
        _ => 9,
    }
}

/// Whether `not` is printed inside: `a not like b`. `not a includes b` stays as people write it.
fn reads_as_suffix(inner: &Expression) -> bool {
    match &inner.kind {
        Kind::In { .. } | Kind::Between { .. } => true,
        Kind::Binary { operator, .. } => {
            matches!(operator, BinaryOperator::Like | BinaryOperator::LikeIgnoringCase | BinaryOperator::Match)
        }
        _ => false,
    }
}

/// An expression where operators must bind at least as tightly as the number says; otherwise it is put in brackets.
struct Within<'tree>(&'tree Expression, u8);

impl Display for Within<'_> {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        if power(&self.0.kind) < self.1 { write!(to, "({})", self.0) } else { Display::fmt(self.0, to) }
    }
}

impl Display for Expression {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Null => to.write_str("null"),
            Kind::Boolean(boolean) => write!(to, "{boolean}"),
            Kind::Number(number) => write!(to, "{number}"),
            Kind::Decimal(text) => to.write_str(text),
            Kind::Text(text) => to.write_str(&quote_text(text)),
            Kind::Interval { count, unit } => write!(to, "interval {count} {}", unit.name()),
            Kind::Array(items) => bracketed(to, "[", items, "]"),
            Kind::Object(members) => {
                to.write_char('{')?;
                for (place, (key, member)) in members.iter().enumerate() {
                    let separator = if place == 0 { "" } else { ", " };
                    let key = if is_plain(key) { key.clone() } else { quote_text(key) };
                    write!(to, "{separator}{key}: {member}")?;
                }
                to.write_char('}')
            }
            Kind::Path(path) => path_text(to, path),
            Kind::Member { operand, steps } => {
                match operand.kind {
                    Kind::Call { .. } => Display::fmt(operand, to)?,
                    _ => write!(to, "({operand})")?,
                }
                steps.iter().try_for_each(|step| step_text(to, step))
            }
            // Two signs in a row would begin a comment.
            Kind::Negate(operand) => write!(to, "-{}", Within(operand, 9)),
            Kind::Not(inner) if reads_as_suffix(inner) => comparison(to, inner, "not "),
            Kind::Not(operand) => write!(to, "not {}", Within(operand, 4)),
            Kind::IsNull(operand) => write!(to, "{} is null", Within(operand, 5)),
            Kind::IsNotNull(operand) => write!(to, "{} is not null", Within(operand, 5)),
            Kind::And(operands) => joined(to, operands, " and ", 4),
            Kind::Or(operands) => joined(to, operands, " or ", 3),
            Kind::Binary { .. } | Kind::In { .. } | Kind::Between { .. } => comparison(to, self, ""),
            Kind::Conditional { condition, then, otherwise } => {
                write!(to, "{} ? {then} : {otherwise}", Within(condition, 2))
            }
            Kind::Call { name, arguments } => {
                to.write_str(name)?;
                bracketed(to, "(", arguments, ")")
            }
        }
    }
}

fn comparison(to: &mut Formatter<'_>, expression: &Expression, negation: &str) -> fmt::Result {
    match &expression.kind {
        Kind::Binary { operator, left, right } => {
            let own = power(&expression.kind);
            write!(to, "{} {negation}{} {}", Within(left, own), operator.symbol(), Within(right, own + 1))
        }
        Kind::In { operand, list } => write!(to, "{} {negation}in {}", Within(operand, 5), Within(list, 6)),
        Kind::Between { operand, low, high } => {
            write!(to, "{} {negation}between {} and {}", Within(operand, 5), Within(low, 6), Within(high, 6))
        }
        _ => Display::fmt(expression, to),
    }
}

fn joined(to: &mut Formatter<'_>, operands: &[Expression], separator: &str, minimum: u8) -> fmt::Result {
    for (place, operand) in operands.iter().enumerate() {
        write!(to, "{}{}", if place == 0 { "" } else { separator }, Within(operand, minimum))?;
    }
    Ok(())
}

fn bracketed(to: &mut Formatter<'_>, opener: &str, items: &[Expression], closer: &str) -> fmt::Result {
    to.write_str(opener)?;
    joined(to, items, ", ", 0)?;
    to.write_str(closer)
}

fn path_text(to: &mut Formatter<'_>, path: &[Step]) -> fmt::Result {
    let Some((first, rest)) = path.split_first() else { return Ok(()) };
    match first {
        Step::Key(key) if is_plain(key) && !is_reserved(&key.to_ascii_lowercase()) => to.write_str(key)?,
        Step::Key(key) => write!(to, "`{}`", key.replace('`', "``"))?,
        Step::Index(_) => step_text(to, first)?,
    }
    if let (Step::Key(head), [question, Step::Key(by), Step::Key(person), inside @ ..]) = (first, rest)
        && head == "answers"
        && by == "by"
    {
        step_text(to, question)?;
        write!(to, ".by({})", quote_text(person))?;
        return inside.iter().try_for_each(|step| step_text(to, step));
    }
    rest.iter().try_for_each(|step| step_text(to, step))
}

fn step_text(to: &mut Formatter<'_>, step: &Step) -> fmt::Result {
    match step {
        Step::Key(key) => write!(to, ".{}", quote_path_step(key)),
        Step::Index(index) => write!(to, "[{index}]"),
    }
}
