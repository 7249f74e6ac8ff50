//! What end users say as scores: kept apart from what is reported, answered and settled, each of them for themselves.

use super::sending::{ShownSpan, address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::{Desk, RowSearch};
use serde_json::{Value, json};
use shared::answers::{Circumstances, SeenBeside, SetAnswer, SetGold};
use shared::filter::{Context, parse_expression, parse_query};
use shared::projects::{ChangeSettings, Project};
use shared::summary::{ScoreKind, SpanScore};
use std::collections::{BTreeMap, BTreeSet};

/// An end user gives a score; nobody in particular where no name is told.
async fn says(store: &TestStore, project: &Project, user: Option<&str>, row: &str, value: Value) {
    let mut item = json!({"id": row, "scores": {"Q": value}});
    if let Some(user) = user {
        item["metadata"] = json!({"user_id": user});
    }
    let taken = store.reviewer.feedback(&project.logs(), vec![item]).await.unwrap();
    assert_eq!(taken.rejected, []);
}

/// The scores of a span that are shown, by name.
fn scores_of(span: &ShownSpan) -> BTreeMap<String, SpanScore> {
    span.said.scores.iter().cloned().collect()
}

/// What counts, and the four kinds of it, as a query reads them.
async fn kinds(desk: &Desk, project: &Project, row: &str) -> String {
    let text = format!(
        "select: scores.Q as counts, reported.Q as reported, feedback.Q as feedback, gold.Q as gold | from: project_logs('{}') | filter: id = '{row}'",
        project.id
    );
    let answer = desk.query(&parse_query(&text).unwrap(), None, Context::at(crate::now())).await.unwrap();
    answer.rows[0].get().to_owned()
}

async fn ids(desk: &Desk, project: &Project, filter: &str) -> Vec<String> {
    let search = RowSearch { filter: Some(parse_expression(filter).unwrap()), ..RowSearch::of(project.logs()) };
    let found = desk.search_rows(search).await.unwrap().values();
    found.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_reported_what_users_say_answers_and_gold_are_kept_apart() {
    for store in stores().await {
        let project = store.project("apart").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r", "scores": {"Q": 0.9}}), json!({"id": "s"})]).await;
        let kinds = async || kinds(&store.viewer, &project, "r").await;
        for user in ["a", "b", "c"] {
            says(&store, &project, Some(user), "r", json!(if user == "b" { 0 } else { 1 })).await;
        }
        // Of one user the last word counts, and all whom nobody names are one.
        says(&store, &project, Some("a"), "r", json!(0)).await;
        says(&store, &project, None, "r", json!(0.5)).await;
        says(&store, &project, None, "r", json!(1)).await;
        assert_eq!(kinds().await, r#"{"counts":0.9,"reported":0.9,"feedback":0.5,"gold":null}"#);
        answer(&store.reviewer, &project, "r", "Q", number(0.2)).await.unwrap();
        assert_eq!(kinds().await, r#"{"counts":0.2,"reported":0.9,"feedback":0.5,"gold":null}"#);
        let gold = |value| SetGold {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value,
            reason: String::new(),
            client_id: None,
            confirm: false,
        };
        store.engineer.set_gold(gold(number(1.0))).await.unwrap();
        assert_eq!(kinds().await, r#"{"counts":1.0,"reported":0.9,"feedback":0.5,"gold":1.0}"#);
        for filter in
            ["feedback.Q = 0.5", "reported.Q > 0.8", "gold.Q = 1", "scores.Q > feedback.Q", "feedback.\"Q\" is not null and id = 'r'"]
        {
            assert_eq!(ids(&store.viewer, &project, filter).await, ["r"], "{filter}");
        }
        assert_eq!(ids(&store.viewer, &project, "feedback.Q is null").await, ["s"]);
        store.engineer.set_gold(gold(None)).await.unwrap();
        answer(&store.reviewer, &project, "r", "Q", None).await.unwrap();
        // A scorer takes its value back: what end users say is all that is left.
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "scores": {"Q": null}})]).await;
        assert_eq!(kinds().await, r#"{"counts":0.5,"reported":null,"feedback":0.5,"gold":null}"#);
        let score = scores_of(&store.span(&project, "r").await)["Q"].clone();
        assert_eq!((score.kind, score.feedback, score.end_users), (ScoreKind::Feedback, Some(0.5), 4));
        assert_eq!(store.list(&project, "id = 'r'").await[0].scores["Q"].kind, ScoreKind::Feedback);
        assert_eq!(store.summary(&project).await.scores["Q"].mean(), Some(0.5));
        for user in [Some("a"), Some("b"), Some("c"), None] {
            says(&store, &project, user, "r", Value::Null).await;
        }
        assert_eq!(kinds().await, r#"{"counts":null,"reported":null,"feedback":null,"gold":null}"#);
        assert_eq!(store.summary(&project).await.scores.len(), 0);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn feedback_sent_again_changes_nothing_and_an_older_version_has_what_was_said_then() {
    for store in stores().await {
        let project = store.project("versions").await;
        let rows = [
            json!({"id": "r", "_is_merge": true, "_audit_source": "external", "_audit_metadata": {"user_id": "a"}, "scores": {"Q": 1}}),
            json!({"id": "r", "_is_merge": true, "_audit_source": "external", "scores": {"Q": 0}}),
            json!({"id": "r", "span_id": "s", "root_span_id": "s", "input": "hi"}),
        ];
        let first = store.send(&project, &rows).await.transaction;
        let newest = async || store.row(&project, "r").await["_xact_id"].as_str().unwrap().to_owned();
        assert_eq!(newest().await, first);
        assert_eq!(store.send(&project, &rows).await.transaction, first);
        says(&store, &project, Some("b"), "r", json!(0)).await;
        let second = newest().await;
        assert!(second > first, "what end users say is a new version of what is fetched");
        says(&store, &project, Some("b"), "r", Value::Null).await;
        says(&store, &project, Some("a"), "r", json!(0.5)).await;
        // The whole row sent anew leaves what was said about it.
        let third = store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "input": "anew"})]).await.transaction;
        for (version, score) in [(&first, 0.5), (&second, 0.333_333_333), (&third, 0.25)] {
            let version = Some(store.viewer.version(version).await.unwrap());
            let found = store.viewer.search_rows(RowSearch { version, ..RowSearch::of(project.logs()) }).await.unwrap().values();
            assert_eq!(found[0]["scores"]["Q"], json!(score), "{version:?}");
        }
        store.verified().await;
        // Words that cancel each other out within one batch.
        let thumb = |value: Value| json!({"id": "r", "_is_merge": true, "_audit_source": "external", "scores": {"New": value}});
        store.send(&project, &[thumb(json!(1)), thumb(Value::Null)]).await;
        store.send(&project, &[thumb(json!(1))]).await;
        store.send(&project, &[thumb(json!(0)), thumb(json!(1))]).await;
        assert_eq!(store.row(&project, "r").await["scores"]["New"], json!(1.0));
        store.verified().await;
        // A row that was deleted and comes back is another one.
        store.send(&project, &[json!({"id": "r", "_object_delete": true})]).await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s", "input": "back"})]).await;
        assert_eq!(store.row(&project, "r").await["scores"], json!({}));
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_was_said_before_a_row_came_counts_once_it_is_there() {
    for store in stores().await {
        let project = store.project("early").await;
        says(&store, &project, Some("a"), "r", json!(1)).await;
        says(&store, &project, Some("b"), "r", json!(0)).await;
        assert_eq!(store.summary(&project).await, Default::default());
        store.verified().await;
        let take_back =
            json!({"id": "r", "_is_merge": true, "_audit_source": "external", "_audit_metadata": {"user_id": "b"}, "scores": {"Q": null}});
        store.send(&project, &[take_back, json!({"id": "r", "span_id": "s", "root_span_id": "s", "scores": {"Auto": 0.5}})]).await;
        let scores = scores_of(&store.span(&project, "r").await);
        assert_eq!((scores["Q"].end_users, scores["Q"].feedback, scores["Auto"].end_users), (1, Some(1.0), 0));
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_end_users_say_to_a_question_is_hidden_from_the_blind_until_they_answer() {
    for store in stores().await {
        let project = store.project("blind").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let blind = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        says(&store, &project, Some("a"), "r", json!(1)).await;
        let nothing = r#"{"counts":null,"reported":null,"feedback":null,"gold":null}"#;
        assert_eq!(kinds(&store.reviewer, &project, "r").await, nothing);
        assert_eq!(ids(&store.reviewer, &project, "feedback.Q > 0").await, Vec::<String>::new());
        assert_eq!(ids(&store.engineer, &project, "feedback.Q > 0").await, ["r"]);
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        assert_eq!(kinds(&store.reviewer, &project, "r").await, r#"{"counts":0.5,"reported":null,"feedback":1.0,"gold":null}"#);
        store.verified().await;
    }
}

#[tokio::test]
async fn an_answer_keeps_how_it_was_given() {
    for store in stores().await {
        let project = store.project("circumstances").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let given = |seconds, visible: Option<&[SeenBeside]>| Circumstances {
            seconds,
            visible: visible.map(|visible| visible.iter().copied().collect::<BTreeSet<_>>()),
            ..Circumstances::default()
        };
        // Another answer each time, because saying again what stands is nothing.
        for (value, circumstances) in [
            (0.5, given(Some(12), Some(&[SeenBeside::Reported, SeenBeside::Answers]))),
            (0.75, given(Some(3), Some(&[]))),
            (0.25, given(None, None)),
        ] {
            let command = SetAnswer {
                row: address(&project, "r"),
                question: "Q".to_owned(),
                value: number(value),
                client_id: None,
                reason: None,
                confirm: false,
                circumstances: circumstances.clone(),
            };
            let answer = store.reviewer.set_answer(command.clone()).await.unwrap().answer.unwrap();
            assert_eq!((answer.circumstances, answer.version), (circumstances, 1));
            let text = serde_json::to_string(&command).unwrap();
            assert_eq!(serde_json::from_str::<SetAnswer>(&text).unwrap(), command, "{text}");
        }
        let endless = given(Some(u32::MAX), None);
        let command = SetAnswer {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value: number(0.5),
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: endless,
        };
        let refused = store.reviewer.set_answer(command).await.unwrap_err();
        assert!(refused.to_string().contains("seconds"), "{refused}");
        store.verified().await;
    }
}

#[tokio::test]
async fn a_comment_through_a_members_key_is_theirs_and_one_of_an_end_user_nobodys() {
    for store in stores().await {
        let project = store.project("authors").await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let said = |source: &str| json!({"id": "r", "comment": source, "source": source, "metadata": {"user_id": "u7"}});
        store.reviewer.feedback(&project.logs(), vec![said("api"), said("external")]).await.unwrap();
        let span = store.span(&project, "r").await;
        for (text, author) in [("api", Some(store.reviewer.actor().person.clone())), ("external", None)] {
            let comment = span.said.comments.iter().find(|comment| comment.text == text).unwrap();
            assert_eq!((&comment.author, comment.external.as_deref()), (&author, Some("u7")), "{text}");
            let told = span.said.activity.iter().find(|entry| entry.to.as_deref() == Some(&format!("\"{text}\""))).unwrap();
            assert_eq!((&told.actor, told.source.as_str()), (&author, text));
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn a_row_that_takes_an_experiment_for_a_project_is_refused_by_name() {
    for store in stores().await {
        let project = store.project("kinds").await;
        let register = shared::objects::RegisterObject {
            kind: shared::objects::ObjectKind::Experiment,
            project: project.id.clone(),
            name: Some("e".to_owned()),
            if_taken: shared::objects::IfTaken::Open,
            details: serde_json::Map::new(),
        };
        let experiment = store.engineer.register_object(register).await.unwrap().0.id;
        let rows = [
            json!({"id": "a", "project_id": experiment, "log_id": "g"}),
            json!({"id": "b", "dataset_id": experiment}),
            json!({"id": "c", "experiment_id": project.id}),
            json!({"id": "d", "experiment_id": experiment}),
        ];
        let ingested = store.engineer.ingest(raws(&rows), None).await.unwrap();
        let told: Vec<_> = ingested.rejected.iter().map(|row| (row.index, row.reason.as_str())).collect();
        let of_experiment = |key: &str| format!("{key} {experiment} names an experiment. Send it as experiment_id.");
        let of_project = format!("experiment_id {} names a project. Send it as project_id.", project.id);
        assert_eq!(told, [(0, of_experiment("project_id").as_str()), (1, of_experiment("dataset_id").as_str()), (2, of_project.as_str())]);
    }
}

#[tokio::test]
async fn a_score_is_called_by_who_gives_it_whatever_the_filter() {
    for store in stores().await {
        let project = store.project("called").await;
        store.question(&project, "Tone", slider()).await;
        let many = (0..300).map(|row| json!({"id": format!("r{row}"), "scores": {"exact": 1}})).collect::<Vec<_>>();
        store.send(&project, &[json!({"id": "old", "created": "2020-01-01T00:00:00Z"})]).await;
        store.send(&project, &many).await;
        for (row, scores) in [("old", json!({"rare": 1, "Tone": 0})), ("r299", json!({"thumbs": 1, "exact": 0}))] {
            let feedback = json!({"id": row, "scores": scores, "metadata": {"user_id": "u"}});
            store.reviewer.feedback(&project.logs(), vec![feedback]).await.unwrap();
        }
        let kinds = store.viewer.score_kinds(&project.logs()).await.unwrap();
        let kinds: Vec<_> = kinds.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let expected =
            [("Tone", ScoreKind::Human), ("exact", ScoreKind::Automatic), ("rare", ScoreKind::Feedback), ("thumbs", ScoreKind::Feedback)];
        assert_eq!(kinds, expected);
    }
}
