//! Filling review lists: all that match, so many of them or a share, stratum by stratum, and what is refused.

use super::super::jobs::{named, work};
use super::super::sending::{address, slider};
use super::{TestStore, refused, stores};
use crate::{Desk, Error};
use serde_json::{Value, json};
use shared::jobs::JobState;
use shared::projects::{ChangeSettings, Project};
use shared::reviews::{Draw, FillList, Frame, ItemsShown, ListDefinition, OpenReviews, ReviewItem, SelectionKind, UnflagRow};
use shared::{Problem, ReviewListId};

fn fill(list: &ReviewListId, filter: &str, draw: Draw) -> FillList {
    FillList { list: list.clone(), object: None, filter: filter.to_owned(), draw, dry_run: false }
}

fn dry(command: FillList) -> FillList {
    FillList { dry_run: true, ..command }
}

fn count(count: u32) -> Draw {
    Draw { count: Some(count), ..Draw::default() }
}

impl TestStore {
    /// A project with rows of three plans: 60 free, 20 pro, and 4 of none.
    async fn with_plans(&self, name: &str) -> Project {
        let project = self.project(name).await;
        let row = |number: usize| {
            let plan = if number < 60 { json!("free") } else { json!("pro") };
            let metadata = if number < 80 { json!({ "plan": plan }) } else { json!({}) };
            json!({"id": format!("r{number}"), "input": number, "metadata": metadata})
        };
        let rows: Vec<Value> = (0..84).map(row).collect();
        self.send(&project, &rows).await;
        project
    }

    /// All items of a list.
    pub(super) async fn all_items(&self, project: &Project, list: &ReviewListId) -> Vec<ReviewItem> {
        let query = OpenReviews { list: Some(list.clone()), shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) };
        self.engineer.open_reviews(query).await.unwrap().items
    }
}

fn rows_of(items: &[ReviewItem]) -> Vec<String> {
    let mut rows: Vec<String> = items.iter().map(|item| item.row.id.0.clone()).collect();
    rows.sort();
    rows
}

#[tokio::test]
async fn a_fill_is_done_when_it_is_answered_and_taken_back_as_one() {
    for store in stores().await {
        let project = store.with_plans("counted").await;
        let definition = ListDefinition { frame: Frame::Representative, ..ListDefinition::default() };
        let list = store.list_of(&project, "Weekly", definition).await.id;
        let would = store.engineer.fill_list(dry(fill(&list, "metadata.plan = 'free'", count(20)))).await.unwrap();
        assert_eq!((would.added, would.would_add, would.already, would.matched, &would.job), (0, 20, 0, 60, &None));
        assert!(store.all_items(&project, &list).await.is_empty(), "a dry run does nothing");
        // With the seed of the dry run the same rows are drawn.
        let seeded = Draw { seed: Some(would.seed), ..count(20) };
        let filled = store.engineer.fill_list(fill(&list, "metadata.plan = 'free'", seeded.clone())).await.unwrap();
        assert_eq!((filled.added, filled.would_add, filled.already, filled.matched), (20, 20, 0, 60));
        assert!(!filled.is_on_the_way && filled.seed == would.seed);
        let items = store.all_items(&project, &list).await;
        assert_eq!(items.len(), 20);
        for item in &items {
            let [selection] = item.selections.as_slice() else { panic!("{item:?}") };
            assert_eq!(
                (selection.kind, selection.probability, selection.seed),
                (SelectionKind::Random, Some(20.0 / 60.0), Some(would.seed))
            );
            let frame = selection.frame.as_ref().unwrap();
            assert_eq!((frame.filter.as_str(), frame.rows), ("metadata.plan = 'free'", 60));
        }
        // Again, it adds nothing, and each keeps that it was drawn twice.
        let again = store.engineer.fill_list(fill(&list, "metadata.plan = 'free'", seeded)).await.unwrap();
        assert_eq!((again.added, again.would_add, again.already), (0, 0, 20));
        assert!(store.all_items(&project, &list).await.iter().all(|item| item.selections.len() == 2));
        // All that match: without a probability, because nothing was drawn.
        let all = store.engineer.fill_list(fill(&list, "metadata.plan = 'pro'", Draw::default())).await.unwrap();
        assert_eq!((all.added, all.already), (20, 0));
        let items = store.all_items(&project, &list).await;
        let taken: Vec<_> = items.iter().filter(|item| item.selections[0].kind == SelectionKind::Filter).collect();
        assert!(
            taken.len() == 20 && taken.iter().all(|item| item.selections[0].probability.is_none() && item.selections[0].seed.is_none())
        );
        // The job of a fill is taken back as one.
        let job = store.engineer.job(filled.job.as_ref().unwrap()).await.unwrap();
        assert_eq!(job.state, JobState::Done);
        store.engineer.undo_job(named(&job)).await.unwrap();
        work(&store.store).await;
        assert_eq!(store.all_items(&project, &list).await.len(), 20);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_share_is_drawn_again_the_same_and_later_rows_by_the_same_seed() {
    for store in stores().await {
        let project = store.with_plans("shared").await;
        let list = store.list_of(&project, "Share", ListDefinition::default()).await.id;
        let share = Draw { rate: Some(0.3), seed: Some(11), ..Draw::default() };
        let first = store.engineer.fill_list(fill(&list, "", share.clone())).await.unwrap();
        let drawn = rows_of(&store.all_items(&project, &list).await);
        assert!(first.added == i64::try_from(drawn.len()).unwrap() && (10..=42).contains(&drawn.len()), "{first:?}");
        let more: Vec<Value> = (84..184).map(|number| json!({"id": format!("r{number}"), "input": number})).collect();
        store.send(&project, &more).await;
        let second = store.engineer.fill_list(fill(&list, "", share.clone())).await.unwrap();
        assert_eq!(second.already, first.added, "the same rows");
        let both = rows_of(&store.all_items(&project, &list).await);
        assert!(drawn.iter().all(|row| both.contains(row)) && both.len() > drawn.len());
        let items = store.all_items(&project, &list).await;
        assert!(items.iter().all(|item| item.selections.iter().all(|selection| selection.probability == Some(0.3))));
        // Whoever fills by hand may put back what was taken out.
        let gone = items[0].row.clone();
        store.engineer.unflag_row(UnflagRow { row: gone.clone(), lists: vec![list.clone()], client_id: None }).await.unwrap();
        assert_eq!(store.engineer.fill_list(fill(&list, "", share)).await.unwrap().added, 1);
        store.verified().await;
    }
}

#[tokio::test]
async fn strata_get_their_shares_and_each_row_its_own_probability() {
    for store in stores().await {
        let project = store.with_plans("strata").await;
        let list = store.list_of(&project, "Strata", ListDefinition::default()).await.id;
        let draw = Draw { stratify_by: Some("metadata.plan".to_owned()), ..count(24) };
        let filled = store.engineer.fill_list(fill(&list, "input >= 0", draw.clone())).await.unwrap();
        assert_eq!((filled.added, filled.matched), (24, 84));
        let items = store.all_items(&project, &list).await;
        for (stratum, count, probability) in [("free", 10, 10.0 / 60.0), ("pro", 10, 0.5), ("", 4, 1.0)] {
            let of: Vec<_> = items.iter().map(|item| &item.selections[0]).filter(|one| one.stratum.as_deref() == Some(stratum)).collect();
            assert_eq!(of.len(), count, "{stratum}");
            let fits = of.iter().all(|one| one.kind == SelectionKind::Stratified && one.probability == Some(probability));
            assert!(fits, "{stratum}: {of:?}");
        }
        let refuse = async |command| refused(store.engineer.fill_list(command).await);
        let two = Draw { count: Some(2), ..draw.clone() };
        assert_eq!(
            refuse(dry(fill(&list, "", two.clone()))).await,
            "count: There are 3 strata. Draw as many rows at least, or use an expression with fewer values."
        );
        assert!(refuse(fill(&list, "", two)).await.contains("There are 3 strata."), "also where a job finds it out");
        let unreadable = Draw { stratify_by: Some("metadata.".to_owned()), ..draw };
        assert!(refuse(fill(&list, "", unreadable)).await.starts_with("stratify_by: "));
        store.verified().await;
    }
}

#[tokio::test]
async fn who_reviews_blind_is_not_told_what_a_draw_says_about_a_row() {
    for store in stores().await {
        let project = store.with_plans("blind").await;
        let list = store.list_of(&project, "Strata", ListDefinition::default()).await.id;
        let draw = Draw { stratify_by: Some("metadata.plan".to_owned()), ..count(24) };
        store.engineer.fill_list(fill(&list, "input >= 0", draw)).await.unwrap();
        let told = async |desk: &Desk| {
            let query = OpenReviews { list: Some(list.clone()), shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) };
            let items = desk.open_reviews(query).await.unwrap().items;
            assert_eq!(items.len(), 24);
            let told = |item: &ReviewItem| {
                let selection = &item.selections[0];
                let of_the_draw = [selection.probability.is_some(), selection.seed.is_some()];
                of_the_draw.into_iter().chain([selection.stratum.is_some(), selection.frame.is_some()]).filter(|is_told| *is_told).count()
            };
            items.iter().map(told).sum::<usize>()
        };
        assert_eq!((told(&store.reviewer).await, told(&store.engineer).await), (96, 96));
        store.question(&project, "Q", slider()).await;
        let blind = json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        assert_eq!((told(&store.reviewer).await, told(&store.engineer).await), (0, 96));
    }
}

#[tokio::test]
async fn what_cannot_be_filled_is_refused_with_a_sentence() {
    for store in stores().await {
        let project = store.with_plans("refused").await;
        let list = store.list_of(&project, "Refused", ListDefinition::default()).await.id;
        let foreign = store.project("foreign").await;
        let refuse = async |command| refused(store.engineer.fill_list(command).await);
        for desk in [&store.reviewer, &store.viewer] {
            assert!(refused(desk.fill_list(fill(&list, "", count(1))).await).starts_with("You may not act on everything that matches"));
        }
        let unreadable = store.engineer.fill_list(fill(&list, "scores. >", count(1))).await;
        assert!(matches!(unreadable, Err(Error::Problem(Problem::Filter { .. }))));
        assert_eq!(refuse(fill(&list, "", count(0))).await, "count: Use a whole number of rows from 1 to 1000000.");
        let both = Draw { rate: Some(0.5), ..count(1) };
        assert!(refuse(fill(&list, "", both)).await.starts_with("rate: Say how many rows"));
        let elsewhere = FillList { object: Some(foreign.logs()), ..fill(&list, "", count(1)) };
        assert_eq!(refuse(elsewhere).await, "object_id: Name an object of the project that the list belongs to.");
        let nowhere = store.engineer.fill_list(fill(&"none".into(), "", count(1))).await;
        assert!(matches!(nowhere, Err(Error::Problem(Problem::NotFound { .. }))));
        let nothing = store.engineer.fill_list(fill(&list, "input = 'none'", count(5))).await.unwrap();
        assert_eq!((nothing.added, nothing.matched, nothing.is_on_the_way), (0, 0, false));
        // What is erased takes its stratum with it.
        let draw = Draw { stratify_by: Some("metadata.plan".to_owned()), ..count(84) };
        store.engineer.fill_list(fill(&list, "", draw)).await.unwrap();
        store.engineer.erase_row(address(&project, "r3")).await.unwrap();
        assert_eq!(store.all_items(&project, &list).await.len(), 83);
    }
}
