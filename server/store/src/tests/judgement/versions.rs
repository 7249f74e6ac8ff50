//! What is said is versioned, and as small as what is said.

use super::{Step, asked, said, take, verified};
use crate::ground::database::{STATEMENTS, one, run, values};
use crate::tests::sending::{address, answer, slider};
use crate::tests::{TestStore, stores};
use crate::{Desk, RowSearch};
use serde_json::{Value, json};
use shared::audit::{Deed, Edit, Revert};
use shared::comments::AddComment;

/// Bytes of the database and of its log, which is emptied before.
async fn bytes(store: &TestStore, empty_log: bool) -> u64 {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        bytes: i64,
    }
    #[derive(sea_orm::FromQueryResult)]
    struct Emptied {
        busy: i64,
    }
    if let crate::tests::Place::Folder(folder) = &store.place {
        // Whoever reads at that moment keeps the log from being emptied.
        for _ in 0..if empty_log { 200 } else { 0 } {
            let emptied = one::<Emptied>(store.store.readers(), "PRAGMA wal_checkpoint(TRUNCATE)", values![]).await;
            if emptied.is_ok_and(|emptied| emptied.is_some_and(|emptied| emptied.busy == 0)) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        return std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    }
    let text = "SELECT pg_database_size(current_database()) AS bytes";
    one::<Row>(store.store.readers(), text, values![]).await.unwrap().unwrap().bytes.try_into().unwrap()
}

#[tokio::test]
async fn what_is_said_about_a_large_row_is_as_small_as_about_a_small_one() {
    for store in stores().await {
        let project = asked(&store, "large").await;
        // Nothing that could be compressed.
        let large: String =
            (0..100_000_u64).map(|number| format!("{:032x}", u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060))).collect();
        let row =
            |id: &str, output: &str| json!({"id": id, "span_id": id, "root_span_id": id, "output": output, "metadata": {"model": "m"}});
        store.send(&project, &[row("large", &large), row("small", "x")]).await;
        let wrote = async |id: &str| {
            let before = bytes(&store, true).await;
            for (question, value) in [("Reason", json!("late")), ("Reason", json!("late and wrong")), ("Intent", json!("bug"))] {
                answer(&store.reviewer, &project, id, question, said(&value)).await.unwrap();
            }
            // The database may tidy up meanwhile.
            bytes(&store, false).await.saturating_sub(before)
        };
        let (large, small) = (wrote("large").await, wrote("small").await);
        // Each of the three commits writes every page that it touches, whatever the size of the row.
        assert!(large <= 3 * 100_000 && large <= 2 * small + 100_000, "{large} bytes for the large row, {small} for the small one");
        assert_eq!(store.row(&project, "large").await["metadata"], json!({"model": "m", "review": {"reason": "late and wrong"}}));
        verified(&store).await;
    }
}

#[tokio::test]
async fn a_text_writes_little_whatever_the_size_of_the_row() {
    for store in stores().await {
        let project = asked(&store, "little").await;
        let row = |id: &str, bytes: usize| json!({"id": id, "span_id": id, "root_span_id": id, "input": "x".repeat(bytes / 2), "output": "y".repeat(bytes / 2)});
        store.send(&project, &[row("small", 30_000), row("large", 3_000_000)]).await;
        let mut written = Vec::new();
        for id in ["small", "large"] {
            answer(&store.reviewer, &project, id, "Reason", said(&json!("late"))).await.unwrap();
            let before = bytes(&store, true).await;
            STATEMENTS.with_borrow_mut(Vec::clear);
            answer(&store.reviewer, &project, id, "Reason", said(&json!("late and wrong"))).await.unwrap();
            let bound: usize = STATEMENTS.take().iter().map(|(_, bytes)| bytes).sum();
            assert!(bound <= 4_000, "{bound} bytes are bound for {id}");
            written.push(bytes(&store, false).await.saturating_sub(before));
        }
        // The log of PostgreSQL is that of all its databases.
        if let crate::tests::Place::Folder(_) = &store.place {
            assert!(written.iter().all(|bytes| *bytes <= 80_000), "{written:?}");
            assert!(written[0].abs_diff(written[1]) <= 12_000, "{written:?}");
        }
    }
}

#[tokio::test]
async fn a_row_as_of_a_version_has_what_was_said_then() {
    for store in stores().await {
        let project = asked(&store, "versions of what is said").await;
        store.question(&project, "Q", slider()).await;
        let row = json!({"id": "r", "span_id": "s", "root_span_id": "s", "expected": {"a": 1}, "scores": {"Q": 0.5, "Auto": 0.25}});
        store.send(&project, &[row]).await;
        let shown = |row: &Value| json!([row["expected"], row["metadata"]["review"]["reason"], row["scores"], row["_xact_id"]]);
        let mut states = Vec::new();
        let mut see = async |moves: bool| {
            let now = shown(&store.row(&project, "r").await);
            let last: Value = states.last().cloned().unwrap_or_default();
            assert_eq!(now[3].as_str() > last["row"][3].as_str(), moves, "{now} after {last}");
            states.push(json!({"row": now, "version": store.engineer.last_transaction().await.unwrap().shown()}));
        };
        see(true).await;
        let says = async |desk: &Desk, question: &str, value: Value| {
            answer(desk, &project, "r", question, said(&value)).await.unwrap();
        };
        for (question, value) in [
            ("Q", json!(0.75)),
            ("Q", json!(1.0)),
            ("Intent", json!("bug")),
            ("Reason", json!("late")),
            ("Reason", json!("wrong")),
            ("Reason", Value::Null),
            ("Q", Value::Null),
        ] {
            says(&store.reviewer, question, value).await;
            see(true).await;
        }
        take(&store, &project, &address(&project, "r"), Step::Settles("Q", json!(0.125))).await;
        see(true).await;
        take(&store, &project, &address(&project, "r"), Step::Settles("Intent", json!("billing"))).await;
        see(true).await;
        take(&store, &project, &address(&project, "r"), Step::Edits(json!("by hand"))).await;
        see(true).await;
        let comment = AddComment { row: address(&project, "r"), text: "a comment changes nothing of it".to_owned(), client_id: None };
        store.reviewer.add_comment(comment).await.unwrap();
        see(false).await;
        let edits = store.span(&project, "r").await.said.activity.into_iter().find(|entry| entry.action == Deed::Edit).unwrap();
        store.engineer.revert(Revert { edit: Edit::Entry(edits.id), client_id: None }).await.unwrap();
        see(true).await;
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "expected": {"b": 2}})]).await;
        see(true).await;
        store.send(&project, &[json!({"id": "r", "_object_delete": true})]).await;
        for state in &states {
            let version = Some(store.viewer.version(state["version"].as_str().unwrap()).await.unwrap());
            let rows = store.viewer.search_rows(RowSearch { version, ..RowSearch::of(project.logs()) }).await.unwrap().values();
            assert_eq!(shown(&rows[0]), state["row"]);
        }
        verified(&store).await;
    }
}

#[tokio::test]
async fn the_text_that_was_said_last_is_the_one_of_the_last_transaction() {
    for store in stores().await {
        let project = asked(&store, "clocks of texts").await;
        store.send(&project, &[json!({"id": "r", "span_id": "s", "root_span_id": "s"})]).await;
        answer(&store.reviewer, &project, "r", "Reason", said(&json!("first"))).await.unwrap();
        // The clock was wrong then.
        let later = "UPDATE answers SET updated = updated + 3600000000, created = created + 3600000000";
        store.store.write(move |change| Box::pin(async move { run(&change.transaction, later, values![]).await })).await.unwrap();
        answer(&store.engineer, &project, "r", "Reason", said(&json!("second"))).await.unwrap();
        assert_eq!(store.row(&project, "r").await["metadata"]["review"]["reason"], json!("second"));
        verified(&store).await;
    }
}
