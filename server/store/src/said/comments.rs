//! Comments on spans: written, edited, deleted and restored by who wrote them.

pub(crate) mod mentions;

use crate::content::comments::{CommentText, texts_of_spans};
use crate::content::traces::{self, Effect};
use crate::content::words;
use crate::ground::database::{one, run, values};
use crate::ground::keys::{SpanKey, project_of};
use crate::ground::places::find_span;
use crate::ground::upsert::Upsert;
use crate::looking::sight::Sight;
use crate::writing::turn::Turn;
use crate::{Desk, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::audit::{Deed, Subject};
use shared::commands::Command;
use shared::comments::{AddComment, Comment, DeleteComment, EditComment, checked};
use shared::live::TouchedPart;
use shared::{CommentId, Micros, PersonId, Problem};

impl Desk {
    /// Comments on a span.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::NotFound`] for an unknown span, [`Problem::Invalid`] for an empty
    /// or endless text.
    pub async fn add_comment(&self, command: AddComment) -> Result<Comment> {
        let client_id = command.client_id.clone().unwrap_or_else(|| self.store.inner.fate.id());
        let command = AddComment { client_id: Some(client_id), ..command };
        let (row, id) = (command.row.clone(), command.id(&self.actor.person.id));
        self.run(Command::AddComment(command)).await?;
        let (_, span) = find_span(self.store.readers(), &row).await?;
        let comments = of_span(self.store.readers(), span.key).await?;
        comments.into_iter().find(|comment| Some(&comment.id) == id.as_ref()).ok_or_else(|| Problem::not_found("comment").into())
    }
}

/// Comments on a span.
pub(crate) async fn add(turn: &mut Turn<'_>, command: AddComment) -> Result<()> {
    let text = checked(&command.text)?;
    let comment = command.id(turn.person()).unwrap_or_else(|| CommentId(turn.change.fate.id()));
    let created = turn.change.now.max(newest(&turn.change.transaction, turn.span.key).await? + 1);
    Upsert::into("comments")
        .set("project", turn.home.short())
        .set("object", turn.home.key)
        .set("span", turn.span.key)
        .set("id", comment.as_str())
        .set("person_id", turn.person().as_str())
        .set("text", text.as_str())
        .set("created", created)
        .insert(&turn.change.transaction)
        .await?;
    mentions::tell(turn.change, &turn.home, &comment, &turn.actor.person.id, &text).await?;
    finish(turn, &comment, Told::add(&text)).await
}

/// When the newest comment that a member wrote on a span was written. The next one is later, whatever the clock says, because comments
/// are read in this order.
async fn newest(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Micros> {
    #[derive(FromQueryResult)]
    struct Row {
        created: Option<Micros>,
    }
    let text = "SELECT MAX(created) AS created FROM comments WHERE project = ? AND span = ? AND person_id IS NOT NULL";
    let newest = one::<Row>(connection, text, values![project_of(span), span]).await?.and_then(|row| row.created);
    Ok(newest.unwrap_or_default())
}

/// Changes the text of one's own comment.
pub(crate) async fn edit(turn: &mut Turn<'_>, command: EditComment) -> Result<()> {
    let text = checked(&command.text)?;
    let stored = own(turn, &command.comment).await?;
    let shown = stored.shown().ok_or_else(|| Problem::not_found("comment"))?;
    if shown != command.before {
        return Err(Problem::Conflict { current: serde_json::to_string(shown)? }.into());
    }
    if shown == text {
        return Ok(());
    }
    let statement = "UPDATE comments SET text = ?, edited = ? WHERE project = ? AND id = ?";
    run(&turn.change.transaction, statement, values![text.as_str(), turn.change.now, turn.home.short(), command.comment.as_str()]).await?;
    mentions::tell(turn.change, &turn.home, &command.comment, &turn.actor.person.id, &text).await?;
    finish(turn, &command.comment, Told::edit(shown, &text)).await
}

/// Takes one's own comment away.
pub(crate) async fn delete(turn: &mut Turn<'_>, command: DeleteComment) -> Result<()> {
    let stored = own(turn, &command.comment).await?;
    let Some(shown) = stored.shown() else { return Ok(()) };
    let statement = "UPDATE comments SET deleted = ? WHERE project = ? AND id = ?";
    run(&turn.change.transaction, statement, values![turn.change.now, turn.home.short(), command.comment.as_str()]).await?;
    mentions::recall(turn.change, &turn.home, &command.comment, &[]).await?;
    finish(turn, &command.comment, Told::delete(shown)).await
}

/// Brings one's own deleted comment back.
pub(crate) async fn restore(turn: &mut Turn<'_>, command: DeleteComment) -> Result<()> {
    let stored = own(turn, &command.comment).await?;
    if stored.deleted.is_none() {
        return Ok(());
    }
    let statement = "UPDATE comments SET deleted = NULL WHERE project = ? AND id = ?";
    run(&turn.change.transaction, statement, values![turn.home.short(), command.comment.as_str()]).await?;
    mentions::tell(turn.change, &turn.home, &command.comment, &turn.actor.person.id, &stored.text).await?;
    finish(turn, &command.comment, Told::restore(&stored.text)).await
}

/// The text of a comment of a span as it is shown; none if it was deleted or never was.
pub(crate) async fn shown(connection: &impl ConnectionTrait, span: SpanKey, comment: &CommentId) -> Result<Option<String>> {
    Ok(find(connection, span, comment).await?.and_then(|stored| stored.shown().map(str::to_owned)))
}

#[derive(FromQueryResult)]
struct Stored {
    person_id: Option<String>,
    external: Option<String>,
    text: String,
    deleted: Option<Micros>,
}

impl Stored {
    fn shown(&self) -> Option<&str> {
        self.deleted.is_none().then_some(self.text.as_str())
    }
}

async fn find(connection: &impl ConnectionTrait, span: SpanKey, comment: &CommentId) -> Result<Option<Stored>> {
    let text = "SELECT person_id, external, text, deleted FROM comments WHERE project = ? AND id = ? AND span = ?";
    one::<Stored>(connection, text, values![project_of(span), comment.as_str(), span]).await
}

/// What was done to a comment, as the activity tells it.
struct Told<'a> {
    deed: Deed,
    from: Option<&'a str>,
    to: Option<&'a str>,
    /// How many comments there are more.
    more: i64,
}

impl<'a> Told<'a> {
    fn add(text: &'a str) -> Self {
        Self { deed: Deed::Comment, from: None, to: Some(text), more: 1 }
    }

    fn edit(from: &'a str, to: &'a str) -> Self {
        Self { deed: Deed::EditComment, from: Some(from), to: Some(to), more: 0 }
    }

    fn delete(text: &'a str) -> Self {
        Self { deed: Deed::DeleteComment, from: Some(text), to: None, more: -1 }
    }

    fn restore(text: &'a str) -> Self {
        Self { deed: Deed::RestoreComment, from: None, to: Some(text), more: 1 }
    }
}

/// The comment, if the actor wrote it. Where they may not see it, it is not there.
async fn own(turn: &Turn<'_>, comment: &CommentId) -> Result<Stored> {
    let (connection, span) = (&turn.change.transaction, turn.span.key);
    let stored = find(connection, span, comment).await?.ok_or_else(|| Problem::not_found("comment"))?;
    if stored.person_id.as_deref() == Some(turn.person().as_str()) {
        return Ok(stored);
    }
    let sight = Sight::of(connection, turn.actor, &turn.home).await?;
    let author = stored.person_id.map(PersonId);
    if !sight.of_spans(connection, &[span]).await?.comment(span, author.as_ref(), stored.external.as_deref()) {
        return Err(Problem::not_found("comment").into());
    }
    Err(Problem::not_yours("Only who wrote a comment can change or delete it. You can answer with a comment of your own.").into())
}

/// Remembers it, counts it and tells every page.
async fn finish(turn: &mut Turn<'_>, comment: &CommentId, told: Told<'_>) -> Result<()> {
    if told.more != 0 {
        let text = "UPDATE spans SET comments = comments + ? WHERE project = ? AND key = ?";
        run(&turn.change.transaction, text, values![told.more, turn.home.short(), turn.span.key]).await?;
    }
    let transaction = turn.change.transaction_id(&turn.home.project).await?;
    words::note_changes(&turn.change.transaction, turn.home.short(), std::iter::once(turn.span.key), transaction).await?;
    let [from, to] = [told.from, told.to].map(|text| text.map(serde_json::to_string).transpose());
    let entry = turn.entry(told.deed, Subject::Comment(comment.to_string()), from?, to?);
    turn.tell(vec![entry]).await?;
    let mut effect = Effect::new(&turn.home);
    effect.touch(turn.span.trace, &turn.span.root_span_id, &turn.row, TouchedPart::Said);
    traces::settle(turn.change, effect).await
}

/// The comments of a span, oldest first.
pub(crate) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<Vec<Comment>> {
    let written = texts_of_spans(connection, &[span]).await?.remove(&span).unwrap_or_default();
    let mentioned = mentions::of_span(connection, span).await?;
    let comments = written.into_iter().map(|CommentText { id, author, external, text, created, edited }| {
        let id = CommentId(id);
        Comment { html: render::comment(&text, mentioned.get(&id)), id, author, external, text, created, edited }
    });
    Ok(comments.collect())
}
