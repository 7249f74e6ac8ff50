//! `expected` as a text that a person edits, and what such a text would change.
//!
//! They are read and written on the server, token by token: what a person did not touch comes back as it arrived. Differences are made
//! here as well, a few at once, with a bound on bytes and words; the activity carries small ones, and a page asks for large ones.

use crate::ground::body::{self, Object};
use crate::render::compare::{LARGEST, aside, compare};
use crate::render::structured;
use crate::said::expected;
use crate::{Desk, Result};
use serde_json::value::RawValue;
use shared::Problem;
use shared::objects::{FieldName, RowAddress};
use shared::permissions::Action;
use shared::texts::{EditableText, Meanwhile, PreviewText, ReadText, TextFormat, TextPreview};

impl Desk {
    /// A field of a span as a text to edit.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span, [`Problem::Invalid`] if the value is too large to edit.
    pub async fn read_text(&self, query: ReadText) -> Result<EditableText> {
        let content = self.content(&query.row).await?;
        let Some(stored) = value(&content, query.field) else {
            // What should have come out is most often of the form of what did.
            let output = value(&content, FieldName::Output).map(structured::fitting);
            return Ok(EditableText { text: String::new(), format: query.format.or(output).unwrap_or(TextFormat::Json), stored: None });
        };
        check_size(query.field, stored.get())?;
        let format = query.format.unwrap_or_else(|| structured::fitting(stored));
        Ok(EditableText { text: structured::write(format, stored), format, stored: Some(stored.get().to_owned()) })
    }

    /// What a text in the editor of `expected` means, and what it would change. Nothing is written.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span, [`Problem::Invalid`] if the text is too large. A mistake in the text is no error
    /// but part of the answer.
    pub async fn preview_text(&self, query: PreviewText) -> Result<TextPreview> {
        self.require(Action::Read)?;
        check_size(FieldName::Expected, &query.text)?;
        check_size(FieldName::Expected, query.before.as_deref().unwrap_or_default())?;
        let content = self.content(&query.row).await?;
        aside(move || preview(&content, &query)).await?
    }

    /// What the caller may see of a span, one level deep.
    async fn content(&self, row: &RowAddress) -> Result<Object> {
        let view = self.view_row(row).await?;
        view.seen().await?.read_content(&view.snapshot, view.span.key).await
    }
}

fn check_size(field: FieldName, text: &str) -> Result<()> {
    if text.len() > LARGEST {
        return Err(Problem::invalid(field.heading(), "This is larger than 1 MB, too large to edit here. Send it through the API.").into());
    }
    Ok(())
}

/// The value of a field. `null`, which SDKs send for what they do not have, is no value.
fn value(content: &Object, field: FieldName) -> Option<&RawValue> {
    content.get(field.key()).map(|value| &**value).filter(|value| !body::is_null(value))
}

fn preview(content: &Object, query: &PreviewText) -> Result<TextPreview> {
    let stored = value(content, FieldName::Expected);
    let (parsed, mistake) = match structured::parse(query.format, &query.text) {
        Ok(parsed) => (parsed.filter(|value| !body::is_null(value)), None),
        Err(mistake) => (None, Some(mistake)),
    };
    let parsed = parsed.as_deref();
    let before = query.before.as_deref().map(expected::read).transpose()?.filter(|value| !body::is_null(value));
    let before = before.as_deref();
    let changes = |from| if mistake.is_some() { Vec::new() } else { compare(query.format, from, parsed) };
    let meanwhile = (!body::same(before.map(RawValue::get), stored.map(RawValue::get))).then(|| Meanwhile {
        before: before.map(|before| structured::write(query.format, before)).unwrap_or_default(),
        mine: changes(before),
        theirs: compare(query.format, before, stored),
    });
    Ok(TextPreview {
        value: parsed.map(|value| value.get().to_owned()),
        formatted: parsed.map(|value| structured::write(query.into, value)).unwrap_or_default(),
        against_stored: changes(stored),
        against_output: changes(value(content, FieldName::Output)),
        stored: stored.map(|stored| stored.get().to_owned()),
        meanwhile,
        mistake,
    })
}
