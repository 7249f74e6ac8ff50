//! What *Home* asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::home::HomeView;

/// What is first to do for who asks.
#[server(name = LoadHomeCall, prefix = "/fn", endpoint = "home/load", input = Json, output = Json)]
pub async fn load_home() -> Result<HomeView, AppError> {
    Ok(desk()?.home().await?)
}
