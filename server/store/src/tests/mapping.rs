//! What of rows becomes what of cases, what is done with rows that are in the dataset already, and that all of it is taken back as one.

use super::jobs::{matching, named, picked, work};
use super::sending::{answer, number, option, raws, slider};
use super::{TestStore, stores};
use crate::ground::database::{run, values};
use crate::jobs::following::JobWorker;
use crate::{Desk, RowSearch};
use serde_json::{Value, json};
use shared::answers::{AnswerValue, Circumstances, SetAnswer};
use shared::comments::AddComment;
use shared::expected::SetExpected;
use shared::jobs::{CaseMapping, ExpectedFrom, IfThere, Job, JobAction, JobRows, JobState, PreviewCases, StartJob};
use shared::objects::{ObjectKind, RowAddress};
use shared::projects::{ChangeSettings, Project};
use shared::questions::{Definition, MetadataPath, QuestionKind, QuestionOption};
use shared::{ObjectId, RowId};

fn mapped(mapping: Value) -> CaseMapping {
    serde_json::from_value(mapping).unwrap()
}

fn add(dataset: &ObjectId, mapping: Value, already: IfThere) -> JobAction {
    let (dataset, mapping) = (dataset.clone(), Some(mapped(mapping)));
    JobAction::AddToDataset { dataset, expected: ExpectedFrom::Expected, mapping, already }
}

impl TestStore {
    /// The rows of a dataset, in the order of where they are from.
    async fn cases(&self, dataset: &ObjectId) -> Vec<Value> {
        let mut rows = self.viewer.search_rows(RowSearch { limit: 200, ..RowSearch::of(dataset.clone()) }).await.unwrap().values();
        rows.sort_by_key(|row| row["origin"]["id"].as_str().map(str::to_owned));
        rows
    }

    /// Does a job until it has ended.
    async fn does(&self, desk: &Desk, start: StartJob) -> Job {
        let job = desk.start_job(start).await.unwrap();
        work(&self.store).await;
        desk.job(&job.id).await.unwrap()
    }

    async fn takes_back(&self, desk: &Desk, job: &Job) -> Job {
        desk.undo_job(named(job)).await.unwrap();
        work(&self.store).await;
        desk.job(&job.id).await.unwrap()
    }

    async fn blind(&self, project: &Project, blind: bool) {
        let changes = json!({ "blind_reviews": blind }).as_object().unwrap().clone();
        self.owner.change_settings(ChangeSettings { project: project.id.clone(), changes }).await.unwrap();
    }
}

/// What the cases say, without what they are from.
fn said(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| json!([row["input"], row["expected"], row["metadata"], row["tags"]])).collect()
}

#[tokio::test]
async fn each_field_is_made_of_what_the_mapping_says() {
    for store in stores().await {
        let project = store.project("mapping").await;
        store
            .send(
                &project,
                &[
                    json!({"id": "a", "input": {"messages": [{"content": "hi"}, {"content": 12345678901234567890_u64}]}, "output": "yes",
                        "expected": "no", "metadata": {"lang": "en", "tier": "gold", "q": "why"}, "tags": ["x"]}),
                    json!({"id": "b", "input": "two", "output": "maybe"}),
                ],
            )
            .await;
        let whole = json!({"messages": [{"content": "hi"}, {"content": 12345678901234567890_u64}]});
        let metadata = json!({"lang": "en", "tier": "gold", "q": "why"});
        let two = |expected: Value| json!(["two", expected, null, null]);
        let table = [
            (json!({}), json!([whole, "no", metadata, ["x"]]), two(json!("maybe"))),
            (json!({"expected": "expected"}), json!([whole, "no", metadata, ["x"]]), two(json!(null))),
            (json!({"expected": "output", "tags": false}), json!([whole, "yes", metadata, null]), two(json!("maybe"))),
            (json!({"expected": "nothing", "metadata": "nothing"}), json!([whole, null, null, ["x"]]), two(json!(null))),
            (
                json!({"input": "input.messages[-1].content", "metadata": {"keys": ["tier", "none"]}}),
                json!([12345678901234567890_u64, "no", {"tier": "gold"}, ["x"]]),
                json!([null, "maybe", null, null]),
            ),
            (json!({"input": "metadata.q"}), json!(["why", "no", metadata, ["x"]]), json!([null, "maybe", null, null])),
            (json!({"input": "metadata"}), json!([metadata, "no", metadata, ["x"]]), json!([null, "maybe", null, null])),
            (json!({"input": "input.messages[7]"}), json!([null, "no", metadata, ["x"]]), json!([null, "maybe", null, null])),
        ];
        for (number, (mapping, one, other)) in table.into_iter().enumerate() {
            let dataset = store.dataset(&project, &format!("cases {number}")).await;
            let action = add(&dataset, mapping.clone(), IfThere::Skip);
            let job = store.does(&store.engineer, picked(&project, &["a", "b"], action)).await;
            assert_eq!((job.state, job.done, job.updated, job.refused), (JobState::Done, 2, 0, 0), "{mapping}: {job:?}");
            let cases = store.cases(&dataset).await;
            assert_eq!(said(&cases), [one, other], "{mapping}");
            // What was shown before is what became of them.
            let rows = JobRows::Picked(vec!["a".into(), "b".into(), "none".into()]);
            let query = PreviewCases { object: project.logs(), rows, dataset: Some(dataset.clone()), mapping: mapped(mapping) };
            let preview = store.engineer.preview_cases(query.clone()).await.unwrap();
            assert_eq!((preview.cases.len(), preview.already), (2, Some(2)));
            let shown = |value: &Value| crate::render::preview(&value.to_string(), 240);
            let inputs: Vec<_> =
                cases.iter().map(|case| if case["input"].is_null() { String::new() } else { shown(&case["input"]) }).collect();
            assert_eq!(preview.cases.iter().map(|case| case.input.clone()).collect::<Vec<_>>(), inputs);
            assert!(preview.cases.iter().all(|case| case.already));
            assert_eq!(preview.keys, ["lang", "q", "tier"]);
            let matching = PreviewCases { rows: JobRows::Matching("output = 'maybe'".to_owned()), dataset: None, ..query };
            let preview = store.engineer.preview_cases(matching).await.unwrap();
            assert_eq!((preview.cases.len(), preview.already, preview.cases[0].already), (1, None, false));
        }
        // The row tells in which datasets it is: twenty of them at most.
        let row = |id: &str| RowAddress { object_type: ObjectKind::ProjectLogs, object_id: project.logs(), id: RowId(id.to_owned()) };
        let places = store.viewer.places_of_case(&row("a")).await.unwrap();
        let names: Vec<_> = places.iter().map(|place| place.name.as_str()).collect();
        assert_eq!(names, (0..8).map(|number| format!("cases {number}")).collect::<Vec<_>>());
        let case = store.cases(&places[0].dataset).await;
        assert_eq!(json!(places[0].row), case[0]["id"]);
        store.send(&project, &[json!({"id": "c", "input": 1})]).await;
        assert!(store.viewer.places_of_case(&row("c")).await.unwrap().is_empty());
        store.verified().await;
    }
}

#[tokio::test]
async fn answers_become_what_is_expected_and_only_where_nobody_is_blind() {
    for store in stores().await {
        let project = store.project("answers").await;
        let dataset = store.dataset(&project, "cases").await;
        store.question(&project, "Tone", slider()).await;
        let letters = |name: &str, value| QuestionOption { name: name.to_owned(), value };
        let kind = QuestionKind::Categorical { options: vec![letters("Good", 1.0), letters("Bad", 0.0)] };
        store.question(&project, "Grade", Definition { kind, ..slider() }).await;
        let kind = QuestionKind::Expected { options: vec!["refund".to_owned(), "other".to_owned()], multiple: false };
        store.question(&project, "Intent", Definition { kind, ..slider() }).await;
        let kind = QuestionKind::Text { path: MetadataPath::of("note") };
        store.question(&project, "Note", Definition { kind, ..slider() }).await;
        store.send(&project, &[json!({"id": "a", "input": "q", "output": "o"}), json!({"id": "b", "input": "r"})]).await;
        let people: [(&Desk, [Option<AnswerValue>; 4]); 3] = [
            (&store.reviewer, [number(0.2), option("Bad"), option("other"), option("first")]),
            (&store.engineer, [number(0.4), option("Good"), option("refund"), option("second")]),
            (&store.owner, [number(0.9), option("Good"), option("refund"), option("third")]),
        ];
        for (desk, values) in people {
            for (question, value) in ["Tone", "Grade", "Intent", "Note"].into_iter().zip(values) {
                answer(desk, &project, "a", question, value).await.unwrap();
            }
        }
        let expecting = |question: &str| add(&dataset, json!({"expected": {"answer": question}, "metadata": "nothing"}), IfThere::Update);
        for (question, expected) in [("Tone", json!(0.5)), ("Grade", json!("Good")), ("Intent", json!("refund")), ("Note", json!("third"))]
        {
            let job = store.does(&store.engineer, picked(&project, &["a", "b"], expecting(question))).await;
            assert_eq!(job.state, JobState::Done, "{job:?}");
            let cases = store.cases(&dataset).await;
            assert_eq!([&cases[0]["expected"], &cases[1]["expected"]], [&expected, &json!(null)], "{question}");
        }
        let refused = |result: crate::Result<Job>| result.unwrap_err().problem().unwrap().to_string();
        let unknown = store.engineer.start_job(picked(&project, &["a"], expecting("None"))).await.unwrap_err();
        assert!(matches!(unknown.problem(), Some(shared::Problem::NotFound { .. })), "{unknown}");
        // A job that was started before they are blind stops.
        let waits = store.engineer.start_job(picked(&project, &["a"], expecting("Tone"))).await.unwrap();
        store.blind(&project, true).await;
        work(&store.store).await;
        let waits = store.engineer.job(&waits.id).await.unwrap();
        assert_eq!(waits.state, JobState::Failed);
        let why = "mapping.expected: Reviews of this project are blind, and everybody sees what a dataset expects: answers do not go there. Take expected or output.";
        assert_eq!(waits.reason.as_deref(), Some(why));
        for desk in [&store.engineer, &store.owner] {
            assert_eq!(refused(desk.start_job(picked(&project, &["a"], expecting("Tone"))).await), why);
        }
        let rows = JobRows::Picked(vec!["a".into()]);
        let query = |mapping: Value| PreviewCases { object: project.logs(), rows: rows.clone(), dataset: None, mapping: mapped(mapping) };
        let told = store.engineer.preview_cases(query(json!({"expected": {"answer": "Intent"}}))).await;
        assert_eq!(told.unwrap_err().problem().unwrap().to_string(), why);
        // What lies on fields by answers is not shown either, whoever asks.
        let told = store.engineer.preview_cases(query(json!({"input": "metadata.note"}))).await.unwrap();
        assert_eq!((told.cases[0].input.as_str(), told.cases[0].expected.as_str(), told.cases[0].metadata.as_str()), ("", "o", ""));
        assert!(told.keys.is_empty(), "{:?}", told.keys);
        for desk in [&store.reviewer, &store.viewer] {
            let told = desk.preview_cases(query(json!({}))).await.unwrap_err().problem().unwrap().to_string();
            assert!(told.starts_with("You may not add rows to a dataset"), "{told}");
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_there_already_is_skipped_changed_or_added_again_and_taken_back() {
    for store in stores().await {
        let project = store.project("already").await;
        let dataset = store.dataset(&project, "cases").await;
        let row = |id: &str, output: &str| json!({"id": id, "input": id, "output": output, "metadata": {"v": output}, "tags": ["t"]});
        store.send(&project, &[row("a", "1"), row("b", "1"), row("c", "1")]).await;
        let first = store.does(&store.engineer, picked(&project, &["a", "b", "c"], add(&dataset, json!({}), IfThere::Skip))).await;
        assert_eq!((first.done, first.updated, first.already), (3, 0, 0));
        let before = store.cases(&dataset).await;
        // Nothing to change is no change.
        let same = store.does(&store.engineer, picked(&project, &["a", "b"], add(&dataset, json!({}), IfThere::Update))).await;
        assert_eq!((same.done, same.updated, same.already), (0, 0, 2));
        assert_eq!(store.cases(&dataset).await, before);
        // A field of its own that only the dataset's row has stays.
        let case = |number: usize| before[number]["id"].clone();
        let own = json!({"id": case(0), "_is_merge": true, "scores": {"own": 0.5}});
        store.engineer.ingest(raws(&[own]), Some(dataset.clone())).await.unwrap();
        store.send(&project, &[row("a", "2"), row("b", "2"), row("d", "2")]).await;
        let stood = store.cases(&dataset).await;
        let mapping = || json!({"tags": false, "expected": "output"});
        let update = store.does(&store.engineer, matching(&project, "", add(&dataset, mapping(), IfThere::Update))).await;
        assert_eq!((update.total, update.done, update.updated, update.already), (Some(4), 4, 3, 0), "{update:?}");
        let cases = store.cases(&dataset).await;
        assert_eq!(
            said(&cases),
            [
                json!(["a", "2", {"v": "2"}, null]),
                json!(["b", "2", {"v": "2"}, null]),
                json!(["c", "1", {"v": "1"}, null]),
                json!(["d", "2", {"v": "2"}, null]),
            ]
        );
        assert_eq!(cases[0]["scores"], json!({"own": 0.5}));
        assert!(cases.iter().all(|case| case["origin"]["job"] == json!(update.id)));
        // Somebody comments on one that was changed, and writes another one.
        let at = |id: &Value| RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.clone(), id: id.as_str().unwrap().into() };
        let comment = AddComment { row: at(&case(0)), text: "good".to_owned(), client_id: None };
        store.reviewer.add_comment(comment).await.unwrap();
        let edit = json!({"id": case(1), "_is_merge": true, "expected": "mine"});
        store.engineer.ingest(raws(&[edit]), Some(dataset.clone())).await.unwrap();
        let undone = store.takes_back(&store.engineer, &update).await;
        assert_eq!((undone.state, undone.undone, undone.kept), (JobState::Undone, 3, 1));
        let cases = store.cases(&dataset).await;
        assert_eq!(cases.len(), 3);
        let fields = ["input", "expected", "metadata", "tags", "origin", "scores"];
        for number in [0, 2] {
            for field in fields {
                assert_eq!(cases[number][field], stood[number][field], "{number} {field}");
            }
        }
        assert_eq!((cases[0]["comments"][0]["text"].as_str(), &cases[1]["expected"]), (Some("good"), &json!("mine")));
        // Once more: each beside the one that is there, and d for the first time.
        let double = store.does(&store.engineer, matching(&project, "", add(&dataset, json!({}), IfThere::Double))).await;
        assert_eq!((double.done, double.updated, double.already), (4, 0, 0));
        assert_eq!(store.cases(&dataset).await.len(), 7);
        let again = store.does(&store.engineer, picked(&project, &["a"], add(&dataset, json!({}), IfThere::Double))).await;
        assert_eq!((again.done, store.cases(&dataset).await.len()), (1, 8));
        let undone = store.takes_back(&store.engineer, &double).await;
        assert_eq!((undone.undone, undone.kept, store.cases(&dataset).await.len()), (4, 0, 4));
        store.takes_back(&store.engineer, &again).await;
        assert_eq!(store.cases(&dataset).await, cases);
        store.verified().await;
    }
}

#[tokio::test]
async fn jobs_that_are_taken_back_one_after_the_other_leave_nothing() {
    for store in stores().await {
        let project = store.project("layers").await;
        let dataset = store.dataset(&project, "cases").await;
        let mut jobs = Vec::new();
        for value in 1..=3 {
            store.send(&project, &[json!({"id": "a", "input": value})]).await;
            let action = add(&dataset, json!({}), IfThere::Update);
            jobs.push(store.does(&store.engineer, picked(&project, &["a"], action)).await);
        }
        for (job, left) in jobs.iter().rev().zip([Some(2), Some(1), None]) {
            let undone = store.takes_back(&store.engineer, job).await;
            assert_eq!((undone.undone, undone.kept), (1, 0), "{left:?}");
            let inputs: Vec<_> = store.cases(&dataset).await.iter().map(|case| case["input"].clone()).collect();
            assert_eq!(inputs, left.map(|left| json!(left)).into_iter().collect::<Vec<_>>());
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn an_interrupted_change_goes_on_and_does_nothing_twice() {
    for store in stores().await {
        let project = store.project("restart").await;
        let dataset = store.dataset(&project, "cases").await;
        let rows = |output: &str| {
            (0..30).map(|number| json!({"id": format!("r{number:02}"), "input": number, "output": output})).collect::<Vec<_>>()
        };
        store.send(&project, &rows("old")[..20]).await;
        store.does(&store.engineer, matching(&project, "", add(&dataset, json!({}), IfThere::Skip))).await;
        store.send(&project, &rows("new")).await;
        for already in [IfThere::Update, IfThere::Double] {
            let stood = store.cases(&dataset).await;
            let job = store.engineer.start_job(matching(&project, "", add(&dataset, json!({}), already))).await.unwrap();
            let mut worker = JobWorker::new();
            store.store.work_at_jobs(&mut worker, 3).await.unwrap();
            let half = store.engineer.job(&job.id).await.unwrap();
            assert!((1..30).contains(&half.done), "{half:?}");
            // It ended after a group and before that was noted.
            let back = "UPDATE jobs SET next = 0, done = 0, updated = 0, holder = NULL, held_until = 0 WHERE state = 'running'";
            store.store.write(move |change| Box::pin(async move { run(&change.transaction, back, values![]).await })).await.unwrap();
            let other = store.place.open().await;
            work(&other).await;
            other.close().await;
            let job = store.engineer.job(&job.id).await.unwrap();
            assert_eq!((job.state, job.done, job.already, job.refused), (JobState::Done, 30, 0, 0), "{already:?}");
            let (updated, cases) = if already == IfThere::Update { (20, 30) } else { (0, 50) };
            assert_eq!((job.updated, store.cases(&dataset).await.len()), (updated, cases), "{already:?}");
            let job = store.takes_back(&store.engineer, &job).await;
            assert_eq!((job.undone, job.kept), (30, 0), "{already:?}");
            assert_eq!(said(&store.cases(&dataset).await), said(&stood), "{already:?}");
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn who_guesses_what_a_case_expects_learns_nothing_from_the_refusal() {
    for store in stores().await {
        let project = store.project("guesses").await;
        let dataset = store.dataset(&project, "cases").await;
        let kind = QuestionKind::Expected { options: vec!["refund".to_owned(), "other".to_owned()], multiple: false };
        store.question(&project, "Intent", Definition { kind, ..slider() }).await;
        store.blind(&project, true).await;
        let add = |already| picked(&project, &["a", "b"], add(&dataset, json!({ "expected": "output" }), already));
        let rows = |right: &str, wrong: &str| [json!({ "id": "a", "output": right }), json!({ "id": "b", "output": wrong })];
        store.send(&project, &rows("open", "open")).await;
        store.does(&store.engineer, add(IfThere::Skip)).await;
        for case in store.cases(&dataset).await {
            let id = RowId::from(case["id"].as_str().unwrap());
            let row = RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.clone(), id };
            let (question, value, circumstances) = ("Intent".to_owned(), option("refund"), Circumstances::default());
            let said = SetAnswer { row: row.clone(), question, value, client_id: None, reason: None, confirm: true, circumstances };
            store.reviewer.set_answer(said).await.unwrap();
            let before = Some(r#"{"Intent":"refund","expected":"open"}"#.to_owned());
            store.owner.set_expected(SetExpected { row, value: Some("\"secret\"".to_owned()), before, client_id: None }).await.unwrap();
        }
        store.send(&project, &rows("secret", "guess")).await;
        let job = store.does(&store.engineer, add(IfThere::Update)).await;
        assert_eq!((job.refused, job.updated, job.already), (2, 0, 0), "{job:?}");
        store.verified().await;
    }
}

#[tokio::test]
async fn few_rows_are_copied_at_once_where_they_are_large() {
    for store in stores().await {
        let project = store.project("large").await;
        let dataset = store.dataset(&project, "cases").await;
        let large = "x".repeat(600_000);
        let rows: Vec<_> = (0..5).map(|number| json!({"id": format!("r{number}"), "input": number, "output": large})).collect();
        store.send(&project, &rows).await;
        let mapping = json!({ "expected": "output" });
        let job = store.engineer.start_job(matching(&project, "", add(&dataset, mapping, IfThere::Skip))).await.unwrap();
        let mut worker = JobWorker::new();
        // It finds them all before it copies the first.
        for done in [0, 1, 2] {
            store.store.work_at_jobs(&mut worker, 1).await.unwrap();
            let job = store.engineer.job(&job.id).await.unwrap();
            assert_eq!((job.state, job.done), (JobState::Running, done), "{job:?}");
        }
        store.store.work_at_jobs(&mut worker, 20).await.unwrap();
        assert_eq!(store.engineer.job(&job.id).await.unwrap().done, 5);
        store.verified().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_change_the_same_cases_at_once_leave_one_history() {
    for store in stores().await {
        let project = store.project("same").await;
        let dataset = store.dataset(&project, "cases").await;
        let rows = |output: &str| {
            (0..24).map(|number| json!({"id": format!("r{number:02}"), "input": number, "output": output})).collect::<Vec<_>>()
        };
        store.send(&project, &rows("old")).await;
        store.does(&store.engineer, matching(&project, "", add(&dataset, json!({}), IfThere::Skip))).await;
        let stood = store.cases(&dataset).await;
        store.send(&project, &rows("new")).await;
        let one = store.engineer.start_job(matching(&project, "", add(&dataset, json!({}), IfThere::Update))).await.unwrap();
        let two = store.owner.start_job(matching(&project, "", add(&dataset, json!({}), IfThere::Update))).await.unwrap();
        let other = store.place.open().await;
        tokio::join!(work(&store.store), work(&other));
        work(&store.store).await;
        let (one, two) = (store.engineer.job(&one.id).await.unwrap(), store.owner.job(&two.id).await.unwrap());
        assert_eq!((one.state, two.state), (JobState::Done, JobState::Done));
        // Whoever comes second finds that nothing is to be changed.
        assert_eq!((one.updated + two.updated, one.already + two.already), (24, 24), "{one:?} {two:?}");
        for (desk, job) in [(&store.engineer, one), (&store.owner, two)].into_iter().filter(|(_, job)| job.done > 0) {
            let taken = store.takes_back(desk, &job).await;
            assert_eq!((taken.undone, taken.kept), (job.done, 0));
        }
        let cases = store.cases(&dataset).await;
        assert_eq!((said(&cases), cases.len()), (said(&stood), 24));
        assert_eq!(cases[0]["origin"], stood[0]["origin"]);
        store.verified().await;
        other.close().await;
    }
}
