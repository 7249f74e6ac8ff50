//! Spans as a search finds them: the narrow row at once, of the content only what is asked for, and as text.

use crate::Result;
use crate::content::comments::{self, CommentText};
use crate::content::feedback;
use crate::content::given::{self, GivenAnswer};
use crate::content::judgement::{self, Content};
use crate::content::reviews::shown::{self, RowFlags};
use crate::content::scores::{self, StoredScore};
use crate::content::versions::WAITING;
use crate::ground::body::{self, Object};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{self, SpanKey, TraceKey};
use crate::looking::sight::Seen;
use crate::looking::view::View;
use crate::looking::wire::OF_HOME;
use sea_orm::{FromQueryResult, Value as Bound};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use shared::filter::{Fields, format_instant, parse_leniently};
use shared::objects::Place;
use shared::summary::Nano;
use shared::{Micros, TransactionId};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Bytes of content that are read at once; one span at least.
pub(crate) const ROOM: i64 = 8 * 1024 * 1024;

/// Spans whose scores, comments or contents are read in one statement.
const CHUNK: usize = 400;

/// Columns that stand in the narrow row.
const NARROW: [&str; 8] = ["id", "span_id", "root_span_id", "is_root", "arrived", "created", "_xact_id", "_pagination_key"];

/// Columns that people fill, whatever arrived under their names.
const LAID_ON: [&str; 8] = ["scores", "reported", "feedback", "gold", "comments", "answers", "review", "__bt_assignments"];

/// What is read of spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    content: Part,
    scores: bool,
    comments: bool,
    /// What the row shows of its review.
    review: bool,
    /// What reviewers answered.
    answers: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Columns(BTreeSet<String>),
    Whole,
}

impl Default for Part {
    fn default() -> Self {
        Self::Columns(BTreeSet::new())
    }
}

impl Wanted {
    /// All there is.
    pub(crate) fn whole() -> Self {
        Self { content: Part::Whole, scores: true, comments: true, review: true, answers: true }
    }

    /// Only scores.
    pub(crate) fn scores() -> Self {
        Self { scores: true, ..Self::default() }
    }

    /// Some columns.
    pub(crate) fn columns<'name>(names: impl IntoIterator<Item = &'name str>) -> Self {
        let mut wanted = Self::default();
        wanted.add(names);
        wanted
    }

    /// Some columns more.
    pub(crate) fn add<'name>(&mut self, names: impl IntoIterator<Item = &'name str>) {
        for name in names {
            match name {
                "scores" | "reported" | "feedback" | "gold" => self.scores = true,
                "comments" => self.comments = true,
                "review" | "__bt_assignments" => self.review = true,
                "answers" => self.answers = true,
                name if NARROW.contains(&name) || OF_HOME.contains(&name) => {}
                name => {
                    // Flags stand in the metadata of the wire.
                    self.review |= name == "metadata";
                    if let Part::Columns(columns) = &mut self.content {
                        columns.insert(name.to_owned());
                    }
                }
            }
        }
    }

    /// Whether the content of rows is read.
    pub(crate) fn reads_content(&self) -> bool {
        match &self.content {
            Part::Columns(columns) => !columns.is_empty(),
            Part::Whole => true,
        }
    }

    fn wants(&self, column: &str) -> bool {
        match &self.content {
            Part::Columns(columns) => columns.contains(column),
            Part::Whole => true,
        }
    }
}

#[derive(FromQueryResult)]
struct Narrow {
    key: SpanKey,
    row_id: String,
    trace: TraceKey,
    span_id: String,
    root_span_id: String,
    parent_span_id: Option<String>,
    created: Micros,
    transaction_id: i64,
    comments: i64,
    informed: bool,
    /// False for a row that only feedback speaks of.
    arrived: bool,
    /// The last transaction that said something about it.
    said: Option<i64>,
    bytes: i64,
    /// False for a row of an older version that was deleted since.
    present: bool,
}

#[derive(FromQueryResult)]
struct Body {
    span: SpanKey,
    body: String,
}

/// A span with as much of it as was asked for.
pub(crate) struct FoundSpan {
    narrow: Narrow,
    content: Object,
    scores: Vec<StoredScore>,
    comments: Value,
    answers: Value,
    flags: Option<RowFlags>,
}

/// Which spans are read: a condition of our own text on `s`, and an order with a limit.
pub(crate) struct Which {
    pub(crate) condition: String,
    pub(crate) bound: Vec<Bound>,
    pub(crate) order: String,
    /// Those that only feedback speaks of, instead of those that are there.
    pub(crate) waiting: bool,
}

/// Which spans `s` are looked at: those that are there, or those that only feedback speaks of.
pub(crate) fn stands(waiting: bool) -> String {
    format!("s.action {} '{WAITING}'", if waiting { "=" } else { "<>" })
}

/// Spans that were read.
pub(crate) struct Read {
    pub(crate) spans: Vec<FoundSpan>,
    /// Whether there was no room for all of them: those that follow in the order are left out.
    pub(crate) cut: bool,
    /// Bytes of their content.
    pub(crate) bytes: u64,
}

impl View {
    /// Reads spans as far as they may be seen: as many of them as there is room for.
    pub(crate) async fn read(&self, which: &Which, wanted: &Wanted, version: Option<TransactionId>) -> Result<Read> {
        let mut rows = match version {
            Some(version) => self.narrow_as_of(which, version).await?,
            None => self.narrow(which, wanted.reads_content()).await?,
        };
        let kept = fitting(rows.iter().map(|row| row.bytes));
        let cut = kept < rows.len();
        rows.truncate(kept);
        let bytes = rows.iter().map(|row| u64::try_from(row.bytes).unwrap_or(0)).sum();
        let keys: Vec<SpanKey> = rows.iter().map(|row| row.key).collect();
        let mut seen = self.sight.of_spans(&self.snapshot, &keys).await?;
        let spans = match version {
            Some(version) => self.with_content_as_of(rows, version, &mut seen).await?,
            None => self.with_content(rows, &keys, wanted, &seen).await?,
        };
        Ok(Read { spans, cut, bytes })
    }

    async fn narrow(&self, which: &Which, with_content: bool) -> Result<Vec<Narrow>> {
        const COLUMNS: &str = "s.key, s.row_id, s.trace, s.span_id, s.root_span_id, s.parent_span_id, s.created, s.transaction_id, s.comments, \
                               s.informed, s.arrived, s.said";
        let Which { condition, bound, order, waiting } = which;
        let from = format!("FROM spans s WHERE s.project = ? AND {} AND {condition} {order}", stands(*waiting));
        let text = match with_content {
            // Contents are looked up once it is known of which spans: a database that knows nothing of its tables yet might else go
            // through all of them.
            true => format!(
                "SELECT {COLUMNS}, CAST(COALESCE(octet_length(p.body), 0) AS BIGINT) AS bytes, TRUE AS present FROM (SELECT s.project, {COLUMNS} {from}) s \
                 LEFT JOIN span_payloads p ON p.project = s.project AND p.span = s.key {order}"
            ),
            false => format!("SELECT {COLUMNS}, CAST(0 AS BIGINT) AS bytes, TRUE AS present {from}"),
        };
        let bound = values![self.home.short()].into_iter().chain(bound.iter().cloned()).collect();
        all::<Narrow>(&self.snapshot, &text, bound).await
    }

    async fn with_content(&self, rows: Vec<Narrow>, keys: &[SpanKey], wanted: &Wanted, seen: &Seen<'_>) -> Result<Vec<FoundSpan>> {
        let snapshot = &self.snapshot;
        let mut by_span: HashMap<SpanKey, Vec<StoredScore>> = HashMap::new();
        let mut bases: HashMap<SpanKey, Object> = HashMap::new();
        let mut comments: HashMap<SpanKey, Vec<CommentText>> = HashMap::new();
        let mut said = HashMap::new();
        for keys in keys.chunks(CHUNK) {
            if wanted.scores {
                let mut scores = scores::of_spans(snapshot, keys).await?;
                seen.scores(&mut scores);
                for score in scores {
                    by_span.entry(score.span).or_default().push(score);
                }
            }
            if wanted.reads_content() {
                let text = format!("SELECT span, body FROM span_payloads WHERE project = ? AND span IN ({})", list(keys.len()));
                for row in all::<Body>(snapshot, &text, keys::bound(keys)).await? {
                    bases.insert(row.span, body::some(&row.body, |key| wanted.wants(key)).unwrap_or_default());
                }
            }
        }
        if wanted.reads_content() {
            let spoken_of: Vec<SpanKey> = rows.iter().filter(|row| row.said.is_some()).map(|row| row.key).collect();
            for keys in spoken_of.chunks(CHUNK) {
                said.extend(judgement::said(snapshot, keys, None).await?);
            }
        }
        let (mut flags, mut given) = (HashMap::new(), HashMap::new());
        if wanted.answers {
            let spoken_of: Vec<SpanKey> = rows.iter().filter(|row| row.said.is_some()).map(|row| row.key).collect();
            for keys in spoken_of.chunks(CHUNK) {
                given.extend(given::of_spans(snapshot, keys, None).await?);
            }
        }
        if wanted.review {
            let spoken_of: Vec<SpanKey> = rows.iter().filter(|row| row.said.is_some()).map(|row| row.key).collect();
            for keys in spoken_of.chunks(CHUNK) {
                flags.extend(shown::of_spans(snapshot, &self.home.project, keys, None).await?);
            }
        }
        if wanted.comments {
            let commented: Vec<SpanKey> = rows.iter().filter(|row| row.comments > 0).map(|row| row.key).collect();
            for keys in commented.chunks(CHUNK) {
                comments.extend(comments::texts_of_spans(snapshot, keys).await?);
            }
        }
        let mut spans = Vec::with_capacity(rows.len());
        for narrow in rows {
            let mut texts = comments.remove(&narrow.key).unwrap_or_default();
            texts.retain(|comment| seen.comment(narrow.key, comment.author.as_ref().map(|author| &author.id), comment.external.as_deref()));
            let scores = by_span.remove(&narrow.key).unwrap_or_default();
            let base = bases.remove(&narrow.key).unwrap_or_default();
            let said = said.remove(&narrow.key).unwrap_or_default();
            let content = seen.content(narrow.key, Content::of_base(base, narrow.informed, said))?;
            let flags = flags.remove(&narrow.key);
            let content = if wanted.wants("metadata") { flagged(content, flags.as_ref())? } else { content };
            let comments = if texts.is_empty() { Value::Null } else { texts.iter().map(comment_wire).collect() };
            let answers = self.answers(seen, narrow.key, given.remove(&narrow.key).unwrap_or_default());
            spans.push(FoundSpan { content, narrow, scores, comments, answers, flags });
        }
        Ok(spans)
    }

    /// The column of the answers on a span, as far as they may be seen.
    fn answers(&self, seen: &Seen<'_>, span: SpanKey, mut given: Vec<GivenAnswer>) -> Value {
        given.retain(|answer| seen.answer(span, &answer.question));
        given::column(&given, &self.actor.person.id)
    }

    /// Rows as they were when a transaction was the newest: those that have not changed since, and the versions that took their place
    /// later. The condition is one on columns that both have.
    async fn narrow_as_of(&self, which: &Which, version: TransactionId) -> Result<Vec<Narrow>> {
        const COLUMNS: &str = "s.key, s.row_id, s.span_id, s.root_span_id, s.parent_span_id, s.created, s.transaction_id, s.informed";
        let Which { condition, bound, order, .. } = which;
        let text = format!(
            "SELECT * FROM (SELECT {COLUMNS}, s.trace, TRUE AS arrived, CAST(0 AS BIGINT) AS comments, s.said, CAST(octet_length(p.body) AS BIGINT) AS bytes, TRUE AS present \
             FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE s.project = ? AND s.action <> '{WAITING}' AND {condition} AND s.transaction_id <= ? UNION ALL \
             SELECT {COLUMNS}, CAST(0 AS BIGINT), TRUE, CAST(0 AS BIGINT), CAST(NULL AS BIGINT), CAST(octet_length(s.body) AS BIGINT), \
             EXISTS (SELECT 1 FROM spans p WHERE p.project = s.project AND p.key = s.key) FROM span_versions s \
             WHERE s.project = ? AND s.action <> '{WAITING}' AND {condition} AND s.transaction_id <= ? AND s.superseded > ? AND s.body <> '') s {order}"
        );
        let mut both = values![self.home.short()];
        both.extend(bound.iter().cloned());
        both.extend(values![version.0, self.home.short()]);
        both.extend(bound.iter().cloned());
        both.extend(values![version.0, version.0]);
        all::<Narrow>(&self.snapshot, &text, both).await
    }

    async fn with_content_as_of(&self, rows: Vec<Narrow>, version: TransactionId, seen: &mut Seen<'_>) -> Result<Vec<FoundSpan>> {
        let (mut bodies, mut said, mut last, mut flags) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        let mut given = HashMap::new();
        let keys: Vec<SpanKey> = rows.iter().map(|row| row.key).collect();
        let mut heard = feedback::of_spans(&self.snapshot, &keys, Some(version)).await?;
        for keys in keys.chunks(CHUNK) {
            let places = list(keys.len());
            let text = format!(
                "SELECT p.span, p.body FROM spans s JOIN span_payloads p ON p.project = s.project AND p.span = s.key WHERE s.project = ? AND s.key IN ({places}) AND s.transaction_id <= ? \
                 UNION ALL SELECT s.key, s.body FROM span_versions s WHERE s.project = ? AND s.key IN ({places}) AND s.transaction_id <= ? \
                 AND s.superseded > ? AND s.body <> ''"
            );
            let bound = keys::bound(keys).into_iter();
            let bound = bound.clone().chain(values![version.0]).chain(bound).chain(values![version.0, version.0]).collect();
            bodies.extend(all::<Body>(&self.snapshot, &text, bound).await?.into_iter().map(|row| (row.span, row.body)));
            said.extend(judgement::said(&self.snapshot, keys, Some(version)).await?);
            last.extend(judgement::last_said(&self.snapshot, keys, version).await?);
            flags.extend(shown::of_spans(&self.snapshot, &self.home.project, keys, Some(version)).await?);
            given.extend(given::of_spans(&self.snapshot, keys, Some(version)).await?);
        }
        let mut spans = Vec::with_capacity(rows.len());
        for mut narrow in rows {
            narrow.said = last.remove(&narrow.key);
            let body = bodies.remove(&narrow.key).unwrap_or_default();
            let content = Content::new(&body, narrow.informed, said.remove(&narrow.key).unwrap_or_default());
            if !narrow.present {
                seen.hide_gone(narrow.key, narrow.parent_span_id.is_none(), &content.kind());
            }
            let content = content.hearing(heard.remove(&narrow.key).unwrap_or_default());
            let mut scores = content.scores(narrow.key);
            seen.scores(&mut scores);
            let flags = flags.remove(&narrow.key);
            let content = flagged(seen.content(narrow.key, content)?, flags.as_ref())?;
            let answers = self.answers(seen, narrow.key, given.remove(&narrow.key).unwrap_or_default());
            spans.push(FoundSpan { scores, content, narrow, comments: Value::Null, answers, flags });
        }
        Ok(spans)
    }
}

/// Content with what the row shows of its review in its metadata.
fn flagged(mut content: Object, flags: Option<&RowFlags>) -> Result<Object> {
    let stands = content.get("metadata");
    if flags.is_none() && stands.is_none() {
        return Ok(content);
    }
    if let Some(metadata) = shown::lay_on(stands, flags)? {
        content.insert("metadata".to_owned(), metadata);
    }
    Ok(content)
}

/// How many of the first rows there is room for; one at least.
fn fitting(sizes: impl Iterator<Item = i64>) -> usize {
    let mut room = ROOM;
    let fits = |bytes: &i64| {
        room -= *bytes;
        room >= 0
    };
    let mut sizes = sizes.peekable();
    let any = sizes.peek().is_some();
    sizes.take_while(fits).count().max(usize::from(any))
}

fn comment_wire(comment: &CommentText) -> Value {
    let author = comment.author.as_ref();
    json!({
        "id": comment.id, "created": format_instant(comment.created), "text": comment.text, "comment": { "text": comment.text },
        "user": author.map(|person| json!({ "id": person.id, "name": person.name, "email": person.email })), "external": comment.external,
    })
}

impl FoundSpan {
    /// Its key.
    pub(crate) fn key(&self) -> SpanKey {
        self.narrow.key
    }

    /// The trace it belongs to.
    pub(crate) fn trace(&self) -> TraceKey {
        self.narrow.trace
    }

    /// Its row id.
    pub(crate) fn row_id(&self) -> &str {
        &self.narrow.row_id
    }

    /// Whether it has no parent.
    pub(crate) fn is_root(&self) -> bool {
        self.narrow.parent_span_id.is_none()
    }

    /// Bytes of its content.
    pub(crate) fn bytes(&self) -> u64 {
        u64::try_from(self.narrow.bytes).unwrap_or(0)
    }

    /// Its scores.
    pub(crate) fn scores(&self) -> &[StoredScore] {
        &self.scores
    }

    /// Its content, each value as the text that arrived.
    pub(crate) fn content(&self) -> &Object {
        &self.content
    }

    /// Where it stands in the order of time.
    pub(crate) fn place(&self) -> Place {
        Place { created: self.narrow.created, key: self.narrow.key.into() }
    }

    fn score_map(&self, value: impl Fn(&StoredScore) -> Option<i64>) -> Value {
        let scores = self.scores.iter().filter_map(|score| Some((score.name.clone(), json!(Nano(value(score)?).score()))));
        let scores: Map<_, _> = scores.collect();
        if scores.is_empty() { Value::Null } else { Value::Object(scores) }
    }
}

impl Fields for FoundSpan {
    fn column(&self, name: &str) -> Option<Cow<'_, Value>> {
        let narrow = &self.narrow;
        Some(match name {
            "id" => Cow::Owned(json!(narrow.row_id)),
            "span_id" => Cow::Owned(json!(narrow.span_id)),
            "root_span_id" => Cow::Owned(json!(narrow.root_span_id)),
            "is_root" => Cow::Owned(json!(self.is_root())),
            "arrived" => Cow::Owned(json!(narrow.arrived)),
            "created" => Cow::Owned(json!(format_instant(narrow.created))),
            // Whatever changes what is read of a row is a new version of it, also what people say.
            "_xact_id" => Cow::Owned(json!(narrow.transaction_id.max(narrow.said.unwrap_or_default()).to_string())),
            "_pagination_key" => Cow::Owned(json!(self.place().to_text())),
            "scores" => Cow::Owned(self.score_map(|score| score.value)),
            "reported" => Cow::Owned(self.score_map(|score| score.reported)),
            "feedback" => Cow::Owned(self.score_map(StoredScore::feedback)),
            "gold" => Cow::Owned(self.score_map(|score| score.gold)),
            "comments" => Cow::Borrowed(&self.comments),
            "answers" => Cow::Borrowed(&self.answers),
            "review" => Cow::Borrowed(self.flags.as_ref()?.review()),
            "__bt_assignments" => Cow::Owned(self.flags.as_ref()?.assignments()),
            _ => Cow::Owned(read(self.content.get(name)?)),
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        if NARROW.contains(&name) || LAID_ON.contains(&name) { None } else { self.content.get(name).map(|value| value.get()) }
    }
}

/// A value as an expression sees it.
pub(crate) fn read(raw: &RawValue) -> Value {
    parse_leniently(raw.get()).unwrap_or_else(|| Value::String(raw.get().to_owned()))
}
