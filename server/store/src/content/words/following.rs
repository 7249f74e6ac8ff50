//! Bringing the index of words in line with what was written: in small groups, each made beside the writer and then written at once, if
//! nobody wrote the index meanwhile.

use super::postings::NewPostings;
use super::{RowTexts, WordIndex, WordsOfRows};
use crate::ground::database::{all, list, run, values};
use crate::ground::keys::{Key as _, ProjectShort, SpanKey, bound};
use crate::ground::upsert::Upsert;
use crate::writing::writer::Change;
use crate::{Error, Result, Store};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::ProjectId;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// How often it is looked whether something was written.
const EVERY: Duration = Duration::from_millis(700);

/// Rows that are indexed in one go, and rows that changed since they were.
const ROWS: usize = 500;
const CHANGES: usize = 200;

/// Postings after which a group is full, so that who writes meanwhile waits for some milliseconds at most.
const MOST_POSTINGS: usize = 2_000;

/// Rows whose content is read at once, and bytes of it; one row at least.
const READ_AT_ONCE: usize = 100;
const BYTES_AT_ONCE: i64 = 4 * 1024 * 1024;

/// Groups of one project before others have their turn.
const GROUPS: usize = 20;

/// A project with the last transaction in it.
#[derive(FromQueryResult)]
struct Stand {
    id: String,
    short: ProjectShort,
    transaction_id: i64,
}

/// A row that changed since it was indexed.
#[derive(FromQueryResult)]
struct Changed {
    key: SpanKey,
    transaction_id: i64,
}

/// The next step of the index of a project.
struct Group {
    /// The index as it was before.
    before: WordIndex,
    mark: SpanKey,
    /// The changes that are in it then.
    settled: Vec<Changed>,
    postings: NewPostings,
}

impl Store {
    /// Follows what is written for as long as the store is open.
    pub(crate) fn follow_words(&self) {
        let inner = std::sync::Arc::downgrade(&self.inner);
        tokio::spawn(async move {
            let mut known = HashMap::new();
            loop {
                tokio::time::sleep(EVERY).await;
                let Some(inner) = inner.upgrade() else { return };
                let store = Self { inner };
                if store.is_closed()() {
                    return;
                }
                match store.index_words(&mut known).await {
                    Ok(()) => {}
                    Err(Error::Closing) => return,
                    // What is not in the index is looked at.
                    Err(error) => tracing::debug!(%error, "words could not be indexed; trying again"),
                }
            }
        });
    }

    /// Indexes what is not indexed yet. `known` remembers up to which transaction there is nothing left to do in a project.
    pub(crate) async fn index_words(&self, known: &mut HashMap<ProjectShort, i64>) -> Result<()> {
        let projects = all::<Stand>(self.readers(), "SELECT id, short, transaction_id FROM projects", values![]).await?;
        for Stand { id, short, transaction_id } in projects {
            if known.get(&short) == Some(&transaction_id) {
                continue;
            }
            let project = ProjectId(id);
            for _ in 0..GROUPS {
                let began = Instant::now();
                if !self.index_group(&project, short).await? {
                    known.insert(short, transaction_id);
                    break;
                }
                // As long again it leaves the machine to others.
                tokio::time::sleep(began.elapsed()).await;
            }
        }
        Ok(())
    }

    /// Indexes some rows of a project; false if there is nothing to do.
    async fn index_group(&self, project: &ProjectId, short: ProjectShort) -> Result<bool> {
        let snapshot = self.snapshot().await?;
        let group = read_group(&snapshot, short).await?;
        drop(snapshot);
        let Some(group) = group else { return Ok(false) };
        self.write_in(project, move |change| Box::pin(async move { group.write(change, short).await })).await?;
        Ok(true)
    }
}

/// Reads what is not in the index, and makes what there will be.
async fn read_group(connection: &impl ConnectionTrait, project: ProjectShort) -> Result<Option<Group>> {
    #[derive(FromQueryResult)]
    struct New {
        key: SpanKey,
    }
    let before = WordIndex::of(connection, project).await?;
    let text = format!("SELECT key, transaction_id FROM word_changes WHERE project = ? AND key > ? ORDER BY key LIMIT {CHANGES}");
    let changes = all::<Changed>(connection, &text, values![project, SpanKey::of(project, 0)]).await?;
    let text = format!("SELECT s.key FROM spans s WHERE s.project = ? AND s.key > ? ORDER BY s.key LIMIT {ROWS}");
    let first = before.mark.max(SpanKey::of(project, 0));
    let new = all::<New>(connection, &text, values![project, first]).await?;
    if changes.is_empty() && new.is_empty() {
        return Ok(None);
    }
    let gone: Vec<SpanKey> = changes.iter().map(|change| change.key).filter(|key| *key <= before.mark).collect();
    let rows: Vec<SpanKey> = gone.iter().copied().chain(new.iter().map(|row| row.key)).collect();
    let (words, taken) = words_of_rows(connection, &rows).await?;
    let last_new = rows.iter().take(taken).skip(gone.len()).next_back().copied();
    let mut mark = last_new.unwrap_or(before.mark).max(before.mark);
    if taken == rows.len() && new.len() < ROWS {
        // Also beyond rows that were deleted before they were indexed.
        mark = changes.last().map_or(mark, |change| change.key.max(mark));
    }
    let gone = gone.get(..taken.min(gone.len())).unwrap_or_default();
    let is_settled = |change: &Changed| if change.key <= before.mark { gone.contains(&change.key) } else { change.key <= mark };
    let postings = NewPostings::make(connection, project, gone, words.spans.into_iter()).await?;
    Ok(Some(Group { before, mark, settled: changes.into_iter().filter(is_settled).collect(), postings }))
}

/// The words of the first of some rows, and how many of the rows these are.
async fn words_of_rows(connection: &impl ConnectionTrait, rows: &[SpanKey]) -> Result<(WordsOfRows, usize)> {
    #[derive(FromQueryResult)]
    struct Length {
        span: SpanKey,
        bytes: i64,
    }
    if rows.is_empty() {
        return Ok((WordsOfRows::default(), 0));
    }
    let text = format!(
        "SELECT span, CAST(octet_length(body) AS BIGINT) AS bytes FROM span_payloads WHERE project = ? AND span IN ({})",
        list(rows.len())
    );
    let lengths: HashMap<SpanKey, i64> =
        all::<Length>(connection, &text, bound(rows)).await?.into_iter().map(|row| (row.span, row.bytes)).collect();
    let (mut words, mut taken) = (WordsOfRows::default(), 0);
    while taken < rows.len() && words.spans.len() < MOST_POSTINGS {
        let mut room = BYTES_AT_ONCE;
        let rest = rows.iter().skip(taken).take(READ_AT_ONCE);
        let fit = rest.take_while(|row| {
            let is_first = room == BYTES_AT_ONCE;
            room -= lengths.get(*row).copied().unwrap_or_default().max(1);
            is_first || room >= 0
        });
        let read = texts(connection, &fit.copied().collect::<Vec<_>>()).await?;
        let add = move || {
            let added = words.add(&read, MOST_POSTINGS);
            (words, added)
        };
        let added;
        (words, added) =
            tokio::task::spawn_blocking(add).await.map_err(|error| Error::Corrupt(format!("reading words of rows ended: {error}")))?;
        taken += added;
    }
    Ok((words, taken))
}

/// What rows say, in their order. One that is not there any more says nothing.
async fn texts(connection: &impl ConnectionTrait, rows: &[SpanKey]) -> Result<Vec<RowTexts>> {
    #[derive(FromQueryResult)]
    struct Body {
        span: SpanKey,
        body: String,
    }
    #[derive(FromQueryResult)]
    struct Comment {
        span: SpanKey,
        id: String,
        external: Option<String>,
        text: String,
    }
    let mut texts: BTreeMap<SpanKey, RowTexts> =
        rows.iter().map(|span| (*span, RowTexts { span: *span, body: String::new(), comments: Vec::new() })).collect();
    let places = list(rows.len());
    let text = format!("SELECT span, body FROM span_payloads WHERE project = ? AND span IN ({places})");
    for row in all::<Body>(connection, &text, bound(rows)).await? {
        if let Some(texts) = texts.get_mut(&row.span) {
            texts.body = row.body;
        }
    }
    // Comments stay where their row is gone, so that it can be told what was said.
    let text = format!(
        "SELECT c.span, c.id, c.external, c.text FROM comments c JOIN spans s ON s.project = c.project AND s.key = c.span \
         WHERE c.project = ? AND c.span IN ({places}) AND c.deleted IS NULL"
    );
    for comment in all::<Comment>(connection, &text, bound(rows)).await? {
        if let Some(texts) = texts.get_mut(&comment.span) {
            texts.comments.extend([comment.id, comment.text].into_iter().chain(comment.external));
        }
    }
    Ok(rows.iter().filter_map(|span| texts.remove(span)).collect())
}

impl Group {
    async fn write(self, change: &mut Change, project: ProjectShort) -> Result<()> {
        let connection = &change.transaction;
        if WordIndex::of(connection, project).await? != self.before {
            // Another process came first, or a row was erased.
            return Ok(());
        }
        self.postings.write(connection).await?;
        for settled in self.settled.chunks(CHANGES) {
            let each = vec!["key = ? AND transaction_id = ?"; settled.len()].join(" OR ");
            let mut bound = values![project];
            bound.extend(settled.iter().flat_map(|change| values![change.key, change.transaction_id]));
            run(connection, &format!("DELETE FROM word_changes WHERE project = ? AND ({each})"), bound).await?;
        }
        let index = Upsert::into("word_indexes").fixed("project", project).set("mark", self.mark).set("turn", self.before.turn + 1);
        index.upsert("project", connection).await
    }
}

/// Takes rows out of the index at once, and whatever is about to be written of them.
pub(crate) async fn forget_words(connection: &impl ConnectionTrait, project: ProjectShort, rows: &[SpanKey]) -> Result<()> {
    NewPostings::make(connection, project, rows, std::iter::empty()).await?.write(connection).await?;
    let text =
        "INSERT INTO word_indexes (project, mark, turn) VALUES (?, 0, 1) ON CONFLICT (project) DO UPDATE SET turn = word_indexes.turn + 1";
    run(connection, text, values![project]).await.map(|_| ())
}
