//! Writing a batch: narrow rows, payloads, scores, tags, comments and activity, then the traces and the summary.

use super::batch::{Batch, CHUNK, Narrow, NewComment, Noted, Span};
use crate::Result;
use crate::content::feedback::{self, Heard, NewFeedback};
use crate::content::scores::{self, StoredScore};
use crate::content::traces::{self, Effect, SpanOfTrace};
use crate::content::versions;
use crate::content::versions::{Sealed, Superseded};
use crate::content::words;
use crate::ground::body;
use crate::ground::database::{all, list, run, values};
use crate::ground::keys::{Key, ObjectKey, SpanKey, TraceKey, bound};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insert_all, upsert_all};
use crate::writing::activity::{NewActivity, record};
use crate::writing::writer::Change;
use indexmap::IndexSet;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::audit::{Deed, Source, Subject};
use shared::live::TouchedPart;
use shared::summary::Nano;
use shared::{PersonId, RowId};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A span that is written or deleted, with its content sealed.
struct Written<'a> {
    span: &'a Span,
    content: Sealed,
}

impl From<&Narrow> for SpanOfTrace {
    fn from(span: &Narrow) -> Self {
        Self {
            key: span.key,
            trace: span.trace,
            row_id: span.row_id.clone(),
            span_id: span.span_id.clone(),
            root_span_id: span.root_span_id.clone(),
            parent_span_id: span.parent_span_id.clone(),
            name: span.name.clone(),
            created: span.created,
            started: span.started,
            ended: span.ended,
            tokens: span.tokens,
            cost: span.cost,
            error: span.error,
            comments: span.comments,
            input: span.input.clone(),
            output: span.output.clone(),
        }
    }
}

impl Home {
    /// The id under which a comment that was sent is kept; none if it is here already. Ids of comments are unique in a
    /// project, while whoever sends them knows only their own object: what has the id of a comment elsewhere is kept under that
    /// of the object and its own.
    async fn free_comment_id(&self, connection: &impl ConnectionTrait, sent: &str) -> Result<Option<String>> {
        #[derive(FromQueryResult)]
        struct Taken {
            object: ObjectKey,
        }
        let own = format!("{}.{sent}", self.id);
        let text = "SELECT object FROM comments WHERE project = ? AND id IN (?, ?)";
        let taken = all::<Taken>(connection, text, values![self.short(), sent, own.as_str()]).await?;
        if taken.iter().any(|comment| comment.object == self.key) {
            return Ok(None);
        }
        Ok(Some(if taken.is_empty() { sent.to_owned() } else { own }))
    }
}

impl Batch {
    /// Writes what the rows changed, and publishes it. What changes nothing is no transaction and tells nobody.
    ///
    /// Returns the transaction that holds the rows: one from before where they say nothing new.
    pub(super) async fn write(mut self, change: &mut Change) -> Result<i64> {
        for span in self.spans.values_mut().filter(|span| span.changed) {
            span.refresh(&self.salt);
            span.changed = !span.is_as_before()?;
        }
        self.forget_what_never_was();
        self.leave_out_known_comments(change).await?;
        if self.comments.is_empty() && self.noted.is_empty() && !self.spans.values().any(|span| span.changed) {
            let newest = self.spans.values().map(|span| span.narrow.transaction_id).max().unwrap_or(0);
            return Ok(newest.max(change.last_transaction(&self.home.project).await?));
        }
        self.transaction = change.transaction_id(&self.home.project).await?;
        for span in self.spans.values_mut().filter(|span| span.changed) {
            span.narrow.transaction_id = self.transaction;
            span.narrow.written_by = Some(self.actor.0.clone());
        }
        let mut effect = Effect::new(&self.home);
        let new = self.place_in_traces(change, &mut effect).await?;
        self.write_spans(change).await?;
        let spoken = self.write_feedback(change).await?;
        let scores = self.write_scores(change, &mut effect).await?;
        let tags = self.write_tags(change).await?;
        self.write_values(change).await?;
        let commented = self.write_comments(change).await?;
        self.note_words(change, &commented).await?;
        for (trace, parts) in self.whole_traces(&new, &commented) {
            effect.know(trace, parts, &tags, &scores);
        }
        self.write_activity(change).await?;
        for span in
            self.spans.values().filter(|span| span.changed || commented.contains(&span.narrow.row_id) || spoken.contains(&span.narrow.key))
        {
            if span.is_listed() || span.was_listed() {
                let part = if span.changed { TouchedPart::Any } else { TouchedPart::Said };
                effect.touch(span.narrow.trace, &span.narrow.root_span_id, &RowId(span.narrow.row_id.clone()), part);
            }
            match (span.was_listed(), span.is_listed()) {
                (false, true) => effect.summary.spans += 1,
                (true, false) => effect.summary.spans -= 1,
                (true, true) | (false, false) => {}
            }
        }
        if !effect.is_nothing() {
            traces::settle(change, effect).await?;
        }
        Ok(self.transaction)
    }

    /// Nothing was said about a row that came and went in one batch.
    fn forget_what_never_was(&mut self) {
        let spans = &self.spans;
        let was = |row: &str| spans.get(row).is_some_and(|span| span.before.is_some() || !span.deleted);
        self.comments.retain(|comment| was(&comment.row_id));
        self.noted.retain(|noted| was(&noted.row_id));
        self.voices.retain(|(row, _, _), _| was(row));
    }

    /// Comments are written by id, so that a batch sent again does not say them twice.
    async fn leave_out_known_comments(&mut self, change: &Change) -> Result<()> {
        let mut new: Vec<NewComment> = Vec::new();
        for comment in std::mem::take(&mut self.comments) {
            if !self.spans.contains_key(&comment.row_id) {
                continue;
            }
            if let Some(id) = self.home.free_comment_id(&change.transaction, &comment.id).await?
                && !new.iter().any(|known| known.id == id)
            {
                new.push(NewComment { id, ..comment });
            }
        }
        self.comments = new;
        Ok(())
    }

    /// The spans of new traces of which nothing was stored before, and nothing beside this batch.
    fn whole_traces(&self, new: &BTreeSet<TraceKey>, commented: &BTreeSet<String>) -> BTreeMap<TraceKey, Vec<SpanOfTrace>> {
        let mut traces: BTreeMap<TraceKey, Option<Vec<SpanOfTrace>>> = BTreeMap::new();
        for span in self.spans.values().filter(|span| span.is_listed() && new.contains(&span.narrow.trace)) {
            let parts = traces.entry(span.narrow.trace).or_insert_with(|| Some(Vec::new()));
            if span.before.is_some() || commented.contains(&span.narrow.row_id) {
                *parts = None;
            }
            if let Some(parts) = parts {
                parts.push(SpanOfTrace::from(&span.narrow));
            }
        }
        traces.into_iter().filter_map(|(trace, parts)| Some((trace, parts?))).collect()
    }

    /// Gives every changed span the key of its trace, and remembers the trace it leaves. Returns the traces that are new.
    async fn place_in_traces(&mut self, change: &mut Change, effect: &mut Effect) -> Result<BTreeSet<TraceKey>> {
        #[derive(FromQueryResult)]
        struct Trace {
            key: TraceKey,
            root_span_id: String,
        }
        let moved = |span: &Span| {
            let stays = |(before, _): &(Narrow, Sealed)| before.arrived && before.root_span_id == span.narrow.root_span_id;
            span.changed && span.is_listed() && !span.before.as_ref().is_some_and(stays)
        };
        let roots: BTreeSet<String> = self.spans.values().filter(|span| moved(span)).map(|span| span.narrow.root_span_id.clone()).collect();
        let roots: Vec<_> = roots.into_iter().collect();
        let mut keys = HashMap::new();
        for roots in roots.chunks(CHUNK) {
            let mut bound = values![self.home.short(), self.home.key];
            bound.extend(roots.iter().map(|root| Value::from(root.as_str())));
            let text = format!(
                "SELECT key, root_span_id FROM traces WHERE project = ? AND object = ? AND root_span_id IN ({})",
                list(roots.len())
            );
            keys.extend(all::<Trace>(&change.transaction, &text, bound).await?.into_iter().map(|trace| (trace.root_span_id, trace.key)));
        }
        let missing: Vec<_> = roots.iter().filter(|root| !keys.contains_key(*root)).collect();
        let mut new = BTreeSet::new();
        if !missing.is_empty() {
            let first: TraceKey = change.take(&self.home.project, i64::try_from(missing.len()).unwrap_or(0)).await?;
            new.extend(first.onward().take(missing.len()));
            keys.extend(missing.into_iter().cloned().zip(first.onward()));
        }
        for span in self.spans.values_mut().filter(|span| moved(span)) {
            if let Some((before, _)) = span.before.as_ref().filter(|(before, _)| before.arrived) {
                effect.touch(before.trace, &before.root_span_id, &RowId(before.row_id.clone()), TouchedPart::Any);
            }
            if let Some(key) = keys.get(&span.narrow.root_span_id) {
                span.narrow.trace = *key;
            }
        }
        Ok(new)
    }

    async fn write_spans(&self, change: &mut Change) -> Result<()> {
        let project = self.home.short();
        // A row that came and went in one batch was never there.
        let changed = self.spans.values().filter(|span| span.changed && (span.before.is_some() || !span.deleted));
        let mut written = Vec::new();
        for span in changed {
            let body =
                if span.deleted { span.tombstone.map(|digest| digest.to_string()).unwrap_or_default() } else { body::text(&span.content)? };
            let (seal, digest) =
                versions::seal_version(&change.fate, &self.home, &span.narrow.row_id, self.transaction, &span.narrow.action, &body);
            change.chain(&self.home.project, digest);
            written.push(Written { span, content: Sealed { body, seal: Some(seal) } });
        }
        // In the order of their keys, so that what belongs together lies together.
        written.sort_by_key(|written| written.span.narrow.key);
        self.keep_superseded(change, &written).await?;
        let (deleted, kept): (Vec<_>, Vec<_>) = written.into_iter().partition(|written| written.span.deleted);
        let (staying, placed): (Vec<_>, Vec<_>) = kept.into_iter().partition(|written| written.span.stays());
        for written in staying.chunks(CHUNK).chain(placed.chunks(CHUNK)) {
            let rows = written.iter().map(|Written { span, .. }| {
                let narrow = &span.narrow;
                Upsert::into("spans")
                    .fixed("project", project)
                    .set_if(!span.stays(), "trace", narrow.trace)
                    .set_if(!span.stays(), "created", narrow.created)
                    .fixed("object", self.home.key)
                    .fixed("key", narrow.key)
                    .fixed("row_id", narrow.row_id.as_str())
                    .set("span_id", narrow.span_id.as_str())
                    .set("root_span_id", narrow.root_span_id.as_str())
                    .set("parent_span_id", narrow.parent_span_id.clone())
                    .set("name", narrow.name.as_str())
                    .set("kind", narrow.kind.as_str())
                    .set("transaction_id", narrow.transaction_id)
                    .set("action", narrow.action.as_str())
                    .set("written_by", narrow.written_by.clone())
                    .set("started", narrow.started)
                    .set("ended", narrow.ended)
                    .set("tokens", narrow.tokens)
                    .set("cost", narrow.cost)
                    .set("error", narrow.error)
                    .set("arrived", narrow.arrived)
                    .set("digest", narrow.digest)
                    .set("input_digest", narrow.input_digest)
                    .set("comments", narrow.comments)
                    .set("informed", narrow.informed)
                    .set("input", narrow.input.as_str())
                    .set("output", narrow.output.as_str())
            });
            upsert_all(rows.collect(), "project, key", &change.transaction).await?;
            let payloads = written.iter().map(|Written { span, content }| {
                let seal = content.seal.as_ref();
                Upsert::into("span_payloads")
                    .fixed("project", project)
                    .fixed("span", span.narrow.key)
                    .set("body", content.body.as_str())
                    .set("salt", seal.map(|seal| seal.salt.clone()))
                    .set("digest", seal.map(|seal| seal.digest.clone()))
            });
            upsert_all(payloads.collect(), "project, span", &change.transaction).await?;
        }
        for Written { span, .. } in deleted {
            for text in ["DELETE FROM spans WHERE project = ? AND key = ?", "DELETE FROM span_payloads WHERE project = ? AND span = ?"] {
                run(&change.transaction, text, values![project, span.narrow.key]).await?;
            }
        }
        Ok(())
    }

    /// Keeps what the rows were before, and of deleted ones that they were deleted.
    async fn keep_superseded(&self, change: &Change, written: &[Written<'_>]) -> Result<()> {
        fn version<'a>(narrow: &'a Narrow, superseded: i64, content: &'a Sealed) -> Superseded<'a> {
            Superseded {
                row_id: &narrow.row_id,
                transaction: narrow.transaction_id,
                superseded,
                key: narrow.key,
                span_id: &narrow.span_id,
                root_span_id: &narrow.root_span_id,
                parent_span_id: narrow.parent_span_id.as_deref(),
                created: narrow.created,
                action: &narrow.action,
                written_by: narrow.written_by.as_deref(),
                informed: narrow.informed,
                content,
            }
        }
        let mut versions = Vec::new();
        for Written { span, content } in written {
            if let Some((narrow, before)) = &span.before {
                versions.push(version(narrow, self.transaction, before));
            }
            if span.deleted {
                versions.push(version(&span.narrow, self.transaction, content));
            }
        }
        versions::keep(&change.transaction, &self.home, &versions).await
    }

    /// Writes what end users said that is new. Returns the spans that it is about.
    async fn write_feedback(&self, change: &mut Change) -> Result<BTreeSet<SpanKey>> {
        let new = self.voices.iter().filter(|(_, said)| said.is_told && (said.before.is_some() || said.now.is_some()));
        let new: Vec<_> = new
            .filter_map(|((row, voice, name), said)| {
                Some(NewFeedback { span: self.spans.get(row)?.narrow.key, voice, name, value: said.now })
            })
            .collect();
        if new.is_empty() {
            return Ok(BTreeSet::new());
        }
        feedback::write(change, &self.home, &new).await?;
        Ok(new.iter().map(|said| said.span).collect())
    }

    /// Brings `span_scores` in line with what was reported and what end users said, and counts what that changes. Returns those that changed.
    async fn write_scores(&self, change: &mut Change, effect: &mut Effect) -> Result<Vec<StoredScore>> {
        let mut said: HashMap<&str, BTreeMap<&str, Heard>> = HashMap::new();
        for ((row, _, name), voice) in &self.voices {
            let heard = said.entry(row).or_default().entry(name).or_default();
            heard.count += i64::from(voice.now.is_some()) - i64::from(voice.before.is_some());
            heard.sum += voice.now.unwrap_or(0) - voice.before.unwrap_or(0);
        }
        let is_counted = |span: &Span| span.changed || said.contains_key(span.narrow.row_id.as_str());
        let stored_spans: Vec<_> =
            self.spans.values().filter(|span| is_counted(span) && span.before.is_some()).map(|span| span.narrow.key).collect();
        // What was said before a row came counts from now on.
        let is_arriving = |span: &Span| span.is_listed() && !span.was_listed() && span.before.is_some();
        let arrived: Vec<_> = self.spans.values().filter(|span| is_arriving(span)).map(|span| span.narrow.key).collect();
        let mut waited = feedback::of_spans(&change.transaction, &arrived, None).await?;
        let mut stored: HashMap<SpanKey, BTreeMap<String, StoredScore>> = HashMap::new();
        for keys in stored_spans.chunks(CHUNK) {
            for score in scores::of_spans(&change.transaction, keys).await? {
                stored.entry(score.span).or_default().insert(score.name.clone(), score);
            }
        }
        let (mut written, mut moved) = (Vec::new(), BTreeSet::new());
        for span in self.spans.values().filter(|span| is_counted(span)) {
            let narrow = &span.narrow;
            let mut before = stored.remove(&narrow.key).unwrap_or_default();
            let mut heard: BTreeMap<String, Heard> = if is_arriving(span) {
                waited.remove(&narrow.key).unwrap_or_default()
            } else {
                let new = said.get(narrow.row_id.as_str()).filter(|_| span.is_listed());
                new.into_iter().flatten().map(|(name, heard)| ((*name).to_owned(), *heard)).collect()
            };
            let reported = if span.is_listed() { scores::of_row(&span.content).unwrap_or_default() } else { Vec::new() };
            let mut names: BTreeMap<String, Option<Nano>> = before.keys().map(|name| (name.clone(), None)).collect();
            names.extend(heard.keys().map(|name| (name.clone(), None)));
            names.extend(reported.into_iter().map(|(name, score)| (name, score.and_then(Nano::checked))));
            let created_before = span.before.as_ref().map_or(narrow.created, |(before, _)| before.created);
            for (name, reported) in names {
                let old = before.remove(&name);
                let mut new = old.clone().unwrap_or_else(|| StoredScore::new(narrow.key, &name));
                new.reported = reported.map(|score| score.0);
                let Heard { count, sum } = heard.remove(&name).unwrap_or_default();
                (new.feedback, new.feedback_sum) = (new.feedback + count, new.feedback_sum + sum);
                new.trace = narrow.trace;
                if span.deleted {
                    new = StoredScore::new(narrow.key, &name);
                }
                new.settle();
                effect.count(change, &name, (created_before, old.as_ref().and_then(StoredScore::value)), (narrow.created, new.value()));
                if !span.deleted && old.as_ref().is_some_and(|old| old.trace != new.trace) {
                    moved.insert((new.span, new.trace));
                }
                if old.as_ref() != Some(&new) {
                    written.push(new);
                }
            }
        }
        written.sort_by(|one, other| (one.span, &one.name).cmp(&(other.span, &other.name)));
        scores::moved(&change.transaction, &self.home, &moved).await?;
        scores::write(&change.transaction, &self.home, &written).await?;
        Ok(written)
    }

    /// Writes the tags of the spans that changed, and returns them.
    pub(super) async fn write_tags(&self, change: &mut Change) -> Result<BTreeMap<SpanKey, IndexSet<String>>> {
        let mut changed: Vec<_> = self.spans.values().filter(|span| span.changed).collect();
        changed.sort_by_key(|span| span.narrow.key);
        let mut written = BTreeMap::new();
        for spans in changed.chunks(CHUNK) {
            let before: Vec<_> = spans.iter().filter(|span| span.before.is_some()).map(|span| span.narrow.key).collect();
            if !before.is_empty() {
                let text = format!("DELETE FROM span_tags WHERE project = ? AND span IN ({})", list(before.len()));
                run(&change.transaction, &text, bound(&before)).await?;
            }
            let mut rows = Vec::new();
            for span in spans.iter().filter(|span| span.is_listed()) {
                let tags: Vec<String> = body::read(&span.content, "tags").unwrap_or_default();
                let tags: IndexSet<String> = tags.into_iter().map(|tag| tag.replace('\0', "\u{fffd}")).collect();
                for (position, tag) in (0_i32..).zip(&tags) {
                    rows.push(
                        Upsert::into("span_tags")
                            .set("project", self.home.short())
                            .set("object", self.home.key)
                            .set("trace", span.narrow.trace)
                            .set("span", span.narrow.key)
                            .set("tag", tag.as_str())
                            .set("position", position),
                    );
                }
                if !tags.is_empty() {
                    written.insert(span.narrow.key, tags);
                }
            }
            insert_all(rows, &change.transaction).await?;
        }
        Ok(written)
    }

    /// The member who said something. An end user's feedback came through a member's key, but that member did not say it.
    fn said_by(&self, source: Source) -> Option<String> {
        match source {
            Source::App | Source::Api => Some(self.actor.0.clone()),
            Source::External => None,
        }
    }

    /// Returns the rows that have new comments.
    async fn write_comments(&mut self, change: &mut Change) -> Result<BTreeSet<String>> {
        let mut commented = BTreeSet::new();
        for comment in std::mem::take(&mut self.comments) {
            let Some(span) = self.spans.get(&comment.row_id) else { continue };
            Upsert::into("comments")
                .set("project", self.home.short())
                .set("object", self.home.key)
                .set("span", span.narrow.key)
                .set("id", comment.id.as_str())
                .set("person_id", self.said_by(comment.source))
                .set("external", comment.external.clone())
                .set("text", comment.text.as_str())
                .set("created", comment.created)
                .insert(&change.transaction)
                .await?;
            let text = "UPDATE spans SET comments = comments + 1 WHERE project = ? AND key = ?";
            run(&change.transaction, text, values![self.home.short(), span.narrow.key]).await?;
            commented.insert(comment.row_id.clone());
            self.noted.push(Noted {
                row_id: comment.row_id,
                action: Deed::Comment,
                path: Subject::Comment(comment.id),
                from: None,
                to: Some(serde_json::to_string(&comment.text)?),
                source: comment.source,
                external: comment.external,
            });
        }
        Ok(commented)
    }

    /// Notes which rows say other words than before.
    async fn note_words(&self, change: &Change, commented: &BTreeSet<String>) -> Result<()> {
        let says_other = |span: &&Span| span.before.is_some() && (span.changed || commented.contains(&span.narrow.row_id));
        let mut keys: Vec<SpanKey> = self.spans.values().filter(says_other).map(|span| span.narrow.key).collect();
        keys.sort_unstable();
        words::note_changes(&change.transaction, self.home.short(), keys.into_iter(), self.transaction).await
    }

    async fn write_activity(&self, change: &mut Change) -> Result<()> {
        let mut entries = Vec::with_capacity(self.noted.len());
        for noted in &self.noted {
            let Some(span) = self.spans.get(&noted.row_id) else { continue };
            let actor = self.said_by(noted.source).map(PersonId);
            entries.push(NewActivity {
                span: span.narrow.key,
                actor,
                external: noted.external.clone(),
                source: noted.source,
                action: noted.action.clone(),
                path: noted.path.clone(),
                from: noted.from.clone(),
                to: noted.to.clone(),
                reason: None,
                given: None,
            });
        }
        record(change, &self.home, entries).await.map(|_| ())
    }
}
