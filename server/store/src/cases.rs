//! Rows of a dataset as people write them by hand: added, changed field by field, and taken out again.

use crate::content::ingest::{check, delete_row, edit_row, insert};
use crate::content::judgement::Content;
use crate::ground::body::{self, Object, Raw, same};
use crate::ground::database::{one, values};
use crate::ground::ids::new_id;
use crate::ground::places::{Home, find_span};
use crate::render::compare::LARGEST;
use crate::render::structured;
use crate::said::comments;
use crate::writing::activity::{NewActivity, record};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use shared::audit::{Deed, Subject};
use shared::cases::{AddCase, AddedCase, ChangeCase, EDITED};
use shared::objects::{FieldName, ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::texts::{EditableText, ReadText, TextFormat};
use shared::{Problem, RowId};
use std::collections::BTreeSet;

/// Keys of metadata that the activity tells one by one.
const MOST_TOLD: usize = 100;

impl Desk {
    /// Adds a row that somebody wrote by hand.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`] for what is no dataset, [`Problem::Invalid`] for a field that cannot be read and for an id
    /// that a row has.
    pub async fn add_case(&self, command: AddCase) -> Result<AddedCase> {
        self.require(Action::Ingest)?;
        let home = self.find_object(&command.dataset).await?;
        if home.kind != ObjectKind::Dataset {
            return Err(Problem::not_found("dataset").into());
        }
        let own = command.id.trim();
        let id = if own.is_empty() { new_id() } else { own.to_owned() };
        let row = row(&id, &command)?;
        check(&row, &home.id).map_err(|reason| Problem::invalid(if reason.starts_with("id ") { "Id" } else { "Row" }, reason))?;
        let (actor, project) = (self.actor.clone(), home.project.clone());
        self.store.write_in(&project, move |change| Box::pin(async move { add(change, &actor, home, id, row).await })).await
    }

    /// Takes a row out again that was added by hand, unless somebody changed it since.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`] where it is gone, [`Problem::Taken`] where it was changed.
    pub async fn remove_case(&self, added: AddedCase) -> Result<()> {
        self.require(Action::Ingest)?;
        let (actor, dataset) = (self.actor.clone(), added.dataset.clone());
        self.store.write_at(&dataset, move |change| Box::pin(async move { remove(change, &actor, added).await })).await
    }

    /// Input or metadata of a row as a text to edit: what arrived or somebody wrote there, without what lies on it.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`] for what is no row of a dataset, [`Problem::Invalid`] for another field and for what is too
    /// large to edit.
    pub async fn case_text(&self, query: ReadText) -> Result<EditableText> {
        self.require(Action::ActOnMany)?;
        require_editable(&query.row, query.field)?;
        let (_, span) = find_span(self.store.readers(), &query.row).await?;
        let content = Content::of_span(self.store.readers(), span.key).await?;
        let Some(stored) = content.base().get(query.field.key()).filter(|value| !body::is_null(value)) else {
            return Ok(EditableText { text: String::new(), format: TextFormat::Json, stored: None });
        };
        require_small(query.field.heading(), stored.get())?;
        let mut format = structured::fitting(stored);
        // A text that would be read as something else stands there as JSON.
        let mut text = structured::write(format, stored);
        if !value("", &text).is_ok_and(|read| same(read.as_deref().map(|read| read.get()), Some(stored.get()))) {
            format = TextFormat::Json;
            text = structured::write(format, stored);
        }
        Ok(EditableText { text, format, stored: Some(stored.get().to_owned()) })
    }

    /// Writes another input, or other metadata, into a row of a dataset.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`] for what is no row of a dataset, [`Problem::Invalid`] for a text that cannot be read,
    /// [`Problem::Conflict`] where something else stands there than when the edit began.
    pub async fn change_case(&self, command: ChangeCase) -> Result<()> {
        // A conflict tells what stands there.
        self.require(Action::ActOnMany)?;
        require_editable(&command.row, command.field)?;
        let to = field(command.field.heading(), command.field, &command.text)?;
        let (actor, dataset) = (self.actor.clone(), command.row.object_id.clone());
        self.store.write_at(&dataset, move |change| Box::pin(async move { write(change, &actor, command, to).await })).await
    }
}

/// Only input and metadata of a dataset's row are edited so: the others have ways of their own.
fn require_editable(row: &RowAddress, field: FieldName) -> Result<()> {
    if row.object_type != ObjectKind::Dataset {
        return Err(Problem::not_found("row of a dataset").into());
    }
    if !EDITED.contains(&field) {
        return Err(Problem::invalid(field.heading(), "Only input and metadata are edited here.").into());
    }
    Ok(())
}

fn require_small(label: &str, text: &str) -> Result<()> {
    if text.len() > LARGEST {
        return Err(Problem::invalid(label, "This is larger than 1 MB, too large to edit here. Send it through the API.").into());
    }
    Ok(())
}

/// What a text says: JSON, or itself. What begins like JSON and is none is a mistake.
fn value(label: &str, text: &str) -> Result<Option<Raw>> {
    require_small(label, text)?;
    match structured::parse(TextFormat::Json, text) {
        Ok(value) => Ok(value.filter(|value| !body::is_null(value))),
        Err(mistake) if text.trim_start().starts_with(['{', '[', '"']) => {
            let reason = format!("Line {}, column {}: {}", mistake.line, mistake.column, mistake.message);
            Err(Problem::invalid(label, reason).into())
        }
        Err(_) => Ok(Some(body::raw(&text)?)),
    }
}

/// What a text says in a field.
fn field(label: &str, field: FieldName, text: &str) -> Result<Option<Raw>> {
    let value = value(label, text)?;
    if field == FieldName::Metadata && value.as_ref().is_some_and(|value| !body::is_object(value.get())) {
        return Err(Problem::invalid(label, "Metadata is an object of names and values, such as {\"plan\": \"pro\"}.").into());
    }
    Ok(value)
}

/// Tags: words with commas between them, or a list of texts.
fn tags(text: &str) -> Result<Option<Raw>> {
    require_small("Tags", text)?;
    let wrong = || Problem::invalid("Tags", "Write words with commas between them, or a list of texts such as [\"a\", \"b, c\"].");
    let words: Vec<String> = match text.trim_start().starts_with('[') {
        true => serde_json::from_str(text).map_err(|_| wrong())?,
        false => text.split(',').map(|word| word.trim().to_owned()).collect(),
    };
    let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    if words.is_empty() { Ok(None) } else { Ok(Some(body::raw(&words)?)) }
}

/// The row that somebody wrote. A mark makes it another one than a row that was deleted, also where both say the same.
fn row(id: &str, command: &AddCase) -> Result<Raw> {
    let fields = [
        ("input", field("Input", FieldName::Input, &command.input)?),
        ("expected", field("Expected", FieldName::Expected, &command.expected)?),
        ("metadata", field("Metadata", FieldName::Metadata, &command.metadata)?),
        ("tags", tags(&command.tags)?),
    ];
    if fields.iter().all(|(_, value)| value.is_none()) {
        return Err(Problem::invalid("Input", "Write what goes in, or at least one of the other fields.").into());
    }
    let mut row = Object::from([("id".to_owned(), body::raw(&id)?)]);
    row.extend(fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    row.insert("_audit_metadata".to_owned(), body::raw(&json!({ "added": new_id() }))?);
    Ok(body::raw(&row)?)
}

async fn add(change: &mut Change, actor: &Actor, home: Home, id: String, row: Raw) -> Result<AddedCase> {
    if transaction_of(&change.transaction, &home, &id).await?.is_some() {
        let reason = "A row of this dataset has this id. Open that one to change it, or use another id.";
        return Err(Problem::invalid("Id", reason).into());
    }
    if let Some(refused) = insert(change, &actor.person.id, &home.id, &[row]).await?.pop() {
        return Err(Problem::invalid("Row", refused.reason).into());
    }
    let transaction = transaction_of(&change.transaction, &home, &id).await?.unwrap_or_default();
    Ok(AddedCase { dataset: home.id, id: RowId(id), transaction: transaction.to_string() })
}

async fn remove(change: &mut Change, actor: &Actor, added: AddedCase) -> Result<()> {
    let row = RowAddress { object_type: ObjectKind::Dataset, object_id: added.dataset, id: added.id };
    let (home, span) = find_span(&change.transaction, &row).await?;
    let transaction = transaction_of(&change.transaction, &home, row.id.as_str()).await?;
    let comments = comments::of_span(&change.transaction, span.key).await?;
    if !comments.is_empty() || transaction.map(|transaction| transaction.to_string()) != Some(added.transaction) {
        return Err(Problem::taken(
            "Somebody has changed this row since, or said something about it, so it stays. Open it to see what it says now.",
        )
        .into());
    }
    delete_row(change, home, &actor.person.id, row.id.as_str()).await
}

/// The transaction of which a row is; none where there is no such row.
async fn transaction_of(connection: &impl ConnectionTrait, home: &Home, id: &str) -> Result<Option<i64>> {
    #[derive(FromQueryResult)]
    struct Written {
        transaction_id: i64,
    }
    // What people say of a row is something else that it says.
    let text = "SELECT CASE WHEN s.said > s.transaction_id THEN s.said ELSE s.transaction_id END AS transaction_id FROM spans s \
                WHERE s.project = ? AND s.object = ? AND s.row_id = ? AND s.arrived";
    let found = one::<Written>(connection, text, values![home.short(), home.key, id]).await?;
    Ok(found.map(|found| found.transaction_id))
}

async fn write(change: &mut Change, actor: &Actor, command: ChangeCase, to: Option<Raw>) -> Result<()> {
    let (home, span) = find_span(&change.transaction, &command.row).await?;
    let content = Content::of_span(&change.transaction, span.key).await?;
    let key = command.field.key();
    let from = content.base().get(key).filter(|value| !body::is_null(value)).map(|value| value.get().to_owned());
    if !same(from.as_deref(), command.before.as_deref()) {
        return Err(Problem::Conflict { current: from.unwrap_or_else(|| "null".to_owned()) }.into());
    }
    let to_text = to.as_ref().map(|value| value.get().to_owned());
    if same(from.as_deref(), to_text.as_deref()) {
        return Ok(());
    }
    let fields = Object::from([(key.to_owned(), to.map_or_else(|| body::raw(&()), Ok)?)]);
    let mut row = fields.clone();
    row.insert("id".to_owned(), body::raw(&command.row.id)?);
    check(&body::raw(&row)?, &home.id).map_err(|reason| Problem::invalid(command.field.heading(), reason))?;
    edit_row(change, home.clone(), &actor.person.id, command.row.id.as_str(), fields).await?;
    let entries = told(command.field, from, to_text).into_iter().map(|(path, from, to)| NewActivity {
        span: span.key,
        actor: Some(actor.person.id.clone()),
        external: None,
        source: actor.source(),
        action: Deed::Merge,
        path,
        from,
        to,
        reason: None,
        given: None,
    });
    let entries = entries.collect();
    record(change, &home, entries).await.map(|_| ())
}

/// Something that was changed: how it was, and how it is.
type Told = (Subject, Option<String>, Option<String>);

/// What the activity tells: of metadata each key, as of what comes through the API, so that each can be taken back.
fn told(field: FieldName, from: Option<String>, to: Option<String>) -> Vec<Told> {
    if field == FieldName::Metadata {
        let [old, new] = [&from, &to].map(|text| text.as_deref().and_then(body::object).unwrap_or_default());
        let text = |object: &Object, name: &str| object.get(name).filter(|value| !body::is_null(value)).map(|value| value.get().to_owned());
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let names = names.into_iter().map(|name| (Subject::Metadata(name.replace('\0', "\u{fffd}")), text(&old, name), text(&new, name)));
        let told: Vec<Told> = names.filter(|(_, from, to)| !same(from.as_deref(), to.as_deref())).collect();
        if (1..=MOST_TOLD).contains(&told.len()) {
            return told;
        }
    }
    vec![(Subject::Other(field.key().to_owned()), from, to)]
}
