//! What pages ask of the server about people.
//!
//! Commands are named by their path: each server function brings a type of the same name with it.
#![expect(missing_docs, reason = "the fields of the types that server functions bring with them cannot be documented")]

use crate::api::AppError;
#[cfg(feature = "ssr")]
use crate::api::{desk, store};
use crate::json::Json;
use leptos::prelude::*;
use shared::people::{CreatedKey, KeyList, Member, Members, SecretLink, Session};
use shared::{KeyId, SessionId};

/// What a secret link still offers.
#[server(name = OpenLinkCall, prefix = "/fn", endpoint = "people/open-link", input = Json, output = Json)]
pub async fn open_link(token: String) -> Result<shared::people::OpenLink, AppError> {
    Ok(store()?.open_link(&token).await?)
}

/// Members and open invitations.
#[server(name = LoadMembersCall, prefix = "/fn", endpoint = "people/members", input = Json, output = Json)]
pub async fn load_members() -> Result<Members, AppError> {
    Ok(desk()?.members().await?)
}

/// Invites somebody; the link is shown once.
#[server(name = InviteMemberCall, prefix = "/fn", endpoint = "people/invite", input = Json, output = Json)]
pub async fn invite_member(command: shared::people::InviteMember) -> Result<SecretLink, AppError> {
    Ok(desk()?.invite_member(command).await?)
}

/// Changes a member's role, or deactivates them.
#[server(name = ChangeMemberCall, prefix = "/fn", endpoint = "people/change", input = Json, output = Json)]
pub async fn change_member(command: shared::people::ChangeMember) -> Result<Member, AppError> {
    Ok(desk()?.change_member(command).await?)
}

/// Makes a link with which a member chooses a new password; it is shown once.
#[server(name = ResetPasswordCall, prefix = "/fn", endpoint = "people/reset-password", input = Json, output = Json)]
pub async fn reset_password(command: shared::people::ResetPassword) -> Result<SecretLink, AppError> {
    Ok(desk()?.reset_password(command).await?)
}

/// Takes an invitation back.
#[server(name = WithdrawInvitationCall, prefix = "/fn", endpoint = "people/withdraw-invitation", input = Json, output = Json)]
pub async fn withdraw_invitation(command: shared::people::WithdrawInvitation) -> Result<(), AppError> {
    Ok(desk()?.withdraw_invitation(command).await?)
}

/// The caller's API keys, for owners everybody's, and for whom the caller can make some.
#[server(name = LoadKeysCall, prefix = "/fn", endpoint = "people/keys", input = Json, output = Json)]
pub async fn load_keys() -> Result<KeyList, AppError> {
    Ok(desk()?.keys_and_others().await?)
}

/// Makes an API key; its secret is shown once.
#[server(name = CreateKeyCall, prefix = "/fn", endpoint = "people/create-key", input = Json, output = Json)]
pub async fn create_key(command: shared::people::CreateKey) -> Result<CreatedKey, AppError> {
    Ok(desk()?.create_key(command).await?)
}

/// Ends an API key at once.
#[server(name = RevokeKeyCall, prefix = "/fn", endpoint = "people/revoke-key", input = Json, output = Json)]
pub async fn revoke_key(key: KeyId) -> Result<(), AppError> {
    Ok(desk()?.revoke_key(&key).await?)
}

/// The caller's own sessions.
#[server(name = LoadSessionsCall, prefix = "/fn", endpoint = "people/sessions", input = Json, output = Json)]
pub async fn load_sessions() -> Result<Vec<Session>, AppError> {
    Ok(desk()?.sessions().await?)
}

/// Signs one of the caller's browsers out.
#[server(name = EndSessionCall, prefix = "/fn", endpoint = "people/end-session", input = Json, output = Json)]
pub async fn end_session(session: SessionId) -> Result<(), AppError> {
    Ok(desk()?.end_session(&session).await?)
}
