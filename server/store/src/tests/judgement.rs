//! Answers that are no numbers, gold values, tags, direct edits, and taking all of it back.

mod taking_back;
mod versions;

use super::sending::{address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::{Desk, Error};
use expect_test::{Expect, expect};
use serde_json::{Value, json};
use shared::answers::{AnswerValue, SetAnswer, SetGold};

use shared::comments::LONGEST;
use shared::expected::SetExpected;
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::Project;
use shared::questions::{ArchiveQuestion, Audience, Definition, MetadataPath, OrderQuestions, QuestionKind};
use shared::summary::ScoreKind;
use shared::tags::{ChangeTags, SaveTag};
use std::fmt::Debug;

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn expecting(options: &[&str], multiple: bool) -> Definition {
    let options = options.iter().map(ToString::to_string).collect();
    Definition { kind: QuestionKind::Expected { options, multiple }, ..Definition::default() }
}

fn text_at(path: &str) -> Definition {
    Definition { kind: QuestionKind::Text { path: MetadataPath::of(path) }, ..Definition::default() }
}

fn said(json: &Value) -> Option<AnswerValue> {
    serde_json::from_value(json.clone()).unwrap()
}

async fn verified(store: &TestStore) {
    assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
}

/// A project with the questions Intent (one option), Topics (several) and Reason (text).
async fn asked(store: &TestStore, name: &str) -> Project {
    let project = store.project(name).await;
    store.question(&project, "Intent", expecting(&["billing", "bug"], false)).await;
    store.question(&project, "Topics", expecting(&["a", "b", "c"], true)).await;
    store.question(&project, "Reason", text_at("review.reason")).await;
    project
}

/// What somebody does to the row, in a few words.
enum Step {
    /// A person's answer; null clears.
    Says(fn(&TestStore) -> &Desk, &'static str, Value),
    /// The gold value; null clears.
    Settles(&'static str, Value),
    /// The API merges.
    Sends(Value),
    /// A person edits `expected`.
    Edits(Value),
}

async fn take(store: &TestStore, project: &Project, row: &RowAddress, step: Step) {
    match step {
        Step::Says(desk, question, value) => {
            let command = SetAnswer {
                row: row.clone(),
                question: question.to_owned(),
                value: said(&value),
                client_id: None,
                reason: None,
                confirm: true,
                circumstances: Default::default(),
            };
            desk(store).set_answer(command).await.unwrap();
        }
        Step::Settles(question, value) => {
            let command = SetGold {
                row: row.clone(),
                question: question.to_owned(),
                value: said(&value),
                reason: "it is clear".to_owned(),
                client_id: None,
                confirm: true,
            };
            store.engineer.set_gold(command).await.unwrap();
        }
        Step::Sends(mut fields) => {
            fields["id"] = json!("r");
            fields["_is_merge"] = json!(true);
            store.send(project, &[fields]).await;
        }
        Step::Edits(value) => {
            let before = store.row(project, "r").await["expected"].to_string();
            let value = Some(value.to_string());
            let command = SetExpected { row: row.clone(), value, before: Some(before), client_id: None };
            store.engineer.set_expected(command).await.unwrap();
        }
    }
}

#[tokio::test]
async fn expected_and_metadata_follow_what_is_said_and_nothing_is_dropped() {
    fn reviewer(store: &TestStore) -> &Desk {
        &store.reviewer
    }
    fn engineer(store: &TestStore) -> &Desk {
        &store.engineer
    }
    fn owner(store: &TestStore) -> &Desk {
        &store.owner
    }
    use Step::{Edits, Says, Sends, Settles};
    for store in stores().await {
        let check = async |name: &str, row: Value, steps: Vec<Step>, expected: Expect| {
            let project = asked(&store, name).await;
            let mut sent = json!({"id": "r", "span_id": "s", "root_span_id": "s", "input": "i"});
            sent.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
            store.send(&project, &[sent]).await;
            let mut lines = Vec::new();
            for step in steps {
                take(&store, &project, &address(&project, "r"), step).await;
                let row = store.row(&project, "r").await;
                lines.push(format!("{} {}", row["expected"], row["metadata"]));
            }
            expected.assert_eq(&lines.join("\n"));
        };
        check(
            "plain, then an object, then plain again",
            json!({}),
            vec![
                Says(reviewer, "Intent", json!("bug")),
                Says(reviewer, "Topics", json!(["c", "a"])),
                Says(reviewer, "Topics", json!([])),
                Says(reviewer, "Intent", Value::Null),
            ],
            expect![[r#"
                "bug" null
                {"Intent":"bug","Topics":["a","c"]} null
                "bug" null
                null null"#]],
        )
        .await;
        check(
            "an object keeps its keys",
            json!({"expected": {"a": 1}}),
            vec![Says(reviewer, "Intent", json!("bug")), Says(reviewer, "Intent", json!(null))],
            expect![[r#"
                {"Intent":"bug","a":1} null
                {"a":1} null"#]],
        )
        .await;
        check(
            "a value of its own is kept",
            json!({"expected": "Paris"}),
            vec![
                Says(reviewer, "Intent", json!("bug")),
                // The API writes what lies under the answers.
                Sends(json!({"expected": "London"})),
                Sends(json!({"expected": {"x": 1}})),
                Says(reviewer, "Intent", json!(null)),
            ],
            expect![[r#"
                {"Intent":"bug","expected":"Paris"} null
                {"Intent":"bug","expected":"London"} null
                {"Intent":"bug","x":1} null
                {"x":1} null"#]],
        )
        .await;
        check(
            "the most frequent, the earliest of equals, the gold value",
            json!({}),
            vec![
                Says(reviewer, "Intent", json!("billing")),
                Says(engineer, "Intent", json!("bug")),
                Says(owner, "Intent", json!("bug")),
                Settles("Intent", json!("billing")),
                Settles("Intent", json!(null)),
            ],
            expect![[r#"
                "billing" null
                "billing" null
                "bug" null
                "billing" null
                "bug" null"#]],
        )
        .await;
        check(
            "a direct edit is the new base, and answers until then no longer count",
            json!({}),
            vec![
                Says(reviewer, "Intent", json!("billing")),
                Settles("Intent", json!("bug")),
                Edits(json!({"said": "no"})),
                Says(engineer, "Topics", json!(["b"])),
                Says(reviewer, "Intent", json!("bug")),
            ],
            expect![[r#"
                "billing" null
                "bug" null
                {"said":"no"} null
                {"Topics":["b"],"said":"no"} null
                {"Intent":"bug","Topics":["b"],"said":"no"} null"#]],
        )
        .await;
        check(
            "texts go to metadata, the latest counts",
            json!({"metadata": {"model": "m", "review": {"by": 1}}}),
            vec![
                Says(reviewer, "Reason", json!("late")),
                Says(engineer, "Reason", json!("wrong")),
                Sends(json!({"metadata": {"model": "n"}})),
                Says(engineer, "Reason", json!("  ")),
                Settles("Reason", json!("settled")),
                Settles("Reason", json!(null)),
                Says(reviewer, "Reason", json!(null)),
            ],
            expect![[r#"
                null {"model":"m","review":{"by":1,"reason":"late"}}
                null {"model":"m","review":{"by":1,"reason":"wrong"}}
                null {"model":"n","review":{"by":1,"reason":"wrong"}}
                null {"model":"n","review":{"by":1,"reason":"late"}}
                null {"model":"n","review":{"by":1,"reason":"settled"}}
                null {"model":"n","review":{"by":1,"reason":"late"}}
                null {"model":"n","review":{"by":1}}"#]],
        )
        .await;
        verified(&store).await;
    }
}

#[tokio::test]
async fn a_value_of_its_own_is_asked_about_first() {
    for store in stores().await {
        let project = asked(&store, "consent").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "expected": [1], "metadata": {"review": 5}})]).await;
        let command = |question: &str, value: &str, confirm| SetAnswer {
            row: address(&project, "r"),
            question: question.to_owned(),
            value: Some(AnswerValue::Text(value.to_owned())),
            client_id: Some("same".to_owned()),
            reason: None,
            confirm,
            circumstances: Default::default(),
        };
        let error = store.reviewer.set_answer(command("Intent", "bug", false)).await.unwrap_err();
        let Some(shared::Problem::Confirm { proposed, .. }) = error.problem() else { panic!("{error}") };
        assert_eq!(proposed, r#"{"Intent":"bug","expected":[1]}"#);
        assert_eq!(store.row(&project, "r").await["expected"], json!([1]));
        // The refused command left nothing behind, so the same id works once it is confirmed.
        store.reviewer.set_answer(command("Intent", "bug", true)).await.unwrap();
        assert_eq!(store.row(&project, "r").await["expected"], json!({"Intent": "bug", "expected": [1]}));
        // The second question is not asked about again.
        answer(&store.reviewer, &project, "r", "Topics", Some(AnswerValue::List(vec!["a".to_owned()]))).await.unwrap();
        let text = refused(store.reviewer.set_answer(SetAnswer { client_id: None, ..command("Reason", "late", true) }).await);
        expect!["value: There is a value in the way of metadata.review.reason, which is kept. Give the question another place."]
            .assert_eq(&text);
        verified(&store).await;
    }
}

#[tokio::test]
async fn what_a_question_does_not_take_is_told() {
    for store in stores().await {
        let project = asked(&store, "refusals").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s"})]).await;
        let for_engineers = Definition { audience: Audience { people: vec![], roles: vec![shared::people::Role::Engineer] }, ..slider() };
        store.question(&project, "Hidden", for_engineers).await;
        let check = async |question: &str, value: Value, expected: Expect| {
            expected.assert_eq(&refused(answer(&store.reviewer, &project, "r", question, said(&value)).await));
        };
        check("Intent", json!("refund"), expect!["value: refund is not an option of Intent. The options are billing, bug."]).await;
        check("Intent", json!(["bug", "billing"]), expect!["value: Intent takes one option. The options are billing, bug."]).await;
        check("Intent", json!(1), expect!["value: 1 is not the value of an option of Intent. The options are billing, bug."]).await;
        check("Topics", json!(["a", "z"]), expect!["value: z is not an option of Topics. The options are a, b, c."]).await;
        check("Reason", json!(0.5), expect!["value: Reason is answered with a text."]).await;
        check("Reason", json!("x".repeat(1_000_000)), expect!["value: Use at most 100,000 bytes; this has 1,000,000."]).await;
        check("Hidden", json!(0.5), expect!["Hidden is asked of others. Its configuration says of whom."]).await;
        check(
            "Nothing",
            json!(0.5),
            expect!["There is no score named Nothing in this project here. It may have been deleted, or the link is incomplete."],
        )
        .await;
    }
}

#[tokio::test]
async fn a_test_case_is_asked_what_it_has_a_place_for() {
    for store in stores().await {
        let project = asked(&store, "cases").await;
        store.question(&project, "Tone", slider()).await;
        let command = RegisterObject {
            kind: ObjectKind::Dataset,
            project: project.id.clone(),
            name: Some("golden".to_owned()),
            if_taken: IfTaken::Open,
            details: serde_json::Map::new(),
        };
        let dataset = store.engineer.register_object(command).await.unwrap().0;
        store.engineer.ingest(raws(&[json!({"id": "case", "input": 1})]), Some(dataset.id.clone())).await.unwrap();
        let command = |question: &str, value: Value| SetAnswer {
            row: RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.id.clone(), id: "case".into() },
            question: question.to_owned(),
            value: said(&value),
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: Default::default(),
        };
        store.reviewer.set_answer(command("Intent", json!("bug"))).await.unwrap();
        store.reviewer.set_answer(command("Reason", json!("late"))).await.unwrap();
        let text = refused(store.reviewer.set_answer(command("Tone", json!(0.5))).await);
        expect!["question: Tone is not asked about rows of a dataset."].assert_eq(&text);
        verified(&store).await;
    }
}

#[tokio::test]
async fn a_gold_value_counts_whatever_reviewers_said() {
    for store in stores().await {
        let project = store.project("gold").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "scores": {"Q": 0.9}})]).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.2)).await.unwrap();
        let gold = |value| SetGold {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value,
            reason: "both are right in part".to_owned(),
            client_id: None,
            confirm: false,
        };
        let text = refused(store.reviewer.set_gold(gold(number(0.4))).await);
        expect!["You may not set gold values. Ask an owner of this installation for a role that allows it."].assert_eq(&text);
        store.engineer.set_gold(gold(number(0.4))).await.unwrap();
        let span = store.span(&project, "r").await;
        assert_eq!((span.said.score("Q").unwrap().value, span.said.score("Q").unwrap().kind), (0.4, ScoreKind::Gold));
        assert_eq!(
            (span.said.golds[0].reason.as_str(), &span.said.golds[0].settled_by),
            ("both are right in part", &store.engineer.actor().person)
        );
        assert_eq!(span.said.activity[0].reason.as_deref(), Some("both are right in part"));
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        // Answers go on, and do not change what counts.
        answer(&store.owner, &project, "r", "Q", number(0.0)).await.unwrap();
        assert_eq!(store.row(&project, "r").await["scores"]["Q"], json!(0.4));
        store.engineer.set_gold(gold(None)).await.unwrap();
        assert_eq!(store.row(&project, "r").await["scores"]["Q"], json!(0.1));
        verified(&store).await;
    }
}

#[tokio::test]
async fn an_edit_of_what_somebody_else_changed_is_a_conflict() {
    for store in stores().await {
        let project = asked(&store, "conflict").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "expected": {"a": 1}})]).await;
        let edit = |value: &str, before: &str| SetExpected {
            row: address(&project, "r"),
            value: Some(value.to_owned()),
            before: Some(before.to_owned()),
            client_id: None,
        };
        store.reviewer.set_expected(edit("[1]", r#"{ "a": 1.0 }"#)).await.unwrap_err();
        store.reviewer.set_expected(edit("[1]", r#"{ "a": 1 }"#)).await.unwrap();
        let error = store.engineer.set_expected(edit("[2]", r#"{"a":1}"#)).await.unwrap_err();
        assert_eq!(error.problem(), Some(&shared::Problem::Conflict { current: "[1]".to_owned() }));
        let text = refused(store.engineer.set_expected(edit("[2", "[1]")).await);
        expect!["Expected: This is no JSON: EOF while parsing a list at line 1 column 2."].assert_eq(&text);
        assert_eq!(store.row(&project, "r").await["expected"], json!([1]));
        refused(store.viewer.set_expected(edit("[2]", "[1]")).await);
    }
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off_by_several_at_once() {
    for store in stores().await {
        let project = store.project("tags").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "tags": ["prod"]})]).await;
        for name in ["Triage", "Billing"] {
            let color = "teal".to_owned();
            let tag = SaveTag { project: project.id.clone(), tag: None, name: name.to_owned(), color, description: String::new() };
            store.engineer.save_tag(tag).await.unwrap();
        }
        let change = |add: &[&str], remove: &[&str]| ChangeTags {
            row: address(&project, "r"),
            add: add.iter().map(ToString::to_string).collect(),
            remove: remove.iter().map(ToString::to_string).collect(),
            client_id: None,
        };
        let (one, other) = futures::join!(
            store.reviewer.change_tags(change(&["Triage"], &[])),
            store.engineer.change_tags(change(&["Billing"], &["prod"]))
        );
        one.unwrap();
        other.unwrap();
        let mut tags: Vec<_> = store.span(&project, "r").await.said.tags;
        tags.sort();
        assert_eq!(tags, ["Billing", "Triage"]);
        let text = refused(store.reviewer.change_tags(change(&["new"], &[])).await);
        expect!["You may not make the tag new; it is not configured. Ask an owner of this installation for a role that allows it."]
            .assert_eq(&text);
        store.engineer.change_tags(change(&["new"], &[])).await.unwrap();
        assert!(store.viewer.tags(&project.id).await.unwrap().iter().any(|tag| tag.name == "new"));
        expect!["Name: Use 1 to 200 characters, without a NUL."].assert_eq(&refused(store.engineer.change_tags(change(&[" "], &[])).await));
        verified(&store).await;
    }
}

#[tokio::test]
async fn of_texts_of_two_questions_at_one_place_the_last_counts() {
    for store in stores().await {
        let project = store.project("one place").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "metadata": {"model": "m"}})]).await;
        let says = async |question: &str, text: &str| {
            answer(&store.reviewer, &project, "r", question, said(&json!(text))).await.unwrap();
        };
        let shows = async |reason: Value| {
            assert_eq!(store.row(&project, "r").await["metadata"]["review"]["reason"], reason);
            verified(&store).await;
        };
        let merge = async |model: &str| {
            store.send(&project, &[json!({"id": "r", "_is_merge": true, "metadata": {"model": model}})]).await;
        };
        // The names stand in another order than the questions, so that neither order can be the one that counts.
        let first = store.question(&project, "Zeta", text_at("review.reason")).await;
        says("Zeta", "of the first").await;
        store.engineer.delete_question(&first.id).await.unwrap();
        let second = store.question(&project, "Alpha", text_at("review.reason")).await;
        shows(json!("of the first")).await;
        says("Alpha", "of the second").await;
        shows(json!("of the second")).await;
        merge("n").await;
        shows(json!("of the second")).await;
        // The order of the form changes nothing.
        let questions = vec![second.id.clone(), first.id.clone()];
        store.engineer.order_questions(OrderQuestions { project: project.id.clone(), questions }).await.unwrap();
        verified(&store).await;
        merge("o").await;
        shows(json!("of the second")).await;
        // The other way round: the first is asked again, and what is said to it now is newer.
        store.engineer.delete_question(&second.id).await.unwrap();
        store.engineer.archive_question(ArchiveQuestion { question: first.id.clone(), archived: false }).await.unwrap();
        shows(json!("of the second")).await;
        says("Zeta", "of the first, again").await;
        shows(json!("of the first, again")).await;
        says("Zeta", " ").await;
        shows(json!("of the second")).await;
    }
}

#[tokio::test]
async fn a_reason_ends() {
    for store in stores().await {
        let project = asked(&store, "reasons").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s"})]).await;
        let before = store.span(&project, "r").await;
        let set = |reason: String| SetAnswer {
            row: address(&project, "r"),
            question: "Intent".to_owned(),
            value: said(&json!("bug")),
            client_id: Some("same".to_owned()),
            reason: Some(reason),
            confirm: false,
            circumstances: Default::default(),
        };
        let settle = |reason: String| {
            let SetAnswer { row, question, value, client_id, confirm, reason, .. } = set(reason);
            SetGold { row, question, value, client_id, confirm, reason: reason.unwrap() }
        };
        let (long, longest) = ("x".repeat(LONGEST + 1), "x".repeat(LONGEST));
        let expected = "reason: Use at most 100,000 bytes; this has 100,001.";
        assert_eq!(refused(store.reviewer.set_answer(set(long.clone())).await), expected);
        assert_eq!(refused(store.engineer.set_gold(settle(long)).await), expected);
        assert_eq!(store.span(&project, "r").await, before);
        // What was refused left nothing behind, so the same id works with a shorter reason.
        store.reviewer.set_answer(set(longest.clone())).await.unwrap();
        store.engineer.set_gold(settle(longest.clone())).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.golds[0].reason, longest);
        verified(&store).await;
    }
}
