//! The activity of spans: who changed what, through what, from what to what. Only ever added to.
//!
//! What is told of rows that come in: feedback, and merges that name a source, field by field: `expected`, `tags`, each score, each key of
//! `metadata`. SDKs write a span in pieces and name no source; of these, and of a full row over one that has arrived, only what stood
//! there already and became something else is told.

mod objects;
mod page;
mod project;

pub(crate) use page::of_page;

use crate::ground::database::{all, values};
use crate::ground::hexadecimal;
use crate::ground::keys::{EntryId, Key, ObjectKey, SpanKey, TraceKey, project_of};
use crate::looking::sight::Seen;
use crate::people::names;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use shared::audit::{Activity, ListActivity, Source};
use shared::{Micros, PersonId};

/// Entries in one answer at most.
const LONGEST_PAGE: u32 = 1_000;

impl Desk {
    /// What changed a row, newest first.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown row.
    pub async fn activity(&self, query: ListActivity) -> Result<Vec<Activity>> {
        self.read_activity(query, ANY_SIZE).await
    }

    async fn read_activity(&self, query: ListActivity, largest: i64) -> Result<Vec<Activity>> {
        let view = self.view_row(&query.row).await?;
        let seen = view.seen().await?;
        of_span(&view.snapshot, &seen, view.span.key, query.before.map(EntryId::from), query.limit.clamp(1, LONGEST_PAGE), largest).await
    }
}

/// No entry is larger.
const ANY_SIZE: i64 = i64::MAX;

/// What changed the spans of a trace, as far as it may be seen, with their keys; as of one span.
async fn of_trace(
    connection: &impl ConnectionTrait,
    seen: &Seen<'_>,
    trace: TraceKey,
    mut before: Option<EntryId>,
    limit: u32,
    largest: i64,
) -> Result<Vec<(SpanKey, Activity)>> {
    let limit = limit.clamp(1, LONGEST_PAGE) as usize;
    let mut found = Vec::new();
    while found.len() < limit {
        let entries = stored(connection, Of::Trace(trace), before, limit, largest).await?;
        let last = entries.len() < limit;
        before = entries.last().map(|(_, entry)| entry.id.into());
        for (span, entry) in entries {
            let mut entry = vec![entry];
            seen.activity(span, &mut entry);
            found.extend(entry.into_iter().map(|entry| (span, entry)));
        }
        if last {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// What changed a span, as far as it may be seen, newest first, of what is older than the entry `before`. Entries whose values have
/// together more bytes than `largest` come without them and are [`Activity::cut`].
pub(crate) async fn of_span(
    connection: &impl ConnectionTrait,
    seen: &Seen<'_>,
    span: SpanKey,
    mut before: Option<EntryId>,
    limit: u32,
    largest: i64,
) -> Result<Vec<Activity>> {
    let limit = limit as usize;
    let mut found = Vec::new();
    while found.len() < limit {
        let entries = stored(connection, Of::Span(span), before, limit, largest).await?;
        let last = entries.len() < limit;
        before = entries.last().map(|(_, entry)| entry.id.into());
        let mut entries = entries.into_iter().map(|(_, entry)| entry).collect();
        seen.activity(span, &mut entries);
        found.extend(entries);
        if last {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Of what changes are read.
#[derive(Clone, Copy)]
enum Of {
    /// Of the span with this key.
    Span(SpanKey),
    /// Of all spans of the trace with this key.
    Trace(TraceKey),
    /// Of the object with this key itself.
    Object(ObjectKey),
}

/// Changes with the keys of their spans.
async fn stored(
    connection: &impl ConnectionTrait,
    of: Of,
    before: Option<EntryId>,
    limit: usize,
    largest: i64,
) -> Result<Vec<(SpanKey, Activity)>> {
    let (condition, whose) = match of {
        Of::Span(span) => ("span = ?", values![project_of(span), span]),
        Of::Trace(trace) => {
            ("span IN (SELECT key FROM spans WHERE project = ? AND trace = ?)", values![project_of(trace), project_of(trace), trace])
        }
        Of::Object(object) => ("span = ? AND object = ?", values![project_of(object), SpanKey::NONE, object]),
    };
    let tail = format!("project = ? AND {condition} AND id < ? ORDER BY id DESC LIMIT ?");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let bound = whose.into_iter().chain(values![before.unwrap_or(EntryId::HIGHEST), limit]).collect();
    let found = entries(connection, &tail, bound, largest).await?;
    Ok(found.into_iter().map(|found| (found.span, found.entry)).collect())
}

/// A change as it is stored, with the keys of where it was made.
struct StoredChange {
    object: ObjectKey,
    span: SpanKey,
    entry: Activity,
}

/// Changes for which a condition of our own text holds, which ends with an order. Entries whose values have together more bytes than
/// `largest` come without them.
async fn entries(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Value>, largest: i64) -> Result<Vec<StoredChange>> {
    #[derive(FromQueryResult)]
    struct Row {
        object: ObjectKey,
        span: SpanKey,
        id: EntryId,
        person_id: Option<String>,
        external: Option<String>,
        source: String,
        action: String,
        path: String,
        from_value: Option<String>,
        to_value: Option<String>,
        reason: Option<String>,
        created: Micros,
        digest: Option<Vec<u8>>,
        cut: bool,
    }
    const SIZE: &str = "COALESCE(OCTET_LENGTH(from_value), 0) + COALESCE(OCTET_LENGTH(to_value), 0)";
    let value = |column: &str| format!("CASE WHEN {SIZE} <= ? THEN {column} END AS {column}");
    let text = format!(
        "SELECT object, span, id, person_id, external, source, action, path, {}, {}, {SIZE} > ? AS cut, reason, created, digest FROM activity \
         WHERE {condition}",
        value("from_value"),
        value("to_value")
    );
    let bound = values![largest, largest, largest].into_iter().chain(bound).collect();
    let rows = all::<Row>(connection, &text, bound).await?;
    let people = names::people(connection, rows.iter().filter_map(|row| row.person_id.clone())).await?;
    let changes = rows.into_iter().map(|row| {
        let entry = Activity {
            id: row.id.into(),
            actor: row.person_id.and_then(|id| people.get(&PersonId(id)).cloned()),
            external: row.external,
            source: Source::parse(&row.source),
            action: row.action.into(),
            path: row.path.into(),
            from: row.from_value,
            to: row.to_value,
            reason: row.reason,
            created: row.created,
            hash: row.digest.as_deref().map(hexadecimal::write),
            diff: Vec::new(),
            cut: row.cut,
            revertible: false,
        };
        StoredChange { object: row.object, span: row.span, entry }
    });
    Ok(changes.collect())
}
