//! Projects write beside each other: what one does holds up no other for long, and within each the order of commits is the order of ids.

use super::sending::{address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::ground::database::{STATEMENTS, all, one, run, values};
use crate::{Desk, Error, RowSearch, Store};
use futures::future::join_all;
use rand::Rng as _;
use sea_orm::{Database, DatabaseConnection, DbBackend, FromQueryResult, SqliteTransactionMode, TransactionOptions, TransactionTrait as _};
use serde_json::json;
use shared::answers::{AnswerValue, SetAnswer};
use shared::comments::AddComment;
use shared::live::LiveChange;
use shared::projects::{CreateProject, Project};
use shared::tags::ChangeTags;
use std::time::Duration;

/// A second process on the same database, with the same people.
async fn second(store: &TestStore) -> (Store, Desk) {
    let other = store.place.open().await;
    let desk = other.console_desk("engineer@example.com").await.unwrap();
    (other, desk)
}

fn is_postgres(store: &TestStore) -> bool {
    store.store.readers().get_database_backend() == DbBackend::Postgres
}

/// A connection of somebody else.
async fn stranger(store: &TestStore) -> DatabaseConnection {
    Database::connect(store.place.url()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_and_many_projects_write_beside_each_other() {
    #[derive(FromQueryResult)]
    struct Row {
        first_transaction: i64,
        last_transaction: i64,
    }
    for store in stores().await {
        let (other, desk) = second(&store).await;
        let projects: Vec<Project> = join_all((0..50).map(async |number| store.project(&format!("p{number}")).await)).await;
        let asked = projects.iter().map(async |project| {
            store.question(project, "Q", slider()).await;
            store.send(project, &[json!({"id": "said"})]).await;
        });
        join_all(asked).await;
        let send = async |desk: &Desk, count: usize| {
            let project = &projects[count % projects.len()];
            let (row, said) = (format!("r{}", rand::rng().random_range(0..5)), address(project, "said"));
            match rand::rng().random_range(0..9) {
                0 => drop(desk.ingest(raws(&[json!({"id": row, "input": count})]), Some(project.logs())).await.unwrap()),
                1 => drop(
                    desk.ingest(raws(&[json!({"id": row, "_is_merge": true, "scores": {"Q": 0.5}})]), Some(project.logs())).await.unwrap(),
                ),
                2 => {
                    // One batch for two projects.
                    let next = &projects[(count + 1) % projects.len()];
                    let rows = [(project, "x"), (next, "y")].map(|(of, id)| json!({"id": id, "log_id": "g", "project_id": of.id}));
                    let sent = desk.ingest(raws(&rows), None).await.unwrap();
                    assert!(sent.rejected.is_empty(), "{:?}", sent.rejected);
                }
                3 => drop(answer(desk, project, "said", "Q", number(0.25)).await.unwrap()),
                4 => drop(desk.add_comment(AddComment { row: said, text: row, client_id: None }).await.unwrap()),
                5 => {
                    let tags = ChangeTags { row: said, add: vec![row], remove: Vec::new(), client_id: None };
                    desk.change_tags(tags).await.unwrap();
                }
                6 => assert_eq!(desk.feedback(&project.logs(), vec![json!({"id": row, "comment": "Thanks"})]).await.unwrap().rejected, []),
                // What belongs to no project may come to touch any.
                7 => drop(desk.create_project(CreateProject { name: format!("more {count}") }).await.unwrap()),
                _ => drop(
                    desk.register_object(shared::objects::RegisterObject {
                        kind: shared::objects::ObjectKind::Dataset,
                        project: project.id.clone(),
                        name: Some(row),
                        if_taken: shared::objects::IfTaken::Open,
                        details: serde_json::Map::new(),
                    })
                    .await
                    .unwrap(),
                ),
            }
        };
        let sent = (0..300).map(|number| send(if number % 2 == 0 { &store.engineer } else { &desk }, number / 2));
        join_all(sent).await;
        for project in &projects {
            let text = "SELECT first_transaction, last_transaction FROM links WHERE project = (SELECT short FROM projects WHERE id = ?) ORDER BY sequence";
            let links = all::<Row>(store.store.readers(), text, values![project.id.as_str()]).await.unwrap();
            assert!(links.windows(2).all(|two| two[0].last_transaction < two[1].first_transaction));
        }
        store.verified().await;
        other.close().await;
    }
}

#[tokio::test]
async fn who_holds_one_project_holds_up_no_other() {
    for store in stores().await {
        if !is_postgres(&store) {
            continue;
        }
        let (held, free) = (store.project("held").await, store.project("free").await);
        store.question(&free, "Q", slider()).await;
        let (other, desk) = second(&store).await;
        let connection = stranger(&store).await;
        let transaction = connection.begin().await.unwrap();
        run(&transaction, "UPDATE projects SET event = event WHERE id = ?", values![held.id.as_str()]).await.unwrap();
        let wait = async |desk: &Desk| desk.ingest(raws(&[json!({"id": "r"})]), Some(held.logs())).await;
        let pass = async |desk: &Desk, name: &str| {
            for place in 0..5 {
                let row = format!("{name}{place}");
                desk.ingest(raws(&[json!({"id": row})]), Some(free.logs())).await.unwrap();
                answer(desk, &free, &row, "Q", number(0.5)).await.unwrap();
            }
        };
        // In both processes: the lock is held from before the first of these to after the last.
        let (here, there, (), ()) = futures::join!(wait(&store.engineer), wait(&desk), pass(&store.engineer, "here"), pass(&desk, "there"));
        for waited in [here, there] {
            assert!(waited.unwrap_err().is_passing());
        }
        transaction.rollback().await.unwrap();
        assert_eq!(store.summary(&free).await.spans, 10);
        wait(&store.engineer).await.unwrap();
        store.verified().await;
        other.close().await;
    }
}

#[tokio::test]
async fn who_stands_still_in_a_transaction_loses_it() {
    for store in stores().await {
        if !is_postgres(&store) {
            continue;
        }
        let project = store.project("frozen").await;
        let (other, desk) = second(&store).await;
        let frozen = store.store.write_in(&project.id, |change| {
            Box::pin(async move {
                run(&change.transaction, "UPDATE spans SET name = name", values![]).await?;
                tokio::time::sleep(Duration::from_secs(7)).await;
                Ok(())
            })
        });
        let sent = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            desk.ingest(raws(&[json!({"id": "r"})]), Some(project.logs())).await
        };
        let (frozen, sent) = futures::join!(frozen, sent);
        assert_eq!(sent.unwrap().rejected, []);
        let error = frozen.unwrap_err();
        assert!(matches!(error, Error::Away(_)) && error.is_passing(), "{error:?}");
        store.verified().await;
        other.close().await;
    }
}

#[tokio::test]
async fn a_store_that_cannot_commit_is_not_ready() {
    for store in stores().await {
        store.store.ready().await.unwrap();
        // Whoever is frozen in the middle of writing holds what every command of the installation begins with.
        let connection = stranger(&store).await;
        let at_once =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
        let frozen = connection.begin_with_options(at_once).await.unwrap();
        run(&frozen, "UPDATE settings SET value = value WHERE name = 'organization_id'", values![]).await.unwrap();
        let error = store.store.ready().await.unwrap_err();
        assert!(matches!(error, Error::Away(_)) && error.is_passing(), "{error:?}");
        frozen.rollback().await.unwrap();
        store.store.ready().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_read_as_of_a_version_stays_though_another_clock_is_behind() {
    for store in stores().await {
        let (one, two) = (store.project("one").await, store.project("two").await);
        store.send(&two, &[json!({"id": "before"})]).await;
        store.send(&one, &[json!({"id": "r"})]).await;
        let (other, desk) = second(&store).await;
        other.inner.writer.set_back(3_600_000_000);
        let version = store.viewer.last_transaction().await.unwrap();
        let read = async || {
            let search = RowSearch { version: Some(version), ..RowSearch::of(two.logs()) };
            store.viewer.search_rows(search).await.unwrap().rows.len()
        };
        assert_eq!(read().await, 1);
        let sent = desk.ingest(raws(&[json!({"id": "after"})]), Some(two.logs())).await.unwrap();
        assert!(sent.transaction.parse::<i64>().unwrap() > version.0);
        assert_eq!(read().await, 1);
        other.close().await;
    }
}

#[tokio::test]
async fn an_answer_costs_few_statements() {
    for store in stores().await {
        let project = store.project("few").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r"})]).await;
        let mut writing = Vec::new();
        for value in [0.25, 0.75] {
            let row = address(&project, "r");
            let command = SetAnswer {
                row,
                question: "Q".to_owned(),
                value: Some(AnswerValue::Number(value)),
                client_id: Some(format!("c{value}")),
                reason: None,
                confirm: false,
                circumstances: Default::default(),
            };
            STATEMENTS.with_borrow_mut(Vec::clear);
            store.reviewer.run(shared::commands::Command::SetAnswer(command)).await.unwrap();
            // The process looks at others every second.
            let looks = ["SELECT id, event FROM projects", "SELECT value FROM settings"];
            writing = STATEMENTS.take();
            writing.retain(|(text, _)| !looks.iter().any(|look| text.starts_with(look)));
        }
        // Where the project stands; the place, the question and what was said before; the scores of the trace; what is written; the
        // roll-ups; and what the group leaves behind: roll-ups, counts, events, links and where the project stands now.
        let mut read = vec!["AS largest", "AS q_id", "FROM span_scores", "INTO activity", "FROM rollups", "INTO rollups"];
        if !is_postgres(&store) {
            // It locks by beginning, and tells the scores of the trace with the place.
            read.swap(0, 1);
            read.remove(2);
        }
        assert_eq!(writing.len(), read.len(), "{writing:#?}");
        for ((text, _), part) in writing.iter().zip(read) {
            assert!(text.contains(part), "{text} has no {part}");
        }
        // SQLite takes together what is no one statement for it.
        let statements: usize = writing.iter().map(|(text, _)| text.split("; ").count()).sum();
        assert!(statements <= if is_postgres(&store) { 6 } else { 17 }, "{statements}: {writing:#?}");
    }
}

#[tokio::test]
async fn what_is_refused_among_others_takes_nothing_of_theirs() {
    for store in stores().await {
        let project = store.project("among others").await;
        store.question(&project, "Q", slider()).await;
        store.send(&project, &[json!({"id": "r"}), json!({"id": "s"})]).await;
        for round in 0..5 {
            // Refused at once, after the row was found, and where the row is not there.
            let said = [("r", 0.25), ("r", 1.5), ("nowhere", 0.5), ("s", 0.75), ("s", -1.0), ("r", 0.5), ("nowhere", 0.5)];
            let answers = said.map(|(row, value)| answer(&store.reviewer, &project, row, "Q", number(value + f64::from(round) / 100.0)));
            let told = futures::future::join_all(answers).await;
            let taken: Vec<_> = told.iter().map(Result::is_ok).collect();
            assert_eq!(taken, [true, false, false, true, false, true, false]);
            let scores = [("r", 0.5), ("s", 0.75)];
            for (row, score) in scores {
                let answers = store.span(&project, row).await.said.answers;
                assert_eq!(answers.len(), 1);
                assert!((answers[0].score.unwrap() - score - f64::from(round) / 100.0).abs() < 1e-9);
            }
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn what_touches_thousands_of_spans_is_told_as_one_word() {
    for store in stores().await {
        let project = store.project("many").await;
        let mut followed = store.viewer.follow(&project.id, 0).await.unwrap();
        let rows: Vec<_> =
            (0..4_000).map(|number| json!({"id": format!("r{number}"), "span_id": format!("s{number}"), "root_span_id": "root"})).collect();
        store.send(&project, &rows).await;
        let Some(crate::LiveEvents::Event(event)) = followed.next().await else { panic!("no event") };
        assert_eq!(event.event.change, LiveChange::Resync);
        #[derive(FromQueryResult)]
        struct Row {
            largest: i64,
        }
        let text = "SELECT CAST(MAX(LENGTH(body)) AS BIGINT) AS largest FROM events";
        let largest = one::<Row>(store.store.readers(), text, values![]).await.unwrap().unwrap().largest;
        assert!(largest < 100_001, "{largest}");
    }
}
