//! Commands that carry an id run once, however often they are sent.

use crate::Result;
use crate::ground::database::{exists, run, values};
use crate::ground::places::{Home, project_of};
use crate::writing::writer::Change;
use shared::{PersonId, Problem};

/// Bytes of the id of a command at most.
const LONGEST_CLIENT_ID: usize = 200;

/// Remembers a command; false if it ran already.
pub(crate) async fn is_first(change: &mut Change, home: &Home, person: &PersonId, client_id: Option<&str>) -> Result<bool> {
    let Some(client_id) = client_id else { return Ok(true) };
    if !(1..=LONGEST_CLIENT_ID).contains(&client_id.len()) || client_id.contains('\0') {
        return Err(Problem::invalid("client_id", format!("Use 1 to {LONGEST_CLIENT_ID} bytes, without a NUL.")).into());
    }
    let inserted = run(
        &change.transaction,
        "INSERT INTO commands (project, person_id, client_id, created) VALUES (?, ?, ?, ?) ON CONFLICT (project, person_id, client_id) DO NOTHING",
        values![home.short(), person.as_str(), client_id, change.now],
    )
    .await?;
    Ok(inserted > 0)
}

/// Whether a command ran already in the project of a key.
pub(crate) async fn has_run(change: &Change, key: i64, person: &PersonId, client_id: Option<&str>) -> Result<bool> {
    let Some(client_id) = client_id else { return Ok(false) };
    let text = "SELECT 1 FROM commands WHERE project = ? AND person_id = ? AND client_id = ?";
    exists(&change.transaction, text, values![project_of(key), person.as_str(), client_id]).await
}

/// Remembers which entry of the activity a command made, so that it can be taken back by the command's id.
pub(crate) async fn link_entry(change: &Change, person: &PersonId, client_id: Option<&str>, entry: i64) -> Result<()> {
    if let Some(client_id) = client_id {
        let text = "UPDATE commands SET entry = ? WHERE project = ? AND person_id = ? AND client_id = ?";
        run(&change.transaction, text, values![entry, project_of(entry), person.as_str(), client_id]).await?;
    }
    Ok(())
}
