//! The rows of one object and everything stored about their spans, changed in memory.

use super::row::bounds::check_counts;
use super::row::{FIXED, Row, RowOperation};
use super::voices::Voice;
use crate::content::inputs;
use crate::content::versions::{DELETE, MERGE, Seal, Sealed, UPSERT, WAITING};
use crate::ground::body::same;
use crate::ground::body::{self, Object, Paths, Raw, Removals};
use crate::ground::database::{all, list, values};
use crate::ground::keys::{self, Key, SpanKey, TraceKey};
use crate::ground::places::Home;
use crate::writing::writer::Change;
use crate::{Error, RejectedRow, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde_json::value::RawValue;
use shared::audit::{Deed, Source, Subject};
use shared::{Micros, PersonId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Characters of a preview in a list.
const PREVIEW: usize = 160;

/// Ids in one query.
pub(crate) const CHUNK: usize = 400;

/// The narrow row of a span, as it is stored.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub(crate) struct Narrow {
    pub(crate) key: SpanKey,
    pub(crate) row_id: String,
    pub(crate) trace: TraceKey,
    pub(crate) span_id: String,
    pub(crate) root_span_id: String,
    pub(crate) parent_span_id: Option<String>,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) created: Micros,
    pub(crate) transaction_id: i64,
    pub(crate) action: String,
    pub(crate) written_by: Option<String>,
    pub(crate) started: Option<Micros>,
    pub(crate) ended: Option<Micros>,
    pub(crate) tokens: Option<i64>,
    pub(crate) cost: Option<i64>,
    pub(crate) error: bool,
    pub(crate) arrived: bool,
    pub(crate) digest: Option<i64>,
    pub(crate) input_digest: Option<i64>,
    pub(crate) comments: i64,
    /// Whether `expected` was written by a person who saw what others had said there.
    pub(crate) informed: bool,
    pub(crate) input: String,
    pub(crate) output: String,
}

/// The columns of [`Narrow`].
const NARROW: &str = "key, row_id, trace, span_id, root_span_id, parent_span_id, name, kind, created, \
                                 transaction_id, action, written_by, started, ended, tokens, cost, error, arrived, digest, input_digest, comments, informed, input, output";

/// A span while the batch is applied.
pub(super) struct Span {
    pub(super) narrow: Narrow,
    pub(super) content: Object,
    /// How it stood before the batch; none for a new one.
    pub(super) before: Option<(Narrow, Sealed)>,
    pub(super) deleted: bool,
    /// The digest of the last full write before it was deleted, in this batch or before it.
    pub(super) tombstone: Option<i64>,
    pub(super) changed: bool,
}

/// A comment that came with the batch.
pub(super) struct NewComment {
    pub(super) id: String,
    pub(super) row_id: String,
    pub(super) text: String,
    pub(super) created: Micros,
    pub(super) source: Source,
    pub(super) external: Option<String>,
}

/// A change that belongs into the activity.
pub(super) struct Noted {
    pub(super) row_id: String,
    pub(super) action: Deed,
    pub(super) path: Subject,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) source: Source,
    pub(super) external: Option<String>,
}

/// See the module.
pub(super) struct Batch {
    pub(super) home: Home,
    /// What its inputs are digested with.
    pub(super) salt: Vec<u8>,
    /// The transaction that holds what the batch changes; 0 until it is known to change something.
    pub(super) transaction: i64,
    pub(super) actor: PersonId,
    pub(super) now: Micros,
    pub(super) spans: HashMap<String, Span>,
    pub(super) comments: Vec<NewComment>,
    pub(super) noted: Vec<Noted>,
    /// What end users say as scores, by row, voice and name.
    pub(super) voices: BTreeMap<(String, String, String), Voice>,
    /// Rows that were deleted before the batch, with the digests of their last full writes.
    tombstones: HashMap<String, Option<i64>>,
    next_key: SpanKey,
}

impl Batch {
    /// Reads what is stored about the spans of the rows.
    pub(super) async fn load<'a>(
        change: &mut Change,
        home: Home,
        actor: &PersonId,
        rows: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self> {
        #[derive(FromQueryResult)]
        struct Payload {
            span: SpanKey,
            body: String,
            salt: Option<Vec<u8>>,
            digest: Option<Vec<u8>>,
        }
        let mut ids: Vec<&str> = rows.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut spans = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(CHUNK) {
            let mut bound = values![home.short(), home.key];
            bound.extend(ids.iter().map(|id| Value::from(*id)));
            let text = format!("SELECT {NARROW} FROM spans WHERE project = ? AND object = ? AND row_id IN ({})", list(ids.len()));
            let stored = all::<Narrow>(&change.transaction, &text, bound).await?;
            if stored.is_empty() {
                continue;
            }
            let keys: Vec<_> = stored.iter().map(|span| span.key).collect();
            let text = format!("SELECT span, body, salt, digest FROM span_payloads WHERE project = ? AND span IN ({})", list(keys.len()));
            let payloads = all::<Payload>(&change.transaction, &text, keys::bound(&keys)).await?;
            let mut payloads: HashMap<_, _> = payloads.into_iter().map(|payload| (payload.span, payload)).collect();
            for narrow in stored {
                let payload =
                    payloads.remove(&narrow.key).ok_or_else(|| Error::Corrupt(format!("the content of row {}", narrow.row_id)))?;
                let content = body::object(&payload.body).unwrap_or_default();
                let seal = payload.salt.zip(payload.digest).map(|(salt, digest)| Seal { salt, digest });
                let before = Some((narrow.clone(), Sealed { body: payload.body, seal }));
                let span = Span { before, content, narrow, deleted: false, tombstone: None, changed: false };
                spans.insert(span.narrow.row_id.clone(), span);
            }
        }
        let missing: Vec<&str> = ids.into_iter().filter(|id| !spans.contains_key(*id)).collect();
        let tombstones = tombstones(&change.transaction, &home, &missing).await?;
        let missing = i64::try_from(missing.len()).unwrap_or(0);
        let next_key = if missing > 0 { change.take(&home.project, missing).await? } else { SpanKey::NONE };
        let salt = inputs::salt(&change.transaction, &home).await?;
        Ok(Self { spans, tombstones, next_key, ..Self::of_nothing(home, salt, actor.clone(), change.now) })
    }

    /// Without any row yet.
    pub(super) fn of_nothing(home: Home, salt: Vec<u8>, actor: PersonId, now: Micros) -> Self {
        Self {
            salt,
            home,
            transaction: 0,
            actor,
            now,
            spans: HashMap::new(),
            comments: Vec::new(),
            noted: Vec::new(),
            voices: BTreeMap::new(),
            tombstones: HashMap::new(),
            next_key: SpanKey::NONE,
        }
    }

    /// Applies the rows in the order in which they were sent. Returns those that cannot be, and why.
    pub(super) fn apply(&mut self, rows: Vec<(usize, Row)>) -> Result<Vec<RejectedRow>> {
        let mut rejected = Vec::new();
        for (index, row) in rows {
            let id = row.id.clone();
            if let Err(reason) = self.apply_row(row)? {
                rejected.push(RejectedRow { index, id: Some(id), reason });
            }
        }
        Ok(rejected)
    }

    /// Whether what was said about a row waits for the row itself.
    pub(super) fn is_waiting(&self, row_id: &str) -> bool {
        self.spans.get(row_id).is_some_and(|span| !span.narrow.arrived && !span.deleted)
    }

    /// Refuses what would be said about a row that was deleted.
    fn check_there(&self, row: &Row) -> std::result::Result<(), String> {
        let id = row.span();
        let deleted = self.spans.get(id).map_or_else(|| self.tombstones.contains_key(id), |span| span.deleted);
        match row.act {
            RowOperation::Comment { .. } | RowOperation::Merge { .. } if deleted => {
                Err(format!("Row {id} was deleted. Send the whole row again, without _is_merge, if it should be there."))
            }
            RowOperation::Comment { .. } | RowOperation::Merge { .. } | RowOperation::Replace { .. } | RowOperation::Delete => Ok(()),
        }
    }

    /// Refuses what would come to too much together with what is there.
    fn check_sum(&self, row: &Row) -> Result<std::result::Result<(), String>> {
        let none = Object::new();
        let there = self.spans.get(row.span()).filter(|span| !span.deleted);
        let stored = there.map_or(&none, |span| &span.content);
        Ok(match &row.act {
            RowOperation::Merge { content, paths, remove, .. } if content.contains_key("scores") || content.contains_key("tags") => {
                check_counts(&counted(stored, content, paths, remove)?)
            }
            RowOperation::Replace { content, .. } if there.is_some_and(|span| span.narrow.digest.is_none()) => {
                check_counts(&counted(content, stored, &Paths::default(), &Removals::default())?)
            }
            RowOperation::Merge { .. } | RowOperation::Replace { .. } | RowOperation::Comment { .. } | RowOperation::Delete => Ok(()),
        })
    }

    /// Says of a row whether its `expected` is from now on what a person wrote who saw what others had said there.
    pub(super) fn inform(&mut self, row: &str, informed: bool) {
        if let Some(span) = self.spans.get_mut(row) {
            span.narrow.informed = informed;
        }
    }

    fn apply_row(&mut self, row: Row) -> Result<std::result::Result<(), String>> {
        let now = self.now;
        let span_id = row.span().to_owned();
        if matches!(row.act, RowOperation::Delete) && !self.spans.contains_key(&span_id) {
            return Ok(Ok(()));
        }
        if let Err(reason) = self.check_there(&row) {
            return Ok(Err(reason));
        }
        if let Err(reason) = self.check_sum(&row)? {
            return Ok(Err(reason));
        }
        let tombstone = self
            .spans
            .get(&span_id)
            .map_or_else(|| self.tombstones.get(&span_id).copied().flatten(), |span| span.tombstone.filter(|_| span.deleted));
        if matches!(row.act, RowOperation::Replace { digest, .. } if tombstone == Some(digest)) {
            // Sent again after it was deleted: the deletion holds.
            return Ok(Ok(()));
        }
        let next_key = &mut self.next_key;
        let span = self.spans.entry(span_id.clone()).or_insert_with(|| {
            let key = *next_key;
            *next_key = key.next();
            Span { tombstone, ..Span::new(key, &span_id, now) }
        });
        let source = row.source.unwrap_or(Source::Api);
        let waits = row.waits();
        match row.act {
            RowOperation::Delete => {
                span.content.clear();
                span.tombstone = span.narrow.digest.take().or(span.tombstone);
                span.write(DELETE);
            }
            RowOperation::Comment { text, created, .. } => {
                self.comments.push(NewComment {
                    id: row.id,
                    row_id: span_id,
                    text,
                    created: created.unwrap_or(now),
                    source,
                    external: row.external,
                });
            }
            RowOperation::Replace { digest, .. } if span.narrow.digest == Some(digest) && !span.deleted => {
                // The same row sent again, perhaps after later merges: it is here already.
            }
            RowOperation::Replace { mut content, created, digest } => {
                let sent = content.get("expected").cloned();
                if span.narrow.digest.is_some() {
                    note(&mut self.noted, &span_id, (&span.content, &content), row.source, row.external.as_deref());
                } else {
                    // What came before the whole row lies on top of it, but for where it belongs. A null says nothing: it may be all
                    // that lies under an answer.
                    span.content.retain(|key, value| !(body::is_null(value) || FIXED.contains(&key.as_str()) && content.contains_key(key)));
                    body::merge(&mut content, std::mem::take(&mut span.content), &Paths::default())?;
                }
                span.content = content;
                span.reconsider(sent.as_deref());
                span.narrow.created = created.unwrap_or(if span.before.is_some() { span.narrow.created } else { now });
                span.narrow.digest = Some(digest);
                span.narrow.arrived = true;
                span.write(UPSERT);
            }
            RowOperation::Merge { mut content, feedback, created, paths, remove, told } => {
                let is_placed = span.narrow.digest.is_some() || span.content.contains_key("span_id");
                if is_placed {
                    content.retain(|key, _| !FIXED.contains(&key.as_str()));
                } else if let Some(created) = created {
                    span.narrow.created = created;
                }
                // What comes before the span itself, or with it, is no edit of it.
                let is_edit = span.narrow.arrived || row.source.is_some();
                span.narrow.arrived |= !waits;
                let judged = |(key, _): &(&String, &Raw)| JUDGED.contains(&key.as_str());
                let before: Object = span.content.iter().filter(judged).map(|(key, value)| (key.clone(), value.clone())).collect();
                let sent = content.get("expected").cloned();
                body::merge(&mut span.content, content, &paths)?;
                body::remove(&mut span.content, &remove)?;
                span.reconsider(sent.as_deref());
                if is_edit && !told {
                    note(&mut self.noted, &span_id, (&before, &span.content), row.source, row.external.as_deref());
                }
                span.write(MERGE);
                self.say(&span_id, row.external, feedback);
            }
        }
        Ok(Ok(()))
    }
}

/// What a merge makes of the fields whose size is bounded.
fn counted(stored: &Object, new: &Object, paths: &Paths, remove: &Removals) -> Result<Object> {
    let bounded = |content: &Object| {
        let fields = ["scores", "tags"].into_iter().filter_map(|key| Some((key.to_owned(), content.get(key)?.clone())));
        fields.collect::<Object>()
    };
    let mut counted = bounded(stored);
    body::merge(&mut counted, bounded(new), paths)?;
    body::remove(&mut counted, remove)?;
    Ok(counted)
}

/// Of the rows that are not there, those that were deleted, with the digests of their last full writes.
async fn tombstones(connection: &impl ConnectionTrait, home: &Home, ids: &[&str]) -> Result<HashMap<String, Option<i64>>> {
    #[derive(FromQueryResult)]
    struct Deleted {
        row_id: String,
        body: String,
    }
    let mut tombstones = HashMap::new();
    for ids in ids.chunks(CHUNK) {
        let mut bound = values![home.short(), home.key];
        bound.extend(ids.iter().map(|id| Value::from(*id)));
        bound.extend(values![DELETE]);
        let text = format!(
            "SELECT row_id, body FROM span_versions WHERE project = ? AND object = ? AND row_id IN ({}) AND action = ? ORDER BY row_id, transaction_id",
            list(ids.len())
        );
        let deleted = all::<Deleted>(connection, &text, bound).await?;
        tombstones.extend(deleted.into_iter().map(|row| (row.row_id, row.body.parse().ok())));
    }
    Ok(tombstones)
}

/// Keys of an object that the activity tells one by one; of more it tells the whole object.
const MOST_TOLD: usize = 100;

/// The fields of a row that people judge by.
const JUDGED: [&str; 4] = ["expected", "tags", "scores", "metadata"];

/// Notes what rows change in the fields that people judge by: what stood there before, and what stands there now. Where no source is told,
/// a client may still be writing the span piece by piece, so only what stood there already was edited.
fn note(noted: &mut Vec<Noted>, row_id: &str, (before, after): (&Object, &Object), source: Option<Source>, external: Option<&str>) {
    let mut push = |path: Subject, from: Option<&Raw>, to: Option<&Raw>| {
        let [from, to] = [from, to].map(|value| value.filter(|value| !body::is_null(value)).map(|value| value.get().to_owned()));
        if (source.is_some() || from.is_some()) && !same(from.as_deref(), to.as_deref()) {
            let (source, external) = (source.unwrap_or(Source::Api), external.map(str::to_owned));
            noted.push(Noted { row_id: row_id.to_owned(), action: Deed::Merge, path, from, to, source, external });
        }
    };
    for key in JUDGED {
        let (from, to) = (before.get(key), after.get(key));
        let named: fn(String) -> Subject = match key {
            "scores" => Subject::Score,
            "metadata" => Subject::Metadata,
            whole => {
                push(Subject::from(whole.to_owned()), from, to);
                continue;
            }
        };
        let [old, new] = [from, to].map(|value| value.and_then(|value| body::object(value.get())).unwrap_or_default());
        let names: BTreeSet<_> = old.keys().chain(new.keys()).filter(|name| !is_same(old.get(*name), new.get(*name))).collect();
        if names.len() > MOST_TOLD {
            push(Subject::from(key.to_owned()), from, to);
            continue;
        }
        for name in names {
            push(named(name.replace('\0', "\u{fffd}")), old.get(name), new.get(name));
        }
    }
}

fn is_same(one: Option<&Raw>, other: Option<&Raw>) -> bool {
    same(one.map(|value| value.get()), other.map(|value| value.get()))
}

impl Span {
    fn new(key: SpanKey, row_id: &str, now: Micros) -> Self {
        let narrow = Narrow {
            key,
            row_id: row_id.to_owned(),
            trace: TraceKey::NONE,
            span_id: row_id.to_owned(),
            root_span_id: row_id.to_owned(),
            parent_span_id: None,
            name: String::new(),
            kind: String::new(),
            created: now,
            transaction_id: 0,
            action: MERGE.to_owned(),
            written_by: None,
            started: None,
            ended: None,
            tokens: None,
            cost: None,
            error: false,
            arrived: false,
            digest: None,
            input_digest: None,
            comments: 0,
            informed: false,
            input: String::new(),
            output: String::new(),
        };
        Self { narrow, content: Object::new(), before: None, deleted: false, tombstone: None, changed: true }
    }

    /// What the API writes to `expected` is nobody's secret, unless a part of what a person wrote there is left.
    fn reconsider(&mut self, sent: Option<&RawValue>) {
        let stands = self.content.get("expected").filter(|value| !body::is_null(value)).map(|value| value.get());
        self.narrow.informed &= stands.is_some() && !sent.is_some_and(|sent| same(Some(sent.get()), stands));
    }

    fn write(&mut self, action: &str) {
        action.clone_into(&mut self.narrow.action);
        (self.deleted, self.changed) = (action == DELETE, true);
    }

    /// Whether lists and counts hold it.
    pub(super) fn is_listed(&self) -> bool {
        self.narrow.arrived && !self.deleted
    }

    /// Whether they held it before the batch.
    pub(super) fn was_listed(&self) -> bool {
        self.before.as_ref().is_some_and(|(before, _)| before.arrived)
    }

    /// Whether everything stands as it did before the batch, because the same was sent again.
    pub(super) fn is_as_before(&self) -> Result<bool> {
        let Some((narrow, content)) = self.before.as_ref().filter(|_| !self.deleted) else { return Ok(false) };
        let digest = narrow.digest.and(self.narrow.digest);
        let narrow = Narrow { action: self.narrow.action.clone(), digest, ..narrow.clone() };
        Ok(narrow == self.narrow && content.body == body::text(&self.content)?)
    }

    /// Whether lists and indexes find it where they found it before the batch.
    pub(super) fn stays(&self) -> bool {
        self.before.as_ref().is_some_and(|(before, _)| (before.trace, before.created) == (self.narrow.trace, self.narrow.created))
    }

    /// Brings the narrow row in line with the content.
    pub(super) fn refresh(&mut self, salt: &[u8]) {
        let content = &self.content;
        let narrow = &mut self.narrow;
        let clean = |text: String| text.replace('\0', "\u{fffd}");
        narrow.span_id = body::read(content, "span_id").map_or_else(|| narrow.row_id.clone(), clean);
        narrow.root_span_id = body::read(content, "root_span_id").map_or_else(|| narrow.span_id.clone(), clean);
        narrow.parent_span_id =
            body::read::<Vec<String>>(content, "span_parents").and_then(|parents| parents.into_iter().next()).map(clean);
        let attributes = content.get("span_attributes").and_then(|value| body::object(value.get())).unwrap_or_default();
        narrow.name = body::read(&attributes, "name").map(clean).unwrap_or_default();
        narrow.kind = body::read(&attributes, "type").map(clean).unwrap_or_default();
        let metrics = content.get("metrics").and_then(|value| body::object(value.get())).unwrap_or_default();
        let seconds = |key: &str| body::read::<f64>(&metrics, key).map(|seconds| (seconds * 1e6).round() as Micros);
        (narrow.started, narrow.ended) = (seconds("start"), seconds("end"));
        narrow.tokens = shared::spans::tokens(|key| body::read(&metrics, key));
        narrow.cost = shared::spans::cost(|key| body::read(&metrics, key));
        if !narrow.arrived && !self.deleted {
            WAITING.clone_into(&mut narrow.action);
        }
        narrow.error = content.get("error").is_some_and(|error| !body::is_null(error));
        let preview = |key: &str| content.get(key).filter(|value| !body::is_null(value)).map(|value| render::preview(value.get(), PREVIEW));
        let input = content.get("input").filter(|value| narrow.parent_span_id.is_none() && !body::is_null(value));
        narrow.input_digest = input.map(|input| inputs::digest(salt, input.get()));
        narrow.input = preview("input").unwrap_or_default();
        narrow.output = preview("output").or_else(|| preview("error")).unwrap_or_default();
    }
}
