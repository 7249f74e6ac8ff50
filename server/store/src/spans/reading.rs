//! What is read of the content of a span that is open: a field in another rendering, a value or a file in it, words in all spans of its
//! trace.

use super::tree::Tree;
use crate::content::attachments;
use crate::content::traces::{COLUMNS, StoredTrace};
use crate::ground::body;
use crate::ground::database::{one, values};
use crate::ground::keys::SpanKey;
use crate::looking::view::View;
use crate::render::{self, FieldFile, FieldSource, WantedField, Words};
use crate::{Desk, Result};
use sea_orm::FromQueryResult;
use serde_json::value::RawValue;
use shared::attachments::ServedFile;
use shared::changes::{Stamp, stamp};
use shared::objects::FieldName;
use shared::spans::{
    FieldContent, FieldView, FindInTrace, FoundInField, FoundInSpan, FoundInTrace, NodeText, Piece, ReadField, ReadFile, ReadNode,
    ReadPiece, WHOLE,
};
use shared::{ObjectId, Problem, RowId};

/// Spans of a trace in which words are looked for.
const SPANS: usize = 2_000;
/// Bytes of fields in which words are looked for.
const BYTES: usize = 32 * 1024 * 1024;
/// Spans that are listed.
const LISTED: usize = 200;

#[derive(FromQueryResult)]
struct Key {
    key: SpanKey,
}

impl Desk {
    /// One field of a span, rendered as asked.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span or the span has no such field.
    pub async fn read_field(&self, query: ReadField) -> Result<FieldView> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        let attachments = attachments::known(self.store.readers(), [value.get()]).await?;
        let ReadField { object, row_id, field, .. } = &query;
        let source = FieldSource { object, row_id, field: *field, json: value.get(), attachments: &attachments };
        let whole = query.whole && value.get().len() as u64 <= WHOLE;
        let find = Words::new(&query.find);
        let wanted = WantedField { rendering: query.rendering, shown_as: &self.shown_as, whole, find: find.as_ref() };
        Ok(render::field(&source, &wanted))
    }

    /// A piece of the text of a field, however long it is.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span or the span has no such field.
    pub async fn read_piece(&self, query: ReadPiece) -> Result<Piece> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        Ok(render::piece(value.get(), query.from))
    }

    /// A value inside a field, rendered as asked.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such span, field or value, or the field is another by now.
    pub async fn read_node(&self, query: ReadNode) -> Result<FieldContent> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        require_same(&value, query.stamp)?;
        let attachments = attachments::known(self.store.readers(), [value.get()]).await?;
        let ReadNode { object, row_id, field, .. } = &query;
        let source = FieldSource { object, row_id, field: *field, json: value.get(), attachments: &attachments };
        render::node(&source, query.at, query.rendering, query.from).ok_or_else(|| Problem::not_found("value").into())
    }

    /// A value inside a field, to be copied.
    ///
    /// # Errors
    /// As of [`Desk::read_node`].
    pub async fn read_node_text(&self, query: ReadNode) -> Result<NodeText> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        require_same(&value, query.stamp)?;
        render::node_text(value.get(), query.at).ok_or_else(|| Problem::not_found("value").into())
    }

    /// A file that stands in a field, or the attachment that the field names: whoever may see the field may have it.
    ///
    /// # Errors
    /// As of [`Desk::read_node`], also if no file stands there or its content never arrived.
    pub async fn read_file(&self, query: ReadFile) -> Result<ServedFile> {
        let value = self.field(&query.object, &query.row_id, query.field).await?;
        require_same(&value, query.stamp)?;
        match render::file(value.get(), query.at, query.number).ok_or_else(|| Problem::not_found("file"))? {
            FieldFile::Held(bytes) => Ok(render::served(bytes, None)),
            FieldFile::Attached(key) => {
                let (name, bytes) = attachments::read(self.store.readers(), &key).await?;
                Ok(render::served(bytes, Some(name)))
            }
        }
    }

    /// Where words stand in the fields of the spans of a trace, as far as those may be seen.
    ///
    /// # Errors
    /// [`Problem::NotFound`] if there is no such trace.
    pub async fn find_in_trace(&self, query: FindInTrace) -> Result<FoundInTrace> {
        let looking = self.view(&query.object).await?;
        let View { snapshot, home, sight, .. } = &looking;
        let text = format!("SELECT {COLUMNS} FROM traces WHERE project = ? AND object = ? AND root_span_id = ?");
        let row = one::<StoredTrace>(snapshot, &text, values![home.short(), home.key, query.root_span_id]).await?;
        let row = row.ok_or_else(|| Problem::not_found("trace"))?.read()?;
        let Some(words) = Words::new(&query.words) else { return Ok(FoundInTrace { spans: Vec::new(), partial: false }) };
        let tree = Tree::of(snapshot, sight, row.key.into()).await?;
        let nodes: Vec<_> = tree.spans().collect();
        let seen = sight.of_spans(snapshot, &nodes.iter().take(SPANS).map(|node| node.key).collect::<Vec<_>>()).await?;
        let mut found = FoundInTrace { spans: Vec::new(), partial: nodes.len() > SPANS };
        let mut bytes = 0;
        for node in nodes.into_iter().take(SPANS) {
            if bytes > BYTES || found.spans.len() == LISTED {
                found.partial = true;
                break;
            }
            let content = seen.read_content(snapshot, node.key).await?;
            let mut of_span = None;
            for field in FieldName::ALL {
                let Some(value) = content.get(field.key()).filter(|value| !body::is_null(value)) else { continue };
                bytes += value.get().len();
                let Some((count, around)) = render::find(field, value.get(), &words) else { continue };
                let here = of_span.get_or_insert_with(|| FoundInSpan {
                    span_id: node.span_id.clone(),
                    name: node.name.clone(),
                    fields: Vec::new(),
                    around,
                });
                here.fields.push(FoundInField { field, count: u32::try_from(count).unwrap_or(u32::MAX) });
            }
            found.spans.extend(of_span);
        }
        Ok(found)
    }

    async fn field(&self, object: &ObjectId, row: &RowId, field: FieldName) -> Result<body::Raw> {
        let View { snapshot, home, sight, .. } = self.view(object).await?;
        let text = "SELECT key FROM spans WHERE project = ? AND object = ? AND row_id = ? AND arrived";
        let span = one::<Key>(&snapshot, text, values![home.short(), home.key, row.as_str()])
            .await?
            .ok_or_else(|| Problem::not_found("span"))?
            .key;
        let mut content = sight.of_spans(&snapshot, &[span]).await?.read_content(&snapshot, span).await?;
        content.swap_remove(field.key()).ok_or_else(|| Problem::not_found(field.heading().to_lowercase()).into())
    }
}

/// Refuses to look up a place in another value than the one in which it was found.
fn require_same(value: &RawValue, known: Stamp) -> Result<()> {
    if stamp(&value.get()) == known { Ok(()) } else { Err(Problem::not_found("value").into()) }
}
