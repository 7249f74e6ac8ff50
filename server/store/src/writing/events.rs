//! What is told of a project, as it is stored.

use crate::Result;
use crate::ground::database::{all, one, values};
use crate::ground::keys::{EventKey, Key, ProjectShort};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::live::Event;
use shared::{Problem, ProjectId};
use std::collections::VecDeque;
use std::sync::Arc;

/// A committed event, ready to be sent: whose project, and its JSON text.
#[derive(Debug)]
pub struct Published {
    /// The project.
    pub project: ProjectId,
    /// Its number.
    pub sequence: i64,
    /// The event.
    pub event: Event,
}

/// Missed events that are sent again; whoever missed more loads afresh.
pub(crate) const MOST_MISSED: i64 = 2_000;

/// The number of the last event of a project.
pub(crate) async fn head(connection: &impl ConnectionTrait, project: &ProjectId) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        event: i64,
    }
    let text = "SELECT event FROM projects WHERE id = ? AND deleted IS NULL";
    let row = one::<Row>(connection, text, values![project.as_str()]).await?;
    Ok(row.ok_or_else(|| Problem::not_found("project"))?.event)
}

pub(crate) async fn since(connection: &impl ConnectionTrait, project: &ProjectId, after: i64) -> Result<VecDeque<Arc<Published>>> {
    #[derive(FromQueryResult)]
    struct Place {
        short: ProjectShort,
    }
    #[derive(FromQueryResult)]
    struct Row {
        key: EventKey,
        body: String,
    }
    let place = one::<Place>(connection, "SELECT short FROM projects WHERE id = ?", values![project.as_str()]).await?;
    let Some(Place { short }) = place else { return Ok(VecDeque::new()) };
    let (after, last) = (EventKey::of(short, after), EventKey::last_of(short));
    let text = "SELECT key, body FROM events WHERE project = ? AND key > ? AND key <= ? ORDER BY key";
    let rows = all::<Row>(connection, text, values![short, after, last]).await?;
    let events = rows.into_iter().map(|row| {
        Ok(Arc::new(Published { project: project.clone(), sequence: row.key.number(), event: serde_json::from_str(&row.body)? }))
    });
    events.collect()
}
