//! Taking one edit back. What it changed becomes what it was before, by the same commands, so that it is an edit, too.
//! Where something else stands there by now, nothing is done: the newer edit would be lost.

use crate::content::feedback::{self, NewFeedback};
use crate::content::ingest;
use crate::content::judgement::Content;
use crate::content::scores::StoredScore;
use crate::ground::body;
use crate::ground::database::{exists, one, values};
use crate::ground::keys::{EntryId, SpanKey, bound, project_of};
use crate::ground::places::row_of_span;
use crate::looking::sight::{Sight, Visible};
use crate::said::tags;
use crate::said::{answers, comments, evidence, expected, golds, reviews};
use crate::writing::activity::NewActivity;
use crate::writing::turn::Turn;
use crate::writing::writer::Change;
use crate::{Actor, Desk, Result};
use indexmap::IndexMap;
use sea_orm::{ConnectionTrait, FromQueryResult};
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Deed, Edit, Revert, Source, Subject};
use shared::commands::Command;
use shared::comments::{DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::objects::RowAddress;
use shared::permissions::Action;
use shared::summary::Nano;
use shared::tags::ChangeTags;
use shared::{CommentId, Problem, ProjectId};

impl Desk {
    /// Takes one edit back.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for an unknown edit, [`Problem::Forbidden`] for who may not, [`Problem::Conflict`] if something
    /// else stands there by now, [`Problem::Invalid`] for what cannot be taken back.
    pub async fn revert(&self, command: Revert) -> Result<()> {
        self.run(Command::Revert(command)).await.map(|_| ())
    }
}

/// An entry of the activity, to be taken back.
#[derive(FromQueryResult)]
pub(crate) struct ActivityEntry {
    id: EntryId,
    span: SpanKey,
    transaction_id: i64,
    person_id: Option<String>,
    external: Option<String>,
    source: String,
    action: String,
    path: String,
    from_value: Option<String>,
    to_value: Option<String>,
    given: Option<String>,
}

impl ActivityEntry {
    fn deed(&self) -> Deed {
        self.action.clone().into()
    }

    fn subject(&self) -> Subject {
        self.path.clone().into()
    }
}

/// What is to be taken back.
pub(crate) struct Found {
    /// Where it was done.
    span: SpanKey,
    /// What it did; none of a command that changed nothing.
    pub(crate) entry: Option<ActivityEntry>,
}

impl Found {
    /// The row that it is about; none once that is deleted.
    pub(crate) async fn row(&self, change: &Change) -> Result<Option<RowAddress>> {
        row_of_span(&change.transaction, self.span).await
    }
}

const COLUMNS: &str =
    "a.id, a.span, a.transaction_id, a.person_id, a.external, a.source, a.action, a.path, a.from_value, a.to_value, a.given";

/// The project in which an edit was made that is to be taken back.
pub(crate) async fn project(connection: &impl ConnectionTrait, actor: &Actor, command: &Revert) -> Result<ProjectId> {
    #[derive(FromQueryResult)]
    struct Row {
        id: String,
    }
    let (text, bound) = match &command.edit {
        Edit::Entry(id) => ("SELECT id FROM projects WHERE short = ?", values![project_of(EntryId::from(*id))]),
        Edit::Command(client_id) => (
            "SELECT p.id FROM projects p JOIN commands c ON c.project = p.short WHERE c.person_id = ? AND c.client_id = ? \
             ORDER BY c.created DESC",
            values![actor.person.id.as_str(), client_id.as_str()],
        ),
    };
    let row = one::<Row>(connection, text, bound).await?;
    Ok(ProjectId(row.ok_or_else(|| Problem::not_found("edit"))?.id))
}

/// Finds the edit that is to be taken back.
pub(crate) async fn find(change: &Change, actor: &Actor, command: &Revert) -> Result<Found> {
    #[derive(FromQueryResult)]
    struct Ran {
        span: SpanKey,
        entry: Option<EntryId>,
    }
    let unknown = || Problem::not_found("edit");
    let entry = match &command.edit {
        Edit::Entry(id) => EntryId::from(*id),
        Edit::Command(client_id) => {
            let text =
                "SELECT c.span, c.entry FROM projects p JOIN commands c ON c.project = p.short WHERE c.person_id = ? AND c.client_id = ?";
            let ran = one::<Ran>(&change.transaction, text, values![actor.person.id.as_str(), client_id.as_str()]).await?;
            let Ran { span, entry } = ran.ok_or_else(unknown)?;
            match entry {
                Some(entry) => entry,
                None => return Ok(Found { span, entry: None }),
            }
        }
    };
    let text = format!("SELECT {COLUMNS} FROM activity a WHERE a.project = ? AND a.id = ?");
    let entry = one::<ActivityEntry>(&change.transaction, &text, bound(&[entry])).await?.ok_or_else(unknown)?;
    Ok(Found { span: entry.span, entry: Some(entry) })
}

/// Takes one edit back. Of what changed nothing there is nothing to take back.
pub(crate) async fn revert(turn: &mut Turn<'_>, entry: Option<ActivityEntry>) -> Result<()> {
    let Some(entry) = entry else { return Ok(()) };
    // What may not be seen is not there, whatever one might do with it.
    require_seen(turn, &entry).await?;
    require_right(turn.actor, &entry.deed(), &entry.subject(), entry.person_id.as_deref())?;
    match Way::back(&entry.deed(), &entry.subject()).ok_or_else(cannot)? {
        Way::Answer(name) => revert_answer(turn, &entry, &name).await,
        Way::Gold(name) => revert_gold(turn, &entry, &name).await,
        Way::Feedback(name) => revert_feedback(turn, &entry, &name).await,
        Way::Sent("expected", _) => revert_sent_expected(turn, &entry).await,
        Way::Sent(field, name) => revert_sent(turn, &entry, field, &name).await,
        Way::SentWhole(field) => revert_sent_whole(turn, &entry, field).await,
        Way::Expected => revert_edit(turn, entry).await,
        Way::Tags => {
            let list = |value: &Option<String>| -> Vec<String> {
                value.as_deref().and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default()
            };
            let (from, to) = (list(&entry.from_value), list(&entry.to_value));
            let missing = |of: &[String], other: &[String]| of.iter().filter(|tag| !other.contains(tag)).cloned().collect();
            let set = ChangeTags { row: turn.address(), add: missing(&from, &to), remove: missing(&to, &from), client_id: None };
            tags::put_back(turn, set).await
        }
        Way::Comment(id) => revert_comment(turn, &entry, id).await,
        Way::Review(list) | Way::OwnReview(list) | Way::Assigned(list) => {
            reviews::put_back(turn, &list, &entry.deed(), entry.from_value.as_deref(), entry.to_value.as_deref()).await
        }
    }
}

/// How an entry is taken back.
enum Way {
    /// The answer to the question of that name is what it was.
    Answer(String),
    /// The gold value is what it was.
    Gold(String),
    /// `expected` is what it was before a person edited it, with what lay there.
    Expected,
    /// A field that came through the API is what it was, or its entry of that name is.
    Sent(&'static str, String),
    /// A field that somebody edited as a whole, and on which nothing lies, is what it was.
    SentWhole(&'static str),
    /// What an end user said to the score of that name is what it was.
    Feedback(String),
    /// Tags that were put on come off, and the other way round.
    Tags,
    /// The comment is what it was.
    Comment(CommentId),
    /// The row stands in the list of that id as it did.
    Review(String),
    /// What one did with it there is taken back.
    OwnReview(String),
    /// The same people are asked to review it there.
    Assigned(String),
}

impl Way {
    /// None for what cannot be taken back.
    fn back(deed: &Deed, subject: &Subject) -> Option<Self> {
        match (deed, subject) {
            (Deed::Answer | Deed::Clear, Subject::Score(name) | Subject::Answer(name)) => Some(Self::Answer(name.clone())),
            (Deed::Gold | Deed::ClearGold, Subject::Score(name) | Subject::Answer(name)) => Some(Self::Gold(name.clone())),
            (Deed::Edit, Subject::Expected) => Some(Self::Expected),
            (Deed::Merge, Subject::Expected) => Some(Self::Sent("expected", String::new())),
            (Deed::Merge, Subject::Score(name)) => Some(Self::Sent("scores", name.clone())),
            (Deed::Merge, Subject::Metadata(key)) => Some(Self::Sent("metadata", key.clone())),
            (Deed::Merge, Subject::Other(path)) if path == "input" => Some(Self::SentWhole("input")),
            (Deed::Edit | Deed::Merge, Subject::Tags) => Some(Self::Tags),
            (Deed::Comment | Deed::EditComment | Deed::DeleteComment | Deed::RestoreComment, Subject::Comment(id)) if !id.is_empty() => {
                Some(Self::Comment(CommentId(id.clone())))
            }
            (Deed::Flag | Deed::Unflag | Deed::Close | Deed::Reopen | Deed::SetStatus, Subject::Review(list)) if !list.is_empty() => {
                Some(Self::Review(list.clone()))
            }
            (Deed::Complete | Deed::Prefer | Deed::Skip, Subject::Review(list)) if !list.is_empty() => Some(Self::OwnReview(list.clone())),
            (Deed::Assign, Subject::Review(list)) if !list.is_empty() => Some(Self::Assigned(list.clone())),
            (
                Deed::Flag
                | Deed::Unflag
                | Deed::Close
                | Deed::Reopen
                | Deed::SetStatus
                | Deed::Complete
                | Deed::Prefer
                | Deed::Skip
                | Deed::Assign,
                _,
            ) => None,
            (Deed::Answer | Deed::Clear | Deed::Gold | Deed::ClearGold, _) | (Deed::Edit | Deed::Merge, _) => None,
            (Deed::Comment | Deed::EditComment | Deed::DeleteComment | Deed::RestoreComment, _) => None,
            (Deed::Feedback, Subject::Score(name)) => Some(Self::Feedback(name.clone())),
            (Deed::Feedback, _) => None,
            (Deed::SetAside | Deed::CountAgain | Deed::Erase | Deed::Delete | Deed::Restore | Deed::Other(_), _) => None,
        }
    }
}

/// Refuses an edit that may not be seen yet: taken back, it would bring to light what it changed.
async fn require_seen(turn: &Turn<'_>, entry: &ActivityEntry) -> Result<()> {
    let sight = Sight::of(&turn.change.transaction, turn.actor, &turn.home).await?;
    let seen = sight.of_spans(&turn.change.transaction, &[turn.span.key]).await?;
    let own = entry.person_id.as_deref() == Some(turn.person().as_str());
    // What lay under one's own edit becomes hidden again when it comes back.
    if own && entry.deed() == Deed::Edit && entry.subject() == Subject::Expected {
        return Ok(());
    }
    match seen.entry(turn.span.key, own, Source::parse(&entry.source), &entry.deed(), &entry.subject()) {
        Visible::Whole => Ok(()),
        Visible::Withheld => Err(Problem::not_yours("Answer the questions about it first; then you can take this edit back.").into()),
        Visible::No => Err(Problem::not_found("edit").into()),
    }
}

/// Refuses who may not take back what somebody did to something. Pages ask the same, so that they show no button
/// that always fails. What stands there by now is another question.
pub(crate) fn require_right(actor: &Actor, deed: &Deed, subject: &Subject, by: Option<&str>) -> std::result::Result<(), Problem> {
    let own = |reason: &str| if by == Some(actor.person.id.as_str()) { Ok(()) } else { Err(Problem::not_yours(reason)) };
    actor.require(Action::Review, Action::Review.phrase())?;
    match Way::back(deed, subject).ok_or_else(cannot)? {
        // An answer belongs to who gave it.
        Way::Answer(_) => own("Only who gave an answer can take it back. A gold value settles what counts."),
        Way::Comment(_) => own("Only who wrote a comment can change or delete it. You can answer with a comment of your own."),
        Way::Gold(_) => actor.require(Action::Settle, Action::Settle.phrase()),
        Way::OwnReview(_) => own("Only who reviewed a row can take that back. Open its review again if more is needed."),
        Way::Assigned(_) => actor.require(Action::Assign, Action::Assign.phrase()),
        Way::Expected | Way::Tags | Way::Review(_) | Way::Sent("expected", _) => Ok(()),
        // What the API reported is put back by who may send such rows.
        Way::Sent(..) | Way::SentWhole(_) | Way::Feedback(_) => actor.require(Action::Configure, "take back what came through the API"),
    }
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

async fn revert_answer(turn: &mut Turn<'_>, entry: &ActivityEntry, question: &str) -> Result<()> {
    let stored = answers::of_span(&turn.change.transaction, entry.span).await?;
    let own = stored.into_iter().find(|answer| answer.reviewer.id == *turn.person() && answer.question_name == question);
    let given = own.as_ref().map(|own| evidence::told(&own.circumstances)).transpose()?.flatten();
    let value = own.map(|answer| answer.value);
    require_unchanged(value.as_ref(), said(entry.to_value.as_deref())?.as_ref())?;
    if given != entry.given {
        return Err(Problem::Conflict { current: serde_json::to_string(&value)? }.into());
    }
    let value = said(entry.from_value.as_deref())?;
    let whose = (question, turn.person().as_str());
    let circumstances = evidence::before(&turn.change.transaction, entry.span, whose, entry.transaction_id).await?;
    let question = question.to_owned();
    let set = SetAnswer { row: turn.address(), question, value, client_id: None, reason: None, confirm: true, circumstances };
    let asked = answers::QuestionAsked::read(turn, &set.question).await?;
    answers::put(turn, set, asked).await
}

async fn revert_gold(turn: &mut Turn<'_>, entry: &ActivityEntry, question: &str) -> Result<()> {
    let stored = golds::of_span(&turn.change.transaction, entry.span).await?.into_iter().find(|gold| gold.question_name == question);
    require_unchanged(stored.map(|gold| gold.value).as_ref(), said(entry.to_value.as_deref())?.as_ref())?;
    let value = said(entry.from_value.as_deref())?;
    let reason = if value.is_some() { reason_before(turn, entry).await? } else { String::new() };
    let question = question.to_owned();
    golds::set(turn, SetGold { row: turn.address(), question, value, reason, client_id: None, confirm: true }).await
}

/// The reason with which the gold value was set that an entry replaced.
async fn reason_before(turn: &Turn<'_>, entry: &ActivityEntry) -> Result<String> {
    #[derive(FromQueryResult)]
    struct Told {
        reason: Option<String>,
    }
    let text =
        "SELECT reason FROM activity WHERE project = ? AND span = ? AND path = ? AND action = 'gold' AND id < ? ORDER BY id DESC LIMIT 1";
    let told =
        one::<Told>(&turn.change.transaction, text, values![project_of(entry.span), entry.span, entry.path.as_str(), entry.id]).await?;
    Ok(told.and_then(|told| told.reason).unwrap_or_default())
}

/// A direct edit of `expected` that put something aside is taken back as a whole; any other is another edit.
async fn revert_edit(turn: &mut Turn<'_>, entry: ActivityEntry) -> Result<()> {
    match expected::aside::of_edit(&turn.change.transaction, entry.id).await? {
        Some(put_aside) => put_aside.bring_back(turn, entry.to_value.as_deref()).await,
        None => {
            let set = SetExpected { row: turn.address(), value: entry.from_value, before: entry.to_value, client_id: None };
            expected::set(turn, set).await
        }
    }
}

/// A comment belongs to who wrote it, and the commands see to that.
async fn revert_comment(turn: &mut Turn<'_>, entry: &ActivityEntry, comment: CommentId) -> Result<()> {
    let text = |value: &Option<String>| value.as_deref().map(serde_json::from_str::<String>).transpose();
    let (from, to) = (text(&entry.from_value)?, text(&entry.to_value)?);
    require_unchanged(comments::shown(&turn.change.transaction, entry.span, &comment).await?.as_ref(), to.as_ref())?;
    let (row, client_id) = (turn.address(), None);
    match (from, to) {
        (None, Some(_)) => comments::delete(turn, DeleteComment { row, comment, client_id }).await,
        (Some(_), None) => comments::restore(turn, DeleteComment { row, comment, client_id }).await,
        (Some(text), Some(before)) => comments::edit(turn, EditComment { row, comment, text, before, client_id }).await,
        (None, None) => Err(Problem::invalid("edit", "This edit was erased and cannot be taken back.").into()),
    }
}

/// What an end user said is what it was before, and the activity names whose it is.
async fn revert_feedback(turn: &mut Turn<'_>, entry: &ActivityEntry, name: &str) -> Result<()> {
    let units = |value: &Option<String>| -> Result<Option<i64>> {
        let score = value.as_deref().map(serde_json::from_str::<f64>).transpose()?;
        Ok(score.and_then(Nano::checked).map(|score| score.0))
    };
    let (from, to) = (units(&entry.from_value)?, units(&entry.to_value)?);
    let (span, voice) = (entry.span, entry.external.as_deref().unwrap_or_default());
    let mut stands = feedback::of_voices(&turn.change.transaction, &turn.home, &[(span, voice)]).await?;
    let now = stands.remove(&(span, voice.to_owned(), name.to_owned()));
    let scores = [now, to].map(|units| units.map(|units| Nano(units).score()));
    require_unchanged(scores[0].as_ref(), scores[1].as_ref())?;
    feedback::write(turn.change, &turn.home, &[NewFeedback { span, voice, name, value: from }]).await?;
    let told = turn.entry(Deed::Feedback, entry.subject(), entry.to_value.clone(), entry.from_value.clone());
    turn.tell(vec![NewActivity { external: entry.external.clone(), ..told }]).await?;
    let count = i64::from(from.is_some()) - i64::from(to.is_some());
    let sum = from.unwrap_or(0) - to.unwrap_or(0);
    let alter = |score: &mut StoredScore| {
        (score.feedback, score.feedback_sum) = (score.feedback + count, score.feedback_sum + sum);
    };
    answers::change_score(turn, name, alter).await
}

/// An entry of an object that the API wrote is what it was before.
async fn revert_sent(turn: &mut Turn<'_>, entry: &ActivityEntry, field: &str, name: &str) -> Result<()> {
    let content = Content::of_span(&turn.change.transaction, entry.span).await?;
    let mut object = content.base().get(field).and_then(|value| body::object(value.get())).unwrap_or_default();
    require_same(object.get(name).map(|value| value.get()), entry)?;
    object.insert(name.to_owned(), said_before(entry)?);
    let fields = IndexMap::from([(field.to_owned(), body::raw(&object)?)]);
    ingest::edit_row(turn.change, turn.home.clone(), &turn.actor.person.id, turn.row.as_str(), fields).await?;
    tell_taken_back(turn, entry).await
}

/// A field on which nothing lies is what it was before.
async fn revert_sent_whole(turn: &mut Turn<'_>, entry: &ActivityEntry, field: &str) -> Result<()> {
    let content = Content::of_span(&turn.change.transaction, entry.span).await?;
    require_same(content.base().get(field).map(|value| value.get()), entry)?;
    let fields = IndexMap::from([(field.to_owned(), said_before(entry)?)]);
    ingest::edit_row(turn.change, turn.home.clone(), &turn.actor.person.id, turn.row.as_str(), fields).await?;
    tell_taken_back(turn, entry).await
}

/// What the API wrote lies under the answers, and they stay on what was there before.
async fn revert_sent_expected(turn: &mut Turn<'_>, entry: &ActivityEntry) -> Result<()> {
    let content = Content::of_span(&turn.change.transaction, entry.span).await?;
    require_same(content.base().get("expected").map(|value| value.get()), entry)?;
    let (value, informed) = (said_before(entry)?, was_informed(turn, entry).await?);
    ingest::edit_expected(turn.change, turn.home.clone(), &turn.actor.person.id, turn.row.as_str(), value, informed).await?;
    tell_taken_back(turn, entry).await
}

/// What was written as the API would has an entry as what comes through the API has.
async fn tell_taken_back(turn: &mut Turn<'_>, entry: &ActivityEntry) -> Result<()> {
    let taken_back = turn.entry(Deed::Merge, entry.subject(), entry.to_value.clone(), entry.from_value.clone());
    turn.tell(vec![taken_back]).await.map(|_| ())
}

fn said_before(entry: &ActivityEntry) -> Result<body::Raw> {
    let text = entry.from_value.clone().unwrap_or_else(|| "null".to_owned());
    Ok(serde_json::value::RawValue::from_string(text)?)
}

/// Refuses if the API, or somebody, has written something else there by now.
fn require_same(now: Option<&str>, entry: &ActivityEntry) -> Result<()> {
    if body::same(now, entry.to_value.as_deref()) {
        return Ok(());
    }
    Err(Problem::Conflict { current: now.unwrap_or("null").to_owned() }.into())
}

/// Whether what stood in `expected` before an entry was written by who saw what others had said there.
async fn was_informed(turn: &Turn<'_>, entry: &ActivityEntry) -> Result<bool> {
    let text = "SELECT 1 FROM span_versions WHERE project = ? AND object = ? AND row_id = ? AND superseded = ? AND informed = ?";
    exists(&turn.change.transaction, text, values![turn.home.short(), turn.home.key, turn.row.as_str(), entry.transaction_id, true]).await
}
