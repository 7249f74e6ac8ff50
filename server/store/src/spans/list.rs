//! Pages of traces, newest first, by key.

use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{ObjectKey, SpanKey, TraceKey, bound};
use crate::ground::time;
use crate::looking::found::{Wanted, Which};
use crate::looking::narrowing::{Asked, Narrowing, narrowed};
use crate::looking::view::View;
use crate::looking::work::{Effort, aside};
use crate::spans::cases;
use crate::spans::measures::{InRow, METRICS, Measures};
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, Value};
use shared::Problem;
use shared::filter::{Compiled, Context, Expression, TraceTest, parse_expression};
use shared::objects::Place;
use shared::spans::{ListTraces, TracePage, TraceRow};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows of a page at most.
const LONGEST_PAGE: u32 = 1_000;

/// Traces looked at in one query while filtering.
const CHUNK: usize = 200;

/// Spans of the traces that are looked at in one go; of the last one all.
const MOST_SPANS: i64 = 4_000;

/// Spans read at once.
const SPANS_AT_ONCE: usize = 500;

impl Desk {
    /// A page of traces, newest first. A trace matches a filter if one of its spans does.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Filter`] for a filter that cannot be read.
    pub async fn list_traces(&self, query: ListTraces) -> Result<TracePage> {
        let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
        if query.filter.trim().is_empty() {
            let view = self.view(&query.object).await?;
            let mut rows = page(&view.snapshot, view.home.key, query.before, limit, "", Vec::new()).await?;
            let next = (rows.len() == limit).then(|| rows.last().map(TraceRow::place)).flatten();
            view.sight.traces(&view.snapshot, &mut rows).await?;
            cases::describe(&view, &mut rows).await?;
            return Ok(TracePage { rows, next, partial: false, as_of: view.as_of });
        }
        let filter = parse_expression(&query.filter).map_err(Problem::filter)?;
        let view = self.search_view(&query.object).await?;
        let mut page = filtered(&view, query.before, limit, &filter).await?;
        view.sight.traces(&view.snapshot, &mut page.rows).await?;
        cases::describe(&view, &mut page.rows).await?;
        Ok(page)
    }
}

async fn page(
    connection: &impl ConnectionTrait,
    object: ObjectKey,
    before: Option<Place>,
    limit: usize,
    condition: &str,
    more: Vec<Value>,
) -> Result<Vec<TraceRow>> {
    let mut text = format!("SELECT {COLUMNS} FROM traces t WHERE t.project = ? AND t.object = ?");
    let mut bound = bound(&[object]);
    if let Some(before) = before {
        text += " AND (t.created, t.key) < (?, ?)";
        bound.extend(values![before.created, before.key]);
    }
    text += condition;
    bound.extend(more);
    text += &format!(" ORDER BY t.created DESC, t.key DESC LIMIT {limit}");
    all::<StoredTrace>(connection, &text, bound).await?.into_iter().map(StoredTrace::read).collect()
}

async fn filtered(view: &View, mut before: Option<Place>, limit: usize, filter: &Expression) -> Result<TracePage> {
    let context = Context::at(time::now());
    let narrowing = narrowed(view, Some(filter), context, Asked::OfTraces).await?;
    let mut condition = match narrowing.text.as_str() {
        "" => String::new(),
        text => format!(" AND EXISTS (SELECT 1 FROM spans s WHERE s.project = t.project AND s.trace = t.key{text})"),
    };
    let mut bound = narrowing.values.clone();
    if let Some(few) = &narrowing.few {
        let (spans, keys) = few.spans(view.home.short());
        condition += &format!(" AND t.key IN (SELECT x.trace FROM spans x WHERE x.project = ? AND x.key IN ({spans}))");
        bound.extend(values![view.home.short()]);
        bound.extend(keys);
    }
    let filter = Arc::new(Compiled::new(filter, context));
    let mut effort = Effort::page();
    let mut found = TracePage { rows: Vec::new(), next: None, partial: false, as_of: view.as_of };
    loop {
        let wanted = if narrowing.exact { limit - found.rows.len() } else { CHUNK };
        let mut candidates = page(&view.snapshot, view.home.key, before, wanted, &condition, bound.clone()).await?;
        let mut last = candidates.len() < wanted;
        if !narrowing.exact {
            last &= !cut(&mut candidates);
            if filter.columns().any(|column| column == METRICS) {
                // What is hidden counts in no filter.
                view.sight.traces(&view.snapshot, &mut candidates).await?;
            }
            let matching = matching(view, &filter, &narrowing, &candidates, &mut effort).await?;
            before = candidates.last().map(TraceRow::place).or(before);
            candidates.retain(|row| matching.contains(&row.key.into()));
        } else {
            before = candidates.last().map(TraceRow::place).or(before);
        }
        found.rows.extend(candidates);
        if found.rows.len() >= limit {
            let more = !last || found.rows.len() > limit;
            found.rows.truncate(limit);
            found.next = found.rows.last().map(TraceRow::place).filter(|_| more);
            return Ok(found);
        }
        if last {
            return Ok(found);
        }
        if effort.is_over() {
            (found.next, found.partial) = (before, true);
            return Ok(found);
        }
    }
}

/// Leaves the first of some traces: as many as have no more spans than are looked at in one go, one at least. Says whether it left
/// any out.
fn cut(candidates: &mut Vec<TraceRow>) -> bool {
    let mut spans = 0;
    let kept = candidates.iter().take_while(|row| {
        let begun = spans < MOST_SPANS;
        spans += row.spans;
        begun
    });
    let kept = kept.count();
    let cut = kept < candidates.len();
    candidates.truncate(kept);
    cut
}

/// Those of some traces that match. Their spans are read as often as there are rounds, a part at a time.
async fn matching(
    view: &View,
    filter: &Arc<Compiled>,
    narrowing: &Narrowing,
    candidates: &[TraceRow],
    effort: &mut Effort,
) -> Result<HashSet<TraceKey>> {
    let mut tests: HashMap<TraceKey, TraceTest> = candidates.iter().map(|row| (row.key.into(), filter.trace_test())).collect();
    if tests.is_empty() {
        return Ok(HashSet::new());
    }
    let wanted = Wanted::columns(filter.columns());
    let measures: Arc<HashMap<TraceKey, Measures>> = Arc::new(candidates.iter().map(|row| (row.key.into(), Measures::of(row))).collect());
    for round in 0..filter.rounds() {
        let mut after: Option<(TraceKey, SpanKey)> = None;
        loop {
            let mut condition = format!("s.trace IN ({})", list(candidates.len()));
            let mut bound: Vec<Value> = candidates.iter().map(|row| Value::from(row.key)).collect();
            if let Some((trace, key)) = after {
                condition += " AND (s.trace, s.key) > (?, ?)";
                bound.extend(values![trace, key]);
            }
            // `any_span(…)` may hold on a span that the rest of the filter leaves out.
            if !filter.asks_across_spans() {
                condition += &narrowing.text;
                bound.extend(narrowing.values.iter().cloned());
            }
            let order = format!("ORDER BY s.trace, s.key LIMIT {SPANS_AT_ONCE}");
            let read = view.read(&Which { condition, bound, order, waiting: false }, &wanted, None).await?;
            let finished = !read.cut && read.spans.len() < SPANS_AT_ONCE;
            effort.spend(read.spans.len(), read.bytes, filter.conditions());
            after = read.spans.last().map(|span| (span.trace(), span.key()));
            let (filter, measures) = (Arc::clone(filter), Arc::clone(&measures));
            // In the last round it is known what `any_span(…)` comes to, and the rest of the filter is about the row.
            let is_of_row = round + 1 == filter.rounds();
            tests = aside(move || {
                for span in &read.spans {
                    let Some(test) = tests.get_mut(&span.trace()) else { continue };
                    match measures.get(&span.trace()).filter(|_| is_of_row) {
                        Some(measures) => filter.look(test, &InRow { span, measures: *measures }),
                        None => filter.look(test, span),
                    }
                }
                tests
            })
            .await?;
            if finished {
                break;
            }
        }
        if round + 1 < filter.rounds() {
            tests.values_mut().for_each(|test| filter.end_round(test));
        }
    }
    Ok(tests.into_iter().filter(|(_, test)| test.holds()).map(|(trace, _)| trace).collect())
}
