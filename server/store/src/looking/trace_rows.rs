//! Finding traces by what their rows say: SQL narrows, the evaluator in `shared` decides what SQL cannot, pages go by key.

mod deciding;

use crate::Result;
use crate::content::traces::{COLUMNS, ListedTrace, StoredTrace};
use crate::content::versions::STANDS;
use crate::ground::database::{all, list, values};
use crate::ground::keys::{SpanKey, TraceKey};
use crate::looking::cursor::Position;
use crate::looking::found::{FoundSpan, Wanted, Which};
use crate::looking::narrowing::{Asked, Narrowing, narrowed};
use crate::looking::sight::Sight;
use crate::looking::trace_row::{SpansOfRow, wanted};
use crate::looking::view::View;
use crate::looking::work::{Effort, aside};
use deciding::Deciding;
use sea_orm::Value;
use shared::Problem;
use shared::filter::{Compiled, Expression};
use shared::objects::Place;
use shared::spans::{TraceMeasure, TraceSort};
use shared::summary::Nano;
use std::sync::Arc;

/// Rows looked at in one go where their spans are.
const CHUNK: usize = 200;

/// Rows of which SQL has decided, at most in one go.
const NARROW_CHUNK: usize = 2_000;

/// Spans of the traces that are looked at in one go; of the last one all.
const MOST_SPANS: i64 = 4_000;

/// Spans read at once.
const SPANS_AT_ONCE: usize = 500;

/// In which order rows come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowOrder {
    /// By the time of the root.
    Time { oldest_first: bool },
    /// By a measure; those without it last.
    Measure(TraceSort),
}

impl RowOrder {
    /// The order that somebody wants.
    pub(crate) fn of(sort: TraceSort) -> Self {
        match sort.by {
            TraceMeasure::Created => Self::Time { oldest_first: !sort.descending },
            TraceMeasure::Score(_) | TraceMeasure::Duration | TraceMeasure::Tokens | TraceMeasure::Cost => Self::Measure(sort),
        }
    }

    /// How it is told apart from others.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Time { oldest_first: true } => "oldest".to_owned(),
            Self::Time { oldest_first: false } => "newest".to_owned(),
            Self::Measure(sort) => format!("{sort:?}"),
        }
    }

    /// Whether what a person may not see would show in it.
    pub(crate) fn tells_hidden(&self, sight: &Sight) -> bool {
        match self {
            Self::Time { .. } => false,
            Self::Measure(TraceSort { by: TraceMeasure::Score(name), .. }) => !sight.sees_score(name),
            Self::Measure(TraceSort { by: TraceMeasure::Duration | TraceMeasure::Tokens | TraceMeasure::Cost, .. }) => sight.veils_spans(),
            Self::Measure(TraceSort { by: TraceMeasure::Created, .. }) => false,
        }
    }
}

/// Where a column stands, by name.
fn column(measure: &TraceMeasure) -> &'static str {
    match measure {
        TraceMeasure::Score(_) => "o.value",
        TraceMeasure::Duration => "t.duration",
        TraceMeasure::Tokens => "t.tokens",
        TraceMeasure::Cost => "t.cost",
        TraceMeasure::Created => "t.created",
    }
}

/// Rows that match for somebody, in an order, as far as they may be seen.
pub(crate) struct RowScan<'a> {
    view: &'a View,
    /// What the evaluator has to decide; none where SQL decides everything.
    filter: Option<Arc<Compiled>>,
    narrowing: Narrowing,
    order: RowOrder,
    /// Whether those come that have no measure.
    unmeasured: bool,
    /// Only these are looked at; none means all.
    only: Option<Vec<TraceKey>>,
    pub(crate) after: Option<Position>,
    /// What may still be spent before the scan stops.
    pub(crate) effort: Effort,
    /// True once everything was looked at.
    pub(crate) finished: bool,
}

/// A row that was found, with where the scan stands after it.
pub(crate) struct FoundRow {
    pub(crate) listed: ListedTrace,
    pub(crate) position: Position,
}

impl<'a> RowScan<'a> {
    /// Begins, or goes on after a position.
    pub(crate) async fn new(view: &'a View, filter: Option<&Expression>, order: RowOrder, after: Option<Position>) -> Result<Self> {
        let context = view.context;
        let filter = filter.map(|filter| view.asked(filter));
        let narrowing = narrowed(view, filter.as_ref(), context, Asked::OfTraceRows).await?;
        let filter = filter.filter(|_| !narrowing.exact).map(|filter| Arc::new(Compiled::of_trace_row(&filter, context)));
        let unmeasured = after.is_some_and(|after| after.value.is_none()) && matches!(order, RowOrder::Measure(_));
        Ok(Self { view, filter, narrowing, order, unmeasured, only: None, after, effort: Effort::page(), finished: false })
    }

    /// The same among some traces, which are a few hundred at most.
    pub(crate) fn among(self, traces: Vec<TraceKey>) -> Self {
        Self { only: Some(traces), ..self }
    }

    /// What SQL decides of the filter, where that is everything: the tables, the condition, and what is bound.
    pub(crate) fn exact(&self) -> Option<(String, Vec<Value>)> {
        let whole = self.filter.is_none() && !self.view.sight.is_blind();
        whole.then(|| self.matching("traces t", "t.project = ? AND t.object = ?", values![self.view.home.short(), self.view.home.key]))
    }

    /// The tables, the condition, and what is bound.
    fn matching(&self, tables: &str, condition: &str, mut bound: Vec<Value>) -> (String, Vec<Value>) {
        // In this order: a database that knows nothing of its tables yet might else begin with the spans of the whole project.
        let (root, joined) = match self.narrowing.about_root {
            true => (" CROSS JOIN spans s", " AND s.project = t.project AND s.key = t.root"),
            false => ("", ""),
        };
        let mut found = String::new();
        if let Some(few) = &self.narrowing.few {
            let (spans, keys) = few.spans();
            found = format!(" AND t.key IN (SELECT x.trace FROM spans x WHERE x.project = ? AND x.key IN ({spans}))");
            bound.extend(values![self.view.home.short()].into_iter().chain(keys));
        }
        bound.extend(self.narrowing.values.iter().cloned());
        (format!("FROM {tables}{root} WHERE {condition}{found}{joined}{}", self.narrowing.text), bound)
    }

    /// The next rows that match, about so many; none at the end or when enough was spent.
    pub(crate) async fn next(&mut self, wanted: usize) -> Result<Option<Vec<FoundRow>>> {
        while !self.finished && !self.effort.is_over() {
            let limit = if self.filter.is_some() { CHUNK } else { wanted.clamp(1, NARROW_CHUNK) };
            let mut rows = self.read(limit).await?;
            let ended = rows.len() < limit;
            let ended = !self.cut(&mut rows) && ended;
            self.after = rows.last().map(|row| row.position).or(self.after);
            if ended {
                self.end();
            }
            // What is hidden counts in no filter.
            self.view.sight.traces(&self.view.snapshot, rows.iter_mut().map(|row| &mut row.listed)).await?;
            let rows = match self.filter.clone() {
                Some(filter) => self.those_that_match(&filter, rows).await?,
                None => {
                    self.effort.spend(rows.len().div_ceil(100), 0, 0);
                    rows
                }
            };
            if !rows.is_empty() {
                return Ok(Some(rows));
            }
        }
        Ok(None)
    }

    /// The same. Where nothing was found yet it goes on for as long as an answer may take, because an empty page says that there is nothing.
    ///
    /// # Errors
    /// When nothing was found by then.
    pub(crate) async fn next_of(&mut self, wanted: usize, nothing_yet: bool) -> Result<Option<Vec<FoundRow>>> {
        let found = self.next(wanted).await?;
        if found.is_some() || self.finished || !nothing_yet {
            return Ok(found);
        }
        self.effort = Effort::whole();
        let found = self.next(wanted).await?;
        if found.is_none() && !self.finished {
            return Err(Problem::invalid("filter", self.how_far()).into());
        }
        self.effort = Effort::page();
        Ok(found)
    }

    /// How far was looked, where that is not to the end.
    pub(crate) fn how_far(&self) -> String {
        let looked = match (&self.order, self.after) {
            (RowOrder::Time { oldest_first }, Some(after)) => {
                let order = if *oldest_first { "older" } else { "newer" };
                format!(": only those {order} than {} were looked at", shared::filter::format_instant(after.after.created))
            }
            (RowOrder::Time { .. } | RowOrder::Measure(_), _) => String::new(),
        };
        format!("Looking at every trace takes too long{looked}. Narrow the filter, for example by created.")
    }

    /// Nothing comes after what was read: then those without a measure come, from their beginning, and then nothing.
    fn end(&mut self) {
        match &self.order {
            RowOrder::Measure(sort) if !self.unmeasured => {
                let before_all = if sort.descending { i64::MAX } else { i64::MIN };
                self.unmeasured = true;
                self.after = Some(Position::after(Place { created: before_all, key: before_all }));
            }
            RowOrder::Measure(_) | RowOrder::Time { .. } => self.finished = true,
        }
    }

    async fn read(&self, limit: usize) -> Result<Vec<FoundRow>> {
        let columns: Vec<_> = COLUMNS.split(", ").map(|column| format!("t.{column}")).collect();
        let columns = columns.join(", ");
        let home = &self.view.home;
        let (mut tables, mut condition) = ("traces t", "t.project = ? AND t.object = ?".to_owned());
        let mut bound = values![home.short(), home.key];
        let mut places = vec!["t.created", "t.key"];
        let descending = match &self.order {
            RowOrder::Time { oldest_first } => !oldest_first,
            RowOrder::Measure(sort) => sort.descending,
        };
        match (&self.order, self.unmeasured) {
            (RowOrder::Time { .. }, _) => {}
            (RowOrder::Measure(TraceSort { by: TraceMeasure::Score(name), .. }), false) => {
                tables = "trace_scores o CROSS JOIN traces t";
                condition = "o.project = ? AND o.object = ? AND o.name = ? AND t.project = o.project AND t.key = o.trace".to_owned();
                bound.extend(values![name.as_str()]);
                places = vec!["o.value", "o.created", "o.trace"];
            }
            (RowOrder::Measure(TraceSort { by: TraceMeasure::Score(name), .. }), true) => {
                condition +=
                    " AND NOT EXISTS (SELECT 1 FROM trace_scores o WHERE o.project = t.project AND o.trace = t.key AND o.name = ?)";
                bound.extend(values![name.as_str()]);
            }
            (RowOrder::Measure(TraceSort { by, .. }), unmeasured) => {
                condition += &format!(" AND {} IS {}NULL", column(by), if unmeasured { "" } else { "NOT " });
                if !unmeasured {
                    places.insert(0, column(by));
                }
            }
        }
        if let Some(only) = &self.only {
            condition += &format!(" AND t.key IN ({})", list(only.len()));
            bound.extend(only.iter().copied().map(Value::from));
        }
        let (sign, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
        if let Some(Position { value, after, .. }) = self.after {
            condition += &format!(" AND ({}) {sign} ({})", places.join(", "), list(places.len()));
            bound.extend(value.map(Value::from).filter(|_| places.len() > 2));
            bound.extend(values![after.created, after.key]);
        }
        let order: Vec<_> = places.iter().map(|place| format!("{place} {direction}")).collect();
        let (matching, bound) = self.matching(tables, &condition, bound);
        let text = format!("SELECT {columns} {matching} ORDER BY {} LIMIT {limit}", order.join(", "));
        let rows = all::<StoredTrace>(&self.view.snapshot, &text, bound).await?;
        let found = rows.into_iter().map(|row| {
            let listed = row.listed()?;
            let position = self.position(&listed);
            Ok(FoundRow { listed, position })
        });
        found.collect()
    }

    /// Where the scan stands after a row, as it is stored.
    fn position(&self, listed: &ListedTrace) -> Position {
        let row = &listed.row;
        let value = match &self.order {
            RowOrder::Time { .. } => None,
            RowOrder::Measure(sort) => match &sort.by {
                TraceMeasure::Score(name) => row.scores.get(name).map(|score| Nano::from_score(score.value).0),
                TraceMeasure::Duration => row.duration,
                TraceMeasure::Tokens => row.tokens,
                TraceMeasure::Cost => row.cost,
                TraceMeasure::Created => Some(row.created),
            },
        };
        Position { value, ..Position::after(row.place()) }
    }

    /// Leaves the first of some rows where their spans are looked at: as many as have no more of them than are looked at in one go, one at
    /// least. Says whether it left any out.
    fn cut(&self, rows: &mut Vec<FoundRow>) -> bool {
        if self.filter.is_none() {
            return false;
        }
        let mut spans = 0;
        let kept = rows.iter().take_while(|row| {
            let begun = spans < MOST_SPANS;
            spans += row.listed.row.spans;
            begun
        });
        let kept = kept.count();
        let cut = kept < rows.len();
        rows.truncate(kept);
        cut
    }

    /// Those of some rows that match.
    async fn those_that_match(&mut self, filter: &Arc<Compiled>, rows: Vec<FoundRow>) -> Result<Vec<FoundRow>> {
        if rows.is_empty() {
            return Ok(rows);
        }
        decided(self.view, &mut self.effort, Deciding::new(Arc::clone(filter), rows)).await
    }
}

/// What becomes of some rows. Their spans are read as often as there are rounds, a part at a time.
async fn decided(view: &View, effort: &mut Effort, mut deciding: Deciding) -> Result<Vec<FoundRow>> {
    let filter = deciding.filter();
    let (rounds, wanted, of_row) = (filter.rounds(), wanted(filter), SpansOfRow::of(filter));
    for _ in 1..rounds {
        deciding = each_span(view, effort, deciding, &wanted, None, Deciding::at_spans).await?;
        deciding.end_round();
    }
    if !of_row.root && rounds == 1 {
        effort.spend(deciding.roots().len(), 0, 0);
    }
    if !of_row.are_none() {
        deciding = each_span(view, effort, deciding, &wanted, Some(of_row), Deciding::at_rows).await?;
    }
    aside(move || deciding.finish()).await
}

/// Reads the spans of some traces, trace by trace: all, or those that their rows need.
async fn each_span(
    view: &View,
    effort: &mut Effort,
    mut deciding: Deciding,
    wanted: &Wanted,
    of_row: Option<SpansOfRow>,
    look: fn(Deciding, Vec<FoundSpan>) -> Result<Deciding>,
) -> Result<Deciding> {
    let conditions = deciding.filter().conditions();
    let (which, more) = of_row.map(|of_row| spans_of_rows(of_row, deciding.roots())).unwrap_or_default();
    let traces: Vec<Value> = deciding.traces().map(Value::from).collect();
    let mut after: Option<(TraceKey, SpanKey)> = None;
    loop {
        let mut condition = format!("s.trace IN ({}){which}", list(traces.len()));
        let mut bound: Vec<Value> = traces.iter().chain(&more).cloned().collect();
        if let Some((trace, key)) = after {
            condition += " AND (s.trace, s.key) > (?, ?)";
            bound.extend(values![trace, key]);
        }
        let order = format!("ORDER BY s.trace, s.key LIMIT {SPANS_AT_ONCE}");
        let read = view.read(&Which { condition, bound, order, waiting: false }, wanted, None).await?;
        let finished = !read.cut && read.spans.len() < SPANS_AT_ONCE;
        effort.spend(read.spans.len(), read.bytes, conditions);
        after = read.spans.last().map(|span| (span.trace(), span.key()));
        deciding = aside(move || look(deciding, read.spans)).await??;
        if finished {
            return Ok(deciding);
        }
    }
}

/// How the values of rows are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValuesAs {
    /// As one line that people read.
    Line,
    /// As JSON.
    Json,
}

/// Tells of rows what expressions come to, as far as there is time. The rows are as they may be seen already.
pub(crate) async fn with_values(view: &View, expressions: &[Expression], rows: Vec<FoundRow>, told_as: ValuesAs) -> Result<Vec<FoundRow>> {
    let asked: Vec<_> = expressions.iter().map(|expression| view.asked(expression)).collect();
    let columns = Arc::new(Compiled::all_of_trace_row(&asked, view.context));
    let (mut effort, mut rows, mut told) = (Effort::page(), rows.into_iter().peekable(), Vec::new());
    while rows.peek().is_some() {
        if effort.is_over() {
            told.extend(rows);
            break;
        }
        let mut spans = 0;
        let mut some = Vec::new();
        while spans < MOST_SPANS
            && some.len() < CHUNK
            && let Some(row) = rows.next()
        {
            spans += row.listed.row.spans;
            some.push(row);
        }
        told.extend(decided(view, &mut effort, Deciding::values(Arc::clone(&columns), some, told_as)).await?);
    }
    Ok(told)
}

/// The condition on spans `s` that rows need, with what is bound.
fn spans_of_rows(of_row: SpansOfRow, roots: Vec<SpanKey>) -> (String, Vec<Value>) {
    if of_row.all {
        return (String::new(), Vec::new());
    }
    let (mut conditions, mut bound) = (Vec::new(), Vec::new());
    if of_row.root {
        conditions.push(format!("s.key IN ({})", list(roots.len())));
        bound.extend(roots.into_iter().map(Value::from));
    }
    if of_row.failed {
        conditions.push("s.error = ?".to_owned());
        bound.push(Value::from(true));
    }
    if of_row.commented {
        conditions.push("s.comments > 0".to_owned());
    }
    if of_row.flagged {
        conditions.push(format!(
            "EXISTS (SELECT 1 FROM span_flags f WHERE f.project = s.project AND f.span = s.key AND f.superseded = {STANDS})"
        ));
    }
    if of_row.answered {
        conditions.push("EXISTS (SELECT 1 FROM answers a WHERE a.project = s.project AND a.span = s.key)".to_owned());
    }
    (format!(" AND ({})", conditions.join(" OR ")), bound)
}
