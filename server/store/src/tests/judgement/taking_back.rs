//! Taking edits back: each becomes what it was before, unless something else stands there by now.

use super::{Step, asked, refused, take, verified};
use crate::Desk;
use crate::tests::sending::{address, number, slider};
use crate::tests::{TestStore, stores};
use expect_test::expect;
use serde_json::{Value, json};
use shared::answers::{SetAnswer, SetGold};
use shared::audit::{Deed, Edit, Revert};
use shared::commands::Command;
use shared::expected::SetExpected;
use shared::objects::RowAddress;
use shared::projects::Project;
use shared::tags::ChangeTags;

/// The questions of [`asked`], and a row with more fields.
async fn asked_about(store: &TestStore, name: &str, fields: Value) -> (Project, RowAddress) {
    let project = asked(store, name).await;
    let mut row = json!({"id": "r", "span_id": "s", "root_span_id": "s"});
    row.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    store.send(&project, &[row]).await;
    let address = address(&project, "r");
    (project, address)
}

#[tokio::test]
async fn any_edit_can_be_taken_back_and_that_too() {
    for store in stores().await {
        let project = asked(&store, "revert").await;
        store.question(&project, "Q", slider()).await;
        let rows = [json!({"id": "r", "span_id": "s", "root_span_id": "s", "tags": ["prod"], "scores": {"Auto": 0.5}})];
        store.send(&project, &rows).await;
        let command = |value: f64, id: &str| {
            Command::SetAnswer(SetAnswer {
                row: address(&project, "r"),
                question: "Q".to_owned(),
                value: number(value),
                client_id: Some(id.to_owned()),
                reason: None,
                confirm: false,
                circumstances: Default::default(),
            })
        };
        let by_command = |id: &str, client_id: &str| {
            Command::Revert(Revert { edit: Edit::Command(id.to_owned()), client_id: Some(client_id.to_owned()) })
        };
        let score = async || store.row(&project, "r").await["scores"]["Q"].clone();
        store.reviewer.run(command(0.2, "one")).await.unwrap();
        store.reviewer.run(command(0.4, "two")).await.unwrap();
        // Only the newest can go back; what stands there by now is not lost.
        let error = store.reviewer.run(by_command("one", "back-1")).await.unwrap_err();
        assert_eq!(error.problem(), Some(&shared::Problem::Conflict { current: "0.4".to_owned() }));
        for _ in 0..3 {
            // Sent again, nothing more happens.
            store.reviewer.run(by_command("two", "back-2")).await.ok();
            assert_eq!(score().await, json!(0.2));
        }
        store.reviewer.run(by_command("back-2", "back-3")).await.unwrap();
        assert_eq!(score().await, json!(0.4), "the revert of a revert");
        let newest = async || store.span(&project, "r").await.said.activity[0].clone();
        let take_back = async |desk: &Desk, id| desk.revert(Revert { edit: Edit::Entry(id), client_id: None }).await;
        let text = refused(take_back(&store.owner, newest().await.id).await);
        assert!(text.starts_with("Only who gave an answer can take it back."), "{text}");
        // Tags, expected, gold, and feedback that came through the API.
        store
            .engineer
            .change_tags(ChangeTags {
                row: address(&project, "r"),
                add: vec!["x".to_owned()],
                remove: vec!["prod".to_owned()],
                client_id: None,
            })
            .await
            .unwrap();
        take_back(&store.engineer, newest().await.id).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.tags, ["prod"]);
        let edit = SetExpected { row: address(&project, "r"), value: Some("1".to_owned()), before: None, client_id: None };
        store.reviewer.set_expected(edit).await.unwrap();
        take_back(&store.engineer, newest().await.id).await.unwrap();
        assert_eq!(store.row(&project, "r").await["expected"], Value::Null);
        let gold = SetGold {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value: number(1.0),
            reason: String::new(),
            client_id: None,
            confirm: false,
        };
        store.engineer.set_gold(gold).await.unwrap();
        refused(take_back(&store.reviewer, newest().await.id).await);
        take_back(&store.engineer, newest().await.id).await.unwrap();
        assert_eq!(score().await, json!(0.4));
        let merge = json!({"id": "r", "_is_merge": true, "_audit_source": "api", "scores": {"Auto": 0.75}});
        store.send(&project, &[merge]).await;
        take_back(&store.engineer, newest().await.id).await.unwrap();
        assert_eq!(store.row(&project, "r").await["scores"]["Auto"], json!(0.5));
        for value in [0.25, 0.75] {
            let item = json!({"id": "r", "scores": {"Thumb": value}, "metadata": {"user_id": "u7"}});
            store.engineer.feedback(&project.logs(), vec![item]).await.unwrap();
        }
        let thumb = newest().await.id;
        take_back(&store.engineer, thumb).await.unwrap();
        let told = newest().await;
        assert_eq!((told.external.as_deref(), told.from.as_deref(), told.to.as_deref()), (Some("u7"), Some("0.75"), Some("0.25")));
        assert_eq!(store.row(&project, "r").await["scores"]["Thumb"], json!(0.25));
        refused(take_back(&store.engineer, thumb).await);
        take_back(&store.engineer, newest().await.id).await.unwrap();
        assert_eq!(store.row(&project, "r").await["scores"]["Thumb"], json!(0.75));
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        let text = refused(take_back(&store.engineer, 1_000_000).await);
        expect!["There is no edit here. It may have been deleted, or the link is incomplete."].assert_eq(&text);
        verified(&store).await;
    }
}

#[tokio::test]
async fn an_edit_of_expected_is_taken_back_with_all_that_it_put_aside() {
    for store in stores().await {
        let (project, row) = asked_about(&store, "aside", json!({"expected": {"kept": 1}})).await;
        let edit = async |desk: &Desk, value: &Value| {
            let before = store.row(&project, "r").await["expected"].to_string();
            let client_id = Some(value.to_string());
            desk.set_expected(SetExpected { row: row.clone(), value: client_id.clone(), before: Some(before), client_id }).await
        };
        let expected = async || store.row(&project, "r").await["expected"].clone();
        for step in [
            Step::Says(|store| &store.reviewer, "Intent", json!("bug")),
            Step::Says(|store| &store.owner, "Intent", json!("billing")),
            Step::Says(|store| &store.reviewer, "Topics", json!(["a"])),
            Step::Settles("Intent", json!("billing")),
        ] {
            take(&store, &project, &row, step).await;
        }
        let full = json!({"kept": 1, "Intent": "billing", "Topics": ["a"]});
        assert_eq!(expected().await, full);
        // What is saved unchanged puts nothing aside, however it is written.
        let entries = store.span(&project, "r").await.said.activity.len();
        edit(&store.reviewer, &json!({"Topics": ["a"], "Intent": "billing", "kept": 1})).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.activity.len(), entries);

        let text = refused(edit(&store.reviewer, &json!("hers")).await);
        expect!["You may not edit expected where a gold value settles it. Ask an owner of this installation for a role that allows it."]
            .assert_eq(&text);
        edit(&store.engineer, &json!("mine")).await.unwrap();
        let span = store.span(&project, "r").await;
        assert_eq!((expected().await, span.said.golds.len()), (json!("mine"), 0));
        assert!(span.said.answers.iter().all(|answer| !answer.active));
        verified(&store).await;

        let back = Revert { edit: Edit::Command("\"mine\"".to_owned()), client_id: None };
        store.engineer.revert(back.clone()).await.unwrap();
        let span = store.span(&project, "r").await;
        assert_eq!(expected().await, full);
        assert_eq!(span.said.golds.iter().map(|gold| gold.reason.as_str()).collect::<Vec<_>>(), ["it is clear"]);
        assert!(span.said.answers.iter().all(|answer| answer.active));
        let told = span.said.activity.iter().take(4).map(|entry| format!("{} {}", entry.action, entry.path)).collect::<Vec<_>>();
        assert_eq!(told, ["count_again answers.Topics", "gold answers.Intent", "count_again answers.Intent", "edit expected"]);
        verified(&store).await;
        // The base is the one from before: an answer needs no consent, and clearing all gives it back.
        for (desk, question) in [
            ((|store| &store.reviewer) as fn(&TestStore) -> &Desk, "Intent"),
            (|store| &store.owner, "Intent"),
            (|store| &store.reviewer, "Topics"),
        ] {
            take(&store, &project, &row, Step::Says(desk, question, Value::Null)).await;
        }
        take(&store, &project, &row, Step::Settles("Intent", Value::Null)).await;
        assert_eq!(expected().await, json!({"kept": 1}));
        // Nothing is left to bring back, and something else stands there.
        assert!(matches!(store.engineer.revert(back).await.unwrap_err().problem(), Some(shared::Problem::Conflict { .. })));
        verified(&store).await;
    }
}

#[tokio::test]
async fn who_answers_after_an_edit_keeps_their_answer_when_it_cannot_be_taken_back() {
    for store in stores().await {
        let (project, row) = asked_about(&store, "later", json!({})).await;
        take(&store, &project, &row, Step::Says(|store| &store.reviewer, "Intent", json!("bug"))).await;
        take(&store, &project, &row, Step::Edits(json!({"note": "mine"}))).await;
        take(&store, &project, &row, Step::Says(|store| &store.reviewer, "Intent", json!("billing"))).await;
        let edit = store.span(&project, "r").await.said.activity.into_iter().find(|entry| entry.action == Deed::Edit).unwrap();
        let error = store.engineer.revert(Revert { edit: Edit::Entry(edit.id), client_id: None }).await.unwrap_err();
        assert!(matches!(error.problem(), Some(shared::Problem::Conflict { .. })));
        assert_eq!(store.row(&project, "r").await["expected"], json!({"note": "mine", "Intent": "billing"}));
        verified(&store).await;
    }
}

#[tokio::test]
async fn a_gold_value_comes_back_with_its_reason() {
    for store in stores().await {
        let (project, row) = asked_about(&store, "reasons", json!({})).await;
        take(&store, &project, &row, Step::Settles("Intent", json!("bug"))).await;
        take(&store, &project, &row, Step::Settles("Intent", Value::Null)).await;
        let entries = store.span(&project, "r").await.said.activity.len();
        take(&store, &project, &row, Step::Settles("Intent", Value::Null)).await;
        let activity = store.span(&project, "r").await.said.activity;
        assert_eq!(activity.len(), entries, "nothing is left to clear");
        store.engineer.revert(Revert { edit: Edit::Entry(activity[0].id), client_id: None }).await.unwrap();
        let golds = store.span(&project, "r").await.said.golds;
        assert_eq!(golds.iter().map(|gold| gold.reason.as_str()).collect::<Vec<_>>(), ["it is clear"]);
        verified(&store).await;
    }
}
