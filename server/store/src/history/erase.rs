//! Erasing a row: its content, in every version, and what people wrote about it. Digests stay, so the chain still holds.

use crate::content::ingest::delete_row;
use crate::ground::database::{one, run, values};
use crate::ground::places::find_span;
use crate::ground::places::home;
use crate::writing::activity::{NewActivity, record};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::{DbBackend, FromQueryResult};
use shared::Problem;
use shared::objects::RowAddress;
use shared::permissions::Action;

impl Desk {
    /// Erases a row for good: every version of its content, its answers and its comments. That it was there, and that it
    /// was erased by whom, stays. A row that is deleted already can be erased too.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] if there never was such a row.
    pub async fn erase_row(&self, row: RowAddress) -> Result<()> {
        self.require(Action::Configure)?;
        let (actor, object) = (self.actor.clone(), row.object_id.clone());
        self.store.write_at(&object, move |change| Box::pin(erase(change, actor, row))).await?;
        let readers = self.store.readers();
        if readers.get_database_backend() == DbBackend::Sqlite {
            // The log of what was written holds the content until it is worked off.
            run(readers, "PRAGMA wal_checkpoint(TRUNCATE)", values![]).await?;
        }
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Last {
    span: Option<i64>,
}

async fn erase(change: &mut Change, actor: Actor, row: RowAddress) -> Result<()> {
    let home = home(&change.transaction, &row.object_id).await?.filter(|home| home.kind == row.object_type);
    let home = home.ok_or_else(|| Problem::not_found(format!("{} {}", row.object_type.as_str(), row.object_id)))?;
    let person = actor.person.id.clone();
    match find_span(&change.transaction, &row).await {
        Ok(_) => delete_row(change, home.clone(), &person, row.id.as_str()).await?,
        // Deleted already: its history is left.
        Err(error) if error.problem().is_some() => {}
        Err(error) => return Err(error),
    }
    let text = "SELECT MAX(key) AS span FROM span_versions WHERE project = ? AND object = ? AND row_id = ?";
    let last = one::<Last>(&change.transaction, text, values![home.short(), home.key, row.id.as_str()]).await?;
    let span = last.and_then(|last| last.span).ok_or_else(|| Problem::not_found(format!("row {}", row.id)))?;
    let text = "UPDATE span_versions SET body = '', salt = NULL WHERE project = ? AND object = ? AND row_id = ?";
    run(&change.transaction, text, values![home.short(), home.key, row.id.as_str()]).await?;
    let project = home.short();
    let spans = "SELECT key FROM span_versions WHERE project = ? AND object = ? AND row_id = ?";
    for text in [
        format!(
            "DELETE FROM mentions WHERE project = {project} AND comment_id IN (SELECT id FROM comments WHERE project = {project} AND span IN ({spans}))"
        ),
        format!("DELETE FROM comments WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM answers WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM golds WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM said_versions WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM set_aside WHERE project = {project} AND span IN ({spans})"),
        format!(
            "UPDATE activity SET from_value = NULL, to_value = NULL, external = NULL, reason = NULL, salt = NULL WHERE project = {project} AND span IN ({spans})"
        ),
    ] {
        run(&change.transaction, &text, values![home.short(), home.key, row.id.as_str()]).await?;
    }
    // Events carry previews. Pages that look for a missing one load afresh.
    run(&change.transaction, "DELETE FROM events WHERE project = ?", values![project]).await?;
    change.forget_events(&home.project);
    let entry = NewActivity {
        span,
        actor: Some(person),
        external: None,
        source: actor.source(),
        action: "erase",
        path: String::new(),
        from: None,
        to: None,
        reason: None,
    };
    record(change, &home, vec![entry]).await.map(|_| ())
}
