//! Finding spans by a filter: SQL narrows, the evaluator in `shared` decides, pages go by key.

use crate::content::judgement::{self, Content};
use crate::content::scores::{self, StoredScore};
use crate::ground::body::Object;
use crate::ground::database::{all, one, values};
use crate::ground::places::{Home, bound, project_of};
use crate::ground::time;
use crate::looking::narrowing::{Narrowing, narrow};
use crate::looking::sight::Sight;
use crate::said::comments;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use serde_json::{Map, Value, json};
use shared::filter::{Expression, Fields, Kind, Step, format_instant, holds, walk};
use shared::objects::ObjectKind;
use shared::permissions::Action;
use shared::spans::Place;
use shared::summary::Nano;
use shared::{Micros, ObjectId, Problem, TransactionId};
use std::collections::{BTreeSet, HashMap};

/// Spans read in one query.
const CHUNK: usize = 200;

/// Spans looked at for one answer at most; what is beyond comes with the next page.
pub(crate) const BUDGET: usize = 20_000;

/// Asks for rows of an object.
#[derive(Clone, Debug)]
pub struct RowSearch {
    /// Where.
    pub object: ObjectId,
    /// Which; none means all.
    pub filter: Option<Expression>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Continue after this place.
    pub after: Option<Place>,
    /// Rows wanted; with `whole_traces`, traces.
    pub limit: u32,
    /// All spans of every trace that has one that matches.
    pub whole_traces: bool,
    /// As the rows were when this transaction was the newest; none means now.
    pub version: Option<TransactionId>,
}

impl RowSearch {
    /// The newest rows of an object.
    pub fn of(object: ObjectId) -> Self {
        Self { object, filter: None, oldest_first: false, after: None, limit: 1000, whole_traces: false, version: None }
    }
}

/// A page of rows.
#[derive(Clone, Debug, Default)]
pub struct FoundRows {
    /// In the form of the wire protocol.
    pub rows: Vec<Value>,
    /// Where the next page begins; none at the end.
    pub next: Option<Place>,
}

impl Desk {
    /// A page of rows in the form of the wire protocol.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn search_rows(&self, search: RowSearch) -> Result<FoundRows> {
        self.require(Action::Read)?;
        let home = self.find_object(&search.object).await?;
        let snapshot = self.store.snapshot().await?;
        if let Some(after) = search.after {
            require_own(&snapshot, &home, after).await?;
        }
        let organization = self.store.organization_id();
        let limit = search.limit as usize;
        let mut found = FoundRows::default();
        let mut traces = BTreeSet::new();
        let mut taken = 0;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        let mut scan = Scan::new(&home, &sight, search.filter.as_ref(), search.oldest_first, search.after);
        // A row on the wire carries its comments, whatever the filter asks.
        scan.comments = true;
        scan.version = search.version;
        // The spans of a trace are where their rows are, and those may be deleted by now: row by row.
        let whole_traces = search.whole_traces && search.version.is_none();
        while let Some(spans) = scan.next(&snapshot).await? {
            for span in spans {
                let known = whole_traces && traces.contains(&span.trace());
                if taken == limit && !known {
                    return Ok(found);
                }
                found.next = Some(span.place());
                if !whole_traces {
                    taken += 1;
                    found.rows.push(span.wire(&home, &organization));
                } else if traces.insert(span.trace()) {
                    let spans =
                        load(&snapshot, &sight, "s.project = ? AND s.trace = ?", bound(&[span.trace()]), "ORDER BY s.created, s.key", true)
                            .await?;
                    if !spans.iter().any(|span| scan.has_passed(span)) {
                        taken += 1;
                        found.rows.extend(spans.iter().map(|span| span.wire(&home, &organization)));
                    }
                }
            }
        }
        found.next = if scan.finished { None } else { scan.after };
        Ok(found)
    }

    /// How many rows match.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown object.
    pub async fn count_rows(&self, object: &ObjectId, filter: Option<&Expression>) -> Result<i64> {
        self.require(Action::Read)?;
        let home = self.find_object(object).await?;
        let snapshot = self.store.snapshot().await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        let mut scan = Scan::new(&home, &sight, filter, false, None);
        scan.budget = usize::MAX;
        let mut count = 0;
        while let Some(spans) = scan.next(&snapshot).await? {
            count += i64::try_from(spans.len()).unwrap_or(0);
        }
        Ok(count)
    }
}

/// Spans that match for somebody, chunk by chunk, in the order of time.
pub(crate) struct Scan<'a> {
    sight: &'a Sight,
    object: i64,
    filter: Option<&'a Expression>,
    narrowing: Narrowing,
    comments: bool,
    oldest_first: bool,
    began: Option<Place>,
    after: Option<Place>,
    version: Option<TransactionId>,
    now: Micros,
    /// Spans that may still be looked at.
    pub(crate) budget: usize,
    /// True once everything was looked at.
    pub(crate) finished: bool,
}

impl<'a> Scan<'a> {
    /// Begins after a place.
    pub(crate) fn new(home: &Home, sight: &'a Sight, filter: Option<&'a Expression>, oldest_first: bool, after: Option<Place>) -> Self {
        Self {
            sight,
            object: home.key,
            filter,
            narrowing: narrow(filter, sight),
            comments: filter.is_some_and(mentions_comments),
            oldest_first,
            began: after,
            after,
            version: None,
            now: time::now(),
            budget: BUDGET,
            finished: false,
        }
    }

    /// Whether a span matches and stands before the beginning of this scan, so that an earlier page told of it.
    fn has_passed(&self, span: &FoundSpan) -> bool {
        let passed = |began: Place| if self.oldest_first { span.place() <= began } else { span.place() >= began };
        self.began.is_some_and(passed) && self.filter.is_none_or(|filter| holds(filter, span, self.now))
    }

    /// The next spans that match; none at the end or when the budget is spent.
    pub(crate) async fn next(&mut self, connection: &impl ConnectionTrait) -> Result<Option<Vec<FoundSpan>>> {
        while !self.finished && self.budget > 0 {
            let (sign, order) = if self.oldest_first { (">", "ASC") } else { ("<", "DESC") };
            let (mut condition, mut bound) = match &self.narrowing.root_span_id {
                // The plus keeps SQLite from walking all spans in the order of time when one trace is asked for.
                Some(root) if self.version.is_none() => (
                    "s.project = ? AND +s.object = ? AND s.trace = (SELECT t.key FROM traces t WHERE t.project = ? AND t.object = ? AND t.root_span_id = ?)".to_owned(),
                    values![project_of(self.object), self.object, project_of(self.object), self.object, root.as_str()],
                ),
                _ => ("s.project = ? AND s.object = ?".to_owned(), bound(&[self.object])),
            };
            if let Some(after) = self.after {
                condition += &format!(" AND (s.created, s.key) {sign} (?, ?)");
                bound.extend(values![after.created, after.key]);
            }
            let order = format!("ORDER BY s.created {order}, s.key {order} LIMIT {CHUNK}");
            let mut spans = if let Some(version) = self.version {
                load_as_of(connection, self.sight, version, &condition, bound, &order).await?
            } else {
                condition += &self.narrowing.text;
                bound.extend(self.narrowing.values.iter().cloned());
                load(connection, self.sight, &condition, bound, &order, self.comments).await?
            };
            self.finished = spans.len() < CHUNK;
            self.budget = self.budget.saturating_sub(CHUNK);
            self.after = spans.last().map(FoundSpan::place).or(self.after);
            if let Some(filter) = self.filter {
                spans.retain(|span| holds(filter, span, self.now));
            }
            if !spans.is_empty() {
                return Ok(Some(spans));
            }
        }
        Ok(None)
    }
}

/// Refuses a cursor that was given out for another object: it would skip rows without a word.
async fn require_own(connection: &impl ConnectionTrait, home: &Home, after: Place) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Row {
        object: i64,
    }
    match one::<Row>(connection, "SELECT object FROM spans WHERE project = ? AND key = ?", bound(&[after.key])).await? {
        Some(row) if row.object != home.key => {
            Err(Problem::invalid("cursor", "This cursor is of another object. Begin without one.").into())
        }
        _ => Ok(()),
    }
}

/// Whether a filter needs the texts of comments.
pub(crate) fn mentions_comments(filter: &Expression) -> bool {
    filter.any(&|part| matches!(&part.kind, Kind::Path(path) if path.first().and_then(Step::key) == Some("comments")))
}

#[derive(FromQueryResult)]
struct Narrow {
    key: i64,
    row_id: String,
    trace: i64,
    span_id: String,
    root_span_id: String,
    parent_span_id: Option<String>,
    created: Micros,
    transaction_id: i64,
    comments: i64,
    informed: bool,
    /// The last transaction that said something about it.
    said: Option<i64>,
    body: String,
}

/// A span with its content, read by [`Fields`].
pub(crate) struct FoundSpan {
    narrow: Narrow,
    content: Object,
    scores: Vec<StoredScore>,
    comments: Value,
}

/// Reads spans with their content and scores, as far as somebody may see them. The condition is made of our own text.
pub(crate) async fn load(
    connection: &impl ConnectionTrait,
    sight: &Sight,
    condition: &str,
    bound: Vec<Bound>,
    order: &str,
    with_comments: bool,
) -> Result<Vec<FoundSpan>> {
    let text = format!(
        "SELECT s.key, s.row_id, s.trace, s.span_id, s.root_span_id, s.parent_span_id, s.created, s.transaction_id, s.comments, s.informed, s.said, p.body \
         FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE {condition} {order}"
    );
    let rows = all::<Narrow>(connection, &text, bound).await?;
    let keys: Vec<i64> = rows.iter().map(|row| row.key).collect();
    let seen = sight.of_spans(connection, &keys).await?;
    let mut by_span: HashMap<i64, Vec<StoredScore>> = HashMap::new();
    let mut said = HashMap::new();
    let spoken_of: Vec<i64> = rows.iter().filter(|row| row.said.is_some()).map(|row| row.key).collect();
    for spans in spoken_of.chunks(CHUNK * 2) {
        said.extend(judgement::said(connection, spans, None).await?);
    }
    for keys in keys.chunks(CHUNK * 2) {
        let mut scores = scores::of_spans(connection, keys).await?;
        seen.scores(&mut scores);
        for score in scores {
            by_span.entry(score.span).or_default().push(score);
        }
    }
    let mut spans = Vec::with_capacity(rows.len());
    for narrow in rows {
        let mut texts = Value::Null;
        if with_comments && narrow.comments > 0 {
            let mut comments = comments::of_span(connection, narrow.key).await?;
            seen.comments(narrow.key, &mut comments);
            if !comments.is_empty() {
                texts = comments.iter().map(comment_wire).collect();
            }
        }
        let scores = by_span.remove(&narrow.key).unwrap_or_default();
        let said = said.remove(&narrow.key).unwrap_or_default();
        let content = seen.content(narrow.key, Content::new(&narrow.body, narrow.informed, said))?;
        spans.push(FoundSpan { content, narrow, scores, comments: texts });
    }
    Ok(spans)
}

/// Reads rows as they were when a transaction was the newest: those that have not changed since, and the versions that
/// took their place later. The condition is one on columns that both have.
async fn load_as_of(
    connection: &impl ConnectionTrait,
    sight: &Sight,
    version: TransactionId,
    condition: &str,
    bound: Vec<Bound>,
    order: &str,
) -> Result<Vec<FoundSpan>> {
    const COLUMNS: &str = "s.key, s.row_id, s.span_id, s.root_span_id, s.parent_span_id, s.created, s.transaction_id, s.informed";
    let text = format!(
        "SELECT * FROM (SELECT {COLUMNS}, s.trace, s.comments, s.said, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key \
         WHERE {condition} AND s.transaction_id <= ? UNION ALL \
         SELECT {COLUMNS}, CAST(0 AS BIGINT), CAST(0 AS BIGINT), CAST(NULL AS BIGINT), s.body FROM span_versions s WHERE {condition} AND s.transaction_id <= ? AND s.superseded > ? AND s.body <> '') s {order}"
    );
    let mut both = bound.clone();
    both.extend(values![version.0]);
    both.extend(bound);
    both.extend(values![version.0, version.0]);
    let rows = all::<Narrow>(connection, &text, both).await?;
    let keys: Vec<i64> = rows.iter().map(|row| row.key).collect();
    let seen = sight.of_spans(connection, &keys).await?;
    let (mut said, mut last) = (HashMap::new(), HashMap::new());
    for keys in keys.chunks(CHUNK) {
        said.extend(judgement::said(connection, keys, Some(version)).await?);
        last.extend(judgement::last_said(connection, keys, version).await?);
    }
    let mut spans = Vec::with_capacity(rows.len());
    for mut narrow in rows {
        narrow.said = last.remove(&narrow.key);
        let content = Content::new(&narrow.body, narrow.informed, said.remove(&narrow.key).unwrap_or_default());
        let mut scores = content.scores(narrow.key);
        seen.scores(&mut scores);
        let content = seen.content(narrow.key, content)?;
        spans.push(FoundSpan { scores, content, narrow, comments: Value::Null });
    }
    Ok(spans)
}

fn comment_wire(comment: &shared::comments::Comment) -> Value {
    let author = comment.author.as_ref();
    json!({
        "id": comment.id, "created": format_instant(comment.created), "text": comment.text, "comment": { "text": comment.text },
        "user": author.map(|person| json!({ "id": person.id, "name": person.name, "email": person.email })), "external": comment.external,
    })
}

impl FoundSpan {
    /// Its key.
    pub(crate) fn key(&self) -> i64 {
        self.narrow.key
    }

    /// The trace it belongs to.
    pub(crate) fn trace(&self) -> i64 {
        self.narrow.trace
    }

    /// Its scores.
    pub(crate) fn scores(&self) -> &[StoredScore] {
        &self.scores
    }

    /// Where it stands in the order of time.
    pub(crate) fn place(&self) -> Place {
        Place { created: self.narrow.created, key: self.narrow.key }
    }

    fn score_map(&self, value: impl Fn(&StoredScore) -> Option<i64>) -> Value {
        let scores = self.scores.iter().filter_map(|score| Some((score.name.clone(), json!(Nano(value(score)?).score()))));
        let scores: Map<_, _> = scores.collect();
        if scores.is_empty() { Value::Null } else { Value::Object(scores) }
    }

    /// A top-level column; none where the row has nothing there.
    fn column(&self, name: &str) -> Option<Value> {
        let narrow = &self.narrow;
        Some(match name {
            "id" => json!(narrow.row_id),
            "span_id" => json!(narrow.span_id),
            "root_span_id" => json!(narrow.root_span_id),
            "is_root" => json!(narrow.parent_span_id.is_none()),
            "created" => json!(format_instant(narrow.created)),
            // Whatever changes what is read of a row is a new version of it, also what people say.
            "_xact_id" => json!(narrow.transaction_id.max(narrow.said.unwrap_or_default()).to_string()),
            "_pagination_key" => json!(self.place().to_text()),
            "scores" => self.score_map(|score| score.value),
            "reported" => self.score_map(|score| score.reported),
            "comments" => self.comments.clone(),
            _ => {
                let text = self.content.get(name)?.get();
                let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
                if name == "tags" && value.as_array().is_some_and(Vec::is_empty) { Value::Null } else { value }
            }
        })
    }

    /// The row in the form of the wire protocol.
    pub(crate) fn wire(&self, home: &Home, organization: &str) -> Value {
        let mut row = Map::new();
        for key in ["id", "_xact_id", "_pagination_key", "created", "span_id", "root_span_id", "is_root"] {
            row.insert(key.to_owned(), self.column(key).unwrap_or(Value::Null));
        }
        for key in
            ["input", "output", "expected", "error", "metadata", "tags", "metrics", "context", "span_parents", "span_attributes", "origin"]
        {
            row.insert(key.to_owned(), Value::Null);
        }
        for key in self.content.keys().filter(|key| !["created", "span_id", "root_span_id", "scores"].contains(&key.as_str())) {
            row.insert(key.clone(), self.column(key).unwrap_or(Value::Null));
        }
        row.insert("scores".to_owned(), self.column("scores").filter(|scores| !scores.is_null()).unwrap_or_else(|| json!({})));
        row.insert("comments".to_owned(), self.comments.clone());
        row.insert("project_id".to_owned(), json!(home.project));
        match home.kind {
            ObjectKind::ProjectLogs => {
                row.insert("org_id".to_owned(), json!(organization));
                row.insert("log_id".to_owned(), json!("g"));
            }
            ObjectKind::Experiment => {
                row.insert("experiment_id".to_owned(), json!(home.id));
            }
            ObjectKind::Dataset => {
                row.insert("dataset_id".to_owned(), json!(home.id));
                // A test case has no output; what is null here would only confuse SDKs that know older datasets.
                for key in ["output", "error", "metrics", "scores", "context", "span_attributes"] {
                    if row.get(key).is_none_or(|value| value.is_null() || value.as_object().is_some_and(Map::is_empty)) {
                        row.remove(key);
                    }
                }
            }
        }
        Value::Object(row)
    }
}

impl Fields for FoundSpan {
    fn get(&self, path: &[Step]) -> Option<Value> {
        let (Step::Key(first), rest) = path.split_first()? else { return None };
        let value = self.column(first)?;
        if rest.is_empty() { Some(value) } else { walk(&value, rest).cloned() }
    }
}
