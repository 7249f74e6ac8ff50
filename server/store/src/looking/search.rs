//! Finding spans by a filter: SQL narrows, the evaluator in `shared` decides what SQL cannot, pages go by key.

mod traces;

pub(crate) use traces::{TraceSpans, whole_traces};

use crate::ground::database::{one, values};
use crate::looking::cursor::{Cursor, Position};
use crate::looking::found::{FoundSpan, Read, Wanted, Which};
use crate::looking::narrowing::{Asked, Narrowing, narrowed};
use crate::looking::trace_rows::RowOrder;
use crate::looking::view::View;
use crate::looking::wire::Whereabouts;
use crate::looking::work::{Effort, aside};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use shared::filter::{Compiled, Expression};
use shared::objects::Place;
use shared::{ObjectId, Problem, TransactionId};
use std::sync::Arc;

/// Spans read at once where their content is looked at.
const CHUNK: usize = 200;

/// Spans read at once where only the narrow rows are.
const NARROW_CHUNK: usize = 2_000;

/// Bytes of contents after which a page ends.
const LONGEST_PAGE: u64 = 8 * 1024 * 1024;

/// Asks for rows of an object.
#[derive(Clone, Debug)]
pub struct RowSearch {
    /// Where.
    pub object: ObjectId,
    /// Which; none means all.
    pub filter: Option<Expression>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Continue where an answer to the same question ended: its [`FoundRows::next`].
    pub after: Option<String>,
    /// Rows wanted; with `whole_traces`, traces.
    pub limit: u32,
    /// All spans of every trace whose row matches.
    pub whole_traces: bool,
    /// Whether a page may be empty although it goes on: who reads to the end anyway waits for nothing.
    pub patient: bool,
    /// As the rows were when this transaction was the newest; none means now.
    pub version: Option<TransactionId>,
    /// Whether rows also tell who judged them how: `answers`, `reported`, `feedback` and `gold`, as the filter language has them.
    pub judged: bool,
}

impl RowSearch {
    /// The newest rows of an object.
    pub fn of(object: ObjectId) -> Self {
        Self {
            object,
            filter: None,
            oldest_first: false,
            after: None,
            limit: 1000,
            whole_traces: false,
            patient: false,
            version: None,
            judged: false,
        }
    }

    /// The order of traces.
    pub(crate) fn order(&self) -> RowOrder {
        RowOrder::Time { oldest_first: self.oldest_first }
    }

    /// Where an answer to this question ended.
    pub(crate) fn cursor(&self, shape: &str) -> Cursor {
        let filter = self.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let version = self.version.map(|version| version.0.to_string()).unwrap_or_default();
        Cursor::of(&[self.object.as_str(), shape, if self.oldest_first { "oldest" } else { "newest" }, &version, &filter])
    }
}

/// A page of rows.
#[derive(Debug, Default)]
pub struct FoundRows {
    /// In the form of the wire protocol. Values are the texts that arrived.
    pub rows: Vec<Box<RawValue>>,
    /// Where the next page begins, as opaque text; none at the end. A page ends at its limit, or where it would be too large or too
    /// dear.
    pub next: Option<String>,
}

#[cfg(test)]
impl FoundRows {
    /// The rows, read.
    pub(crate) fn values(&self) -> Vec<serde_json::Value> {
        self.rows.iter().map(|row| shared::filter::parse_leniently(row.get()).unwrap()).collect()
    }
}

impl Desk {
    /// A page of rows in the form of the wire protocol.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object, [`Problem::Invalid`] for the cursor of another question or a filter that
    /// finds nothing in the time allowed.
    pub async fn search_rows(&self, search: RowSearch) -> Result<FoundRows> {
        let view = self.search_view(&search.object).await?;
        let whereabouts = Whereabouts::of(&view);
        let mut rows = Vec::new();
        let mut take = |span: FoundSpan| {
            let mut row = span.wire(&whereabouts)?;
            if search.judged {
                span.judge(&mut row)?;
            }
            rows.push(row.text()?);
            Ok(span.bytes())
        };
        // The spans of a trace are where their rows are, and those of an older version may be deleted by now: row by row.
        let next = if search.whole_traces && search.version.is_none() {
            whole_traces(&view, &search, search.order(), true, &mut take).await?
        } else {
            single_spans(&view, &search, &mut take).await?
        };
        Ok(FoundRows { rows, next })
    }

    /// How many rows match, counted for as long as an answer may take.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown object.
    pub async fn count_rows(&self, object: &ObjectId, filter: Option<&Expression>) -> Result<i64> {
        let view = self.search_view(object).await?;
        let mut scan = Scan::new(&view, filter, Wanted::default()).await?;
        if let Some(count) = scan.exact_count().await? {
            return Ok(count);
        }
        scan.effort = Effort::whole();
        let mut count = 0;
        while let Some(spans) = scan.next().await? {
            count += i64::try_from(spans.len()).unwrap_or(0);
        }
        scan.require_finished()?;
        Ok(count)
    }
}

/// What is done with each row of a page; it says by how many bytes the page grows.
pub(crate) type Take<'a> = dyn FnMut(FoundSpan) -> Result<u64> + Send + 'a;

/// Gives a page of spans, and where it ends.
pub(crate) async fn single_spans(view: &View, search: &RowSearch, take: &mut Take<'_>) -> Result<Option<String>> {
    let cursor = search.cursor("spans");
    let mut scan = Scan::new(view, search.filter.as_ref(), Wanted::whole()).await?;
    scan.as_of(search.version);
    scan.begin(search.oldest_first, search.after.as_deref().map(|after| cursor.read(after)).transpose()?);
    let (mut taken, mut bytes, mut next) = (0, 0, None);
    while let Some(spans) = scan.next_of(taken == 0 && !search.patient).await? {
        for span in spans {
            if taken == search.limit || (bytes >= LONGEST_PAGE && taken > 0) {
                return Ok(next);
            }
            next = Some(cursor.text(&Position::after(span.place())));
            bytes += take(span)?;
            taken += 1;
        }
    }
    Ok(if scan.finished { None } else { scan.after.map(|after| cursor.text(&Position::after(after))) })
}

/// Spans that match for somebody, chunk by chunk, in the order of time.
pub(crate) struct Scan<'a> {
    view: &'a View,
    /// What the evaluator has to decide; none where SQL decides everything.
    filter: Option<Arc<Compiled>>,
    narrowing: Narrowing,
    whole_filter: Option<Arc<Compiled>>,
    wanted: Wanted,
    oldest_first: bool,
    pub(crate) after: Option<Place>,
    version: Option<TransactionId>,
    /// Places that are read of each span beside those of the filter.
    pub(crate) places: u64,
    /// What may still be spent before the scan stops.
    pub(crate) effort: Effort,
    /// True once everything was looked at.
    pub(crate) finished: bool,
}

impl<'a> Scan<'a> {
    /// Newest first, from the beginning. What the filter needs is read beside what is wanted.
    pub(crate) async fn new(view: &'a View, filter: Option<&Expression>, wanted: Wanted) -> Result<Self> {
        let context = view.context;
        let filter = filter.map(|filter| view.asked(filter));
        let narrowing = narrowed(view, filter.as_ref(), context, Asked::OfSpans).await?;
        let compiled = filter.map(|filter| Arc::new(Compiled::new(&filter, context)));
        Ok(Self {
            view,
            filter: compiled.clone().filter(|_| !narrowing.exact),
            whole_filter: compiled,
            narrowing,
            wanted,
            oldest_first: false,
            after: None,
            version: None,
            places: 0,
            effort: Effort::page(),
            finished: false,
        })
    }

    /// Begins in an order after a position.
    pub(crate) fn begin(&mut self, oldest_first: bool, position: Option<Position>) {
        self.oldest_first = oldest_first;
        self.after = position.map(|position| position.after);
    }

    /// Looks at rows as they were when a transaction was the newest.
    pub(crate) fn as_of(&mut self, version: Option<TransactionId>) {
        self.version = version;
    }

    /// How many spans match, where SQL can tell; none where each has to be looked at.
    pub(crate) async fn exact_count(&self) -> Result<Option<i64>> {
        #[derive(FromQueryResult)]
        struct Row {
            count: i64,
        }
        if !self.narrowing.exact || self.version.is_some() {
            return Ok(None);
        }
        let (condition, bound) = self.narrowing.condition(&self.view.home);
        let text = format!("SELECT COUNT(*) AS count FROM spans s WHERE {condition}");
        Ok(one::<Row>(&self.view.snapshot, &text, bound).await?.map(|row| row.count))
    }

    /// What SQL decides of the filter.
    pub(crate) fn narrowing(&self) -> &Narrowing {
        &self.narrowing
    }

    /// Refuses an answer that would be made of a part of the rows.
    ///
    /// # Errors
    /// When not everything was looked at.
    pub(crate) fn require_finished(&self) -> Result<()> {
        if self.finished {
            return Ok(());
        }
        let looked = self.after.map(|place| shared::filter::format_instant(place.created)).unwrap_or_default();
        let order = if self.oldest_first { "older" } else { "newer" };
        let reason = format!(
            "Looking at every row takes too long: only those {order} than {looked} were looked at. Narrow the filter, for example by created."
        );
        Err(Problem::invalid("filter", reason).into())
    }

    /// The next spans that match. Where nothing was found yet it goes on for as long as an answer may take, because an empty page says
    /// that there is nothing.
    ///
    /// # Errors
    /// When nothing was found by then.
    async fn next_of(&mut self, nothing_yet: bool) -> Result<Option<Vec<FoundSpan>>> {
        let found = self.next().await?;
        if found.is_some() || self.finished || !nothing_yet {
            return Ok(found);
        }
        self.effort = Effort::whole();
        let found = self.next().await?;
        if found.is_none() {
            self.require_finished()?;
        }
        self.effort = Effort::page();
        Ok(found)
    }

    /// The next spans that match; none at the end or when enough was spent.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<FoundSpan>>> {
        // Older versions are not narrowed, because what is known of them is their text.
        let filter = if self.version.is_some() { &self.whole_filter } else { &self.filter }.clone();
        let mut wanted = self.wanted.clone();
        wanted.add(filter.iter().flat_map(|filter| filter.columns()));
        let chunk = if wanted.reads_content() || self.version.is_some() { CHUNK } else { NARROW_CHUNK };
        while !self.finished && !self.effort.is_over() {
            let which = self.which(chunk);
            let read = self.view.read(&which, &wanted, self.version).await?;
            self.finished = !read.cut && read.spans.len() < chunk;
            self.after = read.spans.last().map(FoundSpan::place).or(self.after);
            let looked = looked_at(read, filter.clone(), self.places, self.effort).await?;
            self.effort = looked.effort;
            if looked.stopped.is_some() {
                (self.after, self.finished) = (looked.stopped, false);
            }
            if !looked.matching.is_empty() {
                return Ok(Some(looked.matching));
            }
        }
        Ok(None)
    }

    fn which(&self, chunk: usize) -> Which {
        let (sign, order) = if self.oldest_first { (">", "ASC") } else { ("<", "DESC") };
        let object = self.view.home.key;
        let is_now = self.version.is_none();
        let (mut condition, mut bound) = match (&self.narrowing.root_span_id, &self.narrowing.few) {
            // The plus keeps SQLite from walking all spans in the order of time when one trace is asked for, or a few spans are.
            (Some(root), _) if is_now => (
                "+s.object = ? AND s.trace = (SELECT t.key FROM traces t WHERE t.project = ? AND t.object = ? AND t.root_span_id = ?)"
                    .to_owned(),
                values![object, self.view.home.short(), object, root.as_str()],
            ),
            (None, Some(few)) if is_now => {
                let (spans, keys) = few.spans();
                (format!("+s.object = ? AND s.key IN ({spans})"), values![object].into_iter().chain(keys).collect())
            }
            _ => ("s.object = ?".to_owned(), values![object]),
        };
        if let Some(after) = self.after {
            condition += &format!(" AND (s.created, s.key) {sign} (?, ?)");
            bound.extend(values![after.created, after.key]);
        }
        if is_now {
            condition += &self.narrowing.text;
            bound.extend(self.narrowing.values.iter().cloned());
        }
        let order = format!("ORDER BY s.created {order}, s.key {order} LIMIT {chunk}");
        Which { condition, bound, order, waiting: self.narrowing.waiting }
    }
}

/// What came of looking at some spans.
struct Looked {
    /// Those for which the filter is true.
    matching: Vec<FoundSpan>,
    /// What may still be spent.
    effort: Effort,
    /// After which it ended, because there was nothing left to spend; none if all were looked at.
    stopped: Option<Place>,
}

/// Looks which of some spans match, one after the other for as long as there is something to spend; at one in any case. `places` are read of
/// each beside those of the filter.
async fn looked_at(read: Read, filter: Option<Arc<Compiled>>, places: u64, mut effort: Effort) -> Result<Looked> {
    let Some(filter) = filter else {
        // Rows of which SQL has decided cost little.
        effort.spend(read.spans.len().div_ceil(100), read.bytes, places);
        return Ok(Looked { matching: read.spans, effort, stopped: None });
    };
    aside(move || {
        let places = places + filter.conditions();
        let (mut matching, mut spans) = (Vec::new(), read.spans.into_iter());
        while let Some(span) = spans.next() {
            let place = span.place();
            effort.spend(1, span.bytes(), places);
            if filter.holds(&span) {
                matching.push(span);
            }
            if effort.is_over() && spans.len() > 0 {
                return Looked { matching, effort, stopped: Some(place) };
            }
        }
        Looked { matching, effort, stopped: None }
    })
    .await
}
