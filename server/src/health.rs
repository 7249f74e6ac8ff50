//! Whether the server lives, and whether it can work.

use crate::application::Application;
use crate::problems::{ApiError, ApiResult};
use axum::extract::State;

/// Answers while the process lives.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Answers while the database can be read and no end is in sight.
pub async fn ready(State(application): State<Application>) -> ApiResult<&'static str> {
    if application.is_ending() {
        return Err(ApiError::closing());
    }
    application.store().ready().await?;
    Ok("ready\n")
}
