//! Entries of the activity as they are written and sealed.

use crate::Result;
use crate::ground::database::{StatementPart, places, run, values};
use crate::ground::keys::{EntryId, Key, SpanKey};
use crate::ground::places::Home;
use crate::writing::chain::{self, Digest};
use crate::writing::writer::Change;
use shared::audit::{Deed, Source, Subject};
use shared::{Micros, PersonId};

/// A change to remember.
pub(crate) struct NewActivity {
    pub(crate) span: SpanKey,
    pub(crate) actor: Option<PersonId>,
    pub(crate) external: Option<String>,
    pub(crate) source: Source,
    pub(crate) action: Deed,
    pub(crate) path: Subject,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) reason: Option<String>,
}

/// Columns of `activity`.
const COLUMNS: usize = 16;

/// Everything of an entry that stands in the chain.
pub(crate) struct SealedEntry<'a> {
    pub(crate) id: EntryId,
    pub(crate) span: SpanKey,
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
pub(crate) fn digest(salt: &[u8], entry: &SealedEntry<'_>) -> Digest {
    let numbers = [entry.id.into(), entry.span.into(), entry.transaction_id, entry.created].map(|number: i64| number.to_string());
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
pub(crate) async fn record(change: &mut Change, home: &Home, entries: Vec<NewActivity>) -> Result<EntryId> {
    let (first, parts) = entries_of(change, home, entries).await?;
    for (text, bound) in parts {
        run(&change.transaction, &text, bound).await?;
    }
    Ok(first)
}

/// The same, to be written together with something else.
pub(crate) async fn entries_of(change: &mut Change, home: &Home, entries: Vec<NewActivity>) -> Result<(EntryId, Vec<StatementPart>)> {
    if entries.is_empty() {
        return Ok((EntryId::NONE, Vec::new()));
    }
    let transaction = change.transaction_id(&home.project).await?;
    let first: EntryId = change.take(&home.project, i64::try_from(entries.len()).unwrap_or(0)).await?;
    let mut bound = Vec::with_capacity(entries.len() * COLUMNS);
    for (id, entry) in first.onward().zip(&entries) {
        let salt = change.fate.salt();
        // The only text here that is no JSON and that somebody types.
        let reason = entry.reason.as_ref().map(|reason| reason.replace('\0', "\u{fffd}"));
        let path = entry.path.to_string();
        let digest = digest(
            &salt,
            &SealedEntry {
                id,
                span: entry.span,
                transaction_id: transaction,
                person_id: entry.actor.as_ref().map(PersonId::as_str),
                external: entry.external.as_deref(),
                source: entry.source.as_str(),
                action: entry.action.as_str(),
                path: &path,
                from_value: entry.from.as_deref(),
                to_value: entry.to.as_deref(),
                reason: reason.as_deref(),
                created: change.now,
            },
        );
        change.chain(&home.project, digest);
        bound.extend(values![
            id,
            home.short(),
            home.key,
            entry.span,
            transaction,
            entry.actor.as_ref().map(|actor| actor.0.clone()),
            entry.external.clone(),
            entry.source.as_str(),
            entry.action.as_str(),
            path,
            entry.from.clone(),
            entry.to.clone(),
            reason,
            change.now,
            salt.to_vec(),
            digest.to_vec(),
        ]);
    }
    let parts = bound.chunks(COLUMNS * 200).map(|bound| {
        let text = format!(
            "INSERT INTO activity (id, project, object, span, transaction_id, person_id, external, source, action, path, from_value, \
             to_value, reason, created, salt, digest) VALUES {}",
            places(COLUMNS, bound.len() / COLUMNS)
        );
        (text, bound.to_vec())
    });
    Ok((first, parts.collect()))
}
