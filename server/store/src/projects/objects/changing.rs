//! What people and SDKs change about an experiment or a dataset. Each change stands in the activity of the object: an entry of no span.

use super::{find, merge, only};
use crate::ground::database::{is_duplicate, run, values};
use crate::ground::keys::{Key as _, SpanKey};
use crate::ground::places::{Home, home};
use crate::people::names::folded;
use crate::projects::checked_name;
use crate::projects::questions::configuration_changed;
use crate::render::compare::LARGEST;
use crate::render::structured;
use crate::writing::activity::{self, NewActivity};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use serde_json::{Map, Value};
use shared::audit::{Deed, Subject};
use shared::objects::{ChangeObject, EditMetadata, NamedObject, ObjectKind};
use shared::permissions::Action;
use shared::texts::{TextFormat, TextMistake};
use shared::{ObjectId, Problem};

/// The key under which an object keeps what SDKs say about it in their own words.
const METADATA: &str = "metadata";

impl Desk {
    /// Changes an experiment or a dataset.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], or [`Problem::Invalid`] if the name is taken.
    pub async fn change_object(&self, command: ChangeObject) -> Result<NamedObject> {
        let name = command.name.as_deref().map(checked_name).transpose()?;
        let ChangeObject { kind, id, details, .. } = command;
        self.edit_object(kind, &id, move |object| {
            merge(&mut object.details, details);
            object.name = name.unwrap_or_else(|| object.name.clone());
            Ok(())
        })
        .await
    }

    /// Puts other metadata in the place of what an experiment or a dataset has.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], [`Problem::Invalid`] for what is no object, [`Problem::Conflict`] if it was changed since
    /// the edit began.
    pub async fn edit_metadata(&self, command: EditMetadata) -> Result<NamedObject> {
        self.require(Action::Ingest)?;
        let wanted = object_of(&command.text)?;
        let before = object_of(&command.before)?;
        self.edit_object(command.kind, &command.id, move |object| {
            let stands = object.details.get(METADATA).and_then(Value::as_object).cloned().unwrap_or_default();
            if stands != before {
                return Err(Problem::Conflict { current: serde_json::to_string(&stands)? }.into());
            }
            if wanted.is_empty() {
                object.details.remove(METADATA);
            } else {
                object.details.insert(METADATA.to_owned(), Value::Object(wanted));
            }
            Ok(())
        })
        .await
    }

    async fn edit_object(
        &self,
        kind: ObjectKind,
        id: &ObjectId,
        edit: impl FnOnce(&mut NamedObject) -> Result<()> + Send + 'static,
    ) -> Result<NamedObject> {
        self.require(Action::Ingest)?;
        let (actor, object_id) = (self.actor.clone(), id.clone());
        let changed = self
            .store
            .write_at(id, move |change| {
                Box::pin(async move {
                    let condition = "o.kind = ? AND o.id = ?";
                    let before = only(kind, find(&change.transaction, condition, values![kind.as_str(), object_id.as_str()]).await?)?;
                    let mut after = before.clone();
                    edit(&mut after)?;
                    // Said again, it changes nothing and is told to nobody.
                    if after == before {
                        return Ok(());
                    }
                    let text = "UPDATE objects SET name = ?, live_name = ?, details = ? WHERE id = ?";
                    let details = serde_json::to_string(&after.details)?;
                    run(&change.transaction, text, values![after.name.as_str(), folded(&after.name), details, object_id.as_str()]).await?;
                    let home = home(&change.transaction, &object_id).await?.ok_or_else(|| Problem::not_found(kind.as_str()))?;
                    tell(change, &home, &actor, differences(&before, &after)?).await?;
                    configuration_changed(change, &before.project).await
                })
            })
            .await;
        match changed {
            Err(error) if is_duplicate(&error) => {
                Err(Problem::invalid("name", format!("Another {} has this name already.", kind.as_str())).into())
            }
            Err(error) => Err(error),
            Ok(()) => self.object(kind, id).await,
        }
    }
}

/// What was done to an object: what, to what of it, from what to what.
pub(super) type ObjectEntry = (Deed, Subject, Option<String>, Option<String>);

/// Remembers what was done to an object.
pub(super) async fn tell(change: &mut Change, home: &Home, actor: &Actor, entries: Vec<ObjectEntry>) -> Result<()> {
    let entry = |(action, path, from, to)| NewActivity {
        span: SpanKey::NONE,
        actor: Some(actor.person.id.clone()),
        external: None,
        source: actor.source(),
        action,
        path,
        from,
        to,
        reason: None,
        given: None,
    };
    activity::record(change, home, entries.into_iter().map(entry).collect()).await?;
    Ok(())
}

/// What leads from an object to what became of it: its name, and each thing that it says about itself; metadata key by key.
fn differences(before: &NamedObject, after: &NamedObject) -> Result<Vec<ObjectEntry>> {
    let mut entries = Vec::new();
    let mut add = |path: Subject, from: Option<&Value>, to: Option<&Value>| -> Result<()> {
        if from != to {
            let text = |value: Option<&Value>| value.filter(|value| !value.is_null()).map(serde_json::to_string).transpose();
            entries.push((Deed::Edit, path, text(from)?, text(to)?));
        }
        Ok(())
    };
    let (old, new) = (Value::from(before.name.as_str()), Value::from(after.name.as_str()));
    add(Subject::Name, Some(&old), Some(&new))?;
    for key in keys(&before.details, &after.details) {
        let (from, to) = (before.details.get(key), after.details.get(key));
        match key {
            METADATA => {
                let empty = Map::new();
                let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned();
                let (from, to) = (object(from).unwrap_or_else(|| empty.clone()), object(to).unwrap_or(empty));
                for key in keys(&from, &to) {
                    add(Subject::Metadata(key.to_owned()), from.get(key), to.get(key))?;
                }
            }
            "description" => add(Subject::Description, from, to)?,
            "base_exp_id" => add(Subject::Base, from, to)?,
            "tags" => add(Subject::Tags, from, to)?,
            other => add(Subject::Other(other.to_owned()), from, to)?,
        }
    }
    Ok(entries)
}

/// The keys of both, each once.
fn keys<'a>(one: &'a Map<String, Value>, other: &'a Map<String, Value>) -> Vec<&'a str> {
    one.keys().chain(other.keys().filter(|key| !one.contains_key(*key))).map(String::as_str).collect()
}

/// The object that a text means; nothing for an empty text.
fn object_of(text: &str) -> Result<Map<String, Value>> {
    let wrong = |reason: String| crate::Error::from(Problem::invalid("Metadata", reason));
    if text.len() > LARGEST {
        return Err(wrong("This is larger than 1 MB, too large to edit here. Send it through the API.".to_owned()));
    }
    let at = |TextMistake { line, column, message }: TextMistake| wrong(format!("Line {line}, character {column}: {message}"));
    let Some(raw) = structured::parse(TextFormat::Json, text).map_err(at)? else { return Ok(Map::new()) };
    match serde_json::from_str(raw.get()) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err(wrong("Write an object: names and values between { and }.".to_owned())),
        Err(error) => Err(wrong(format!("This cannot be kept: {error}."))),
    }
}
