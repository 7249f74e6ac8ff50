//! A field of a span as a text that a person edits, and what such a text would change.

use crate::body::{self, Object, Raw};
use crate::database::{one, values};
use crate::render::{diff, structured};
use crate::{Desk, Result, answers};
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use shared::Problem;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::spans::FieldName;
use shared::texts::{DiffPart, EditableText, PreviewText, ReadText, TextFormat, TextPreview};

/// Bytes of a value or a text above which nobody edits it in a page.
const LARGEST: usize = 1_000_000;

impl Desk {
    /// A field of a span as a text to edit.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span, [`Problem::Invalid`] if the value is too large to edit.
    pub async fn read_text(&self, query: ReadText) -> Result<EditableText> {
        self.require(Action::Read)?;
        let content = self.content(&query.row).await?;
        let Some(stored) = value(&content, query.field) else {
            return Ok(EditableText { text: String::new(), format: query.format.unwrap_or(TextFormat::Json), stored: None });
        };
        check_size(query.field, stored.get())?;
        let format = query.format.unwrap_or_else(|| structured::fitting(stored));
        Ok(EditableText { text: structured::write(format, stored), format, stored: Some(stored.get().to_owned()) })
    }

    /// What a text in an editor means, and what it would change. Nothing is written.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span, [`Problem::Invalid`] if the text is too large. A mistake in the text is no error
    /// but part of the answer.
    pub async fn preview_text(&self, query: PreviewText) -> Result<TextPreview> {
        self.require(Action::Read)?;
        check_size(query.field, &query.text)?;
        let content = self.content(&query.row).await?;
        // Comparing large texts takes a while, in which the thread would answer nobody else.
        tokio::task::spawn_blocking(move || preview(&content, &query)).await.map_err(|_| crate::Error::Closing)
    }

    /// What is stored of a span, one level deep.
    async fn content(&self, row: &RowAddress) -> Result<Object> {
        #[derive(FromQueryResult)]
        struct Payload {
            body: String,
        }
        let readers = self.store.readers();
        let (_, span) = answers::find_span(readers, row).await?;
        let payload = one::<Payload>(readers, "SELECT body FROM span_payloads WHERE span = ?", values![span.key]).await?;
        let content = payload.and_then(|payload| body::object(&payload.body));
        Ok(content.ok_or_else(|| Problem::not_found(format!("row {}", row.id)))?)
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

fn preview(content: &Object, query: &PreviewText) -> TextPreview {
    let stored = value(content, query.field);
    let mut preview = TextPreview {
        mistake: None,
        value: None,
        formatted: None,
        against_stored: Vec::new(),
        against_output: Vec::new(),
        stored: stored.map(|stored| stored.get().to_owned()),
    };
    match structured::parse(query.format, &query.text) {
        Err(mistake) => preview.mistake = Some(mistake),
        Ok(parsed) => {
            let parsed: Option<Raw> = parsed.filter(|value| !body::is_null(value));
            let formatted = parsed.as_ref().map(|value| structured::write(query.format, value));
            let text = formatted.as_deref().unwrap_or_default();
            preview.against_stored = against(stored, query.format, text);
            preview.against_output = against(value(content, FieldName::Output), query.format, text);
            preview.value = parsed.map(|value| value.get().to_owned());
            preview.formatted = formatted;
        }
    }
    preview
}

/// From a value to a text in that format; a missing value is the empty text.
fn against(value: Option<&RawValue>, format: TextFormat, text: &str) -> Vec<DiffPart> {
    match value {
        Some(value) if value.get().len() > LARGEST => Vec::new(),
        value => diff::words(&value.map(|value| structured::write(format, value)).unwrap_or_default(), text),
    }
}
