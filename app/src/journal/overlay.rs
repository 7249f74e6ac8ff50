//! What the page shows of a span: what the server said, with what is on its way on top.

use super::{Entry, Stage};
use shared::answers::{Answer, SetAnswer};
use shared::audit::Edit;
use shared::commands::Command;
use shared::comments::{AddComment, Comment};
use shared::html;
use shared::markup::Html;
use shared::objects::{FieldName, RowAddress};
use shared::people::Person;
use shared::spans::{Content, FieldView, Rendering, SpanView, TraceView};
use shared::tags::ChangeTags;
use shared::{CommentId, Micros};

/// Lays the commands about `row` that `view` does not hold yet on it, in their order. `me` is who gave them.
pub(crate) fn lay_over(view: &mut TraceView, row: &RowAddress, entries: &[Entry], me: &Person) {
    let as_of = view.as_of;
    let is_new = |entry: &&Entry| match entry.stage {
        Stage::Waiting => true,
        Stage::Sent(event) => event > as_of,
        Stage::Refused(_) => false,
    };
    let taken_back: Vec<&str> = entries
        .iter()
        .filter(is_new)
        .filter_map(|entry| match &entry.command {
            Command::Revert(revert) => match &revert.edit {
                Edit::Command(client_id) => Some(client_id.as_str()),
                Edit::Entry(_) => None,
            },
            _ => None,
        })
        .collect();
    let commands = entries.iter().filter(is_new).map(|entry| &entry.command);
    let commands = commands.filter(|command| command.row() == Some(row));
    for command in commands.filter(|command| command.client_id().is_none_or(|id| !taken_back.contains(&id))) {
        apply(&mut view.span, command, me);
    }
}

fn apply(span: &mut SpanView, command: &Command, me: &Person) {
    match command {
        Command::SetAnswer(command) => set_answer(span, command, me),
        Command::ChangeTags(command) => change_tags(span, command),
        Command::SetExpected(command) => set_expected(span, command.value.as_deref()),
        Command::AddComment(command) => add_comment(span, command, me),
        Command::EditComment(command) => {
            let now = newest(span) + 1;
            if let Some(comment) = span.comments.iter_mut().find(|comment| comment.id == command.comment) {
                comment.html = drawn(&command.text);
                comment.text.clone_from(&command.text);
                comment.edited = Some(now);
            }
        }
        Command::DeleteComment(command) => span.comments.retain(|comment| comment.id != command.comment),
        // What a gold value does to the numbers, and what a revert brings back, only the server knows.
        Command::SetGold(_) | Command::Revert(_) => {}
    }
}

fn add_comment(span: &mut SpanView, command: &AddComment, me: &Person) {
    let id = command.id(&me.id).unwrap_or_else(|| CommentId(String::new()));
    // The server may have it already, and its answer be lost.
    if span.comments.iter().any(|comment| comment.id == id) {
        return;
    }
    let (author, text, html) = (Some(me.clone()), command.text.clone(), drawn(&command.text));
    let created = newest(span) + 1;
    span.comments.push(Comment { id, author, external: None, text, html, created, edited: None });
}

/// When the span was last touched, as far as the page knows: a clock that is wrong must not put the newest comment below others.
fn newest(span: &SpanView) -> Micros {
    let comments = span.comments.iter().map(|comment| comment.created);
    comments.chain(span.activity.iter().map(|change| change.created)).max().unwrap_or(span.created)
}

/// The text of a comment until the server has drawn it.
fn drawn(text: &str) -> Html {
    html!("<p>{}</p>", text)
}

fn set_answer(span: &mut SpanView, command: &SetAnswer, me: &Person) {
    let is_own = |answer: &Answer| answer.question.0 == command.question && answer.reviewer.id == me.id;
    let place = span.answers.iter().position(is_own);
    let before = place.map(|place| span.answers.remove(place));
    let Some(value) = command.value.clone() else { return };
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
    };
    span.answers.insert(place.unwrap_or(span.answers.len()), answer);
}

fn change_tags(span: &mut SpanView, command: &ChangeTags) {
    span.tags.retain(|tag| !command.remove.contains(tag));
    for tag in &command.add {
        if !span.tags.contains(tag) {
            span.tags.push(tag.clone());
        }
    }
}

fn set_expected(span: &mut SpanView, value: Option<&str>) {
    let place = span.fields.iter().position(|field| field.field == FieldName::Expected);
    if let Some(place) = place {
        span.fields.remove(place);
    }
    let Some(value) = value else { return };
    let field = FieldView {
        field: FieldName::Expected,
        rendering: Rendering::Text,
        renderings: vec![Rendering::Text],
        content: Content::Text(value.to_owned()),
        bytes: value.len() as u64,
        cut: false,
    };
    let first_after = span.fields.iter().position(|field| field.field > FieldName::Expected);
    span.fields.insert(first_after.unwrap_or(span.fields.len()), field);
}

#[cfg(test)]
mod tests;
