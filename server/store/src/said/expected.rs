//! Editing `expected` directly: the value becomes the base, and answers given until then no longer count.

pub(crate) mod aside;

use crate::content::ingest::edit_expected;
use crate::content::judgement::{Content, Field};
use crate::ground::body::{Raw, same};
use crate::ground::keys::Key;
use crate::looking::sight::Sight;
use crate::said::answers::tell_said;
use crate::writing::turn::Turn;
use crate::{Desk, Result};
use serde_json::value::RawValue;
use shared::Problem;
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::expected::SetExpected;
use shared::figures::too_long;

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
        self.run(Command::SetExpected(command)).await.map(|_| ())
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
    /// Whether something lies there that the actor may not see yet.
    withheld: bool,
}

impl Shown {
    async fn read(turn: &Turn<'_>) -> Result<Self> {
        let (connection, span) = (&turn.change.transaction, turn.span.key);
        let content = Content::of_span(connection, span).await?;
        let sight = Sight::of(connection, turn.actor, &turn.home).await?;
        let seen = sight.of_spans(connection, &[span]).await?;
        Ok(Self {
            stored: text(content.whole_field(Field::Expected)?),
            shown: text(seen.content_of(span, &content, Field::Expected)?),
            base: text(content.base().get(Field::Expected.key()).cloned()),
            informed: content.is_informed(),
            sees: seen.field(span, Field::Expected),
            withheld: seen.withholds(span, &content, Field::Expected),
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
        if !self.withheld {
            return Ok(());
        }
        let reason =
            "Others have said something here that you see once you have answered. Answer the questions about expected first, then edit it.";
        Err(Problem::not_yours(reason).into())
    }
}

/// Edits `expected`. What is there already is not written again, and puts nothing aside.
pub(crate) async fn set(turn: &mut Turn<'_>, command: SetExpected) -> Result<()> {
    let value = command.value.as_deref().map(read).transpose()?;
    let shown = Shown::read(turn).await?;
    shown.require(command.before.as_deref())?;
    let to = value.as_ref().map(|value| value.get().to_owned()).filter(|value| value.trim() != "null");
    if same(shown.shown.as_deref(), to.as_deref()) {
        return Ok(());
    }
    shown.require_whole()?;
    let spoken_of = aside::is_spoken_of(&turn.change.transaction, &turn.home.project, turn.span.key).await?;
    let mut entries = vec![turn.entry(Deed::Edit, Subject::Expected, shown.stored, to)];
    entries.extend(aside::put(turn).await?);
    let count = entries.len();
    write_base(turn, shown.base.as_deref(), value, shown.informed || (shown.sees && spoken_of)).await?;
    let first = turn.tell(entries).await?;
    let last = first.onward().take(count).last().unwrap_or(first);
    aside::remember(turn, (first, last), shown.base.as_deref(), shown.informed).await
}

/// Writes another base. Where the same stands there already, only what lies on it has changed.
async fn write_base(turn: &mut Turn<'_>, base: Option<&str>, value: Option<Raw>, informed: bool) -> Result<()> {
    if same(base, value.as_deref().map(RawValue::get)) {
        return tell_said(turn).await;
    }
    let value = value.unwrap_or_else(|| RawValue::NULL.to_owned());
    edit_expected(turn.change, turn.home.clone(), &turn.actor.person.id, turn.row.as_str(), value, informed).await
}

fn text(value: Option<Raw>) -> Option<String> {
    value.map(|value| value.get().to_owned()).filter(|value| value.trim() != "null")
}

/// A value that somebody typed.
pub(crate) fn read(text: &str) -> Result<Box<RawValue>> {
    if text.len() > LONGEST {
        return Err(Problem::invalid("Expected", too_long(LONGEST, text.len())).into());
    }
    let value = serde_json::from_str::<Box<RawValue>>(text);
    value.map_err(|error| Problem::invalid("Expected", format!("This is no JSON: {error}.")).into())
}
