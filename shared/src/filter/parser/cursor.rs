//! Walking over the tokens and noting mistakes.

use super::{Form, Parser};
use crate::filter::diagnostic::Diagnostic;
use crate::filter::lexer::{Token, TokenKind};
use crate::filter::query::CLAUSES;
use crate::filter::syntax::Span;

/// So many mistakes are noted before the first ones are chosen; a text that is nothing but mistakes is read as fast as any other.
const MOST_NOTED: usize = 200;

impl Parser<'_> {
    pub(in crate::filter) fn peek(&self) -> &Token {
        self.peek_at(0)
    }

    pub(in crate::filter) fn peek_at(&self, ahead: usize) -> &Token {
        // The lexer always ends with `End`, so there is a last token.
        &self.tokens[(self.position + ahead).min(self.tokens.len() - 1)]
    }

    pub(in crate::filter) fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.position = (self.position + 1).min(self.tokens.len() - 1);
        token
    }

    pub(in crate::filter) fn at_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    pub(in crate::filter) fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek().kind, TokenKind::Symbol(found) if found == symbol)
    }

    pub(in crate::filter) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    pub(in crate::filter) fn is_keyword(&self, keyword: &str) -> bool {
        self.keyword_at(0, keyword)
    }

    pub(in crate::filter) fn keyword_at(&self, ahead: usize, keyword: &str) -> bool {
        matches!(&self.peek_at(ahead).kind, TokenKind::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub(in crate::filter) fn take_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        if found {
            self.advance();
        }
        found
    }

    /// Whether a clause such as `sort:` begins here.
    pub(in crate::filter) fn at_clause(&self) -> bool {
        self.clause_at(0)
    }

    pub(super) fn clause_at(&self, ahead: usize) -> bool {
        self.open == 0
            && match self.form {
                Form::Expression => false,
                Form::Clauses => {
                    let colon = matches!(self.peek_at(ahead + 1).kind, TokenKind::Symbol(":"));
                    colon && (self.keyword_at(ahead, "having") || CLAUSES.iter().any(|clause| self.keyword_at(ahead, clause)))
                }
                Form::Sql => self.sql_clause_at(ahead),
            }
    }

    pub(in crate::filter) fn previous_end(&self) -> u32 {
        self.position.checked_sub(1).map_or(0, |previous| self.tokens[previous].span.end)
    }

    pub(super) fn span_from(&self, start: u32) -> Span {
        start..self.previous_end().max(start)
    }

    pub(in crate::filter) fn describe(&self) -> String {
        let span = &self.peek().span;
        match self.text.get(span.start as usize..span.end as usize) {
            Some(written) if !written.is_empty() => format!("`{written}`"),
            _ => "The end".to_owned(),
        }
    }

    /// Notes a mistake, unless one is noted at the same place: the second would only be a consequence.
    pub(in crate::filter) fn report(&mut self, diagnostic: Diagnostic) {
        let known = self.diagnostics.iter().any(|other| other.span.start == diagnostic.span.start);
        if !self.stopped && !known && self.diagnostics.len() < MOST_NOTED {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(in crate::filter) fn report_here(&mut self, message: impl Into<String>, label: &str, help: Option<&str>) {
        let diagnostic = Diagnostic::new(self.peek().span.clone(), message, label);
        self.report(match help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        });
    }
}
