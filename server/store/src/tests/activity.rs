//! The activity as pages show it: what changed word by word, and who may take which entry back.

use super::sending::{address, answer, number, option, slider};
use super::{TestStore, stores};
use crate::Desk;
use expect_test::expect;
use serde_json::{Value, json};
use shared::answers::{AnswerValue, SetGold};
use shared::audit::{Activity, Deed, ListActivity, ReadChange};
use shared::expected::SetExpected;
use shared::projects::Project;
use shared::questions::{Definition, QuestionKind};
use shared::spans::OpenTrace;
use shared::tags::ChangeTags;
use shared::texts::{DiffKind, DiffPart};

/// A project with the questions Q (a number) and Intent (an option), and a row.
async fn project(store: &TestStore, name: &str, row: Value) -> Project {
    let project = store.project(name).await;
    store.question(&project, "Q", slider()).await;
    let kind = QuestionKind::Expected { options: vec!["billing".to_owned(), "bug".to_owned()], multiple: false };
    store.question(&project, "Intent", Definition { kind, ..Definition::default() }).await;
    let mut sent = json!({"id": "r", "span_id": "s", "root_span_id": "s"});
    sent.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
    store.send(&project, &[sent]).await;
    project
}

async fn edit(desk: &Desk, store: &TestStore, project: &Project, value: &Value) {
    let before = Some(store.row(project, "r").await["expected"].to_string());
    let command = SetExpected { row: address(project, "r"), value: Some(value.to_string()), before, client_id: None };
    desk.set_expected(command).await.unwrap();
}

async fn settle(store: &TestStore, project: &Project, question: &str, value: Option<AnswerValue>) {
    let row = address(project, "r");
    let command = SetGold { row, question: question.to_owned(), value, reason: "clear".to_owned(), client_id: None, confirm: false };
    store.engineer.set_gold(command).await.unwrap();
}

/// The activity as somebody's page shows it.
async fn seen(desk: &Desk, project: &Project) -> Vec<Activity> {
    let query = OpenTrace { object: project.logs(), root_span_id: "s".to_owned(), span_id: None, form: None };
    desk.open_trace(query).await.unwrap().said.activity
}

fn marked(diff: &[DiffPart]) -> String {
    let mark = |part: &DiffPart| match part.kind {
        DiffKind::Same => part.text.clone(),
        DiffKind::Removed => format!("[-{}-]", part.text),
        DiffKind::Added => format!("[+{}+]", part.text),
    };
    diff.iter().map(mark).collect()
}

#[tokio::test]
async fn texts_and_structured_values_are_compared_word_by_word() {
    for store in stores().await {
        let project = project(&store, "words", json!({"expected": "short"})).await;
        let reviewer = &store.reviewer;
        let long = "The parcel left our warehouse today and should reach you on Thursday.";
        for value in [json!(long), json!(long.replace("Thursday", "Friday morning")), json!({"a": 1}), json!({"a": 2}), json!(7), json!(8)]
        {
            edit(reviewer, &store, &project, &value).await;
        }
        let large = json!("word ".repeat(1_000));
        edit(reviewer, &store, &project, &large).await;
        let entries = seen(&store.viewer, &project).await;
        let shown = entries.iter().map(|entry| format!("{} cut={}", marked(&entry.diff), entry.cut)).collect::<Vec<_>>();
        expect![[r#"
             cut=true
             cut=false
            [-{
              "a": 2
            }-][+7+] cut=false
            {
              "a": [-1-][+2+]
            } cut=false
            [+{
              +]"[-The parcel left our warehouse today and should reach you on Friday morning.-][+a+]"[+: 1
            }+] cut=false
            The parcel left our warehouse today and should reach you on [-Thursday-][+Friday morning+]. cut=false
            [-short-][+The parcel left our warehouse today and should reach you on Thursday.+] cut=false"#]]
        .assert_eq(&shown.join("\n"));
        assert_eq!((&entries[0].from, &entries[0].to), (&None, &None));
        assert_eq!((entries[1].from.as_deref(), entries[1].to.as_deref()), (Some("7"), Some("8")));
        let change = ReadChange { row: address(&project, "r"), id: entries[0].id };
        let diff = store.viewer.read_change(change.clone()).await.unwrap();
        assert_eq!(marked(&diff), format!("[-8-][+{large}+]"));
        let text = store.viewer.read_change(ReadChange { id: change.id + 1, ..change }).await.unwrap_err().to_string();
        expect!["There is no edit here. It may have been deleted, or the link is incomplete."].assert_eq(&text);
    }
}

#[tokio::test]
async fn an_edit_of_expected_tells_which_answers_it_put_aside() {
    for store in stores().await {
        let project = project(&store, "aside", json!({})).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        answer(&store.reviewer, &project, "r", "Intent", option("bug")).await.unwrap();
        answer(&store.owner, &project, "r", "Intent", option("billing")).await.unwrap();
        settle(&store, &project, "Intent", option("billing")).await;
        edit(&store.engineer, &store, &project, &json!("shipping")).await;
        // What no longer counts is not put aside again.
        edit(&store.engineer, &store, &project, &json!("returns")).await;
        answer(&store.reviewer, &project, "r", "Intent", Some(AnswerValue::Text("bug".to_owned()))).await.unwrap_err();
        let entries = seen(&store.viewer, &project).await;
        let reviewer = store.reviewer.actor().person.id.as_str();
        let shown = entries.iter().map(|entry| {
            let side = |value: &Option<String>| value.clone().unwrap_or_default().replace(reviewer, "REVIEWER");
            format!("{} {} {} > {}", entry.action, entry.path, side(&entry.from), side(&entry.to))
        });
        let shown = shown.collect::<Vec<_>>().join("\n").replace(store.owner.actor().person.id.as_str(), "OWNER");
        expect![[r#"
            edit expected "shipping" > "returns"
            clear_gold answers.Intent "billing" > 
            set_aside answers.Intent {"REVIEWER":"bug","OWNER":"billing"} > 
            edit expected "billing" > "shipping"
            gold answers.Intent  > "billing"
            answer answers.Intent  > "billing"
            answer answers.Intent  > "bug"
            answer scores.Q  > 0.5"#]]
        .assert_eq(&shown);
        assert!(entries.iter().all(|entry| entry.action != Deed::SetAside || (entry.diff.is_empty() && !entry.revertible)));
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn a_button_is_shown_to_who_may_take_the_entry_back() {
    for store in stores().await {
        let project = project(&store, "buttons", json!({"scores": {"Auto": 0.5}})).await;
        store.engineer.feedback(&project.logs(), vec![json!({"id": "r", "scores": {"Auto": 0.75}})]).await.unwrap();
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        settle(&store, &project, "Q", number(1.0)).await;
        edit(&store.reviewer, &store, &project, &json!("x")).await;
        let tags = ChangeTags { row: address(&project, "r"), add: vec!["new".to_owned()], remove: vec![], client_id: None };
        store.engineer.change_tags(tags).await.unwrap();
        let mut table = String::new();
        for (name, desk) in
            [("viewer", &store.viewer), ("reviewer", &store.reviewer), ("engineer", &store.engineer), ("owner", &store.owner)]
        {
            let entries = seen(desk, &project).await;
            let paths = entries.iter().filter(|entry| entry.revertible).map(|entry| entry.path.to_string());
            table += &format!("{name}: {}\n", paths.collect::<Vec<_>>().join(" "));
            let again = desk.activity_page(ListActivity { row: address(&project, "r"), before: None, limit: 100 }).await.unwrap();
            assert_eq!(again, entries);
            let older = ListActivity { row: address(&project, "r"), before: Some(entries[0].id), limit: 2 };
            assert_eq!(desk.activity_page(older).await.unwrap(), entries[1..3]);
        }
        expect![[r#"
            viewer: 
            reviewer: tags expected scores.Q
            engineer: tags expected scores.Q scores.Auto
            owner: tags expected scores.Q scores.Auto
        "#]]
        .assert_eq(&table);
    }
}

#[tokio::test]
async fn what_the_api_changes_is_told_and_what_it_adds_in_pieces_is_not() {
    for store in stores().await {
        let project =
            project(&store, "sent", json!({"expected": "old", "metadata": {"model": "a", "user": 1}, "scores": {"Auto": 0.5}})).await;
        let told = async || {
            let entries = seen(&store.viewer, &project).await;
            let shown = entries.iter().rev().map(|entry| {
                let side = |value: &Option<String>| value.clone().unwrap_or_default();
                format!("{} {} {} > {}", entry.action, entry.path, side(&entry.from), side(&entry.to))
            });
            shown.collect::<Vec<_>>().join("\n")
        };
        // A span is written in pieces: that is no edit.
        let pieces =
            json!({"id": "r", "_is_merge": true, "output": "done", "metadata": {"cost": 2}, "scores": {"Later": 1}, "tags": ["x"]});
        store.send(&project, &[pieces]).await;
        assert_eq!(told().await, "");
        let merged =
            json!({"id": "r", "_is_merge": true, "expected": "new", "metadata": {"model": "b"}, "scores": {"Auto": 0.75}, "tags": ["y"]});
        store.send(&project, &[merged.clone(), merged]).await;
        let whole = json!({"id": "r", "span_id": "s", "root_span_id": "s", "metadata": {"model": "c"}, "scores": {"Auto": 0.75}, "tags": ["x", "y"]});
        store.send(&project, &[whole]).await;
        expect![[r#"
            merge expected "old" > "new"
            merge tags ["x"] > ["x","y"]
            merge scores.Auto 0.5 > 0.75
            merge metadata.model "a" > "b"
            merge expected "new" > 
            merge scores.Later 1 > 
            merge metadata.cost 2 > 
            merge metadata.model "b" > "c"
            merge metadata.user 1 > "#]]
        .assert_eq(&told().await);
        // Each can be taken back by who may send such rows.
        let entries = seen(&store.engineer, &project).await;
        for path in ["metadata.user", "scores.Later", "expected"] {
            let entry = entries.iter().find(|entry| entry.path.to_string() == path && entry.revertible).unwrap();
            let revert = shared::audit::Revert { edit: shared::audit::Edit::Entry(entry.id), client_id: None };
            store.engineer.revert(revert).await.unwrap();
        }
        let row = store.row(&project, "r").await;
        assert_eq!((&row["metadata"], &row["expected"]), (&json!({"model": "c", "user": 1}), &json!("new")));
        assert_eq!(row["scores"]["Later"], json!(1.0));
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}
