//! Two experiments compared by people, pair by pair.

use super::{flag, refused};
use crate::Desk;
use crate::tests::archives::{empty, exported, imported};
use crate::tests::sending::raws;
use crate::tests::{TestStore, stores};
use serde_json::{Map, Value, json};
use shared::audit::{Deed, Edit, ListActivity, Revert};
use shared::objects::{DeleteObject, IfTaken, ObjectKind, RegisterObject, RestoreObject, RowAddress};
use shared::projects::{ChangeSettings, Project};
use shared::reviews::{
    CompleteReview, FillList, Frame, ListDefinition, OpenPair, PairExperiments, PairTotals, PairsMade, Pairwise, ReviewList,
    SaveReviewList, ShownSide, SkipReason, SkipReview, TakeNext,
};
use shared::{ObjectId, RowId};

async fn experiment(store: &TestStore, project: &Project, name: &str, rows: &[(u32, &str)]) -> ObjectId {
    let (kind, named, details) = (ObjectKind::Experiment, Some(name.to_owned()), Map::new());
    let command = RegisterObject { kind, project: project.id.clone(), name: named, if_taken: IfTaken::Open, details };
    let id = store.engineer.register_object(command).await.unwrap().0.id;
    send(store, &id, name, rows).await;
    id
}

async fn send(store: &TestStore, experiment: &ObjectId, name: &str, rows: &[(u32, &str)]) {
    let row = |(place, (input, output)): (usize, &(u32, &str))| {
        let id = format!("{name}-{input}-{place}");
        json!({"id": id, "span_id": id, "root_span_id": id, "input": format!("Question {input}?"), "output": output})
    };
    // One after the other, so that it is known which came first.
    for row in rows.iter().enumerate().map(row) {
        assert_eq!(store.engineer.ingest(raws(&[row]), Some(experiment.clone())).await.unwrap().rejected, []);
    }
}

/// Two experiments with three inputs in common; `old` has one more, `new` has one more and ran the first twice.
async fn world(store: &TestStore, name: &str) -> (Project, [ObjectId; 2]) {
    let project = store.project(name).await;
    let old = experiment(store, &project, "old", &[(1, "old 1"), (2, "old 2"), (3, "old 3"), (4, "old 4")]).await;
    let new = experiment(store, &project, "new", &[(1, "new 1"), (1, "new 1 again"), (2, "new 2"), (3, "new 3"), (5, "new 5")]).await;
    (project, [old, new])
}

fn both(project: &Project) -> PairExperiments {
    PairExperiments { project: project.id.clone(), experiments: ["old".to_owned(), "NEW".to_owned()] }
}

async fn next(desk: &Desk, list: &ReviewList) -> Option<OpenPair> {
    let command = TakeNext { project: list.project.clone(), list: Some(list.id.clone()), order: None };
    desk.next_pair(command).await.unwrap()
}

fn prefer(pair: &OpenPair, preference: Option<ShownSide>) -> CompleteReview {
    let item = &pair.taken.item;
    CompleteReview { row: item.row.clone(), list: Some(item.list.clone()), preference, client_id: None }
}

/// On which side the new one stands.
fn side_of_new(pair: &OpenPair) -> ShownSide {
    if pair.a.output.starts_with("new") { ShownSide::A } else { ShownSide::B }
}

async fn totals(desk: &Desk, list: &ReviewList) -> Option<PairTotals> {
    desk.pair_totals(&list.id).await.unwrap().totals
}

#[tokio::test]
async fn experiments_are_paired_on_their_input() {
    for store in stores().await {
        let (project, [old, _]) = world(&store, "paired").await;
        assert_eq!(refused(store.reviewer.pair_experiments(both(&project)).await), refused(store.reviewer.pair_list(&"x".into()).await));
        let PairsMade { list, added, already, alone, not_drawn } = store.engineer.pair_experiments(both(&project)).await.unwrap();
        assert_eq!((added, already, alone, not_drawn), (3, 0, 2, 0));
        assert_eq!((list.name.as_str(), list.definition.frame), ("new against old", Frame::Representative));
        let mut seen = Vec::new();
        while let Some(pair) = next(&store.reviewer, &list).await {
            assert_eq!((pair.taken.item.output.as_str(), pair.taken.item.is_pair), ("", true));
            assert_eq!(pair.taken.item.selections[0].probability, Some(1.0));
            let mut outputs = [pair.a.output.clone(), pair.b.output.clone()];
            outputs.sort();
            seen.push((pair.input.clone(), outputs));
            store.reviewer.complete_review(prefer(&pair, Some(ShownSide::Equal))).await.unwrap();
        }
        seen.sort();
        let of = |number: u32| (format!("Question {number}?"), [format!("new {number}"), format!("old {number}")]);
        // The first that ran of each stands for its input.
        assert_eq!(seen, [of(1), of(2), of(3)]);
        // What came since is added, and nothing twice; the other order finds the same list.
        send(&store, &old, "later", &[(5, "old 5")]).await;
        let [first, second] = both(&project).experiments;
        let again = PairExperiments { experiments: [second, first], ..both(&project) };
        let more = store.engineer.pair_experiments(again).await.unwrap();
        assert_eq!((more.list.id, more.added, more.already, more.alone), (list.id.clone(), 1, 3, 1));
        let same = store.engineer.pair_list(&list.id).await.unwrap();
        assert_eq!((same.added, same.already), (0, 4));
        store.verified().await;
    }
}

#[tokio::test]
async fn sides_are_drawn_for_each_reviewer_and_kept() {
    for store in stores().await {
        let project = store.project("sides").await;
        let rows: Vec<(u32, String, String)> = (0..24).map(|input| (input, format!("old {input}"), format!("new {input}"))).collect();
        let old: Vec<(u32, &str)> = rows.iter().map(|(input, old, _)| (*input, old.as_str())).collect();
        let new: Vec<(u32, &str)> = rows.iter().map(|(input, _, new)| (*input, new.as_str())).collect();
        experiment(&store, &project, "old", &old).await;
        experiment(&store, &project, "new", &new).await;
        let list = store.engineer.pair_experiments(both(&project)).await.unwrap().list;
        let definition = ListDefinition { needed: Some(2), ..list.definition.clone() };
        let command = SaveReviewList {
            project: project.id.clone(),
            list: Some(list.id.clone()),
            name: list.name.clone(),
            definition,
            seed: None,
            apply_to_open: true,
            version: None,
        };
        let list = store.engineer.save_review_list(command).await.unwrap();
        let anna = store.member("anna").await;
        let (mut own, mut hers) = (Vec::new(), Vec::new());
        while let Some(pair) = next(&store.reviewer, &list).await {
            let kept = store.reviewer.open_pair(&pair.taken.item.id).await.unwrap();
            assert_eq!((&kept.a, &kept.b), (&pair.a, &pair.b));
            let of_anna = anna.open_pair(&pair.taken.item.id).await.unwrap();
            let (mine, annas) = (side_of_new(&pair), side_of_new(&of_anna));
            own.push(mine);
            hers.push(annas);
            // The reviewer always likes the new one, Anna always the left side.
            store.reviewer.complete_review(prefer(&pair, Some(mine))).await.unwrap();
            anna.complete_review(prefer(&of_anna, Some(ShownSide::A))).await.unwrap();
        }
        assert_eq!(own.len(), 24);
        let lefts = |sides: &[ShownSide]| sides.iter().filter(|side| **side == ShownSide::A).count();
        assert!((3..=21).contains(&lefts(&own)) && (3..=21).contains(&lefts(&hers)) && own != hers, "{own:?} {hers:?}");
        let found = totals(&store.viewer, &list).await.unwrap();
        let wins = 24 + lefts(&hers) as u64;
        assert_eq!((found.wins, found.losses, found.ties, found.pairs), (wins, 48 - wins, 0, 24));
        assert_eq!(found.left, 24 + lefts(&own) as u64);
        let mean = found.mean.unwrap();
        assert!((mean.mean - wins as f64 / 48.0).abs() < 1e-9 && mean.low < mean.mean && mean.mean < mean.high);
        assert!(found.side_chance.is_some_and(|chance| chance > 0.0 && chance <= 1.0));
        store.verified().await;
    }
}

#[tokio::test]
async fn a_pair_is_complete_with_what_is_better_and_that_can_be_taken_back() {
    for store in stores().await {
        let (project, _) = world(&store, "said").await;
        let list = store.engineer.pair_experiments(both(&project)).await.unwrap().list;
        let pair = next(&store.reviewer, &list).await.unwrap();
        assert_eq!(refused(store.reviewer.complete_review(prefer(&pair, None)).await), "Answer Preference first.");
        assert_eq!(totals(&store.engineer, &list).await, Some(PairTotals::default()));
        let (new, old) = match side_of_new(&pair) {
            ShownSide::A => (ShownSide::A, ShownSide::B),
            _ => (ShownSide::B, ShownSide::A),
        };
        let once = CompleteReview { client_id: Some("once".to_owned()), ..prefer(&pair, Some(new)) };
        for _ in 0..2 {
            store.reviewer.complete_review(once.clone()).await.unwrap();
        }
        store.reviewer.complete_review(prefer(&pair, Some(new))).await.unwrap();
        let other = CompleteReview { client_id: Some("other".to_owned()), ..prefer(&pair, Some(old)) };
        let sentence = "preference: You have said which one is better. Take that back first.";
        assert_eq!(refused(store.reviewer.complete_review(other.clone()).await), sentence);
        let stands = totals(&store.engineer, &list).await.unwrap();
        assert_eq!((stands.wins, stands.losses, stands.mean), (1, 0, None));
        let back = Revert { edit: Edit::Command("once".to_owned()), client_id: None };
        store.reviewer.revert(back).await.unwrap();
        assert_eq!(totals(&store.engineer, &list).await, Some(PairTotals::default()));
        store.verified().await;
        store.reviewer.complete_review(other).await.unwrap();
        let stands = totals(&store.engineer, &list).await.unwrap();
        assert_eq!((stands.wins, stands.losses), (0, 1));
        let entries = activity(&store.engineer, &pair.taken.item.row).await;
        let deeds: Vec<&Deed> = entries.iter().map(|(deed, _)| deed).collect();
        assert_eq!(deeds, [&Deed::Prefer, &Deed::Prefer, &Deed::Prefer, &Deed::Flag, &Deed::Merge][..deeds.len()].to_vec());
        // A second pair is left to others: that is no preference.
        let second = next(&store.reviewer, &list).await.unwrap();
        let (row, of) = (second.taken.item.row.clone(), Some(list.id.clone()));
        let skip = SkipReview { row, list: of, reason: SkipReason::BrokenItem, note: None, client_id: None };
        store.reviewer.skip_review(skip).await.unwrap();
        assert_eq!(totals(&store.engineer, &list).await.unwrap().pairs, 1);
        // Begun again, what was said before does not count any more.
        store.verified().await;
        store.engineer.erase_row(pair.taken.item.row.clone()).await.unwrap();
        assert_eq!(totals(&store.engineer, &list).await, Some(PairTotals::default()));
        store.verified().await;
    }
}

async fn activity(desk: &Desk, row: &RowAddress) -> Vec<(Deed, Option<String>)> {
    let page = desk.activity(ListActivity { row: row.clone(), before: None, limit: 100 }).await.unwrap();
    page.into_iter().map(|entry| (entry.action, entry.to)).collect()
}

#[tokio::test]
async fn where_reviews_are_blind_others_preferences_are_nobodys_to_know() {
    for store in stores().await {
        let (project, _) = world(&store, "blind").await;
        let list = store.engineer.pair_experiments(both(&project)).await.unwrap().list;
        let settings =
            ChangeSettings { project: project.id.clone(), changes: serde_json::from_value(json!({"blind_reviews": true})).unwrap() };
        store.engineer.change_settings(settings).await.unwrap();
        let anna = store.member("anna").await;
        let pair = next(&anna, &list).await.unwrap();
        anna.complete_review(prefer(&pair, Some(ShownSide::A))).await.unwrap();
        let row = &pair.taken.item.row;
        let told = |entries: Vec<(Deed, Option<String>)>| entries.into_iter().find(|(deed, _)| *deed == Deed::Prefer).unwrap().1;
        assert_eq!(told(activity(&store.reviewer, row).await), None);
        assert!(told(activity(&anna, row).await).unwrap().contains("swapped"));
        assert!(told(activity(&store.engineer, row).await).unwrap().contains("preference"));
        let hidden = store.reviewer.pair_totals(&list.id).await.unwrap();
        assert_eq!((hidden.experiments, hidden.totals), Default::default());
        assert_eq!(totals(&store.engineer, &list).await.unwrap().decided(), 1);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_list_of_pairs_takes_nothing_else() {
    for store in stores().await {
        let (project, [old, new]) = world(&store, "only").await;
        let list = store.engineer.pair_experiments(both(&project)).await.unwrap().list;
        store.send(&project, &[json!({"id": "a", "span_id": "a", "root_span_id": "a", "input": "a"})]).await;
        let foreign = "list: This list pairs two experiments, and its rows come from there. Use another list for single rows.";
        assert_eq!(refused(store.engineer.flag_row(flag(&project, "a", &[&list.id])).await), foreign);
        let complete = CompleteReview { list: Some(list.id.clone()), preference: Some(ShownSide::A), ..super::complete(&project, "a") };
        assert_eq!(
            refused(store.engineer.complete_review(complete.clone()).await),
            "There is no review of this row in the list here. It may have been deleted, or the link is incomplete."
        );
        // Of a pair one side of which is gone, nothing is better.
        let pair = next(&store.reviewer, &list).await.unwrap();
        store.engineer.delete_object(DeleteObject { kind: ObjectKind::Experiment, id: new.clone() }).await.unwrap();
        assert_eq!(
            refused(store.reviewer.complete_review(prefer(&pair, Some(ShownSide::A))).await),
            "There is no row beside this one here. It may have been deleted, or the link is incomplete."
        );
        store.engineer.restore_object(RestoreObject { kind: ObjectKind::Experiment, id: new.clone(), name: None }).await.unwrap();
        let single = CompleteReview { list: None, ..complete };
        let sentence = "preference: This list shows single rows, of which none is better. Leave it out.";
        assert_eq!(refused(store.engineer.complete_review(single).await), sentence);
        let fill =
            FillList { list: list.id.clone(), object: Some(old.clone()), filter: String::new(), draw: Default::default(), dry_run: false };
        assert_eq!(refused(store.engineer.fill_list(fill).await), foreign);
        // Of SDKs what cannot be is passed over.
        let metadata: Value = json!({"~__bt_review_lists": {list.id.as_str(): {"status": "TODO"}}});
        store.send(&project, &[json!({"id": "a", "_is_merge": true, "metadata": metadata})]).await;
        assert_eq!(store.items(&project, "a").await, []);
        // What it pairs is fixed, and two experiments are two.
        let save = |list: Option<&ReviewList>, experiments: [ObjectId; 2]| SaveReviewList {
            project: project.id.clone(),
            list: list.map(|list| list.id.clone()),
            name: "Other".to_owned(),
            definition: ListDefinition { pairwise: Some(Pairwise { experiments }), ..ListDefinition::default() },
            seed: None,
            apply_to_open: false,
            version: None,
        };
        let told = [
            refused(store.engineer.save_review_list(save(Some(&list), [new.clone(), old.clone()])).await),
            refused(store.engineer.save_review_list(save(None, [old.clone(), old.clone()])).await),
            refused(store.engineer.save_review_list(save(None, [old.clone(), project.logs()])).await),
        ];
        assert!(
            told[0].contains("fixed from the start") && told[1].contains("two experiments") && told[2].contains("no experiment"),
            "{told:?}"
        );
        experiment(&store, &project, "alone", &[(9, "x")]).await;
        let none = PairExperiments { project: project.id.clone(), experiments: ["old".to_owned(), "alone".to_owned()] };
        assert!(refused(store.engineer.pair_experiments(none).await).contains("no input in common"));
        // Where one side is gone that is said, and the other one still tells what was asked.
        let pair = next(&store.reviewer, &list).await.unwrap();
        let gone = pair.input.trim_matches(|character: char| !character.is_ascii_digit()).to_owned();
        let place = if gone == "1" { 0 } else { gone.parse::<usize>().unwrap() };
        let partner = RowAddress { object_type: ObjectKind::Experiment, object_id: new.clone(), id: RowId(format!("new-{gone}-{place}")) };
        store.engineer.erase_row(partner).await.unwrap();
        let opened = store.reviewer.open_pair(&pair.taken.item.id).await.unwrap();
        assert_eq!([opened.a.is_gone, opened.b.is_gone].into_iter().filter(|gone| *gone).count(), 1);
        assert_eq!(opened.input, pair.input);
        store.verified().await;
    }
}

#[tokio::test]
async fn pairs_and_preferences_move_with_their_project() {
    for store in stores().await {
        let (project, _) = world(&store, "moved").await;
        let list = store.engineer.pair_experiments(both(&project)).await.unwrap().list;
        let pair = next(&store.reviewer, &list).await.unwrap();
        store.reviewer.complete_review(prefer(&pair, Some(ShownSide::A))).await.unwrap();
        let archive = exported(&store.engineer, &project).await;
        for (target, mover, _place) in empty().await {
            imported(&mover, &archive).await.unwrap();
            assert_eq!(totals(&mover, &list).await, totals(&store.owner, &list).await);
            assert_eq!(exported(&mover, &project).await, archive);
            if let Err(difference) = target.verify().await.unwrap() {
                panic!("{difference}");
            }
            target.close().await;
        }
        store.verified().await;
    }
}
