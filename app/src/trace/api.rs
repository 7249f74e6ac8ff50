//! What an open trace asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::spans::{FieldView, OpenTrace, ReadField, TraceView};

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
