//! What people say about spans, and what is configured for it: questions, answers, comments, projects.

use super::sending::{address, answer, choice, number, option, slider};
use super::{TestStore, stores};
use crate::{Desk, Error};
use serde_json::json;
use shared::answers::{AnswerValue, SetAnswer, SetGold};
use shared::audit::{Edit, Revert};
use shared::comments::AddComment;
use shared::projects::{CreateProject, DeleteProject, Project, RenameProject};
use shared::questions::{ArchiveQuestion, Definition, MetadataPath, OrderQuestions, QuestionKind, SaveQuestion};
use shared::summary::ScoreKind;
use shared::{Problem, QuestionId};
use std::fmt::Debug;

/// A project with one span, whose score `Q` was reported as 0.9, and a slider `Q`.
async fn reviewed(store: &TestStore, name: &str) -> Project {
    let project = store.project(name).await;
    store.question(&project, "Q", slider()).await;
    store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "t", "scores": {"Q": 0.9}})]).await;
    project
}

fn said(project: &Project, question: &str, value: Option<AnswerValue>) -> SetAnswer {
    SetAnswer {
        row: address(project, "r"),
        question: question.to_owned(),
        value,
        client_id: None,
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    }
}

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

#[tokio::test]
async fn one_answer_for_each_reviewer_and_the_mean_is_shown() {
    for store in stores().await {
        let project = reviewed(&store, "mean").await;
        let shown = |set: crate::AnswerSet| {
            let score = &set.standing.scores["Q"];
            (score.value, score.kind, score.answers, score.spread, score.reported)
        };
        let set = answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        assert_eq!(set.answer.as_ref().unwrap().reviewer, store.reviewer.actor().person);
        assert_eq!(shown(set), (0.5, ScoreKind::Human, 1, None, Some(0.9)));
        let set = answer(&store.engineer, &project, "r", "Q", number(0.1)).await.unwrap();
        assert_eq!(shown(set), (0.3, ScoreKind::Human, 2, Some((0.1, 0.5)), Some(0.9)));
        // Another answer of the same person takes the place of the first.
        let set = answer(&store.reviewer, &project, "r", "Q", number(0.2)).await.unwrap();
        assert_eq!(shown(set), (0.15, ScoreKind::Human, 2, Some((0.1, 0.2)), Some(0.9)));
        assert_eq!(store.viewer.answers(&address(&project, "r")).await.unwrap().len(), 2);
        assert_eq!(store.summary(&project).await.scores["Q"].mean(), Some(0.15));
        answer(&store.engineer, &project, "r", "Q", None).await.unwrap();
        let set = answer(&store.reviewer, &project, "r", "Q", None).await.unwrap();
        assert_eq!(set.answer, None);
        assert_eq!(shown(set), (0.9, ScoreKind::Automatic, 0, None, Some(0.9)));
        assert_eq!(store.summary(&project).await.scores["Q"].mean(), Some(0.9));
        let span = store.span(&project, "r").await;
        let activity: Vec<_> =
            span.said.activity.iter().map(|entry| (entry.action.as_str(), entry.from.as_deref(), entry.to.as_deref())).collect();
        assert_eq!(
            activity,
            [
                ("clear", Some("0.2"), None),
                ("clear", Some("0.1"), None),
                ("answer", Some("0.5"), Some("0.2")),
                ("answer", None, Some("0.1")),
                ("answer", None, Some("0.5")),
            ]
        );
    }
}

#[tokio::test]
async fn clearing_what_is_not_there_does_nothing() {
    for store in stores().await {
        let project = reviewed(&store, "nothing there").await;
        let text = Definition { kind: QuestionKind::Text { path: MetadataPath::of("reason") }, ..slider() };
        store.question(&project, "Reason", text).await;
        answer(&store.engineer, &project, "r", "Q", number(0.1)).await.unwrap();
        let before = (store.span(&project, "r").await, store.load(&project).await.as_of);
        for (question, value) in [("Q", None), ("Reason", None), ("Reason", option(" "))] {
            let set = answer(&store.reviewer, &project, "r", question, value.clone()).await.unwrap();
            assert_eq!((set.answer, set.standing.scores["Q"].value), (None, 0.1));
            let gold = SetGold {
                row: address(&project, "r"),
                question: question.to_owned(),
                value,
                reason: "why".to_owned(),
                client_id: None,
                confirm: false,
            };
            store.engineer.set_gold(gold).await.unwrap();
        }
        // Neither the activity nor anybody who follows hears of it.
        assert_eq!((store.span(&project, "r").await, store.load(&project).await.as_of), before);
    }
}

#[tokio::test]
async fn saying_again_what_stands_is_nothing() {
    for store in stores().await {
        let project = reviewed(&store, "again").await;
        store.question(&project, "Resolution", choice(&[("yes", 1.0), ("no", 0.0)])).await;
        let gold = |value: f64, reason: &str| SetGold {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value: number(value),
            reason: reason.to_owned(),
            client_id: None,
            confirm: false,
        };
        answer(&store.reviewer, &project, "r", "Q", number(0.85)).await.unwrap();
        answer(&store.reviewer, &project, "r", "Resolution", option("yes")).await.unwrap();
        store.engineer.set_gold(gold(0.8, "the policy")).await.unwrap();
        let before = (store.span(&project, "r").await, store.load(&project).await.as_of);
        let again = SetAnswer { client_id: Some("again".to_owned()), ..said(&project, "Q", number(0.85)) };
        let set = store.reviewer.set_answer(again).await.unwrap();
        assert_eq!(set.answer.unwrap().score, Some(0.85));
        answer(&store.reviewer, &project, "r", "Resolution", number(1.0)).await.unwrap();
        store.engineer.set_gold(gold(0.8, "the policy")).await.unwrap();
        // Nor is there anything to take back.
        store.reviewer.revert(Revert { edit: Edit::Command("again".to_owned()), client_id: None }).await.unwrap();
        assert_eq!((store.span(&project, "r").await, store.load(&project).await.as_of), before);

        // With a reason, by somebody else, and to what is asked otherwise by now, it is said anew.
        let reasoned = SetAnswer { reason: Some("sure".to_owned()), ..said(&project, "Q", number(0.85)) };
        store.reviewer.set_answer(reasoned).await.unwrap();
        store.engineer.set_gold(gold(0.8, "another reason")).await.unwrap();
        store.owner.set_gold(gold(0.8, "another reason")).await.unwrap();
        let asked = store.engineer.questions(&project.id).await.unwrap();
        let question = asked.iter().find(|question| question.name == "Q").unwrap();
        let definition = Definition { description: "In other words".to_owned(), ..question.definition.clone() };
        let save = SaveQuestion {
            project: project.id.clone(),
            question: Some(question.id.clone()),
            after: None,
            name: "Q".to_owned(),
            definition,
        };
        store.engineer.save_question(save).await.unwrap();
        answer(&store.reviewer, &project, "r", "Q", number(0.85)).await.unwrap();
        let said = store.span(&project, "r").await.said;
        assert_eq!(said.activity.len(), before.0.said.activity.len() + 4);
        assert_eq!(said.answers.iter().find(|answer| answer.question_name == "Q").unwrap().version, 2);
    }
}

#[tokio::test]
async fn options_are_answered_by_name_or_by_value() {
    for store in stores().await {
        let project = reviewed(&store, "options").await;
        store.question(&project, "Resolution", choice(&[("yes", 1.0), ("partly", 0.4), ("no", 0.0)])).await;
        for value in [option("partly"), number(0.4)] {
            let set = answer(&store.reviewer, &project, "r", "Resolution", value).await.unwrap();
            let stored = set.answer.unwrap();
            assert_eq!((stored.value, stored.score), (AnswerValue::Text("partly".to_owned()), Some(0.4)));
            assert_eq!(set.standing.scores["Resolution"].value, 0.4);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_and_leaves_nothing() {
    for store in stores().await {
        let project = reviewed(&store, "refused").await;
        let foreign = store.project("foreign").await;
        let foreign_question = store.question(&foreign, "Foreign", slider()).await;
        store.question(&project, "Resolution", choice(&[("yes", 1.0), ("no", 0.0)])).await;
        let archived = store.question(&project, "Old", slider()).await;
        store.engineer.delete_question(&archived.id).await.unwrap();
        let before = (store.summary(&project).await, store.span(&project, "r").await);
        let mut reasons = String::new();
        for (question, value) in [
            ("Resolution", option("maybe")),
            ("Resolution", number(0.5)),
            ("Q", option("yes")),
            ("Q", number(1.5)),
            ("Q", number(f64::NAN)),
            ("Old", number(0.5)),
            (foreign_question.id.as_str(), number(0.5)),
            ("Foreign", number(0.5)),
            ("Unknown", None),
        ] {
            let reason = refused(answer(&store.reviewer, &project, "r", question, value).await);
            reasons += &reason.replace(foreign_question.id.as_str(), "(the id of Foreign)");
            reasons += "\n";
        }
        reasons += &refused(answer(&store.reviewer, &project, "nothing", "Q", number(0.5)).await);
        reasons += "\n";
        reasons += &refused(answer(&store.viewer, &project, "r", "Q", number(0.5)).await);
        expect_test::expect![[r#"
            value: maybe is not an option of Resolution. The options are yes, no.
            value: 0.5 is not the value of an option of Resolution. The options are yes, no.
            value: Q is a slider; send a number from 0 to 1.
            value: 1.5 is not a number from 0 to 1.
            value: NaN is not a number from 0 to 1.
            question: Old is archived and takes no answers.
            There is no score named (the id of Foreign) in this project here. It may have been deleted, or the link is incomplete.
            There is no score named Foreign in this project here. It may have been deleted, or the link is incomplete.
            There is no score named Unknown in this project here. It may have been deleted, or the link is incomplete.
            There is no row nothing here. It may have been deleted, or the link is incomplete.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it."#]]
        .assert_eq(&reasons);
        assert_eq!((store.summary(&project).await, store.span(&project, "r").await), before);
    }
}

#[tokio::test]
async fn a_command_sent_a_hundred_times_runs_once() {
    for store in stores().await {
        let project = reviewed(&store, "replay").await;
        let set = |value| SetAnswer {
            row: address(&project, "r"),
            question: "Q".to_owned(),
            value: number(value),
            client_id: Some("one".to_owned()),
            reason: None,
            confirm: false,
            circumstances: Default::default(),
        };
        let comment = AddComment { row: address(&project, "r"), text: "Look".to_owned(), client_id: Some("two".to_owned()) };
        store.reviewer.set_answer(set(0.5)).await.unwrap();
        let first = store.reviewer.add_comment(comment.clone()).await.unwrap();
        let before = (store.load(&project).await, store.span(&project, "r").await);
        for _ in 0..100 {
            let replay = store.reviewer.set_answer(set(0.5)).await.unwrap();
            assert_eq!(replay.answer.unwrap().value, AnswerValue::Number(0.5));
            assert_eq!(store.reviewer.add_comment(comment.clone()).await.unwrap(), first);
        }
        assert_eq!((store.load(&project).await, store.span(&project, "r").await), before);
        // Somebody else may use the same id.
        store.engineer.set_answer(set(0.7)).await.unwrap();
        assert_eq!(store.span(&project, "r").await.said.answers.len(), 2);
    }
}

#[tokio::test]
async fn two_people_at_once_are_both_kept() {
    for store in stores().await {
        let project = reviewed(&store, "together").await;
        for round in 0..50 {
            let (one, other) = (f64::from(round) / 100.0, f64::from(round + 50) / 100.0);
            let (first, second) = tokio::join!(
                answer(&store.reviewer, &project, "r", "Q", number(one)),
                answer(&store.engineer, &project, "r", "Q", number(other)),
            );
            assert!(first.is_ok() && second.is_ok());
            let scores: Vec<_> = store.span(&project, "r").await.said.answers.into_iter().map(|answer| answer.score).collect();
            assert_eq!(scores.len(), 2);
            assert!(scores.contains(&Some(one)) && scores.contains(&Some(other)), "{scores:?}");
        }
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
    }
}

#[tokio::test]
async fn comments_are_checked() {
    for store in stores().await {
        let project = reviewed(&store, "comments").await;
        let comment = |text: &str| AddComment { row: address(&project, "r"), text: text.to_owned(), client_id: None };
        for text in ["", " \n", &"x".repeat(100_001)] {
            assert!(matches!(store.reviewer.add_comment(comment(text)).await.unwrap_err().problem(), Some(Problem::Invalid { .. })));
        }
        assert!(matches!(store.viewer.add_comment(comment("x")).await.unwrap_err().problem(), Some(Problem::Forbidden { .. })));
        let added = store.reviewer.add_comment(comment(" a\0b **c** ")).await.unwrap();
        assert_eq!((added.text.as_str(), added.author), ("a\u{fffd}b **c**", Some(store.reviewer.actor().person.clone())));
        assert!(added.html.as_str().contains("<strong>c</strong>"), "{:?}", added.html);
        assert_eq!(store.list(&project, "comments is not null").await.len(), 1);
    }
}

fn save(project: &Project, question: Option<&QuestionId>, name: &str, description: &str) -> SaveQuestion {
    let definition = shared::questions::Definition { description: description.to_owned(), ..slider() };
    SaveQuestion { project: project.id.clone(), question: question.cloned(), after: None, name: name.to_owned(), definition }
}

#[tokio::test]
async fn questions_have_versions_an_order_and_a_name_that_stays() {
    for store in stores().await {
        let project = reviewed(&store, "questions").await;
        let question = store.viewer.questions(&project.id).await.unwrap().remove(0);
        // Before the first answer the name may change; nothing changed makes no version.
        let renamed = store.engineer.save_question(save(&project, Some(&question.id), "Quality", "")).await.unwrap();
        assert_eq!((renamed.version, renamed.name.as_str()), (2, "Quality"));
        assert_eq!(store.engineer.save_question(save(&project, Some(&question.id), "Quality", "")).await.unwrap(), renamed);
        answer(&store.reviewer, &project, "r", "Quality", number(1.0)).await.unwrap();
        let reason = refused(store.engineer.save_question(save(&project, Some(&question.id), "Other", "")).await);
        assert!(reason.contains("fixed after the first answer"), "{reason}");
        // Nor when nothing is left of it: the activity tells of it under this name.
        answer(&store.reviewer, &project, "r", "Quality", None).await.unwrap();
        let reason = refused(store.engineer.save_question(save(&project, Some(&question.id), "Other", "")).await);
        assert!(reason.contains("fixed after the first answer"), "{reason}");
        answer(&store.reviewer, &project, "r", "Quality", number(1.0)).await.unwrap();
        let edited = store.engineer.save_question(save(&project, Some(&question.id), "Quality", "Think")).await.unwrap();
        assert_eq!((edited.version, edited.answers), (3, vec![(2, 1)]));
        assert_eq!(store.span(&project, "r").await.said.answers[0].version, 2);
        answer(&store.engineer, &project, "r", "Quality", number(0.0)).await.unwrap();
        assert_eq!(store.viewer.question(&question.id).await.unwrap().answers, [(2, 1), (3, 1)]);
        let reason = refused(store.engineer.save_question(save(&project, None, "Quality", "")).await);
        assert!(reason.contains("already a question whose name looks the same"), "{reason}");
        let second = store.question(&project, "Second", slider()).await;
        let third = store.question(&project, "Third", slider()).await;
        let order = vec![third.id.clone(), question.id.clone(), second.id.clone()];
        let command = OrderQuestions { project: project.id.clone(), questions: order.clone() };
        let ordered = store.engineer.order_questions(command).await.unwrap();
        assert_eq!(ordered.into_iter().map(|question| question.id).collect::<Vec<_>>(), order);
        let foreign = store.project("foreign").await;
        let foreign_question = store.question(&foreign, "Quality", slider()).await;
        let command = OrderQuestions { project: project.id.clone(), questions: vec![second.id.clone(), foreign_question.id.clone()] };
        assert!(store.engineer.order_questions(command).await.is_err());
        assert_eq!(store.viewer.questions(&project.id).await.unwrap()[2].id, second.id, "half an order was kept");
        assert!(store.engineer.save_question(save(&project, Some(&foreign_question.id), "Stolen", "")).await.is_err());
        // An archived question keeps its answers and can come back.
        store.engineer.delete_question(&question.id).await.unwrap();
        assert_eq!(store.summary(&project).await.scores["Quality"].mean(), Some(0.5));
        let back = ArchiveQuestion { question: question.id.clone(), archived: false };
        assert!(!store.engineer.archive_question(back).await.unwrap().archived);
        // Not to a place that has been given away meanwhile, or that lies inside another.
        let text = |path| Definition { kind: QuestionKind::Text { path: MetadataPath::of(path) }, ..Definition::default() };
        let reason = store.question(&project, "Reason", text("review.reason")).await;
        for (name, path) in [("Same", "review.reason"), ("Around", "review"), ("Inside", "review.reason.more")] {
            let command = SaveQuestion { definition: text(path), ..save(&project, None, name, "") };
            let refused = store.engineer.save_question(command).await.unwrap_err().to_string();
            assert_eq!(refused, "Metadata path: Reason is written there already. Choose another place.");
        }
        store.engineer.delete_question(&reason.id).await.unwrap();
        store.question(&project, "Remark", text("review")).await;
        let back = ArchiveQuestion { question: reason.id.clone(), archived: false };
        let refused = store.engineer.archive_question(back).await.unwrap_err().to_string();
        assert_eq!(refused, "Metadata path: Remark is written there already. Choose another place.");
        for desk in [&store.reviewer, &store.viewer] {
            assert!(desk.save_question(save(&project, None, "Mine", "")).await.is_err());
            assert!(desk.delete_question(&question.id).await.is_err());
        }
    }
}

#[tokio::test]
async fn the_dialog_for_a_question_knows_people_and_scores() {
    for store in stores().await {
        let project = reviewed(&store, "setting").await;
        store.send(&project, &[json!({"id": "scored", "scores": {"Factuality": 0.5}})]).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.7)).await.unwrap();
        let setting = store.engineer.question_setting(&project.id).await.unwrap();
        assert_eq!(setting.scores, ["Factuality", "Q"]);
        assert!(setting.people.contains(&store.viewer.actor().person));
        let other = store.project("other setting").await;
        assert!(store.engineer.question_setting(&other.id).await.unwrap().scores.is_empty());
        assert!(store.reviewer.question_setting(&project.id).await.is_err());

        let html = "<p dir=\"auto\">Be <strong>fair</strong>.&lt;script&gt;</p>\n";
        assert_eq!(store.engineer.preview_description("Be **fair**.<script>").unwrap().as_str(), html);
        assert!(store.reviewer.preview_description("x").is_err());
        store.engineer.save_question(save(&project, None, "Described", "Be **fair**.<script>")).await.unwrap();
        assert_eq!(store.viewer.questions(&project.id).await.unwrap().pop().unwrap().description_html.as_str(), html);
    }
}

#[tokio::test]
async fn projects_are_renamed_deleted_and_their_names_free_again() {
    for store in stores().await {
        let create = |desk: &Desk, name: &str| {
            let (desk, name) = (desk.clone(), name.to_owned());
            async move { desk.create_project(CreateProject { name }).await }
        };
        let (first, existed) = create(&store.engineer, " shop ").await.unwrap();
        assert_eq!((first.name.as_str(), existed), ("shop", false));
        assert_eq!(create(&store.owner, "shop").await.unwrap(), (first.clone(), true));
        assert_eq!(store.engineer.register_project("shop").await.unwrap(), (first.clone(), true));
        assert!(create(&store.reviewer, "shop").await.is_err());
        assert!(create(&store.engineer, "a\nb").await.is_err());
        let (other, _) = create(&store.engineer, "other").await.unwrap();
        let taken = RenameProject { project: other.id.clone(), name: "shop".to_owned() };
        assert!(refused(store.engineer.rename_project(taken).await).contains("has this name already"));
        let renamed = store.engineer.rename_project(RenameProject { project: first.id.clone(), name: "store".to_owned() }).await.unwrap();
        assert_eq!((renamed.id, renamed.name.as_str()), (first.id.clone(), "store"));
        assert!(store.viewer.project_by_name("shop").await.is_err());
        store.send(&first, &[json!({"id": "r"})]).await;
        assert!(store.engineer.delete_project(DeleteProject { project: first.id.clone() }).await.is_err());
        store.owner.delete_project(DeleteProject { project: first.id.clone() }).await.unwrap();
        assert!(store.viewer.project(&first.id).await.is_err());
        assert!(store.viewer.summary(&first.logs(), "").await.is_err());
        assert!(store.engineer.rename_project(RenameProject { project: first.id.clone(), name: "x".to_owned() }).await.is_err());
        let ingested = store.engineer.ingest(super::sending::raws(&[json!({"id": "r"})]), Some(first.logs())).await.unwrap();
        assert_eq!(ingested.rejected.len(), 1);
        let (again, existed) = create(&store.engineer, "store").await.unwrap();
        assert!(again.id != first.id && !existed);
        let names: Vec<_> =
            store.viewer.projects().await.unwrap().into_iter().map(|summary| (summary.project.name, summary.traces)).collect();
        assert_eq!(names, [("other".to_owned(), 0), ("store".to_owned(), 0)]);
        // Ten that ask for the same name at once get the same project.
        let made = futures::future::join_all((0..10).map(|_| create(&store.engineer, "race"))).await;
        let ids: std::collections::BTreeSet<_> = made.into_iter().map(|made| made.unwrap().0.id).collect();
        assert_eq!(ids.len(), 1);
    }
}
