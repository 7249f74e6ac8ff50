//! What an open trace asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::answers::{AnswerSet, SetAnswer};
use shared::comments::{AddComment, Comment};
use shared::spans::{FieldView, OpenTrace, ReadField, TraceView};
use shared::texts::{EditableText, PreviewText, ReadText, TextPreview};

/// A trace with one span opened.
#[server(name = OpenTraceCall, prefix = "/fn", endpoint = "spans/open", input = Json)]
pub async fn open_trace(query: OpenTrace) -> Result<TraceView, AppError> {
    Ok(desk()?.open_trace(query).await?)
}

/// One field of a span in another rendering, or all of it.
#[server(name = ReadFieldCall, prefix = "/fn", endpoint = "spans/field", input = Json)]
pub async fn read_field(query: ReadField) -> Result<FieldView, AppError> {
    Ok(desk()?.read_field(query).await?)
}

/// A field of a span as a text to edit.
#[server(name = ReadTextCall, prefix = "/fn", endpoint = "texts/read", input = Json)]
pub async fn read_text(query: ReadText) -> Result<EditableText, AppError> {
    Ok(desk()?.read_text(query).await?)
}

/// What a text in an editor means, and what it would change.
#[server(name = PreviewTextCall, prefix = "/fn", endpoint = "texts/preview", input = Json)]
pub async fn preview_text(query: PreviewText) -> Result<TextPreview, AppError> {
    Ok(desk()?.preview_text(query).await?)
}

/// Sets or clears the caller's answer to one question on one span.
#[server(name = SetAnswerCall, prefix = "/fn", endpoint = "answers/set", input = Json)]
pub async fn set_answer(command: SetAnswer) -> Result<AnswerSet, AppError> {
    Ok(desk()?.set_answer(command).await?)
}

/// Comments on a span.
#[server(name = AddCommentCall, prefix = "/fn", endpoint = "comments/add", input = Json)]
pub async fn add_comment(command: AddComment) -> Result<Comment, AppError> {
    Ok(desk()?.add_comment(command).await?)
}
