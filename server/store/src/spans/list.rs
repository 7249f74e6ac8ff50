//! Pages of traces, by key: newest first, or in an order of one's own.

use crate::content::traces::ListedTrace;
use crate::looking::cursor::{Cursor, Position};
use crate::looking::trace_rows::{FoundRow, RowOrder, RowScan, ValuesAs, with_values};
use crate::looking::view::View;
use crate::spans::cases;
use crate::{Desk, Result};
use shared::Problem;
use shared::columns::MOST_COMPUTED;
use shared::filter::{Expression, parse_expression};
use shared::spans::{ListTraces, SortTraces, SortedTraces, TracePage, TraceRow};

/// Rows of a page at most.
const LONGEST_PAGE: u32 = 1_000;

impl Desk {
    /// A page of traces, newest first, whose rows match a filter as they stand there: scores are the means, tags those of all spans, errors
    /// and comments those of any, duration, tokens and cost those of the trace, and everything else is the root's.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Filter`] for a filter that cannot be read.
    pub async fn list_traces(&self, query: ListTraces) -> Result<TracePage> {
        let filter = self.read_filter(&query.filter)?;
        let columns = read_columns(&query.columns)?;
        let view = match filter.is_some() || !columns.is_empty() {
            true => self.search_view(&query.object).await?,
            false => self.view(&query.object).await?,
        };
        let order = RowOrder::Time { oldest_first: false };
        let scan = RowScan::new(&view, filter.as_ref(), order, query.before.map(Position::after)).await?;
        let (rows, next, partial) = page(&view, scan, query.limit, &columns).await?;
        Ok(TracePage { rows, next: next.map(|next| next.after), partial, as_of: view.as_of })
    }

    /// The same in an order by what rows show.
    ///
    /// # Errors
    /// As of [`Desk::list_traces`], [`Problem::Forbidden`] for an order that would tell what the caller may not see, and
    /// [`Problem::Invalid`] for the cursor of another question.
    pub async fn sort_traces(&self, query: SortTraces) -> Result<SortedTraces> {
        let (filter, columns) = (self.read_filter(&query.filter)?, read_columns(&query.columns)?);
        let view = self.search_view(&query.object).await?;
        let order = RowOrder::of(query.sort);
        if order.tells_hidden(&view.sight) {
            return Err(Problem::forbidden("put rows in an order that tells what others answered").into());
        }
        let cursor = Cursor::of(&[query.object.as_str(), &order.text(), &query.filter]);
        let after = query.after.as_deref().map(|after| cursor.read(after)).transpose()?;
        let (rows, next, partial) = page(&view, RowScan::new(&view, filter.as_ref(), order, after).await?, query.limit, &columns).await?;
        Ok(SortedTraces { rows, next: next.map(|next| cursor.text(&next)), partial, as_of: view.as_of })
    }
}

/// The expressions whose values are told of rows.
pub(super) fn read_columns(texts: &[String]) -> Result<Vec<Expression>> {
    if texts.len() > MOST_COMPUTED {
        let reason = format!("Use at most {MOST_COMPUTED} columns that are computed of each row; these are {}.", texts.len());
        return Err(Problem::invalid("cols", reason).into());
    }
    texts.iter().map(|text| parse_expression(text).map_err(|mistakes| Problem::filter(mistakes).into())).collect()
}

/// A page of rows, where the next one begins, and whether it ends before it is full because enough was looked at.
async fn page(view: &View, mut scan: RowScan<'_>, limit: u32, columns: &[Expression]) -> Result<(Vec<TraceRow>, Option<Position>, bool)> {
    let limit = limit.clamp(1, LONGEST_PAGE) as usize;
    let mut found: Vec<FoundRow> = Vec::new();
    while found.len() < limit
        && let Some(rows) = scan.next(limit - found.len()).await?
    {
        found.extend(rows);
    }
    let is_full = found.len() >= limit;
    let more = !scan.finished || found.len() > limit;
    found.truncate(limit);
    let next = if is_full { found.last().map(|row| row.position) } else { scan.after };
    if !columns.is_empty() {
        found = with_values(view, columns, found, ValuesAs::Line).await?;
    }
    let mut rows: Vec<TraceRow> = found.into_iter().map(|FoundRow { listed: ListedTrace { row, .. }, .. }| row).collect();
    cases::describe(view, &mut rows).await?;
    Ok((rows, next.filter(|_| more), more && !is_full))
}
