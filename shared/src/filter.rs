//! The filter and query language.
//!
//! A text passes three stages, each with its own type: `lexer` makes tokens, `parser` and `query` make an
//! [`Expression`] or a [`Query`] in which every node knows its place in the text, and `compile` makes a [`Compiled`],
//! which makes values of rows; `answer` makes a [`QueryOutput`] of the rows of a query. `highlight`, `complete`, `chips` and `names` are what the
//! filter bar shows of a text. Nothing here reads a clock or a database: the time is an argument and a row is anything that is [`Fields`].
//!
//! `filter/reference.md` describes the language for its users; the tests run every example in it.

mod aggregate;
mod answer;
mod ast_json;
mod check;
mod chips;
mod columns;
mod compile;
mod complete;
mod decimal;
mod diagnostic;
mod evaluate;
mod function;
mod highlight;
mod lenient;
mod lexer;
mod names;
mod parser;
mod print;
mod query;
mod scalars;
mod standing;
mod syntax;
mod time;
mod trace;
mod words;

#[cfg(test)]
mod tests;

pub use aggregate::{AggregatedRow, Aggregation};
pub use answer::{QueryOutput, WholeRow};
pub use ast_json::{expression_from_json, expression_to_json, query_from_json, query_to_json};
pub use check::{COLUMNS, check};
pub use chips::{Chip, ChipDraft, ChipOperator, ChipUnit, ChipValues, Chips};
pub use columns::{ReadColumn, parse_columns};
pub use compile::{Compiled, SEARCHED, constant};
pub use complete::{CompletionKind, CompletionOption, FilterCompletion, complete};
pub use diagnostic::{Diagnostic, DiagnosticKind};
pub use evaluate::{Context, compare_values, evaluate, evaluate_in, holds, is_like, matches_words};
pub use function::Function;
pub use highlight::{Highlight, HighlightKind, highlight};
pub use lenient::parse_leniently;
pub use names::{KnownNames, unknown_names};
pub use print::{quote_path_step, quote_text};
pub use query::{
    Aliased, Infer, Query, QuerySource, Sample, SampleSize, Select, Shape, SortItem, SourceKind, Unpivot, UnpivotNames, parse_query,
    parse_query_with_hints,
};
pub use scalars::{ComparedScalars, Scalar, ScalarRange, compared_scalars, is_kept, scalars};
pub use standing::review_status;
pub use syntax::{BinaryOperator, Expression, Kind, Span, Step, Unit};
pub use time::{format_instant, parse_instant};
pub use trace::TraceTest;
pub use words::{each_word, folded, tokens, words_of};

use indexmap::IndexMap;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The text of the language's reference, as shown on the help page.
pub const REFERENCE: &str = include_str!("filter/reference.md");

/// A row whose columns an expression can read.
pub trait Fields {
    /// A column, or `None` where the row has nothing there. Asked for once while the row is looked at.
    fn column(&self, name: &str) -> Option<Cow<'_, Value>>;

    /// The JSON of a column as it is stored, where it is.
    fn text(&self, _name: &str) -> Option<&str> {
        None
    }
}

impl Fields for Value {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).map(Cow::Borrowed)
    }
}

impl Fields for IndexMap<String, Value> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).map(Cow::Borrowed)
    }
}

impl Fields for IndexMap<String, Box<RawValue>> {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).and_then(|value| parse_leniently(value.get())).map(Cow::Owned)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|value| value.get())
    }
}

impl<Row: Fields + ?Sized> Fields for &Row {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        (**self).column(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        (**self).text(name)
    }
}

/// A row in which nothing is.
struct Nothing;

impl Fields for Nothing {
    fn column(&self, _: &str) -> Option<Cow<'_, Value>> {
        None
    }
}

/// Follows a path into a JSON value. A negative index counts from the end.
pub fn walk<'value>(value: &'value Value, path: &[Step]) -> Option<&'value Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.as_object()?.get(key),
        Step::Index(index) => {
            let items = value.as_array()?;
            let length = i64::try_from(items.len()).ok()?;
            let from_start = if *index < 0 { length.checked_add(*index)? } else { *index };
            items.get(usize::try_from(from_start).ok()?)
        }
    })
}

/// Reads the text of the filter bar: one expression, without clauses. All mistakes are returned at once.
pub fn parse_expression(text: &str) -> Result<Expression, Vec<Diagnostic>> {
    let mut parser = parser::Parser::new(text);
    let expression = parser.whole_expression();
    let found = check(&expression);
    parser.add_unless_overlapping(found);
    parser.finish(expression)
}

/// The name nearest to a word that was probably misspelt.
pub(crate) fn nearest_name<'name>(word: &str, names: impl IntoIterator<Item = &'name str>) -> Option<&'name str> {
    diagnostic::nearest(word, names)
}

/// Puts the id of the person who asks in the place of every `me()`. Until then `me()` is null.
pub fn bind_person(expression: Expression, person: &str) -> Expression {
    expression.map(&mut |inner| match &inner.kind {
        Kind::Call { name, .. } if Function::named(name) == Some(Function::Me) => {
            Expression::new(Kind::Text(person.to_owned()), inner.span)
        }
        _ => inner,
    })
}

/// The filter that selects one bar of a score's histogram, which counts spans: from `low` (included) to `high` (excluded). The last bar,
/// which ends at 1, includes its end.
pub fn score_range(name: &str, low: f64, high: f64) -> String {
    let score = format!("scores.{}", print::quoted(name, '"'));
    let below = if high >= 1.0 { "<=" } else { "<" };
    format!("any_span({score} >= {} and {score} {below} {})", rounded(low), rounded(high))
}

/// Bounds are computed as multiples of 0.05, which a float cannot hold exactly: nine decimals are what a score holds.
fn rounded(bound: f64) -> f64 {
    (bound * 1e9).round() / 1e9
}
