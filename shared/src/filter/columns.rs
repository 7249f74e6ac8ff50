//! Columns of a table as one text: expressions with commas between them, each with a name after `as` and then its width in pixels, where it
//! has them: `tags, input 240, metadata.channel as Channel 120`.

use super::check::check;
use super::diagnostic::Diagnostic;
use super::lexer::TokenKind;
use super::parser::Parser;
use super::query::Aliased;

/// An expression as a column, and its width.
pub type ReadColumn = (Aliased, Option<u32>);

/// Reads columns. All mistakes are returned at once.
pub fn parse_columns(text: &str) -> Result<Vec<ReadColumn>, Vec<Diagnostic>> {
    let mut parser = Parser::new(text);
    let mut columns = Vec::new();
    while !parser.at_end() {
        columns.push((parser.aliased(), parser.width()));
        if !parser.take_symbol(",") && !parser.at_end() {
            parser.report_leftover();
            parser.advance();
        }
    }
    let found = columns.iter().flat_map(|(column, _)| check(&column.expression)).collect();
    parser.add_unless_overlapping(found);
    parser.finish(columns)
}

impl Parser<'_> {
    /// A width, where one follows.
    fn width(&mut self) -> Option<u32> {
        let TokenKind::Number(number) = &self.peek().kind else { return None };
        let width = number.as_u64().and_then(|width| u32::try_from(width).ok())?;
        self.advance();
        Some(width)
    }
}
