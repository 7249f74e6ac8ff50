//! Home: what is first to do, and what came back to somebody.

use super::{complete, flag, flag_as, stores};
use crate::tests::TestStore;
use crate::tests::sending::{address, answer, number, slider};
use crate::{Desk, Proof};
use serde_json::json;
use shared::comments::AddComment;
use shared::home::HomeView;
use shared::people::{ApiScope, ChangeMember};
use shared::projects::{ChangeSettings, DeleteProject, Project};
use shared::questions::{Definition, SaveQuestion};
use shared::reviews::{
    ArchiveReviewList, AssignReview, ListDefinition, ReviewOrder, ReviewStatus, SetReviewStatus, SkipReason, SkipReview, TakeNext,
    UnflagRow, WhyNext,
};
use shared::{KeyId, ReviewListId};

/// What is next, and the lists: of each what is asked of one and what anybody may take.
fn told(home: &HomeView) -> String {
    let next = home.next.as_ref().map_or("nothing".to_owned(), |next| format!("{} {:?}", next.item.title, next.why));
    let lists: Vec<_> = home
        .lists
        .iter()
        .map(|list| format!("{} {} {}+{}{}", list.project, list.name, list.mine, list.anybodys, if list.held { " in hand" } else { "" }))
        .collect();
    format!("{next}: {}", lists.join(", "))
}

/// What was opened again, and by whom; then what was not clear, to whom, with what they said.
fn came_back(home: &HomeView) -> (Vec<String>, Vec<String>) {
    let name = |person: &shared::people::Person| person.name.clone();
    let reopened = home.returned.reopened.iter();
    let unclear = home.returned.unclear.iter();
    (
        reopened.map(|item| format!("{} {}", item.item.title, item.by.as_ref().map_or("nobody".to_owned(), name))).collect(),
        unclear
            .map(|item| {
                let by: Vec<_> = item.by.iter().map(name).collect();
                format!("{} {}: {}", item.item.title, by.join(", "), item.note.as_deref().unwrap_or_default())
            })
            .collect(),
    )
}

fn set(project: &Project, row: &str, status: ReviewStatus) -> SetReviewStatus {
    SetReviewStatus { row: address(project, row), list: None, status, client_id: None }
}

fn skip(project: &Project, row: &str, reason: SkipReason, note: &str) -> SkipReview {
    SkipReview { row: address(project, row), list: None, reason, note: Some(note.to_owned()), client_id: None }
}

fn ask(project: &Project, row: &str, desk: &Desk) -> AssignReview {
    let add = vec![desk.actor().person.id.clone()];
    AssignReview { row: address(project, row), list: None, add, remove: vec![], only: false, client_id: None }
}

async fn flagged(store: &TestStore, project: &Project, rows: &[&str]) {
    for row in rows {
        store.engineer.flag_row(flag(project, row, &[])).await.unwrap();
    }
}

#[tokio::test]
async fn home_says_what_is_first_to_do() {
    for store in stores().await {
        let project = store.with_rows("waits", &["a", "b", "c"]).await;
        let other = store.with_rows("elsewhere", &["x"]).await;
        let anna = store.member("anna").await;
        assert_eq!(store.reviewer.home().await.unwrap(), HomeView::default());
        assert_eq!(store.reviewer.landing().await.unwrap().as_deref(), Some("elsewhere"));
        flagged(&store, &project, &["a", "b", "c"]).await;
        flagged(&store, &other, &["x"]).await;
        let due = Some(1);
        let urgent = store.list_of(&other, "Urgent", ListDefinition { due, ..ListDefinition::default() }).await;
        store.engineer.flag_row(flag(&other, "x", &[&urgent.id])).await.unwrap();
        store.engineer.assign_review(ask(&project, "b", &store.reviewer)).await.unwrap();
        let name = store.engineer.home().await.unwrap().lists.into_iter().find(|list| list.list != urgent.id).unwrap().name;
        let home = store.reviewer.home().await.unwrap();
        assert_eq!(told(&home), format!("b Assigned: waits {name} 1+2, elsewhere Urgent 0+1, elsewhere {name} 0+1"));
        assert_eq!(home.mine.iter().map(|item| (item.title.as_str(), item.project.as_str())).collect::<Vec<_>>(), [("b", "waits")]);
        assert_eq!(home.lists.iter().map(|list| list.due).collect::<Vec<_>>(), [None, due, None]);
        assert_eq!(store.reviewer.landing().await.unwrap().as_deref(), Some("waits"));
        assert_eq!(told(&anna.home().await.unwrap()), format!("x Oldest: elsewhere Urgent 0+1, waits {name} 0+2, elsewhere {name} 0+1"));
        assert_eq!(store.engineer.landing().await.unwrap(), None);

        // What one has in hand comes first, and is what one goes on with. It can be had from there.
        let take = TakeNext { project: project.id.clone(), list: None, order: None };
        assert_eq!(anna.take_next(take.clone()).await.unwrap().unwrap().item.row.id.as_str(), "a");
        assert_eq!(
            told(&anna.home().await.unwrap()),
            format!("a Held: waits {name} 0+2 in hand, elsewhere Urgent 0+1, elsewhere {name} 0+1")
        );
        assert_eq!(told(&store.reviewer.home().await.unwrap()).split(',').next().unwrap(), format!("b Assigned: waits {name} 1+1"));
        let next = store.reviewer.home().await.unwrap().next.unwrap().item;
        let taken =
            store.reviewer.take_next(TakeNext { project: next.project_id, list: Some(next.list), order: None }).await.unwrap().unwrap();
        assert_eq!((taken.item.row.id.as_str(), taken.why), ("b", WhyNext::Assigned));

        // What is done is gone, and counted as one's own.
        store.reviewer.complete_review(complete(&project, "b")).await.unwrap();
        let home = store.reviewer.home().await.unwrap();
        assert_eq!((home.done, home.mine.len(), anna.home().await.unwrap().done), (1, 0, 0));
        assert_eq!(told(&home), format!("x Oldest: elsewhere Urgent 0+1, waits {name} 0+1, elsewhere {name} 0+1"));

        // Who only reads has nothing to do, and mentions all the same; what was read is not there any more.
        let viewer = &store.viewer.actor().person;
        let text = format!("[@{}](person:{}) look", viewer.name, viewer.id);
        store.engineer.add_comment(AddComment { row: address(&project, "a"), text, client_id: None }).await.unwrap();
        let home = store.viewer.home().await.unwrap();
        assert_eq!((told(&home), home.unread, home.mentions.len()), ("nothing: ".to_owned(), 1, 1));
        assert_eq!((home.mentions[0].excerpt.as_str(), home.mentions[0].project.as_str()), ("@The viewer look", "waits"));
        store.viewer.read_mentions(shared::comments::ReadMentions { comment: None }).await.unwrap();
        assert_eq!(store.viewer.home().await.unwrap(), HomeView::default());

        // What is deleted is nobody's: a row, a list, a project. After a restart it is all the same.
        store.send(&project, &[json!({"id": "c", "_object_delete": true})]).await;
        store.engineer.archive_review_list(ArchiveReviewList { list: urgent.id.clone() }).await.unwrap();
        assert_eq!(told(&store.reviewer.home().await.unwrap()), format!("x Oldest: elsewhere {name} 0+1"));
        store.owner.delete_project(DeleteProject { project: other.id.clone() }).await.unwrap();
        let home = store.reviewer.home().await.unwrap();
        assert_eq!((told(&home), home.done), ("nothing: ".to_owned(), 1));
        let before = anna.home().await.unwrap();
        assert_eq!(told(&before), format!("a Held: waits {name} 0+1 in hand"));
        store.verified().await;
        store.store.close().await;
        let again = store.place.open().await;
        assert_eq!(Desk::new(again.clone(), anna.actor().clone()).home().await.unwrap(), before);
        again.close().await;
    }
}

#[tokio::test]
async fn two_who_come_at_once_are_offered_the_same_and_get_different_rows() {
    for store in stores().await {
        let project = store.with_rows("at once", &["a", "b"]).await;
        let anna = store.member("anna").await;
        flagged(&store, &project, &["a", "b"]).await;
        let (one, other) = tokio::join!(anna.home(), store.reviewer.home());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!((told(&one), &one.next), (told(&other), &other.next));
        let take = || TakeNext { project: project.id.clone(), list: None, order: None };
        let (one, other) = tokio::join!(anna.take_next(take()), store.reviewer.take_next(take()));
        let (one, other) = (one.unwrap().unwrap().item.id, other.unwrap().unwrap().item.id);
        assert_ne!(one, other);
        let next = |home: &HomeView| home.next.as_ref().map(|next| (next.item.title.clone(), next.why));
        let (one, other) = (next(&anna.home().await.unwrap()).unwrap(), next(&store.reviewer.home().await.unwrap()).unwrap());
        assert_ne!(one.0, other.0);
        assert_eq!((one.1, other.1), (WhyNext::Held, WhyNext::Held));
        // Whoever is let out loses it: it waits for the others again.
        let person = anna.actor().person.id.to_string();
        store.owner.change_member(ChangeMember { person, role: None, active: Some(false) }).await.unwrap();
        store.reviewer.complete_review(complete(&project, &other.0)).await.unwrap();
        assert_eq!(next(&store.reviewer.home().await.unwrap()), Some((one.0, WhyNext::Oldest)));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_listed_is_bounded() {
    for store in stores().await {
        let names: Vec<String> = (0..25).map(|number| format!("r{number:02}")).collect();
        let rows: Vec<&str> = names.iter().map(String::as_str).collect();
        let project = store.with_rows("many", &rows).await;
        let mine = vec![store.reviewer.actor().person.id.clone()];
        for row in &rows {
            let asked = mine.clone();
            store.engineer.flag_row(flag_as(&project, row, &[], |flagging| flagging.assignees = asked)).await.unwrap();
        }
        let home = store.reviewer.home().await.unwrap();
        assert_eq!(home.mine.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), rows[..20]);
        assert_eq!((home.lists[0].mine, home.is_cut, home.returned.is_cut), (25, false, false));
        for row in &rows {
            store.reviewer.complete_review(complete(&project, row)).await.unwrap();
            store.engineer.set_review_status(set(&project, row, ReviewStatus::Backlog)).await.unwrap();
        }
        let returned = store.reviewer.home().await.unwrap().returned;
        assert_eq!((returned.reopened.len(), returned.is_cut, returned.unclear.len()), (20, true, 0));
        assert_eq!(store.reviewer.returned_items().await.unwrap(), returned);
        for number in 0..51 {
            store.project(&format!("project {number}")).await;
        }
        assert!(store.reviewer.home().await.unwrap().is_cut);
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_opened_again_comes_back_to_who_had_completed_it() {
    for store in stores().await {
        let project = store.with_rows("reopened", &["a", "b", "c", "d"]).await;
        let anna = store.member("anna").await;
        flagged(&store, &project, &["a", "b", "c", "d"]).await;
        let back = async |desk: &Desk| came_back(&desk.home().await.unwrap()).0;
        for row in ["a", "b", "c"] {
            store.reviewer.complete_review(complete(&project, row)).await.unwrap();
        }
        store.reviewer.skip_review(skip(&project, "d", SkipReason::NotMine, "")).await.unwrap();
        assert!(back(&store.reviewer).await.is_empty());
        for row in ["a", "b", "d"] {
            store.engineer.set_review_status(set(&project, row, ReviewStatus::Backlog)).await.unwrap();
        }
        // What one opens again oneself one knows, and what one only left to others comes back to nobody.
        store.reviewer.set_review_status(set(&project, "c", ReviewStatus::Backlog)).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["b The engineer", "a The engineer"]);
        assert_eq!((back(&anna).await, back(&store.viewer).await), (vec![], vec![]));
        assert_eq!(store.viewer.returned_items().await.unwrap(), shared::home::ReturnedItems::default());

        // Who opened it may be gone since; it was opened all the same.
        let person = store.engineer.actor().person.id.to_string();
        let active = |active| ChangeMember { person: person.clone(), role: None, active: Some(active) };
        store.owner.change_member(active(false)).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["b The engineer", "a The engineer"]);
        store.owner.change_member(active(true)).await.unwrap();

        // Done once more it is done; asked of somebody else it is theirs; taken out, or deleted, it is nobody's.
        store.reviewer.complete_review(complete(&project, "a")).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["b The engineer"]);
        store.engineer.set_review_status(set(&project, "a", ReviewStatus::Backlog)).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["a The engineer", "b The engineer"]);
        store.engineer.assign_review(ask(&project, "b", &anna)).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["a The engineer"]);
        store.engineer.assign_review(ask(&project, "b", &store.reviewer)).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["a The engineer", "b The engineer"]);
        store.engineer.unflag_row(UnflagRow { row: address(&project, "b"), lists: vec![], client_id: None }).await.unwrap();
        assert_eq!(back(&store.reviewer).await, ["a The engineer"]);
        store.send(&project, &[json!({"id": "a", "_object_delete": true})]).await;
        assert!(back(&store.reviewer).await.is_empty());
        store.verified().await;
    }
}

#[tokio::test]
async fn that_a_question_was_not_clear_is_told_to_who_may_edit_it() {
    for store in stores().await {
        let project = store.with_rows("unclear", &["a", "b"]).await;
        let changes = json!({"reviewers_per_item": 2}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        let tone = store.question(&project, "Tone", slider()).await;
        let speed = store.question(&project, "Speed", slider()).await;
        let anna = store.member("anna").await;
        let definition = ListDefinition { questions: vec![tone.id.clone()], ..ListDefinition::default() };
        let list = store.list_of(&project, "Tones", definition).await;
        for row in ["a", "b"] {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let unclear = async |desk: &Desk| came_back(&desk.home().await.unwrap()).1;
        store.reviewer.skip_review(skip(&project, "b", SkipReason::BrokenItem, "no")).await.unwrap();
        store.reviewer.skip_review(skip(&project, "a", SkipReason::UnclearQuestion, "Whose?")).await.unwrap();
        anna.skip_review(skip(&project, "a", SkipReason::UnclearQuestion, "Of whom?")).await.unwrap();
        assert_eq!(unclear(&store.engineer).await, ["a anna, The reviewer: Of whom?"]);
        assert_eq!(unclear(&store.owner).await, unclear(&store.engineer).await);
        for desk in [&store.reviewer, &anna, &store.viewer] {
            assert!(unclear(desk).await.is_empty());
        }
        let item = store.engineer.returned_items().await.unwrap().unclear.remove(0);
        assert_eq!((&item.item.list, item.questions), (&list.id, vec![(tone.id.clone(), "Tone".to_owned())]));

        // A question that is not asked there changes nothing; the one that is makes it clear.
        let edit = |question: &shared::questions::Question, description: &str| SaveQuestion {
            project: project.id.clone(),
            question: Some(question.id.clone()),
            after: None,
            name: question.name.clone(),
            definition: Definition { description: description.to_owned(), ..slider() },
        };
        store.engineer.save_question(edit(&speed, "Fast or slow.")).await.unwrap();
        assert_eq!(unclear(&store.engineer).await.len(), 1);
        store.engineer.save_question(edit(&tone, "Of the answer.")).await.unwrap();
        assert!(unclear(&store.engineer).await.is_empty());

        // Said of the next round it is told again, until the review is closed.
        store.engineer.set_review_status(set(&project, "a", ReviewStatus::Backlog)).await.unwrap();
        anna.skip_review(skip(&project, "a", SkipReason::UnclearQuestion, "Still?")).await.unwrap();
        assert_eq!(unclear(&store.engineer).await, ["a anna: Still?"]);
        store.engineer.set_review_status(set(&project, "a", ReviewStatus::Complete)).await.unwrap();
        assert!(unclear(&store.engineer).await.is_empty());
        store.verified().await;
    }
}

#[tokio::test]
async fn home_tells_the_blind_nothing_of_others() {
    for store in stores().await {
        let project = store.with_rows("blind home", &["a", "b", "c"]).await;
        store.question(&project, "Q", slider()).await;
        let order = ReviewOrder::Disagreement;
        let list = store.list_of(&project, "By doubt", ListDefinition { order, needed: Some(3), ..ListDefinition::default() }).await;
        for row in ["a", "b", "c"] {
            store.engineer.flag_row(flag(&project, row, &[&list.id])).await.unwrap();
        }
        let anna = store.member("anna").await;
        let next = async |desk: &Desk| desk.home().await.unwrap().next.map(|next| (next.item.title, next.why));
        for (desk, value) in [(&anna, 0.1), (&store.engineer, 0.9)] {
            answer(desk, &project, "c", "Q", number(value)).await.unwrap();
        }
        assert_eq!(next(&store.reviewer).await, Some(("c".to_owned(), WhyNext::Disagreement)));
        let changes = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
        assert_eq!(next(&store.reviewer).await, Some(("a".to_owned(), WhyNext::Oldest)));
        assert_eq!(next(&store.engineer).await, Some(("c".to_owned(), WhyNext::Disagreement)));

        // Why somebody left a row is nothing for who may configure and does not see through.
        anna.skip_review(skip(&project, "b", SkipReason::UnclearQuestion, "hushed")).await.unwrap();
        assert_eq!(came_back(&store.engineer.home().await.unwrap()).1, ["b anna: hushed"]);
        for scopes in [vec![ApiScope::Admin], vec![ApiScope::Admin, ApiScope::Read]] {
            let mut actor = store.engineer.actor().clone();
            actor.proof = Proof::Key(KeyId::from("key"), scopes);
            let narrowed = Desk::new(store.store.clone(), actor);
            assert!(narrowed.home().await.map_or(Vec::new(), |home| came_back(&home).1).is_empty());
        }
        assert_eq!(ReviewListId(list.id.0.clone()), store.reviewer.home().await.unwrap().next.unwrap().item.list);
        store.verified().await;
    }
}
