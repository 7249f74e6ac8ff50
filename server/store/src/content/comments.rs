//! Comments as rows tell them, of many spans at once and without their HTML.

use crate::Result;
use crate::ground::database::{all, list};
use crate::ground::keys::{SpanKey, bound};
use crate::people::names;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::people::Person;
use shared::{Micros, PersonId};
use std::collections::HashMap;

/// What somebody wrote about a span.
pub(crate) struct CommentText {
    pub(crate) id: String,
    pub(crate) author: Option<Person>,
    pub(crate) external: Option<String>,
    pub(crate) text: String,
    pub(crate) created: Micros,
    pub(crate) edited: Option<Micros>,
}

/// The comments of some spans by the span's key, oldest first.
pub(crate) async fn texts_of_spans(connection: &impl ConnectionTrait, spans: &[SpanKey]) -> Result<HashMap<SpanKey, Vec<CommentText>>> {
    #[derive(FromQueryResult)]
    struct Row {
        span: SpanKey,
        id: String,
        person_id: Option<String>,
        external: Option<String>,
        text: String,
        created: Micros,
        edited: Option<Micros>,
    }
    if spans.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT span, id, person_id, external, text, created, edited FROM comments WHERE project = ? AND span IN ({}) AND deleted IS NULL ORDER BY created, id",
        list(spans.len())
    );
    let rows = all::<Row>(connection, &text, bound(spans)).await?;
    let people = names::people(connection, rows.iter().filter_map(|row| row.person_id.clone())).await?;
    let mut comments: HashMap<SpanKey, Vec<CommentText>> = HashMap::new();
    for row in rows {
        let author = row.person_id.and_then(|id| people.get(&PersonId(id)).cloned());
        let Row { id, external, text, created, edited, .. } = row;
        let comment = CommentText { id, author, external, text, created, edited };
        comments.entry(row.span).or_default().push(comment);
    }
    Ok(comments)
}
