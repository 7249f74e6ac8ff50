//! Taking items in hand and completing them, by several people and processes at once.

use super::{complete, flag, refused, stores};
use crate::Desk;
use crate::ground::database::{run, values};
use crate::tests::sending::{address, answer, number, slider};
use serde_json::json;
use shared::audit::{Edit, ListActivity, Revert};
use shared::live::LiveChange;
use shared::people::{ChangeMember, Role};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Audience, Definition};
use shared::reviews::{
    AssignReview, CompleteReview, Frame, ListDefinition, ReviewOrder, ReviewStatus, SetReviewStatus, SkipReason, SkipReview, TakeNext,
    TakenItem, WhyNext,
};
use shared::{Problem, ReviewListId};

async fn next(desk: &Desk, project: &Project, list: Option<&ReviewListId>) -> Option<TakenItem> {
    desk.take_next(TakeNext { project: project.id.clone(), list: list.cloned(), order: None }).await.unwrap()
}

fn set(project: &Project, row: &str, status: ReviewStatus) -> SetReviewStatus {
    SetReviewStatus { row: address(project, row), list: None, status, client_id: None }
}

fn skip(project: &Project, row: &str, note: &str) -> SkipReview {
    let (row, note) = (address(project, row), Some(note.to_owned()));
    SkipReview { row, list: None, reason: SkipReason::UnclearQuestion, note, client_id: None }
}

#[tokio::test]
async fn who_does_not_review_a_list_changes_nothing_of_its_reviews() {
    for store in stores().await {
        let project = store.with_rows("others", &["a"]).await;
        let anna = store.member("anna").await;
        let reviewers = Audience { people: vec![anna.actor().person.id.clone()], roles: Vec::new() };
        let list = store.list_of(&project, "Anna's", ListDefinition { reviewers, ..ListDefinition::default() }).await;
        store.engineer.flag_row(flag(&project, "a", &[&list.id])).await.unwrap();
        let of_list = |status| SetReviewStatus { list: Some(list.id.clone()), ..set(&project, "a", status) };
        let mut told = vec![refused(store.reviewer.skip_review(skip(&project, "a", "")).await)];
        for status in ReviewStatus::ALL {
            told.push(refused(store.reviewer.set_review_status(of_list(status)).await));
        }
        assert_eq!(told, ["Anna's is reviewed by others. Its configuration says by whom."; 4]);
        anna.complete_review(complete(&project, "a")).await.unwrap();
        // Who looks after the list opens and closes what others review.
        for status in [ReviewStatus::Backlog, ReviewStatus::Complete] {
            store.engineer.set_review_status(of_list(status)).await.unwrap();
            assert_eq!(store.items(&project, "a").await[0].status, status);
        }
    }
}

#[tokio::test]
async fn each_gets_their_own_item_and_keeps_it_until_it_is_done() {
    for store in stores().await {
        let project = store.with_rows("next", &["a", "b", "c"]).await;
        let anna = store.member("anna").await;
        for row in ["a", "b", "c"] {
            store.engineer.flag_row(flag(&project, row, &[])).await.unwrap();
        }
        let asked = AssignReview {
            row: address(&project, "c"),
            list: None,
            add: vec![anna.actor().person.id.clone()],
            remove: vec![],
            only: false,
            client_id: None,
        };
        store.engineer.assign_review(asked).await.unwrap();
        let first = next(&store.reviewer, &project, None).await.unwrap();
        assert_eq!((first.item.row.id.as_str(), first.why, first.item.status), ("a", WhyNext::Oldest, ReviewStatus::InReview));
        let again = next(&store.reviewer, &project, None).await.unwrap();
        assert_eq!((again.item.id, again.why, again.until >= first.until), (first.item.id.clone(), WhyNext::Held, true));
        let hers = next(&anna, &project, None).await.unwrap();
        assert_eq!((hers.item.row.id.as_str(), hers.why), ("c", WhyNext::Assigned));
        assert!(matches!(store.reviewer.claim_item(&hers.item.id).await.unwrap_err().problem(), Some(Problem::NotYours { .. })));
        assert!(matches!(anna.claim_item(&first.item.id).await.unwrap_err().problem(), Some(Problem::Taken { .. })));
        // What is completed is nobody's any more; completing it twice is once.
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(refused(anna.complete_review(complete(&project, "a")).await), "This row has its review.");
        assert_eq!(store.items(&project, "a").await[0].reviews.len(), 1);
        assert!(matches!(
            store.reviewer.complete_review(complete(&project, "c")).await.unwrap_err().problem(),
            Some(Problem::NotYours { .. })
        ));
        let second = next(&store.reviewer, &project, None).await.unwrap();
        assert_eq!(second.item.row.id.as_str(), "b");
        // Let go, somebody else may have it.
        store.reviewer.release_item(&second.item.id).await.unwrap();
        assert!(store.reviewer.release_item(&second.item.id).await.is_err());
        assert!(store.reviewer.keep_item(&second.item.id).await.is_err());
        assert!(anna.keep_item(&hers.item.id).await.unwrap() >= hers.until);
        anna.complete_review(complete(&project, "c")).await.unwrap();
        assert_eq!(next(&anna, &project, None).await.unwrap().item.row.id.as_str(), "b");
        assert_eq!(next(&store.reviewer, &project, None).await, None);
        store.verified().await;
    }
}

#[tokio::test]
async fn who_reviews_no_more_has_nothing_in_hand() {
    for store in stores().await {
        let projects = [store.with_rows("one", &["a"]).await, store.with_rows("other", &["a"]).await];
        for (name, role, active) in [("anna", None, Some(false)), ("boris", Some(Role::Viewer), None)] {
            let desk = store.member(name).await;
            for project in &projects {
                store.engineer.flag_row(flag(project, "a", &[])).await.unwrap();
                assert!(next(&desk, project, None).await.is_some());
                assert_eq!(next(&store.reviewer, project, None).await, None, "it is in hand");
            }
            let change = ChangeMember { person: desk.actor().person.id.0.clone(), role, active };
            store.owner.change_member(change).await.unwrap();
            for project in &projects {
                let taken = next(&store.reviewer, project, None).await.unwrap();
                store.reviewer.release_item(&taken.item.id).await.unwrap();
            }
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn nobody_reviews_more_than_is_needed_however_many_ask_at_once_in_two_processes() {
    for store in stores().await {
        let project = store.with_rows("exact", &["a", "b", "c"]).await;
        let list = store.list_of(&project, "Two", ListDefinition { needed: Some(2), ..ListDefinition::default() }).await;
        for row in ["a", "b", "c"] {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let second = store.place.open().await;
        let mut desks = Vec::new();
        for name in ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"] {
            let desk = store.member(name).await;
            desks.push(if name < "p4" { desk } else { Desk::new(second.clone(), desk.actor().clone()) });
        }
        let taken = futures::future::join_all(desks.iter().map(|desk| next(desk, &project, Some(&list.id)))).await;
        let taken: Vec<_> = taken.into_iter().flatten().collect();
        assert_eq!(taken.len(), 6, "three rows need two reviews each");
        for row in ["a", "b", "c"] {
            assert_eq!(store.items(&project, row).await[0].claims.len(), 2);
        }
        // Whoever has it in hand may finish, and nobody else, though all try at once.
        let completes = desks.iter().flat_map(|desk| {
            ["a", "b", "c"].map(|row| {
                let command = CompleteReview { list: Some(list.id.clone()), ..complete(&project, row) };
                async move { desk.complete_review(command).await }
            })
        });
        let outcomes = futures::future::join_all(completes).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 6);
        assert!(
            outcomes
                .iter()
                .filter_map(|outcome| outcome.as_ref().err())
                .all(|error| matches!(error.problem(), Some(Problem::Taken { .. })))
        );
        for row in ["a", "b", "c"] {
            let item = store.items(&project, row).await.remove(0);
            assert_eq!((item.done, item.status, item.claims.len()), (2, ReviewStatus::Complete, 0));
        }
        second.close().await;
        store.verified().await;
    }
}

#[tokio::test]
async fn a_hand_that_gives_no_sign_of_life_lets_go_by_itself() {
    for store in stores().await {
        let project = store.with_rows("expiry", &["a"]).await;
        let anna = store.member("anna").await;
        store.engineer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let held = next(&store.reviewer, &project, None).await.unwrap();
        assert_eq!(next(&anna, &project, None).await, None);
        // As if all that time had passed.
        let passed = store.store.write(|change| {
            Box::pin(async move { run(&change.transaction, "UPDATE review_claims SET until = ?", values![change.now - 1]).await })
        });
        passed.await.unwrap();
        assert_eq!(store.items(&project, "a").await[0].status, ReviewStatus::Backlog);
        assert!(matches!(store.reviewer.keep_item(&held.item.id).await.unwrap_err().problem(), Some(Problem::Taken { .. })));
        assert_eq!(next(&anna, &project, None).await.unwrap().item.id, held.item.id);
        // Their answers are kept, and there is no room for their review.
        assert!(matches!(
            store.reviewer.complete_review(complete(&project, "a")).await.unwrap_err().problem(),
            Some(Problem::Taken { .. })
        ));
        // A restart forgets nothing of it.
        store.store.close().await;
        let opened = store.place.open().await;
        let anna = Desk::new(opened.clone(), anna.actor().clone());
        assert_eq!(next(&anna, &project, None).await.unwrap().why, WhyNext::Held);
        anna.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(anna.reviews_of_row(&address(&project, "a")).await.unwrap()[0].status, ReviewStatus::Complete);
        opened.close().await;
    }
}

#[tokio::test]
async fn a_review_is_closed_skipped_and_opened_again() {
    for store in stores().await {
        let project = store.with_rows("status", &["a"]).await;
        let anna = store.member("anna").await;
        store.engineer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let status = || async { store.items(&project, "a").await.remove(0) };
        // Who leaves it to others does not get it again in this round.
        store.reviewer.skip_review(skip(&project, "a", "Which tone?")).await.unwrap();
        assert_eq!(next(&store.reviewer, &project, None).await, None);
        assert!(store.reviewer.set_review_status(set(&project, "a", ReviewStatus::InReview)).await.is_err());
        anna.set_review_status(set(&project, "a", ReviewStatus::InReview)).await.unwrap();
        let item = status().await;
        assert_eq!((item.status, item.claims.len(), item.reviews[0].note.as_deref()), (ReviewStatus::InReview, 1, Some("Which tone?")));
        // Opened again it is in nobody's hand, and everybody may review it.
        anna.set_review_status(set(&project, "a", ReviewStatus::Backlog)).await.unwrap();
        let item = status().await;
        assert_eq!((item.status, item.claims.len(), item.round), (ReviewStatus::Backlog, 0, 2));
        assert!(next(&store.reviewer, &project, None).await.is_some());
        // Closed by hand it counts as it did, and who had it in hand may finish.
        anna.set_review_status(set(&project, "a", ReviewStatus::Complete)).await.unwrap();
        assert_eq!((status().await.status, status().await.done), (ReviewStatus::Complete, 0));
        assert!(refused(anna.complete_review(complete(&project, "a")).await).contains("was closed"));
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(status().await.done, 1);
        assert!(refused(store.reviewer.skip_review(skip(&project, "a", "")).await).contains("reviewed this already"));
        assert!(refused(store.viewer.set_review_status(set(&project, "a", ReviewStatus::Backlog)).await).starts_with("You may not"));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_others_have_in_hand_or_have_begun_is_put_back_by_engineers_only() {
    for store in stores().await {
        let project = store.with_rows("others", &["a"]).await;
        let anna = store.member("anna").await;
        let list = store.list_of(&project, "Twice", ListDefinition { needed: Some(2), ..ListDefinition::default() }).await;
        store.engineer.flag_row(flag(&project, "a", &[&list.id])).await.unwrap();
        let put_back = async |desk: &Desk| {
            desk.set_review_status(SetReviewStatus { list: Some(list.id.clone()), ..set(&project, "a", ReviewStatus::Backlog) }).await
        };
        let take = SetReviewStatus { list: Some(list.id.clone()), ..set(&project, "a", ReviewStatus::InReview) };
        let done = CompleteReview { list: Some(list.id.clone()), ..complete(&project, "a") };
        anna.set_review_status(take.clone()).await.unwrap();
        assert!(refused(put_back(&store.reviewer).await).starts_with("Somebody else has this row in hand."));
        anna.complete_review(done.clone()).await.unwrap();
        assert!(refused(put_back(&store.reviewer).await).starts_with("Others have reviewed this row"));
        // What is over is opened again by anybody who reviews the list, and one's own by oneself.
        store.reviewer.complete_review(done.clone()).await.unwrap();
        put_back(&store.reviewer).await.unwrap();
        anna.complete_review(done).await.unwrap();
        put_back(&anna).await.unwrap();
        anna.set_review_status(take).await.unwrap();
        put_back(&store.engineer).await.unwrap();
        let item = store.items(&project, "a").await.into_iter().find(|item| item.list == list.id).unwrap();
        assert_eq!((item.status, item.claims.len(), item.round), (ReviewStatus::Backlog, 0, 3));
        store.verified().await;
    }
}

#[tokio::test]
async fn a_review_of_what_nobody_flagged_is_remembered_without_listing_the_row() {
    for store in stores().await {
        let project = store.with_rows("unflagged", &["a"]).await;
        for desk in [&store.reviewer, &store.engineer, &store.reviewer] {
            desk.complete_review(complete(&project, "a")).await.unwrap();
        }
        let item = store.items(&project, "a").await.remove(0);
        assert_eq!((item.listed, item.reviews.len()), (false, 2));
        assert_eq!(store.on_wire(&project, "a").await, serde_json::json!([null, null]));
        assert_eq!(next(&store.reviewer, &project, None).await, None);
        // Flagged later it is reviewed in a round of its own.
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let item = store.items(&project, "a").await.remove(0);
        assert_eq!((item.listed, item.round, item.status), (true, 2, ReviewStatus::Backlog));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_was_done_to_reviews_is_taken_back() {
    for store in stores().await {
        let project = store.with_rows("undo", &["a"]).await;
        let newest = || async {
            let query = ListActivity { row: address(&project, "a"), before: None, limit: 1 };
            Revert { edit: Edit::Entry(store.viewer.activity(query).await.unwrap()[0].id), client_id: None }
        };
        let item = || async { store.items(&project, "a").await.remove(0) };
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let flagged = newest().await;
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        let completed = newest().await;
        assert!(matches!(store.engineer.revert(completed.clone()).await.unwrap_err().problem(), Some(Problem::NotYours { .. })));
        store.reviewer.revert(completed.clone()).await.unwrap();
        assert_eq!((item().await.status, item().await.reviews.len()), (ReviewStatus::Backlog, 0));
        assert!(matches!(store.reviewer.revert(completed).await.unwrap_err().problem(), Some(Problem::Conflict { .. })));
        store.reviewer.skip_review(skip(&project, "a", "")).await.unwrap();
        store.reviewer.revert(newest().await).await.unwrap();
        assert_eq!((item().await.reviews.len(), item().await.claims.len()), (0, 0));
        // Whoever had it in hand has it in hand again.
        store.reviewer.set_review_status(set(&project, "a", ReviewStatus::InReview)).await.unwrap();
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(item().await.claims.len(), 0);
        store.reviewer.revert(newest().await).await.unwrap();
        assert_eq!((item().await.status, item().await.claims.len()), (ReviewStatus::InReview, 1));
        store.reviewer.set_review_status(set(&project, "a", ReviewStatus::Backlog)).await.unwrap();
        store.reviewer.set_review_status(set(&project, "a", ReviewStatus::Complete)).await.unwrap();
        assert!(matches!(store.reviewer.revert(flagged.clone()).await.unwrap_err().problem(), Some(Problem::Conflict { .. })));
        store.engineer.revert(newest().await).await.unwrap();
        assert_eq!(item().await.status, ReviewStatus::Backlog);
        store.engineer.revert(flagged).await.unwrap();
        assert!(!item().await.listed);
        store.engineer.revert(newest().await).await.unwrap();
        assert!(item().await.listed);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_representative_list_is_taken_as_it_was_drawn() {
    for store in stores().await {
        let rows: Vec<String> = (0..12).map(|number| format!("r{number}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let project = store.with_rows("drawn", &rows).await;
        let list = store.list_of(&project, "Drawn", ListDefinition { frame: Frame::Representative, ..ListDefinition::default() }).await;
        let mut ranks = Vec::new();
        for row in &rows {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
            ranks.push((store.items(&project, row).await[0].rank, (*row).to_owned()));
        }
        ranks.sort();
        let mut taken = Vec::new();
        loop {
            let command = TakeNext { project: project.id.clone(), list: Some(list.id.clone()), order: Some(ReviewOrder::Oldest) };
            let Some(next) = store.reviewer.take_next(command).await.unwrap() else { break };
            assert_eq!(next.why, WhyNext::Drawn);
            let command = CompleteReview { list: Some(list.id.clone()), ..complete(&project, next.item.row.id.as_str()) };
            store.reviewer.complete_review(command).await.unwrap();
            taken.push(next.item.row.id.0);
        }
        assert_eq!(taken, ranks.into_iter().map(|(_, row)| row).collect::<Vec<_>>());
        store.verified().await;
    }
}

#[tokio::test]
async fn the_next_is_what_people_differ_about_or_what_scored_lowest() {
    for store in stores().await {
        let project = store.with_rows("orders", &["a", "b", "c", "d"]).await;
        store.question(&project, "Tone", slider()).await;
        store.question(&project, "Mood", slider()).await;
        let list = store.list_of(&project, "Hard", ListDefinition { order: ReviewOrder::Disagreement, ..ListDefinition::default() }).await;
        for row in ["a", "b", "c", "d"] {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let scored = |row: &str, score: f64| json!({"id": row, "_is_merge": true, "scores": {"Auto": score}});
        let below = json!({"id": "d1", "span_id": "d1", "root_span_id": "d", "span_parents": ["d"], "scores": {"Auto": 0.1}});
        store.send(&project, &[scored("b", 0.5), scored("c", 0.2), scored("d", 0.6), below]).await;
        for (desk, row, question, value) in [
            (&store.engineer, "a", "Tone", 0.5),
            (&store.owner, "a", "Tone", 0.5),
            (&store.engineer, "b", "Tone", 0.4),
            (&store.owner, "b", "Tone", 0.6),
            (&store.engineer, "c", "Tone", 0.1),
            (&store.owner, "c", "Tone", 0.9),
            (&store.engineer, "d", "Tone", 0.5),
            (&store.owner, "d", "Tone", 0.6),
            (&store.engineer, "d", "Mood", 0.5),
            (&store.owner, "d", "Mood", 0.6),
        ] {
            answer(desk, &project, row, question, number(value)).await.unwrap();
        }
        let lowest = ReviewOrder::Lowest("Auto".to_owned());
        for (name, order, expected, why) in [
            ("first", None, ["d", "c", "b", "a"], WhyNext::Disagreement),
            ("second", Some(ReviewOrder::Oldest), ["a", "b", "c", "d"], WhyNext::Oldest),
            // Of a trace the mean counts, as its row shows it.
            ("third", Some(lowest.clone()), ["c", "d", "b", "a"], WhyNext::Lowest),
        ] {
            let desk = store.member(name).await;
            let mut taken = Vec::new();
            let next = || TakeNext { project: project.id.clone(), list: Some(list.id.clone()), order: order.clone() };
            while let Some(next) = desk.take_next(next()).await.unwrap() {
                assert_eq!(next.why, why);
                let row = next.item.row.id.0;
                desk.skip_review(SkipReview { list: Some(list.id.clone()), ..skip(&project, &row, "later") }).await.unwrap();
                taken.push(row);
            }
            assert_eq!(taken, expected, "{name}");
        }
        // To the blind it would tell what others said.
        let blind = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        let next = |order| TakeNext { project: project.id.clone(), list: Some(list.id.clone()), order };
        for order in [ReviewOrder::Disagreement, lowest] {
            assert!(refused(store.reviewer.take_next(next(Some(order))).await).contains("would tell what others said"));
        }
        let taken = store.reviewer.take_next(next(None)).await.unwrap().unwrap();
        assert_eq!((taken.item.row.id.as_str(), taken.why), ("a", WhyNext::Oldest));
        store.verified().await;
    }
}

#[tokio::test]
async fn the_blind_know_who_is_done_and_not_what_others_think() {
    for store in stores().await {
        let project = store.with_rows("blind", &["a"]).await;
        store.question(&project, "Tone", Definition { required: true, ..slider() }).await;
        let anna = store.member("anna").await;
        let blind = serde_json::json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        store.engineer.flag_row(flag(&project, "a", &[])).await.unwrap();
        anna.skip_review(skip(&project, "a", "The tone is plainly 0.4217.")).await.unwrap();
        answer(&store.engineer, &project, "a", "Tone", number(0.25)).await.unwrap();
        store.engineer.complete_review(complete(&project, "a")).await.unwrap();
        let seen = |desk: Desk| {
            let row = address(&project, "a");
            async move {
                let items = serde_json::to_string(&desk.reviews_of_row(&row).await.unwrap()).unwrap();
                let entries = desk.activity(ListActivity { row, before: None, limit: 100 }).await.unwrap();
                (
                    items.contains("engineer@example.com"),
                    items.contains("0.4217"),
                    serde_json::to_string(&entries).unwrap().contains("0.4217"),
                )
            }
        };
        assert_eq!(seen(store.reviewer.clone()).await, (true, false, false));
        assert_eq!(seen(anna.clone()).await, (true, true, true), "it is her own");
        assert_eq!(seen(store.engineer.clone()).await, (true, true, true));
        answer(&store.reviewer, &project, "a", "Tone", number(0.5)).await.unwrap();
        assert_eq!(seen(store.reviewer.clone()).await, (true, true, true));
        store.verified().await;
    }
}

#[tokio::test]
async fn who_follows_is_told_which_lists_changed() {
    for store in stores().await {
        let project = store.with_rows("events", &["a"]).await;
        let (_, head) = store.viewer.summary(&project.logs(), "").await.unwrap();
        let mut following = store.viewer.follow(&project.id, head).await.unwrap();
        store.reviewer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let mut told = Vec::new();
        for _ in 0..2 {
            let Some(crate::LiveEvents::Event(event)) = following.next().await else { panic!("no event") };
            told.push(match &event.event.change {
                LiveChange::Reviews(changed) => format!("lists {}", changed.lists.len()),
                LiveChange::Spans(changed) => format!("spans {}", changed.touched.len()),
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(told, ["lists 1", "spans 1"]);
        next(&store.reviewer, &project, None).await.unwrap();
        let Some(crate::LiveEvents::Event(event)) = following.next().await else { panic!("no event") };
        assert!(matches!(event.event.change, LiveChange::Reviews(_)));
    }
}

#[tokio::test]
async fn an_unknown_item_is_not_found() {
    for store in stores().await {
        for id in ["", "1", "x-1", "1-x", "0-1", "1-0", "-1-1", "1-99999999999999999999", "99999999999-1", "1-5"] {
            let found = store.viewer.review_item(&id.into()).await;
            assert!(matches!(found.unwrap_err().problem(), Some(Problem::NotFound { .. })), "{id}");
        }
        assert!(store.reviewer.take_next(TakeNext { project: "none".into(), list: None, order: None }).await.is_err());
    }
}
