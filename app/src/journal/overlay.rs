//! What the page shows of what is said about a span: what the server said, with what is on its way on top.

use super::{Entry, Stage};
use shared::answers::{Answer, SetAnswer};
use shared::audit::Edit;
use shared::commands::Command;
use shared::comments::{AddComment, Comment};
use shared::html;
use shared::markup::Html;
use shared::objects::{FieldName, RowAddress};
use shared::people::Person;
use shared::reviews::{FlagRow, Flagging, RowFlag, UnflagRow};
use shared::said::SpanSaid;
use shared::spans::{FieldContent, FieldView, Rendering};
use shared::tags::ChangeTags;
use shared::{CommentId, Micros};

/// Lays the commands about `row` that `said`, as of an event, does not hold yet on it, in their order. `created` is when the span began;
/// `me` is who gave them.
pub(crate) fn lay_over(said: &mut SpanSaid, as_of: i64, created: Micros, row: &RowAddress, entries: &[Entry], me: &Person) {
    for command in on_their_way(as_of, row, entries) {
        apply(said, command, created, me);
    }
}

/// What is on its way to `expected` of `row`, whose content is as of an event: what will stand there, or that nothing will. None if nothing
/// is on its way.
pub(crate) fn expected_on_its_way(as_of: i64, row: &RowAddress, entries: &[Entry]) -> Option<Option<FieldView>> {
    let last = on_their_way(as_of, row, entries).filter_map(|command| match command {
        Command::SetExpected(command) => Some(command.value.as_deref()),
        _ => None,
    });
    last.last().map(|value| value.map(expected))
}

/// The commands about a row that what was read as of an event does not hold, in their order, without those that are taken back.
fn on_their_way<'a>(as_of: i64, row: &'a RowAddress, entries: &'a [Entry]) -> impl Iterator<Item = &'a Command> {
    let new = entries.iter().filter(move |entry| match entry.stage {
        Stage::Waiting => true,
        Stage::Sent(event) => event > as_of,
        Stage::Refused(_) => false,
    });
    let commands = new.map(|entry| &entry.command);
    let taken_back = commands.clone().filter_map(|command| match command {
        Command::Revert(revert) => match &revert.edit {
            Edit::Command(client_id) => Some(client_id.as_str()),
            Edit::Entry(_) => None,
        },
        _ => None,
    });
    let taken_back: Vec<&str> = taken_back.collect();
    let commands = commands.filter(move |command| command.row() == Some(row));
    commands.filter(move |command| command.client_id().is_none_or(|id| !taken_back.contains(&id)))
}

fn apply(said: &mut SpanSaid, command: &Command, created: Micros, me: &Person) {
    match command {
        Command::SetAnswer(command) => set_answer(said, command, me),
        Command::ChangeTags(command) => change_tags(said, command),
        Command::AddComment(command) => add_comment(said, command, created, me),
        Command::EditComment(command) => {
            let now = newest(said, created) + 1;
            if let Some(comment) = said.comments.iter_mut().find(|comment| comment.id == command.comment) {
                comment.html = drawn(&command.text);
                comment.text.clone_from(&command.text);
                comment.edited = Some(now);
            }
        }
        Command::DeleteComment(command) => said.comments.retain(|comment| comment.id != command.comment),
        // It stands in the content. What a gold value does to the numbers, and what a revert brings back, only the server knows.
        Command::SetExpected(_) | Command::SetGold(_) | Command::Revert(_) => {}
        Command::FlagRow(command) => flag(said, command, me),
        Command::UnflagRow(UnflagRow { lists, .. }) => said.flags.retain(|flag| !lists.is_empty() && !lists.contains(&flag.list)),
        // The head of the span shows nothing of them, or what only the server knows.
        Command::AssignReview(_) | Command::CompleteReview(_) | Command::SkipReview(_) | Command::SetReviewStatus(_) => {}
    }
}

/// What the list is called, and who else is asked, the server says.
fn flag(said: &mut SpanSaid, command: &FlagRow, me: &Person) {
    let Flagging { lists, note, .. } = &command.flagging;
    for list in lists {
        match said.flags.iter_mut().find(|flag| flag.list == *list) {
            Some(flag) => flag.note = note.clone().or(flag.note.take()),
            None => said.flags.push(RowFlag {
                list: list.clone(),
                list_name: String::new(),
                by: Some(me.clone()),
                note: note.clone(),
                assignees: Vec::new(),
                needed: 1,
                done: 0,
            }),
        }
    }
}

fn add_comment(said: &mut SpanSaid, command: &AddComment, created: Micros, me: &Person) {
    let id = command.id(&me.id).unwrap_or_else(|| CommentId(String::new()));
    // The server may have it already, and its answer be lost.
    if said.comments.iter().any(|comment| comment.id == id) {
        return;
    }
    let (author, text, html) = (Some(me.clone()), command.text.clone(), drawn(&command.text));
    let created = newest(said, created) + 1;
    said.comments.push(Comment { id, author, external: None, text, html, created, edited: None });
}

/// When the span was last touched, as far as the page knows: a clock that is wrong must not put the newest comment below others.
fn newest(said: &SpanSaid, created: Micros) -> Micros {
    let comments = said.comments.iter().map(|comment| comment.created);
    comments.chain(said.activity.iter().map(|change| change.created)).max().unwrap_or(created)
}

/// The text of a comment until the server has drawn it.
fn drawn(text: &str) -> Html {
    html!("<p>{}</p>", text)
}

fn set_answer(said: &mut SpanSaid, command: &SetAnswer, me: &Person) {
    let is_own = |answer: &Answer| answer.question.0 == command.question && answer.reviewer.id == me.id;
    let place = said.answers.iter().position(is_own);
    let before = place.map(|place| said.answers.remove(place));
    let Some(value) = command.value.clone() else { return };
    let same = before.as_ref().filter(|before| before.value == value);
    let given = command.circumstances.clone();
    let circumstances = same.map_or_else(|| given.clone(), |same| given.clone().over(&same.circumstances)).kept();
    let score = match value {
        shared::answers::AnswerValue::Number(number) => Some(number),
        // What an option stands for, the server says.
        _ => None,
    };
    let answer = Answer {
        reviewer: me.clone(),
        question: shared::QuestionId(command.question.clone()),
        question_name: before.as_ref().map(|before| before.question_name.clone()).unwrap_or_default(),
        version: before.as_ref().map_or(0, |before| before.version),
        value,
        score,
        updated: before.as_ref().map_or(0, |before| before.updated),
        active: true,
        circumstances,
    };
    said.answers.insert(place.unwrap_or(said.answers.len()), answer);
}

fn change_tags(said: &mut SpanSaid, command: &ChangeTags) {
    said.tags.retain(|tag| !command.remove.contains(tag));
    for tag in &command.add {
        if !said.tags.contains(tag) {
            said.tags.push(tag.clone());
        }
    }
}

/// What `expected` shows until the server has rendered it.
fn expected(value: &str) -> FieldView {
    FieldView {
        field: FieldName::Expected,
        rendering: Rendering::Text,
        renderings: vec![Rendering::Text],
        content: FieldContent::Text(value.to_owned()),
        about: String::new(),
        bytes: value.len() as u64,
        stamp: 0,
        cut: false,
    }
}

#[cfg(test)]
mod tests;
