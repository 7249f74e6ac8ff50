//! What the page of review lists and review mode over a list are told.

use super::{complete, flag, flag_as, refused, stores};
use crate::tests::sending::{address, slider};
use crate::{Actor, Desk, Proof};
use serde_json::json;
use shared::people::ApiScope;
use shared::projects::{ChangeSettings, Project};
use shared::questions::Audience;
use shared::reviews::{
    AssignReview, ItemsShown, ListDefinition, OpenReviews, ReviewsView, SkipReason, SkipReview, TakeNext, UnflagRow, WhyNext,
};
use shared::{KeyId, Problem, ReviewListId};

fn asked(project: &Project, list: Option<&ReviewListId>, shown: ItemsShown) -> OpenReviews {
    OpenReviews { list: list.cloned(), shown, ..OpenReviews::of(project.id.clone()) }
}

fn rows(view: &ReviewsView) -> Vec<&str> {
    view.items.iter().map(|item| item.row.id.as_str()).collect()
}

#[tokio::test]
async fn a_row_is_in_hand_while_it_is_open() {
    for store in stores().await {
        let project = store.with_rows("in hand", &["a", "b"]).await;
        let anna = store.member("anna").await;
        let description = "Judge it **as the customer**.".to_owned();
        let list = store.list_of(&project, "Spring", ListDefinition { description, ..ListDefinition::default() }).await;
        for row in ["a", "b"] {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let command = || TakeNext { project: project.id.clone(), list: Some(list.id.clone()), order: None };
        let first = store.reviewer.next_in_hand(command()).await.unwrap().unwrap();
        assert_eq!((first.taken.item.row.id.as_str(), first.taken.why, first.list_name.as_str()), ("a", WhyNext::Oldest, "Spring"));
        assert!(first.instructions.as_str().contains("<strong>as the customer</strong>"), "{}", first.instructions.as_str());
        assert_eq!(first.address, format!("/app/touchstone/p/in%20hand/logs?r=a&s=a&review={}", list.id));
        assert!(first.questions.is_empty());

        // Opened by its link it is the same; somebody else is told who has it.
        let a = address(&project, "a");
        let again = store.reviewer.hold_row(&a, &list.id).await.unwrap();
        assert_eq!((&again.taken.item.id, again.taken.why), (&first.taken.item.id, WhyNext::Held));
        assert!(store.reviewer.keep_row(&a, &list.id).await.unwrap() >= again.taken.until);
        let told = [
            refused(anna.hold_row(&a, &list.id).await),
            refused(anna.keep_row(&a, &list.id).await),
            refused(anna.release_row(&a, &list.id).await),
            refused(store.reviewer.hold_row(&a, &ReviewListId(project.id.0.clone())).await),
            refused(store.reviewer.keep_row(&address(&project, "none"), &list.id).await),
            refused(store.viewer.hold_row(&a, &list.id).await),
            refused(store.viewer.keep_row(&a, &list.id).await),
            refused(store.viewer.release_row(&a, &list.id).await),
            refused(store.viewer.next_in_hand(command()).await),
        ];
        expect_test::expect![[r#"
            Others have this row in hand, or have reviewed it, or you have already. Take the next one, or try again later.
            You do not have this row in hand any more. The reviewer has it now.
            You do not have this row in hand any more. The reviewer has it now.
            There is no review of this row in the list here. It may have been deleted, or the link is incomplete.
            There is no row none here. It may have been deleted, or the link is incomplete.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it."#]]
        .assert_eq(&told.join("\n"));

        // Two who ask at once never get the same; what is let go is the other's.
        let b = address(&project, "b");
        let (one, other) = tokio::join!(store.reviewer.hold_row(&b, &list.id), anna.hold_row(&b, &list.id));
        assert!(one.is_ok() != other.is_ok(), "one of them has it");
        let (holder, waiter) = if one.is_ok() { (&store.reviewer, &anna) } else { (&anna, &store.reviewer) };
        assert!(matches!(waiter.hold_row(&b, &list.id).await.unwrap_err().problem(), Some(Problem::Taken { .. })));
        holder.release_row(&b, &list.id).await.unwrap();
        waiter.hold_row(&b, &list.id).await.unwrap();
        store.verified().await;
    }
}

#[tokio::test]
async fn the_page_says_how_far_each_list_has_come() {
    for store in stores().await {
        let project = store.with_rows("page", &["a", "b", "c", "d"]).await;
        let other = store.project("other").await;
        let spring = store.list_of(&project, "Spring", ListDefinition::default()).await;
        let empty = store.viewer.open_reviews(asked(&project, None, ItemsShown::Awaiting)).await.unwrap();
        let counts = |view: &ReviewsView| view.lists.iter().map(|list| (list.open, list.mine, list.complete)).collect::<Vec<_>>();
        assert_eq!((counts(&empty), rows(&empty).len(), empty.has_more), (vec![(0, 0, 0), (0, 0, 0)], 0, false));
        for row in ["a", "b", "c", "d"] {
            store.engineer.flag_row(flag(&project, row, &[])).await.unwrap();
        }
        let note = |flagging: &mut shared::reviews::Flagging| flagging.note = Some("Look.".to_owned());
        store.engineer.flag_row(flag_as(&project, "a", &[&spring.id], note)).await.unwrap();
        let add = vec![store.reviewer.actor().person.id.clone()];
        let mine = AssignReview { row: address(&project, "b"), list: None, add, remove: vec![], only: false, client_id: None };
        store.engineer.assign_review(mine).await.unwrap();
        store.reviewer.complete_review(complete(&project, "c")).await.unwrap();
        store.engineer.unflag_row(UnflagRow { row: address(&project, "d"), lists: vec![], client_id: None }).await.unwrap();
        let shown = async |shown: ItemsShown| store.reviewer.open_reviews(asked(&project, None, shown)).await.unwrap();
        let awaiting = shown(ItemsShown::Awaiting).await;
        assert_eq!(counts(&awaiting), [(2, 1, 1), (1, 0, 0)]);
        assert_eq!((awaiting.lists[0].list.is_default(), &awaiting.list), (true, &awaiting.lists[0].list.id));
        assert_eq!(rows(&awaiting), ["b", "a"]);
        assert_eq!(rows(&shown(ItemsShown::Mine).await), ["b"]);
        assert_eq!(rows(&shown(ItemsShown::Completed).await), ["c"]);
        assert_eq!(rows(&shown(ItemsShown::All).await), ["c", "b", "a"]);
        assert_eq!(counts(&store.viewer.open_reviews(asked(&project, None, ItemsShown::Mine)).await.unwrap())[0], (2, 0, 1));
        let of_spring = store.viewer.open_reviews(asked(&project, Some(&spring.id), ItemsShown::Awaiting)).await.unwrap();
        assert_eq!((rows(&of_spring), of_spring.items[0].note.as_deref()), (vec!["a"], Some("Look.")));
        let after = OpenReviews { after: Some(awaiting.items[0].id.clone()), ..asked(&project, None, ItemsShown::Awaiting) };
        assert_eq!(rows(&store.viewer.open_reviews(after).await.unwrap()), ["a"]);
        let told = [
            refused(store.viewer.open_reviews(asked(&project, Some(&"none".into()), ItemsShown::All)).await),
            refused(store.viewer.open_reviews(asked(&other, Some(&spring.id), ItemsShown::All)).await),
        ];
        assert_eq!(told[0], told[1]);
        let sends_only = Proof::Key(KeyId::from("k"), vec![ApiScope::Ingest]);
        let ingests = Desk::new(store.store.clone(), Actor { person: store.engineer.actor().person.clone(), proof: sends_only });
        assert!(matches!(
            ingests.open_reviews(asked(&project, None, ItemsShown::All)).await.unwrap_err().problem(),
            Some(Problem::Forbidden { .. })
        ));
        store.verified().await;
    }
}

#[tokio::test]
async fn who_has_not_answered_is_not_told_why_others_left_a_row() {
    for store in stores().await {
        let project = store.with_rows("blind page", &["a"]).await;
        store.question(&project, "Q", slider()).await;
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let anna = store.member("anna").await;
        store.engineer.flag_row(flag(&project, "a", &[])).await.unwrap();
        let reason = SkipReason::BrokenItem;
        let skip = SkipReview { row: address(&project, "a"), list: None, reason, note: Some("wrong".to_owned()), client_id: None };
        store.reviewer.skip_review(skip).await.unwrap();
        let command = TakeNext { project: project.id.clone(), list: None, order: None };
        let held = anna.next_in_hand(command).await.unwrap().unwrap().taken.item;
        let listed = anna.open_reviews(asked(&project, None, ItemsShown::All)).await.unwrap().items.remove(0);
        for review in [&held.reviews[0], &listed.reviews[0]] {
            assert_eq!((review.skipped, review.reason, review.note.as_deref()), (true, None, None));
        }
        let seen = store.engineer.open_reviews(asked(&project, None, ItemsShown::All)).await.unwrap().items.remove(0);
        assert_eq!(seen.reviews[0].reason, Some(reason));
    }
}

#[tokio::test]
async fn who_comes_is_told_what_waits_for_them() {
    for store in stores().await {
        let project = store.with_rows("waits", &["a", "b", "c"]).await;
        let other = store.with_rows("elsewhere", &["x"]).await;
        let anna = store.member("anna").await;
        let reviewers = Audience { people: vec![anna.actor().person.id.clone()], ..Audience::default() };
        let annas = store.list_of(&project, "Anna's", ListDefinition { reviewers, ..ListDefinition::default() }).await;
        let told = async |desk: &Desk| {
            let awaited = desk.awaited_reviews().await.unwrap();
            awaited.into_iter().map(|list| format!("{} {} {}+{}", list.project, list.name, list.mine, list.anybodys)).collect::<Vec<_>>()
        };
        assert!(told(&store.reviewer).await.is_empty());
        for row in ["a", "b", "c"] {
            store.engineer.flag_row(flag(&project, row, &[])).await.unwrap();
        }
        store.engineer.flag_row(flag(&project, "a", &[&annas.id])).await.unwrap();
        store.engineer.flag_row(flag(&other, "x", &[])).await.unwrap();
        let add = vec![store.reviewer.actor().person.id.clone()];
        let mine = AssignReview { row: address(&project, "b"), list: None, add, remove: vec![], only: false, client_id: None };
        store.engineer.assign_review(mine).await.unwrap();
        let default = store.viewer.open_reviews(asked(&project, None, ItemsShown::All)).await.unwrap().lists[0].list.name.clone();
        assert_eq!(told(&store.reviewer).await, [format!("waits {default} 1+2"), format!("elsewhere {default} 0+1")]);
        assert_eq!(told(&anna).await, [format!("waits {default} 0+2"), "waits Anna's 0+1".to_owned(), format!("elsewhere {default} 0+1")]);
        assert!(told(&store.viewer).await.is_empty());
        // What one has reviewed, or others have in hand, waits no more.
        store.reviewer.complete_review(complete(&project, "b")).await.unwrap();
        anna.hold_row(&address(&project, "c"), &ReviewListId(project.id.0.clone())).await.unwrap();
        assert_eq!(told(&store.reviewer).await, [format!("waits {default} 0+1"), format!("elsewhere {default} 0+1")]);
    }
}
