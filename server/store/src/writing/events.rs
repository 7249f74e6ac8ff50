//! What is told of a project, as it is stored.

use crate::Result;
use crate::ground::database::{all, one, values};
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
    struct Row {
        sequence: i64,
        body: String,
    }
    let text =
        "SELECT sequence, body FROM events WHERE project = (SELECT short FROM projects WHERE id = ?) AND sequence > ? ORDER BY sequence";
    let rows = all::<Row>(connection, text, values![project.as_str(), after]).await?;
    let events = rows
        .into_iter()
        .map(|row| Ok(Arc::new(Published { project: project.clone(), sequence: row.sequence, event: serde_json::from_str(&row.body)? })));
    events.collect()
}
