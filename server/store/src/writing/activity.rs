//! Entries of the activity as they are written and sealed.

use crate::Result;
use crate::ground::database::{StatementPart, run};
use crate::ground::keys::{EntryId, Key, SpanKey};
use crate::ground::places::Home;
use crate::ground::upsert::{Upsert, insertions};
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
    /// How sure somebody is of an answer, and its evidence, as JSON.
    pub(crate) given: Option<String>,
}

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
    /// Where there is none, nothing stands for it.
    pub(crate) given: Option<&'a str>,
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
    chain::digest(salt, text.into_iter().chain(entry.given.map(Some)))
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
    let mut rows = Vec::with_capacity(entries.len());
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
                given: entry.given.as_deref(),
            },
        );
        change.chain(&home.project, digest);
        rows.push(
            Upsert::into("activity")
                .set("project", home.short())
                .set("object", home.key)
                .set("id", id)
                .set("span", entry.span)
                .set("transaction_id", transaction)
                .set("person_id", entry.actor.as_ref().map(PersonId::as_str))
                .set("external", entry.external.as_deref())
                .set("source", entry.source.as_str())
                .set("action", entry.action.as_str())
                .set("path", path)
                .set("from_value", entry.from.as_deref())
                .set("to_value", entry.to.as_deref())
                .set("reason", reason)
                .set("created", change.now)
                .set("given", entry.given.as_deref())
                .set("salt", salt.to_vec())
                .set("digest", digest.to_vec()),
        );
    }
    Ok((first, insertions(rows)))
}
