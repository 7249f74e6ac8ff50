//! Mentions: whom a comment names, and the inbox of who is named.
//!
//! A mention is told when the comment is written, and what is told is what is drawn: a link to somebody who is no active
//! member then tells nobody, and is shown as plain text.

use crate::ground::database::{all, list, one, run, values};
use crate::ground::keys::{ObjectKey, SpanKey, project_of};
use crate::ground::places::Home;
use crate::ground::upsert::Upsert;
use crate::looking::sight::Sight;
use crate::people::names;
use crate::render::Mentioned;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result, render};
use sea_orm::{ConnectionTrait, FromQueryResult, Value as Bound};
use shared::address::RowsPage;
use shared::comments::{Inbox, Mention, Mentionable, ReadMentions};
use shared::objects::{ObjectKind, RowAddress};
use shared::permissions::Action;
use shared::{CommentId, Micros, ObjectId, PersonId, ProjectId, RowId};
use std::collections::HashMap;

/// Mentions that an inbox lists.
const LISTED: usize = 200;

/// Characters of a comment that an inbox shows.
const EXCERPT: usize = 160;

/// Where the comments are that count: somebody can open them.
const MENTIONS: &str = "FROM projects p JOIN mentions m ON m.project = p.short \
                        JOIN comments c ON c.project = m.project AND c.id = m.comment_id \
                        JOIN spans s ON s.project = c.project AND s.key = c.span JOIN objects o ON o.key = c.object \
                        WHERE m.person_id = ? AND c.deleted IS NULL AND o.deleted IS NULL AND p.deleted IS NULL";

impl Desk {
    /// The comments that mention the person at the desk.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn inbox(&self) -> Result<Inbox> {
        let unread = self.unread_mentions().await?;
        Ok(Inbox { unread, mentions: of_actor(self.store.readers(), &self.actor, false, LISTED).await? })
    }

    /// How many comments mention the person at the desk that they have not read.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn unread_mentions(&self) -> Result<i64> {
        self.require(Action::Read)?;
        count_unread(self.store.readers(), &self.actor).await
    }

    /// Marks mentions of the person at the desk as read.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn read_mentions(&self, command: ReadMentions) -> Result<()> {
        self.require(Action::Read)?;
        let person = self.actor.person.id.clone();
        self.store
            .write(move |change| {
                Box::pin(async move {
                    let mut text =
                        "UPDATE mentions SET read = ? WHERE project IN (SELECT short FROM projects) AND person_id = ? AND read IS NULL"
                            .to_owned();
                    let mut bound = values![change.now, person.as_str()];
                    if let Some(comment) = &command.comment {
                        text += " AND comment_id = ?";
                        bound.extend(values![comment.as_str()]);
                    }
                    run(&change.transaction, &text, bound).await.map(|_| ())
                })
            })
            .await
    }

    /// Whom a comment can mention: the active members, by name.
    ///
    /// # Errors
    /// [`shared::Problem::Forbidden`] for who may not read.
    pub async fn mentionable(&self) -> Result<Vec<Mentionable>> {
        let people = self.people().await?.into_iter();
        Ok(people.map(|person| Mentionable { id: person.id, name: person.name }).collect())
    }
}

/// The newest comments that mention somebody, newest first.
pub(in crate::said) async fn of_actor(
    connection: &impl ConnectionTrait,
    actor: &Actor,
    only_unread: bool,
    limit: usize,
) -> Result<Vec<Mention>> {
    #[derive(FromQueryResult)]
    struct Row {
        comment_id: String,
        created: Micros,
        read: Option<Micros>,
        author: Option<String>,
        text: String,
        span: SpanKey,
        row_id: String,
        span_id: String,
        root_span_id: String,
        name: String,
        key: ObjectKey,
        object: String,
        kind: String,
        object_name: String,
        project_id: String,
        project: String,
    }
    let narrowed = if only_unread { "AND m.read IS NULL" } else { "" };
    let text = format!(
        "SELECT m.comment_id, m.created, m.read, c.person_id AS author, c.text, c.span, s.row_id, s.span_id, s.root_span_id, s.name, o.key, \
             o.id AS object, o.kind, o.name AS object_name, p.id AS project_id, p.name AS project {MENTIONS} {narrowed} ORDER BY m.created DESC, m.comment_id DESC LIMIT {limit}"
    );
    let rows = all::<Row>(connection, &text, values![actor.person.id.as_str()]).await?;
    let authors = names::people(connection, rows.iter().filter_map(|row| row.author.clone())).await?;
    let condition = format!("project IN (SELECT short FROM projects) AND m.comment_id IN ({})", list(rows.len().max(1)));
    let ids: Vec<Bound> = rows.iter().map(|row| Bound::from(row.comment_id.as_str())).collect();
    let mentioned = if ids.is_empty() { HashMap::new() } else { mentioned(connection, &condition, ids).await? };
    let mut mentions = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(kind) = ObjectKind::parse(&row.kind) else { continue };
        let comment = CommentId(row.comment_id);
        let author = row.author.map(PersonId);
        let home = Home { key: row.key, id: ObjectId(row.object), project: ProjectId(row.project_id), kind };
        let sight = Sight::of(connection, actor, &home).await?;
        let seen = sight.of_spans(connection, &[row.span]).await?.comment(row.span, author.as_ref(), None);
        mentions.push(Mention {
            row: RowAddress { object_type: kind, object_id: home.id, id: RowId(row.row_id) },
            project: row.project,
            page: match kind {
                ObjectKind::ProjectLogs => RowsPage::Logs,
                ObjectKind::Experiment => RowsPage::Experiment(row.object_name),
                ObjectKind::Dataset => RowsPage::Dataset(row.object_name),
            },
            trace: row.root_span_id,
            span: row.span_id,
            name: row.name,
            author: author.and_then(|id| authors.get(&id).cloned()),
            // That one is mentioned is told at once, and what is said once one may see it.
            excerpt: if seen { render::excerpt(&row.text, mentioned.get(&comment), EXCERPT) } else { String::new() },
            comment,
            created: row.created,
            read: row.read.is_some(),
        });
    }
    Ok(mentions)
}

/// How many comments mention somebody that they have not read.
pub(in crate::said) async fn count_unread(connection: &impl ConnectionTrait, actor: &Actor) -> Result<i64> {
    #[derive(FromQueryResult)]
    struct Row {
        count: i64,
    }
    let text = format!("SELECT COUNT(*) AS count {MENTIONS} AND m.read IS NULL");
    let row = one::<Row>(connection, &text, values![actor.person.id.as_str()]).await?;
    Ok(row.map_or(0, |row| row.count))
}

/// Tells those whom a comment mentions, and recalls what was told to others and not read. Who wrote it knows already.
pub(super) async fn tell(change: &Change, home: &Home, comment: &CommentId, author: &PersonId, text: &str) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Active {
        id: String,
    }
    let named = render::mentioned(text);
    recall(change, home, comment, &named).await?;
    if named.is_empty() {
        return Ok(());
    }
    let mut bound: Vec<Bound> = named.into_iter().map(Bound::from).collect();
    let statement = format!("SELECT id FROM people WHERE id IN ({}) AND active = ?", list(bound.len()));
    bound.extend(values![true]);
    for Active { id } in all::<Active>(&change.transaction, &statement, bound).await? {
        let read = (id == author.as_str()).then_some(change.now);
        Upsert::into("mentions")
            .set("project", home.short())
            .set("comment_id", comment.as_str())
            .set("person_id", id)
            .set("created", change.now)
            .set("read", read)
            .insert_if_new("project, comment_id, person_id", &change.transaction)
            .await?;
    }
    Ok(())
}

/// Takes back what nobody has read yet, but for some people.
pub(super) async fn recall(change: &Change, home: &Home, comment: &CommentId, but: &[String]) -> Result<()> {
    let mut text = "DELETE FROM mentions WHERE project = ? AND comment_id = ? AND read IS NULL".to_owned();
    let mut bound = values![home.short(), comment.as_str()];
    if !but.is_empty() {
        text += &format!(" AND person_id NOT IN ({})", list(but.len()));
        bound.extend(but.iter().map(|id| Bound::from(id.as_str())));
    }
    run(&change.transaction, &text, bound).await.map(|_| ())
}

/// Whom the comments of a span mention.
pub(super) async fn of_span(connection: &impl ConnectionTrait, span: SpanKey) -> Result<HashMap<CommentId, Mentioned>> {
    let project = project_of(span);
    mentioned(
        connection,
        "project = ? AND m.comment_id IN (SELECT id FROM comments WHERE project = ? AND span = ?)",
        values![project, project, span],
    )
    .await
}

/// The condition is made of our own text.
async fn mentioned(connection: &impl ConnectionTrait, condition: &str, bound: Vec<Bound>) -> Result<HashMap<CommentId, Mentioned>> {
    #[derive(FromQueryResult)]
    struct Row {
        comment_id: String,
        person_id: String,
        name: String,
    }
    let text = format!("SELECT m.comment_id, m.person_id, p.name FROM mentions m JOIN people p ON p.id = m.person_id WHERE m.{condition}");
    let mut mentioned: HashMap<CommentId, Mentioned> = HashMap::new();
    for row in all::<Row>(connection, &text, bound).await? {
        mentioned.entry(CommentId(row.comment_id)).or_default().insert(row.person_id, row.name);
    }
    Ok(mentioned)
}
