//! Erasing a row: its content, in every version, and what people wrote about it. Digests stay, so the chain still holds.

use crate::content::ingest::{delete_row, values::forget_paths};
use crate::content::words::following::forget_words;
use crate::ground::database::{Connection, all, exists, one, run, values};
use crate::ground::keys::{EventKey, Key as _, SpanKey};
use crate::ground::places::home;
use crate::writing::activity::{NewActivity, record};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use shared::Problem;
use shared::audit::{Deed, Subject};
use shared::objects::RowAddress;
use shared::permissions::Action;
use std::time::Duration;

/// How far erasing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// No file of the database holds the content any more.
    Everywhere,
    /// Nobody can read it any more, but SQLite's log holds it until everybody who was reading meanwhile has finished. It is tried again by
    /// itself, and by asking once more.
    LogRemains,
}

/// How often the log is looked at before whoever asked is told to come back, and how long apart.
const TRIES: u32 = 10;
const APART: Duration = Duration::from_millis(100);

/// How long apart it is looked at afterwards.
const LATER: Duration = Duration::from_secs(5);

impl Desk {
    /// Erases a row for good: every version of its content, its answers and its comments. That it was there, and that it
    /// was erased by whom, stays. A row that is deleted already can be erased too.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] below engineers, [`Problem::NotFound`] if there never was such a row.
    pub async fn erase_row(&self, row: RowAddress) -> Result<Erased> {
        self.require(Action::Configure)?;
        let (actor, object) = (self.actor.clone(), row.object_id.clone());
        self.store.write_at(&object, move |change| Box::pin(erase(change, actor, row))).await?;
        for _ in 0..TRIES {
            if empty_log(self.store.readers()).await? {
                return Ok(Erased::Everywhere);
            }
            tokio::time::sleep(APART).await;
        }
        let readers = self.store.readers().clone();
        let is_closed = self.store.is_closed();
        tokio::spawn(async move {
            while !is_closed() {
                tokio::time::sleep(LATER).await;
                match empty_log(&readers).await {
                    Ok(true) => return,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "the log that holds what was erased could not be emptied; trying again"),
                }
            }
        });
        Ok(Erased::LogRemains)
    }
}

/// Works off SQLite's log and empties it; false while somebody still reads what is in it. While it waits nobody can write, so it waits
/// hardly at all.
async fn empty_log(readers: &Connection) -> Result<bool> {
    if readers.get_database_backend() != DbBackend::Sqlite {
        return Ok(true);
    }
    let text = "PRAGMA busy_timeout = 50; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 10000";
    let rows = readers.query_all_raw(Statement::from_string(DbBackend::Sqlite, text)).await?;
    Ok(rows.iter().any(|row| row.try_get::<i32>("", "busy").is_ok_and(|busy| busy == 0)))
}

#[derive(FromQueryResult)]
struct Version {
    key: SpanKey,
}

#[derive(FromQueryResult)]
struct Last {
    span: Option<SpanKey>,
}

async fn erase(change: &mut Change, actor: Actor, row: RowAddress) -> Result<()> {
    let home = home(&change.transaction, &row.object_id).await?.filter(|home| home.kind == row.object_type);
    let home = home.ok_or_else(|| Problem::not_found(format!("{} {}", row.object_type.as_str(), row.object_id)))?;
    let person = actor.person.id.clone();
    // Also what waits for its row. Where nothing is there it was deleted already, and its history is left.
    let there = "SELECT 1 FROM spans WHERE project = ? AND object = ? AND row_id = ?";
    if exists(&change.transaction, there, values![home.short(), home.key, row.id.as_str()]).await? {
        delete_row(change, home.clone(), &person, row.id.as_str()).await?;
    }
    let text = "SELECT MAX(key) AS span FROM span_versions WHERE project = ? AND object = ? AND row_id = ?";
    let last = one::<Last>(&change.transaction, text, values![home.short(), home.key, row.id.as_str()]).await?;
    let span = last.and_then(|last| last.span).ok_or_else(|| Problem::not_found(format!("row {}", row.id)))?;
    let text = "SELECT DISTINCT key FROM span_versions WHERE project = ? AND object = ? AND row_id = ? ORDER BY key";
    let keys = all::<Version>(&change.transaction, text, values![home.short(), home.key, row.id.as_str()]).await?;
    forget_words(&change.transaction, home.short(), &keys.into_iter().map(|version| version.key).collect::<Vec<_>>()).await?;
    let text = "UPDATE span_versions SET body = '', salt = NULL, span_id = '', root_span_id = '', parent_span_id = NULL \
                WHERE project = ? AND object = ? AND row_id = ?";
    run(&change.transaction, text, values![home.short(), home.key, row.id.as_str()]).await?;
    let project = home.short();
    // A path says the names of scores and the keys of metadata; its first part says what kind of thing was changed.
    let path = match change.transaction.get_database_backend() {
        DbBackend::Postgres => "SPLIT_PART(path, '.', 1)",
        _ => "SUBSTR(path, 1, INSTR(path || '.', '.') - 1)",
    };
    let spans = "SELECT key FROM span_versions WHERE project = ? AND object = ? AND row_id = ?";
    let items = format!("SELECT key FROM review_items WHERE project = {project} AND span IN ({spans})");
    for text in [
        format!(
            "DELETE FROM mentions WHERE project = {project} AND comment_id IN (SELECT id FROM comments WHERE project = {project} AND span IN ({spans}))"
        ),
        format!("DELETE FROM comments WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM answers WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM golds WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM said_versions WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM feedback WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM set_aside WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM span_flags WHERE project = {project} AND span IN ({spans})"),
        format!("DELETE FROM review_selections WHERE project = {project} AND item IN ({items})"),
        format!("DELETE FROM review_assignments WHERE project = {project} AND item IN ({items})"),
        format!("DELETE FROM review_claims WHERE project = {project} AND item IN ({items})"),
        format!("DELETE FROM review_pairs WHERE project = {project} AND item IN ({items})"),
        format!("DELETE FROM reviews WHERE project = {project} AND item IN ({items})"),
        format!("DELETE FROM review_items WHERE project = {project} AND span IN ({spans})"),
        format!("UPDATE job_rows SET stratum = NULL WHERE project = {project} AND stratum IS NOT NULL AND span IN ({spans})"),
        format!("UPDATE commands SET salt = NULL, digest = NULL WHERE project = {project} AND span IN ({spans})"),
        format!(
            "UPDATE activity SET path = {path}, from_value = NULL, to_value = NULL, external = NULL, reason = NULL, given = NULL, salt = NULL \
             WHERE project = {project} AND span IN ({spans})"
        ),
    ] {
        run(&change.transaction, &text, values![home.short(), home.key, row.id.as_str()]).await?;
    }
    forget_paths(&change.transaction, &home).await?;
    // Events carry previews. Pages that look for a missing one load afresh.
    let events = values![project, EventKey::of(project, 0), EventKey::last_of(project)];
    run(&change.transaction, "DELETE FROM events WHERE project = ? AND key > ? AND key <= ?", events).await?;
    change.forget_events(&home.project);
    let entry = NewActivity {
        span,
        actor: Some(person),
        external: None,
        source: actor.source(),
        action: Deed::Erase,
        path: Subject::Row,
        from: None,
        to: None,
        reason: None,
        given: None,
    };
    record(change, &home, vec![entry]).await.map(|_| ())
}
