//! Comments on spans: written, edited, deleted and restored by who wrote them.

pub(crate) mod mentions;

use crate::content::traces::{self, Effect};
use crate::ground::database::{all, one, run, values};
use crate::ground::ids;
use crate::ground::places::{FoundSpan, Home, find_span, project_of};
use crate::people::names;
use crate::writing::activity::{NewActivity, record};
use crate::writing::once::{is_first, link_entry};
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::comments::{AddComment, Comment, DeleteComment, EditComment, checked};
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::{CommentId, Micros, PersonId, Problem};

impl Desk {
    /// Comments on a span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for an empty
    /// or endless text.
    pub async fn add_comment(&self, command: AddComment) -> Result<Comment> {
        self.require(Action::Review)?;
        let (actor, object) = (self.actor.clone(), command.row.object_id.clone());
        let (span, id) = self.store.write_at(&object, move |change| Box::pin(async move { add(change, &actor, command).await })).await?;
        let comments = of_span(self.store.readers(), span).await?;
        comments.into_iter().find(|comment| comment.id == id).ok_or_else(|| Problem::not_found("comment").into())
    }
}

/// Comments on a span; returns the key of the span and the id of the comment.
pub(crate) async fn add(change: &mut Change, actor: &Actor, command: AddComment) -> Result<(i64, CommentId)> {
    let text = checked(&command.text)?;
    let comment = command.id(&actor.person.id).unwrap_or_else(|| CommentId(ids::new_id()));
    let place = Place::find(change, &command.row).await?;
    let span = place.span.key;
    if is_first(change, &place.home, &actor.person.id, command.client_id.as_deref()).await? {
        let (project, object) = (place.home.short(), place.home.key);
        run(
            &change.transaction,
            "INSERT INTO comments (id, project, object, span, person_id, text, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values![comment.as_str(), project, object, span, actor.person.id.as_str(), text.as_str(), change.now],
        )
        .await?;
        mentions::tell(change, &place.home, &comment, &actor.person.id, &text).await?;
        place.finish(change, actor, &comment, Deed::add(&text), command.client_id).await?;
    }
    Ok((span, comment))
}

/// Changes the text of one's own comment.
pub(crate) async fn edit(change: &mut Change, actor: &Actor, command: EditComment) -> Result<()> {
    let text = checked(&command.text)?;
    let place = Place::find(change, &command.row).await?;
    if !is_first(change, &place.home, &actor.person.id, command.client_id.as_deref()).await? {
        return Ok(());
    }
    let stored = place.own(change, actor, &command.comment).await?;
    let shown = stored.shown().ok_or_else(|| Problem::not_found("comment"))?;
    if shown != command.before {
        return Err(Problem::Conflict { current: serde_json::to_string(shown)? }.into());
    }
    if shown == text {
        return Ok(());
    }
    let statement = "UPDATE comments SET text = ?, edited = ? WHERE project = ? AND id = ?";
    run(&change.transaction, statement, values![text.as_str(), change.now, place.home.short(), command.comment.as_str()]).await?;
    mentions::tell(change, &place.home, &command.comment, &actor.person.id, &text).await?;
    place.finish(change, actor, &command.comment, Deed::edit(shown, &text), command.client_id).await
}

/// Takes one's own comment away.
pub(crate) async fn delete(change: &mut Change, actor: &Actor, command: DeleteComment) -> Result<()> {
    let place = Place::find(change, &command.row).await?;
    if !is_first(change, &place.home, &actor.person.id, command.client_id.as_deref()).await? {
        return Ok(());
    }
    let stored = place.own(change, actor, &command.comment).await?;
    let Some(shown) = stored.shown() else { return Ok(()) };
    let text = "UPDATE comments SET deleted = ? WHERE project = ? AND id = ?";
    run(&change.transaction, text, values![change.now, place.home.short(), command.comment.as_str()]).await?;
    mentions::recall(change, &place.home, &command.comment, &[]).await?;
    place.finish(change, actor, &command.comment, Deed::delete(shown), command.client_id).await
}

/// Brings one's own deleted comment back.
pub(crate) async fn restore(change: &mut Change, actor: &Actor, command: DeleteComment) -> Result<()> {
    let place = Place::find(change, &command.row).await?;
    if !is_first(change, &place.home, &actor.person.id, command.client_id.as_deref()).await? {
        return Ok(());
    }
    let stored = place.own(change, actor, &command.comment).await?;
    if stored.deleted.is_none() {
        return Ok(());
    }
    let text = "UPDATE comments SET deleted = NULL WHERE project = ? AND id = ?";
    run(&change.transaction, text, values![place.home.short(), command.comment.as_str()]).await?;
    mentions::tell(change, &place.home, &command.comment, &actor.person.id, &stored.text).await?;
    place.finish(change, actor, &command.comment, Deed::restore(&stored.text), command.client_id).await
}

/// The text of a comment of a span as it is shown; none if it was deleted or never was.
pub(crate) async fn shown(connection: &impl ConnectionTrait, span: i64, comment: &CommentId) -> Result<Option<String>> {
    Ok(find(connection, span, comment).await?.and_then(|stored| stored.shown().map(str::to_owned)))
}

#[derive(FromQueryResult)]
struct Stored {
    person_id: Option<String>,
    text: String,
    deleted: Option<Micros>,
}

impl Stored {
    fn shown(&self) -> Option<&str> {
        self.deleted.is_none().then_some(self.text.as_str())
    }
}

async fn find(connection: &impl ConnectionTrait, span: i64, comment: &CommentId) -> Result<Option<Stored>> {
    let text = "SELECT person_id, text, deleted FROM comments WHERE project = ? AND id = ? AND span = ?";
    one::<Stored>(connection, text, values![project_of(span), comment.as_str(), span]).await
}

/// What was done to a comment, as the activity tells it.
struct Deed<'a> {
    action: &'static str,
    from: Option<&'a str>,
    to: Option<&'a str>,
    /// How many comments there are more.
    more: i64,
}

impl<'a> Deed<'a> {
    fn add(text: &'a str) -> Self {
        Self { action: "comment", from: None, to: Some(text), more: 1 }
    }

    fn edit(from: &'a str, to: &'a str) -> Self {
        Self { action: "edit_comment", from: Some(from), to: Some(to), more: 0 }
    }

    fn delete(text: &'a str) -> Self {
        Self { action: "delete_comment", from: Some(text), to: None, more: -1 }
    }

    fn restore(text: &'a str) -> Self {
        Self { action: "restore_comment", from: None, to: Some(text), more: 1 }
    }
}

/// The row that a comment is about.
struct Place {
    home: Home,
    span: FoundSpan,
    row: RowAddress,
}

impl Place {
    async fn find(change: &Change, row: &RowAddress) -> Result<Self> {
        let (home, span) = find_span(&change.transaction, row).await?;
        Ok(Self { home, span, row: row.clone() })
    }

    /// The comment, if the actor wrote it.
    async fn own(&self, change: &Change, actor: &Actor, comment: &CommentId) -> Result<Stored> {
        let stored = find(&change.transaction, self.span.key, comment).await?.ok_or_else(|| Problem::not_found("comment"))?;
        if stored.person_id.as_deref() == Some(actor.person.id.as_str()) {
            return Ok(stored);
        }
        Err(Problem::not_yours("Only who wrote a comment can change or delete it. You can answer with a comment of your own.").into())
    }

    /// Remembers it, counts it and tells every page.
    async fn finish(
        &self,
        change: &mut Change,
        actor: &Actor,
        comment: &CommentId,
        deed: Deed<'_>,
        client_id: Option<String>,
    ) -> Result<()> {
        if deed.more != 0 {
            let text = "UPDATE spans SET comments = comments + ? WHERE project = ? AND key = ?";
            run(&change.transaction, text, values![deed.more, self.home.short(), self.span.key]).await?;
        }
        let entry = NewActivity {
            span: self.span.key,
            actor: Some(actor.person.id.clone()),
            external: None,
            source: actor.source(),
            action: deed.action,
            path: format!("comments.{comment}"),
            from: deed.from.map(serde_json::to_string).transpose()?,
            to: deed.to.map(serde_json::to_string).transpose()?,
            reason: None,
        };
        let entry = record(change, &self.home, vec![entry]).await?;
        link_entry(change, &actor.person.id, client_id.as_deref(), entry).await?;
        let mut effect = Effect::new(&self.home);
        effect.touch(self.span.trace, &self.span.root_span_id, &self.row.id);
        traces::settle(change, effect).await
    }
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
        edited: Option<Micros>,
    }
    let rows = all::<Row>(
        connection,
        "SELECT id, person_id, external, text, created, edited FROM comments WHERE project = ? AND span = ? AND deleted IS NULL ORDER BY created, id",
        values![project_of(span), span],
    )
    .await?;
    let mentioned = mentions::of_span(connection, span).await?;
    let people = names::people(connection, rows.iter().filter_map(|row| row.person_id.clone())).await?;
    let comments = rows.into_iter().map(|row| {
        let id = CommentId(row.id);
        Comment {
            html: render::comment(&row.text, mentioned.get(&id)),
            id,
            author: row.person_id.and_then(|id| people.get(&PersonId(id)).cloned()),
            external: row.external,
            text: row.text,
            created: row.created,
            edited: row.edited,
        }
    });
    Ok(comments.collect())
}
