//! Rows of a dataset that people write by hand.

use super::sending::{option, raws};
use super::{TestStore, stores};
use crate::{Desk, Error, RowSearch};
use serde_json::{Value, json};
use shared::answers::{Circumstances, SetAnswer};
use shared::audit::{Activity, Edit, ListActivity, Revert, Subject};
use shared::cases::{AddCase, ChangeCase};
use shared::commands::Command;
use shared::comments::AddComment;
use shared::objects::{FieldName, IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::Project;
use shared::questions::{Definition, QuestionKind};
use shared::reviews::{FlagRow, Flagging};
use shared::texts::{ReadText, TextFormat};
use shared::{ObjectId, ReviewListId};

async fn dataset(store: &TestStore, project: &Project) -> ObjectId {
    let (kind, project, name) = (ObjectKind::Dataset, project.id.clone(), Some("golden".to_owned()));
    let register = RegisterObject { kind, project, name, if_taken: IfTaken::Open, details: Default::default() };
    store.engineer.register_object(register).await.unwrap().0.id
}

fn case(dataset: &ObjectId, [id, input, expected, metadata, tags]: [&str; 5]) -> AddCase {
    let [id, input, expected, metadata, tags] = [id, input, expected, metadata, tags].map(str::to_owned);
    AddCase { dataset: dataset.clone(), id, input, expected, metadata, tags }
}

fn row(dataset: &ObjectId, id: &str) -> RowAddress {
    RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.clone(), id: id.into() }
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

async fn rows(desk: &Desk, dataset: &ObjectId) -> Vec<Value> {
    let search = RowSearch { oldest_first: true, limit: 100, ..RowSearch::of(dataset.clone()) };
    let found = desk.search_rows(search).await.unwrap().values();
    found.iter().map(|row| json!([row["id"], row["input"], row["expected"], row["metadata"], row["tags"]])).collect()
}

async fn change(desk: &Desk, row: &RowAddress, field: FieldName, text: &str, before: Option<&str>) -> Result<(), Error> {
    let command = ChangeCase { row: row.clone(), field, text: text.to_owned(), before: before.map(str::to_owned) };
    desk.change_case(command).await
}

#[tokio::test]
async fn a_row_is_added_as_it_was_written_and_taken_back() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let written = case(&dataset, ["a", r#"{"q": 9007199254740993}"#, "No, thanks.", r#"{"plan": "pro"}"#, "x, y z,"]);
        let added = store.engineer.add_case(written.clone()).await.unwrap();
        assert_eq!(added.id.as_str(), "a");
        assert_eq!(
            rows(&store.engineer, &dataset).await,
            [json!(["a", { "q": 9_007_199_254_740_993_u64 }, "No, thanks.", { "plan": "pro" }, ["x", "y z"]])]
        );
        let other = store.engineer.add_case(case(&dataset, ["", "12", "\"12\"", "", r#"["a, b"]"#])).await.unwrap();
        let stored = rows(&store.engineer, &dataset).await;
        assert_eq!(stored[1], json!([other.id, 12, "12", null, ["a, b"]]));
        // The id is taken, and what is there stays.
        let said = refused(store.engineer.add_case(case(&dataset, ["a", "other", "", "", ""])).await);
        assert_eq!(said, "Id: A row of this dataset has this id. Open that one to change it, or use another id.");
        assert_eq!(rows(&store.engineer, &dataset).await, stored);
        // Taken back, and added again as it was.
        store.engineer.remove_case(added.clone()).await.unwrap();
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 1);
        assert!(refused(store.engineer.remove_case(added).await).contains("no row"));
        let again = store.engineer.add_case(written).await.unwrap();
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 2);
        // Not under who changed it.
        let merged = raws(&[json!({ "id": "a", "_is_merge": true, "expected": "Yes." })]);
        store.owner.ingest(merged, Some(dataset.clone())).await.unwrap();
        assert!(refused(store.engineer.remove_case(again).await).starts_with("Somebody has changed this row since"));
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn what_somebody_said_about_a_row_is_not_taken_back_with_it() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        let kind = QuestionKind::Expected { options: vec!["yes".to_owned()], multiple: false };
        store.question(&project, "Q", Definition { kind, ..Definition::default() }).await;
        let row = |id: &str| row(&dataset, id);
        let mut added = Vec::new();
        for id in ["answered", "commented", "flagged", "alone"] {
            added.push(store.engineer.add_case(case(&dataset, [id, "x", "", "", ""])).await.unwrap());
        }
        let circumstances = Circumstances::default();
        let (question, reason, client_id) = ("Q".to_owned(), None, None);
        let answer = SetAnswer { row: row("answered"), question, value: option("yes"), client_id, reason, confirm: false, circumstances };
        store.reviewer.set_answer(answer).await.unwrap();
        let comment = AddComment { row: row("commented"), text: "Why?".to_owned(), client_id: None };
        store.reviewer.run(Command::AddComment(comment)).await.unwrap();
        let flagging = Flagging { lists: vec![ReviewListId(project.id.0.clone())], ..Flagging::default() };
        store.reviewer.flag_row(FlagRow { row: row("flagged"), flagging, client_id: None }).await.unwrap();
        let alone = added.pop().unwrap();
        for added in added {
            assert!(refused(store.engineer.remove_case(added).await).contains("said something about it"));
        }
        store.engineer.remove_case(alone).await.unwrap();
        assert_eq!(rows(&store.engineer, &dataset).await.len(), 3);
        store.verified().await;
    }
}

#[tokio::test]
async fn mistakes_are_told_at_their_fields() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        for (fields, expected) in [
            (["", "", "", "", ""], "Input: Write what goes in"),
            (["", "{\"a\":\n1,}", "", "", ""], "Input: Line 2, column "),
            (["", "x", "[1", "", ""], "Expected: Line 1, column "),
            (["", "x", "", "pro", ""], "Metadata: Metadata is an object"),
            (["", "x", "", "[1]", ""], "Metadata: Metadata is an object"),
            (["", "x", "", "", "[1]"], "Tags: Write words"),
            ([&"i".repeat(5_000), "x", "", "", ""], "Id: id "),
        ] {
            let said = refused(store.engineer.add_case(case(&dataset, fields)).await);
            assert!(said.starts_with(expected), "{said}");
        }
        assert!(refused(store.engineer.add_case(case(&project.logs(), ["", "x", "", "", ""])).await).contains("no dataset"));
        let large = "x".repeat(1_000_001);
        assert!(refused(store.engineer.add_case(case(&dataset, ["", &large, "", "", ""])).await).contains("larger than 1 MB"));
        for desk in [&store.reviewer, &store.viewer] {
            assert!(refused(desk.add_case(case(&dataset, ["", "x", "", "", ""])).await).contains("may not"));
        }
        assert_eq!(rows(&store.engineer, &dataset).await, [] as [Value; 0]);
    }
}

#[tokio::test]
async fn input_and_metadata_are_changed_told_and_taken_back() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project).await;
        store.engineer.add_case(case(&dataset, ["a", "Why?", "So.", r#"{"plan": "pro", "n": 1}"#, "x"])).await.unwrap();
        let row = row(&dataset, "a");
        let read = async |field| store.engineer.case_text(ReadText { row: row.clone(), field, format: None }).await.unwrap();
        let input = read(FieldName::Input).await;
        assert_eq!((input.text.as_str(), input.format, input.stored.as_deref()), ("Why?", TextFormat::Text, Some("\"Why?\"")));
        change(&store.engineer, &row, FieldName::Input, r#"{"q": "When?"}"#, input.stored.as_deref()).await.unwrap();
        let metadata = read(FieldName::Metadata).await.stored;
        change(&store.owner, &row, FieldName::Metadata, r#"{"plan": "free"}"#, metadata.as_deref()).await.unwrap();
        assert_eq!(rows(&store.engineer, &dataset).await, [json!(["a", { "q": "When?" }, "So.", { "plan": "free" }, ["x"]])]);
        // Somebody who began before that overwrites nothing.
        let late = change(&store.engineer, &row, FieldName::Input, "mine", input.stored.as_deref()).await;
        assert!(refused(late).starts_with("Somebody else changed this meanwhile"));
        assert!(refused(change(&store.engineer, &row, FieldName::Expected, "x", None).await).starts_with("Expected: Only input"));
        assert!(refused(change(&store.engineer, &row, FieldName::Metadata, "x", None).await).starts_with("Metadata: "));
        assert!(refused(change(&store.reviewer, &row, FieldName::Input, "x", None).await).contains("may not"));

        let told = store.engineer.activity(ListActivity { row: row.clone(), before: None, limit: 10 }).await.unwrap();
        let about = |entry: &&Activity| entry.path != Subject::Row;
        let said: Vec<Value> =
            told.iter().filter(about).map(|entry| json!([entry.actor.as_ref().unwrap().name, entry.path, entry.from, entry.to])).collect();
        let expected = [
            json!(["The owner", "metadata.plan", "\"pro\"", "\"free\""]),
            json!(["The owner", "metadata.n", "1", null]),
            json!(["The engineer", "input", "\"Why?\"", "{\"q\":\"When?\"}"]),
        ];
        assert_eq!(said, expected);
        for entry in told.iter().filter(about) {
            store.engineer.revert(Revert { edit: Edit::Entry(entry.id), client_id: None }).await.unwrap();
        }
        assert_eq!(rows(&store.engineer, &dataset).await, [json!(["a", "Why?", "So.", { "plan": "pro", "n": 1 }, ["x"]])]);
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}
