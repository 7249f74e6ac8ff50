//! The activity of spans: who changed what, through what, from what to what. Only ever added to.

mod page;

pub(crate) use page::of_page;

use crate::answers::find_span;
use crate::blindness::{Seen, Sight};
use crate::database::{all, places, run, values};
use crate::history::chain::{self, Digest};
use crate::ingest::Home;
use crate::writer::Change;
use crate::{Desk, Result, hexadecimal, names};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::audit::{Activity, ListActivity, Source};
use shared::permissions::Action;
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
        self.require(Action::Read)?;
        let snapshot = self.store.snapshot().await?;
        let (home, span) = find_span(&snapshot, &query.row).await?;
        let sight = Sight::of(&snapshot, &self.actor, &home).await?;
        let seen = sight.of_spans(&snapshot, &[span.key]).await?;
        of_span(&snapshot, &seen, span.key, query.before, query.limit.clamp(1, LONGEST_PAGE), largest).await
    }
}

/// No entry is larger.
const ANY_SIZE: i64 = i64::MAX;

/// A change to remember.
pub(crate) struct NewActivity {
    pub(crate) span: i64,
    pub(crate) actor: Option<PersonId>,
    pub(crate) external: Option<String>,
    pub(crate) source: Source,
    pub(crate) action: &'static str,
    pub(crate) path: String,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Columns of `activity`.
const COLUMNS: usize = 16;

/// Everything of an entry that stands in the chain.
pub(crate) struct Sealed<'a> {
    pub(crate) id: i64,
    pub(crate) span: i64,
    pub(crate) transaction_id: i64,
    pub(crate) person_id: Option<&'a str>,
    pub(crate) external: Option<&'a str>,
    pub(crate) source: &'a str,
    pub(crate) action: &'a str,
    pub(crate) path: &'a str,
    pub(crate) from_value: Option<&'a str>,
    pub(crate) to_value: Option<&'a str>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) created: Micros,
}

/// What stands in the chain for an entry.
pub(crate) fn digest(salt: &[u8], entry: &Sealed<'_>) -> Digest {
    let numbers = [entry.id, entry.span, entry.transaction_id, entry.created].map(|number| number.to_string());
    let [id, span, transaction, created] = &numbers;
    let text = [
        Some("activity"),
        Some(id.as_str()),
        Some(span),
        Some(transaction),
        entry.person_id,
        entry.external,
        Some(entry.source),
        Some(entry.action),
        Some(entry.path),
        entry.from_value,
        entry.to_value,
        entry.reason,
        Some(created),
    ];
    chain::digest(salt, text)
}

/// Remembers changes in the transaction that makes them.
/// Returns the id of the first.
pub(crate) async fn record(change: &mut Change, home: &Home, entries: Vec<NewActivity>) -> Result<i64> {
    if entries.is_empty() {
        return Ok(0);
    }
    let transaction = change.transaction_id(&home.project).await?;
    let first = change.take("activity", i64::try_from(entries.len()).unwrap_or(0)).await?;
    let mut bound = Vec::with_capacity(entries.len() * COLUMNS);
    for (id, entry) in (first..).zip(&entries) {
        let salt = chain::salt();
        // The only text here that is no JSON and that somebody types.
        let reason = entry.reason.as_ref().map(|reason| reason.replace('\0', "\u{fffd}"));
        let digest = digest(
            &salt,
            &Sealed {
                id,
                span: entry.span,
                transaction_id: transaction,
                person_id: entry.actor.as_ref().map(PersonId::as_str),
                external: entry.external.as_deref(),
                source: entry.source.as_str(),
                action: entry.action,
                path: &entry.path,
                from_value: entry.from.as_deref(),
                to_value: entry.to.as_deref(),
                reason: reason.as_deref(),
                created: change.now,
            },
        );
        change.chain(&home.project, digest);
        bound.extend(values![
            id,
            home.project.as_str(),
            home.key,
            entry.span,
            transaction,
            entry.actor.as_ref().map(|actor| actor.0.clone()),
            entry.external.clone(),
            entry.source.as_str(),
            entry.action,
            entry.path.as_str(),
            entry.from.clone(),
            entry.to.clone(),
            reason,
            change.now,
            salt.to_vec(),
            digest.to_vec(),
        ]);
    }
    for bound in bound.chunks(COLUMNS * 200) {
        let text = format!(
            "INSERT INTO activity (id, project_id, object, span, transaction_id, person_id, external, source, action, path, from_value, \
             to_value, reason, created, salt, digest) VALUES {}",
            places(COLUMNS, bound.len() / COLUMNS)
        );
        run(&change.transaction, &text, bound.to_vec()).await?;
    }
    Ok(first)
}

/// What changed a span, as far as it may be seen, newest first, of what is older than the entry `before`. Entries whose values have
/// together more bytes than `largest` come without them and are [`Activity::cut`].
pub(crate) async fn of_span(
    connection: &impl ConnectionTrait,
    seen: &Seen<'_>,
    span: i64,
    mut before: Option<i64>,
    limit: u32,
    largest: i64,
) -> Result<Vec<Activity>> {
    let limit = limit as usize;
    let mut found = Vec::new();
    while found.len() < limit {
        let mut entries = stored(connection, span, before, limit, largest).await?;
        let last = entries.len() < limit;
        before = entries.last().map(|entry| entry.id);
        seen.activity(span, &mut entries);
        found.extend(entries);
        if last {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

async fn stored(connection: &impl ConnectionTrait, span: i64, before: Option<i64>, limit: usize, largest: i64) -> Result<Vec<Activity>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: i64,
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
        "SELECT id, person_id, external, source, action, path, {}, {}, {SIZE} > ? AS cut, reason, created, digest FROM activity \
         WHERE span = ? AND id < ? ORDER BY id DESC LIMIT ?",
        value("from_value"),
        value("to_value")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let bound = values![largest, largest, largest, span, before.unwrap_or(i64::MAX), limit];
    let rows = all::<Row>(connection, &text, bound).await?;
    let people = names::people(connection, rows.iter().filter_map(|row| row.person_id.clone())).await?;
    let activity = rows.into_iter().map(|row| Activity {
        id: row.id,
        actor: row.person_id.and_then(|id| people.get(&PersonId(id)).cloned()),
        external: row.external,
        source: Source::parse(&row.source),
        action: row.action,
        path: row.path,
        from: row.from_value,
        to: row.to_value,
        reason: row.reason,
        created: row.created,
        hash: row.digest.as_deref().map(hexadecimal::write),
        diff: Vec::new(),
        cut: row.cut,
        revertible: false,
    });
    Ok(activity.collect())
}
