//! Editing `expected` directly: the value becomes the base, and answers given until then no longer count.

pub(crate) mod aside;

use crate::content::ingest::edit_row;
use crate::content::judgement::{self, Field};
use crate::ground::body::same;
use crate::ground::body::{self, Object};
use crate::ground::places::Home;
use crate::ground::places::find_span;
use crate::looking::sight::Sight;
use crate::writing::activity::{NewActivity, record};
use crate::writing::once::{is_first, link_entry};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use indexmap::IndexMap;
use serde_json::value::RawValue;
use shared::Problem;
use shared::expected::SetExpected;
use shared::permissions::Action;

/// Bytes of a value at most that somebody types.
const LONGEST: usize = 10_000_000;

impl Desk {
    /// Edits `expected` directly.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, and where a gold value lies for who may not settle; [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for what is no
    /// JSON, [`Problem::Conflict`] if something else stands there than when the edit began.
    pub async fn set_expected(&self, command: SetExpected) -> Result<()> {
        self.require(Action::Review)?;
        let actor = self.actor.clone();
        self.store.write(move |change| Box::pin(async move { set(change, &actor, command).await })).await
    }
}

/// What stands in `expected` of a span.
struct Shown {
    /// What is stored.
    stored: Option<String>,
    /// What the actor may see of it.
    shown: Option<String>,
    /// Whether the actor sees everything that lies there.
    informed: bool,
}

impl Shown {
    async fn read(change: &Change, actor: &Actor, home: &Home, span: i64) -> Result<Self> {
        let stored = expected(&body::of_span(&change.transaction, span).await?);
        let sight = Sight::of(&change.transaction, actor, home).await?;
        let seen = sight.of_spans(&change.transaction, &[span]).await?;
        let shown = expected(&seen.read_content(&change.transaction, span).await?);
        Ok(Self { stored, shown, informed: seen.field(span, Field::Expected) })
    }

    /// Refuses who began with something else than what they may see.
    fn require(&self, before: Option<&str>) -> Result<()> {
        if same(self.shown.as_deref(), before) {
            return Ok(());
        }
        Err(Problem::Conflict { current: self.shown.clone().unwrap_or_else(|| "null".to_owned()) }.into())
    }
}

/// Edits `expected`. What is there already is not written again, and puts nothing aside.
pub(crate) async fn set(change: &mut Change, actor: &Actor, command: SetExpected) -> Result<()> {
    let (home, span) = find_span(&change.transaction, &command.row).await?;
    let person = &actor.person.id;
    if !is_first(change, &home, person, command.client_id.as_deref()).await? {
        return Ok(());
    }
    let value = command.value.as_deref().map(read).transpose()?;
    let shown = Shown::read(change, actor, &home, span.key).await?;
    shown.require(command.before.as_deref())?;
    let to = value.as_ref().map(|value| value.get().to_owned()).filter(|value| value.trim() != "null");
    if same(shown.shown.as_deref(), to.as_deref()) {
        return Ok(());
    }
    let bases = judgement::bases(&change.transaction, &[span.key]).await?.remove(&span.key).unwrap_or_default();
    let under = bases.into_iter().find(|(field, _)| *field == Field::Expected);
    let base = under.map_or_else(|| shown.stored.clone(), |(_, base)| base.map(|base| base.get().to_owned()));
    let mut entries = vec![edit_of(actor, span.key, shown.stored, to)];
    entries.extend(aside::put(change, actor, &home.project, span.key).await?);
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let written = value.unwrap_or_else(|| RawValue::NULL.to_owned());
    edit_row(change, home.clone(), person, command.row.id.as_str(), IndexMap::from([("expected".to_owned(), written)])).await?;
    let entry = record(change, &home, entries).await?;
    aside::remember(change, &home, span.key, (entry, entry + count - 1), base.as_deref(), shown.informed).await?;
    link_entry(change, person, command.client_id.as_deref(), entry).await
}

fn expected(content: &Object) -> Option<String> {
    content.get("expected").map(|value| value.get().to_owned()).filter(|value| value.trim() != "null")
}

/// The entry of a direct edit.
fn edit_of(actor: &Actor, span: i64, from: Option<String>, to: Option<String>) -> NewActivity {
    NewActivity {
        span,
        actor: Some(actor.person.id.clone()),
        external: None,
        source: actor.source(),
        action: "edit",
        path: "expected".to_owned(),
        from,
        to,
        reason: None,
    }
}

/// A value that somebody typed.
pub(crate) fn read(text: &str) -> Result<Box<RawValue>> {
    if text.len() > LONGEST {
        return Err(Problem::invalid("Expected", format!("Use at most {LONGEST} bytes; this has {}.", text.len())).into());
    }
    let value = serde_json::from_str::<Box<RawValue>>(text);
    value.map_err(|error| Problem::invalid("Expected", format!("This is no JSON: {error}.")).into())
}
