//! What is written to SQLite's log: which tables and indexes, and how many pages.

use super::sending::{address, answer, number, slider};
use super::{Place, TestStore, stores};
use crate::ground::database::{all, values};
use expect_test::{Expect, expect};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use shared::answers::SetAnswer;
use shared::projects::Project;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// The log of a database, up to a place in it.
struct Log {
    path: PathBuf,
    read: usize,
}

impl Log {
    fn of(store: &TestStore) -> Option<Self> {
        let Place::Folder(folder) = &store.place else { return None };
        let mut log = Self { path: folder.path().join("touchstone.db-wal"), read: 0 };
        log.read = log.frames().len();
        Some(log)
    }

    /// The numbers of the pages in it. A frame has a head of 24 bytes, and one of this log has its salt.
    fn frames(&self) -> Vec<u32> {
        let log = std::fs::read(&self.path).unwrap();
        let frames = log.get(32..).unwrap_or_default().chunks_exact(24 + 4096).take_while(|frame| frame[8..16] == log[16..24]);
        frames.map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap())).collect()
    }

    /// The pages of tables and indexes that were written since it was last read, by name. The first page of the file tells how long it is.
    async fn written(&mut self, store: &TestStore) -> BTreeMap<String, usize> {
        #[derive(FromQueryResult)]
        struct Page {
            name: String,
            pageno: u32,
        }
        let frames = self.frames();
        let pages = all::<Page>(store.store.readers(), "SELECT name, pageno FROM dbstat", values![]).await.unwrap();
        let names: HashMap<u32, String> = pages.into_iter().map(|page| (page.pageno, page.name)).collect();
        let mut written = BTreeMap::new();
        for page in frames[self.read..].iter().filter(|page| **page != 1) {
            *written.entry(names.get(page).cloned().unwrap_or_default()).or_default() += 1;
        }
        self.read = frames.len();
        written
    }
}

fn rows(count: usize) -> Vec<Value> {
    let row = |number: usize| {
        let id = |number: usize| format!("{:032x}", (number as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
        let root = id(number / 5 * 5);
        let parents = if number.is_multiple_of(5) { json!([]) } else { json!([root]) };
        let scores = if number.is_multiple_of(5) { json!({"Accuracy": 0.5}) } else { json!({}) };
        json!({"id": id(number), "span_id": id(number), "root_span_id": root, "span_parents": parents, "scores": scores, "output": "x".repeat(900)})
    };
    (0..count).map(row).collect()
}

/// Names of trees; each is written at most as often as a page of it is split.
fn check(written: &BTreeMap<String, usize>, expected: &Expect) {
    expected.assert_eq(&written.keys().map(String::as_str).collect::<Vec<_>>().join(" "));
    let pages: usize = written.values().sum();
    assert!(pages <= written.len() + 4, "{written:?}");
}

async fn say(store: &TestStore, project: &Project, row: &str, value: f64) {
    let answer = SetAnswer {
        row: address(project, row),
        question: "Q".to_owned(),
        value: number(value),
        client_id: Some(format!("{row} {value}")),
        reason: None,
        confirm: false,
        circumstances: Default::default(),
    };
    store.reviewer.run(shared::commands::Command::SetAnswer(answer)).await.unwrap();
}

#[tokio::test]
async fn an_answer_writes_a_page_of_what_it_changes_and_of_nothing_else() {
    for store in stores().await {
        let Some(mut log) = Log::of(&store) else { continue };
        let project = store.project("pages").await;
        store.question(&project, "Q", slider()).await;
        let rows = rows(100);
        store.send(&project, &rows).await;
        let id = |row: usize| rows[row]["id"].as_str().unwrap();
        say(&store, &project, id(0), 0.5).await;
        log.written(&store).await;
        say(&store, &project, id(5), 0.25).await;
        let first = log.written(&store).await;
        check(
            &first,
            &expect![
                "activity activity_of_span answers answers_by_question commands events links objects projects rollups span_scores span_scores_by_trace spans trace_scores trace_scores_by_value traces"
            ],
        );
        say(&store, &project, id(5), 0.75).await;
        let again = log.written(&store).await;
        check(
            &again,
            &expect![
                "activity activity_of_span answers commands events links objects projects rollups said_versions span_scores spans trace_scores trace_scores_by_value traces"
            ],
        );
        answer(&store.engineer, &project, id(5), "Q", None).await.unwrap();
        assert_eq!(log.written(&store).await, BTreeMap::new());
    }
}

#[tokio::test]
async fn a_batch_writes_its_content_and_little_else() {
    for store in stores().await {
        let Some(mut log) = Log::of(&store) else { continue };
        let project = store.project("pages").await;
        let rows = rows(1_000);
        store.send(&project, &rows[..500]).await;
        log.written(&store).await;
        store.send(&project, &rows[500..]).await;
        let written = log.written(&store).await;
        let content: usize = rows[500..].iter().map(|row| row.to_string().len()).sum();
        let pages: usize = written.values().sum();
        assert!(pages * 4096 <= content * 5 / 2, "{pages} pages for {content} bytes: {written:?}");
        // Sent once more, it changes nothing.
        store.send(&project, &rows[500..]).await;
        assert_eq!(log.written(&store).await, BTreeMap::new());
    }
}

/// Empties the log.
async fn empty(store: &TestStore) {
    #[derive(FromQueryResult)]
    struct Emptied {
        busy: i64,
    }
    for _ in 0..200 {
        let emptied = all::<Emptied>(store.store.readers(), "PRAGMA wal_checkpoint(TRUNCATE)", values![]).await;
        if emptied.is_ok_and(|emptied| emptied.iter().all(|emptied| emptied.busy == 0)) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
}

/// Prints what `server/bench/README.md` tells: pages of each tree for an answer and for a batch, among thousands of traces.
#[tokio::test]
#[ignore = "it counts what a person reads"]
async fn count() {
    for store in stores().await {
        let Place::Folder(_) = &store.place else { continue };
        let project = store.project("pages").await;
        store.question(&project, "Q", slider()).await;
        let rows = rows(6_000);
        for batch in rows[..5_000].chunks(500) {
            store.send(&project, batch).await;
        }
        let root = |number: usize| rows[number % 1_000 * 5]["id"].as_str().unwrap();
        let say = async |number: usize, value: f64| {
            answer(&store.reviewer, &project, root(number * 7), "Q", crate::tests::sending::number(value)).await.unwrap();
        };
        let print = |name: &str, written: &BTreeMap<String, usize>, count: usize| {
            let each = |pages: usize| pages as f64 / count as f64;
            println!("{name}: {:.2} pages", each(written.values().sum()));
            written.iter().for_each(|(name, pages)| println!("    {:6.2} {name}", each(*pages)));
        };
        for (name, value) in [("answer, the first on its row", 0.25), ("answer, again", 0.75)] {
            empty(&store).await;
            let mut log = Log::of(&store).unwrap();
            for row in 0..100 {
                say(row, value).await;
            }
            print(name, &log.written(&store).await, 100);
        }
        empty(&store).await;
        let mut log = Log::of(&store).unwrap();
        for round in 0..10 {
            futures::future::join_all((0..16).map(|row| say(200 + round * 16 + row, 0.5))).await;
        }
        print("answer, sixteen at once", &log.written(&store).await, 160);
        empty(&store).await;
        let mut log = Log::of(&store).unwrap();
        store.send(&project, &rows[5_000..5_500]).await;
        store.send(&project, &rows[5_500..]).await;
        print("batch of 100 traces of five spans", &log.written(&store).await, 2);
    }
}
