//! Bad input, late commands and wrong clocks: refused with a clear sentence, and nothing is lost by it.

use crate::Error;
use crate::ground::time;
use crate::tests::sending::{address, answer, choice, number, option, slider};
use crate::tests::{TestStore, stores};
use expect_test::{Expect, expect};
use serde_json::json;
use shared::Problem;
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::comments::AddComment;
use shared::expected::SetExpected;
use shared::objects::RowAddress;
use shared::projects::Project;
use shared::questions::{Definition, MetadataPath, QuestionKind, SaveQuestion};
use shared::tags::ChangeTags;
use std::fmt::Debug;

/// A project with a row and a slider `Q`.
async fn reviewed(store: &TestStore, name: &str) -> Project {
    let project = store.project(name).await;
    store.question(&project, "Q", slider()).await;
    store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "tags": ["prod"]})]).await;
    project
}

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    error.problem().unwrap_or_else(|| panic!("no problem of the user: {error}")).to_string()
}

fn set(row: RowAddress, question: &str, value: Option<AnswerValue>, client_id: &str) -> SetAnswer {
    SetAnswer {
        row,
        question: question.to_owned(),
        value,
        client_id: Some(client_id.to_owned()),
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    }
}

fn take_back(client_id: &str, own: &str) -> Command {
    Command::Revert(Revert { edit: Edit::Command(client_id.to_owned()), client_id: Some(own.to_owned()) })
}

async fn edited(store: &TestStore, project: &Project, name: &str, definition: Definition) {
    let questions = store.viewer.questions(&project.id).await.unwrap();
    let question = questions.into_iter().find(|question| question.name == name).map(|question| question.id);
    store
        .engineer
        .save_question(SaveQuestion { project: project.id.clone(), question, after: None, name: name.to_owned(), definition })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_answer_that_is_sent_again_after_its_question_was_archived_is_done() {
    for store in stores().await {
        let project = reviewed(&store, "late").await;
        let command = set(address(&project, "r"), "Q", number(0.5), "one");
        store.reviewer.set_answer(command.clone()).await.unwrap();
        let question = store.viewer.questions(&project.id).await.unwrap().remove(0);
        store.engineer.delete_question(&question.id).await.unwrap();
        let before = store.span(&project, "r").await;
        // The browser never heard that it was done.
        store.reviewer.run(Command::SetAnswer(command.clone())).await.unwrap();
        let text = refused(store.reviewer.set_answer(SetAnswer { client_id: Some("two".to_owned()), ..command }).await);
        expect!["question: Q is archived and takes no answers."].assert_eq(&text);
        let text = refused(store.reviewer.run(take_back("one", "three")).await);
        expect!["question: Q is archived and takes no answers."].assert_eq(&text);
        assert_eq!(store.span(&project, "r").await, before);
    }
}

#[tokio::test]
async fn an_option_that_is_gone_cannot_come_back_by_undoing() {
    for store in stores().await {
        let project = reviewed(&store, "options").await;
        store.question(&project, "Resolution", choice(&[("yes", 1.0), ("partly", 0.4), ("no", 0.0)])).await;
        for (value, id) in [("partly", "one"), ("yes", "two")] {
            store.reviewer.set_answer(set(address(&project, "r"), "Resolution", option(value), id)).await.unwrap();
        }
        edited(&store, &project, "Resolution", choice(&[("yes", 0.9), ("no", 0.0)])).await;
        // What was answered keeps the value it had.
        assert_eq!(store.span(&project, "r").await.said.score("Resolution").unwrap().value, 1.0);
        let text = refused(answer(&store.engineer, &project, "r", "Resolution", option("partly")).await);
        expect!["value: partly is not an option of Resolution. The options are yes, no."].assert_eq(&text);
        let text = refused(store.reviewer.run(take_back("two", "three")).await);
        expect!["value: partly is not an option of Resolution. The options are yes, no."].assert_eq(&text);
        let gold = SetGold {
            row: address(&project, "r"),
            question: "Resolution".to_owned(),
            value: number(0.4),
            reason: String::new(),
            client_id: None,
            confirm: false,
        };
        let text = refused(store.engineer.set_gold(gold).await);
        expect!["value: 0.4 is not the value of an option of Resolution. The options are yes, no."].assert_eq(&text);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_text_stays_at_the_place_its_question_had() {
    let text_at = |path: &str| Definition { kind: QuestionKind::Text { path: MetadataPath::of(path) }, ..Definition::default() };
    for store in stores().await {
        let project = reviewed(&store, "places").await;
        store.question(&project, "Reason", text_at("review.reason")).await;
        answer(&store.reviewer, &project, "r", "Reason", option("late")).await.unwrap();
        edited(&store, &project, "Reason", text_at("notes.why")).await;
        assert_eq!(store.row(&project, "r").await["metadata"], json!({"review": {"reason": "late"}}));
        store.verified().await;
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "metadata": {"model": "m"}})]).await;
        assert_eq!(store.row(&project, "r").await["metadata"], json!({"model": "m", "review": {"reason": "late"}}));
        // The newer text counts, at the newer place; the older one does not stay behind.
        answer(&store.engineer, &project, "r", "Reason", option("wrong")).await.unwrap();
        assert_eq!(store.row(&project, "r").await["metadata"], json!({"model": "m", "notes": {"why": "wrong"}}));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_was_settled_keeps_its_name_and_its_type() {
    for store in stores().await {
        let project = reviewed(&store, "settled").await;
        let gold = SetGold {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value: number(0.4),
            reason: String::new(),
            client_id: None,
            confirm: false,
        };
        store.engineer.set_gold(gold).await.unwrap();
        let question = store.viewer.questions(&project.id).await.unwrap().remove(0);
        let save = |name: &str, kind| SaveQuestion {
            project: project.id.clone(),
            question: Some(question.id.clone()),
            after: None,
            name: name.to_owned(),
            definition: Definition { kind, ..Definition::default() },
        };
        let text = refused(store.engineer.save_question(save("Other", QuestionKind::Continuous)).await);
        assert!(text.starts_with("Name: The name is the key"), "{text}");
        let expecting = QuestionKind::Expected { options: vec!["a".to_owned()], multiple: false };
        let text = refused(store.engineer.save_question(save("Q", expecting)).await);
        assert!(text.starts_with("Type: Its answers are stored in another place"), "{text}");
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_too_long_or_has_a_nul_is_told() {
    for store in stores().await {
        let project = reviewed(&store, "input").await;
        let before = store.span(&project, "r").await;
        let row = || address(&project, "r");
        let check = |text: String, expected: Expect| expected.assert_eq(&text.chars().take(200).collect::<String>());
        let comment = |text: String| AddComment { row: row(), text, client_id: None };
        let text = refused(store.reviewer.add_comment(comment("x".repeat(1_000_000))).await);
        check(text, expect!["Add a comment: Use at most 100,000 bytes; this has 1,000,000."]);
        for value in [1.000_001, -0.1, f64::INFINITY, f64::NAN] {
            let text = refused(answer(&store.reviewer, &project, "r", "Q", number(value)).await);
            assert!(text.contains("is not a number from 0 to 1"), "{text}");
        }
        let text = refused(store.reviewer.set_answer(set(row(), "Q", number(0.5), &"x".repeat(10_000))).await);
        check(text, expect!["client_id: Use 1 to 200 bytes, without a NUL."]);
        let text = refused(store.reviewer.set_answer(set(row(), "Q", number(0.5), "a\0b")).await);
        check(text, expect!["client_id: Use 1 to 200 bytes, without a NUL."]);
        let text = refused(store.reviewer.set_answer(set(row(), "Q\0", number(0.5), "one")).await);
        check(text, expect!["There is no score named Q\u{0} in this project here. It may have been deleted, or the link is incomplete."]);
        let nowhere = RowAddress { id: "r\0".into(), ..row() };
        let text = refused(store.reviewer.set_answer(set(nowhere, "Q", number(0.5), "one")).await);
        check(text, expect!["There is no row r\u{0} here. It may have been deleted, or the link is incomplete."]);
        let elsewhere = RowAddress { object_id: "o\0".into(), ..row() };
        let text = refused(store.reviewer.set_answer(set(elsewhere, "Q", number(0.5), "one")).await);
        check(text, expect!["There is no project_logs o\u{0} here. It may have been deleted, or the link is incomplete."]);
        let edit = |before: &str| SetExpected { row: row(), value: Some("1".to_owned()), before: Some(before.to_owned()), client_id: None };
        assert!(refused(store.reviewer.set_expected(edit("\0")).await).contains("changed this meanwhile"));
        assert!(refused(store.reviewer.run(take_back("\0", "one")).await).starts_with("There is no edit"));
        let tags = ChangeTags { row: row(), add: vec!["a\0b".to_owned()], remove: vec!["\0".to_owned()], client_id: None };
        check(refused(store.engineer.change_tags(tags).await), expect!["Name: Use 1 to 200 characters, without a NUL."]);
        assert_eq!(store.span(&project, "r").await, before);
        // A reason is kept; what no database holds is replaced.
        let reason = Some("a\0b".to_owned());
        store.reviewer.set_answer(SetAnswer { reason, ..set(row(), "Q", number(0.5), "one") }).await.unwrap();
        let gold = SetGold {
            row: row(),
            question: "Q".to_owned(),
            value: number(0.4),
            reason: "c\0d".to_owned(),
            client_id: None,
            confirm: false,
        };
        store.engineer.set_gold(gold).await.unwrap();
        let activity = store.span(&project, "r").await.said.activity;
        let reasons: Vec<_> = activity.iter().map(|entry| entry.reason.as_deref()).collect();
        assert_eq!(reasons, [Some("c\u{fffd}d"), Some("a\u{fffd}b")]);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_revert_can_be_reverted_and_is_done_once() {
    for store in stores().await {
        let project = reviewed(&store, "reverts").await;
        for (value, id) in [(0.2, "one"), (0.4, "two")] {
            store.reviewer.set_answer(set(address(&project, "r"), "Q", number(value), id)).await.unwrap();
        }
        let shown =
            async || (store.span(&project, "r").await.said.score("Q").unwrap().value, store.span(&project, "r").await.said.activity.len());
        let mut entries = 2;
        for (edit, own, expected) in [("two", "back 1", 0.2), ("back 1", "back 2", 0.4), ("back 2", "back 3", 0.2)] {
            entries += 1;
            for _ in 0..3 {
                store.reviewer.run(take_back(edit, own)).await.unwrap();
                assert_eq!(shown().await, (expected, entries), "{edit}");
            }
        }
        // Somebody else has no such command.
        assert!(refused(store.engineer.run(take_back("two", "back")).await).starts_with("There is no edit"));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_came_through_the_api_is_taken_back_beneath_the_answers() {
    for store in stores().await {
        let project = reviewed(&store, "beneath").await;
        let kind = QuestionKind::Expected { options: vec!["bug".to_owned()], multiple: false };
        store.question(&project, "Intent", Definition { kind, ..Definition::default() }).await;
        answer(&store.reviewer, &project, "r", "Intent", option("bug")).await.unwrap();
        let newest = async || store.span(&project, "r").await.said.activity[0].clone();
        let expected = async || store.row(&project, "r").await["expected"].clone();
        for item in [json!({"id": "r", "expected": {"a": 1}}), json!({"id": "r", "expected": {"b": 2}})] {
            store.engineer.feedback(&project.logs(), vec![item]).await.unwrap();
        }
        let entry = newest().await;
        assert_eq!((entry.from.as_deref(), entry.to.as_deref()), (Some(r#"{"a":1}"#), Some(r#"{"a":1,"b":2}"#)));
        store.reviewer.revert(Revert { edit: Edit::Entry(entry.id), client_id: None }).await.unwrap();
        assert_eq!(expected().await, json!({"a": 1, "Intent": "bug"}));
        let error = store.reviewer.revert(Revert { edit: Edit::Entry(entry.id), client_id: None }).await.unwrap_err();
        assert_eq!(error.problem(), Some(&Problem::Conflict { current: r#"{"a":1}"#.to_owned() }));
        store.reviewer.revert(Revert { edit: Edit::Entry(newest().await.id), client_id: None }).await.unwrap();
        assert_eq!(expected().await, json!({"a": 1, "b": 2, "Intent": "bug"}));
        assert!(store.span(&project, "r").await.said.answers.iter().all(|answer| answer.active));
        // What a row takes out of its tags is told, and comes back; nobody has configured it.
        let removal =
            json!({"id": "r", "_is_merge": true, "_audit_source": "api", "_array_delete": [{"path": ["tags"], "delete": ["prod"]}]});
        store.send(&project, &[removal]).await;
        assert_eq!(store.span(&project, "r").await.said.tags, [""; 0]);
        store.reviewer.revert(Revert { edit: Edit::Entry(newest().await.id), client_id: None }).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.tags, ["prod"]);
        let remove =
            ChangeTags { row: address(&project, "r"), add: vec![], remove: vec!["prod".to_owned()], client_id: Some("off".to_owned()) };
        store.reviewer.change_tags(remove).await.unwrap();
        store.reviewer.run(take_back("off", "on")).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.tags, ["prod"]);
        assert!(!store.viewer.tags(&project.id).await.unwrap().iter().any(|tag| tag.name == "prod"));
        store.verified().await;
    }
}

#[tokio::test]
async fn two_tabs_of_one_person_leave_one_answer() {
    for store in stores().await {
        let project = reviewed(&store, "tabs").await;
        for round in 0..20 {
            let (one, other) = (f64::from(round) / 100.0, f64::from(round + 50) / 100.0);
            let command = |value, tab: &str| set(address(&project, "r"), "Q", number(value), &format!("{tab} {round}"));
            let (first, second) =
                tokio::join!(store.reviewer.set_answer(command(one, "left")), store.reviewer.set_answer(command(other, "right")),);
            first.unwrap();
            second.unwrap();
            let span = store.span(&project, "r").await;
            let last = span.said.activity[0].to.clone().unwrap();
            assert_eq!(span.said.answers.len(), 1);
            assert_eq!(serde_json::to_string(&span.said.answers[0].value).unwrap(), last, "the last of the two counts");
            assert_eq!(span.said.activity[0].from, span.said.activity[1].to, "each tells what it replaced");
        }
        // The same command from both at once runs once.
        let command = set(address(&project, "r"), "Q", number(0.33), "both");
        let (first, second) = tokio::join!(store.reviewer.set_answer(command.clone()), store.reviewer.set_answer(command));
        assert_eq!(first.unwrap().answer, second.unwrap().answer);
        assert_eq!(store.span(&project, "r").await.said.activity.len(), 41);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_elsewhere_changes_nothing() {
    for store in stores().await {
        let project = store.project("clocks").await;
        store.question(&project, "Q", slider()).await;
        let began = time::now();
        let wrong = ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"];
        for (row, created) in ["past", "future"].into_iter().zip(wrong) {
            store.send(&project, &[json!({"id": row, "span_id": row, "root_span_id": row, "created": created})]).await;
            answer(&store.reviewer, &project, row, "Q", number(0.5)).await.unwrap();
            answer(&store.engineer, &project, row, "Q", number(0.7)).await.unwrap();
            let span = store.span(&project, row).await;
            let times = span.said.answers.iter().map(|answer| answer.updated).chain(span.said.activity.iter().map(|entry| entry.created));
            for told in times {
                assert!((began..=time::now()).contains(&told), "{row}: {told}");
            }
            assert!(store.row(&project, row).await["created"].as_str().unwrap().starts_with(&created[..10]));
        }
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_client_id_belongs_to_one_command() {
    for store in stores().await {
        let project = reviewed(&store, "ids").await;
        store.send(&project, &[json!({"id": "other", "span_id": "other", "root_span_id": "other"})]).await;
        let first = set(address(&project, "r"), "Q", number(0.5), "one");
        for _ in 0..2 {
            store.reviewer.set_answer(first.clone()).await.unwrap();
        }
        for another in [set(address(&project, "other"), "Q", number(0.5), "one"), set(address(&project, "r"), "Q", number(0.75), "one")] {
            let error = store.reviewer.set_answer(another).await.unwrap_err();
            assert_eq!(error.problem(), Some(&Problem::Reused { id: "one".to_owned() }));
            assert_eq!(error.problem().unwrap().status(), 409);
        }
        let comment = AddComment { row: address(&project, "r"), text: "mine".to_owned(), client_id: Some("one".to_owned()) };
        let text = refused(store.reviewer.add_comment(comment).await.map(|_| ()));
        expect![
            "The client id one belongs to another command, which was done. Nothing was changed now. Send this one under an id of its own."
        ]
        .assert_eq(&text);
        // Whoever else uses it means their own.
        store.engineer.set_answer(set(address(&project, "other"), "Q", number(0.25), "one")).await.unwrap();
        assert!(store.span(&project, "other").await.said.answers.iter().all(|answer| answer.score == Some(0.25)));
        store.verified().await;
    }
}
