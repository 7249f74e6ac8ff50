//! What the inbox asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use shared::comments::{Inbox, ReadMentions};

/// How many mentions wait to be read.
#[server(name = UnreadMentionsCall, prefix = "/fn", endpoint = "inbox/unread", input = Json)]
pub async fn unread_mentions() -> Result<i64, AppError> {
    Ok(desk()?.unread_mentions().await?)
}

/// The comments that mention who asks.
#[server(name = LoadInboxCall, prefix = "/fn", endpoint = "inbox/load", input = Json)]
pub async fn load_inbox() -> Result<Inbox, AppError> {
    Ok(desk()?.inbox().await?)
}

/// Marks mentions as read.
#[server(name = ReadMentionsCall, prefix = "/fn", endpoint = "inbox/read", input = Json)]
pub async fn read_mentions(command: ReadMentions) -> Result<(), AppError> {
    Ok(desk()?.read_mentions(command).await?)
}
