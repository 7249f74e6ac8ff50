//! The activity as a page shows it: small changes compared word by word, large ones left out until somebody asks for them.

use super::{ANY_SIZE, of_span, of_trace};
use crate::ground::body::is_null;
use crate::ground::database::{all, list, one, values};
use crate::ground::keys::{SpanKey, TraceKey, bound};
use crate::looking::sight::Seen;
use crate::looking::view::View;
use crate::render::compare::{aside, compare};
use crate::said::reverts;
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::value::RawValue;
use shared::activity::PlacedActivity;
use shared::audit::{Activity, Deed, ListActivity, ListTraceActivity, ReadChange, SpanActivity, Subject};
use shared::texts::{DiffPart, TextFormat};
use shared::{Problem, RowId};
use std::collections::HashMap;

/// Entries that a span shows at first.
pub(super) const SHOWN: u32 = 100;

/// Bytes of an entry's values together above which a page asks for them.
pub(super) const SMALL: i64 = 2_000;

/// Bytes of a value up to which it can be said in a sentence.
const SHORT: usize = 60;

impl Desk {
    /// What changed a row, newest first, as a page shows it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown row.
    pub async fn activity_page(&self, query: ListActivity) -> Result<Vec<Activity>> {
        Ok(shown(&self.actor, self.read_activity(query, SMALL).await?))
    }

    /// What changed the spans of a trace, newest first, as a page shows it.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown trace.
    pub async fn trace_activity(&self, query: ListTraceActivity) -> Result<Vec<SpanActivity>> {
        #[derive(FromQueryResult)]
        struct Trace {
            key: TraceKey,
        }
        #[derive(FromQueryResult)]
        struct Span {
            key: SpanKey,
            row_id: String,
            span_id: String,
            name: String,
        }
        let View { snapshot, home, sight, .. } = &self.view(&query.object).await?;
        let text = "SELECT key FROM traces WHERE project = ? AND object = ? AND root_span_id = ?";
        let trace = one::<Trace>(snapshot, text, values![home.short(), home.key, query.root_span_id.as_str()]).await?;
        let trace = trace.ok_or_else(|| Problem::not_found("trace"))?.key;
        let seen = sight.of_traces(snapshot, &[trace]).await?;
        let (keys, entries): (Vec<SpanKey>, Vec<Activity>) =
            of_trace(snapshot, &seen, trace, query.before.map(Into::into), query.limit, SMALL).await?.into_iter().unzip();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let text = format!("SELECT key, row_id, span_id, name FROM spans WHERE project = ? AND key IN ({})", list(keys.len()));
        let spans = all::<Span>(snapshot, &text, bound(&keys)).await?;
        let spans: HashMap<SpanKey, Span> = spans.into_iter().map(|span| (span.key, span)).collect();
        let activity = keys.iter().zip(shown(&self.actor, entries)).filter_map(|(key, change)| {
            let span = spans.get(key)?;
            Some(SpanActivity { row_id: RowId(span.row_id.clone()), span_id: span.span_id.clone(), name: span.name.clone(), change })
        });
        Ok(activity.collect())
    }

    /// What one entry changed, word by word; nothing if the values are too large to compare.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown row or entry.
    pub async fn read_change(&self, query: ReadChange) -> Result<Vec<DiffPart>> {
        let view = self.view_row(&query.row).await?;
        let seen = view.seen().await?;
        let entry = of_span(&view.snapshot, &seen, view.span.key, Some(query.id.saturating_add(1).into()), 1, ANY_SIZE).await?.pop();
        let entry = entry.filter(|entry| entry.id == query.id).ok_or_else(|| Problem::not_found("edit"))?;
        aside(move || diff(&entry)).await
    }
}

/// The newest entries of a span, as a page shows them to somebody.
pub(crate) async fn of_page(connection: &impl ConnectionTrait, seen: &Seen<'_>, actor: &Actor, span: SpanKey) -> Result<Vec<Activity>> {
    Ok(shown(actor, of_span(connection, seen, span, None, SHOWN, SMALL).await?))
}

fn shown(actor: &Actor, mut entries: Vec<Activity>) -> Vec<Activity> {
    for entry in &mut entries {
        let by = entry.actor.as_ref().map(|person| person.id.as_str());
        // What may not be seen yet is not taken back.
        let seen = entry.cut || values(entry).next().is_some();
        entry.revertible = seen && reverts::require_right(actor, &entry.action, &entry.path, by).is_ok();
        if is_text(entry) {
            entry.diff = diff(entry);
        }
    }
    entries
}

/// The same where each is a sentence: of what is longer than one, only that it was changed. Of comments their beginning is told.
pub(super) fn in_sentences(entries: &mut [PlacedActivity]) {
    for entry in entries.iter_mut().map(|entry| &mut entry.change).filter(|entry| entry.action != Deed::Comment && is_text(entry)) {
        (entry.from, entry.to, entry.cut) = (None, None, true);
    }
}

fn values(entry: &Activity) -> impl Iterator<Item = &str> {
    [&entry.from, &entry.to].into_iter().filter_map(Option::as_deref)
}

/// Whether an entry holds more than a sentence can say.
fn is_text(entry: &Activity) -> bool {
    let holds_texts =
        !matches!(entry.path, Subject::Tags | Subject::Review(_)) && !matches!(entry.action, Deed::SetAside | Deed::CountAgain);
    holds_texts && values(entry).any(|value| value.len() > SHORT || value.trim_start().starts_with('{'))
}

fn diff(entry: &Activity) -> Vec<DiffPart> {
    let value = |text: &Option<String>| text.clone().and_then(|text| RawValue::from_string(text).ok()).filter(|value| !is_null(value));
    compare(TextFormat::Text, value(&entry.from).as_deref(), value(&entry.to).as_deref())
}
