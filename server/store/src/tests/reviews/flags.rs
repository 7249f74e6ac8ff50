//! How a row stands in review lists as its head tells it, and flagging many rows as one.

use super::{flag, flag_as, refused, stores};
use crate::Desk;
use crate::jobs::following::JobWorker;
use crate::tests::TestStore;
use crate::tests::jobs::{matching, named, picked, work};
use crate::tests::sending::{address, answer, number, slider};
use shared::commands::Command;
use shared::jobs::{Job, JobAction, JobState};
use shared::projects::{ChangeSettings, Project};
use shared::reviews::{
    ArchiveReviewList, AssignReview, CompleteReview, Frame, ItemsShown, ListDefinition, OpenReviews, RowFlag, SelectionFrame,
    SelectionKind, UnflagRow,
};
use shared::spans::OpenTrace;
use shared::{PersonId, ReviewListId};

impl TestStore {
    /// How the root of a trace stands in review lists, as a page shows it.
    async fn flags(&self, desk: &Desk, project: &Project, row: &str) -> Vec<RowFlag> {
        let query = OpenTrace { object: project.logs(), root_span_id: row.to_owned(), span_id: None, form: None };
        desk.open_trace(query).await.unwrap().said.flags
    }
}

/// List, who flagged it, the note, who is asked, and how many are done.
fn told(flags: &[RowFlag]) -> Vec<String> {
    let told = |flag: &RowFlag| {
        let by = flag.by.as_ref().map_or("nobody", |person| person.name.as_str());
        let asked: Vec<_> = flag.assignees.iter().map(|person| person.name.as_str()).collect();
        format!(
            "{} by {by}, {:?}, for {}, {} of {}",
            flag.list_name,
            flag.note.as_deref().unwrap_or_default(),
            asked.join(" and "),
            flag.done,
            flag.needed
        )
    };
    flags.iter().map(told).collect()
}

fn flagging(list: Option<&ReviewListId>, note: Option<&str>, assignees: &[&Desk]) -> JobAction {
    let assignees = assignees.iter().map(|desk| desk.actor().person.id.clone()).collect();
    JobAction::Flag { list: list.cloned(), note: note.map(str::to_owned), assignees, sample: None }
}

#[tokio::test]
async fn an_open_span_tells_in_which_lists_it_stands() {
    for store in stores().await {
        let project = store.with_rows("heads", &["a", "b"]).await;
        let list = store.list_of(&project, "Spring", ListDefinition { needed: Some(2), ..ListDefinition::default() }).await;
        assert_eq!(store.flags(&store.viewer, &project, "a").await, []);
        store.reviewer.flag_row(flag_as(&project, "a", &[], |flagging| flagging.note = Some("Is this right?".to_owned()))).await.unwrap();
        store.engineer.flag_row(flag(&project, "a", &[&list.id])).await.unwrap();
        let reviewer = store.reviewer.actor().person.id.clone();
        let ask = AssignReview {
            row: address(&project, "a"),
            list: Some(list.id.clone()),
            add: vec![reviewer],
            remove: Vec::new(),
            only: true,
            client_id: None,
        };
        store.engineer.assign_review(ask).await.unwrap();
        // By list, as everybody sees it.
        let said = ["Review by The reviewer, \"Is this right?\", for , 0 of 1", "Spring by The engineer, \"\", for The reviewer, 0 of 2"];
        for desk in [&store.viewer, &store.reviewer, &store.engineer] {
            assert_eq!(told(&store.flags(desk, &project, "a").await), said);
        }
        assert_eq!(store.flags(&store.viewer, &project, "b").await, []);
        let done = CompleteReview { row: address(&project, "a"), list: Some(list.id.clone()), preference: None, client_id: None };
        store.reviewer.complete_review(done).await.unwrap();
        assert!(told(&store.flags(&store.viewer, &project, "a").await)[1].ends_with("1 of 2"));
        // Taken out of one, and the other taken away.
        let out = UnflagRow { row: address(&project, "a"), lists: vec![project.id.0.clone().into()], client_id: None };
        store.reviewer.unflag_row(out).await.unwrap();
        assert_eq!(store.flags(&store.viewer, &project, "a").await.len(), 1);
        store.engineer.archive_review_list(ArchiveReviewList { list: list.id.clone() }).await.unwrap();
        assert_eq!(store.flags(&store.viewer, &project, "a").await, []);
    }
}

#[tokio::test]
async fn who_flags_chooses_from_lists_and_from_people_they_may_ask() {
    for store in stores().await {
        let project = store.project("choices").await;
        store.list_of(&project, "Spring", ListDefinition::default()).await;
        let names = |setting: &shared::reviews::FlagSetting| -> (Vec<String>, Vec<String>) {
            let lists = setting.lists.iter().map(|list| list.name.clone());
            (lists.collect(), setting.people.iter().map(|person| person.name.clone()).collect())
        };
        let (lists, people) = names(&store.engineer.flag_setting(&project.id).await.unwrap());
        assert_eq!(lists, ["Review", "Spring"]);
        assert_eq!(people, ["The engineer", "The owner", "The reviewer"]);
        let (lists, people) = names(&store.reviewer.flag_setting(&project.id).await.unwrap());
        assert_eq!((lists.len(), people.len()), (2, 0), "a reviewer asks nobody");
        assert!(refused(store.viewer.flag_setting(&project.id).await).starts_with("You may not"));
        assert!(store.reviewer.flag_setting(&"none".into()).await.is_err());
    }
}

#[tokio::test]
async fn everything_that_matches_is_flagged_and_taken_back_as_one() {
    for store in stores().await {
        let rows: Vec<String> = (0..30).map(|number| format!("r{number}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let project = store.with_rows("flagged", &rows).await;
        let list = store.list_of(&project, "Spring", ListDefinition::default()).await;
        store.reviewer.flag_row(flag(&project, "r1", &[&list.id])).await.unwrap();
        let action = flagging(Some(&list.id), Some("Look"), &[&store.reviewer]);
        let job = store.engineer.start_job(matching(&project, "input != 'r2'", action)).await.unwrap();
        let mut worker = JobWorker::new();
        store.store.work_at_jobs(&mut worker, 2).await.unwrap();
        // It goes on after an interruption, and does nothing twice.
        store.store.work_at_jobs(&mut worker, usize::MAX).await.unwrap();
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.total, job.done, job.already), (JobState::Done, Some(29), 29, 0));
        let item = store.items(&project, "r7").await.remove(0);
        let selection = item.selections[0].clone();
        assert_eq!((selection.kind, selection.probability), (SelectionKind::Filter, None));
        let SelectionFrame { filter, as_of, rows } = selection.frame.unwrap();
        assert_eq!((filter.as_str(), rows), ("input != 'r2'", 29));
        assert!(as_of > 0, "the transaction as of which they were counted");
        assert_eq!(told(&store.flags(&store.viewer, &project, "r7").await), ["Spring by The engineer, \"Look\", for The reviewer, 0 of 1"]);
        assert_eq!(store.items(&project, "r2").await, []);
        // Once more: nothing is new, but how they were picked is kept.
        let again = store.engineer.start_job(matching(&project, "", flagging(Some(&list.id), None, &[]))).await.unwrap();
        work(&store.store).await;
        let again = store.engineer.job(&again.id).await.unwrap();
        assert_eq!((again.total, again.done, again.already), (Some(30), 1, 29));
        assert_eq!(store.items(&project, "r7").await[0].selections.len(), 2);
        store.engineer.undo_job(named(&again)).await.unwrap();
        work(&store.store).await;
        // One is reviewed meanwhile: it stays as it stands, and so does the one that stood there before.
        let done = CompleteReview { row: address(&project, "r3"), list: Some(list.id.clone()), preference: None, client_id: None };
        store.reviewer.complete_review(done).await.unwrap();
        store.engineer.undo_job(named(&job)).await.unwrap();
        work(&store.store).await;
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.undone + job.kept), (JobState::Undone, 29));
        let listed: Vec<_> = [("r1", true), ("r2", false), ("r7", false)].into_iter().collect();
        for (row, is_listed) in listed {
            assert_eq!(!store.flags(&store.viewer, &project, row).await.is_empty(), is_listed, "{row}");
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn flagging_many_takes_the_right_to_and_what_there_is() {
    for store in stores().await {
        let project = store.with_rows("rights", &["a", "b"]).await;
        let foreign = store.project("foreign").await;
        let theirs: ReviewListId = foreign.id.0.clone().into();
        let (none, nobody): (ReviewListId, PersonId) = ("none".into(), "nobody".into());
        let asked = JobAction::Flag { list: None, note: None, assignees: vec![nobody], sample: None };
        let said = [
            refused(store.viewer.start_job(picked(&project, &["a"], flagging(None, None, &[]))).await),
            refused(store.reviewer.start_job(picked(&project, &["a"], flagging(None, None, &[&store.reviewer]))).await),
            refused(store.reviewer.start_job(matching(&project, "", flagging(None, None, &[]))).await),
            refused(store.engineer.start_job(picked(&project, &["a"], flagging(Some(&none), None, &[]))).await),
            refused(store.engineer.start_job(picked(&project, &["a"], flagging(Some(&theirs), None, &[]))).await),
            refused(store.engineer.start_job(picked(&project, &["a"], asked)).await),
        ];
        expect_test::expect![[r#"
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not assign reviews or say how rows were picked. Ask an owner of this installation for a role that allows it.
            You may not act on everything that matches. Ask an owner of this installation for a role that allows it.
            There is no review list here. It may have been deleted, or the link is incomplete.
            There is no review list here. It may have been deleted, or the link is incomplete.
            assignees: There is no active member nobody. Use the ids of members."#]]
        .assert_eq(&said.join("\n"));
        let job = store.reviewer.start_job(picked(&project, &["a", "gone"], flagging(None, Some("Why?"), &[]))).await.unwrap();
        work(&store.store).await;
        let job: Job = store.reviewer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.done, job.gone), (JobState::Done, 1, 1));
        assert_eq!(store.items(&project, "a").await[0].selections[0].kind, SelectionKind::Manual);
        // A list that goes meanwhile refuses each row, and says why.
        let list = store.list_of(&project, "Spring", ListDefinition::default()).await;
        let late = store.engineer.start_job(picked(&project, &["a", "b"], flagging(Some(&list.id), None, &[]))).await.unwrap();
        store.engineer.archive_review_list(ArchiveReviewList { list: list.id.clone() }).await.unwrap();
        work(&store.store).await;
        let late = store.engineer.job(&late.id).await.unwrap();
        assert_eq!((late.state, late.done), (JobState::Done, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_flag_at_once_make_one_item() {
    for store in stores().await {
        let project = store.with_rows("both", &["a"]).await;
        let of = |desk: &Desk| {
            let (desk, command) = (desk.clone(), flag(&project, "a", &[]));
            async move { desk.run(Command::FlagRow(command)).await.unwrap() }
        };
        let people = [&store.reviewer, &store.engineer, &store.owner];
        futures::future::join_all((0..12).map(|turn| of(people[turn % 3]))).await;
        assert_eq!(store.items(&project, "a").await.len(), 1);
        assert_eq!(store.flags(&store.viewer, &project, "a").await.len(), 1);
        store.verified().await;
    }
}

#[tokio::test]
async fn who_sets_a_list_up_is_told_what_there_is_to_choose() {
    for store in stores().await {
        let project = store.with_rows("setting", &["a"]).await;
        let foreign = store.project("foreign").await;
        let list = store.list_of(&project, "Spring", ListDefinition { needed: Some(2), ..ListDefinition::default() }).await;
        store.question(&project, "Tone", slider()).await;
        let setting = store.engineer.list_setting(&project.id, None).await.unwrap();
        assert_eq!((setting.list, setting.reviewers_per_item, setting.is_frame_fixed), (None, 1, false));
        assert_eq!(setting.questions.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["Tone"]);
        assert_eq!(setting.people.len(), 3, "a viewer reviews nothing");
        let of = async || store.engineer.list_setting(&project.id, Some(&list.id)).await.unwrap();
        assert_eq!((of().await.list.as_ref(), of().await.is_frame_fixed), (Some(&list), false));
        store.reviewer.flag_row(flag(&project, "a", &[&list.id])).await.unwrap();
        let shown = async |desk: &Desk| {
            let query = OpenReviews { list: Some(list.id.clone()), shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) };
            desk.open_reviews(query).await.unwrap().is_new
        };
        assert!(shown(&store.reviewer).await);
        let done = CompleteReview { row: address(&project, "a"), list: Some(list.id.clone()), preference: None, client_id: None };
        store.reviewer.complete_review(done).await.unwrap();
        assert!(of().await.is_frame_fixed);
        assert_eq!((shown(&store.reviewer).await, shown(&store.engineer).await), (false, true));
        assert!(store.engineer.list_setting(&foreign.id, Some(&list.id)).await.is_err());
        assert!(refused(store.reviewer.list_setting(&project.id, None).await).starts_with("You may not"));
    }
}

#[tokio::test]
async fn rows_are_drawn_at_random_with_their_probability() {
    for store in stores().await {
        let rows: Vec<String> = (0..40).map(|number| format!("r{number}")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let project = store.with_rows("drawn", &rows).await;
        let definition = ListDefinition { frame: Frame::Representative, ..ListDefinition::default() };
        let list = store.list_of(&project, "Weekly", definition).await;
        let draw = |sample| JobAction::Flag { list: Some(list.id.clone()), note: None, assignees: Vec::new(), sample: Some(sample) };
        let job = store.engineer.start_job(matching(&project, "input != 'r0'", draw(13))).await.unwrap();
        work(&store.store).await;
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.total, job.done), (JobState::Done, Some(13), 13));
        let items = async || {
            let query = OpenReviews { list: Some(list.id.clone()), shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) };
            store.engineer.open_reviews(query).await.unwrap().items
        };
        let first = items().await;
        assert_eq!(first.len(), 13);
        for item in &first {
            let [selection] = item.selections.as_slice() else { panic!("{item:?}") };
            assert_eq!((selection.kind, selection.probability), (SelectionKind::Random, Some(13.0 / 39.0)));
            assert!(selection.seed.is_some() && selection.frame.as_ref().is_some_and(|frame| frame.rows == 39));
        }
        // Another draw takes others; a draw of more than there are takes all.
        let second = store.engineer.start_job(matching(&project, "", draw(10))).await.unwrap();
        work(&store.store).await;
        assert_eq!(store.engineer.job(&second.id).await.unwrap().total, Some(10));
        assert!((14..=23).contains(&items().await.len()));
        store.engineer.start_job(matching(&project, "", draw(1_000))).await.unwrap();
        work(&store.store).await;
        let all = items().await;
        assert_eq!(all.len(), 40);
        assert!(all.iter().all(|item| item.selections.last().unwrap().probability == Some(1.0)));
        assert!(store.reviewer.start_job(matching(&project, "", draw(1))).await.is_err());
        store.verified().await;
    }
}

#[tokio::test]
async fn what_was_looked_for_is_not_told_to_the_blind() {
    for store in stores().await {
        let project = store.with_rows("chosen", &["a"]).await;
        store.question(&project, "Tone", slider()).await;
        answer(&store.engineer, &project, "a", "Tone", number(0.25)).await.unwrap();
        store.engineer.start_job(matching(&project, "answers.Tone.count = 1", flagging(None, None, &[]))).await.unwrap();
        work(&store.store).await;
        let frame = async |desk: &Desk| {
            let query = OpenReviews { shown: ItemsShown::All, ..OpenReviews::of(project.id.clone()) };
            let items = desk.open_reviews(query).await.unwrap().items;
            let frame = items[0].selections[0].frame.clone();
            frame.map(|frame| frame.filter)
        };
        let filter = Some("answers.Tone.count = 1".to_owned());
        assert_eq!(frame(&store.reviewer).await, filter);
        let blind = serde_json::json!({"blind_reviews": true}).as_object().unwrap().clone();
        store.engineer.change_settings(ChangeSettings { project: project.id.clone(), changes: blind }).await.unwrap();
        assert_eq!((frame(&store.reviewer).await, frame(&store.engineer).await), (None, filter.clone()));
        answer(&store.reviewer, &project, "a", "Tone", number(0.5)).await.unwrap();
        assert_eq!(frame(&store.reviewer).await, filter);
    }
}

#[tokio::test]
async fn a_list_that_is_archived_meanwhile_is_why_rows_are_refused() {
    for store in stores().await {
        let project = store.with_rows("archived", &["a", "b"]).await;
        let list = store.list_of(&project, "Spring", ListDefinition::default()).await.id;
        let job = store.engineer.start_job(picked(&project, &["a", "b"], flagging(Some(&list), None, &[]))).await.unwrap();
        store.engineer.archive_review_list(ArchiveReviewList { list }).await.unwrap();
        work(&store.store).await;
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.gone, job.refused), (JobState::Done, 0, 2), "{job:?}");
        assert!(job.refusal.as_deref().is_some_and(|refusal| refusal.contains("review list")), "{job:?}");
    }
}
