//! Jobs: what they do, to which rows, once each, whoever works at them; and that they are taken back as one.

use super::sending::{address, answer, number, option, raws, slider};
use super::{TestStore, stores};
use crate::ground::database::{run, values};
use crate::jobs::following::JobWorker;
use crate::{Desk, Error, RowSearch, Store};
use serde_json::{Value, json};
use shared::audit::ListActivity;
use shared::comments::AddComment;
use shared::jobs::{ExpectedFrom, IfThere, Job, JobAction, JobRows, JobState, NameJob, StartJob};
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::people::{ChangeMember, CreateKey, Role};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind};
use shared::tags::{ChangeTags, SaveTag};
use shared::{ObjectId, Problem};
use std::fmt::Debug;

fn refused<T: Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn missing<T: Debug>(result: Result<T, Error>) -> bool {
    matches!(result.unwrap_err().problem(), Some(Problem::NotFound { .. }))
}

fn tag(add: &[&str], remove: &[&str]) -> JobAction {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    JobAction::Tag { add: names(add), remove: names(remove) }
}

/// A job over what matches.
pub(super) fn matching(project: &Project, filter: &str, action: JobAction) -> StartJob {
    StartJob { object: project.logs(), rows: JobRows::Matching(filter.to_owned()), action }
}

/// A job over some rows.
pub(super) fn picked(project: &Project, ids: &[&str], action: JobAction) -> StartJob {
    let ids = ids.iter().map(|id| (*id).into()).collect();
    StartJob { object: project.logs(), rows: JobRows::Picked(ids), action }
}

/// Its name.
pub(super) fn named(job: &Job) -> NameJob {
    NameJob { job: job.id.clone() }
}

/// Works at jobs until nothing is left to do.
pub(super) async fn work(store: &Store) {
    store.work_at_jobs(&mut JobWorker::new(), usize::MAX).await.unwrap();
}

impl TestStore {
    async fn tag(&self, project: &Project, name: &str) {
        let (name, color) = (name.to_owned(), "teal".to_owned());
        let tag = SaveTag { project: project.id.clone(), tag: None, name, color, description: String::new() };
        self.engineer.save_tag(tag).await.unwrap();
    }

    pub(super) async fn dataset(&self, project: &Project, name: &str) -> ObjectId {
        let (kind, project) = (ObjectKind::Dataset, project.id.clone());
        let details = serde_json::Map::new();
        let command = RegisterObject { kind, project, name: Some(name.to_owned()), if_taken: IfTaken::Open, details };
        self.engineer.register_object(command).await.unwrap().0.id
    }

    async fn many(&self, project: &Project, count: usize) {
        let rows: Vec<Value> = (0..count).map(|number| json!({"id": format!("r{number}"), "input": number})).collect();
        self.send(project, &rows).await;
    }

    async fn tagged(&self, project: &Project, name: &str) -> usize {
        self.rows(project, &format!("tags includes '{name}'")).await.len()
    }
}

#[tokio::test]
async fn everything_that_matches_is_tagged_and_taken_back_as_one() {
    for store in stores().await {
        let project = store.project("tagged").await;
        store.tag(&project, "Triage").await;
        store.many(&project, 50).await;
        store.send(&project, &[json!({"id": "other", "input": "x"}), json!({"id": "had", "input": 5, "tags": ["Triage", "kept"]})]).await;
        store.send(&project, &[json!({"id": "part", "root_span_id": "r0", "span_parents": ["r0"], "input": 7})]).await;
        let job = store.engineer.start_job(matching(&project, "input >= 0", tag(&["triage"], &["none"]))).await.unwrap();
        assert_eq!((job.state, job.total, job.by.as_str(), job.own), (JobState::Waiting, None, "The engineer", true));
        // What arrives while it waits is not among its rows.
        store.send(&project, &[json!({"id": "late", "input": 1})]).await;
        work(&store.store).await;
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.total), (JobState::Done, Some(51)));
        assert_eq!((job.done, job.already, job.gone, job.refused), (50, 1, 0, 0));
        assert_eq!(store.tagged(&project, "Triage").await, 51);
        assert_eq!(store.row(&project, "late").await["tags"], json!(null));
        assert_eq!(store.row(&project, "part").await["tags"], json!(null), "the row of a trace is its root");
        let list = ListActivity { row: address(&project, "r7"), before: None, limit: 10 };
        let told = store.engineer.activity(list).await.unwrap();
        assert_eq!((told.len(), told[0].actor.as_ref().unwrap().name.as_str()), (1, "The engineer"));
        // Somebody takes one of them off again, and puts another tag on elsewhere: that stays.
        let change = |row, add: &[&str], remove: &[&str]| ChangeTags {
            row: address(&project, row),
            add: add.iter().map(|name| (*name).to_owned()).collect(),
            remove: remove.iter().map(|name| (*name).to_owned()).collect(),
            client_id: None,
        };
        store.owner.change_tags(change("r1", &[], &["Triage"])).await.unwrap();
        store.owner.change_tags(change("r2", &["mine"], &[])).await.unwrap();
        assert!(refused(store.owner.undo_job(named(&job)).await).contains("The engineer started this job"));
        assert_eq!(store.engineer.undo_job(named(&job)).await.unwrap().state, JobState::Undoing);
        work(&store.store).await;
        let job = store.engineer.undo_job(named(&job)).await.unwrap();
        assert_eq!((job.state, job.undone + job.kept), (JobState::Undone, 50));
        assert_eq!(store.tagged(&project, "Triage").await, 1);
        assert_eq!(store.row(&project, "had").await["tags"], json!(["Triage", "kept"]));
        assert_eq!(store.row(&project, "r2").await["tags"], json!(["mine"]));
        store.verified().await;
    }
}

#[tokio::test]
async fn a_hand_picks_what_one_may_do_to_each() {
    for store in stores().await {
        let project = store.project("picked").await;
        store.tag(&project, "Triage").await;
        store.many(&project, 101).await;
        let ids: Vec<String> = (0..101).map(|number| format!("r{number}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let dataset = store.dataset(&project, "cases").await;
        let add =
            || JobAction::AddToDataset { dataset: dataset.clone(), expected: ExpectedFrom::Output, mapping: None, already: IfThere::Skip };
        let foreign = store.project("foreign").await;
        let elsewhere = JobAction::AddToDataset {
            dataset: store.dataset(&foreign, "cases").await,
            expected: ExpectedFrom::Output,
            mapping: None,
            already: IfThere::Skip,
        };
        let said = [
            refused(store.viewer.start_job(picked(&project, &["r1"], tag(&["Triage"], &[]))).await),
            refused(store.reviewer.start_job(picked(&project, &ids, tag(&["Triage"], &[]))).await),
            refused(store.reviewer.start_job(matching(&project, "", tag(&["Triage"], &[]))).await),
            refused(store.reviewer.start_job(picked(&project, &["r1"], tag(&["New"], &[]))).await),
            refused(store.reviewer.start_job(picked(&project, &["r1"], add())).await),
            refused(store.engineer.start_job(picked(&project, &["r1"], elsewhere)).await),
            refused(store.engineer.start_job(picked(&project, &["r1"], tag(&["a\0b"], &[]))).await),
            refused(store.engineer.start_job(matching(&project, "scores. >", tag(&["Triage"], &[]))).await),
        ];
        expect_test::expect![[r#"
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not act on everything that matches. Ask an owner of this installation for a role that allows it.
            You may not act on everything that matches. Ask an owner of this installation for a role that allows it.
            You may not make the tag New; it is not configured. Ask an owner of this installation for a role that allows it.
            You may not add rows to a dataset. Ask an owner of this installation for a role that allows it.
            dataset: Name another dataset of the same project.
            Name: Use 1 to 200 characters, without a NUL."#]]
        .assert_eq(&said[..7].join("\n"));
        assert!(said[7].starts_with("The filter cannot be read"), "{}", said[7]);
        assert!(missing(store.engineer.start_job(StartJob { object: "none".into(), ..picked(&project, &["r1"], add()) }).await));
        // Twice the same, and one that is not there.
        let job = store.reviewer.start_job(picked(&project, &["r1", "r2", "r1", "none"], tag(&["Triage"], &[]))).await.unwrap();
        work(&store.store).await;
        let job = store.reviewer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.total, job.done, job.gone), (JobState::Done, Some(3), 2, 1));
        // What an engineer asked for is not for a reviewer to know; what a reviewer did, an engineer sees.
        let of_engineer = store.engineer.start_job(picked(&project, &ids, tag(&["Triage"], &[]))).await.unwrap();
        assert!(missing(store.reviewer.job(&of_engineer.id).await));
        assert!(missing(store.reviewer.cancel_job(named(&of_engineer)).await));
        assert_eq!(store.reviewer.jobs(&project.id).await.unwrap(), std::slice::from_ref(&job));
        let seen: Vec<_> = store.engineer.jobs(&project.id).await.unwrap().into_iter().map(|job| (job.id, job.own)).collect();
        assert_eq!(seen, [(of_engineer.id.clone(), true), (job.id.clone(), false)]);
        assert!(refused(store.viewer.cancel_job(named(&job)).await).starts_with("You may not"));
    }
}

#[tokio::test]
async fn rows_become_cases_that_know_where_they_come_from() {
    for store in stores().await {
        let project = store.project("cases").await;
        let dataset = store.dataset(&project, "cases").await;
        store
            .send(
                &project,
                &[
                    json!({"id": "a", "input": {"q": 1}, "output": "yes", "expected": "no", "metadata": {"tier": "gold"}, "tags": ["x"]}),
                    json!({"id": "b", "input": "two", "output": "maybe"}),
                    json!({"id": "c", "input": "three"}),
                ],
            )
            .await;
        let cases = async || {
            let rows =
                store.viewer.search_rows(RowSearch { limit: 100, oldest_first: true, ..RowSearch::of(dataset.clone()) }).await.unwrap();
            let mut rows = rows.values();
            rows.sort_by_key(|row| row["origin"]["id"].as_str().map(str::to_owned));
            rows
        };
        let add = |expected| JobAction::AddToDataset { dataset: dataset.clone(), expected, mapping: None, already: IfThere::Skip };
        let first = store.engineer.start_job(picked(&project, &["a", "b"], add(ExpectedFrom::Expected))).await.unwrap();
        work(&store.store).await;
        let made = cases().await;
        let shown: Vec<_> = made.iter().map(|row| json!([row["input"], row["expected"], row["metadata"], row["tags"]])).collect();
        assert_eq!(shown, [json!([{"q": 1}, "no", {"tier": "gold"}, ["x"]]), json!(["two", null, null, null])]);
        let a = store.row(&project, "a").await;
        assert_eq!(
            made[0]["origin"],
            json!({
                "object_type": "project_logs", "object_id": project.id, "id": "a", "_xact_id": a["_xact_id"], "created": a["created"],
                "job": first.id,
            })
        );
        // What is there already stays as it is.
        let second = store.engineer.start_job(matching(&project, "", add(ExpectedFrom::Output))).await.unwrap();
        work(&store.store).await;
        let second = store.engineer.job(&second.id).await.unwrap();
        assert_eq!((second.total, second.done, second.already), (Some(3), 1, 2));
        assert_eq!(cases().await[0], made[0]);
        // Somebody says something about a case of the first: it stays when the job is taken back, and so does what the second made.
        let row = RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.clone(), id: made[1]["id"].as_str().unwrap().into() };
        store.reviewer.add_comment(AddComment { row, text: "a good one".to_owned(), client_id: None }).await.unwrap();
        store.engineer.undo_job(named(&first)).await.unwrap();
        work(&store.store).await;
        let first = store.engineer.job(&first.id).await.unwrap();
        assert_eq!((first.state, first.undone, first.kept), (JobState::Undone, 1, 1));
        let left: Vec<_> = cases().await.into_iter().map(|row| row["origin"]["id"].clone()).collect();
        assert_eq!(left, ["b", "c"]);
        // A case that somebody writes anew is theirs from then on.
        let third = store.engineer.start_job(picked(&project, &["a"], add(ExpectedFrom::Output))).await.unwrap();
        work(&store.store).await;
        let mut edited = cases().await[0].clone();
        edited["expected"] = json!("edited");
        let edited = json!({"id": edited["id"], "input": edited["input"], "expected": edited["expected"], "origin": edited["origin"]});
        store.engineer.ingest(raws(&[edited]), Some(dataset.clone())).await.unwrap();
        store.engineer.undo_job(named(&third)).await.unwrap();
        work(&store.store).await;
        let third = store.engineer.job(&third.id).await.unwrap();
        assert_eq!((third.undone, third.kept, cases().await[0]["expected"].clone()), (0, 1, json!("edited")));
        let case = cases().await[0]["id"].clone();
        store.engineer.ingest(raws(&[json!({"id": case, "_object_delete": true})]), Some(dataset.clone())).await.unwrap();
        // What was taken out can be added again.
        store.engineer.start_job(picked(&project, &["a"], add(ExpectedFrom::Output))).await.unwrap();
        work(&store.store).await;
        assert_eq!(cases().await[0]["expected"], json!("yes"));
        store.verified().await;
    }
}

#[tokio::test]
async fn a_job_goes_on_after_a_restart_and_does_nothing_twice() {
    for store in stores().await {
        let project = store.project("restart").await;
        store.tag(&project, "Triage").await;
        store.many(&project, 30).await;
        let job = store.engineer.start_job(matching(&project, "", tag(&["Triage"], &[]))).await.unwrap();
        let mut worker = JobWorker::new();
        store.store.work_at_jobs(&mut worker, 3).await.unwrap();
        let half = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((half.state, half.total), (JobState::Running, Some(30)));
        assert!((1..30).contains(&half.done), "{half:?}");
        // It ended after a group and before that was noted.
        let back = "UPDATE jobs SET next = 0, done = 0";
        store.store.write(move |change| Box::pin(async move { run(&change.transaction, back, values![]).await })).await.unwrap();
        let other = store.place.open().await;
        // As long as the first may still be at it, others leave it alone.
        work(&other).await;
        assert_eq!(store.engineer.job(&job.id).await.unwrap().done, 0);
        store.store.close().await;
        let gone = "UPDATE jobs SET held_until = 0";
        other.write(move |change| Box::pin(async move { run(&change.transaction, gone, values![]).await })).await.unwrap();
        work(&other).await;
        let desk = Desk::new(other.clone(), store.engineer.actor().clone());
        let job = desk.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.done, job.already), (JobState::Done, 30, 0));
        for row in ["r0", "r29"] {
            let told = desk.activity(ListActivity { row: address(&project, row), before: None, limit: 10 }).await.unwrap();
            assert_eq!(told.len(), 1, "{row}");
        }
        other.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_jobs_and_processes_at_once() {
    for store in stores().await {
        let project = store.project("both").await;
        for name in ["One", "Two"] {
            store.tag(&project, name).await;
        }
        store.many(&project, 20).await;
        let one = store.engineer.start_job(matching(&project, "", tag(&["One"], &[]))).await.unwrap();
        let two = store.owner.start_job(matching(&project, "", tag(&["Two"], &[]))).await.unwrap();
        let other = store.place.open().await;
        tokio::join!(work(&store.store), work(&other));
        for _ in 0..2 {
            // Whoever found the other at it leaves it; what is left is done now.
            let free = "UPDATE jobs SET held_until = 0";
            store.store.write(move |change| Box::pin(async move { run(&change.transaction, free, values![]).await })).await.unwrap();
            work(&store.store).await;
        }
        for (job, name) in [(&one, "One"), (&two, "Two")] {
            let job = store.engineer.job(&job.id).await.unwrap();
            assert_eq!((job.state, job.done, job.total), (JobState::Done, 20, Some(20)));
            assert_eq!(store.tagged(&project, name).await, 20);
        }
        store.verified().await;
        other.close().await;
    }
}

#[tokio::test]
async fn a_job_stops_where_the_right_of_its_owner_ends() {
    for store in stores().await {
        let project = store.project("role").await;
        store.tag(&project, "Triage").await;
        store.many(&project, 30).await;
        let engineer = store.engineer.actor().person.clone();
        let start = matching(&project, "", tag(&["Triage"], &[]));
        let job = store.engineer.start_job(start.clone()).await.unwrap();
        let mut worker = JobWorker::new();
        store.store.work_at_jobs(&mut worker, 3).await.unwrap();
        let key = store.engineer.create_key(CreateKey { name: "k".to_owned(), scopes: Vec::new(), expires_in_days: None, owner: None });
        let key = key.await.unwrap();
        let by_key = Desk::new(store.store.clone(), store.store.actor_of_key(&key.secret).await.unwrap());
        let of_key = by_key.start_job(start).await.unwrap();
        by_key.revoke_key(&key.key.id).await.unwrap();
        let change = |role| ChangeMember { person: engineer.id.to_string(), role: Some(role), active: None };
        store.owner.change_member(change(Role::Reviewer)).await.unwrap();
        store.store.work_at_jobs(&mut worker, usize::MAX).await.unwrap();
        let [of_key, job] = [&of_key, &job].map(async |job| store.owner.job(&job.id).await.unwrap());
        let (of_key, job) = (of_key.await, job.await);
        assert_eq!((job.state, of_key.state), (JobState::Failed, JobState::Failed));
        assert!((1..30).contains(&job.done), "{job:?}");
        assert_eq!(job.reason.as_deref(), Some("The engineer started it, and may no longer act on everything that matches."));
        assert_eq!(of_key.reason.as_deref(), Some("The engineer started it, and the API key it was started with no longer works."));
        assert_eq!(store.tagged(&project, "Triage").await, usize::try_from(job.done).unwrap());
        // With the role back, what was done is taken back.
        store.owner.change_member(change(Role::Engineer)).await.unwrap();
        store.engineer.undo_job(named(&job)).await.unwrap();
        work(&store.store).await;
        assert_eq!(store.engineer.job(&job.id).await.unwrap().state, JobState::Undone);
        assert_eq!(store.tagged(&project, "Triage").await, 0);
    }
}

#[tokio::test]
async fn a_stopped_job_stays_where_it_stood() {
    for store in stores().await {
        let project = store.project("stopped").await;
        store.tag(&project, "Triage").await;
        store.many(&project, 30).await;
        let job = store.engineer.start_job(matching(&project, "", tag(&["Triage"], &[]))).await.unwrap();
        let mut worker = JobWorker::new();
        store.store.work_at_jobs(&mut worker, 3).await.unwrap();
        assert!(refused(store.engineer.undo_job(named(&job)).await).contains("still on its way"));
        let stopped = store.owner.cancel_job(named(&job)).await.unwrap();
        assert_eq!((stopped.state, stopped.reason.as_deref()), (JobState::Cancelled, Some("The owner stopped it.")));
        assert_eq!(store.owner.cancel_job(named(&job)).await.unwrap(), stopped);
        store.store.work_at_jobs(&mut worker, usize::MAX).await.unwrap();
        assert_eq!(store.owner.job(&job.id).await.unwrap(), stopped);
        let tagged = store.tagged(&project, "Triage").await;
        assert!((1..30).contains(&tagged));
        store.engineer.undo_job(named(&job)).await.unwrap();
        store.store.work_at_jobs(&mut worker, usize::MAX).await.unwrap();
        assert_eq!(store.tagged(&project, "Triage").await, 0);
        // Nothing matches, so nothing was done, and there is nothing to take back.
        let empty = store.engineer.start_job(matching(&project, "input = 'none'", tag(&["Triage"], &[]))).await.unwrap();
        work(&store.store).await;
        let empty = store.engineer.job(&empty.id).await.unwrap();
        assert_eq!((empty.state, empty.total), (JobState::Done, Some(0)));
        assert!(refused(store.engineer.undo_job(named(&empty)).await).contains("changed nothing"));
        let rows = store.engineer.ingest(raws(&[json!({"id": "r1", "_object_delete": true})]), Some(project.logs())).await.unwrap();
        assert!(rows.rejected.is_empty());
    }
}

#[tokio::test]
async fn a_case_of_a_blind_project_holds_nothing_that_reviewers_said() {
    for store in stores().await {
        let project = store.project("blind").await;
        let dataset = store.dataset(&project, "cases").await;
        let kind = QuestionKind::Expected { options: vec!["refund".to_owned()], multiple: false };
        store.question(&project, "Intent", Definition { kind, ..Definition::default() }).await;
        store.send(&project, &[json!({"id": "a", "input": "q"})]).await;
        answer(&store.reviewer, &project, "a", "Intent", option("refund")).await.unwrap();
        for (blind, expected) in [(true, json!(null)), (false, json!("refund"))] {
            let changes = json!({"blind_reviews": blind}).as_object().unwrap().clone();
            store.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
            let add = JobAction::AddToDataset {
                dataset: dataset.clone(),
                expected: ExpectedFrom::Expected,
                mapping: None,
                already: IfThere::Skip,
            };
            let job = store.engineer.start_job(picked(&project, &["a"], add)).await.unwrap();
            work(&store.store).await;
            let rows = store.viewer.search_rows(RowSearch { limit: 100, ..RowSearch::of(dataset.clone()) }).await.unwrap().values();
            assert_eq!(rows[0]["expected"], expected, "blind: {blind}");
            store.engineer.undo_job(named(&job)).await.unwrap();
            work(&store.store).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_add_the_same_rows_at_once_make_each_case_once() {
    for store in stores().await {
        let project = store.project("same").await;
        let dataset = store.dataset(&project, "cases").await;
        store.many(&project, 60).await;
        let add =
            || JobAction::AddToDataset { dataset: dataset.clone(), expected: ExpectedFrom::Output, mapping: None, already: IfThere::Skip };
        let one = store.engineer.start_job(matching(&project, "", add())).await.unwrap();
        let two = store.owner.start_job(matching(&project, "", add())).await.unwrap();
        let other = store.place.open().await;
        // Whoever finds a job in hand leaves it.
        let others = async || {
            for _ in 0..20 {
                work(&other).await;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::join!(work(&store.store), others());
        work(&store.store).await;
        let [one, two] = [one, two].map(|job| job.id);
        let (one, two) = (store.engineer.job(&one).await.unwrap(), store.owner.job(&two).await.unwrap());
        assert_eq!((one.state, two.state), (JobState::Done, JobState::Done));
        assert_eq!((one.done + two.done, one.already + two.already), (60, 60), "{one:?} {two:?}");
        // One of them may have been faster with all of it, and what changed nothing cannot be taken back.
        let (desk, one, two) = if one.done > 0 { (&store.engineer, one, two) } else { (&store.owner, two, one) };
        desk.undo_job(named(&one)).await.unwrap();
        work(&store.store).await;
        let taken = desk.job(&one.id).await.unwrap();
        assert_eq!((taken.undone, taken.kept), (one.done, 0));
        let cases = store.viewer.search_rows(RowSearch { limit: 100, ..RowSearch::of(dataset.clone()) }).await.unwrap().values();
        assert_eq!(i64::try_from(cases.len()).unwrap(), two.done);
        assert!(cases.iter().all(|case| case["origin"]["job"] == json!(two.id)));
        store.verified().await;
        other.close().await;
    }
}

#[tokio::test]
async fn many_rows_are_answered_by_whoever_starts_it_and_taken_back() {
    for store in stores().await {
        let project = store.project("answers").await;
        store.many(&project, 12).await;
        store.question(&project, "Tone", slider()).await;
        let texts = Definition { kind: QuestionKind::Text { path: MetadataPath::of("note") }, ..slider() };
        store.question(&project, "Note", texts).await;
        answer(&store.engineer, &project, "r0", "Tone", number(0.8)).await.unwrap();
        answer(&store.engineer, &project, "r1", "Tone", number(0.1)).await.unwrap();
        answer(&store.reviewer, &project, "r2", "Tone", number(0.4)).await.unwrap();
        let say = |question: &str, value| JobAction::Answer { question: question.to_owned(), value };
        let said = [
            refused(store.engineer.start_job(matching(&project, "", say("Tone", number(1.5)))).await),
            refused(store.engineer.start_job(matching(&project, "", say("Tone", option("kind")))).await),
            refused(store.viewer.start_job(picked(&project, &["r1"], say("Tone", number(0.5)))).await),
            refused(store.reviewer.start_job(matching(&project, "", say("Tone", number(0.5)))).await),
        ];
        expect_test::expect![[r#"
            value: 1.5 is not a number from 0 to 1.
            value: Tone is a slider; send a number from 0 to 1.
            You may not answer, comment or tag. Ask an owner of this installation for a role that allows it.
            You may not act on everything that matches. Ask an owner of this installation for a role that allows it."#]]
        .assert_eq(&said.join("\n"));
        assert!(missing(store.engineer.start_job(picked(&project, &["r1"], say("None", number(0.5)))).await));
        let job = store.engineer.start_job(matching(&project, "", say("Tone", number(0.8)))).await.unwrap();
        work(&store.store).await;
        let job = store.engineer.job(&job.id).await.unwrap();
        assert_eq!((job.state, job.done, job.already), (JobState::Done, 11, 1));
        let score = async |row| store.row(&project, row).await["scores"]["Tone"].clone();
        assert_eq!([score("r1").await, score("r2").await, score("r11").await], [json!(0.8), json!(0.6), json!(0.8)]);
        store.engineer.undo_job(named(&job)).await.unwrap();
        work(&store.store).await;
        assert_eq!(store.engineer.job(&job.id).await.unwrap().undone, 11);
        assert_eq!([score("r0").await, score("r1").await, score("r2").await], [json!(0.8), json!(0.1), json!(0.4)]);
        assert_eq!(score("r11").await, json!(null));
        // A hand says the same about some rows, and clears.
        let job = store.reviewer.start_job(picked(&project, &["r2", "r3"], say("Note", option("seen")))).await.unwrap();
        work(&store.store).await;
        assert_eq!(store.row(&project, "r3").await["metadata"], json!({"note": "seen"}));
        assert_eq!(store.reviewer.job(&job.id).await.unwrap().done, 2);
        let job = store.reviewer.start_job(picked(&project, &["r2", "r3"], say("Tone", None))).await.unwrap();
        work(&store.store).await;
        let job = store.reviewer.job(&job.id).await.unwrap();
        assert_eq!((job.done, job.already, score("r2").await), (1, 1, json!(null)));
        store.verified().await;
    }
}
