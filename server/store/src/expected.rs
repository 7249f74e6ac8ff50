//! Editing `expected` directly: the value becomes the base, and answers given until then no longer count.

use crate::activity::{NewActivity, record};
use crate::answers::{find_span, is_first, link_entry};
use crate::blindness::Sight;
use crate::body::{self, Object};
use crate::database::{all, run, values};
use crate::ingest::edit_row;
use crate::writer::Change;
use crate::{Actor, Desk, Result};
use indexmap::IndexMap;
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use shared::expected::SetExpected;
use shared::permissions::Action;
use shared::questions::{Definition, QuestionKind};
use shared::{Problem, ProjectId};

/// The action of an entry that tells whose answers no longer count: `from` is an object of answers by the ids of who gave them.
const SET_ASIDE: &str = "set_aside";

/// Bytes of a value at most that somebody types.
const LONGEST: usize = 10_000_000;

impl Desk {
    /// Edits `expected` directly.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for what is no
    /// JSON, [`Problem::Conflict`] if something else stands there than when the edit began.
    pub async fn set_expected(&self, command: SetExpected) -> Result<()> {
        self.require(Action::Review)?;
        let actor = self.actor.clone();
        self.store.write(move |change| Box::pin(async move { set(change, &actor, command).await })).await
    }
}

/// Edits `expected`.
pub(crate) async fn set(change: &mut Change, actor: &Actor, command: SetExpected) -> Result<()> {
    let (home, span) = find_span(&change.transaction, &command.row).await?;
    let person = &actor.person.id;
    if !is_first(change, person, command.client_id.as_deref()).await? {
        return Ok(());
    }
    let value = command.value.as_deref().map(read).transpose()?;
    let expected = |content: &Object| content.get("expected").map(|value| value.get().to_owned()).filter(|value| value.trim() != "null");
    let stored = expected(&body::of_span(&change.transaction, span.key).await?);
    // Who edits began with what they may see.
    let sight = Sight::of(&change.transaction, actor, &home).await?;
    let seen = sight.of_spans(&change.transaction, &[span.key]).await?;
    let shown = expected(&seen.read_content(&change.transaction, span.key).await?);
    if !same(shown.as_deref(), command.before.as_deref()) {
        return Err(Problem::Conflict { current: shown.unwrap_or_else(|| "null".to_owned()) }.into());
    }
    let to = value.as_ref().map(|value| value.get().to_owned()).filter(|value| value.trim() != "null");
    let mut entries = vec![NewActivity {
        span: span.key,
        actor: Some(person.clone()),
        external: None,
        source: actor.source(),
        action: "edit",
        path: "expected".to_owned(),
        from: stored,
        to,
        reason: None,
    }];
    entries.extend(set_aside(change, actor, &home.project, span.key).await?);
    let written = value.unwrap_or_else(|| RawValue::NULL.to_owned());
    edit_row(change, home.clone(), person, command.row.id.as_str(), IndexMap::from([("expected".to_owned(), written)])).await?;
    let entry = record(change, &home, entries).await?;
    link_entry(change, person, command.client_id.as_deref(), entry).await
}

/// A value that somebody typed.
pub(crate) fn read(text: &str) -> Result<Box<RawValue>> {
    if text.len() > LONGEST {
        return Err(Problem::invalid("Expected", format!("Use at most {LONGEST} bytes; this has {}.", text.len())).into());
    }
    let value = serde_json::from_str::<Box<RawValue>>(text);
    value.map_err(|error| Problem::invalid("Expected", format!("This is no JSON: {error}.")).into())
}

/// Whether two values mean the same, however they are written; no value and null do, too.
pub(crate) fn same(one: Option<&str>, other: Option<&str>) -> bool {
    let decoded = |value: Option<&str>| value.map_or(Some(serde_json::Value::Null), |value| serde_json::from_str(value).ok());
    one == other || decoded(one).is_some_and(|value| Some(value) == decoded(other))
}

/// Answers and gold values that lie on `expected` are remembered, and no longer count. The entries tell which.
async fn set_aside(change: &Change, actor: &Actor, project: &ProjectId, span: i64) -> Result<Vec<NewActivity>> {
    #[derive(FromQueryResult)]
    struct Asked {
        id: String,
        name: String,
        definition: String,
    }
    #[derive(FromQueryResult)]
    struct Said {
        person_id: String,
        value: String,
    }
    let text = "SELECT q.id, q.name, v.definition FROM questions q JOIN question_versions v ON v.question_id = q.id AND v.version = q.version \
                WHERE q.project_id = ? AND q.id IN (SELECT question_id FROM answers WHERE span = ? UNION SELECT question_id FROM golds WHERE span = ?) \
                ORDER BY q.position, q.created";
    let mut entries = Vec::new();
    for question in all::<Asked>(&change.transaction, text, values![project.as_str(), span, span]).await? {
        if !matches!(serde_json::from_str::<Definition>(&question.definition)?.kind, QuestionKind::Expected { .. }) {
            continue;
        }
        let id = question.id.as_str();
        let mut tell = |action, from| {
            let path = format!("answers.{}", question.name);
            let (actor, source) = (Some(actor.person.id.clone()), actor.source());
            entries.push(NewActivity { span, actor, external: None, source, action, path, from: Some(from), to: None, reason: None });
        };
        let text = "SELECT person_id, value FROM answers WHERE span = ? AND question_id = ? AND active = ? ORDER BY created, id";
        let said = all::<Said>(&change.transaction, text, values![span, id, true]).await?;
        if !said.is_empty() {
            let said = said.into_iter().map(|said| Ok((said.person_id, RawValue::from_string(said.value)?)));
            tell(SET_ASIDE, serde_json::to_string(&said.collect::<Result<IndexMap<_, _>>>()?)?);
        }
        let text = "UPDATE answers SET active = ? WHERE span = ? AND question_id = ?";
        run(&change.transaction, text, values![false, span, id]).await?;
        let text = "SELECT person_id, value FROM golds WHERE span = ? AND question_id = ?";
        for gold in all::<Said>(&change.transaction, text, values![span, id]).await? {
            tell("clear_gold", gold.value);
        }
        run(&change.transaction, "DELETE FROM golds WHERE span = ? AND question_id = ?", values![span, id]).await?;
    }
    Ok(entries)
}
