//! Taking one edit back. What it changed becomes what it was before, by the same commands, so that it is an edit, too.
//! Where something else stands there by now, nothing is done: the newer edit would be lost.

use crate::content::ingest;
use crate::content::judgement::{Content, Field};
use crate::ground::body;
use crate::ground::database::{exists, one, values};
use crate::ground::places::{self, Home, row_of_span};
use crate::looking::sight::{Sight, Visible};
use crate::said::tags;
use crate::said::{answers, comments, expected, golds};
use crate::writing::activity::{NewActivity, record};
use crate::writing::once;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Edit, Revert, Source};
use shared::comments::{DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::tags::ChangeTags;
use shared::{CommentId, Problem, ProjectId};

impl Desk {
    /// Takes one edit back.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown edit, [`Problem::Forbidden`] for who may not, [`Problem::Conflict`] if something
    /// else stands there by now, [`Problem::Invalid`] for what cannot be taken back.
    pub async fn revert(&self, command: Revert) -> Result<()> {
        self.require(Action::Review)?;
        let actor = self.actor.clone();
        let project = project(self.store.readers(), &actor, &command).await?;
        self.store.write_in(&project, move |change| Box::pin(async move { revert(change, &actor, command).await.map(|_| ()) })).await
    }
}

/// The project in which an edit was made.
pub(crate) async fn project(connection: &impl ConnectionTrait, actor: &Actor, command: &Revert) -> Result<ProjectId> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
    }
    let (text, bound) = match &command.edit {
        Edit::Entry(id) => ("SELECT id FROM projects WHERE short = ?", values![places::project_of(*id)]),
        Edit::Command(client_id) => (
            "SELECT p.id FROM projects p JOIN commands c ON c.project = p.short WHERE c.person_id = ? AND c.client_id = ? \
             ORDER BY c.created DESC",
            values![actor.person.id.as_str(), client_id.as_str()],
        ),
    };
    let row = one::<Row>(connection, text, bound).await?;
    Ok(ProjectId(row.ok_or_else(|| Problem::not_found("edit"))?.id))
}

#[derive(FromQueryResult)]
struct Entry {
    id: i64,
    span: i64,
    transaction_id: i64,
    person_id: Option<String>,
    source: String,
    action: String,
    path: String,
    from_value: Option<String>,
    to_value: Option<String>,
}

const COLUMNS: &str = "a.id, a.span, a.transaction_id, a.person_id, a.source, a.action, a.path, a.from_value, a.to_value";

/// Takes one edit back; returns its project.
pub(crate) async fn revert(change: &mut Change, actor: &Actor, command: Revert) -> Result<ProjectId> {
    let found = match &command.edit {
        Edit::Entry(id) => {
            let text = format!("SELECT {COLUMNS} FROM activity a WHERE a.project = ? AND a.id = ?");
            one::<Entry>(&change.transaction, &text, values![places::project_of(*id), *id]).await?
        }
        Edit::Command(client_id) => {
            let text = format!(
                "SELECT {COLUMNS} FROM projects p JOIN commands c ON c.project = p.short JOIN activity a ON a.project = c.project AND a.id = c.entry \
                 WHERE c.person_id = ? AND c.client_id = ?"
            );
            one::<Entry>(&change.transaction, &text, values![actor.person.id.as_str(), client_id.as_str()]).await?
        }
    };
    let entry = found.ok_or_else(|| Problem::not_found("edit"))?;
    let project = places::project_with(&change.transaction, places::project_of(entry.id)).await?;
    if once::has_run(change, entry.id, &actor.person.id, command.client_id.as_deref()).await? {
        return Ok(project);
    }
    let row = row_of_span(&change.transaction, entry.span).await?.ok_or_else(|| Problem::not_found("row"))?;
    require_right(actor, &entry.action, &entry.path, entry.person_id.as_deref())?;
    require_seen(change, actor, &entry, &row).await?;
    let (kind, name) = kind_and_name(&entry.path);
    match (entry.action.as_str(), kind) {
        ("answer" | "clear", _) => revert_answer(change, actor, &entry, row, name, command.client_id).await?,
        ("gold" | "clear_gold", _) => revert_gold(change, actor, &entry, row, name, command.client_id).await?,
        ("merge", "expected") => revert_sent_expected(change, actor, &entry, row, command.client_id).await?,
        ("edit", "expected") => revert_edit(change, actor, entry, row, command.client_id).await?,
        ("edit" | "merge", "tags") => {
            let list = |value: &Option<String>| -> Vec<String> {
                value.as_deref().and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
            };
            let (from, to) = (list(&entry.from_value), list(&entry.to_value));
            let missing = |of: &[String], other: &[String]| of.iter().filter(|tag| !other.contains(tag)).cloned().collect();
            let set = ChangeTags { row, add: missing(&from, &to), remove: missing(&to, &from), client_id: command.client_id };
            tags::put_back(change, actor, set).await?;
        }
        ("comment" | "edit_comment" | "delete_comment" | "restore_comment", "comments") if !name.is_empty() => {
            revert_comment(change, actor, &entry, row, CommentId(name.to_owned()), command.client_id).await?;
        }
        ("merge", "scores" | "metadata") => revert_sent(change, actor, &entry, row, (kind, name), command.client_id).await?,
        _ => return Err(cannot().into()),
    }
    Ok(project)
}

/// Refuses an edit that may not be seen yet: taken back, it would bring to light what it changed.
async fn require_seen(change: &Change, actor: &Actor, entry: &Entry, row: &RowAddress) -> Result<()> {
    let (home, span) = places::find_span(&change.transaction, row).await?;
    let sight = Sight::of(&change.transaction, actor, &home).await?;
    let seen = sight.of_spans(&change.transaction, &[span.key]).await?;
    let own = entry.person_id.as_deref() == Some(actor.person.id.as_str());
    // What lay under one's own edit becomes hidden again when it comes back.
    if own && entry.action == "edit" && entry.path == "expected" {
        return Ok(());
    }
    match seen.entry(span.key, own, Source::parse(&entry.source), &entry.action, &entry.path) {
        Visible::Whole => Ok(()),
        Visible::Withheld => Err(Problem::forbidden("take this edit back before you have answered the questions about it").into()),
        Visible::No => Err(Problem::not_found("edit").into()),
    }
}

/// Refuses who may not take back an entry with this action and path that somebody made. Pages ask the same, so that they show no button
/// that always fails. What stands there by now is another question.
pub(crate) fn require_right(actor: &Actor, action: &str, path: &str, by: Option<&str>) -> std::result::Result<(), Problem> {
    let require = |may: bool, what: &str| if may { Ok(()) } else { Err(Problem::forbidden(what)) };
    let own = || by == Some(actor.person.id.as_str());
    require(actor.may(Action::Review), Action::Review.phrase())?;
    match (action, kind_and_name(path).0) {
        // An answer belongs to who gave it.
        ("answer" | "clear", _) => own()
            .then_some(())
            .ok_or_else(|| Problem::not_yours("Only who gave an answer can take it back. A gold value settles what counts.")),
        ("comment" | "edit_comment" | "delete_comment" | "restore_comment", "comments") => own().then_some(()).ok_or_else(|| {
            Problem::not_yours("Only who wrote a comment can change or delete it. You can answer with a comment of your own.")
        }),
        ("gold" | "clear_gold", _) => require(actor.may(Action::Settle), Action::Settle.phrase()),
        ("edit" | "merge", "expected" | "tags") => Ok(()),
        // What the API reported is put back by who may send such rows.
        ("merge", "scores" | "metadata") => require(actor.may(Action::Configure), "take back what came through the API"),
        _ => Err(cannot()),
    }
}

fn kind_and_name(path: &str) -> (&str, &str) {
    path.split_once('.').unwrap_or((path, ""))
}

fn cannot() -> Problem {
    Problem::invalid("edit", "This edit cannot be taken back.")
}

fn said(value: Option<&str>) -> Result<Option<AnswerValue>> {
    Ok(value.map(serde_json::from_str).transpose()?)
}

/// Refuses if something else stands there by now.
fn require_unchanged<T: PartialEq + serde::Serialize>(now: Option<&T>, then: Option<&T>) -> Result<()> {
    if now == then {
        return Ok(());
    }
    Err(Problem::Conflict { current: serde_json::to_string(&now)? }.into())
}

async fn revert_answer(
    change: &mut Change,
    actor: &Actor,
    entry: &Entry,
    row: RowAddress,
    question: &str,
    client_id: Option<String>,
) -> Result<()> {
    let stored = answers::of_span(&change.transaction, entry.span).await?;
    let own = stored.into_iter().find(|answer| answer.reviewer.id == actor.person.id && answer.question_name == question);
    require_unchanged(own.map(|answer| answer.value).as_ref(), said(entry.to_value.as_deref())?.as_ref())?;
    let value = said(entry.from_value.as_deref())?;
    let set = SetAnswer { row, question: question.to_owned(), value, client_id, reason: None, confirm: true };
    answers::set(change, actor, set).await.map(|_| ())
}

async fn revert_gold(
    change: &mut Change,
    actor: &Actor,
    entry: &Entry,
    row: RowAddress,
    question: &str,
    client_id: Option<String>,
) -> Result<()> {
    let stored = golds::of_span(&change.transaction, entry.span).await?.into_iter().find(|gold| gold.question_name == question);
    require_unchanged(stored.map(|gold| gold.value).as_ref(), said(entry.to_value.as_deref())?.as_ref())?;
    let value = said(entry.from_value.as_deref())?;
    let reason = if value.is_some() { reason_before(change, entry).await? } else { String::new() };
    golds::set(change, actor, SetGold { row, question: question.to_owned(), value, reason, client_id, confirm: true }).await
}

/// The reason with which the gold value was set that an entry replaced.
async fn reason_before(change: &Change, entry: &Entry) -> Result<String> {
    #[derive(FromQueryResult)]
    struct Told {
        reason: Option<String>,
    }
    let text =
        "SELECT reason FROM activity WHERE project = ? AND span = ? AND path = ? AND action = 'gold' AND id < ? ORDER BY id DESC LIMIT 1";
    let told =
        one::<Told>(&change.transaction, text, values![places::project_of(entry.span), entry.span, entry.path.as_str(), entry.id]).await?;
    Ok(told.and_then(|told| told.reason).unwrap_or_default())
}

/// A direct edit of `expected` that put something aside is taken back as a whole; any other is another edit.
async fn revert_edit(change: &mut Change, actor: &Actor, entry: Entry, row: RowAddress, client_id: Option<String>) -> Result<()> {
    let Some(put_aside) = expected::aside::of_edit(&change.transaction, entry.id).await? else {
        let set = SetExpected { row, value: entry.from_value, before: entry.to_value, client_id };
        return expected::set(change, actor, set).await;
    };
    let (home, span) = places::find_span(&change.transaction, &row).await?;
    if !once::is_first(change, &home, &actor.person.id, client_id.as_deref()).await? {
        return Ok(());
    }
    put_aside.bring_back(change, actor, (home, span, row.id), entry.to_value.as_deref(), client_id.as_deref()).await
}

/// A comment belongs to who wrote it, and the commands see to that.
async fn revert_comment(
    change: &mut Change,
    actor: &Actor,
    entry: &Entry,
    row: RowAddress,
    comment: CommentId,
    client_id: Option<String>,
) -> Result<()> {
    let text = |value: &Option<String>| value.as_deref().map(serde_json::from_str::<String>).transpose();
    let (from, to) = (text(&entry.from_value)?, text(&entry.to_value)?);
    require_unchanged(comments::shown(&change.transaction, entry.span, &comment).await?.as_ref(), to.as_ref())?;
    match (from, to) {
        (None, Some(_)) => comments::delete(change, actor, DeleteComment { row, comment, client_id }).await,
        (Some(_), None) => comments::restore(change, actor, DeleteComment { row, comment, client_id }).await,
        (Some(text), Some(before)) => comments::edit(change, actor, EditComment { row, comment, text, before, client_id }).await,
        (None, None) => Err(Problem::invalid("edit", "This edit was erased and cannot be taken back.").into()),
    }
}

/// An entry of an object that the API wrote is what it was before.
async fn revert_sent(
    change: &mut Change,
    actor: &Actor,
    entry: &Entry,
    row: RowAddress,
    (field, name): (&str, &str),
    client_id: Option<String>,
) -> Result<()> {
    let content = Content::of_span(&change.transaction, entry.span).await?;
    let mut object = content.base().get(field).and_then(|value| body::object(value.get())).unwrap_or_default();
    require_same(object.get(name).map(|value| value.get()), entry)?;
    object.insert(name.to_owned(), said_before(entry)?);
    write_back(change, actor, entry, row, (field, body::raw(&object)?), client_id).await
}

/// What the API wrote lies under the answers, and they stay on what was there before.
async fn revert_sent_expected(change: &mut Change, actor: &Actor, entry: &Entry, row: RowAddress, client_id: Option<String>) -> Result<()> {
    let content = Content::of_span(&change.transaction, entry.span).await?;
    require_same(content.base().get("expected").map(|value| value.get()), entry)?;
    write_back(change, actor, entry, row, ("expected", said_before(entry)?), client_id).await
}

fn said_before(entry: &Entry) -> Result<body::Raw> {
    let text = entry.from_value.clone().unwrap_or_else(|| "null".to_owned());
    Ok(serde_json::value::RawValue::from_string(text)?)
}

/// Refuses if the API, or somebody, has written something else there by now.
fn require_same(now: Option<&str>, entry: &Entry) -> Result<()> {
    if body::same(now, entry.to_value.as_deref()) {
        return Ok(());
    }
    Err(Problem::Conflict { current: now.unwrap_or("null").to_owned() }.into())
}

/// Whether what stood in `expected` before an entry was written by who saw what others had said there.
async fn was_informed(change: &Change, home: &Home, row: &RowAddress, entry: &Entry) -> Result<bool> {
    let text = "SELECT 1 FROM span_versions WHERE project = ? AND object = ? AND row_id = ? AND superseded = ? AND informed = ?";
    exists(&change.transaction, text, values![home.short(), home.key, row.id.as_str(), entry.transaction_id, true]).await
}

/// Writes a field as the API would, with an entry of its own.
async fn write_back(
    change: &mut Change,
    actor: &Actor,
    entry: &Entry,
    row: RowAddress,
    (field, value): (&str, body::Raw),
    client_id: Option<String>,
) -> Result<()> {
    let (home, span) = places::find_span(&change.transaction, &row).await?;
    let person = &actor.person.id;
    if !once::is_first(change, &home, person, client_id.as_deref()).await? {
        return Ok(());
    }
    if field == Field::Expected.key() {
        let informed = was_informed(change, &home, &row, entry).await?;
        ingest::edit_expected(change, home.clone(), person, row.id.as_str(), value, informed).await?;
    } else {
        ingest::edit_row(change, home.clone(), person, row.id.as_str(), IndexMap::from([(field.to_owned(), value)])).await?;
    }
    let taken_back = NewActivity {
        span: span.key,
        actor: Some(person.clone()),
        external: None,
        source: actor.source(),
        action: "merge",
        path: entry.path.clone(),
        from: entry.to_value.clone(),
        to: entry.from_value.clone(),
        reason: None,
    };
    let made = record(change, &home, vec![taken_back]).await?;
    once::link_entry(change, person, client_id.as_deref(), made).await
}
