use super::*;
use crate::journal::Place;
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Edit, Revert};
use shared::comments::AddComment;
use shared::expected::SetExpected;
use shared::objects::{ObjectKind, RowAddress};
use shared::tags::ChangeTags;

fn row(id: &str) -> RowAddress {
    RowAddress { object_type: ObjectKind::ProjectLogs, object_id: "logs".into(), id: id.into() }
}

fn answer(row_id: &str, question: &str, id: &str) -> Command {
    let (row, question, value) = (row(row_id), question.to_owned(), Some(AnswerValue::Number(0.5)));
    Command::SetAnswer(SetAnswer {
        row,
        question,
        value,
        client_id: Some(id.to_owned()),
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    })
}

fn entry(command: Command, stage: Stage, is_begun: bool) -> Entry {
    Entry { place: Place::Nowhere, command, what: String::new(), stage, is_begun }
}

fn waiting(command: Command) -> Entry {
    entry(command, Stage::Waiting, false)
}

#[test]
fn an_answer_takes_the_place_of_one_that_nobody_has_begun_to_send() {
    let first = || waiting(answer("row", "q", "1"));
    let expected = |row_id: &str| Command::SetExpected(SetExpected { row: row(row_id), value: None, before: None, client_id: None });
    let gold = SetGold { row: row("row"), question: "q".to_owned(), value: None, reason: String::new(), client_id: None, confirm: false };
    let tags = ChangeTags { row: row("row"), add: Vec::new(), remove: Vec::new(), client_id: None };
    let comment = AddComment { row: row("row"), text: String::new(), client_id: None };
    let revert = Revert { edit: Edit::Command("1".to_owned()), client_id: None };
    let confirmed = match answer("row", "q", "1") {
        Command::SetAnswer(command) => Command::SetAnswer(SetAnswer { confirm: true, ..command }),
        other => other,
    };
    for (name, queue, replaced) in [
        ("nothing waits", vec![], None),
        ("it waits", vec![first()], Some("1")),
        ("the last of several", vec![first(), waiting(answer("row", "q", "2"))], Some("2")),
        ("another question", vec![waiting(answer("row", "other", "1"))], None),
        ("another row", vec![waiting(answer("other", "q", "1"))], None),
        ("it is being sent", vec![entry(answer("row", "q", "1"), Stage::Waiting, true)], None),
        ("an earlier one waits behind one that is being sent", vec![first(), entry(answer("row", "q", "2"), Stage::Waiting, true)], None),
        ("it is sent", vec![entry(answer("row", "q", "1"), Stage::Sent(1), true)], None),
        ("it was refused", vec![entry(answer("row", "q", "1"), Stage::Refused(crate::api::AppError::Unreachable), true)], None),
        ("somebody agreed to it", vec![waiting(confirmed)], None),
        ("another question in between", vec![first(), waiting(answer("row", "other", "2"))], Some("1")),
        ("tags in between", vec![first(), waiting(Command::ChangeTags(tags))], Some("1")),
        ("a comment in between", vec![first(), waiting(Command::AddComment(comment))], Some("1")),
        ("an edit of the row in between", vec![first(), waiting(expected("row"))], None),
        ("an edit of another row in between", vec![first(), waiting(expected("other"))], Some("1")),
        ("a gold value in between", vec![first(), waiting(Command::SetGold(gold))], None),
        ("it is taken back", vec![first(), waiting(Command::Revert(revert))], None),
    ] {
        let found = replaced_by(&answer("row", "q", "new"), queue.iter()).and_then(|entry| entry.command.client_id());
        assert_eq!(found, replaced, "{name}");
    }
    // Whatever else is said is said each time.
    assert!(replaced_by(&expected("row"), [waiting(expected("row"))].iter()).is_none());
}
