//! Clocks that are wrong: what was said is in the order in which it was said, and reading an earlier version tells what was there then.
//! (PostgreSQL's own clock counts for all processes, so that theirs matter on SQLite only.)

use super::sending::{address, number, raws, slider};
use super::{TestStore, stores};
use crate::{Desk, LiveEvents, RowSearch};
use serde_json::{Value, json};
use shared::answers::{Circumstances, SetAnswer};
use shared::audit::{Edit, Revert};
use shared::commands::Command;
use shared::comments::AddComment;
use shared::projects::Project;
use shared::{Micros, TransactionId};

const MINUTE: Micros = 60_000_000;

/// What somebody does at a desk, and how far the clock of its process is behind by then.
type Turn = (usize, Micros);

async fn fetch(store: &TestStore, project: &Project, version: Option<TransactionId>) -> Value {
    let rows = store.engineer.search_rows(RowSearch { version, ..RowSearch::of(project.logs()) }).await.unwrap().values();
    let keys = ["_xact_id", "output", "scores"];
    rows.iter().map(|row| keys.map(|key| (key.to_owned(), row[key].clone())).into_iter().collect::<Value>()).collect()
}

/// People answer, comment and send at desks of several processes, turn by turn.
async fn order_holds(store: &TestStore, desks: &[Desk], turns: &[Turn]) {
    let project = store.project("clocks").await;
    store.question(&project, "Q", slider()).await;
    store.send(&project, &[json!({"id": "r"})]).await;
    let (_, head) = store.engineer.summary(&project.logs(), "").await.unwrap();
    let mut follower = store.viewer.follow(&project.id, head).await.unwrap();
    let mut then = Vec::new();
    for (place, (desk, behind)) in turns.iter().enumerate() {
        let desk = &desks[*desk];
        desk.store.inner.writer.set_back(*behind);
        let row = address(&project, "r");
        let value = number(place as f64 / 100.0);
        let (question, client_id) = ("Q".to_owned(), Some(format!("said {place}")));
        let set = SetAnswer {
            row: row.clone(),
            question,
            value,
            client_id,
            reason: None,
            confirm: false,
            circumstances: Circumstances::default(),
        };
        desk.run(Command::SetAnswer(set)).await.unwrap();
        desk.add_comment(AddComment { row, text: format!("{place}"), client_id: None }).await.unwrap();
        let rows = raws(&[json!({"id": "r", "_is_merge": true, "output": place})]);
        let sent = desk.ingest(rows, Some(project.logs())).await.unwrap().transaction.parse::<i64>().unwrap();
        let version = desk.last_transaction().await.unwrap();
        assert!(version.0 >= sent, "what was acknowledged belongs to the version that is told afterwards");
        then.push((version, fetch(store, &project, None).await));
    }
    // What was read then is read now as of that version, and each version is later than the one before it.
    assert!(then.windows(2).all(|two| two[0].0 < two[1].0), "{then:?}");
    for (version, rows) in &then {
        assert_eq!(fetch(store, &project, Some(*version)).await, *rows, "as of {version}");
    }
    let span = store.span(&project, "r").await;
    let comments: Vec<_> = span.said.comments.iter().map(|comment| comment.text.clone()).collect();
    assert_eq!(comments, (0..turns.len()).map(|place| place.to_string()).collect::<Vec<_>>());
    let said: Vec<_> = span.said.activity.iter().rev().filter(|entry| entry.path.to_string() == "scores.Q").collect();
    assert!(said.windows(2).all(|two| two[0].to == two[1].from), "each tells what it replaced");
    // Every page is told of each in order, whichever process it came through.
    let mut last = head;
    while last < store.engineer.summary(&project.logs(), "").await.unwrap().1 {
        let Some(LiveEvents::Event(event)) = follower.next().await else { panic!("no event") };
        assert_eq!(event.sequence, last + 1);
        last = event.sequence;
    }
    // The last answer is taken back at another desk than where it was given.
    let (edit, client_id) = (Edit::Command(format!("said {}", turns.len() - 1)), Some("back".to_owned()));
    desks[0].run(Command::Revert(Revert { edit, client_id })).await.unwrap();
    let answers = store.span(&project, "r").await.said.answers;
    assert_eq!(answers[0].score, Some((turns.len() - 2) as f64 / 100.0));
    store.verified().await;
}

#[tokio::test]
async fn a_clock_that_goes_back_an_hour_while_people_answer_changes_no_order() {
    for store in stores().await {
        let turns = [0, 0, 60 * MINUTE, 60 * MINUTE, 59 * MINUTE, 0, 0].map(|behind| (0, behind));
        order_holds(&store, std::slice::from_ref(&store.engineer), &turns).await;
    }
}

#[tokio::test]
async fn two_servers_whose_clocks_differ_by_a_minute_keep_one_order() {
    for store in stores().await {
        let other = store.place.open().await;
        let desks = [store.engineer.clone(), other.console_desk("engineer@example.com").await.unwrap()];
        let turns = [0, 1, 0, 1, 1, 0, 1].map(|desk| (desk, if desk == 1 { MINUTE } else { 0 }));
        order_holds(&store, &desks, &turns).await;
        other.close().await;
    }
}
