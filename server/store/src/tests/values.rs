//! Rows are found by values inside them without looking at every row, and none is missed.

use super::sending::answer;
use super::{TestStore, stores};
use crate::ground::database::{STATEMENTS, all, values};
use sea_orm::FromQueryResult;
use serde_json::{Map, Value, json};
use shared::answers::AnswerValue;
use shared::projects::Project;
use std::collections::BTreeSet;

impl TestStore {
    async fn found(&self, project: &Project, filter: &str) -> BTreeSet<String> {
        let rows = self.rows(project, filter).await;
        let listed = self.list(project, filter).await.into_iter().map(|row| row.root_span_id).collect();
        let found: BTreeSet<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, listed, "{filter}");
        found
    }

    /// How many values of rows are indexed.
    async fn indexed(&self) -> i64 {
        #[derive(FromQueryResult)]
        struct Row {
            count: i64,
        }
        let text = "SELECT COUNT(*) AS count FROM span_values";
        all::<Row>(self.store.readers(), text, values![]).await.unwrap()[0].count
    }
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[tokio::test]
async fn only_the_rows_that_match_are_read() {
    for store in stores().await {
        let project = store.project("rare").await;
        let rows: Vec<_> = (0..600)
            .map(|number| {
                let tier = if number % 200 == 7 { "gold" } else { "free" };
                json!({"id": format!("r{number}"), "metadata": {"tier": tier, "cost": {"cents": number}}, "metrics": {"calls": number}})
            })
            .collect();
        store.send(&project, &rows).await;
        // With how many rows are looked at.
        for (filter, expected, most) in [
            ("metadata.tier = 'gold'", set(&["r7", "r207", "r407"]), 3),
            ("metadata.cost.cents > 597", set(&["r598", "r599"]), 2),
            ("metrics.calls between 10 and 11", set(&["r10", "r11"]), 2),
            ("metadata.cost.cents = 5 or metrics.calls in [6, 7]", set(&["r5", "r6", "r7"]), 3),
            ("metadata.tier = 'gold' and metrics.calls < 300", set(&["r7", "r207"]), 3),
            ("metadata.tier = 'silver'", set(&[]), 0),
            ("metadata.none is not null", set(&[]), 0),
        ] {
            STATEMENTS.with_borrow_mut(Vec::clear);
            let found: BTreeSet<String> =
                store.rows(&project, filter).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(found, expected, "{filter}");
            let statements = STATEMENTS.take();
            let contents = statements.iter().filter(|(text, _)| text.starts_with("SELECT span, body FROM span_payloads"));
            // A number that is bound has eight bytes: those of the spans and of the project.
            let read = contents.map(|(_, bytes)| bytes / 8 - 1).max().unwrap_or(0);
            assert_eq!(read, most, "{filter}");
        }
    }
}

#[tokio::test]
async fn values_follow_their_row() {
    for store in stores().await {
        let project = store.project("following").await;
        let merge = |more: Value| {
            let mut row = json!({"id": "a", "_is_merge": true});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}, "metrics": {"calls": 3}})]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold' and metrics.calls = 3").await, set(&["a"]));
        store.send(&project, &[merge(json!({"metadata": {"tier": "free", "more": {"deep": true}}}))]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold'").await, set(&[]));
        assert_eq!(store.found(&project, "metadata.tier = 'free' and metadata.more.deep and metrics.calls > 2").await, set(&["a"]));
        store.verified().await;
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}, "created": "2026-01-01T00:00:00Z"})]).await;
        assert_eq!(store.found(&project, "metadata.tier = 'gold' and metadata.more is null and metrics.calls is null").await, set(&["a"]));
        assert_eq!(store.indexed().await, 1);
        store.verified().await;
        // Feedback on a row that is not there yet.
        store.send(&project, &[json!({"id": "w", "_is_merge": true, "metadata": {"tier": "gold"}, "scores": {"Q": 1}})]).await;
        store.verified().await;
        store.send(&project, &[json!({"id": "a", "_object_delete": true}), json!({"id": "w", "_object_delete": true})]).await;
        assert_eq!((store.found(&project, "metadata.tier = 'gold'").await, store.indexed().await), (set(&[]), 0));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_is_too_much_is_found_by_looking() {
    for store in stores().await {
        let project = store.project("bounds").await;
        let members = |from: usize, to: usize| (from..to).map(|number| (format!("k{number:04}"), json!(number))).collect::<Map<_, _>>();
        let deep = |value: Value| (0..20).fold(value, |value, _| json!({"d": value}));
        // More paths than are kept of an object.
        let mut rows: Vec<_> = (0..20).map(|row| json!({"id": format!("r{row}"), "metadata": members(row * 60, row * 60 + 60)})).collect();
        rows.push(json!({"id": "deep", "metadata": {"k0000": deep(json!(7))}}));
        rows.push(json!({"id": "long", "metadata": {"x".repeat(500): 7, "k0001": 1}}));
        store.send(&project, &rows).await;
        // More values than are kept of a row.
        store.send(&project, &[json!({"id": "many", "metadata": members(0, 200)})]).await;
        store.verified().await;
        for (filter, expected) in [
            ("metadata.k0000 = 0", set(&["r0", "many"])),
            ("metadata.k0001 = 1", set(&["r0", "long", "many"])),
            ("metadata.k0150 = 150", set(&["r2", "many"])),
            ("metadata.k0150 > 149 and metadata.k0150 < 200", set(&["r2", "many"])),
            ("metadata.k1190 = 1190", set(&["r19"])),
            ("metadata.k1190 is not null", set(&["r19"])),
            ("metadata.k0000.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d.d = 7", set(&["deep"])),
            ("metadata.none is not null", set(&[])),
        ] {
            assert_eq!(store.found(&project, filter).await, expected, "{filter}");
        }
        let long = format!("metadata.{} = 7", "x".repeat(500));
        assert_eq!(store.found(&project, &long).await, set(&["long"]));
        assert_eq!(store.found(&project, "metadata.k0150 is null").await.len(), 21);
        // What goes leaves room for nothing that was left out before.
        store.send(&project, &[json!({"id": "many", "_object_delete": true}), json!({"id": "r0", "_object_delete": true})]).await;
        assert_eq!(store.found(&project, "metadata.k1190 = 1190").await, set(&["r19"]));
        store.verified().await;
    }
}

#[tokio::test]
async fn what_people_write_is_not_indexed() {
    use shared::questions::{Definition, MetadataPath, QuestionKind};
    for store in stores().await {
        let project = store.project("said").await;
        let kind = QuestionKind::Text { path: MetadataPath::of("note") };
        store.question(&project, "Note", Definition { kind, ..Definition::default() }).await;
        store.send(&project, &[json!({"id": "a", "metadata": {"tier": "gold"}}), json!({"id": "b", "metadata": {"note": "seen"}})]).await;
        let before = store.indexed().await;
        STATEMENTS.take();
        answer(&store.engineer, &project, "a", "Note", Some(AnswerValue::Text("seen".to_owned()))).await.unwrap();
        // An answer writes nothing of it.
        let statements = STATEMENTS.take();
        assert!(!statements.iter().any(|(text, _)| text.contains("span_values") || text.contains("value_paths")), "{statements:?}");
        assert_eq!(store.indexed().await, before);
        assert_eq!(store.found(&project, "metadata.note = 'seen'").await, set(&["a", "b"]));
        assert_eq!(store.found(&project, "metadata.note is null").await, set(&[]));
        store.verified().await;
    }
}
