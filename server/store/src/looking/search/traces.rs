//! Whole traces, page by page: small ones are read together, large ones in parts.

use super::{CHUNK, LONGEST_PAGE, RowSearch, Take};
use crate::Result;
use crate::ground::database::{list, one, values};
use crate::ground::keys::TraceKey;
use crate::looking::cursor::{Cursor, Position};
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::looking::trace_rows::{FoundRow, RowOrder, RowScan};
use crate::looking::view::View;
use sea_orm::FromQueryResult;
use shared::objects::Place;
use std::collections::{HashMap, VecDeque};

/// Spans of small traces that are read together.
const AHEAD: usize = 400;

/// Gives a page of whole traces whose rows match, and where it ends: between two traces, or where they may be split inside one that is
/// larger than a page.
pub(crate) async fn whole_traces(
    view: &View,
    search: &RowSearch,
    order: RowOrder,
    split: bool,
    take: &mut Take<'_>,
) -> Result<Option<String>> {
    let cursor = search.cursor(&format!("traces {}", order.text()));
    let began = search.after.as_deref().map(|after| cursor.read(after)).transpose()?;
    let mut scan = RowScan::new(view, search.filter.as_ref(), order, began).await?;
    let mut page = Traces { view, cursor: &cursor, split, taken: 0, bytes: 0, coming: VecDeque::new(), ahead: HashMap::new() };
    if let Some(Position { after, inside: Some(inside), .. }) = began
        && let Some(next) = page.rest_of(after, inside, take).await?
    {
        return Ok(Some(next));
    }
    let mut next = None;
    while let Some(rows) = scan.next_of((search.limit - page.taken) as usize + 1, page.taken == 0 && !search.patient).await? {
        let left = (search.limit - page.taken) as usize;
        page.coming = rows.iter().take(left).map(|row| (row.listed.key(), length(row.listed.row.spans))).collect();
        for FoundRow { listed, position } in rows {
            if page.taken == search.limit || (page.bytes >= LONGEST_PAGE && page.taken > 0) {
                return Ok(next);
            }
            page.taken += 1;
            if let Some(next) = page.trace(listed.key(), position, None, take).await? {
                return Ok(Some(next));
            }
            next = Some(cursor.text(&position));
        }
    }
    Ok(if scan.finished { None } else { scan.after.map(|after| cursor.text(&after)) })
}

fn length(spans: i64) -> usize {
    usize::try_from(spans).unwrap_or(usize::MAX)
}

/// A page of traces on the way.
struct Traces<'a> {
    view: &'a View,
    cursor: &'a Cursor,
    split: bool,
    taken: u32,
    bytes: u64,
    /// Traces that come next, with the number of their spans.
    coming: VecDeque<(TraceKey, usize)>,
    /// The spans of those that were read already.
    ahead: HashMap<TraceKey, Vec<FoundSpan>>,
}

impl Traces<'_> {
    /// Reads the trace that comes next with those that follow it, if they are small.
    async fn read_ahead(&mut self) -> Result<()> {
        let mut room = AHEAD;
        let mut traces = Vec::new();
        while let Some((trace, spans)) = self.coming.front().copied().filter(|(_, spans)| *spans <= room.min(CHUNK)) {
            self.coming.pop_front();
            room -= spans;
            traces.push(trace);
        }
        if traces.is_empty() {
            self.coming.pop_front();
            return Ok(());
        }
        let condition = format!("s.trace IN ({})", list(traces.len()));
        let which = Which {
            condition,
            bound: traces.into_iter().map(Into::into).collect(),
            order: "ORDER BY s.trace, s.created, s.key".to_owned(),
            waiting: false,
        };
        let read = self.view.read(&which, &Wanted::whole(), None).await?;
        // What is too large to be read at once is read trace by trace.
        for span in read.spans.into_iter().filter(|_| !read.cut) {
            self.ahead.entry(span.trace()).or_default().push(span);
        }
        Ok(())
    }

    /// Gives the spans of a trace, and where to go on if the page is full before its end.
    async fn trace(&mut self, trace: TraceKey, found: Position, after: Option<Place>, take: &mut Take<'_>) -> Result<Option<String>> {
        if after.is_none() {
            if !self.ahead.contains_key(&trace) {
                self.read_ahead().await?;
            }
            if let Some(spans) = self.ahead.remove(&trace) {
                for span in spans {
                    self.bytes += take(span)?;
                }
                return Ok(None);
            }
        }
        let mut spans = TraceSpans::new(trace, after);
        while let Some(read) = spans.next(self.view, &Wanted::whole()).await? {
            for span in read {
                self.bytes += take(span)?;
            }
            if self.split && self.bytes >= LONGEST_PAGE && !spans.finished {
                return Ok(Some(self.cursor.text(&Position { inside: spans.after, ..found })));
            }
        }
        Ok(None)
    }

    /// The same for a trace of which an earlier page gave a part.
    async fn rest_of(&mut self, found: Place, inside: Place, take: &mut Take<'_>) -> Result<Option<String>> {
        #[derive(FromQueryResult)]
        struct Row {
            trace: TraceKey,
        }
        let text = "SELECT key AS trace FROM traces WHERE project = ? AND object = ? AND key = ?";
        let row = one::<Row>(&self.view.snapshot, text, values![self.view.home.short(), self.view.home.key, found.key]).await?;
        match row {
            Some(row) => self.trace(row.trace, Position::after(found), Some(inside), take).await,
            None => Ok(None),
        }
    }
}

/// The spans of a trace in the order of time, in parts.
pub(crate) struct TraceSpans {
    trace: TraceKey,
    after: Option<Place>,
    /// True once everything was read.
    pub(crate) finished: bool,
}

impl TraceSpans {
    /// Begins, after a place.
    pub(crate) fn new(trace: TraceKey, after: Option<Place>) -> Self {
        Self { trace, after, finished: false }
    }

    /// The next part; none at the end.
    pub(crate) async fn next(&mut self, view: &View, wanted: &Wanted) -> Result<Option<Vec<FoundSpan>>> {
        if self.finished {
            return Ok(None);
        }
        let (mut condition, mut bound) = ("s.trace = ?".to_owned(), values![self.trace]);
        if let Some(after) = self.after {
            condition += " AND (s.created, s.key) > (?, ?)";
            bound.extend(values![after.created, after.key]);
        }
        let order = format!("ORDER BY s.created, s.key LIMIT {CHUNK}");
        let read = view.read(&Which { condition, bound, order, waiting: false }, wanted, None).await?;
        self.finished = !read.cut && read.spans.len() < CHUNK;
        self.after = read.spans.last().map(FoundSpan::place).or(self.after);
        Ok(Some(read.spans))
    }
}
