//! Every version of every row: read as of a transaction, erased, and proven.

use super::evidence::answer_with;
use super::sending::{address, answer, number, raws, slider};
use super::{TestStore, stores};
use crate::RowSearch;
use crate::ground::database::values;
use proptest::prelude::*;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Map, Value, json};
use shared::comments::AddComment;
use shared::filter::parse_expression;
use shared::objects::{ObjectKind, RowAddress};
use shared::projects::Project;
use shared::{ObjectId, Problem, TransactionId};
use std::collections::BTreeMap;

impl TestStore {
    /// The rows of an object as of a transaction, by their ids: input, output and tags.
    async fn as_of(&self, object: &ObjectId, version: &str) -> BTreeMap<String, Value> {
        let version = Some(self.viewer.version(version).await.unwrap());
        let mut rows = BTreeMap::new();
        let mut after = None;
        loop {
            let found = self.viewer.search_rows(RowSearch { version, after, limit: 2, ..RowSearch::of(object.clone()) }).await.unwrap();
            for row in found.values() {
                let content = json!({"input": row["input"], "output": row["output"], "tags": row["tags"], "scores": row["scores"]});
                assert_eq!(rows.insert(row["id"].as_str().unwrap().to_owned(), content), None, "{} came twice", row["id"]);
            }
            after = found.next;
            if after.is_none() {
                return rows;
            }
        }
    }

    /// Sends rows and returns the transaction.
    async fn sent(&self, project: &Project, rows: &[Value]) -> String {
        self.send(project, rows).await.transaction
    }
}

fn content(input: Value, output: Value) -> Value {
    json!({"input": input, "output": output, "tags": null, "scores": {}})
}

#[tokio::test]
async fn rows_are_read_as_of_every_transaction() {
    for store in stores().await {
        let project = store.project("versions").await;
        let object = project.logs();
        let first = store.sent(&project, &[json!({"id": "a", "input": 1}), json!({"id": "b", "input": 2})]).await;
        let second = store.sent(&project, &[json!({"id": "a", "_is_merge": true, "output": "x"})]).await;
        let third = store.sent(&project, &[json!({"id": "b", "_object_delete": true}), json!({"id": "c", "input": 3})]).await;
        let fourth = store.sent(&project, &[json!({"id": "b", "input": "back"})]).await;
        let states = [
            (first.clone(), vec![("a", content(json!(1), json!(null))), ("b", content(json!(2), json!(null)))]),
            (second, vec![("a", content(json!(1), json!("x"))), ("b", content(json!(2), json!(null)))]),
            (third, vec![("a", content(json!(1), json!("x"))), ("c", content(json!(3), json!(null)))]),
            (
                fourth.clone(),
                vec![
                    ("a", content(json!(1), json!("x"))),
                    ("b", content(json!("back"), json!(null))),
                    ("c", content(json!(3), json!(null))),
                ],
            ),
        ];
        for (version, rows) in states {
            let rows: BTreeMap<_, _> = rows.into_iter().map(|(id, row)| (id.to_owned(), row)).collect();
            assert_eq!(store.as_of(&object, &version).await, rows, "as of {version}");
            // What SDKs show of a version means the same.
            assert_eq!(store.as_of(&object, &TransactionId::parse(&version).unwrap().shown()).await, rows);
        }
        // Before everything there was nothing.
        assert_eq!(store.as_of(&object, "1000192656880881099").await, BTreeMap::new());
        // A filter holds on the row as it was.
        let filter = Some(parse_expression("input = 2").unwrap());
        let version = Some(store.viewer.version(&first).await.unwrap());
        let found = store.viewer.search_rows(RowSearch { filter, version, ..RowSearch::of(object.clone()) }).await.unwrap();
        assert_eq!(found.values().iter().map(|row| row["id"].clone()).collect::<Vec<_>>(), [json!("b")]);
        for wrong in ["", "soon", "9000000000000000000"] {
            let error = store.viewer.version(wrong).await.unwrap_err();
            assert!(matches!(error.problem(), Some(Problem::Invalid { .. })), "{wrong}: {error}");
        }
        store.verified().await;
    }
}

#[tokio::test]
async fn sending_the_same_again_makes_no_version() {
    for store in stores().await {
        let project = store.project("again").await;
        let batches = [
            vec![json!({"id": "a", "input": 1, "scores": {"Q": 0.5}, "tags": ["x"]}), json!({"id": "b", "input": 2})],
            vec![json!({"id": "a", "_is_merge": true, "output": {"deep": 1}, "tags": ["y"]})],
        ];
        for batch in &batches {
            let transaction = store.sent(&project, batch).await;
            let before = store.rows(&project, "").await;
            assert_eq!(store.sent(&project, batch).await, transaction);
            assert_eq!(store.rows(&project, "").await, before);
        }
        assert_eq!(store.store.verify().await.unwrap().unwrap().versions, 1);
    }
}

#[tokio::test]
async fn transactions_grow_over_all_projects_and_for_each_command() {
    for store in stores().await {
        let (one, other) = (store.project("one").await, store.project("other").await);
        let mut last = store.engineer.last_transaction().await.unwrap();
        for number in 0..6 {
            let project = if number % 2 == 0 { &one } else { &other };
            let id = TransactionId::parse(&store.sent(project, &[json!({"id": format!("r{number}")})]).await).unwrap();
            assert!(id > last);
            last = store.engineer.last_transaction().await.unwrap();
            assert!(last >= id);
        }
        // Commands that share a commit have transactions of their own, so no version is lost.
        let merges = (0..20).map(|number| {
            store.engineer.ingest(raws(&[json!({"id": "r0", "_is_merge": true, "metadata": {(number.to_string()): 1}})]), Some(one.logs()))
        });
        let mut ids: Vec<_> = futures::future::join_all(merges).await.into_iter().map(|sent| sent.unwrap().transaction).collect();
        for id in &ids {
            let version = Some(store.viewer.version(id).await.unwrap());
            let found = store.viewer.search_rows(RowSearch { version, ..RowSearch::of(one.logs()) }).await.unwrap();
            let merged = found.values().iter().find(|row| row["id"] == "r0").unwrap()["metadata"].as_object().map_or(0, Map::len);
            assert_eq!(merged, ids.iter().filter(|other| *other <= id).count());
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 20);
        store.verified().await;
    }
}

#[tokio::test]
async fn a_cursor_of_another_object_is_refused() {
    for store in stores().await {
        let (one, other) = (store.project("one").await, store.project("other").await);
        store.send(&one, &[json!({"id": "a"}), json!({"id": "b"})]).await;
        let first = store.viewer.search_rows(RowSearch { limit: 1, ..RowSearch::of(one.logs()) }).await.unwrap();
        let after = first.next;
        assert!(after.is_some());
        let error = store.viewer.search_rows(RowSearch { after, ..RowSearch::of(other.logs()) }).await.unwrap_err();
        assert!(error.to_string().contains("another object"), "{error}");
    }
}

/// What happens to a row in the property test. Ids are few, so that the same rows are hit again and again.
#[derive(Clone, Debug)]
enum Step {
    Replace(u8, i64),
    Merge(u8, &'static str, i64),
    Tag(u8, u8),
    Delete(u8),
    Again,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_u8, 0..5_i64).prop_map(|(id, value)| Step::Replace(id, value)),
        4 => (0..4_u8, prop::sample::select(vec!["input", "output"]), 0..5_i64).prop_map(|(id, key, value)| Step::Merge(id, key, value)),
        2 => (0..4_u8, 0..3_u8).prop_map(|(id, tag)| Step::Tag(id, tag)),
        1 => (0..4_u8).prop_map(Step::Delete),
        1 => Just(Step::Again),
    ]
}

impl Step {
    /// With the ids of the span, as SDKs send them: a merge that knows them is no feedback that came too early. Each write
    /// of a whole row is another one, as with SDKs, whose rows carry their time.
    fn row(&self, number: usize) -> Value {
        match self {
            Self::Replace(id, value) => {
                json!({"id": format!("r{id}"), "span_id": format!("r{id}"), "input": value, "context": number, "scores": {"Q": *value as f64 / 5.0}})
            }
            Self::Merge(id, key, value) => json!({"id": format!("r{id}"), "span_id": format!("r{id}"), "_is_merge": true, (*key): value}),
            Self::Tag(id, tag) => {
                json!({"id": format!("r{id}"), "span_id": format!("r{id}"), "_is_merge": true, "tags": [format!("t{tag}")]})
            }
            Self::Delete(id) => json!({"id": format!("r{id}"), "_object_delete": true}),
            Self::Again => Value::Null,
        }
    }

    /// The same on the model, which knows nothing of the store.
    fn apply(&self, model: &mut BTreeMap<String, Value>, full: &mut BTreeMap<String, bool>) {
        let id = |id: &u8| format!("r{id}");
        // What is merged into a row that was deleted is refused.
        if let Self::Merge(of, ..) | Self::Tag(of, _) = self
            && full.contains_key(&id(of))
            && !model.contains_key(&id(of))
        {
            return;
        }
        let mut row = |id: String| model.remove(&id).unwrap_or_else(|| content(json!(null), json!(null)));
        let (id, changed) = match self {
            Self::Replace(of, value) => {
                let mut new = content(json!(value), json!(null));
                new["scores"] = json!({"Q": *value as f64 / 5.0});
                if full.insert(id(of), true) == Some(false) {
                    // The first whole row lies under what was merged before it.
                    let early = row(id(of));
                    for key in ["input", "output", "tags"] {
                        if !early[key].is_null() {
                            new[key] = early[key].clone();
                        }
                    }
                }
                (id(of), new)
            }
            Self::Merge(of, key, value) => {
                full.entry(id(of)).or_insert(false);
                let mut old = row(id(of));
                old[*key] = json!(value);
                (id(of), old)
            }
            Self::Tag(of, tag) => {
                full.entry(id(of)).or_insert(false);
                let mut old = row(id(of));
                let mut tags = old["tags"].as_array().cloned().unwrap_or_default();
                let tag = json!(format!("t{tag}"));
                if !tags.contains(&tag) {
                    tags.push(tag);
                }
                old["tags"] = json!(tags);
                (id(of), old)
            }
            Self::Delete(of) => {
                if model.remove(&id(of)).is_some() {
                    full.insert(id(of), true);
                }
                return;
            }
            Self::Again => return,
        };
        model.insert(id, changed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Any rows in any batches, some sent twice: every state that ever was can be read, and everything fits together.
    #[test]
    fn every_state_that_ever_was_can_be_read(batches in prop::collection::vec(prop::collection::vec(step(), 1..5), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for store in stores().await {
                let project = store.project("any").await;
                let (mut model, mut full) = (BTreeMap::new(), BTreeMap::new());
                let mut states: Vec<(String, BTreeMap<String, Value>)> = Vec::new();
                for (first, batch) in (0..).step_by(100).zip(&batches) {
                    let rows: Vec<_> = (first..).zip(batch).map(|(number, step)| step.row(number)).filter(|row| !row.is_null()).collect();
                    if rows.is_empty() {
                        continue;
                    }
                    let known = full.clone();
                    batch.iter().for_each(|step| step.apply(&mut model, &mut full));
                    // A row that came and went in one batch was never there.
                    full.retain(|id, _| model.contains_key(id) || known.contains_key(id));
                    let ingested = store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
                    assert!(ingested.rejected.iter().all(|row| row.reason.contains(" was deleted. ")), "{:?}", ingested.rejected);
                    // Before anything was ever kept there is no state to go back to.
                    if ingested.transaction != "0" {
                        states.push((ingested.transaction, model.clone()));
                    }
                    // Only a batch that is the same when it is applied again may be sent again by an SDK that saw no answer.
                    if batch.iter().any(|step| matches!(step, Step::Again)) && batch.len() == 2 {
                        store.engineer.ingest(raws(&rows), Some(project.logs())).await.unwrap();
                    }
                }
                for (version, rows) in &states {
                    assert_eq!(&store.as_of(&project.logs(), version).await, rows, "as of {version}");
                }
                assert_eq!(store.summary(&project).await, store.recount(&project).await);
                store.verified().await;
            }
        });
    }
}

#[tokio::test]
async fn an_erased_row_is_gone_for_good_and_the_chain_holds() {
    for store in stores().await {
        let project = store.project("erasing").await;
        store.question(&project, "Q", slider()).await;
        let secret = "Mrs Longbottom, 7 Elm Row";
        let first = store.sent(&project, &[json!({"id": "r", "input": secret}), json!({"id": "kept", "input": "harmless"})]).await;
        store.sent(&project, &[json!({"id": "r", "_is_merge": true, "output": secret, "tags": [secret]})]).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        let comment = AddComment { row: address(&project, "r"), text: format!("about {secret}"), client_id: None };
        store.reviewer.add_comment(comment).await.unwrap();

        let refused = store.reviewer.erase_row(address(&project, "r")).await.unwrap_err();
        assert!(matches!(refused.problem(), Some(Problem::Forbidden { .. })), "{refused}");
        for unknown in [address(&project, "nobody"), RowAddress { object_type: ObjectKind::Dataset, ..address(&project, "r") }] {
            let refused = store.engineer.erase_row(unknown).await.unwrap_err();
            assert!(matches!(refused.problem(), Some(Problem::NotFound { .. })), "{refused}");
        }
        store.engineer.erase_row(address(&project, "r")).await.unwrap();
        // Erasing it once more is no mistake, and a row that was deleted before can be erased.
        store.engineer.erase_row(address(&project, "r")).await.unwrap();
        store.sent(&project, &[json!({"id": "gone", "input": secret})]).await;
        store.sent(&project, &[json!({"id": "gone", "_object_delete": true})]).await;
        store.engineer.erase_row(address(&project, "gone")).await.unwrap();

        assert_eq!(store.as_of(&project.logs(), &first).await.into_keys().collect::<Vec<_>>(), ["kept"]);
        assert_eq!(store.summary(&project).await, store.recount(&project).await);
        store.verified().await;
        if let super::Place::Folder(folder) = &store.place {
            store.store.close().await;
            for file in std::fs::read_dir(folder.path()).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                assert!(!bytes.windows(15).any(|window| window == b"Mrs Longbottom,"), "the content is still in the file");
            }
        }
    }
}

#[tokio::test]
async fn no_byte_of_what_was_erased_stays_in_any_file() {
    let needle = |number: usize| format!("needle{number:02}needle");
    for store in stores().await {
        let project = store.project("needles").await;
        store.question(&project, "Q", slider()).await;
        let row = |first: usize| {
            json!({"id": "r", "span_id": needle(first), "root_span_id": needle(first + 1), "span_parents": [needle(first + 2)], "input": needle(first + 3),
                   "output": {"deep": [needle(first + 4)]}, "expected": needle(first + 5), "error": needle(first + 6),
                   "scores": {needle(first + 7): 0.5}, "metadata": {needle(first + 8): needle(first + 9)}, "tags": [needle(first + 10)],
                   "metrics": {needle(first + 11): 1}, "span_attributes": {"name": needle(first + 12), "type": needle(first + 13)},
                   "context": {"file": needle(first + 14)}, "origin": {"id": needle(first + 15)}, needle(first + 16): 1,
                   "_audit_source": "external", "_audit_metadata": {"user_id": needle(first + 17)}})
        };
        let mut merge = row(20);
        merge["_is_merge"] = json!(true);
        store.send(&project, &[row(0)]).await;
        store.send(&project, &[merge, json!({"id": needle(40), "origin": {"id": "r"}, "comment": {"text": needle(41)}})]).await;
        store.send(&project, &[row(50), json!({"id": "kept", "input": "harmless"})]).await;
        let feedback = json!({"id": "r", "scores": {needle(70): 1}, "comment": needle(71), "metadata": {"user_id": needle(72)}});
        store.reviewer.feedback(&project.logs(), vec![feedback]).await.unwrap();
        for (value, quote) in [(0.5, needle(74)), (0.75, needle(75))] {
            answer_with(&store.reviewer, &project, "r", number(value), Some(0.3), &[("output", 0, 14, &quote)]).await.unwrap();
        }
        let comment = AddComment { row: address(&project, "r"), text: needle(73), client_id: None };
        store.reviewer.add_comment(comment).await.unwrap();

        let reader = store.store.snapshot().await.unwrap();
        reader.query_one_raw(Statement::from_string(reader.get_database_backend(), "SELECT COUNT(*) FROM spans")).await.unwrap();
        let erased = store.engineer.erase_row(address(&project, "r")).await.unwrap();
        let super::Place::Folder(folder) = &store.place else {
            assert_eq!(erased, crate::Erased::Everywhere);
            store.verified().await;
            continue;
        };
        let found = || {
            let files = std::fs::read_dir(folder.path()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
            let bytes: Vec<u8> = files.flatten().collect();
            let windows = bytes.windows(14).filter(|window| window.starts_with(b"needle") && window.ends_with(b"needle"));
            windows.map(|window| String::from_utf8_lossy(window).into_owned()).collect::<std::collections::BTreeSet<_>>()
        };
        // Somebody was reading all the while, so the log could not be worked off, and that is what is said.
        assert_eq!((erased, found().is_empty()), (crate::Erased::LogRemains, false));
        reader.rollback().await.unwrap();
        assert_eq!(store.engineer.erase_row(address(&project, "r")).await.unwrap(), crate::Erased::Everywhere);
        assert_eq!(found(), Default::default());
        store.verified().await;
    }
}

#[tokio::test]
async fn rows_from_before_the_chain_stand_outside_it() {
    for store in stores().await {
        let project = store.project("old").await;
        store.send(&project, &[json!({"id": "r", "input": 1})]).await;
        for statement in [
            "UPDATE span_payloads SET salt = NULL, digest = NULL",
            "DELETE FROM links",
            "UPDATE projects SET link = 0, hash = NULL, transaction_id = 7",
            // Ids were counted from one in each project.
            "UPDATE spans SET transaction_id = 1000080592252960775",
        ] {
            let command = statement.to_owned();
            store
                .store
                .write(move |change| Box::pin(async move { crate::ground::database::run(&change.transaction, &command, values![]).await }))
                .await
                .unwrap();
        }
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "output": 2}), json!({"id": "new"})]).await;
        store.verified().await;
        assert_eq!(
            store.as_of(&project.logs(), "1000080592252960775").await,
            BTreeMap::from([("r".to_owned(), content(json!(1), json!(null)))])
        );
    }
}
