//! The same queries in the words of SQL:
//! `SELECT … FROM project_logs('…', shape => 'spans') WHERE … GROUP BY … HAVING … ORDER BY … LIMIT … OFFSET '…'`.

use super::{Aliased, Draft, QuerySource, Sample, Select, SortItem, Unpivot, UnpivotNames};
use crate::filter::diagnostic::Diagnostic;
use crate::filter::function::Function;
use crate::filter::lexer::TokenKind;
use crate::filter::parser::Parser;
use crate::filter::syntax::{Expression, Kind, Step};

/// Words that begin a part of the query, in their order.
const PARTS: [&str; 10] = ["from", "pivot", "unpivot", "tablesample", "where", "group", "having", "order", "limit", "offset"];

/// Words of SQL that this language does not have, and what to do instead.
const MISSING: [(&str, &str); 8] = [
    ("join", "Ask for each object by itself, or for several of one kind: FROM experiment('a', 'b')"),
    ("inner", "Ask for each object by itself, or for several of one kind: FROM experiment('a', 'b')"),
    ("left", "Ask for each object by itself, or for several of one kind: FROM experiment('a', 'b')"),
    ("union", "Ask for several objects of one kind at once: FROM experiment('a', 'b')"),
    ("intersect", "Join the conditions with AND."),
    ("except", "Add the condition with AND NOT."),
    ("window", "Group instead: GROUP BY"),
    ("fetch", "Write: LIMIT 10"),
];

/// Whether a text is SQL: it begins with a word of SQL that is not the name of a clause.
pub(super) fn is_sql(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    while rest.starts_with("--") {
        rest = rest.find('\n').map_or("", |end| rest[end..].trim_start());
    }
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    (word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with")) && !after.trim_start().starts_with(':')
}

/// What the parts said, until it is known what of it are groups.
#[derive(Default)]
struct Parts {
    selected: Vec<Aliased>,
    star: bool,
    groups: Vec<Expression>,
    pivoted: Vec<Aliased>,
    spread: Option<Expression>,
    seen: Vec<&'static str>,
}

impl Parser<'_> {
    /// Whether a part such as `WHERE` begins at a token.
    pub(in crate::filter) fn sql_clause_at(&self, ahead: usize) -> bool {
        self.sql_part_at(ahead).is_some() || (self.sql_missing_at(ahead).is_some() && ahead == 0)
    }

    fn sql_part_at(&self, ahead: usize) -> Option<&'static str> {
        let part = PARTS.iter().copied().find(|part| self.keyword_at(ahead, part))?;
        match part {
            "group" | "order" => self.keyword_at(ahead + 1, "by").then_some(part),
            part => Some(part),
        }
    }

    fn sql_missing_at(&self, ahead: usize) -> Option<(&'static str, &'static str)> {
        MISSING.iter().copied().find(|(word, _)| self.keyword_at(ahead, word))
    }

    pub(super) fn sql_query(&mut self, draft: &mut Draft) {
        if self.take_keyword("with") {
            let help = "Write the query alone: SELECT … FROM project_logs('project id')";
            self.report_here("Queries inside queries are not part of this language.", "not available", Some(help));
            self.skip_sql_part();
        }
        let mut parts = Parts::default();
        if self.take_keyword("select") {
            self.sql_select(&mut parts);
        }
        while !self.at_end() {
            let Some(part) = self.sql_part_at(0) else {
                self.report_sql_leftover();
                continue;
            };
            self.sql_place(part, &parts.seen);
            self.advance();
            if matches!(part, "group" | "order") {
                self.advance();
            }
            self.sql_part(part, &mut parts, draft);
            if !parts.seen.contains(&part) {
                parts.seen.push(part);
            }
        }
        self.sql_groups(parts, draft);
    }

    fn report_sql_leftover(&mut self) {
        let found = self.describe();
        match self.sql_missing_at(0) {
            Some((word, help)) => {
                let message = format!("`{}` is not part of this language.", word.to_ascii_uppercase());
                self.report_here(message, "not available", Some(help));
            }
            None if self.is_keyword("as") || matches!(self.peek().kind, TokenKind::Word(_)) => {
                let help = "The parts are SELECT, FROM, PIVOT, UNPIVOT, TABLESAMPLE, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET.";
                self.report_here(format!("{found} does not follow from what stands before it."), "not expected here", Some(help));
            }
            None => self.report_leftover(),
        }
        self.advance();
        self.skip_sql_part();
    }

    fn skip_sql_part(&mut self) {
        while !self.at_end() && self.sql_part_at(0).is_none() && !self.is_keyword("select") {
            self.advance();
        }
    }

    fn sql_place(&mut self, part: &'static str, seen: &[&'static str]) {
        let place = |part: &str| PARTS.iter().position(|known| *known == part);
        let shown = if matches!(part, "group" | "order") { format!("{part} by") } else { part.to_owned() }.to_uppercase();
        if seen.contains(&part) {
            self.report_here(format!("`{shown}` is there twice."), "second time", Some("Write it once; join conditions with AND."));
        } else if let Some(before) = seen.iter().find(|before| place(before) > place(part) && !may_come_in_any_order(part, before)) {
            let help = format!("Move it before {}.", before.to_uppercase());
            self.report_here(format!("`{shown}` comes too late."), "not expected here", Some(&help));
        }
    }

    fn sql_select(&mut self, parts: &mut Parts) {
        if self.is_keyword("distinct") {
            let help = "Group instead: SELECT metadata.model, count(1) FROM … GROUP BY metadata.model";
            self.report_here("`DISTINCT` is not part of this language.", "not available", Some(help));
            self.advance();
        }
        if self.at_end() || self.at_clause() {
            self.report_here("`SELECT` says nothing.", "columns are expected here", Some("Write * for all columns."));
            return;
        }
        let Select { star, columns } = self.select();
        (parts.star, parts.selected) = (star, columns);
    }

    fn sql_part(&mut self, part: &str, parts: &mut Parts, draft: &mut Draft) {
        let query = &mut draft.query;
        match part {
            "from" => {
                draft.has_from = true;
                if let Some((kind, ids, shape)) = self.source_call()
                    && let Some(kind) = kind
                {
                    query.from = QuerySource { kind, ids, shape: shape.unwrap_or_default() };
                }
            }
            "pivot" => self.sql_pivot(parts),
            "unpivot" => query.unpivot.extend(self.sql_unpivot()),
            "tablesample" => query.sample = self.sql_sample(),
            "where" => query.filter = Some(self.sql_condition()),
            "group" => parts.groups = self.comma_separated(|parser| parser.expression(0)),
            "having" => query.final_filter = Some(self.sql_condition()),
            "order" => query.sort = self.comma_separated(Self::sort_item),
            "limit" => query.limit = self.whole_number("LIMIT"),
            _ => query.cursor = self.sql_offset(),
        }
    }

    /// A condition up to the next part, reading on after mistakes.
    fn sql_condition(&mut self) -> Expression {
        let start = self.peek().span.start;
        let mut conditions = vec![self.expression(0)];
        while !self.at_end() && !self.at_clause() {
            self.report_leftover();
            conditions.extend(self.resume());
        }
        Expression::all_of(conditions, start..self.previous_end())
    }

    /// `PIVOT (avg(value) FOR score IN (ANY))`
    fn sql_pivot(&mut self, parts: &mut Parts) {
        let start = self.peek().span.start;
        let help = "Write: PIVOT (avg(value) FOR score IN (ANY))";
        if !self.take_symbol("(") {
            self.report_here("`PIVOT` needs brackets.", "`(` is expected here", Some(help));
            return;
        }
        self.open += 1;
        parts.pivoted = self.comma_separated(Self::aliased);
        let mut whole = self.take_keyword("for");
        if whole {
            parts.spread = Some(self.sql_operand());
            whole = self.take_keyword("in") && self.take_symbol("(") && self.take_keyword("any") && self.take_symbol(")");
        }
        if !whole {
            self.report_here("This `PIVOT` is not whole.", "`FOR … IN (ANY)` is expected", Some(help));
        }
        self.close("(", ")", start);
    }

    /// `UNPIVOT (value FOR score IN (scores))`, and for lists `UNPIVOT (tag IN (tags))`
    fn sql_unpivot(&mut self) -> Option<Unpivot> {
        let start = self.peek().span.start;
        let help = "Write: UNPIVOT (value FOR score IN (scores)), or for a list: UNPIVOT (tag IN (tags))";
        if !self.take_symbol("(") {
            self.report_here("`UNPIVOT` needs brackets.", "`(` is expected here", Some(help));
            return None;
        }
        self.open += 1;
        let unpivot = self.sql_unpivoted();
        if unpivot.is_none() {
            self.report_here("This `UNPIVOT` is not whole.", "not expected here", Some(help));
        }
        self.close("(", ")", start);
        unpivot
    }

    fn sql_unpivoted(&mut self) -> Option<Unpivot> {
        let first = self.name("A name is missing.")?;
        let second = if self.take_keyword("for") { Some(self.name("A name is missing.")?) } else { None };
        if !(self.take_keyword("in") && self.take_symbol("(")) {
            return None;
        }
        let expression = self.expression(0);
        let names = match second {
            Some(key) => UnpivotNames::Member { key, value: first },
            None => UnpivotNames::Item(first),
        };
        self.take_symbol(")").then_some(Unpivot { expression, names })
    }

    /// A value in which `in` is no operator.
    fn sql_operand(&mut self) -> Expression {
        self.expression(crate::filter::parser::SUM)
    }

    /// `TABLESAMPLE BERNOULLI (25 PERCENT) REPEATABLE (7)`
    fn sql_sample(&mut self) -> Option<Sample> {
        let _method = self.take_keyword("bernoulli") || self.take_keyword("system") || self.take_keyword("reservoir");
        let start = self.peek().span.start;
        let in_brackets = self.take_symbol("(");
        let size = self.sample_size(true);
        if in_brackets {
            self.open += 1;
            self.close("(", ")", start);
        }
        let mut seed = None;
        if self.take_keyword("repeatable") || self.take_keyword("seed") {
            let start = self.peek().span.start;
            let in_brackets = self.take_symbol("(");
            seed = self.whole_number("REPEATABLE");
            if in_brackets {
                self.open += 1;
                self.close("(", ")", start);
            }
        }
        Some(Sample { size: size?, seed })
    }

    /// The cursor of the previous answer. Rows are never counted off.
    fn sql_offset(&mut self) -> Option<String> {
        let token = self.advance();
        match token.kind {
            TokenKind::Text(cursor) => Some(cursor),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("null") => None,
            TokenKind::Number(number) if number.as_u64() == Some(0) => None,
            _ => {
                let help = "Use the cursor of the previous answer as it is: OFFSET 'c2Vl…'";
                let found = Diagnostic::new(token.span, "`OFFSET` takes the cursor of an answer.", "a text is expected here");
                self.report(found.with_help(help));
                None
            }
        }
    }

    /// Tells columns, groups and what is computed of them apart.
    fn sql_groups(&mut self, parts: Parts, draft: &mut Draft) {
        let Parts { selected, star, groups, pivoted, spread, .. } = parts;
        let query = &mut draft.query;
        self.sql_order(&selected, &mut query.sort);
        let aggregates = groups.is_empty() && pivoted.is_empty() && !selected.iter().any(|column| has_aggregate(&column.expression));
        if aggregates && spread.is_none() {
            query.select = Some(Select { star, columns: selected });
            return;
        }
        if star && pivoted.is_empty() {
            let first = groups.first().map_or(0..0, |group| group.span.clone());
            let message = "`*` has no meaning where rows become groups.";
            self.report(Diagnostic::new(first, message, "grouped here").with_help("Select what is grouped by and what is computed."));
        }
        for group in groups {
            query.dimensions.extend(self.sql_group(group, &selected));
        }
        for column in selected {
            if has_aggregate(&column.expression) {
                query.measures.push(column);
            } else if !query.dimensions.iter().any(|dimension| same_column(dimension, &column)) {
                let span = column.expression.span.clone();
                let message = format!("`{}` is neither grouped by nor computed of the group.", column.expression);
                let help = "Add it to GROUP BY, or compute something of it: count, sum, avg, min, max …";
                self.report(Diagnostic::new(span, message, "neither grouped nor computed").with_help(help));
            }
        }
        if let Some(spread) = spread {
            // What is spread is what is grouped by last.
            query.dimensions.retain(|dimension| dimension.expression != spread);
            query.dimensions.push(Aliased { expression: spread, alias: None });
        }
        for measure in pivoted {
            let name = measure.name();
            if !query.measures.iter().any(|known| known.name() == name) {
                query.measures.push(measure.clone());
            }
            query
                .pivot
                .push(Aliased { expression: Expression::new(Kind::Path(vec![Step::Key(name)]), measure.expression.span), alias: None });
        }
    }

    /// A group that is named by its number, by its alias or by what it is.
    fn sql_group(&mut self, group: Expression, selected: &[Aliased]) -> Option<Aliased> {
        if let Some(place) = ordinal(&group) {
            let found = place.checked_sub(1).and_then(|place| selected.get(place)).cloned();
            if found.is_none() {
                self.report_ordinal(&group, selected.len());
            }
            return found;
        }
        let named = |column: &&Aliased| match &group.kind {
            Kind::Path(path) => matches!(path.as_slice(), [Step::Key(name)] if column.alias.as_deref() == Some(name)),
            _ => false,
        };
        let same = selected.iter().find(|column| column.expression == group).or_else(|| selected.iter().find(named));
        Some(same.cloned().unwrap_or(Aliased { expression: group, alias: None }))
    }

    /// Numbers in the order stand for selected columns, too.
    fn sql_order(&mut self, selected: &[Aliased], sort: &mut [SortItem]) {
        for item in sort {
            let Some(place) = ordinal(&item.expression) else { continue };
            match place.checked_sub(1).and_then(|place| selected.get(place)) {
                Some(column) => item.expression = column.expression.clone(),
                None => self.report_ordinal(&item.expression, selected.len()),
            }
        }
    }

    fn report_ordinal(&mut self, number: &Expression, columns: usize) {
        let message = format!("There is no column number {number}.");
        let help = format!("Columns are counted from 1; {columns} are selected.");
        self.report(Diagnostic::new(number.span.clone(), message, "no such column").with_help(help));
    }
}

/// Sources may be unpivoted and drawn from in any order.
fn may_come_in_any_order(part: &str, other: &str) -> bool {
    let of_source = ["pivot", "unpivot", "tablesample"];
    of_source.contains(&part) && of_source.contains(&other)
}

fn ordinal(expression: &Expression) -> Option<usize> {
    match &expression.kind {
        Kind::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        _ => None,
    }
}

fn same_column(one: &Aliased, other: &Aliased) -> bool {
    one.expression == other.expression && (one.alias == other.alias || other.alias.is_none())
}

fn has_aggregate(expression: &Expression) -> bool {
    expression.any(&|inner| matches!(&inner.kind, Kind::Call { name, .. } if Function::named(name).is_some_and(Function::is_aggregate)))
}
