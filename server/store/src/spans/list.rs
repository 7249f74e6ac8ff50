//! Pages of traces, newest first, by key.

use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::database::{all, list, values};
use crate::ground::places;
use crate::ground::time;
use crate::looking::narrowing::narrow;
use crate::looking::search::{self, BUDGET};
use crate::looking::sight::Sight;
use crate::writing::events;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, Value};
use shared::filter::{Expression, Fields, Function, Kind, holds_in_trace, parse_expression};
use shared::permissions::Action;
use shared::spans::{ListTraces, Place, TracePage, TraceRow};
use shared::{Micros, Problem};
use std::collections::BTreeSet;

/// Rows of a page at most.
const LONGEST_PAGE: u32 = 1_000;

/// Traces looked at in one query while filtering.
const CHUNK: usize = 200;

impl Desk {
    /// A page of traces, newest first. A trace matches a filter if one of its spans does.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Filter`] for a filter that cannot be read.
    pub async fn list_traces(&self, query: ListTraces) -> Result<TracePage> {
        self.require(Action::Read)?;
        let home = self.find_object(&query.object).await?;
        let limit = query.limit.clamp(1, LONGEST_PAGE) as usize;
        let snapshot = self.store.snapshot().await?;
        let as_of = events::head(&snapshot, &home.project).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        if query.filter.trim().is_empty() {
            let mut rows = page(&snapshot, home.key, query.before, limit, "", Vec::new()).await?;
            let next = (rows.len() == limit).then(|| rows.last().map(TraceRow::place)).flatten();
            sight.traces(&snapshot, &mut rows).await?;
            return Ok(TracePage { rows, next, as_of });
        }
        let filter = parse_expression(&query.filter).map_err(Problem::filter)?;
        let (mut rows, next) = filtered(&snapshot, &sight, home.key, query.before, limit, &filter).await?;
        sight.traces(&snapshot, &mut rows).await?;
        Ok(TracePage { rows, next, as_of })
    }
}

async fn page(
    connection: &impl ConnectionTrait,
    object: i64,
    before: Option<Place>,
    limit: usize,
    condition: &str,
    more: Vec<Value>,
) -> Result<Vec<TraceRow>> {
    let mut text = format!("SELECT {COLUMNS} FROM traces t WHERE t.project = ? AND t.object = ?");
    let mut bound = places::bound(&[object]);
    if let Some(before) = before {
        text += " AND (t.created, t.key) < (?, ?)";
        bound.extend(values![before.created, before.key]);
    }
    text += condition;
    bound.extend(more);
    text += &format!(" ORDER BY t.created DESC, t.key DESC LIMIT {limit}");
    all::<StoredTrace>(connection, &text, bound).await?.into_iter().map(StoredTrace::read).collect()
}

async fn filtered(
    connection: &impl ConnectionTrait,
    sight: &Sight,
    object: i64,
    mut before: Option<Place>,
    limit: usize,
    filter: &Expression,
) -> Result<(Vec<TraceRow>, Option<Place>)> {
    let narrowing = narrow(Some(filter), sight);
    let condition = if narrowing.text.is_empty() {
        String::new()
    } else {
        format!(" AND EXISTS (SELECT 1 FROM spans s WHERE s.project = t.project AND s.trace = t.key{})", narrowing.text)
    };
    let with_comments = search::mentions_comments(filter);
    // `any_span(…)` may hold on a span that the rest of the filter leaves out.
    let across_spans =
        filter.any(&|part| matches!(&part.kind, Kind::Call { name, .. } if Function::named(name) == Some(Function::AnySpan)));
    let now = time::now();
    let mut rows = Vec::new();
    let mut looked_at = 0;
    while looked_at < BUDGET {
        let candidates = page(connection, object, before, CHUNK, &condition, narrowing.values.clone()).await?;
        let last = candidates.len() < CHUNK;
        if candidates.is_empty() {
            return Ok((rows, None));
        }
        let mut condition = format!("s.project = ? AND s.trace IN ({})", list(candidates.len()));
        let mut bound = places::bound(&candidates.iter().map(|row| row.key).collect::<Vec<_>>());
        if !across_spans {
            condition += &narrowing.text;
            bound.extend(narrowing.values.iter().cloned());
        }
        let spans = search::load(connection, sight, &condition, bound, "ORDER BY s.trace", with_comments).await?;
        looked_at += spans.len().max(CHUNK);
        let traces = spans.chunk_by(|one, other| one.trace() == other.trace());
        let matching: BTreeSet<i64> = traces.filter(|spans| matches_trace(filter, spans, now)).map(|spans| spans[0].trace()).collect();
        for row in candidates {
            before = Some(row.place());
            if matching.contains(&row.key) {
                rows.push(row);
                if rows.len() == limit {
                    return Ok((rows, before));
                }
            }
        }
        if last {
            return Ok((rows, None));
        }
    }
    Ok((rows, before))
}

fn matches_trace(filter: &Expression, spans: &[search::FoundSpan], now: Micros) -> bool {
    let spans: Vec<&dyn Fields> = spans.iter().map(|span| span as &dyn Fields).collect();
    holds_in_trace(filter, &spans, now)
}
