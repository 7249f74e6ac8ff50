//! The smallest parts of an expression: literals, paths, calls and whatever stands in brackets.

use serde_json::Number;

use super::{COMPARISON, Parser, SUM, is_reserved};
use crate::filter::decimal;
use crate::filter::diagnostic::Diagnostic;
use crate::filter::lexer::{Token, TokenKind};
use crate::filter::syntax::{BinaryOperator, Expression, Kind, Step, Unit};

/// Columns that one search names at most.
const MOST_SEARCHED: usize = 32;

/// Whether a path ends where a person in brackets says whose answer is meant.
fn asks_of_somebody(value: &Kind, steps: &[Step]) -> bool {
    let of_answers = matches!(value, Kind::Path(head) if matches!(head.as_slice(), [Step::Key(head)] if head == "answers"));
    of_answers && matches!(steps, [_, Step::Key(by)] if by == "by")
}

impl Parser<'_> {
    /// A value and the path that follows it.
    pub(super) fn postfix(&mut self) -> Expression {
        let value = self.primary();
        // Digits and lists are never entered: `[1, 2][0]` is more likely a slip than a wish.
        if matches!(value.kind, Kind::Number(_) | Kind::Decimal(_) | Kind::Null | Kind::Boolean(_)) {
            return value;
        }
        let mut steps = Vec::new();
        while let Some(step) = self.step() {
            steps.push(step);
            if self.is_symbol("(") && asks_of_somebody(&value.kind, &steps) {
                steps.extend(self.person());
            }
        }
        if steps.is_empty() {
            return value;
        }
        if let Kind::Text(name) = value.kind {
            // Text in double quotes that is followed by a path is the name of a column.
            let head = Expression::new(Kind::Path(vec![Step::Key(name)]), value.span);
            return self.member(head, steps);
        }
        self.member(value, steps)
    }

    /// Whose answer is meant, in brackets: `answers."Tone".by('reviewer@example.com')`.
    fn person(&mut self) -> Option<Step> {
        let start = self.advance().span.start;
        self.open += 1;
        let person = match self.peek().kind.clone() {
            TokenKind::Text(person) => Some(Step::Key(person)),
            _ => None,
        };
        match person {
            Some(_) => drop(self.advance()),
            None => {
                let help = "Write: answers.\"Tone\".by('reviewer@example.com')";
                self.report_here("It is not said whose answer is meant.", "an address in quotes is expected here", Some(help));
            }
        }
        self.close("(", ")", start);
        person
    }

    fn step(&mut self) -> Option<Step> {
        if self.take_symbol(".") {
            return match self.peek().kind.clone() {
                TokenKind::Word(key) | TokenKind::Name(key) | TokenKind::Text(key) => {
                    self.advance();
                    Some(Step::Key(key))
                }
                _ => {
                    let help = "Write a name, in quotes if it has spaces: scores.\"response quality\"";
                    self.report_here("A name is missing after the dot.", "a name is expected here", Some(help));
                    None
                }
            };
        }
        if !self.is_symbol("[") {
            return None;
        }
        let start = self.advance().span.start;
        self.open += 1;
        let negative = self.take_symbol("-");
        let step = match self.peek().kind.clone() {
            TokenKind::Number(number) if number.is_u64() => {
                let index = number.as_i64().unwrap_or(i64::MAX);
                Some(Step::Index(if negative { -index } else { index }))
            }
            TokenKind::Text(key) if !negative => Some(Step::Key(key)),
            _ => None,
        };
        if step.is_some() {
            self.advance();
        } else {
            let help = "Write a place in the list, from 0, or from the end with -1: tags[0]";
            self.report_here("This is not a place in a list.", "a whole number is expected here", Some(help));
        }
        self.close("[", "]", start);
        step
    }

    fn primary(&mut self) -> Expression {
        let start = self.peek().span.start;
        match self.peek().kind.clone() {
            TokenKind::Number(_) => self.number(),
            TokenKind::Text(text) => {
                self.advance();
                self.node(Kind::Text(text), start)
            }
            TokenKind::Name(name) => {
                self.advance();
                self.node(Kind::Path(vec![Step::Key(name)]), start)
            }
            TokenKind::Word(word) => self.word(word, start),
            TokenKind::Symbol("(") => {
                self.advance();
                self.open += 1;
                let inner = self.expression(0);
                self.close("(", ")", start);
                inner
            }
            TokenKind::Symbol("[") => {
                self.advance();
                let items = self.items("[", "]", start);
                self.node(Kind::Array(items), start)
            }
            TokenKind::Symbol("{") => {
                self.advance();
                self.object(start)
            }
            TokenKind::Symbol(_) | TokenKind::End => self.placeholder(),
        }
    }

    fn word(&mut self, word: String, start: u32) -> Expression {
        self.advance();
        let small = word.to_ascii_lowercase();
        if small == "match" {
            return self.match_call(start);
        }
        let is_call = self.is_symbol("(") && !is_reserved(&small);
        if is_call || matches!(small.as_str(), "contains" | "includes") {
            return self.call(small, start);
        }
        match small.as_str() {
            "null" => self.node(Kind::Null, start),
            "true" => self.node(Kind::Boolean(true), start),
            "false" => self.node(Kind::Boolean(false), start),
            "isnull" => self.null_prefix(true, start),
            "isnotnull" => self.null_prefix(false, start),
            "interval" if matches!(self.peek().kind, TokenKind::Number(_)) || self.is_symbol("-") => self.interval(start),
            _ => self.node(Kind::Path(vec![Step::Key(word)]), start),
        }
    }

    fn call(&mut self, name: String, start: u32) -> Expression {
        let opener = self.advance().span.start;
        let distinct = self.take_keyword("distinct");
        if self.is_symbol("*") && matches!(self.peek_at(1).kind, TokenKind::Symbol(")")) {
            let star = self.advance().span;
            self.advance();
            if name != "count" {
                let message = "Only `count` takes a star.";
                self.report(Diagnostic::new(star.clone(), message, "not expected here"));
            }
            // Counting everything is counting a constant that is never null.
            let one = Expression::new(Kind::Number(Number::from(1)), star);
            return self.node(Kind::Call { name, arguments: vec![one] }, start);
        }
        let arguments = self.items("(", ")", opener);
        if distinct && name != "count" {
            let message = format!("`{name}(distinct …)` is not available yet.");
            let help = "Only `count` can leave out what it has seen before.";
            self.report(Diagnostic::new(start..opener, message, "not available yet").with_help(help));
        }
        if matches!(name.as_str(), "contains" | "includes") {
            return self.includes_call(&name, arguments, start);
        }
        let name = if distinct { "count_distinct".to_owned() } else { name };
        self.node(Kind::Call { name, arguments }, start)
    }

    /// `contains(a, b)` is another way to write `a includes b`.
    fn includes_call(&mut self, name: &str, mut arguments: Vec<Expression>, start: u32) -> Expression {
        if let (Some(right), Some(left), None) = (arguments.pop(), arguments.pop(), arguments.pop()) {
            let (left, right) = (Box::new(left), Box::new(right));
            return self.node(Kind::Binary { operator: BinaryOperator::Includes, left, right }, start);
        }
        let span = start..self.previous_end();
        let message = format!("`{name}` takes two arguments.");
        self.report(Diagnostic::new(span, message, "two arguments are expected").with_help("Write: contains(tags, 'prod')"));
        self.placeholder()
    }

    /// `match(input, output) against ('words')` is another way to write `input match 'words' or output match 'words'`.
    fn match_call(&mut self, start: u32) -> Expression {
        let opener = self.advance().span.start;
        let columns = self.items("(", ")", opener);
        if !self.take_keyword("against") {
            let help = "Write: input match 'words', or match(input, output) against ('words')";
            self.report_here("It is not said what to look for.", "`against` is expected here", Some(help));
            return self.placeholder();
        }
        let words = self.expression(SUM);
        let span = self.span_from(start);
        let matches = columns.into_iter().map(|column| {
            let (left, right) = (Box::new(column), Box::new(words.clone()));
            Expression::new(Kind::Binary { operator: BinaryOperator::Match, left, right }, span.clone())
        });
        let matches: Vec<_> = matches.take(MOST_SEARCHED).collect();
        let either = Expression::any_of(matches, span);
        self.limited(either)
    }

    fn object(&mut self, start: u32) -> Expression {
        self.open += 1;
        let mut members = Vec::new();
        while !self.at_end() && !self.is_symbol("}") {
            match self.peek().kind.clone() {
                TokenKind::Word(key) | TokenKind::Name(key) | TokenKind::Text(key) => {
                    self.advance();
                    if !self.take_symbol(":") {
                        let help = "Write: {name: value}";
                        self.report_here("A colon is missing in this object.", "`:` is expected here", Some(help));
                    }
                    members.push((key, self.expression(0)));
                }
                _ => break,
            }
            if !self.take_symbol(",") {
                break;
            }
        }
        self.close("{", "}", start);
        self.node(Kind::Object(members), start)
    }

    /// A percent sign belongs to the number before it if they touch and no operand follows.
    fn take_percent(&mut self, number_end: u32) -> bool {
        let touches = self.is_symbol("%") && self.peek().span.start == number_end;
        let operand_follows = self.begins_operand_at(1) && !matches!(self.peek_at(1).kind, TokenKind::Symbol("-"));
        touches && !operand_follows && self.take_symbol("%")
    }

    fn number(&mut self) -> Expression {
        let Token { kind: TokenKind::Number(mut number), span } = self.advance() else { return self.placeholder() };
        if self.take_percent(span.end) {
            // Moving the decimal point in the text is exact where a division is not.
            let written = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
            let exact = format!("{written}e-2").parse::<f64>().ok();
            let divided = exact.or_else(|| number.as_f64().map(|value| value / 100.0));
            number = divided.and_then(Number::from_f64).unwrap_or(number);
        } else if let Some(written) = self.text.get(span.start as usize..span.end as usize)
            && decimal::long(written).is_some()
        {
            return self.node(Kind::Decimal(written.to_owned()), span.start);
        }
        self.node(Kind::Number(number), span.start)
    }

    /// The unit of an interval, after its count.
    fn interval(&mut self, start: u32) -> Expression {
        let negative = self.take_symbol("-");
        let count = match self.advance().kind {
            TokenKind::Number(number) => number.as_i64(),
            _ => None,
        };
        let unit = match &self.peek().kind {
            TokenKind::Word(word) => Unit::named(word),
            _ => None,
        };
        match (count, unit) {
            (Some(count), Some(unit)) => {
                self.advance();
                self.node(Kind::Interval { count: if negative { -count } else { count }, unit }, start)
            }
            _ => {
                let help = "Write a whole number and a unit from microsecond to year: interval 7 day";
                self.report_here("This interval has no known length.", "a unit of time is expected here", Some(help));
                if unit.is_some() {
                    self.advance();
                }
                self.placeholder()
            }
        }
    }

    /// A list after its opening bracket, up to and with the closing one.
    pub(super) fn items(&mut self, opener: &str, closer: &'static str, start: u32) -> Vec<Expression> {
        let mut items = Vec::new();
        self.open += 1;
        while !self.at_end() && !self.is_symbol(closer) {
            items.push(self.expression(0));
            if self.take_keyword("as") && matches!(self.peek().kind, TokenKind::Word(_)) {
                self.advance();
            }
            if !self.take_symbol(",") {
                break;
            }
        }
        self.close(opener, closer, start);
        items
    }

    /// Takes the closing bracket; without it, notes the mistake and looks for one.
    pub(in crate::filter) fn close(&mut self, opener: &str, closer: &'static str, start: u32) {
        self.open = self.open.saturating_sub(1);
        if self.take_symbol(closer) {
            return;
        }
        if self.at_end() || self.at_clause() || self.is_symbol("|") {
            let message = format!("This `{opener}` is never closed.");
            let help = format!("Add `{closer}` where it ends.");
            self.report(Diagnostic::new(start..start + 1, message, "opened here").with_help(help));
            return;
        }
        let found = self.describe();
        let help = format!("Close the bracket with `{closer}` before it.");
        self.report_here(format!("{found} does not fit inside these brackets."), "not expected here", Some(&help));
        let mut nested = 0_usize;
        while !self.at_end() && !self.at_clause() {
            match self.advance().kind {
                TokenKind::Symbol("(" | "[" | "{") => nested += 1,
                TokenKind::Symbol(")" | "]" | "}") if nested == 0 => break,
                TokenKind::Symbol(")" | "]" | "}") => nested -= 1,
                _ => {}
            }
        }
    }

    fn null_prefix(&mut self, null: bool, start: u32) -> Expression {
        let operand = Box::new(self.expression(COMPARISON + 1));
        self.node(if null { Kind::IsNull(operand) } else { Kind::IsNotNull(operand) }, start)
    }

    fn member(&mut self, operand: Expression, steps: Vec<Step>) -> Expression {
        let start = operand.span.start;
        let member = Expression::member(operand, steps, self.span_from(start));
        self.limited(member)
    }
}
