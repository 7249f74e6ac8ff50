//! Clauses with colons.

use super::{Aliased, CLAUSES, Draft, Infer, QuerySource, Sample, SampleSize, Select, Shape, SortItem, SourceKind, Unpivot, UnpivotNames};
use crate::filter::diagnostic::{Diagnostic, nearest};
use crate::filter::lexer::TokenKind;
use crate::filter::parser::Parser;
use crate::filter::syntax::Expression;

/// Columns, groups or keys of an order in one query.
const MOST_ITEMS: usize = 1000;

impl Parser<'_> {
    pub(in crate::filter) fn clauses(&mut self, draft: &mut Draft) {
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
            let name = if name == "having" { "final_filter".to_owned() } else { name };
            self.clause_name(&name, &seen);
            self.advance();
            self.advance();
            if self.at_clause() || self.at_end() || self.is_symbol("|") {
                self.report_here(format!("`{name}:` says nothing."), "its content is missing", None);
            } else {
                self.clause(&name, draft);
            }
            if CLAUSES.contains(&name.as_str()) && !seen.contains(&name) {
                seen.push(name);
            }
        }
    }

    /// Notes what does not belong to a clause, and skips it up to the next one.
    fn report_clause_leftover(&mut self) {
        let found = self.describe();
        let help = format!("A query is made of clauses: {}.", clause_list());
        self.report_here(format!("{found} does not belong to a clause."), "not expected here", Some(&help));
        self.skip_clause();
    }

    pub(super) fn skip_clause(&mut self) {
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
        } else if seen.iter().any(|other| other == name) {
            let help = "Write it once; join conditions with `and`.";
            self.report_here(format!("`{name}:` is there twice."), "second time", Some(help));
        }
    }

    fn clause(&mut self, name: &str, draft: &mut Draft) {
        let query = &mut draft.query;
        match name {
            "select" => query.select = Some(self.select()),
            "dimensions" => query.dimensions = self.comma_separated(Self::aliased),
            "measures" => query.measures = self.comma_separated(Self::aliased),
            "pivot" => query.pivot = self.comma_separated(Self::aliased),
            "unpivot" => query.unpivot = self.comma_separated(Self::unpivot).into_iter().flatten().collect(),
            "infer" => query.infer = Some(self.infer()),
            "from" => {
                draft.has_from = true;
                if let Some(source) = self.source() {
                    query.from = source;
                }
            }
            "filter" => query.filter = Some(self.clause_expression()),
            "span_filter" => query.span_filter = Some(self.clause_expression()),
            "trace_filter" => query.trace_filter = Some(self.clause_expression()),
            "final_filter" => query.final_filter = Some(self.clause_expression()),
            "final_dimensions" => query.final_dimensions = self.comma_separated(Self::aliased),
            "final_measures" => query.final_measures = self.comma_separated(Self::aliased),
            "sample" => query.sample = self.sample(),
            "sort" => query.sort = self.comma_separated(Self::sort_item),
            "limit" => query.limit = self.whole_number("limit:"),
            "cursor" => query.cursor = self.cursor(),
            "preview_length" => query.preview_length = self.integer("preview_length:", true),
            "comparison_key" => query.comparison_key = Some(self.clause_expression()),
            "weighted_scores" => query.weighted_scores = self.comma_separated(Self::aliased),
            "custom_columns" => query.custom_columns = self.comma_separated(Self::aliased),
            "inference_budget" => query.inference_budget = self.whole_number("inference_budget:"),
            _ => self.skip_clause(),
        }
    }

    /// A condition up to the next clause, reading on after mistakes.
    pub(super) fn clause_expression(&mut self) -> Expression {
        let start = self.peek().span.start;
        let mut parts = vec![self.expression(0)];
        while !self.at_end() && !self.at_clause() && !self.at_word_with_colon() && !self.is_symbol("|") {
            self.report_leftover();
            parts.extend(self.resume());
        }
        Expression::all_of(parts, start..self.previous_end())
    }

    /// Whether something begins that was meant as a clause, known or not.
    fn at_word_with_colon(&self) -> bool {
        matches!((&self.peek().kind, &self.peek_at(1).kind), (TokenKind::Word(_), TokenKind::Symbol(":")))
    }

    pub(super) fn comma_separated<Item>(&mut self, read: fn(&mut Self) -> Item) -> Vec<Item> {
        let mut items = vec![read(self)];
        while self.take_symbol(",") {
            items.push(read(self));
            if items.len() > MOST_ITEMS {
                self.stop_too_many();
            }
        }
        items
    }

    /// Notes that a list is too long, and leaves the rest of it unread.
    fn stop_too_many(&mut self) {
        self.report_here(format!("These are more than {MOST_ITEMS}."), "too many", Some("Ask for fewer in one query."));
        self.skip_clause();
    }

    pub(super) fn select(&mut self) -> Select {
        let mut select = Select::default();
        loop {
            if self.take_symbol("*") {
                select.star = true;
            } else {
                select.columns.push(self.aliased());
            }
            if select.columns.len() > MOST_ITEMS {
                self.stop_too_many();
            }
            if !self.take_symbol(",") {
                return select;
            }
        }
    }

    pub(in crate::filter) fn aliased(&mut self) -> Aliased {
        let expression = self.expression(0);
        let alias = if self.take_keyword("as") { self.name("A name is missing after `as`.") } else { None };
        Aliased { expression, alias }
    }

    /// A name, quoted or not.
    pub(super) fn name(&mut self, missing: &str) -> Option<String> {
        match self.peek().kind.clone() {
            TokenKind::Word(name) | TokenKind::Name(name) | TokenKind::Text(name) => {
                self.advance();
                Some(name)
            }
            _ => {
                self.report_here(missing, "a name is expected here", None);
                None
            }
        }
    }

    fn unpivot(&mut self) -> Option<Unpivot> {
        // `as` ends it, and what comes before is a place or computed of one.
        let expression = self.expression(0);
        if !self.take_keyword("as") {
            let help = "Write: unpivot: scores as (score, value), or for a list: unpivot: tags as (tag)";
            self.report_here("It is not said what the items are called.", "`as` and names are expected here", Some(help));
            return None;
        }
        let names = if self.is_symbol("(") {
            let start = self.advance().span.start;
            self.open += 1;
            let first = self.name("A name is missing in the brackets.");
            let second = if self.take_symbol(",") { self.name("A second name is missing.") } else { None };
            self.close("(", ")", start);
            match (first?, second) {
                (key, Some(value)) => UnpivotNames::Member { key, value },
                (item, None) => UnpivotNames::Item(item),
            }
        } else {
            UnpivotNames::Item(self.name("A name is missing after `as`.")?)
        };
        Some(Unpivot { expression, names })
    }

    fn infer(&mut self) -> Infer {
        let Select { star, columns } = self.select();
        Infer { star, paths: columns.into_iter().map(|column| column.expression).collect() }
    }

    fn sample(&mut self) -> Option<Sample> {
        let size = self.sample_size(false)?;
        let seed = if self.take_keyword("seed") { self.whole_number("seed") } else { None };
        Some(Sample { size, seed })
    }

    /// `25%` or a number of rows; a bare number is a percentage where SQL says so.
    pub(super) fn sample_size(&mut self, bare_is_percentage: bool) -> Option<SampleSize> {
        let help = "Write a part of all rows, such as 25%, or how many rows: 100";
        let span = self.peek().span.clone();
        let TokenKind::Number(number) = self.peek().kind.clone() else {
            self.report_here("It is not said how large the sample is.", "a number is expected here", Some(help));
            self.advance();
            return None;
        };
        self.advance();
        let is_rows = bare_is_percentage && self.take_keyword("rows");
        let is_percentage = self.take_symbol("%") || self.take_keyword("percent") || (bare_is_percentage && !is_rows);
        if is_percentage {
            // Moving the decimal point in the text is exact where a division is not.
            let written = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
            let rate = format!("{written}e-2").parse::<f64>().ok().or_else(|| number.as_f64().map(|number| number / 100.0));
            if let Some(rate) = rate.filter(|rate| (0.0..=1.0).contains(rate)) {
                return Some(SampleSize::Rate(rate));
            }
        } else if let Some(count) = number.as_u64().filter(|count| *count > 0) {
            return Some(SampleSize::Count(count));
        }
        self.report(Diagnostic::new(span, "A sample is not of this size.", "from 0% to 100%, or a whole number").with_help(help));
        None
    }

    pub(super) fn sort_item(&mut self) -> SortItem {
        let expression = self.expression(0);
        let descending = self.take_keyword("desc");
        if !descending {
            self.take_keyword("asc");
        }
        if self.is_keyword("nulls") && self.keyword_at(1, "last") {
            self.advance();
            self.advance();
        } else if self.is_keyword("nulls") && self.keyword_at(1, "first") {
            let help = "Leave it out. To see rows without a value, ask for them: … is null";
            self.report_here("Nulls come last in either direction.", "not available", Some(help));
            self.advance();
            self.advance();
        }
        SortItem { expression, descending }
    }

    fn source(&mut self) -> Option<QuerySource> {
        let (kind, ids, shape) = self.source_call()?;
        let mut shape = shape.unwrap_or_default();
        if let TokenKind::Word(word) = self.peek().kind.clone()
            && !self.at_word_with_colon()
        {
            shape = self.shape(&word).unwrap_or(shape);
            self.advance();
        }
        Some(QuerySource { kind: kind?, ids, shape })
    }

    /// `project_logs('id')`: the kind where it is known, the ids, and the shape where it is given inside the brackets.
    pub(super) fn source_call(&mut self) -> Option<(Option<SourceKind>, Vec<String>, Option<Shape>)> {
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
        let (ids, shape) = if self.is_symbol("(") { self.source_arguments() } else { (Vec::new(), None) };
        Some((kind, ids, shape))
    }

    fn shape(&mut self, word: &str) -> Option<Shape> {
        let shape = Shape::named(word);
        if shape.is_none() {
            let help = "A row can be one of spans, traces and summary.";
            self.report_here(format!("There is no shape `{word}`."), "unknown shape", Some(help));
        }
        shape
    }

    fn source_arguments(&mut self) -> (Vec<String>, Option<Shape>) {
        let start = self.advance().span.start;
        let (mut ids, mut shape) = (Vec::new(), None);
        self.open += 1;
        while !self.at_end() && !self.is_symbol(")") {
            let is_shape = self.is_keyword("shape")
                && matches!((&self.peek_at(1).kind, &self.peek_at(2).kind), (TokenKind::Symbol("="), TokenKind::Symbol(">")));
            if is_shape {
                (0..3).for_each(|_| drop(self.advance()));
                if let TokenKind::Text(word) | TokenKind::Word(word) = self.peek().kind.clone() {
                    shape = self.shape(&word);
                } else {
                    self.report_here("The shape is missing.", "a shape is expected here", Some("Write: shape => 'spans'"));
                }
            } else {
                match self.peek().kind.clone() {
                    TokenKind::Text(id) | TokenKind::Word(id) | TokenKind::Name(id) => ids.push(id),
                    TokenKind::Number(id) => ids.push(id.to_string()),
                    _ => break,
                }
            }
            self.advance();
            if !self.take_symbol(",") {
                break;
            }
        }
        self.close("(", ")", start);
        (ids, shape)
    }

    pub(super) fn whole_number(&mut self, of: &str) -> Option<u64> {
        self.integer(of, false).and_then(|number| u64::try_from(number).ok())
    }

    fn integer(&mut self, of: &str, may_be_negative: bool) -> Option<i64> {
        let negative = may_be_negative && self.take_symbol("-");
        let found = match &self.peek().kind {
            TokenKind::Number(number) => number.as_i64(),
            _ => None,
        };
        if found.is_none() {
            self.report_here(format!("`{of}` takes a whole number."), "a whole number is expected here", None);
        }
        if !self.at_clause() {
            self.advance();
        }
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
    CLAUSES.iter().map(|clause| format!("{clause}:")).collect::<Vec<_>>().join(", ")
}
