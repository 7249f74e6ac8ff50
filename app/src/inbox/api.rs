//! What the inbox asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::comments::{Inbox, ReadMentions};
use shared::home::ReturnedItems;
use shared::reviews::AwaitedReviews;

/// How many mentions wait to be read.
#[server(name = UnreadMentionsCall, prefix = "/fn", endpoint = "inbox/unread", input = Json, output = Json)]
pub async fn unread_mentions() -> Result<i64, AppError> {
    Ok(desk()?.unread_mentions().await?)
}

/// The comments that mention who asks.
#[server(name = LoadInboxCall, prefix = "/fn", endpoint = "inbox/load", input = Json, output = Json)]
pub async fn load_inbox() -> Result<Inbox, AppError> {
    Ok(desk()?.inbox().await?)
}

/// The review lists in which something waits for who asks.
#[server(name = AwaitedReviewsCall, prefix = "/fn", endpoint = "inbox/reviews", input = Json, output = Json)]
pub async fn awaited_reviews() -> Result<Vec<AwaitedReviews>, AppError> {
    Ok(desk()?.awaited_reviews().await?)
}

/// The items that came back to who asks.
#[server(name = ReturnedItemsCall, prefix = "/fn", endpoint = "inbox/returned", input = Json, output = Json)]
pub async fn returned_items() -> Result<ReturnedItems, AppError> {
    Ok(desk()?.returned_items().await?)
}

/// Marks mentions as read.
#[server(name = ReadMentionsCall, prefix = "/fn", endpoint = "inbox/read", input = Json, output = Json)]
pub async fn read_mentions(command: ReadMentions) -> Result<(), AppError> {
    Ok(desk()?.read_mentions(command).await?)
}
