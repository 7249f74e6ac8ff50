//! What pages ask of the server about rows that people write by hand.

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::desk;
use crate::json::Json;
use leptos::prelude::*;
use shared::cases::{AddCase, AddedCase, ChangeCase};
use shared::texts::{EditableText, ReadText};

/// Adds a row.
#[server(name = AddCaseCall, prefix = "/fn", endpoint = "cases/add", input = Json, output = Json)]
pub async fn add_case(command: AddCase) -> Result<AddedCase, AppError> {
    Ok(desk()?.add_case(command).await?)
}

/// Takes a row out again that was added by hand.
#[server(name = RemoveCaseCall, prefix = "/fn", endpoint = "cases/remove", input = Json, output = Json)]
pub async fn remove_case(command: AddedCase) -> Result<(), AppError> {
    Ok(desk()?.remove_case(command).await?)
}

/// A field of a row as a text to edit.
#[server(name = CaseTextCall, prefix = "/fn", endpoint = "cases/text", input = Json, output = Json)]
pub async fn case_text(query: ReadText) -> Result<EditableText, AppError> {
    Ok(desk()?.case_text(query).await?)
}

/// Writes another input, or other metadata, into a row.
#[server(name = ChangeCaseCall, prefix = "/fn", endpoint = "cases/change", input = Json, output = Json)]
pub async fn change_case(command: ChangeCase) -> Result<(), AppError> {
    Ok(desk()?.change_case(command).await?)
}
