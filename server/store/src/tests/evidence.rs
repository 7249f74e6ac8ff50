//! How sure somebody is of an answer, how long they looked, and the words that led to it.

use super::sending::{address, answer, number, slider};
use super::{TestStore, stores};
use crate::{AnswerSet, Desk};
use expect_test::{Expect, expect};
use serde_json::json;
use shared::answers::{Answer, AnswerValue, Circumstances, Evidence, SetAnswer};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::projects::Project;

/// A path, from where to where, and the words.
type Place<'a> = (&'a str, u32, u32, &'a str);

fn places(evidence: &[Place<'_>]) -> Vec<Evidence> {
    let of =
        |&(path, start, end, quote): &Place<'_>| Evidence { path: path.to_owned(), start, end, quote: quote.to_owned(), changed: false };
    evidence.iter().map(of).collect()
}

/// A text as an answer.
pub(crate) fn text(text: &str) -> Option<AnswerValue> {
    Some(AnswerValue::Text(text.to_owned()))
}

/// How an answer is given of which nothing must be seen.
pub(crate) fn glimpsed() -> Circumstances {
    Circumstances { sureness: Some(0.5772), evidence: Some(places(&[("input", 0, 8, "glimpsed")])), ..Circumstances::default() }
}

fn said(project: &Project, value: Option<AnswerValue>, circumstances: Circumstances) -> SetAnswer {
    SetAnswer { row: address(project, "r"), question: "Q".to_owned(), value, client_id: None, reason: None, confirm: false, circumstances }
}

/// Answers the question `Q`.
pub(crate) async fn answer_with(
    desk: &Desk,
    project: &Project,
    row: &str,
    value: Option<AnswerValue>,
    sureness: Option<f64>,
    evidence: &[Place<'_>],
) -> crate::Result<AnswerSet> {
    let circumstances = Circumstances { sureness, evidence: Some(places(evidence)), ..Circumstances::default() };
    desk.set_answer(SetAnswer { row: address(project, row), ..said(project, value, circumstances) }).await
}

fn told(answers: &[Answer]) -> String {
    let tell = |answer: &Answer| {
        let Circumstances { seconds, sureness, evidence, .. } = &answer.circumstances;
        let words = evidence.iter().flatten().map(|Evidence { path, start, end, quote, changed }| {
            format!(" {path}[{start}..{end}]={quote}{}", if *changed { " (changed)" } else { "" })
        });
        let seconds = seconds.map(|seconds| format!(" {seconds}s")).unwrap_or_default();
        let sureness = sureness.map(|sureness| format!(" sure {sureness}")).unwrap_or_default();
        format!("{}{seconds}{sureness}{}\n", serde_json::to_string(&answer.value).unwrap(), words.collect::<String>())
    };
    answers.iter().map(tell).collect()
}

/// What stands, as the page and REST tell it.
async fn check(store: &TestStore, project: &Project, expected: Expect) {
    let answers = store.viewer.answers(&address(project, "r")).await.unwrap();
    assert_eq!(answers, store.span(project, "r").await.said.answers);
    expected.assert_eq(&told(&answers));
}

#[tokio::test]
async fn an_answer_says_how_sure_one_is_and_why() {
    for store in stores().await {
        let project = store.project("sure").await;
        store.question(&project, "Q", slider()).await;
        let messages = json!([{"role": "user", "content": "How much?"}, {"role": "assistant", "content": "It is **quite** free."}]);
        store.send(&project, &[json!({"id": "r", "input": messages, "output": "free", "metadata": {"a key": 7}})]).await;
        let evidence = [("input[1].content", 6, 14, "quite free"), ("output", 0, 4, "free"), (r#"metadata["a key"]"#, 0, 1, "7")];
        let circumstances = Circumstances { sureness: Some(0.8), seconds: Some(12), evidence: Some(places(&evidence)), visible: None };
        let set = store.reviewer.set_answer(said(&project, number(0.5), circumstances)).await.unwrap();
        expect![[r#"
            0.5 12s sure 0.8 input[1].content[6..14]=quite free output[0..4]=free metadata["a key"][0..1]=7
        "#]]
        .assert_eq(&told(&set.answer.into_iter().collect::<Vec<_>>()));

        // The same again changes nothing and keeps what was said; another sureness is another answer.
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        let sure = |sureness| Circumstances { sureness, ..Circumstances::default() };
        store.reviewer.set_answer(said(&project, number(0.5), sure(Some(0.8)))).await.unwrap();
        let entries = async || store.span(&project, "r").await.said.activity.len();
        assert_eq!(entries().await, 1);
        store.reviewer.set_answer(said(&project, number(0.5), sure(Some(0.2)))).await.unwrap();
        assert_eq!(entries().await, 2);
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "output": "5 euros"})]).await;
        check(
            &store,
            &project,
            expect![[r#"
            0.5 12s sure 0.2 input[1].content[6..14]=quite free output[0..4]=free (changed) metadata["a key"][0..1]=7
        "#]],
        )
        .await;
        // An empty list takes the evidence away, another value everything that is not said again.
        answer_with(&store.reviewer, &project, "r", number(0.5), None, &[]).await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            0.5 12s sure 0.2
        "#]],
        )
        .await;
        answer(&store.reviewer, &project, "r", "Q", number(0.75)).await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            0.75
        "#]],
        )
        .await;
        answer_with(&store.reviewer, &project, "r", None, Some(1.0), &evidence).await.unwrap();
        check(&store, &project, expect![""]).await;
        store.verified().await;
    }
}

#[tokio::test]
async fn whatever_the_text_is_its_words_are_found() {
    for store in stores().await {
        let project = store.project("texts").await;
        store.question(&project, "Q", slider()).await;
        // The file of a row is written by hand, because no text of Rust holds half an emoji.
        let row = r#"{"id": "r", "input": "half \ud83e emoji", "output": "\ud83d\udc4d e\u0301 \u05e9\u05dc\u05d5\u05dd", "error": "a\u0000b",
            "metadata": {"of": "\u00fcber\n\"uns\""}}"#;
        store.engineer.ingest(vec![super::sending::raw(row)], Some(project.logs())).await.unwrap();
        let evidence = [
            ("input", 5, 17, r"\ud83e emoji"),
            ("output", 0, 3, "\u{1f44d} e"),
            ("output", 3, 4, "\u{301}"),
            ("output", 5, 9, "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
            ("output", 0, 4_000_000_000, "nowhere"),
            ("output.messages[7]", 0, 1, "nowhere"),
            ("expected", 0, 1, "nowhere"),
            ("error", 0, 3, "a\0b"),
            ("metadata", 0, 3, "\u{fc}ber\n\"uns\""),
        ];
        answer_with(&store.reviewer, &project, "r", number(0.5), None, &evidence).await.unwrap();
        let answers = store.viewer.answers(&address(&project, "r")).await.unwrap();
        let kept = answers[0].circumstances.evidence.clone().unwrap();
        assert_eq!(
            kept.iter().map(|evidence| evidence.changed).collect::<Vec<_>>(),
            [false, false, false, false, true, true, true, false, false]
        );
        let given = places(&evidence).into_iter().zip(&kept).map(|(given, kept)| Evidence { changed: kept.changed, ..given });
        assert_eq!(given.collect::<Vec<_>>(), kept);
        store.verified().await;
    }
}

#[tokio::test]
async fn zero_has_one_form_and_words_are_looked_for_within_bounds() {
    for store in stores().await {
        let project = store.project("bounds").await;
        store.question(&project, "Q", slider()).await;
        let deep = format!("{}{}{}", "[".repeat(100), serde_json::to_string(&"x".repeat(2_000_000)).unwrap(), "]".repeat(100));
        let row = format!(r#"{{"id": "r", "input": {deep}, "output": "short"}}"#);
        store.engineer.ingest(vec![super::sending::raw(&row)], Some(project.logs())).await.unwrap();
        let path = format!("input{}", "[0]".repeat(100));
        let mut evidence: Vec<Place<'_>> = vec![("output", 0, 4, "gone"), ("output", 0, 5, "short")];
        evidence.extend((0..18).map(|_| (path.as_str(), 0, 4, "gone")));
        answer_with(&store.reviewer, &project, "r", number(0.5), Some(-0.0), &evidence).await.unwrap();
        let answers = store.viewer.answers(&address(&project, "r")).await.unwrap();
        let told = &answers[0].circumstances;
        assert!(told.sureness.is_some_and(|sureness| sureness == 0.0 && sureness.is_sign_positive()));
        // What takes too long to look for is not said to have changed.
        let changed: Vec<bool> = told.evidence.iter().flatten().map(|evidence| evidence.changed).collect();
        assert_eq!((changed[0], changed[1], changed[2..].iter().any(|changed| *changed)), (true, false, false));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_everything_that_is_wrong() {
    for store in stores().await {
        let project = store.project("wrong").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r", "output": "x"})]).await;
        let wrong = [("output", 4, 2, "x"), ("nothing", 0, 1, "x")];
        let refused = answer_with(&store.reviewer, &project, "r", number(0.5), Some(7.0), &wrong).await.unwrap_err().to_string();
        expect!["sureness: 7 is not a number from 0 to 1. evidence[0].end: 2 is before the start, 4. evidence[1].path: Name a place in input, output, expected, error or metadata, like input.messages[2].content."].assert_eq(&refused);
        assert_eq!(store.viewer.answers(&address(&project, "r")).await.unwrap(), []);
        store.verified().await;
    }
}

#[tokio::test]
async fn taking_an_answer_back_brings_back_how_sure_one_was_and_why() {
    for store in stores().await {
        let project = store.project("back").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r", "output": "one two"})]).await;
        let run = async |id: &str, value, sureness, evidence: &[Place<'_>]| {
            let circumstances = Circumstances { sureness, evidence: Some(places(evidence)), ..Circumstances::default() };
            let command = SetAnswer { client_id: Some(id.to_owned()), ..said(&project, value, circumstances) };
            store.reviewer.run(Command::SetAnswer(command)).await.unwrap();
        };
        let revert = async |id: &str| {
            let edit = Edit::Command(id.to_owned());
            store.reviewer.revert(Revert { edit, client_id: Some(format!("back {id}")) }).await
        };
        run("first", number(0.5), Some(0.25), &[("output", 0, 3, "one")]).await;
        run("second", number(0.5), Some(0.75), &[("output", 4, 7, "two")]).await;
        run("third", number(1.0), None, &[]).await;
        run("fourth", None, None, &[]).await;
        // What somebody else, or oneself, said later is not lost.
        assert!(revert("second").await.is_err());
        revert("fourth").await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            1.0
        "#]],
        )
        .await;
        revert("third").await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            0.5 sure 0.75 output[4..7]=two
        "#]],
        )
        .await;
        // The value is the same as after the first, but how sure one is is not.
        assert!(revert("first").await.is_err());
        revert("second").await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            0.5 sure 0.25 output[0..3]=one
        "#]],
        )
        .await;
        revert("back second").await.unwrap();
        check(
            &store,
            &project,
            expect![[r#"
            0.5 sure 0.75 output[4..7]=two
        "#]],
        )
        .await;
        store.verified().await;
    }
}

#[tokio::test]
async fn evidence_that_is_lost_or_changed_is_noticed() {
    for store in stores().await {
        let project = store.project("lost").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r", "output": "one two"})]).await;
        answer_with(&store.reviewer, &project, "r", number(0.5), Some(0.25), &[("output", 0, 3, "one")]).await.unwrap();
        store.verified().await;
        for (table, column, changed) in [
            ("answers", "evidence", "NULL"),
            ("answers", "evidence", "REPLACE(evidence, 'one', 'two')"),
            ("answers", "sureness", "0.75"),
            ("activity", "given", "NULL"),
        ] {
            store.alter(&format!("UPDATE {table} SET {column} = {changed} WHERE {column} IS NOT NULL")).await;
        }
        answer_with(&store.reviewer, &project, "r", number(0.75), None, &[]).await.unwrap();
        store.verified().await;
        store.alter("UPDATE said_versions SET evidence = NULL WHERE evidence IS NOT NULL").await;
    }
}

impl TestStore {
    /// Changes one column beside Touchstone, which is noticed, and brings it back.
    async fn alter(&self, statement: &str) {
        let parts: Vec<&str> = statement.split_whitespace().collect();
        let (table, column) = (parts[1], parts[3]);
        let text = |text: String| sea_orm::Statement::from_string(self.store.readers().get_database_backend(), text);
        let select = text(format!("SELECT CAST({column} AS TEXT) AS kept FROM {table} WHERE {column} IS NOT NULL"));
        use sea_orm::ConnectionTrait as _;
        let kept: String = self.store.readers().query_one_raw(select).await.unwrap().unwrap().try_get("", "kept").unwrap();
        let difference = self.tampered(statement).await;
        assert!(difference.contains("answer") || difference.contains("activity"), "{statement}: {difference}");
        let kept = if column == "sureness" { kept } else { format!("'{}'", kept.replace('\'', "''")) };
        let connection = sea_orm::Database::connect(self.place.url()).await.unwrap();
        let condition = if table == "activity" { "action = 'answer'" } else { "1 = 1" };
        connection.execute_unprepared(&format!("UPDATE {table} SET {column} = {kept} WHERE {condition}")).await.unwrap();
        connection.close().await.unwrap();
        self.verified().await;
    }
}
