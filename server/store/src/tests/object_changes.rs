//! What is changed about experiments and datasets themselves: told with who did it, deleted, and brought back.

use super::sending::raws;
use super::{TestStore, stores};
use crate::ground::database::values;
use crate::{Desk, Error};
use serde_json::{Map, Value, json};
use shared::audit::ListObjectActivity;
use shared::objects::{
    ChangeObject, DAYS_KEPT, DeleteObject, DeletedObject, EditMetadata, IfTaken, NamedObject, ObjectKind, RegisterObject, RestoreObject,
};
use shared::projects::{CreateProject, DeleteProject, Project, RestoreProject};
use shared::spans::ListTraces;
use shared::{ObjectId, Problem};

async fn register(store: &TestStore, project: &Project, kind: ObjectKind, name: &str) -> NamedObject {
    let details = json!({"metadata": {"prompt": "v1", "n": 1}}).as_object().unwrap().clone();
    let command = RegisterObject { kind, project: project.id.clone(), name: Some(name.to_owned()), if_taken: IfTaken::AddSuffix, details };
    store.engineer.register_object(command).await.unwrap().0
}

fn change(object: &NamedObject, name: Option<&str>, details: Value) -> ChangeObject {
    let details = details.as_object().cloned().unwrap_or_else(Map::new);
    ChangeObject { kind: object.kind, id: object.id.clone(), name: name.map(str::to_owned), details }
}

/// Who did what, newest first.
async fn told(desk: &Desk, object: &NamedObject) -> Vec<String> {
    let query = ListObjectActivity { kind: object.kind, object: object.id.clone(), before: None, limit: 100 };
    let entries = desk.object_activity(query).await.unwrap();
    let value = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
    let line = |entry: shared::audit::Activity| {
        let actor = entry.actor.map(|actor| actor.role.as_str()).unwrap_or_default();
        assert!(entry.created > 0 && entry.hash.is_some() && !entry.revertible);
        format!("{actor} {} {}: {} → {}", entry.action, entry.path, value(entry.from), value(entry.to))
    };
    entries.into_iter().map(line).collect()
}

fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().problem().unwrap().to_string()
}

fn is_missing<T: std::fmt::Debug>(result: Result<T, Error>) -> bool {
    matches!(result.unwrap_err().problem(), Some(Problem::NotFound { .. }))
}

#[tokio::test]
async fn what_is_changed_about_an_object_is_told_with_who_did_it() {
    for store in stores().await {
        let project = store.project("told").await;
        for kind in [ObjectKind::Experiment, ObjectKind::Dataset] {
            let object = register(&store, &project, kind, "first").await;
            let other = register(&store, &project, kind, "other").await;
            assert_eq!(told(&store.viewer, &object).await, [""; 0]);
            store.engineer.change_object(change(&object, Some("second"), json!({"description": "shorter"}))).await.unwrap();
            store
                .owner
                .change_object(change(&object, None, json!({"metadata": {"n": 2}, "tags": ["a"], "base_exp_id": "x"})))
                .await
                .unwrap();
            // The same again changes nothing and is told to nobody.
            let before = store.heads(&project).await;
            store.engineer.change_object(change(&object, Some("second"), json!({"metadata": {"n": 2}}))).await.unwrap();
            assert_eq!(store.heads(&project).await, before);
            let mut lines = told(&store.viewer, &object).await;
            lines[..3].sort();
            assert_eq!(
                lines,
                [
                    "owner edit base: nothing → \"x\"",
                    "owner edit metadata.n: 1 → 2",
                    "owner edit tags: nothing → [\"a\"]",
                    "engineer edit description: nothing → \"shorter\"",
                    "engineer edit name: \"first\" → \"second\"",
                ]
            );
            // What is refused is not told either.
            assert!(
                refused(store.engineer.change_object(change(&object, Some("other"), json!({}))).await).contains("has this name already")
            );
            assert!(refused(store.reviewer.change_object(change(&object, Some("third"), json!({}))).await).contains("may not"));
            assert_eq!(told(&store.reviewer, &object).await.len(), 5);
            assert_eq!(told(&store.viewer, &other).await, [""; 0]);
        }
        let no = ListObjectActivity { kind: ObjectKind::Experiment, object: project.logs(), before: None, limit: 1 };
        assert!(is_missing(store.viewer.object_activity(no).await));
        store.verified().await;
    }
}

async fn deleted(store: &TestStore, project: &Project) -> Vec<DeletedObject> {
    store.engineer.deleted_objects(ObjectKind::Experiment, &project.id).await.unwrap()
}

async fn rows(store: &TestStore, object: &ObjectId) -> usize {
    let list = ListTraces { object: object.clone(), filter: String::new(), before: None, limit: 10, columns: Vec::new() };
    store.viewer.list_traces(list).await.unwrap().rows.len()
}

#[tokio::test]
async fn what_was_deleted_comes_back_with_its_rows() {
    for store in stores().await {
        let project = store.project("kept").await;
        let object = register(&store, &project, ObjectKind::Experiment, "first").await;
        let sent = raws(&[json!({"id": "r", "input": 1, "scores": {"Q": 0.5}})]);
        store.engineer.ingest(sent, Some(object.id.clone())).await.unwrap();
        let delete = |id: &ObjectId| DeleteObject { kind: ObjectKind::Experiment, id: id.clone() };
        let restore = |id: &ObjectId, name: Option<&str>| RestoreObject {
            kind: ObjectKind::Experiment,
            id: id.clone(),
            name: name.map(str::to_owned),
        };
        // What is there is not brought back.
        assert!(is_missing(store.engineer.restore_object(restore(&object.id, None)).await));
        store.engineer.delete_object(delete(&object.id)).await.unwrap();
        let kept = deleted(&store, &project).await;
        let [one] = &kept[..] else { panic!("{kept:?}") };
        assert_eq!((one.name.as_str(), one.rows, one.is_name_taken), ("first", 1, false));
        assert_eq!(one.until - one.deleted, DAYS_KEPT * crate::ground::time::DAY);
        assert!(one.by.is_some());
        assert_eq!(store.engineer.deleted_objects(ObjectKind::Dataset, &project.id).await.unwrap(), []);
        for desk in [&store.reviewer, &store.viewer] {
            assert!(refused(desk.deleted_objects(ObjectKind::Experiment, &project.id).await).contains("may not"));
            assert!(refused(desk.restore_object(restore(&object.id, None)).await).contains("may not"));
        }
        assert!(is_missing(store.engineer.restore_object(RestoreObject { kind: ObjectKind::Dataset, ..restore(&object.id, None) }).await));
        assert_eq!(store.engineer.restore_object(restore(&object.id, None)).await.unwrap(), object);
        assert_eq!((rows(&store, &object.id).await, deleted(&store, &project).await), (1, Vec::new()));
        assert_eq!(told(&store.viewer, &object).await, ["engineer restore : nothing → nothing", "engineer delete : nothing → nothing"]);

        // Meanwhile another one, that only looks the same, has its name.
        store.owner.delete_object(delete(&object.id)).await.unwrap();
        let other = register(&store, &project, ObjectKind::Experiment, "FIRST").await;
        assert!(deleted(&store, &project).await[0].is_name_taken);
        assert!(refused(store.engineer.restore_object(restore(&object.id, None)).await).contains("has this name by now"));
        assert!(refused(store.engineer.restore_object(restore(&object.id, Some(""))).await).contains("1 to 200"));
        assert_eq!(deleted(&store, &project).await.len(), 1, "nothing is lost by a refusal");
        let back = store.engineer.restore_object(restore(&object.id, Some("again"))).await.unwrap();
        assert_eq!((back.name.as_str(), back.id == object.id), ("again", true));
        assert_eq!(told(&store.viewer, &back).await[0], "engineer edit name: \"first\" → \"again\"");
        assert_eq!(store.viewer.object(ObjectKind::Experiment, &other.id).await.unwrap().name, "FIRST");

        // After thirty days it is gone.
        store.engineer.delete_object(delete(&object.id)).await.unwrap();
        let days = crate::ground::time::DAY * DAYS_KEPT;
        let id = object.id.clone();
        store
            .store
            .write(move |change| {
                Box::pin(async move {
                    let text = "UPDATE objects SET deleted = deleted - ? WHERE id = ?";
                    crate::ground::database::run(&change.transaction, text, values![days + 1, id.as_str()]).await
                })
            })
            .await
            .unwrap();
        assert_eq!(deleted(&store, &project).await, []);
        assert!(is_missing(store.engineer.restore_object(restore(&object.id, None)).await));
        store.verified().await;
    }
}

#[tokio::test]
async fn metadata_is_edited_as_a_text() {
    for store in stores().await {
        let project = store.project("metadata").await;
        let object = register(&store, &project, ObjectKind::Dataset, "golden").await;
        let read = async || store.viewer.object_metadata(object.kind, &object.id).await.unwrap();
        let edit = |text: &str, before: &str| EditMetadata {
            kind: object.kind,
            id: object.id.clone(),
            text: text.to_owned(),
            before: before.to_owned(),
        };
        let shown = read().await;
        assert_eq!((shown.text.as_str(), shown.keys), ("{\n  \"n\": 1,\n  \"prompt\": \"v1\"\n}", 2));
        assert!(shown.html.as_str().contains("prompt"));
        // Keys that are left out are gone, which sending them cannot say.
        let changed = store.engineer.edit_metadata(edit("{\"n\": 1, \"deep\": {\"<b>\": []}}", &shown.text)).await.unwrap();
        assert_eq!(changed.details["metadata"], json!({"n": 1, "deep": {"<b>": []}}));
        assert!(!read().await.html.as_str().contains("<b>"));
        assert_eq!(
            told(&store.viewer, &object).await,
            ["engineer edit metadata.deep: nothing → {\"<b>\":[]}", "engineer edit metadata.prompt: \"v1\" → nothing"]
        );
        // Somebody else was faster.
        let late = store.engineer.edit_metadata(edit("{}", &shown.text)).await;
        assert!(matches!(late.unwrap_err().problem(), Some(Problem::Conflict { .. })));
        let stands = read().await.text;
        for (text, expected) in [
            ("{\n \"a\": }", "Line 2, character 7"),
            ("[1]", "Write an object"),
            ("7", "Write an object"),
            ("{\"a\": 1", "Line 1"),
            (&"x".repeat(1_000_001), "larger than 1 MB"),
        ] {
            let sentence = refused(store.engineer.edit_metadata(edit(text, &stands)).await);
            assert!(sentence.starts_with("Metadata: ") && sentence.contains(expected), "{sentence}");
        }
        assert!(refused(store.reviewer.edit_metadata(edit("{}", &stands)).await).contains("may not"));
        assert_eq!(read().await.text, stands);
        store.engineer.edit_metadata(edit("", &stands)).await.unwrap();
        assert_eq!(read().await, shared::objects::ObjectMetadata::default());
        store.verified().await;
    }
}

#[tokio::test]
async fn a_deleted_project_comes_back_with_everything_in_it() {
    for store in stores().await {
        let project = store.project("shop").await;
        store.question(&project, "Q", super::sending::slider()).await;
        store.send(&project, &[json!({"id": "r", "scores": {"Auto": 0.5}})]).await;
        super::sending::answer(&store.reviewer, &project, "r", "Q", super::sending::number(0.25)).await.unwrap();
        let dataset = register(&store, &project, ObjectKind::Dataset, "golden").await;
        let before = (store.summary(&project).await, store.viewer.project(&project.id).await.unwrap());
        let restore = |desk: &Desk, name: Option<&str>| {
            let (desk, command) = (desk.clone(), RestoreProject { project: project.id.clone(), name: name.map(str::to_owned) });
            async move { desk.restore_project(command).await }
        };
        assert!(is_missing(restore(&store.owner, None).await), "it is not deleted");
        store.owner.delete_project(DeleteProject { project: project.id.clone() }).await.unwrap();

        for desk in [&store.engineer, &store.reviewer, &store.viewer] {
            assert!(desk.deleted_projects().await.is_err() && restore(desk, None).await.is_err());
        }
        let (namesake, _) = store.engineer.create_project(CreateProject { name: "Shop".to_owned() }).await.unwrap();
        let deleted = store.owner.deleted_projects().await.unwrap();
        let told = deleted.iter().map(|project| (project.name.as_str(), project.traces, project.is_name_taken, project.by.as_deref()));
        assert_eq!(told.collect::<Vec<_>>(), [("shop", 1, true, Some("The owner"))]);
        assert_eq!(deleted[0].until - deleted[0].deleted, DAYS_KEPT * crate::ground::time::DAY);
        assert!(refused(restore(&store.owner, None).await).contains("has this name by now"));
        assert!(refused(restore(&store.owner, Some(" ")).await).starts_with("Name: "));

        // Two at once: it comes back once, and both know.
        let (one, other) = futures::join!(restore(&store.owner, Some("shop, the first")), restore(&store.owner, Some("shop, the first")));
        assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|is_ok| **is_ok).count(), 1);
        let now = store.viewer.project_by_name("shop, the first").await.unwrap();
        assert_eq!((store.summary(&project).await, now.id.clone(), now.settings), (before.0, before.1.id, before.1.settings));
        assert_eq!(store.viewer.object(ObjectKind::Dataset, &dataset.id).await.unwrap().name, "golden");
        store.send(&project, &[json!({"id": "later"})]).await;
        assert_eq!(store.owner.deleted_projects().await.unwrap(), []);

        // Too long ago.
        store.owner.delete_project(DeleteProject { project: namesake.id.clone() }).await.unwrap();
        let id = namesake.id.clone();
        let age = store.store.write(move |change| {
            Box::pin(async move {
                let text = "UPDATE projects SET deleted = deleted - ? WHERE id = ?";
                let bound = values![DAYS_KEPT * crate::ground::time::DAY, id.as_str()];
                crate::ground::database::run(&change.transaction, text, bound).await
            })
        });
        age.await.unwrap();
        assert_eq!(store.owner.deleted_projects().await.unwrap(), []);
        assert!(is_missing(store.owner.restore_project(RestoreProject { project: namesake.id, name: None }).await));
        store.verified().await;
    }
}
