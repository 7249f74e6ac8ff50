//! What a query means: shape, columns, groups, order, pages.

mod making;
mod several;

use crate::ground::body::{self, Object, Raw};
use crate::ground::keys::TraceKey;
use crate::looking::found::FoundSpan;
use crate::looking::search::{RowSearch, single_spans, whole_traces};
use crate::looking::trace_rows::RowOrder;
use crate::looking::trace_summary::{TraceSummary, preview_length};
use crate::looking::view::View;
use crate::looking::wire::{Placed, Whereabouts, WireRow};
use crate::{Desk, Error, Result};
use serde_json::value::RawValue;
use shared::filter::{Compiled, Context, Expression, Fields, Kind, Query, QueryOutput, Shape, SortItem, SourceKind, Step};
use shared::objects::ObjectKind;
use shared::spans::{TraceMeasure, TraceSort};
use shared::{ObjectId, Problem, TransactionId};

/// Rows of an answer unless `limit:` says otherwise, and at most.
const PAGE: u64 = 1000;

/// Columns that are selected at most: each may repeat all that a row has.
const MOST_COLUMNS: usize = 200;

/// What a query came to.
#[derive(Debug, Default)]
pub struct QueryAnswer {
    /// Each as the JSON of an object.
    pub rows: Vec<Box<RawValue>>,
    /// Where the next page begins, as opaque text; none at the end. Never there without rows.
    pub next: Option<String>,
}

impl Desk {
    /// Answers a query, of now or as of a transaction.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what is not there, [`Problem::Invalid`] for what cannot be asked, for the cursor of another query, and
    /// for an answer that would have to look at more than is allowed.
    pub async fn query(&self, query: &Query, version: Option<TransactionId>, context: Context) -> Result<QueryAnswer> {
        let mut objects = self.sources(query).await?;
        let query = &query.clone().asked_by(self.actor.person.id.as_str());
        let mut order = RowOrder::Time { oldest_first: oldest_first(&query.sort) };
        if !QueryOutput::is_streamed(query) {
            order = match (measured(query), objects.as_slice(), version) {
                (Some(order), [object], None) if !order.tells_hidden(&self.view(object).await?.sight) => order,
                _ => return self.made(query, &objects, version, context).await,
            };
        }
        let limit = u32::try_from(query.limit.unwrap_or(PAGE).min(PAGE)).unwrap_or(u32::MAX);
        let search = |object| RowSearch {
            filter: query.source_filter(),
            oldest_first: oldest_first(&query.sort),
            after: query.cursor.clone(),
            limit,
            patient: false,
            whole_traces: query.from.shape != Shape::Spans && version.is_none(),
            version,
            object,
            judged: false,
        };
        if objects.len() > 1 && limit > 0 {
            return self.of_several(query, objects.into_iter().map(search).collect(), context).await;
        }
        let search = search(objects.remove(0));
        if limit == 0 {
            return Ok(QueryAnswer::default());
        }
        self.page(query, &search, order, context).await
    }

    /// A page of the rows of one object.
    async fn page(&self, query: &Query, search: &RowSearch, order: RowOrder, context: Context) -> Result<QueryAnswer> {
        let columns = Columns::of(query, context)?;
        let view = self.search_view(&search.object).await?.asked_in(context);
        let whereabouts = Whereabouts::of(&view);
        let mut rows = Vec::new();
        let next = if query.from.shape == Shape::Summary {
            summaries(&view, search, order, query.preview_length, &mut |row| {
                let row = columns.of_row(row)?;
                let bytes = length(&row);
                rows.push(row);
                Ok(bytes)
            })
            .await?
        } else {
            let mut take = |span: FoundSpan| {
                let row = columns.of_span(&span, &whereabouts)?;
                let bytes = span.bytes().max(length(&row));
                rows.push(row);
                Ok(bytes)
            };
            if search.whole_traces {
                whole_traces(&view, search, order, true, &mut take).await?
            } else {
                single_spans(&view, search, &mut take).await?
            }
        };
        Ok(QueryAnswer { next: next.filter(|_| !rows.is_empty()), rows })
    }

    /// What a query reads: logs by the projects' ids or names, experiments and datasets by their ids.
    pub(crate) async fn sources(&self, query: &Query) -> Result<Vec<ObjectId>> {
        let kind = match &query.from.kind {
            SourceKind::ProjectLogs => ObjectKind::ProjectLogs,
            SourceKind::Experiment => ObjectKind::Experiment,
            SourceKind::Dataset => ObjectKind::Dataset,
            SourceKind::Other(name) => {
                let reason = format!("{name} cannot be queried yet. Use project_logs('id'), experiment('id') or dataset('id').");
                return Err(Problem::invalid("from", reason).into());
            }
        };
        if query.from.ids.is_empty() {
            let reason = format!("Say of which: {}('id').", kind.as_str());
            return Err(Problem::invalid("from", reason).into());
        }
        let mut objects = Vec::new();
        for text in &query.from.ids {
            let id = ObjectId::from(text.as_str());
            match self.require_object(kind, &id).await {
                Err(Error::Problem(Problem::NotFound { .. })) => objects.push(match kind {
                    ObjectKind::ProjectLogs => self.project_by_name(text).await?.logs(),
                    ObjectKind::Experiment | ObjectKind::Dataset => self.object_named(kind, text).await?.id,
                }),
                found => {
                    found?;
                    objects.push(id);
                }
            }
        }
        Ok(objects)
    }
}

/// Bytes of a row of the answer.
fn length(row: &Raw) -> u64 {
    row.get().len() as u64
}

/// One row for each trace. What is taken says how many bytes it has become.
async fn summaries(
    view: &View,
    search: &RowSearch,
    order: RowOrder,
    length: Option<i64>,
    take: &mut (dyn FnMut(WireRow) -> Result<u64> + Send),
) -> Result<Option<String>> {
    let whereabouts = Whereabouts::of(view);
    let length = preview_length(length);
    let mut open: Option<(TraceKey, TraceSummary)> = None;
    let next = {
        let mut add = |span: FoundSpan| {
            let mut taken = 0;
            if open.as_ref().is_some_and(|(trace, _)| *trace != span.trace())
                && let Some((_, finished)) = open.take()
                && let Some(row) = finished.finish(length)?
            {
                taken = take(row)?;
            }
            let (_, trace) = open.get_or_insert_with(|| (span.trace(), TraceSummary::default()));
            trace.add(&span, span.is_root(), || span.wire(&whereabouts))?;
            // Of a trace only its root is kept, and shortened.
            Ok(taken + if length.is_none() && span.is_root() { span.bytes() } else { 0 })
        };
        whole_traces(view, search, order, false, &mut add).await?
    };
    if let Some((_, last)) = open
        && let Some(row) = last.finish(length)?
    {
        take(row)?;
    }
    Ok(next)
}

/// Rows are kept in the order of their time: whether an order that can be had while they are read begins with the oldest.
fn oldest_first(sort: &[SortItem]) -> bool {
    sort.first().is_some_and(|first| !first.descending)
}

/// The order by a measure that a query wants of rows of traces; none for other queries, and for orders that rows are not kept in.
fn measured(query: &Query) -> Option<RowOrder> {
    let made = query.is_aggregated() || query.infer.is_some() || query.sample.is_some() || !query.unpivot.is_empty();
    let (first, rest) = query.sort.split_first().filter(|_| !made && query.from.shape == Shape::Summary)?;
    let by_time =
        |item: &SortItem| matches!(keys(&item.expression)?.as_slice(), ["created"] if item.descending == first.descending).then_some(());
    match rest {
        [] => {}
        [item] => by_time(item)?,
        _ => return None,
    }
    let Kind::Path(path) = &first.expression.kind else { return None };
    let by = TraceMeasure::of_path(path).filter(|by| *by != TraceMeasure::Created)?;
    Some(RowOrder::Measure(TraceSort { by, descending: first.descending }))
}

/// The keys of a path.
fn keys(expression: &Expression) -> Option<Vec<&str>> {
    match &expression.kind {
        Kind::Path(path) => path.iter().map(Step::key).collect(),
        _ => None,
    }
}

/// The columns that were asked for.
struct Columns {
    /// Whether all that a row has is among them.
    whole: bool,
    names: Vec<String>,
    values: Compiled,
}

impl Columns {
    /// # Errors
    /// [`Problem::Invalid`] for more columns than a row may have.
    fn of(query: &Query, context: Context) -> Result<Self> {
        let (names, columns): (Vec<String>, Vec<&Expression>) = query.computed_columns().into_iter().unzip();
        if columns.len() > MOST_COLUMNS {
            return Err(Problem::invalid("select", format!("Select at most {MOST_COLUMNS} columns; these are {}.", columns.len())).into());
        }
        Ok(Self { whole: query.selects_all(), names, values: Compiled::of_all(columns, context) })
    }

    fn of_span(&self, span: &FoundSpan, whereabouts: &Whereabouts) -> Result<Raw> {
        let placed = Placed { span, whereabouts };
        if self.whole { self.beside(span.wire(whereabouts)?, self.values.texts(&placed)?) } else { self.computed(&placed) }
    }

    fn of_row(&self, row: WireRow) -> Result<Raw> {
        if !self.whole {
            return self.computed(&row);
        }
        let values = self.values.texts(&row)?;
        self.beside(row, values)
    }

    /// The whole row with the computed columns.
    fn beside(&self, mut row: WireRow, values: Vec<Raw>) -> Result<Raw> {
        for (name, value) in self.names.iter().zip(values) {
            row.put(name, value);
        }
        row.text()
    }

    fn computed(&self, row: &dyn Fields) -> Result<Raw> {
        let values: Object = self.names.iter().cloned().zip(self.values.texts(row)?).collect();
        Ok(body::raw(&values)?)
    }
}
