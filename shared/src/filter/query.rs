//! Queries: clauses such as `select:` and `from:` in any order, separated by newlines, `|` or only spaces.

mod source;

use super::check::{check_query, expand_aliases};
use super::diagnostic::{Diagnostic, nearest};
use super::lexer::TokenKind;
use super::parser::Parser;
use super::syntax::{Expression, Kind, Step};

pub use source::{QuerySource, Shape, SourceKind};

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The columns to return, where nothing is aggregated.
    pub select: Option<Select>,
    /// What to group by.
    pub dimensions: Vec<Aliased>,
    /// What to compute of each group.
    pub measures: Vec<Aliased>,
    /// Where the rows come from.
    pub from: QuerySource,
    /// Which rows count. Aliases of `select:` and `dimensions:` are already replaced by what they stand for.
    pub filter: Option<Expression>,
    /// The order of the rows; newest first where it is empty.
    pub sort: Vec<SortItem>,
    /// How many rows at most.
    pub limit: Option<u64>,
    /// Where the previous page ended.
    pub cursor: Option<String>,
    /// How many characters previews have in summaries; -1 for all.
    pub preview_length: Option<i64>,
}

/// The columns of a query that aggregates nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Select {
    /// Whether all columns are asked for.
    pub star: bool,
    /// Further columns.
    pub columns: Vec<Aliased>,
}

/// An expression and the name of its column.
#[derive(Clone, Debug, PartialEq)]
pub struct Aliased {
    /// What is computed.
    pub expression: Expression,
    /// Its name, where one was given.
    pub alias: Option<String>,
}

impl Aliased {
    /// The column's name: the alias, else the last key of a path, else the text of the expression.
    pub fn name(&self) -> String {
        self.alias.clone().or_else(|| self.implicit_name().map(str::to_owned)).unwrap_or_else(|| self.expression.to_string())
    }

    pub(super) fn implicit_name(&self) -> Option<&str> {
        match &self.expression.kind {
            Kind::Path(path) => path.iter().rev().find_map(Step::key),
            _ => None,
        }
    }
}

/// One key of the order.
#[derive(Clone, Debug, PartialEq)]
pub struct SortItem {
    /// What is compared.
    pub expression: Expression,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// All clauses of the language, with those that are not available yet, so that each is understood as one.
pub(super) const CLAUSES: &[&str] = &[
    "select",
    "dimensions",
    "measures",
    "from",
    "filter",
    "sort",
    "limit",
    "cursor",
    "preview_length",
    "pivot",
    "unpivot",
    "infer",
    "sample",
    "comparison_key",
    "weighted_scores",
    "custom_columns",
    "inference_budget",
    "span_filter",
    "trace_filter",
    "final_filter",
    "final_dimensions",
    "final_measures",
];

/// The clauses at the beginning of [`CLAUSES`] that are available.
pub(super) const AVAILABLE_CLAUSES: &[&str] =
    &["select", "dimensions", "measures", "from", "filter", "sort", "limit", "cursor", "preview_length"];

/// Reads a query in clause form. All mistakes are returned at once.
pub fn parse_query(text: &str) -> Result<Query, Vec<Diagnostic>> {
    let mut parser = Parser::new(text);
    parser.clauses = CLAUSES;
    let mut parts = Parts::default();
    if parser.is_sql() {
        parser.report_here(
            "The SQL form of queries is not available yet.",
            "not available yet",
            Some("Write clauses: select: * | from: project_logs('…') | filter: … | sort: created desc | limit: 100"),
        );
        return Err(parser.finish(()).err().unwrap_or_default());
    }
    parser.query(&mut parts);
    let (query, found) = parts.finish(u32::try_from(text.len()).unwrap_or(u32::MAX));
    parser.add_unless_overlapping(found);
    parser.finish(query)
}

/// The clauses that were read so far.
#[derive(Default)]
pub(super) struct Parts {
    pub select: Option<Select>,
    pub dimensions: Vec<Aliased>,
    pub measures: Vec<Aliased>,
    pub from: Option<QuerySource>,
    /// Whether there was a `from:`, readable or not.
    pub has_from: bool,
    pub filter: Option<Expression>,
    pub sort: Vec<SortItem>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub preview_length: Option<i64>,
}

impl Parts {
    /// The query, and what is wrong with it as a whole.
    pub(super) fn finish(self, end: u32) -> (Query, Vec<Diagnostic>) {
        let missing = self.from.is_none() && !self.has_from;
        let from = self.from.unwrap_or(QuerySource { kind: SourceKind::ProjectLogs, ids: Vec::new(), shape: Shape::Spans });
        let mut query = Query {
            select: self.select,
            dimensions: self.dimensions,
            measures: self.measures,
            from,
            filter: self.filter,
            sort: self.sort,
            limit: self.limit,
            cursor: self.cursor,
            preview_length: self.preview_length,
        };
        let mut found = expand_aliases(&mut query);
        found.extend(check_query(&query));
        if missing {
            let message = "The query does not say where its rows come from.";
            let help = "Add a source: from: project_logs('project id')";
            found.push(Diagnostic::new(end..end, message, "`from:` is missing").with_help(help));
        }
        (query, found)
    }
}

impl Parser<'_> {
    /// SQL begins with a word that is not a clause here.
    fn is_sql(&self) -> bool {
        let colon = matches!(self.peek_at(1).kind, TokenKind::Symbol(":"));
        !colon && (self.is_keyword("select") || self.is_keyword("with"))
    }

    fn query(&mut self, parts: &mut Parts) {
        let mut seen: Vec<String> = Vec::new();
        while !self.at_end() {
            if self.take_symbol("|") {
                continue;
            }
            let name = match &self.peek().kind {
                TokenKind::Word(word) if self.at_word_with_colon() => word.to_ascii_lowercase(),
                _ => {
                    self.report_clause_leftover();
                    continue;
                }
            };
            self.clause_name(&name, &seen);
            self.advance();
            self.advance();
            if self.at_clause() || self.at_end() || self.is_symbol("|") {
                self.report_here(format!("`{name}:` says nothing."), "its content is missing", None);
            } else {
                self.clause(&name, parts);
            }
            seen.push(name);
        }
    }

    /// Notes what does not belong to a clause, and skips it up to the next one.
    fn report_clause_leftover(&mut self) {
        let found = self.describe();
        let help = format!("A query is made of clauses: {}.", clause_list());
        self.report_here(format!("{found} does not belong to a clause."), "not expected here", Some(&help));
        self.skip_clause();
    }

    fn skip_clause(&mut self) {
        while !self.at_end() && !self.at_clause() && !self.is_symbol("|") {
            self.advance();
        }
    }

    fn clause_name(&mut self, name: &str, seen: &[String]) {
        if !CLAUSES.contains(&name) {
            let help = match nearest(name, CLAUSES.iter().copied()) {
                Some(near) => format!("Did you mean `{near}:`?"),
                None => format!("The clauses are {}.", clause_list()),
            };
            self.report_here(format!("There is no clause `{name}:`."), "unknown clause", Some(&help));
        } else if !AVAILABLE_CLAUSES.contains(&name) {
            let help = format!("The clauses so far are {}.", clause_list());
            self.report_here(format!("`{name}:` is not available yet."), "not available yet", Some(&help));
        } else if seen.iter().any(|other| other == name) {
            let help = "Write it once; join conditions with `and`.";
            self.report_here(format!("`{name}:` is there twice."), "second time", Some(help));
        }
    }

    fn clause(&mut self, name: &str, parts: &mut Parts) {
        match name {
            "select" => parts.select = Some(self.select()),
            "dimensions" => parts.dimensions = self.comma_separated(Self::aliased),
            "measures" => parts.measures = self.comma_separated(Self::aliased),
            "from" => {
                parts.has_from = true;
                parts.from = self.source();
            }
            "filter" => parts.filter = Some(self.clause_expression()),
            "sort" => parts.sort = self.comma_separated(Self::sort_item),
            "limit" => parts.limit = self.integer("limit").and_then(|limit| u64::try_from(limit).ok()),
            "cursor" => parts.cursor = self.cursor(),
            "preview_length" => parts.preview_length = self.integer("preview_length"),
            _ => self.skip_clause(),
        }
    }

    /// A condition up to the next clause, reading on after mistakes.
    fn clause_expression(&mut self) -> Expression {
        let start = self.peek().span.start;
        let mut parts = vec![self.expression(0)];
        while !self.at_end() && !self.at_word_with_colon() && !self.is_symbol("|") {
            self.report_leftover();
            parts.extend(self.resume());
        }
        Expression::all_of(parts, start..self.previous_end())
    }

    /// Whether something begins that was meant as a clause, known or not.
    fn at_word_with_colon(&self) -> bool {
        matches!((&self.peek().kind, &self.peek_at(1).kind), (TokenKind::Word(_), TokenKind::Symbol(":")))
    }

    fn comma_separated<Item>(&mut self, read: fn(&mut Self) -> Item) -> Vec<Item> {
        let mut items = vec![read(self)];
        while self.take_symbol(",") {
            items.push(read(self));
        }
        items
    }

    fn select(&mut self) -> Select {
        let mut select = Select::default();
        loop {
            if self.take_symbol("*") {
                select.star = true;
            } else {
                select.columns.push(self.aliased());
            }
            if !self.take_symbol(",") {
                return select;
            }
        }
    }

    fn aliased(&mut self) -> Aliased {
        let expression = self.expression(0);
        let mut alias = None;
        if self.take_keyword("as") {
            match self.peek().kind.clone() {
                TokenKind::Word(name) | TokenKind::Name(name) | TokenKind::Text(name) => {
                    self.advance();
                    alias = Some(name);
                }
                _ => self.report_here("A name is missing after `as`.", "a name is expected here", None),
            }
        }
        Aliased { expression, alias }
    }

    fn sort_item(&mut self) -> SortItem {
        let expression = self.expression(0);
        let descending = self.take_keyword("desc");
        if !descending {
            self.take_keyword("asc");
        }
        SortItem { expression, descending }
    }

    fn source(&mut self) -> Option<QuerySource> {
        let TokenKind::Word(name) = self.peek().kind.clone() else {
            self.report_here("A source is missing.", "a source is expected here", Some("For example: project_logs('project id')"));
            self.skip_clause();
            return None;
        };
        let kind = SourceKind::named(&name);
        if kind.is_none() {
            let help = "The sources are project_logs, experiment and dataset.";
            self.report_here(format!("There is no source `{name}`."), "unknown source", Some(help));
        }
        self.advance();
        let ids = if self.is_symbol("(") { self.source_ids() } else { Vec::new() };
        let mut shape = Shape::Spans;
        if let TokenKind::Word(word) = self.peek().kind.clone()
            && !self.at_word_with_colon()
        {
            match Shape::named(&word) {
                Some(found) => shape = found,
                None => {
                    let help = "A row can be one of spans, traces and summary.";
                    self.report_here(format!("There is no shape `{word}`."), "unknown shape", Some(help));
                }
            }
            self.advance();
        }
        Some(QuerySource { kind: kind?, ids, shape })
    }

    fn source_ids(&mut self) -> Vec<String> {
        let start = self.advance().span.start;
        let mut ids = Vec::new();
        self.open += 1;
        while !self.at_end() && !self.is_symbol(")") {
            match self.peek().kind.clone() {
                TokenKind::Text(id) | TokenKind::Word(id) | TokenKind::Name(id) => ids.push(id),
                TokenKind::Number(id) => ids.push(id.to_string()),
                _ => break,
            }
            self.advance();
            if !self.take_symbol(",") {
                break;
            }
        }
        self.close("(", ")", start);
        ids
    }

    fn integer(&mut self, clause: &str) -> Option<i64> {
        let negative = clause == "preview_length" && self.take_symbol("-");
        let found = match &self.peek().kind {
            TokenKind::Number(number) => number.as_i64(),
            _ => None,
        };
        if found.is_none() {
            self.report_here(format!("`{clause}:` takes a whole number."), "a whole number is expected here", None);
        }
        self.advance();
        found.map(|number| if negative { -number } else { number })
    }

    fn cursor(&mut self) -> Option<String> {
        match self.advance().kind {
            TokenKind::Text(cursor) => Some(cursor),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("null") => None,
            _ => {
                let end = self.previous_end();
                let message = "`cursor:` takes a text in quotes.";
                let help = "Use the cursor of the previous answer as it is.";
                self.report(Diagnostic::new(end..end, message, "a text is expected here").with_help(help));
                None
            }
        }
    }
}

fn clause_list() -> String {
    AVAILABLE_CLAUSES.iter().map(|clause| format!("{clause}:")).collect::<Vec<_>>().join(", ")
}
