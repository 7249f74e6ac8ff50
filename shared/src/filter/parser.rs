//! The expression parser: operators are joined by how tightly they bind (Pratt), and every mistake is noted with its
//! place while reading goes on, so that one pass finds them all.

mod cursor;
mod primary;

use super::diagnostic::Diagnostic;
use super::lexer::{Token, TokenKind, lex};
use super::syntax::{BinaryOperator, Expression, Kind, MAXIMUM_HEIGHT, Span};

/// How deep brackets, `not`, `-` and operators may stand inside one another. Printing a tree of the maximal height
/// adds brackets, hence more than [`MAXIMUM_HEIGHT`].
const MAXIMUM_DEPTH: usize = 2 * MAXIMUM_HEIGHT as usize;

/// A longer text is refused: no person writes it, and the lists that programs write fit.
const MAXIMUM_LENGTH: usize = 1 << 20;

/// So many hints are given at most.
const MOST_HINTS: usize = 20;

/// After so many mistakes the rest is noise.
const MAXIMUM_DIAGNOSTICS: usize = 20;

// How tightly operators bind, loosest first.
const CONDITIONAL: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const NOT: u8 = 4;
const COMPARISON: u8 = 5;
pub(super) const SUM: u8 = 6;
const PRODUCT: u8 = 7;
const SIGN: u8 = 8;

pub(super) struct Parser<'text> {
    pub(super) text: &'text str,
    tokens: Vec<Token>,
    position: usize,
    diagnostics: Vec<Diagnostic>,
    depth: usize,
    /// Brackets and conditionals that are open; a clause can only begin outside of them.
    pub(super) open: usize,
    /// What the text is as a whole.
    pub(super) form: Form,
    /// What may be written better.
    pub(super) hints: Vec<Diagnostic>,
    stopped: bool,
}

/// What a text is as a whole, and hence what ends an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A lone expression.
    Expression,
    /// Clauses with colons.
    Clauses,
    /// SQL, in which words begin clauses.
    Sql,
}

/// What may stand between two operands.
#[derive(Clone, Copy)]
enum Infix {
    Conditional,
    Or,
    And,
    Is,
    NullTest { null: bool },
    In { negated: bool },
    Between { negated: bool },
    Binary { operator: BinaryOperator, power: u8, negated: bool },
}

impl<'text> Parser<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        let too_long = text.len() > MAXIMUM_LENGTH;
        let (tokens, mut diagnostics) = lex(if too_long { "" } else { text });
        if too_long {
            let message = "The text is longer than a megabyte.";
            diagnostics.push(Diagnostic::new(0..0, message, "too long").with_help("Narrow with a few conditions instead."));
        }
        Self { text, tokens, position: 0, diagnostics, depth: 0, open: 0, form: Form::Expression, hints: Vec::new(), stopped: too_long }
    }

    /// One expression that fills the text.
    pub(super) fn whole_expression(&mut self) -> Expression {
        if self.at_end() {
            self.report_here("There is no condition here.", "write a condition", Some("For example: scores.Preference > 0.75"));
            return self.placeholder();
        }
        let mut parts = vec![self.expression(0)];
        while !self.at_end() {
            self.report_leftover();
            parts.extend(self.resume());
        }
        Expression::all_of(parts, 0..u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }

    /// Goes on after something that does not belong: what follows is read as one more condition, so that its mistakes
    /// are found too.
    pub(super) fn resume(&mut self) -> Option<Expression> {
        if self.begins_operand() || self.is_keyword("not") {
            return Some(self.expression(0));
        }
        self.advance();
        None
    }

    pub(super) fn report_leftover(&mut self) {
        let found = self.describe();
        let (message, help) = match &self.peek().kind {
            TokenKind::Symbol(closer @ (")" | "]" | "}")) => {
                (format!("This `{closer}` closes nothing."), "Remove it, or add the bracket that it should close.")
            }
            TokenKind::Symbol(":") => {
                ("A colon has no place here.".to_owned(), "The filter bar takes a condition alone, without `filter:` or other clauses.")
            }
            _ => (
                format!("{found} does not follow from what stands before it."),
                "Join conditions with `and` or `or`, and put text in quotes.",
            ),
        };
        self.report_here(message, "not expected here", Some(help));
    }

    pub(super) fn finish<Parsed>(mut self, parsed: Parsed) -> Result<Parsed, Vec<Diagnostic>> {
        if self.diagnostics.is_empty() {
            return Ok(parsed);
        }
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.span.start);
        self.diagnostics.truncate(MAXIMUM_DIAGNOSTICS);
        Err(self.diagnostics)
    }

    /// Adds what later stages found, except where the text was not understood in the first place.
    pub(super) fn add_unless_overlapping(&mut self, found: Vec<Diagnostic>) {
        let syntax: Vec<Span> = self.diagnostics.iter().map(|diagnostic| diagnostic.span.clone()).collect();
        let overlaps = |span: &Span| syntax.iter().any(|other| span.start <= other.end && other.start <= span.end);
        for diagnostic in found {
            if !overlaps(&diagnostic.span) {
                self.report(diagnostic);
            }
        }
    }

    /// Notes that the text is nested too deeply, and leaves the rest unread.
    fn stop_too_deep(&mut self, span: Span) {
        let message = format!("This is nested more than {MAXIMUM_HEIGHT} levels deep.");
        self.report(Diagnostic::new(span, message, "too deep").with_help("Remove brackets that are not needed."));
        self.stopped = true;
        self.position = self.tokens.len() - 1;
    }

    /// Stands where nothing could be read. The mistake is already noted, so it is never evaluated.
    pub(super) fn placeholder(&self) -> Expression {
        Expression::new(Kind::Null, self.peek().span.clone())
    }

    fn node(&mut self, kind: Kind, start: u32) -> Expression {
        self.limited(Expression::new(kind, self.span_from(start)))
    }

    fn limited(&mut self, expression: Expression) -> Expression {
        if expression.height() <= MAXIMUM_HEIGHT {
            return expression;
        }
        self.stop_too_deep(expression.span.clone());
        self.placeholder()
    }

    // Expressions.

    /// An expression whose operators bind at least as tightly as `minimum`.
    pub(super) fn expression(&mut self, minimum: u8) -> Expression {
        if self.depth >= MAXIMUM_DEPTH {
            self.stop_too_deep(self.peek().span.clone());
            return self.placeholder();
        }
        self.depth += 1;
        let mut left = self.operand();
        while let Some((infix, power, words)) = self.peek_infix() {
            if power < minimum {
                break;
            }
            let operator = self.peek_at(words - 1).span.clone();
            for _ in 0..words {
                self.advance();
            }
            left = self.infix(left, infix);
            self.hint_at_portable_spelling(&left, operator);
        }
        self.depth -= 1;
        left
    }

    /// Not every SQL of this language knows `includes` between two values, but each knows the function.
    fn hint_at_portable_spelling(&mut self, expression: &Expression, operator: Span) {
        if self.form != Form::Sql || self.hints.len() >= MOST_HINTS {
            return;
        }
        let (not, inner) = match &expression.kind {
            Kind::Not(inner) => ("not ", inner.as_ref()),
            _ => ("", expression),
        };
        let Kind::Binary { operator: BinaryOperator::Includes, left, right } = &inner.kind else { return };
        let message = "Other servers of this language refuse this word in SQL.";
        let help = format!("Everywhere works: {not}includes({left}, {right})");
        self.hints.push(Diagnostic::hint(operator, message, "accepted here").with_help(help));
    }

    /// The operator that stands here, how tightly it binds and how many words it has.
    fn peek_infix(&self) -> Option<(Infix, u8, usize)> {
        use BinaryOperator as Operator;
        let binary = |operator, power| Some((Infix::Binary { operator, power, negated: false }, power, 1));
        match &self.peek().kind {
            TokenKind::Symbol(symbol) => match *symbol {
                "?" => Some((Infix::Conditional, CONDITIONAL, 1)),
                "=" => binary(Operator::Equal, COMPARISON),
                "!=" => binary(Operator::NotEqual, COMPARISON),
                "<" => binary(Operator::Less, COMPARISON),
                "<=" => binary(Operator::LessOrEqual, COMPARISON),
                ">" => binary(Operator::Greater, COMPARISON),
                ">=" => binary(Operator::GreaterOrEqual, COMPARISON),
                "+" => binary(Operator::Add, SUM),
                "-" => binary(Operator::Subtract, SUM),
                "*" => binary(Operator::Multiply, PRODUCT),
                "/" => binary(Operator::Divide, PRODUCT),
                "%" => binary(Operator::Remainder, PRODUCT),
                _ => None,
            },
            TokenKind::Word(_) if self.at_clause() => None,
            TokenKind::Word(word) => match word.to_ascii_lowercase().as_str() {
                "or" => Some((Infix::Or, OR, 1)),
                "and" => Some((Infix::And, AND, 1)),
                "is" => Some((Infix::Is, COMPARISON, 1)),
                "isnull" => Some((Infix::NullTest { null: true }, COMPARISON, 1)),
                "isnotnull" => Some((Infix::NullTest { null: false }, COMPARISON, 1)),
                "not" => self.word_operator(1, true).map(|infix| (infix, COMPARISON, 2)),
                _ => self.word_operator(0, false).map(|infix| (infix, COMPARISON, 1)),
            },
            _ => None,
        }
    }

    /// The operators that may follow `not`.
    fn word_operator(&self, ahead: usize, negated: bool) -> Option<Infix> {
        let TokenKind::Word(word) = &self.peek_at(ahead).kind else { return None };
        let binary = |operator| Some(Infix::Binary { operator, power: COMPARISON, negated });
        match word.to_ascii_lowercase().as_str() {
            "in" => Some(Infix::In { negated }),
            "between" => Some(Infix::Between { negated }),
            "like" => binary(BinaryOperator::Like),
            "ilike" => binary(BinaryOperator::LikeIgnoringCase),
            "match" => binary(BinaryOperator::Match),
            "includes" | "contains" => binary(BinaryOperator::Includes),
            _ => None,
        }
    }

    /// Joins what stands left of an operator, already read, with what follows it.
    fn infix(&mut self, left: Expression, infix: Infix) -> Expression {
        let start = left.span.start;
        let (kind, negated) = match infix {
            Infix::Conditional => (self.conditional(left), false),
            Infix::Or => {
                let operands = self.operands(left, "or", OR);
                let joined = Expression::any_of(operands, self.span_from(start));
                return self.limited(joined);
            }
            Infix::And => {
                let operands = self.operands(left, "and", AND);
                let joined = Expression::all_of(operands, self.span_from(start));
                return self.limited(joined);
            }
            Infix::Is => (self.null_test(left), false),
            Infix::NullTest { null: true } => (Kind::IsNull(Box::new(left)), false),
            Infix::NullTest { null: false } => (Kind::IsNotNull(Box::new(left)), false),
            Infix::In { negated } => {
                let list = Box::new(self.list_operand());
                (Kind::In { operand: Box::new(left), list }, negated)
            }
            Infix::Between { negated } => {
                let low = Box::new(self.expression(SUM));
                if !self.take_keyword("and") {
                    self.report_here(
                        "`between` needs two bounds.",
                        "`and` and the upper bound are missing",
                        Some("Write: scores.Preference between 0.2 and 0.4"),
                    );
                }
                let high = Box::new(self.expression(SUM));
                (Kind::Between { operand: Box::new(left), low, high }, negated)
            }
            Infix::Binary { operator, power, negated } => {
                let right = Box::new(self.expression(power + 1));
                (Kind::Binary { operator, left: Box::new(left), right }, negated)
            }
        };
        let joined = self.node(kind, start);
        if negated { self.node(Kind::Not(Box::new(joined)), start) } else { joined }
    }

    /// All operands of `and` or `or`, of which the first and the word after it are read: thousands are one list and no tower.
    fn operands(&mut self, first: Expression, word: &str, power: u8) -> Vec<Expression> {
        let mut operands = vec![first, self.expression(power + 1)];
        while self.is_keyword(word) && !self.at_clause() {
            self.advance();
            operands.push(self.expression(power + 1));
        }
        operands
    }

    fn conditional(&mut self, condition: Expression) -> Kind {
        self.open += 1;
        let then = Box::new(self.expression(0));
        self.open -= 1;
        if !self.take_symbol(":") {
            let help = "Write: condition ? value : other value";
            self.report_here("This choice has no second value.", "`:` and the other value are missing", Some(help));
        }
        let otherwise = Box::new(self.expression(CONDITIONAL));
        Kind::Conditional { condition: Box::new(condition), then, otherwise }
    }

    fn null_test(&mut self, operand: Expression) -> Kind {
        let negated = self.take_keyword("not");
        if !self.take_keyword("null") {
            let help = "After `is` write `null` or `not null`. Compare with other values by `=`.";
            self.report_here("`is` only asks for null.", "`null` is expected here", Some(help));
            if self.begins_operand() {
                self.expression(SUM);
            }
        }
        if negated { Kind::IsNotNull(Box::new(operand)) } else { Kind::IsNull(Box::new(operand)) }
    }

    /// What follows `in`: a list in either kind of bracket, or a path to a list.
    fn list_operand(&mut self) -> Expression {
        if self.is_symbol("(") {
            let start = self.advance().span.start;
            let items = self.items("(", ")", start);
            return self.node(Kind::Array(items), start);
        }
        self.expression(SUM)
    }

    fn operand(&mut self) -> Expression {
        let mut reported = false;
        loop {
            if self.begins_operand() {
                return self.signed();
            }
            if self.is_keyword("not") {
                return self.negation();
            }
            if !reported {
                self.report_missing_value();
                reported = true;
            }
            // A stray operator is skipped. What may close or separate something is left for those who wait for it, and
            // after `and` and `or` another condition begins.
            let is_stray = match self.peek_infix() {
                Some((infix, ..)) => !matches!(infix, Infix::And | Infix::Or | Infix::Conditional),
                None => self.is_symbol("."),
            };
            if !is_stray {
                return self.placeholder();
            }
            self.advance();
        }
    }

    fn report_missing_value(&mut self) {
        let found = self.describe();
        let message = if self.at_end() || self.at_clause() {
            "A value is missing at the end.".to_owned()
        } else {
            format!("A value is missing before {found}.")
        };
        let help = "Values are columns such as scores.Preference, numbers, and text in quotes.";
        self.report_here(message, "a value is expected here", Some(help));
    }

    fn negation(&mut self) -> Expression {
        let start = self.advance().span.start;
        let operand = Box::new(self.expression(NOT));
        self.node(Kind::Not(operand), start)
    }

    fn signed(&mut self) -> Expression {
        if !self.is_symbol("-") {
            return self.postfix();
        }
        let start = self.advance().span.start;
        let operand = self.expression(SIGN);
        let negated = Expression::negate(operand, self.span_from(start));
        self.limited(negated)
    }

    /// Whether the token can begin a value. Keywords that join values cannot.
    pub(super) fn begins_operand(&self) -> bool {
        self.begins_operand_at(0)
    }

    fn begins_operand_at(&self, ahead: usize) -> bool {
        match &self.peek_at(ahead).kind {
            TokenKind::Name(_) | TokenKind::Text(_) | TokenKind::Number(_) => true,
            TokenKind::Symbol(symbol) => matches!(*symbol, "(" | "[" | "{" | "-"),
            TokenKind::End => false,
            TokenKind::Word(word) => {
                let word = word.to_ascii_lowercase();
                let is_call = matches!(self.peek_at(ahead + 1).kind, TokenKind::Symbol("("));
                !self.clause_at(ahead)
                    && (!is_reserved(&word)
                        || matches!(word.as_str(), "null" | "true" | "false" | "isnull" | "isnotnull")
                        || (is_call && matches!(word.as_str(), "contains" | "includes" | "match")))
            }
        }
    }
}

/// Words that a bare column or function cannot be called. After a dot every word is a name.
pub(super) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "not"
            | "is"
            | "in"
            | "like"
            | "ilike"
            | "match"
            | "includes"
            | "contains"
            | "between"
            | "isnull"
            | "isnotnull"
            | "null"
            | "true"
            | "false"
            | "as"
            | "asc"
            | "desc"
    )
}
