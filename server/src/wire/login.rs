//! How SDKs find out who they are and what they talk to.

use crate::actor::Signed;
use crate::application::Application;
use crate::problems::ApiResult;
use axum::Json;
use axum::extract::State;
use http::HeaderMap;
use serde_json::{Value, json};

/// Answers `POST /api/apikey/login`: the one organisation, whose every service is this origin.
pub async fn login(State(application): State<Application>, Signed(desk): Signed, headers: HeaderMap) -> Json<Value> {
    let origin = application.origin(&headers);
    let organization = json!({
        "id": application.store().organization_id(), "name": desk.organization(), "api_url": origin, "proxy_url": origin,
        "realtime_url": origin, "is_universal_api": true, "git_metadata": null,
    });
    Json(json!({ "org_info": [organization] }))
}

/// Answers `GET /ping`: who the key belongs to.
pub async fn ping(State(application): State<Application>, Signed(desk): Signed) -> Json<Value> {
    let person = &desk.actor().person;
    let organization = json!({ "id": application.store().organization_id(), "name": desk.organization() });
    Json(json!({ "id": person.id, "email": person.email, "name": person.name, "organizations": [organization] }))
}

/// Answers `GET /version`. No payload limit is told: SDKs then keep to their own, which is below ours, and send every
/// batch in one piece.
pub async fn version() -> Json<Value> {
    Json(json!({ "version": env!("CARGO_PKG_VERSION"), "commit": null, "deployment_mode": "touchstone" }))
}

/// The newest transaction, as text: everything written later has a larger one.
pub async fn last_transaction(Signed(desk): Signed) -> ApiResult<String> {
    Ok(desk.last_transaction().await?.to_string())
}
