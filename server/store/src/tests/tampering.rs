//! Whatever is changed beside Touchstone is found by `verify`.

use super::sending::{answer, number, slider};
use super::{TestStore, stores};
use sea_orm::{ConnectionTrait as _, Database, Statement};
use serde_json::{Map, json};
use shared::objects::{IfTaken, ObjectKind, RegisterObject};

impl TestStore {
    /// Proves that everything fits together.
    pub(crate) async fn verified(&self) {
        if let Err(difference) = self.store.verify().await.unwrap() {
            panic!("{difference}");
        }
    }

    /// The first difference, after something beside Touchstone has changed the database by a statement.
    pub(crate) async fn tampered(&self, statement: &str) -> String {
        let connection = Database::connect(self.place.url()).await.unwrap();
        let changed = connection.execute_raw(Statement::from_string(connection.get_database_backend(), statement)).await.unwrap();
        assert!(changed.rows_affected() > 0, "{statement} changed nothing");
        connection.close().await.unwrap();
        self.store.verify().await.unwrap().expect_err(statement).to_string()
    }
}

#[tokio::test]
async fn one_changed_byte_is_found_wherever_it_is() {
    for store in stores().await {
        let project = store.project("proof").await;
        store.question(&project, "Q", slider()).await;
        store
            .send(&project, &[json!({"id": "r", "input": "first", "scores": {"Q": 0.25}, "tags": ["x"], "metadata": {"tier": "gold"}})])
            .await;
        store.send(&project, &[json!({"id": "r", "_is_merge": true, "output": "second"})]).await;
        answer(&store.reviewer, &project, "r", "Q", number(0.5)).await.unwrap();
        let dataset = RegisterObject {
            kind: ObjectKind::Dataset,
            project: project.id.clone(),
            name: Some("cases".to_owned()),
            if_taken: IfTaken::Open,
            details: Map::new(),
        };
        store.engineer.register_object(dataset).await.unwrap();
        store.index_words().await;
        store.verified().await;
        let changes = [
            ("UPDATE word_postings SET block = block + 1", "UPDATE word_postings SET block = block - 1", "the indexed word"),
            ("UPDATE answers SET value = '0.6', score = 600000000", "UPDATE answers SET value = '0.5', score = 500000000", "the score Q"),
            ("UPDATE answers SET value = '0.6'", "UPDATE answers SET value = '0.5'", "an answer to Q"),
            (
                "UPDATE activity SET to_value = '0.6' WHERE action = 'answer'",
                "UPDATE activity SET to_value = '0.5' WHERE action = 'answer'",
                "of the activity",
            ),
            (
                "UPDATE rollups SET sum = sum + 1 WHERE hour > 0",
                "UPDATE rollups SET sum = sum - 1 WHERE hour > 0",
                "the roll-up of Q over hour",
            ),
            (
                "UPDATE rollups SET hour = hour + 1 WHERE hour > 0",
                "UPDATE rollups SET hour = hour - 1 WHERE hour > 0",
                "the roll-up of Q over hour",
            ),
            (
                "UPDATE span_versions SET body = REPLACE(body, 'first', 'fixst')",
                "UPDATE span_versions SET body = REPLACE(body, 'fixst', 'first')",
                "the content of row r",
            ),
            (
                "UPDATE span_versions SET superseded = superseded + 1",
                "UPDATE span_versions SET superseded = superseded - 1",
                "the end of version",
            ),
            (
                "UPDATE span_payloads SET body = REPLACE(body, 'second', 'sekond')",
                "UPDATE span_payloads SET body = REPLACE(body, 'sekond', 'second')",
                "the content of row r",
            ),
            ("UPDATE span_scores SET value = value + 1", "UPDATE span_scores SET value = value - 1", "the score Q of row r"),
            ("UPDATE span_tags SET tag = 'y'", "UPDATE span_tags SET tag = 'x'", "the tags of row r"),
            (
                "UPDATE span_values SET span = span + 9",
                "UPDATE span_values SET span = span - 9",
                "the indexed value [\"metadata\",\"tier\"] of row r",
            ),
            (
                "INSERT INTO span_values SELECT project, path, value, span + 9 FROM span_values",
                "DELETE FROM span_values WHERE span = (SELECT MAX(span) FROM span_values)",
                "how many values of rows are indexed",
            ),
            ("UPDATE spans SET name = 'other'", "UPDATE spans SET name = ''", "the name of row r"),
            ("UPDATE spans SET cost = 1", "UPDATE spans SET cost = NULL", "the cost of row r"),
            ("UPDATE traces SET cost = 1", "UPDATE traces SET cost = NULL", "the cost of trace r"),
            ("UPDATE traces SET root = root + 1", "UPDATE traces SET root = root - 1", "the root of trace r"),
            ("UPDATE traces SET ended = 1", "UPDATE traces SET ended = NULL", "the start and the end of trace r"),
            (
                "UPDATE trace_scores SET value = value + 1",
                "UPDATE trace_scores SET value = value - 1",
                "the order of the scores of trace r",
            ),
            (
                "UPDATE trace_scores SET created = created + 1",
                "UPDATE trace_scores SET created = created - 1",
                "the place of the scores of trace r",
            ),
            ("UPDATE traces SET spans = 2", "UPDATE traces SET spans = 1", "the spans of trace r"),
            ("UPDATE objects SET traces = 2 WHERE traces = 1", "UPDATE objects SET traces = 1 WHERE traces = 2", "spans and traces of"),
            (
                "UPDATE links SET leaves = leaves, sequence = sequence + 7 WHERE sequence = 2",
                "UPDATE links SET sequence = 2 WHERE sequence = 9",
                "link",
            ),
            ("UPDATE projects SET link = link + 1", "UPDATE projects SET link = link - 1", "the end of the chain"),
            // An entry that is taken out whole, and its answer with it: only the chain knows.
            ("UPDATE activity SET digest = NULL, salt = NULL WHERE action = 'answer'", "", "the digest of link 3"),
        ];
        for (change, back, expected) in changes {
            let difference = store.tampered(change).await;
            assert!(difference.contains(expected), "{change}: {difference}");
            if !back.is_empty() {
                let connection = Database::connect(store.place.url()).await.unwrap();
                connection.execute_unprepared(back).await.unwrap();
                connection.close().await.unwrap();
                store.verified().await;
            }
        }
    }
}
