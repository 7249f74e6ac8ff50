//! Comments on spans.

use crate::activity::{NewActivity, record};
use crate::answers::{find_span, is_first};
use crate::database::{all, run, values};
use crate::spans::traces::{self, Effect};
use crate::writer::Change;
use crate::{Actor, Desk, Result, ids, names, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::comments::{AddComment, Comment};
use shared::permissions::Action;
use shared::{CommentId, Micros, PersonId, Problem};

/// Bytes of a comment at most.
const LONGEST: usize = 100_000;

impl Desk {
    /// Comments on a span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for an empty
    /// or endless text.
    pub async fn add_comment(&self, command: AddComment) -> Result<Comment> {
        self.require(Action::Review)?;
        let actor = self.actor.clone();
        self.store.write(move |change| Box::pin(add(change, actor, command))).await
    }
}

pub(crate) async fn add(change: &mut Change, actor: Actor, command: AddComment) -> Result<Comment> {
    if command.text.trim().is_empty() {
        return Err(Problem::invalid("Add a comment", "Write something first.").into());
    }
    if command.text.len() > LONGEST {
        return Err(Problem::invalid("Add a comment", format!("Use at most {LONGEST} bytes; this has {}.", command.text.len())).into());
    }
    let (home, span) = find_span(&change.transaction, &command.row).await?;
    let text = command.text.trim().replace('\0', "\u{fffd}");
    // The comment takes the command's id, so that the same command sent again finds what it made.
    let id = command.client_id.clone().map_or_else(ids::new_id, |client_id| format!("{}.{client_id}", actor.person.id));
    if is_first(change, &actor.person.id, command.client_id.as_deref()).await? {
        run(
            &change.transaction,
            "INSERT INTO comments (id, project_id, object, span, person_id, text, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values![id.as_str(), home.project.as_str(), home.key, span.key, actor.person.id.as_str(), text.as_str(), change.now],
        )
        .await?;
        run(&change.transaction, "UPDATE spans SET comments = comments + 1 WHERE key = ?", values![span.key]).await?;
        let entry = NewActivity {
            span: span.key,
            actor: Some(actor.person.id.clone()),
            external: None,
            source: actor.source(),
            action: "comment",
            path: "comments".to_owned(),
            from: None,
            to: Some(serde_json::to_string(&text)?),
            reason: None,
        };
        record(change, &home, vec![entry]).await?;
        let mut effect = Effect::new(&home);
        effect.touch(span.trace, &span.root_span_id, &command.row.id);
        traces::settle(change, effect).await?;
    }
    let comments = of_span(&change.transaction, span.key).await?;
    comments.into_iter().find(|comment| comment.id.0 == id).ok_or_else(|| Problem::not_found("comment").into())
}

/// The comments of a span, oldest first.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: i64) -> Result<Vec<Comment>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
        person_id: Option<String>,
        external: Option<String>,
        text: String,
        created: Micros,
    }
    let rows = all::<Row>(
        connection,
        "SELECT id, person_id, external, text, created FROM comments WHERE span = ? AND deleted IS NULL ORDER BY created, id",
        values![span],
    )
    .await?;
    let people = names::people(connection, rows.iter().filter_map(|row| row.person_id.clone())).await?;
    let comments = rows.into_iter().map(|row| Comment {
        id: CommentId(row.id),
        author: row.person_id.and_then(|id| people.get(&PersonId(id)).cloned()),
        external: row.external,
        html: render::markdown(&row.text),
        text: row.text,
        created: row.created,
    });
    Ok(comments.collect())
}
