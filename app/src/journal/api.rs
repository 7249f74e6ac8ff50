//! What the journal asks of the server.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::PersonId;
use shared::commands::{Command, Ran};

/// Runs a command. `person` is who gave it: somebody else may have signed in meanwhile, and must not say it in their place.
#[server(name = RunCommandCall, prefix = "/fn", endpoint = "commands/run", input = Json, output = Json)]
pub async fn run_command(person: PersonId, command: Command) -> Result<Ran, AppError> {
    Ok(desk()?.run_as(&person, command).await?)
}
