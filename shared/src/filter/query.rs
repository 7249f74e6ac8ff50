//! Queries: clauses such as `select:` and `from:` in any order, separated by newlines, `|` or only spaces; or the same
//! in the words of SQL.

mod clauses;
mod source;
mod sql;

use super::bind_person;
use super::check::{check_query, expand_aliases};
use super::diagnostic::Diagnostic;
use super::parser::{Form, Parser};
use super::syntax::{Expression, Kind, Step};

pub use source::{QuerySource, Shape, SourceKind};

/// A whole query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// The columns to return, where nothing is aggregated.
    pub select: Option<Select>,
    /// What to group by.
    pub dimensions: Vec<Aliased>,
    /// What to compute of each group.
    pub measures: Vec<Aliased>,
    /// The measures of which there is a column for each value of the last dimension.
    pub pivot: Vec<Aliased>,
    /// Lists and objects of which each item becomes a row, one inside the other.
    pub unpivot: Vec<Unpivot>,
    /// The columns of which the fields inside are looked for.
    pub infer: Option<Infer>,
    /// Where the rows come from.
    pub from: QuerySource,
    /// Which rows count. Aliases of `select:` and `dimensions:` are already replaced by what they stand for.
    pub filter: Option<Expression>,
    /// Which spans count, before anything else.
    pub span_filter: Option<Expression>,
    /// Which traces count, where a row is a trace or stands for one.
    pub trace_filter: Option<Expression>,
    /// How many of the rows that count are drawn; all of them where it is absent.
    pub sample: Option<Sample>,
    /// Which rows of the answer stay, after groups were made.
    pub final_filter: Option<Expression>,
    /// What to group the rows of the answer by once more.
    pub final_dimensions: Vec<Aliased>,
    /// What to compute of those groups.
    pub final_measures: Vec<Aliased>,
    /// The order of the rows; newest first where it is empty. Nulls come last in either direction.
    pub sort: Vec<SortItem>,
    /// How many rows at most.
    pub limit: Option<u64>,
    /// Where the previous page ended.
    pub cursor: Option<String>,
    /// How many characters previews have in summaries; -1 for all.
    pub preview_length: Option<i64>,
    /// By what rows of experiments are the same case.
    pub comparison_key: Option<Expression>,
    /// Scores that are computed of others: further columns.
    pub weighted_scores: Vec<Aliased>,
    /// Further columns.
    pub custom_columns: Vec<Aliased>,
    /// How many rows `infer:` looks at.
    pub inference_budget: Option<u64>,
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

/// A list or an object of which each item becomes a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Unpivot {
    /// The list or object.
    pub expression: Expression,
    /// What its items are called in the rows that they become.
    pub names: UnpivotNames,
}

/// The columns that items become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnpivotNames {
    /// Of each item of a list, the item.
    Item(String),
    /// Of each member of an object, its key and its value.
    Member {
        /// The column of the keys.
        key: String,
        /// The column of the values.
        value: String,
    },
}

impl Unpivot {
    /// The columns that rows have more.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match &self.names {
            UnpivotNames::Item(item) => (item, None),
            UnpivotNames::Member { key, value } => (key, Some(value)),
        };
        std::iter::once(first).chain(second).map(String::as_str)
    }
}

/// The columns of which the fields inside are looked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Infer {
    /// Whether all columns are meant.
    pub star: bool,
    /// The columns, or places in them.
    pub paths: Vec<Expression>,
}

/// How many of the rows that count are drawn, the same ones each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// How many.
    pub size: SampleSize,
    /// Another seed draws other rows.
    pub seed: Option<u64>,
}

/// How large a sample is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SampleSize {
    /// A part of all rows, from 0 to 1.
    Rate(f64),
    /// So many rows.
    Count(u64),
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

/// All clauses of the language, in the order in which they are printed.
pub(super) const CLAUSES: &[&str] = &[
    "select",
    "dimensions",
    "measures",
    "pivot",
    "unpivot",
    "infer",
    "from",
    "filter",
    "span_filter",
    "trace_filter",
    "sample",
    "final_filter",
    "final_dimensions",
    "final_measures",
    "sort",
    "limit",
    "cursor",
    "preview_length",
    "comparison_key",
    "weighted_scores",
    "custom_columns",
    "inference_budget",
];

/// Reads a query, in clauses or as SQL. All mistakes are returned at once.
pub fn parse_query(text: &str) -> Result<Query, Vec<Diagnostic>> {
    parse_query_with_hints(text).map(|(query, _)| query)
}

/// Reads a query, with what could be written better. All mistakes are returned at once, without hints.
pub fn parse_query_with_hints(text: &str) -> Result<(Query, Vec<Diagnostic>), Vec<Diagnostic>> {
    let is_sql = sql::is_sql(text);
    // SQL may end in a semicolon.
    let text = if is_sql { text.trim_end().trim_end_matches(';') } else { text };
    let mut parser = Parser::new(text);
    let mut draft = Draft::default();
    if is_sql {
        parser.form = Form::Sql;
        parser.sql_query(&mut draft);
    } else {
        parser.form = Form::Clauses;
        parser.clauses(&mut draft);
    }
    let (query, found) = draft.finish(u32::try_from(text.len()).unwrap_or(u32::MAX), is_sql);
    parser.add_unless_overlapping(found);
    let hints = parser.hints.split_off(0);
    parser.finish(query).map(|query| (query, hints))
}

/// A query on the way.
#[derive(Default)]
pub(super) struct Draft {
    pub query: Query,
    /// Whether there was a source, readable or not.
    pub has_from: bool,
}

impl Draft {
    /// The query, and what is wrong with it as a whole.
    pub(super) fn finish(self, end: u32, is_sql: bool) -> (Query, Vec<Diagnostic>) {
        let mut query = self.query;
        let mut found = expand_aliases(&mut query);
        found.extend(check_query(&query));
        if !self.has_from {
            let message = "The query does not say where its rows come from.";
            let (label, help) = match is_sql {
                true => ("`FROM` is missing", "Add a source: FROM project_logs('project id')"),
                false => ("`from:` is missing", "Add a source: from: project_logs('project id')"),
            };
            found.push(Diagnostic::new(end..end, message, label).with_help(help));
        }
        (query, found)
    }
}

impl Query {
    /// The same query as somebody asks it: `me()` is the person with this id.
    #[must_use]
    pub fn asked_by(mut self, person: &str) -> Self {
        let selected = self.select.iter_mut().flat_map(|select| &mut select.columns);
        let named = selected
            .chain(&mut self.dimensions)
            .chain(&mut self.measures)
            .chain(&mut self.pivot)
            .chain(&mut self.final_dimensions)
            .chain(&mut self.final_measures)
            .chain(&mut self.weighted_scores)
            .chain(&mut self.custom_columns);
        let conditions =
            [&mut self.filter, &mut self.span_filter, &mut self.trace_filter, &mut self.final_filter, &mut self.comparison_key];
        let expressions = named
            .map(|aliased| &mut aliased.expression)
            .chain(conditions.into_iter().flatten())
            .chain(self.sort.iter_mut().map(|item| &mut item.expression))
            .chain(self.unpivot.iter_mut().map(|unpivot| &mut unpivot.expression));
        for expression in expressions {
            *expression = bind_person(expression.clone(), person);
        }
        self
    }

    /// All that it says of rows and of what becomes of them.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let selected = self.select.iter().flat_map(|select| &select.columns);
        let named = selected.chain(&self.dimensions).chain(&self.measures).chain(&self.weighted_scores).chain(&self.custom_columns);
        let conditions = [&self.filter, &self.span_filter, &self.trace_filter];
        let unpivoted = self.unpivot.iter().map(|unpivot| &unpivot.expression);
        let sorted = self.sort.iter().map(|item| &item.expression);
        named.map(|aliased| &aliased.expression).chain(conditions.into_iter().flatten()).chain(unpivoted).chain(sorted)
    }

    /// Whether rows become groups.
    pub fn is_aggregated(&self) -> bool {
        !self.dimensions.is_empty() || !self.measures.is_empty()
    }

    /// The columns that are computed of each row, with their names: those of `select:`, then what else is asked for.
    pub fn computed_columns(&self) -> Vec<(String, &Expression)> {
        let selected = self.select.iter().flat_map(|select| &select.columns);
        let columns = selected.chain(&self.custom_columns).chain(&self.weighted_scores);
        let key = self.comparison_key.iter().map(|key| ("comparison_key".to_owned(), key));
        columns.map(|column| (column.name(), &column.expression)).chain(key).collect()
    }

    /// Whether all columns of the rows are asked for.
    pub fn selects_all(&self) -> bool {
        self.select.as_ref().is_none_or(|select| select.star || select.columns.is_empty())
    }

    /// The columns that `unpivot:` adds to each row.
    pub fn unpivoted(&self) -> impl Iterator<Item = &str> {
        self.unpivot.iter().flat_map(Unpivot::columns)
    }

    /// What decides about a row of the source before anything is made of it: `filter:` as far as it speaks of the row alone,
    /// `span_filter:` and `trace_filter:`. What `filter:` says of unpivoted columns is decided later.
    pub fn source_filter(&self) -> Option<Expression> {
        let mut conditions: Vec<Expression> = self.conjuncts().filter(|condition| !self.speaks_of_unpivoted(condition)).cloned().collect();
        conditions.extend(self.span_filter.clone().map(|condition| match self.from.shape {
            Shape::Spans => condition,
            Shape::Traces | Shape::Summary => {
                let span = condition.span.clone();
                Expression::new(Kind::Call { name: "any_span".to_owned(), arguments: vec![condition] }, span)
            }
        }));
        conditions.extend(self.trace_filter.clone());
        let span = conditions.first().map_or(0..0, |first| first.span.clone());
        (!conditions.is_empty()).then(|| Expression::all_of(conditions, span))
    }

    /// What `filter:` says of unpivoted columns.
    pub(super) fn unpivoted_filter(&self) -> Option<Expression> {
        let conditions: Vec<Expression> = self.conjuncts().filter(|condition| self.speaks_of_unpivoted(condition)).cloned().collect();
        let span = conditions.first().map_or(0..0, |first| first.span.clone());
        (!conditions.is_empty()).then(|| Expression::all_of(conditions, span))
    }

    fn conjuncts(&self) -> impl Iterator<Item = &Expression> {
        self.filter.iter().flat_map(|filter| match &filter.kind {
            Kind::And(operands) => operands.as_slice(),
            _ => std::slice::from_ref(filter),
        })
    }

    fn speaks_of_unpivoted(&self, condition: &Expression) -> bool {
        let is_unpivoted = |name: &str| self.unpivoted().any(|column| column == name);
        !self.unpivot.is_empty()
            && condition.any(&|inner| match &inner.kind {
                Kind::Path(path) => path.first().and_then(Step::key).is_some_and(is_unpivoted),
                _ => false,
            })
    }
}
