//! A review list as a board, what of it is shown, and how fast it gets done.

use super::{complete, flag, refused, stores};
use crate::Desk;
use crate::ground::database::{run, values};
use crate::tests::sending::{address, slider};
use serde_json::json;
use shared::objects::ObjectKind;
use shared::projects::{ChangeSettings, Project};
use shared::reviews::{
    AskPace, AssignReview, CompleteReview, ItemCounts, ItemsShown, ListDefinition, ListPace, OpenReviews, ReviewStatus, ReviewsView,
    SetReviewStatus,
};
use shared::{Micros, ReviewListId};

const MINUTE: Micros = 60_000_000;

fn board(project: &Project) -> OpenReviews {
    OpenReviews { board: Some([25; 3]), shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) }
}

/// Each column as its count and its rows.
fn columns(view: &ReviewsView) -> Vec<String> {
    let column = |column: &shared::reviews::BoardColumn| {
        let rows: Vec<&str> = column.items.iter().map(|item| item.row.id.as_str()).collect();
        format!("{} {}: {}", column.status.as_str(), column.count, rows.join(" "))
    };
    view.columns.iter().map(column).collect()
}

fn set(project: &Project, row: &str, status: ReviewStatus) -> SetReviewStatus {
    SetReviewStatus { row: address(project, row), list: None, status, client_id: None }
}

#[tokio::test]
async fn a_board_shows_each_item_in_the_column_of_its_status() {
    for store in stores().await {
        let rows = ["a", "b", "c", "d", "e"];
        let project = store.with_rows("board", &rows).await;
        let list = store.list_of(&project, "Twice", ListDefinition { needed: Some(2), ..ListDefinition::default() }).await;
        for row in rows {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let of_list = || OpenReviews { list: Some(list.id.clone()), ..board(&project) };
        let seen = async |query| columns(&store.viewer.open_reviews(query).await.unwrap());
        assert_eq!(seen(of_list()).await, ["backlog 5: e d c b a", "in_review 0: ", "complete 0: "]);
        let of = |status| SetReviewStatus { list: Some(list.id.clone()), ..set(&project, "", status) };
        let moved = async |desk: &Desk, row: &str, status| {
            desk.set_review_status(SetReviewStatus { row: address(&project, row), ..of(status) }).await
        };
        // Taken in hand, let go again, and completed by one of two.
        moved(&store.reviewer, "a", ReviewStatus::InReview).await.unwrap();
        moved(&store.reviewer, "b", ReviewStatus::InReview).await.unwrap();
        moved(&store.reviewer, "b", ReviewStatus::Backlog).await.unwrap();
        let done = |row: &str| CompleteReview { list: Some(list.id.clone()), ..complete(&project, row) };
        store.reviewer.complete_review(done("c")).await.unwrap();
        store.reviewer.complete_review(done("d")).await.unwrap();
        store.engineer.complete_review(done("d")).await.unwrap();
        assert_eq!(seen(of_list()).await, ["backlog 2: e b", "in_review 2: c a", "complete 1: d"]);
        assert_eq!(
            seen(OpenReviews { board: Some([1, 0, 9_999]), ..of_list() }).await,
            ["backlog 2: e", "in_review 2: c", "complete 1: d"]
        );
        let view = store.viewer.open_reviews(of_list()).await.unwrap();
        assert_eq!((view.counts, view.items.len()), (ItemCounts { all: [2, 2, 1], mine: [0; 3] }, 0));
        // What is complete is opened again by who takes it, or by who puts it back.
        moved(&store.reviewer, "d", ReviewStatus::Backlog).await.unwrap();
        assert_eq!(seen(of_list()).await, ["backlog 3: e d b", "in_review 2: c a", "complete 0: "]);
        let refusal = refused(moved(&store.viewer, "e", ReviewStatus::InReview).await);
        assert!(refusal.starts_with("You may not answer"), "{refusal}");
        // What was in hand is in the backlog again when the time is over, without anybody doing anything.
        let over = store.store.write_in(&project.id, move |change| {
            Box::pin(async move { run(&change.transaction, "UPDATE review_claims SET until = ?", values![change.now - 1]).await })
        });
        over.await.unwrap();
        assert_eq!(seen(of_list()).await, ["backlog 4: e d b a", "in_review 1: c", "complete 0: "]);
    }
}

#[tokio::test]
async fn what_is_shown_of_a_list_is_narrowed() {
    for store in stores().await {
        let project = store.with_rows("narrowed", &["a", "b"]).await;
        for row in ["a", "b"] {
            store.engineer.flag_row(flag(&project, row, &[])).await.unwrap();
        }
        let add = vec![store.reviewer.actor().person.id.clone()];
        let mine = AssignReview { row: address(&project, "b"), list: None, add, remove: vec![], only: false, client_id: None };
        store.engineer.assign_review(mine).await.unwrap();
        let seen = async |query| {
            let view = store.reviewer.open_reviews(query).await.unwrap();
            (columns(&view)[0].clone(), view.counts.all[0], view.counts.mine[0])
        };
        let all = ("backlog 2: b a".to_owned(), 2, 1);
        assert_eq!(seen(board(&project)).await, all);
        assert_eq!(seen(OpenReviews { shown: ItemsShown::Mine, ..board(&project) }).await, ("backlog 1: b".to_owned(), 2, 1));
        assert_eq!(seen(OpenReviews { kind: Some(ObjectKind::ProjectLogs), ..board(&project) }).await, all);
        let none = ("backlog 0: ".to_owned(), 0, 0);
        assert_eq!(seen(OpenReviews { kind: Some(ObjectKind::Dataset), ..board(&project) }).await, none);
        assert_eq!(seen(OpenReviews { range: "1h".to_owned(), ..board(&project) }).await, all);
        assert_eq!(seen(OpenReviews { range: "2020-01-01/2020-02-01".to_owned(), ..board(&project) }).await, none);
        let listed = OpenReviews { kind: Some(ObjectKind::Experiment), board: None, ..board(&project) };
        assert!(store.reviewer.open_reviews(listed).await.unwrap().items.is_empty());
        let wrong = OpenReviews { range: "soon".to_owned(), ..board(&project) };
        assert!(refused(store.reviewer.open_reviews(wrong).await).starts_with("range: Write hours or days"));
    }
}

async fn pace(desk: &Desk, project: &Project, list: Option<&ReviewListId>, day: Micros) -> ListPace {
    desk.review_pace(AskPace { project: project.id.clone(), list: list.cloned(), day }).await.unwrap()
}

#[tokio::test]
async fn a_list_says_how_fast_it_gets_done_to_whom_it_may() {
    for store in stores().await {
        let rows: Vec<String> = (0..24).map(|number| format!("r{number}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let project = store.with_rows("pace", &rows).await;
        let other = store.project("other").await;
        let anna = store.member("anna").await;
        for row in &rows {
            store.engineer.flag_row(flag(&project, row, &[])).await.unwrap();
        }
        let empty = pace(&store.engineer, &project, None, 0).await;
        assert_eq!(empty, ListPace { mine: 0, team: Some(0), left: 24, estimate: None, reviewers: vec![] });
        for (place, row) in rows.iter().take(16).enumerate() {
            let desk = if place < 12 { &store.reviewer } else { &anna };
            desk.complete_review(complete(&project, row)).await.unwrap();
        }
        // Half a minute each, the first six of the reviewer the day before.
        let now = store.store.inner.writer.clock().now();
        let text = "UPDATE reviews SET created = ? WHERE item = (SELECT i.key FROM review_items i JOIN spans s ON s.project = i.project \
                    AND s.key = i.span WHERE s.row_id = ? AND i.project = (SELECT short FROM projects WHERE id = ?))";
        for (place, row) in rows.iter().take(16).enumerate() {
            let ago = if place < 6 { 20 * 60 } else { 10 } * MINUTE - Micros::try_from(place).unwrap() * MINUTE / 2;
            let bound = values![now - ago, *row, project.id.as_str()];
            let moved =
                store.store.write_in(&project.id, move |change| Box::pin(async move { run(&change.transaction, text, bound).await }));
            assert_eq!(moved.await.unwrap(), 1);
        }
        let day = now - 60 * MINUTE;
        let seen = pace(&store.engineer, &project, None, day).await;
        assert_eq!((seen.mine, seen.team, seen.left), (0, Some(10), 8));
        // 5 + 5 reviews of the one and 3 of the other whose duration is known.
        assert_eq!(seen.estimate.map(|estimate| (estimate.from, estimate.to)), Some((240, 240)));
        let by_person: Vec<_> = seen.reviewers.iter().map(|of| (of.person.name.as_str(), of.today, of.total, of.seconds)).collect();
        assert_eq!(by_person, [("The reviewer", 6, 12, Some(30)), ("anna", 4, 4, Some(30))]);
        let own = pace(&store.reviewer, &project, None, day).await;
        assert_eq!((own.mine, own.team, own.reviewers.len()), (6, Some(10), 0), "who does not look after it is told of nobody");

        // Who reviews blindly is told of themselves only.
        store.question(&project, "Q", slider()).await;
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let blind = pace(&anna, &project, None, day).await;
        assert_eq!(blind, ListPace { mine: 4, team: None, left: 8, estimate: None, reviewers: vec![] });
        assert_eq!(pace(&store.reviewer, &project, None, day).await.estimate.map(|estimate| estimate.to), Some(240));
        assert_eq!(pace(&store.engineer, &project, None, day).await.reviewers.len(), 2);
        let told = [
            refused(store.viewer.review_pace(AskPace { project: other.id, list: Some(ReviewListId(project.id.0.clone())), day }).await),
            refused(store.viewer.review_pace(AskPace { project: project.id, list: Some("none".into()), day }).await),
        ];
        assert_eq!(told[0], told[1]);
    }
}
