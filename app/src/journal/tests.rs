use super::*;
use shared::objects::ObjectKind;
use shared::people::Role;
use shared::tags::ChangeTags;

fn row(id: &str) -> RowAddress {
    RowAddress { object_type: ObjectKind::ProjectLogs, object_id: "logs".into(), id: id.into() }
}

fn tagged(row_id: &str, id: &str) -> Command {
    Command::ChangeTags(ChangeTags { row: row(row_id), add: vec!["new".to_owned()], remove: Vec::new(), client_id: Some(id.to_owned()) })
}

fn takes_back(edit: Edit) -> Command {
    Command::Revert(Revert { edit, client_id: Some("undo".to_owned()) })
}

/// How far what was said about two rows has come, with these commands in the journal.
fn check(entries: &[(Command, Stage)], expected: [Saving; 2]) {
    let me = Person { id: "me".into(), name: "me".to_owned(), email: String::new(), role: Role::Reviewer };
    let journal = Journal::new(me);
    let entries = entries.iter().cloned();
    let entries = entries.map(|(command, stage)| Entry { place: Place::Nowhere, command, what: String::new(), stage, is_begun: false });
    journal.entries().set(entries.collect());
    assert_eq!(["one", "other"].map(|id| journal.saving_of(&row(id))), expected);
}

#[test]
fn what_is_taken_back_is_saved_when_that_has_arrived() {
    let undo = || takes_back(Edit::Command("1".to_owned()));
    let done = || (tagged("one", "1"), Stage::Sent(5));
    check(&[done()], [Saving::Saved, Saving::Idle]);
    check(&[done(), (undo(), Stage::Waiting)], [Saving::Saving, Saving::Idle]);
    check(&[done(), (undo(), Stage::Sent(6))], [Saving::Saved, Saving::Idle]);
    check(&[(tagged("other", "2"), Stage::Sent(5)), done(), (undo(), Stage::Waiting)], [Saving::Saving, Saving::Saved]);
}

#[test]
fn an_edit_of_any_row_that_is_being_taken_back_leaves_none_saved() {
    let other = || (tagged("other", "2"), Stage::Sent(5));
    for edit in [Edit::Entry(7), Edit::Command("forgotten".to_owned())] {
        check(&[other(), (takes_back(edit.clone()), Stage::Waiting)], [Saving::Saving, Saving::Saving]);
        check(&[other(), (takes_back(edit), Stage::Sent(6))], [Saving::Idle, Saving::Saved]);
    }
}
