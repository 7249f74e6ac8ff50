//! Closing and opening again, and two processes at one database.

use super::sending::{address, answer, load, number, raws, slider};
use super::{empty_stores, stores};
use crate::{Desk, Error, LiveEvents};
use serde_json::json;
use shared::comments::AddComment;

#[tokio::test]
async fn everything_is_there_after_a_restart_and_numbers_go_on() {
    for store in stores().await {
        let project = store.project("restart").await;
        store.question(&project, "Q", slider()).await;
        let first = store.send(&project, &[json!({"id": "r", "scores": {"Q": 0.5}, "tags": ["a"]})]).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.25)).await.unwrap();
        store.reviewer.add_comment(AddComment { row: address(&project, "r"), text: "see".to_owned(), client_id: None }).await.unwrap();
        let before = (store.load(&project).await, store.span(&project, "r").await);
        store.store.close().await;
        let refused = store.engineer.ingest(raws(&[json!({"id": "late"})]), Some(project.logs())).await;
        assert!(matches!(refused, Err(Error::Closing)), "{refused:?}");

        let again = store.place.open().await;
        assert_eq!(again.organization_id(), store.store.organization_id());
        let desk = Desk::new(again.clone(), store.engineer.actor().clone());
        assert_eq!(load(&desk, &project.logs()).await, before.0);
        let mut subscription = desk.follow(&project.id, before.0.as_of).await.unwrap();
        let second = desk.ingest(raws(&[json!({"id": "new"})]), Some(project.logs())).await.unwrap();
        assert!(second.transaction > first.transaction);
        let Some(LiveEvents::Event(event)) = subscription.next().await else { panic!("no event") };
        assert_eq!(event.sequence, before.0.as_of + 1);
        let rows = load(&desk, &project.logs()).await.rows;
        assert!(rows[0].key > rows[1].key);
        assert_eq!(store.span(&project, "r").await, before.1);
        again.close().await;
    }
}

#[tokio::test]
async fn what_is_queued_is_written_before_closing() {
    for store in stores().await {
        let project = store.project("queue").await;
        let sent: Vec<_> = (0..200)
            .map(|number| {
                let (desk, object) = (store.engineer.clone(), project.logs());
                tokio::spawn(async move { desk.ingest(raws(&[json!({"id": format!("r{number}")})]), Some(object)).await })
            })
            .collect();
        tokio::task::yield_now().await;
        store.store.close().await;
        let mut kept = 0;
        for task in sent {
            match task.await.unwrap() {
                Ok(_) => kept += 1,
                Err(error) => assert!(matches!(error, Error::Closing), "{error}"),
            }
        }
        assert_eq!(store.summary(&project).await.spans, kept, "what was confirmed is there, and nothing else");
    }
}

#[tokio::test]
async fn a_second_process_writes_too() {
    for store in stores().await {
        let project = store.project("two").await;
        store.question(&project, "Q", slider()).await;
        let second = store.place.open().await;
        let desk = Desk::new(second.clone(), store.owner.actor().clone());
        let send = |desk: Desk, name: &'static str| {
            let object = project.logs();
            async move {
                for number in 0..40 {
                    let row = json!({"id": format!("{name}{number}"), "scores": {"Q": 0.5}});
                    let shared = json!({"id": format!("both{number}"), "scores": {"Q": 0.25}, name: number});
                    assert_eq!(desk.ingest(raws(&[row, shared]), Some(object.clone())).await.unwrap().rejected, []);
                }
            }
        };
        tokio::join!(send(store.engineer.clone(), "input"), send(desk.clone(), "output"));
        let summary = store.summary(&project).await;
        assert_eq!((summary.spans, summary.scores["Q"].count), (120, 120));
        assert_eq!(summary, store.recount(&project).await);
        assert_eq!(load(&desk, &project.logs()).await, store.load(&project).await);
        // A follower here is told of what is written there, in order with what is written here.
        let as_of = store.load(&project).await.as_of;
        let mut subscription = store.viewer.follow(&project.id, as_of).await.unwrap();
        desk.ingest(raws(&[json!({"id": "there"})]), Some(project.logs())).await.unwrap();
        store.send(&project, &[json!({"id": "here"})]).await;
        desk.ingest(raws(&[json!({"id": "there again"})]), Some(project.logs())).await.unwrap();
        for sequence in as_of + 1..=as_of + 3 {
            let Some(LiveEvents::Event(event)) = subscription.next().await else { panic!("no event") };
            assert_eq!(event.sequence, sequence);
        }
        store.verified().await;
        second.close().await;
    }
}

#[tokio::test]
async fn the_same_place_is_opened_by_many_at_once() {
    for (store, place) in empty_stores().await {
        let opened = futures::future::join_all((0..4).map(|_| place.open())).await;
        assert!(opened.iter().all(|other| other.organization_id() == store.organization_id()));
    }
}
