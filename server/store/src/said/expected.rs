//! Editing `expected` directly: the value becomes the base, and answers given until then no longer count.

pub(crate) mod aside;

use crate::content::ingest::edit_expected;
use crate::content::judgement::{Content, Field};
use crate::content::traces::{self, Effect};
use crate::ground::body::{Raw, same};
use crate::ground::places::{FoundSpan, Home, find_span};
use crate::looking::sight::Sight;
use crate::writing::activity::{NewActivity, record};
use crate::writing::once::{is_first, link_entry};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use serde_json::value::RawValue;
use shared::expected::SetExpected;
use shared::permissions::Action;
use shared::{Problem, RowId};

/// Bytes of a value at most that somebody types.
const LONGEST: usize = 10_000_000;

impl Desk {
    /// Edits `expected` directly.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, and where a gold value lies for who may not settle; [`Problem::NotYours`] where more stands than
    /// the caller may see yet, [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for what is no JSON, [`Problem::Conflict`] if
    /// something else stands there than when the edit began.
    pub async fn set_expected(&self, command: SetExpected) -> Result<()> {
        self.require(Action::Review)?;
        let (actor, object) = (self.actor.clone(), command.row.object_id.clone());
        self.store.write_at(&object, move |change| Box::pin(async move { set(change, &actor, command).await })).await
    }
}

/// What stands in `expected` of a span.
struct Shown {
    /// What is stored: the base with everything that lies on it.
    stored: Option<String>,
    /// What the actor may see of it.
    shown: Option<String>,
    /// What lies under what people said.
    base: Option<String>,
    /// Whether the base was written by who saw what others had said there.
    informed: bool,
    /// Whether the actor may see everything that was ever said there.
    sees: bool,
}

impl Shown {
    async fn read(change: &Change, actor: &Actor, home: &Home, span: i64) -> Result<Self> {
        let content = Content::of_span(&change.transaction, span).await?;
        let sight = Sight::of(&change.transaction, actor, home).await?;
        let seen = sight.of_spans(&change.transaction, &[span]).await?;
        Ok(Self {
            stored: text(content.whole_field(Field::Expected)?),
            shown: text(seen.content_of(span, &content, Field::Expected)?),
            base: text(content.base().get(Field::Expected.key()).cloned()),
            informed: content.is_informed(),
            sees: seen.field(span, Field::Expected),
        })
    }

    /// Refuses who began with something else than what they may see.
    fn require(&self, before: Option<&str>) -> Result<()> {
        if same(self.shown.as_deref(), before) {
            return Ok(());
        }
        Err(Problem::Conflict { current: self.shown.clone().unwrap_or_else(|| "null".to_owned()) }.into())
    }

    /// Refuses who would replace what they may not see yet.
    fn require_whole(&self) -> Result<()> {
        if same(self.shown.as_deref(), self.stored.as_deref()) {
            return Ok(());
        }
        let reason =
            "Others have said something here that you see once you have answered. Answer the questions about expected first, then edit it.";
        Err(Problem::not_yours(reason).into())
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
    shown.require_whole()?;
    let informed = shown.informed || (shown.sees && aside::is_spoken_of(&change.transaction, &home.project, span.key).await?);
    let mut entries = vec![edit_of(actor, span.key, shown.stored, to)];
    entries.extend(aside::put(change, actor, &home, span.key).await?);
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    write_base(change, actor, (&home, &span, &command.row.id), shown.base.as_deref(), value, informed).await?;
    let entry = record(change, &home, entries).await?;
    aside::remember(change, &home, span.key, (entry, entry + count - 1), shown.base.as_deref(), shown.informed).await?;
    link_entry(change, person, command.client_id.as_deref(), entry).await
}

/// Writes another base. Where the same stands there already, only what lies on it has changed.
async fn write_base(
    change: &mut Change,
    actor: &Actor,
    (home, span, row): (&Home, &FoundSpan, &RowId),
    base: Option<&str>,
    value: Option<Raw>,
    informed: bool,
) -> Result<()> {
    if same(base, value.as_deref().map(RawValue::get)) {
        let mut effect = Effect::new(home);
        effect.touch(span.trace, &span.root_span_id, row);
        return traces::tell_said(change, effect).await;
    }
    let value = value.unwrap_or_else(|| RawValue::NULL.to_owned());
    edit_expected(change, home.clone(), &actor.person.id, row.as_str(), value, informed).await
}

fn text(value: Option<Raw>) -> Option<String> {
    value.map(|value| value.get().to_owned()).filter(|value| value.trim() != "null")
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
