use super::*;
use crate::journal::Place;
use shared::CommentId;
use shared::answers::AnswerValue;
use shared::audit::Revert;
use shared::comments::{AddComment, DeleteComment, EditComment};
use shared::expected::SetExpected;
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::spans::{TraceRow, TreePart};
use shared::{ObjectId, PersonId, QuestionId, RowId};
use std::collections::BTreeMap;

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
    }
}

/// A span that both reviewers answered and that has a tag, as of event 10.
fn view() -> TraceView {
    let row_id = RowId("row".to_owned());
    TraceView {
        row: TraceRow {
            key: 1,
            root_span_id: "root".to_owned(),
            row_id: row_id.clone(),
            name: String::new(),
            created: 0,
            input: String::new(),
            output: String::new(),
            errors: 0,
            spans: 1,
            comments: 0,
            duration: None,
            tokens: None,
            scores: BTreeMap::new(),
            tags: Vec::new(),
        },
        tree: TreePart { first: 0, spans: Vec::new(), total: 0, duration: 0, as_of: 10 },
        span: SpanView {
            row_id,
            span_id: "root".to_owned(),
            name: String::new(),
            kind: String::new(),
            created: 0,
            duration: None,
            metrics: Vec::new(),
            model: None,
            fields: Vec::new(),
            scores: BTreeMap::new(),
            tags: vec!["old".to_owned()],
            unasked: Vec::new(),
            answers: vec![answer("me", 0.2), answer("carl", 0.4)],
            golds: Vec::new(),
            comments: Vec::new(),
            activity: Vec::new(),
        },
        as_of: 10,
    }
}

fn set(id: &str, client_id: &str, value: Option<f64>) -> Command {
    Command::SetAnswer(SetAnswer {
        row: row(id),
        question: "q".to_owned(),
        value: value.map(AnswerValue::Number),
        client_id: Some(client_id.to_owned()),
        reason: None,
        confirm: false,
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
        .map(|(command, stage)| Entry { place: Place::Nowhere, command: command.clone(), what: String::new(), stage: stage.clone() })
        .collect();
    let mut view = view();
    lay_over(&mut view, &row("row"), &entries, &person("me"));
    let span = view.span;
    let answers: Vec<_> = span.answers.iter().map(|answer| format!("{} {:?}", answer.reviewer.id, answer.score)).collect();
    let comments: Vec<_> = span.comments.iter().map(|comment| comment.html.as_str().to_owned()).collect();
    let fields: Vec<_> = span.fields.iter().map(|field| format!("{:?}", field.content)).collect();
    format!("{} | {} | {} | {}", answers.join(", "), span.tags.join(", "), comments.join(""), fields.join(""))
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
        ("expected", vec![(expected(Some("[1]")), Stage::Waiting)], "me Some(0.2), carl Some(0.4) | old |  | Text(\"[1]\")"),
        ("expected emptied", vec![(expected(Some("[1]")), Stage::Waiting), (expected(None), Stage::Waiting)], plain),
    ] {
        assert_eq!(shown(&entries), expect, "{name}");
    }
}
