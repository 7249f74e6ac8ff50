use super::*;
use crate::journal::Place;
use shared::CommentId;
use shared::answers::AnswerValue;
use shared::audit::Revert;
use shared::comments::{AddComment, DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::{ObjectId, PersonId, QuestionId, RowId};

fn person(id: &str) -> Person {
    Person { id: PersonId(id.to_owned()), name: id.to_owned(), email: String::new(), role: Role::Reviewer }
}

fn row(id: &str) -> RowAddress {
    RowAddress { object_type: ObjectKind::ProjectLogs, object_id: ObjectId::from("logs"), id: RowId(id.to_owned()) }
}

fn answer(reviewer: &str, value: f64) -> Answer {
    Answer {
        reviewer: person(reviewer),
        question: QuestionId("q".to_owned()),
        question_name: "Preference".to_owned(),
        version: 1,
        value: AnswerValue::Number(value),
        score: Some(value),
        updated: 1,
        active: true,
        circumstances: Default::default(),
    }
}

/// What is said about a span that both reviewers answered and that has a tag.
fn said() -> SpanSaid {
    SpanSaid { tags: vec!["old".to_owned()], answers: vec![answer("me", 0.2), answer("carl", 0.4)], ..SpanSaid::default() }
}

/// The event that it is as of.
const AS_OF: i64 = 10;

fn set(id: &str, client_id: &str, value: Option<f64>) -> Command {
    Command::SetAnswer(SetAnswer {
        row: row(id),
        question: "q".to_owned(),
        value: value.map(AnswerValue::Number),
        client_id: Some(client_id.to_owned()),
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    })
}

fn tags(add: &[&str], remove: &[&str]) -> Command {
    let list = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    Command::ChangeTags(ChangeTags { row: row("row"), add: list(add), remove: list(remove), client_id: Some("tags".to_owned()) })
}

fn undo(client_id: &str) -> Command {
    Command::Revert(Revert { edit: Edit::Command(client_id.to_owned()), client_id: Some("undo".to_owned()) })
}

/// What is shown with these commands on top: answers, tags, comments and `expected`.
fn shown(entries: &[(Command, Stage)]) -> String {
    let entries: Vec<_> = entries
        .iter()
        .map(|(command, stage)| Entry {
            place: Place::Nowhere,
            command: command.clone(),
            what: String::new(),
            stage: stage.clone(),
            is_begun: false,
        })
        .collect();
    let mut said = said();
    lay_over(&mut said, AS_OF, 0, &row("row"), &entries, &person("me"));
    let answers: Vec<_> = said.answers.iter().map(|answer| format!("{} {:?}", answer.reviewer.id, answer.score)).collect();
    let comments: Vec<_> = said.comments.iter().map(|comment| comment.html.as_str().to_owned()).collect();
    let expected = expected_on_its_way(AS_OF, &row("row"), &entries).map(|field| field.map(|field| field.content));
    let expected = expected.map(|content| format!("{content:?}")).unwrap_or_default();
    format!("{} | {} | {} | {expected}", answers.join(", "), said.tags.join(", "), comments.join(""))
}

#[test]
fn what_is_on_its_way_lies_on_top() {
    let plain = "me Some(0.2), carl Some(0.4) | old |  | ";
    let refused = Stage::Refused(crate::api::AppError::Unreachable);
    let expected = |value: Option<&str>| {
        Command::SetExpected(SetExpected { row: row("row"), value: value.map(str::to_owned), before: None, client_id: None })
    };
    let comment = Command::AddComment(AddComment { row: row("row"), text: "<b>1 & 2</b>".to_owned(), client_id: Some("c".to_owned()) });
    let (id, text, before) = (CommentId("me.c".to_owned()), "other".to_owned(), String::new());
    let edit = Command::EditComment(EditComment { row: row("row"), comment: id.clone(), text, before, client_id: None });
    let delete = Command::DeleteComment(DeleteComment { row: row("row"), comment: id, client_id: None });
    for (name, entries, expect) in [
        ("nothing", vec![], plain),
        (
            "an answer replaces one's own, in its place",
            vec![(set("row", "1", Some(0.9)), Stage::Waiting)],
            "me Some(0.9), carl Some(0.4) | old |  | ",
        ),
        ("clearing", vec![(set("row", "1", None), Stage::Waiting)], "carl Some(0.4) | old |  | "),
        (
            "the last one counts",
            vec![(set("row", "1", None), Stage::Waiting), (set("row", "2", Some(0.5)), Stage::Waiting)],
            "carl Some(0.4), me Some(0.5) | old |  | ",
        ),
        ("another span", vec![(set("other", "1", Some(0.9)), Stage::Waiting)], plain),
        ("what the view holds already", vec![(set("row", "1", Some(0.9)), Stage::Sent(10))], plain),
        ("sent, and newer than the view", vec![(set("row", "1", Some(0.9)), Stage::Sent(11))], "me Some(0.9), carl Some(0.4) | old |  | "),
        ("what was refused", vec![(set("row", "1", Some(0.9)), refused)], plain),
        ("taken back before it was sent", vec![(set("row", "1", Some(0.9)), Stage::Waiting), (undo("1"), Stage::Waiting)], plain),
        ("taken back, both sent", vec![(set("row", "1", Some(0.9)), Stage::Sent(11)), (undo("1"), Stage::Sent(12))], plain),
        ("tags", vec![(tags(&["new", "old"], &[]), Stage::Waiting)], "me Some(0.2), carl Some(0.4) | old, new |  | "),
        ("tags taken off", vec![(tags(&[], &["old", "none"]), Stage::Waiting)], "me Some(0.2), carl Some(0.4) |  |  | "),
        (
            "a comment is text until the server has drawn it",
            vec![(comment.clone(), Stage::Waiting)],
            "me Some(0.2), carl Some(0.4) | old | <p>&lt;b&gt;1 &amp; 2&lt;/b&gt;</p> | ",
        ),
        (
            "a comment that was changed on the way, and is there once",
            vec![(comment.clone(), Stage::Sent(11)), (comment.clone(), Stage::Waiting), (edit, Stage::Waiting)],
            "me Some(0.2), carl Some(0.4) | old | <p>other</p> | ",
        ),
        ("a comment that was deleted on the way", vec![(comment, Stage::Waiting), (delete, Stage::Waiting)], plain),
        ("expected", vec![(expected(Some("[1]")), Stage::Waiting)], "me Some(0.2), carl Some(0.4) | old |  | Some(Text(\"[1]\"))"),
        (
            "expected emptied",
            vec![(expected(Some("[1]")), Stage::Waiting), (expected(None), Stage::Waiting)],
            "me Some(0.2), carl Some(0.4) | old |  | None",
        ),
    ] {
        assert_eq!(shown(&entries), expect, "{name}");
    }
}
