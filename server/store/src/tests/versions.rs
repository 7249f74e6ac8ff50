//! Named versions of datasets: saved, compared, restored, and that taken back.

use super::sending::{option, raws};
use super::{TestStore, stores};
use crate::{Desk, Error, RowSearch};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use shared::ObjectId;
use shared::answers::{Circumstances, SetAnswer};
use shared::objects::{IfTaken, ObjectKind, RegisterObject, RowAddress};
use shared::projects::Project;
use shared::questions::{Definition, QuestionKind};
use shared::versions::{CompareVersions, DatasetVersion, NameVersion, RowDifference, SaveVersion, VersionDifference};

async fn dataset(store: &TestStore, project: &Project, name: &str) -> ObjectId {
    let (kind, project, name) = (ObjectKind::Dataset, project.id.clone(), Some(name.to_owned()));
    let register = RegisterObject { kind, project, name, if_taken: IfTaken::Open, details: Default::default() };
    store.engineer.register_object(register).await.unwrap().0.id
}

async fn send(store: &TestStore, dataset: &ObjectId, rows: &[Value]) {
    let ingested = store.engineer.ingest(raws(rows), Some(dataset.clone())).await.unwrap();
    assert_eq!(ingested.rejected, []);
}

async fn save(desk: &Desk, dataset: &ObjectId, name: &str) -> DatasetVersion {
    desk.save_version(SaveVersion { dataset: dataset.clone(), name: name.to_owned(), note: String::new() }).await.unwrap()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn named(version: &DatasetVersion) -> NameVersion {
    NameVersion { version: version.id.clone() }
}

async fn compare(desk: &Desk, from: &DatasetVersion, to: Option<&DatasetVersion>) -> VersionDifference {
    desk.compare_versions(CompareVersions { from: from.id.clone(), to: to.map(|to| to.id.clone()) }).await.unwrap()
}

/// Added, removed, changed.
fn counts(difference: &VersionDifference) -> (u64, u64, u64) {
    (difference.added, difference.removed, difference.changed)
}

/// The rows of a dataset by their ids, as far as cases go.
async fn rows(desk: &Desk, dataset: &ObjectId, version: Option<&DatasetVersion>) -> Vec<Value> {
    let version = version.map(|version| version.transaction);
    let search = RowSearch { oldest_first: true, limit: 1000, version, ..RowSearch::of(dataset.clone()) };
    let found = desk.search_rows(search).await.unwrap().values();
    let mut rows: Vec<Value> =
        found.iter().map(|row| json!([row["id"], row["input"], row["expected"], row["metadata"], row["tags"]])).collect();
    rows.sort_by_key(|row| row[0].to_string());
    rows
}

#[tokio::test]
async fn a_version_is_compared_and_restored_and_that_is_taken_back() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project, "golden").await;
        let many: Vec<Value> =
            (0..250).map(|number| json!({ "id": format!("r{number:03}"), "input": number, "expected": "old" })).collect();
        send(&store, &dataset, &many).await;
        send(&store, &dataset, &[json!({ "id": "told", "input": { "q": 1 }, "expected": "a", "metadata": { "m": 1 }, "tags": ["x"], "created": "2026-01-02T03:04:05Z" })]).await;
        let one = save(&store.engineer, &dataset, "one").await;
        assert_eq!((one.rows, one.by.as_str(), one.name.as_str()), (251, "The engineer", "one"));
        assert_eq!(counts(&compare(&store.engineer, &one, None).await), (0, 0, 0));
        let then = rows(&store.engineer, &dataset, None).await;

        // Changed, deleted, deleted and back with other words, added, and written again as it was.
        let changed: Vec<Value> =
            (0..120).map(|number| json!({ "id": format!("r{number:03}"), "_is_merge": true, "expected": "new" })).collect();
        send(&store, &dataset, &changed).await;
        send(&store, &dataset, &[json!({ "id": "r200", "_object_delete": true }), json!({ "id": "told", "_object_delete": true })]).await;
        send(&store, &dataset, &[json!({ "id": "r201", "_object_delete": true })]).await;
        send(&store, &dataset, &[json!({ "id": "r201", "input": "another" }), json!({ "id": "added", "input": "more" })]).await;
        send(&store, &dataset, &[json!({ "id": "r000", "_is_merge": true, "expected": "old" })]).await;
        let two = save(&store.owner, &dataset, "two").await;
        send(&store, &dataset, &[json!({ "id": "later", "input": "later" })]).await;
        let difference = compare(&store.engineer, &one, Some(&two)).await;
        assert_eq!(counts(&difference), (1, 2, 120));
        assert_eq!(counts(&compare(&store.engineer, &two, Some(&one)).await), (2, 1, 120));
        assert_eq!(counts(&compare(&store.engineer, &one, None).await), (2, 2, 120));
        let first = &difference.rows[0];
        assert_eq!((first.id.as_str(), first.difference), ("added", RowDifference::Added));
        let field = &difference.rows[1].fields[0];
        assert_eq!((field.name.as_str(), field.from.as_str(), field.to.as_str()), ("expected", "old", "new"));

        let before = rows(&store.engineer, &dataset, None).await;
        let restored = store.engineer.restore_version(named(&one)).await.unwrap();
        assert_eq!((restored.added, restored.removed, restored.changed), (2, 2, 120));
        assert_eq!(rows(&store.engineer, &dataset, None).await, then);
        assert_eq!(rows(&store.engineer, &dataset, Some(&one)).await, then);
        let told = store.engineer.search_rows(RowSearch { oldest_first: true, limit: 1, ..RowSearch::of(dataset.clone()) }).await.unwrap();
        let created = told.values()[0]["created"].clone();
        assert!(created.as_str().unwrap().starts_with("2026-01-02T03:04:05"), "a row that is there again keeps its time: {created}");
        assert_eq!(restored.before.name, "Before restoring one");
        let undone = store.engineer.restore_version(named(&restored.before)).await.unwrap();
        assert_eq!((undone.added, undone.removed, undone.changed), (2, 2, 120));
        let again = rows(&store.engineer, &dataset, None).await;
        assert_eq!(again, before);
        // Restored twice changes nothing the second time.
        store.engineer.restore_version(named(&one)).await.unwrap();
        let nothing = store.engineer.restore_version(named(&one)).await.unwrap();
        assert_eq!((nothing.added, nothing.removed, nothing.changed), (0, 0, 0));
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn answers_lie_on_top_and_stay() {
    for store in stores().await {
        let project = store.project("p").await;
        let dataset = dataset(&store, &project, "golden").await;
        let kind = QuestionKind::Expected { options: vec!["yes".to_owned(), "no".to_owned()], multiple: false };
        store.question(&project, "Right", Definition { kind, ..Definition::default() }).await;
        send(&store, &dataset, &[json!({ "id": "a", "input": 1 })]).await;
        let one = save(&store.engineer, &dataset, "one").await;
        let row = RowAddress { object_type: ObjectKind::Dataset, object_id: dataset.clone(), id: "a".into() };
        let question = "Right".to_owned();
        let answer = SetAnswer {
            row,
            question,
            value: option("yes"),
            client_id: None,
            reason: None,
            confirm: false,
            circumstances: Circumstances::default(),
        };
        store.reviewer.set_answer(answer).await.unwrap();
        send(&store, &dataset, &[json!({ "id": "a", "_is_merge": true, "metadata": { "n": 1 } })]).await;
        assert_eq!(counts(&compare(&store.engineer, &one, None).await), (0, 0, 1));
        store.engineer.restore_version(named(&one)).await.unwrap();
        let now = rows(&store.engineer, &dataset, None).await;
        assert_eq!((&now[0][2], &now[0][3]), (&json!("yes"), &Value::Null), "{now:?}");
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn what_cannot_be_is_told() {
    for store in stores().await {
        let project = store.project("p").await;
        let (dataset, other) = (dataset(&store, &project, "golden").await, dataset(&store, &project, "other").await);
        let one = save(&store.engineer, &dataset, "One").await;
        let saving = |desk: &Desk, dataset: &ObjectId, name: &str, note: &str| {
            let (desk, command) = (desk.clone(), SaveVersion { dataset: dataset.clone(), name: name.to_owned(), note: note.to_owned() });
            async move { desk.save_version(command).await }
        };
        assert_eq!(
            refused(saving(&store.engineer, &dataset, "one", "").await),
            "Name: Another version of this dataset has this name. Use another one."
        );
        assert!(refused(saving(&store.engineer, &dataset, "", "").await).starts_with("Name: Use 1 to 200"));
        assert!(refused(saving(&store.engineer, &dataset, "two", &"x".repeat(2_001)).await).starts_with("Note: "));
        assert!(refused(saving(&store.reviewer, &dataset, "two", "").await).contains("may not"));
        assert!(refused(saving(&store.engineer, &project.logs(), "two", "").await).contains("no dataset"));
        let elsewhere = save(&store.engineer, &other, "one").await;
        let across = CompareVersions { from: one.id.clone(), to: Some(elsewhere.id.clone()) };
        assert_eq!(refused(store.engineer.compare_versions(across).await), "to: Compare versions of one dataset.");
        for desk in [&store.reviewer, &store.viewer] {
            assert_eq!(desk.versions(&dataset).await.unwrap(), std::slice::from_ref(&one));
            assert!(refused(desk.restore_version(named(&one)).await).contains("may not"));
            assert!(refused(desk.delete_version(named(&one)).await).contains("may not"));
            assert!(refused(desk.compare_versions(CompareVersions { from: one.id.clone(), to: None }).await).contains("may not"));
        }
        assert_eq!(store.engineer.delete_version(named(&one)).await.unwrap(), one);
        assert!(refused(store.engineer.delete_version(named(&one)).await).contains("no version"));
        assert_eq!(store.engineer.versions(&dataset).await.unwrap(), []);
        save(&store.engineer, &dataset, "one").await;
    }
}

/// A dataset of so many rows, of which a version `one` is kept, and every row of which then said something else.
async fn rewritten(store: &TestStore, count: usize) -> (ObjectId, DatasetVersion) {
    let project = store.project(&format!("p {count}")).await;
    let dataset = dataset(store, &project, "golden").await;
    for (expected, is_merge) in [("old", false), ("new", true)] {
        let row = |number| json!({ "id": format!("r{number:05}"), "input": number, "expected": expected, "_is_merge": is_merge });
        let rows: Vec<Value> = (0..count).map(row).collect();
        for some in rows.chunks(1_000) {
            send(store, &dataset, some).await;
        }
        if !is_merge {
            save(&store.engineer, &dataset, "one").await;
        }
    }
    let one = store.engineer.versions(&dataset).await.unwrap().pop().unwrap();
    (dataset, one)
}

#[tokio::test]
async fn what_others_write_while_a_version_is_restored_is_never_lost() {
    for store in stores().await {
        let (dataset, one) = rewritten(&store, 400).await;
        let write = |number: usize| {
            let (desk, dataset, id) = (store.owner.clone(), dataset.clone(), format!("r{number:05}"));
            async move {
                let row = json!({ "id": id, "_is_merge": true, "expected": format!("mine {number}") });
                assert_eq!(desk.ingest(raws(&[row]), Some(dataset)).await.unwrap().rejected, []);
                number
            }
        };
        let writer = async {
            // Some are written around the moment in which how it stands is kept, and the others after it, from the last row to the first.
            let mut written = vec![write(3).await, write(250).await];
            while store.owner.versions(&dataset).await.unwrap().len() < 2 {
                tokio::task::yield_now().await;
            }
            for number in (0..400).rev().step_by(13) {
                written.push(write(number).await);
            }
            written
        };
        let (restored, written) = tokio::join!(store.engineer.restore_version(named(&one)), writer);
        let before = restored.unwrap().before;
        assert_eq!(before.name, "Before restoring one");
        let (kept, now) = (rows(&store.engineer, &dataset, Some(&before)).await, rows(&store.engineer, &dataset, None).await);
        assert_eq!((kept.len(), now.len()), (400, 400));
        for (number, (kept, now)) in kept.iter().zip(&now).enumerate() {
            let mine = json!(format!("mine {number}"));
            match written.contains(&number) {
                true => assert!(kept[2] == mine && now[2] == "old" || now[2] == mine, "row {number}: {kept} {now}"),
                false => assert_eq!((&kept[2], &now[2]), (&json!("new"), &json!("old"))),
            }
        }
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn two_restores_at_once_do_not_mix() {
    for store in stores().await {
        let (dataset, one) = rewritten(&store, 400).await;
        let two = save(&store.engineer, &dataset, "two").await;
        send(&store, &dataset, &[json!({ "id": "r00000", "_is_merge": true, "expected": "neither" })]).await;
        let [first, second] = [&one, &two].map(|version| store.engineer.restore_version(named(version)));
        let (first, second) = tokio::join!(first, second);
        let now = rows(&store.engineer, &dataset, None).await;
        let stands = |version: &'static str| now.iter().all(|row| row[2] == version);
        for (restored, expected) in [(&first, "old"), (&second, "new")] {
            match restored {
                // The other one was refused, or had its turn before or after.
                Ok(_) => assert!(stands(expected) || first.is_ok() && second.is_ok() && (stands("old") || stands("new"))),
                Err(error) => {
                    let said = error.problem().unwrap().to_string();
                    assert!(
                        said.starts_with("A version of this dataset is being restored already; how it stood before is kept as “Before "),
                        "{said}"
                    );
                }
            }
        }
        assert!(first.is_ok() || second.is_ok());
        // The one that was refused can be done now.
        store.engineer.restore_version(named(&two)).await.unwrap();
        store.engineer.restore_version(named(&one)).await.unwrap();
        assert_eq!(store.store.verify().await.unwrap().map(|_| ()), Ok(()));
    }
}

#[tokio::test]
async fn a_restore_that_gives_no_sign_of_life_holds_up_nobody() {
    for store in stores().await {
        let (dataset, one) = rewritten(&store, 3).await;
        let stopped = save(&store.engineer, &dataset, "stopped").await;
        let set = async |at: i64| {
            let text = format!("UPDATE dataset_versions SET restoring = {at} WHERE id = '{}'", stopped.id);
            let connection = Database::connect(store.place.url()).await.unwrap();
            connection.execute_unprepared(&text).await.unwrap();
            connection.close().await.unwrap();
        };
        set(stopped.created).await;
        let said = refused(store.engineer.restore_version(named(&one)).await);
        assert!(said.contains("kept as “stopped”. Wait until that is done"), "{said}");
        set(stopped.created - 3_600_000_000).await;
        let restored = store.engineer.restore_version(named(&one)).await.unwrap();
        assert_eq!(restored.changed, 3);
    }
}
