//! The rows of a list in groups.

use super::list::read_columns;
use crate::looking::trace_rows::{RowOrder, RowScan, ValuesAs, with_values};
use crate::looking::work::Effort;
use crate::{Desk, Result};
use shared::Problem;
use shared::spans::{GroupTraces, Grouping, RowGrouping, TraceGroups};
use std::time::{Duration, Instant};

/// Rows looked at in one go.
const AT_ONCE: usize = 1_000;

/// How long looking may take.
const TIME: Duration = Duration::from_secs(8);

/// Different groups while they are counted.
const MOST_DIFFERENT: usize = 20_000;

impl Desk {
    /// The rows of a list in groups, each as it stands in the list. Where looking at all of them takes too long, it is those of the newest.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Filter`] for a filter that cannot be read, [`Problem::Invalid`] for what rows
    /// cannot be grouped by, and where nearly every row has a value of its own.
    pub async fn group_traces(&self, query: GroupTraces) -> Result<TraceGroups> {
        let unsaid = || Problem::invalid("group", "Say what to group by, such as tags or metadata.model.");
        let by = RowGrouping::parse(&query.by)?.ok_or_else(unsaid)?;
        let filter = self.read_filter(&query.filter)?;
        let expressions = if matches!(by, RowGrouping::Value(_)) { read_columns(&[by.to_text()])? } else { Vec::new() };
        let view = self.search_view(&query.object).await?;
        let mut scan = RowScan::new(&view, filter.as_ref(), RowOrder::Time { oldest_first: false }, None).await?;
        scan.effort = Effort::whole();
        let (began, mut grouping, mut is_cut) = (Instant::now(), Grouping::new(by), false);
        while let Some(mut rows) = scan.next(AT_ONCE).await? {
            if !expressions.is_empty() {
                rows = with_values(&view, &expressions, rows, ValuesAs::Json).await?;
            }
            for found in &rows {
                let row = &found.listed.row;
                match row.values.first() {
                    // There was no time for it.
                    None if !expressions.is_empty() => is_cut = true,
                    value => grouping.add(row, value.map(String::as_str)),
                }
            }
            if grouping.len() > MOST_DIFFERENT {
                let reason =
                    format!("There are more than {MOST_DIFFERENT} groups. Group by something with fewer values, or narrow the filter.");
                return Err(Problem::invalid("group", reason).into());
            }
            is_cut |= began.elapsed() > TIME;
            if is_cut {
                break;
            }
        }
        Ok(grouping.finish(is_cut || !scan.finished))
    }
}
