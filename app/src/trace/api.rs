//! What an open trace asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::audit::{Activity, ListActivity, ListTraceActivity, ReadChange, SpanActivity};
use shared::comments::Mentionable;
use shared::spans::{
    FieldContent, FieldView, FindInTrace, FoundInTrace, NodeText, OpenTrace, Piece, ReadConversation, ReadField, ReadNode, ReadPiece,
    ReadTree, RereadTrace, TraceChanges, TraceConversation, TraceView, TreePart,
};
use shared::texts::{DiffPart, EditableText, PreviewText, ReadText, TextPreview};

/// A trace with one span opened.
#[server(name = OpenTraceCall, prefix = "/fn", endpoint = "spans/open", input = Json, output = Json)]
pub async fn open_trace(query: OpenTrace) -> Result<TraceView, AppError> {
    Ok(desk()?.open_trace(query).await?)
}

/// What is another in an open trace by now.
#[server(name = RereadTraceCall, prefix = "/fn", endpoint = "spans/reread", input = Json, output = Json)]
pub async fn reread_trace(query: RereadTrace) -> Result<TraceChanges, AppError> {
    Ok(desk()?.reread_trace(query).await?)
}

/// A part of the conversation of a trace.
#[server(name = ReadConversationCall, prefix = "/fn", endpoint = "spans/conversation", input = Json, output = Json)]
pub async fn read_conversation(query: ReadConversation) -> Result<TraceConversation, AppError> {
    Ok(desk()?.read_conversation(query).await?)
}

/// A part of the tree of a trace.
#[server(name = ReadTreeCall, prefix = "/fn", endpoint = "spans/tree", input = Json, output = Json)]
pub async fn read_tree(query: ReadTree) -> Result<TreePart, AppError> {
    Ok(desk()?.read_tree(query).await?)
}

/// One field of a span in another rendering, or all of it.
#[server(name = ReadFieldCall, prefix = "/fn", endpoint = "spans/field", input = Json, output = Json)]
pub async fn read_field(query: ReadField) -> Result<FieldView, AppError> {
    Ok(desk()?.read_field(query).await?)
}

/// The next piece of a field that is too long to be shown at once.
#[server(name = ReadPieceCall, prefix = "/fn", endpoint = "spans/piece", input = Json, output = Json)]
pub async fn read_piece(query: ReadPiece) -> Result<Piece, AppError> {
    Ok(desk()?.read_piece(query).await?)
}

/// A value inside a field.
#[server(name = ReadNodeCall, prefix = "/fn", endpoint = "spans/node", input = Json, output = Json)]
pub async fn read_node(query: ReadNode) -> Result<FieldContent, AppError> {
    Ok(desk()?.read_node(query).await?)
}

/// A value inside a field, to be copied.
#[server(name = ReadNodeTextCall, prefix = "/fn", endpoint = "spans/copied", input = Json, output = Json)]
pub async fn read_node_text(query: ReadNode) -> Result<NodeText, AppError> {
    Ok(desk()?.read_node_text(query).await?)
}

/// Where words stand in the spans of a trace.
#[server(name = FindInTraceCall, prefix = "/fn", endpoint = "spans/find", input = Json, output = Json)]
pub async fn find_in_trace(query: FindInTrace) -> Result<FoundInTrace, AppError> {
    Ok(desk()?.find_in_trace(query).await?)
}

/// Whom a comment can mention.
#[server(name = MentionableCall, prefix = "/fn", endpoint = "comments/mentionable", input = Json, output = Json)]
pub async fn mentionable() -> Result<Vec<Mentionable>, AppError> {
    Ok(desk()?.mentionable().await?)
}

/// A field of a span as a text to edit.
#[server(name = ReadTextCall, prefix = "/fn", endpoint = "texts/read", input = Json, output = Json)]
pub async fn read_text(query: ReadText) -> Result<EditableText, AppError> {
    Ok(desk()?.read_text(query).await?)
}

/// What a text in the editor of `expected` means, and what it would change.
#[server(name = PreviewTextCall, prefix = "/fn", endpoint = "texts/preview", input = Json, output = Json)]
pub async fn preview_text(query: PreviewText) -> Result<TextPreview, AppError> {
    Ok(desk()?.preview_text(query).await?)
}

/// What changed a span, newest first.
#[server(name = ListActivityCall, prefix = "/fn", endpoint = "activity/list", input = Json, output = Json)]
pub async fn list_activity(query: ListActivity) -> Result<Vec<Activity>, AppError> {
    Ok(desk()?.activity_page(query).await?)
}

/// What changed the spans of a trace, newest first.
#[server(name = TraceActivityCall, prefix = "/fn", endpoint = "activity/trace", input = Json, output = Json)]
pub async fn trace_activity(query: ListTraceActivity) -> Result<Vec<SpanActivity>, AppError> {
    Ok(desk()?.trace_activity(query).await?)
}

/// What one entry of the activity changed, word by word.
#[server(name = ReadChangeCall, prefix = "/fn", endpoint = "activity/change", input = Json, output = Json)]
pub async fn read_change(query: ReadChange) -> Result<Vec<DiffPart>, AppError> {
    Ok(desk()?.read_change(query).await?)
}
