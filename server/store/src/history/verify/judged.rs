//! When something was last said about each span, which is what its newest version on the wire is made of.

use super::{Step, same};
use crate::ground::database::{all, values};
use crate::ground::keys::SpanKey;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::HashMap;

#[derive(FromQueryResult)]
struct Last {
    span: SpanKey,
    said: i64,
}

#[derive(FromQueryResult)]
struct Span {
    key: SpanKey,
    row_id: String,
    said: Option<i64>,
}

/// Looks at every span about which anybody ever said anything. What lies on a row is computed when it is read, so nothing else is stored.
pub(super) async fn verify(connection: &impl ConnectionTrait) -> Step {
    const ALL: &str = "SELECT project, span, transaction_id AS said FROM answers UNION ALL SELECT project, span, transaction_id FROM golds \
                       UNION ALL SELECT project, span, transaction_id FROM said_versions UNION ALL SELECT project, span, superseded FROM said_versions \
                       UNION ALL SELECT project, span, transaction_id FROM span_flags \
                       UNION ALL SELECT project, span, superseded FROM span_flags WHERE superseded < 9223372036854775807 \
                       UNION ALL SELECT project, span, transaction_id FROM feedback UNION ALL SELECT project, span, superseded FROM feedback WHERE superseded < 9223372036854775807";
    let text = format!("SELECT span, MAX(said) AS said FROM ({ALL}) s GROUP BY span");
    let last = all::<Last>(connection, &text, values![]).await?;
    let mut last: HashMap<SpanKey, i64> = last.into_iter().map(|last| (last.span, last.said)).collect();
    let text = format!(
        "SELECT key, row_id, said FROM spans WHERE said IS NOT NULL OR (project, key) IN (SELECT project, span FROM ({ALL}) s) ORDER BY key"
    );
    for span in all::<Span>(connection, &text, values![]).await? {
        same(|| format!("when something was last said about row {}", span.row_id), &span.said, &last.remove(&span.key))?;
    }
    Ok(())
}
