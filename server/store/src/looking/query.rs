//! What a query means: shape, columns, groups, order, pages.

use crate::ground::body::{self, Object, Raw};
use crate::ground::keys::TraceKey;
use crate::looking::found::{FoundSpan, Wanted};
use crate::looking::search::{RowSearch, Scan, single_spans, whole_traces};
use crate::looking::trace_summary::{TraceSummary, preview_length};
use crate::looking::view::View;
use crate::looking::wire::{Placed, Whereabouts, WireRow};
use crate::looking::work::{Effort, aside};
use crate::{Desk, Error, Result};
use serde_json::value::RawValue;
use shared::filter::{
    Aggregation, Compiled, Context, Expression, Fields, Kind, Query, Select, Shape, SortItem, SourceKind, Step, bind_person, order_rows,
};
use shared::objects::ObjectKind;
use shared::{ObjectId, Problem, TransactionId};

/// Rows of an answer unless `limit:` says otherwise, and at most.
const PAGE: u64 = 1000;

/// Bytes that the groups and the different values of an aggregation may hold.
const MOST_AGGREGATED: usize = 64 * 1024 * 1024;

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
        let filter = query.filter.clone().map(|filter| bind_person(filter, self.actor.person.id.as_str()));
        if !query.measures.is_empty() || !query.dimensions.is_empty() {
            return self.groups(query, &objects, filter, version, context).await;
        }
        let object = objects.remove(0);
        if !objects.is_empty() {
            let reason = "Rows of several objects at once are not available yet. Ask for one after the other.";
            return Err(Problem::invalid("from", reason).into());
        }
        let limit = u32::try_from(query.limit.unwrap_or(PAGE).min(PAGE)).unwrap_or(u32::MAX);
        let search = RowSearch {
            filter,
            oldest_first: oldest_first(&query.sort)?,
            after: query.cursor.clone(),
            limit,
            whole_traces: query.from.shape != Shape::Spans && version.is_none(),
            version,
            object,
        };
        if limit == 0 {
            return Ok(QueryAnswer::default());
        }
        let columns = Columns::of(query.select.as_ref(), context)?;
        let view = self.search_view(&search.object).await?;
        let whereabouts = Whereabouts::of(&view);
        let mut rows = Vec::new();
        let next = if query.from.shape == Shape::Summary {
            summaries(&view, &search, query.preview_length, &mut |row| {
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
                whole_traces(&view, &search, true, &mut take).await?
            } else {
                single_spans(&view, &search, &mut take).await?
            }
        };
        Ok(QueryAnswer { next: next.filter(|_| !rows.is_empty()), rows })
    }

    /// What a query reads: logs by the projects' ids or names, experiments and datasets by their ids.
    async fn sources(&self, query: &Query) -> Result<Vec<ObjectId>> {
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
                Err(Error::Problem(Problem::NotFound { .. })) if kind == ObjectKind::ProjectLogs => {
                    objects.push(self.project_by_name(text).await?.logs());
                }
                found => {
                    found?;
                    objects.push(id);
                }
            }
        }
        Ok(objects)
    }

    async fn groups(
        &self,
        query: &Query,
        objects: &[ObjectId],
        filter: Option<Expression>,
        version: Option<TransactionId>,
        context: Context,
    ) -> Result<QueryAnswer> {
        let mut groups = Groups { aggregation: Aggregation::new(&query.dimensions, &query.measures, context), effort: Effort::whole() };
        for object in objects {
            let view = self.search_view(object).await?;
            groups = if query.from.shape == Shape::Spans || version.is_some() {
                groups.of_spans(&view, filter.as_ref(), version).await?
            } else {
                groups.of_traces(&view, filter.as_ref(), query).await?
            };
        }
        let mut rows = groups.aggregation.finish();
        order_rows(&mut rows, &query.sort, context);
        rows.truncate(query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
        Ok(QueryAnswer { rows: rows.iter().map(body::raw).collect::<std::result::Result<_, _>>()?, next: None })
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
        whole_traces(view, search, false, &mut add).await?
    };
    if let Some((_, last)) = open
        && let Some(row) = last.finish(length)?
    {
        take(row)?;
    }
    Ok(next)
}

/// An aggregation on the way.
struct Groups {
    aggregation: Aggregation,
    effort: Effort,
}

impl Groups {
    async fn of_spans(mut self, view: &View, filter: Option<&Expression>, version: Option<TransactionId>) -> Result<Self> {
        let mut scan = Scan::new(view, filter, Wanted::columns(self.aggregation.columns()));
        scan.as_of(version);
        if self.aggregation.only_counts()
            && let Some(count) = scan.exact_count().await?
        {
            self.aggregation.add_counted(count);
            return Ok(self);
        }
        scan.effort = self.effort;
        scan.places = self.aggregation.conditions();
        let whereabouts = Whereabouts::of(view);
        while let Some(spans) = scan.next().await? {
            self = self.add(spans, whereabouts.clone()).await?;
        }
        self.effort = scan.effort;
        scan.require_finished()?;
        Ok(self)
    }

    async fn add(mut self, spans: Vec<FoundSpan>, whereabouts: Whereabouts) -> Result<Self> {
        let groups = aside(move || {
            spans.iter().for_each(|span| self.aggregation.add(&Placed { span, whereabouts: &whereabouts }));
            self
        })
        .await?;
        groups.require_room()
    }

    async fn of_traces(mut self, view: &View, filter: Option<&Expression>, query: &Query) -> Result<Self> {
        let mut search = RowSearch { filter: filter.cloned(), whole_traces: true, ..RowSearch::of(view.home.id.clone()) };
        let whereabouts = Whereabouts::of(view);
        loop {
            let (mut spans, mut rows) = (Vec::new(), Vec::new());
            search.after = if query.from.shape == Shape::Summary {
                summaries(view, &search, query.preview_length, &mut |row| {
                    rows.push(row);
                    Ok(0)
                })
                .await?
            } else {
                let mut take = |span: FoundSpan| {
                    let bytes = span.bytes();
                    spans.push(span);
                    Ok(bytes)
                };
                whole_traces(view, &search, true, &mut take).await?
            };
            self.effort.spend(spans.len() + rows.len(), 0, 0);
            self = self.add(spans, whereabouts.clone()).await?;
            rows.iter().for_each(|row| self.aggregation.add(row));
            self = self.require_room()?;
            if search.after.is_none() {
                return Ok(self);
            }
            if self.effort.is_over() {
                let reason = "Looking at every trace takes too long. Narrow the filter, for example by created.";
                return Err(Problem::invalid("filter", reason).into());
            }
        }
    }

    fn require_room(self) -> Result<Self> {
        if self.aggregation.bytes() <= MOST_AGGREGATED {
            return Ok(self);
        }
        let reason = "There are too many different groups or values. Group by something with fewer values, or narrow the filter.";
        Err(Problem::invalid("dimensions", reason).into())
    }
}

/// Rows are kept in the order of their time, so that is the order they can be had in.
fn oldest_first(sort: &[SortItem]) -> Result<bool> {
    let Some(first) = sort.first() else { return Ok(false) };
    let column = match &first.expression.kind {
        Kind::Path(path) => match path.as_slice() {
            [Step::Key(column)] => column.as_str(),
            _ => "",
        },
        _ => "",
    };
    if matches!(column, "created" | "_pagination_key" | "_xact_id") {
        Ok(!first.descending)
    } else {
        let reason = format!("Rows can be sorted by created, _pagination_key or _xact_id so far, not by {}.", first.expression);
        Err(Problem::invalid("sort", reason).into())
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
    fn of(select: Option<&Select>, context: Context) -> Result<Self> {
        let columns = select.map(|select| select.columns.as_slice()).unwrap_or_default();
        if columns.len() > MOST_COLUMNS {
            return Err(Problem::invalid("select", format!("Select at most {MOST_COLUMNS} columns; these are {}.", columns.len())).into());
        }
        Ok(Self {
            whole: columns.is_empty() || select.is_none_or(|select| select.star),
            names: columns.iter().map(shared::filter::Aliased::name).collect(),
            values: Compiled::of_all(columns.iter().map(|column| &column.expression), context),
        })
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
