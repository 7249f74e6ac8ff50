//! What a query may have wrong as a whole, and what its aliases stand for.

use super::{COLUMNS, Checker};
use crate::filter::diagnostic::Diagnostic;
use crate::filter::function::Function;
use crate::filter::query::{Aliased, Query, SampleSize, Shape, UnpivotNames};
use crate::filter::syntax::{Expression, Kind, Step};
use std::collections::{HashMap, HashSet};

/// The mistakes of a query whose aliases are already replaced.
pub(in crate::filter) fn check_query(query: &Query) -> Vec<Diagnostic> {
    let names: Vec<String> = query.dimensions.iter().chain(&query.measures).map(Aliased::name).collect();
    let final_names: Vec<String> = query.final_dimensions.iter().chain(&query.final_measures).map(Aliased::name).collect();
    let mut checker = Checker::default();
    checker.rows(query);
    checker.groups(query, &names);
    checker.answer(query, &names, &final_names);
    checker.kinds(query);
    checker.found
}

impl Checker<'_> {
    fn mistake(&mut self, expression: &Expression, message: impl Into<String>, label: &str, help: &str) {
        self.found.push(Diagnostic::new(expression.span.clone(), message, label).with_help(help));
    }
}

impl<'query> Checker<'query> {
    /// What is said of each row.
    fn rows(&mut self, query: &'query Query) {
        let of_source = [&query.span_filter, &query.trace_filter, &query.comparison_key];
        of_source.into_iter().flatten().for_each(|expression| self.expression(expression));
        if query.from.shape == Shape::Spans
            && let Some(filter) = &query.trace_filter
        {
            let help = "Write `traces` or `summary` after the source, or use `filter:`.";
            self.mistake(filter, "`trace_filter:` is about traces, and here a row is a span.", "no trace", help);
        }
        for unpivot in &query.unpivot {
            self.expression(&unpivot.expression);
            for name in unpivot.columns() {
                if COLUMNS.contains(&name) {
                    self.mistake(
                        &unpivot.expression,
                        format!("There is a column `{name}` already."),
                        "named like it",
                        "Choose another name.",
                    );
                } else if self.names.contains(&name) {
                    self.mistake(&unpivot.expression, format!("Two columns are called `{name}`."), "second one", "Rename one.");
                }
            }
            if let UnpivotNames::Member { key, value } = &unpivot.names
                && key == value
            {
                self.mistake(&unpivot.expression, format!("Two columns are called `{key}`."), "both of it", "Rename one.");
            }
            self.names.extend(unpivot.columns());
        }
        query.filter.iter().for_each(|filter| self.expression(filter));
        let selected = query.select.iter().flat_map(|select| &select.columns);
        for column in selected.chain(&query.dimensions).chain(&query.weighted_scores).chain(&query.custom_columns) {
            self.expression(&column.expression);
        }
        query.infer.iter().flat_map(|infer| &infer.paths).for_each(|path| {
            self.expression(path);
            if !matches!(path.kind, Kind::Path(_)) {
                self.mistake(path, "Fields are looked for in columns.", "no column", "Write for example: infer: metadata, scores");
            }
        });
    }

    fn groups(&mut self, query: &'query Query, names: &'query [String]) {
        self.aggregates = true;
        for measure in &query.measures {
            self.expression(&measure.expression);
            if !measure.expression.any(&is_aggregate) {
                let help = "Use count, count_distinct, sum, avg, min, max or percentile, or move it to `dimensions:`.";
                self.mistake(&measure.expression, "A measure must compute something of many rows.", "no aggregate", help);
            }
        }
        for pivoted in &query.pivot {
            if !query.measures.iter().any(|measure| is_named(measure, pivoted)) {
                let help = "Write the name of a measure: measures: avg(scores.F) as f | pivot: f";
                self.mistake(&pivoted.expression, "Only measures are spread over columns.", "not one of `measures:`", help);
            }
            if query.dimensions.is_empty() {
                let help = "The values of the last dimension become columns: dimensions: metadata.model | pivot: …";
                self.mistake(&pivoted.expression, "There is nothing to spread over.", "no dimension", help);
            }
        }
        // Of groups one can only say what they were grouped by and what was computed of them.
        if query.is_aggregated() {
            self.names.extend(names.iter().map(String::as_str));
        }
    }

    /// What is said of the rows of the answer.
    fn answer(&mut self, query: &'query Query, names: &'query [String], final_names: &'query [String]) {
        self.aggregates = query.is_aggregated();
        if let Some(filter) = &query.final_filter {
            self.expression(filter);
            if !query.is_aggregated() {
                let help = "Use `filter:` for rows; this is about groups, after `measures:`.";
                self.mistake(filter, "There are no groups to choose from.", "no groups", help);
            }
        }
        let again = || query.final_dimensions.iter().chain(&query.final_measures);
        if let (Some(first), false) = (again().next(), query.is_aggregated()) {
            self.mistake(
                &first.expression,
                "There are no groups to group again.",
                "no groups",
                "Write `dimensions:` and `measures:` first.",
            );
        }
        for dimension in &query.final_dimensions {
            self.aggregates = false;
            self.expression(&dimension.expression);
        }
        self.aggregates = true;
        for measure in &query.final_measures {
            self.expression(&measure.expression);
        }
        if again().next().is_some() {
            if let Some(pivoted) = query.pivot.first() {
                let help = "Leave one of them out.";
                self.mistake(&pivoted.expression, "`pivot:` cannot stand beside `final_measures:`.", "spread here", help);
            }
            self.names.retain(|name| !names.iter().any(|known| known == name));
            self.names.extend(final_names.iter().map(String::as_str));
        }
        self.aggregates = query.is_aggregated() && query.pivot.is_empty();
        // The columns of a spread measure are called by what the rows hold.
        self.any_name = !query.pivot.is_empty();
        query.sort.iter().for_each(|item| self.expression(&item.expression));
        self.any_name = false;
    }

    /// Clauses that say different things about what an answer is.
    fn kinds(&mut self, query: &Query) {
        let aggregated = query.dimensions.iter().chain(&query.measures).next();
        if let (Some(aggregated), Some(select)) = (aggregated, &query.select) {
            let message = "`select:` cannot stand beside `dimensions:` and `measures:`.";
            let first = select.columns.first().map_or(&aggregated.expression, |_| &aggregated.expression);
            self.mistake(first, message, "aggregated here", "Remove `select:`.");
        }
        if let Some(infer) = &query.infer
            && (query.is_aggregated() || query.select.as_ref().is_some_and(|select| !select.columns.is_empty()))
        {
            let span = infer.paths.first().map_or(0..0, |path| path.span.clone());
            let message = "`infer:` tells what fields there are, and cannot stand beside `select:` or `measures:`.";
            self.found.push(Diagnostic::new(span, message, "fields are asked for here").with_help("Ask in two queries."));
        }
        if let Some(sample) = &query.sample
            && matches!(sample.size, SampleSize::Count(count) if count > MOST_DRAWN)
        {
            let help = format!("Draw at most {MOST_DRAWN} rows, or a part of all: sample: 10%");
            self.found.push(Diagnostic::new(0..0, "This sample is too large.", "too many rows").with_help(help));
        }
    }
}

/// Rows that are drawn at most, because all of them are held at once.
const MOST_DRAWN: u64 = 10_000;

fn is_named(measure: &Aliased, pivoted: &Aliased) -> bool {
    let name = match &pivoted.expression.kind {
        Kind::Path(path) => match path.as_slice() {
            [Step::Key(name)] => name,
            _ => return false,
        },
        _ => return measure.expression == pivoted.expression,
    };
    measure.name() == *name
}

fn is_aggregate(expression: &Expression) -> bool {
    matches!(&expression.kind, Kind::Call { name, .. } if Function::named(name).is_some_and(Function::is_aggregate))
}

/// Nodes that aliases may become altogether: a short text must not stand for an endless one.
const MOST_EXPANDED: usize = 100_000;

/// Columns that bare names may stand for.
struct Aliases {
    explicit: HashMap<String, Expression>,
    /// None where a name can mean two columns.
    implicit: HashMap<String, Option<Expression>>,
}

/// Replaces the aliases that filter and order use by what they stand for. Where rows are aggregated, the order speaks
/// of the answer's columns and is left as it is.
pub(in crate::filter) fn expand_aliases(query: &mut Query) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut aliases = Aliases { explicit: HashMap::new(), implicit: HashMap::new() };
    let mut known: HashSet<&str> = query.unpivoted().collect();
    let computed = query.weighted_scores.iter().chain(&query.custom_columns);
    for aliased in query.select.iter().flat_map(|select| &select.columns).chain(&query.dimensions).chain(computed).chain(&query.measures) {
        let Some(alias) = &aliased.alias else { continue };
        if !known.insert(alias) {
            let message = format!("Two columns are called `{alias}`.");
            found.push(Diagnostic::new(aliased.expression.span.clone(), message, "second one").with_help("Rename one."));
        }
    }
    let unpivoted: HashSet<String> = query.unpivoted().map(str::to_owned).collect();
    let computed = query.weighted_scores.iter().chain(&query.custom_columns);
    for aliased in query.select.iter().flat_map(|select| &select.columns).chain(&query.dimensions).chain(computed) {
        match (&aliased.alias, aliased.implicit_name()) {
            (Some(alias), _) => {
                aliases.explicit.entry(alias.clone()).or_insert_with(|| aliased.expression.clone());
            }
            (None, Some(name)) => match aliases.implicit.get_mut(name) {
                Some(other) if other.as_ref() != Some(&aliased.expression) => *other = None,
                Some(_) => {}
                None => drop(aliases.implicit.insert(name.to_owned(), Some(aliased.expression.clone()))),
            },
            (None, None) => {}
        }
    }
    let mut room = MOST_EXPANDED;
    let mut expand = |expression: Expression| {
        expression.map(&mut |inner| match aliases.replacement(&inner, &unpivoted) {
            Ok(Some(replaced)) => match room.checked_sub(nodes(&replaced)) {
                Some(rest) => {
                    room = rest;
                    replaced
                }
                None => {
                    let message = "Written out, this query is too long.";
                    found.push(Diagnostic::new(inner.span.clone(), message, "too long").with_help("Use fewer aliases in it."));
                    inner
                }
            },
            Ok(None) => inner,
            Err(ambiguous) => {
                found.push(ambiguous);
                inner
            }
        })
    };
    query.filter = query.filter.take().map(&mut expand);
    if !query.is_aggregated() {
        for item in &mut query.sort {
            item.expression = expand(item.expression.clone());
        }
    }
    found
}

fn nodes(expression: &Expression) -> usize {
    let mut count = 1;
    expression.kind.for_each_child(&mut |child| count += nodes(child));
    count
}

impl Aliases {
    /// What a path means if it begins with an alias.
    fn replacement(&self, expression: &Expression, unpivoted: &HashSet<String>) -> Result<Option<Expression>, Diagnostic> {
        let Kind::Path(path) = &expression.kind else { return Ok(None) };
        let Some((Step::Key(head), rest)) = path.split_first() else { return Ok(None) };
        if COLUMNS.contains(&head.as_str()) || unpivoted.contains(head) {
            return Ok(None);
        }
        let meant = match (self.explicit.get(head), self.implicit.get(head)) {
            (Some(explicit), _) => explicit,
            (None, Some(Some(implicit))) => implicit,
            (None, Some(None)) => {
                let message = format!("`{head}` can mean two columns.");
                let help = "Write the whole path, or name the columns with `as`.";
                return Err(Diagnostic::new(expression.span.clone(), message, "ambiguous").with_help(help));
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Expression::member(meant.clone(), rest.to_vec(), expression.span.clone())))
    }
}
