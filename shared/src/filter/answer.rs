//! What becomes of the rows of a source: `unpivot:`, `sample:`, groups, `pivot:`, `final_filter:`, order and limit, and `infer:`.
//!
//! Rows go in by [`QueryOutput::add`] as they are found, and the answer comes out of [`QueryOutput::finish`]. What decides about a row of the
//! source is [`Query::source_filter`], and is decided before. In this order: rows that count · `sample:` · `unpivot:` · what `filter:`
//! says of unpivoted columns · groups · `final_filter:` · `final_dimensions:` and `final_measures:` · `pivot:` · `sort:` · `limit:`.

mod groups;
mod infer;
mod order;
mod rows;
mod sample;
mod unpivot;

pub(super) use order::SortKey;

use super::compile::Compiled;
use super::evaluate::Context;
use super::query::{Query, Shape};
use super::syntax::{Kind, Step};
use super::{AggregatedRow, Fields};
use groups::Groups;
use infer::Inference;
use rows::Rows;
use sample::Drawing;
use serde_json::value::{RawValue, to_raw_value};
use unpivot::Unpivoting;

/// Rows of an answer unless `limit:` says otherwise, where rows and no groups are asked for.
const ROWS: u64 = 1000;

/// An answer in the making.
pub struct QueryOutput {
    drawing: Option<Drawing>,
    unpivoting: Unpivoting,
    made: Made,
    /// The columns that are read of each row.
    columns: Vec<String>,
    /// Whether all columns of rows are part of the answer.
    whole: bool,
}

/// What the answer is made of.
enum Made {
    Rows(Box<Rows>),
    Groups(Box<Groups>),
    Fields(Inference),
}

/// The row that is asked for all its columns.
pub type WholeRow<'row> = dyn Fn() -> AggregatedRow + 'row;

impl QueryOutput {
    /// An answer to which no row was added yet.
    pub fn new(query: &Query, context: Context) -> Self {
        let unpivoting = Unpivoting::new(query, context);
        let made = match &query.infer {
            Some(infer) => Made::Fields(Inference::new(infer, query.inference_budget.or(query.limit))),
            None if query.is_aggregated() => Made::Groups(Box::new(Groups::new(query, context))),
            None => Made::Rows(Box::new(Rows::new(query, query.limit.unwrap_or(ROWS), context))),
        };
        let drawing = query.sample.as_ref().map(|sample| Drawing::new(sample, query.from.shape));
        let whole = matches!(&made, Made::Rows(rows) if rows.is_whole());
        let mut answer = Self { drawing, unpivoting, made, columns: Vec::new(), whole };
        answer.columns = answer.needed(query);
        answer
    }

    /// Whether rows can be handed out one by one as they are found, newest or oldest first, and continued after any of them. Otherwise
    /// all rows have to be looked at before the first is known.
    pub fn is_streamed(query: &Query) -> bool {
        let nothing_is_made = query.infer.is_none() && !query.is_aggregated() && query.sample.is_none() && query.unpivot.is_empty();
        nothing_is_made && query.sort.first().is_none_or(|item| is_time(&item.expression.kind))
    }

    /// Whether rows can be asked for page by page although all have to be looked at: rows as they are, in an order in which no two are alike.
    pub fn is_paged(query: &Query) -> bool {
        let nothing_is_made = query.infer.is_none() && !query.is_aggregated() && query.sample.is_none() && query.unpivot.is_empty();
        nothing_is_made && query.from.shape != Shape::Traces
    }

    /// Begins after the row at which another page ended; false where that is none of this order.
    pub fn begin_after(&mut self, keys: &[String]) -> bool {
        match &mut self.made {
            Made::Rows(rows) => rows.begin_after(keys),
            Made::Groups(_) | Made::Fields(_) => false,
        }
    }

    /// The columns that are read of each row.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(String::as_str)
    }

    /// Whether all columns of the rows are part of the answer.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// How many places are read: with the bytes of a row, what it costs to look at it.
    pub fn conditions(&self) -> u64 {
        let made = match &self.made {
            Made::Rows(rows) => rows.conditions(),
            Made::Groups(groups) => groups.conditions(),
            Made::Fields(_) => self.columns.len() as u64,
        };
        made + self.unpivoting.conditions()
    }

    /// Whether the answer needs nothing but the number of rows.
    pub fn only_counts(&self) -> bool {
        match &self.made {
            Made::Groups(groups) => self.drawing.is_none() && self.unpivoting.is_nothing() && groups.only_counts(),
            Made::Rows(_) | Made::Fields(_) => false,
        }
    }

    /// Counts so many rows in, where [`only_counts`](Self::only_counts).
    pub fn add_counted(&mut self, rows: i64) {
        if let Made::Groups(groups) = &mut self.made {
            groups.add_counted(rows);
        }
    }

    /// Whether no further row can change the answer.
    pub fn is_finished(&self) -> bool {
        match &self.made {
            Made::Fields(inference) => inference.is_finished(),
            Made::Rows(_) | Made::Groups(_) => false,
        }
    }

    /// Takes a row in. `whole` gives all its columns and is asked only where [`is_whole`](Self::is_whole).
    pub fn add(&mut self, row: &dyn Fields, whole: &WholeRow<'_>) {
        let Self { drawing, unpivoting, made, columns, whole: is_whole } = self;
        match drawing.as_ref().map(|drawing| drawing.decides(row)) {
            None | Some(Some(true)) => unpivoting.each(row, &mut |row, unpivoted| made.add(row, unpivoted, whole)),
            Some(Some(false)) => {}
            Some(None) => {
                let needed = || {
                    let mut held = if *is_whole { whole() } else { AggregatedRow::new() };
                    held.extend(columns.iter().map(|column| (column.clone(), json_of(row, column))));
                    held
                };
                drawing.iter_mut().for_each(|drawing| drawing.hold(row, needed));
            }
        }
    }

    /// Bytes that are held, roughly.
    pub fn bytes(&self) -> usize {
        let made = match &self.made {
            Made::Rows(rows) => rows.bytes(),
            Made::Groups(groups) => groups.bytes(),
            Made::Fields(inference) => inference.bytes(),
        };
        made + self.drawing.as_ref().map_or(0, Drawing::bytes)
    }

    /// The rows of the answer.
    pub fn finish(self) -> Vec<AggregatedRow> {
        self.finish_page().0
    }

    /// The same, and where rows were left out behind them, what [`begin_after`](Self::begin_after) takes to go on.
    pub fn finish_page(mut self) -> (Vec<AggregatedRow>, Option<Vec<String>>) {
        if let Some(drawing) = &mut self.drawing {
            for row in drawing.finish() {
                let whole = || row.clone();
                let made = &mut self.made;
                self.unpivoting.each(&row, &mut |row, unpivoted| made.add(row, unpivoted, &whole));
            }
        }
        match self.made {
            Made::Rows(rows) => rows.finish(),
            Made::Groups(groups) => (groups.finish(), None),
            Made::Fields(inference) => (inference.finish(), None),
        }
    }

    fn needed(&self, query: &Query) -> Vec<String> {
        let made: Vec<&str> = match &self.made {
            Made::Rows(rows) => rows.columns().collect(),
            Made::Groups(groups) => groups.columns().collect(),
            Made::Fields(inference) => inference.columns().collect(),
        };
        let mut columns: Vec<String> = Vec::new();
        let drawn_by = self.drawing.iter().flat_map(|drawing| [drawing.key(), "id"]);
        let unpivoted: Vec<&str> = query.unpivoted().collect();
        for column in self.unpivoting.columns().chain(made).chain(drawn_by) {
            if !unpivoted.contains(&column) && !columns.iter().any(|known| known == column) {
                columns.push(column.to_owned());
            }
        }
        columns
    }
}

impl Made {
    fn add(&mut self, row: &dyn Fields, unpivoted: &AggregatedRow, whole: &WholeRow<'_>) {
        match self {
            Self::Rows(rows) => rows.add(row, unpivoted, whole),
            Self::Groups(groups) => groups.add(row),
            Self::Fields(inference) => inference.add(row),
        }
    }
}

/// The columns in whose order rows are found.
fn is_time(kind: &Kind) -> bool {
    let Kind::Path(path) = kind else { return false };
    matches!(path.as_slice(), [Step::Key(column)] if matches!(column.as_str(), "created" | "_pagination_key" | "_xact_id"))
}

/// A column as JSON: as it is stored, where it is.
fn json_of(row: &dyn Fields, column: &str) -> Box<RawValue> {
    let stored = row.text(column).and_then(|text| RawValue::from_string(text.to_owned()).ok());
    stored.unwrap_or_else(|| row.column(column).and_then(|value| to_raw_value(&value).ok()).unwrap_or_default())
}

/// Makes several expressions ready, which are read of each row.
fn compiled<'tree>(expressions: impl IntoIterator<Item = &'tree super::Expression>, context: Context) -> Compiled {
    Compiled::of_all(expressions, context)
}

impl Shape {
    /// Whether a row stands for more than one span.
    pub fn is_of_traces(self) -> bool {
        match self {
            Self::Spans => false,
            Self::Traces | Self::Summary => true,
        }
    }
}
