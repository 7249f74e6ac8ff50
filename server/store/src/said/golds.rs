//! Gold values: what counts on a span, whatever reviewers said.

use crate::ground::database::{one, run, values};
use crate::ground::keys::SpanKey;
use crate::ground::upsert::Upsert;
use crate::projects::questions;
use crate::said::answers::{change_score, require_asked, require_room, subject_of, tell_said};
use crate::said::stored::{self, StoredSaid};
use crate::said::versions::{self, Table};
use crate::writing::activity::NewActivity;
use crate::writing::turn::Turn;
use crate::{Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::answers::{Gold, SetGold, Taken, check_reason, take};
use shared::audit::Deed;
use shared::commands::Command;
use shared::objects::RowAddress;
use shared::questions::Question;

impl Desk {
    /// Sets or clears the gold value of a question on a span.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] below engineers; else as for [`Desk::set_answer`].
    pub async fn set_gold(&self, command: SetGold) -> Result<()> {
        self.run(Command::SetGold(command)).await.map(|_| ())
    }

    /// The gold values of a span, as far as the caller may see them.
    ///
    /// # Errors
    /// [`shared::Problem::NotFound`] for an unknown span.
    pub async fn golds(&self, row: &RowAddress) -> Result<Vec<Gold>> {
        let view = self.view_row(row).await?;
        let mut golds = of_span(&view.snapshot, view.span.key).await?;
        view.seen().await?.golds(view.span.key, &mut golds);
        Ok(golds)
    }
}

/// Sets or clears a gold value.
pub(crate) async fn set(turn: &mut Turn<'_>, command: SetGold) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Before {
        person_id: String,
        version: i32,
        value: String,
        reason: String,
        active: bool,
    }
    let question = questions::find(&turn.change.transaction, &turn.home.project, &command.question).await?;
    require_asked(&question, &turn.home)?;
    let taken = command.value.map(|value| take(&question, value)).transpose()?.flatten();
    check_reason(&command.reason)?;
    let (span, id) = (turn.span.key, question.id.clone());
    let short = turn.home.short();
    let whose = || values![short, span, id.as_str()];
    let text = "SELECT person_id, version, value, reason, active FROM golds WHERE project = ? AND span = ? AND question_id = ?";
    let before = one::<Before>(&turn.change.transaction, text, whose()).await?.filter(|before| before.active);
    let wanted = taken.as_ref().map(|taken| serde_json::to_string(&taken.value)).transpose()?;
    let stands = before.as_ref().is_some_and(|before| {
        let is_own = before.person_id == turn.person().as_str() && before.version == question.version;
        is_own && Some(&before.value) == wanted.as_ref() && before.reason == storable(&command.reason)
    });
    if stands || (wanted.is_none() && before.is_none()) {
        return Ok(());
    }
    if let Some(taken) = &taken {
        require_room(turn, &question, taken, command.confirm).await?;
    }
    versions::keep(turn.change, &turn.home, Table::Golds, "span = ? AND question_id = ?", values![span, id.as_str()]).await?;
    versions::mark(turn.change, &turn.home, span).await?;
    let to = match &taken {
        Some(taken) => Some(store(turn, &question, taken, &command.reason).await?),
        None => {
            run(&turn.change.transaction, "DELETE FROM golds WHERE project = ? AND span = ? AND question_id = ?", whose()).await?;
            None
        }
    };
    let deed = if to.is_some() { Deed::Gold } else { Deed::ClearGold };
    let entry = turn.entry(deed, subject_of(&question), before.map(|before| before.value), to);
    turn.tell(vec![NewActivity { reason: told_reason(command.reason), ..entry }]).await?;
    if !question.definition.kind.is_score() {
        return tell_said(turn).await;
    }
    let gold = taken.and_then(|taken| taken.score).map(|score| score.0);
    change_score(turn, &question.name, |score| score.gold = gold).await
}

/// A reason as it is stored: no database takes a NUL.
fn storable(reason: &str) -> String {
    reason.replace('\0', "\u{fffd}")
}

/// A reason as the activity tells it; none if nothing is said.
pub(crate) fn told_reason(reason: String) -> Option<String> {
    Some(reason).filter(|reason| !reason.trim().is_empty())
}

async fn store(turn: &mut Turn<'_>, question: &Question, taken: &Taken, reason: &str) -> Result<String> {
    let (person, Turn { change, home, span, .. }) = (turn.person(), turn);
    let value = serde_json::to_string(&taken.value)?;
    let transaction = change.transaction_id(&home.project).await?;
    Upsert::into("golds")
        .fixed("project", home.short())
        .fixed("object", home.key)
        .fixed("span", span.key)
        .fixed("question_id", question.id.as_str())
        .set("person_id", person.as_str())
        .set("version", question.version)
        .set("value", value.as_str())
        .set("score", taken.score.map(|score| score.0))
        .set("reason", storable(reason))
        .set("updated", change.now)
        .set("active", true)
        .set("transaction_id", transaction)
        .upsert("project, span, question_id", &change.transaction)
        .await?;
    Ok(value)
}

/// The gold values of a span, in the order of the questions.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Vec<Gold>> {
    let said = StoredSaid::read(connection, Table::Golds, span, " AND s.active = ?", values![true]).await?;
    stored::by_people(connection, said).await?.into_iter().map(|(said, person)| said.gold(person)).collect()
}
